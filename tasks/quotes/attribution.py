"""Reads attributions: a cue with its speaker, beside marked speech or in brackets of commas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tasks.quotes.frames import addressee_end
from tasks.quotes.lexicon import Cue, Lexicon
from tasks.quotes.mentions import Mention
from tasks.quotes.speakers import after_dateline, first_subject, skip_adverbs, subject_after, subject_before
from tasks.quotes.tokens import Token
from tasks.quotes.units import MARKS, CueMatch

_REACH = 45  # tokens between speech and its cue
_LEAD = 30  # tokens between a cue and the speech that it leads into
_MODIFIERS = 7  # words before a name that are neither title nor name
_NAME = 7  # tokens of a name on a line of its own, and the comma after it
_OFFICE = 8  # tokens of an office before a name
_CLOSING = 14  # tokens that may follow a closing attribution
_DASHES = frozenset("–—-")
_SENTENCE_END = frozenset(".?!…")
_SPEECH_END = frozenset(",.!?…—–-")


class Attribution(NamedTuple):
    """A cue and a speaker, either of which may be missing, at tokens `first` to `last` of a unit, both included."""

    cue: CueMatch | None
    source: Mention | None
    first: int
    last: int
    rule: str


def attribute_after(
    tokens: Sequence[Token], speech: int, cues: Sequence[CueMatch], lexicon: Lexicon
) -> Attribution | None:
    """Read the attribution after speech: `"...," Tan said`, `"...," said Tan`, `"...," Col. Tan.`.

    Args:
        tokens: A unit.
        speech: The token of the speech.
        cues: The cues that are free.
        lexicon: The lexicon.
    """
    at = speech + 1
    while at < len(tokens) and tokens[at].text in {",", "–", "—", "-"}:
        at += 1
    if at >= len(tokens):
        return None
    closed = speech + 1 < at or tokens[speech].text.rstrip(MARKS)[-1:] in _SPEECH_END
    limit = min(len(tokens), at + _REACH)
    limit = next((i for i in range(at, limit) if tokens[i].form == "q"), limit)
    for cue in cues:
        if cue.first < at or not cue.cue.frames & {"quote", "source"}:
            continue
        if cue.first >= limit:
            break
        if quoted := _quoted(tokens, at, cue, lexicon):
            return quoted
        if cue.first == at and not _opens_clause(tokens, cue):
            found = subject_after(tokens, _over_adverbs(tokens, cue.last + 1), lexicon)
            if found:
                return Attribution(cue, found[0], at, found[1] - 1, "direct-inverted")
            if "source" in cue.cue.frames:
                return None
        if cue.start and cue.start.opening.is_clause and tokens[0].lower.endswith("ing"):
            continue  # `Stressing that "...", Tan noted that ...`
        before = subject_before(tokens, cue.first, lexicon) if closed else None
        if before and (before[1] <= at + 1 or _are_modifiers(tokens[at : before[1]])):
            return Attribution(cue, before[0], at, cue.last, "direct-after")
    if closed and (spoken := _spoken(tokens, at, limit, cues, lexicon)):
        return spoken
    if closed:
        is_bracketed = tokens[at].text == "("
        named = subject_after(tokens, at + is_bracketed, lexicon)
        is_set_off = is_bracketed or tokens[at - 1].text in _DASHES  # `"..." – Ana Ruiz`, `"..." (Col. Ruiz)`
        is_person = named and named[0].kind == "name" and (named[0].title or (is_set_off and " " in named[0].text))
        if named and is_person and tokens[at + is_bracketed].is_capital:
            closed = named[1] >= len(tokens) or tokens[named[1]].text in {",", ".", ")"}
            if closed and not any(at <= cue.first < limit for cue in cues):
                return Attribution(None, named[0], at, len(tokens) - 1, "direct-verbless")
    return None


def _quoted(tokens: Sequence[Token], at: int, cue: CueMatch, lexicon: Lexicon) -> Attribution | None:
    """Read `"...," the press office quoted Tan as saying`: Tan says it."""
    named = (
        subject_after(tokens, cue.last + 1, lexicon) if "mark" in cue.cue.frames and "quote" in cue.cue.frames else None
    )
    near = range(named[1], min(named[1] + _LEAD, len(tokens) - 1)) if named else range(0)
    saying = next((i for i in near if tokens[i].lower == "as" and tokens[i + 1].has("cue")), None)
    if not named or saying is None or not tokens[saying + 1].lower.endswith("ing"):
        return None
    found = CueMatch(saying + 1, saying + 1, Cue((tokens[saying + 1].lower,), frozenset()))
    return Attribution(found, named[0], at, saying + 1, "direct-after")


def _spoken(
    tokens: Sequence[Token], at: int, limit: int, cues: Sequence[CueMatch], lexicon: Lexicon
) -> Attribution | None:
    """Read who stands after speech with a verb in the past that no lexicon has: `"...," the envoy eulogised.`."""
    named = subject_after(tokens, at, lexicon)
    if not named or named[0].kind in {"document", "other"} or named[0].outer_start != tokens[at].start:
        return None
    verb = named[1]
    if verb + 1 >= len(tokens) or not tokens[verb].lower.endswith("ed") or not tokens[verb].text.islower():
        return None
    if tokens[verb + 1].text not in {".", ","} or any(at <= cue.first < limit for cue in cues):
        return None
    cue = CueMatch(verb, verb, Cue((tokens[verb].lower,), frozenset()))
    return Attribution(cue, named[0], at, verb, "direct-after")


def _are_modifiers(tokens: Sequence[Token]) -> bool:
    """Tell whether words can stand before a name as its modifiers, as in `Harbour Trust co-founder Ana Ruiz`."""
    return len(tokens) <= _MODIFIERS and all(
        t.form == "w" and not t.has("cue", "pronoun", "preposition", "adverb", "auxiliary") for t in tokens
    )


def attribute_before(
    tokens: Sequence[Token], speech: int, cues: Sequence[CueMatch], lexicon: Lexicon
) -> Attribution | None:
    """Read the attribution that leads into speech: `Tan said, "..."`, `Tan told the press on Monday: "..."`.

    Args:
        tokens: A unit.
        speech: The token of the speech, or one past the last token for a lead-in that ends its paragraph.
        cues: The cues that are free.
        lexicon: The lexicon.
    """
    for cue in reversed(cues):
        if cue.last >= speech:
            continue
        if speech - cue.last > _LEAD or any(t.form == "q" for t in tokens[cue.last + 1 : speech]):
            return None
        if not cue.cue.frames & {"quote", "np", "npto"} or "stance" in cue.cue.frames:
            continue
        between = tokens[cue.last + 1 : speech]
        if between and between[-1].text not in {",", ":"} and between[-1].lower not in {"that", "–", "—"}:
            return None
        if between and between[-1].text in {",", ":"} and len(between) > 1:
            first = between[0]
            if not (first.has("adjunct") or "addr" in cue.cue.frames or first.text == ","):
                return None
        if between and between[-1].lower == "that" and _goes_on(tokens, speech + 1):
            return None  # `said that "the pier" and "the mole" would stay`
        source = find_source(tokens, cue, lexicon)
        if not source:
            inverted = subject_after(tokens, cue.last + 1, lexicon)
            source = inverted[0] if inverted and cue.first == 0 else None
        if not source and cue.is_passive and not (between and between[-1].text == ":"):
            return Attribution(cue, None, cue.first, speech - 1, "direct-before")
        if source:
            return Attribution(cue, source, cue.first, speech - 1, "direct-before")
    return None


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a clause goes on after words in marks, rather than end with them."""
    if at + 1 >= len(tokens) or tokens[at].form != "w":
        return False
    return tokens[at + 1].form == "q" if tokens[at].has("addition") else tokens[at].has("finite")


def attribute_label(tokens: Sequence[Token], speech: int, lexicon: Lexicon) -> Attribution | None:
    """Read who stands before speech with only a colon: `Ana Ruiz, head of the port: "..."`, `Statement by the Mayor:`.

    Args:
        tokens: A unit.
        speech: The token of the speech.
        lexicon: The lexicon.
    """
    if speech < 2 or tokens[speech - 1].text != ":":
        return None
    is_document = tokens[0].has("own") and tokens[1].has("by")
    named = subject_after(tokens, 2 if is_document else after_dateline(tokens), lexicon)
    if not named or (named[1] < speech - 1 and tokens[named[1]].text not in {",", "("}):
        return None
    is_person = named[0].kind == "name" and (named[0].title is not None or " " in named[0].text)
    if not is_person and not (is_document and named[0].kind == "role"):
        return None
    cue = CueMatch(0, 0, Cue((tokens[0].lower,), frozenset())) if is_document else None
    return Attribution(cue, named[0], 0, speech - 1, "direct-labelled")


def attribute_colon(tokens: Sequence[Token], speech: int, lexicon: Lexicon) -> Attribution | None:
    """Read a sentence that somebody's marked sentence ends, whatever its verb: `Ruiz had one word for it: "Never."`.

    Args:
        tokens: A unit.
        speech: The token of the speech.
        lexicon: The lexicon.
    """
    said = tokens[speech].text.strip(MARKS)
    if speech < 2 or tokens[speech - 1].text != ":" or said[-1:] not in _SENTENCE_END or not said[0].isupper():
        return None
    source = first_subject(tokens, speech, lexicon)
    if not source or source.kind not in {"name", "pronoun", "role"}:
        return None
    return Attribution(None, source, 0, speech - 1, "direct-colon")


def attribute_trailing(tokens: Sequence[Token], lexicon: Lexicon) -> Mention | None:
    """Read a unit that only says who spoke before it: `– Ana Ruiz, head of the Harbour Office`, dash or no."""
    if len(tokens) < 2 or (tokens[0].text not in _DASHES and not _is_signature(tokens)):
        return None
    start = next((i for i, token in enumerate(tokens) if token.text not in _DASHES), len(tokens))
    named = subject_after(tokens, start, lexicon)
    if not named or named[0].kind != "name":
        return None
    return named[0] if named[1] >= len(tokens) or tokens[named[1]].text in {",", "."} else None


def _is_signature(tokens: Sequence[Token]) -> bool:
    """Tell whether a unit can be a name with its office on a line of its own: `Ana Ruiz, Minister of Harbours`."""
    comma = next((i for i, token in enumerate(tokens[:_NAME]) if token.text == ","), 0)
    if comma < 2 or comma + 2 > len(tokens) or tokens[-1].text in _SENTENCE_END or not tokens[comma - 1].is_capital:
        return False
    is_verbless = not any(token.has("cue", "auxiliary", "past", "finite") for token in tokens)
    return is_verbless and tokens[0].is_capital and any(token.has("title") for token in tokens[comma + 1 :][:_OFFICE])


def find_source(
    tokens: Sequence[Token], cue: CueMatch, lexicon: Lexicon, inherited: Mention | None = None
) -> Mention | None:
    """Return the subject of a cue: the phrase before it or, after `and` or for a participle, the subject before that.

    Args:
        tokens: A unit.
        cue: The cue.
        lexicon: The lexicon.
        inherited: Who spoke last in the unit.
    """
    if cue.is_passive:
        return None
    i = cue.first - 1
    if i >= 0 and tokens[i].lower == "to":
        at = i - 2 if tokens[i - 1].lower == "on" else i - 1
        if at > 0 and tokens[at].has("proceeding"):  # `went on to express hope`
            found = subject_before(tokens, at, lexicon)
            return found[0] if found else None
        before = subject_before(tokens, cue.first, lexicon)
        if before and lexicon.has(before[0].text.lower(), "self"):
            return before[0]
        return first_subject(tokens, cue.first, lexicon) if "inf" in cue.cue.frames else None
    j = skip_adverbs(tokens, cue.first)
    leans = j >= 0 and (tokens[j].has("addition") or tokens[j].lower == "or")
    if cue.cue.is_participle and not any(token.has("auxiliary") for token in tokens[j + 1 : cue.first]):
        leans = leans or (j >= 0 and tokens[j].text == ",")
        if not leans:
            return _holder(tokens, cue, lexicon)
    if not leans:
        before = subject_before(tokens, cue.first, lexicon)
        if before:
            return before[0]
        leans = j >= 0 and tokens[j].text == ","
    if leans:
        return inherited or first_subject(tokens, cue.first, lexicon)
    return None


def source_after(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Mention, int] | None:
    """Return who stands after `according to`, and the token after the phrase."""
    if at < len(tokens) and tokens[at].has("object") and at + 1 < len(tokens) and tokens[at + 1].form == "p":
        token = tokens[at]
        return Mention(token.start, token.end, token.text, "pronoun", token.start), at + 1
    return subject_after(tokens, at, lexicon)


def _holder(tokens: Sequence[Token], cue: CueMatch, lexicon: Lexicon) -> Mention | None:
    """Return who stands right before a participle: `a letter stating that ...`, `two officers joking that ...`."""
    before = subject_before(tokens, cue.first, lexicon)
    if not before or before[0].kind == "other":
        return None
    is_adjunct = before[1] > 0 and tokens[before[1] - 1].has(
        "preposition"
    )  # `During the weekly briefing, he said that`
    is_clause = cue.start is not None and cue.start.opening.is_clause and not is_adjunct
    return before[0] if is_clause or before[0].kind == "document" else None


def attribute_closing(
    tokens: Sequence[Token], low: int, cues: Sequence[CueMatch], lexicon: Lexicon
) -> Attribution | None:
    """Read the first attribution set off by commas after some content: `..., Tan said.`, `..., Tan said, ...`.

    Args:
        tokens: A unit.
        low: Where the content may start.
        cues: The cues that are free.
        lexicon: The lexicon.
    """
    end = len(tokens)
    for cue in cues:
        frames = cue.cue.frames
        if cue.first <= low or not frames & {"bare", "clause", "quote", "source"}:
            continue
        if "source" in cue.cue.frames:
            found = source_after(tokens, cue.last + 1, lexicon)
            if found and tokens[cue.first - 1].text != ";":
                return Attribution(cue, found[0], cue.first, found[1] - 1, "according-to")
            continue
        if cue.is_passive or cue.cue.is_participle:
            continue
        after = cue.last + 1
        is_set_off = tokens[cue.first - 1].text == "," or (
            tokens[0].text in _DASHES and tokens[cue.first - 1].text in _DASHES
        )  # `– We stay – said Tan.`
        if is_set_off and "addr" not in frames and not _opens_clause(tokens, cue):
            inverted = subject_after(tokens, after, lexicon)
            is_marked = inverted and any(token.form == "s" for token in tokens[after : inverted[1]])
            is_next = inverted and inverted[0].outer_start <= tokens[min(after + 1, end - 1)].start
            if (
                inverted
                and is_next
                and inverted[0].kind != "other"
                and not is_marked
                and _ends_unit(tokens, inverted[1])
            ):
                return Attribution(cue, inverted[0], cue.first, inverted[1] - 1, "indirect-closing")
        before = subject_before(tokens, cue.first, lexicon)
        if not before:
            continue
        start = before[1]
        if start and tokens[start - 1].has("determiner"):
            start -= 1
        if start and tokens[start - 1].lower == "as":
            start -= 1
        start = _office_start(tokens, start)
        if start <= low or tokens[start - 1].text not in {",", "–", "—"}:
            continue
        told = addressee_end(tokens, after) if "addr" in frames and after < end else after
        if _ends_clause(tokens, told) and not (tokens[low].lower.endswith("ed") and _leads(tokens[low])):
            return Attribution(cue, before[0], start, told - 1, "indirect-closing")
        rest = tokens[told:end]
        is_tail = len(rest) <= _CLOSING and (rest[0].has("adjunct") or rest[0].lower.endswith("ing"))
        is_tail = is_tail and not (rest[0].lower == "to" and frames & {"npto", "to"})
        goes_on = (
            i for i in range(told + 1, end - 1) if tokens[i].text == "," and tokens[i + 1].has("auxiliary", "finite")
        )
        if is_tail and (comma := next(goes_on, 0)):  # `The pier, Tan told reporters in Suva, had been closed`
            return Attribution(cue, before[0], start, comma - 1, "indirect-closing")
        leads = start - low <= len(rest) + 3 and _leads(tokens[low])
        if is_tail and not leads and not any(t.lower == "that" for t in rest):
            return Attribution(cue, before[0], start, end - 1, "indirect-closing")
    return None


def _opens_clause(tokens: Sequence[Token], cue: CueMatch) -> bool:
    """Tell whether what follows a cue can only be content: `..., adding the ships left`, `..., said that they left`."""
    return cue.cue.is_participle or (cue.last + 1 < len(tokens) and tokens[cue.last + 1].lower == "that")


def _leads(token: Token) -> bool:
    """Tell whether what a unit starts with only leads in: `Asked whether ..., Tan answered`, `On Monday Tan said`."""
    is_asked = token.has("opener") and token.lower.endswith("ed")
    return is_asked or token.has("preposition") or token.lower.endswith("ing")


def _office_start(tokens: Sequence[Token], start: int) -> int:
    """Return where the office before a name starts: `..., its commander, Gen. Tan, said`; else where the name does."""
    if start < _OFFICE or tokens[start - 1].text != ",":
        return start
    for i in range(start - 2, start - 2 - _OFFICE, -1):
        if i <= 0 or tokens[i].form != "w":
            return start
        if tokens[i - 1].text == "," and tokens[i].has("determiner"):
            return i if any(token.has("title", "role") for token in tokens[i + 1 : start]) else start
    return start


def _over_adverbs(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].is_adverb:
        at += 1
    return at


def _ends_unit(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a clause ends, or only a phrase such as `in charge of the patrol` is left of it."""
    rest = tokens[at:-1]
    is_phrase = all(token.form == "w" or token.text in "()" for token in rest)
    is_tail = 0 < len(rest) < _CLOSING and rest[0].has("preposition") and is_phrase
    return is_tail or _ends_clause(tokens, at)


def _ends_clause(tokens: Sequence[Token], at: int) -> bool:
    at = _over_adverbs(tokens, at)
    if at + 1 < len(tokens) and tokens[at].has("parted") and tokens[at + 1].has("day"):
        at += 2
    elif at < len(tokens) and tokens[at].has("day"):
        at += 1
    if at + 1 < len(tokens) and tokens[at].has("addition") and tokens[at + 1].has("cue"):
        return True  # `..., Tan said and promised to help`
    return at >= len(tokens) or tokens[at].text in {",", ".", ";", "–", "—"}

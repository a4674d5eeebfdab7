"""Reads attributions: a cue with its speaker, beside marked speech or in brackets of commas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tasks.quotes.lexicon import Cue, Lexicon
from tasks.quotes.mentions import Mention
from tasks.quotes.speakers import first_subject, skip_adverbs, subject_after, subject_before
from tasks.quotes.tokens import Token
from tasks.quotes.units import MARKS, CueMatch

_REACH = 45  # tokens between speech and its cue
_LEAD = 30  # tokens between a cue and the speech that it leads into
_MODIFIERS = 7  # words before a name that are neither title nor name
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
        if cue.first == at:
            found = subject_after(tokens, _over_adverbs(tokens, cue.last + 1), lexicon)
            if found:
                return Attribution(cue, found[0], at, found[1] - 1, "direct-inverted")
            if "source" in cue.cue.frames:
                return None
        before = subject_before(tokens, cue.first, lexicon) if closed else None
        if before and (before[1] <= at + 1 or _are_modifiers(tokens[at : before[1]])):
            return Attribution(cue, before[0], at, cue.last, "direct-after")
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
        source = find_source(tokens, cue, lexicon)
        if not source:
            inverted = subject_after(tokens, cue.last + 1, lexicon)
            source = inverted[0] if inverted and cue.first == 0 else None
        if not source and cue.is_passive and not (between and between[-1].text == ":"):
            return Attribution(cue, None, cue.first, speech - 1, "direct-before")
        if source:
            return Attribution(cue, source, cue.first, speech - 1, "direct-before")
    return None


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
    named = subject_after(tokens, 2 if is_document else 0, lexicon)
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
    """Read a unit that only says who spoke before it: `– Ana Ruiz, head of the Harbour Office`."""
    if len(tokens) < 2 or tokens[0].text not in _DASHES:
        return None
    start = next((i for i, token in enumerate(tokens) if token.text not in _DASHES), len(tokens))
    named = subject_after(tokens, start, lexicon)
    if not named or named[0].kind != "name":
        return None
    return named[0] if named[1] >= len(tokens) or tokens[named[1]].text in {",", "."} else None


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
        before = subject_before(tokens, cue.first, lexicon)
        if before and lexicon.has(before[0].text.lower(), "self"):
            return before[0]
        return first_subject(tokens, cue.first, lexicon) if "inf" in cue.cue.frames else None
    j = skip_adverbs(tokens, cue.first)
    leans = j >= 0 and (tokens[j].has("addition") or tokens[j].lower == "or")
    if cue.cue.is_participle and j == i:
        leans = leans or (j >= 0 and tokens[j].text == ",")
        if not leans:
            return None
    if not leans:
        before = subject_before(tokens, cue.first, lexicon)
        if before:
            return before[0]
        leans = j >= 0 and tokens[j].text == ","
    if leans:
        return inherited or first_subject(tokens, cue.first, lexicon)
    return None


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
        if cue.first <= low or not (frames & {"bare", "source"} or frames >= {"quote", "that"}):
            continue
        if "source" in cue.cue.frames:
            found = subject_after(tokens, cue.last + 1, lexicon)
            if found:
                return Attribution(cue, found[0], cue.first, found[1] - 1, "according-to")
            continue
        if cue.is_passive:
            continue
        after = cue.last + 1
        if tokens[cue.first - 1].text == ",":
            inverted = subject_after(tokens, after, lexicon)
            if inverted and _ends_unit(tokens, inverted[1]):
                return Attribution(cue, inverted[0], cue.first, inverted[1] - 1, "indirect-closing")
        before = subject_before(tokens, cue.first, lexicon)
        if not before:
            continue
        start = before[1]
        if start and tokens[start - 1].lower == "as":
            start -= 1
        if start <= low or tokens[start - 1].text not in {",", "–", "—"}:
            continue
        if _ends_clause(tokens, after):
            return Attribution(cue, before[0], start, cue.last, "indirect-closing")
        rest = tokens[after:end]
        is_tail = len(rest) <= _CLOSING and (
            rest[0].has("adjunct") or "addr" in cue.cue.frames or rest[0].lower.endswith("ing")
        )
        leads = tokens[low].has("preposition") and start - low <= len(rest) + 3
        if is_tail and not leads and not any(t.lower == "that" for t in rest):
            return Attribution(cue, before[0], start, end - 1, "indirect-closing")
    return None


def _over_adverbs(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].is_adverb:
        at += 1
    return at


def _ends_unit(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a clause ends, or only a phrase such as `in charge of the patrol` is left of it."""
    rest = tokens[at:-1]
    is_tail = 0 < len(rest) < _CLOSING and rest[0].has("preposition") and all(t.form == "w" for t in rest)
    return is_tail or _ends_clause(tokens, at)


def _ends_clause(tokens: Sequence[Token], at: int) -> bool:
    at = _over_adverbs(tokens, at)
    if at + 1 < len(tokens) and tokens[at].has("parted") and tokens[at + 1].has("day"):
        at += 2
    if at + 1 < len(tokens) and tokens[at].has("addition") and tokens[at + 1].has("cue"):
        return True  # `..., Tan said and promised to help`
    return at >= len(tokens) or tokens[at].text in {",", ".", ";", "–", "—"}

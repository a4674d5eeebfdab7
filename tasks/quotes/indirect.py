"""Reads speech without marks: `X said that ...`, `..., X said`, `according to X`, `..., adding that ...`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from tasks.quotes.attribution import Attribution, attribute_closing, find_source, source_after
from tasks.quotes.direct import cue_span
from tasks.quotes.frames import has_verb
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention
from tasks.quotes.quotation import Quotation, Span, trim_span
from tasks.quotes.speakers import first_subject, skip_adverbs, subject_after, subject_before
from tasks.quotes.tokens import Token
from tasks.quotes.units import CueMatch

_EXPLAINED = 60  # tokens that appositions to a source take
_APPOSITION = 5  # tokens of an apposition in which its office stands
_RELATIVE = 8  # tokens from a comma to the pronoun of a relative clause
_SUBJECT = 20  # tokens before a cue that its subject takes with all that belongs to it
_LEAD_IN = 14  # tokens of an introduction before its cue and after
_CONTRACTED = re.compile(r"['’](?=s$|re$|m$)")
_EDGE = ' \t\n\r\u00a0,;:–—-."“”'


def find_indirect(
    text: str,
    tokens: Sequence[Token],
    cues: Sequence[CueMatch],
    taken: set[int],
    spoken: Attribution | None,
    lexicon: Lexicon,
) -> list[Quotation]:
    """Read the unmarked speech of a unit.

    Args:
        text: The document.
        tokens: The unit.
        cues: Its cues that are free.
        taken: Tokens of marked speech and its attributions.
        spoken: The attribution of that speech, whose speaker goes on.
        lexicon: The lexicon.
    """
    found: list[Quotation] = []
    low = max(taken, default=-1) + 1
    free = [cue for cue in cues if cue.first >= low]
    source = spoken.source if spoken else None
    if not taken:
        closing = attribute_closing(tokens, 0, free, lexicon)
        if closing and closing.cue and _wins(tokens, closing, free, lexicon):
            quote, low = _close(text, tokens, closing, free)
            if quote:
                found.append(quote)
                source = closing.source
                free = [cue for cue in free if cue.first >= low]
    head = tokens[: _end_of_head(tokens, min(taken, default=0), spoken)]
    inside = [cue for cue in cues if cue.start is not None and cue.start.at < len(head)]
    before = (_open(text, head, cue, inside, None, lexicon) for cue in inside)
    found += [opened[0] for opened in islice(filter(None, before), 1)]
    introduced = _introduce(text, tokens, inside if taken else free, lexicon) if not found else None
    if introduced:
        found.append(introduced[0])
        low = max(low, introduced[1])
        source = introduced[0].source
    for cue in free:
        if cue.first < low:
            continue
        opened = _open(text, tokens, cue, free, source, lexicon)
        if opened:
            quote, low = opened
            found.append(quote)
            source = quote.source or source
    return found


def _end_of_head(tokens: Sequence[Token], speech: int, spoken: Attribution | None) -> int:
    """Return where the words before marked speech end: before who says that, if that stands there."""
    if not spoken or not spoken.source:
        return speech
    start = spoken.source.outer_start
    inside = (i for i in range(speech - 1, 0, -1) if tokens[i].start <= start)
    at = next(inside, 0)
    if not at or tokens[at].start != start:
        return speech
    commas = (i for i in range(at - 2, max(0, at - _RELATIVE), -1) if tokens[i].text == ",")
    return next(commas, at) if tokens[at - 1].has("relative") else at  # `..., a wish which Wu Lei said "came late"`


def _introduce(
    text: str, tokens: Sequence[Token], cues: Sequence[CueMatch], lexicon: Lexicon
) -> tuple[Quotation, int] | None:
    """Read what stands before a main clause: `As he noted, ...`, `Noting that it rains, he ...`; and where to go on."""
    cue = cues[0] if cues else None
    if not cue or cue.first > _LEAD_IN:
        return None
    commas = [i for i in range(cue.last + 1, len(tokens) - 1) if tokens[i].text == ","]
    if tokens[0].lower == "as" and commas and "that" in cue.cue.frames:
        before = subject_before(tokens, cue.first, lexicon)
        between = tokens[cue.last + 1 : commas[0]]
        is_short = not between or (len(between) < _LEAD_IN and between[0].has("adjunct"))
        if before and before[1] == 1 and is_short:
            spans = [(tokens[commas[0]].end, tokens[-1].end)]
            quote = _make(text, tokens, spans, cue, before[0], "indirect-as")
            return (quote, len(tokens)) if quote else None
    leads = cue.first == 0 or (cue.first == 1 and tokens[0].has("leading"))
    start = cue.start if leads and cue.cue.is_participle else None
    if not start or (cue.first == 0 and not start.opening.is_clause):
        return None  # `Noting the need to act, he ...` says what he does, not what he says
    for comma in commas:
        named = subject_after(tokens, comma + 1, lexicon)
        if named and named[0].kind not in {"other", "document"} and named[1] < len(tokens):
            verb = tokens[named[1]]
            if verb.lower.endswith("ed") or verb.has("cue", "auxiliary", "adverb", "past"):
                spans = [(tokens[start.at].start, tokens[comma].start)]
                quote = _make(text, tokens, spans, cue, named[0], start.opening.method)
                return (quote, comma + 1) if quote else None
    return None


def _wins(tokens: Sequence[Token], closing: Attribution, cues: Sequence[CueMatch], lexicon: Lexicon) -> bool:
    """Tell whether a closing attribution covers the unit, rather than stand inside what an earlier cue opens."""
    if closing.first == 0 or all(t.form == "p" for t in tokens[closing.last + 1 :]):
        return True
    return not any(
        cue.first < closing.first and cue.start is not None and find_source(tokens, cue, lexicon) for cue in cues
    )


def _make(
    text: str, tokens: Sequence[Token], spans: Sequence[Span], cue: CueMatch, source: Mention | None, method: str
) -> Quotation | None:
    kept = [_with_mark(tokens, span) for span in (trim_span(text, s, e, _EDGE) for s, e in spans) if span]
    if not kept:
        return None
    marked = any((t.form == "q" or t.is_said) and any(s <= t.start < e for s, e in kept) for t in tokens)
    return Quotation("mixed" if marked else "indirect", tuple(kept), cue_span(tokens, cue), source, method)


def _with_mark(tokens: Sequence[Token], span: Span) -> Span:
    """Return a span with the opening mark before it, where the closing one stands inside it."""
    opened = (t.start for t in tokens if t.form in "qs" and t.start < span[0] < t.end < span[1])
    return next(opened, span[0]), span[1]


def _close(
    text: str, tokens: Sequence[Token], closing: Attribution, cues: Sequence[CueMatch]
) -> tuple[Quotation | None, int]:
    """Read the content around a closing attribution, and where other cues may go on."""
    assert closing.cue
    after = closing.last + 1
    parts = (i for i in range(closing.first - 1, 0, -1) if tokens[i].text in {":", ";"})
    start = next((i + 1 for i in parts if tokens[i].end < tokens[i + 1].start), 0)  # not the colon of 05:10
    while start < closing.first and (tokens[start].form == "p" or _is_connective(tokens, start)):
        start += 1
    if all(token.form == "p" or token.has("adverb", "day", "opener") for token in tokens[start : closing.first]):
        return None, 0  # `Also today, the minister commented on the flood.`
    spans: list[Span] = []
    if closing.first > start:
        spans.append((tokens[start].start, tokens[closing.first].start))
    while after < len(tokens) and tokens[after].form == "w" and closing.first > 0 and tokens[after].text != ",":
        after += 1  # `..., according to the release issued yesterday`
    low = len(tokens)
    if closing.last + 1 < len(tokens) and tokens[closing.last + 1].has("addition"):
        low = closing.last + 1
    elif after < len(tokens) - 1 and tokens[after].text in {",", "–", "—", ";"}:
        following = next((cue for cue in cues if cue.first > after), None)
        leans = following and (
            skip_adverbs(tokens, following.first) <= after + 1
            and (following.cue.is_participle or tokens[after + 1].has("addition"))
        )
        is_inverted = closing.cue.first == closing.first and closing.rule == "indirect-closing"
        explains = is_inverted and not has_verb(tokens, after + 1)  # `..., said Tan, commander of the guard`
        if leans or (following and tokens[after].text == ";"):
            low = after + 1
        elif not explains and tokens[after + 1].lower != "as":  # `..., he said, as the ministers met`
            spans.append((tokens[after].end, tokens[-1].end))
    quote = _make(text, tokens, spans, closing.cue, closing.source, closing.rule)
    return quote, low


def _is_connective(tokens: Sequence[Token], i: int) -> bool:
    return i + 1 < len(tokens) and tokens[i].has("adverb", "addition") and tokens[i + 1].text == ","


def _open(
    text: str,
    tokens: Sequence[Token],
    cue: CueMatch,
    cues: Sequence[CueMatch],
    inherited: Mention | None,
    lexicon: Lexicon,
) -> tuple[Quotation, int] | None:
    """Read the content that a cue opens, and the token that it ends before."""
    if cue.is_passive:
        return _open_passive(text, tokens, cue, cues, lexicon)
    if "source" in cue.cue.frames:
        return _open_source(text, tokens, cue, cues, lexicon)
    start = cue.start
    if start is None or _is_object(tokens, cue):
        return None
    opening, frames = start.opening, cue.cue.frames
    source = find_source(tokens, cue, lexicon, inherited)
    if not source and opening.is_clause and not cue.cue.is_participle and cue.first < _SUBJECT:
        source = first_subject(tokens, cue.first, lexicon)  # `The councillor in charge replied that ...`
    is_clause = opening.is_clause or not opening.is_phrase
    is_speaker = source and (source.kind != "other" or ("quote" in frames and is_clause))
    if not source or not is_speaker:
        return None
    if "np" in opening.frames and lexicon.has(source.text.lower(), "self"):
        return None  # `We reaffirm our support` in a text of those who speak
    end = _content_end(tokens, start.at, cue, cues, lexicon)
    stop = _next_act(tokens, start.at, end, opening.is_phrase)
    quote = _make(text, tokens, [(tokens[start.at].start, tokens[stop - 1].end)], cue, source, opening.method)
    return (quote, end) if quote else None


def _is_object(tokens: Sequence[Token], cue: CueMatch) -> bool:
    """Tell whether a cue is what somebody speaks about: `dismissed reports that they left`."""
    before = tokens[cue.first - 1] if cue.first else None
    is_noun = cue.cue.words[0].endswith("s") and not cue.cue.is_participle
    return (
        is_noun and before is not None and before.has("cue") and before.text.islower() and before.lower.endswith("ed")
    )


def _open_source(
    text: str, tokens: Sequence[Token], cue: CueMatch, cues: Sequence[CueMatch], lexicon: Lexicon
) -> tuple[Quotation, int] | None:
    """Read `According to Tan, ...`."""
    found = source_after(tokens, cue.last + 1, lexicon)
    if not found or (cue.first and tokens[cue.first - 1].text != ";"):
        return None
    start = _over_appositions(tokens, found[1])
    end = _content_end(tokens, start, cue, cues, lexicon)
    quote = _make(text, tokens, [(tokens[start - 1].end, tokens[end - 1].end)], cue, found[0], "according-to")
    return (quote, end) if quote else None


def _over_appositions(tokens: Sequence[Token], at: int) -> int:
    """Return the token after what explains a source: `According to Col. Tan, head of the mission, it is over`."""
    comma = next((i for i in range(at, len(tokens) - 1) if tokens[i].text == ","), None)
    if comma is None:
        return at
    at = comma + 1
    for i in range(at, min(comma + _EXPLAINED, len(tokens) - 1)):
        if tokens[i].text == ",":
            words = tokens[at : min(i, at + _APPOSITION)]
            is_office = any(token.has("title", "role", "institution") for token in words)
            explains = tokens[at].has("relative") or (is_office and not has_verb(tokens[at : i + 1], 0))
            if not explains or not has_verb(tokens, i):
                break
            at = i + 1
    return at


def _next_act(tokens: Sequence[Token], start: int, end: int, is_phrase: bool) -> int:
    """Return where the speaker goes on to do something else: `stressed the need to act and welcomed the guests`.

    After a noun phrase any verb in the past tense shows it, after a clause only one for what people do by speaking.
    """
    for i in range(start + 1, end - 2):
        parts = tokens[i - 1].text == "," and tokens[i].has("addition") and tokens[i].lower not in {"and", "or"}
        if is_phrase and parts:
            return i - 1  # `..., while the army waits`
        if tokens[i].lower != "and" and not (tokens[i].lower == "then" and tokens[i - 1].text == ","):
            continue
        at = i + 1
        while at < end - 1 and tokens[at].is_adverb:
            at += 1
        verb = tokens[at]
        past = verb.lower.endswith("ed") and not tokens[i - 1].lower.endswith("ed") and verb.text.islower()
        if verb.has("act") or (is_phrase and (past or verb.has("past"))):
            return i - 1 if tokens[i - 1].text == "," else i
        if is_phrase and tokens[i - 1].text == "," and verb.has("determiner"):
            verbs = [t for t in tokens[at + 1 : at + 6] if t.lower.endswith("ed") and t.text.islower()]
            if verbs:
                return i - 1
    return end


def _open_passive(
    text: str, tokens: Sequence[Token], cue: CueMatch, cues: Sequence[CueMatch], lexicon: Lexicon
) -> tuple[Quotation, int] | None:
    """Read `it was stressed that ...` and `the need to ... was stressed`."""
    after = cue.last + 1
    j = skip_adverbs(tokens, cue.first)
    if not any(token.lower in {"was", "were"} for token in tokens[j + 1 : cue.first]):
        return None  # `It is reported that ...` is what people say
    if after < len(tokens) and tokens[after].lower == "that" and "that" in cue.cue.frames:
        end = _content_end(tokens, after + 1, cue, cues, lexicon)
        quote = _make(text, tokens, [(tokens[after].end, tokens[end - 1].end)], cue, None, "indirect-passive")
        return (quote, end) if quote else None
    head = next((i for i in range(min(j, 4)) if tokens[i].has("content")), None)
    if "np" not in cue.cue.frames or head is None:
        return None
    quote = _make(text, tokens, [(tokens[0].start, tokens[j].end)], cue, None, "indirect-passive")
    return (quote, len(tokens)) if quote else None


def _content_end(tokens: Sequence[Token], start: int, cue: CueMatch, cues: Sequence[CueMatch], lexicon: Lexicon) -> int:
    """Return the token before which content ends: the unit's end or the next cue on the same level."""
    has_inner = False
    for other in cues:
        if other.first <= start or other is cue:
            continue
        j = skip_adverbs(tokens, other.first)
        if "source" in other.cue.frames:
            if tokens[other.first - 1].text == ",":
                return other.first - 1
            continue
        if other.start is None or j <= start:
            continue
        if other.cue.is_participle:
            if tokens[j].text == "," or tokens[j].has("addition"):
                return j - 1 if tokens[j - 1].text == "," else j
            subject = _CONTRACTED.split(tokens[j].lower)
            is_run_on = len(subject) > 1 and lexicon.has(subject[0], "pronoun") and tokens[j - 1].has("addition")
            if is_run_on and j - 2 > start and tokens[j - 2].text == ",":
                return j - 2  # `..., and he's saying that ...`
            continue
        if tokens[j].has("addition"):
            if has_inner:
                continue
            return j - 1 if tokens[j - 1].text == "," else j
        before = subject_before(tokens, other.first, lexicon)
        if before and before[0].kind != "other" and before[1] - 1 > start:
            joint = before[1] - 1
            if tokens[joint].has("addition") and tokens[joint - 1].text == ",":
                return joint - 1
            if tokens[joint].text == ";" or (tokens[joint].has("addition") and before[0].kind != "pronoun"):
                return joint
        has_inner = has_inner or before is not None
    return len(tokens)

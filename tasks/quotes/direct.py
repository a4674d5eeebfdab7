"""Reads marked speech: attributed after, before or without a verb, interrupted, and going on without an attribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tasks.quotes.attribution import (
    Attribution,
    attribute_after,
    attribute_before,
    attribute_colon,
    attribute_label,
    find_source,
)
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.marks import Marked
from tasks.quotes.quotation import Quotation, QuotationKind, Span, trim_span
from tasks.quotes.tokens import Token
from tasks.quotes.units import CueMatch, Unit

_MAX_SEGMENTS = 64  # pieces of one quotation
_QUOTE = (",", "quote", ",")
_MIN_WORDS = 8  # of marked speech that counts without any attribution


@dataclass
class Discourse:
    """What the units before leave open.

    Attributes:
        last: The last marked quotation.
        unit: Number of the unit that it ends in.
        paragraph: Number of the paragraph that it ends in, blank ones not counted.
        lead: An attribution that ends its paragraph with a colon, waiting for speech.
    """

    last: Quotation | None = None
    unit: int = -2
    paragraph: int = -2
    lead: tuple[Span | None, Attribution] | None = None


@dataclass
class Direct:
    """What the rules for marked speech find in one unit.

    Attributes:
        found: Quotations; the first may replace `Discourse.last`.
        extends: The first of `found` is the last quotation, made longer.
        used: Cues that are taken.
        taken: Tokens of speech and attributions; what is not taken is left to the other rules.
        last: The last attribution.
    """

    found: list[Quotation] = field(default_factory=list)
    extends: bool = False
    used: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    last: Attribution | None = None


def content_of(text: str, pair: Marked) -> tuple[Span, ...]:
    """Return the content of a pair of marks, a span a paragraph."""
    spans: list[Span] = []
    at = pair.start
    for line in text[pair.start : pair.end].split("\n"):
        span = trim_span(text, at, at + len(line), ' \t\r\u00a0,"“”')
        if span:
            spans.append(span)
        at += len(line) + 1
    return tuple(spans)


def cue_span(tokens: Sequence[Token], cue: CueMatch | None) -> Span | None:
    """Return the offsets of a cue."""
    return (tokens[cue.first].start, tokens[cue.last].end) if cue else None


def find_direct(
    text: str,
    unit: Unit,
    number: int,
    paragraph: int,
    pairs: Sequence[Marked],
    cues: Sequence[CueMatch],
    state: Discourse,
    lexicon: Lexicon,
) -> Direct:
    """Read the marked speech of a unit.

    Args:
        text: The document.
        unit: The unit.
        number: Its number in the document.
        paragraph: The number of its paragraph, blank ones not counted.
        pairs: The stretches in quote marks.
        cues: The cues of the unit.
        state: What the units before leave open; updated.
        lexicon: The lexicon.
    """
    tokens, result = unit.tokens, Direct()
    previous = -1  # the last token of the speech before
    for k, token in enumerate(tokens):
        if token.form != "q":
            continue
        pair = pairs[token.mark]
        spans = content_of(text, pair)
        if not spans:
            continue
        low, previous = previous + 1, k
        free = [cue for cue in cues if cue.first not in result.used]
        after = attribute_after(tokens, k, free, lexicon)
        last = result.last
        adds = _adds(tokens, last, k, free) if last and last.source else None
        if adds and last:
            quote = Quotation("direct", spans, cue_span(tokens, adds), last.source, "direct-before", repair=pair.repair)
            result.used.add(adds.first)
            result.taken.update(range(adds.first, k + 1))
            result.found.append(quote)
            state.last, state.unit, state.paragraph, state.lead = quote, number, paragraph + len(spans) - 1, None
            continue
        if last and low <= last.first and _only_attribution(tokens, last, k) and not (after and after.cue):
            result.found[-1] = state.last = replace(result.found[-1], segments=(*result.found[-1].segments, *spans))
            result.taken.add(k)
            continue
        before = None
        if not (after and tokens[k - 1].text not in {",", ":"}) and k:
            before = attribute_before(tokens, k, [cue for cue in free if cue.first >= low], lexicon)
        announced = _announce(tokens, k, [cue for cue in free if cue.first >= low], lexicon)
        if before and after and after.cue and _is_named_behind(tokens, k):
            result.used.update({before.cue.first} if before.cue else ())
            result.taken.update(range(before.first, before.last + 1))
            before = None
        chosen = before or after or attribute_label(tokens, k, lexicon)
        if not chosen and not low:
            chosen = attribute_colon(tokens, k, lexicon)
        opens = k == 0 or all(t.form == "p" for t in tokens[:k])
        mixed = _clause_before(tokens, low, k) if chosen is after and after and not before else None
        if announced:
            chosen, mixed = announced
        if chosen:
            kind: QuotationKind = "mixed" if mixed is not None else "direct"
            if mixed is not None:
                spans = ((tokens[mixed].start, spans[-1][1]),)
                result.taken.update(range(mixed, k))
            quote = Quotation(kind, spans, cue_span(tokens, chosen.cue), chosen.source, chosen.rule, repair=pair.repair)
            if chosen.cue:
                result.used.add(chosen.cue.first)
            says_too = chosen.rule == "direct-colon" and any(cue.start and low < cue.start.at < k for cue in free)
            if not says_too:  # `Ruiz said that it was over: "We won."`
                result.taken.update(range(chosen.first, chosen.last + 1))
                result.last = chosen
        elif opens and state.lead:
            cue, lead = state.lead
            quote = Quotation("direct", spans, cue, lead.source, "direct-lead-in", repair=pair.repair)
        elif (
            opens
            and state.last
            and len(state.last.segments) < _MAX_SEGMENTS
            and state.unit >= number - 1
            and state.paragraph == paragraph
        ):
            quote = replace(state.last, segments=(*state.last.segments, *spans))
            result.extends = not result.found
        elif opens and state.last and state.paragraph == paragraph - 1 and _is_alone(tokens, k):
            quote = Quotation("direct", spans, None, state.last.source, "direct-follow-on", True, pair.repair)
        elif _is_alone(tokens, k) and opens and text.count(" ", pair.start, pair.end) >= _MIN_WORDS:
            quote = Quotation("direct", spans, None, None, "direct-unattributed", True, pair.repair)
        else:
            continue
        state.lead = None
        result.taken.add(k)
        result.found.append(quote)
        state.last, state.unit = quote, number
        state.paragraph = paragraph + max(0, len(spans) - 1 if mixed is None else 0)
    return result


def _adds(tokens: Sequence[Token], last: Attribution, speech: int, cues: Sequence[CueMatch]) -> CueMatch | None:
    """Return the participle with which somebody goes on to say more: `"...," Tan said, adding: "..."`."""
    if tokens[speech - 1].text not in {":", ","}:
        return None
    near = (cue for cue in cues if cue.first > last.last and cue.last == speech - 2)
    return next((cue for cue in near if cue.cue.is_participle and "quote" in cue.cue.frames), None)


def _only_attribution(tokens: Sequence[Token], attribution: Attribution, speech: int) -> bool:
    """Tell whether nothing but the attribution and its adjuncts stands between two pieces of speech."""
    rest = tokens[attribution.last + 1 : speech]
    return len(rest) < 40 and not any(t.form == "q" for t in rest)


def _clause_before(tokens: Sequence[Token], low: int, speech: int) -> int | None:
    """Return where running text starts that speech goes on with, as in `has "shown courage", he said`."""
    words = [i for i in range(low, speech) if tokens[i].form == "w"]
    if len(words) < 2 or tokens[speech - 1].text in {":", ",", "–", "—"} or low:
        return None
    return words[0]


def _announce(
    tokens: Sequence[Token], k: int, cues: Sequence[CueMatch], lexicon: Lexicon
) -> tuple[Attribution, int] | None:
    """Read the clause that goes on in speech: `said that she would be, quote, “glad to go”`; and where it starts."""
    clause = k - len(_QUOTE)
    if clause < 0 or tuple(token.lower for token in tokens[clause:k]) != _QUOTE:
        return None
    for cue in reversed(cues):
        if cue.start and cue.start.at < clause and cue.start.opening.is_clause:
            source = find_source(tokens, cue, lexicon)
            return (Attribution(cue, source, cue.first, cue.last, "direct-before"), cue.start.at) if source else None
    return None


def _is_alone(tokens: Sequence[Token], k: int) -> bool:
    return all(t.form == "p" for i, t in enumerate(tokens) if i != k)


def _is_named_behind(tokens: Sequence[Token], speech: int) -> bool:
    """Tell whether speech that a body leads into is one of its own's: `The M said: "...", its spokesman Orr said`."""
    behind = [token.text for token in tokens[speech + 1 : speech + 3] if token.text != ","]
    return behind[:1] in (["its"], ["their"])

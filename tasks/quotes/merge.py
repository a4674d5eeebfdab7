"""Puts the attributions of the model beside the quotations of the rules.

Marked speech, statements and turns are left to the rules, which read their bounds from the text's own marks. Where the
model reads something else into unmarked speech than the rules, the model wins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace

from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention
from tasks.quotes.model.tagger import Attribution
from tasks.quotes.quotation import Quotation, QuotationKind, Span, trim_span
from tasks.quotes.speakers import mention_within
from tasks.quotes.units import Unit

_LEAD = 5  # words before marks
_OPENING, _CLOSING = "“\"'‘ ", "\"”’' ,.!?"
_BREAKS = frozenset('“”"\n')
_UNMARKED = frozenset({"indirect", "mixed"})


def merge_attributions(
    text: str, units: Sequence[Unit], found: Sequence[Quotation], attributions: Sequence[Attribution], lexicon: Lexicon
) -> list[Quotation]:
    """Return the quotations of both, in no order.

    Args:
        text: The document.
        units: Its units.
        found: What the rules find.
        attributions: What the model finds.
        lexicon: The lexicon.
    """
    marked = [quotation for quotation in found if quotation.kind not in _UNMARKED]
    spoken = {segment for quotation in marked for segment in quotation.segments}
    fixed = [_take_lead(text, quotation, attributions, spoken) for quotation in marked]
    taken = [segment for quotation in fixed for segment in quotation.segments]
    added = [a for a in attributions if 2 * a.shared(taken) <= a.size]
    heard = sorted(segment for a in added for segment in a.segments)
    cues = {a.cue[0] for a in added}
    rest = [q for q in found if q.kind in _UNMARKED and not (q.cue and q.cue[0] in cues) and not _touches(q, heard)]
    starts = [unit.start for unit in units]
    read = (_read(text, units, starts, attribution, lexicon) for attribution in added)
    return [*fixed, *rest, *(quotation for quotation in read if quotation)]


def _take_lead(
    text: str, quotation: Quotation, attributions: Sequence[Attribution], spoken: Collection[Span]
) -> Quotation:
    """Give a quotation in marks the few words before them that the model reads as part of what is said.

    News style has `said that “the pier is safe”` as one content, from "that" on. What is another quotation of the
    rules, one of `spoken`, stays one.
    """
    if quotation.kind != "direct" or len(quotation.segments) > 1:
        return quotation
    [(first, last)] = quotation.segments
    earliest = quotation.cue[1] if quotation.cue and quotation.cue[1] <= first else 0
    for attribution in attributions:
        for start, end in attribution.segments:
            before = text[start:first].rstrip(_OPENING)
            is_short = earliest <= start < first and len(before.split()) <= _LEAD and not set(before) & _BREAKS
            is_same = is_short and end >= last and not text[last:end].strip(_CLOSING)
            inner = [
                trim_span(text, s, e, _OPENING + _CLOSING) for s, e in attribution.segments if (s, e) != (start, end)
            ]
            is_same = is_same and not any(span and _is_spoken(text, span, spoken) for span in inner)
            if is_same and (before or len(attribution.segments) > 1):
                return replace(quotation, kind="mixed", segments=attribution.segments)
    return quotation


def _is_spoken(text: str, span: Span, spoken: Collection[Span]) -> bool:
    """Tell whether a piece is another quotation, whose stop may stand inside its marks."""
    start, end = span
    return any((start, stop) in spoken for stop in range(end, min(end + 2, len(text)) + 1))


def _touches(quotation: Quotation, segments: Sequence[Span]) -> bool:
    return any(s < end and start < e for s, e in segments for start, end in quotation.segments)


def _read(
    text: str, units: Sequence[Unit], starts: Sequence[int], attribution: Attribution, lexicon: Lexicon
) -> Quotation | None:
    marked = [any(c in '"“”' for c in text[s:e]) for s, e in attribution.segments]
    segments = tuple(span for span in (trim_span(text, s, e) for s, e in attribution.segments) if span)
    if not segments:
        return None
    outer = all(text[s] in '"“”' and text[e - 1] in '"“”' for s, e in segments)
    kind: QuotationKind = "direct" if outer else "mixed" if any(marked) else "indirect"
    if outer:
        segments = tuple(span for span in (trim_span(text, s, e, ' ,"“”') for s, e in segments) if span)
    source: Mention | None = None
    if attribution.source:
        unit = units[max(0, bisect_right(starts, attribution.source[0]) - 1)]
        source = mention_within(unit.tokens, attribution.source, lexicon)
    return (
        Quotation(kind, segments, attribution.cue, source, "model", confidence=attribution.score) if segments else None
    )

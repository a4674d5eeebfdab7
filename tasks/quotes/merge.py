"""Puts the attributions of the model beside the quotations of the rules.

Marked speech, statements and turns are left to the rules, which read their bounds from the text's own marks. Where the
model reads something else into unmarked speech than the rules, the model wins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from tasks.quotes.attribution import find_source
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention
from tasks.quotes.model.tagger import Attribution
from tasks.quotes.quotation import Quotation, QuotationKind, Span, trim_span
from tasks.quotes.speakers import mention_within
from tasks.quotes.units import Unit, find_cues

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
    kept = _join_pieces(sorted((q for q in found if q.kind not in _UNMARKED), key=lambda q: q.segments), attributions)
    ends, starts = [0, *(q.end for q in kept)], [*(q.start for q in kept), len(text)][1:]
    fixed = [_take_lead(text, q, attributions, (ends[i], starts[i])) for i, q in enumerate(kept)]
    taken = [segment for quotation in fixed for segment in quotation.segments]
    added = [a for a in attributions if 2 * a.shared(taken) <= a.size]
    heard = sorted(segment for a in added for segment in a.segments)
    cues = {a.cue[0] for a in added}
    rest = [q for q in found if q.kind in _UNMARKED and not (q.cue and q.cue[0] in cues) and not _touches(q, heard)]
    starts = [unit.start for unit in units]
    read = (_read(text, units, starts, attribution, lexicon) for attribution in added)
    return [*fixed, *rest, *(quotation for quotation in read if quotation)]


def _join_pieces(found: Sequence[Quotation], attributions: Sequence[Attribution]) -> list[Quotation]:
    """Put marked speech that nobody is given for behind the speech that the model gives one speaker with it."""
    joined: list[Quotation] = []
    for quotation in found:
        before = joined[-1] if joined and joined[-1].kind == quotation.kind == "direct" else None
        if before and before.source and not before.is_carried and not quotation.cue and not quotation.source:
            shared = (a.segments for a in attributions if _touches(before, a.segments))
            if any(_touches(quotation, segments) for segments in shared):
                joined[-1] = replace(before, segments=(*before.segments, *quotation.segments))
                continue
        joined.append(quotation)
    return joined


def _take_lead(text: str, quotation: Quotation, attributions: Sequence[Attribution], alone: Span) -> Quotation:
    """Give a quotation in marks the few words before them that the model reads as part of what is said.

    News style has `said that “the pier is safe”` as one content, from "that" on. What the model reads into the
    quotations before and after as well, outside the span `alone`, is not taken.
    """
    if quotation.kind != "direct" or len(quotation.segments) > 1:
        return quotation
    [(first, last)] = quotation.segments
    earliest = quotation.cue[1] if quotation.cue and quotation.cue[1] <= first else 0
    for attribution in attributions:
        if attribution.segments[0][0] < alone[0] or attribution.segments[-1][1] > alone[1]:
            continue
        for start, end in attribution.segments:
            before = text[start:first].rstrip(_OPENING)
            is_short = earliest <= start < first and len(before.split()) <= _LEAD and not set(before) & _BREAKS
            is_same = is_short and end >= last and not text[last:end].strip(_CLOSING)
            if is_same and (before or len(attribution.segments) > 1):
                return replace(quotation, kind="mixed", segments=attribution.segments)
    return quotation


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
    elif attribution.cue and units:
        unit = units[max(0, bisect_right(starts, attribution.cue[0]) - 1)]
        cue = next(
            (c for c in find_cues(unit.tokens, lexicon) if unit.tokens[c.first].start == attribution.cue[0]), None
        )
        source = find_source(unit.tokens, cue, lexicon) if cue else None
    return (
        Quotation(kind, segments, attribution.cue, source, "model", confidence=attribution.score) if segments else None
    )

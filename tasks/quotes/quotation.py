"""What a rule finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tasks.quotes.speakers import Mention

Span = tuple[int, int]

#: Share of a rule's quotations that match gold at half overlap, on the annotated train and dev documents, with one hit
#: and one miss added so that rare rules are not overrated.
PRIORS: Mapping[str, float] = MappingProxyType(
    {
        "according-to": 0.85,
        "direct-after": 0.97,
        "direct-before": 0.93,
        "direct-follow-on": 0.94,
        "direct-inverted": 0.96,
        "direct-labelled": 0.90,
        "direct-lead-in": 0.93,
        "direct-trailing": 0.90,
        "direct-unattributed": 0.82,
        "direct-verbless": 0.67,
        "indirect-bare": 0.92,
        "indirect-closing": 0.96,
        "indirect-how": 0.86,
        "indirect-noun": 0.81,
        "indirect-passive": 0.67,
        "indirect-request": 0.73,
        "indirect-stance": 0.86,
        "indirect-that": 0.97,
        "indirect-to": 0.75,
        "statement": 0.93,
        "statement-headed": 0.70,
        "turn": 1.00,
    }
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation with offsets into the text.

    Attributes:
        kind: direct, indirect, mixed, statement or turn.
        segments: The pieces of the content, in order.
        cue: The reporting words.
        source: Who says it, as mentioned.
        method: The rule.
        is_carried: The source is mentioned with an earlier quotation, not with this one.
        repair: What was assumed about damaged marks.
        score: How sure the model is, where a model found it.
    """

    kind: str
    segments: tuple[Span, ...]
    cue: Span | None
    source: Mention | None
    method: str
    is_carried: bool = False
    repair: str = "none"
    score: float | None = None

    @property
    def start(self) -> int:
        """Offset of the first character of the content."""
        return self.segments[0][0]

    @property
    def end(self) -> int:
        """Offset after the last character of the content."""
        return self.segments[-1][1]


def trim_span(text: str, start: int, end: int, edge: str = " \t\n\r\u00a0,;:–—-") -> Span | None:
    """Return a span without blanks and loose punctuation at its edges, or None if nothing is left.

    Example:
        >>> trim_span("He left, ", 0, 9)
        (0, 7)
    """
    while start < end and (text[start] in edge or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] in edge or text[end - 1].isspace()):
        end -= 1
    return (start, end) if end > start else None

"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tasks.quotes.marks import Repair
from tasks.quotes.mentions import Mention

Span = tuple[int, int]
QuotationKind = Literal["direct", "indirect", "mixed", "statement", "turn"]


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation with offsets into the text.

    Attributes:
        kind: In marks, without, both, paragraphs below a lead-in, a turn of an interview.
        segments: The pieces of the content, in order.
        cue: The reporting words.
        source: Who says it, as mentioned.
        method: The rule.
        is_carried: The source is mentioned with an earlier quotation, not with this one.
        repair: What was assumed about damaged marks.
        confidence: How sure the model is of its cue, where the model found it.
        within: Where the turn starts that it stands in, where the speaker of a turn quotes another.
    """

    kind: QuotationKind
    segments: tuple[Span, ...]
    cue: Span | None
    source: Mention | None
    method: str
    is_carried: bool = False
    repair: Repair = "none"
    confidence: float | None = None
    within: int | None = None

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

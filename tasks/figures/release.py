"""What the rules of figures read of a document."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tasks.figures.figure import Span


class Mention(NamedTuple):
    """A row of entities: half-open offsets, label, keys of the row and beyond the document, first and last day."""

    start: int
    end: int
    label: str
    entity_id: str
    key: str | None = None
    days: tuple[date, date] | None = None


@dataclass(frozen=True)
class Release:
    """A document.

    Attributes:
        text: The restored text, what is no part of the release blanked out.
        sentences: Half-open offsets of the sentences, ascending.
        mentions: Its mentions, ascending and free of overlaps.
        silent: Stretches that are not in the publisher's own voice, ascending: direct quotations, questions.
    """

    text: str
    sentences: Sequence[Span] = ()
    mentions: Sequence[Mention] = ()
    silent: Sequence[Span] = ()

    def within_reach(self, start: int, end: int) -> Sequence[Mention]:
        """Return the mentions that overlap a stretch."""
        first = bisect_right(self.mentions, start, key=lambda m: m.end)
        last = bisect_left(self.mentions, end, key=lambda m: m.start)
        return self.mentions[first:last]

    def is_silent(self, at: int) -> bool:
        """Tell whether an offset lies in a stretch that does not count."""
        i = bisect_right(self.silent, at, key=lambda span: span[0]) - 1
        return i >= 0 and at < self.silent[i][1]

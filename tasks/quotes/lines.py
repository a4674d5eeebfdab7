"""The paragraphs of a text that are not blank."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """A paragraph without blanks at its edges.

    Attributes:
        start: Its first character.
        end: Where it ends.
        number: Counts blank paragraphs as well.
        is_parted: Whether something stands above it that no speech goes beyond: an end mark, a source, a contact.
    """

    start: int
    end: int
    number: int
    is_parted: bool = False


def read_lines(text: str, partings: Sequence[int] = ()) -> list[Line]:
    r"""Return the paragraphs of a text that are not blank.

    Args:
        text: The document.
        partings: Where something stood that no speech goes beyond, sorted.

    Example:
        >>> read_lines("a\n\n b ")
        [Line(start=0, end=1, number=0, is_parted=False), Line(start=4, end=5, number=2, is_parted=False)]
    """
    lines: list[Line] = []
    at = 0
    for number, raw in enumerate(text.split("\n")):
        body = raw.strip()
        if body:
            start = at + raw.index(body[0]) if not raw[0].strip() else at
            above = lines[-1].end if lines else 0
            is_parted = bisect_left(partings, above) < bisect_left(partings, start)
            lines.append(Line(start, start + len(body), number, is_parted))
        at += len(raw) + 1
    return lines

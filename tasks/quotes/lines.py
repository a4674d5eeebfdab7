"""The paragraphs of a text that are not blank."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """A paragraph without blanks at its edges."""

    start: int
    end: int
    number: int


def read_lines(text: str) -> list[Line]:
    r"""Return the paragraphs of a text that are not blank.

    Example:
        >>> read_lines("a\n\n b ")
        [Line(start=0, end=1, number=0), Line(start=4, end=5, number=2)]
    """
    lines: list[Line] = []
    at = 0
    for number, raw in enumerate(text.split("\n")):
        body = raw.strip()
        if body:
            start = at + raw.index(body[0]) if not raw[0].strip() else at
            lines.append(Line(start, start + len(body), number))
        at += len(raw) + 1
    return lines

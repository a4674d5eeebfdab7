"""Spaces that say nothing: letters set apart for show, and gaps of more than one space."""

from __future__ import annotations

import re

from tasks.edits import Edit

_GAP = re.compile(r"(?<=\S)  +(?=\S)")
_COLUMN = re.compile(r"(?<=\S) {3,}(?=\S)")


def find_gaps(text: str) -> list[Edit]:
    """Return edits of kind space that make every gap inside a line one space wide, but for the rows of tables.

    Lines are rows where a gap of three spaces or more ends in the same column in both of two neighbours.

    Example:
        >>> find_gaps("The talks ended.  They met again.")
        [Edit(kind='space', raw_start=16, raw_end=18, replacement=' ')]
    """
    if "  " not in text:
        return []
    lines = text.split("\n")
    columns = [{m.end() for m in _COLUMN.finditer(line)} if "   " in line else set() for line in lines]
    edits: list[Edit] = []
    start = 0
    for line, own, above, below in zip(lines, columns, [set(), *columns], [*columns[1:], set()], strict=False):
        if "  " in line and not own & above and not own & below:
            edits += [Edit("space", start + m.start(), start + m.end(), " ") for m in _GAP.finditer(line)]
        start += len(line) + 1
    return edits

"""Pairs quote marks: straight, curly, low, guillemets and corner brackets.

Apostrophes and single marks are not looked at. A mark opens or closes by its shape and by what stands around it, so
that `”The` opens and `end“` closes. Pairs nest; only the outermost are returned. A pair that is open at the end of its
paragraph closes there, unless the next mark of the text closes it: then one pair spans paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

_MARK = re.compile(r"[\"“”„‟«»「」『』＂〝〞]+|``|''")
_NEWLINE = re.compile(r"\n")
_SPEECH_END = frozenset(",.?!")
_OPENING = frozenset("“„‟«「『〝")
_CLOSING = frozenset("”»」』〞")
_LOOK_AHEAD = 40  # marks that are read to see whether a pair closes in a later paragraph


Repair = Literal["none", "unclosed", "unopened", "reopened"]


class Marked(NamedTuple):
    """A stretch in quote marks. `start, end` is the content, `outer_start, outer_end` takes the marks in.

    `repair` says what was assumed.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    repair: Repair


class _Mark(NamedTuple):
    start: int
    end: int
    opens: bool
    closes: bool


def _read_marks(text: str) -> Iterator[_Mark]:
    for match in _MARK.finditer(text):
        start, end = match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        starts = (not before or before.isspace() or before in "([{—–-:/") and bool(after) and not after.isspace()
        stops = bool(before) and not before.isspace() and (not after or not (after.isalnum() or after in "$£€"))
        shape = match.group()[0]
        if shape in "「『":
            yield _Mark(start, end, True, False)
        elif shape in "」』":
            yield _Mark(start, end, False, True)
        elif starts != stops:
            yield _Mark(start, end, starts, stops)
        elif shape in _OPENING:
            yield _Mark(start, end, True, False)
        elif shape in _CLOSING:
            yield _Mark(start, end, False, True)
        elif not starts and before.isalnum() and after.isalnum():
            continue  # inside a word it stands for an apostrophe
        else:
            yield _Mark(start, end, True, True)


def _closes_later(marks: list[_Mark], at: int) -> bool:
    """Tell whether the pair that is open before `marks[at]` is closed by what follows, before another opens a line."""
    depth = 1
    for mark in marks[at : at + _LOOK_AHEAD]:
        if mark.opens and not mark.closes:
            depth += 1
        else:
            depth -= 1
            if not depth:
                return True
    return False


def pair_marks(text: str) -> list[Marked]:
    r"""Return the outermost stretches in quote marks, in order. Never raises.

    Example:
        >>> text = '"A," he said. "B."'
        >>> [(text[m.start : m.end], m.repair) for m in pair_marks(text)]
        [('A,', 'none'), ('B.', 'none')]
        >>> [m.repair for m in pair_marks('“One.\n\n“Two.”')]
        ['reopened', 'none']
        >>> [m.repair for m in pair_marks('“One.\n\nTwo.')]
        ['unclosed']
        >>> [(m.start, m.end) for m in pair_marks('“One.\nTwo.”')]
        [(1, 10)]
        >>> pair_marks("It's the ministers' 5\" gun")
        []
    """
    marks = list(_read_marks(text))
    lines = [0, *(match.end() for match in _NEWLINE.finditer(text))]
    line_ends = [start - 1 for start in lines[1:]] + [len(text)]
    pairs: list[Marked] = []
    stack: list[_Mark] = []
    line = 0
    for i, mark in enumerate(marks):
        here = bisect_right(lines, mark.start) - 1
        if stack and here != line:
            leads = mark.opens and not text[lines[here] : mark.start].strip()
            if leads or not _closes_later(marks, i):
                pairs.append(
                    _clip(text, stack[0], line_ends[line], line_ends[line], "reopened" if leads else "unclosed")
                )
                stack = []
        line = here
        if stack and mark.closes:
            opening = stack.pop()
            if not stack:
                pairs.append(_clip(text, opening, mark.start, mark.end, "none"))
        elif mark.opens:
            stack.append(mark)
        elif text[mark.start - 1 : mark.start] in _SPEECH_END and (not pairs or pairs[-1].outer_end <= lines[line]):
            start = lines[line]
            pairs.append(_clip(text, _Mark(start, start, True, False), mark.start, mark.end, "unopened"))
    if stack:
        pairs.append(_clip(text, stack[0], line_ends[line], line_ends[line], "unclosed"))
    return [pair for pair in pairs if pair.end > pair.start]


def _clip(text: str, opening: _Mark, end: int, outer_end: int, repair: Repair) -> Marked:
    start = opening.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Marked(start, end, opening.start, outer_end, repair)

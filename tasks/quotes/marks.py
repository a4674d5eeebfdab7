"""Pairs quote marks: straight, curly, low, single, guillemets, corner brackets, and what stands for lost ones.

Order: the parts of single and of lost marks, line by line → all marks in order, each with its part → pairs. A mark
opens or closes by its code point and by the mark that it answers (`“` closes what `„` opens); a straight mark, or one
the wrong way round (`”The`, `end“`), by what stands around it. A mark answers only marks of its family; pairs nest,
and the outermost are returned. A pair that is open at the end of its paragraph closes there, unless the next mark of
the text closes it: then one pair spans paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

# All three start with a set of characters, which is what re searches fast for.
_MARK = re.compile(
    r"([\"“”„‟＂〝〞«»‹›「」『』`'‘’,])(?:(?<=[\"“”„‟＂〝〞])\1*|(?<=[«»‹›「」『』])|(?<=[`'‘’])\1|(?<=,),(?=\w))"
)
_SINGLE = re.compile(r"['‘’‚`](?<!['‘’‚`]{2})(?!['‘’‚`])")
_LOST = re.compile(r"([\ufffd?])\1*")
_DOUBLE = re.compile(r"[\"“”„]|``|''")
_NEWLINE = re.compile(r"\n")
_YEAR = re.compile(r"\d\d\b|\d0s\b")  # '90s
_SPEECH_END = frozenset(",.?!…")
_OPENING = frozenset("“„‟〝`‘,")
_CLOSING = frozenset("”〞’")
_BEFORE_OPENING = frozenset('([{—–-:/"“„«')
_PUNCTUATION = frozenset(",.;:!?)")
_GOES_ON = frozenset(",.;:)")  # no question mark stands before these
_AFTER_CLOSING = frozenset("$£€")
_OWNERS = ("s", "S", "x", "z", "in")  # before an apostrophe: `the sailors’ ship`, `Felix' ship`, `goin' home`
_DEEPEST = 8  # pairs within each other
_LOOK_AHEAD = 40  # marks that are read to see whether a pair closes


Repair = Literal["none", "unclosed", "unopened", "reopened", "lost"]
Family = Literal["double", "single", "guillemet", "angle", "bracket", "lost"]
_Part = Literal["opens", "closes", "either"]


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
    part: _Part
    family: Family

    @property
    def opens(self) -> bool:
        return self.part != "closes"

    @property
    def closes(self) -> bool:
        return self.part != "opens"


class _Apostrophe(NamedTuple):
    """A single mark or a lost one, and what it could be.

    `strong` is how sure it is: of an opening, that speech or a name may start here; of a closing, 2 behind the
    punctuation of speech, 1 behind a word, 0 where it may as well stand for a possessive.
    """

    start: int
    end: int
    opens: bool
    closes: bool
    strong: int


def _stands(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Tell whether a mark stands as an opening one and as a closing one by what is around it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    is_ahead = bool(after) and not after.isspace() and after not in _PUNCTUATION
    starts = (not before or before.isspace() or before in _BEFORE_OPENING) and (is_ahead or text.startswith("..", end))
    stops = bool(before) and not before.isspace() and (not after or not (after.isalnum() or after in _AFTER_CLOSING))
    return starts, stops


def _read_single(text: str, start: int, end: int) -> _Apostrophe | None:
    """Return what a single mark could be; None for an apostrophe inside a word."""
    shape, after = text[start], text[end : end + 1]
    starts, stops = _stands(text, start, end)
    opens = starts and shape != "’" and (after.isalnum() or after in '"“[(£$€¿¡.…') and not _YEAR.match(text, end)
    closes = stops and shape not in "‚`" and not opens
    if opens:
        left = text[max(0, start - 2) : start].rstrip(" ")
        return _Apostrophe(start, end, True, False, int(not left or not left[-1].isalnum() or after.isupper()))
    if not closes:
        return None
    return _Apostrophe(start, end, False, True, _strength(text, start, end))


def _strength(text: str, start: int, end: int) -> int:
    """Return how surely a mark behind a word or punctuation closes."""
    owns = text.startswith(" ", end) and text[end + 1 : end + 2].isalnum() and text.endswith(_OWNERS, 0, start)
    return 2 if text[start - 1] in _SPEECH_END else 0 if owns else 1


def _read_lost(text: str, start: int, end: int) -> _Apostrophe | None:
    """Return what a mark that a conversion lost could be; None for a question mark and for what is in a word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if (not before or before.isspace() or before == "(") and after.isalnum():
        return _Apostrophe(start, end, True, False, 1)
    if not before or before.isspace() or after.isalnum():
        return None
    goes_on = text[end : end + 2].lstrip(" ")[:1]
    is_sure = before in _SPEECH_END or text[start] != "?" or end > start + 1 or goes_on.islower() or goes_on in _GOES_ON
    return _Apostrophe(start, end, False, True, _strength(text, start, end)) if is_sure else None


def _closing_of(found: Sequence[_Apostrophe], at: int) -> int | None:
    """Return which of the marks of a line closes the one at `at`."""
    pending, weak = 0, None
    for i in range(at + 1, min(len(found), at + _LOOK_AHEAD)):
        mark = found[i]
        if mark.opens and mark.strong:
            break
        if mark.opens:
            pending += 1
        elif mark.strong == 2 or (mark.strong and not pending):
            return i
        elif mark.strong:
            pending -= 1
        elif weak is None:
            weak = i
    return weak if found[at].strong and not pending else None


def _read_apostrophes(text: str, lines: Sequence[int]) -> Iterator[_Mark]:
    """Yield the single and the lost marks that are quote marks, in no order."""
    for pattern, read, family in _APOSTROPHES:
        by_line: dict[int, list[_Apostrophe]] = {}
        for match in pattern.finditer(text):
            if mark := read(text, *match.span()):
                by_line.setdefault(bisect_right(lines, mark.start) - 1, []).append(mark)
        below: _Apostrophe | None = None  # a mark that opens the paragraph below
        for line, found in reversed(by_line.items()):
            pairs = _pair_line(text, found)
            for opening, closing in pairs:
                yield _Mark(opening.start, opening.end, "opens", family)
                start = closing.end - (opening.end - opening.start)  # of `?Will you stay??` the first is no quote mark
                yield _Mark(max(closing.start, start), closing.end, "closes", family)
            last = next((mark for mark in reversed(found) if mark.opens and mark.strong), None)
            is_open = last is not None and (not pairs or last.start > pairs[-1][1].start)
            if below and last and is_open and not text[text.find("\n", last.end) : below.start].strip():
                yield _Mark(last.start, last.end, "opens", family)  # `‘One.` above `‘Two.’`
            first = found[0]
            below = first if first.opens and not text[lines[line] : first.start].strip() else None


def _pair_line(text: str, found: Sequence[_Apostrophe]) -> list[tuple[_Apostrophe, _Apostrophe]]:
    """Return the single or lost marks of a line that are certain to be quote marks, in pairs."""
    pairs: list[tuple[_Apostrophe, _Apostrophe]] = []
    i = 0
    while i < len(found):
        closing = _closing_of(found, i) if found[i].opens else None
        if closing is None or len(_DOUBLE.findall(text, found[i].end, found[closing].start)) % 2:
            i += 1
            continue
        pairs.append((found[i], found[closing]))
        i = closing + 1
    return pairs


_Reader = Callable[[str, int, int], _Apostrophe | None]
_APOSTROPHES: tuple[tuple[re.Pattern[str], _Reader, Family], ...] = (
    (_SINGLE, _read_single, "single"),
    (_LOST, _read_lost, "lost"),
)


def _read_marks(text: str, lines: Sequence[int]) -> Iterator[_Mark]:
    """Yield the marks whose part their code point, the mark that they answer or their surroundings tell, in order."""
    opened: dict[Family, list[tuple[str, int]]] = {"guillemet": [], "angle": []}
    is_low = False
    for match in _MARK.finditer(text):
        start, end = match.span()
        shape = match.group()[0]
        starts, stops = _stands(text, start, end)
        if shape in "«»‹›":
            family: Family = "guillemet" if shape in "«»" else "angle"
            line = bisect_right(lines, start) - 1
            stack = opened[family]
            if stack and stack[-1][0] in "»›" and stack[-1][1] != line:
                stack.clear()
            answers = stack and (stack[-1][0] != shape or shape in "»›")
            if answers or (shape in "»›" and not starts):
                yield _Mark(start, end, "closes", family)
                if stack:
                    stack.pop()
            else:
                yield _Mark(start, end, "opens", family)
                stack.append((shape, line))
        elif shape in "「『」』":
            yield _Mark(start, end, "opens" if shape in "「『" else "closes", "bracket")
        elif shape == "„" or match.group() == ",,":
            is_low = True
            yield _Mark(start, end, "opens", "double")
        elif is_low and shape in "“”" and not (starts and text[end : end + 1].isalnum()):
            is_low = False
            yield _Mark(start, end, "closes", "double")
        elif starts != stops:
            yield _Mark(start, end, "opens" if starts else "closes", "double")
        elif shape in _OPENING:
            yield _Mark(start, end, "opens", "double")
        elif shape in _CLOSING:
            yield _Mark(start, end, "closes", "double")
        elif not starts and text[start - 1 : start].isalnum() and text[end : end + 1].isalnum():
            continue  # inside a word it stands for an apostrophe
        else:
            yield _Mark(start, end, "either", "double")


def _closes_later(marks: Sequence[_Mark], at: int, family: Family) -> bool:
    """Tell whether the pair that is open before `marks[at]` is closed by what follows, before another opens a line."""
    depth = 1
    for mark in marks[at : at + _LOOK_AHEAD]:
        if mark.family != family:
            continue
        if mark.part == "opens":
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
        >>> text = "‘The sailors’ ship,’ she said. « It’s », he said. ?Lost,? they said."
        >>> [(text[m.start : m.end], m.repair) for m in pair_marks(text)]
        [('The sailors’ ship,', 'none'), ('It’s', 'none'), ('Lost,', 'lost')]
        >>> [m.repair for m in pair_marks('“One.\n\n“Two.”')]
        ['reopened', 'none']
        >>> [m.repair for m in pair_marks('“One.\n\nTwo.')]
        ['unclosed']
        >>> [(m.start, m.end) for m in pair_marks('“One.\nTwo.”')]
        [(1, 10)]
        >>> pair_marks("It's the ministers' 5\" gun")
        []
    """
    lines = [0, *(match.end() for match in _NEWLINE.finditer(text))]
    line_ends = [start - 1 for start in lines[1:]] + [len(text)]
    marks = sorted([*_read_marks(text, lines), *_read_apostrophes(text, lines)])
    pairs: list[Marked] = []
    stack: list[_Mark] = []
    line = 0
    for i, mark in enumerate(marks):
        here = bisect_right(lines, mark.start) - 1
        if stack and here != line:
            leads = mark.opens and not text[lines[here] : mark.start].strip()
            if leads or not _closes_later(marks, i, stack[0].family):
                pairs.append(
                    _clip(text, stack[0], line_ends[line], line_ends[line], "reopened" if leads else "unclosed")
                )
                stack = []
        line = here
        near = range(len(stack) - 1, max(-1, len(stack) - 1 - _DEEPEST), -1)
        answered = next((k for k in near if stack[k].family == mark.family), None)
        if mark.closes and answered is not None:
            opening = stack[answered]
            del stack[answered:]
            if not stack:
                pairs.append(_clip(text, opening, mark.start, mark.end, "lost" if mark.family == "lost" else "none"))
        elif mark.opens:
            stack.append(mark)
        elif text[mark.start - 1 : mark.start] in _SPEECH_END and (not pairs or pairs[-1].outer_end <= lines[line]):
            if stack:
                continue  # a stray mark inside a pair
            start = lines[line]
            opening = _Mark(start, start, "opens", mark.family)
            pairs.append(_clip(text, opening, mark.start, mark.end, "unopened"))
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

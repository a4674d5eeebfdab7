"""Lines that a mail, a page or a terminal broke: joined into the paragraphs that they were.

Order: lines → what stands between two of them that might be one: how wide the first would have been with the first
word of the second, and how much likelier the two words follow each other than part two lines (`weigh_line_end`) → is
the text wrapped at a width → if not, is one of its blocks wrapped raggedly → which breaks go, and their hyphens.

A text is wrapped at a width if most of its breaks stand where the next word would no longer have fitted, and the words
about them belong together. One line end proves nothing. Items, tables, labels, headings in capitals and quoted lines of
another depth keep their line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from statistics import fmean
from typing import NamedTuple

from tasks.edits import Edit
from tasks.normalize.model import RestoreModel, load_model
from tasks.normalize.pieces import OPEN, PIECE, fold_marks

_NARROWEST, _WIDEST = 24, 200  # characters of a line
_PROPORTIONAL = 0.15  # of the width by which lines of proportional letters fall short of it
_FULL_SHARE = 0.5  # of breaks that stand where the next word would not have fitted
_FEWEST_FULL = 3
_STRAGGLERS = 0.05  # of the lines that surely go on, those that might have gone on for longer
_TOGETHER = 4.0  # nats from which two words rather follow each other than part two lines
_RATHER = 2.0  # nats, of one break among others that are surely within a sentence
_TAIL = 40  # characters of a line that are looked at
_COMMON = 14.0  # nats of a word by itself
_LONGEST_PART = 16  # letters of a word before its hyphen
_HYPHEN = 10.0  # nats: a word that was broken

_ITEM = re.compile(r"(?:[-–—*•·‣▪●○■□➢►>#=|]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)])(?=\s)|[•·‣▪●■➢►|]")
_LABEL = re.compile(r"(?:[A-Z][^.!?:;,]{0,60}|[QA]):(?=\s|\Z)|[QA]\.\s")
_ADDRESS = re.compile(r"(?i)https?://|www\.")
_CELLS = re.compile(r"\t|\S {3,}\S")
_CLOSED = re.compile(r"[.!?…:][\"'”’»)\]]*\Z")
_ENUMERATED = re.compile(r"[,;:](?: (?:and|or))?\Z")
_ITEM_END = re.compile(r";(?: (?:and|or))?\Z")
_DEPTH = re.compile(r"(?:> ?)*")
_HYPHENED = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]\Z")
_BROKEN = re.compile(r"-(?<=[a-z]{3}-)([a-z]{3,20})(?![\w-])")  # its first character is soon found
_LAST_WORD = re.compile(r"[^\W\d_]{3,}\Z")
_WORD = re.compile(r"[^\W\d_]{1,40}")


class _Line(NamedTuple):
    """A line that is not blank, without blanks at its edges; depth is the mark of a quoted mail before it."""

    start: int
    end: int
    indent: int
    depth: str
    number: int
    text: str


class _Break(NamedTuple):
    """Two lines that might be one.

    Attributes:
        line: The first.
        following: The second.
        length: Characters of the first.
        reach: Characters of the first with the first word of the second.
        weight: Nats for its being inside a sentence.
        runs_on: Whether a word stands before it and the next begins in lower case.
        is_closed: Whether a sentence may end before it.
    """

    line: _Line
    following: _Line
    length: int
    reach: int
    weight: float
    runs_on: bool
    is_closed: bool


def find_wraps(text: str) -> list[Edit]:
    r"""Return edits of kind wrap that join the lines of wrapped paragraphs, and take line-end hyphens out.

    Args:
        text: A text whose line ends are all "\n".

    Example:
        >>> from tasks.edits import apply_edits
        >>> text = "The frigate will return to\nport at the end of the\nmonth, the ministry con-\nfirmed on Monday."
        >>> apply_edits(text, find_wraps(text))
        'The frigate will return to port at the end of the month, the ministry confirmed on Monday.'
    """
    if not any(map(_may_run_on, text.split("\n")[1:])):  # the usual case, fast
        return []
    lines = list(_read(text))
    pairs = [run for run in _find_runs(lines) if not _is_list(run)]
    if not any(_runs_on(*pair) for run in pairs for pair in run):
        return []
    model = load_model()
    runs = [[_weigh(*pair, model) for pair in run] for run in pairs]
    breaks = [found for run in runs for found in run]
    if not any(found.runs_on and found.weight >= _TOGETHER for found in breaks):
        return []
    width = _find_width(breaks)
    full = [found for found in breaks if _is_full(found, width)]
    if (
        _NARROWEST <= width <= _WIDEST
        and len(full) >= max(_FEWEST_FULL, _FULL_SHARE * len(breaks))
        and _belong_together(full)
    ):
        least = _find_least(full)
        joined = [found for found in breaks if _is_inside(found, _TOGETHER) or _is_wrapped(found, width, least)]
    else:
        joined = [
            found
            for run in runs
            if _is_ragged(run)
            for found in run
            if _is_inside(found, _RATHER) or (found.is_closed and _is_full(found, max(f.length for f in run)))
        ]
    return [_join(found.line, found.following, model) for found in joined]


def find_hyphens(text: str) -> list[Edit]:
    """Return edits of kind hyphen that take out what is left of line-end hyphens where the lines were joined before.

    Example:
        >>> find_hyphens("a drop in visibil-ity at dusk")
        [Edit(kind='hyphen', raw_start=17, raw_end=18, replacement='')]
    """
    edits: list[Edit] = []
    for match in _BROKEN.finditer(text):
        model = load_model()
        at = match.start()
        left = _LAST_WORD.search(text, max(0, at - _LONGEST_PART), at)
        right = match.group(1)
        is_word = left is None or _is_word(left.group(), model) or _is_word(right, model)
        if left and not is_word and _find_whole(left.group(), right, model):
            edits.append(Edit("hyphen", at, at + 1, ""))
    return edits


def _read(text: str) -> Iterator[_Line]:
    at = 0
    for number, line in enumerate(text.split("\n")):
        depth = _DEPTH.match(line)
        body = line[depth.end() :] if depth else line
        bare = body.strip()
        if bare:
            indent = len(body) - len(body.lstrip())
            start = at + len(line) - len(body) + indent
            yield _Line(start, start + len(bare), indent, line[: len(line) - len(body)].strip(), number, bare)
        at += len(line) + 1


def _find_runs(lines: Sequence[_Line]) -> Iterator[list[tuple[_Line, _Line]]]:
    """Yield the neighbours that could be of one paragraph, a list a paragraph."""
    run: list[tuple[_Line, _Line]] = []
    for line, following in pairwise(lines):
        if following.number == line.number + 1 and following.depth == line.depth and _may_join(line, following):
            run.append((line, following))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _may_run_on(line: str) -> bool:
    first = line.lstrip()[:1]
    return first.islower() or first == ">"


def _runs_on(line: _Line, following: _Line) -> bool:
    return following.text[0].islower() and (line.text[-1].isalpha() or _HYPHENED.search(line.text[-_TAIL:]) is not None)


def _may_join(line: _Line, following: _Line) -> bool:
    if _ITEM.match(following.text) or _CELLS.search(line.text) or _CELLS.search(following.text):
        return False
    if following.indent > line.indent + 1 and not _ITEM.match(line.text):
        return False
    if not any(map(str.isalnum, line.text)) or not any(map(str.isalnum, following.text)):
        return False
    if line.text.isupper() != following.text.isupper():
        return False
    if _LABEL.fullmatch(line.text):
        return False
    return not (_LABEL.match(following.text) and _CLOSED.search(line.text[-_TAIL:]))


def _weigh(line: _Line, following: _Line, model: RestoreModel) -> _Break:
    tail = fold_marks(line.text[-_TAIL:])
    last = PIECE.findall(tail)[-1].strip()
    first = PIECE.findall(fold_marks(following.text[:_TAIL]))[0].strip()
    runs_on = _runs_on(line, following)
    if runs_on and not last.isalpha():
        weight = _HYPHEN
    elif (first == OPEN and last[-1] not in ",:") or _ITEM_END.search(tail) or _ADDRESS.match(following.text):
        weight = 0.0  # somebody begins to speak; the next item; an address
    else:
        weight = model.weigh_line_end(last, first)
    length = len(line.text)
    reach = length + 1 + len(following.text.split(maxsplit=1)[0])
    return _Break(line, following, length, reach, weight, runs_on, _CLOSED.search(line.text[-_TAIL:]) is not None)


def _is_list(run: Sequence[tuple[_Line, _Line]]) -> bool:
    """Tell lines that all end as items of an enumeration do."""
    return len(run) > 1 and all(_ENUMERATED.search(line.text[-_TAIL:]) for line, _ in run)


def _find_width(breaks: Sequence[_Break]) -> int:
    """Return the width that most breaks agree with: no more than it stands before them, no less with the next word."""
    starts = [0] * (_WIDEST + 2)
    for found in breaks:
        if found.length <= _WIDEST:
            starts[found.length] += 1
            starts[min(_WIDEST + 1, max(found.reach, int(found.length * (1 + _PROPORTIONAL / 2)) + 1))] -= 1
    agreeing = list(accumulate(starts))
    return agreeing.index(max(agreeing))


def _is_full(found: _Break, width: int) -> bool:
    return found.reach > width * (1 - _PROPORTIONAL) and found.length <= width * (1 + _PROPORTIONAL)


def _find_least(full: Sequence[_Break]) -> int:
    """Return how far a line reaches, with the first word of the next, that goes on: further than the longest, or less.

    Letters of one width fill their lines to the last word that fits; of others, nearly all reach so far.
    """
    sure = [found for found in full if _is_inside(found, _TOGETHER)]
    reaches = sorted(found.reach for found in sure)
    return min(max(found.length for found in sure) + 1, reaches[int(len(reaches) * _STRAGGLERS)])


def _is_wrapped(found: _Break, width: int, least: int) -> bool:
    """Tell a break that stands where the next word would not have fitted, unless it is the end of a heading."""
    is_heading = not found.is_closed and found.weight < -_RATHER and found.following.text[0].isupper()
    return _is_full(found, width) and found.reach >= least and not is_heading


def _is_inside(found: _Break, least: float) -> bool:
    return found.weight > least and not found.is_closed


def _belong_together(breaks: Sequence[_Break]) -> bool:
    open_ones = [found.weight for found in breaks if not found.is_closed]
    return 2 * len(open_ones) >= len(breaks) and fmean(open_ones) >= _TOGETHER


def _is_ragged(run: Sequence[_Break]) -> bool:
    """Tell lines that are parted inside sentences, the last of which ends with one."""
    return _belong_together(run) and _CLOSED.search(run[-1].following.text[-_TAIL:]) is not None


def _join(line: _Line, following: _Line, model: RestoreModel) -> Edit:
    if match := _HYPHENED.search(line.text[-_TAIL:]):
        is_word_broken = following.text[0].islower() and _is_broken(match.group(1), following.text, model)
        return Edit("wrap", line.end - is_word_broken, following.start, "")
    if line.text[-1] in "—/" and line.text[-2:-1].strip():
        return Edit("wrap", line.end, following.start, "")
    return Edit("wrap", line.end, following.start, " ")


def _is_broken(left: str, following: str, model: RestoreModel) -> bool:
    """Tell a word that was broken at its hyphen from one that has it: `op-posite` from `live-fire`.

    What stands before the hyphen may be glued to other words; then its end is what counts.
    """
    match = _WORD.match(following)
    right = match.group() if match else ""
    if _is_word(left, model):
        whole = model.cost(left + right)
        return whole < model.cost(left) + model.cost(right) and whole < float("inf")
    return right not in model.words or _find_whole(left, right, model)


def _find_whole(left: str, right: str, model: RestoreModel) -> bool:
    """Tell whether the end of what is left of a hyphen, itself no word, is a word with what is right of it."""
    return any(
        not _is_word(left[at:], model) and model.cost(left[at:] + right) <= _COMMON
        for at in range(max(0, len(left) - _LONGEST_PART), len(left) - 1)
    )


def _is_word(letters: str, model: RestoreModel) -> bool:
    return letters in model.words or letters.lower() in model.words

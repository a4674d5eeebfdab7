"""Spaces that are plain to see without a search: between letters set apart, in capitals, at marks, and wide gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tasks.edits import Edit, drop_overlaps
from tasks.normalize.model import RestoreModel, load_model

_GAP = re.compile(r"(?<=\S)  +(?=\S)")
_COLUMN = re.compile(r"(?<=\S) {3,}(?=\S)")
_APART = re.compile(r" [^\W\d_] [^\W\d_] ")  # in every run of letters set apart that is long enough
_CAPITALS_APART = re.compile(r"[A-Z] [A-Z]")
_SET_APART = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_])+(?=[\s.,:;!?]|\Z)")
_FEWEST_APART, _SURELY_APART = 4, 6  # letters
_CAPITALS = re.compile(r"(?<!\S)[A-Z]+(?: [A-Z]+)+(?=[\s.,:;!?]|\Z)")
_PADDED = re.compile(r"(?<=[\w)\]”’]) [,.)](?= |\Z)(?! \.)")
_AT_ITS_WORD = re.compile(r"\w[,)](?= |\Z)|[a-z]{3}\.(?= [A-Z]|\Z)")
_PADDING = re.compile(r"(?<=\S) (?=[,;:!?)\]”](?: |\Z))|(?<=[^\s.]) (?=\.(?: (?!\.)|\Z))|(?<!\S)[(\[“] (?=\S)")
_FEWEST_PADDED = 3
_LONGEST_WORD = 24
_MOST_PARTS = 4  # of a word
_COMMON, _KNOWN = 12.5, 14.0  # nats of a word by itself
_DAMAGED = 11.5  # nats by which the parts of a word are dearer than the word


def find_split_words(text: str) -> list[Edit]:
    """Return edits of kind delete_space for words whose letters are set apart, and words in capitals in pieces.

    Example:
        >>> from tasks.edits import apply_edits
        >>> text = "P R E S S   R E L E A S E" + chr(10) + "STA TEMENT BY THE MINIS TRY"
        >>> apply_edits(text, find_split_words(text)).split(chr(10))
        ['PRESS   RELEASE', 'STATEMENT BY THE MINISTRY']
    """
    edits: list[Edit] = []
    start = 0
    for line in text.split("\n"):
        runs = list(_SET_APART.finditer(line)) if _APART.search(line) else []
        if any(len(run.group()) >= 2 * _FEWEST_APART - 1 for run in runs):
            edits += _close_letters(line, runs, start)
        for match in _CAPITALS.finditer(line) if _CAPITALS_APART.search(line) else ():
            edits += _join_capitals(match.group().split(" "), start + match.start())
        start += len(line) + 1
    return drop_overlaps(edits)


def _close_letters(line: str, runs: Sequence[re.Match[str]], start: int) -> Iterator[Edit]:
    """Close the words of a line whose letters are set apart: those that are known ones or long, or all of the line."""
    model = load_model()
    words = [_segment(run.group().replace(" ", ""), model) for run in runs]
    sure = [_is_sure(own, model) for own in words]
    is_whole = any(sure) and all(len(token) == 1 for token in line.split())
    for run, own, is_sure in zip(runs, words, sure, strict=True):
        at = start + run.start()
        for word in own if is_sure or is_whole else ():
            yield from (Edit("delete_space", i, i + 1, "") for i in range(at + 1, at + 2 * len(word) - 2, 2))
            at += 2 * len(word)


def _is_sure(words: Sequence[str], model: RestoreModel) -> bool:
    letters = sum(map(len, words))
    if len(words) == 1:
        return letters >= (_FEWEST_APART if _cost(words[0], model) <= _KNOWN else _SURELY_APART)
    return letters >= max(_SURELY_APART, _FEWEST_APART * len(words))


def _segment(letters: str, model: RestoreModel) -> list[str]:
    """Return the likeliest known words that letters are, or the letters as they are where they are none."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(letters) + 1):
        starts = range(max(0, end - _LONGEST_WORD), end)
        best.append(min((best[at][0] + _cost(letters[at:end], model), at) for at in starts))
    if best[-1][0] == float("inf"):
        return [letters]
    words: list[str] = []
    end = len(letters)
    while end:
        at = best[end][1]
        words.insert(0, letters[at:end])
        end = at
    return words


def _join_capitals(parts: Sequence[str], start: int) -> Iterator[Edit]:
    """Join neighbours, of which one is no word, to a common word."""
    model = load_model()
    i = 0
    while i < len(parts):
        for n in range(min(_MOST_PARTS, len(parts) - i), 1, -1):
            own = parts[i : i + n]
            costs = [_cost(part, model) for part in own]
            whole = _cost("".join(own), model)
            if whole <= _COMMON and (max(costs) > _KNOWN or sum(costs) > whole + _DAMAGED):
                break
        else:
            n = 1
        for part in parts[i : i + n - 1]:
            start += len(part)
            yield Edit("delete_space", start, start + 1, "")
            start += 1
        start += len(parts[i + n - 1]) + 1
        i += n


def _cost(word: str, model: RestoreModel) -> float:
    """Return the cost of a word in capitals or not; of a lone letter only that of one that is a word."""
    if len(word) == 1 and word not in "AaI":
        return float("inf")
    return min(model.cost(word), model.cost(word.title()))


def find_padding(text: str) -> list[Edit]:
    """Return edits of kind delete_space for the blanks around the marks of a line that was cut into tokens.

    Such a line has a blank before each comma, full stop and closing bracket that a word should end with, three at
    least, and none that stands at its word. A blank before other marks says nothing: French has it.

    Example:
        >>> from tasks.edits import apply_edits
        >>> text = "The 3rd Battalion , 7th Regiment ( ROK ) , met the U.S. envoy : “ We won ! ”"
        >>> apply_edits(text, find_padding(text))
        'The 3rd Battalion, 7th Regiment (ROK), met the U.S. envoy: “We won!”'
    """
    if " ," not in text and " ." not in text:
        return []
    edits: list[Edit] = []
    start = 0
    for line in text.split("\n"):
        if len(_PADDED.findall(line)) >= _FEWEST_PADDED and not _AT_ITS_WORD.search(line):
            blanks = (match.end() - 1 for match in _PADDING.finditer(line))
            edits += [Edit("delete_space", start + at, start + at + 1, "") for at in blanks]
        start += len(line) + 1
    return edits


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

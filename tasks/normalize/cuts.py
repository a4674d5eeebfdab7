"""Cuts that the search made and that a look at the words about them puts right.

Order: marks that follow each other close what the first opens → no space before a colon, before a hyphen alone, at a
dash between countries → letter-digit codes stay whole → a given name ends before a word that was taken for its second
half → a cut beside what is no word moves by a letter or two where that gives words. Only spaces that were put in move
or go; those that stood are left to the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from tasks.lexicons import read_rows
from tasks.normalize.model import RestoreModel

Flags = npt.NDArray[np.uint8]

_DOUBLE = re.compile('"')
_DIGIT = re.compile(r"\d")
_MARK = re.compile(r"[:-]")
_CODE = re.compile(r"[A-Z]\d{1,4}(?:[A-Z]\d{0,2}(?![a-z])){0,2}")
_VARIANT = re.compile(r"\d[A-Z]")
_TYPE = re.compile(r"(?:-\d{1,3}|(?<![A-Z])[A-Z]\d[A-Z]?\d?)\Z")
_LONGEST_TYPE = 6  # characters
_GIVEN_NAME = re.compile(r"[A-Z][a-z]{1,7}-\Z")
_LETTERS = re.compile(r"[a-z]+")
_MARKS = ".,:;!?()[]\"'“”‘’«»"  # marks beside a word
_SHORT, _FREQUENT = 2, 9.0  # letters, and nats from which a word of so many is none
_FURTHEST = 2  # letters that a cut moves
_SHORTEST_HALF, _LONGEST_HALF = 2, 5  # letters of the second half of a given name
_SHORTEST_BEHIND = 3  # letters of the word behind it
_MOST_WORDS = 2  # before what is no word, that it may have letters of
_LONGEST = 24  # letters
_COMMON, _KNOWN, _MOST = 12.0, 16.0, 20.0  # nats of a word by itself; of what is none


def mend_cuts(bare: str, gaps: Flags, spaces: Flags, unknown: Sequence[int], model: RestoreModel) -> None:
    """Put right in place where spaces stand.

    Args:
        bare: A paragraph without its spaces.
        gaps: For each character whether a space stood before it.
        spaces: For each whether one is to stand there.
        unknown: Where the pieces start that are outside the vocabulary.
        model: The words.
    """
    for match in _MARK.finditer(bare) if "-" in bare or ":" in bare else ():
        at = match.start()
        if bare[at] == ":":
            spaces[at] &= gaps[at]
        elif bare[at - 1 : at].isalpha() and bare[at + 1 : at + 2].isalpha() and not spaces[at + 1]:
            spaces[at] &= gaps[at]
            if unknown and bare[at + 1].islower():
                _end_given_name(bare, spaces, at + 1, model)
    n_marks = bare.count('"')
    if n_marks and n_marks % 2 == 0:
        _close_marks(bare, gaps, spaces)
    at = bare.find("–")
    while at > 0:
        if _is_between_countries(bare, spaces, at):
            beside = slice(at, at + 2)
            spaces[beside] &= gaps[beside]
        at = bare.find("–", at + 1)
    has_digits = _DIGIT.search(bare) is not None
    for match in _CODE.finditer(bare) if has_digits else ():
        start, end = match.span()
        if not bare[start - 1 : start].isupper():
            inside = slice(start + 1, end)
            spaces[inside] &= gaps[inside]
    for match in _VARIANT.finditer(bare) if has_digits else ():
        at = match.end() - 1
        if spaces[at] and not gaps[at] and _TYPE.search(bare, max(0, at - _LONGEST_TYPE), at):
            _join_variant(bare, spaces, at, model)
    for at in unknown:
        if bare[at].islower():  # names are mostly unknown, and start in capitals
            _move_cuts(bare, gaps, spaces, at, model)


def _close_marks(bare: str, gaps: Flags, spaces: Flags) -> None:
    """Let the second of two marks close where a comma or a full stop stands before it and the first one opens."""
    marks = [match.start() for match in _DOUBLE.finditer(bare)]
    for first, second in zip(marks[::2], marks[1::2], strict=True):
        opens = (first == 0 or spaces[first]) and not spaces[first + 1]
        may_close = second < len(bare) - 1 and bare[second - 1] in ",.!?" and bare[second + 1].isalpha()
        has_opened = spaces[second : second + 2].tolist() == [1, 0] and not gaps[second : second + 2].any()
        if opens and may_close and has_opened:
            spaces[second], spaces[second + 1] = 0, 1


@cache
def _read_countries() -> frozenset[str]:
    rows = read_rows("countries.tsv", 3)
    return frozenset(form for _, kind, form in rows if kind in ("name", "alias", "demonym"))


def _is_between_countries(bare: str, spaces: Flags, at: int) -> bool:
    start, end = at - 1, at + 2
    while start > 0 and at - start < _LONGEST and not spaces[start]:
        start -= 1
    while end < len(bare) and end - at < _LONGEST and not spaces[end]:
        end += 1
    before, behind = bare[start:at].strip(_MARKS), bare[at + 1 : end].strip(_MARKS)
    countries = _read_countries()
    return all(name in countries or f"{name}." in countries for name in (before, behind))


def _join_variant(bare: str, spaces: Flags, at: int, model: RestoreModel) -> None:
    """Join the letter behind the number of a type to it, also one that was taken for the first of a word."""
    end = _word_end(bare, spaces, at)
    word = bare[at:end]
    if len(word) > 1:
        if _is_word(word, model) or model.cost(word[1:]) > _COMMON:
            return
        spaces[at + 1] = 1
    spaces[at] = 0


def _end_given_name(bare: str, spaces: Flags, at: int, model: RestoreModel) -> None:
    end = _word_end(bare, spaces, at)
    if end - at < _SHORTEST_HALF + _SHORTEST_BEHIND or _is_word(bare[at:end], model):
        return
    if not _GIVEN_NAME.search(bare, max(0, at - _LONGEST_TYPE - _LONGEST_HALF), at):
        return
    for cut in range(at + _SHORTEST_HALF, min(at + _LONGEST_HALF, end - _SHORTEST_BEHIND) + 1):
        if model.cost(bare[cut:end]) <= _COMMON:
            spaces[cut] = 1
            return


def _move_cuts(bare: str, gaps: Flags, spaces: Flags, at: int, model: RestoreModel) -> None:
    """Move the cuts before and behind a piece that is no word."""
    end = _word_end(bare, spaces, at)
    if not bare[at:end].islower() or _is_listed(bare[at:end], model) or bare[at:end].title() in model.words:
        return
    starts = [at]
    while len(starts) <= _MOST_WORDS and spaces[starts[0]] and not gaps[starts[0]]:
        before = _word_start(bare, spaces, starts[0])
        if before is None:
            break
        starts.insert(0, before)
    bounds = [*starts, end]
    best: tuple[float, list[int]] | None = None
    kept = 0.0  # cost of the words before those whose cuts move
    for i in range(len(starts) - 1):
        if moved := _find_cuts(bare, bounds[i:], model):
            cost = kept + _add_costs(bare, [bounds[i], *moved, end], model)
            if best is None or cost < best[0]:
                best = cost, [*bounds[1 : i + 1], *moved]
        kept += min(_MOST, model.cost(bare[bounds[i] : bounds[i + 1]]))
    if best:
        spaces[starts[0] + 1 : end] = 0
        spaces[best[1]] = 1


def _add_costs(bare: str, edges: Sequence[int], model: RestoreModel) -> float:
    return sum(model.cost(bare[a:b]) for a, b in pairwise(edges))


def _find_cuts(bare: str, bounds: Sequence[int], model: RestoreModel) -> list[int]:
    """Return where the cuts between words stand, moved by no more than a letter or two, so that all are words."""
    start, *cuts, end = bounds
    best, least = [], float("inf")
    for moves in product(range(-_FURTHEST, _FURTHEST + 1), repeat=len(cuts)):
        moved = [cut + by for cut, by in zip(cuts, moves, strict=True)]
        edges = [start, *moved, end]
        if any(b <= a for a, b in pairwise(edges)):
            continue
        words = [bare[a:b] for a, b in pairwise(edges)]
        costs = [model.cost(word) for word in words]
        if (
            max(costs) <= _KNOWN
            and min(costs) <= _COMMON
            and all(_is_whole(word, model) for word in words)
            and sum(costs) < least
        ):
            best, least = moved, sum(costs)
    return best


def _is_whole(word: str, model: RestoreModel) -> bool:
    return word in "aI" if len(word) == 1 else len(word) > _SHORT or model.cost(word) <= _FREQUENT


def _word_end(bare: str, spaces: Flags, at: int) -> int:
    end = at + 1
    while end < len(bare) and end - at < _LONGEST and not spaces[end] and bare[end].isalpha():
        end += 1
    return end


def _word_start(bare: str, spaces: Flags, at: int) -> int | None:
    """Return where the word before a cut starts, or None if it is none in small letters but for the first one."""
    start = at - 1
    while start > 0 and at - start < _LONGEST and not spaces[start]:
        start -= 1
    word = bare[start:at]
    return start if word.isalpha() and (word.islower() or word.istitle()) else None


def find_shifts(tokens: Iterable[tuple[int, str]], model: RestoreModel) -> Iterator[tuple[int, int]]:
    """Yield where a space stands beside its place, and by how many letters, at most two.

    Args:
        tokens: Neighbouring tokens of spaced text with where they start.
        model: The words.

    Example:
        >>> from tasks.normalize.model import load_model
        >>> list(find_shifts([(0, "they"), (5, "sto"), (9, "phyping"), (17, "it.")], load_model()))
        [(9, 1)]
    """
    for (_, first), (at, second) in pairwise(tokens):
        match = _LETTERS.match(second)
        right = match.group() if match else ""
        if not right or not first.isalpha() or not (first.islower() or first.istitle()):
            continue
        if _is_listed(first, model) or _is_listed(right, model) or second[len(right) :].strip(_MARKS):
            continue
        cut = len(first)
        joined = first + right
        if len(joined) <= 2 * _LONGEST and (moved := _find_cuts(joined, [0, cut, len(joined)], model)):
            yield at, moved[0] - cut


def _is_listed(letters: str, model: RestoreModel) -> bool:
    return letters in model.words or letters.lower() in model.words


def _is_word(letters: str, model: RestoreModel) -> bool:
    return model.cost(letters) <= _KNOWN

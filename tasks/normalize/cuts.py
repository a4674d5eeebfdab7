"""Cuts that the search made and that a look at the words about them puts right.

Order: no space before a colon; a hyphen is part of a name or a word, or a dash with a space on both sides → marks that
follow each other close what the first opens → no space at a dash between countries → numbers (`numerals`) → `in` before
a noun behind a word that leads to it → a cut beside what is no word moves by a letter or two where that gives words.
Spaces that stood are left to the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from tasks.lexicons import read_rows
from tasks.normalize.model import RestoreModel, load_model
from tasks.normalize.numerals import mend_numerals

Flags = npt.NDArray[np.uint8]

_DOUBLE = re.compile('"')
_SUSPENDED = ("and", "or", "to")  # behind a hyphen whose word comes later: short- and medium-range
_YEAR = re.compile(r"(?:19|20)\d\d(?![\d,])")
_LONGEST_PREFIX = 3  # capitals that a hyphen joins to a number
_GIVEN_NAME = re.compile(r"[A-Z][a-z]{1,7}-\Z")
_LONGEST_GIVEN_NAME = 9  # characters, its hyphen among them
_LETTERS = re.compile(r"[a-z]+")
_MARKS = ".,:;!?()[]\"'“”‘’«»"  # marks beside a word
_SHORT, _FREQUENT = 2, 9.0  # letters, and nats from which a word of so many is none
_FURTHEST = 2  # letters that a cut moves
_SHORTEST_HALF, _LONGEST_HALF = 2, 5  # letters of the second half of a given name
_SHORTEST_BEHIND = 3  # letters of the word behind it
_MOST_WORDS = 2  # before what is no word, that it may have letters of
_LONGEST = 24  # letters
_NOUN_ENDINGS = ("ity", "cy", "ence", "ance", "ion", "ness", "tude")
_CLEARLY, _LEADS = 1.5, 2.5  # nats by which a noun is more frequent; at most, of `in` behind a word that leads to it
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
    at = bare.find(":")
    while at >= 0:
        spaces[at] &= gaps[at]
        at = bare.find(":", at + 1)
    at = bare.find("-", 1)
    while 0 < at < len(bare) - 1:
        _mend_hyphen(bare, gaps, spaces, at, unknown, model)
        at = bare.find("-", at + 1)
    at = bare.find("--", 1)
    while 0 < at < len(bare) - 2:
        if spaces[at] and not gaps[at] and bare[at + 2].isalnum():
            spaces[at + 2] = 1
        at = bare.find("--", at + 2)
    n_marks = bare.count('"')
    if n_marks and n_marks % 2 == 0:
        _close_marks(bare, gaps, spaces)
    at = bare.find("–")
    while at > 0:
        if _are_countries(*_words_about(bare, spaces, at)):
            beside = slice(at, at + 2)
            spaces[beside] &= gaps[beside]
        at = bare.find("–", at + 1)
    mend_numerals(bare, gaps, spaces, model)
    for match in _find_absences().finditer(bare):
        _part_in(bare, spaces, *match.span(), model)
    for at in unknown:
        if bare[at].islower():  # names are mostly unknown, and start in capitals
            _move_cuts(bare, gaps, spaces, at, model)


def _mend_hyphen(bare: str, gaps: Flags, spaces: Flags, at: int, unknown: Sequence[int], model: RestoreModel) -> None:
    """Let a hyphen between words stand alone only where it is a dash, never behind the first alone."""
    if not (bare[at - 1].isalnum() and bare[at + 1].isalnum()):
        return
    before, behind = spaces[at] and not gaps[at], spaces[at + 1] and not gaps[at + 1]
    if behind and not spaces[at]:
        if not bare.startswith(_SUSPENDED, at + 1):
            spaces[at + 1] = 0
    elif before and behind and _is_in_name(bare, spaces, at, model):
        spaces[at : at + 2] = 0
    elif bare[at - 1].isalpha() and bare[at + 1].isalpha() and not spaces[at + 1]:
        spaces[at] &= gaps[at]
        if unknown and bare[at + 1].islower():
            _end_given_name(bare, spaces, at + 1, model)


def _is_in_name(bare: str, spaces: Flags, at: int, model: RestoreModel) -> bool:
    """Tell a hyphen of a name from a dash: `Sea Shield-2024`, `PB-5012`, `Thailand-Malaysia`, `Okoro-Brandt`."""
    before, behind = _words_about(bare, spaces, at)
    if _YEAR.match(behind):
        return before.istitle() and before.isalpha()
    if behind.isdecimal():
        return before.isalpha() and before.isupper() and len(before) <= _LONGEST_PREFIX
    if not (before.istitle() and behind.istitle()):
        return False
    return _are_countries(before, behind) or (_is_name(before, model) and _is_name(behind, model))


def _is_name(word: str, model: RestoreModel) -> bool:
    return word in model.names or not _is_listed(word, model)


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


def _are_countries(*names: str) -> bool:
    countries = _read_countries()
    return all(name in countries or f"{name}." in countries for name in names)


def _words_about(bare: str, spaces: Flags, at: int) -> tuple[str, str]:
    """Return what stands before and behind a dash or a hyphen, marks aside."""
    start, end = at - 1, at + 2
    while start > 0 and at - start < _LONGEST and not spaces[start]:
        start -= 1
    while end < len(bare) and end - at < _LONGEST and not spaces[end]:
        end += 1
    return bare[start:at].strip(_MARKS), bare[at + 1 : end].strip(_MARKS)


@cache
def _find_absences() -> re.Pattern[str]:
    """Return what finds rare nouns that are `in` and a more frequent noun: invisibility."""
    model = load_model()
    nouns = [
        word
        for word in model.words
        if word.startswith("in") and word.endswith(_NOUN_ENDINGS) and model.cost(word) > _COMMON
    ]
    absences = [word for word in nouns if model.cost(word[2:]) + _CLEARLY < model.cost(word)]
    return re.compile("|".join(absences) or r"(?!)")


def _part_in(bare: str, spaces: Flags, at: int, end: int, model: RestoreModel) -> None:
    """Part `in` from a noun behind a word that leads to it: `a drop in visibility`."""
    if not spaces[at] or (end < len(bare) and bare[end].isalpha() and not spaces[end]) or spaces[at + 1 : end].any():
        return
    before = _word_start(bare, spaces, at)
    if before is not None and model.cost_behind(bare[before:at], "in") <= _LEADS:
        spaces[at + 2] = 1


def _end_given_name(bare: str, spaces: Flags, at: int, model: RestoreModel) -> None:
    end = _word_end(bare, spaces, at)
    if end - at < _SHORTEST_HALF + _SHORTEST_BEHIND or _is_word(bare[at:end], model):
        return
    if not _GIVEN_NAME.search(bare, max(0, at - _LONGEST_GIVEN_NAME), at):
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
        if _is_listed(first, model) or not first.isalpha() or not (first.islower() or first.istitle()):
            continue
        match = _LETTERS.match(second)
        right = match.group() if match else ""
        if not right or _is_listed(right, model) or second[len(right) :].strip(_MARKS):
            continue
        cut = len(first)
        joined = first + right
        if len(joined) <= 2 * _LONGEST and (moved := _find_cuts(joined, [0, cut, len(joined)], model)):
            yield at, moved[0] - cut


def _is_listed(letters: str, model: RestoreModel) -> bool:
    return letters in model.words or letters.lower() in model.words


def _is_word(letters: str, model: RestoreModel) -> bool:
    return model.cost(letters) <= _KNOWN

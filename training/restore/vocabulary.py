"""The restoration's vocabulary: words of the texts, names of the lists, words of open lists of frequencies.

Order: two frequent words that are written as one now and then are a slip → what is frequent enough is numbered on its
own, the rest by what it looks like → words that the texts lack come with the costs of another list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasks.errors import ConfigError
from tasks.normalize.pieces import BOUNDARY, DOTTED, FIXED, OTHER, number_shape, unknown_shape
from training.restore.texts import Numbering

LONGEST = 24  # letters of a word that is numbered on its own
BORROWED_COST = 1.5  # nats, on top of what an open list says of a word that the texts lack
_MIN_MARK_COUNT = 20
_SHORT, _MIN_SHORT_COUNT = 3, 100  # letters of lower-case words that are mostly slips where they are rare
_NAME_COST = 15.5  # nats, of a name that only a list knows
_MIN_BORROWED = 3e-8  # frequency
_MOST_BORROWED = 15.0  # nats, of a word that wordninja alone knows
_GLUED_RATIO = 1000  # times that two words stand apart for each time that they are written as one: a slip

Ints = npt.NDArray[np.int64]


class WordLists(NamedTuple):
    """Open lists of words.

    Attributes:
        frequencies: Share of each word in running text, from wordfreq.
        costs: Cost of each word in nats, from wordninja, for words that wordfreq lacks too.
    """

    frequencies: Mapping[str, float]
    costs: Mapping[str, float]


def open_lists(words: str) -> WordLists:
    """Return the open lists that a recipe names: `wordfreq`, or `wordninja` alone.

    Raises:
        ConfigError: The packages that hold them are not installed.
    """
    try:
        import wordninja

        frequencies: Mapping[str, float] = {}
        if words == "wordfreq":
            from wordfreq import get_frequency_dict

            frequencies = get_frequency_dict("en", "large")
    except ImportError as error:
        message = f'words = "{words}" needs the extra train: pip install "communique[train]"'
        raise ConfigError(f"{message}, or name another list in the recipe") from error
    return WordLists(frequencies, wordninja.DEFAULT_LANGUAGE_MODEL._wordcost)


def choose_vocabulary(
    numbering: Numbering,
    raw: npt.NDArray[np.uint32],
    counts: Ints,
    names: Counter[str],
    lists: WordLists,
    min_count: int,
) -> tuple[list[str], Ints, dict[str, float]]:
    """Return the vocabulary, the token of every numbered string, and the costs of words that the texts lack.

    A token is twice the number of a piece, plus one behind a space.

    Args:
        numbering: The strings that were read.
        raw: The texts, as numbers of these.
        counts: Of each string.
        names: Words of the lists of names.
        lists: Open lists of words.
        min_count: Occurrences of a word that is numbered on its own.
    """
    total: Counter[str] = Counter()
    for piece, number in numbering.items():
        total[piece.removeprefix(" ")] += int(counts[number])
    frequent = _count_words_apart(numbering, raw, counts)

    def name(piece: str) -> str:
        if piece[0].isdecimal():
            return number_shape(piece)
        if piece.isalpha():
            least = 1 if piece in names else min_count
            if piece.islower() and len(piece) <= _SHORT:
                least = _MIN_SHORT_COUNT
            kept = total[piece] >= least and len(piece) <= LONGEST and max(piece) < "\u0100"
            return piece if kept and not _is_slip(piece, total[piece], frequent) else unknown_shape(piece)
        if len(piece) > 1 and piece != BOUNDARY:
            return piece if total[piece] >= min_count else DOTTED
        return piece if total[piece] >= _MIN_MARK_COUNT and piece < "\uffff" else OTHER

    named: Counter[str] = Counter()
    names_of = {piece: BOUNDARY if piece == BOUNDARY else name(piece) for piece in total}
    for piece, count in total.items():
        named[names_of[piece]] += count
    borrowed = _borrow_words(lists, named, total, frequent)
    for word in names:
        if word not in named and 3 <= len(word) <= LONGEST and max(word) < "\u0100":
            borrowed.setdefault(word, _NAME_COST)
    vocabulary = [*FIXED, *sorted({*named, *borrowed}.difference(FIXED))]
    index = {piece: i for i, piece in enumerate(vocabulary)}
    tokens = np.zeros(len(numbering), dtype=np.int64)
    for piece, number in numbering.items():
        tokens[number] = 2 * index[names_of[piece.removeprefix(" ")]] + piece.startswith(" ")
    return vocabulary, tokens, borrowed


def _is_slip(word: str, count: float, pairs: dict[tuple[str, str], int]) -> bool:
    """Tell a word that is two words whose space got lost in the text that was learned from."""
    splits = ((word[:i], word[i:]) for i in range(1, len(word)))
    return any(pairs.get(split, 0) > _GLUED_RATIO * count for split in splits)


def _count_words_apart(numbering: Numbering, raw: npt.NDArray[np.uint32], counts: Ints) -> dict[tuple[str, str], int]:
    """Return how often two frequent words stand beside each other."""
    strings = list(numbering)
    is_word = np.array([s.removeprefix(" ").isalpha() for s in strings]) & (counts >= _GLUED_RATIO)
    both = is_word[raw[:-1]] & is_word[raw[1:]]
    keys = (raw[:-1][both].astype(np.int64) << 32) | raw[1:][both]
    found, times = np.unique(keys, return_counts=True)
    apart: dict[tuple[str, str], int] = defaultdict(int)
    for key, n in zip(found.tolist(), times.tolist(), strict=True):
        if n > _GLUED_RATIO:
            apart[strings[key >> 32].removeprefix(" "), strings[key & 0xFFFFFFFF].removeprefix(" ")] += n
    return apart


def _borrow_words(
    lists: WordLists, named: Counter[str], total: Counter[str], apart: dict[tuple[str, str], int]
) -> dict[str, float]:
    """Return the costs of words that the texts lack, by their frequency where that is known."""
    costs: dict[str, float] = {}
    size = sum(total.values())

    def usable(word: str) -> bool:
        return _SHORT < len(word) <= LONGEST and word.isascii() and word.isalpha() and word not in named

    frequencies = lists.frequencies
    for word, frequency in frequencies.items():
        slip = _is_slip(word, frequency * size, apart) or any(
            frequencies.get(word[:i], 0) * frequencies.get(word[i:], 0) > frequency for i in range(1, len(word))
        )
        if frequency >= _MIN_BORROWED and usable(word) and not slip:
            costs[word] = float(-np.log(frequency)) + BORROWED_COST
    for word, cost in lists.costs.items():
        if usable(word) and cost < _MOST_BORROWED and word not in costs and not _is_slip(word, 1, apart):
            costs[word] = float(cost) + BORROWED_COST
    return costs

"""How words outside the vocabulary are spelt, learnt from rare words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tasks.normalize.pieces import ALPHABET, UNKNOWN_UPPER, UNKNOWNS, letter_code, unknown_shape
from training.restore.texts import Numbering
from training.restore.vocabulary import LONGEST

_MOST_RARE = 30  # occurrences of a word that tells how unknown ones are spelt
_ACRONYM_STRENGTH = 10.0  # acronyms follow no spelling: their letters count more by themselves

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def rare_words(numbering: Numbering, counts: Ints, names: Iterable[str]) -> set[str]:
    """Return the words that tell how unknown words are spelt: rare ones of the texts, and all names."""
    bare = ((piece.removeprefix(" "), counts[number]) for piece, number in numbering.items())
    rare = {word for word, count in bare if word.isalpha() and count <= _MOST_RARE}
    return {word for word in rare.union(names) if 2 <= len(word) <= LONGEST}


def spell_costs(words: set[str]) -> Floats:
    """Return the cost of a letter after three others in words outside the vocabulary, by class of word.

    Learned from rare words, each counted once: shape (class, ALPHABET, ALPHABET, ALPHABET, ALPHABET), 0 for the ends
    of a word, in nats.
    """
    seen = np.zeros((len(UNKNOWNS), ALPHABET, ALPHABET, ALPHABET, ALPHABET))
    for word in words:
        kind = UNKNOWNS.index(unknown_shape(word))
        codes = [0, 0, 0, *map(letter_code, word), 0]
        for at in range(len(codes) - 3):
            seen[kind, codes[at], codes[at + 1], codes[at + 2], codes[at + 3]] += 1
    lower = (seen.sum((1, 2, 3)) + 1) / (seen.sum((1, 2, 3, 4)) + ALPHABET)[:, None]
    acronyms = np.arange(len(UNKNOWNS)) == UNKNOWNS.index(UNKNOWN_UPPER)
    for axes, strength in (((1, 2), 4.0), ((1,), 6.0), ((), 8.0)):
        weight = np.where(acronyms, _ACRONYM_STRENGTH * strength, strength).reshape(-1, *(1,) * (4 - len(axes)))
        own = seen.sum(axes) if axes else seen
        lower = (own + weight * lower[:, None]) / (own.sum(-1, keepdims=True) + weight)
    costs: Floats = -np.log(lower)
    return costs

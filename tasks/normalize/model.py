"""The restoration's language resource: costs of pieces, of pairs and of triples of neighbours, in nats.

vocabulary.txt   a piece a line, those of `pieces.FIXED` first, the others sorted
single.npy       cost of a token without a context (a token: twice the number of a piece, plus one behind a space)
rest.npy         cost of falling back from a context to single tokens, joined and behind a space
pairs.npy        hash table of pairs (context << 20 | token): cost, and cost of falling back or NO_TRIPLES
triples.npy      hash table of triples (pair << 20 | token): cost
spelling.npy     cost of a letter after three others in a word outside the vocabulary, by class of word
"""

from __future__ import annotations

from functools import cache
from math import inf
from pathlib import Path
from unicodedata import category

import numpy as np
import numpy.typing as npt

from tasks.errors import ConfigError
from tasks.normalize.kernel import (
    BOUNDARY_PIECE,
    COST_STEP,
    DIGIT,
    LETTER,
    MARK,
    MOST_ENDS,
    MOST_NODES,
    SCRIPTS,
    UPPER,
    Characters,
    Tables,
    build_trie,
    pair_cost,
)
from tasks.normalize.pieces import ALPHABET, FIXED, OTHER, letter_code, number_shape, unknown_shape
from tasks.resources import find_resource

VOCABULARY = "vocabulary.txt"
_NAME_MARGIN = 25  # steps of cost by which a name is commoner with a capital than without
_CHARS = 1 << 16


def make_trie(words: list[str], numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Return a trie of words of Latin-1 characters, sorted and distinct, and what each is numbered.

    Raises:
        ConfigError: The words are more than a trie holds.
    """
    data = [word.encode("latin-1") for word in words]
    bounds = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum([len(word) for word in data], out=bounds[1:])
    if bounds[-1] >= MOST_NODES or max(numbers, default=0) >= MOST_ENDS:
        size = f"{len(words):,} words of {bounds[-1]:,} letters"
        raise ConfigError(f"{size} are too many to restore with; the most are {MOST_ENDS:,} of {MOST_NODES:,}")
    trie: npt.NDArray[np.int64] = build_trie(np.frombuffer(b"".join(data), dtype=np.uint8), bounds, numbers)
    return trie


class RestoreModel:
    """The resource in memory; its tables are memory-mapped, so that processes share them.

    Args:
        folder: The folder that holds it.

    Raises:
        ConfigError: The folder does not hold a resource.
    """

    def __init__(self, folder: Path) -> None:
        try:
            vocabulary = (folder / VOCABULARY).read_text("utf-8").split("\n")[:-1]
            pairs = np.load(folder / "pairs.npy", mmap_mode="r")
            triples = np.load(folder / "triples.npy", mmap_mode="r")
            single = np.load(folder / "single.npy")
            rest = np.load(folder / "rest.npy")
            spelling = np.load(folder / "spelling.npy", mmap_mode="r").reshape(-1)
        except (OSError, ValueError) as error:
            raise ConfigError(f"{folder}: no usable restoration model: {error}") from error
        if tuple(vocabulary[1 : len(FIXED)]) != FIXED[1:]:
            raise ConfigError(f"{folder}: made by another version; rebuild it with `communique train restore`")
        words = vocabulary[len(FIXED) :]
        latin = [(word, n) for n, word in enumerate(words, len(FIXED)) if max(word) < "\u0100"]
        self.trie = make_trie([word for word, _ in latin], np.array([n for _, n in latin], dtype=np.int32))
        self.words = {word: n for n, word in enumerate(words, len(FIXED))}
        self._fixed = {piece: n for n, piece in enumerate(FIXED)}
        self.characters = _characters(words)
        self.size = len(vocabulary)
        self.tables = Tables(single, rest, pairs, triples, spelling)
        # Of pieces behind a space; numbers of Python's are had sooner than numpy's.
        self._costs: bytes = single[1::2].tobytes()
        self.names = self._find_names()

    def _find_names(self) -> dict[str, int]:
        """Return the words that are written with a capital though no sentence starts, and their numbers."""
        costs = self.tables.single[1::2]
        names: dict[str, int] = {}
        for word, number in self.words.items():
            if word[0].isupper() and word.isalpha():
                lower = self.words.get(word.lower())
                if lower is None or costs[lower] > costs[number] + _NAME_MARGIN:
                    names[word] = number
        return names

    def cost(self, word: str) -> float:
        """Return the cost of a word by itself, the smaller of as it is written and in lower case; infinite if unknown.

        Args:
            word: A word, its case as written.
        """
        number, lower = self.words.get(word), self.words.get(word.lower())
        if number is None or lower is None:
            number = lower if number is None else number
            return inf if number is None else self._costs[number] * COST_STEP
        return min(self._costs[number], self._costs[lower]) * COST_STEP

    def cost_behind(self, first: str, second: str) -> float:
        """Return the cost of a word behind another and a space, in nats."""
        return float(pair_cost(self.tables, self._token(first) | 1, self._token(second) | 1))

    def weigh_line_end(self, last: str, first: str) -> float:
        """Return how much likelier two pieces are to follow each other in a line than to end one and begin the next.

        Args:
            last: The last piece of a line: a word, a number or a mark.
            first: The first one of the next line.

        Returns:
            Nats; below 0 where a line ends.
        """
        behind = self._token(last) | int(last.isalpha())
        token = self._token(first) | 1
        ended = pair_cost(self.tables, behind, 2 * BOUNDARY_PIECE) + pair_cost(self.tables, 2 * BOUNDARY_PIECE, token)
        return float(ended - pair_cost(self.tables, behind, token))

    def _token(self, piece: str) -> int:
        number = self.words.get(piece, self.words.get(piece.lower()) if piece.istitle() else None)
        if number is None:
            number = self._fixed.get(piece)
        if number is None:
            shape = number_shape(piece) if piece[0].isdigit() else unknown_shape(piece) if piece.isalpha() else OTHER
            number = FIXED.index(shape)
        return 2 * number


def _characters(words: list[str]) -> Characters:
    kinds = np.zeros(_CHARS, dtype=np.uint8)
    lower = np.arange(_CHARS, dtype=np.uint16)
    letters = np.full(_CHARS, ALPHABET - 1, dtype=np.uint8)
    pieces = np.full(_CHARS, FIXED.index(OTHER), dtype=np.int32)
    for code in range(SCRIPTS):
        char = chr(code)
        if char.isalpha():
            kinds[code] = LETTER | (UPPER if char.isupper() else 0)
            folded = char.lower()
            lower[code] = ord(folded) if len(folded) == 1 else code
            letters[code] = letter_code(char)
        elif category(char) in ("Mn", "Cf"):
            kinds[code] = MARK
    kinds[0x30:0x3A] = DIGIT
    for number, piece in enumerate([*FIXED, *words]):
        if len(piece) == 1 and not piece.isalnum() and ord(piece) < _CHARS:
            pieces[ord(piece)] = number
    return Characters(kinds, lower, letters, pieces)


@cache
def load_model(name: str = "restore") -> RestoreModel:
    """Return the shipped resource, or one at a path; loaded once a process."""
    return RestoreModel(find_resource(name, "models"))

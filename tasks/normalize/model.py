"""The restoration's language resource: costs of pieces and of pairs of neighbours, in nats."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tasks.errors import ConfigError
from tasks.normalize.pieces import BOUNDARY, UNKNOWNS
from tasks.resources import find_resource

COST_STEP = 0.08
_MIX_1, _MIX_2, _MASK = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xFFFFFFFFFFFFFFFF
_CACHED_PAIRS = 1_000_000
PREFIX = 4


def hash_keys(keys: npt.NDArray[np.int64], slots: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the home slot and the fingerprint of every pair."""
    mixed = keys.astype(np.uint64) * np.uint64(_MIX_1)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(_MIX_2)
    home = ((mixed >> np.uint64(32)) * np.uint64(slots)) >> np.uint64(32)
    return home.astype(np.int64), ((mixed >> np.uint64(8)) & np.uint64(0xFFFFFF)).astype(np.int64)


class RestoreModel:
    """Costs of tokens. A token is twice the number of a piece, plus one if a space stands before it.

    Attributes:
        index: The number of every piece.
        context: For every token the token that it is as a context.
        single: Cost of every token without a context.
        known: Costs that `cost` has looked up already, by context << 20 | token.
        lengths: For the first four letters (case folded) of longer words: the lengths that words with them have.
        spelling: Costs of letters in words outside the vocabulary, flat: ((class * 28 + a) * 28 + b) * 28 + c.
    """

    def __init__(self, folder: Path) -> None:
        try:
            vocabulary = (folder / "vocabulary.txt").read_text("utf-8").split("\n")[:-1]
            pairs = np.load(folder / "pairs.npy", mmap_mode="r")
            single = np.load(folder / "single.npy")
            rest = np.load(folder / "rest.npy")
            spelling = np.load(folder / "spelling.npy")
        except (OSError, ValueError) as error:
            raise ConfigError(f"{folder}: no usable restoration model: {error}") from error
        vocabulary[0] = BOUNDARY
        self.index = {piece: i for i, piece in enumerate(vocabulary)}
        self.single: list[float] = single.astype(float).tolist()
        self._rest: list[float] = rest.astype(float).tolist()
        self._pairs = memoryview(pairs)
        self._slots = len(pairs)
        self.known: dict[int, float] = {}
        self.spelling: list[float] = spelling.ravel().tolist()
        self.context: list[int] = []
        lengths: dict[str, set[int]] = {}
        for i, piece in enumerate(vocabulary):
            letters = piece.isalpha() or piece in UNKNOWNS
            self.context += [2 * i + 1, 2 * i + 1] if letters else [2 * i, 2 * i + 1]
            if len(piece) >= PREFIX and (letters or piece[0].isalpha()):
                lengths.setdefault(piece[:PREFIX].lower(), set()).add(len(piece))
        self.lengths = {prefix: tuple(sorted(found)) for prefix, found in lengths.items()}

    def cost(self, context: int, token: int) -> float:
        """Return the cost of a token behind a context: that of the pair, or the context's rest and the token's own."""
        key = (context << 20) | token
        cost = self.known.get(key)
        if cost is None:
            mixed = key * _MIX_1 & _MASK
            mixed = (mixed ^ (mixed >> 32)) * _MIX_2 & _MASK
            slot = ((mixed >> 32) * self._slots) >> 32
            wanted = (mixed >> 8) & 0xFFFFFF
            cost = -1.0
            while value := self._pairs[slot]:
                if value >> 8 == wanted:
                    cost = (value & 255) * COST_STEP
                    break
                slot = slot + 1 if slot + 1 < self._slots else 0
            if cost < 0:
                cost = self._rest[context] + self.single[token]
            if len(self.known) >= _CACHED_PAIRS:
                self.known.clear()
            self.known[key] = cost
        return cost


@cache
def load_model(name: str = "restore") -> RestoreModel:
    """Return the shipped resource, or one at a path; loaded once a process."""
    return RestoreModel(find_resource(name, "models"))

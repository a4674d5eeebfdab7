"""Sequences of words and their hashes, and what is counted of them over documents, in bounded memory.

A sequence is told by a 64-bit hash: of some ten million two share one with a chance of three in a million. What is
known of many sequences is a `Tally`: columns, a row a sequence, that are merged as documents come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 5, 12
NEVER = np.iinfo(np.int32).max  # the day of what has none
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_KNOWN = 500_000  # words whose hash is kept

Hashes = NDArray[np.uint64]


class Hasher:
    """Hashes words, and sequences of them."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def words(self, forms: Sequence[str]) -> Hashes:
        """Return a hash for each word."""
        if len(self._known) > _KNOWN:
            self._known.clear()
        known = self._known
        for form in forms:
            if form not in known:
                digest = blake2b(form.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                known[form] = int.from_bytes(digest, "little")
        return np.fromiter((known[form] for form in forms), np.uint64, len(forms))

    def sequences(
        self, forms: Sequence[str], sentences: NDArray[np.int32]
    ) -> Iterator[tuple[int, NDArray[np.intp], Hashes]]:
        """Yield the sequences of each length up to one more than the longest: length, places, and a hash for each.

        Args:
            forms: The words of a document.
            sentences: The sentence of each.
        """
        words = self.words(forms)
        rolled = words.copy()
        for n in range(2, LONGEST + 2):
            if len(words) < n:
                return
            with np.errstate(over="ignore"):
                rolled = rolled[: len(words) - n + 1] * _PRIME + words[n - 1 :]
            if n >= SHORTEST:
                places = np.flatnonzero(sentences[: len(words) - n + 1] == sentences[n - 1 :])
                yield n, places, _finish(rolled[places], n)


def _finish(values: Hashes, n: int) -> Hashes:
    with np.errstate(over="ignore"):
        values = values + np.uint64(n) * _PRIME
        values = (values ^ (values >> np.uint64(30))) * _MIX[0]
        values = (values ^ (values >> np.uint64(27))) * _MIX[1]
        return np.asarray(values ^ (values >> np.uint64(31)), np.uint64)


class Sieve:
    """Counts, for each cell of a table, the documents that have a sequence in it: never fewer than have the sequence.

    Args:
        cells: Size of the table, a power of two.
    """

    def __init__(self, cells: int) -> None:
        self._table = np.zeros(cells, np.uint16)
        self._shift = np.uint64(64 - cells.bit_length() + 1)

    def add(self, hashes: Hashes) -> None:
        """Count a document."""
        cells = np.unique(hashes >> self._shift)
        counts = self._table[cells]
        self._table[cells] = counts + (counts < np.iinfo(np.uint16).max)

    def count(self, hashes: Hashes) -> NDArray[np.uint16]:
        """Return the documents of the cell of each sequence."""
        counts: NDArray[np.uint16] = self._table[hashes >> self._shift]
        return counts

    def least(self, least: int, most: int) -> int:
        """Return the number of documents from which on at most so many cells are left, and no fewer than `least`."""
        cells = np.bincount(self._table, minlength=least + 1)[::-1].cumsum()[::-1]
        return int(max(least, np.flatnonzero(np.append(cells, 0) <= most)[0]))


@dataclass(frozen=True)
class Tally:
    """What is known of sequences, a row each.

    Attributes:
        keys: Their hashes, ascending, each once.
        lengths: Words.
        documents: Documents that have them.
        first, last: First and last day; first is NEVER and last is -NEVER where no document has one.
        between: A day strictly between these; -NEVER: none.
        publishers: A bit for each publisher.
        edges: How many stand at an edge of their document.
        quoted: How many stand in quotations.
        without_last, without_first: The sequences that they are without a word at an end, or 0.
    """

    keys: Hashes
    lengths: NDArray[np.uint8]
    documents: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    between: NDArray[np.int32]
    publishers: NDArray[np.uint64]
    edges: NDArray[np.int32]
    quoted: NDArray[np.int32]
    without_last: Hashes
    without_first: Hashes

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Tally:
        """Return some rows."""
        return Tally(*(column[rows] for column in vars(self).values()))

    def find(self, keys: Hashes) -> NDArray[np.intp]:
        """Return the row of each key; -1 where it has none."""
        if not len(self):
            return np.full(len(keys), -1, np.intp)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self) - 1)
        return np.where(self.keys[rows] == keys, rows, -1)


def merge(parts: Sequence[Tally]) -> Tally:
    """Return tallies of different documents as one.

    Example:
        >>> def one(day):
        ...     return Tally(*(np.array([v]) for v in (7, 5, 1, day, day, -NEVER, 1, 0, 0, 0, 0)))
        >>> both = merge([one(3), one(9), one(4)])
        >>> both.documents.tolist(), both.first.tolist(), both.last.tolist(), both.between.tolist()
        ([3], [3], [9], [4])
    """
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])}
    order = np.argsort(columns["keys"], kind="stable")
    columns = {name: values[order] for name, values in columns.items()}
    keys, starts, sizes = np.unique(columns["keys"], return_index=True, return_counts=True)
    if not len(keys):
        return parts[0]
    first, last = np.minimum.reduceat(columns["first"], starts), np.maximum.reduceat(columns["last"], starts)
    low, high = np.repeat(first, sizes), np.repeat(last, sizes)
    between = np.full(len(low), -NEVER, np.int32)
    for name in ("first", "last", "between"):
        days = columns[name]
        between = np.where((days > low) & (days < high), np.maximum(between, days), between)
    return Tally(
        keys,
        columns["lengths"][starts],
        np.add.reduceat(columns["documents"], starts),
        first,
        last,
        np.maximum.reduceat(between, starts),
        np.bitwise_or.reduceat(columns["publishers"], starts),
        np.add.reduceat(columns["edges"], starts),
        np.add.reduceat(columns["quoted"], starts),
        columns["without_last"][starts],
        columns["without_first"][starts],
    )


def are_closed(tally: Tally, share: float) -> NDArray[np.bool_]:
    """Tell which sequences are in no longer one that has such a share of their documents."""
    closed = np.ones(len(tally), np.bool_)
    for shorter in (tally.without_last, tally.without_first):
        rows = tally.find(shorter)
        known = rows >= 0
        longer = tally.documents[known] >= share * tally.documents[rows[known]]
        closed[rows[known][longer]] = False
    return closed

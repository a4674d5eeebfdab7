"""Copies: exact ones by key, near ones by MinHash (Broder 1997) over word shingles, with an index by bands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from datasketch import MinHash, MinHashLSH

PERMUTATIONS = 64
MIN_WORDS = 30
_SEED, _SCHEME = 1, "affine32"
_LONGEST = 200_000
_WORDS = re.compile(r"\w+")


def signature(text: str) -> list[int]:
    """Return the MinHash signature of a text's shingles of three words; empty for a text of fewer than 30 words.

    Example:
        >>> signature("too short"), len(signature(" ".join(map(str, range(40)))))
        ([], 64)
    """
    words = _WORDS.findall(text[:_LONGEST].lower())
    if len(words) < MIN_WORDS:
        return []
    shingles = {
        crc32(" ".join(three).encode("utf-8", "replace")) for three in zip(words, words[1:], words[2:], strict=False)
    }
    sketch = MinHash(PERMUTATIONS, seed=_SEED, hashfunc=int, scheme=_SCHEME)
    sketch.update_batch(sorted(shingles))
    return [int(value) for value in sketch.hashvalues]


class DuplicateIndex:
    """What has been seen so far.

    Args:
        similarity: Jaccard similarity from which two texts are near-duplicates, estimated from their signatures.
    """

    def __init__(self, similarity: float) -> None:
        self._similarity = similarity
        self._seen: set[str] = set()
        self._order: list[str] = []
        self._signatures: list[np.ndarray[tuple[int], np.dtype[np.uint32]]] = []
        self._bands = MinHashLSH(threshold=similarity, num_perm=PERMUTATIONS)

    def seen(self, doc_id: str) -> bool:
        """Tell whether a document with this key was added."""
        return doc_id in self._seen

    def near(self, doc_id: str, signature: Sequence[int]) -> str | None:
        """Return the earliest document that a text nearly equals, or None."""
        if not signature:
            return None
        mine = np.array(signature, dtype=np.uint32)
        found: list[int] = sorted(self._bands.query(_sketch(mine)))
        for number in found:
            if float(np.mean(self._signatures[number] == mine)) >= self._similarity and self._order[number] != doc_id:
                return self._order[number]
        return None

    def add(self, doc_id: str, signature: Sequence[int]) -> None:
        """Remember a document."""
        self._seen.add(doc_id)
        if signature:
            values = np.array(signature, dtype=np.uint32)
            self._bands.insert(len(self._order), _sketch(values), check_duplication=False)
            self._order.append(doc_id)
            self._signatures.append(values)


def _sketch(values: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> MinHash:
    return MinHash(PERMUTATIONS, seed=_SEED, hashvalues=values, scheme=_SCHEME)

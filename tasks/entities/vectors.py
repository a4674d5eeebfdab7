"""Word vectors from plain text, with numpy alone: counted contexts, weighted, reduced.

Order: words are counted and the frequent ones kept → for each, how often each of the most frequent words stands one or
two places before or after it, every place a column of its own (narrow windows with positions make words alike that can
stand for each other: names of cities, ranks, weapons) → positive pointwise mutual information with smoothed context
counts (Levy, Goldberg and Dagan, 2015: exponent 0.75) → the strongest directions of its Gram matrix, each scaled by the
root of its singular value → rows of length 1. Deterministic.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|['’]s\b|\w+|[^\w\s]")
_PLACES = (-2, -1, 1, 2)
_SMOOTHING = 0.75
_BLOCK = 4_000_000  # tokens counted at a time

Matrix = npt.NDArray[np.float32]


def words_of(line: str) -> list[str]:
    """Cut a line about as spaCy's tokenizer does.

    Example:
        >>> words_of("The U.S. Navy's ship, F-35B.")
        ['The', 'U.S.', 'Navy', "'s", 'ship', ',', 'F', '-', '35B', '.']
    """
    return _TOKEN.findall(line)


def _add_block(counts: Matrix, ids: Sequence[int], n_words: int, n_contexts: int) -> None:
    tokens = np.array(ids, dtype=np.int64)
    for place, offset in enumerate(_PLACES):
        words, contexts = (tokens[-offset:], tokens[:offset]) if offset < 0 else (tokens[:-offset], tokens[offset:])
        known = (words < n_words) & (contexts < n_contexts)
        cells = words[known] * (len(_PLACES) * n_contexts) + place * n_contexts + contexts[known]
        at, times = np.unique(cells, return_counts=True)
        counts.reshape(-1)[at] += times


def _weigh(counts: Matrix) -> None:
    """Replace counts by positive pointwise mutual information, in place."""
    total = float(counts.sum())
    rows = counts.sum(axis=1, keepdims=True)
    columns = counts.sum(axis=0, keepdims=True) ** _SMOOTHING
    columns *= total / columns.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        counts *= total
        counts /= rows
        counts /= columns
        np.log(counts, out=counts)
    counts[~np.isfinite(counts)] = 0
    np.maximum(counts, 0, out=counts)


def learn_vectors(
    lines: Sequence[str], size: int, width: int, n_contexts: int = 1000, min_count: int = 5
) -> tuple[list[str], Matrix]:
    """Learn vectors of words from lines of text.

    Args:
        lines: The text.
        size: Number of words to keep, the most frequent ones.
        width: Length of a vector.
        n_contexts: Number of frequent words that count as contexts.
        min_count: Words that occur less often are left out.

    Returns:
        Words, the most frequent first, and their vectors, a row each.

    Example:
        >>> lines = ["in Oslo today", "in Rome today", "we saw ships", "we saw jets"] * 5
        >>> words, vectors = learn_vectors(lines, 20, 4)
        >>> like = vectors @ vectors[words.index("Oslo")]
        >>> bool(like[words.index("Rome")] > like[words.index("ships")])
        True
    """
    frequency: Counter[str] = Counter()
    for line in lines:
        frequency.update(words_of(line))
    ranked = sorted(frequency.items(), key=lambda item: (-item[1], item[0]))
    words = [word for word, count in ranked[:size] if count >= min_count]
    index = {word: i for i, word in enumerate(words)}
    unknown = len(words)
    n_contexts = min(n_contexts, unknown)

    counts = np.zeros((unknown, len(_PLACES) * n_contexts), dtype=np.float32)
    block: list[int] = []
    for line in lines:
        block += [index.get(word, unknown) for word in words_of(line)]
        block += (unknown, unknown)
        if len(block) > _BLOCK:
            _add_block(counts, block, unknown, n_contexts)
            block = []
    if block:
        _add_block(counts, block, unknown, n_contexts)
    _weigh(counts)

    values, directions = np.linalg.eigh(counts.T @ counts)
    width = min(width, counts.shape[1])
    directions = directions[:, ::-1][:, :width]
    singular = np.sqrt(np.maximum(values[::-1][:width], 1e-6))
    vectors = (counts @ directions) / np.sqrt(singular)
    # an eigenvector's sign is arbitrary: fix it, so that the same text gives the same vectors everywhere
    vectors *= np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(width)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    return words, vectors.astype(np.float32)


def read_lines(texts: Iterable[str]) -> list[str]:
    """Return the lines of documents that are long enough to have contexts."""
    return [line for text in texts for line in text.split("\n") if len(line) > 20]

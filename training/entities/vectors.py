"""Word vectors from plain text, with numpy alone: counted contexts, weighted, reduced, shared by rare words.

Order: words are counted and the frequent ones kept → for each, how often each of the most frequent words stands one or
two places before or after it, every place a column of its own (narrow windows with positions make words alike that can
stand for each other: names of cities, ranks, weapons) → positive pointwise mutual information with smoothed context
counts (Levy, Goldberg and Dagan, 2015: exponent 0.75) → the strongest directions of the Gram matrix of the most
frequent words (rare ones are noise there), each scaled by the root of its singular value → rows of length 1 → what a
word looks like and which lists of names it is in predicts its vector (ridge regression over the frequent words); rare
words take a mean of their own vector and the predicted one, words that the text lacks the predicted one. A vector of
a wider text, where there is one, predicts too and is set beside; the strongest directions of both are kept → words
without a row of their own are clustered, and those of a cluster share a row. Deterministic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tasks.entities.kinds import words_of
from training.words import Matrix, WideVectors, to_unit

_PLACES = (-2, -1, 1, 2)
_FREQUENT = 15000  # words that the directions come from
_FUNCTION_WORDS = 0.05  # share of the words, the most frequent, whose looks say nothing of others
_TRAIT_COUNT = 5  # words that must show a trait
_RIDGE = 8.0
_PRIOR = 10.0  # occurrences that the predicted vector of a rare word counts as
_ROUNDS = 12  # of k-means
_SMOOTHING = 0.75
_BLOCK = 4_000_000  # tokens counted at a time
_OF_TEXT = 64  # numbers of a vector before those of a wider text are set beside
_WIDE = 1.5  # length of those, where the text's own is 1


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


class WordVectors(NamedTuple):
    """Vectors and the words that have them.

    Attributes:
        words: The words, each once.
        rows: For each word, the row of its vector.
        vectors: The vectors, of length 1, [rows, width].
    """

    words: list[str]
    rows: list[int]
    vectors: Matrix


def _count_contexts(lines: Sequence[str], words: Sequence[str], n_contexts: int) -> Matrix:
    index = {word: i for i, word in enumerate(words)}
    unknown = len(words)
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
    return counts


def _find_directions(rows: Matrix, width: int) -> tuple[Matrix, Matrix]:
    """Return the squared strengths of the strongest directions of some rows, and the directions, [numbers, width]."""
    strengths, directions = np.linalg.eigh(rows.T @ rows)
    directions = directions[:, ::-1][:, :width]
    # an eigenvector's sign is arbitrary: fix it, so that the same text gives the same vectors everywhere
    directions = directions * np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(directions.shape[1])])
    return strengths[::-1][:width], directions


def _reduce(counts: Matrix) -> Matrix:
    """Return weighted counts in their strongest directions, rows of length 1."""
    strengths, directions = _find_directions(counts[:_FREQUENT], _OF_TEXT)
    return to_unit((counts @ directions) / np.sqrt(np.sqrt(np.maximum(strengths, 1e-6))))


def _traits(word: str, lists: Mapping[str, frozenset[str]]) -> list[str]:
    """Return what a word looks like: its case, its ends, the lists that it is in."""
    lower = word.casefold()
    case = "upper" if word.isupper() else "title" if word[0].isupper() else "lower"
    known = "+".join(name for name, members in lists.items() if word in members)
    return [case, f"in {known}", f"{lower[:3]}-", *(f"-{lower[-n:]}" for n in (2, 3, 4) if len(lower) >= n)]


def _predict(
    words: Sequence[str],
    vectors: Matrix,
    wanted: Sequence[str],
    lists: Mapping[str, frozenset[str]],
    wide: WideVectors,
) -> Matrix:
    """Return vectors of words by their traits and wide vectors, learnt from the words that have one."""
    first = int(len(words) * _FUNCTION_WORDS)
    known = [(i, _traits(word, lists)) for i, word in enumerate(words) if i >= first and word[0].isalpha()]
    frequency = Counter(trait for _, traits in known for trait in traits)
    index = {trait: i for i, trait in enumerate(t for t, n in frequency.items() if n >= _TRAIT_COUNT)}
    seen = np.zeros((len(known), len(index)), dtype=np.float32)
    for row, (_, traits) in enumerate(known):
        seen[row, [index[trait] for trait in traits if trait in index]] = 1
    seen = np.hstack([seen, _WIDE * wide.look_up([words[i] for i, _ in known])])
    penalty = _RIDGE * np.eye(seen.shape[1], dtype=np.float32)
    weights = np.linalg.solve(seen.T @ seen + penalty, seen.T @ vectors[[i for i, _ in known]])
    predicted = _WIDE * wide.look_up(wanted) @ weights[len(index) :]
    for row, word in enumerate(wanted):
        predicted[row] += weights[[index[trait] for trait in _traits(word, lists) if trait in index]].sum(axis=0)
    return to_unit(predicted)


def _join(vectors: Matrix, wide: Matrix, width: int) -> Matrix:
    """Return both vectors of each word in their strongest directions, rows of length 1."""
    both = np.hstack([vectors, _WIDE * wide])
    _, directions = _find_directions(both[:_FREQUENT], width)
    return to_unit(both @ directions)


def _cluster(vectors: Matrix, number: int) -> tuple[Matrix, list[int]]:
    """Return centres of length 1 and the centre of each vector (k-means on the sphere, evenly taken first centres)."""
    centres = vectors[np.linspace(0, len(vectors) - 1, min(number, len(vectors))).astype(int)]
    nearest = np.zeros(len(vectors), dtype=np.int64)
    for _ in range(_ROUNDS):
        for at in range(0, len(vectors), 4096):
            nearest[at : at + 4096] = (vectors[at : at + 4096] @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        is_used = np.linalg.norm(sums, axis=1) > 0
        centres = np.where(is_used[:, None], to_unit(sums), centres).astype(np.float32)
    return centres, nearest.tolist()


def learn_vectors(
    lines: Sequence[str],
    size: int,
    width: int,
    rare: int = 0,
    shared: int = 1,
    lists: Mapping[str, frozenset[str]] | None = None,
    wide: WideVectors | None = None,
    extra: int = 0,
    n_contexts: int = 1000,
    min_count: int = 3,
) -> WordVectors:
    """Learn vectors of words from lines of text.

    Args:
        lines: The text.
        size: Number of words that get a row of their own, the most frequent ones.
        width: Length of a vector.
        rare: Number of words after these that share rows.
        shared: Number of rows for these words and for those that the text lacks.
        lists: Lists of names by what they name; their words get a vector, in the text or not.
        wide: Vectors of a wider text.
        extra: Number of words of the wider text, the most frequent that neither the text nor the lists have in any
            case, that get a vector, written as names.
        n_contexts: Number of frequent words that count as contexts.
        min_count: Words that occur less often are left out.

    Returns:
        The words, those with rows of their own first, the most frequent first.

    Example:
        >>> lines = ["in Oslo today", "in Rome today", "we saw ships", "we saw jets"] * 5
        >>> words, _, vectors = learn_vectors(lines, 20, 4)
        >>> like = vectors @ vectors[words.index("Oslo")]
        >>> bool(like[words.index("Rome")] > like[words.index("ships")])
        True
    """
    lists = lists or {}
    wide = wide or WideVectors({}, np.zeros((1, 0), dtype=np.float32))
    frequency: Counter[str] = Counter()
    for line in lines:
        frequency.update(words_of(line))
    ranked = sorted(frequency.items(), key=lambda item: (-item[1], item[0]))
    words = [word for word, count in ranked[: size + rare] if count >= min_count]
    counts = _count_contexts(lines, words, min(n_contexts, len(words)))
    _weigh(counts)
    vectors = _reduce(counts)
    del counts

    own, tail = words[:size], [word for word in words[size:] if word[0].isalpha()]
    in_text = set(words)
    listed = sorted(word for word in frozenset().union(*lists.values()) if word not in in_text)
    known = {word.lower() for word in (*words, *listed)}
    further = [word.title() for word in wide.rows if word.isalpha() and word not in known][:extra]
    sharing = [*tail, *listed, *further]
    mixed = _predict(own, vectors[: len(own)], sharing, lists, wide)
    place = {word: i for i, word in enumerate(words)}
    seen = np.array([frequency[word] for word in tail], dtype=np.float32)[:, None]
    mixed[: len(tail)] = to_unit(seen * vectors[[place[word] for word in tail]] + _PRIOR * mixed[: len(tail)])
    vectors = _join(np.concatenate([vectors[: len(own)], mixed]), wide.look_up([*own, *sharing]), width)
    centres, nearest = _cluster(vectors[len(own) :], shared)
    rows = [*range(len(own)), *(len(own) + centre for centre in nearest)]
    return WordVectors([*own, *sharing], rows, np.concatenate([vectors[: len(own)], centres]))


def read_lines(texts: Iterable[str]) -> list[str]:
    """Return the lines of documents that are long enough to have contexts."""
    return [line for text in texts for line in text.split("\n") if len(line) > 20]

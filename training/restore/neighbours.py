"""Costs of pairs and triples of neighbours, smoothed with absolute discounting (Ney, Essen and Kneser 1994).

Order: single pieces by the number of their contexts, as in Kneser and Ney 1995 → pairs, those that gain most over what
remains without them → splits of what is one word made less probable → triples, likewise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasks.normalize.pieces import UNKNOWNS
from training.restore.vocabulary import BORROWED_COST

_DISCOUNT = 0.75
_BLEND = 2.0  # weight of the other way of joining in the counts of single pieces
_WAY_STRENGTH = 2.0  # of the overall share of joined pieces in a context's own
_SPLIT_FORCE = 0.8  # power of the odds by which a split of what is one word is discouraged
_SPLIT_RISK = 1e-3  # share of the word's own probability from which a split competes with it

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def context_of(vocabulary: list[str]) -> Ints:
    """Return for every token the token that it is as a context: before words it does not matter how they are joined."""
    tokens = np.arange(2 * len(vocabulary), dtype=np.int64)
    letters = np.array([p.isalpha() or p in UNKNOWNS for p in vocabulary])
    return np.where(np.repeat(letters, 2), tokens | 1, tokens)


class Singles(NamedTuple):
    """What remains where no pair is known.

    Attributes:
        single: Probability of each token, among those joined or those behind a space.
        rest: Share of each context that falls back.
        ways: Probability of joined and of spaced, by context, shape (contexts, 2).
    """

    single: Floats
    rest: Floats
    ways: Floats

    def of(self, behind: Ints, token: Ints) -> Floats:
        """Return the probability of falling back to each token from each context."""
        probabilities: Floats = self.rest[behind] * self.ways[behind, token & 1] * self.single[token]
        return probabilities


def count_pairs(
    vocabulary: list[str], contexts: Ints, stream: Ints, borrowed: dict[str, float], most: int
) -> tuple[Singles, Ints, Floats]:
    """Return what to fall back to, the pairs that are kept (context << 20 | token, sorted) and their probabilities.

    Falling back from a context tells first whether a space follows, then which piece. Pieces that were never joined,
    or never apart, borrow from the other way. Words that the texts lack keep the costs that they came with.
    """
    size = 2 * len(vocabulary)
    keys, pairs = _count((contexts[stream[:-1]] << 20) | stream[1:])
    left, right = keys >> 20, keys & (1 << 20) - 1
    spread = np.bincount(right, minlength=size).astype(np.float64).reshape(-1, 2)
    share_joined = spread.sum(0)[0] / spread.sum()
    overall = spread.sum(1, keepdims=True) * [share_joined, 1 - share_joined]
    blended = spread + _BLEND * overall / np.maximum(overall + spread, 1e-9) + 0.01
    single = (blended / blended.sum(0)).reshape(-1)
    index = {piece: i for i, piece in enumerate(vocabulary)}
    for word, cost in borrowed.items():
        single[2 * index[word]] = np.exp(-cost - BORROWED_COST)
        single[2 * index[word] + 1] = np.exp(-cost)
    ways = np.zeros((size, 2))
    np.add.at(ways, (left, right & 1), 1)  # kinds of pieces, not occurrences: what falls back is what is rare
    ways += _WAY_STRENGTH * ways.sum(0) / ways.sum()
    ways /= ways.sum(1, keepdims=True)

    total = np.bincount(left, weights=pairs, minlength=size)
    share = (pairs - _DISCOUNT) / total[left]
    singles = Singles(single, _left_over(left, share, size), ways)
    below = singles.of(left, right)
    gain = pairs * (np.log(share + below) - np.log(below))
    kept = _most_gainful(gain, pairs, most)
    keys, left, right, share = keys[kept], left[kept], right[kept], share[kept]
    singles = singles._replace(rest=_left_over(left, share, size))
    return singles, keys, share + singles.of(left, right)


def discourage_splits(
    vocabulary: list[str],
    keys: Ints,
    pair_prob: Floats,
    singles: Singles,
    occurrences: Ints,
) -> tuple[Ints, Floats]:
    """Make pairs of words less probable that are more often written as one word: air space, a lone.

    A context that leads to the first word says little about whether the two are one, so the model by itself splits too
    many. Pairs that are not among the kept ones are added where the split would compete with the whole.

    Args:
        vocabulary: The pieces.
        keys: The kept pairs, sorted.
        pair_prob: Their probabilities.
        singles: What to fall back to.
        occurrences: Of each token, by token.

    Returns:
        Pairs and probabilities, sorted by pair.
    """
    index = {piece: i for i, piece in enumerate(vocabulary)}
    total = occurrences.sum()
    place = {key: i for i, key in enumerate(keys.tolist())}
    pair_prob = pair_prob.copy()
    added: dict[int, float] = {}
    for number, word in enumerate(vocabulary):
        times = occurrences[2 * number] + occurrences[2 * number + 1]
        if not word.isalpha() or len(word) < 4 or times < 2:
            continue
        for cut in range(1, len(word)):
            first, second = index.get(word[:cut]), index.get(word[cut:])
            if first is None or second is None or word[cut].isupper():
                continue
            behind, token = 2 * first + 1, 2 * second + 1
            key = (behind << 20) | token
            at = place.get(key)
            fallback = singles.rest[behind] * singles.ways[behind, 1] * singles.single[token]
            probability = fallback if at is None else pair_prob[at]
            apart = probability * (occurrences[behind] + occurrences[behind - 1])
            ratio = times / (apart + 0.5)
            if ratio <= 1 or probability * singles.single[behind] * total < _SPLIT_RISK * times:
                continue
            discouraged = probability * ratio**-_SPLIT_FORCE
            if at is None:
                added[key] = discouraged
            else:
                pair_prob[at] = discouraged
    keys = np.concatenate((keys, np.array(list(added), dtype=np.int64)))
    pair_prob = np.concatenate((pair_prob, np.array(list(added.values()))))
    order = np.argsort(keys, kind="stable")
    return keys[order], pair_prob[order]


def count_triples(
    contexts: Ints, stream: Ints, singles: Singles, keys: Ints, pair_prob: Floats, most: int
) -> tuple[Floats, Ints, Floats]:
    """Return what of each pair falls back (1: no triples), the kept triples (pair << 20 | token) and their chances."""

    def find(behind: Ints, token: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        wanted = (behind << 20) | token
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return at, keys[at] == wanted

    pair_at, known = find(contexts[stream[:-2]], stream[1:-1])
    triple_keys, triples = _count((pair_at[known] << 20) | stream[2:][known])
    pair, last = triple_keys >> 20, triple_keys & (1 << 20) - 1
    middle = contexts[keys[pair] & (1 << 20) - 1]
    at, known = find(middle, last)
    lower = np.where(known, pair_prob[at], singles.of(middle, last))
    total = np.bincount(pair, weights=triples, minlength=len(keys))
    share = (triples - _DISCOUNT) / total[pair]
    backoff = _left_over(pair, share, len(keys))
    gain = triples * (np.log(share + backoff[pair] * lower) - np.log(lower))
    kept = _most_gainful(gain, triples, most)
    pair, last, share, lower = pair[kept], last[kept], share[kept], lower[kept]
    backoff = _left_over(pair, share, len(keys))
    return backoff, (keys[pair] << 20) | last, share + backoff[pair] * lower


def _count(keys: Ints) -> tuple[Ints, Ints]:
    """Return the distinct keys, sorted, and how often each occurs. Sorts in place."""
    keys.sort()
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.diff(np.concatenate((starts, [len(keys)])))


def _left_over(context: Ints, share: Floats, size: int) -> Floats:
    """Return what the shares of each context leave."""
    left: Floats = np.clip(1 - np.bincount(context, weights=share, minlength=size), 1e-6, 1)
    return left


def _most_gainful(gain: Floats, times: Ints, most: int) -> Ints:
    """Return the places, ascending, of what occurs more than once and gains most, at most so many."""
    gain = np.where(times > 1, gain, -np.inf)
    kept = np.sort(np.argsort(-gain, kind="stable")[:most])
    return kept[gain[kept] > 0]

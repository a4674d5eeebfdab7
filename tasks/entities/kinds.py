"""Second thoughts on what a name names, once the whole name is known: a person, a body, a place or none of these.

The recogniser decides on a label at a name's first word and sees three words on either side of it. A logistic
regression with four outcomes weighs the whole name and what stands around it: its words, their ends, its shape, the
words before and after, and the vectors of all these. The recogniser's own label has a head start, and so has `none`,
since the examples hold fewer of these than text does. Where the regression is surer of another, the name becomes a
PERSON, an ORG or a GPE, or is given up. Names with other labels stay as they are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.vocab import Vocab

from tasks.compiled import compiled
from tasks.entities.decode import Found
from tasks.entities.vectors import words_of
from tasks.errors import ConfigError

FILE = "kinds.npy"
KINDS = {"PERSON": 0, "ORG": 1, "UNIT": 1, "GPE": 2, "LOC": 2, "FAC": 2}
NEITHER = 3  # a title, a film, a people: neither person nor body nor place

_DOUBTED = {"PERSON", "ORG", "GPE", "LOC"}
_LABELS = ("PERSON", "ORG", "GPE")
_BUCKETS = 2**15  # of hashed traits
_PARTS = 5  # first word, last word, the name, before, after: a vector each
_SCALE = 3.0  # of vectors beside traits, which count 1
_HEAD_START = 1.0  # of the recogniser's label, log odds
_HEAD_START_OF_NEITHER = 1.5
_AROUND = 60  # characters that are looked at on either side
_RATE = 0.03
_DECAY = 1e-4  # of weights, an example
_EPOCHS = 8

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]


class Example(NamedTuple):
    """A name in its line, and what it names: a value of KINDS, or NEITHER."""

    text: str
    start: int
    end: int
    kind: int


def _shape(name: str) -> str:
    return re.sub(r"\d+", "d", re.sub(r"[^\W\d_]+", lambda hit: "X" if hit.group().isupper() else "x", name))


def _traits(name: list[str], before: list[str], after: list[str], shape: str) -> list[str]:
    words = [word.casefold() for word in name]
    traits = [f"{min(len(words), 5)} words", f"first {words[0]}", f"last {words[-1]}", f"like {shape[:12]}"]
    traits += [f"first -{words[0][-3:]}", f"last -{words[-1][-3:]}", f"last -{words[-1][-2:]}"]
    traits += [f"has {word}" for word in words]
    traits += [f"{i} before {word.casefold()}" for i, word in enumerate(reversed(before[-2:]))]
    traits += [f"{i} after {word.casefold()}" for i, word in enumerate(after[:2])]
    if before:
        traits.append(f"after a capital {before[-1][0].isupper()}")
    return traits


class _Reader:
    """Turns names in lines into traits and vectors."""

    def __init__(self, vocab: Vocab) -> None:
        self._strings, self._rows = vocab.strings, vocab.vectors.key2row
        self._vectors: Floats = vocab.vectors.data
        self.width: int = vocab.vectors.shape[1]

    def _mean(self, words: list[str], out: Floats) -> None:
        rows = [row for word in words if (row := self._rows.get(self._strings[word], -1)) >= 0]
        if rows:
            out[:] = self._vectors[rows[0]] if len(rows) == 1 else self._vectors[rows].mean(axis=0)

    def read(self, text: str, start: int, end: int) -> tuple[list[int], Floats]:
        """Return the buckets of a name's traits, and its vectors in one row."""
        name = words_of(text[start:end]) or ["-"]
        before, after = words_of(text[max(0, start - _AROUND) : start])[-3:], words_of(text[end : end + _AROUND])[:3]
        traits = _traits(name, before, after, _shape(text[start:end]))
        vectors = np.zeros((_PARTS, self.width), np.float32)
        for out, words in zip(vectors, (name[:1], name[-1:], name, before, after), strict=True):
            self._mean(words, out)
        return [crc32(trait.encode()) % _BUCKETS for trait in traits], vectors.ravel() * _SCALE


@compiled
def _descend(
    buckets: Places,
    bounds: npt.NDArray[np.int64],
    vectors: Floats,
    kinds: Places,
    order: npt.NDArray[np.int64],
    weights: Floats,
    slopes: Floats,
    rate: float,
    decay: float,
) -> None:
    """Go through the examples once, each a step against the slope of its loss (AdaGrad).

    Shapes: buckets of all examples, `bounds` where each one's start [n + 1]; vectors [n, values]; weights and the sums
    of squared slopes [buckets + values, kinds].
    """
    n_values, n_kinds = vectors.shape[1], weights.shape[1]
    first = weights.shape[0] - n_values
    for i in order:
        scores = np.zeros(n_kinds, np.float32)
        for at in range(bounds[i], bounds[i + 1]):
            scores += weights[buckets[at]]
        for value in range(n_values):
            scores += vectors[i, value] * weights[first + value]
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        chances[kinds[i]] -= 1
        for at in range(bounds[i], bounds[i + 1]):
            row = buckets[at]
            for kind in range(n_kinds):
                slope = chances[kind] + decay * weights[row, kind]
                slopes[row, kind] += slope * slope
                weights[row, kind] -= rate * slope / np.sqrt(slopes[row, kind])
        for value in range(n_values):
            row = first + value
            for kind in range(n_kinds):
                slope = chances[kind] * vectors[i, value] + decay * weights[row, kind]
                slopes[row, kind] += slope * slope
                weights[row, kind] -= rate * slope / np.sqrt(slopes[row, kind])


def learn_kinds(examples: Sequence[Example], vocab: Vocab, seed: int) -> Floats:
    """Learn to tell people, bodies, places and what is neither.

    Args:
        examples: Names in their lines.
        vocab: Holds the word vectors.
        seed: Of the order.

    Returns:
        Weights, [hashed traits, then values of the vectors; kinds].
    """
    reader = _Reader(vocab)
    read = [reader.read(example.text, example.start, example.end) for example in examples]
    bounds = np.cumsum([0, *(len(buckets) for buckets, _ in read)])
    buckets = np.array([bucket for buckets, _ in read for bucket in buckets], np.int32)
    vectors = np.array([values for _, values in read], np.float32).reshape(len(read), _PARTS * reader.width)
    kinds = np.array([example.kind for example in examples], np.int32)
    weights = np.zeros((_BUCKETS + vectors.shape[1], NEITHER + 1), np.float32)
    slopes = np.full_like(weights, 1e-3)
    order = list(range(len(examples)))
    rng = random.Random(seed)
    for epoch in range(_EPOCHS):
        rng.shuffle(order)
        rate = _RATE * (1 - epoch / _EPOCHS)
        _descend(buckets, bounds, vectors, kinds, np.array(order, np.int64), weights, slopes, rate, _DECAY)
    return weights


class NameKinds:
    """Tells what names name.

    Args:
        weights: What `learn_kinds` returned for the same vectors.
        vocab: Holds the word vectors.

    Raises:
        ConfigError: The weights do not fit the vectors.
    """

    def __init__(self, weights: Floats, vocab: Vocab) -> None:
        self._reader = _Reader(vocab)
        self._weights = weights
        if weights.shape != (_BUCKETS + _PARTS * self._reader.width, NEITHER + 1):
            raise ConfigError(f"{FILE} of the entity model does not fit its word vectors; train the model again")

    def settle(self, text: str, found: Sequence[Found]) -> list[Found]:
        """Return the names of a text that stand a second look, with the labels that they then have."""
        settled = []
        for start, end, label in found:
            if label in _DOUBTED:
                kind = KINDS[label]
                buckets, vectors = self._reader.read(text, start, end)
                scores = self._weights[buckets].sum(axis=0) + vectors @ self._weights[_BUCKETS:]
                scores[kind] += _HEAD_START
                scores[NEITHER] += _HEAD_START_OF_NEITHER
                best = int(scores.argmax())
                if best == NEITHER:
                    continue
                label = label if best == kind else _LABELS[best]
            settled.append((start, end, label))
        return settled


@cache
def load_kinds(nlp: Language) -> NameKinds | None:
    """Return what lies in the folder that a pipeline was loaded from; None if nothing does, as in other pipelines.

    Raises:
        ConfigError: It cannot be read, or does not fit the pipeline's vectors.
    """
    path = nlp.path / FILE if nlp.path else None
    if path is None or not path.is_file():
        return None
    try:
        weights = np.load(path, allow_pickle=False).astype(np.float32)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); train the model again") from error
    return NameKinds(weights, nlp.vocab)

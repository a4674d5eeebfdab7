"""Learn what tells names of all kinds apart once the whole name is known: models/entities/kinds.npz.

Order: names in their lines → what a run sees of them (tasks/entities/kinds.py) → weights of traits by AdaGrad, those of
the network and of the vectors by Adam, both at a rate that falls to nothing → half precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from spacy.vocab import Vocab

from tasks.entities.kinds import FILE, NEITHER, NameReader, Weights, shapes_of

_KEPT = 0.5  # share of the network's units that an example is learnt with
_BATCH = 64  # examples
_EPOCHS = 8
_RATE = 0.002  # of the network (Adam)
_TRAIT_RATE = 0.03  # of weights of traits (AdaGrad)
_DECAY, _TRAIT_DECAY = 1e-3, 1e-4  # of weights
_MOMENTS = (0.9, 0.999)  # of Adam

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


class Example(NamedTuple):
    """A name in its line, and what it names: a value of KINDS, or NEITHER."""

    text: str
    start: int
    end: int
    kind: int


class _Learner:
    """Weights on their way down the slope of the loss."""

    def __init__(self, n_values: int, rng: np.random.Generator) -> None:
        self.weights = Weights(*(np.zeros(shape, np.float32) for shape in shapes_of(n_values)))
        self.weights.hidden[:] = rng.standard_normal(self.weights.hidden.shape) * np.sqrt(2 / n_values)
        self.weights.out[:] = rng.standard_normal(self.weights.out.shape) * 0.05
        self._squares = np.full_like(self.weights.traits, 1e-3)
        self._moments = [(np.zeros_like(array), np.zeros_like(array)) for array in self.weights[1:]]
        self._step = 0

    def _slopes(
        self, names: Places, buckets: Places, vectors: Floats, kinds: Floats, kept: Floats
    ) -> tuple[Floats, list[Floats]]:
        """Return how far the outcomes are off, and the slopes of the network's weights."""
        w, size = self.weights, len(kinds)
        units = np.maximum(vectors @ w.hidden + w.bias, 0) * kept
        scores = vectors @ w.direct + units @ w.out
        np.add.at(scores, names, w.traits[buckets])
        off = np.exp(scores - scores.max(axis=1, keepdims=True))
        off /= off.sum(axis=1, keepdims=True)
        off -= kinds
        below = (off @ w.out.T) * kept * (units > 0)
        return off, [vectors.T @ off / size, vectors.T @ below / size, below.mean(axis=0), units.T @ off / size]

    def descend(
        self,
        names: Places,
        buckets: Places,
        vectors: Floats,
        kinds: Floats,
        kept: Floats,
        rate: float,
    ) -> None:
        """Take a step.

        Args:
            names: For each trait, whose it is.
            buckets: Of the traits.
            vectors: Of the names, [names, values].
            kinds: Ones at what they name, [names, outcomes].
            kept: What the outputs of the units count in this step, [names, units].
            rate: Of the full length of a step.
        """
        off, slopes = self._slopes(names, buckets, vectors, kinds, kept)
        self._step += 1
        first, second = _MOMENTS
        for array, slope, (mean, square) in zip(self.weights[1:], slopes, self._moments, strict=True):
            mean += (1 - first) * (slope - mean)
            square += (1 - second) * (slope * slope - square)
            size = np.sqrt(square / (1 - second**self._step)) + 1e-8
            array -= _RATE * rate * (mean / (1 - first**self._step) / size + _DECAY * array)
        traits = self.weights.traits
        slope = off[names] + _TRAIT_DECAY * traits[buckets]
        np.add.at(self._squares, buckets, slope * slope)
        np.subtract.at(traits, buckets, _TRAIT_RATE * rate * slope / np.sqrt(self._squares[buckets]))


def learn_kinds(examples: Sequence[Example], vocab: Vocab, seed: int) -> Weights:
    """Learn to tell what names name: one of KINDS, or nothing that has such a label.

    Args:
        examples: Names in their lines.
        vocab: Holds the word vectors.
        seed: Of the first weights, the order, and the units that are left out.

    Returns:
        The weights.
    """
    read = NameReader(vocab).read((example.text, example.start, example.end) for example in examples)
    traits = np.split(read.buckets, read.starts[1:])
    kinds = np.eye(NEITHER + 1, dtype=np.float32)[np.array([example.kind for example in examples], np.int64)]
    rng = np.random.default_rng(seed)
    learner = _Learner(read.vectors.shape[1], rng)
    for epoch in range(_EPOCHS):
        order = rng.permutation(len(examples))
        for at in range(0, len(examples), _BATCH):
            batch = order[at : at + _BATCH]
            names = np.repeat(np.arange(len(batch)), [len(traits[i]) for i in batch])
            buckets = np.concatenate([traits[i] for i in batch])
            kept = ((rng.random((len(batch), len(learner.weights.bias))) < _KEPT) / _KEPT).astype(np.float32)
            rate = 1 - (epoch + at / len(examples)) / _EPOCHS
            learner.descend(names, buckets, read.vectors[batch], kinds[batch], kept, rate)
    return learner.weights


def write_kinds(weights: Weights, folder: Path) -> None:
    """Write weights beside a pipeline, in half precision."""
    halves = {name: array.astype(np.float16) for name, array in weights._asdict().items()}
    np.savez(folder / FILE, **halves)

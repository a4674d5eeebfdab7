"""Second thoughts on what a name names, once the whole name is known: a person, a body, a place or none of these.

The recogniser decides on a label at a name's first word and sees three words on either side of it. Here the whole name
and what stands around it are weighed, with four outcomes: its words, their ends, its shape, the words before and after
by a logistic regression, the vectors of all these by a small network beside it. The recogniser's own label has a head
start, and so has `none`, since the examples hold fewer of these than text does. Where another outcome is surer, the
name becomes a PERSON, an ORG or a GPE, or is given up. Names with other labels stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.vocab import Vocab

from tasks.entities.decode import Found
from tasks.entities.vectors import words_of
from tasks.errors import ConfigError
from tasks.labels import ENTITY_LABELS

FILE = "kinds.npz"
_NATURES = ("person", "body", "place")
KINDS = {label.name: _NATURES.index(label.nature) for label in ENTITY_LABELS if label.nature}
NEITHER = len(_NATURES)  # a title, a film, a people: neither person nor body nor place

_DOUBTED = frozenset(label.name for label in ENTITY_LABELS if label.is_doubted)
_LABELS = tuple(next(label.name for label in ENTITY_LABELS if label.nature == nature) for nature in _NATURES)
_BUCKETS = 2**15  # of hashed traits
_PARTS = 5  # first word, last word, the name, before, after: a vector each
_HEAD_START = 1.0  # of the recogniser's label, log odds
_HEAD_START_OF_NEITHER = 1.25
_AROUND = 60  # characters that are looked at on either side
_HIDDEN = 128  # units of the network
_KEPT = 0.5  # share of these that an example is learnt with
_BATCH = 64  # examples
_EPOCHS = 8
_RATE = 0.002  # of the network (Adam)
_TRAIT_RATE = 0.03  # of weights of traits (AdaGrad)
_DECAY, _TRAIT_DECAY = 1e-3, 1e-4  # of weights
_MOMENTS = (0.9, 0.999)  # of Adam
_BLOCK = 2048  # names that are scored at a time

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


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


class _Names(NamedTuple):
    """What is known of some names.

    Attributes:
        buckets: Of their hashed traits, one name's after the other's.
        starts: Where each name's begin.
        vectors: Their vectors and those around them, [names, values].
    """

    buckets: Places
    starts: Places
    vectors: Floats


class _Reader:
    """Turns names in lines into traits and vectors."""

    def __init__(self, vocab: Vocab) -> None:
        self._strings, self._rows = vocab.strings, vocab.vectors.key2row
        self._vectors: Floats = vocab.vectors.data
        self.width: int = vocab.vectors.shape[1]

    def read(self, names: Iterable[tuple[str, int, int]]) -> _Names:
        """Read names, each given by a text and its place there."""
        buckets: list[int] = []
        starts: list[int] = []
        rows: list[int] = []
        sizes: list[int] = []  # rows of each part
        for text, start, end in names:
            name = words_of(text[start:end]) or ["-"]
            before = words_of(text[max(0, start - _AROUND) : start])[-3:]
            after = words_of(text[end : end + _AROUND])[:3]
            starts.append(len(buckets))
            buckets += [
                crc32(trait.encode()) % _BUCKETS for trait in _traits(name, before, after, _shape(text[start:end]))
            ]
            for words in (name[:1], name[-1:], name, before, after):
                known = [row for word in words if (row := self._rows.get(self._strings[word], -1)) >= 0]
                rows += known
                sizes.append(len(known))
        return _Names(np.array(buckets, np.int64), np.array(starts, np.int64), self._means(rows, np.array(sizes)))

    def _means(self, rows: list[int], sizes: Places) -> Floats:
        means = np.zeros((len(sizes), self.width), np.float32)
        used = np.flatnonzero(sizes)
        if len(used):
            ends = np.cumsum(sizes[used])
            means[used] = np.add.reduceat(self._vectors[rows], ends - sizes[used]) / sizes[used, None]
        return means.reshape(-1, _PARTS * self.width)


class Weights(NamedTuple):
    """What was learnt.

    Attributes:
        traits: Of hashed traits, [buckets, outcomes].
        direct: Of the values of the vectors, [values, outcomes].
        hidden: Of these for the units of the network, [values, units].
        bias: Of the units, [units].
        out: Of the units' outputs, [units, outcomes].
    """

    traits: Floats
    direct: Floats
    hidden: Floats
    bias: Floats
    out: Floats

    def score(self, names: _Names) -> Floats:
        """Return the score of each outcome, [names, outcomes]."""
        units = np.maximum(names.vectors @ self.hidden + self.bias, 0)
        traits = np.add.reduceat(self.traits[names.buckets], names.starts)
        scores: Floats = traits + names.vectors @ self.direct + units @ self.out
        return scores


def _shapes(n_values: int) -> list[tuple[int, ...]]:
    n_kinds = NEITHER + 1
    return [(_BUCKETS, n_kinds), (n_values, n_kinds), (n_values, _HIDDEN), (_HIDDEN,), (_HIDDEN, n_kinds)]


class _Learner:
    """Weights on their way down the slope of the loss."""

    def __init__(self, n_values: int, rng: np.random.Generator) -> None:
        self.weights = Weights(*(np.zeros(shape, np.float32) for shape in _shapes(n_values)))
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
    """Learn to tell people, bodies, places and what is neither.

    Args:
        examples: Names in their lines.
        vocab: Holds the word vectors.
        seed: Of the first weights, the order, and the units that are left out.

    Returns:
        The weights.
    """
    read = _Reader(vocab).read((example.text, example.start, example.end) for example in examples)
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
            kept = ((rng.random((len(batch), _HIDDEN)) < _KEPT) / _KEPT).astype(np.float32)
            rate = 1 - (epoch + at / len(examples)) / _EPOCHS
            learner.descend(names, buckets, read.vectors[batch], kinds[batch], kept, rate)
    return learner.weights


class NameKinds:
    """Tells what names name.

    Args:
        weights: What `learn_kinds` returned for the same vectors.
        vocab: Holds the word vectors.

    Raises:
        ConfigError: The weights do not fit the vectors.
    """

    def __init__(self, weights: Weights, vocab: Vocab) -> None:
        self._reader = _Reader(vocab)
        self._weights = weights
        if [array.shape for array in weights] != _shapes(_PARTS * self._reader.width):
            raise ConfigError(f"{FILE} of the entity model does not fit its word vectors; train the model again")

    def settle(self, texts: Sequence[str], found: Sequence[Sequence[Found]]) -> list[list[Found]]:
        """Return, of each text, the names that stand a second look, with the labels that they then have."""
        doubted = [(i, n) for i, names in enumerate(found) for n, (*_, label) in enumerate(names) if label in _DOUBTED]
        settled: list[list[Found | None]] = [list(names) for names in found]
        for at in range(0, len(doubted), _BLOCK):
            block = doubted[at : at + _BLOCK]
            scores = self._weights.score(self._reader.read((texts[i], *found[i][n][:2]) for i, n in block))
            kinds = [KINDS[found[i][n][2]] for i, n in block]
            scores[np.arange(len(block)), kinds] += _HEAD_START
            scores[:, NEITHER] += _HEAD_START_OF_NEITHER
            for (i, n), kind, best in zip(block, kinds, scores.argmax(axis=1).tolist(), strict=True):
                if best != kind:
                    settled[i][n] = None if best == NEITHER else (*found[i][n][:2], _LABELS[best])
        return [[name for name in names if name is not None] for names in settled]


def write_kinds(weights: Weights, folder: Path) -> None:
    """Write weights beside a pipeline, in half precision."""
    halves = {name: array.astype(np.float16) for name, array in weights._asdict().items()}
    np.savez(folder / FILE, **halves)


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
        with np.load(path, allow_pickle=False) as stored:
            weights = Weights(*(stored[name].astype(np.float32) for name in Weights._fields))
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); train the model again") from error
    return NameKinds(weights, nlp.vocab)

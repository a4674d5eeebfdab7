"""Second thoughts on what a name names, once the whole name is known: a person, a body, a place, a ship or no name.

The recogniser decides on a label at a name's first word and sees three words on either side of it. Here the whole name
and what stands around it are weighed, with an outcome for each label that may be doubted and one for `none`: its words,
their ends, its shape, the words before and after by a logistic regression, the vectors of all these by a small network
beside it. The recogniser's own label has a head start, and so has `none`, since the examples hold fewer of these than
text does. Where another outcome is surer, the name takes its label, or is given up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.vocab import Vocab

from tasks.entities.decode import Found
from tasks.entities.encode import multiply
from tasks.errors import ConfigError
from tasks.labels import ENTITY_LABELS

FILE = "kinds.npz"
_LABELS = tuple(label.name for label in ENTITY_LABELS if label.is_doubted)
KINDS = {label: i for i, label in enumerate(_LABELS)}
NEITHER = len(KINDS)  # a title, a film, a people: nothing that has one of these labels
_BUCKETS = 2**15  # of hashed traits
_PARTS = 5  # first word, last word, the name, before, after: a vector each
_HEAD_START = 1.0  # of the recogniser's label, log odds
_HEAD_START_OF_NEITHER = 1.25
_AROUND = 60  # characters that are looked at on either side
_HIDDEN = 128  # units of the network
_BLOCK = 2048  # names that are scored at a time
_REMEMBERED = 20_000  # names whose words and traits are kept
_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|['’]s\b|\w+|[^\w\s]")

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


def words_of(line: str) -> list[str]:
    """Cut a line about as spaCy's tokenizer does.

    Example:
        >>> words_of("The U.S. Navy's ship, F-35B.")
        ['The', 'U.S.', 'Navy', "'s", 'ship', ',', 'F', '-', '35B', '.']
    """
    return _TOKEN.findall(line)


def _shape(name: str) -> str:
    return re.sub(r"\d+", "d", re.sub(r"[^\W\d_]+", lambda hit: "X" if hit.group().isupper() else "x", name))


def _hash(traits: Iterable[str]) -> list[int]:
    return [crc32(trait.encode()) % _BUCKETS for trait in traits]


@lru_cache(maxsize=_REMEMBERED)
def _read_name(name: str) -> tuple[list[str], list[int]]:
    """Return the words of a name and the buckets of its own traits."""
    found = words_of(name) or ["-"]
    words = [word.casefold() for word in found]
    traits = [f"{min(len(words), 5)} words", f"first {words[0]}", f"last {words[-1]}", f"like {_shape(name)[:12]}"]
    traits += [f"first -{words[0][-3:]}", f"last -{words[-1][-3:]}", f"last -{words[-1][-2:]}"]
    traits += [f"has {word}" for word in words]
    return found, _hash(traits)


def _traits_around(before: list[str], after: list[str]) -> list[str]:
    traits = [f"{i} before {word.casefold()}" for i, word in enumerate(reversed(before[-2:]))]
    traits += [f"{i} after {word.casefold()}" for i, word in enumerate(after[:2])]
    if before:
        traits.append(f"after a capital {before[-1][0].isupper()}")
    return traits


class NameFeatures(NamedTuple):
    """What is known of some names.

    Attributes:
        buckets: Of their hashed traits, one name's after the other's.
        starts: Where each name's begin.
        vectors: Their vectors and those around them, [names, values].
    """

    buckets: Places
    starts: Places
    vectors: Floats


class NameReader:
    """Turns names in lines into traits and vectors."""

    def __init__(self, vocab: Vocab) -> None:
        self._strings, self._rows = vocab.strings, vocab.vectors.key2row
        self._vectors: Floats = vocab.vectors.data
        self.width: int = vocab.vectors.shape[1]

    def read(self, names: Iterable[tuple[str, int, int]]) -> NameFeatures:
        """Read names, each given by a text and its place there."""
        buckets: list[int] = []
        starts: list[int] = []
        rows: list[int] = []
        sizes: list[int] = []  # rows of each part
        for text, start, end in names:
            name, own = _read_name(text[start:end])
            before = words_of(text[max(0, start - _AROUND) : start])[-3:]
            after = words_of(text[end : end + _AROUND])[:3]
            starts.append(len(buckets))
            buckets += own
            buckets += _hash(_traits_around(before, after))
            for words in (name[:1], name[-1:], name, before, after):
                known = [row for word in words if (row := self._rows.get(self._strings[word], -1)) >= 0]
                rows += known
                sizes.append(len(known))
        return NameFeatures(np.array(buckets, np.int64), np.array(starts, np.int64), self._means(rows, np.array(sizes)))

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

    def score(self, names: NameFeatures) -> Floats:
        """Return the score of each outcome, [names, outcomes]."""
        units = np.maximum(multiply(names.vectors, self.hidden) + self.bias, 0)
        traits = np.add.reduceat(self.traits[names.buckets], names.starts)
        scores: Floats = traits + multiply(names.vectors, self.direct) + multiply(units, self.out)
        return scores


def shapes_of(n_values: int) -> list[tuple[int, ...]]:
    """Return the shapes of Weights for names with so many values of vectors, in the order of its fields."""
    n_kinds = NEITHER + 1
    return [(_BUCKETS, n_kinds), (n_values, n_kinds), (n_values, _HIDDEN), (_HIDDEN,), (_HIDDEN, n_kinds)]


class NameKinds:
    """Tells what names name.

    Args:
        weights: What training/entities/kinds.py learnt for the same vectors.
        vocab: Holds the word vectors.

    Raises:
        ConfigError: The weights do not fit the vectors.
    """

    def __init__(self, weights: Weights, vocab: Vocab) -> None:
        self._reader = NameReader(vocab)
        self._weights = weights
        if [array.shape for array in weights] != shapes_of(_PARTS * self._reader.width):
            raise ConfigError(f"{FILE} of the entity model does not fit its word vectors; train the model again")

    def settle(self, texts: Sequence[str], found: Sequence[Sequence[Found]]) -> list[list[Found]]:
        """Return, of each text, the names that stand a second look, with the labels that they then have."""
        doubted = [(i, n) for i, names in enumerate(found) for n, (*_, label) in enumerate(names) if label in KINDS]
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

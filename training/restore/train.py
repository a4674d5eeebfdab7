"""Learn the restoration's language resource from spaced text.

Order: cut the texts into pieces → choose the vocabulary → count pairs and triples of neighbours → learn how unknown
words are spelt → write arrays. The same files give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tasks.normalize.kernel import (
    BACKOFF_STEP,
    COST_STEP,
    NO_TRIPLES,
    PAIR_BITS,
    PAIR_MASK,
    PAIR_STEP,
    SPELLING_STEP,
    fill_table,
)
from tasks.normalize.model import VOCABULARY
from tasks.normalize.pieces import BOUNDARY
from training.data import find_data
from training.recipes import read_recipe
from training.restore.neighbours import context_of, count_pairs, count_triples, discourage_splits
from training.restore.recipe import Recipe
from training.restore.spelling import rare_words, spell_costs
from training.restore.texts import Numbering, read_names, read_stream
from training.restore.vocabulary import choose_vocabulary, open_lists

_LOAD = 0.8  # of the hash tables

Floats = npt.NDArray[np.float64]


def build(data: Path, out: Path, recipe: str) -> None:
    """Learn what a recipe names: see `train_restore`."""
    train_restore(data, out, read_recipe(Recipe, recipe))


def train_restore(data: Path, out: Path, recipe: Recipe) -> None:
    """Learn what the recipe names and write the resource.

    Args:
        data: The folder that holds what the recipe names.
        out: Folder to write vocabulary.txt and the arrays to.
        recipe: What to learn from.

    Raises:
        ConfigError: The open lists that the recipe names are not installed.
        InputError: A file that the recipe names is not under `data`.
    """
    lists = open_lists(recipe.words)
    for pattern in (*(texts.path for texts in recipe.texts), *(names.path for names in recipe.names)):
        find_data(data, pattern)
    numbering = Numbering()
    names = read_names(data, recipe.names)
    raw = read_stream(data, recipe, numbering)
    counts = np.bincount(raw, minlength=len(numbering))
    vocabulary, tokens, borrowed = choose_vocabulary(numbering, raw, counts, names, lists, recipe.min_count)
    contexts = context_of(vocabulary)
    stream = tokens[raw]
    occurrences = np.bincount(stream, minlength=2 * len(vocabulary))
    singles, keys, pair_prob = count_pairs(vocabulary, contexts, stream, borrowed, recipe.pairs)
    keys, pair_prob = discourage_splits(vocabulary, keys, pair_prob, singles, occurrences)
    backoff, triple_keys, triple_prob = count_triples(contexts, stream, singles, keys, pair_prob, recipe.triples)

    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.npy"):
        old.unlink()
    lines = "".join(f"{'<end>' if piece == BOUNDARY else piece}\n" for piece in vocabulary)
    (out / VOCABULARY).write_text(lines, "utf-8")
    np.save(out / "single.npy", _levels(-np.log(singles.single), COST_STEP))
    np.save(out / "rest.npy", _levels(-np.log(singles.rest[:, None] * singles.ways), COST_STEP))
    np.save(out / "spelling.npy", _levels(spell_costs(rare_words(numbering, counts, names)), SPELLING_STEP))
    levels = np.minimum(_levels(-np.log(np.maximum(backoff, 1e-6)), BACKOFF_STEP), NO_TRIPLES - 1)
    levels = np.where(backoff < 1, levels, NO_TRIPLES).astype(np.uint16)
    values = _steps(pair_prob, PAIR_STEP, PAIR_MASK) | levels << np.uint16(PAIR_BITS)
    np.save(out / "pairs.npy", fill_table(keys, values, int(len(keys) / _LOAD)))
    triple_values = _steps(triple_prob, COST_STEP, 255)
    np.save(out / "triples.npy", fill_table(triple_keys, triple_values, int(len(triple_keys) / _LOAD)))


def _levels(costs: Floats, step: float) -> npt.NDArray[np.uint8]:
    levels: npt.NDArray[np.uint8] = np.clip(np.rint(costs / step), 0, 255).astype(np.uint8)
    return levels


def _steps(probabilities: Floats, step: float, most: int) -> npt.NDArray[np.uint16]:
    steps: npt.NDArray[np.uint16] = np.clip(np.rint(-np.log(probabilities) / step), 1, most).astype(np.uint16)
    return steps

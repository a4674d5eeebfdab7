"""Build models/ from annotated data: the flows behind `communique train`."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from prefect import flow

from flows.runner import end_with
from tasks.edits import apply_edits
from tasks.entities.training import read_recipe, train_model
from tasks.normalize.restore import restore_paragraphs
from tasks.normalize.train import read_recipe as read_restore_recipe
from tasks.normalize.train import train_restore as learn_costs
from tasks.quotes.lexicon import load_lexicon
from tasks.quotes.training import read_recipe as read_quotes_recipe
from tasks.quotes.training import train_model as learn_attributions
from tasks.resources import find_resource, resource_root
from tasks.settings import load_settings


def _restore(glued: str) -> str:
    return apply_edits(glued, restore_paragraphs([glued], repair_quotes=False)[0].edits)


@flow(name="train-entities", log_prints=True)
def train_entities(data: Path, out: Path | None = None, recipe: str = "entities.toml") -> Path:
    """Train the entity model, on restored lines too: models/restore puts their spaces back.

    In a process of its own: spaCy orders its examples by the random numbers of the process, and Prefect's threads draw
    from these at any time.

    Args:
        data: The folder that holds the corpora that the recipe names, text/ and gazetteer/.
        out: Where the model goes; without it, models/entities.
        recipe: A recipe under config/training, or a path.

    Returns:
        The folder with the model.
    """
    target = out or resource_root() / "models" / "entities"
    with (
        tempfile.TemporaryDirectory(prefix="communique-train-") as work,
        ProcessPoolExecutor(1, get_context("spawn"), end_with, (os.getpid(),)) as alone,
    ):
        return alone.submit(train_model, data, target, Path(work), read_recipe(recipe), _restore).result()


@flow(name="train-quotes", log_prints=True)
def train_quotes(data: Path, out: Path | None = None, recipe: str = "quotes.toml") -> Path:
    """Train the model of attributions.

    Args:
        data: The folder that holds the corpora and texts that the recipe names.
        out: Where the model goes; without it, models/quotes.
        recipe: A recipe under config/training, or a path.

    Returns:
        The folder with the model.
    """
    target = out or resource_root() / "models" / "quotes"
    lexicon = load_lexicon(find_resource(load_settings().quotes.cues, "config/lexicons"))
    return learn_attributions(data, target, read_quotes_recipe(recipe), lexicon)


@flow(name="train-restore", log_prints=True)
def train_restore(data: Path, out: Path | None = None, recipe: str = "restore.toml") -> Path:
    """Learn the restoration's language resource.

    Args:
        data: The folder that holds what the recipe names.
        out: Where the resource goes; without it, models/restore.
        recipe: A recipe under config/training, or a path.

    Returns:
        The folder with the resource.
    """
    target = out or resource_root() / "models" / "restore"
    learn_costs(data, target, read_restore_recipe(recipe))
    return target

"""Build models/ from annotated data: the flows behind `communique train`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from prefect import flow

from tasks.edits import apply_edits
from tasks.entities.training import read_recipe, train_model
from tasks.normalize.restore import restore_spaces
from tasks.normalize.train import train_restore as learn_costs
from tasks.resources import resource_root


def _restore(glued: str) -> str:
    return apply_edits(glued, restore_spaces(glued, repair_quotes=False).edits)


@flow(name="train-entities", log_prints=True)
def train_entities(data: Path, out: Path | None = None, recipe: str = "entities.toml") -> Path:
    """Train the entity model, on restored lines too: models/restore puts their spaces back.

    Args:
        data: The folder that holds the corpora that the recipe names, text/ and gazetteer/.
        out: Where the model goes; without it, models/entities.
        recipe: A recipe under config/training, or a path.

    Returns:
        The folder with the model.
    """
    target = out or resource_root() / "models" / "entities"
    with tempfile.TemporaryDirectory(prefix="communique-train-") as work:
        return train_model(data, target, Path(work), read_recipe(recipe), _restore)


@flow(name="train-restore", log_prints=True)
def train_restore(data: Path, out: Path | None = None) -> Path:
    """Learn the restoration's language resource.

    Args:
        data: The folder that holds text/*.parquet (columns split, text); only rows whose split is `train` are read.
        out: Where the resource goes; without it, models/restore.

    Returns:
        The folder with the resource.
    """
    target = out or resource_root() / "models" / "restore"
    learn_costs(data / "text", target)
    return target

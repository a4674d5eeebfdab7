"""The flow behind `communique train`: the only module here that knows Prefect."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from prefect import flow

from tasks.lifetime import end_with
from training.registry import TRAININGS, build


@flow(name="train", validate_parameters=False)
def train_flow(model: str, data: Path, out: Path, recipe: str | None) -> None:
    """Build a model or lexicons in a process of its own.

    What learns orders its examples by the random numbers of the process, and Prefect's threads draw from these at any
    time.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _start, (os.getpid(),)) as alone:
        alone.submit(build, model, data, out, recipe).result()


def _start(parent: int) -> None:
    end_with(parent)
    sys.stdout = sys.stderr  # progress is no result


def train(model: str, data: Path, out: Path | None = None, recipe: str | None = None) -> Path:
    """Build a model or lexicons, as a flow of its own name.

    Args:
        model: A key of TRAININGS.
        data: The folder that holds what it is learned from.
        out: Where it goes; without it, where the program reads it.
        recipe: A recipe under config/training, or a path; without it, its own.

    Returns:
        The folder with the result.
    """
    folder = TRAININGS[model].folder(out)
    train_flow.with_options(name=f"train-{model}")(model, data, folder, recipe)
    return folder

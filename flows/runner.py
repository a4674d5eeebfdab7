"""Where tasks run: worker processes or threads, as config says."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from tasks.settings import EntitySettings, RunSettings

_WATCH_S = 0.5


def count_workers(settings: RunSettings) -> int:
    """Return how many batches are worked on at a time."""
    return settings.workers or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def make_runner(settings: RunSettings, entities: EntitySettings) -> TaskRunner[Any]:
    """Return the task runner that config names; `auto` is processes on more than one worker, else a thread."""
    workers = count_workers(settings)
    if settings.runner == "processes" or (settings.runner == "auto" and workers > 1):
        return ProcessPoolTaskRunner(
            max_workers=workers, initializer=start_worker, initargs=(os.getpid(), children_of(os.getpid()), entities)
        )
    return ThreadPoolTaskRunner(max_workers=workers)


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started and that still run; none where /proc does not tell."""
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return [int(pid) for children in lists for pid in children.read_text().split()]


def start_worker(parent: int, helpers: list[int], entities: EntitySettings) -> None:
    """Prepare a worker process: one thread for its arithmetic, the model in memory, an end with its parent.

    Args:
        parent: The process that started it. A worker must not outlive it: what it publishes would race the next run's.
        helpers: What the parent has started before: the server of a run without one. It must not outlive it either.
        entities: Names the model.
    """
    threading.Thread(target=_end_with, args=(parent, helpers), daemon=True).start()
    from tasks.entities.model import load_pipeline

    load_pipeline(entities)


def _end_with(parent: int, helpers: list[int]) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    for pid in helpers:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
    os._exit(1)

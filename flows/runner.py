"""Where tasks run: worker processes, threads or the workers of a cluster, as config says."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from importlib import import_module
from multiprocessing import active_children
from types import ModuleType
from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from flows.environment import shown_logs
from tasks.errors import ConfigError
from tasks.lifetime import end_with
from tasks.settings import EntitySettings, RunSettings

_YOUNG = 20_000  # objects made since Python last looked for cycles: stages make many, and next to no cycles
_LITTLE = 2_000_000  # bytes; a worker process takes about 6 CPU seconds to start, in which one reads as much


def count_workers(settings: RunSettings) -> int:
    """Return how many bundles are worked on at a time.

    Raises:
        ClusterFailed: The cluster does not answer.
    """
    if settings.workers:
        return settings.workers
    if settings.runner == "dask":
        threads: int = cluster().count_threads(settings.address)
        return threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def make_runner(settings: RunSettings, entities: EntitySettings, todo_bytes: int) -> TaskRunner[Any]:
    """Return the task runner that config names.

    Args:
        settings: `auto` is processes on more than one worker, but threads for so little to do that processes would
            spend longer on starting than on working.
        entities: The model that processes load as they start.
        todo_bytes: Size of what is read or done again.
    """
    workers = count_workers(settings)
    if settings.runner == "processes" or (settings.runner == "auto" and workers > 1 and todo_bytes > _LITTLE):
        return ProcessPoolTaskRunner(max_workers=workers, initializer=start_worker, initargs=(os.getpid(), entities))
    return ThreadPoolTaskRunner(max_workers=workers)


def start_worker(parent: int, entities: EntitySettings) -> None:
    """Prepare a worker process: one thread for its arithmetic, the model in memory, an end with its parent.

    Args:
        parent: The process that started it. A worker must not outlive it: what it publishes would race the next run's.
        entities: Names the model.
    """
    end_with(parent)
    shown_logs().__enter__()  # for as long as the process lives
    from tasks.entities.model import load_pipeline

    load_pipeline(entities)
    keep_loaded()


def keep_loaded() -> None:
    """Let Python look for cycles less often, and never among what this process had loaded at the first call."""
    if not gc.get_freeze_count():
        gc.freeze()
    gc.set_threshold(_YOUNG)


def cluster() -> ModuleType:
    """Return the module that knows Dask, which is an extra.

    Raises:
        ConfigError: It is not installed.
    """
    try:
        return import_module("flows.cluster")
    except ModuleNotFoundError as error:
        raise ConfigError(f'run.runner = "dask" needs {error.name}: pip install "communique[dask]"') from error


class LazyRunner:
    """A task runner that starts when it is first needed: workers take seconds to start, and often nothing has changed.

    Args:
        make: Makes the runner.
    """

    def __init__(self, make: Callable[[], TaskRunner[Any]]) -> None:
        self._make = make
        self._runner: TaskRunner[Any] | None = None

    def __enter__(self) -> Callable[[], TaskRunner[Any]]:
        return self._get

    def _get(self) -> TaskRunner[Any]:
        if self._runner is None:
            self._runner = self._make().__enter__()
            keep_loaded()
        return self._runner

    def __exit__(self, *error: Any) -> None:
        if self._runner is None:
            return
        # Workers may be interrupted or terminated, too, or have minutes to go: both wait for good.
        if error[0] is not None and not issubclass(error[0], Exception):
            for worker in active_children():
                worker.kill()
        self._runner.__exit__(*error)

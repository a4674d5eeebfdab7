"""Where tasks run: worker processes or threads, as config says."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prefect.client.orchestration import get_client
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from tasks.lifetime import end_with
from tasks.settings import EntitySettings, RunSettings

_SMALL_INPUT = 2_000_000  # bytes; a worker process takes about 6 CPU seconds to start, in which one reads as much
_WATCH = 'while kill -0 "$0" 2>/dev/null; do sleep 1; done; kill "$@" 2>/dev/null'


def count_workers(settings: RunSettings) -> int:
    """Return how many batches are worked on at a time."""
    return settings.workers or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def make_runner(settings: RunSettings, entities: EntitySettings, input_bytes: int) -> TaskRunner[Any]:
    """Return the task runner that config names.

    Args:
        settings: `auto` is processes on more than one worker, but threads for an input so small that processes would
            spend longer on starting than on working.
        entities: The model that processes load as they start.
        input_bytes: Size of the input files.
    """
    workers = count_workers(settings)
    if settings.runner == "processes" or (settings.runner == "auto" and workers > 1 and input_bytes > _SMALL_INPUT):
        return ProcessPoolTaskRunner(max_workers=workers, initializer=start_worker, initargs=(os.getpid(), entities))
    return ThreadPoolTaskRunner(max_workers=workers)


def start_server() -> None:
    """Start Prefect's own server, unless the user names one, deaf to Ctrl-C.

    A terminal sends Ctrl-C to every process of a command. A server that ended with it would leave Prefect asking for it
    again, for minutes, instead of ending. The mask of blocked signals is inherited; what ends the server is SIGTERM.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with get_client(sync_client=True):
            pass
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started and that still run; none where /proc does not tell."""
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return [int(pid) for children in lists for pid in children.read_text().split()]


@contextmanager
def end_helpers_too() -> Iterator[None]:
    """Let the processes that this one has started end with it, even if it is killed: Prefect's own server, say."""
    helpers = [str(pid) for pid in children_of(os.getpid())]
    if not helpers:
        yield
        return
    watcher = subprocess.Popen(["/bin/sh", "-c", _WATCH, str(os.getpid()), *helpers], start_new_session=True)
    try:
        yield
    finally:
        watcher.kill()
        watcher.wait()


def start_worker(parent: int, entities: EntitySettings) -> None:
    """Prepare a worker process: one thread for its arithmetic, the model in memory, an end with its parent.

    Args:
        parent: The process that started it. A worker must not outlive it: what it publishes would race the next run's.
        entities: Names the model.
    """
    end_with(parent)
    from tasks.entities.model import load_pipeline

    load_pipeline(entities)

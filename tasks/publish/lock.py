"""One writer at a time: an advisory lock on a file of the dataset, which the system drops when the process dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tasks.errors import DatasetBusy
from tasks.publish.layout import Layout

_TRIES, _PAUSE_S = 5, 0.1


def is_held(layout: Layout) -> bool:
    """Tell whether somebody holds the dataset for writing."""
    try:
        descriptor = os.open(layout.lock, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def hold_dataset(layout: Layout) -> Iterator[None]:
    """Hold the dataset for writing.

    Raises:
        DatasetBusy: Another process holds it; the message names its process id.
    """
    layout.root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            _lock(descriptor)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            raise DatasetBusy(
                f"{layout.root}: another run (process {holder}) is writing to this dataset; wait until it has finished"
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock; who only looks whether it is locked has it for a moment, which is waited for."""
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_PAUSE_S)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

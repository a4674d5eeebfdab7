"""One writer at a time: an advisory lock on a file of the dataset, which the system drops when the process dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from tasks.errors import DatasetBusy
from tasks.publish.layout import Layout


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
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
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

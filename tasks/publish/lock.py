"""One writer at a time. What a hold is depends on the place: the stores know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tasks.publish.layout import Layout
from tasks.publish.log import append_commit, read_snapshot
from tasks.publish.upgrade import find_manifests


@contextmanager
def hold_dataset(layout: Layout) -> Iterator[None]:
    """Hold the dataset for writing.

    Where it is taken over from somebody who may only be slow, an empty commit comes first: a commit that they have
    under way is refused then, for its number is taken.

    Raises:
        DatasetBusy: Another process holds it; the message names it.
    """
    with layout.store.hold() as is_taken_over:
        if is_taken_over and not find_manifests(layout):
            append_commit(layout, read_snapshot(layout), None)
        yield

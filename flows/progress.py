"""Progress of a run: a bar on a terminal, plain lines elsewhere, an artifact where a Prefect server shows it."""

from __future__ import annotations

import logging
import sys
import time
from types import TracebackType
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

logger = logging.getLogger(__name__)
_EVERY_S = 10.0


class RunProgress:
    """Shows how many bytes of the input have become published batches.

    Args:
        total: Bytes of the input.
    """

    def __init__(self, total: int) -> None:
        self._total = max(total, 1)
        self._done = 0
        self._documents = 0
        self._shown_at = time.monotonic()
        self._bar: Progress | None = None
        self._artifact: UUID | None = None

    def __enter__(self) -> RunProgress:
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            self._bar.start()
            self._task = self._bar.add_task("reading", total=self._total)
        artifact = create_progress_artifact(0.0, key="build-corpus-progress", description="input published")
        self._artifact = artifact if isinstance(artifact, UUID) else None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        if kind is None and self._artifact is not None:
            update_progress_artifact(self._artifact, 100.0)

    def advance(self, done: float, documents: int) -> None:
        """Note that `done` more bytes of the input are published, holding so many documents."""
        self._done += int(done)
        self._documents += documents
        share = min(1.0, self._done / self._total)
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done, description=f"{self._documents:,} documents")
        if time.monotonic() - self._shown_at >= _EVERY_S:
            self._shown_at = time.monotonic()
            if self._bar is None:
                logger.info("%3.0f %% of the input, %s documents", 100 * share, f"{self._documents:,}")
            if self._artifact is not None:
                update_progress_artifact(self._artifact, 100 * share)

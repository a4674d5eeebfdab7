"""Progress of a run: a bar on a terminal, plain lines elsewhere, an artifact where a Prefect server shows it."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

logger = logging.getLogger(__name__)
_EVERY_S = 10.0
_SURE = 0.02  # share of the input from which the time that is left can be guessed


@contextmanager
def show_step(what: str) -> Iterator[None]:
    """Show on a terminal what is being done before there is anything to count."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(what):
        yield


@contextmanager
def _logs_above() -> Iterator[None]:
    """Let warnings appear above a bar, which says itself what is logged at INFO."""
    handlers = [handler for handler in logging.getLogger().handlers if isinstance(handler, logging.StreamHandler)]
    before = [(handler.level, handler.setStream(sys.stderr)) for handler in handlers]  # the bar's, while it stands
    for handler in handlers:
        handler.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for handler, (level, stream) in zip(handlers, before, strict=True):
            handler.setLevel(level)
            if stream is not None:
                handler.setStream(stream)


class RunProgress:
    """Shows how much of the input has been worked on, how fast, and what was refused.

    What there is to do is counted in bytes of text. A file's are known once it is read; until then as many are expected
    for a byte of it as the files before it had, which may have been compressed.

    Args:
        unread: Bytes of the files that are read.
        again: Bytes of text that are worked on again without being read.
    """

    def __init__(self, unread: int, again: int = 0) -> None:
        self._unread = unread
        self._known = again
        self._read_bytes = self._read_text = 0
        self._stage = "ingest"
        self._sent = self._ended = 0
        self._size = self._documents = self._rejects = 0
        self._began_at = self._shown_at = time.monotonic()
        self._stack = ExitStack()
        self._bar: Progress | None = None
        self._artifact: UUID | None = None

    def __enter__(self) -> RunProgress:
        from prefect.artifacts import create_progress_artifact

        if sys.stderr.isatty():
            columns = (BarColumn(20), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}"))
            self._bar = Progress(*columns, console=Console(stderr=True))
            self._stack.enter_context(self._bar)
            self._stack.enter_context(_logs_above())
            self._task = self._bar.add_task(str(self), total=self._total)
        artifact = create_progress_artifact(0.0, key="build-corpus-progress", description="input published")
        self._artifact = artifact if isinstance(artifact, UUID) else None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if kind is None:
            self._update_artifact(1.0)

    def __str__(self) -> str:
        seconds = time.monotonic() - self._began_at
        words = [f"{self._stage}: {self._ended:,} of {self._sent:,} batches", f"{self._documents:,} documents"]
        if self._documents:
            words.append(f"{self._documents / seconds:.1f}/s")
        words.append(f"{self._rejects:,} rejects")
        if _SURE < self._share < 1:
            left = round(seconds / self._share - seconds)
            words.append(f"about {left // 60} min {left % 60} s left")
        return ", ".join(words)

    @property
    def _total(self) -> float:
        expansion = self._read_text / self._read_bytes if self._read_bytes else 1.0
        return max(1.0, self._known + self._unread * expansion)

    @property
    def _share(self) -> float:
        return min(1.0, self._size / self._total)

    def read(self, size: int, text: int) -> None:
        """Note that files were read.

        Args:
            size: Their bytes.
            text: Bytes of raw text in them.
        """
        self._unread -= size
        self._read_bytes += size
        self._read_text += text
        self._known += text

    def skip(self, text: int) -> None:
        """Note that so many bytes of text, which were read, are done already."""
        self._known -= text

    def send(self, batches: int) -> None:
        """Note that batches were read, and are on their way."""
        self._sent += batches
        self._show()

    def await_stage(self, stage: str) -> None:
        """Note what the oldest batches are waited for in."""
        self._stage = stage
        self._show()

    def advance(self, batches: int, size: int, documents: int, rejects: int) -> None:
        """Note that batches are done.

        Args:
            batches: How many.
            size: Bytes of raw text in them.
            documents: Documents.
            rejects: Records refused.
        """
        self._ended += batches
        self._size += size
        self._documents += documents
        self._rejects += rejects
        self._show()

    def _show(self) -> None:
        if self._bar is not None:
            total = self._total
            self._bar.update(self._task, completed=min(self._size, total), total=total, description=str(self))
        if time.monotonic() - self._shown_at >= _EVERY_S:
            self._shown_at = time.monotonic()
            if self._bar is None:
                logger.info("%3.0f %% of the input; %s", 100 * self._share, str(self))
            self._update_artifact(self._share)

    def _update_artifact(self, share: float) -> None:
        from prefect.artifacts import update_progress_artifact

        if self._artifact is not None:
            update_progress_artifact(self._artifact, 100 * share)

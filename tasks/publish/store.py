"""Where a dataset lies: the few operations that its commit rests on, none of them a rename of what is published.

A store holds objects under keys, paths with slashes relative to the dataset. An object is put whole: whoever reads sees
all of it or nothing. A folder is one; objects.py has object storage.
"""

from __future__ import annotations

import fcntl
import io
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from tasks.errors import DatasetBusy, name_file

_LOCK = "_lock"
_TRIES, _PAUSE_S = 5, 0.1


class Store(Protocol):
    """What a dataset needs of the place where it lies."""

    def names(self) -> set[str]:
        """Return the names at the top, of folders and of objects. Raises NotADirectoryError where it is no folder."""

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys under a folder, sorted; nothing if there is none."""

    def read(self, key: str) -> bytes:
        """Return an object. Raises FileNotFoundError."""

    def open(self, key: str) -> io.BufferedReader:
        """Open an object to read it from its start to its end. Raises FileNotFoundError."""

    def size(self, key: str) -> int:
        """Return the bytes of an object. Raises FileNotFoundError."""

    def put(self, key: str, source: Path) -> None:
        """Put a local file, which goes away, under a key, in place of what is there."""

    def write(self, key: str, content: bytes) -> None:
        """Put bytes under a key, in place of what is there."""

    def put_if_absent(self, key: str, content: bytes) -> bool:
        """Put bytes under a key that is free. Returns False, and changes nothing, if it is not."""

    def delete(self, key: str) -> None:
        """Delete an object, if it is there."""

    def locate(self, key: str) -> str:
        """Return the path or address under which Parquet readers find an object."""

    def hold(self) -> AbstractContextManager[bool]:
        """Hold the dataset for writing. Yields whether it was taken over from somebody who may not know.

        Raises DatasetBusy: Another process holds it; the message names it.
        """

    def is_held(self) -> bool:
        """Tell whether somebody holds the dataset for writing."""


class LocalStore:
    """A folder. What is not complete has a name that begins with a dot, and is never listed.

    Args:
        root: The folder. It need not exist.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> set[str]:
        """Return the names at the top, of folders and of objects. Raises NotADirectoryError where it is no folder."""
        return {path.name for path in self._root.iterdir()} if self._root.exists() else set()

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys under a folder, sorted; nothing if there is none."""
        try:
            entries = sorted(os.scandir(self._root / prefix), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            key = f"{prefix}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from self.list(key)
            else:
                yield key

    def read(self, key: str) -> bytes:
        """Return an object. Raises FileNotFoundError."""
        return (self._root / key).read_bytes()

    def open(self, key: str) -> io.BufferedReader:
        """Open an object to read it from its start to its end. Raises FileNotFoundError."""
        return (self._root / key).open("rb")

    def size(self, key: str) -> int:
        """Return the bytes of an object. Raises FileNotFoundError."""
        return (self._root / key).stat().st_size

    def put(self, key: str, source: Path) -> None:
        """Put a local file, which goes away, under a key, in place of what is there."""
        target = self._root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
        _sync_folder(target.parent)

    def write(self, key: str, content: bytes) -> None:
        """Put bytes under a key, in place of what is there."""
        self._write_beside(key, content).replace(self._root / key)
        _sync_folder((self._root / key).parent)

    def put_if_absent(self, key: str, content: bytes) -> bool:
        """Put bytes under a key that is free. Returns False, and changes nothing, if it is not."""
        partial = self._write_beside(key, content)
        try:
            os.link(partial, self._root / key)
        except FileExistsError:
            return False
        finally:
            partial.unlink()
        _sync_folder(partial.parent)
        return True

    def delete(self, key: str) -> None:
        """Delete an object, if it is there."""
        (self._root / key).unlink(missing_ok=True)

    def locate(self, key: str) -> str:
        """Return the path or address under which Parquet readers find an object."""
        return str(self._root / key)

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """Hold the dataset for writing: an advisory lock on a file of it, which the system drops when the process dies.

        Raises:
            DatasetBusy: Another process holds it; the message names its process id.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                _lock(descriptor)
            except BlockingIOError as error:
                holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
                raise DatasetBusy(
                    f"{self._root}: another run (process {holder}) is writing to this dataset;"
                    " wait until it has finished"
                ) from error
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
            yield False
        finally:
            os.close(descriptor)

    def is_held(self) -> bool:
        """Tell whether somebody holds the dataset for writing."""
        try:
            descriptor = os.open(self._root / _LOCK, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _write_beside(self, key: str, content: bytes) -> Path:
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        with name_file(partial), partial.open("wb") as sink:
            sink.write(content)
            sink.flush()
            os.fsync(sink.fileno())
        return partial


def _lock(descriptor: int) -> None:
    """Lock; who only looks whether it is locked has it for a moment, which is waited for."""
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_PAUSE_S)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync_folder(folder: Path) -> None:
    """Let names outlive a loss of power, not only what is under them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

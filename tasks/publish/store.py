"""Where a dataset lies: the few operations that its commit rests on, none of them a rename of what is published.

A store holds objects under keys, paths with slashes relative to the dataset. An object is put whole: whoever reads sees
all of it or nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tasks.errors import name_file


class Store(Protocol):
    """What a dataset needs of the place where it lies."""

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys under a folder, sorted; nothing if there is none."""

    def read(self, key: str) -> bytes:
        """Return an object. Raises FileNotFoundError."""

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


class LocalStore:
    """A folder. What is not complete has a name that begins with a dot, and is never listed.

    Args:
        root: The folder. It need not exist.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

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

    def _write_beside(self, key: str, content: bytes) -> Path:
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        with name_file(partial), partial.open("wb") as sink:
            sink.write(content)
            sink.flush()
            os.fsync(sink.fileno())
        return partial


def _sync_folder(folder: Path) -> None:
    """Let names outlive a loss of power, not only what is under them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

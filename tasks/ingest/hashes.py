"""Content hashes of input files, kept between runs: a run with nothing new must not read gigabytes to learn that.

One SQLite file for each folder of input in the user's cache. It is a cache and no more: where there is no place for it,
where it is damaged or held by another run, files are read again, and nothing else happens.

A hash is taken for a file's content as long as the file has the size, times and inode that it had when it was read; an
object, the size, time and ETag.
Within a tick of the file system's clock a file can be written twice and show the same time, so what was modified less
than two seconds before it was read is not kept (after git's "racily clean" entries: Documentation/technical/racy-git).
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from tasks.objects import Found, is_address
from tasks.resources import cache_folder

logger = logging.getLogger(__name__)

_RACY = timedelta(seconds=2)  # the coarsest clock of a file system in use: FAT's
_BUSY_S = 1.0
_DIGEST_BYTES = 32
_FORM = 1  # of the table; another one is made anew
_TABLE = "CREATE TABLE files (path BLOB PRIMARY KEY, state TEXT NOT NULL, sha256 BLOB NOT NULL) WITHOUT ROWID"


class ContentHashes:
    """The hashes of a folder's files.

    Args:
        database: Where they are kept; None keeps nothing.
        now: When the run began. Whatever is hashed is hashed later.

    Attributes:
        is_damaged: Whether the database turned out not to be one.
    """

    def __init__(self, database: sqlite3.Connection | None, now: datetime) -> None:
        self.is_damaged = False
        self._database = database
        self._latest_ns = int((now - _RACY).timestamp() * 1e9)
        self._fresh: list[tuple[bytes, str, bytes]] = []
        self._n_found = 0

    def find(self, path: str, state: str) -> str | None:
        """Return the hash of a file's content if the file is as it was when it was hashed.

        Args:
            path: Its absolute path, or the address of an object.
            state: `state_of` what the file system says of it, or the service of an object.
        """
        if self._database is None:
            return None
        query = "SELECT state, sha256 FROM files WHERE path = ?"
        try:
            row = self._database.execute(query, [os.fsencode(path)]).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        if row is None or row[0] != state or not isinstance(row[1], bytes) or len(row[1]) != _DIGEST_BYTES:
            return None
        self._n_found += 1
        return row[1].hex()

    def remember(self, path: str, state: str, sha256: str, modified_ns: int = 0) -> None:
        """Keep the hash of a file's content, unless the file was modified just now."""
        if self._database is not None and modified_ns <= self._latest_ns:
            self._fresh.append((os.fsencode(path), state, bytes.fromhex(sha256)))

    def keep(self) -> None:
        """Write what is new, and drop what is gone."""
        if self._database is None:
            return
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", self._fresh)
                [n_kept] = self._database.execute("SELECT count(*) FROM files").fetchone()
                if n_kept > self._n_found + len(self._fresh):
                    paths = self._database.execute("SELECT path FROM files").fetchall()
                    gone = [(p,) for (p,) in paths if not is_address(os.fsdecode(p)) and not os.path.lexists(p)]
                    self._database.executemany("DELETE FROM files WHERE path = ?", gone)
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: sqlite3.Error) -> None:
        logger.debug("no hashes of input files are kept: %s", error)
        self.is_damaged = not isinstance(error, sqlite3.OperationalError)
        self._database = None


@contextmanager
def remembered_hashes(root: str, now: datetime) -> Iterator[ContentHashes]:
    """Open the hashes of a folder's files, and keep what was learned inside.

    Args:
        root: The folder; its path names the file in the cache.
        now: The present time, before any file is hashed.
    """
    path = cache_folder() / "inputs" / f"{hashlib.sha256(os.fsencode(root)).hexdigest()[:16]}.db"
    database = _open(path)
    hashes = ContentHashes(database, now)
    try:
        yield hashes
        hashes.keep()
    finally:
        if database is not None:
            database.close()
        if hashes.is_damaged:
            _remove(path)


def _open(path: Path) -> sqlite3.Connection | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _connect(path)
    except sqlite3.DatabaseError as error:
        if not isinstance(error, sqlite3.OperationalError):  # no database at all
            _remove(path)
        logger.debug("%s: %s", path, error)
    except OSError as error:  # no place for it
        logger.debug("%s: %s", path, error)
    return None


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_BUSY_S)
    try:
        [form] = database.execute("PRAGMA user_version").fetchone()
        if form != _FORM:
            database.execute("DROP TABLE IF EXISTS files")
            database.execute(_TABLE)
            database.execute(f"PRAGMA user_version = {_FORM}")
    except BaseException:
        database.close()
        raise
    return database


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def state_of(found: os.stat_result) -> str:
    """Return in a word what the file system says of a file: another content has another."""
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def state_of_object(found: Found) -> str:
    """Return in a word what the service says of an object."""
    return f"{found.size} {found.modified_ns} {found.etag}"

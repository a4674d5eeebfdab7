"""Copies: exact ones by key, near ones by MinHash (Broder 1997) over word shingles, with an index by bands."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from datasketch import MinHash, MinHashLSH

from tasks.errors import DatasetError

PERMUTATIONS = 64
MIN_WORDS = 30
_SEED, _SCHEME = 1, "affine32"
_LONGEST = 200_000
_WORDS = re.compile(r"\w+")
_FORM = "1"
_TABLES = """
CREATE TABLE IF NOT EXISTS form (value TEXT);
CREATE TABLE IF NOT EXISTS state (value TEXT);
CREATE TABLE IF NOT EXISTS documents (number INTEGER PRIMARY KEY, batch_id TEXT, doc_id TEXT UNIQUE, signature BLOB);
CREATE TABLE IF NOT EXISTS bands (key INTEGER, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS batches ON documents (batch_id);
"""

#: Batches that are published together, and what reads the documents that were kept of them, in order: batch_id,
#: doc_id and signature.
Segment = tuple[Collection[str], Callable[[], Iterable[tuple[str, str, Sequence[int]]]]]


def signature(text: str) -> list[int]:
    """Return the MinHash signature of a text's shingles of three words; empty for a text of fewer than 30 words.

    Example:
        >>> signature("too short"), len(signature(" ".join(map(str, range(40)))))
        ([], 64)
    """
    words = _WORDS.findall(text[:_LONGEST].lower())
    if len(words) < MIN_WORDS:
        return []
    shingles = {
        crc32(" ".join(three).encode("utf-8", "replace")) for three in zip(words, words[1:], words[2:], strict=False)
    }
    sketch = MinHash(PERMUTATIONS, seed=_SEED, hashfunc=int, scheme=_SCHEME)
    sketch.update_batch(sorted(shingles))
    return [int(value) for value in sketch.hashvalues]


class DuplicateIndex:
    """What has been seen so far: an SQLite database, so that it opens at once and is read only as far as needed.

    What is added or removed lasts when `keep` is called. The index of a dataset is made from what is published, and
    can be made again from it: `bring_up_to_date`.

    Args:
        path: The database; one that is no database any more is begun anew. None: in memory.
        similarity: Jaccard similarity from which two texts are near-duplicates, estimated from their signatures.
    """

    def __init__(self, path: Path | None, similarity: float) -> None:
        self._similarity = similarity
        sketch = MinHashLSH(threshold=similarity, num_perm=PERMUTATIONS)
        self._bands = [slice(at, at + sketch.r) for at in range(0, sketch.b * sketch.r, sketch.r)]
        self._database = _open(path, f"{_FORM}-{sketch.b}-{sketch.r}")

    def seen(self, doc_id: str) -> bool:
        """Tell whether a document with this key was added."""
        return self._one("SELECT 1 FROM documents WHERE doc_id = ?", doc_id) is not None

    def near(self, doc_id: str, signature: Sequence[int]) -> str | None:
        """Return the earliest document that a text nearly equals, or None."""
        if not signature:
            return None
        mine = np.array(signature, dtype=np.uint32)
        keys = self._keys(mine)
        marks = ", ".join("?" * len(keys))
        query = (
            f"SELECT doc_id, signature FROM documents WHERE number IN (SELECT number FROM bands WHERE key IN ({marks}))"
            " ORDER BY number"
        )
        for other, packed in self._database.execute(query, keys):
            if float(np.mean(np.frombuffer(packed, np.uint32) == mine)) >= self._similarity and other != doc_id:
                return str(other)
        return None

    def add(self, batch_id: str, doc_id: str, signature: Sequence[int]) -> None:
        """Remember a document of a batch."""
        values = np.array(signature, dtype=np.uint32)
        row = (batch_id, doc_id, values.tobytes())
        cursor = self._database.execute("INSERT INTO documents (batch_id, doc_id, signature) VALUES (?, ?, ?)", row)
        if signature:
            entries = ((key, cursor.lastrowid) for key in self._keys(values))
            self._database.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", entries)

    def forget(self, batch_ids: Iterable[str]) -> None:
        """Forget the documents of batches."""
        for batch_id in batch_ids:
            found = self._database.execute("SELECT number, signature FROM documents WHERE batch_id = ?", [batch_id])
            for number, packed in found.fetchall():
                keys = self._keys(np.frombuffer(packed, np.uint32)) if packed else []
                self._database.executemany(
                    "DELETE FROM bands WHERE key = ? AND number = ?", [(key, number) for key in keys]
                )
            self._database.execute("DELETE FROM documents WHERE batch_id = ?", [batch_id])

    def bring_up_to_date(self, state: str, segments: Iterable[Segment]) -> None:
        """Make the index that of a dataset.

        Args:
            state: What the dataset is now; nothing is done if the index was kept in this state.
            segments: What it consists of, in order.
        """
        if self._one("SELECT value FROM state") == state:
            return
        published = list(segments)
        known = {batch_id for (batch_id,) in self._database.execute("SELECT DISTINCT batch_id FROM documents")}
        self.forget(known.difference(*(ids for ids, _ in published)))
        self.add_published([(set(ids) - known, read) for ids, read in published])
        self.keep(state)

    def add_published(self, segments: Iterable[Segment]) -> None:
        """Remember the documents of batches that are published."""
        for ids, read in segments:
            for batch_id, doc_id, signature in read() if ids else ():
                if batch_id in ids and not self.seen(doc_id):
                    self.add(batch_id, doc_id, signature)

    def mark(self) -> None:
        """Note what is remembered now, for `undo`."""
        self._database.execute("SAVEPOINT marked")

    def undo(self) -> None:
        """Go back to what was remembered at the last `mark`."""
        self._database.execute("ROLLBACK TO marked")

    def keep(self, state: str) -> None:
        """Keep what was added and forgotten, as the index of a dataset in this state."""
        self._database.execute("DELETE FROM state")
        self._database.execute("INSERT INTO state VALUES (?)", [state])
        self._database.commit()

    def close(self) -> None:
        """Close it; what was not kept is lost."""
        self._database.close()

    def _keys(self, signature: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> list[int]:
        """Return a number for each band of a signature: documents that share one are candidates (Leskovec 2014)."""
        return [
            int.from_bytes(blake2b(signature[band].tobytes(), digest_size=8, salt=bytes([n])).digest(), signed=True)
            for n, band in enumerate(self._bands)
        ]

    def _one(self, query: str, *values: str) -> Any:
        row = self._database.execute(query, values).fetchone()
        return None if row is None else row[0]


def find_batch(path: Path, doc_id: str) -> str | None:
    """Return the batch that an index has for a document; None if it has none, or there is no index that can be read.

    The index is as the last run left it: whoever asks looks whether the batch is in the dataset still.

    Args:
        path: The database.
        doc_id: Key of the document.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as index:
            row = index.execute("SELECT batch_id FROM documents WHERE doc_id = ?", [doc_id]).fetchone()
    except sqlite3.Error:  # none yet, damaged, or held by a run
        return None
    return None if row is None else str(row[0])


def _open(path: Path | None, form: str) -> sqlite3.Connection:
    """Open a database of this form; what is there in another form, or damaged, makes way for a new one."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(2):
        database = sqlite3.connect(path or ":memory:", isolation_level="DEFERRED")
        try:
            database.executescript(_TABLES)
            found = database.execute("SELECT value FROM form").fetchall()
            if not found:
                database.execute("INSERT INTO form VALUES (?)", [form])
            if found in ([], [(form,)]):
                return database
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "not a database" not in str(error):
                raise
        database.close()
        if path is None:
            break
        path.unlink()
    raise DatasetError(f"{path}: cannot be made a database")

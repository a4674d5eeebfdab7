"""SQLite: the rows of a query or table that the source names, else of each table that has a column for texts.

The database is opened read-only, as a file that nobody writes. A query may read tables and nothing else.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from tasks.errors import RecordRejected, RejectCode, name_file
from tasks.ingest.formats.record import Item, QueriedReader
from tasks.ingest.sources import Source, fold_name
from tasks.settings import Limits

_BLOCK = 1 << 20
_TICK = 1_000_000  # steps of SQLite's machine between two looks at the limit
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION})
_FORBIDDEN = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "randomblob", "zeroblob"})
_LIST = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rowid"


def _read_sqlite(stream: IO[bytes], name: str, limits: Limits, source: Source) -> Iterator[Item]:
    number = 0
    try:
        with _file(stream) as path, closing(_connect(path, limits)) as database:
            for query in _queries(database, source):
                for row in _run(database, query, limits):
                    yield number, row
                    number += 1
    except sqlite3.Error as error:
        reason = RecordRejected(RejectCode.BAD_RECORD, f"the database cannot be read further: {error}")
        yield number, reason
        return
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the query or tables hold no rows")


@contextmanager
def _file(stream: IO[bytes]) -> Iterator[Path]:
    """Give a file with what a stream holds: SQLite reads no other thing."""
    raw = getattr(stream, "raw", None)
    if isinstance(getattr(raw, "name", None), str):
        yield Path(raw.name)  # type: ignore[union-attr]
        return
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as copy:
        with name_file(Path(copy.name)):
            while block := stream.read(_BLOCK):
                copy.write(block)
            copy.flush()
        yield Path(copy.name)


def _connect(path: Path, limits: Limits) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, timeout=0)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.record_bytes)
    database.set_authorizer(_authorize)
    database.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    return database


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
    is_forbidden = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FORBIDDEN
    return sqlite3.SQLITE_OK if action in _ALLOWED and not is_forbidden else sqlite3.SQLITE_DENY


def _queries(database: sqlite3.Connection, source: Source) -> list[str]:
    """Return the queries to run: the source's, or one for each table with a column that it takes for a text."""
    tables = [name for (name,) in database.execute(_LIST)]
    if source.query:
        return [_select(source.query) if source.query in tables else source.query]
    known = {path for names in (source.columns.text, source.columns.answer) for path in names}
    found = []
    for table in tables:
        cursor = database.execute(f"{_select(table)} LIMIT 0")
        if any(fold_name(column) in known for column, *_ in cursor.description):
            found.append(_select(table))
    if not found:
        message = f"no table has a column with a text; tables are {', '.join(tables) or 'none'}: name one as query"
        raise RecordRejected(RejectCode.NO_TEXT, f"{message} in the source's file")
    return found


def _select(table: str) -> str:
    quoted = table.replace('"', '""')
    return f'SELECT * FROM "{quoted}"'


def _run(database: sqlite3.Connection, query: str, limits: Limits) -> Iterator[dict[str, object]]:
    """Yield the rows of a query.

    Raises:
        sqlite3.OperationalError: From one row to the next it takes more steps than `query_steps`.
    """
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += _TICK
        return int(steps > limits.query_steps)

    database.set_progress_handler(count, _TICK)
    cursor = database.execute(query)
    columns = [column for column, *_ in cursor.description or ()]
    for row in cursor:
        yield dict(zip(columns, row, strict=True))
        steps = 0


QUERIED: dict[str, QueriedReader] = dict.fromkeys(("sqlite", "sqlite3", "db"), _read_sqlite)

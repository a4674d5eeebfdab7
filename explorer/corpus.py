"""A dataset as the explorer sees it: the files of one commit, read by DuckDB, which can read nothing else.

Whatever is written to the dataset meanwhile, what is shown is one state of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from flows.upkeep import list_files, sql_views
from tasks.errors import ConfigError
from tasks.objects import is_address
from tasks.publish.layout import Layout
from tasks.publish.log import read_snapshot
from tasks.schemas import TABLES

Row = dict[str, Any]
_SETTINGS = "SET memory_limit = '512MB'; SET threads = 2; SET python_enable_replacements = false"
_LOCK = "SET enable_external_access = false; SET lock_configuration = true"


@dataclass(frozen=True)
class Corpus:
    """A dataset at one commit.

    Attributes:
        name: What it is called.
        files: The paths of each table and view.
        index: The file of the index.
        commit: Number of the commit.
        digest: Hash of its files.
        ended: When the last run ended, as its ledger says; None: no ledger says it.
    """

    name: str
    files: Mapping[str, Sequence[str]]
    index: Path
    commit: int = 0
    digest: str = ""
    ended: str | None = None
    _local: dict[str, duckdb.DuckDBPyConnection] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def units(self) -> dict[str, dict[str, list[str]]]:
        """The files of every segment, by table."""
        units: dict[str, dict[str, list[str]]] = {}
        for table in ("documents", *(name for name in self.files if name != "documents")):
            for path in self.files.get(table, ()):
                if "/source=" in path:
                    units.setdefault(unit_of(path), {}).setdefault(table, []).append(path)
        return units

    def has(self, table: str) -> bool:
        """Tell whether the dataset has rows of a table."""
        return bool(self.files.get(table))

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor on views over all tables; it can read the files of the dataset, and write nothing."""
        if "db" not in self._local:
            db = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
            db.execute(_SETTINGS)
            for statement in sql_views(self.files):
                db.execute(statement)
            paths = [path for listed in self.files.values() for path in listed]
            db.execute(f"SET allowed_paths = {quote_list(paths)}")
            db.execute(_LOCK)
            self._local["db"] = db
        return self._local["db"].cursor()

    def rows(self, query: str, *values: object) -> list[Row]:
        """Return the rows of a query as mappings."""
        with self.connect() as db:
            found: pa.Table = db.sql(query, params=list(values)).to_arrow_table()
            rows: list[Row] = found.to_pylist()
            return rows

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table; none where the dataset does not know it."""
        if not self.has(table) and table not in TABLES:
            return []
        return [row["column_name"] for row in self.rows(f"DESCRIBE {table}")]

    def of_documents(self, table: str, doc_ids: Mapping[str, str], columns: str = "*") -> list[Row]:
        """Return the rows of a table that belong to some documents.

        Args:
            table: A table with a doc_id.
            doc_ids: The unit of each document: only its files are read.
            columns: What is selected.
        """
        files = [path for unit in dict.fromkeys(doc_ids.values()) for path in self.units.get(unit, {}).get(table, ())]
        if not files:
            return []
        query = f"SELECT {columns} FROM read_parquet({quote_list(files)}) WHERE doc_id IN (SELECT unnest(?))"
        return self.rows(query, list(doc_ids))


def unit_of(path: str) -> str:
    """Return the segment that a file belongs to.

    Example:
        >>> unit_of("/data/quotes/source=kremlin/0123456789abcdef-89abcdef.parquet")
        '0123456789abcdef'
    """
    return Path(path).name.partition("-")[0]


def quote_list(values: Iterable[str]) -> str:
    """Return strings as a list of SQL."""
    return "[" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + "]"


def to_json(value: object) -> str:
    """Return JSON; days and times by ISO 8601."""
    return json.dumps(value, ensure_ascii=False, default=_to_iso)


def _to_iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def open_corpus(dataset: str) -> Corpus:
    """Open a dataset at its present commit.

    Raises:
        ConfigError: It lies in object storage.
    """
    if is_address(dataset):
        raise ConfigError(f"{dataset}: explore reads a folder; copy the dataset to one first")
    layout = Layout(str(Path(dataset).absolute()))
    snapshot = read_snapshot(layout)
    return Corpus(
        layout.name, list_files(layout), layout.local / "_explore" / "index.sqlite", snapshot.number,
        snapshot.digest(), _last_end(layout),
    )  # fmt: skip


def _last_end(layout: Layout) -> str | None:
    attempts = [json.loads(layout.store.read(key))["attempts"][-1] for key in layout.run_files()]
    return max((one.get("ended_at") or one["started_at"] for one in attempts), default=None)

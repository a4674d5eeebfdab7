"""A dataset as the explorer sees it: the files of one commit. Queries are DuckDB's, which can read nothing else.

Whatever is written to the dataset meanwhile, what is shown is one state of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from explorer.rows import Place, quote_list, read_rows
from flows.upkeep import list_files, sql_views
from tasks.edits import Edit, apply_edits
from tasks.errors import ConfigError
from tasks.objects import is_address
from tasks.publish.layout import Layout
from tasks.publish.log import read_snapshot
from tasks.schemas import TABLES

Row = dict[str, Any]
_SETTINGS = """SET memory_limit = '256MB'; SET threads = 2; SET parquet_metadata_cache = true;
SET python_enable_replacements = false"""
#: Edits of a document above which its text is read: to replay one takes about a microsecond, to read a text among all
#: others of its file three, scattered ones a thousand.
_MOST_EDITS = 40
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

    def schema(self, table: str) -> pa.Schema:
        """Return the columns of a table that has rows, with the values of dictionaries in their place."""
        fields = pq.read_schema(self.files[table][0])
        return pa.schema([(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in fields])

    def take(self, table: str, places: Sequence[tuple[str, int]], columns: Sequence[str]) -> pa.Table:
        """Return rows by their places, in that order. What the files lack is null.

        Where both texts of documents are asked for, the raw one is read, and the other is made of it where that takes
        few edits: no column takes longer to decode than a text.

        Args:
            table: A table.
            places: Segments, and the numbers of rows in what these have of the table.
            columns: What is read.
        """
        if not places:
            return pa.table({name: pa.nulls(0) for name in columns})
        is_replayed = table == "documents" and {"text", "raw_text"} <= set(columns)
        wanted = [name for name in dict.fromkeys([*columns, "edits"]) if name != "text"] if is_replayed else columns
        with self.connect() as db:
            found = [self._locate(unit, table, row) for unit, row in places]
            rows = read_rows(db, found, wanted)
            if is_replayed:
                rows = rows.append_column("text", _make_texts(db, rows, found))
        for name in set(columns) - set(rows.column_names):
            rows = rows.append_column(name, pa.nulls(len(rows)))
        return rows.select(columns)

    def _locate(self, unit: str, table: str, row: int) -> Place:
        """Return the file that a row lies in, and its number in that."""
        *paths, last = self.units[unit][table]
        for path in paths:
            n = pq.read_metadata(path).num_rows
            if row < n:
                return path, row
            row -= n
        return last, row

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
        marks = ", ".join("?" * len(doc_ids))
        return self.rows(f"SELECT {columns} FROM read_parquet({quote_list(files)}) WHERE doc_id IN ({marks})", *doc_ids)


def _make_texts(db: duckdb.DuckDBPyConnection, documents: pa.Table, places: Sequence[Place]) -> pa.Array:
    """Return texts of documents: what the edits make of the raw ones; those that take many edits are read."""
    counts = pc.fill_null(pc.list_value_length(documents["edits"]), _MOST_EDITS + 1)
    many = pc.indices_nonzero(pc.greater(counts, _MOST_EDITS)).to_pylist()
    texts = documents["raw_text"].to_pylist()
    for n in pc.indices_nonzero(pc.and_(pc.greater(counts, 0), pc.less_equal(counts, _MOST_EDITS))).to_pylist():
        texts[n] = apply_edits(texts[n], [Edit(**edit) for edit in documents["edits"][n].as_py()])
    if many:
        stored = read_rows(db, [places[n] for n in many], ["text"])["text"].to_pylist()
        for n, text in zip(many, stored, strict=True):
            texts[n] = text
    return pa.array(texts, pa.string())


def unit_of(path: str) -> str:
    """Return the segment that a file belongs to.

    Example:
        >>> unit_of("/data/quotes/source=kremlin/0123456789abcdef-89abcdef.parquet")
        '0123456789abcdef'
    """
    return Path(path).name.partition("-")[0]


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

"""Rows by their places in Parquet files: one query reads all that are wanted, each row group once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

#: A row: its file, and its number in that.
Place = tuple[str, int]


def read_rows(db: duckdb.DuckDBPyConnection, places: Sequence[Place], columns: Sequence[str]) -> pa.Table:
    """Return rows in the order of their places, with the columns that one of the files has.

    Args:
        db: What may read the files.
        places: Files of one table, and rows in them.
        columns: What is read.

    Raises:
        FileNotFoundError: A file is gone, or has no such row.
    """
    paths, rows = zip(*places, strict=True)
    db.register("wanted", pa.table({"?n": range(len(places)), "?path": paths, "?row": rows}))
    files = dict.fromkeys(paths)
    are_unlike = len(set(map(_names, files))) > 1  # to join what is alike takes a quarter more
    found: pa.Table = db.sql(
        f"SELECT COLUMNS('^({'|'.join(['[?]n', *columns])})$') FROM wanted w JOIN read_parquet({quote_list(files)}, "
        f"file_row_number = true, filename = true, union_by_name = {are_unlike}, hive_partitioning = false) d "
        'ON d.filename = w."?path" AND d.file_row_number = w."?row" ORDER BY "?n"'
    ).to_arrow_table()
    if len(found) != len(places):
        raise FileNotFoundError(f"{len(places) - len(found)} rows are not there")
    return found.select([name for name in columns if name in found.column_names])


def quote_list(values: Iterable[str]) -> str:
    """Return strings as a list of SQL."""
    return "[" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + "]"


@lru_cache(maxsize=4096)
def _names(path: str) -> tuple[str, ...]:
    return tuple(pq.read_schema(path).names)

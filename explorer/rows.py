"""Rows by their places in Parquet files, read once a row group, by one of two ways.

To read a row is to decode the row group that has it. A query over all files is faster by the row group, but leaves out
those alone that come before or after all numbers of rows. Where the wanted ones are up to half of what it would read,
they are read one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

#: A row: its file, and its number in that.
Place = tuple[str, int]
#: Part of the row groups of a query up to which they are read one by one.
_FEW = 0.5
_THREADS = 2


class _File(NamedTuple):
    """What is kept of a file: its columns, the first row of each row group, and how many rows there are at the end."""

    names: tuple[str, ...]
    starts: npt.NDArray[np.int64]


def read_rows(db: duckdb.DuckDBPyConnection, places: Sequence[Place], columns: Sequence[str]) -> pa.Table:
    """Return rows in the order of their places, with the columns that one of the files has.

    Args:
        db: What may read the files.
        places: Files of one table, and rows in them.
        columns: What is read. Vocabularies may come as dictionaries.

    Raises:
        FileNotFoundError: A file is gone, or has no such row.
    """
    order: dict[str, list[int]] = {}
    for n, (path, _) in enumerate(places):
        order.setdefault(path, []).append(n)
    rows = [np.array([places[n][1] for n in of]) for of in order.values()]
    n_wanted = sum(len(np.unique(_find_groups(path, of))) for path, of in zip(order, rows, strict=True))
    first, last = min(of.min() for of in rows), max(of.max() for of in rows)
    if n_wanted > _FEW * sum(_count_groups(path, first, last) for path in order):
        return _query(db, places, columns)
    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(_read_file, order, rows, repeat(columns)))
    at = np.argsort([n for of in order.values() for n in of])
    table = pa.concat_tables(found, promote_options="permissive").take(at)
    return table.select([name for name in columns if name in table.column_names])


def _read_file(path: str, rows: npt.NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
    """Read rows of a file, in that order, with the columns that it has, from the row groups that they lie in."""
    names, starts = _look(path)
    known = [name for name in columns if name in names]
    groups = _find_groups(path, rows)
    with pq.ParquetFile(path) as file:
        parts = [
            file.read_row_group(group, known, use_threads=False).take(rows[groups == group] - starts[group])
            for group in np.unique(groups).tolist()
        ]
    return pa.concat_tables(parts).take(np.argsort(np.argsort(groups, kind="stable")))


def _query(db: duckdb.DuckDBPyConnection, places: Sequence[Place], columns: Sequence[str]) -> pa.Table:
    """Read rows by a query over all of their files."""
    paths, rows = zip(*places, strict=True)
    db.register("wanted", pa.table({"?n": range(len(places)), "?path": paths, "?row": rows}))
    files = dict.fromkeys(paths)
    are_unlike = len({_look(path).names for path in files}) > 1  # to join what is alike takes a quarter more
    found: pa.Table = db.sql(
        f"SELECT COLUMNS('^({'|'.join(['[?]n', *columns])})$') FROM wanted w JOIN read_parquet({quote_list(files)}, "
        f"file_row_number = true, filename = true, union_by_name = {are_unlike}, hive_partitioning = false) d "
        'ON d.filename = w."?path" AND d.file_row_number = w."?row" ORDER BY "?n"'
    ).to_arrow_table()
    return found.select([name for name in columns if name in found.column_names])


def quote_list(values: Iterable[str]) -> str:
    """Return strings as a list of SQL."""
    return "[" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + "]"


def _find_groups(path: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the row groups that rows of a file lie in."""
    starts = _look(path).starts
    if rows.max() >= starts[-1]:
        raise FileNotFoundError(f"{path} has {starts[-1]} rows, not {rows.max() + 1}")
    return np.searchsorted(starts, rows, "right") - 1


def _count_groups(path: str, first: int, last: int) -> int:
    """Return how many row groups of a file have rows from a number on to another, both included."""
    low, high = np.searchsorted(_look(path).starts, [first, last], "right") - 1
    return int(min(high, len(_look(path).starts) - 2) - low) + 1


@lru_cache(maxsize=4096)
def _look(path: str) -> _File:
    footer = pq.read_metadata(path)
    counts = [footer.row_group(n).num_rows for n in range(footer.num_row_groups)]
    return _File(tuple(footer.schema.to_arrow_schema().names), np.cumsum([0, *counts]))

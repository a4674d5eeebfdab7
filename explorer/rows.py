"""Rows by their places in Parquet files: each long text by the page that it lies in, all other columns by one query.

Readers of Parquet decompress a row group's text to give one row of it. The dataset's long texts are cut into pages of
some hundred kilobytes (tasks/publish/commit.py), plain, with no null among them and no statistics, and the head of a
page says its size: one page is read for one text. Where a file is older and has other pages, the query reads its texts
as well.

Format: https://parquet.apache.org/docs/file-format/data-pages/, heads in Thrift's compact protocol.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

#: A row: its file, and its number in that.
Place = tuple[str, int]
#: Columns of documents that are read by pages where they can be.
LONG = ("text", "raw_text")
_HEAD = 96  # bytes, more than the head of a page without statistics has
_READERS = ThreadPoolExecutor(2)  # pages are decompressed beside each other
_DATA, _PLAIN = 0, 0  # of a page, as the format numbers them


class Pages(NamedTuple):
    """The pages of a column of a file: their first rows, and the bytes where they start and end."""

    rows: array[int]
    starts: array[int]
    ends: array[int]


def read_rows(
    db: duckdb.DuckDBPyConnection, places: Sequence[Place], columns: Sequence[str], long: Sequence[str] = ()
) -> pa.Table:
    """Return rows in the order of their places, with the columns that one of the files has.

    Args:
        db: What may read the files.
        places: Files of one table, and rows in them.
        columns: What is read.
        long: Those of them that may be in pages to be read alone.

    Raises:
        FileNotFoundError: A file is gone, or has no such row.
    """
    by_file: dict[str, list[int]] = {}
    for n, (path, _) in enumerate(places):
        by_file.setdefault(path, []).append(n)
    paged = [name for name in columns if name in long and all(find_pages(path, name) for path in by_file)]
    asked = [name for name in columns if name not in paged]
    paths, rows = zip(*places, strict=True)
    db.register("wanted", pa.table({"?n": range(len(places)), "?path": paths, "?row": rows}))
    files = quote_list(by_file)
    are_unlike = len(set(map(_names, by_file))) > 1  # to join what is alike takes a quarter more
    found: pa.Table = db.sql(
        f"SELECT COLUMNS('^({'|'.join(['[?]n', *asked])})$') FROM wanted w JOIN read_parquet({files}, "
        f"file_row_number = true, filename = true, union_by_name = {are_unlike}, hive_partitioning = false) d "
        'ON d.filename = w."?path" AND d.file_row_number = w."?row" ORDER BY "?n"'
    ).to_arrow_table()
    if len(found) != len(places):
        raise FileNotFoundError(f"{len(places) - len(found)} rows are not there")
    for name in paged:
        texts: list[str] = [""] * len(places)
        parts = _READERS.map(
            lambda one, name=name: _read_texts(one[0], name, [rows[n] for n in one[1]]), by_file.items()
        )
        for numbers, part in zip(by_file.values(), parts, strict=True):
            for n, text in zip(numbers, part, strict=True):
                texts[n] = text
        found = found.append_column(name, pa.array(texts, pa.string()))
    return found.select([name for name in columns if name in found.column_names])


def quote_list(values: Iterable[str]) -> str:
    """Return strings as a list of SQL."""
    return "[" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + "]"


@lru_cache(maxsize=4096)
def _names(path: str) -> tuple[str, ...]:
    return tuple(pq.read_schema(path).names)


@lru_cache(maxsize=4096)
def find_pages(path: str, column: str) -> Pages | None:
    """Return the pages of a column of texts; None where it has others than those that are read here."""
    with pq.ParquetFile(path) as source:
        foot, schema = source.metadata, source.schema
    of = next((n for n in range(len(schema)) if schema.column(n).path == column), None)
    if of is None or schema.column(of).max_definition_level:
        return None
    pages = Pages(array("q"), array("q"), array("q"))
    before = 0
    with Path(path).open("rb") as file:
        for group in map(foot.row_group, range(foot.num_row_groups)):
            chunk = group.column(of)
            if chunk.has_dictionary_page or chunk.is_stats_set or chunk.compression != "ZSTD":
                return None
            row, start = before, chunk.data_page_offset
            end = start + chunk.total_compressed_size
            while start < end:
                head, size = _read_struct(os.pread(file.fileno(), _HEAD, start))
                if head[1] != _DATA or head[5][2] != _PLAIN:
                    return None
                pages.rows.append(row)
                pages.starts.append(start)
                row, start = row + head[5][1], start + size + head[3]
                pages.ends.append(start)
            before += group.num_rows
    return pages


def _read_texts(path: str, column: str, rows: Sequence[int]) -> list[str]:
    """Return texts of a column, each page read once."""
    pages = find_pages(path, column)
    assert pages is not None
    found: dict[int, str] = {}
    by_page: dict[int, set[int]] = {}
    for row in rows:
        by_page.setdefault(bisect(pages.rows, row) - 1, set()).add(row)
    with Path(path).open("rb") as file:
        for page, wanted in sorted(by_page.items()):
            start, first = pages.starts[page], pages.rows[page]
            found.update(_cut_page(os.pread(file.fileno(), pages.ends[page] - start, start), first, wanted))
    return [found[row] for row in rows]


def _cut_page(page: bytes, row: int, wanted: set[int]) -> Iterator[tuple[int, str]]:
    """Yield the texts of some rows of a page, given the number of its first: each has its bytes' number before it."""
    head, size = _read_struct(page)
    body: bytes = pa.decompress(page[size:], head[2], "zstd", asbytes=True)
    at, last = 0, max(wanted)
    while row <= last:
        end = at + 4 + int.from_bytes(body[at : at + 4], "little")
        if row in wanted:
            yield row, body[at + 4 : end].decode()
        row, at = row + 1, end


def _read_struct(data: bytes, at: int = 0) -> tuple[dict[int, Any], int]:
    """Return the numbers and structs of a struct by the numbers of their fields, and where it ends.

    Example:
        >>> _read_struct(bytes([0x15, 0, 0x15, 0x90, 0x03, 0x2C, 0x15, 0x08, 0, 0, 9]))
        ({1: 0, 2: 200, 4: {1: 4}}, 10)
    """
    fields: dict[int, Any] = {}
    number = 0
    while head := data[at]:
        number, kind, at = number + (head >> 4), head & 15, at + 1
        if kind in (1, 2):
            fields[number] = kind == 1
        elif kind == 12:
            fields[number], at = _read_struct(data, at)
        else:
            value, shift = 0, 0
            while True:
                value, shift, at = value | (data[at] & 127) << shift, shift + 7, at + 1
                if data[at - 1] < 128:
                    break
            if kind == 8:
                at += value
            else:
                fields[number] = value >> 1 ^ -(value & 1)
    return fields, at + 1

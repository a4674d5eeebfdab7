"""Exports: the rows of the dataset that a selection lists, all of them and no other, and what was asked beside them.

The head goes out → the index says the places → rows are read and go out, a batch at a time, so that memory holds one.
Up to `MOST` rows they have the order of the list, beyond that the order of the files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from explorer.corpus import Corpus, Row, to_json
from explorer.search import MOST, Search
from explorer.selection import Selection

FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}
KEYS = {"documents": "doc_id", "quotes": "quote_id", "engagements": "engagement_id"}
#: Rows of a batch. Scattered rows cost by the files that they lie in more than by their number, so a batch is large,
#: unless its rows have long texts.
_ROWS, _DOCUMENTS = 10_000, 2_000
_ROW_BITS = 32


def read_rows(corpus: Corpus, search: Search, selection: Selection) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a selection; none at first, since of no row there are columns all the same."""
    if not corpus.has(selection.table):
        return
    schema = corpus.schema(selection.table)
    yield pa.RecordBatch.from_pylist([], schema=schema)
    units = list(corpus.units)
    number = {unit: n << _ROW_BITS for n, unit in enumerate(units)}
    found = np.fromiter((number[hit.unit] | hit.row for hit in search.hits(selection)), np.int64)
    if len(found) > MOST:
        found.sort()
    n_rows = _DOCUMENTS if selection.table == "documents" else _ROWS
    for at in range(0, len(found), n_rows):
        part = found[at : at + n_rows].tolist()
        places = [(units[place >> _ROW_BITS], place & ((1 << _ROW_BITS) - 1)) for place in part]
        yield from corpus.take(selection.table, places, schema.names).cast(schema).combine_chunks().to_batches()


def write_csv(batches: Iterable[pa.RecordBatch], *, raw: bool = False) -> Iterator[bytes]:
    """Yield CSV. Lists are JSON. A text that a spreadsheet would take for a formula gets an apostrophe, unless raw."""
    head: list[str] = []
    for batch in batches:
        sink = io.StringIO()
        writer = csv.writer(sink, lineterminator="\r\n")
        if not head:
            head = batch.schema.names
            writer.writerow(head)
        for row in batch.to_pylist():
            writer.writerow([_cell(row[name], raw) for name in head])
        yield sink.getvalue().encode()


def _cell(value: object, raw: bool) -> object:
    if isinstance(value, list | dict):
        return to_json(value)
    if isinstance(value, str) and not raw and value.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


def write_jsonl(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Yield a JSON object a line."""
    for batch in batches:
        yield "".join(to_json(row) + "\n" for row in batch.to_pylist()).encode()


class _Outgoing(io.RawIOBase):
    """A file of which nothing is kept but what has not gone out yet."""

    def __init__(self) -> None:
        self._waiting, self._size = bytearray(), 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: Any, /) -> int:
        self._waiting += data
        self._size += len(data)
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def write_parquet(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Yield a Parquet file, a row group for each batch."""
    out = _Outgoing()
    writer: pq.ParquetWriter | None = None
    for batch in batches:
        writer = writer or pq.ParquetWriter(out, batch.schema, compression="zstd")
        if batch.num_rows:
            writer.write_batch(batch)
        yield out.take()
    if writer is not None:
        writer.close()
        yield out.take()


def describe(corpus: Corpus, search: Search, selection: Selection, version: str) -> Row:
    """Return what an export is: what was asked of which state of which dataset, and how many rows that has."""
    return {
        "table": selection.table,
        "rows": search.count_all(selection),
        "query": selection.to_query(),
        "search": selection.query or None,
        "filters": {name: selection.of(name) for name, _ in selection.values},
        "from": selection.since,
        "to": selection.until,
        "dataset": corpus.name,
        "commit": corpus.commit,
        "digest": corpus.digest,
        "communique": version,
    }

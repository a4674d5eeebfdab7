"""Exports: the rows of the dataset that a selection lists, all of them and no other, and what was asked beside them.

The index says the places → the row groups that these lie in are read → rows are written as they come, a batch at a
time. Up to `MOST` rows they have the order of the list, beyond that the order of the files.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from sys import intern

import pyarrow as pa
import pyarrow.parquet as pq

from explorer.corpus import Corpus, Row, decode_schema, to_json
from explorer.search import MOST, Search
from explorer.selection import Selection

FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}
KEYS = {"documents": "doc_id", "quotes": "quote_id", "engagements": "engagement_id"}
_ROWS = 2_000


def read_rows(corpus: Corpus, search: Search, selection: Selection) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a selection."""
    files = corpus.files.get(selection.table)
    if not files:
        return
    schema = decode_schema(pq.read_schema(files[0]))  # of no row there are columns all the same
    yield pa.RecordBatch.from_pylist([], schema=schema)
    found = [(intern(hit.unit), hit.row) for hit in search.hits(selection)]
    if len(found) > MOST:
        found.sort()
    for at in range(0, len(found), _ROWS):
        rows = corpus.take(selection.table, found[at : at + _ROWS], schema.names)
        yield from rows.select(schema.names).cast(schema).to_batches()


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


def write_parquet(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Yield a Parquet file, which is written to a temporary one first: its foot says where everything is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.parquet"
        writer: pq.ParquetWriter | None = None
        for batch in batches:
            writer = writer or pq.ParquetWriter(path, batch.schema, compression="zstd")
            writer.write_batch(batch)
        if writer is None:
            return
        writer.close()
        with path.open("rb") as source:
            while piece := source.read(1 << 20):
                yield piece


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

"""Exports: the rows of the dataset that a selection lists, all of them and no other, and what was asked beside them.

The index says the keys → DuckDB reads the rows of the files that they lie in → they are written as they come, a batch
at a time. Up to `MANY` rows they have the order of the list, beyond that the order of the files.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from explorer.corpus import Corpus, Row, quote_list, to_json
from explorer.search import MANY, Search
from explorer.selection import Selection

FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}
KEYS = {"documents": "doc_id", "quotes": "quote_id", "engagements": "engagement_id"}
_ROWS = 500


def read_rows(corpus: Corpus, search: Search, selection: Selection) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a selection."""
    table, key = selection.table, KEYS[selection.table]
    found = list(search.keys(selection))
    wanted = pa.table({"key": pa.array([k for k, _, _ in found], pa.string()), "n": range(len(found))})
    units = dict.fromkeys(unit for _, _, unit in found)
    files = [path for unit in units for path in corpus.units[unit].get(table, ())]
    files = files or list(corpus.files.get(table, ()))[:1]  # of no row there are columns all the same
    if not files:
        return
    order = "ORDER BY w.n" if len(found) <= MANY else ""
    with corpus.connect() as db:
        db.register("wanted", wanted)
        query = f"SELECT t.* FROM read_parquet({quote_list(files)}) t JOIN wanted w ON w.key = t.{key} {order}"
        reader = db.sql(query).to_arrow_reader(_ROWS)
        yield pa.RecordBatch.from_pylist([], schema=reader.schema)
        yield from reader


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
        "rows": search.count(selection),
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

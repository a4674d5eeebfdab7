"""Putting segments into the store.

Order: write a table to a local file → hash it → put it under a name that has the hash, what refers to documents first
and documents last. Nothing is in the dataset yet: a commit of the log adds it (tasks/publish/log.py). What is
interrupted before leaves files that no commit names, and the next run deletes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import name_file
from tasks.publish.layout import Layout
from tasks.publish.log import DataFile, Segment
from tasks.publish.rows import Rows, segment_schemas, sort_years
from tasks.publish.table import conform
from tasks.schemas import SCHEMA_VERSION, YEAR

#: Rows of a row group: some 60 MB of documents, less of other tables.
_GROUP = 100_000
_GROUP_OF_DOCUMENTS = 5_000
#: Part of a full row group that ends one with its year, so that a reader of one year can leave others out.
_OF_YEAR = 20


def write_parquet(tables: Iterator[pa.Table], schema: pa.Schema, path: Path) -> DataFile:
    """Write a Parquet file, a row group for each table, flush it to disk and return its entry.

    Args:
        tables: What it holds, with the schema.
        schema: Of all of them.
        path: The file; `path` in the entry is left to the caller.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {**(schema.metadata or {}), b"communique_schema": str(SCHEMA_VERSION).encode()}
    rows = 0
    with name_file(path):
        with pq.ParquetWriter(path, schema.with_metadata(metadata), compression="zstd") as writer:
            for table in tables:
                writer.write_table(table.replace_schema_metadata(metadata), row_group_size=len(table) or None)
                rows += table.num_rows
        with path.open("rb+") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
            os.fsync(written.fileno())
    return DataFile(path=path.name, rows=rows, size=path.stat().st_size, sha256=digest)


def put_segment(
    layout: Layout, staging: Path, rows: Sequence[Rows], *, source_id: str, fingerprints: Mapping[str, str]
) -> Segment:
    """Put a segment into the store.

    Args:
        layout: The dataset.
        staging: A local folder for files that are not complete.
        rows: What it holds, in order.
        source_id: The publisher.
        fingerprints: By stage.
    """
    batches = tuple(batch for part in rows for batch in part.batches)
    known = [source_id, *sorted(fingerprints.items()), *((batch.batch_id, batch.decisions) for batch in batches)]
    segment_id = hashlib.sha256(repr(known).encode()).hexdigest()[:16]
    years = sort_years({year for part in rows for year in part.years()})
    files: list[DataFile] = []
    for name, schema in reversed(segment_schemas().items()):  # who finds a document finds all that refers to it
        path = staging / f"{segment_id}-{name}.parquet"
        entry = write_parquet(_row_groups(name, schema, rows, years), schema, path)
        if not entry.rows:
            path.unlink()
            continue
        key = (
            layout.index_file(segment_id, entry.sha256)
            if name == "_index"
            else layout.data_file(name, source_id, segment_id, entry.sha256)
        )
        layout.store.put(key, path)
        files.append(entry.model_copy(update={"path": key}))
    return Segment(
        segment_id=segment_id,
        source_id=source_id,
        fingerprints=dict(sorted(fingerprints.items())),
        size=sum(part.size for part in rows),
        batches=batches,
        files=tuple(reversed(files)),
    )


def _row_groups(
    table: str, schema: pa.Schema, rows: Sequence[Rows], years: Collection[int | None]
) -> Iterator[pa.Table]:
    """Yield the rows of a table by year, cut into row groups."""
    most = _GROUP_OF_DOCUMENTS if table == "documents" else _GROUP
    waiting: list[pa.Table] = []
    n_rows = 0
    for year in years if YEAR.name in schema.names else [None]:
        for part in (piece for source in rows for piece in source.read(table, year)):
            while n_rows + part.num_rows >= most:
                yield _join([*waiting, part.slice(0, most - n_rows)], schema)
                part, waiting, n_rows = part.slice(most - n_rows), [], 0
            waiting.append(part)
            n_rows += part.num_rows
        if n_rows >= most // _OF_YEAR:
            yield _join(waiting, schema)
            waiting, n_rows = [], 0
    if n_rows:
        yield _join(waiting, schema)


def _join(parts: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """Join tables; what is dictionary-encoded gets one sorted dictionary, for stable bytes."""
    return conform(pa.concat_tables(parts).unify_dictionaries(), schema)

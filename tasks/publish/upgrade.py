"""Datasets of schemas 1 to 3: a manifest a batch instead of a log, undated rows under year=0, files cut by year.

Order: each batch becomes a segment, its rows as they are → one commit adds them all → the old manifests and files go.
Interrupted before the commit the dataset is the old one, after it the new one with files that the next run deletes. All
of it counts as made with something else, so a run makes anew whatever its input still has.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import DatasetError
from tasks.objects import readable
from tasks.publish.commit import put_segment
from tasks.publish.layout import Layout
from tasks.publish.log import Batch, InputFile, Segment, Snapshot, append_commit
from tasks.publish.rows import segment_schemas
from tasks.publish.table import count_batches, widen
from tasks.schemas import ACCOUNTED, INDEX, TABLES, YEAR

_MANIFEST = re.compile(r"_manifest/[0-9a-f]{16}\.json")
_DATA_FILE = re.compile(r"(\w+/source=[^/]+/year=[^/]+|_index)/[0-9a-f]{16}\.parquet")


def find_manifests(layout: Layout) -> list[str]:
    """Return the keys of the manifests that a dataset of an earlier schema has."""
    return [key for key in layout.store.list("_manifest") if _MANIFEST.fullmatch(key)]


def upgrade(layout: Layout, staging: Path) -> None:
    """Bring a dataset of an earlier schema to this one; nothing is done to any other.

    Args:
        layout: The dataset, held for writing.
        staging: A local folder for files that are not complete.

    Raises:
        DatasetError: A manifest or a file of it cannot be read.
    """
    keys = find_manifests(layout)
    if not keys:
        return
    if not layout.commit_numbers():
        manifests = [_read_manifest(layout, key) for key in keys]
        segments = [_move(layout, staging, manifest) for manifest in manifests]
        inputs = list(_find_inputs(manifests, segments))
        append_commit(layout, Snapshot(), None, add=segments, inputs=inputs)
    for key in keys:
        layout.store.delete(key)
    for folder in (*TABLES, "_index"):
        for key in list(layout.store.list(folder)):
            if _DATA_FILE.fullmatch(key):
                layout.store.delete(key)


def _read_manifest(layout: Layout, key: str) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(layout.store.read(key))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{layout.store.locate(key)}: not a manifest: {error}") from error
    return manifest


def _batch_id(manifest: Mapping[str, Any], uri: str) -> str:
    """Return the key of what a batch of many files has of one."""
    return hashlib.sha256(f"{manifest['batch_id']}\0{uri}".encode()).hexdigest()[:16]


def _move(layout: Layout, staging: Path, manifest: Mapping[str, Any]) -> Segment:
    tables = _read_tables(layout, manifest)
    counts = count_batches(tables)
    batches: list[Batch] = []
    for file in manifest["inputs"]:
        batch_id = _batch_id(manifest, file["uri"])
        found = counts.get(batch_id)
        if found is not None:
            records = sum(found["rows"].get(name, 0) for name in ACCOUNTED)
            batches.append(Batch(batch_id=batch_id, uri=file["uri"], decisions="", records=records, **found))
    rows = _TableRows(tables | {"_index": _read_index(layout, manifest, tables["documents"])}, tuple(batches))
    return put_segment(layout, staging, [rows], source_id=manifest["source_id"], fingerprints=manifest["fingerprints"])


def _read_tables(layout: Layout, manifest: Mapping[str, Any]) -> dict[str, pa.Table]:
    tables: dict[str, pa.Table] = {}
    for name, schema in ((name, table.schema) for name, table in TABLES.items()):
        paths = [file["path"] for file in manifest["files"] if file["path"].startswith(f"{name}/")]
        parts = [widen(pq.read_table(readable(layout.store.locate(p)), partitioning=None), schema) for p in paths]
        tables[name] = pa.concat_tables([schema.empty_table(), *parts])
    for name in ACCOUNTED:
        uris = tables[name]["uri"].to_pylist()
        tables[name] = _set(tables[name], "batch_id", pa.array([_batch_id(manifest, u) for u in uris], pa.string()))
    documents = tables["documents"]
    years = pc.year(documents["published_on"]).cast(YEAR.type)
    ids = documents["doc_id"].combine_chunks()
    for name, table in TABLES.items():
        if table.is_of_documents:
            values = years.take(pc.index_in(tables[name]["doc_id"], ids))
            tables[name] = _set(tables[name], YEAR.name, values)
    return tables


def _set(table: pa.Table, column: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    index = table.schema.get_field_index(column)
    return table.set_column(index, table.schema.field(index), values)


def _read_index(layout: Layout, manifest: Mapping[str, Any], documents: pa.Table) -> pa.Table:
    """Return the signatures of the documents that were kept."""
    path = layout.store.locate(f"_index/{manifest['batch_id']}.parquet")
    old = pq.read_table(readable(path), partitioning=None)
    at = pc.index_in(documents["doc_id"], old["doc_id"].combine_chunks())
    columns = [documents["batch_id"], documents["doc_id"], old["signature"].take(at)]
    return pa.table(columns, names=INDEX.names).cast(INDEX)


def _find_inputs(manifests: Collection[Mapping[str, Any]], segments: Collection[Segment]) -> Iterator[InputFile]:
    """Yield the files whose batches are all there."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    whole: dict[str, int] = {}
    for manifest, segment in zip(manifests, segments, strict=True):
        whole[manifest["unit_id"]] = whole.get(manifest["unit_id"], 0) + 1
        of_file = {batch.uri: batch.batch_id for batch in segment.batches}
        for file in manifest["inputs"]:
            known = found.setdefault((manifest["source_id"], file["uri"]), {"batches": [], **file, "of": manifest})
            known["batches"] += [of_file[file["uri"]]] if file["uri"] in of_file else []
    for (source_id, uri), known in found.items():
        if whole[known["of"]["unit_id"]] == known["of"]["n_batches"]:
            yield InputFile(
                source_id=source_id,
                uri=uri,
                size=known["size"],
                sha256=known["sha256"],
                batches=tuple(known["batches"]),
            )


class _TableRows:
    """Tables in memory, the index among them."""

    def __init__(self, tables: Mapping[str, pa.Table], batches: tuple[Batch, ...]) -> None:
        self._tables = tables
        self.batches = batches
        self.size = pc.sum(pc.binary_length(tables["documents"]["raw_text"])).as_py() or 0

    def years(self) -> Collection[int | None]:
        """Return the years that they have."""
        return {None, *self._tables["documents"][YEAR.name].to_pylist()}

    def read(self, table: str, year: int | None) -> Iterator[pa.Table]:
        """Yield the rows of a table that are of a year; those of a table without years are of none."""
        rows = self._tables[table]
        if YEAR.name in segment_schemas()[table].names:
            rows = rows.filter(pc.is_null(rows[YEAR.name]) if year is None else pc.equal(rows[YEAR.name], year))
        elif year is not None:
            return
        yield rows

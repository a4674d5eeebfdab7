"""Checking a dataset against its manifests and its contract."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.edits import Edit, apply_edits
from tasks.errors import DatasetError
from tasks.publish.layout import Layout
from tasks.publish.manifest import Manifest, read_manifest
from tasks.publish.table import check_offsets, check_vocabularies
from tasks.publish.views import ViewFile, read_views
from tasks.schemas import TABLES, VIEWS, Table


def verify_dataset(layout: Layout) -> Iterator[str]:
    """Yield a sentence for each fault found; nothing if the dataset is whole.

    Checked: every manifest is readable, every file it names is there with its hash, schema and rows, no other data file
    is there, records = documents + duplicates + rejects, doc_id unique, edits replay to the text, offsets true,
    closed sets of values kept, every view whole, its rows as many as named and its key unique.
    """
    owned: set[str] = set()
    seen: dict[str, str] = {}
    for path in sorted(layout.manifests.glob("[!_]*.json")):
        try:
            manifest = read_manifest(path)
        except DatasetError as error:
            yield str(error)
            continue
        owned.update(file.path for file in manifest.files)
        yield from _verify_batch(layout, manifest, seen)
    for data_file in layout.data_files():
        if data_file not in owned:
            yield f"{data_file}: no manifest names this file; the next run removes it"
    yield from _verify_views(layout)


def _verify_batch(layout: Layout, manifest: Manifest, seen: dict[str, str]) -> Iterator[str]:
    whole = True
    for file in manifest.files:
        path = layout.root / file.path
        if not path.is_file():
            whole = False
            yield f"{file.path}: missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            whole = False
            yield f"{file.path}: content differs from its manifest"
    rows = {name: manifest.rows.get(name, 0) for name in TABLES}  # a table may be younger than the manifest
    if manifest.records != rows["documents"] + rows["duplicates"] + rows["rejects"]:
        yield (
            f"batch {manifest.batch_id}: {manifest.records} records read, but {rows['documents']} documents + "
            f"{rows['duplicates']} duplicates + {rows['rejects']} rejects"
        )
    if not whole:
        return
    tables = {}
    for name, table in TABLES.items():
        schema = table.schema
        paths = [layout.root / file.path for file in manifest.files if file.path.startswith(f"{name}/")]
        parts = [pq.read_table(p, partitioning=None) for p in paths]
        for p, part in zip(paths, parts, strict=True):
            if part.schema.remove_metadata() != schema.remove_metadata():
                yield f"{p.relative_to(layout.root)}: columns differ from the schema"
                return
        tables[name] = _concat(parts, schema)
        if tables[name].num_rows != rows[name]:
            yield f"batch {manifest.batch_id}: {tables[name].num_rows} rows in {name}, manifest says {rows[name]}"
    documents = tables["documents"]
    columns = (documents[c].to_pylist() for c in ("doc_id", "raw_text", "text", "edits"))
    for doc_id, raw, text, edits in zip(*columns, strict=True):
        if doc_id in seen:
            yield f"{doc_id}: in batch {seen[doc_id]} and in batch {manifest.batch_id}"
        seen[doc_id] = manifest.batch_id
        try:
            replayed = apply_edits(raw, [Edit(**edit) for edit in edits])
        except ValueError as error:
            yield f"{doc_id}: {error}"
            continue
        if replayed != text:
            yield f"{doc_id}: replaying the edits over raw_text does not give text"
    try:
        check_offsets(tables)
        check_vocabularies(tables)
    except DatasetError as error:
        yield str(error)


def _verify_views(layout: Layout) -> Iterator[str]:
    try:
        views = read_views(layout)
    except DatasetError as error:
        yield str(error)
        return
    for name, view in views.items():
        path = layout.root / view.path
        if not path.is_file():
            yield f"{view.path}: missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != view.sha256:
            yield f"{view.path}: content differs from {layout.views.name}"
        elif name in VIEWS:
            yield from _verify_view(path, view, VIEWS[name])
    owned = {view.path for view in views.values()}
    for file in (file for name in sorted({*VIEWS, *views}) for file in layout.view_files(name)):
        if file not in owned:
            yield f"{file}: {layout.views.name} does not name this file; the next run removes it"


def _verify_view(path: Path, view: ViewFile, table: Table) -> Iterator[str]:
    if pq.read_schema(path).remove_metadata() != table.schema.remove_metadata():
        yield f"{view.path}: columns differ from the schema"
        return
    if (rows := pq.read_metadata(path).num_rows) != view.rows:
        yield f"{view.path}: {rows} rows, {view.rows} expected"
    if table.key is not None:
        keys = pq.read_table(path, columns=[table.key], partitioning=None)[table.key]
        if (twice := len(keys) - len(keys.unique())) > 0:
            yield f"{view.path}: {twice} rows have a {table.key} that another has"


def _concat(parts: list[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables(parts) if parts else schema.empty_table()

"""Checking a dataset against its commits and its contract."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.edits import Edit, apply_edits
from tasks.errors import DatasetError
from tasks.objects import readable
from tasks.publish.layout import Layout
from tasks.publish.log import Batch, DataFile, Segment, read_replaced, read_snapshot
from tasks.publish.rows import SegmentRows, segment_schemas, sort_years
from tasks.publish.table import check_offsets, check_vocabularies, count_batches
from tasks.publish.views import ViewFile, read_views
from tasks.schemas import ACCOUNTED, VIEWS, Table


def verify_dataset(layout: Layout, *, quick: bool = False) -> Iterator[str]:
    """Yield a sentence for each fault found; nothing if the dataset is whole. A run may write to it meanwhile.

    Checked: every commit is readable, every file that they name is there with its size, no other data file is there,
    records = documents + duplicates + rejects. Unless quick: its hash, schema and rows, doc_id unique, edits replay to
    the text, offsets true, closed sets of values kept, every view whole, its rows as many as named and its key unique.

    Args:
        layout: The dataset.
        quick: Leave out what needs the content of files.
    """
    there = list(layout.data_files())  # before the commits: what comes later is not looked for
    writing = layout.store.is_held()
    try:
        snapshot = read_snapshot(layout)
    except DatasetError as error:
        yield str(error)
        return
    seen: dict[str, str] = {}
    for segment in snapshot.segments.values():
        faults = list(_verify_segment(layout, segment, seen, quick))
        if faults and segment.segment_id not in read_snapshot(layout).segments:
            continue  # replaced while it was looked at
        yield from faults
    owned = {file.path for file in snapshot.files()} | read_replaced(layout).keys()
    strangers = [key for key in there if key not in owned]
    if strangers and not writing and not layout.store.is_held():
        now = {file.path for file in read_snapshot(layout).files()}
        for key in (key for key in strangers if key not in now and _is_there(layout, key)):
            yield f"{key}: no commit names this file; the next run removes it"
    yield from _verify_views(layout, quick)


def _verify_segment(layout: Layout, segment: Segment, seen: dict[str, str], quick: bool) -> Iterator[str]:
    faults = [fault for file in segment.files if (fault := _verify_file(layout, file, quick))]
    yield from faults
    for batch in segment.batches:
        accounted = [batch.rows.get(name, 0) for name in ACCOUNTED]
        if batch.records != sum(accounted):
            parts = " + ".join(f"{rows} {name}" for name, rows in zip(ACCOUNTED, accounted, strict=True))
            yield f"{batch.uri}: {batch.records} records read, but {parts} in batch {batch.batch_id}"
    if quick or faults:
        return
    for file in segment.files:
        schema = segment_schemas()[file.table]
        if pq.read_schema(readable(layout.store.locate(file.path))).remove_metadata() != schema.remove_metadata():
            yield f"{file.path}: columns differ from the schema"
            return
    rows = SegmentRows(layout, segment)
    counts: dict[str, Counter[str]] = {batch.batch_id: Counter() for batch in segment.batches}
    for year in sort_years(rows.years()):
        tables = {
            name: pa.concat_tables([schema.empty_table(), *rows.read(name, year)])
            for name, schema in segment_schemas().items()
            if name != "_index"
        }
        yield from _verify_rows(tables, segment, seen)
        for batch_id, found in count_batches(tables).items():
            counts.setdefault(batch_id, Counter()).update(found["rows"])
    yield from _compare_counts(segment.batches, counts)


def _compare_counts(batches: tuple[Batch, ...], counts: Mapping[str, Counter[str]]) -> Iterator[str]:
    said = {batch.batch_id: batch.rows for batch in batches}
    for batch_id, found in counts.items():
        if dict(found) != said.get(batch_id, {}):
            yield f"batch {batch_id}: it has rows {dict(found)}, its commit says {said.get(batch_id, {})}"


def _verify_file(layout: Layout, file: DataFile, quick: bool) -> str | None:
    try:
        if (size := layout.store.size(file.path)) != file.size:
            return f"{file.path}: {size} bytes, its commit says {file.size}"
        if not quick:
            with layout.store.open(file.path) as source:
                if hashlib.file_digest(source, "sha256").hexdigest() != file.sha256:
                    return f"{file.path}: content differs from its commit"
    except FileNotFoundError:
        return f"{file.path}: missing"
    except OSError as error:
        return f"{file.path}: {error.strerror}"
    return None


def _is_there(layout: Layout, key: str) -> bool:
    try:
        return layout.store.size(key) >= 0
    except FileNotFoundError:
        return False


def _verify_rows(tables: Mapping[str, pa.Table], segment: Segment, seen: dict[str, str]) -> Iterator[str]:
    columns = (tables["documents"][c].to_pylist() for c in ("doc_id", "raw_text", "text", "edits"))
    for doc_id, raw, text, edits in zip(*columns, strict=True):
        if doc_id in seen:
            yield f"{doc_id}: in segment {seen[doc_id]} and in segment {segment.segment_id}"
        seen[doc_id] = segment.segment_id
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


def _verify_views(layout: Layout, quick: bool) -> Iterator[str]:
    there = [key for name in VIEWS for key in layout.view_files(name)]
    try:
        views = read_views(layout)
    except DatasetError as error:
        yield str(error)
        return
    for name, view in views.items():
        fault = _verify_file(layout, view, quick)
        if fault and read_views(layout).get(name) == view:
            yield fault
        elif not fault and not quick and name in VIEWS:
            yield from _verify_view(layout, view, VIEWS[name])
    owned = {view.path for view in views.values()}
    for key in (key for key in there if key not in owned):
        if not layout.store.is_held() and key not in {view.path for view in read_views(layout).values()}:
            yield f"{key}: {layout.views} does not name this file; the next run removes it"


def _verify_view(layout: Layout, view: ViewFile, table: Table) -> Iterator[str]:
    path = layout.store.locate(view.path)
    if pq.read_schema(readable(path)).remove_metadata() != table.schema.remove_metadata():
        yield f"{view.path}: columns differ from the schema"
        return
    if (rows := pq.read_metadata(readable(path)).num_rows) != view.rows:
        yield f"{view.path}: {rows} rows, {view.rows} expected"
    if table.key is not None:
        keys = pq.read_table(readable(path), columns=[table.key], partitioning=None)[table.key]
        if (twice := len(keys) - len(keys.unique())) > 0:
            yield f"{view.path}: {twice} rows have a {table.key} that another has"

"""What keeps a dataset in good order beside runs: the list of its files, compaction, views."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.fingerprints import fingerprint_stages
from flows.views import find_stale, make_views
from tasks.errors import ConfigError
from tasks.ingest.sources import load_source
from tasks.objects import is_address, readable
from tasks.publish.commit import put_segment
from tasks.publish.dataset import describe_dataset
from tasks.publish.layout import Layout
from tasks.publish.lock import hold_dataset
from tasks.publish.log import Segment, append_commit, read_snapshot, remove_what_is_replaced
from tasks.publish.rows import SegmentRows
from tasks.publish.upgrade import upgrade
from tasks.publish.views import read_views
from tasks.schemas import TABLES, VIEWS
from tasks.settings import RunSettings, Settings

#: DuckDB's names of Arrow types.
_TYPES = {
    "string": "VARCHAR", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "uint32": "UINTEGER",
    "float": "REAL", "double": "DOUBLE", "bool": "BOOLEAN", "date32[day]": "DATE",
}  # fmt: skip


def list_files(layout: Layout, table: str | None = None) -> dict[str, list[str]]:
    """Return the files of a dataset, by table and view: what is committed, and nothing twice.

    Args:
        layout: The dataset.
        table: One table or view; None: all.

    Raises:
        ConfigError: There is no such table.
    """
    known = {**TABLES, **VIEWS}
    if table is not None and table not in known:
        raise ConfigError(f"no table {table!r}; there are {', '.join(known)}")
    snapshot, views = read_snapshot(layout), read_views(layout)
    files = {name: [layout.store.locate(file.path) for file in snapshot.files(name)] for name in TABLES}
    files |= {name: [layout.store.locate(views[name].path)] if name in views else [] for name in VIEWS}
    return {name: paths for name, paths in files.items() if table in (None, name)}


def sql_views(files: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a DuckDB statement for each table: a view over its files, empty where it has none."""
    for name, paths in files.items():
        if paths:
            listed = ", ".join(_quote(path if is_address(path) else str(Path(path).absolute())) for path in paths)
            yield f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{listed}], hive_partitioning = true);"
        else:
            columns = [f'NULL::{_sql_type(f.type)} AS "{f.name}"' for f in ({**TABLES, **VIEWS})[name].schema]
            columns += ["NULL::VARCHAR AS source"] if name in TABLES else []
            yield f"CREATE OR REPLACE VIEW {name} AS SELECT {', '.join(columns)} WHERE false;"


def _quote(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _sql_type(kind.value_type)
    if pa.types.is_list(kind):
        return f"{_sql_type(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        fields = (kind.field(i) for i in range(kind.num_fields))
        return "STRUCT({})".format(", ".join(f'"{field.name}" {_sql_type(field.type)}' for field in fields))
    return _TYPES[str(kind)]


def compact_dataset(layout: Layout, settings: RunSettings) -> tuple[int, int]:
    """Merge segments that are small, neighbours of the same source made with the same, into full ones.

    A reader by `files` sees the old ones or the new; keys, offsets and what the next run leaves alone stay.

    Args:
        layout: The dataset.
        settings: How large a segment is.

    Returns:
        How many segments were merged, and into how many.
    """
    merged = made = 0
    with hold_dataset(layout):
        upgrade(layout, layout.staging / "compact")
        snapshot = read_snapshot(layout)
        describe_dataset(layout, snapshot)
        now = datetime.now(UTC)
        remove_what_is_replaced(layout, snapshot, settings.keep_replaced_s, now)
        for segments in find_small(snapshot.segments.values(), settings):
            first = segments[0]
            segment = put_segment(
                layout, layout.staging / "compact", [SegmentRows(layout, one) for one in segments],
                source_id=first.source_id, fingerprints=first.fingerprints,
            )  # fmt: skip
            gone = [one.segment_id for one in segments]
            snapshot = append_commit(layout, snapshot, None, add=[segment], remove=gone)
            remove_what_is_replaced(layout, snapshot, settings.keep_replaced_s, now)
            merged, made = merged + len(segments), made + 1
    return merged, made


def find_small(segments: Iterable[Segment], settings: RunSettings) -> list[list[Segment]]:
    """Return runs of segments that are to be one: of the same source, made with the same, together not too large."""
    groups: list[list[Segment]] = []
    open_groups: dict[tuple[object, ...], list[Segment]] = {}
    for segment in segments:
        key = (segment.source_id, *sorted(segment.fingerprints.items()))
        group = open_groups.get(key)
        if group is None or not _fit([*group, segment], settings):
            group = open_groups[key] = []
            groups.append(group)
        group.append(segment)
    return [group for group in groups if len(group) > 1]


def _fit(segments: Sequence[Segment], settings: RunSettings) -> bool:
    return (
        sum(segment.size for segment in segments) <= settings.segment_bytes
        and sum(batch.records for segment in segments for batch in segment.batches) <= settings.segment_records
    )


def make_views_anew(layout: Layout, settings: Settings, on_demand: Collection[str] = ()) -> list[str]:
    """Make the views that are stale. Returns their names.

    Args:
        layout: The dataset.
        settings: All settings.
        on_demand: Stages that are done on demand, which are done alone; none: all others.
    """
    fingerprints = fingerprint_stages(settings, load_source("generic"), None)
    with hold_dataset(layout):
        snapshot = read_snapshot(layout)
        made = [name for stage in find_stale(layout, snapshot, fingerprints, on_demand) for name in stage.yields]
        for _ in make_views(
            layout, snapshot, settings, fingerprints, layout.staging / "views", lambda task, *a, **k: task.fn(*a, **k),
            on_demand,
        ):  # fmt: skip
            pass
        shutil.rmtree(layout.staging / "views", ignore_errors=True)
    return made


def list_formulas(layout: Layout, most: int, words: str = "", *, only_replaced: bool = False) -> Iterator[str]:
    """Yield a line for each formula of a dataset, those of most documents first.

    Args:
        layout: A dataset with the view formulas.
        most: How many at most.
        words: What the wording contains.
        only_replaced: Whether only those count in which a word was replaced.
    """
    path = layout.store.locate(read_views(layout)["formulas"].path)
    with pq.ParquetFile(readable(path)) as source:
        rows = source.read()
    wanted = pc.match_substring(rows["pattern"], words)
    if only_replaced:
        wanted = pc.and_(wanted, pc.is_valid(rows["replaced"]))
    columns = ("n_documents", "first_on", "last_on", "n_since", "replaced", "pattern")
    yield "\t".join(columns)
    for row in rows.filter(wanted).slice(0, most).to_pylist():
        yield "\t".join(str(row[name] if row[name] is not None else "") for name in columns)

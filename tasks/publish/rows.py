"""What a segment is written from: rows that are staged, and rows of segments that are there already.

Both yield the rows of a table a year at a time, in the order of their batches, so that a segment is written in one pass
over its years and never lies in memory as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import name_file
from tasks.objects import readable
from tasks.publish.layout import Layout
from tasks.publish.log import Batch, Segment
from tasks.publish.table import widen
from tasks.schemas import INDEX, TABLES, YEAR
from tasks.staging import BundleRef
from tasks.tables import keys_of_batches, take_batches

#: Staged with the tables: what publish knows of a bundle when it is assembled.
_DONE = "assembled.json"


def segment_schemas() -> dict[str, pa.Schema]:
    """Return the schemas of the tables of a segment by name, documents first, the index last."""
    return {name: table.schema for name, table in TABLES.items()} | {"_index": INDEX}


class Rows(Protocol):
    """Rows of a segment to be written."""

    @property
    def batches(self) -> tuple[Batch, ...]:
        """The batches that they are of, in order."""

    @property
    def size(self) -> int:
        """Bytes of raw text, of a part of a segment about."""

    def years(self) -> Collection[int | None]:
        """Return the years that they have."""

    def read(self, table: str, year: int | None) -> Iterator[pa.Table]:
        """Yield the rows of a table that are of a year; those of a table without years are of none."""


class StagedRows:
    """The tables of a bundle, assembled and staged.

    Args:
        bundle: The bundle.
        keep: The batches whose rows are taken; None: all.
    """

    def __init__(self, bundle: BundleRef, keep: Collection[str] | None = None) -> None:
        self._bundle = bundle
        self._keep = None if keep is None else frozenset(keep)

    @classmethod
    def stage(
        cls, bundle: BundleRef, tables: Mapping[str, pa.Table], batches: Collection[Batch], made_with: str
    ) -> StagedRows:
        """Stage the tables of a bundle, the index among them.

        Args:
            bundle: The bundle.
            tables: By name, as they are published.
            batches: What is in them.
            made_with: What they were made with: `staged` has to be given the same.
        """
        years: dict[str, list[tuple[int | None, int, int]]] = {}
        for name, rows in tables.items():
            rows, years[name] = _sort_by_year(rows)
            bundle.write(f"assembled-{name}", rows)
        done = {
            "made_with": made_with,
            "size": pc.sum(pc.binary_length(tables["documents"]["raw_text"])).as_py() or 0,
            "years": years,
            "batches": [batch.model_dump() for batch in batches],
        }
        path = Path(bundle.folder, _DONE)
        partial = path.with_suffix(".partial")
        with name_file(partial):
            partial.write_text(json.dumps(done), encoding="utf-8")
        partial.replace(path)
        return cls(bundle)

    @classmethod
    def staged(cls, bundle: BundleRef, made_with: str) -> StagedRows | None:
        """Return the tables of a bundle that an interrupted run has staged, made with the same; else None."""
        found = cls(bundle)
        try:
            return found if found._done["made_with"] == made_with else None
        except (OSError, ValueError, KeyError):
            return None

    @cached_property
    def _done(self) -> dict[str, Any]:
        done: dict[str, Any] = json.loads(Path(self._bundle.folder, _DONE).read_text(encoding="utf-8"))
        return done

    @property
    def _years(self) -> dict[str, list[tuple[int | None, int, int]]]:
        return self._done["years"]  # type: ignore[no-any-return]

    @property
    def batches(self) -> tuple[Batch, ...]:
        """The batches that they are of, in order."""
        found = (Batch.model_validate(batch) for batch in self._done["batches"])
        return tuple(batch for batch in found if self._keep is None or batch.batch_id in self._keep)

    @property
    def size(self) -> int:
        """Bytes of raw text, of some of the batches about."""
        size: int = self._done["size"]
        whole: int = sum(batch["records"] for batch in self._done["batches"])
        return size * sum(batch.records for batch in self.batches) // max(whole, 1)

    def years(self) -> Collection[int | None]:
        """Return the years that they have."""
        return {year for runs in self._years.values() for year, _, _ in runs}

    def read(self, table: str, year: int | None) -> Iterator[pa.Table]:
        """Yield the rows of a table that are of a year; those of a table without years are of none."""
        for other, start, length in self._years[table]:
            if other == year and length:
                rows = self._bundle.read(f"assembled-{table}").slice(start, length)
                yield rows if self._keep is None else take_batches(rows, self._keep, self._documents)

    @cached_property
    def _documents(self) -> pa.Array:
        return keys_of_batches(self._bundle.read("assembled-documents"), self._keep or ())


class SegmentRows:
    """Rows of a segment that is published.

    Args:
        layout: The dataset.
        segment: The segment.
        keep: The batches whose rows are taken; None: all.
    """

    def __init__(self, layout: Layout, segment: Segment, keep: Collection[str] | None = None) -> None:
        self._layout = layout
        self._segment = segment
        self._keep = None if keep is None else frozenset(keep)

    @property
    def batches(self) -> tuple[Batch, ...]:
        """The batches that they are of, in order."""
        return tuple(b for b in self._segment.batches if self._keep is None or b.batch_id in self._keep)

    @property
    def size(self) -> int:
        """Bytes of raw text, of a part of a segment about."""
        whole = sum(batch.records for batch in self._segment.batches)
        return self._segment.size * sum(batch.records for batch in self.batches) // max(whole, 1)

    def years(self) -> Collection[int | None]:
        """Return the years that they have."""
        found: set[int | None] = {None}  # rows without a document are of none
        for file in (file for file in self._segment.files if file.table == "documents"):
            with pq.ParquetFile(readable(self._layout.store.locate(file.path))) as source:
                found.update(pc.unique(source.read(columns=[YEAR.name])[YEAR.name]).to_pylist())
        return found

    def read(self, table: str, year: int | None) -> Iterator[pa.Table]:
        """Yield the rows of a table that are of a year; those of a table without years are of none."""
        schema = segment_schemas()[table]
        for file in (file for file in self._segment.files if file.table == table):
            with pq.ParquetFile(readable(self._layout.store.locate(file.path))) as source:
                for group in range(source.num_row_groups):
                    if not _may_hold(source, group, year):
                        continue
                    rows = widen(source.read_row_group(group), schema)
                    if YEAR.name in schema.names:
                        rows = rows.filter(_equals(rows[YEAR.name], year))
                    elif year is not None:
                        continue
                    yield rows if self._keep is None else take_batches(rows, self._keep, self._documents)

    def read_all(self) -> dict[str, pa.Table]:
        """Return all tables, the index among them, in order."""
        years = sorted(self.years(), key=_undated_last)
        return {
            name: pa.concat_tables([schema.empty_table(), *(t for year in years for t in self.read(name, year))])
            for name, schema in segment_schemas().items()
        }

    @cached_property
    def _documents(self) -> pa.Array:
        [path] = [file.path for file in self._segment.files if file.table == "documents"]
        with pq.ParquetFile(readable(self._layout.store.locate(path))) as source:
            rows = source.read(columns=["doc_id", "batch_id"])
        return keys_of_batches(rows, self._keep or ())


def sort_years(years: Collection[int | None]) -> list[int | None]:
    """Return years ascending, the undated last.

    Example:
        >>> sort_years({None, 2021, 1999})
        [1999, 2021, None]
    """
    return sorted(years, key=_undated_last)


def _undated_last(year: int | None) -> tuple[bool, int]:
    return year is None, year or 0


def _equals(years: pa.ChunkedArray, year: int | None) -> pa.ChunkedArray:
    return pc.is_null(years) if year is None else pc.fill_null(pc.equal(years, year), False)


def _may_hold(source: pq.ParquetFile, group: int, year: int | None) -> bool:
    """Tell from the statistics whether a row group can have rows of a year."""
    names = source.schema_arrow.names
    if YEAR.name not in names:
        return True
    stats = source.metadata.row_group(group).column(_leaf(source, YEAR.name)).statistics
    if stats is None:
        return True
    if year is None:
        return bool(stats.null_count)
    return bool(stats.has_min_max and stats.min <= year <= stats.max)


def _leaf(source: pq.ParquetFile, name: str) -> int:
    """Return the number of a flat column among the leaves of the file's schema."""
    paths = [source.schema.column(i).path for i in range(len(source.schema))]
    return paths.index(name)


def _sort_by_year(rows: pa.Table) -> tuple[pa.Table, list[tuple[int | None, int, int]]]:
    """Sort rows by year, undated last, otherwise in their order; return the runs as (year, start, length) as well."""
    if YEAR.name not in rows.column_names:
        return rows, [(None, 0, rows.num_rows)]
    parts: list[pa.Table] = []
    runs: list[tuple[int | None, int, int]] = []
    start = 0
    for year in sort_years(pc.unique(rows[YEAR.name]).to_pylist()):
        parts.append(rows.filter(_equals(rows[YEAR.name], year)))
        runs.append((year, start, parts[-1].num_rows))
        start += parts[-1].num_rows
    return (pa.concat_tables(parts).combine_chunks() if parts else rows), runs

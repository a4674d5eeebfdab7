"""Tables on disk between tasks: Arrow IPC files in a batch's staging folder.

What travels through the orchestrator is a `BatchRef`; the tables of a batch lie in its folder under the names
ingested, index, records, near, refusals-<stage> and those that schemas.TABLES gives.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import name_file

_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


class _Staged:
    """Tables in a staging folder, each complete or not there."""

    folder: str

    def path(self, name: str) -> Path:
        """Return where a staged table lies."""
        return Path(self.folder) / f"{name}.arrow"

    def has(self, name: str) -> bool:
        """Tell whether a table is staged."""
        return self.path(name).exists()

    def read(self, name: str) -> pa.Table:
        """Read a staged table."""
        with pa.memory_map(str(self.path(name))) as source:
            return pa.ipc.open_file(source).read_all()

    def write(self, name: str, table: pa.Table) -> None:
        """Stage a table, under its name only when it is complete."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        with (
            name_file(partial),
            pa.OSFile(str(partial), "wb") as sink,
            pa.ipc.new_file(sink, table.schema, options=_OPTIONS) as writer,
        ):
            writer.write_table(table)
        partial.replace(path)


@dataclass(frozen=True)
class BatchRef(_Staged):
    """A batch on disk.

    Attributes:
        batch_id: Stable key, made from the records that were read.
        folder: The staging folder that holds its tables.
        unit_id: The unit of the input that it was read from.
        number: Its place in the unit, from 0.
        n_records: Records read, refused ones included.
    """

    batch_id: str
    folder: str
    unit_id: str
    number: int
    n_records: int


@dataclass(frozen=True)
class DatasetRef(_Staged):
    """The published tables of a dataset, and where views over them are staged.

    Attributes:
        folder: The staging folder of the views.
        files: Paths of the published files, by table.
    """

    folder: str
    files: dict[str, list[str]]

    def parts(self, columns: Mapping[str, pa.Schema]) -> Iterator[dict[str, pa.Table]]:
        """Yield published tables piece by piece: what one batch has of a year, whole documents always.

        Args:
            columns: By table, what is read of it. A column that a file lacks, since it is older, is null.
        """
        pieces: dict[tuple[str, ...], dict[str, str]] = {}
        for table, paths in self.files.items():
            for path in paths:
                pieces.setdefault(Path(path).parts[-3:], {})[table] = path
        for _, piece in sorted(pieces.items()):
            yield {
                table: _read_columns(piece[table], schema) if table in piece else schema.empty_table()
                for table, schema in columns.items()
            }


def _read_columns(path: str, schema: pa.Schema) -> pa.Table:
    with pq.ParquetFile(path) as file:
        there = [name for name in schema.names if name in file.schema_arrow.names]
        table = file.read(columns=there)
    columns = [
        table[field.name].cast(field.type) if field.name in there else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


@dataclass
class Cost:
    """What a task cost the process that ran it.

    Attributes:
        stage: The stage.
        work_cpu_s: CPU seconds inside rings 1 and 2.
        task_cpu_s: CPU seconds of the whole task, reading and writing included.
        peak_rss_mb: Largest resident memory of the process so far.
        pid: The process.
        documents: Rows worked on.
    """

    stage: str
    work_cpu_s: float = 0.0
    task_cpu_s: float = 0.0
    peak_rss_mb: float = 0.0
    pid: int = 0
    documents: int = 0
    _started: float = field(default_factory=time.thread_time, repr=False)

    @contextmanager
    def work(self) -> Iterator[None]:
        """Count the CPU time of the block as work."""
        start = time.thread_time()
        try:
            yield
        finally:
            self.work_cpu_s += time.thread_time() - start

    def close(self, documents: int) -> Cost:
        """Take the final readings."""
        import os

        self.documents = documents
        self.task_cpu_s = time.thread_time() - self._started
        self.peak_rss_mb = peak_rss_mb()
        self.pid = os.getpid()
        return self


def run_stage(name: str, batch: BatchRef, reads: Sequence[str], work: Callable[..., Mapping[str, pa.Table]]) -> Cost:
    """Do a stage over a batch, and stage what it yields.

    Args:
        name: The stage.
        batch: The batch.
        reads: The staged tables that it reads.
        work: Makes the staged tables of the stage, by name, and `refusals`, from those.
    """
    cost = Cost(name)
    tables = [batch.read(table) for table in reads]
    with cost.work():
        found = work(*tables)
    for table, rows in found.items():
        batch.write(f"refusals-{name}" if table == "refusals" else table, rows)
    return cost.close(tables[0].num_rows)


def peak_rss_mb() -> float:
    """Return the largest resident memory of this process so far, MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)

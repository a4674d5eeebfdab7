"""Tables on disk between tasks: Arrow IPC files in a staging folder.

What travels through the orchestrator is a `BundleRef`: batches that are worked on together. Their tables lie in its
folder under the names ingested, index, records, near, refusals-<stage> and those that schemas.TABLES gives.
"""

from __future__ import annotations

import resource
import shutil
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import name_file
from tasks.objects import readable
from tasks.tables import keys_of_batches, take_batches

_DOCUMENTS = 1_000  # of a piece of the dataset
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
class BatchHead:
    """A batch: records of one file of the input, which are kept, made again or removed together.

    Attributes:
        batch_id: Stable key, made from what was read.
        uri: The file.
        records: Records read, refused ones included.
    """

    batch_id: str
    uri: str
    records: int


@dataclass(frozen=True)
class BundleRef(_Staged):
    """Batches on disk that are worked on together: one of a large file, or those of many small files.

    Attributes:
        folder: The staging folder that holds their tables.
        batches: The batches, in order.
        size: Bytes of raw text.
    """

    folder: str
    batches: tuple[BatchHead, ...]
    size: int

    @property
    def n_records(self) -> int:
        """Records read, refused ones included."""
        return sum(batch.records for batch in self.batches)

    def narrow(self, batches: Collection[str]) -> BundleRef:
        """Stage some of the batches as a bundle of their own, with all that is staged of them."""
        heads = tuple(head for head in self.batches if head.batch_id in batches)
        part = BundleRef(f"{self.folder}-{heads[0].batch_id}", heads, self.size * len(heads) // len(self.batches))
        names = [path.stem for path in Path(self.folder).glob("*.arrow")]
        documents = keys_of_batches(self.read("ingested"), batches) if "ingested" in names else None
        if "normalized" in names:
            documents = keys_of_batches(self.read("normalized"), batches)
        for name in names:
            part.write(name, take_batches(self.read(name), batches, documents))
        return part

    def discard(self) -> None:
        """Take what is staged of it away."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class DatasetRef(_Staged):
    """The published tables of a dataset, and where views over them are staged.

    Attributes:
        folder: The staging folder of the views.
        files: For each segment, the paths or addresses of its published files by table.
    """

    folder: str
    files: tuple[dict[str, str], ...]

    def parts(self, columns: Mapping[str, pa.Schema]) -> Iterator[dict[str, pa.Table]]:
        """Yield published tables piece by piece: whole documents always, not too many at a time.

        Args:
            columns: By table, what is read of it. A column that a file lacks, since it is older, is null.
        """
        for piece in self.files:
            yield from _cut(
                {
                    table: _read_columns(piece[table], schema) if table in piece else schema.empty_table()
                    for table, schema in columns.items()
                }
            )


def _cut(tables: Mapping[str, pa.Table]) -> Iterator[dict[str, pa.Table]]:
    """Cut the tables of a segment by documents, so many at a time; the order of rows inside a document stays."""
    documents = tables["documents"]
    if len(documents) <= _DOCUMENTS:
        yield dict(tables)
        return
    ids = documents["doc_id"].combine_chunks()
    sorted_tables: dict[str, pa.Table] = {}
    starts: dict[str, list[int]] = {}
    n_pieces = -(-len(documents) // _DOCUMENTS)
    for name, table in tables.items():
        numbers = pc.divide(pc.index_in(table["doc_id"], ids), pa.scalar(_DOCUMENTS, pa.int32())).combine_chunks()
        order = pc.array_sort_indices(numbers)
        sorted_tables[name] = table.take(order)
        starts[name] = np.searchsorted(numbers.take(order).to_numpy(), range(n_pieces + 1)).tolist()
    for piece in range(n_pieces):
        yield {
            name: table.slice(starts[name][piece], starts[name][piece + 1] - starts[name][piece])
            for name, table in sorted_tables.items()
        }


def _read_columns(path: str, schema: pa.Schema) -> pa.Table:
    with pq.ParquetFile(readable(path)) as file:
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


def run_stage(name: str, bundle: BundleRef, reads: Sequence[str], work: Callable[..., Mapping[str, pa.Table]]) -> Cost:
    """Do a stage over a bundle, and stage what it yields.

    Args:
        name: The stage.
        bundle: The bundle.
        reads: The staged tables that it reads.
        work: Makes the staged tables of the stage, by name, and `refusals`, from those.
    """
    cost = Cost(name)
    tables = [bundle.read(table) for table in reads]
    with cost.work():
        found = work(*tables)
    for table, rows in found.items():
        bundle.write(f"refusals-{name}" if table == "refusals" else table, rows)
    return cost.close(tables[0].num_rows if tables else 0)


def peak_rss_mb() -> float:
    """Return the largest resident memory of this process so far, MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)

"""What publish knows of copies: the index of what was kept, and which files depend on documents that go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.objects import readable
from tasks.publish.layout import Layout
from tasks.publish.log import Segment, Snapshot
from tasks.tables import are_of

#: A document of the index: batch_id, doc_id, signature.
Indexed = tuple[str, str, Sequence[int]]
_ROWS = 5_000  # of an index that are Python objects at a time


def read_index(
    layout: Layout, segments: Iterable[Segment]
) -> Iterator[tuple[set[str], Callable[[], Iterable[Indexed]]]]:
    """Yield for each segment its batches and what reads its documents."""
    for segment in segments:
        yield {batch.batch_id for batch in segment.batches}, _Reader(layout, segment)


class _Reader:
    def __init__(self, layout: Layout, segment: Segment) -> None:
        self._paths = [layout.store.locate(file.path) for file in segment.files if file.table == "_index"]

    def __call__(self) -> Iterator[Indexed]:
        for path in self._paths:
            with pq.ParquetFile(readable(path)) as source:
                for rows in source.iter_batches(_ROWS, columns=["batch_id", "doc_id", "signature"]):
                    yield from zip(*(column.to_pylist() for column in rows.columns), strict=True)


def lost_documents(layout: Layout, snapshot: Snapshot, add: Iterable[Segment], drops: Collection[str]) -> pa.Array:
    """Return the documents of batches that go and that no segment to come has.

    Args:
        layout: The dataset.
        snapshot: The state in which the batches are there.
        add: Segments to come.
        drops: The batches.
    """
    holding = {snapshot.batches[key][0].segment_id for key in drops if key in snapshot.batches}
    gone = [
        rows.filter(are_of(rows, drops))["doc_id"]
        for rows in _documents(layout, (snapshot.segments[key] for key in sorted(holding)), "batch_id")
    ]
    come = [rows["doc_id"] for rows in _documents(layout, add)]
    lost = _join(gone)
    return lost.filter(pc.invert(pc.is_in(lost, _join(come))))


def find_copies_of(layout: Layout, documents: pa.Array, segments: Iterable[Segment]) -> list[tuple[str, str]]:
    """Return the files of segments that hold a copy of one of some documents, near or exact: (source_id, uri).

    Args:
        layout: The dataset.
        documents: Keys of documents.
        segments: Segments of it.
    """
    if not len(documents):
        return []
    found: set[tuple[str, str]] = set()
    for segment in segments:
        for table, column in (("duplicates", "doc_id"), ("documents", "near_duplicate_of")):
            for path in (layout.store.locate(file.path) for file in segment.files if file.table == table):
                with pq.ParquetFile(readable(path)) as source:
                    rows = source.read(columns=["uri", column])
                copies = rows.filter(pc.is_in(rows[column], documents))
                found.update((segment.source_id, uri) for uri in copies["uri"].to_pylist())
    return sorted(found)


def _documents(layout: Layout, segments: Iterable[Segment], *columns: str) -> Iterator[pa.Table]:
    for segment in segments:
        for path in (layout.store.locate(file.path) for file in segment.files if file.table == "documents"):
            with pq.ParquetFile(readable(path)) as source:
                yield source.read(columns=["doc_id", *columns])


def _join(columns: Sequence[pa.ChunkedArray]) -> pa.Array:
    return pa.concat_arrays([pa.array([], pa.string()), *(chunk for column in columns for chunk in column.chunks)])

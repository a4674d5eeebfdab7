"""The ingest task: files of the input in, staged bundles of batches out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.errors import FULL_DISK
from tasks.ingest.plan import Unit, UnitFile, changed_since
from tasks.ingest.sources import Source
from tasks.ingest.table import index_records, read_batches
from tasks.settings import IngestSettings
from tasks.staging import BatchHead, BundleRef, Cost

#: A batch: its head, records, refusals and bytes of raw text.
_Batch = tuple[BatchHead, pa.Table, pa.Table, int]


class _Unread(Exception):
    """A file of the input could not be read to its end, or is not what was planned. Says why."""


@dataclass(frozen=True)
class Ingested:
    """What became of a unit.

    Attributes:
        bundles: Its batches, staged, in order.
        batches: For each file that was read to its end, its batches in order, by uri.
        failures: Why a file was not, by uri: it went away or changed under the reader. None of its batches is staged.
        cost: What it cost.
    """

    bundles: list[BundleRef]
    batches: dict[str, tuple[str, ...]]
    failures: dict[str, str]
    cost: Cost


@task(name="ingest", cache_policy=NO_CACHE, persist_result=False)
def ingest(unit: Unit, source: Source, settings: IngestSettings, folder: str, limit: int | None = None) -> Ingested:
    """Read a unit and stage its batches, small ones together.

    Args:
        unit: The unit.
        source: Its column map.
        settings: How to read it.
        folder: Staging folder of the run: bundles get folders of their own in it.
        limit: Stop after so many records.
    """
    done = Ingested([], {}, {}, Cost("ingest"))
    small: list[_Batch] = []  # files of one batch, to be staged together

    def stage(batches: list[_Batch]) -> None:
        if batches:
            done.bundles.append(_stage(folder, batches))
            batches.clear()

    left = limit
    for file in unit.files:
        if left is not None and left <= 0:
            break
        read: list[str] = []
        last: list[_Batch] = []
        n_bundles = len(done.bundles)
        try:
            for batch in _read(file, source, settings, left, done.cost):
                if last:  # a file of several: each batch is a bundle
                    if len(read) == 1:
                        stage(small)
                        n_bundles = len(done.bundles)
                    stage(last)
                last = [batch]
                read.append(batch[0].batch_id)
                left = None if left is None else left - batch[0].records
            failure = changed_since(file)
        except _Unread as error:
            failure = f"cannot be read: {error}"
        if failure is not None:
            del done.bundles[n_bundles:]
            done.failures[file.uri] = failure
            continue
        done.batches[file.uri] = tuple(read)
        if len(read) > 1:
            stage(last)
        small += last
        if _is_full(small, settings):
            stage(small)
    stage(small)
    done.cost.close(sum(bundle.n_records for bundle in done.bundles))
    return done


def _read(file: UnitFile, source: Source, settings: IngestSettings, limit: int | None, cost: Cost) -> Iterator[_Batch]:
    """Yield the batches of a file, so many records at most.

    Raises:
        _Unread: It went away, or is not what was planned.
        OSError: A disk is full.
    """
    if (changed := changed_since(file)) is not None:
        raise _Unread(changed)
    batches = read_batches(file, source, settings)
    left = limit
    while left is None or left > 0:
        try:
            with cost.work():
                batch = next(batches, None)
        except OSError as error:
            if error.errno in FULL_DISK:  # that of copies: to read an input needs none
                raise
            raise _Unread(error.strerror or str(error)) from error
        if batch is None:
            return
        records, refusals = (part if left is None else part.slice(0, left) for part in batch)
        n_records = records.num_rows + refusals.num_rows
        left = None if left is None else left - n_records
        [batch_id] = {*batch[0]["batch_id"].to_pylist(), *batch[1]["batch_id"].to_pylist()}
        size = pc.sum(pc.binary_length(records["raw_text"])).as_py() or 0
        yield BatchHead(batch_id, file.uri, n_records), records, refusals, size


def _is_full(batches: list[_Batch], settings: IngestSettings) -> bool:
    """Tell whether batches are enough for a bundle."""
    return (
        sum(batch[0].records for batch in batches) >= settings.batch_records
        or sum(batch[3] for batch in batches) >= settings.batch_bytes
    )


def _stage(folder: str, batches: list[_Batch]) -> BundleRef:
    heads = tuple(batch[0] for batch in batches)
    key = hashlib.sha256("\n".join(head.batch_id for head in heads).encode()).hexdigest()[:16]
    bundle = BundleRef(str(Path(folder, key)), heads, sum(batch[3] for batch in batches))
    records = pa.concat_tables([batch[1] for batch in batches])
    bundle.write("ingested", records.unify_dictionaries())
    bundle.write("refusals-ingest", pa.concat_tables([batch[2] for batch in batches]).unify_dictionaries())
    bundle.write("index", index_records(records))
    return bundle

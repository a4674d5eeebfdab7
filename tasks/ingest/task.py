"""The ingest task: a unit of the input in, staged batches out."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.ingest.plan import Unit
from tasks.ingest.sources import Source
from tasks.ingest.table import batch_id, index_records, read_unit
from tasks.settings import IngestSettings
from tasks.staging import BatchRef, Cost


@task(name="ingest", cache_policy=NO_CACHE, persist_result=False)
def ingest(
    unit: Unit, source: Source, settings: IngestSettings, folder: str, limit: int | None = None
) -> tuple[list[BatchRef], Cost]:
    """Read a unit and stage its batches.

    Args:
        unit: The unit.
        source: Its column map.
        settings: How to read it.
        folder: Staging folder of the unit.
        limit: Stop after so many records.

    Returns:
        The batches in order, at least one, and what they cost.
    """
    cost = Cost("ingest")
    refs: list[BatchRef] = []
    left = limit
    batches = read_unit(unit, source, settings)
    while left is None or left > 0:
        with cost.work():
            batch = next(batches, None)
            if batch is None:
                break
            records, refusals = (part if left is None else part.slice(0, left) for part in batch)
            index = index_records(records)
        n_records = records.num_rows + refusals.num_rows
        left = None if left is None else left - n_records
        ref = BatchRef(
            batch_id(unit, source, records, refusals),
            str(Path(folder, f"{len(refs):06d}")),
            unit.unit_id,
            len(refs),
            n_records,
        )
        ref.write("ingested", records)
        ref.write("refusals-ingest", refusals)
        ref.write("index", index)
        refs.append(ref)
    return refs, cost.close(sum(ref.n_records for ref in refs))

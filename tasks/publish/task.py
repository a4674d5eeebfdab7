"""The publish tasks: a staged batch into the dataset, and a published one back to staging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.publish.commit import commit_batch, read_index
from tasks.publish.layout import Layout
from tasks.publish.manifest import InputFile, Manifest
from tasks.publish.table import assemble, unassemble, widen
from tasks.schemas import TABLES
from tasks.staging import BatchRef, Cost


@dataclass(frozen=True)
class Publication:
    """What publish needs to know beyond the staged tables.

    Attributes:
        dataset: Folder of the dataset.
        source_id: The publisher.
        run_id: The run.
        pipeline_version: Version of the program and its stages.
        n_batches: Batches of the unit.
        inputs: Files of the unit.
        stages: The stages before publish, in order.
        fingerprints: By stage.
        decisions: Hash of the duplicate decisions.
    """

    dataset: str
    source_id: str
    run_id: str
    pipeline_version: str
    n_batches: int
    inputs: tuple[InputFile, ...]
    stages: tuple[str, ...]
    fingerprints: dict[str, str]
    decisions: str


@task(name="publish", cache_policy=NO_CACHE, persist_result=False)
def publish(batch: BatchRef, publication: Publication) -> tuple[Manifest, Cost]:
    """Put a staged batch into the dataset."""
    cost = Cost("publish")
    staged = {
        name: batch.read(table.staged) if table.stage in publication.stages else table.staged_schema.empty_table()
        for name, table in TABLES.items()
        if name != "rejects"
    }
    refusals = pa.concat_tables(batch.read(f"refusals-{stage}") for stage in publication.stages)
    near = batch.read("near")
    late = publication.stages[publication.stages.index(TABLES["documents"].stage) + 1 :]
    with cost.work():
        tables = assemble(
            staged | {"rejects": refusals.unify_dictionaries()},
            near,
            late=late,
            batch_id=batch.batch_id,
            run_id=publication.run_id,
            pipeline_version=publication.pipeline_version,
        )
    manifest = commit_batch(
        Layout(Path(publication.dataset)),
        Path(batch.folder) / "publish",
        tables,
        batch.read("index"),
        batch_id=batch.batch_id,
        source_id=publication.source_id,
        unit_id=batch.unit_id,
        number=batch.number,
        n_batches=publication.n_batches,
        inputs=publication.inputs,
        fingerprints=publication.fingerprints,
        decisions=publication.decisions,
        records=batch.n_records,
    )
    return manifest, cost.close(tables["documents"].num_rows)


def restage(layout: Layout, manifest: Manifest, folder: str, stages: Sequence[str]) -> BatchRef:
    """Stage the tables of a published batch again, so that later stages can be redone without the earlier ones.

    Rows keep their order inside a year, so that publishing them again gives the same files.

    Args:
        layout: The dataset.
        manifest: The batch.
        folder: Staging folder of the batch.
        stages: The stages before publish, whose refusals are parted.
    """
    batch = BatchRef(manifest.batch_id, folder, manifest.unit_id, manifest.number, manifest.records)
    published: dict[str, pa.Table] = {}
    for name, table in TABLES.items():
        paths = [layout.root / file.path for file in manifest.files if file.path.startswith(f"{name}/")]
        parts = [widen(pq.read_table(path, partitioning=None), table.schema) for path in paths]
        published[name] = pa.concat_tables(parts) if parts else table.schema.empty_table()
    staged, near = unassemble(published)
    refusals = staged.pop("rejects")
    for name, rows in staged.items():
        batch.write(TABLES[name].staged, rows)
    batch.write("near", near)
    batch.write("index", read_index(layout, manifest.batch_id))
    for stage in stages:
        batch.write(f"refusals-{stage}", refusals.filter(pc.equal(refusals["stage"].cast(pa.string()), stage)))
    return batch

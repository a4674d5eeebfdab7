"""The publish tasks: a staged batch into the dataset, and a published one back to staging."""

from __future__ import annotations

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
from tasks.publish.table import COPIES, NEAR, Staged, assemble, unlink_speakers, widen
from tasks.schemas import NORMALIZED, REFUSALS, TABLES
from tasks.staging import BatchRef, Cost

STAGES = ("ingest", "normalize", "entities", "quotes")


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
        fingerprints: By stage.
        decisions: Hash of the duplicate decisions.
    """

    dataset: str
    source_id: str
    run_id: str
    pipeline_version: str
    n_batches: int
    inputs: tuple[InputFile, ...]
    fingerprints: dict[str, str]
    decisions: str


@task(name="publish", cache_policy=NO_CACHE, persist_result=False)
def publish(batch: BatchRef, publication: Publication) -> tuple[Manifest, Cost]:
    """Put a staged batch into the dataset."""
    cost = Cost("publish")
    staged = Staged(
        normalized=batch.read("normalized"),
        sentences=batch.read("sentences"),
        entities=batch.read("entities"),
        quotes=batch.read("quotes"),
        roles=batch.read("roles"),
        copies=batch.read("copies"),
        near=batch.read("near"),
        refusals=pa.concat_tables(batch.read(f"refusals-{stage}") for stage in STAGES).unify_dictionaries(),
    )
    with cost.work():
        tables = assemble(
            staged,
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


def restage(layout: Layout, manifest: Manifest, folder: str) -> BatchRef:
    """Stage the tables of a published batch again, so that later stages can be redone without the earlier ones.

    Rows keep their order inside a year, so that publishing them again gives the same files.
    """
    batch = BatchRef(manifest.batch_id, folder, manifest.unit_id, manifest.number, manifest.records)
    tables: dict[str, pa.Table] = {}
    for name, schema in TABLES.items():
        paths = [layout.root / file.path for file in manifest.files if file.path.startswith(f"{name}/")]
        parts = [pq.read_table(path, partitioning=None) for path in paths]
        tables[name] = pa.concat_tables([widen(part, schema) for part in parts]) if parts else schema.empty_table()
    documents, refusals = tables["documents"], tables["rejects"].drop_columns(["run_id"])
    near = documents.filter(pc.is_valid(documents["near_duplicate_of"])).select(NEAR.names)
    batch.write("normalized", documents.select(NORMALIZED.names))
    batch.write("sentences", tables["sentences"])
    batch.write("entities", tables["entities"])
    batch.write("quotes", unlink_speakers(tables["quotes"]))
    batch.write("roles", tables["roles"])
    batch.write("copies", tables["duplicates"].select(COPIES.names))
    batch.write("near", near)
    batch.write("index", read_index(layout, manifest.batch_id))
    for stage in STAGES:
        rows = refusals.filter(pc.equal(refusals["stage"].cast(pa.string()), stage))
        batch.write(f"refusals-{stage}", rows.cast(REFUSALS))
    return batch

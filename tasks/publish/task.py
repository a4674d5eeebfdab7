"""The publish tasks: a staged bundle to tables of the dataset, these into a segment, and a segment back to staging."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.errors import DatasetError
from tasks.publish.commit import put_segment
from tasks.publish.layout import Layout
from tasks.publish.log import Batch, Segment
from tasks.publish.rows import Rows, SegmentRows, StagedRows
from tasks.publish.table import assemble, count_batches, of_batches, unassemble
from tasks.schemas import TABLES
from tasks.staging import BatchHead, BundleRef, Cost
from tasks.tables import are_of


@dataclass(frozen=True)
class Publication:
    """What publish needs to know beyond the staged tables.

    Attributes:
        run_id: The run.
        pipeline_version: Version of the program and its stages.
        stages: The stages before publish, in order.
        fingerprints: By stage.
        decisions: Hash of the decisions on copies, by batch.
    """

    run_id: str
    pipeline_version: str
    stages: tuple[str, ...]
    fingerprints: Mapping[str, str]
    decisions: Mapping[str, str]

    def digest(self, bundle: BundleRef) -> str:
        """Return a hash of what the tables of a bundle are made with."""
        decided = [self.decisions.get(batch.batch_id) for batch in bundle.batches]
        known = (self.run_id, self.pipeline_version, sorted(self.fingerprints.items()), decided)
        return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


@task(name="publish", cache_policy=NO_CACHE, persist_result=False)
def publish(bundle: BundleRef, publication: Publication) -> tuple[dict[str, str], Cost]:
    """Make the tables of the dataset from those of a bundle, and stage them.

    Returns:
        Why a batch could not be published, by uri: the others are staged. And what it cost.
    """
    cost = Cost("publish")
    staged = {
        name: bundle.read(table.staged) if table.stage in publication.stages else table.staged_schema.empty_table()
        for name, table in TABLES.items()
        if name != "rejects"
    }
    refusals = pa.concat_tables(bundle.read(f"refusals-{stage}") for stage in publication.stages)
    staged["rejects"] = refusals.unify_dictionaries()
    near, index = bundle.read("near"), bundle.read("kept")
    with cost.work():
        failures: dict[str, str] = {}
        try:
            tables = _assemble(staged, near, publication)
        except DatasetError:
            failures = _find_failures(staged, near, publication, bundle.batches)
            sound = {batch.batch_id for batch in bundle.batches if batch.uri not in failures}
            tables = _assemble(of_batches(staged, sound), near, publication)
            index = index.filter(are_of(index, sound))
        counts = count_batches(tables)
        batches = [
            Batch(
                batch_id=head.batch_id,
                uri=head.uri,
                records=head.records,
                decisions=publication.decisions[head.batch_id],
                **counts.get(head.batch_id, {}),
            )
            for head in bundle.batches
            if head.uri not in failures
        ]
    StagedRows.stage(bundle, tables | {"_index": index}, batches, publication.digest(bundle))
    return failures, cost.close(tables["documents"].num_rows)


def _assemble(staged: Mapping[str, pa.Table], near: pa.Table, publication: Publication) -> dict[str, pa.Table]:
    late = publication.stages[publication.stages.index(TABLES["documents"].stage) + 1 :]
    return assemble(staged, near, late=late, run_id=publication.run_id, pipeline_version=publication.pipeline_version)


def _find_failures(
    staged: Mapping[str, pa.Table], near: pa.Table, publication: Publication, batches: Sequence[BatchHead]
) -> dict[str, str]:
    """Return why files cannot be published, by uri: their batches are assembled one by one."""
    failures: dict[str, str] = {}
    for batch in batches:
        own = of_batches(staged, {batch.batch_id})
        try:
            _assemble(own, near, publication)
        except DatasetError as error:
            ids, records = (own["documents"][name].to_pylist() for name in ("doc_id", "record"))
            place = next((f"record {n}: " for key, n in zip(ids, records, strict=True) if key in str(error)), "")
            failures.setdefault(batch.uri, f"{place}{error}")
    return failures


@task(name="put-segment", cache_policy=NO_CACHE, persist_result=False)
def put(
    dataset: str,
    staging: str,
    bundles: Sequence[BundleRef],
    without: Collection[str],
    kept: tuple[Segment, tuple[str, ...]] | None,
    source_id: str,
    fingerprints: Mapping[str, str],
) -> tuple[Segment, Cost]:
    """Put a segment into the store: rows of one that is there already, then those of assembled bundles.

    Args:
        dataset: Folder or address of the dataset.
        staging: A local folder for files that are not complete.
        bundles: What `publish` has staged.
        without: Files whose batches are left out of the bundles.
        kept: A segment of the dataset and the batches of it that are taken.
        source_id: The publisher.
        fingerprints: By stage.
    """
    cost = Cost("publish")
    layout = Layout(dataset)
    rows: list[Rows] = [SegmentRows(layout, *kept)] if kept else []
    for bundle in bundles:
        taken = [batch.batch_id for batch in bundle.batches if batch.uri not in without]
        rows += [StagedRows(bundle, None if len(taken) == len(bundle.batches) else taken)]
    with cost.work():
        segment = put_segment(layout, Path(staging), rows, source_id=source_id, fingerprints=fingerprints)
    return segment, cost.close(segment.rows("documents"))


@task(name="restage", cache_policy=NO_CACHE, persist_result=False)
def restage(
    dataset: str, segment: Segment, batches: Collection[str], folder: str, stages: Sequence[str], most: int
) -> tuple[list[BundleRef], Cost]:
    """Stage tables of a published segment again, so that later stages can be redone without the earlier ones.

    Rows keep their order inside a year, so that publishing them again gives the same files.

    Args:
        dataset: Folder or address of the dataset.
        segment: The segment.
        batches: Those of its batches that are wanted.
        folder: Staging folder of the run: bundles get folders of their own in it.
        stages: The stages before publish, whose refusals are parted.
        most: Records of a bundle, about.
    """
    cost = Cost("restage")
    published = SegmentRows(Layout(dataset), segment, batches).read_all()
    index = published.pop("_index")
    bundles: list[BundleRef] = []
    waiting: list[Batch] = []

    def stage() -> None:
        ids = {batch.batch_id for batch in waiting}
        staged, near = unassemble(of_batches(published, ids))
        key = hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:16]
        heads = tuple(BatchHead(batch.batch_id, batch.uri, batch.records) for batch in waiting)
        size = pc.sum(pc.binary_length(staged["documents"]["raw_text"])).as_py() or 0
        bundle = BundleRef(str(Path(folder, f"again-{key}")), heads, size)
        refusals = staged.pop("rejects")
        for name, rows in staged.items():
            bundle.write(TABLES[name].staged, rows)
        bundle.write("near", near)
        bundle.write("kept", index.filter(are_of(index, ids)))
        for name in stages:
            bundle.write(f"refusals-{name}", refusals.filter(pc.equal(refusals["stage"].cast(pa.string()), name)))
        bundles.append(bundle)
        waiting.clear()

    with cost.work():
        for batch in segment.batches:
            if batch.batch_id in batches:
                waiting.append(batch)
                if sum(b.records for b in waiting) >= most:
                    stage()
        if waiting:
            stage()
    return bundles, cost.close(published["documents"].num_rows)

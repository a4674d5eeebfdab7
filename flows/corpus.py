"""build_corpus: raw dumps in, a dataset out.

Plan the units of the input → ingest each → decide, in the order of the plan, what is a copy of something earlier →
per batch: normalize → (entities ∥ quotes) → publish → summary. What is already in the dataset, made with the same
settings and versions, is left alone; where only later stages changed, only those are done again.

The decisions depend on nothing but the plan and the batches of earlier inputs, so an interrupted run that is started
again decides the same.
"""

from __future__ import annotations

import logging
import os
import resource
import shutil
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.futures import PrefectFuture

from flows.decide import Read, Redo, changed_stages, decide
from flows.fingerprints import fingerprint_stages, pipeline_version
from flows.ledger import Ledger, open_ledger
from flows.progress import RunProgress
from flows.runner import LazyRunner, count_workers, make_runner
from flows.server import children_of, end_helpers_too
from flows.stages import STAGES, Stage, before_publish, of_batches, of_dataset
from tasks.errors import ConfigError, DatasetError, StageFailed
from tasks.ingest.duplicates import DuplicateIndex
from tasks.ingest.plan import Unit, group_files, plan_input
from tasks.ingest.sources import Source, load_source
from tasks.ingest.table import decide_copies
from tasks.publish.commit import read_index, remove_batch, remove_orphans
from tasks.publish.layout import Layout, write_json
from tasks.publish.lock import hold_dataset
from tasks.publish.manifest import InputFile, Manifest, read_manifests
from tasks.publish.table import apply_decisions
from tasks.publish.task import Publication, restage
from tasks.publish.views import commit_views, digest_batches, read_views, write_views
from tasks.schemas import SCHEMA_VERSION, TABLES, VIEWS
from tasks.settings import Settings, load_settings
from tasks.staging import BatchRef, Cost, DatasetRef, peak_rss_mb

logger = logging.getLogger(__name__)

_STAGES = tuple(stage.name for stage in before_publish())


@flow(name="build-corpus", validate_parameters=False)
def build_corpus(
    inputs: Sequence[str],
    dataset: str,
    source_id: str = "generic",
    config: str | None = None,
    workers: int = 0,
    limit: int | None = None,
) -> Ledger:
    """Build a dataset from raw dumps, or bring it up to date.

    Args:
        inputs: Files, folders, globs or archives.
        dataset: Folder of the dataset.
        source_id: The publisher: a column map in config/sources, or the path of one.
        config: A TOML file laid over config/default.toml.
        workers: Batches at a time; 0 takes the number from the settings.
        limit: Read only so many records.

    Returns:
        The ledger of the run.

    Raises:
        CommuniqueError: Settings or inputs are unusable, the dataset is held by another run, or a batch failed.
    """
    settings = load_settings(Path(config) if config else None, {"run": {"workers": workers}} if workers else None)
    source = load_source(source_id)
    layout = Layout(Path(dataset))
    with hold_dataset(layout):
        _check_card(layout)
        return _Run(list(inputs), layout, source, settings, limit).carry_out()


@dataclass
class _Batch:
    """A batch under way: its last task's future, and what it brings to the progress bar."""

    ref: BatchRef
    published: PrefectFuture[tuple[Manifest, Cost]]
    earlier: list[tuple[str, PrefectFuture[Cost]]]
    weight: float


@dataclass
class _Run:
    """One attempt at a run. The methods follow the order of the module docstring."""

    inputs: list[str]
    layout: Layout
    source: Source
    settings: Settings
    limit: int | None
    under_way: deque[_Batch] = field(default_factory=deque)

    def carry_out(self) -> Ledger:
        plan = plan_input(self.inputs, self.settings.ingest, leave_out=self.layout.root, now=datetime.now(UTC))
        units = list(group_files(plan.files, self.settings.ingest))
        made_with = fingerprint_stages(self.settings, self.source, self.limit)
        self.fingerprints = {name: value for name, value in made_with.items() if STAGES[name].scope != "dataset"}
        self.ledger = open_ledger(
            self.layout, [u.unit_id for u in units], self.source.id, self.inputs, self.fingerprints, datetime.now(UTC)
        )
        self.staging = self.layout.staging / self.ledger.run_id
        self.manifests = read_manifests(self.layout)
        _clear(self.layout.staging)
        remove_orphans(self.layout, self.manifests)
        self.ledger.write(self.layout)
        status = "interrupted"
        try:
            self._work_through(units)
            self._make_views(made_with)
            status = "failed" if self.ledger.failures else "done"
        except Exception:
            status = "failed"
            raise
        finally:
            self.ledger.costs |= _processor_time()
            self.ledger.peak_rss_mb["main"] = round(peak_rss_mb(), 1)
            self.ledger.close(status, datetime.now(UTC))
            self.ledger.write(self.layout)
            if status == "done":
                _clear(self.layout.staging)
        _describe(self.layout, self.manifests)
        self._report()
        if self.ledger.failures:
            raise StageFailed("; ".join(self.ledger.failures))
        if not self.ledger.counts.reconciles:
            raise DatasetError(f"the counts do not reconcile: {self.ledger.counts}")
        return self.ledger

    def _work_through(self, units: Sequence[Unit]) -> None:
        """Ingest ahead, decide in order, keep a bounded number of batches under way."""
        planned = {unit.unit_id for unit in units}
        self.seen = DuplicateIndex(self.settings.ingest.near_duplicate_similarity)
        superseded = self._find_superseded(units) if self.limit is None else []
        left_out = {manifest.batch_id for manifest in superseded}
        for manifest in self.manifests.values():
            is_planned = manifest.source_id == self.source.id and manifest.unit_id in planned
            if not is_planned and manifest.batch_id not in left_out:
                decide_copies(read_index(self.layout, manifest.batch_id), self.seen)
        workers = count_workers(self.settings.run)
        to_read = {u.unit_id for u in units if isinstance(decide(u, self._published(u), self.fingerprints), Read)}
        input_bytes = sum(f.size for unit in units for f in unit.files)
        with (
            end_helpers_too(),
            RunProgress(input_bytes) as self.progress,
            LazyRunner(lambda: make_runner(self.settings.run, self.settings.entities, input_bytes)) as self.runner,
        ):
            ahead: deque[tuple[Unit, PrefectFuture[tuple[list[BatchRef], Cost]] | None]] = deque()
            waiting = iter(units)
            left = self.limit
            while True:
                while len(ahead) < (1 if self.limit is not None else workers + 1):
                    unit = next(waiting, None)
                    if unit is None or left == 0:
                        break
                    ahead.append((unit, self._start_ingest(unit, left) if unit.unit_id in to_read else None))
                if not ahead:
                    break
                unit, future = ahead.popleft()
                read = self._finish_unit(unit, future, left)
                left = None if left is None else max(0, left - read)
                self._collect(2 * workers + 2)
            self._collect(0)
        if not self.ledger.failures:
            for manifest in superseded:
                remove_batch(self.layout, manifest)
                del self.manifests[manifest.batch_id]

    def _find_superseded(self, units: Sequence[Unit]) -> list[Manifest]:
        """Return the published batches whose files are now parts of other units: a folder has grown or shrunk."""
        planned = {unit.unit_id for unit in units}
        files = {(file.uri, file.sha256) for unit in units for file in unit.files}
        return [
            manifest
            for manifest in self.manifests.values()
            if manifest.source_id == self.source.id
            and manifest.unit_id not in planned
            and all((file.uri, file.sha256) in files for file in manifest.inputs)
        ]

    def _start_ingest(self, unit: Unit, limit: int | None) -> PrefectFuture[tuple[list[BatchRef], Cost]]:
        folder = str(self.staging / unit.unit_id)
        future: PrefectFuture[tuple[list[BatchRef], Cost]] = self.runner().submit(
            STAGES["ingest"].task(),
            {"unit": unit, "source": self.source, "settings": self.settings.ingest, "folder": folder, "limit": limit},
        )
        return future

    def _finish_unit(
        self, unit: Unit, future: PrefectFuture[tuple[list[BatchRef], Cost]] | None, limit: int | None
    ) -> int:
        """Decide over the unit's batches and send on what has to be done. Returns the records read."""
        size = sum(file.size for file in unit.files)
        published = self._published(unit)
        known: dict[str, tuple[pa.Table, str]] = {}
        if future is None:
            known = {m.batch_id: decide_copies(read_index(self.layout, m.batch_id), self.seen) for m in published}
            digests = {batch_id: digest for batch_id, (_, digest) in known.items()}
            decision = decide(unit, published, self.fingerprints, digests)
            if not isinstance(decision, Read):
                stages = decision.stages if isinstance(decision, Redo) else {}
                for manifest in published:
                    self._keep_or_redo(manifest, stages.get(manifest.batch_id, ()), size / len(published))
                return sum(m.records for m in published)
            # What was a copy is none any more, or the other way round: the records have to be read again.
            future = self._start_ingest(unit, limit)
        try:
            refs, cost = future.result()
        except Exception as error:
            logger.exception("unit %s", unit.files[0].uri)
            self.ledger.failures.append(f"{unit.files[0].uri}: ingest failed: {error}")
            return 0
        self.ledger.charge(cost)
        inputs = tuple(InputFile(uri=f.uri, size=f.size, sha256=f.sha256) for f in unit.files)
        stale = {m.batch_id: m for m in published}
        for ref in refs:
            start = Cost("decide")
            with start.work():
                decisions, digest = known.get(ref.batch_id) or decide_copies(ref.read("index"), self.seen)
            self.ledger.charge(start.close(ref.n_records))
            old = stale.pop(ref.batch_id, None)
            if old and old.decisions == digest and not changed_stages(old, self.fingerprints):
                self._count(old, size / len(refs))
                continue
            records, copies, near = apply_decisions(ref.read("ingested"), decisions)
            for name, table in (("records", records), ("copies", copies), ("near", near)):
                ref.write(name, table)
            publication = self._publication(inputs, len(refs), digest)
            self._send(ref, publication, of_batches(), size / len(refs))
        for manifest in stale.values():
            remove_batch(self.layout, manifest)
            del self.manifests[manifest.batch_id]
        return sum(ref.n_records for ref in refs)

    def _keep_or_redo(self, manifest: Manifest, stages: Sequence[str], weight: float) -> None:
        """Leave a published batch alone, or do stages of it again."""
        if not stages:
            self._count(manifest, weight)
            return
        ref = restage(self.layout, manifest, str(self.staging / manifest.unit_id / manifest.batch_id), _STAGES)
        publication = self._publication(manifest.inputs, manifest.n_batches, manifest.decisions)
        self._send(ref, publication, [stage for stage in of_batches() if stage.name in stages], weight)

    def _send(self, ref: BatchRef, publication: Publication, stages: Sequence[Stage], weight: float) -> None:
        """Submit the stages of a batch, each as soon as those that it needs are done, and its publication."""
        submit = self.runner().submit
        sent: dict[str, PrefectFuture[Cost]] = {}
        for stage in stages:
            wait_for = [sent[name] for name in stage.after if name in sent]
            values = {"batch": ref, "settings": getattr(self.settings, stage.name)}
            sent[stage.name] = submit(stage.task(), values, wait_for=wait_for)
        published = submit(
            STAGES["publish"].task(), {"batch": ref, "publication": publication}, wait_for=list(sent.values())
        )
        self.under_way.append(_Batch(ref, published, list(sent.items()), weight))

    def _collect(self, most: int) -> None:
        """Wait until at most so many batches are under way, taking them in order."""
        while len(self.under_way) > most:
            batch = self.under_way.popleft()
            stage = "publish"
            try:
                for name, future in batch.earlier:
                    stage = name
                    self.ledger.charge(future.result())
                stage = "publish"
                manifest, cost = batch.published.result()
            except Exception as error:
                logger.exception("batch %s", batch.ref.batch_id)
                self.ledger.failures.append(
                    f"batch {batch.ref.batch_id}: {stage} failed: {type(error).__name__}: {error}"
                )
                continue
            self.ledger.charge(cost)
            self.ledger.batches_written += 1
            self.manifests[manifest.batch_id] = manifest
            self._count(manifest, batch.weight)
            shutil.rmtree(batch.ref.folder, ignore_errors=True)

    def _count(self, manifest: Manifest, weight: float) -> None:
        self.ledger.counts.add(manifest)
        self.progress.advance(weight, manifest.rows["documents"])

    def _published(self, unit: Unit) -> list[Manifest]:
        mine = (m for m in self.manifests.values() if m.unit_id == unit.unit_id and m.source_id == self.source.id)
        return sorted(mine, key=lambda m: m.number)

    def _make_views(self, fingerprints: dict[str, str]) -> None:
        """Make the views whose batches or code changed, and take away those that no stage yields."""
        views = read_views(self.layout)
        wanted = {name for stage in of_dataset() for name in stage.yields}
        if views.keys() - wanted:
            views = write_views(self.layout, {name: view for name, view in views.items() if name in wanted})
        for stage in of_dataset() if not self.ledger.failures else ():
            made_from = digest_batches(self.manifests.values(), stage.reads)
            current = {"made_from": made_from, "fingerprint": fingerprints[stage.name]}
            if all(name in views and current.items() <= vars(views[name]).items() for name in stage.yields):
                continue
            files: dict[str, list[str]] = {name: [] for name in stage.reads}
            for path in sorted(file.path for m in self.manifests.values() for file in m.files):
                if (table := path.partition("/")[0]) in files:
                    files[table].append(str(self.layout.root / path))
            ref = DatasetRef(str(self.staging / stage.name), files)
            section = {"settings": getattr(self.settings, stage.name)} if stage.has_settings else {}
            self.ledger.charge(stage.task()(ref, **section))
            tables = {name: ref.read(name) for name in stage.yields}
            views = commit_views(self.layout, Path(ref.folder), tables, **current)

    def _publication(self, inputs: tuple[InputFile, ...], n_batches: int, decisions: str) -> Publication:
        return Publication(
            dataset=str(self.layout.root),
            source_id=self.source.id,
            run_id=self.ledger.run_id,
            pipeline_version=pipeline_version(self.fingerprints),
            n_batches=n_batches,
            inputs=inputs,
            stages=_STAGES,
            fingerprints=self.fingerprints,
            decisions=decisions,
        )

    def _report(self) -> None:
        counts = self.ledger.counts
        create_table_artifact(
            key="build-corpus-summary",
            table=[{"what": name, "rows": value} for name, value in counts.listed().items()],
            description=f"run {self.ledger.run_id}: {self.ledger.status}",
        )


def _check_card(layout: Layout) -> None:
    if not layout.card.is_file():
        strangers = [p.name for p in layout.root.iterdir() if not p.name.startswith("_")]
        if strangers and not layout.manifests.is_dir():
            raise ConfigError(
                f"{layout.root}: not empty and not a dataset (it holds {sorted(strangers)[:3]}); choose another --out"
            )


def _describe(layout: Layout, manifests: dict[str, Manifest]) -> None:
    """Write what readers need to know of the dataset as a whole."""
    write_json(
        layout.card,
        {
            "schema_version": SCHEMA_VERSION,
            "sources": sorted({m.source_id for m in manifests.values()}),
            "partitions": ["source", "year"],
            "tables": {
                name: {
                    f.name: {"type": str(f.type), "description": f.metadata[b"description"].decode()}
                    for f in table.schema
                }
                for name, table in (TABLES | VIEWS).items()
            },
        },
    )


def _clear(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)


def _processor_time() -> dict[str, float]:
    """CPU seconds of this process, of the workers that have ended, and of a server that still runs for it."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    running = 0.0
    for pid in children_of(os.getpid()):
        fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
        running += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    total = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime + running
    return {"total": round(total, 3), "main": round(own.ru_utime + own.ru_stime, 3), "server": round(running, 3)}

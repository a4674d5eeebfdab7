"""build_corpus: raw dumps in, a dataset out.

Plan the files of the input → decide over each → segments that changed: read what is read again, do later stages again,
and replace them → what is new: ingest → decide, in the order of the plan, what is a copy of something earlier → per
bundle of batches: normalize → (entities ∥ quotes) → publish → a segment for so many bundles → a commit → views →
report → summary.

What is in the dataset already, made with the same settings and versions, is left alone. Commits follow the order of the
plan, so the dataset of an interrupted run is the beginning of a whole one's, and the same command goes on from there.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, tags
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner
from pydantic import Field

from flows.attempt import Attempt
from flows.decide import Job, batches_of_files, decide, find_changed
from flows.environment import end_with_service, shown_logs
from flows.fingerprints import fingerprint_stages, pipeline_version
from flows.ledger import Ledger
from flows.pipeline import Origin, Pipeline, Sent, label_files, origins
from flows.progress import RunProgress
from flows.runner import LazyRunner, cluster, count_workers, make_runner
from flows.server import end_helpers_too, share_server
from flows.shown import completed, failed, name_run, name_task, show_summary, show_tags, tags_of
from flows.stages import STAGES, Stage, before_publish, of_bundles
from flows.views import make_views
from tasks.errors import CommuniqueError
from tasks.ingest.duplicates import DuplicateIndex
from tasks.ingest.plan import Unit, UnitFile, group_files, plan_input
from tasks.ingest.sources import load_source
from tasks.ingest.table import decide_copies
from tasks.ingest.task import Ingested
from tasks.objects import full_place
from tasks.publish.copies import find_copies_of, lost_documents, read_index
from tasks.publish.dataset import check_dataset, describe_dataset
from tasks.publish.layout import Layout
from tasks.publish.lock import hold_dataset
from tasks.publish.log import (
    EVERYTHING,
    InputFile,
    Segment,
    append_commit,
)
from tasks.publish.rows import StagedRows
from tasks.publish.table import apply_decisions
from tasks.publish.task import Publication, put, restage
from tasks.settings import load_settings
from tasks.staging import BundleRef, Cost

logger = logging.getLogger(__name__)

_STAGES = tuple(stage.name for stage in before_publish())
#: Part of a full segment that the last one of a run has at least: less goes with the one before.
_REST = 4


@flow(name="build-corpus", flow_run_name=name_run)
def build_corpus(
    inputs: Annotated[list[str], Field(min_length=1)],
    dataset: str,
    source_id: str = "generic",
    config: str | None = None,
    workers: Annotated[int, Field(ge=0)] = 0,
    limit: Annotated[int, Field(gt=0)] | None = None,
    prune: bool = False,
) -> Ledger:
    """Build a dataset from raw dumps, or bring it up to date.

    Args:
        inputs: Files, folders, globs or archives.
        dataset: Folder of the dataset, or its address in object storage.
        source_id: The publisher: a column map in config/sources, or the path of one.
        config: A TOML file laid over config/default.toml.
        workers: Bundles at a time; 0 takes the number from the settings.
        limit: Read only so many records.
        prune: Take rows out whose file is no more in the input.

    Returns:
        The ledger of the run; Prefect has it in a state that says the counts.

    Raises:
        CommuniqueError: Settings or inputs are unusable, the dataset is held by another run, a file failed, or more
            was refused than the settings allow. Prefect has it in a state that says so in a sentence.
    """
    end_with_service()
    try:
        show_tags(tags_of(source_id, dataset))
        settings = load_settings(Path(config) if config else None, {"run": {"workers": workers}} if workers else None)
        source = load_source(source_id)
        layout = Layout(full_place(dataset))
        plan = plan_input(inputs, settings.ingest, leave_out=layout.root, now=datetime.now(UTC))
        check_dataset(layout)
        with hold_dataset(layout), shown_logs(), tags(*tags_of(source_id, dataset)):
            ledger = _Run(list(inputs), plan, layout, source, settings, limit, prune).carry_out()
    except (CommuniqueError, OSError) as error:
        return failed(error)
    return completed(ledger)


@dataclass
class _Group:
    """Bundles that become one segment, and the files of the input that end in it."""

    sent: list[Sent] = field(default_factory=list)
    inputs: list[InputFile] = field(default_factory=list)
    size: int = 0
    records: int = 0

    def __bool__(self) -> bool:
        return bool(self.sent or self.inputs)

    def add(self, other: _Group) -> None:
        """Take what another group has."""
        self.sent += other.sent
        self.inputs += other.inputs
        self.size += other.size
        self.records += other.records

    def discard(self) -> None:
        """Take away what is staged of the bundles: it is published."""
        for sent in self.sent:
            for bundle in sent.done:
                bundle.discard()


@dataclass
class _Run(Attempt):
    """One attempt at a run. The methods follow the order of the module docstring."""

    again: list[UnitFile] = field(default_factory=list)  # files that a job turned out to concern

    def carry_out(self) -> Ledger:
        self.look(fingerprint_stages(self.settings, self.source, self.limit))
        self.planned = {file.uri: file for file in self.plan.files}
        self.published = batches_of_files(s for s in self.snapshot.segments.values() if s.source_id == self.source.id)
        self.begin()
        status = "interrupted"
        try:
            self._work()
            self._make_views()
            status = "failed" if self.ledger.failures else "done"
        except Exception:
            status = "failed"
            raise
        finally:
            self.end(status)
        describe_dataset(self.layout, self.snapshot)
        show_summary(self, self.write_report())
        return self.check()

    def _work(self) -> None:
        """Bring what is there up to date, then add what is new."""
        decision = self.decision
        todo = sum(file.size for file in (*decision.new, *(f for job in decision.jobs for f in job.reads)))
        again = sum(self.snapshot.segments[key].size for job in decision.jobs for key in job.redo)
        if not decision.jobs and not decision.new:
            return
        workers = count_workers(self.settings.run)
        with (
            end_helpers_too(),
            share_server(),
            RunProgress(todo, again) as self.progress,
            LazyRunner(lambda: self._make_runner(todo + again)) as runner,
            closing(DuplicateIndex(self.layout.copies, self.settings.ingest.near_duplicate_similarity)) as self.seen,
        ):
            self.runner = runner
            self.pipeline = Pipeline(self._submit, self.settings, self.ledger, 2 * workers + 2, self.progress)
            self.seen.bring_up_to_date(
                self.snapshot.digest(("_index",)), read_index(self.layout, self.snapshot.segments.values())
            )
            for job in decision.jobs:
                self._replace(job)
            self._add(decision.new)
            while self.again:
                for job in self._decide_again():
                    self._replace(job)
            if not self.ledger.failures:
                self.seen.keep(self.snapshot.digest(("_index",)))

    def _make_runner(self, todo: int) -> TaskRunner[Any]:
        if self.settings.run.runner != "dask":
            return make_runner(self.settings.run, self.settings.entities, todo)
        self.staging.mkdir(parents=True, exist_ok=True)
        runner: TaskRunner[Any] = cluster().make_runner(
            self.settings, self.source, self.limit, self.fingerprints, str(self.staging)
        )
        return runner

    def _submit(self, task: Any, values: dict[str, Any], label: str, **options: Any) -> PrefectFuture[Any]:
        named = task.with_options(task_run_name=name_task(task.name, label))
        future: PrefectFuture[Any] = self.runner().submit(named, values, **options)
        return future

    def _decide_again(self) -> tuple[Job, ...]:
        files, self.again = self.again, []
        return decide(files, self.snapshot, self.source.id, self.fingerprints).jobs

    def _read(self, files: Sequence[UnitFile]) -> Iterator[tuple[Unit, Ingested, list[Origin]]]:
        """Yield what is read of files, in order, and where each bundle of it comes from.

        A few units are read ahead, unless records are counted.
        """
        left = self.limit
        ahead: deque[tuple[Unit, PrefectFuture[Any]]] = deque()
        units = group_files(files, self.settings.ingest)
        most = 1 if left is not None else count_workers(self.settings.run) + 1
        while True:
            while len(ahead) < most and left != 0 and (unit := next(units, None)) is not None:
                values = {"unit": unit, "source": self.source, "settings": self.settings.ingest}
                values |= {"folder": str(self.staging), "limit": left}
                label = label_files([file.uri for file in unit.files])
                ahead.append((unit, self._submit(STAGES["ingest"].task(), values, label)))
            if not ahead:
                return
            unit, future = ahead.popleft()
            found: Ingested = future.result()
            self.ledger.charge(found.cost)
            for uri, reason in found.failures.items():
                self.pipeline.fail(uri, reason)
            self.progress.read(sum(file.size for file in unit.files), sum(bundle.size for bundle in found.bundles))
            read = sum(bundle.n_records for bundle in found.bundles)
            left = None if left is None else max(0, left - read)
            yield unit, found, origins(found.bundles, [future])

    def _add(self, files: Sequence[UnitFile]) -> None:
        """Read files of which nothing is published, or only a beginning, and add them a segment at a time."""
        group, before = _Group(), _Group()

        def close() -> None:
            nonlocal group, before
            if before:
                self._commit(before)
            group, before = _Group(), group

        for unit, found, come_from in self._read(files):
            for bundle, origin in zip(found.bundles, come_from, strict=True):
                live = {batch.batch_id for batch in bundle.batches if self._is_current(batch.batch_id)}
                self._send_read(group, bundle, origin, live)
                if len(unit.files) == 1 and self._fills(group):
                    close()
                if before and self._fills(group, _REST):
                    self._commit(before)
                    before = _Group()
            ended = self._inputs(unit, found)
            group.inputs += ended
            self._note_strays(ended)
            if self._fills(group):
                close()
        if before:
            before.add(group)
            group = _Group()
        close()
        close()

    def _fills(self, group: _Group, part: int = 1) -> bool:
        """Tell whether a group fills a segment, or a part of one."""
        limits = self.settings.run
        return group.size >= limits.segment_bytes // part or group.records >= limits.segment_records // part

    def _note_strays(self, inputs: Sequence[InputFile]) -> None:
        """Note files of which batches are published that the file does not have (any more): they have to go."""
        for file in inputs:
            if self.published.get(file.uri, {}).keys() - set(file.batches):
                self.again.append(self.planned[file.uri])

    def _is_current(self, batch_id: str) -> bool:
        return batch_id in self.snapshot.batches and not find_changed(
            self.snapshot.batches[batch_id][0], self.fingerprints
        )

    def _send_read(
        self, group: _Group, bundle: BundleRef, origin: Origin, live: set[str], digests: dict[str, str] | None = None
    ) -> None:
        """Decide over the records of a bundle, and send what is not live."""
        if live:
            ids = {batch.batch_id for batch in bundle.batches} - live
            whole, bundle = bundle, bundle.narrow(ids) if ids else bundle
            whole.discard()
            self.progress.skip(whole.size - bundle.size if ids else whole.size)
            if not ids:
                return
        if digests is None:
            digests = self._decide_copies(bundle)
        self._send(group, bundle, origin, of_bundles(), digests)

    def _decide_copies(self, bundle: BundleRef) -> dict[str, str]:
        """Part the records of a bundle into those that are kept and copies; return a hash of the decisions by batch."""
        start = Cost("decide")
        with start.work():
            index = bundle.read("index")
            decisions, digests = decide_copies(index, self.seen)
            records, copies, near = apply_decisions(bundle.read("ingested"), decisions)
            kept = index.filter(decisions["keep"])
        for name, table in (("records", records), ("copies", copies), ("near", near), ("kept", kept)):
            bundle.write(name, table)
        self.ledger.charge(start.close(bundle.n_records))
        return {batch.batch_id: digests.get(batch.batch_id, "") for batch in bundle.batches}

    def _inputs(self, unit: Unit, found: Ingested) -> list[InputFile]:
        return [
            InputFile(
                source_id=self.source.id, uri=file.uri, size=file.size, sha256=file.sha256,
                batches=found.batches[file.uri],
            )
            for file in unit.files
            if file.uri in found.batches
        ]  # fmt: skip

    def _send(
        self, group: _Group, bundle: BundleRef, origin: Origin, stages: Sequence[Stage], decisions: dict[str, str]
    ) -> None:
        publication = Publication(
            run_id=self.ledger.run_id,
            pipeline_version=pipeline_version(self.fingerprints),
            stages=_STAGES,
            fingerprints=self.fingerprints,
            decisions=decisions,
        )
        group.sent.append(self.pipeline.send(bundle, origin, stages, publication))
        group.size += bundle.size
        group.records += bundle.n_records

    def _replace(self, job: Job) -> None:
        """Bring segments up to date: one commit for all of them and what is read for them."""
        segments = [self.snapshot.segments[key] for key in job.segments if key in self.snapshot.segments]
        self.seen.mark()
        self.seen.forget(job.drops)
        groups, stays = self._read_again(job)
        for sent in (sent for group in groups for sent in group.sent):
            self.pipeline.finish(sent)
        # Of a file that failed what was published stays, and nothing comes.
        failed = {file.uri for file in job.reads if file.uri in self.pipeline.failed}
        kept = {key for key in job.drops if self.snapshot.batches[key][1].uri in failed}
        self.seen.add_published([(ids & kept, read) for ids, read in read_index(self.layout, segments)])
        drops = job.drops - stays - kept
        add: list[Segment] = []
        remove: list[str] = []
        done: list[_Group] = []
        for segment in segments:
            ids = tuple(batch.batch_id for batch in segment.batches if batch.batch_id not in drops)
            stages = job.redo.get(segment.segment_id, ())
            if len(ids) == len(segment.batches) and not stages:
                continue
            remove.append(segment.segment_id)
            if ids and stages:
                again = self._redo(segment, ids, [stage for stage in of_bundles() if stage.name in stages])
                made = self._put([again])
                if {batch.batch_id for one in made for batch in one.batches} != set(ids):
                    self.seen.undo()  # something failed: all that the job replaces stays as it is, until the next run
                    self.remove_replaced()
                    return
                add += made
                done.append(again)
            elif ids:
                add.append(self._put_one((), (segment, ids)))
        add += self._put(groups, without=failed)
        self._append(add, remove, (file for group in groups for file in group.inputs), drops)
        for group in (*done, *groups):
            group.discard()

    def _read_again(self, job: Job) -> tuple[list[_Group], frozenset[str]]:
        """Read the files of a job. Returns what comes, and the batches that come out as they are published."""
        groups = [_Group()]
        stays: set[str] = set()
        for unit, found, come_from in self._read(job.reads):
            for bundle, origin in zip(found.bundles, come_from, strict=True):
                digests = self._decide_copies(bundle)
                same = {
                    batch_id
                    for batch_id, digest in digests.items()
                    if batch_id in job.drops
                    and self._is_current(batch_id)
                    and self.snapshot.batches[batch_id][1].decisions == digest
                }
                stays |= same
                self._send_read(groups[-1], bundle, origin, same, digests)
                if len(unit.files) == 1 and self._fills(groups[-1]):
                    groups.append(_Group())
            groups[-1].inputs += self._inputs(unit, found)
            if self._fills(groups[-1]):
                groups.append(_Group())
        return groups, frozenset(stays)

    def _redo(self, segment: Segment, batches: Sequence[str], stages: Sequence[Stage]) -> _Group:
        """Do stages again over batches of a segment."""
        values = {
            "dataset": self.layout.root, "segment": segment, "batches": batches, "folder": str(self.staging),
            "stages": _STAGES, "most": self.settings.ingest.batch_records,
        }  # fmt: skip
        uris = dict.fromkeys(batch.uri for batch in segment.batches if batch.batch_id in batches)
        future = self._submit(restage, values, label_files(list(uris)))
        bundles, cost = future.result()
        self.ledger.charge(cost)
        group = _Group()
        for bundle, origin in zip(bundles, origins(bundles, [future]), strict=True):
            decisions = {b.batch_id: self.snapshot.batches[b.batch_id][1].decisions for b in bundle.batches}
            self._send(group, bundle, origin, stages, decisions)
        return group

    def _put(self, groups: Iterable[_Group], without: Collection[str] = ()) -> list[Segment]:
        """Put groups into the store, a segment each, but for the batches of some files."""
        segments: list[Segment] = []
        for group in groups:
            for sent in group.sent:
                self.pipeline.finish(sent)
            bundles = [bundle for sent in group.sent for bundle in sent.done]
            if any(batch.uri not in without for bundle in bundles for batch in StagedRows(bundle).batches):
                segments.append(self._put_one(bundles, without=without))
        return segments

    def _put_one(
        self,
        bundles: Sequence[BundleRef],
        kept: tuple[Segment, tuple[str, ...]] | None = None,
        without: Collection[str] = (),
    ) -> Segment:
        values = {
            "dataset": self.layout.root, "staging": str(self.staging), "bundles": bundles, "without": without,
            "kept": kept, "source_id": self.source.id,
            "fingerprints": self.fingerprints if kept is None else kept[0].fingerprints,
        }  # fmt: skip
        uris = dict.fromkeys(batch.uri for bundle in bundles for batch in bundle.batches)
        segment, cost = self._submit(put, values, label_files(list(uris))).result()
        self.ledger.charge(cost)
        self.ledger.batches_written += len(segment.batches) if kept is None else 0  # those are moved, not made
        found: Segment = segment
        return found

    def _commit(self, group: _Group) -> None:
        """Put a group into the dataset."""
        self._append(self._put([group]), (), group.inputs, frozenset())
        group.discard()

    def _append(
        self, add: Sequence[Segment], remove: Sequence[str], inputs: Iterable[InputFile], drops: frozenset[str]
    ) -> None:
        """Commit, and note the files that hold copies of documents which went with that: they have to be read again."""
        known = self.snapshot.inputs
        ended = {
            (f.source_id, f.uri): f
            for f in inputs
            if f.uri not in self.pipeline.failed and known.get((f.source_id, f.uri)) != f
        }
        if drops:
            stay = [segment for key, segment in self.snapshot.segments.items() if key not in remove]
            lost = lost_documents(self.layout, self.snapshot, add, drops)
            for key in find_copies_of(self.layout, lost, [*stay, *add]):
                if key in known and key not in ended:
                    ended[key] = known[key].model_copy(update={"sha256": ""})
                    if key[0] == self.source.id and key[1] in self.planned:
                        self.again.append(self.planned[key[1]])
        forget = sorted(key for key, f in known.items() if key not in ended and f.batches and drops >= set(f.batches))
        if not (add or remove or ended or forget):
            return
        self.snapshot = append_commit(
            self.layout, self.snapshot, self.ledger.run_id,
            add=add, remove=remove, inputs=ended.values(), forget=forget,
        )  # fmt: skip
        if remove or self.snapshot.number % EVERYTHING == 0:
            self.remove_replaced()

    def _make_views(self) -> None:
        """Make the views anew that have become stale, unless that would take longer than the run."""
        if not self.makes_views:
            self.ledger.stale_views = self.stale_views()
            return
        for cost in make_views(self.layout, self.snapshot, self.settings, self.made_with, self.staging, _call_by_name):
            self.ledger.charge(cost)


def _call_by_name(task: Any, *args: Any, **values: Any) -> Cost:
    """Call a task whose run is named as the task is: Prefect would add letters of a hash."""
    cost: Cost = task.with_options(task_run_name=task.name)(*args, **values)
    return cost

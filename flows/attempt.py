"""An attempt at a run: what it finds, what there is to do, what it leaves behind. None of it needs Prefect.

Look: what tables are made with → the ledger of the run → the dataset as it is → a decision over every file. Begin:
what other runs left goes → the ledger is there for all to see. End: counts, costs, and how it ended.

An attempt that has nothing to do is closed at once, before Prefect is started for it.
"""

from __future__ import annotations

import logging
import os
import resource
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from flows.decide import decide
from flows.fingerprints import fingerprint_stages
from flows.ledger import Ledger, open_ledger
from flows.server import children_of, processor_time_of
from flows.stages import STAGES
from flows.views import find_stale
from tasks.errors import DatasetError, StageFailed, TooManyRejects
from tasks.ingest.plan import Plan, plan_input
from tasks.ingest.sources import Source, load_source
from tasks.publish.dataset import check_dataset, describe_dataset
from tasks.publish.layout import Layout
from tasks.publish.lock import hold_dataset
from tasks.publish.log import read_snapshot, remove_what_is_replaced
from tasks.publish.upgrade import find_manifests, upgrade
from tasks.settings import Settings, load_settings
from tasks.staging import peak_rss_mb

logger = logging.getLogger(__name__)

_NAMED = 5  # failures that are told in full; the ledger has all


@dataclass
class Attempt:
    """One attempt at a run, by whoever holds the dataset.

    Attributes:
        inputs: As given.
        plan: The files of the input.
        layout: The dataset.
        source: The publisher.
        settings: All settings.
        limit: Records that are read at most.
        prune: Whether rows go whose file is no more in the input.
    """

    inputs: list[str]
    plan: Plan
    layout: Layout
    source: Source
    settings: Settings
    limit: int | None
    prune: bool

    def look(self, made_with: Mapping[str, str]) -> None:
        """See what is there and decide what has to be done.

        Args:
            made_with: Fingerprints of all stages.
        """
        self.made_with = dict(made_with)
        self.fingerprints = {name: value for name, value in made_with.items() if STAGES[name].scope != "dataset"}
        self.ledger = open_ledger(
            self.layout, self.plan.files, self.source.id, self.inputs, self.fingerprints, datetime.now(UTC)
        )
        self.staging = self.layout.staging / self.ledger.run_id
        upgrade(self.layout, self.layout.staging / "upgrade")
        self.snapshot = read_snapshot(self.layout)
        self.decision = decide(
            self.plan.files, self.snapshot, self.source.id, self.fingerprints,
            is_expected=self._is_expected, prune=self.prune and self.limit is None,
        )  # fmt: skip
        self.ledger.note_files(self.plan, self.decision)

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do: no file, no row, no view."""
        return not (self.decision.jobs or self.decision.new or (self.makes_views and self.stale_views()))

    @property
    def makes_views(self) -> bool:
        """Whether stale views are made anew: not if that would take longer than the run, or something failed."""
        documents = sum(segment.rows("documents") for segment in self.snapshot.segments.values())
        how = self.settings.run.views
        is_small = how == "always" or (how == "auto" and documents <= self.settings.run.views_documents)
        return is_small and not self.ledger.failures

    def stale_views(self) -> list[str]:
        """Return the views that are missing or made from something else than what is there."""
        stages = find_stale(self.layout, self.snapshot, self.made_with)
        return [name for stage in stages for name in stage.yields]

    def begin(self) -> None:
        """Take away what other runs have left, and write the ledger."""
        for folder in self.layout.staging.glob("*"):
            if folder != self.staging:  # what this run has staged, its next attempt goes on with
                shutil.rmtree(folder, ignore_errors=True)
        self.remove_replaced()
        describe_dataset(self.layout, self.snapshot)
        self.ledger.write(self.layout)

    def end(self, status: str) -> None:
        """Write down how it ended: done, failed or interrupted."""
        self.ledger.count(self.snapshot, self.plan.files)
        self.ledger.costs |= _processor_time()
        self.ledger.peak_rss_mb["main"] = round(peak_rss_mb(), 1)
        self.ledger.close(status, datetime.now(UTC))
        self.ledger.write(self.layout)
        if status == "done":
            shutil.rmtree(self.layout.staging, ignore_errors=True)

    @property
    def report_file(self) -> Path | None:
        """Where the settings want a report on the dataset; None if they want none."""
        return Path(self.settings.run.report).absolute() if self.settings.run.report else None

    def write_report(self) -> str:
        """Write the report on the dataset, if the settings want one.

        Returns:
            Why there is none though it was wanted; the dataset is what a run is for, and fails by no report.
        """
        if self.report_file is None:
            return ""
        from explorer.report.page import write_report

        try:
            write_report(self.layout, self.report_file)
        except Exception as error:  # whatever a dump made of it
            logger.exception("no report was written to %s", self.report_file)
            return f"{type(error).__name__}: {error}"
        return ""

    def check(self) -> Ledger:
        """Return the ledger of an attempt that ended.

        Raises:
            StageFailed: A file failed.
            DatasetError: The counts do not reconcile.
            TooManyRejects: More was refused, or could not be read, than the settings allow.
        """
        failures, counts = self.ledger.failures, self.ledger.counts
        if failures:
            more = f"; and {len(failures) - _NAMED:,} more" if len(failures) > _NAMED else ""
            raise StageFailed("; ".join(failures[:_NAMED]) + more)
        if not counts.reconciles:
            raise DatasetError(f"the counts do not reconcile: {counts}")
        most, rejects = self.settings.run.max_reject_share, counts.rows["rejects"]
        if counts.records and rejects / counts.records > most:
            raise TooManyRejects(
                f"{rejects} of {counts.records} records rejected: more than run.max_reject_share = {most};"
                " see the table rejects",
                self.ledger,
            )
        if self.ledger.unreadable and self.settings.run.fail_on_unreadable:
            unread = self.ledger.unreadable
            raise TooManyRejects(
                f"{len(unread):,} files or folders could not be read, such as {unread[0]}", self.ledger
            )
        return self.ledger

    def remove_replaced(self) -> None:
        """Delete files that commits have replaced, as soon as nobody reads them any more."""
        remove_what_is_replaced(self.layout, self.snapshot, self.settings.run.keep_replaced_s, datetime.now(UTC))

    def _is_expected(self, uri: str) -> bool:
        """Tell whether a published file would be in the plan if it were still there."""
        if self.limit is not None or any(hidden.covers(uri) for hidden in self.plan.unreadable):
            return False
        first = uri.partition("/")[0]
        return any(fnmatchcase(first, Path(given).absolute().name) for given in self.inputs)


def finish_idle(
    inputs: Sequence[str],
    dataset: str,
    source_id: str,
    config: Path | None,
    workers: int,
    limit: int | None,
    prune: bool,
) -> Ledger | None:
    """Make an attempt that finds nothing to do, and return its ledger; None if there is something to do.

    Args:
        inputs: As of `build_corpus`, and so are the others.
        dataset: Folder of the dataset.
        source_id: The publisher.
        config: A file of settings.
        workers: Bundles at a time.
        limit: Records at most.
        prune: Whether rows of files that are gone go.

    Raises:
        CommuniqueError: As `build_corpus` does.
    """
    layout = Layout(dataset)
    if not layout.commit_numbers() or find_manifests(layout):
        return None
    settings = load_settings(config, {"run": {"workers": workers}} if workers else None)
    source = load_source(source_id)
    plan = plan_input(inputs, settings.ingest, leave_out=layout.root, now=datetime.now(UTC))
    check_dataset(layout)
    with hold_dataset(layout):
        attempt = Attempt(list(inputs), plan, layout, source, settings, limit, prune)
        attempt.look(fingerprint_stages(settings, source, limit))
        if not attempt.is_idle:
            return None
        attempt.begin()
        attempt.ledger.stale_views = attempt.stale_views()
        attempt.end("done")
        if attempt.report_file is not None and not attempt.report_file.exists():
            attempt.write_report()
        return attempt.check()


def _processor_time() -> dict[str, float]:
    """CPU seconds of this process, of the workers that have ended, and of a server that still runs for it."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    running = sum(map(processor_time_of, children_of(os.getpid())))
    total = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime + running
    return {"total": round(total, 3), "main": round(own.ru_utime + own.ru_stime, 3), "server": round(running, 3)}

"""The ledger of a run: what was planned, what came of it, what it cost. `DATASET/_runs/<run_id>.json`.

A run's id is made from its input, settings and versions, so that an interrupted run and the one that finishes it are
the same run with two attempts, and give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime

from flows.decide import Decision
from tasks.ingest.plan import Plan, UnitFile
from tasks.publish.layout import Layout
from tasks.publish.log import Batch, Snapshot
from tasks.schemas import ACCOUNTED, TABLES
from tasks.staging import BatchHead, Cost

_SLOWEST = 10


@dataclass
class Counts:
    """What the batches of a run hold together.

    Attributes:
        batches: Batches.
        records: Records read.
        near_duplicates: Documents that nearly equal an earlier one.
        unsure: Rows that say themselves that they are unsure, by table.
        rows: Rows by table.
    """

    batches: int = 0
    records: int = 0
    near_duplicates: int = 0
    unsure: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        self.batches += 1
        self.records += batch.records
        self.near_duplicates += batch.near_duplicates
        for counts, found in ((self.rows, batch.rows), (self.unsure, batch.unsure)):
            for name, rows in found.items():
                counts[name] = counts.get(name, 0) + rows

    @property
    def reconciles(self) -> bool:
        """Whether every record read is a document, a duplicate or a reject."""
        return self.records == sum(self.rows[name] for name in ACCOUNTED)

    def listed(self) -> dict[str, int]:
        """Return all counts by name: what was read, what it became, and what was found in it."""
        found = {name: rows for name, rows in self.rows.items() if name not in ACCOUNTED}
        return {
            "batches": self.batches,
            "records": self.records,
            **{name: self.rows[name] for name in ACCOUNTED},
            "near_duplicates": self.near_duplicates,
            **found,
            **{f"unsure_{name}": rows for name, rows in sorted(self.unsure.items())},
        }


@dataclass
class Ledger:
    """What `run` reports.

    Attributes:
        run_id: The run.
        source_id: The publisher.
        inputs: As given.
        fingerprints: By stage.
        status: running, done, failed or interrupted.
        counts: Over all batches of the input, whether done now or before.
        files: How many files of the input were new, changed, kept, gone and unreadable when the attempt began.
        gone: Files that are published and no more in the input, by name.
        unreadable: What of the input could not be read, and why.
        batches_written: Batches made in this attempt and put into segments.
        stale_views: Views that were left as they were, though what they are made from has changed.
        failures: A sentence for each file that failed.
        attempts: Start, end and outcome of each attempt.
        costs: CPU seconds by stage, and of everything, in this attempt.
        peak_rss_mb: By process.
        slowest: The files that took most CPU seconds after they were read, in this attempt.
    """

    run_id: str
    source_id: str
    inputs: list[str]
    fingerprints: dict[str, str]
    status: str = "running"
    counts: Counts = field(default_factory=Counts)
    files: dict[str, int] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    batches_written: int = 0
    stale_views: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    attempts: list[dict[str, str]] = field(default_factory=list)
    costs: dict[str, float] = field(default_factory=dict)
    peak_rss_mb: dict[str, float] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)

    def spend(self, batches: Sequence[BatchHead], seconds: float) -> None:
        """Note what batches took: each its share by records."""
        records = sum(batch.records for batch in batches) or 1
        for batch in batches:
            self.slowest[batch.uri] = self.slowest.get(batch.uri, 0.0) + seconds * batch.records / records
        if len(self.slowest) > 100 * _SLOWEST:
            self._keep_slowest(10 * _SLOWEST)

    def _keep_slowest(self, most: int) -> None:
        found = sorted(self.slowest.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
        self.slowest = {uri: round(seconds, 3) for uri, seconds in found}

    def charge(self, cost: Cost) -> None:
        """Add what a task cost."""
        for key, value in ((cost.stage, cost.work_cpu_s), ("work", cost.work_cpu_s), ("tasks", cost.task_cpu_s)):
            self.costs[key] = round(self.costs.get(key, 0.0) + value, 3)
        process = f"worker {cost.pid}"
        self.peak_rss_mb[process] = max(self.peak_rss_mb.get(process, 0.0), round(cost.peak_rss_mb, 1))

    def note_files(self, plan: Plan, decision: Decision) -> None:
        """Note what was decided over the files of the input."""
        self.files = {
            "new": len(decision.new),
            "changed": len(decision.changed),
            "kept": len(decision.kept),
            "gone": len(decision.gone),
            "unreadable": len(plan.unreadable),
        }
        self.gone = list(decision.gone)
        self.unreadable = [f"{found.uri}: {found.reason}" for found in plan.unreadable]

    def count(self, snapshot: Snapshot, files: Iterable[UnitFile]) -> None:
        """Count what the dataset holds of files."""
        self.counts = Counts()
        named = {file.uri for file in files}
        for segment, batch in snapshot.batches.values():
            if segment.source_id == self.source_id and batch.uri in named:
                self.counts.add(batch)

    def close(self, status: str, ended_at: datetime) -> None:
        """Note the outcome of this attempt."""
        self.status = status
        self._keep_slowest(_SLOWEST)
        self.attempts[-1] |= {"ended_at": ended_at.isoformat(timespec="seconds"), "status": status}

    def write(self, layout: Layout) -> None:
        """Write the ledger into the dataset."""
        layout.write_json(layout.run_file(self.run_id), asdict(self) | {"counts": self.counts.listed()})


def open_ledger(
    layout: Layout,
    files: Iterable[UnitFile],
    source_id: str,
    inputs: Sequence[str],
    fingerprints: dict[str, str],
    started_at: datetime,
) -> Ledger:
    """Start an attempt at a run, after those that the dataset knows of.

    Args:
        layout: The dataset.
        files: The files of the input, in order.
        source_id: The publisher.
        inputs: As given by the user.
        fingerprints: By stage.
        started_at: Now.
    """
    plan = json.dumps([[(file.uri, file.sha256) for file in files], source_id, fingerprints], sort_keys=True)
    run_id = hashlib.sha256(plan.encode()).hexdigest()[:16]
    ledger = Ledger(run_id, source_id, list(inputs), fingerprints)
    with suppress(FileNotFoundError):
        ledger.attempts = list(json.loads(layout.store.read(layout.run_file(run_id))).get("attempts", []))
    ledger.attempts.append({"started_at": started_at.isoformat(timespec="seconds"), "status": "running"})
    return ledger

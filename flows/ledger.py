"""The ledger of a run: what was planned, what came of it, what it cost. `DATASET/_runs/<run_id>.json`.

A run's id is made from its input, settings and versions, so that an interrupted run and the one that finishes it are
the same run with two attempts, and give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from tasks.publish.layout import Layout, write_json
from tasks.publish.manifest import Manifest
from tasks.schemas import TABLES
from tasks.staging import Cost

#: What a record that was read becomes: a row of one of these.
ACCOUNTED = ("documents", "duplicates", "rejects")


@dataclass
class Counts:
    """What the batches of a run hold together.

    Attributes:
        batches: Batches.
        records: Records read.
        near_duplicates: Documents that nearly equal an earlier one.
        rows: Rows by table.
    """

    batches: int = 0
    records: int = 0
    near_duplicates: int = 0
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))

    def add(self, manifest: Manifest) -> None:
        """Count a batch."""
        self.batches += 1
        self.records += manifest.records
        self.near_duplicates += manifest.near_duplicates
        for name, rows in manifest.rows.items():
            self.rows[name] = self.rows.get(name, 0) + rows

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
        batches_written: Batches done in this attempt.
        failures: A sentence for each batch that failed.
        attempts: Start, end and outcome of each attempt.
        costs: CPU seconds by stage, and of everything, in this attempt.
        peak_rss_mb: By process.
    """

    run_id: str
    source_id: str
    inputs: list[str]
    fingerprints: dict[str, str]
    status: str = "running"
    counts: Counts = field(default_factory=Counts)
    batches_written: int = 0
    failures: list[str] = field(default_factory=list)
    attempts: list[dict[str, str]] = field(default_factory=list)
    costs: dict[str, float] = field(default_factory=dict)
    peak_rss_mb: dict[str, float] = field(default_factory=dict)

    def charge(self, cost: Cost) -> None:
        """Add what a task cost."""
        for key, value in ((cost.stage, cost.work_cpu_s), ("work", cost.work_cpu_s), ("tasks", cost.task_cpu_s)):
            self.costs[key] = round(self.costs.get(key, 0.0) + value, 3)
        process = f"worker {cost.pid}"
        self.peak_rss_mb[process] = max(self.peak_rss_mb.get(process, 0.0), round(cost.peak_rss_mb, 1))

    def close(self, status: str, ended_at: datetime) -> None:
        """Note the outcome of this attempt."""
        self.status = status
        self.attempts[-1] |= {"ended_at": ended_at.isoformat(timespec="seconds"), "status": status}

    def write(self, layout: Layout) -> None:
        """Write the ledger into the dataset."""
        write_json(layout.runs / f"{self.run_id}.json", asdict(self) | {"counts": self.counts.listed()})


def open_ledger(
    layout: Layout,
    unit_ids: Iterable[str],
    source_id: str,
    inputs: Sequence[str],
    fingerprints: dict[str, str],
    started_at: datetime,
) -> Ledger:
    """Start an attempt at a run, after those that the dataset knows of.

    Args:
        layout: The dataset.
        unit_ids: What is to be read, in order.
        source_id: The publisher.
        inputs: As given by the user.
        fingerprints: By stage.
        started_at: Now.
    """
    plan = json.dumps([list(unit_ids), source_id, fingerprints], sort_keys=True)
    run_id = hashlib.sha256(plan.encode()).hexdigest()[:16]
    ledger = Ledger(run_id, source_id, list(inputs), fingerprints)
    path = layout.runs / f"{run_id}.json"
    if path.is_file():
        ledger.attempts = list(json.loads(path.read_text(encoding="utf-8")).get("attempts", []))
    ledger.attempts.append({"started_at": started_at.isoformat(timespec="seconds"), "status": "running"})
    return ledger

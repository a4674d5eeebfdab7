"""A schedule over an inbox that grows, for many runs in a row: what its server takes, and whether anything is missed.

    python -m benchmarks.soak WORK [--runs 200] [--interval 20] > soak.tsv

Order: serve WORK/inbox at a short interval → after each run that ended a file more, after each seventh one changed →
after each tenth a line: memory of server and service, size of Prefect's database, CPU seconds of both → stop the
service by SIGTERM, run once more by the command → every release once in the dataset, `verify` clean, or the exit code
is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

from flows.server import children_of, processor_time_of
from flows.upkeep import list_files
from tasks.publish.layout import Layout

_CLI = (sys.executable, "-P", "-m", "flows.cli")
_RELEASES = 3  # a file
_STUCK_S = 900.0  # without a run that ends
_COLUMNS = ("runs", "states", "files", "server_mb", "service_mb", "database_mb", "server_cpu_s", "service_cpu_s")
_ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def write_file(inbox: Path, number: int, version: int = 0) -> None:
    """Put a dump of three releases into the inbox, whole; each release differs from all others."""
    lines = []
    for n in range(_RELEASES):
        text = (
            f"Rear Admiral Ines Calder said that convoy {number}-{n}-{version} had reached harbour {number * 7 + n}.\n"
            f'"We counted {number + 3} vessels and {n + 2} escorts in sector {number * 11 + n}," said Calder.'
        )
        values = {"id": f"soak-{number}-{n}", "title": f"Readout {number}-{n}", "date": f"2024-0{1 + number % 9}-1{n}"}
        lines.append(json.dumps({**values, "content": text}))
    partial = inbox / f".{number}.part"
    partial.write_text("\n".join(lines) + "\n")
    partial.replace(inbox / f"day-{number:04d}.jsonl")


def count_runs(database: Path) -> Counter[str]:
    """Return how many runs of the flow are in which state; none while its server makes the tables."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'flow_run'").fetchone() is None:
            return Counter()
        rows = connection.execute("SELECT state_type, count(*) FROM flow_run GROUP BY state_type").fetchall()
    return Counter({str(state): int(number) for state, number in rows})


def memory_of(process: int) -> float:
    """Return the resident memory of a process, MB."""
    pages = int(Path("/proc", str(process), "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def missed_or_doubled(dataset: Path, inbox: Path) -> list[str]:
    """Return the releases of the inbox that are not in the dataset exactly once, and rows that are of none."""
    found = Counter(
        value
        for path in list_files(Layout(dataset))["documents"]
        for value in pq.ParquetFile(path).read(["raw_text"])["raw_text"].to_pylist()
    )
    wanted = Counter(
        json.loads(line)["content"] for path in inbox.glob("*.jsonl") for line in path.read_text().splitlines()
    )
    return [text[:80] for text in (found - wanted) + (wanted - found)]


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the inbox for so many runs; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--interval", type=int, default=20, help="seconds")
    given = parser.parse_args(argv)
    inbox, dataset = given.work / "inbox", given.work / "dataset"
    inbox.mkdir(parents=True)
    environment = {**os.environ, "XDG_CACHE_HOME": str(given.work / "cache"), "PREFECT_RUNNER_POLL_FREQUENCY": "2"}
    command = ["schedule", str(inbox), "--out", str(dataset), "--interval", f"{given.interval}s"]
    write_file(inbox, 0)
    with (given.work / "service.log").open("w") as log:
        service = subprocess.Popen([*_CLI, *command], stdout=subprocess.DEVNULL, stderr=log, env=environment)
    print(*_COLUMNS, sep="\t", flush=True)
    ended, changed, files = 0, time.monotonic(), 1
    try:
        while ended < given.runs:
            time.sleep(1)
            if service.poll() is not None or time.monotonic() - changed > _STUCK_S:
                print(f"the service ended or is stuck: {given.work / 'service.log'}", file=sys.stderr)
                return 1
            [*databases] = (given.work / "cache").rglob("*-schedule/prefect.db")
            states = count_runs(databases[0]) if databases else Counter()
            now = sum(states[name] for name in _ENDED)
            if now == ended:
                continue
            changed, ended = time.monotonic(), now
            write_file(inbox, files)
            if ended % 7 == 0:
                write_file(inbox, files // 2, version=ended)
            files += 1
            if ended % 10 == 0:
                [server, *_] = children_of(service.pid)
                size = sum(path.stat().st_size for path in databases[0].parent.glob("prefect.db*")) / 1e6
                said = ",".join(f"{name.lower()}={number}" for name, number in sorted(states.items()))
                numbers = (memory_of(server), memory_of(service.pid), size)
                cpu = (processor_time_of(server), processor_time_of(service.pid))
                print(ended, said, files, *(f"{n:.1f}" for n in (*numbers, *cpu)), sep="\t", flush=True)
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(90)
    subprocess.run([*_CLI, "run", str(inbox), "--out", str(dataset)], check=True, env=environment)
    subprocess.run([*_CLI, "verify", str(dataset)], check=True, env=environment)
    wrong = missed_or_doubled(dataset, inbox)
    print(f"{files} files, missed or doubled: {len(wrong)} {wrong[:3]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

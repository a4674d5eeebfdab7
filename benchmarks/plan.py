"""What a corpus of any size would cost, from what a run that was measured cost.

    python -m benchmarks.plan DATASET [--documents 1e9] [--cores 1 16 128 1000]

Order: the ledger of the run that read most → CPU seconds a document, in tasks and in the process that decides and
commits; bytes a document, in Parquet and in the index of copies → hours, files and sizes, as lines of Markdown.

The run has to have used worker processes: in threads the deciding process does the tasks, too. Decisions on copies and
commits are made one after another, so no number of cores makes a run shorter than they take.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.publish.layout import Layout
from tasks.publish.log import read_snapshot
from tasks.settings import load_settings

_HOUR = 3600.0


@dataclass(frozen=True)
class Rates:
    """What a document costs.

    Attributes:
        task_s: CPU seconds in tasks, which cores share.
        serial_s: CPU seconds in the process that decides and commits.
        text_bytes: Of raw text.
        parquet_bytes: In the files of the dataset.
        index_bytes: In the index of copies.
        log_bytes: Of a commit's entry for a segment; not a document's.
        tables: Tables that a segment has files of.
    """

    task_s: float
    serial_s: float
    text_bytes: float
    parquet_bytes: float
    index_bytes: float
    log_bytes: float
    tables: float


def read_rates(dataset: Path) -> Rates:
    """Return what a document cost in the run that read most of a dataset.

    Raises:
        SystemExit: No run of it wrote batches with worker processes.
    """
    layout = Layout(dataset)
    runs = [json.loads(layout.store.read(key)) for key in layout.run_files()]
    measured = [run for run in runs if run["batches_written"] == run["counts"]["batches"] and _used_processes(run)]
    if not measured:
        raise SystemExit(f"{dataset}: no run of it wrote all its batches with worker processes")
    run = max(measured, key=lambda one: one["counts"]["documents"])
    costs, read = run["costs"], run["counts"]["documents"]
    snapshot = read_snapshot(layout)
    segments = list(snapshot.segments.values())
    documents = sum(segment.rows("documents") for segment in segments)
    sizes = [file.size for file in snapshot.files()]
    return Rates(
        task_s=costs["tasks"] / read,
        serial_s=costs["main"] / read,
        text_bytes=sum(segment.size for segment in segments) / documents,
        parquet_bytes=sum(sizes) / documents,
        index_bytes=layout.copies.stat().st_size / documents,
        log_bytes=sum(len(segment.model_dump_json()) for segment in segments) / len(segments),
        tables=len(sizes) / len(segments),
    )


def _used_processes(run: dict[str, Any]) -> bool:
    return len(run["peak_rss_mb"]) > 2  # the deciding process, and more than one worker


def plan(rates: Rates, documents: float, cores: Sequence[int]) -> Iterator[str]:
    """Yield lines of Markdown that say what so many documents would cost."""
    limits = load_settings().run
    segments = max(documents * rates.text_bytes / limits.segment_bytes, documents / limits.segment_records)
    serial = documents * rates.serial_s / _HOUR
    yield f"| {documents:,.0f} documents | |\n|---|---|"
    yield f"| CPU a document, tasks / one after another | {rates.task_s * 1e3:.1f} / {rates.serial_s * 1e3:.2f} ms |"
    for number in cores:
        shared = documents * rates.task_s / number / _HOUR
        bound = "tasks" if shared > serial else "decisions and commits"
        yield f"| hours on {number:,} cores | {max(shared, serial):,.1f} ({bound}) |"
    yield f"| cores above which more do not help | {rates.task_s / rates.serial_s:,.0f} |"
    text, parquet = (documents * size / 1e9 for size in (rates.text_bytes, rates.parquet_bytes))
    yield f"| raw text / Parquet | {text:,.0f} / {parquet:,.0f} GB |"
    yield f"| segments / files | {segments:,.0f} / {segments * rates.tables:,.0f} |"
    yield f"| index of copies | {documents * rates.index_bytes / 1e9:,.0f} GB |"
    yield f"| log, read at every start | {segments * rates.log_bytes / 1e6:,.0f} MB |"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--documents", type=float, default=1e9)
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 16, 128, 1000])
    given = parser.parse_args()
    print("\n".join(plan(read_rates(given.dataset), given.documents, given.cores)))


if __name__ == "__main__":
    main()

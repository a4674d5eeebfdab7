"""From what a measured run cost to what a corpus would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.plan import Rates, plan, read_rates
from tasks.settings import load_settings


def test_hours_are_those_of_the_slower_of_tasks_and_decisions() -> None:
    rates = Rates(task_s=0.036, serial_s=0.0018, text_bytes=2_000, parquet_bytes=4_000, index_bytes=500, log_bytes=1_000, tables=7)  # fmt: skip
    lines = list(plan(rates, 1e9, [10, 100]))
    assert "| hours on 10 cores | 1,000.0 (tasks) |" in lines
    assert "| hours on 100 cores | 500.0 (decisions and commits) |" in lines
    assert "| cores above which more do not help | 20 |" in lines
    segments = 1e9 * 2_000 / load_settings().run.segment_bytes
    assert f"| segments / files | {segments:,.0f} / {7 * segments:,.0f} |" in lines


def test_a_run_in_threads_is_no_measure(tmp_path: Path) -> None:
    (tmp_path / "_runs").mkdir()
    run = {"batches_written": 1, "counts": {"batches": 1, "documents": 9}, "peak_rss_mb": {"main": 1, "worker 1": 1}}
    (tmp_path / "_runs" / "r.json").write_text(json.dumps(run))
    with pytest.raises(SystemExit, match="no run of it wrote all its batches with worker processes"):
        read_rates(tmp_path)

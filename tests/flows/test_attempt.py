"""A run that has nothing to do ends before Prefect is started for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import flows
from flows.attempt import finish_idle
from flows.corpus import build_corpus
from tasks.errors import TooManyRejects
from tests.dumps import hashes, write_jsonl

AGAIN = """
import atexit, resource, sys
from flows.cli import main
def tell():
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, "prefect" in sys.modules, file=sys.stderr)
atexit.register(tell)
main()
"""


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")


def test_a_run_with_nothing_to_do_costs_next_to_nothing_and_is_in_the_ledger(tmp_path: Path) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(3))
    build_corpus([str(dump)], str(tmp_path / "out"))
    before = hashes(tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, "run", str(dump), "--out", str(tmp_path / "out")],
        env=os.environ | {"PYTHONPATH": str(Path(flows.__file__).parents[1])}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "files: 0 new, 0 changed, 1 kept" in done.stdout
    seconds, has_prefect = done.stderr.split()[-2:]
    assert has_prefect == "False"
    assert float(seconds) < 3
    assert hashes(tmp_path / "out") == before
    [run] = [json.loads(path.read_text()) for path in (tmp_path / "out" / "_runs").glob("*.json")]
    assert [attempt["status"] for attempt in run["attempts"]] == ["done", "done"]


def test_anything_to_do_is_left_to_the_flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def finish(prune: bool = False) -> object:
        return finish_idle([str(tmp_path / "in")], tmp_path / "out", "generic", None, 0, None, prune)

    first, second = (write_jsonl(tmp_path / "in" / f"{name}.jsonl", ids) for name, ids in (("a", [1]), ("b", [2])))
    assert finish() is None
    assert not (tmp_path / "out").exists()
    build_corpus([str(tmp_path / "in")], str(tmp_path / "out"))
    assert finish() is not None
    write_jsonl(first, [1, 3])
    assert finish() is None
    build_corpus([str(tmp_path / "in")], str(tmp_path / "out"))
    assert finish() is not None
    second.unlink()
    assert finish() is not None
    assert finish(prune=True) is None
    next((tmp_path / "out" / "people").glob("*.parquet"))
    (tmp_path / "out" / "_manifest" / "_views.json").unlink()
    assert finish() is None
    monkeypatch.setenv("COMMUNIQUE_RUN__VIEWS", "never")
    assert finish() is not None


def test_rejects_count_where_nothing_is_new_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dump.jsonl").write_text("{broken\n")
    build_corpus([str(tmp_path / "dump.jsonl")], str(tmp_path / "out"))
    monkeypatch.setenv("COMMUNIQUE_RUN__MAX_REJECT_SHARE", "0.5")
    with pytest.raises(TooManyRejects, match="1 of 1 records rejected"):
        finish_idle([str(tmp_path / "dump.jsonl")], tmp_path / "out", "generic", None, 0, None, False)

"""The main job: counts reconcile, nothing is done twice, whatever is interrupted ends the same."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from flows.corpus import build_corpus
from flows.fingerprints import fingerprint_stages
from flows.ledger import ACCOUNTED, Counts, Ledger
from tasks.errors import CommuniqueError, ConfigError, InputError
from tasks.publish.layout import Layout
from tasks.publish.verify import verify_dataset
from tests.dumps import hashes, release, write_jsonl

CLI = [sys.executable, "-m", "flows.cli"]


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    monkeypatch.setenv("COMMUNIQUE_INGEST__BATCH_RECORDS", "20")


def build(inputs: list[Path], dataset: Path, **options: object) -> Ledger:
    return build_corpus([str(path) for path in inputs], str(dataset), **options)


def accounted(counts: Counts) -> tuple[int, ...]:
    return tuple(counts.rows[name] for name in ACCOUNTED)


def change(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    """Let a stage be another one than before."""

    def fingerprints(*arguments: object) -> dict[str, str]:
        return fingerprint_stages(*arguments) | {stage: "another"}

    monkeypatch.setattr("flows.corpus.fingerprint_stages", fingerprints)


def count(dataset: Path, table: str) -> int:
    folder = dataset / table
    return ds.dataset(folder).count_rows() if folder.is_dir() else 0


def test_every_record_is_accounted_for(tmp_path: Path) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", [*range(30), 3, 7])
    with dump.open("a") as sink:
        sink.write("{broken\n")
    ledger = build([dump], tmp_path / "out")
    counts = ledger.counts
    assert (counts.records, *accounted(counts)) == (33, 30, 2, 1)
    assert {t: count(tmp_path / "out", t) for t in ("documents", "duplicates", "rejects")} == {
        "documents": 30, "duplicates": 2, "rejects": 1,
    }  # fmt: skip
    assert counts.rows["quotes"] >= 30
    assert list(verify_dataset(Layout(tmp_path / "out"))) == []


def test_second_run_writes_nothing(tmp_path: Path) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl.gz", range(25))
    first = build([dump], tmp_path / "out")
    before = hashes(tmp_path / "out")
    times = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*.parquet")}
    second = build([dump], tmp_path / "out")
    assert (first.batches_written, second.batches_written) == (2, 0)
    assert second.counts == first.counts
    assert hashes(tmp_path / "out") == before
    assert times == {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*.parquet")}


def test_changed_quotes_redo_quotes_alone_and_end_as_a_fresh_run_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(25))
    build([dump], tmp_path / "out")
    change(monkeypatch, "quotes")
    again = build([dump], tmp_path / "out")
    assert again.batches_written == 2
    assert not {"ingest", "normalize", "entities"} & set(again.costs)
    build([dump], tmp_path / "fresh")
    assert hashes(tmp_path / "out") == hashes(tmp_path / "fresh")


def test_changed_entities_redo_entities_and_roles_and_link_speakers_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(25))
    build([dump], tmp_path / "out")
    assert count(tmp_path / "out", "roles") > 0
    change(monkeypatch, "entities")
    monkeypatch.setattr("tasks.entities.table.find_roles", lambda text, mentions: [])
    again = build([dump], tmp_path / "out")
    assert not {"ingest", "normalize", "quotes"} & set(again.costs)
    assert (again.counts.rows["roles"], count(tmp_path / "out", "roles")) == (0, 0)
    assert list(verify_dataset(Layout(tmp_path / "out"))) == []
    build([dump], tmp_path / "fresh")
    assert hashes(tmp_path / "out") == hashes(tmp_path / "fresh")


def test_dataset_of_an_earlier_schema_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dump, out = write_jsonl(tmp_path / "dump.jsonl", range(25)), tmp_path / "out"
    build([dump], out)
    fresh = hashes(out)
    lost = {"entities": ["date_value", "amount", "currency", "unit"], "quotes": ["speaker_id"]}
    for name, columns in lost.items():
        for path in (out / name).rglob("*.parquet"):
            pq.write_table(pq.read_table(path, partitioning=None).drop_columns(columns), path)
    shutil.rmtree(out / "roles")
    for path in Layout(out).manifests.glob("[0-9a-f]*.json"):
        old = json.loads(path.read_text())
        old["rows"].pop("roles")
        old["files"] = [file for file in old["files"] if not file["path"].startswith("roles/")]
        old["fingerprints"] |= {"entities": "old", "publish": "old"}
        path.write_text(json.dumps(old))
    build([dump], out)
    assert hashes(out) == fresh
    assert list(verify_dataset(Layout(out))) == []


def test_changed_normalize_redoes_everything_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(5))
    build([dump], tmp_path / "out")
    change(monkeypatch, "normalize")
    assert {"normalize", "entities", "quotes"} <= set(build([dump], tmp_path / "out").costs)
    build([dump], tmp_path / "fresh")
    assert hashes(tmp_path / "out") == hashes(tmp_path / "fresh")


def test_documents_known_from_an_earlier_input_are_duplicates(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build([write_jsonl(tmp_path / "monday.jsonl", range(10))], out)
    ledger = build([write_jsonl(tmp_path / "tuesday.jsonl", range(5, 15))], out)
    assert accounted(ledger.counts)[:2] == (5, 5)
    assert count(out, "documents") == 15
    assert list(verify_dataset(Layout(out))) == []


def test_what_is_kept_does_not_depend_on_what_was_read_first(tmp_path: Path) -> None:
    a = write_jsonl(tmp_path / "a.jsonl", range(10))
    b = write_jsonl(tmp_path / "b.jsonl", range(5, 15))
    build([b], tmp_path / "out")
    build([a, b], tmp_path / "out")
    build([a, b], tmp_path / "fresh")
    fields = ["doc_id", "uri", "record"]
    key = lambda root: sorted(  # noqa: E731
        map(str, ds.dataset(root / "documents").to_table(columns=fields).to_pylist())
    )
    assert key(tmp_path / "out") == key(tmp_path / "fresh")
    assert list(verify_dataset(Layout(tmp_path / "out"))) == []


def test_batch_that_fails_is_named_and_the_others_are_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tasks.quotes.task as stage

    real, seen = stage.extract_quotes, []

    def fail_once(*arguments: object, **options: object) -> object:
        seen.append(1)
        if len(seen) == 1:
            raise MemoryError("no memory left")
        return real(*arguments, **options)

    monkeypatch.setattr(stage, "extract_quotes", fail_once)
    dump = write_jsonl(tmp_path / "dump.jsonl", range(40))
    with pytest.raises(CommuniqueError, match=r"batch [0-9a-f]+: quotes failed: MemoryError: no memory left"):
        build([dump], tmp_path / "out")
    assert count(tmp_path / "out", "documents") == 20
    assert list(verify_dataset(Layout(tmp_path / "out"))) == []
    build([dump], tmp_path / "out")
    assert count(tmp_path / "out", "documents") == 40


def test_folder_that_is_not_a_dataset_is_left_alone(tmp_path: Path) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(2))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("keep")
    with pytest.raises(ConfigError, match="not a dataset"):
        build([dump], tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "keep"


def test_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.jsonl"):
        build([tmp_path / "nowhere.jsonl"], tmp_path / "out")


def test_limit_reads_so_many_records(tmp_path: Path) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(50))
    assert build([dump], tmp_path / "out", limit=7).counts.rows["documents"] == 7


class Command:
    """The command under test, in a session of its own. Its output goes to a file: whoever outlives it holds no pipe."""

    def __init__(self, folder: Path, *arguments: object, **environment: str) -> None:
        self._output = folder / f"output-{time.monotonic_ns()}.txt"
        with self._output.open("w") as sink:
            self.process = subprocess.Popen(
                [*CLI, *map(str, arguments)],
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def finish(self, timeout: float = 240) -> tuple[int, str]:
        try:
            code = self.process.wait(timeout)
        finally:
            self.clear()
        return code, self._output.read_text()

    def wait_for_work(self, dataset: Path) -> None:
        """Wait for the first sign of work, so that what comes next lands in it and not in the start."""
        deadline = time.monotonic() + 120
        while self.process.poll() is None and time.monotonic() < deadline:
            if list((dataset / "_staging").glob("*/*")):
                return
            time.sleep(0.02)

    def clear(self) -> None:
        """End what is left of the session."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def test_two_runs_at_once(tmp_path: Path) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(3))
    from tasks.publish.lock import hold_dataset

    with hold_dataset(Layout(tmp_path / "out")):
        code, output = Command(tmp_path, "run", dump, "--out", tmp_path / "out").finish()
    assert code == 1
    assert f"another run (process {os.getpid()})" in output


@pytest.mark.slow
@pytest.mark.parametrize("runner", ["threads", "processes"])
def test_killed_at_any_moment_and_started_again_ends_the_same(tmp_path: Path, runner: str) -> None:
    write_jsonl(tmp_path / "dumps" / "a.jsonl.gz", range(120))
    write_jsonl(tmp_path / "dumps" / "b.jsonl", [*range(100, 160), 3])
    environment = {"COMMUNIQUE_RUN__RUNNER": runner, "XDG_CACHE_HOME": str(tmp_path)}
    run = ("run", tmp_path / "dumps", "--out")
    code, output = Command(tmp_path, *run, tmp_path / "whole", **environment).finish()
    assert code == 0, output
    assert "181 records read" in output

    chance = random.Random(7)
    interrupted = 0
    for _ in range(3):
        command = Command(tmp_path, *run, tmp_path / "out", **environment)
        command.wait_for_work(tmp_path / "out")
        time.sleep(chance.random() * 1.5)
        interrupted += command.process.poll() is None
        command.process.kill()
        time.sleep(1.0)  # workers end with their parent
        command.clear()
    code, output = Command(tmp_path, *run, tmp_path / "out", **environment).finish()
    assert code == 0, output
    assert interrupted >= 1
    assert hashes(tmp_path / "out") == hashes(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.parametrize("runner", ["threads", "processes"])
def test_control_c_says_how_to_go_on(tmp_path: Path, runner: str) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(400))
    environment = {"COMMUNIQUE_RUN__RUNNER": runner, "XDG_CACHE_HOME": str(tmp_path)}
    command = Command(tmp_path, "run", dump, "--out", tmp_path / "out", **environment)
    command.wait_for_work(tmp_path / "out")
    os.killpg(command.process.pid, signal.SIGINT)  # as a terminal does: workers and Prefect's server get it, too
    code, output = command.finish(30)
    assert code == 1
    assert "Give the same command again to go on." in output
    code, output = Command(tmp_path, "run", dump, "--out", tmp_path / "out", XDG_CACHE_HOME=str(tmp_path)).finish()
    assert code == 0, output
    assert "400 records read = 400 documents" in output
    runs = [json.loads(p.read_text()) for p in (tmp_path / "out" / "_runs").glob("*.json")]
    assert [len(run["attempts"]) for run in runs] == [2]


def test_release_texts_differ() -> None:
    assert len({release(n)["content"] for n in range(400)}) == 400

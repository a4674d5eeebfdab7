"""What goes wrong around a run: kills, clocks, disks, other writers, readers. What it leaves is whole, or says so."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest

from flows.cli import main
from flows.corpus import build_corpus
from tasks.publish.layout import Layout
from tasks.publish.verify import verify_dataset
from tests.caches import own_cache
from tests.dumps import hashes, rows, write_jsonl
from tests.faults.campaign import SETTINGS, Campaign
from tests.faults.readers import Looks, count_children, look


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")


class Command:
    """The command in a session of its own, with what Python code does in its process first."""

    def __init__(self, folder: Path, *arguments: object, first: str = "") -> None:
        words = ["communique", *map(str, arguments)]
        script = f"import sys\n{first}\nsys.argv = {words!r}\nfrom flows.cli import main\nmain()"
        self._output = folder / f"output-{time.monotonic_ns()}.txt"
        with self._output.open("w") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-c", script],
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=own_cache(folder),
            )

    def finish(self, timeout: float = 300) -> tuple[int, str]:
        try:
            code = self.process.wait(timeout)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        return code, self._output.read_text()


@contextmanager
def writing(folder: Path, inbox: Path, dataset: Path) -> Iterator[Command]:
    """Have a run that has begun to work on a dataset."""
    command = Command(folder, "run", inbox, "--out", dataset)
    try:
        while not list((dataset / "_staging").glob("*/*")) and command.process.poll() is None:
            time.sleep(0.05)
        yield command
    finally:
        command.finish()


@pytest.mark.slow
def test_killed_runs_end_as_if_they_had_not_been_and_readers_see_whole_datasets(tmp_path: Path) -> None:
    tally = Campaign(tmp_path, "threads", seed=5).carry_out(4)
    assert tally.is_clean, tally
    assert (tally.kills, tally.ends > 4) == (4, True)
    assert all(looks > 0 for looks in tally.looks.values())


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    build_corpus([str(write_jsonl(folder / "inbox" / "a.jsonl", range(4)))], str(folder / "out"))
    return folder / "out"


def see(dataset: Path, kind: str, expected: Path) -> Looks:
    seen = Looks()
    look(seen, kind, dataset, count_children(expected))
    return seen


@pytest.mark.parametrize("kind", ["glob", "files"])
def test_a_reader_finds_nothing_wrong_with_a_whole_dataset(dataset: Path, kind: str) -> None:
    assert see(dataset, kind, dataset) == Looks(looks=1)


def test_a_reader_by_glob_sees_that_a_document_lacks_its_quotes(dataset: Path, tmp_path: Path) -> None:
    torn = shutil.copytree(dataset, tmp_path / "torn")
    shutil.rmtree(torn / "quotes")
    assert "has (" in see(torn, "glob", dataset).breaks[0]


def test_a_reader_by_files_sees_rows_that_no_commit_names(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [documents] = dataset.glob("documents/*/*.parquet")
    torn = shutil.copytree(dataset, tmp_path / "torn")
    [copy] = torn.glob("documents/*/*.parquet")
    stranger = copy.with_name(f"{'1' if copy.name[0] == '0' else '0'}{copy.name[1:]}")
    shutil.copy(documents, stranger)
    assert see(torn, "files", dataset) == Looks(looks=1)
    listed = {"documents": [str(copy), str(stranger)]}
    listed |= {table: [] for table in ("sentences", "entities", "quotes", "roles")}
    monkeypatch.setattr("flows.upkeep.list_files", lambda layout: listed)
    breaks = " ".join(see(torn, "files", dataset).breaks)
    assert "is in no commit" in breaks
    assert "is there 2 times" in breaks


def test_a_reader_that_misses_a_file_looks_again(dataset: Path, tmp_path: Path) -> None:
    torn = shutil.copytree(dataset, tmp_path / "torn")
    shutil.rmtree(torn / "documents")
    assert see(torn, "files", dataset) == Looks(retries=1)


def test_a_clock_that_is_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__KEEP_REPLACED_S", "3600")
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    write_jsonl(inbox / "b.jsonl", range(20, 40))

    def run(day: str, numbers: range) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:
                return datetime.fromisoformat(f"{day}T00:00:00+00:00")

        for module in ("flows.corpus", "flows.attempt"):
            monkeypatch.setattr(f"{module}.datetime", Clock)
        dump = write_jsonl(inbox / "a.jsonl", numbers)
        os.utime(dump, (at := Clock.now().timestamp(), at))
        build_corpus([str(inbox)], str(out))
        assert list(verify_dataset(Layout(out))) == []

    run("2026-06-01", range(10))
    run("2026-06-02", range(5, 15))
    assert len(list(out.glob("documents/*/*"))) > len(rows(out)["documents"]) / 40
    run("2021-01-01", range(10, 19))
    run("2021-01-02", range(10, 19))
    build_corpus([str(inbox)], str(tmp_path / "fresh"))
    assert rows(out, "run_id") == rows(tmp_path / "fresh", "run_id")
    assert not (out / "_manifest" / "_replaced.json").exists()  # what was replaced does not wait for the old time


@pytest.mark.slow
@pytest.mark.parametrize(("room", "where"), [(1_000, "out/"), (12_000, "out/"), (150_000, "tmp'")])
def test_a_disk_that_fills_up_ends_the_run_at_once_and_the_same_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, where: str
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    for n in range(4):
        write_jsonl(tmp_path / "inbox" / f"{n}.jsonl", range(n * 30, n * 30 + 33))
    with (tmp_path / "inbox" / "0.jsonl").open("a") as sink:  # the library that tells languages unpacks a model
        sink.write(
            '{"id": "fr", "content": "Le ministre a rencontré les marins de la frégate au port de Toulon lundi."}\n'
        )
    fill = (
        "import resource, flows.cli\n"
        "def prepare(dataset, start=flows.cli.prepare_prefect):\n"
        f"    start(dataset); resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, resource.RLIM_INFINITY))\n"
        "flows.cli.prepare_prefect = prepare"
    )
    run = ("run", tmp_path / "inbox", "--out")
    code, output = Command(tmp_path, *run, tmp_path / "out", first=fill).finish()
    ended = time.time()
    assert code == 1, output
    assert "Traceback" not in output
    [line] = [line for line in output.splitlines() if line.startswith("communique: ")]
    assert f"File too large: '{tmp_path}/{where}" in line
    began = (tmp_path / "out" / "_lock").stat().st_mtime
    assert ended - began < 10
    code, output = Command(tmp_path, *run, tmp_path / "out").finish()
    assert code == 0, output
    code, output = Command(tmp_path, *run, tmp_path / "whole").finish()
    assert code == 0, output
    assert hashes(tmp_path / "out") == hashes(tmp_path / "whole")
    assert list(verify_dataset(Layout(tmp_path / "out"))) == []


@pytest.mark.slow
def test_while_a_run_writes_others_are_told_to_wait_and_verify_finds_nothing(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    for n in range(8):
        write_jsonl(inbox / f"{n}.jsonl", range(n * 50, n * 50 + 50))
    looks = 0
    with writing(tmp_path, inbox, out) as first:
        others = [Command(tmp_path, *words) for words in (("run", inbox, "--out", out), ("compact", out))]
        while first.process.poll() is None:
            looks += 1
            assert list(verify_dataset(Layout(out))) == []
            time.sleep(0.2)
        for other in others:
            code, output = other.finish()
            assert (code, f"another run (process {first.process.pid}) is writing" in output) == (1, True), output
        code, output = first.finish()
    assert (code, looks > 0) == (0, True), output
    assert "400 records read = 400 documents" in output


@pytest.mark.parametrize("command", ["run", "status", "verify", "files", "compact", "views", "explain"])
def test_a_dataset_of_a_later_version_is_met_with_a_sentence(
    dataset: Path, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    later = shutil.copytree(dataset, tmp_path / "later")
    card = json.loads((later / "_dataset.json").read_text())
    (later / "_dataset.json").write_text(json.dumps(card | {"schema_version": card["schema_version"] + 1}))
    [commit] = later.glob("_manifest/0*.json")
    commit.write_text(json.dumps(json.loads(commit.read_text()) | {"of a later version": 1}))
    words = {"run": [str(later.parent), "--out", str(later)], "explain": [str(later), "rel-1"]}
    before = hashes(later)
    monkeypatch.setattr(sys, "argv", ["communique", command, *words.get(command, [str(later)])])
    with pytest.raises(SystemExit, match="1"):
        main()
    printed = capsys.readouterr()
    [line] = (printed.err + printed.out).splitlines()
    assert "written by a later version of communique" in line
    assert "update communique" in line
    assert hashes(later) == before

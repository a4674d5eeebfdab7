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
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from prefect.task_runners import TaskRunner

from flows.corpus import build_corpus
from flows.fingerprints import fingerprint_stages
from flows.ledger import Counts, Ledger
from flows.runner import make_runner
from flows.upkeep import compact_dataset
from tasks.errors import CommuniqueError, ConfigError, DatasetError, InputError, OffsetMismatch
from tasks.ingest.plan import UnitFile
from tasks.publish.layout import Layout
from tasks.publish.log import read_snapshot
from tasks.publish.verify import verify_dataset
from tasks.schemas import ACCOUNTED
from tasks.settings import EntitySettings, RunSettings, load_settings
from tests.dumps import data, hashes, release, rows, write_jsonl

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
    assert second.files == {"new": 0, "changed": 0, "kept": 1, "gone": 0, "unreadable": 0}
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
    assert data(tmp_path / "out") == data(tmp_path / "fresh")


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
    assert data(tmp_path / "out") == data(tmp_path / "fresh")


def test_changed_normalize_redoes_everything_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(5))
    build([dump], tmp_path / "out")
    change(monkeypatch, "normalize")
    assert {"normalize", "entities", "quotes"} <= set(build([dump], tmp_path / "out").costs)
    build([dump], tmp_path / "fresh")
    assert data(tmp_path / "out") == data(tmp_path / "fresh")


def test_documents_known_from_an_earlier_input_are_duplicates(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build([write_jsonl(tmp_path / "monday.jsonl", range(10))], out)
    ledger = build([write_jsonl(tmp_path / "tuesday.jsonl", range(5, 15))], out)
    assert accounted(ledger.counts)[:2] == (5, 5)
    assert count(out, "documents") == 15
    assert list(verify_dataset(Layout(out))) == []


def test_a_folder_that_gains_a_file_reads_one_file(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    for n in range(6):
        write_jsonl(inbox / f"{n}.jsonl", [n])
    build([inbox], out)
    before = hashes(out / "documents")
    write_jsonl(inbox / "3a.jsonl", [20])
    ledger = build([inbox], out)
    assert (ledger.batches_written, ledger.files["new"], ledger.files["kept"]) == (1, 1, 6)
    assert before.items() <= hashes(out / "documents").items()
    assert ledger.counts.rows["documents"] == count(out, "documents") == 7


def test_the_runner_is_chosen_by_what_there_is_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def noted(run: RunSettings, entities: EntitySettings, todo_bytes: int) -> TaskRunner[Any]:
        sizes.append(todo_bytes)
        return make_runner(run, entities, todo_bytes)

    monkeypatch.setattr("flows.corpus.make_runner", noted)
    first, second = (write_jsonl(tmp_path / "in" / f"{name}.jsonl", ids) for name, ids in (("a", range(9)), ("b", [9])))
    build([first], tmp_path / "out")
    build([first, second], tmp_path / "out")
    change(monkeypatch, "quotes")
    build([first, second], tmp_path / "out")
    texts = sum(len(release(i)["content"].encode()) for i in range(10))
    assert sizes == [first.stat().st_size, second.stat().st_size, texts]


@pytest.mark.slow
def test_twenty_daily_runs_give_the_rows_of_one(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    for day in range(20):
        write_jsonl(inbox / f"{day:02d}.jsonl", [*range(3 * day, 3 * day + 4), max(0, day - 9)])
        build([inbox], out)
    build([inbox], tmp_path / "once")
    without = ("run_id", "pipeline_version")
    assert rows(out, *without) == rows(tmp_path / "once", *without)
    assert list(verify_dataset(Layout(out))) == []
    files = hashes(out / "quotes")
    merged = compact_dataset(Layout(out), load_settings().run)
    assert merged == (20, 1)
    assert len(files) == 20
    assert len(hashes(out / "quotes")) == 1
    assert rows(out, *without) == rows(tmp_path / "once", *without)
    assert list(verify_dataset(Layout(out))) == []
    ledger = build([inbox], out)
    assert (ledger.batches_written, ledger.files["kept"]) == (0, 20)
    assert compact_dataset(Layout(out), load_settings().run) == (0, 0)


def test_a_changed_file_replaces_what_it_gave(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    write_jsonl(inbox / "a.jsonl", range(4))
    write_jsonl(inbox / "b.jsonl", range(10, 14))
    build([inbox], out)
    write_jsonl(inbox / "a.jsonl", [0, 1, 2, 7])
    ledger = build([inbox], out)
    assert (ledger.files["changed"], ledger.files["kept"]) == (1, 1)
    build([inbox], tmp_path / "fresh")
    without = ("run_id", "pipeline_version")
    assert rows(out, *without) == rows(tmp_path / "fresh", *without)
    assert list(verify_dataset(Layout(out))) == []


def test_a_file_that_grows_keeps_the_batches_that_it_has(tmp_path: Path) -> None:
    dump, out = write_jsonl(tmp_path / "a.jsonl", range(45)), tmp_path / "out"
    build([dump], out)
    write_jsonl(dump, range(60))
    ledger = build([dump], out)  # batches of 20 records: two stay, the third has changed
    assert (ledger.batches_written, ledger.counts.batches) == (1, 3)
    build([dump], tmp_path / "fresh")
    without = ("run_id", "pipeline_version")
    assert rows(out, *without) == rows(tmp_path / "fresh", *without)


def test_a_file_that_is_gone_stays_until_it_is_pruned(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    for name, numbers in (("a", range(4)), ("b", range(10, 14)), ("c", range(20, 22))):
        write_jsonl(inbox / f"{name}.jsonl", numbers)
    build([inbox], out)
    (inbox / "b.jsonl").unlink()
    ledger = build([inbox], out)
    assert (ledger.files["gone"], ledger.gone, count(out, "documents")) == (1, ["inbox/b.jsonl"], 10)
    assert ledger.counts.rows["documents"] == 6
    build([inbox / "a.jsonl"], out)  # a file by itself says nothing of the others
    build([inbox], out, prune=True)
    build([inbox], tmp_path / "fresh")
    without = ("run_id", "pipeline_version")
    assert rows(out, *without)["quotes"] == rows(tmp_path / "fresh", *without)["quotes"]
    assert build([inbox], out, prune=True).gone == []
    assert list(verify_dataset(Layout(out))) == []


def test_a_copy_becomes_a_document_when_its_original_goes(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    write_jsonl(inbox / "a.jsonl", [1, 2])
    write_jsonl(inbox / "b.jsonl", [2, 3])
    write_jsonl(inbox / "c.jsonl", [4])
    build([inbox], out)
    assert count(out, "duplicates") == 1
    write_jsonl(inbox / "a.jsonl", [1])
    build([inbox], out)
    assert (count(out, "documents"), count(out, "duplicates")) == (4, 0)
    build([inbox], tmp_path / "fresh")
    without = ("run_id", "pipeline_version")
    assert rows(out, *without) == rows(tmp_path / "fresh", *without)
    (inbox / "b.jsonl").unlink()
    build([inbox], out, prune=True)
    assert count(out, "documents") == 2
    assert list(verify_dataset(Layout(out))) == []


def test_an_edited_release_from_another_file_stays_and_its_revision_is_named(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    write_jsonl(inbox / "monday.jsonl", range(3))
    build([inbox], out)
    edited = release(1) | {"content": release(1)["content"] + " The visit ends on Friday."}
    (inbox / "tuesday.jsonl").write_text(json.dumps(edited) + "\n")
    build([inbox], out)
    assert count(out, "documents") == 4
    documents = ds.dataset(out / "documents").to_table(columns=["doc_id", "uri", "external_id"]).to_pylist()
    of = {row["doc_id"]: (row["uri"], row["external_id"]) for row in documents}
    [row] = ds.dataset(out / "revisions").to_table().to_pylist()
    assert (of[row["doc_id"]], of[row["superseded_by"]]) == (
        ("inbox/monday.jsonl", "rel-1"),
        ("inbox/tuesday.jsonl", "rel-1"),
    )


def test_compaction_changes_nothing_of_which_version_came_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__SEGMENT_RECORDS", "4")
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    edited = release(1) | {"content": release(1)["content"] + " The visit ends on Friday."}
    write_jsonl(inbox / "a.jsonl", [0, 1])
    build([inbox], out)
    write_jsonl(inbox / "b.jsonl", [2, 3])
    build([inbox], out)
    (inbox / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (edited, release(4), release(5))))
    build([inbox], out)
    before = rows(out)["revisions"]
    assert len(before) == 1
    assert compact_dataset(Layout(out), load_settings().run) == (2, 1)
    build([inbox], out)
    assert rows(out)["revisions"] == before


def test_segments_are_cut_where_they_are_full_and_none_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__SEGMENT_RECORDS", "40")
    dump, out = write_jsonl(tmp_path / "a.jsonl", range(85)), tmp_path / "out"
    build([dump], out)
    sizes = [segment.rows("documents") for segment in read_snapshot(Layout(out)).segments.values()]
    assert sizes == [40, 45]  # five would be too few for one of their own
    assert list(verify_dataset(Layout(out))) == []


@pytest.mark.parametrize("stage", ["quotes", "publish"])
def test_what_fails_is_named_by_file_and_takes_no_neighbour_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    import tasks.publish.task as publishing
    import tasks.quotes.task as quoting

    module, name = (quoting, "extract_quotes") if stage == "quotes" else (publishing, "assemble")
    real = getattr(module, name)

    def fail(*arguments: object, **options: object) -> object:
        table = arguments[0]["documents"] if stage == "publish" else arguments[0]
        if "inbox/b.jsonl" in table["uri"].to_pylist():
            raise OffsetMismatch("no memory left")
        return real(*arguments, **options)

    inbox, out = tmp_path / "inbox", tmp_path / "out"
    for n, name_of_file in enumerate("abc"):
        write_jsonl(inbox / f"{name_of_file}.jsonl", [2 * n, 2 * n + 1])
    with monkeypatch.context() as patch:
        patch.setattr(module, name, fail)
        with pytest.raises(CommuniqueError, match=rf"^inbox/b\.jsonl: {stage} failed: .*no memory left$"):
            build([inbox], out)
    assert count(out, "documents") == 4
    assert list(verify_dataset(Layout(out))) == []
    ledger = build([inbox], out)
    assert (ledger.files["new"], ledger.files["kept"], count(out, "documents")) == (1, 2, 6)


def build_without_b(inbox: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run while quotes raises over what inbox/b.jsonl has."""
    import tasks.quotes.task as quoting

    real = quoting.extract_quotes

    def fail(documents: pa.Table, *arguments: object, **options: object) -> object:
        if "inbox/b.jsonl" in documents["uri"].to_pylist():
            raise ValueError("odd")
        return real(documents, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(quoting, "extract_quotes", fail)
        with pytest.raises(CommuniqueError, match=r"^inbox/b\.jsonl: quotes failed: ValueError: odd$"):
            build([inbox], dataset)


def test_of_a_changed_file_that_fails_the_old_rows_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    for n, name in enumerate("abc"):
        write_jsonl(inbox / f"{name}.jsonl", [2 * n, 2 * n + 1])
    build([inbox], out)
    write_jsonl(inbox / "a.jsonl", [20, 21, 22])
    write_jsonl(inbox / "b.jsonl", [2, 3, 23])
    write_jsonl(inbox / "d.jsonl", [3])  # a copy of what b has, the old one and the new one
    build_without_b(inbox, out, monkeypatch)
    found = ds.dataset(out / "documents").to_table(columns=["external_id"])["external_id"].to_pylist()
    assert sorted(found) == sorted(f"rel-{n}" for n in (20, 21, 22, 2, 3, 4, 5))
    assert list(verify_dataset(Layout(out))) == []
    build([inbox], out)
    build([inbox], tmp_path / "fresh")
    assert rows(out, "run_id", "pipeline_version") == rows(tmp_path / "fresh", "run_id", "pipeline_version")


def test_of_rows_that_cannot_be_made_anew_the_old_ones_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    for n, name in enumerate("abc"):
        write_jsonl(inbox / f"{name}.jsonl", [2 * n, 2 * n + 1])
    build([inbox], out)
    before = rows(out)
    change(monkeypatch, "quotes")
    write_jsonl(inbox / "c.jsonl", [8])
    write_jsonl(inbox / "d.jsonl", [4, 9])
    build_without_b(inbox, out, monkeypatch)
    after = rows(out)
    assert set(before["quotes"]) < set(after["quotes"])
    assert (count(out, "documents"), count(out, "duplicates")) == (
        7,
        1,
    )  # of d, one is a copy of what c had and has still
    assert list(verify_dataset(Layout(out))) == []
    build([inbox], out)
    build([inbox], tmp_path / "fresh")
    assert rows(out, "run_id", "pipeline_version") == rows(tmp_path / "fresh", "run_id", "pipeline_version")


@pytest.mark.parametrize("what", ["vanishes", "changes"])
def test_a_file_that_goes_or_changes_under_the_reader_is_read_at_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    import tasks.ingest.task as ingesting

    inbox, out = tmp_path / "inbox", tmp_path / "out"
    for n, name in enumerate("abc"):
        write_jsonl(inbox / f"{name}.jsonl", [2 * n, 2 * n + 1])
    real = ingesting.read_batches

    def read(file: UnitFile, *arguments: object) -> object:
        if file.uri == "inbox/b.jsonl":
            if what == "vanishes":
                (inbox / "b.jsonl").rename(tmp_path / "b.jsonl")
            else:
                write_jsonl(inbox / "b.jsonl", [7])
        yield from real(file, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(ingesting, "read_batches", read)
        with pytest.raises(CommuniqueError, match=r"inbox/b\.jsonl: (cannot be read|has changed)"):
            build([inbox], out)
    assert (count(out, "documents"), count(out, "rejects")) == (4, 0)
    if what == "vanishes":
        (tmp_path / "b.jsonl").rename(inbox / "b.jsonl")
    build([inbox], out)
    assert count(out, "documents") == (6 if what == "vanishes" else 5)
    assert list(verify_dataset(Layout(out))) == []


def test_an_interrupted_run_goes_on_with_what_it_has_staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import flows.corpus as corpus

    dump, out = write_jsonl(tmp_path / "a.jsonl", range(100)), tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(corpus, "append_commit", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            build([dump], out)
    assert read_snapshot(Layout(out)).segments == {}
    with monkeypatch.context() as patch:
        patch.setattr("tasks.quotes.task.extract_quotes", None)  # no stage is called again
        assert build([dump], out).counts.rows["documents"] == 100
    build([dump], tmp_path / "fresh")
    assert hashes(out) == hashes(tmp_path / "fresh")


def test_a_mistyped_input_leaves_nothing_behind(tmp_path: Path) -> None:
    for inputs, options in (([tmp_path / "nothing.txt"], {}), ([tmp_path], {"source_id": "nobody"})):
        with pytest.raises(CommuniqueError):
            build(inputs, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_kill_before_the_first_commit_locks_nobody_out(tmp_path: Path) -> None:
    dump, out = write_jsonl(tmp_path / "a.jsonl", range(3)), tmp_path / "out"
    build([dump], out)
    for name in ("_manifest", "_runs"):
        shutil.rmtree(out / name)
    (out / "_dataset.json").unlink()
    build([dump], out)
    assert count(out, "documents") == 3
    assert list(verify_dataset(Layout(out))) == []


def test_a_dataset_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    dump, out = write_jsonl(tmp_path / "a.jsonl", range(3)), tmp_path / "out"
    build([dump], out)
    (out / "_dataset.json").write_text('{"schema_version": 99}')
    with pytest.raises(DatasetError, match=r"later version .*update communique"):
        build([dump], out)


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

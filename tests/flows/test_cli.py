"""The command line on a dataset: what it prints and how it exits."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from prefect.exceptions import TerminationSignal

import flows
from flows.cli import app, main
from tasks.ingest.duplicates import find_batch
from tasks.publish.layout import Layout
from tests.caches import own_cache
from tests.dumps import write_jsonl


def call(*arguments: object) -> object:
    return app([str(a) for a in arguments], exit_on_error=False, result_action="return_value")


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    dump = write_jsonl(tmp_path / "dump.jsonl", range(3))
    with dump.open("a") as sink:
        sink.write("{broken\n")
    assert call("run", dump, "--out", tmp_path / "out") == 0
    return tmp_path / "out"


def test_status_verify_explain(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("status", dataset) == 0
    assert "4 records, 3 documents, 0 duplicates, 1 rejects" in capsys.readouterr().out
    assert call("verify", dataset) == 0
    assert "no faults" in capsys.readouterr().out
    assert call("explain", dataset, "rel-1") == 0
    shown = capsys.readouterr().out
    assert "Peter Lindqvist: Captain (nowhere stated)" in shown
    assert "said" in shown
    file = next((dataset / "quotes").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-10])
    assert call("verify", dataset) == 1


def test_explain_finds_a_document_with_and_without_the_index(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = dataset / "_index" / "copies.sqlite"
    with closing(sqlite3.connect(index)) as database, database:
        [(doc_id, batch_id)] = database.execute("SELECT doc_id, batch_id FROM documents LIMIT 1").fetchall()
    assert find_batch(Layout(dataset).copies, doc_id) == batch_id
    assert call("explain", dataset, doc_id) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(doc_id)
    with closing(sqlite3.connect(index)) as database, database:
        database.execute("UPDATE documents SET batch_id = 'of a dataset that was'")
    assert call("explain", dataset, doc_id) == 0
    assert capsys.readouterr().out == shown
    index.write_bytes(b"no database")
    assert find_batch(Layout(dataset).copies, doc_id) is None
    assert call("explain", dataset, doc_id) == 0
    assert capsys.readouterr().out == shown
    index.unlink()
    assert call("explain", dataset, doc_id) == 0
    assert capsys.readouterr().out == shown
    assert not index.exists()


def test_too_many_rejects_exit_with_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    monkeypatch.setenv("COMMUNIQUE_RUN__MAX_REJECT_SHARE", "0.5")
    (tmp_path / "dump.jsonl").write_text("{broken\n")
    assert call("run", tmp_path / "dump.jsonl", "--out", tmp_path / "out") == 3


def test_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(3))
    assert call("run", dump, "--out", tmp_path / "out", "--dry-run") == 0
    assert "dump.jsonl" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_version_is_that_of_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    call("--version")
    assert capsys.readouterr().out.strip() == version("communique")


def test_config_show_is_toml_with_every_section(capsys: pytest.CaptureFixture[str]) -> None:
    import tomllib

    assert call("config", "show") == 0
    shown = tomllib.loads(capsys.readouterr().out)
    assert set(shown) == {"ingest", "normalize", "entities", "quotes", "engagements", "figures", "run"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run"], 2, ""),
        (["verify", "nowhere"], 1, "not a dataset"),
        (["run", "nothing.txt", "--out", "out", "--dry-run"], 1, "nothing.txt"),
        (["run", "nothing.txt", "--out", "out", "--dry-run", "--source", "nobody"], 1, "generic"),
        (["frobnicate"], 2, ""),
    ],
)
def test_faults_end_with_a_sentence_and_a_code(
    arguments: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["communique", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.txt", "--out", "out"], "nothing.txt: no such file"),
        (["a.txt", "--out", "out", "--source", "nobody"], "no source 'nobody'"),
        (["a.txt", "--out", "out", "--config", "none.toml"], "none.toml"),
        (["a.txt", "--out", "out", "--config", "bad.toml"], "colour: there is no such key"),
        (
            ["a.txt", "--out", "out", "--config", "near.toml"],
            "run.worker: there is no such key; did you mean run.workers?",
        ),
        (["a.txt", "--out", "a.txt/out"], "a.txt is no folder"),
        (["a.txt", "--out", "sealed/out"], "sealed cannot be written to"),
        (["inbox", "--out", "inbox"], "both INPUT and --out"),
    ],
)
def test_what_is_wrong_with_a_command_is_said_before_anything_is_started(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def start(_: Path) -> None:
        raise AssertionError("it was started")

    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "bad.toml").write_text("colour = 1")
    (tmp_path / "near.toml").write_text("[run]\nworker = 2")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "sealed").mkdir()
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "sealed" and real(path, mode))
    monkeypatch.setattr("flows.cli.prepare_prefect", start)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["communique", "run", *arguments])
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SystemExit, match="1"):
        main()
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_wrong_path_costs_no_start(tmp_path: Path) -> None:
    script = (
        "import atexit, sys\n"
        "from flows.cli import main\n"
        "atexit.register(lambda: print({'prefect', 'spacy'} & set(sys.modules)))\n"
        "sys.argv = ['communique', 'run', 'nothing.txt', '--out', 'out']\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(Path(flows.__file__).parents[1])},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout) == (1, "set()\n")


def test_dry_run_says_what_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(3))
    os.mkfifo(tmp_path / "in" / "pipe")
    write_jsonl(tmp_path / "in" / "out" / "b.jsonl", range(3))
    assert call("run", tmp_path / "in", "--out", tmp_path / "in" / "out", "--dry-run") == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[-2:] == [
        "1 files in 1 units would be read as source generic",
        "1 files or folders cannot be read",
    ]


def test_restore_reads_and_writes_lines() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "flows.cli", "restore"],
        input='HemetwithPresidentOkoroonMonday.\n\nFineasitis.\nPresidentXi"svisitended.',
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert process.stdout.split("\n")[0] == "He met with President Okoro on Monday."
    assert process.stdout.split("\n")[3] == "President Xi's visit ended."
    assert process.stdout.count("\n") == 3
    assert process.stderr == ""


@pytest.mark.slow
def test_the_second_dataset_takes_over_the_tables_of_the_first(tmp_path: Path) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(2))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {"XDG_CACHE_HOME": str(tmp_path), "COMMUNIQUE_RUN__RUNNER": "threads"}
    command = [sys.executable, "-m", "flows.cli", "run", str(dump), "--out"]
    subprocess.run([*command, str(tmp_path / "one")], env=environment, check=True, capture_output=True)
    [template] = (tmp_path / "communique" / "prefect").glob("tables-*.db")
    with closing(sqlite3.connect(template)) as database:
        database.execute("CREATE TABLE taken_over (n INTEGER)")
        database.commit()
    subprocess.run([*command, str(tmp_path / "two")], env=environment, check=True, capture_output=True)
    tables = []
    for home in (path for path in template.parent.iterdir() if path.is_dir()):
        with closing(sqlite3.connect(home / "prefect.db")) as database:
            tables.append({name for (name,) in database.execute("SELECT name FROM sqlite_master")})
    assert sorted("taken_over" in names for names in tables) == [False, True]


def test_a_full_disk_is_named_in_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(**_: object) -> int:
        raise OSError(28, "No space left on device", "out/_runs/1.json")

    monkeypatch.setattr("flows.cli.app", fail)
    with pytest.raises(SystemExit, match="1"):
        main()
    [line] = capsys.readouterr().err.splitlines()
    assert "No space left on device" in line
    assert "out/_runs/1.json" in line


class Limited:
    """The command in a process of its own, with what Python code does to that process first."""

    def __init__(self, folder: Path, first: str, *arguments: object, **environment: str) -> None:
        words = ["communique", *map(str, arguments)]
        script = f"import sys\n{first}\nsys.argv = {words!r}\nfrom flows.cli import main\nmain()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env=own_cache(folder) | {"COMMUNIQUE_RUN__RUNNER": "threads"} | environment,
        )

    def finish(self, timeout: float = 240) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=timeout)
        return self.process.returncode, output


def ends_within(seconds: float, group: int) -> bool:
    """Tell whether the last process of a group ends in time: one that has ended waits a moment to be collected."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_a_full_cache_ends_the_run_at_once_and_is_named(tmp_path: Path) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(2))
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))"
    started = time.monotonic()
    code, output = Limited(tmp_path, small, "run", dump, "--out", tmp_path / "out").finish()
    assert time.monotonic() - started < 10
    assert code == 1
    [line] = output.splitlines()
    assert f"File too large: '{tmp_path}/cache/communique/prefect/" in line
    assert not (tmp_path / "out").exists()


def test_a_cache_that_fills_up_under_way_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Server error '500 Internal Server Error'")

    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device")

    dump = write_jsonl(tmp_path / "dump.jsonl", range(2))
    monkeypatch.setattr("flows.cli.prepare_prefect", lambda _: None)
    monkeypatch.setattr("flows.corpus.build_corpus", fail)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["communique", "run", str(dump), "--out", str(tmp_path / "out")])
    with pytest.raises(RuntimeError, match="500"):  # there is room: it was something else
        main()
    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(SystemExit, match="1"):
        main()
    [line] = capsys.readouterr().err.splitlines()
    assert f"No space left on device: '{tmp_path}/room." in line


@pytest.mark.slow
@pytest.mark.parametrize("runner", ["threads", "processes"])
def test_a_user_whom_the_system_does_not_know(tmp_path: Path, runner: str) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(2))
    unknown = (
        "import os, pwd\n"
        "del os.environ['HOME'], os.environ['XDG_CACHE_HOME'], os.environ['NUMBA_CACHE_DIR']\n"
        "def nobody(uid): raise KeyError(uid)\n"
        "pwd.getpwuid = nobody"
    )
    (tmp_path / "tmp").mkdir()
    command = ("run", dump, "--out", tmp_path / "out")
    environment = {"COMMUNIQUE_RUN__RUNNER": runner, "TMPDIR": str(tmp_path / "tmp")}
    code, output = Limited(tmp_path, unknown, *command, **environment).finish()
    assert code == 0, output
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("to", ["the command", "all its processes"])
@pytest.mark.parametrize("runner", ["threads", "processes"])
def test_sigterm_ends_a_run_as_control_c_does(tmp_path: Path, runner: str, to: str) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(400))
    arguments = ("run", dump, "--out", tmp_path / "out")
    command = Limited(tmp_path, "", *arguments, COMMUNIQUE_RUN__RUNNER=runner)
    deadline = time.monotonic() + 120
    while not list((tmp_path / "out" / "_staging").glob("*/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process = command.process.pid
    os.kill(process, signal.SIGTERM) if to == "the command" else os.killpg(process, signal.SIGTERM)
    code, output = command.finish(60)
    assert code == 143, output
    assert "Give the same command again to go on." in output
    assert "Traceback" not in output
    assert ends_within(20, process), "the server or a worker outlived the run"
    [run] = [json.loads(path.read_text()) for path in (tmp_path / "out" / "_runs").glob("*.json")]
    assert run["status"] == "interrupted"
    code, output = Limited(tmp_path, "", *arguments).finish()
    assert code == 0, output
    assert "400 records read = 400 documents" in output


def test_sigterm_before_a_run_has_begun_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("flows.cli.app", lambda **_: os.kill(os.getpid(), signal.SIGTERM) or time.sleep(10))
    try:
        with pytest.raises(SystemExit, match="143"):
            main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert capsys.readouterr().err == "interrupted\n"


def test_sigterm_that_a_library_has_wrapped_is_sigterm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def flow(*_: object, **__: object) -> None:
        try:
            raise TerminationSignal(signal.SIGTERM)
        except TerminationSignal as stop:
            raise ValueError("Error calling a function of the flow") from stop

    dump = write_jsonl(tmp_path / "dump.jsonl", range(1))
    monkeypatch.setattr("flows.cli.prepare_prefect", lambda _: None)
    monkeypatch.setattr("flows.corpus.build_corpus", flow)
    assert call("run", dump, "--out", tmp_path / "out") == 143
    assert "Give the same command again" in capsys.readouterr().err


def test_completion_is_installed_for_the_shell(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "SHELL": "/bin/bash", "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": ""}
    code, output = Limited(tmp_path, "", "--install-completion", **home).finish()
    assert code == 0, output
    [script] = [path for path in tmp_path.rglob("*communique*") if path.is_file()]
    assert "--prune" in script.read_text()

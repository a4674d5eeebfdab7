"""The command line on a dataset: what it prints and how it exits."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from flows.cli import app, main
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
    assert set(shown) == {"ingest", "normalize", "entities", "quotes", "run"}


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

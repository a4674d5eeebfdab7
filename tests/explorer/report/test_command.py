"""`communique report`, and the report that a run writes."""

from __future__ import annotations

import builtins
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flows.attempt import Attempt
from flows.cli import app, main
from flows.summary import summarise
from tasks.publish.layout import Layout
from tasks.settings import load_settings
from tests.explorer.report.corpus import publish, release

pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("command") / "releases"
    for source in ("alpha", "beta"):
        start = 100 * (source == "beta")
        found = [release(start + n, date(2021 + n, 2, 3)) for n in range(3)]
        publish(root, source, found, views=source == "beta")
    return root


def call(*arguments: object) -> object:
    return app([str(a) for a in arguments], exit_on_error=False, result_action="return_value")


def test_it_says_where_it_wrote_how_much(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "all.html"
    assert call("report", dataset, "--out", out) == 0
    assert capsys.readouterr().out == f"{out}: {out.stat().st_size:,} bytes\n"
    assert "6 releases of 2 sources, published 2021-02-03 to 2023-02-03." in out.read_text("utf-8")


def test_options_narrow_it(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "some.html"
    call("report", dataset, "--out", out, "--source", "alpha", "--from", "2022", "--to", "2022-02")
    assert "1 release of 1 source, published 2022-02-03 to 2022-02-03." in out.read_text("utf-8")
    call("report", dataset, "-o", out, "--source", "alpha", "--source", "beta", "--to", "2021-12-31")
    assert "2 releases of 2 sources" in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--source", "gamma"], "no source 'gamma' in the dataset; there are alpha, beta"),
        (["--from", "spring"], "spring: not a day, month or year"),
        (["--from", "2024", "--to", "2023"], "the period begins on 2024-01-01 and ends before"),
    ],
)
def test_what_cannot_be_asked_for_is_said_and_nothing_is_written(
    dataset: Path,
    tmp_path: Path,
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(
        sys, "argv", ["communique", "report", str(dataset), "--out", str(tmp_path / "r.html"), *arguments]
    )
    with pytest.raises(SystemExit, match="1"):
        main()
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_duckdb_the_extra_is_named(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "duckdb":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr(sys, "argv", ["communique", "report", str(dataset), "--out", str(tmp_path / "r.html")])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert "communique[explore]" in capsys.readouterr().err
    monkeypatch.setenv("COMMUNIQUE_RUN__REPORT", str(tmp_path / "r.html"))
    (tmp_path / "a.txt").write_text("text")
    monkeypatch.setattr(sys, "argv", ["communique", "run", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert "communique[explore]" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def attempt_at(dataset: Path, report: Path | None) -> Attempt:
    settings = load_settings(None, {"run": {"report": str(report) if report else ""}})
    attempt = Attempt([], SimpleNamespace(), Layout(dataset), SimpleNamespace(), settings, None, False)  # type: ignore[arg-type]
    attempt.ledger = SimpleNamespace(  # type: ignore[assignment]
        status="done", failures=[], files={}, batches_written=0, unreadable=[], slowest={},
        counts=SimpleNamespace(records=0, rows={"documents": 0, "duplicates": 0, "rejects": 0}, batches=0, listed=dict),
    )  # fmt: skip
    attempt.decision = SimpleNamespace(new=[], changed=[], gone=[])  # type: ignore[assignment]
    return attempt


def test_a_run_writes_it_where_the_settings_say_and_its_summary_links_it(dataset: Path, tmp_path: Path) -> None:
    attempt = attempt_at(dataset, tmp_path / "a [b].html")
    assert attempt.write_report() == ""
    assert "6 releases" in (tmp_path / "a [b].html").read_text("utf-8")
    page = summarise(attempt, {}, "")
    assert f"]({(tmp_path / 'a [b].html').as_uri()})" in page
    assert "a \\[b\\].html](" in page
    quiet = attempt_at(dataset, None)
    assert quiet.write_report() == ""
    assert "Report" not in summarise(quiet, {}, "")


def test_a_report_that_cannot_be_written_fails_no_run_and_is_said(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    attempt = attempt_at(dataset, tmp_path / "file" / "report.html")
    reason = attempt.write_report()
    assert reason.startswith(("NotADirectoryError", "FileExistsError"))
    assert "There is no report: " in summarise(attempt, {}, reason)

"""What a flow ends in, and what its tasks are called: read from Prefect's server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prefect.states import State

from flows.attempt import finish_idle
from flows.corpus import build_corpus
from flows.pipeline import label_files
from flows.shown import name_task
from flows.summary import Rejects, summarise
from tasks.errors import CommuniqueError, TooManyRejects
from tasks.publish.layout import Layout
from tests.dumps import write_jsonl


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    monkeypatch.setenv("COMMUNIQUE_INGEST__BATCH_RECORDS", "5")


def end(dump: Path, dataset: Path, **options: Any) -> State[Any]:
    state: State[Any] = build_corpus([str(dump)], str(dataset), **options, return_state=True)
    return state


def test_more_rejects_than_allowed_fail_the_flow_and_say_how_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(3))
    with dump.open("a") as sink:
        sink.write("{broken\n")
    assert end(dump, tmp_path / "out").is_completed()
    monkeypatch.setenv("COMMUNIQUE_RUN__MAX_REJECT_SHARE", "0.2")
    state = end(dump, tmp_path / "out")
    assert state.is_failed()
    assert str(state.message).startswith("1 of 4 records rejected: more than run.max_reject_share = 0.2")
    with pytest.raises(TooManyRejects, match="1 of 4") as refused:
        build_corpus([str(dump)], str(tmp_path / "out"))
    assert refused.value.ledger.counts.rows["documents"] == 3


def test_a_batch_that_fails_is_named_with_its_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(table: Any, *_: Any, **__: Any) -> Any:
        if any("number 7 " in text for text in table["text"].to_pylist()):
            raise ValueError("odd")
        return real(table, *_, **__)

    from tasks.quotes import table

    real = table.extract_quotes
    monkeypatch.setattr("tasks.quotes.task.extract_quotes", fail)
    state = end(write_jsonl(tmp_path / "dump.jsonl", range(12)), tmp_path / "out")
    assert state.is_failed()
    assert state.message == "dump.jsonl: records 5 to 9: quotes failed: ValueError: odd"
    assert "Traceback" in caplog.text
    with pytest.raises(CommuniqueError, match="records 5 to 9"):
        state.result()


def test_what_no_run_can_begin_with_is_the_message_of_the_state(tmp_path: Path) -> None:
    state = end(tmp_path / "nothing.jsonl", tmp_path / "out")
    assert state.is_failed()
    assert state.message == f"{tmp_path}/nothing.jsonl: no such file or folder, and no file matches it"


def test_a_run_writes_the_report_that_the_settings_ask_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb")
    dump, report = write_jsonl(tmp_path / "dump.jsonl", range(3)), tmp_path / "pages" / "report.html"
    monkeypatch.setenv("COMMUNIQUE_RUN__REPORT", str(report))
    assert end(dump, tmp_path / "out").is_completed()
    first = report.read_bytes()
    assert b"3 releases of 1 source" in first
    report.write_text("as a reader left it")
    arguments = ([str(dump)], str(tmp_path / "out"), "generic", None, 0, None, False)
    assert finish_idle(*arguments) is not None
    assert report.read_text() == "as a reader left it", "nothing was new, and the file is there"
    report.unlink()
    assert finish_idle(*arguments) is not None
    assert report.read_bytes() == first


def test_parameters_are_checked(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="greater than or equal to 0"):
        build_corpus([str(tmp_path)], str(tmp_path / "out"), workers=-1)
    with pytest.raises(Exception, match="at least 1 item"):
        build_corpus([], str(tmp_path / "out"))


def test_names_of_tasks() -> None:
    assert name_task("entities", "a{b}.csv 3/12") == "entities a{{b}}.csv 3/12"
    assert label_files(["in/a.csv"]) == "a.csv"
    assert label_files(["in/a.csv", "in/b.csv"]) == "a.csv and 1 more"


def test_names_out_of_a_dump_are_text_on_the_page() -> None:
    from types import SimpleNamespace

    from flows.ledger import Ledger

    ledger = Ledger("r", "generic", [], {}, status="done", slowest={"a|b.csv": 3.0})
    decision = SimpleNamespace(new=[], changed=[], gone=[])
    attempt = SimpleNamespace(ledger=ledger, decision=decision, layout=Layout("out"), report_file=None)
    page = summarise(attempt, {"bomb": Rejects(2, ["<b>.zip: ![x](http://y)\n# z"])})  # type: ignore[arg-type]
    assert r"| a\|b.csv | 3.0 |" in page
    assert r"- \<b\>.zip: \!\[x\](http://y) \# z" in page
    assert "## Rejected as bomb: 2" in page

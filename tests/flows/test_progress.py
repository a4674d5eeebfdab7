"""What is shown of a run: a bar with counts on a terminal, lines elsewhere, an artifact that ends at 100 %."""

from __future__ import annotations

import io
import logging
import sys
from uuid import UUID, uuid4

import pytest

from flows.progress import RunProgress, show_step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def shares(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the artifact showed, in order."""
    shown: list[float] = []

    def create(share: float, **_: str) -> UUID:
        shown.append(share)
        return uuid4()

    monkeypatch.setattr("prefect.artifacts.create_progress_artifact", create)
    monkeypatch.setattr("prefect.artifacts.update_progress_artifact", lambda _, share: shown.append(share))
    return shown


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which a test sets."""
    now = [100.0]
    monkeypatch.setattr("flows.progress.time.monotonic", lambda: now[0])
    return now


def work(progress: RunProgress, clock: list[float], size: int) -> None:
    progress.send(3)
    progress.await_stage("quotes")
    clock[0] += 20
    progress.advance(2, size, documents=50, rejects=4)


def test_it_says_stage_counts_speed_and_what_is_left(shares: list[float], clock: list[float]) -> None:
    with RunProgress(1_000) as progress:
        assert str(progress) == "ingest: 0 of 0 batches, 0 documents, 0 rejects"
        work(progress, clock, 200)
        assert str(progress) == "quotes: 2 of 3 batches, 50 documents, 2.5/s, 4 rejects, about 1 min 20 s left"


def test_what_is_left_of_compressed_files_is_guessed_from_those_that_were_read(
    shares: list[float], clock: list[float]
) -> None:
    with RunProgress(1_000) as progress:
        progress.read(500, 5_000)
        work(progress, clock, 1_000)
        assert shares[-1] == 10.0  # of 5,000 that are known and as many that are expected
        progress.read(500, 2_000)
        progress.skip(1_000)
        work(progress, clock, 2_000)
    assert shares == [0.0, 10.0, 50.0, 100.0]


def test_text_that_is_worked_on_again_counts(shares: list[float], clock: list[float]) -> None:
    with RunProgress(0, again=4_000) as progress:
        work(progress, clock, 1_000)
    assert shares == [0.0, 25.0, 100.0]


def test_the_artifact_ends_at_the_end(shares: list[float], clock: list[float]) -> None:
    with RunProgress(1_000) as progress:
        work(progress, clock, 200)
    assert shares == [0.0, 20.0, 100.0]
    with pytest.raises(OSError, match="full"), RunProgress(1_000) as progress:
        work(progress, clock, 200)
        raise OSError("full")
    assert shares[3:] == [0.0, 20.0]


def test_elsewhere_than_on_a_terminal_it_logs_lines(
    shares: list[float], clock: list[float], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    with show_step("starting"), RunProgress(1_000) as progress:
        work(progress, clock, 200)
        progress.send(1)  # too soon for another line
    assert [record.getMessage() for record in caplog.records] == [
        " 20 % of the input; quotes: 2 of 3 batches, 50 documents, 2.5/s, 4 rejects, about 1 min 20 s left"
    ]
    assert "starting" not in capsys.readouterr().err


def test_on_a_terminal_there_is_a_bar_and_warnings_above_it(
    shares: list[float], clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    handler = logging.StreamHandler(terminal)
    logging.getLogger().addHandler(handler)
    try:
        with show_step("starting"), RunProgress(1_000) as progress:
            logging.getLogger("tasks").warning("a date that fits no format")
            logging.getLogger("flows").info("one of many lines")
            work(progress, clock, 200)
        assert handler.stream is terminal
        assert handler.level == logging.NOTSET
    finally:
        logging.getLogger().removeHandler(handler)
    shown = terminal.getvalue()
    assert "a date that fits no format" in shown
    assert "one of many lines" not in shown
    assert "quotes: 2 of 3 batches" in shown.replace("\n", "")

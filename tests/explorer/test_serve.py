"""`communique explore` as a command: what it prints, what it refuses, how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from explorer.corpus import open_corpus
from explorer.serve import explore
from flows.cli import app
from tasks.errors import ConfigError, DatasetError
from tests.explorer.builders import VISIT, publish

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("signals", "code"), [([signal.SIGTERM], 143), ([signal.SIGINT, signal.SIGINT], 130)])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, signals: list[signal.Signals], code: int) -> None:
    publish(tmp_path / "data", [VISIT])
    command = [sys.executable, "-m", "flows.cli", "explore", str(tmp_path / "data"), "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what a shell starts in the background ignores it
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=heed
    ) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            [address] = re.findall(r"data at (http://127\.0\.0\.1:[0-9]+/)  \(Ctrl-C ends it\)", line)
            with urllib.request.urlopen(address + "health", timeout=60) as answer:
                assert b'"documents":1' in answer.read()
            for each in signals:
                process.send_signal(each)
            assert process.wait(60) == code
            assert process.stderr
            assert process.stderr.read() == "interrupted\n"
        finally:
            process.kill()
    assert (tmp_path / "data" / "_explore" / "index.sqlite").exists()


def test_a_port_that_is_taken_is_said_to_be(tmp_path: Path) -> None:
    publish(tmp_path / "data", [VISIT])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="--port 0"):
            explore(
                str(tmp_path / "data"), host="127.0.0.1", port=taken.getsockname()[1], open_browser=False, sql=False, raw_csv=False
            )  # fmt: skip


def test_only_a_dataset_in_a_folder_is_explored(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="not a dataset"):
        app(["explore", str(tmp_path)], exit_on_error=False, result_action="return_value")
    with pytest.raises(ConfigError, match="reads a folder"):
        open_corpus("s3://bucket/prefix")

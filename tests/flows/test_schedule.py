"""A schedule that this machine serves: what fires, what is shown of it, what is left when it is stopped or killed."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from prefect.events.schemas.automations import AutomationCore, EventTrigger
from prefect.events.schemas.events import ResourceSpecification

import flows
from flows.alarms import crash_vanished
from flows.cli import main
from flows.corpus import build_corpus
from flows.timetable import make_timetable
from tasks.publish.layout import Layout
from tasks.publish.log import read_snapshot
from tests.caches import own_cache
from tests.dumps import write_jsonl
from tests.flows.test_cli import ends_within


class Service:
    """`communique schedule` in a session of its own, and Prefect's API that it serves."""

    def __init__(self, folder: Path, *arguments: object, **environment: str) -> None:
        kept = own_cache(folder) | {"PYTHONPATH": str(Path(flows.__file__).parents[1])}
        self.said = folder / "said"
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.cli", "schedule", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=self.said.open("a"), text=True, start_new_session=True, cwd=folder,
            env=kept | {"PREFECT_RUNNER_POLL_FREQUENCY": "1", "COMMUNIQUE_RUN__RUNNER": "threads"} | environment,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        assert self.line, self.said.read_text()
        self.api = f"{self.line.rpartition(' ')[2].strip()}/api"

    def ask(self, path: str, **body: Any) -> Any:
        request = urllib.request.Request(f"{self.api}/{path}", json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        deadline = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as response:
                    return json.load(response)
            except urllib.error.HTTPError as error:  # its database is busy: Prefect's client asks again, too
                if error.code != 503 or time.monotonic() > deadline:
                    raise
            time.sleep(0.5)

    def runs(self, state: str) -> list[dict[str, Any]]:
        return list(self.ask("flow_runs/filter", flow_runs={"state": {"type": {"any_": [state]}}}))

    def wait_for(self, what: Callable[[], Any], seconds: float = 120) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < deadline, self.said.read_text()
            assert self.process.poll() is None, self.said.read_text()
            time.sleep(0.3)
        return found

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=90)
        return self.process.returncode


@contextmanager
def serving(folder: Path, *arguments: object, **environment: str) -> Iterator[Service]:
    service = Service(folder, *arguments, **environment)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.process.kill()
            service.process.communicate()


def test_a_schedule_fires_and_shows_what_it_did_and_ends_when_told(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "inbox" / "re{port}.jsonl", range(6))
    (tmp_path / "inbox" / "broken.jsonl").write_text("{broken\n")
    batches = {"COMMUNIQUE_INGEST__BATCH_RECORDS": "2"}
    with serving(tmp_path, "inbox", "--out", "data", "--interval", "10s", **batches) as service:
        run = service.wait_for(lambda: service.runs("COMPLETED"))[-1]
        assert "auto-scheduled" in run["tags"]
        assert {"source:generic", "dataset:data"} <= set(run["tags"])
        assert run["name"].startswith("generic 20")
        assert "7 records read = 6 documents + 0 duplicates + 1 rejects" in run["state"]["message"]
        assert "2 new" in run["state"]["message"]
        [card] = service.wait_for(lambda: (tmp_path / "data" / "_runs").glob("*.json"))
        assert json.loads(card.read_text())["status"] == "done"
        assert len(read_snapshot(Layout(tmp_path / "data")).inputs) == 2

        mine = {"flow_runs": {"id": {"any_": [run["id"]]}}}
        tasks = {task["name"]: task for task in service.ask("task_runs/filter", **mine)}
        assert {"entities re{port}.jsonl 2/3", "publish broken.jsonl", "people"} <= set(tasks), sorted(tasks)
        [before] = tasks["normalize re{port}.jsonl 1/3"]["task_inputs"]["wait_for"]
        assert before["id"] in {tasks[name]["id"] for name in tasks if name.startswith("ingest")}

        shown = {one["type"]: one for one in service.ask("artifacts/filter", artifacts={}, **mine)}
        assert shown["progress"]["data"] == 100
        assert shown["markdown"]["key"].startswith("communique-data-")
        assert "Rejected as bad_record: 1" in shown["markdown"]["data"]
        of_run = {"flow_run_id": {"any_": [run["id"]]}}
        logs = service.wait_for(  # they are sent in batches, the last ones a moment after the end
            lambda: [log["message"] for log in service.ask("logs/filter", logs=of_run) if "1/3" in log["message"]]
        )
        assert any(log.startswith("re{port}.jsonl 1/3: 2 records, 2 documents") for log in logs), logs

        [deployment] = service.ask("deployments/filter")
        assert deployment["entrypoint"] == "flows.corpus.build_corpus"
        asked = deployment["parameter_openapi_schema"]["properties"]
        assert asked["workers"]["minimum"] == 0
        assert all(field["description"] for field in asked.values())

        again = subprocess.run(
            [sys.executable, "-m", "flows.cli", "schedule", "inbox", "--out", "data", "--interval", "4s"],
            cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
        )  # fmt: skip
        assert (again.returncode, f"process {service.process.pid}" in again.stderr) == (1, True)
        assert service.stop(signal.SIGTERM) == 143
        assert "Traceback" not in service.said.read_text()
        assert ends_within(20, service.process.pid), "something outlived the service"


@pytest.mark.slow
def test_a_killed_service_shows_its_run_as_crashed_and_goes_on_once_it_is_started_again(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "inbox" / "a.jsonl", range(1500))
    told: list[dict[str, str]] = []

    class Desk(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

    desk = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=desk.serve_forever, daemon=True).start()
    command = ("inbox", "--out", "data", "--interval", "5s", "--notify", f"http://127.0.0.1:{desk.server_port}/hook")
    with serving(tmp_path, *command) as service:
        service.wait_for(lambda: list((tmp_path / "data" / "_staging").glob("*/*")))
        [run] = service.runs("RUNNING")
        service.process.kill()
        service.process.communicate()
        assert ends_within(20, service.process.pid), "something outlived the service"
    with serving(tmp_path, *command) as service:
        [crashed] = service.runs("CRASHED")
        assert crashed["id"] == run["id"]
        assert "killed" in crashed["state"]["message"]
        [done, *_] = service.wait_for(lambda: service.runs("COMPLETED"), 500)
        assert "1,500 records read = 1,500 documents" in done["state"]["message"]
        # What was due meanwhile waits for nobody: one run made up for all of it.
        assert not [run for run in service.runs("SCHEDULED") if run["state"]["name"] == "Late"][2:]

        (tmp_path / "inbox").rename(tmp_path / "away")
        [deployment] = service.ask("deployments/filter")

        def start_by_hand() -> None:
            """Start a run of which the server tells at once; while another is under way it is cancelled."""
            service.ask(f"deployments/{deployment['id']}/create_flow_run", state={"type": "SCHEDULED"})
            time.sleep(7)

        service.wait_for(lambda: told or start_by_hand(), 300)
        assert told[0]["state"] == "Failed"
        assert told[0]["message"] == f"{tmp_path}/inbox: no such file or folder, and no file matches it"
        assert told[0]["url"].startswith(service.api.removesuffix("/api"))
        (tmp_path / "away").rename(tmp_path / "inbox")
        write_jsonl(tmp_path / "inbox" / "b.jsonl", range(2000, 3500))
        service.wait_for(lambda: list((tmp_path / "data" / "_staging").glob("*/*")))
        assert service.stop(signal.SIGINT) == 130
        assert ends_within(20, service.process.pid), "something outlived the service"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "no INPUT"),
        (["inbox"], 2, "--cron or --interval"),
        (["inbox", "--cron", "0 3 * * *", "--interval", "1h"], 2, "--cron or --interval"),
        (["inbox", "--cron", "0 25 * * *"], 1, "--cron '0 25 * * *': five fields"),
        (["inbox", "--cron", "@daily"], 1, "five fields"),
        (["inbox", "--interval", "0s"], 1, "a second is the shortest"),
        (["inbox", "--cron", "0 3 * * *", "--timezone", "Mars"], 1, "no such time zone"),
        (["inbox", "--interval", "1h", "--name", "a/b"], 1, "--name 'a/b'"),
        (["inbox", "--interval", "1h", "--notify", "desk"], 1, "--notify 'desk'"),
        (["inbox", "--interval", "1h", "--source", "nobody"], 1, "no source 'nobody'"),
        (["nothing", "--interval", "1h"], 1, "nothing: no such file"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_said_before_anything_is_started(
    arguments: list[str],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def start(_: Path) -> str:
        raise AssertionError("it was started")

    (tmp_path / "inbox").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("flows.cli.prepare_service", start)
    monkeypatch.setattr(sys, "argv", ["communique", "schedule", *arguments, "--out", "data"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == code
    [line] = capsys.readouterr().err.splitlines()
    assert said in line


def test_hours_are_those_of_the_machine_unless_it_is_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert make_timetable("0 3 * * *", None, None).timezone == "Asia/Tokyo"
    assert make_timetable("0 3 * * *", None, "Europe/Oslo").timezone == "Europe/Oslo"
    monkeypatch.setenv("TZ", "nowhere")
    assert make_timetable("0 3 * * *", None, None).timezone == "UTC"


@pytest.mark.parametrize("answers", ["nothing listens", "nothing is said", "something else is there"])
def test_a_server_that_is_not_there_is_named_in_a_sentence(tmp_path: Path, answers: str) -> None:
    dump = write_jsonl(tmp_path / "dump.jsonl", range(2))
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        if answers != "nothing listens":
            listener.listen()
        if answers == "something else is there":
            threading.Thread(target=_refuse, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{port}/api"
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", "run", str(dump), "--out", str(tmp_path / "out")],
            env=os.environ | {"PREFECT_API_URL": url}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert time.monotonic() - started < 10
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert f"no Prefect server answers at {url}" in line


def _refuse(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    connection.close()


def test_a_work_pool_gets_the_automation_that_a_schedule_has() -> None:
    text = (Path(flows.__file__).parents[1] / "docs" / "deploy" / "automations.yaml").read_text()
    [shipped] = [AutomationCore.model_validate(one) for one in yaml.safe_load(text)["automations"]]
    own = crash_vanished(uuid4(), "communique")
    assert isinstance(shipped.trigger, EventTrigger) and isinstance(own.trigger, EventTrigger)
    whose = ResourceSpecification({"prefect.resource.role": "flow", "prefect.resource.name": build_corpus.name})
    assert shipped.trigger == own.trigger.model_copy(update={"match_related": whose})
    assert (shipped.name, shipped.actions) == (own.name, own.actions)

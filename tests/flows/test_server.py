"""Prefect's server: a sound database or a new one, a sentence if it does not start, an end with the run."""

from __future__ import annotations

import http.server
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from flows import server
from flows.environment import STARTUP_S
from flows.server import children_of, processor_time_of, put_database
from tasks.errors import ServerFailed
from tests.caches import own_cache

#: Starts a server in a process of its own, says which, and waits.
STARTS = """
import subprocess, sys, time
from pathlib import Path
from flows.server import children_of, prepare_prefect
import os
prepare_prefect(Path(sys.argv[1]))
print(*children_of(os.getpid()), os.environ["PREFECT_API_URL"], flush=True)
time.sleep(600)
"""


def make(path: Path, *tables: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as database:
        for name in tables or ("alembic_version", "flow_run", "task_run"):
            database.execute(f"CREATE TABLE {name} (n INTEGER)")
            database.executemany(f"INSERT INTO {name} VALUES (?)", [(n,) for n in range(500)])
        database.commit()
    return path


def count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        [n] = database.execute("SELECT count(*) FROM flow_run").fetchone()
        return int(n)


def test_a_sound_database_stays(tmp_path: Path) -> None:
    database, template = make(tmp_path / "prefect.db"), make(tmp_path / "tables.db")
    with closing(sqlite3.connect(database)) as changed:
        changed.execute("DELETE FROM flow_run WHERE n > 6")
        changed.commit()
    put_database(database, template)
    assert count(database) == 7


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: os.truncate(path, 5000),
    "half a header": lambda path: os.truncate(path, 60),
    "empty": lambda path: os.truncate(path, 0),
    "scribbled": lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 9000),
    "no database": lambda path: path.write_text("something else"),
    "other tables": lambda path: (path.unlink(), make(path, "flow_run")),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_database_gives_way_to_the_template(tmp_path: Path, damage: str) -> None:
    database, template = make(tmp_path / "prefect.db"), make(tmp_path / "tables.db")
    DAMAGE[damage](database)
    (tmp_path / "prefect.db-wal").write_text("of the damaged one")
    put_database(database, template)
    assert count(database) == 500
    assert {path.name for path in tmp_path.iterdir()} == {"prefect.db", "tables.db"}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_template_is_none(tmp_path: Path, damage: str) -> None:
    template = make(tmp_path / "tables.db")
    DAMAGE[damage](template)
    put_database(tmp_path / "prefect.db", template)
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_in_use_stays(tmp_path: Path) -> None:
    database = make(tmp_path / "prefect.db")
    with closing(sqlite3.connect(database)) as user:
        user.execute("BEGIN EXCLUSIVE")
        put_database(database, make(tmp_path / "tables.db", "flow_run"))
    assert count(database) == 500


def test_a_copy_that_has_no_room_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    template = make(tmp_path / "tables.db")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=r"prefect\.partial"):
        put_database(tmp_path / "prefect.db", template)
    assert list(tmp_path.iterdir()) == [template]


def test_a_template_holds_tables_and_no_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    home = tmp_path / "communique" / "prefect" / "0123"
    monkeypatch.setenv("PREFECT_HOME", str(home))
    make(home / "prefect.db")
    server.keep_database()
    [template] = home.parent.glob("tables-*.db")
    put_database(tmp_path / "prefect.db", template)
    assert count(tmp_path / "prefect.db") == 0
    with closing(sqlite3.connect(template)) as database:
        assert database.execute("SELECT count(*) FROM alembic_version").fetchone() == (500,)


def test_children_and_their_time() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "sum(range(10**7)); print(flush=True); input()"], stdin=-1, stdout=-1
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"\n"
    assert child.pid in children_of(os.getpid())
    assert processor_time_of(child.pid) > 0
    child.communicate()
    assert child.pid not in children_of(os.getpid())
    assert processor_time_of(child.pid) == 0
    assert children_of(child.pid) == []


@pytest.mark.parametrize("reason", [FileNotFoundError, ProcessLookupError])
def test_threads_and_processes_that_end_while_they_are_read(
    reason: type[OSError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> str:
        raise reason

    monkeypatch.setattr(Path, "read_text", gone)
    assert children_of(os.getpid()) == []
    assert processor_time_of(os.getpid()) == 0
    monkeypatch.setattr(Path, "iterdir", gone)
    assert children_of(os.getpid()) == []


def environment(tmp_path: Path) -> dict[str, str]:
    return own_cache(tmp_path)


def is_gone(process: int) -> bool:
    try:
        return Path("/proc", str(process), "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.slow
def test_the_server_ends_with_a_killed_run_and_is_deaf_to_what_the_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()  # of the user's, where the command is given
    (tmp_path / "flows" / "__init__.py").write_text("raise SystemExit('the wrong flows')")
    run = subprocess.Popen(
        [sys.executable, "-P", "-c", STARTS, str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment(tmp_path) | {"PYTHONPATH": str(Path(server.__file__).parents[1])},
    )
    assert run.stdout is not None
    *children, url = run.stdout.readline().split()
    assert url.startswith("http://127.0.0.1:")
    [process] = map(int, children)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(process, number)
    time.sleep(1)
    assert not is_gone(process)
    run.kill()
    run.wait()
    deadline = time.monotonic() + 20
    while not is_gone(process):
        assert time.monotonic() < deadline, "the server outlived the run"
        time.sleep(0.2)


@pytest.mark.slow
def test_a_database_that_prefect_cannot_use_is_made_anew(tmp_path: Path) -> None:
    dump = tmp_path / "a.txt"
    dump.write_text("The minister met the chief of staff on Tuesday and thanked the crews of the frigate.")
    command = [sys.executable, "-m", "flows.cli", "run", str(dump), "--out", str(tmp_path / "out")]
    started = environment(tmp_path) | {"COMMUNIQUE_RUN__RUNNER": "threads"}
    subprocess.run(command, env=started, check=True, capture_output=True)
    databases = [*(tmp_path / "cache").rglob("prefect.db"), *(tmp_path / "cache").rglob("tables-*.db")]
    assert len(databases) == 2
    for path in databases:
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE alembic_version SET version_num = 'of another age'")
            database.commit()
    done = subprocess.run(command, env=started, check=False, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_does_not_start_says_why_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        server, "_SERVE", "import sys; sys.exit('ValueError: no such luck\\nApplication startup failed.')"
    )
    monkeypatch.setenv(STARTUP_S, "20")
    with pytest.raises(ServerFailed, match=r"^Prefect's server does not start: ValueError: no such luck$"):
        server._start_server({})


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_SERVE", "input()")
    monkeypatch.setenv(STARTUP_S, "1")
    before = children_of(os.getpid())
    with pytest.raises(ServerFailed, match="within 1 s"):
        server._start_server({})
    assert children_of(os.getpid()) == before


def test_a_busy_server_is_waited_for_as_long_as_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(0.6)
            self.send_response(200)
            self.end_headers()

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy) as busy:
        threading.Thread(target=busy.serve_forever, daemon=True).start()
        monkeypatch.setenv("PREFECT_API_URL", url := f"http://127.0.0.1:{busy.server_port}/api")
        monkeypatch.setattr(server, "_ANSWER_S", 0.1)
        monkeypatch.delenv("PREFECT_API_REQUEST_TIMEOUT", raising=False)
        with pytest.raises(ServerFailed, match="PREFECT_API_REQUEST_TIMEOUT"):
            server.find_server()
        monkeypatch.setenv("PREFECT_API_REQUEST_TIMEOUT", "30")
        assert server.find_server() == url
        busy.shutdown()

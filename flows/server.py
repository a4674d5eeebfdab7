"""Prefect's house: its database, and one server for a run or a schedule, which ends with it.

Environment → a server of the user's, if it answers → or room for a database → a sound one in its place, or none → a
server, whose address the run and its workers take → at the end the database is kept as a template for the next dataset.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import http.client
import logging
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from flows.environment import STARTUP_S, set_defaults
from tasks.errors import DatasetBusy, ServerFailed, name_file
from tasks.resources import cache_folder

logger = logging.getLogger(__name__)

_WATCH = 'while kill -0 "$0" 2>/dev/null; do sleep 1; done; kill "$@" 2>/dev/null'
#: What the server's process runs. The working folder stays out of its path: it may hold a `flows` or `prefect`, too.
_SERVE = "import sys; sys.path.append(sys.argv[1]); from flows.server import serve; serve(int(sys.argv[2]))"
#: As Prefect starts a server for a run: no pages, and only those services that a run needs.
_EPHEMERAL = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
#: As a schedule needs it: runs go after a month, as events do after a week, so that its database stays small.
_SERVICE = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs,orphans",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "2592000",
}
_UI_PORT = 4200  # Prefect's own, where it is free: a bookmark holds
_ANSWER_S = 5.0
_ROOM = 4 << 20  # bytes that making a database needs, its journal included
_STOP_S = 5.0
#: Tables whose rows Prefect makes with them.
_KEPT = frozenset({"alembic_version", "block_type", "block_schema", "block_schema_reference", "configuration"})
_TABLES = frozenset({"alembic_version", "flow_run", "task_run"})


def prepare_prefect(dataset: Path) -> None:
    """Set what Prefect takes from the environment, before it is imported, and start a server for a run.

    What the user has set stays. Without a server of the user's, each dataset gets a database of its own in the user's
    cache, so that runs on several datasets do not lock each other out.

    Raises:
        ServerFailed: The server does not start, or the user's does not answer.
        OSError: There is no room for its database.
    """
    home = prefect_home(dataset)
    set_defaults(home, log_level="CRITICAL")
    if find_server() is None:
        server = _start_at_home(home, _EPHEMERAL)
        server.is_read_later = Path(os.environ["PREFECT_HOME"]) != home
        _take(server)


def prepare_service(dataset: Path) -> str:
    """Do the same for a schedule, whose server has all of Prefect's services, pages, and a database that is kept.

    Returns:
        The address of the pages.

    Raises:
        ServerFailed: As prepare_prefect does.
        OSError: The same.
    """
    home = service_home(dataset)
    set_defaults(home, log_level="INFO")
    url = find_server()
    if url is None:
        service = {name: value for name, value in _SERVICE.items() if name not in os.environ}
        server = _start_at_home(home, service, _UI_PORT)
        _take(server)
        url = server.url
    return os.environ.get("PREFECT_UI_URL") or url.removesuffix("/api")


def prefect_home(dataset: Path) -> Path:
    """Return Prefect's folder for runs on a dataset."""
    return cache_folder() / "prefect" / sha256(str(dataset.resolve()).encode()).hexdigest()[:12]


def service_home(dataset: Path) -> Path:
    """Return Prefect's folder for a schedule on a dataset: a run beside it has a server and a database of its own."""
    home = prefect_home(dataset)
    return home.with_name(f"{home.name}-schedule")


def find_server() -> str | None:
    """Return the address of the server that the user names, in the environment, a profile or a prefect.toml.

    Raises:
        ServerFailed: Nothing answers there.
        OSError: There is none, and no room for the database of one.
    """
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
        check_room()  # before Prefect is imported, which writes there, too
        from prefect.settings import PREFECT_API_URL

        url = PREFECT_API_URL.value()
    if url:
        _see_that_it_answers(url)
    return url or None


def _see_that_it_answers(url: str) -> None:
    """See that there is a server: Prefect's client says so after half a minute, and in fifty lines."""
    try:
        patience = float(os.environ.get("PREFECT_API_REQUEST_TIMEOUT") or _ANSWER_S)
        urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=patience).close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        # One that wants a password is there; and Prefect may be told of certificates that Python does not know.
        wants = isinstance(error, urllib.error.HTTPError) and error.code in (401, 403)
        if wants or isinstance(getattr(error, "reason", None), ssl.SSLError):
            return
        raise ServerFailed(
            f"no Prefect server answers at {url} ({error}); start it, or unset PREFECT_API_URL to do without;"
            " PREFECT_API_REQUEST_TIMEOUT gives a busy one more seconds"
        ) from error


def _start_at_home(home: Path, environment: Mapping[str, str], port: int = 0) -> _Server:
    """Start a server on the database of a home, a sound one or a new one; one at a time, for they make its tables."""
    folder = Path(os.environ["PREFECT_HOME"])
    is_ours = folder == home
    with (folder / "_starting").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_ours:
            put_database(home / "prefect.db", _database_template())
        try:
            return _start_server(environment, port)
        except ServerFailed:
            if not is_ours:
                raise
            _remove_database(home / "prefect.db")
            _database_template().unlink(missing_ok=True)
            return _start_server(environment, port)


def _take(server: _Server) -> None:
    """Let this process and those that it starts use a server."""
    from prefect.context import refresh_global_settings_context

    os.environ["PREFECT_API_URL"] = server.url
    refresh_global_settings_context()


@contextmanager
def hold_service(dataset: Path, name: str) -> Iterator[None]:
    """See that one schedule at a time serves a dataset from this machine.

    Args:
        dataset: What is local of it.
        name: What the user calls it.

    Raises:
        DatasetBusy: Another process does; the message names it.
    """
    home = service_home(dataset)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "_service").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise DatasetBusy(
                f"{name}: communique schedule serves it already (process {lock.read().strip() or 'unknown'});"
                " stop that one first"
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def check_room() -> None:
    """See that Prefect's database has room: a server that runs out of it tells a run no more than that it failed.

    Raises:
        OSError: It has none; the file is named.
    """
    probe = Path(os.environ["PREFECT_HOME"]) / f"room.{os.getpid()}"
    try:
        with name_file(probe):
            probe.write_bytes(bytes(_ROOM))
    finally:
        probe.unlink(missing_ok=True)


def put_database(database: Path, template: Path) -> None:
    """Let a run find a sound database or none. Prefect makes one then, which takes it ten seconds.

    Args:
        database: Where the run looks for it.
        template: A database with Prefect's tables, if there is one.
    """
    if _is_sound(database):
        return
    _remove_database(database)
    if not template.exists():
        return
    if not _is_sound(template):
        template.unlink()
        return
    partial = database.with_suffix(".partial")
    try:
        with name_file(partial), template.open("rb") as source, partial.open("wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(database)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def keep_database() -> None:
    """Keep this run's database as the template, if there is none."""
    database, template = Path(os.environ["PREFECT_HOME"]) / "prefect.db", _database_template()
    if database.parent.parent != template.parent or not database.exists() or template.exists():
        return
    partial = template.with_suffix(f".{os.getpid()}")
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(partial)) as target:
            source.backup(target)
            _empty(target)
        partial.replace(template)
    except (OSError, sqlite3.Error) as error:  # the run is done; the next one makes its tables itself
        logger.debug("no template of the database: %s", error)
        partial.unlink(missing_ok=True)


def _empty(database: sqlite3.Connection) -> None:
    """Take out what runs have left: the pages of another dataset are not to show them."""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in tables:
        if name not in _KEPT and not name.startswith("sqlite_"):
            database.execute(f'DELETE FROM "{name}"')
    database.commit()
    database.execute("VACUUM")


def _database_template() -> Path:
    """Return where a database with Prefect's tables is kept: to make one takes seconds, to copy it does not."""
    return cache_folder() / "prefect" / f"tables-{version('prefect')}-empty.db"


def _is_sound(database: Path) -> bool:
    """Tell whether a database is whole and has Prefect's tables."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=1)) as connection:
            [fault] = connection.execute("PRAGMA quick_check(1)").fetchone()
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return fault == "ok" and tables >= _TABLES
    except sqlite3.OperationalError:  # held by the server of a run that was killed just now; or there is none
        return database.exists()
    except sqlite3.DatabaseError:
        return False


def _remove_database(database: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal", ""):
        database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)


class _Server:
    """A server of Prefect's in a process that ends when this one does, however that comes about.

    Its standard input is a pipe that nobody writes to: it closes with this process. The server waits for that and is
    deaf to what a terminal or a supervisor sends to all processes of a command, for a run that is told to stop still
    has to tell Prefect so.
    """

    def __init__(self, environment: Mapping[str, str], port: int) -> None:
        self.is_read_later = True
        self._output = tempfile.TemporaryFile()
        with closing(_listen(port)) as listener:
            self._port = listener.getsockname()[1]
            pages = {
                "PREFECT_UI_URL": self.url.removesuffix("/api"),
                "PREFECT_UI_API_URL": self.url,
                "PREFECT_UI_STATIC_DIRECTORY": str(Path(os.environ["PREFECT_HOME"]) / "ui"),
            }
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _SERVE, str(Path(__file__).parents[1]), str(listener.fileno())],
                stdin=subprocess.PIPE,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                pass_fds=[listener.fileno()],
                env={**pages, **os.environ, **environment},
            )
        atexit.register(self.stop)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api"

    def wait(self, seconds: float) -> None:
        """Wait until it answers.

        Raises:
            ServerFailed: It has ended, or has not answered in this time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerFailed(f"Prefect's server does not start: {self._last_words()}")
            if self._answers():
                return
            time.sleep(0.1)
        raise ServerFailed(f"Prefect's server has not started within {seconds:.0f} s")

    def stop(self) -> None:
        """End it, at the latest after a few seconds; at once if nobody reads its database any more."""
        atexit.unregister(self.stop)
        if not self.is_read_later:
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def _answers(self) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=_STOP_S)) as connection:
            try:
                connection.request("GET", "/api/health")
                return connection.getresponse().status == http.HTTPStatus.OK
            except (OSError, http.client.HTTPException):
                return False

    def _last_words(self) -> str:
        """Return the line that says most of why it ended: the last that names an exception."""
        self._output.seek(0)
        lines = [line.strip() for line in self._output.read().decode("utf-8", "replace").splitlines() if line.strip()]
        named = [line for line in lines if "Error: " in line or "Exception: " in line]
        return (named or lines or [f"exit code {self._process.returncode}"])[-1]


def _listen(port: int) -> socket.socket:
    """Return a socket on a port of this machine, another one if that is taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError:
        listener.close()
        if not port:
            raise
        return _listen(0)
    return listener


def _start_server(environment: Mapping[str, str], port: int = 0) -> _Server:
    server = _Server(environment, port)
    try:
        server.wait(float(os.environ[STARTUP_S]))
    except BaseException:
        server.stop()
        raise
    return server


def serve(descriptor: int) -> None:
    """Serve Prefect's API until standard input ends. What the server's process does.

    Args:
        descriptor: A bound socket.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    gc.disable()  # what is imported stays: to look through it again and again takes a fifth of the time
    import uvicorn
    from prefect.server.api.server import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(), log_level="error", lifespan="on"))
    gc.freeze()
    gc.enable()
    threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
    server.run(sockets=[socket.socket(fileno=descriptor)])


def _end_with_input(server: object) -> None:
    while os.read(0, 1):
        pass
    server.should_exit = True  # type: ignore[attr-defined]
    time.sleep(_STOP_S)
    os._exit(1)


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started and that still run; none where /proc does not tell."""
    found: list[int] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in list(Path("/proc", str(process), "task").iterdir()):
            with suppress(FileNotFoundError, ProcessLookupError):  # it has ended since they were listed
                found += map(int, (thread / "children").read_text().split())
    return found


def processor_time_of(process: int) -> float:
    """Return the CPU seconds that a process has taken; 0 if it is gone or /proc does not tell."""
    try:
        fields = Path("/proc", str(process), "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def share_server() -> Iterator[None]:
    """Let worker processes use the server of the flow that is under way, or each of them starts one of its own.

    A run by the command has it in the environment. One that is called from Python has what Prefect started for it.
    """
    from prefect.context import FlowRunContext
    from prefect.settings import PREFECT_API_URL, temporary_settings

    context = FlowRunContext.get()
    if context is None or PREFECT_API_URL.value():
        yield
        return
    with temporary_settings({PREFECT_API_URL: str(context.client.api_url)}):
        yield


@contextmanager
def end_helpers_too() -> Iterator[None]:
    """Let the processes that this one has started end with it, even if it is killed.

    A run by the command has none but its server, which sees to that itself. One that is called from Python without a
    server has the one that Prefect starts for it.
    """
    helpers = [str(pid) for pid in children_of(os.getpid())]
    if not helpers:
        yield
        return
    watcher = subprocess.Popen(["/bin/sh", "-c", _WATCH, str(os.getpid()), *helpers], start_new_session=True)
    try:
        yield
    finally:
        watcher.kill()
        watcher.wait()

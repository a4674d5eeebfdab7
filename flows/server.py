"""Prefect's house: its environment, its database, one server for a run that ends with it."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from tasks.resources import cache_folder

_WATCH = 'while kill -0 "$0" 2>/dev/null; do sleep 1; done; kill "$@" 2>/dev/null'


def prepare_prefect(dataset: Path) -> None:
    """Set what Prefect and numpy take from the environment, before they are imported, and start Prefect's server.

    What the user has set stays. Without a server of the user's, each dataset gets a database of its own in the user's
    cache, so that runs on several datasets do not lock each other out.
    """
    key = sha256(str(dataset.resolve()).encode()).hexdigest()[:12]
    defaults = {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "tasks,flows",
        "PREFECT_HOME": str(_make_folder(cache_folder() / "prefect" / key)),
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "DO_NOT_TRACK": "1",
        "OPENBLAS_NUM_THREADS": "1",  # a worker a core: threads inside a worker only stand in the others' way
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    database, template = Path(os.environ["PREFECT_HOME"]) / "prefect.db", _database_template()
    is_ours = os.environ["PREFECT_HOME"] == defaults["PREFECT_HOME"]
    if is_ours and template.exists() and not database.exists():
        shutil.copyfile(template, database)
    start_server()


def _database_template() -> Path:
    """Return where a database with Prefect's tables is kept: to make one takes seconds, to copy it does not."""
    return cache_folder() / "prefect" / f"tables-{version('prefect')}.db"


def keep_database() -> None:
    """Keep this run's database as the template, if there is none."""
    database, template = Path(os.environ["PREFECT_HOME"]) / "prefect.db", _database_template()
    if database.parent.parent != template.parent or not database.exists() or template.exists():
        return
    partial = template.with_suffix(f".{os.getpid()}")
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(partial)) as target:
            source.backup(target)
        partial.replace(template)
    except (OSError, sqlite3.Error) as error:  # the run is done; the next one makes its tables itself
        logging.getLogger(__name__).debug("no template of the database: %s", error)
        partial.unlink(missing_ok=True)


def _make_folder(path: Path) -> Path:
    """Make a folder, elsewhere if it cannot be made there: a home may be missing or read-only."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="communique-prefect-"))
    return path


def start_server() -> None:
    """Start Prefect's own server, unless the user names one, deaf to Ctrl-C.

    A terminal sends Ctrl-C to every process of a command. A server that ended with it would leave Prefect asking for it
    again, for minutes, instead of ending. The mask of blocked signals is inherited; what ends the server is SIGTERM.
    """
    from prefect.client.orchestration import get_client

    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with get_client(sync_client=True):
            pass
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started and that still run; none where /proc does not tell."""
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return [int(pid) for children in lists for pid in children.read_text().split()]


@contextmanager
def end_helpers_too() -> Iterator[None]:
    """Let the processes that this one has started end with it, even if it is killed: Prefect's own server, say."""
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

"""What a process that runs flows has set, whoever started it: the command, a schedule, a button of the UI, a worker.

Order: threads of the arithmetic, before numpy is imported (flows/__init__.py) → what Prefect reads as it is imported →
inside a flow or a worker process, logs that reach Prefect's API and standard error, and an end with the service.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tasks.lifetime import end_with
from tasks.resources import cache_folder

STARTUP_S = "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
#: Names the process that a flow run must not outlive: the service that started it, whose server it talks to.
_SERVICE = "COMMUNIQUE_SERVICE"
_LOGGERS = ("flows", "tasks")
_PREFECT = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_CLI_COLORS": "false",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",  # Prefect's own 180 s tell of a killed run only after minutes
    STARTUP_S: "300",  # of a machine that does much else
    "DO_NOT_TRACK": "1",
}


def limit_threads() -> None:
    """Let numpy's arithmetic have one thread: there is a worker a core, and more stand in the others' way."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def set_defaults(home: Path, *, log_level: str) -> None:
    """Set what Prefect takes from the environment, before it is imported. What the user has set stays.

    Args:
        home: Prefect's folder.
        log_level: What Prefect itself says on standard error.
    """
    defaults: Mapping[str, str] = _PREFECT | {"PREFECT_HOME": str(home), "PREFECT_LOGGING_LEVEL": log_level}
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    if not Path(os.path.expanduser("~")).is_absolute():  # noqa: PTH111 - a user whom the system does not know
        os.environ.setdefault("HOME", str(cache_folder()))


def serve_from_here() -> None:
    """Let the flow runs that this process starts end with it."""
    os.environ[_SERVICE] = str(os.getpid())


def end_with_service() -> None:
    """End with the service that started this flow run, if one did: its server, which the run talks to, ends as well."""
    if service := os.environ.get(_SERVICE):
        end_with(int(service))


@contextmanager
def shown_logs() -> Iterator[None]:
    """Let Prefect's API have what flows and tasks log at INFO, in a flow or in the process of a worker."""
    from prefect.logging.handlers import APILogHandler

    handler = APILogHandler()
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)

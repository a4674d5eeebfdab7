"""A run on the workers of a Dask cluster: extra `dask`, `run.runner = "dask"`, `run.address`.

Order: reach the scheduler → each worker sees that it has the same program, resources and folders as this process and
loads the model, those that join later too → tasks go there as they would go to processes here.

Decisions on copies and commits stay with this process. A worker that dies changes nothing: Dask does its tasks again
elsewhere, and these stage the same files.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import distributed
from distributed.comm.core import CommClosedError
from prefect.settings import PREFECT_API_URL
from prefect_dask.task_runners import DaskTaskRunner, PrefectDaskFuture

from flows.environment import shown_logs
from flows.fingerprints import fingerprint_stages
from tasks.errors import ClusterFailed
from tasks.ingest.sources import Source
from tasks.settings import Settings

for _name in ("distributed", "distributed.client", "distributed.core"):  # it has set their levels as it was imported
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # what ends a run is said in a sentence

_CONNECT_S = 8
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Demand:
    """What a worker must have as this process has it.

    Attributes:
        settings: All settings; they name the model.
        source: The publisher's column map.
        limit: Records that are read at most.
        fingerprints: By stage: of its code, and of the files that settings and code name.
        staging: The folder of the run, on a disk that all share.
    """

    settings: Settings
    source: Source
    limit: int | None
    fingerprints: Mapping[str, str]
    staging: str

    def check(self, worker: str) -> None:
        """See that the worker that this is called on has it.

        Args:
            worker: Its address.

        Raises:
            ClusterFailed: It has not.
        """
        if not Path(self.staging).is_dir():
            raise ClusterFailed(f"worker {worker} does not see {self.staging}: --out must lie on a disk that all share")
        own = fingerprint_stages(self.settings, self.source, self.limit)
        other = sorted(name for name, value in self.fingerprints.items() if own[name] != value)
        if other:
            raise ClusterFailed(
                f"worker {worker} would do {', '.join(other)} otherwise: install the same version of communique, its"
                " packages and resources there"
            )


class PrepareWorker(distributed.WorkerPlugin):
    """Checks a worker, loads the model in it and shows its logs. One that fails takes no task.

    Args:
        demand: What it must have.
    """

    name = "communique"

    def __init__(self, demand: Demand) -> None:
        self._demand = demand
        self._shown: AbstractContextManager[None] | None = None

    def setup(self, worker: Any) -> None:
        """Prepare a worker."""
        self._demand.check(worker.address)
        self._shown = shown_logs()
        self._shown.__enter__()
        from tasks.entities.model import load_pipeline

        load_pipeline(self._demand.settings.entities)

    def teardown(self, worker: Any) -> None:
        """Leave a worker as it was."""
        if self._shown is not None:
            self._shown.__exit__(None, None, None)


class ClusterFuture(PrefectDaskFuture[Any]):
    """A task on its way in a cluster."""

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> Any:
        """Wait for its result.

        Raises:
            ClusterFailed: The scheduler is gone.
        """
        try:
            return super().result(timeout, raise_on_failure)
        except (distributed.CancelledError, CommClosedError) as error:
            raise ClusterFailed("the Dask scheduler is gone; give the same command again to go on") from error


class ClusterRunner(DaskTaskRunner):
    """Sends tasks to the workers of a cluster once these are prepared.

    Args:
        demand: What a worker must have.
    """

    def __init__(self, demand: Demand) -> None:
        super().__init__(address=demand.settings.run.address, client_kwargs={"timeout": _CONNECT_S})
        self._demand = demand

    def duplicate(self) -> ClusterRunner:
        """Return a runner with the same settings."""
        return ClusterRunner(self._demand)

    def submit(  # type: ignore[override]  # of tasks that give a value; coroutines there are none
        self, task: Any, parameters: dict[str, Any], *others: Any, **named: Any
    ) -> ClusterFuture:
        """Send a task to a worker."""
        sent = super().submit(task, parameters, *others, **named)
        return ClusterFuture(sent.task_run_id, sent.wrapped_future)

    def __enter__(self) -> ClusterRunner:
        """Reach the cluster and prepare its workers.

        Raises:
            ClusterFailed: A worker is not as it must be.
        """
        super().__enter__()
        try:
            self.client.register_plugin(PrepareWorker(self._demand))
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self


def make_runner(
    settings: Settings, source: Source, limit: int | None, fingerprints: Mapping[str, str], staging: str
) -> ClusterRunner:
    """Return a runner for a run; see `Demand`."""
    return ClusterRunner(Demand(settings, source, limit, fingerprints, staging))


def count_threads(address: str) -> int:
    """Return how many tasks a cluster does at a time.

    Raises:
        ClusterFailed: It cannot be reached, or has no worker; or its workers cannot reach Prefect's server.
    """
    if (urlsplit(address).hostname or "localhost") not in _HERE and urlsplit(
        PREFECT_API_URL.value() or ""
    ).hostname in _HERE:
        raise ClusterFailed(
            f"workers of {address} cannot reach Prefect's server on this machine: set PREFECT_API_URL to one that they"
            " can reach"
        )
    try:
        place = urlsplit(address)
        if not place.hostname or not place.port:
            raise ValueError("an address is such as tcp://host:8786")
        # A client that reaches nobody is never quite gone: its remains can block the next one.
        socket.create_connection((place.hostname, place.port), _CONNECT_S).close()
        with distributed.Client(address, timeout=_CONNECT_S, set_as_default=False) as client:
            threads: int = sum(client.nthreads().values())
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterFailed(f"run.address = {address}: no Dask scheduler answers there: {error}") from error
    if not threads:
        raise ClusterFailed(f"run.address = {address}: the cluster has no worker")
    return threads

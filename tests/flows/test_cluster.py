"""On a Dask cluster a run gives the bytes that it gives in threads, even if a worker is killed."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from flows.fingerprints import fingerprint_stages
from flows.runner import count_workers
from tasks.errors import ClusterFailed, ConfigError
from tasks.ingest.sources import load_source
from tasks.settings import load_settings
from tests.caches import own_cache
from tests.dumps import hashes, write_jsonl

CLI = [sys.executable, "-m", "flows.cli"]
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "COMMUNIQUE_INGEST__UNIT_FILES": "1",
    "COMMUNIQUE_INGEST__BATCH_RECORDS": "20",
}


def test_a_run_names_the_extra_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "flows.cluster", raising=False)
    with pytest.raises(ConfigError, match=r"pip install \"communique\[dask\]\""):
        count_workers(load_settings(None, {"run": {"runner": "dask"}}).run)


@pytest.mark.parametrize("address", ["", "nowhere", "tcp://127.0.0.1:9"])
def test_a_run_says_that_no_scheduler_answers(address: str) -> None:
    pytest.importorskip("prefect_dask")
    begun = time.monotonic()
    with pytest.raises(ClusterFailed, match="no Dask scheduler answers"):
        count_workers(load_settings(None, {"run": {"runner": "dask", "address": address}}).run)
    assert time.monotonic() - begun < 20


def test_workers_elsewhere_need_a_server_that_they_can_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("prefect_dask")
    monkeypatch.setattr("flows.cluster.PREFECT_API_URL.value", lambda: "http://127.0.0.1:4200/api")
    with pytest.raises(ClusterFailed, match="set PREFECT_API_URL"):
        count_workers(load_settings(None, {"run": {"runner": "dask", "address": "tcp://192.0.2.1:8786"}}).run)


def test_a_worker_must_have_what_the_run_has(tmp_path: Path) -> None:
    pytest.importorskip("prefect_dask")
    from flows.cluster import Demand

    settings, source = load_settings(), load_source("generic")
    demand = Demand(settings, source, None, fingerprint_stages(settings, source, None), str(tmp_path))
    demand.check("tcp://w")
    other = dataclasses.replace(demand, fingerprints={**demand.fingerprints, "quotes": "another"})
    with pytest.raises(ClusterFailed, match="would do quotes otherwise"):
        other.check("tcp://w")
    with pytest.raises(ClusterFailed, match="does not see"):
        dataclasses.replace(demand, staging=str(tmp_path / "away")).check("tcp://w")


class Cluster:
    """A scheduler and its workers, each a process.

    Args:
        folder: Gets their logs.
        stack: They are killed with it.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._place = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.workers = [self._start("worker", "--nthreads", "1", "--no-nanny", "--name", name) for name in ("a", "b")]
        distributed = pytest.importorskip("distributed")
        self.client = stack.enter_context(distributed.Client(scheduler_file=str(self._place), set_as_default=False))
        self.client.wait_for_workers(2, timeout=60)

    def _start(self, kind: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *options]
        sink = self._stack.enter_context((self._folder / f"{kind}.log").open("ab"))
        process = subprocess.Popen(
            [*command, "--scheduler-file", str(self._place)],
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=own_cache(self._folder) | ENVIRONMENT,
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def works(self, name: str) -> bool:
        """Tell whether a worker does something."""
        workers = self.client.scheduler_info()["workers"]
        return any(worker["name"] == name and self.client.processing()[key] for key, worker in workers.items())


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    pytest.importorskip("prefect_dask")
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


class Runs:
    """Runs over the same dumps, a process each.

    Args:
        folder: Holds dumps and datasets.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in range(6):
            write_jsonl(folder / "inbox" / f"{name}.jsonl", range(50 * name, 50 * name + 55))

    def start(self, name: str, address: str | None = None) -> subprocess.Popen[str]:
        """Start a run, on a cluster if there is an address; the dataset's name is relative."""
        runner = {"COMMUNIQUE_RUN__RUNNER": "dask", "COMMUNIQUE_RUN__ADDRESS": address or ""}
        environment = (
            own_cache(self._folder) | ENVIRONMENT | (runner if address else {"COMMUNIQUE_RUN__RUNNER": "threads"})
        )
        command = [*CLI, "run", str(self._folder / "inbox"), "--out", os.path.relpath(self._folder / name)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_until_busy(cluster: Cluster, dataset: Path, command: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 240
    while not (any((dataset / "_staging").glob("*/*/normalized.arrow")) and cluster.works("a")):
        assert command.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_no_byte(tmp_path: Path, cluster: Cluster) -> None:
    runs = Runs(tmp_path)
    command = runs.start("far", cluster.client.scheduler.address)
    wait_until_busy(cluster, tmp_path / "far", command)
    cluster.workers[0].kill()
    output, _ = command.communicate(timeout=300)
    assert command.returncode == 0, output
    assert [worker["name"] for worker in cluster.client.scheduler_info()["workers"].values()] == ["b"]
    near = runs.start("near")
    output, _ = near.communicate(timeout=300)
    assert near.returncode == 0, output
    assert hashes(tmp_path / "far") == hashes(tmp_path / "near")


@pytest.mark.slow
def test_a_run_that_loses_its_scheduler_says_so(tmp_path: Path, cluster: Cluster) -> None:
    command = Runs(tmp_path).start("far", cluster.client.scheduler.address)
    wait_until_busy(cluster, tmp_path / "far", command)
    cluster.scheduler.kill()
    output, _ = command.communicate(timeout=120)
    assert command.returncode == 1
    assert output.strip().splitlines()[-1] == (
        "communique: the Dask scheduler is gone; give the same command again to go on"
    )
    assert "Traceback" not in output

"""On a Dask cluster a run gives the bytes that it gives in threads, even if a worker is killed."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.fingerprints import fingerprint_stages
from flows.runner import count_workers
from tasks.errors import ClusterFailed, ConfigError
from tasks.ingest.sources import load_source
from tasks.settings import load_settings
from tests.dumps import hashes, write_jsonl

CLI = [sys.executable, "-m", "flows.cli"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | {
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


@contextmanager
def started(module: str, *arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process of Dask; it is killed at the end."""
    with log.open("wb") as sink:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, env=ENVIRONMENT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_no_byte(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    pytest.importorskip("prefect_dask")
    for name in range(6):
        write_jsonl(tmp_path / "inbox" / f"{name}.jsonl", range(50 * name, 50 * name + 55))
    local, cluster = tmp_path / "local", tmp_path / "cluster"
    here = ENVIRONMENT | {"XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(dataset: Path, **environment: str) -> subprocess.Popen[bytes]:
        command = [*CLI, "run", str(tmp_path / "inbox"), "--out", os.path.relpath(dataset)]
        return subprocess.Popen(command, env=here | environment, stderr=subprocess.PIPE)

    reference = run(local, COMMUNIQUE_RUN__RUNNER="threads")
    assert reference.wait(300) == 0, reference.stderr
    place = tmp_path / "scheduler.json"
    options = ("--scheduler-file", str(place))
    with started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", *options, log=tmp_path / "scheduler.log"):
        alone = (*options, "--nthreads", "1", "--no-nanny", "--name")
        with (
            started("dask_worker", *alone, "doomed", log=tmp_path / "doomed.log") as doomed,
            started("dask_worker", *alone, "other", log=tmp_path / "other.log"),
            distributed.Client(scheduler_file=str(place), set_as_default=False) as client,
        ):
            client.wait_for_workers(2, timeout=60)
            command = run(
                cluster, COMMUNIQUE_RUN__RUNNER="dask", COMMUNIQUE_RUN__ADDRESS=client.scheduler.address
            )  # fmt: skip
            workers = client.scheduler_info()["workers"]
            [address] = [key for key, worker in workers.items() if worker["name"] == "doomed"]
            deadline = time.monotonic() + 240
            while not (any((cluster / "_staging").glob("*/*/normalized.arrow")) and client.processing()[address]):
                assert command.poll() is None and time.monotonic() < deadline
                time.sleep(0.01)
            doomed.kill()
            assert command.wait(300) == 0, command.stderr and command.stderr.read()
            assert address not in client.scheduler_info()["workers"]
    assert hashes(cluster) == hashes(local)

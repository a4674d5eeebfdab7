"""Small inputs run in threads, and nothing that a run has started outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prefect.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner

from flows.runner import LazyRunner, count_workers, make_runner
from tasks.settings import load_settings

SCRIPT = """
import subprocess, sys, time
from flows.server import end_helpers_too
helper = subprocess.Popen(["sleep", "120"])
with end_helpers_too():
    print(helper.pid, flush=True)
    time.sleep(120)
"""


#: What a worker has loaded is kept, and what it makes and drops is still found.
KEPT = """
import gc, os, weakref
from flows.runner import keep_loaded, start_worker
from tasks.settings import load_settings

class Ring:
    pass

start_worker(os.getppid(), load_settings().entities)
kept = gc.get_freeze_count()
ring = Ring()
ring.self = ring
seen = weakref.ref(ring)
del ring
keep_loaded()
print(kept > 50_000, gc.get_freeze_count() == kept, gc.get_threshold()[0])
made = []
while seen() and len(made) < 100_000:
    made.append([])
print(seen() is None)
"""


def test_a_worker_looks_for_cycles_among_what_it_makes_alone() -> None:
    process = subprocess.run([sys.executable, "-c", KEPT], stdout=subprocess.PIPE, text=True, check=True)
    assert process.stdout.split() == ["True", "True", "20000", "True"]


@pytest.mark.parametrize(
    ("runner", "size", "kind"),
    [
        ("auto", 1_000, ThreadPoolTaskRunner),
        ("auto", 50_000_000, ProcessPoolTaskRunner),
        ("processes", 1_000, ProcessPoolTaskRunner),
        ("threads", 50_000_000, ThreadPoolTaskRunner),
    ],
)
def test_the_runner_suits_the_input(runner: str, size: int, kind: type) -> None:
    settings = load_settings(None, {"run": {"runner": runner, "workers": 2}})
    assert isinstance(make_runner(settings.run, settings.entities, size), kind)


def test_what_a_run_in_threads_has_loaded_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bool] = []
    monkeypatch.setattr("flows.runner.keep_loaded", lambda: kept.append(True))
    with LazyRunner(lambda: ThreadPoolTaskRunner(max_workers=1)) as get:
        assert not kept  # nothing is worked on yet
        assert get() is get()
    assert kept == [True]


def test_workers_are_as_set_on_systems_that_do_not_tell_which_cores_may_be_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert count_workers(load_settings(None, {"run": {"workers": 3}}).run) == 3
    assert count_workers(load_settings(None, {"run": {"workers": 0}}).run) == os.cpu_count()


def test_helpers_end_with_a_killed_run() -> None:
    process = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    helper = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(helper, 0)
        except ProcessLookupError:
            return
        state = Path("/proc", str(helper), "stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            return
        time.sleep(0.2)
    os.kill(helper, signal.SIGKILL)
    pytest.fail("the helper outlived the run")

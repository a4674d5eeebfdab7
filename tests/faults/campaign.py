"""Runs that are killed at chosen moments, and end as if they had not been.

    python -m tests.faults.campaign --kills 100 --runner processes --work FOLDER

Dumps → an undisturbed run → again and again: a run in a session of its own → SIGKILL to all its processes, half of the
time while it publishes → a copy of what is left is brought to its end and compared with the undisturbed one → the run
goes on, to be killed again or to end. Two readers look all the time. Runs that only add end in the same bytes; runs that
replace (a changed file, a changed set of files, compaction) in the same rows, without a fault. Prints a line of JSON;
exit code 1 if an end differs or a look breaks a promise.

Most runs are begun by a fork of a process that has loaded the program, since a start costs more than such a small run.
One in so many (--cold) is `python -m flows.cli` with a server of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from tests.caches import own_cache
from tests.dumps import hashes, release, rows, write_jsonl
from tests.faults.readers import Expected, Looks, count_children, watch

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "COMMUNIQUE_INGEST__UNIT_FILES": "1",
    "COMMUNIQUE_INGEST__BATCH_RECORDS": "20",
    "COMMUNIQUE_RUN__SEGMENT_RECORDS": "40",
    "COMMUNIQUE_RUN__WORKERS": "2",
    "OPENBLAS_NUM_THREADS": "1",
}
LARGE = 100_000  # records of a segment, for compaction
_FILES, _RECORDS = 6, 34
_PAUSE_S = 1.0  # between two looks of a reader
_MOST_IN_A_ROW = 4  # kills of a run before it may end
_NEW_FILES = 30  # up to so many files appear before a run is killed


@dataclass(frozen=True)
class Scenario:
    """A command that is killed.

    Attributes:
        name: What it does.
        arguments: Of the command; `compact` is the one that is no run.
        inbox: The folder that a run reads.
        start: The dataset that it begins with; None: none.
        end: The dataset that it ends with if it is left in peace.
        environment: Settings of its own.
    """

    name: str
    arguments: tuple[str, ...]
    inbox: Path
    start: Path | None
    end: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def only_adds(self) -> bool:
        return self.start is None

    def words(self, dataset: Path) -> list[str]:
        """Return the words of the command."""
        what, *options = self.arguments
        return (
            ["compact", str(dataset)]
            if what == "compact"
            else ["run", str(self.inbox), "--out", str(dataset), *options]
        )


@dataclass
class Tally:
    """What came of a campaign."""

    runner: str
    seed: int
    kills: int = 0
    while_publishing: int = 0
    ends: int = 0
    identical: int = 0
    looks: dict[str, int] = field(default_factory=dict)
    breaks: int = 0
    retries: int = 0
    seconds: int = 0

    @property
    def is_clean(self) -> bool:
        return self.identical == self.ends and not self.breaks


def write_dumps(folder: Path) -> None:
    """Write three inboxes of the same name: as it was, with a changed file, with a file more and one less."""
    for name in ("before", "changed", "pruned"):
        for n in range(_FILES):  # each begins with copies of what the one before ended with
            path = write_jsonl(folder / name / "inbox" / f"{n}.jsonl", range(n * _RECORDS, (n + 1) * _RECORDS + 2))
            near = release(n * _RECORDS + 5)
            near |= {"id": f"near-{n}", "content": near["content"].replace("winter exercise", "spring exercise")}
            with path.open("a") as sink:
                sink.write(json.dumps(near) + "\n{broken\n")
    numbers = [*range(2 * _RECORDS, 2 * _RECORDS + 9), *range(500, 515)]  # what the next file has copies of is gone
    write_jsonl(folder / "changed" / "inbox" / "2.jsonl", numbers)
    (folder / "pruned" / "inbox" / "1.jsonl").unlink()
    write_jsonl(folder / "pruned" / "inbox" / "9.jsonl", range(600, 620))


class Campaign:
    """Kills runs.

    Args:
        work: A folder that is its own.
        runner: threads or processes.
        seed: Of the moments.
        cold: One run in so many starts anew.
    """

    def __init__(self, work: Path, runner: str, seed: int, cold: int = 10) -> None:
        self.tally = Tally(runner, seed)
        self._cold = cold
        self._starts = 0
        self._work = work
        self._chance = random.Random(seed)
        own = {
            **SETTINGS,
            "COMMUNIQUE_RUN__RUNNER": runner,
            "PREFECT_API_REQUEST_TIMEOUT": "60",  # the runs share a server, which the readers keep from its work
        }
        self._environment = own_cache(work) | own | {"PYTHONPATH": str(ROOT)}
        self._log = work / "log.txt"
        self._seconds = 0.0

    def carry_out(self, kills: int) -> Tally:
        """Kill so many runs."""
        started = time.monotonic()
        write_dumps(self._work / "dumps")
        with _helper(start_runs, self._work, self._environment) as self._starter:
            scenarios = self._prepare()
            self._expected: Expected = {
                key: counts for one in scenarios for key, counts in count_children(one.end).items()
            }
            with _helper(watch, "glob", _PAUSE_S) as by_glob, _helper(watch, "files", _PAUSE_S) as by_files:
                self._readers = {"glob": by_glob, "files": by_files}
                # More runs that add than others: they have more moments.
                for scenario in cycle([scenarios[0], scenarios[0], *scenarios[1:]]):
                    if self.tally.kills >= kills:
                        break
                    self._kill_again_and_again(scenario, kills)
                for kind, connection in self._readers.items():
                    self._count(kind, _ask(connection, None))
            self._starter.send(None)
        self.tally.seconds = round(time.monotonic() - started)
        return self.tally

    def _prepare(self) -> list[Scenario]:
        """Make the datasets that runs end with if they are left in peace."""
        dumps, ends = self._work / "dumps", self._work / "ends"
        added = ends / "added"
        scenarios = [
            Scenario("added", ("run",), dumps / "before" / "inbox", None, added),
            Scenario("changed", ("run",), dumps / "changed" / "inbox", added, ends / "changed"),
            Scenario("pruned", ("run", "--prune"), dumps / "pruned" / "inbox", added, ends / "pruned"),
            Scenario(
                "compacted", ("compact",), dumps / "before" / "inbox", added, ends / "compacted",
                {"COMMUNIQUE_RUN__SEGMENT_RECORDS": str(LARGE)},
            ),
        ]  # fmt: skip
        for scenario in scenarios:
            started = time.monotonic()
            if scenario.start is not None:
                shutil.copytree(scenario.start, scenario.end)
            code = self._start(scenario, scenario.end).wait()
            if code != 0:
                raise SystemExit(f"{scenario.name}: the undisturbed run ends with {code}; see {self._log}")
            if scenario.only_adds:
                self._seconds = time.monotonic() - started
        return scenarios

    def _kill_again_and_again(self, scenario: Scenario, kills: int) -> None:
        dataset = self._work / "dataset"
        if scenario.start is not None:
            shutil.copytree(scenario.start, dataset)
        for kind, connection in self._readers.items():
            is_watched = scenario.only_adds or kind == "files"
            _ask(connection, (dataset if is_watched else None, self._expected))
        for _ in range(self._chance.randint(1, _MOST_IN_A_ROW)):
            if self.tally.kills >= kills or not self._kill(scenario, dataset):
                break
            copy = self._work / "copy"
            if dataset.exists():  # a run that is killed at once has made none
                shutil.copytree(dataset, copy)
            self._compare(scenario, copy, self._fork(scenario, copy).wait())
        self._compare(scenario, dataset, self._start(scenario, dataset).wait())
        for connection in self._readers.values():
            _ask(connection, (None, {}))
        shutil.rmtree(dataset)

    def _kill(self, scenario: Scenario, dataset: Path) -> bool:
        """Start a run and kill it. Returns False if it ended before."""
        publishing = scenario.arguments[0] == "compact" or 2 * self.tally.while_publishing <= self.tally.kills
        most = self._chance.randint(1, _NEW_FILES)
        deadline = time.monotonic() + (600 if publishing else self._chance.uniform(0, self._seconds))
        before, new = _published(dataset), 0
        command = self._start(scenario, dataset)
        while command.poll() is None and time.monotonic() < deadline and (not publishing or new < most):
            time.sleep(0.005 if publishing else 0.05)
            now = _published(dataset) if publishing else before
            new += len(now - before)
            before = now
        ended = command.poll() is not None
        with suppress(ProcessLookupError):
            os.killpg(command.pid, signal.SIGKILL)
        command.wait()
        time.sleep(0.3)  # workers and the server end a moment later than their parent
        self.tally.kills += not ended
        self.tally.while_publishing += publishing and not ended
        return not ended

    def _start(self, scenario: Scenario, dataset: Path) -> Forked | subprocess.Popen[bytes]:
        self._starts += 1
        if self._starts % self._cold:
            return self._fork(scenario, dataset)
        with self._log.open("ab") as sink:
            return subprocess.Popen(
                [sys.executable, "-m", "flows.cli", *scenario.words(dataset)],
                stdout=sink, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
                env=self._environment | dict(scenario.environment),
            )  # fmt: skip

    def _fork(self, scenario: Scenario, dataset: Path) -> Forked:
        environment = self._environment | dict(scenario.environment)
        return Forked(self._starter, scenario.words(dataset), environment, self._log)

    def _compare(self, scenario: Scenario, dataset: Path, code: int) -> None:
        """Compare an end with the undisturbed one. A copy that is the same goes; another stays, to be looked at."""
        faults = [f"exit code {code}: {self._last_words()}"] if code else list(_differences(scenario, dataset))
        self.tally.ends += 1
        self.tally.identical += not faults
        kept = self._work / f"different-{self.tally.ends}"
        if faults:
            shutil.copytree(dataset, kept)
            print(f"{scenario.name}: {'; '.join(faults[:5])}: {kept}", file=sys.stderr, flush=True)
        if dataset.name == "copy":
            shutil.rmtree(dataset)
        print(
            f"{scenario.name}: {self.tally.kills} kills, {self.tally.while_publishing} of them while publishing,"
            f" {self.tally.identical} of {self.tally.ends} ends the same",
            file=sys.stderr, flush=True,
        )  # fmt: skip

    def _last_words(self) -> str:
        """Return what the last run said of its end."""
        said = self._log.read_text(errors="replace").splitlines()
        return next((line for line in reversed(said) if line.startswith("communique: ")), "it said nothing")

    def _count(self, kind: str, seen: Looks) -> None:
        self.tally.looks[kind] = seen.looks
        self.tally.breaks += len(seen.breaks)
        self.tally.retries += seen.retries
        for one in seen.breaks[:10]:
            print(one, file=sys.stderr, flush=True)


def _differences(scenario: Scenario, dataset: Path) -> Iterator[str]:
    from tasks.publish.layout import Layout
    from tasks.publish.verify import verify_dataset

    if scenario.only_adds:
        found, wanted = hashes(dataset), hashes(scenario.end)
        yield from (name for name in sorted(found.keys() | wanted) if found.get(name) != wanted.get(name))
    else:
        for table, expected in rows(scenario.end, "run_id", "pipeline_version").items():
            if rows(dataset, "run_id", "pipeline_version")[table] != expected:
                yield f"rows of {table} differ"
    yield from verify_dataset(Layout(dataset))
    if scenario.arguments[0] == "run" and (dataset / "_staging").exists():
        yield "_staging is left"


class Forked:
    """A run in a session of its own that was begun by a process which has all of the program in memory.

    Args:
        starter: To the process that does `start_runs`.
        words: Of the command.
        environment: Of the command.
        log: Gets what it prints.
    """

    def __init__(self, starter: Connection, words: list[str], environment: Mapping[str, str], log: Path) -> None:
        self._starter = starter
        self.pid: int = _ask(starter, (words, environment, log))
        self._descriptor = os.pidfd_open(self.pid)
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        if self._code is None and select.select([self._descriptor], [], [], 0)[0]:
            return self.wait()
        return self._code

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        if self._code is None:
            self._code = _ask(self._starter, self.pid)
            os.close(self._descriptor)
        return self._code


def start_runs(connection: Connection, work: Path, environment: Mapping[str, str]) -> None:
    """Begin runs by a fork of this process, which has loaded all that they need, until the other end sends None.

    Args:
        connection: Gets the words of a command, its environment and a file for what it prints, and answers its process
            id; or gets a process id, and answers the exit code as soon as there is one.
        work: The campaign's folder.
        environment: That of the commands.
    """
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
    os.environ.update(environment)
    from flows.server import prepare_prefect

    prepare_prefect(work / "dataset")  # a server for all of them
    import flows.corpus
    from tasks.entities.model import load_pipeline
    from tasks.settings import load_settings

    load_pipeline(load_settings(None).entities)
    assert flows.corpus
    while (message := connection.recv()) is not None:
        if isinstance(message, int):
            _, status = os.waitpid(message, 0)
            connection.send(os.waitstatus_to_exitcode(status))
        elif pid := os.fork():
            connection.send(pid)
        else:
            _run(*message)


def _run(words: list[str], environment: Mapping[str, str], log: Path) -> NoReturn:
    """Be the command."""
    from flows.cli import main

    os.setsid()
    sink = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    kept = {name: value for name, value in os.environ.items() if name.startswith("PREFECT_")}
    os.environ.update({**environment, **kept})
    sys.argv = ["communique", *words]
    code = 1
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(code)  # what ends with the process that was forked is not this one's


def _published(dataset: Path) -> set[str]:
    """Return what there is of files that are published, or on their way there."""
    found: set[str] = set()
    for folder, below, names in os.walk(dataset):
        at = Path(folder).relative_to(dataset).parts
        if at[:1] == ("_staging",) and len(at) == 2:
            below.clear()  # bundles
        if at and at[0] != "_runs":
            found.update(f"{folder}/{name}" for name in names if not name.startswith("copies.sqlite"))
    return found


@contextmanager
def _helper(target: Any, *arguments: Any) -> Iterator[Connection]:
    """Yield a connection to a process that ends with this one."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=target, args=(there, *arguments))
    process.start()
    there.close()
    try:
        yield here
        process.join(30)
    finally:
        process.kill()


def _ask(connection: Connection, message: object) -> Any:
    connection.send(message)
    return connection.recv()


def main() -> int:
    """Carry a campaign out. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Kill runs, and see that they end as if they had not been.")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--runner", choices=["threads", "processes"], default="processes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cold", type=int, default=10, help="one run in so many starts anew")
    parser.add_argument("--work", type=Path, required=True, help="a folder that does not exist yet")
    given = parser.parse_args()
    given.work.mkdir(parents=True)
    tally = Campaign(given.work.absolute(), given.runner, given.seed, given.cold).carry_out(given.kills)
    print(json.dumps(asdict(tally)))
    return 0 if tally.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())

"""Runs that nobody starts: a deployment of build_corpus that this machine serves until it is told to stop.

Order: what an earlier service left behind is settled (runs that were killed with it, runs that it missed) → the
deployment, one run at a time → what is done about runs that fail or vanish → serve → on the way out, the run that is
under way is cancelled; what it finished stays, and the next one goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    FlowRun,
    StateType,
)
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron, Interval, Schedule
from prefect.states import Cancelled, Crashed
from prefect.types.entrypoint import EntrypointType

from flows.alarms import set_alarms
from flows.corpus import build_corpus
from flows.environment import serve_from_here
from flows.shown import tags_of
from flows.timetable import Timetable

logger = logging.getLogger(__name__)

_UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
_STOP_S = 60.0  # a run that is cancelled stops its workers and writes its ledger


@dataclass(frozen=True)
class Order:
    """What is run.

    Attributes:
        name: Of the deployment.
        timetable: When.
        parameters: Of build_corpus.
        notify: What is told of runs that fail: a URL, or the name of a block.
    """

    name: str
    timetable: Timetable
    parameters: dict[str, Any]
    notify: str | None = None

    @property
    def tags(self) -> list[str]:
        """How its runs are found in the UI."""
        return tags_of(self.parameters["source_id"], self.parameters["dataset"])


def serve(order: Order, pages: str) -> None:
    """Serve a deployment until this process is interrupted.

    Args:
        order: What is run.
        pages: Where its runs can be seen.
    """
    serve_from_here()
    with get_client(sync_client=True) as client:
        settle_killed(client, order.name)
        missed = settle_missed(client, order.name)
        runner = Runner(name=order.name, pause_on_shutdown=False)
        deployment_id = asyncio.run(runner.aadd_deployment(make_deployment(order)))
        set_alarms(client, deployment_id, order.name, order.notify)
        if missed:
            client.create_flow_run_from_deployment(deployment_id)
    print(f"{build_corpus.name}/{order.name}: {order.timetable}; runs are shown at {pages}", flush=True)
    _run_until_interrupted(runner)


def make_deployment(order: Order) -> RunnerDeployment:
    """Return the deployment: a run that is due while another is under way is cancelled, and so never waits."""
    when: Schedule
    if order.timetable.interval is not None:
        when = Interval(order.timetable.interval, timezone=order.timetable.timezone)
    else:
        when = Cron(str(order.timetable.cron), timezone=order.timetable.timezone)
    return RunnerDeployment.from_flow(
        build_corpus,
        order.name,
        schedule=when,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        parameters=order.parameters,
        tags=order.tags,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def settle_killed(client: SyncPrefectClient, name: str) -> None:
    """Show runs as crashed that ended with a service that was killed: they hold the only slot."""
    for run in _find_runs(client, name, _UNDER_WAY):
        message = "Its service was killed. What it had finished is kept; the next run goes on from there."
        client.set_flow_run_state(run.id, Crashed(message=message), force=True)
        logger.warning("run %s had been killed; it is shown as crashed", run.name)


def settle_missed(client: SyncPrefectClient, name: str) -> int:
    """Cancel the runs that were due while nobody served, or they would all start now. Returns how many there were."""
    now = datetime.now(UTC)
    due = ((run, run.next_scheduled_start_time) for run in _find_runs(client, name, [StateType.SCHEDULED]))
    missed = [run for run, at in due if at is not None and at < now]
    for run in missed:
        client.set_flow_run_state(run.id, Cancelled(message="Nobody served when it was due."), force=True)
    if missed:
        logger.warning("%d runs were missed while nobody served; one makes up for them", len(missed))
    return len(missed)


def _find_runs(client: SyncPrefectClient, name: str, types: list[StateType]) -> list[FlowRun]:
    return client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[build_corpus.name])),
        deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[name])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types))),
    )


def _run_until_interrupted(runner: Runner) -> None:
    """Let Prefect's runner have a thread: in the main one it would take SIGTERM for itself."""
    with ThreadPoolExecutor(1) as thread:
        loop = asyncio.new_event_loop()
        running = thread.submit(_drive, runner, loop)
        try:
            running.result()
        except KeyboardInterrupt:
            asyncio.run_coroutine_threadsafe(runner.astop(), loop)
            running.result(_STOP_S)
            raise


def _drive(runner: Runner, loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(runner.start())

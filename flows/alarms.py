"""What Prefect's server does about runs that vanish or fail: it shows them as crashed, and tells somebody.

A run says every 30 s that it lives (flows/environment.py). One that has not for two minutes was killed with whatever
watched over it, and holds the only slot of its deployment. Automations are found by name: a service that starts again
replaces its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Literal
from uuid import UUID

from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CallWebhook, ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound
from prefect.types import SecretDict
from pydantic import SecretStr

from flows.timetable import is_url
from tasks.errors import ConfigError

_SILENT = timedelta(seconds=120)  # four heartbeats: with fewer, a busy machine's live runs look dead
_BEAT = "prefect.flow-run.heartbeat"
_ENDS = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed", "TimedOut")}
_BAD = {f"prefect.flow-run.{state}" for state in ("Failed", "Crashed", "TimedOut")}
_SUBJECT = "{{ flow_run.name }} {{ flow_run.state.name }}"
_TOLD = {
    "run": "flow_run.name",
    "state": "flow_run.state.name",
    "message": "flow_run.state.message",
    "tags": "flow_run.tags | join(', ')",
    "url": "flow_run | ui_url",
}


def set_alarms(client: SyncPrefectClient, deployment_id: UUID, name: str, notify: str | None) -> None:
    """See to it that runs of a deployment that vanish are shown as crashed, and that somebody is told of bad ends.

    Args:
        client: Of Prefect's server.
        deployment_id: The deployment.
        name: Its name, which those of the automations begin with.
        notify: A URL that gets JSON by POST, or a block that notifies, as `type/name`; None: nobody is told.

    Raises:
        ConfigError: There is no such block.
    """
    _replace(client, crash_vanished(deployment_id, name))
    told = f"{name}: somebody is told of bad ends"
    if notify is None:
        _remove(client, told)
        return
    ended = _trigger(deployment_id, Posture.Reactive, _BAD)
    _replace(client, AutomationCore(name=told, trigger=ended, actions=[_tell(client, deployment_id, notify)]))


def crash_vanished(deployment_id: UUID, name: str) -> AutomationCore:
    """Return the automation by which runs that vanish are shown as crashed; docs/deploy/automations.yaml has its like.

    Args:
        deployment_id: Whose runs.
        name: The deployment's name.
    """
    vanished = _trigger(deployment_id, Posture.Proactive, {_BEAT, *_ENDS}, after={_BEAT}, within=_SILENT)
    killed = "Nothing was heard of it any more: it was killed."
    crashed = ChangeFlowRunState(state=StateType.CRASHED, name="Crashed", message=killed, force=False)
    return AutomationCore(name=f"{name}: vanished runs are crashed", trigger=vanished, actions=[crashed])


def _trigger(
    deployment_id: UUID,
    posture: Literal[Posture.Proactive, Posture.Reactive],
    expect: set[str],
    after: Collection[str] = (),
    within: timedelta = timedelta(0),
) -> EventTrigger:
    return EventTrigger(
        posture=posture,
        expect=expect,
        after=set(after),
        within=within,
        threshold=1,
        match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
        match_related=ResourceSpecification(
            {"prefect.resource.role": "deployment", "prefect.resource.id": f"prefect.deployment.{deployment_id}"}
        ),
        for_each={"prefect.resource.id"},
    )


def _tell(client: SyncPrefectClient, deployment_id: UUID, notify: str) -> CallWebhook | SendNotification:
    if is_url(notify):
        # The user named the address on this machine's command line: one inside the house is as good as any.
        headers = SecretDict({"Content-Type": "application/json"})
        hook = Webhook(method="POST", url=SecretStr(notify), headers=headers, allow_private_urls=True)
        block = asyncio.run(hook.asave(f"communique-{deployment_id}", overwrite=True))
        values = ", ".join(f'"{key}": {{{{ {value} | tojson }}}}' for key, value in _TOLD.items())
        return CallWebhook(block_document_id=block, payload=f"{{{values}}}")
    kind, _, block = notify.partition("/")
    try:
        document = client.read_block_document_by_name(block, kind)
    except ObjectNotFound as error:
        raise ConfigError(f"--notify {notify}: Prefect's server has no such block; make it in its pages") from error
    body = "\n".join(f"{key}: {{{{ {value} }}}}" for key, value in _TOLD.items())
    return SendNotification(block_document_id=document.id, subject=_SUBJECT, body=body)


def _replace(client: SyncPrefectClient, automation: AutomationCore) -> None:
    _remove(client, automation.name)
    client.create_automation(automation)


def _remove(client: SyncPrefectClient, name: str) -> None:
    for found in client.read_automations_by_name(name):
        client.delete_automation(found.id)

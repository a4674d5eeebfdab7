"""What Prefect's pages show of a run: names, tags, the state that it ends in, a summary of the dataset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import cast

from prefect import runtime
from prefect.artifacts import create_markdown_artifact
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed

from flows.attempt import Attempt
from flows.ledger import Ledger
from flows.summary import count_rejects, say_counts, summarise
from tasks.objects import full_place
from tasks.publish.layout import Layout

_MESSAGE = 2_000  # characters of a state's message; the ledger and the log have all of it


def name_run() -> str:
    """Return the name of the flow run that is under way: its publisher, and when it was due in local time."""
    due: datetime = runtime.flow_run.scheduled_start_time
    return f"{short_source(runtime.flow_run.parameters.get('source_id', 'generic'))} {due.astimezone():%Y-%m-%d %H:%M}"


def name_task(task: str, label: str) -> str:
    """Return the name of a task run; braces of a file's name are Prefect's, and doubled."""
    return f"{task} {label}".replace("{", "{{").replace("}", "}}")


def short_source(source_id: str) -> str:
    """Return the id of a publisher that may be given by its file.

    Example:
        >>> short_source("columns/mine.toml")
        'mine'
    """
    return Path(source_id).stem if source_id.endswith(".toml") else source_id


def tags_of(source_id: str, dataset: str) -> list[str]:
    """Return the tags of runs that build a dataset from a publisher's dumps."""
    return [f"source:{short_source(source_id)}", f"dataset:{Layout(dataset).name}"]


def show_tags(tags: Sequence[str]) -> None:
    """Give tags to the flow run that is under way, whoever created it."""
    context = FlowRunContext.get()
    if context is not None and context.flow_run is not None:
        wanted = {*context.flow_run.tags, *tags}
        if wanted != set(context.flow_run.tags):
            context.client.update_flow_run(context.flow_run.id, tags=wanted)


def show_summary(attempt: Attempt, no_report: str = "") -> None:
    """Show a dataset and what an attempt did for it, under a key of the dataset's own.

    Args:
        attempt: The attempt.
        no_report: Why there is no report, where one was wanted.
    """
    layout = attempt.layout
    slug = re.sub(r"[^a-z0-9]+", "-", layout.name.lower()).strip("-")
    create_markdown_artifact(
        key=f"communique-{slug}-{sha256(full_place(layout.root).encode()).hexdigest()[:6]}",
        markdown=summarise(attempt, count_rejects(layout, attempt.snapshot, attempt.source.id), no_report),
        description=f"{layout.name}: {attempt.ledger.status}, run {attempt.ledger.run_id}",
    )


def completed(ledger: Ledger) -> Ledger:
    """Return the state of a run that went well: from a flow, its caller gets the ledger."""
    return cast(Ledger, Completed(message=say_counts(ledger), data=ledger))


def failed(error: Exception) -> Ledger:
    """Return the state of a run that did not: from a flow, its caller gets the error raised."""
    return cast(Ledger, Failed(message=str(error)[:_MESSAGE], data=error))

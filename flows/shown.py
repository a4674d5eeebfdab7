"""What Prefect's pages show of a run: its name, its tags."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prefect import runtime


def name_run() -> str:
    """Return the name of the flow run that is under way: its publisher, and when it was due in local time."""
    due: datetime = runtime.flow_run.scheduled_start_time
    return f"{short_source(runtime.flow_run.parameters.get('source_id', 'generic'))} {due.astimezone():%Y-%m-%d %H:%M}"


def short_source(source_id: str) -> str:
    """Return the id of a publisher that may be given by its file.

    Example:
        >>> short_source("columns/mine.toml")
        'mine'
    """
    return Path(source_id).stem if source_id.endswith(".toml") else source_id


def tags_of(source_id: str, dataset: str) -> list[str]:
    """Return the tags of runs that build a dataset from a publisher's dumps."""
    return [f"source:{short_source(source_id)}", f"dataset:{Path(dataset).resolve().name}"]

"""The events task: published tables of the whole dataset in, the views over events out."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.events.table import READ, make_events
from tasks.staging import Cost, DatasetRef


@task(name="events", cache_policy=NO_CACHE, persist_result=False)
def events(dataset: DatasetRef) -> Cost:
    """Make the views over all engagements of a dataset."""
    cost = Cost("events")
    with cost.work():
        views = make_events(dataset.parts(READ))
    for name, rows in views.items():
        dataset.write(name, rows)
    return cost.close(views["events"].num_rows)

"""The people task: published tables of the whole dataset in, the views people and person_mentions out."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.people.table import READ, make_people
from tasks.staging import Cost, DatasetRef


@task(name="people", cache_policy=NO_CACHE, persist_result=False)
def people(dataset: DatasetRef) -> Cost:
    """Make the views over all people of a dataset."""
    cost = Cost("people")
    with cost.work():
        views = make_people(dataset.parts(READ))
    for name, rows in views.items():
        dataset.write(name, rows)
    return cost.close(views["people"].num_rows)

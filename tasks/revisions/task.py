"""The revisions task: published tables of the whole dataset in, the view revisions out."""

from __future__ import annotations

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.revisions.table import READ, find_revisions
from tasks.staging import Cost, DatasetRef


@task(name="revisions", cache_policy=NO_CACHE, persist_result=False)
def revisions(dataset: DatasetRef) -> Cost:
    """Make the view over all revisions of a dataset."""
    cost = Cost("revisions")
    with cost.work():
        rows = find_revisions(partial(dataset.parts, READ))
    dataset.write("revisions", rows)
    return cost.close(rows.num_rows)

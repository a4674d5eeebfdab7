"""The formulas task: published tables of the whole dataset in, the views formulas and formula_uses out."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.formulas.table import make_formulas
from tasks.staging import Cost, DatasetRef


@task(name="formulas", cache_policy=NO_CACHE, persist_result=False)
def formulas(dataset: DatasetRef) -> Cost:
    """Find the wording that recurs in a dataset."""
    cost = Cost("formulas")
    with cost.work():
        views = make_formulas(dataset.parts)
    for name, rows in views.items():
        dataset.write(name, rows)
    return cost.close(views["formulas"].num_rows)

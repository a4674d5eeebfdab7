"""The figures task: what is known of the documents of a staged bundle in, figures out."""

from __future__ import annotations

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.figures.table import extract_figures, no_figures
from tasks.settings import FigureSettings
from tasks.staging import BundleRef, Cost, run_stage


@task(name="figures", cache_policy=NO_CACHE, persist_result=False)
def figures(bundle: BundleRef, settings: FigureSettings) -> Cost:
    """Find the figures of a bundle; where no form is wanted nothing is read."""
    if not settings.forms:
        return run_stage("figures", bundle, (), no_figures)
    return run_stage(
        "figures",
        bundle,
        ("normalized", "sentences", "furniture", "entities", "quotes"),
        partial(extract_figures, settings=settings),
    )

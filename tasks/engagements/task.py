"""The engagements task: what is known of the documents of a staged bundle in, engagements out."""

from __future__ import annotations

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.engagements.table import extract_engagements
from tasks.settings import EngagementSettings
from tasks.staging import BundleRef, Cost, run_stage


@task(name="engagements", cache_policy=NO_CACHE, persist_result=False)
def engagements(bundle: BundleRef, settings: EngagementSettings) -> Cost:
    """Find the engagements of a bundle."""
    return run_stage(
        "engagements",
        bundle,
        ("normalized", "sentences", "furniture", "entities", "roles", "quotes"),
        partial(extract_engagements, settings=settings),
    )

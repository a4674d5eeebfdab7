"""The entities task: documents, sentences and furniture of a staged bundle in, entities and roles out."""

from __future__ import annotations

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.entities.table import annotate_entities
from tasks.settings import EntitySettings
from tasks.staging import BundleRef, Cost, run_stage


@task(name="entities", cache_policy=NO_CACHE, persist_result=False)
def entities(bundle: BundleRef, settings: EntitySettings) -> Cost:
    """Find the entities and roles of a bundle."""
    return run_stage(
        "entities",
        bundle,
        ("normalized", "sentences", "furniture"),
        partial(annotate_entities, settings=settings),
    )

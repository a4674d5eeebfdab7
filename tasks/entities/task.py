"""The entities task: documents and sentences of a staged batch in, entities and roles out."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.entities.table import annotate_entities
from tasks.settings import EntitySettings
from tasks.staging import BatchRef, Cost


@task(name="entities", cache_policy=NO_CACHE, persist_result=False)
def entities(batch: BatchRef, settings: EntitySettings) -> Cost:
    """Find the entities of a batch and stage entities, roles and refusals-entities."""
    cost = Cost("entities")
    documents, sentences = batch.read("normalized"), batch.read("sentences")
    with cost.work():
        found, held, refusals = annotate_entities(documents, sentences, settings)
    batch.write("entities", found)
    batch.write("roles", held)
    batch.write("refusals-entities", refusals)
    return cost.close(documents.num_rows)

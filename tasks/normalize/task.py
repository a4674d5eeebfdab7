"""The normalize task: kept records of a staged batch in, documents and sentences out."""

from __future__ import annotations

import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.normalize.table import normalize_batch
from tasks.settings import NormalizeSettings
from tasks.staging import BatchRef, Cost


@task(name="normalize", cache_policy=NO_CACHE, persist_result=False)
def normalize(batch: BatchRef, settings: NormalizeSettings) -> Cost:
    """Restore the records of a batch and stage normalized, sentences and refusals-normalize."""
    cost = Cost("normalize")
    records: pa.Table = batch.read("records")
    with cost.work():
        documents, sentences, refusals = normalize_batch(records, settings)
    batch.write("normalized", documents)
    batch.write("sentences", sentences)
    batch.write("refusals-normalize", refusals)
    return cost.close(records.num_rows)

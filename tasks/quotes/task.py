"""The quotes task: documents and sentences of a staged batch in, quotations out."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.quotes.table import extract_quotes
from tasks.settings import QuoteSettings
from tasks.staging import BatchRef, Cost


@task(name="quotes", cache_policy=NO_CACHE, persist_result=False)
def quotes(batch: BatchRef, settings: QuoteSettings) -> Cost:
    """Find the quotations of a batch and stage quotes and refusals-quotes."""
    cost = Cost("quotes")
    documents, sentences = batch.read("normalized"), batch.read("sentences")
    with cost.work():
        found, refusals = extract_quotes(documents, sentences, settings)
    batch.write("quotes", found)
    batch.write("refusals-quotes", refusals)
    return cost.close(documents.num_rows)

"""The quotes task: documents, sentences and furniture of a staged bundle in, quotations out."""

from __future__ import annotations

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.quotes.table import extract_quotes
from tasks.settings import QuoteSettings
from tasks.staging import BundleRef, Cost, run_stage


@task(name="quotes", cache_policy=NO_CACHE, persist_result=False)
def quotes(bundle: BundleRef, settings: QuoteSettings) -> Cost:
    """Find the quotations of a bundle."""
    return run_stage(
        "quotes",
        bundle,
        ("normalized", "sentences", "furniture"),
        partial(extract_quotes, settings=settings),
    )

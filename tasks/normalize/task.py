"""The normalize task: kept records of a staged bundle in, documents and sentences out."""

from __future__ import annotations

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.normalize.table import normalize_batch
from tasks.settings import NormalizeSettings
from tasks.staging import BundleRef, Cost, run_stage


@task(name="normalize", cache_policy=NO_CACHE, persist_result=False)
def normalize(bundle: BundleRef, settings: NormalizeSettings) -> Cost:
    """Restore the records of a bundle."""
    return run_stage("normalize", bundle, ("records",), partial(normalize_batch, settings=settings))

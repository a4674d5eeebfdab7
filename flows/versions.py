"""What a published batch was made with: a fingerprint for each stage."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version

import tasks.entities.table
import tasks.ingest.table
import tasks.normalize.table
import tasks.publish.table
import tasks.quotes.table
from tasks.ingest.sources import Source
from tasks.resources import digest_files, resource_root
from tasks.schemas import SCHEMA_VERSION
from tasks.settings import Settings


def fingerprint_stages(settings: Settings, source: Source, limit: int | None) -> dict[str, str]:
    """Return a hash for each stage over its version, settings and resources.

    A stage whose fingerprint differs from the one in a batch's manifest is done again for it, with all that follow.
    """
    sections: dict[str, object] = {
        "ingest": {**settings.ingest.model_dump(mode="json"), "source": source.model_dump(mode="json"), "limit": limit},
        "normalize": settings.normalize.model_dump(mode="json"),
        "entities": settings.entities.model_dump(mode="json"),
        "quotes": settings.quotes.model_dump(mode="json"),
        "publish": {"schema": SCHEMA_VERSION},
    }
    stages = {
        "ingest": tasks.ingest.table,
        "normalize": tasks.normalize.table,
        "entities": tasks.entities.table,
        "quotes": tasks.quotes.table,
        "publish": tasks.publish.table,
    }
    found: dict[str, str] = {}
    for name, module in stages.items():
        patterns: tuple[str, ...] = tuple(getattr(module, "RESOURCES", ()))
        files = [path for pattern in patterns for path in sorted(resource_root().glob(pattern))]
        # A source's column map counts through its values, so that editing one source does not redo the others.
        resources = "" if name == "ingest" else digest_files(files)
        text = json.dumps([module.VERSION, sections[name], resources], sort_keys=True)
        found[name] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return found


def pipeline_version(fingerprints: dict[str, str]) -> str:
    """Return the version of the program with a hash over all stages.

    Example:
        >>> pipeline_version({"ingest": "a", "quotes": "b"}).split("+")[1]
        'e8a49a4f'
    """
    total = hashlib.sha256(json.dumps(fingerprints, sort_keys=True).encode()).hexdigest()[:8]
    return f"{version('communique')}+{total}"

"""Small staged tables, built by hand, for tests."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pyarrow as pa

from tasks.publish.table import NEAR, assemble
from tasks.schemas import INDEX, TABLES

BATCH = "00112233aabbccdd"
TEXT = "Colonel Okoro said the frigate would sail on Monday."


def doc_id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def rows(schema: pa.Schema, values: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in values], schema=schema)


def document(text: str = TEXT, day: date | None = date(2021, 5, 4), record: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "doc_id": doc_id(text),
        "source_id": "generic",
        "published_on": day,
        "kind": "release",
        "language": "en",
        "text": text,
        "raw_text": text,
        "edits": [],
        "text_condition": "spaced",
        "is_uncertain": False,
        "n_words": len(text.split()),
        "uri": "dump.jsonl",
        "record": record,
        "batch_id": BATCH,
    } | other


def span(text: str, value: str, prefix: str = "") -> dict[str, int]:
    start = text.index(value)
    end = start + len(value)
    return {f"{prefix}start": start, f"{prefix}end": end, f"{prefix}raw_start": start, f"{prefix}raw_end": end}


def staged(
    documents: list[dict[str, Any]] | None = None, refusals: list[dict[str, Any]] | None = None
) -> dict[str, pa.Table]:
    documents = [document()] if documents is None else documents
    sentences, entities, quotes, roles = [], [], [], []
    for row in documents:
        key, text = row["doc_id"], row["text"]
        sentences.append(
            {"sentence_id": f"{key}-s00000", "doc_id": key, "paragraph": 0, "text": text, **span(text, text)}
        )
        if "Okoro" in text:
            entities.append(
                {"entity_id": f"{key}-e00000", "doc_id": key, "sentence_id": f"{key}-s00000", "label": "PERSON"}
                | {"text": "Okoro", "method": "model", "canonical_id": "person:a-okoro"}
                | span(text, "Okoro")
            )
        if "Colonel Okoro" in text:
            roles.append(
                {"role_id": f"{key}-r00000", "doc_id": key, "sentence_id": f"{key}-s00000", "text": "Colonel Okoro"}
                | {"person": "Okoro", "person_name": "Okoro", "person_entity_id": f"{key}-e00000", "title": "Colonel"}
                | {"published_on": row["published_on"], "method": "rule:before"}
                | span(text, "Colonel Okoro")
            )
        if "Okoro said" in text:
            content = text[text.index("said ") + 5 : -1]
            quotes.append(
                {"quote_id": f"{key}-q00000", "doc_id": key, "sentence_id": f"{key}-s00000", "type": "indirect"}
                | {"text": content, "segments": [span(text, content)], "cue": "said", "speaker": "Okoro"}
                | {"speaker_name": "Okoro", "speaker_kind": "person", "repair": "none"}
                | span(text, content)
                | span(text, "said", "cue_")
                | span(text, "Okoro", "speaker_")
            )
    found = {
        "documents": documents, "sentences": sentences, "entities": entities, "quotes": quotes, "roles": roles,
        "rejects": refusals or [],
    }  # fmt: skip
    return {name: rows(table.staged_schema, found.get(name, [])) for name, table in TABLES.items()}


def assembled(batch: dict[str, pa.Table]) -> dict[str, pa.Table]:
    late = ("entities", "quotes")
    return assemble(batch, NEAR.empty_table(), late=late, run_id="r1", pipeline_version="0+x")


def index(tables: dict[str, pa.Table]) -> pa.Table:
    rows = tables["documents"].select(["batch_id", "doc_id"]).to_pylist()
    return pa.Table.from_pylist([row | {"signature": [1, 2]} for row in rows], schema=INDEX)

"""Datasets for tests of the report: tables written by hand and committed, the views made from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.views import make_views
from tasks.publish.commit import put_segment
from tasks.publish.dataset import describe_dataset
from tasks.publish.layout import Layout
from tasks.publish.log import Batch, append_commit, read_snapshot
from tasks.publish.rows import StagedRows
from tasks.publish.table import NEAR, assemble, count_batches
from tasks.schemas import TABLES
from tasks.settings import load_settings
from tasks.staging import BatchHead, BundleRef
from tests.builders import doc_id, index, rows, span

PEOPLE = ("Anita Rao", "Peter Lindqvist", "Clara Duarte")
LANDS = {"France": "FRA", "Japan": "JPN", "Kenya": "KEN"}
Rows = dict[str, list[dict[str, Any]]]


def release(n: int, day: date | None, **other: Any) -> Rows:
    """The rows of the n-th release: a minister says that a fleet visits a country."""
    who, land = PEOPLE[n % len(PEOPLE)], list(LANDS)[n % len(LANDS)]
    text = f"Minister {who} said the fleet would visit {land} as planned, for the {n}th time."
    key = doc_id(text)
    said = text[text.index("the fleet") : -1]
    document = {
        "doc_id": key, "source_id": "generic", "published_on": day, "kind": "release", "language": "en", "text": text,
        "raw_text": text, "edits": [], "text_condition": "spaced", "is_uncertain": False, "restoration_score": 1.0,
        "n_words": len(text.split()), "uri": "dump.jsonl", "record": n, "title": f"Visit {n}",
    } | other  # fmt: skip
    place = {"doc_id": key, "sentence_id": f"{key}-s0"}
    return {
        "documents": [document],
        "sentences": [place | {"paragraph": 0, "text": text} | span(text, text)],
        "entities": [
            place | {"entity_id": f"{key}-e0", "label": "PERSON", "text": who, "canonical": who, "method": "model"}
            | span(text, who),
            place | {"entity_id": f"{key}-e1", "label": "GPE", "text": land, "canonical_id": f"iso:{LANDS[land]}"}
            | {"method": "lexicon"} | span(text, land),
        ],
        "roles": [
            place | {"role_id": f"{key}-r0", "text": f"Minister {who}", "person": who, "person_name": who}
            | {"person_entity_id": f"{key}-e0", "title": "Minister", "published_on": day, "method": "rule:before"}
            | span(text, f"Minister {who}"),
        ],
        "quotes": [
            place | {"quote_id": f"{key}-q0", "type": "indirect", "text": said, "segments": [span(text, said)]}
            | {"cue": "said", "speaker": who, "speaker_name": who, "speaker_kind": "person", "repair": "none"}
            | {"score": 0.4 if n % 5 == 0 else 0.9}
            | span(text, said) | span(text, "said", "cue_") | span(text, who, "speaker_"),
        ],
    }  # fmt: skip


def refusal(record: int, code: str = "empty", message: str = "no text", excerpt: str | None = None) -> Rows:
    """The row of a record that was refused."""
    row = {"uri": "dump.jsonl", "record": record, "stage": "ingest", "code": code, "message": message}
    return {"rejects": [row | {"excerpt": excerpt}]}


def copy_of(n: int, record: int) -> Rows:
    """The row of a record that is the n-th release again."""
    [document] = release(n, None)["documents"]
    return {"duplicates": [{"doc_id": document["doc_id"], "uri": "dump.jsonl", "record": record, "kind": "exact"}]}


def publish(
    root: Path, source: str, found: list[Rows], near: dict[str, str] | None = None, *, views: bool = True
) -> None:
    """Add a batch of a source to a dataset, and make the views.

    Args:
        root: The dataset.
        source: The publisher.
        found: What its records became.
        near: The document that another nearly equals.
        views: Whether views are made.
    """
    layout, batch_id = Layout(root), source.encode().hex()[:16].ljust(16, "0")
    of_batch: Rows = {name: [] for name in TABLES}
    for part in found:
        for name, values in part.items():
            of_batch[name] += [row | {"batch_id": batch_id} for row in values]
    for row in of_batch["documents"]:
        row["source_id"] = source
    staged = {name: rows(table.staged_schema, of_batch[name]) for name, table in TABLES.items()}
    pairs = list((near or {}).items())
    nearly = pa.Table.from_pylist([dict(zip(NEAR.names, pair, strict=True)) for pair in pairs], schema=NEAR)
    tables = assemble(staged, nearly, late=("entities", "quotes"), run_id=f"run-{source}", pipeline_version="0+x")
    records = sum(tables[name].num_rows for name in ("documents", "duplicates", "rejects"))
    bundle = BundleRef(str(root / "_staging" / source), (BatchHead(batch_id, "dump.jsonl", records),), 1)
    batch = Batch(
        batch_id=batch_id, uri="dump.jsonl", decisions="d", records=records, **count_batches(tables)[batch_id]
    )
    staged_rows = StagedRows.stage(bundle, tables | {"_index": index(tables)}, [batch], "x")
    segment = put_segment(layout, root / "_staging", [staged_rows], source_id=source, fingerprints={"ingest": "1"})
    snapshot = append_commit(layout, read_snapshot(layout), f"run-{source}", add=[segment])
    describe_dataset(layout, snapshot)
    if not views:
        return
    made_with = {"people": "1", "revisions": "1", "events": "1"}
    for _ in make_views(
        layout, snapshot, load_settings(), made_with, root / "_staging", lambda task, *a, **k: task.fn(*a, **k)
    ):
        pass

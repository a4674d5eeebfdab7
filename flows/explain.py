"""`communique explain`: a document with everything that was done to it, for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from tasks.errors import DatasetError

_MARKS = {"insert_space": "·", "delete_space": "⌫"}


def explain_document(dataset: Path, key: str) -> str:
    """Describe a document of a dataset.

    Args:
        dataset: Folder of the dataset.
        key: doc_id or external_id.

    Returns:
        Where it came from; the raw text with repairs marked (`·` a space put in, `{old→new}` any other repair); a line
        for each entity, role and quotation with the rule or model that found it.

    Raises:
        DatasetError: There is no such document.
    """
    documents = _rows(dataset, "documents", (pc.field("doc_id") == key) | (pc.field("external_id") == key))
    if not documents:
        raise DatasetError(f"{dataset}: no document with doc_id or external_id {key}")
    return "\n\n".join(_explain(dataset, document) for document in documents)


def _explain(dataset: Path, document: dict[str, Any]) -> str:
    doc_id = document["doc_id"]
    place = " / ".join(str(document[c]) for c in ("uri", "member", "record") if document[c] is not None)
    published = document["published_on"] or document["published_raw"] or "?"
    lines = [
        f"{doc_id}  {document['title'] or '(no title)'}",
        f"from {place}, source {document['source_id']}, published {published}",
        f"text was {document['text_condition']}, {len(document['edits'])} repairs,"
        f" score {document['restoration_score']}, near-duplicate of {document['near_duplicate_of'] or 'none'}",
        "",
        mark_edits(document["raw_text"], document["edits"]),
    ]
    entities = _rows(dataset, "entities", pc.field("doc_id") == doc_id)
    lines += ["", f"{len(entities)} entities"]
    for e in sorted(entities, key=lambda row: row["start"]):
        known = " ".join(filter(None, (e["canonical"] if e["canonical"] != e["text"] else None, e["canonical_id"])))
        lines.append(f"  [{e['raw_start']}:{e['raw_end']}] {e['label']:9} {e['text']}  {known}  ({e['method']})")
    roles = _rows(dataset, "roles", pc.field("doc_id") == doc_id)
    lines += ["", f"{len(roles)} roles"]
    for r in sorted(roles, key=lambda row: row["role_id"]):
        where = ", ".join(filter(None, (r["organisation"], r["country"]))) or "nowhere stated"
        title = " ".join(filter(None, (r["qualifier"], r["title"])))
        lines.append(f"  [{r['raw_start']}:{r['raw_end']}] {r['person_name']}: {title} ({where})  ({r['method']})")
    quotes = _rows(dataset, "quotes", pc.field("doc_id") == doc_id)
    lines += ["", f"{len(quotes)} quotes"]
    for q in sorted(quotes, key=lambda row: row["start"]):
        who = f"{q['speaker_name'] or '?'} ({q['speaker'] or 'no mention'}; {q['speaker_kind']})"
        lines.append(
            f"  [{q['raw_start']}:{q['raw_end']}] {q['type']} by {who}, cue {q['cue'] or 'none'} ({q['method']})"
        )
        lines.append(f"      {q['text']}")
    return "\n".join(lines)


def mark_edits(raw: str, edits: list[dict[str, Any]]) -> str:
    """Show a raw text with its repairs.

    Example:
        >>> mark_edits("Hemet", [{"kind": "insert_space", "raw_start": 2, "raw_end": 2, "replacement": " "}])
        'He·met'
    """
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts.append(raw[at : edit["raw_start"]])
        old, new = raw[edit["raw_start"] : edit["raw_end"]], edit["replacement"]
        mark = _MARKS.get(edit["kind"]) if len(old) + len(new) == 1 else None
        parts.append(mark or f"{{{_visible(old)}→{_visible(new)}}}")
        at = edit["raw_end"]
    parts.append(raw[at:])
    return "".join(parts)


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _rows(dataset: Path, table: str, where: pc.Expression) -> list[dict[str, Any]]:
    folder = dataset / table
    if not folder.is_dir():
        return []
    rows: list[dict[str, Any]] = ds.dataset(folder, format="parquet").to_table(filter=where).to_pylist()
    return rows

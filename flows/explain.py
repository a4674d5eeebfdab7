"""`communique explain`: a document with everything that was done to it, for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from tasks.errors import DatasetError
from tasks.schemas import TABLES

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
    for table in TABLES.values():
        if table.is_of_documents and table.spans and table.stage != TABLES["documents"].stage:
            rows = _rows(dataset, table.name, pc.field("doc_id") == doc_id)
            lines += ["", f"{len(rows)} {table.name}"]
            for row in sorted(rows, key=lambda row: row[_ORDER.get(table.name, "start")]):
                lines.append(f"  [{row['raw_start']}:{row['raw_end']}] {_LINES.get(table.name, _say_row)(row)}")
    return "\n".join(lines)


def _say_entity(e: dict[str, Any]) -> str:
    known = " ".join(filter(None, (e["canonical"] if e["canonical"] != e["text"] else None, e["canonical_id"])))
    return f"{e['label']:9} {e['text']}  {known}  ({e['method']})"


def _say_role(r: dict[str, Any]) -> str:
    where = ", ".join(filter(None, (r["organisation"], r["country"]))) or "nowhere stated"
    title = " ".join(filter(None, (r["qualifier"], r["title"])))
    return f"{r['person_name']}: {title} ({where})  ({r['method']})"


def _say_quote(q: dict[str, Any]) -> str:
    who = f"{q['speaker_name'] or '?'} ({q['speaker'] or 'no mention'}; {q['speaker_kind']})"
    return f"{q['type']} by {who}, cue {q['cue'] or 'none'} ({q['method']})\n      {q['text']}"


def _say_row(row: dict[str, Any]) -> str:
    """Say a row of a table that has no form of its own: the values that are there, places and keys aside."""
    said = {name: value for name, value in row.items() if not name.endswith(("_id", "start", "end")) and value}
    return "  ".join(f"{name} {value}" for name, value in said.items())


_LINES = {"entities": _say_entity, "roles": _say_role, "quotes": _say_quote}
_ORDER = {"roles": "role_id"}


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

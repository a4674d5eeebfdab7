"""`communique explain`: a document with everything that was done to it, for a person."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import DatasetError
from tasks.ingest.duplicates import find_batch
from tasks.objects import readable
from tasks.publish.layout import Layout
from tasks.publish.log import Segment, read_snapshot
from tasks.schemas import TABLES

_MARKS = {"insert_space": "·", "delete_space": "⌫"}


def explain_document(dataset: Path | str, key: str) -> str:
    """Describe a document of a dataset.

    Args:
        dataset: Folder or address of the dataset.
        key: doc_id or external_id.

    Returns:
        Where it came from; the raw text with repairs marked (`·` a space put in, `{old→new}` any other repair); a line
        for each piece of furniture, entity, role and quotation with the rule or model that found it.

    Raises:
        DatasetError: There is no such document.
    """
    layout = Layout(dataset)
    snapshot = read_snapshot(layout)
    batch_id = find_batch(layout.copies, key)
    likely = [snapshot.batches[batch_id][0]] if batch_id in snapshot.batches else []
    found = _find(layout, likely, key) or _find(layout, snapshot.segments.values(), key)
    if not found:
        raise DatasetError(f"{dataset}: no document with doc_id or external_id {key}")
    return "\n\n".join(_explain(layout, segment, document) for segment, document in found)


def _find(layout: Layout, segments: Iterable[Segment], key: str) -> list[tuple[Segment, dict[str, Any]]]:
    return [
        (segment, document)
        for segment in segments
        for document in _rows(layout, segment, "documents", ("doc_id", "external_id"), key)
    ]


def _explain(layout: Layout, segment: Segment, document: dict[str, Any]) -> str:
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
        if table.is_of_documents and table.spans and table.name != "sentences":
            rows = _rows(layout, segment, table.name, ("doc_id",), doc_id)
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


def _rows(layout: Layout, segment: Segment, table: str, columns: tuple[str, ...], key: str) -> list[dict[str, Any]]:
    """Return the rows of a segment's table that have a key in one of some columns.

    Of a row group without such a row, only these columns are read.
    """
    found: list[dict[str, Any]] = []
    for path in (layout.store.locate(file.path) for file in segment.files if file.table == table):
        with pq.ParquetFile(readable(path)) as source:
            for group in range(source.num_row_groups):
                keys = source.read_row_group(group, columns=list(columns))
                if any(pc.any(pc.equal(keys[name], key)).as_py() for name in columns):
                    rows = source.read_row_group(group)
                    wanted = pa.array([key])
                    masks = [pc.is_in(rows[name], wanted) for name in columns]
                    mask = masks[0] if len(masks) == 1 else pc.or_(*masks)
                    found += rows.filter(mask).to_pylist()
    return found

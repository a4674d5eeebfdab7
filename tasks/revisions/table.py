"""From published tables to the view revisions.

Order: keys that several documents of a source have → these documents, in the order of their years and, within a year,
of their arrival → each with the next one that has like words or, where texts are short, the same title.

A key alone says little: there are dumps whose ids are numbers of lines, and dumps whose address is the ministry's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tasks.schemas import INDEX, REVISIONS, YEAR

#: What is read of the published tables.
READ: Mapping[str, pa.Schema] = {
    "documents": pa.schema(
        [
            *((name, pa.string()) for name in ("doc_id", "source_id", "external_id", "url", "title")),
            (YEAR.name, YEAR.type),
        ]
    ),
    "_index": pa.schema([INDEX.field("doc_id"), INDEX.field("signature")]),
}
_KEYS = ("external_id", "url")
#: Part of a MinHash signature that two versions of a release share at least: a third of the words.
_ALIKE = 0.33


class _Document(NamedTuple):
    doc_id: str
    title: str
    signature: Sequence[int]


def find_revisions(read: Callable[[], Iterable[Mapping[str, pa.Table]]]) -> pa.Table:
    """Return which documents a later one of the dataset replaces.

    Args:
        read: Yields tables by name with the columns of READ, in the order in which they came; it is called twice.

    Returns:
        Table with schemas.REVISIONS, sorted by doc_id: each document once, with the next version of it.
    """
    rows = _find_shared(read())
    documents = _read_documents(read(), rows["doc_id"].combine_chunks())
    found: dict[str, tuple[str, str]] = {}
    columns = [rows[name].to_pylist() for name in ("same", "source_id", "key", "doc_id")]
    for (same, _, _), group in groupby(zip(*columns, strict=True), key=lambda row: row[:3]):
        versions = [documents[row[3]] for row in group]
        for number, version in enumerate(versions):
            later = next((v for v in versions[number + 1 :] if _is_alike(version, v)), None)
            if later is not None:
                found.setdefault(version.doc_id, (later.doc_id, same))
    values = [
        {"doc_id": doc_id, "superseded_by": later, "same": same} for doc_id, (later, same) in sorted(found.items())
    ]
    return pa.Table.from_pylist(values, schema=REVISIONS)


def _find_shared(pieces: Iterable[Mapping[str, pa.Table]]) -> pa.Table:
    """Return the documents whose key another one of their source has, by key, those of one in their order."""
    parts: list[pa.Table] = []
    for number, piece in enumerate(pieces):
        documents = piece["documents"]
        for same in _KEYS:
            table = pa.table(
                {
                    "same": pa.repeat(same, len(documents)),
                    "source_id": documents["source_id"],
                    "key": documents[same],
                    "year": documents[YEAR.name],
                    "piece": pa.repeat(number, len(documents)),
                    "row": pa.array(range(len(documents)), pa.int64()),
                    "doc_id": documents["doc_id"],
                }
            )
            parts.append(table.filter(pc.greater(pc.fill_null(pc.utf8_length(table["key"]), 0), 0)))
    if not parts:
        return pa.table({name: pa.array([], pa.string()) for name in ("same", "source_id", "key", "doc_id")})
    rows = pa.concat_tables(parts)
    by = ["same", "source_id", "key"]
    shared = rows.group_by(by).aggregate([("doc_id", "count")])
    shared = shared.filter(pc.greater(shared["doc_id_count"], 1)).select(by)
    rows = rows.join(shared, by, join_type="left semi")
    return rows.sort_by([(name, "ascending") for name in (*by, "year", "piece", "row")])


def _read_documents(pieces: Iterable[Mapping[str, pa.Table]], wanted: pa.Array) -> dict[str, _Document]:
    return {document.doc_id: document for piece in pieces for document in _read_piece(piece, wanted)}


def _read_piece(piece: Mapping[str, pa.Table], wanted: pa.Array) -> Iterator[_Document]:
    index = piece["_index"].filter(pc.is_in(piece["_index"]["doc_id"], wanted))
    signatures = dict(zip(index["doc_id"].to_pylist(), index["signature"].to_pylist(), strict=True))
    documents = piece["documents"].filter(pc.is_in(piece["documents"]["doc_id"], wanted))
    for doc_id, title in zip(documents["doc_id"].to_pylist(), documents["title"].to_pylist(), strict=True):
        yield _Document(doc_id, " ".join((title or "").casefold().split()), signatures.get(doc_id) or ())


def _is_alike(one: _Document, other: _Document) -> bool:
    if one.signature and other.signature:
        same = sum(a == b for a, b in zip(one.signature, other.signature, strict=True))
        return same >= _ALIKE * len(one.signature)
    return bool(one.title) and one.title == other.title

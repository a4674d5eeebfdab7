"""What the table rings of several stages do alike: sentences by document, rows of batches, refusals of documents."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks.errors import RejectCode

Row = dict[str, Any]
Spans = dict[str, list[tuple[int, int]]]  # by document

_EXCERPT = 200


def values_of(column: pa.ChunkedArray) -> list[Any]:
    """Return the values of a column, those of a dictionary as one array: one by one they take thirty times as long."""
    if pa.types.is_dictionary(column.type):
        column = pa.chunked_array([part.dictionary_decode() for part in column.chunks], column.type.value_type)
    values: list[Any] = column.to_pylist()
    return values


def rows_of(table: pa.Table) -> list[Row]:
    """Return the rows of a table."""
    names = table.column_names
    return [dict(zip(names, row, strict=True)) for row in zip(*map(values_of, table.columns), strict=True)]


def rows_by_document(table: pa.Table) -> dict[str, list[Row]]:
    """Return the rows of each document of a table, in order."""
    found: dict[str, list[Row]] = {}
    for row in rows_of(table):
        found.setdefault(row["doc_id"], []).append(row)
    return found


class SentenceIndex:
    """The sentences of a batch, by document.

    Args:
        sentences: A table of `schemas.SENTENCES`.
    """

    def __init__(self, sentences: pa.Table) -> None:
        found: dict[str, list[tuple[int, int, str]]] = {}
        columns = (sentences[name].to_pylist() for name in ("doc_id", "start", "end", "sentence_id"))
        for doc_id, *sentence in zip(*columns, strict=True):
            found.setdefault(doc_id, []).append(tuple(sentence))
        self._sentences = {doc_id: sorted(own) for doc_id, own in found.items()}

    def spans(self, doc_id: str) -> Sequence[tuple[int, int]]:
        """Return the half-open offsets of the sentences of a document, ascending."""
        return [(start, end) for start, end, _ in self._sentences.get(doc_id, ())]

    def starts(self, doc_id: str) -> Sequence[int]:
        """Return where the sentences of a document start, ascending."""
        return [start for start, _, _ in self._sentences.get(doc_id, ())]

    def find(self, doc_id: str, offset: int) -> str | None:
        """Return the sentence_id of the sentence that holds an offset, or None."""
        own = self._sentences.get(doc_id, ())
        i = bisect_right(own, offset, key=itemgetter(0)) - 1
        if i < 0 or offset >= own[i][1]:
            return None
        return own[i][2]


def find_spans(furniture: pa.Table, types: Collection[str] | None = None) -> Spans:
    """Return where the furniture of each document stands, by its key.

    Args:
        furniture: A table of `schemas.FURNITURE`.
        types: Those that count; None: all.
    """
    spans: Spans = {}
    for row in rows_of(furniture.select(["doc_id", "type", "start", "end"])):
        if types is None or row["type"] in types:
            spans.setdefault(row["doc_id"], []).append((row["start"], row["end"]))
    return spans


def blank_out(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text with blanks in place of some spans: what else stands in it stays where it is.

    Example:
        >>> blank_out("By Ana Ruiz. She sails.", [(0, 12)])
        '             She sails.'
    """
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += (text[at:start], " " * (end - start))
        at = end
    return "".join((*parts, text[at:]))


def are_of(rows: pa.Table, batches: Collection[str]) -> pa.ChunkedArray:
    """Return which rows are of some batches, of a table that names the batch of each."""
    return pc.is_in(rows["batch_id"], pa.array(sorted(batches), pa.string()))


def keys_of_batches(documents: pa.Table, batches: Collection[str]) -> pa.Array:
    """Return the keys of the documents of batches."""
    return documents.filter(are_of(documents, batches))["doc_id"].combine_chunks()


def take_batches(rows: pa.Table, batches: Collection[str], documents: pa.Array) -> pa.Table:
    """Return the rows of batches.

    Args:
        rows: Rows that name their batch, or their document.
        batches: Keys of batches.
        documents: Keys of the documents of these.
    """
    if "batch_id" in rows.column_names:
        return rows.filter(are_of(rows, batches))
    return rows.filter(pc.is_in(rows["doc_id"], documents))


def refuse(document: Row, stage: str, code: RejectCode, message: str, text: str) -> Row:
    """Return the row of `schemas.REFUSALS` for a document that a stage does not pass on.

    Args:
        document: A row with uri, member, record and batch_id.
        stage: The stage.
        code: The rule that refused it.
        message: The reason.
        text: The document's text, for the excerpt.
    """
    place = {key: document[key] for key in ("uri", "member", "record", "batch_id")}
    return place | {"stage": stage, "code": code.value, "message": message, "excerpt": text[:_EXCERPT]}


def refuse_failed(document: Row, stage: str, error: Exception, text: str) -> Row:
    """Return the refusal of a document over which a stage raised."""
    return refuse(document, stage, RejectCode.STAGE_FAILED, f"{type(error).__name__}: {error}", text)

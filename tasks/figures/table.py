"""Documents with their entities and quotations in, figures out.

Order: documents with a count → what is told in nobody's own voice is set aside (direct quotations, questions,
furniture) → the rules → who says so → rows, with offsets into the raw text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks import schemas
from tasks.edits import Edit, RawMap
from tasks.figures.counts import may_count
from tasks.figures.figure import Figure, Span
from tasks.figures.find import find_figures
from tasks.figures.release import Mention, Release
from tasks.intervals import read_interval
from tasks.settings import FigureSettings
from tasks.spans import merge_spans
from tasks.tables import Row, SentenceIndex, blank_out, find_spans, refuse_failed, rows_by_document

_DOCUMENTS = ["doc_id", "text", "edits", "published_on", "uri", "member", "record", "batch_id"]
_ENTITIES = ["entity_id", "doc_id", "label", "start", "end", "canonical_id", "date_value"]
_QUOTES = [
    "doc_id", "type", "text", "start", "end", "segments", "speaker", "speaker_name", "speaker_kind",
]  # fmt: skip
_SPEAKERS = frozenset({"PERSON", "ORG", "GPE", "UNIT"})
_QUESTION = re.compile(
    r"q(?:uestion(?:er)?|\d*)?|journalist|reporter|interviewer|host|presenter|compere", re.IGNORECASE
)


def extract_figures(
    documents: pa.Table,
    sentences: pa.Table,
    furniture: pa.Table,
    entities: pa.Table,
    quotes: pa.Table,
    settings: FigureSettings,
) -> dict[str, pa.Table]:
    """Find the figures of a batch.

    Args:
        documents: A table of `schemas.NORMALIZED`.
        sentences: Their sentences, of `schemas.SENTENCES`.
        furniture: What in them is no part of a release, of `schemas.FURNITURE`.
        entities: Their mentions, of `schemas.ENTITIES`.
        quotes: Their quotations, of `schemas.EXTRACTED_QUOTES`.
        settings: Which forms are wanted.

    Returns:
        `figures` (`schemas.FIGURES`), by document and start; and `refusals` (`schemas.REFUSALS`), one for each document
        that could not be done. Such a document does not touch its neighbours.
    """
    wanted = pa.array([may_count(text) for text in documents["text"].to_pylist()], pa.bool_())
    documents = documents.select(_DOCUMENTS).filter(wanted)
    sentences, furniture, entities, quotes = (_of(documents, t) for t in (sentences, furniture, entities, quotes))
    index, aside = SentenceIndex(sentences), find_spans(furniture)
    mentions, told = rows_by_document(entities.select(_ENTITIES)), rows_by_document(quotes.select(_QUOTES))
    rows: list[Row] = []
    refusals: list[Row] = []
    for document in documents.to_pylist():
        doc_id = document["doc_id"]
        own = told.get(doc_id, [])
        try:
            spans = index.spans(doc_id), sorted(aside.get(doc_id, []))
            release = _release(document, *spans, mentions.get(doc_id, []), own)
            rows += _rows(document, find_figures(release, settings.forms), index, own, _people(release))
        except Exception as error:  # any fault of any rule: this document is refused, the others stay
            refusals.append(refuse_failed(document, "figures", error, document["text"]))
    found = pa.Table.from_pylist(rows, schema=schemas.TABLES["figures"].staged_schema)
    return {"figures": found, "refusals": pa.Table.from_pylist(refusals, schema=schemas.REFUSALS)}


def no_figures() -> dict[str, pa.Table]:
    """Return what `extract_figures` does of no document."""
    return {
        "figures": schemas.TABLES["figures"].staged_schema.empty_table(),
        "refusals": schemas.REFUSALS.empty_table(),
    }


def _of(documents: pa.Table, rows: pa.Table) -> pa.Table:
    return rows.filter(pc.is_in(rows["doc_id"], documents["doc_id"].combine_chunks()))


def _release(
    document: Row, sentences: Sequence[Span], aside: Sequence[Span], entities: Sequence[Row], quotes: Sequence[Row]
) -> Release:
    mentions = [
        Mention(e["start"], e["end"], e["label"], e["entity_id"], e["canonical_id"], _days(e["date_value"]))
        for e in entities
    ]
    return Release(blank_out(document["text"], aside), sentences, sorted(mentions, key=_place), _silent(quotes))


def _people(release: Release) -> set[str]:
    named = (release.text[m.start : m.end].split() for m in release.mentions if m.label in _SPEAKERS)
    return {words[-1] for words in named if words and len(words[-1]) > 1}


def _place(mention: Mention) -> Span:
    return mention.start, mention.end


def _days(value: str | None) -> Any:
    interval = read_interval(value) if value else None
    return interval[:2] if interval else None


def _silent(quotes: Sequence[Row]) -> list[Span]:
    """Return the stretches that do not count: direct quotations, and the turns of those who ask."""
    spans: list[Span] = []
    askers = _askers(quotes)
    for quote in quotes:
        if quote["type"] in ("direct", "mixed"):
            spans += [(s["start"], s["end"]) for s in quote["segments"] or [quote]]
        elif quote["type"] == "turn" and _speaker(quote) in askers:
            spans.append((quote["start"], quote["end"]))
    return merge_spans(spans)


def _speaker(quote: Row) -> str:
    """Return who a turn is said to be of, as its label says."""
    return (quote["speaker"] or quote["speaker_name"] or "").strip(" :.")


def _askers(quotes: Sequence[Row]) -> set[str]:
    """Return the speakers of turns who ask: they are called so, or three of ten turns end with a question."""
    turns: dict[str, list[bool]] = {}
    for quote in quotes:
        if quote["type"] == "turn":
            turns.setdefault(_speaker(quote), []).append(quote["text"].rstrip(' ”"').endswith("?"))
    return {who for who, asked in turns.items() if _QUESTION.fullmatch(who) or 10 * sum(asked) > 3 * len(asked)}


def _claimed_by(quotes: Sequence[Row], people: Collection[str], at: int) -> str | None:
    """Return who says what stands at an offset: the speaker of the shortest quotation around it, if it is known.

    Args:
        quotes: The quotations of the document.
        people: The last words of its people and bodies, which an indirect quotation names.
        at: The offset.
    """
    around = [q for q in quotes if q["start"] <= at < q["end"] and q["speaker_kind"] != "unknown" and q["speaker_name"]]
    inner = min(around, key=lambda q: q["end"] - q["start"], default=None)
    if inner is None:
        return None
    name: str = inner["speaker_name"]
    if inner["type"] == "turn":
        return _speaker(inner)
    return name if inner["type"] != "indirect" or name.split()[-1] in people else None


def _offsets(prefix: str, span: Span | None, to_raw: RawMap) -> Row:
    names = (f"{prefix}start", f"{prefix}end", f"{prefix}raw_start", f"{prefix}raw_end")
    return dict(zip(names, (*span, *to_raw.span(*span)) if span else (None,) * 4, strict=True))


def _rows(
    document: Row, found: Sequence[Figure], sentences: SentenceIndex, quotes: Sequence[Row], people: Collection[str]
) -> Iterator[Row]:
    """Yield the rows of schemas.FIGURES of a document."""
    doc_id, text = document["doc_id"], document["text"]
    to_raw = RawMap([Edit(**edit) for edit in document["edits"]])
    for number, one in enumerate(found):
        yield {
            "figure_id": f"{doc_id}-f{number:05d}",
            "doc_id": doc_id,
            "sentence_id": sentences.find(doc_id, one.span[0]),
            "published_on": document["published_on"],
            "text": text[slice(*one.span)],
            **_offsets("", one.span, to_raw),
            "value_min": one.low,
            "value_max": one.high,
            "is_approximate": one.is_approximate,
            "noun": one.noun,
            "category": one.category,
            "equipment_entity_id": one.equipment,
            "act": one.act,
            "act_text": text[slice(*one.told)] if one.told else None,
            **_offsets("act_", one.told, to_raw),
            "of_country_id": one.of,
            "by": text[slice(*one.by)] if one.by else None,
            **_offsets("by_", one.by, to_raw),
            "claimed_by": _claimed_by(quotes, people, one.span[0]),
            "date_start": one.first,
            "date_end": one.last,
            "is_cumulative": one.is_cumulative,
            "increment": one.increment,
            "method": one.method,
            "score": None,
        }

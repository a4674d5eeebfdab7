"""Records in, documents, sentences and furniture out.

Order: texts are repaired, record by record → lines that several of them share → furniture, sentences, the day and the
country where the dump does not say them, document by document. What is learned and counted of other records is that of
the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from tasks import schemas
from tasks.countries import country_of_publisher
from tasks.edits import RawMap
from tasks.errors import RejectCode
from tasks.normalize.furniture import Piece, count_repeated, find_furniture, read_day
from tasks.normalize.restore import learn_names
from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.normalize.text import Normalized, normalize_text
from tasks.settings import NormalizeSettings
from tasks.tables import Row, refuse, refuse_failed


def normalize_batch(records: pa.Table, settings: NormalizeSettings) -> dict[str, pa.Table]:
    """Restore the records of a bundle. Names are learned within a batch: what a file becomes depends on it alone.

    Args:
        records: A table of `schemas.INGESTED`.
        settings: What is repaired.

    Returns:
        `normalized` (`schemas.NORMALIZED`), `sentences` (`schemas.SENTENCES`) and `furniture` (`schemas.FURNITURE`) in
        the order of the records; and `refusals` (`schemas.REFUSALS`), one for each record that could not be restored or
        of which nothing is left.
    """
    documents: list[Row] = []
    sentences: list[Row] = []
    furniture: list[Row] = []
    refusals: list[Row] = []
    repaired: list[tuple[Row, Normalized]] = []
    batches: dict[str, list[str]] = {}
    rows = records.to_pylist()
    for record in rows:
        batches.setdefault(record["batch_id"], []).append(record["raw_text"])
    learns = settings.restore and settings.learn_names
    decoders = {batch_id: learn_names(own) for batch_id, own in batches.items()} if learns else {}
    texts: dict[str, list[str]] = {}
    for record in rows:
        decoder = decoders.get(record["batch_id"])
        try:
            done = normalize_text(
                record["raw_text"], restore=settings.restore, repair_quotes=settings.repair_quotes, decoder=decoder
            )
        except Exception as error:  # one record must not take the batch along
            refusals.append(refuse_failed(record, "normalize", error, record["raw_text"]))
            continue
        repaired.append((record, done))
        texts.setdefault(record["batch_id"], []).append(done.text)
    repeated = {batch_id: count_repeated(own) for batch_id, own in texts.items()}
    for record, done in repaired:
        try:
            pieces = find_furniture(done.text, record["title"] or "", repeated[record["batch_id"]])
            own = list(_sentence_rows(record["doc_id"], done, pieces))
            published_on = record["published_on"]
            if published_on is None and record["published_raw"] is None:
                published_on = read_day(done.text, pieces)
        except Exception as error:
            refusals.append(refuse_failed(record, "normalize", error, record["raw_text"]))
            continue
        if not own:
            reason = "nothing is left when what is no text is taken out"
            refusals.append(refuse(record, "normalize", RejectCode.NO_TEXT, reason, record["raw_text"]))
            continue
        sentences += own
        furniture += _furniture_rows(record["doc_id"], done, pieces)
        documents.append(
            record
            | {
                "published_on": published_on,
                "country": record["country"] or country_of_publisher(record["publisher"] or ""),
                "text": done.text,
                "edits": [edit._asdict() for edit in done.edits],
                "text_condition": done.condition,
                "restoration_score": done.score,
                "n_words": len(done.text.split()),
                "is_uncertain": done.score < settings.min_score,
            }
        )
    return {
        "normalized": pa.Table.from_pylist(documents, schema=schemas.NORMALIZED),
        "sentences": pa.Table.from_pylist(sentences, schema=schemas.SENTENCES),
        "furniture": pa.Table.from_pylist(furniture, schema=schemas.FURNITURE),
        "refusals": pa.Table.from_pylist(refusals, schema=schemas.REFUSALS),
    }


def _furniture_rows(doc_id: str, done: Normalized, pieces: Sequence[Piece]) -> Iterator[Row]:
    to_raw = RawMap(done.edits)
    for number, piece in enumerate(pieces):
        raw_start, raw_end = to_raw.span(piece.start, piece.end)
        yield {
            "furniture_id": f"{doc_id}-f{number:05d}",
            "doc_id": doc_id,
            **piece._asdict(),
            "raw_start": raw_start,
            "raw_end": raw_end,
            "text": done.text[piece.start : piece.end],
        }


def _sentence_rows(doc_id: str, done: Normalized, pieces: Sequence[Piece]) -> Iterator[Row]:
    """Yield the sentences of the paragraphs, without the furniture at their edges; a card may stand in a sentence."""
    to_raw = RawMap(done.edits)
    edges = {piece.start: piece.end for piece in pieces if piece.type != "card"}
    starts = {end: start for start, end in edges.items()}
    number = 0
    for paragraph, (start, end) in enumerate(split_paragraphs(done.text)):
        start = edges.get(start, start)
        end = starts.get(end, end)
        body = done.text[start:end]
        start += len(body) - len(body.lstrip())
        for s, e in split_sentences(body.strip()):
            raw_start, raw_end = to_raw.span(start + s, start + e)
            yield {
                "sentence_id": f"{doc_id}-s{number:05d}",
                "doc_id": doc_id,
                "paragraph": paragraph,
                "start": start + s,
                "end": start + e,
                "raw_start": raw_start,
                "raw_end": raw_end,
                "text": done.text[start + s : start + e],
            }
            number += 1

"""Records in, documents and sentences out."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from tasks import schemas
from tasks.edits import RawMap
from tasks.errors import RejectCode
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
        `normalized` (`schemas.NORMALIZED`) and `sentences` (`schemas.SENTENCES`) in the order of the records, and
        `refusals` (`schemas.REFUSALS`), one for each record that could not be restored or of which nothing is left.
    """
    documents: list[Row] = []
    sentences: list[Row] = []
    refusals: list[Row] = []
    rows = records.to_pylist()
    texts: dict[str, list[str]] = {}
    for record in rows:
        texts.setdefault(record["batch_id"], []).append(record["raw_text"])
    learns = settings.restore and settings.learn_names
    decoders = {batch_id: learn_names(own) for batch_id, own in texts.items()} if learns else {}
    for record in rows:
        decoder = decoders.get(record["batch_id"])
        try:
            done = normalize_text(
                record["raw_text"], restore=settings.restore, repair_quotes=settings.repair_quotes, decoder=decoder
            )
            own = list(_sentence_rows(record["doc_id"], done))
        except Exception as error:  # one record must not take the batch along
            refusals.append(refuse_failed(record, "normalize", error, record["raw_text"]))
            continue
        if not own:
            reason = "nothing is left when what is no text is taken out"
            refusals.append(refuse(record, "normalize", RejectCode.NO_TEXT, reason, record["raw_text"]))
            continue
        sentences += own
        documents.append(
            record
            | {
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
        "refusals": pa.Table.from_pylist(refusals, schema=schemas.REFUSALS),
    }


def _sentence_rows(doc_id: str, done: Normalized) -> Iterator[Row]:
    to_raw = RawMap(done.edits)
    number = 0
    for paragraph, (start, end) in enumerate(split_paragraphs(done.text)):
        for s, e in split_sentences(done.text[start:end]):
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

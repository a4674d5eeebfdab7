"""Documents and sentences in, entities out.

Order, for each document: pieces → the model's mentions, the rules' and the lexicons' → conflicts → consistency in the
document → names resolved → offsets into the raw text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
from spacy.language import Language

from tasks import schemas
from tasks.edits import Edit, RawMap
from tasks.entities.consistency import settle
from tasks.entities.lexicon import Mention
from tasks.entities.line import find_in_line
from tasks.entities.model import load_pipeline
from tasks.entities.pieces import cut_pieces
from tasks.entities.resolve import resolve_names
from tasks.settings import EntitySettings
from tasks.tables import Row, SentenceIndex, refuse_failed

VERSION = "2"
RESOURCES: tuple[str, ...] = (
    "models/entities/**/*",
    "config/lexicons/countries.tsv",
    "config/lexicons/calendar.tsv",
    "config/lexicons/units.tsv",
    "config/lexicons/military.tsv",
    "config/lexicons/defence_names.tsv",
    "config/lexicons/name_heads.tsv",
)
_CHUNK = 64  # documents in a memory zone
_PIECES = 64  # pieces at a time in the model: more cost memory and give no speed
_COLUMNS = ["doc_id", "text", "edits", "uri", "member", "record"]


def find_mentions(
    nlp: Language, texts: Sequence[str], starts: Sequence[Sequence[int]], label_map: dict[str, str]
) -> list[list[Mention]]:
    """Return the mentions of each text, sorted and free of overlaps.

    Args:
        nlp: The pipeline; its labels count after `label_map`, those that the dataset lacks are left out.
        texts: The documents.
        starts: Where the sentences of each start.
        label_map: The pipeline's labels → the dataset's.
    """
    found: list[list[Mention]] = [[] for _ in texts]
    pieces = [(text[s:e], (i, s)) for i, text in enumerate(texts) for s, e in cut_pieces(text, starts[i])]
    with nlp.memory_zone():
        for doc, (i, offset) in nlp.pipe(pieces, as_tuples=True, batch_size=_PIECES):
            spans = [(ent.start_char, ent.end_char, label_map.get(ent.label_, ent.label_)) for ent in doc.ents]
            model = [Mention(s, e, label, "model") for s, e, label in spans if label in schemas.LABELS]
            found[i] += [m._replace(start=m.start + offset, end=m.end + offset) for m in find_in_line(doc.text, model)]
    return [settle(text, mentions) for text, mentions in zip(texts, found, strict=True)]


def _entity_rows(document: Row, sentences: SentenceIndex, mentions: Sequence[Mention]) -> Iterator[Row]:
    text, doc_id = document["text"], document["doc_id"]
    to_raw = RawMap([Edit(**edit) for edit in document["edits"]])
    names = resolve_names(text, mentions)
    for n, (mention, name) in enumerate(zip(mentions, names, strict=True)):
        raw_start, raw_end = to_raw.span(mention.start, mention.end)
        yield {
            "entity_id": f"{doc_id}-e{n:05d}",
            "doc_id": doc_id,
            "sentence_id": sentences.find(doc_id, mention.start),
            "label": mention.label,
            "text": text[mention.start : mention.end],
            "start": mention.start,
            "end": mention.end,
            "raw_start": raw_start,
            "raw_end": raw_end,
            "canonical": name.canonical,
            "canonical_id": name.canonical_id,
            "method": mention.method,
            "score": None,
        }


def _annotate(nlp: Language, chunk: Sequence[Row], sentences: SentenceIndex, label_map: dict[str, str]) -> list[Row]:
    starts = [sentences.starts(document["doc_id"]) for document in chunk]
    mentions = find_mentions(nlp, [document["text"] for document in chunk], starts, label_map)
    return [row for d, m in zip(chunk, mentions, strict=True) for row in _entity_rows(d, sentences, m)]


def annotate_entities(documents: pa.Table, sentences: pa.Table, settings: EntitySettings) -> tuple[pa.Table, pa.Table]:
    """Find the entities of a batch.

    Args:
        documents: A table of `schemas.NORMALIZED`.
        sentences: Their sentences, of `schemas.SENTENCES`.
        settings: The model and its label map.

    Returns:
        Entities (`schemas.ENTITIES`), by document and start; and refusals (`schemas.REFUSALS`), one for each document
        that could not be done. Such a document does not touch its neighbours.

    Raises:
        ConfigError: The model cannot be loaded.
    """
    nlp = load_pipeline(settings)
    index = SentenceIndex(sentences)
    entities: list[pa.Table] = []
    refusals: list[Row] = []
    selected = documents.select(_COLUMNS)
    for at in range(0, selected.num_rows, _CHUNK):
        chunk = selected.slice(at, _CHUNK).to_pylist()
        try:
            rows = _annotate(nlp, chunk, index, settings.label_map)
        except Exception:  # any fault of any component: find the document, keep the others
            rows = []
            for document in chunk:
                try:
                    rows += _annotate(nlp, [document], index, settings.label_map)
                except Exception as error:
                    refusals.append(refuse_failed(document, "entities", error, document["text"]))
        entities.append(pa.Table.from_pylist(rows, schema=schemas.ENTITIES))
    empty = schemas.ENTITIES.empty_table()
    found = pa.concat_tables([empty, *entities]).unify_dictionaries().combine_chunks()
    return found, pa.Table.from_pylist(refusals, schema=schemas.REFUSALS)

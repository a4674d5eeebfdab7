"""Documents, sentences and furniture in, entities and roles out.

Order, for each document: pieces → the model's mentions, looked at again as wholes, the rules' and the lexicons' →
conflicts → consistency in the document → roles → names resolved → values of dates and amounts, scores → offsets into
the raw text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa
from spacy.language import Language

from tasks import schemas
from tasks.edits import Edit, RawMap
from tasks.entities.amounts import Amount, pick_dollar, read_amount
from tasks.entities.consistency import settle
from tasks.entities.date_values import read_date
from tasks.entities.decode import find_entities
from tasks.entities.kinds import load_kinds
from tasks.entities.lexicon import Mention, organisation_keys
from tasks.entities.line import find_in_line
from tasks.entities.model import load_pipeline
from tasks.entities.pieces import cut_pieces, narrow
from tasks.entities.resolve import Origin, Resolved, country_key, resolve_names
from tasks.entities.roles import Role, find_roles
from tasks.entities.scores import describe, score
from tasks.labels import LABELS
from tasks.settings import EntitySettings
from tasks.tables import Row, SentenceIndex, Spans, blank_out, find_spans, refuse_failed

_CHUNK = 64  # documents in a memory zone
#: Furniture in which nothing is named; the names in bylines, datelines, contacts and the like are mentions.
_NAMELESS = frozenset({"menu", "end", "page", "related"})
_AFTER = 40  # characters behind an amount that may go on
_BEFORE = 60  # characters before a date that say whether it is ahead
_COLUMNS = ["doc_id", "text", "edits", "published_on", "country", "uri", "member", "record", "batch_id"]


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
    kinds = load_kinds(nlp)
    places = [(i, s, e) for i, text in enumerate(texts) for s, e in cut_pieces(text, starts[i])]
    pieces = [narrow(texts[i][s:e]) for i, s, e in places]
    named = list(find_entities(nlp, pieces))
    if kinds:
        named = kinds.settle(pieces, named)
    for piece, (i, offset, _), names in zip(pieces, places, named, strict=True):
        read = [Mention(s, e, label_map.get(label, label), "model") for s, e, label in names]
        model = [mention for mention in read if mention.label in LABELS]
        found[i] += [m._replace(start=m.start + offset, end=m.end + offset) for m in find_in_line(piece, model)]
    return [settle(text, mentions) for text, mentions in zip(texts, found, strict=True)]


def _read_amounts(text: str, country: str, mentions: Sequence[Mention]) -> list[Amount]:
    """Return the amount of each mention: a currency that one leaves open may be another's."""

    def read(mention: Mention, stated: Collection[str]) -> Amount:
        kind = LABELS[mention.label].value
        if kind not in ("currency", "unit"):
            return Amount(None, None, None)
        end = text.find("\n", mention.end)
        after = text[mention.end : min(mention.end + _AFTER, end if end >= 0 else len(text))]
        return read_amount(kind, text[mention.start : mention.end], after, country, stated)

    stated = {amount.currency for amount in (read(mention, ()) for mention in mentions) if amount.currency}
    return [read(mention, stated) for mention in mentions]


def _read_date(text: str, mention: Mention, published: date | None) -> str | None:
    before = text[max(0, mention.start - _BEFORE) : mention.start]
    return read_date(text[mention.start : mention.end], published, before)


def _entity_rows(
    document: Row, sentences: SentenceIndex, to_raw: RawMap, mentions: Sequence[Mention], names: Sequence[Resolved]
) -> Iterator[Row]:
    text, doc_id = document["text"], document["doc_id"]
    named = Counter((name.canonical_id or "").removeprefix("iso:") for name in names)
    amounts = _read_amounts(text, document["country"] or pick_dollar(named), mentions)
    found = describe(text, mentions, [name.canonical_id for name in names])
    scores = [score(one) for one in found]
    for n, (mention, name) in enumerate(zip(mentions, names, strict=True)):
        raw_start, raw_end = to_raw.span(mention.start, mention.end)
        value = text[mention.start : mention.end]
        kind = LABELS[mention.label].value
        yield {
            "entity_id": f"{doc_id}-e{n:05d}",
            "doc_id": doc_id,
            "sentence_id": sentences.find(doc_id, mention.start),
            "label": mention.label,
            "text": value,
            "start": mention.start,
            "end": mention.end,
            "raw_start": raw_start,
            "raw_end": raw_end,
            "canonical": name.canonical,
            "canonical_id": name.canonical_id,
            "method": mention.method,
            "score": scores[n],
            "date_value": _read_date(text, mention, document["published_on"]) if kind == "date" else None,
            **amounts[n]._asdict(),
        }


def _role_rows(document: Row, to_raw: RawMap, roles: Sequence[Role], entities: Sequence[Row]) -> Iterator[Row]:
    text, doc_id = document["text"], document["doc_id"]
    by_span = {(e["start"], e["end"]): e for e in entities}
    titles = [e for e in entities if e["label"] == "TITLE"]
    starts = [t["start"] for t in titles]
    for n, role in enumerate(roles):
        raw_start, raw_end = to_raw.span(role.start, role.end)
        person = by_span[role.person]
        i = bisect_left(starts, role.title[1]) - 1
        title = titles[i] if i >= 0 and role.title[0] < titles[i]["end"] else None
        stated = {name: text[slice(*span)] if span else None for name, span in role.stated().items()}
        ids = {f"{name}_id": by_span.get(span, {}).get("canonical_id") for name, span in role.stated().items() if span}
        yield {
            "role_id": f"{doc_id}-r{n:05d}",
            "doc_id": doc_id,
            "sentence_id": person["sentence_id"],
            "person_name": person["canonical"],
            "person_id": person["canonical_id"],
            "person_entity_id": person["entity_id"],
            "title_entity_id": title and title["entity_id"],
            **stated,
            "organisation_id": ids.get("organisation_id") or organisation_keys().get(stated["organisation"] or ""),
            "country_id": ids.get("country_id") or country_key(stated["country"] or ""),
            "published_on": document["published_on"],
            "text": text[role.start : role.end],
            "start": role.start,
            "end": role.end,
            "raw_start": raw_start,
            "raw_end": raw_end,
            "method": role.method,
            "score": None,
        }


class _Found(NamedTuple):
    """The rows of some documents."""

    entities: list[Row]
    roles: list[Row]


def _annotate(
    nlp: Language, chunk: Sequence[Row], sentences: SentenceIndex, nameless: Spans, label_map: dict[str, str]
) -> _Found:
    starts = [sentences.starts(document["doc_id"]) for document in chunk]
    found = _Found([], [])
    texts = [blank_out(document["text"], nameless.get(document["doc_id"], ())) for document in chunk]
    for document, text, own in zip(chunk, texts, find_mentions(nlp, texts, starts, label_map), strict=True):
        to_raw = RawMap([Edit(**edit) for edit in document["edits"]])
        roles = find_roles(text, own)
        names = resolve_names(text, own, roles, Origin(document["country"], document["published_on"]))
        entities = list(_entity_rows(document, sentences, to_raw, own, names))
        found.entities.extend(entities)
        found.roles.extend(_role_rows(document, to_raw, roles, entities))
    return found


def annotate_entities(
    documents: pa.Table, sentences: pa.Table, furniture: pa.Table, settings: EntitySettings
) -> dict[str, pa.Table]:
    """Find the entities of a batch and the roles that it states.

    Args:
        documents: A table of `schemas.NORMALIZED`.
        sentences: Their sentences, of `schemas.SENTENCES`.
        furniture: What in them is no part of a release, of `schemas.FURNITURE`.
        settings: The model and its label map.

    Returns:
        `entities` (`schemas.ENTITIES`) and `roles` (`schemas.ROLES`), by document and start; and `refusals`
        (`schemas.REFUSALS`), one for each document that could not be done. Such a document does not touch its
        neighbours.

    Raises:
        ConfigError: The model cannot be loaded.
    """
    index, nameless = SentenceIndex(sentences), find_spans(furniture, _NAMELESS)
    entities: list[pa.Table] = []
    roles: list[pa.Table] = []
    refusals: list[Row] = []
    selected = documents.select(_COLUMNS)
    for at in range(0, selected.num_rows, _CHUNK):
        nlp = load_pipeline(settings)  # kept by the process; not loaded for a batch without documents
        chunk = selected.slice(at, _CHUNK).to_pylist()
        try:
            found = _annotate(nlp, chunk, index, nameless, settings.label_map)
        except Exception:  # any fault of any component: find the document, keep the others
            found = _Found([], [])
            for document in chunk:
                try:
                    one = _annotate(nlp, [document], index, nameless, settings.label_map)
                except Exception as error:
                    refusals.append(refuse_failed(document, "entities", error, document["text"]))
                else:
                    found.entities.extend(one.entities)
                    found.roles.extend(one.roles)
        entities.append(pa.Table.from_pylist(found.entities, schema=schemas.ENTITIES))
        roles.append(pa.Table.from_pylist(found.roles, schema=schemas.ROLES))
    refused = pa.Table.from_pylist(refusals, schema=schemas.REFUSALS)
    return {
        "entities": _join(entities, schemas.ENTITIES),
        "roles": _join(roles, schemas.ROLES),
        "refusals": refused,
    }


def _join(parts: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *parts]).unify_dictionaries().combine_chunks()

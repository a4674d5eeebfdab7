"""Documents with their entities, roles and quotations in, engagements out.

Order: what is told in nobody's own voice is set aside (direct quotations, questions, turns of other states' officials,
furniture) → the rules → rows, with offsets into the raw text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pyarrow as pa

from tasks import schemas
from tasks.edits import Edit, RawMap
from tasks.engagements.codes import cameo, plover
from tasks.engagements.countries import country_of_person
from tasks.engagements.find import Engagement, find_engagements
from tasks.engagements.release import Mention, Office, Release, Span, Turn
from tasks.settings import EngagementSettings
from tasks.spans import merge_spans
from tasks.tables import Row, SentenceIndex, blank_out, find_spans, refuse_failed, rows_by_document, rows_of, values_of

_DOCUMENTS = ["doc_id", "title", "text", "published_on", "country", "uri", "member", "record", "batch_id"]
_ENTITIES = ["doc_id", "start", "end", "label", "entity_id", "canonical", "canonical_id", "date_value"]
_ROLES = ["doc_id", "person_entity_id", "title", "organisation", "organisation_id", "country_id", "start", "end"]
_QUOTES = [
    "doc_id", "type", "start", "end", "segments", "speaker", "speaker_start", "speaker_name", "speaker_kind",
    "speaker_title", "speaker_affiliation", "within",
]  # fmt: skip
#: Furniture that is no part of what a release tells.
_ASIDE = frozenset({"menu", "related", "card", "contact", "disclaimer", "banner", "end", "page", "source", "byline"})
_QUESTION = re.compile(
    r"q(?:uestion(?:er)?|\d*)?|journalist|reporter|interviewer|host|presenter|compere", re.IGNORECASE
)
_HEADLINE = 250  # characters of a text in which its headline is
_EDITION = re.compile(r"\b(?:\d{4}|\d{1,2}(?:st|nd|rd|th)?)\b")


def _mentions(entities: pa.Table) -> dict[str, list[Mention]]:
    """Return the mentions of each document."""
    found: dict[str, list[Mention]] = {}
    doc_ids, *values = (values_of(entities[name]) for name in _ENTITIES)
    for doc_id, mention in zip(doc_ids, map(Mention._make, zip(*values, strict=True)), strict=True):
        found.setdefault(doc_id, []).append(mention)
    return found


#: Words in quotation marks, to the end where none closes them.
_MARKED = re.compile(r"[“\"][^”\"]*(?:[”\"]|$)")
#: What ends a question on its own line: `Question: Will you go? Answer: We went.`
_ANSWER = re.compile(r"[?.] (?:Answer|A|Reply|Response): ")


def _silent(quotes: Sequence[Row], aside: Sequence[Span], text: str) -> list[Span]:
    """Return the stretches in which nobody tells anything in the publisher's voice, ascending."""
    spans = list(aside)
    for quote in quotes:
        said = [(s["start"], s["end"]) for s in quote["segments"] or [quote]]
        if quote["type"] == "direct":
            spans += said
        elif quote["type"] == "mixed":  # told in the publisher's words but for what stands in quotation marks
            spans += [marked.span() for start, end in said for marked in _MARKED.finditer(text, start, end)]
        elif quote["type"] == "turn" and _is_asked(quote):
            answer = _ANSWER.search(text, quote["start"], quote["end"])
            spans.append((quote["start"], answer.start() if answer else quote["end"]))
    return merge_spans(spans)


def _speaker(quote: Row) -> str:
    return str(quote["speaker_name"] or quote["speaker"] or "").strip(" :.")


def _is_asked(quote: Row) -> bool:
    return _QUESTION.fullmatch(_speaker(quote)) is not None


def _release(
    document: Row, starts: Sequence[Span], aside: Sequence[Span], mentions: Sequence[Mention], roles: Sequence[Row],
    quotes: Sequence[Row],
) -> Release:  # fmt: skip
    text = blank_out(document["text"], aside)
    if aside:  # what is no part of the release is blank
        mentions = [
            m._replace(end=end)
            for m in mentions
            if (end := m.start + len(text[m.start : m.end].rstrip())) > m.start and not text[m.start].isspace()
        ]
    offices: dict[str, list[Office]] = {}
    for r in roles:
        held = Office(r["start"], r["end"], r["title"], r["organisation"], r["organisation_id"], r["country_id"])
        offices.setdefault(r["person_entity_id"], []).append(held)
    return Release(
        text,
        document["title"] or _first_line(text),
        document["published_on"],
        document["country"],
        starts,
        sorted(mentions),
        offices,
        _silent(quotes, aside, text),
        sorted(Turn(q["start"], q["end"], _speaker(q)) for q in quotes if q["type"] == "turn"),
    )


def _first_line(text: str) -> str:
    """Return the line that a text starts with, if it reads as a headline."""
    for line in text[:_HEADLINE].split("\n")[:4]:
        line = line.strip()
        if len(line.split()) > 3 and line[-1] not in ".!?:;" and len(line) < _HEADLINE - 1:
            return line
    return ""


def _offsets(prefix: str, span: Span | None, to_raw: RawMap) -> dict[str, int | None]:
    names = (f"{prefix}start", f"{prefix}end", f"{prefix}raw_start", f"{prefix}raw_end")
    values = (*span, *to_raw.span(*span)) if span else (None,) * 4
    return dict(zip(names, values, strict=True))


def _passage(text: str, span: Span, to_raw: RawMap) -> Row:
    return {"text": text[slice(*span)], **_offsets("", span, to_raw)}


def _participant(one: Engagement, number: int, text: str, to_raw: RawMap) -> Row:
    part = one.parts[number]
    actor = part.actor
    span = (actor.start, actor.end) if actor.end > actor.start else None
    mention = actor.mention
    return {
        "side": one.sides.index(actor.country) + 1,
        "roles": list(part.roles) or (["member"] if actor.kind != "person" and one.type in _JOINT else []),
        "text": text[slice(*span)] if span else None,
        **_offsets("", span, to_raw),
        "entity_id": mention.entity_id if mention and span else None,
        "name": actor.name,
        "person_id": mention.key if mention and actor.name and country_of_person(mention.key) else None,
        "title": actor.title,
        "organisation": actor.organisation,
        "organisation_id": actor.organisation_id,
        "country_id": actor.country,
    }


_JOINT = frozenset({"conference", "exercise", "operation", "deployment"})


def _say_parties(participants: Sequence[Row]) -> str | None:
    """Return who takes part in a line: `RUS Vladimir Orlov – TUR Kemal Aydin`."""
    sides: dict[int, list[str]] = {}
    for p in participants:
        sides.setdefault(p["side"], [(p["country_id"] or "?").removeprefix("iso:")])
        if who := p["name"] or p["organisation"] or p["title"]:
            sides[p["side"]].append(who)
    return " – ".join(f"{s[0]} {', '.join(s[1:])}".rstrip() for _, s in sorted(sides.items())) or None


def _rows(
    document: Row, edits: pa.ListScalar, release: Release, sentences: SentenceIndex, types: Collection[str]
) -> Iterator[Row]:
    """Yield the rows of schemas.ENGAGEMENTS of a document."""
    doc_id, text = document["doc_id"], document["text"]
    found = find_engagements(release, types)
    if not found:
        return
    to_raw = RawMap([Edit(**edit) for edit in edits.as_py()])
    keys = [f"{doc_id}-g{n:05d}" for n in range(len(found))]
    for key, one in zip(keys, found, strict=True):
        if one.type not in types:
            continue
        participants = [_participant(one, n, text, to_raw) for n in range(len(one.parts))]
        known = sorted(one.countries)
        place = (one.place.start, one.place.end) if one.place else None
        day = (one.when.mention.start, one.when.mention.end) if one.when.mention else None
        edition = _EDITION.search(text[slice(*one.name)]) if one.name else None
        yield {
            "engagement_id": key,
            "doc_id": doc_id,
            "sentence_id": sentences.find(doc_id, one.evidence[0]),
            "published_on": document["published_on"],
            "type": one.type,
            "status": one.status,
            "mention": one.mention,
            "modality": one.modality,
            "level": one.level,
            "text": text[slice(*one.evidence)],
            **_offsets("", one.evidence, to_raw),
            "cue": text[slice(*one.cue)] if one.cue else None,
            **_offsets("cue_", one.cue, to_raw),
            "participants": participants,
            "country_ids": known,
            "countries": ", ".join(side.removeprefix("iso:") for side in known) or None,
            "parties": _say_parties(participants),
            "n_sides": len(one.sides),
            "name": text[slice(*one.name)] if one.name else None,
            **_offsets("name_", one.name, to_raw),
            "edition": edition.group() if edition else None,
            "place": text[slice(*place)] if place else None,
            **_offsets("place_", place, to_raw),
            "place_country_id": one.place_country,
            "date_text": text[slice(*day)] if day else None,
            **_offsets("date_text_", day, to_raw),
            "date_start": one.when.first,
            "date_end": one.when.last,
            "date_precision": one.when.precision,
            "date_basis": one.when.basis,
            "host_country_id": one.host,
            **_by("invited_by", one.invited_by, text, to_raw),
            **_by("initiated_by", one.initiated_by, text, to_raw),
            "subjects": [_passage(text, span, to_raw) for span in one.subjects],
            "agreements": [_passage(text, span, to_raw) for span in one.agreements],
            "part_of": keys[one.part_of] if one.part_of is not None and found[one.part_of].type in types else None,
            "plover": plover(one.type, one.status),
            "cameo": cameo(one.type, one.status, one.host is not None and one.host == one.sides[0]),
            "method": one.method,
            "score": None,
        }


def _by(name: str, who: tuple[Span, str] | None, text: str, to_raw: RawMap) -> Row:
    """Return the columns of who invited or initiated."""
    span = who[0] if who else None
    return {
        name: text[slice(*span)] if span else None,
        **_offsets(f"{name}_", span, to_raw),
        f"{name}_country_id": who[1] if who else None,
    }


def extract_engagements(
    documents: pa.Table,
    sentences: pa.Table,
    furniture: pa.Table,
    entities: pa.Table,
    roles: pa.Table,
    quotes: pa.Table,
    settings: EngagementSettings,
) -> dict[str, pa.Table]:
    """Find the engagements of a batch.

    Args:
        documents: A table of `schemas.NORMALIZED`.
        sentences: Their sentences, of `schemas.SENTENCES`.
        furniture: What in them is no part of a release, of `schemas.FURNITURE`.
        entities: Their mentions, of `schemas.ENTITIES`.
        roles: The offices that they state, of `schemas.ROLES`.
        quotes: Their quotations, of `schemas.EXTRACTED_QUOTES`.
        settings: Which types are wanted.

    Returns:
        `engagements` (`schemas.ENGAGEMENTS`), by document and start; and `refusals` (`schemas.REFUSALS`), one for each
        document that could not be done. Such a document does not touch its neighbours.
    """
    index, aside = SentenceIndex(sentences), find_spans(furniture, _ASIDE)
    tables: list[Any] = [
        _mentions(entities),
        rows_by_document(roles.select(_ROLES)),
        rows_by_document(quotes.select(_QUOTES)),
    ]
    rows: list[Row] = []
    refusals: list[Row] = []
    for document, edits in zip(rows_of(documents.select(_DOCUMENTS)), documents["edits"], strict=True):
        doc_id = document["doc_id"]
        try:
            own = [table.get(doc_id, []) for table in tables]
            release = _release(document, index.spans(doc_id), sorted(aside.get(doc_id, [])), *own)
            rows += _rows(document, edits, release, index, settings.types)
        except Exception as error:  # any fault of any rule: this document is refused, the others stay
            refusals.append(refuse_failed(document, "engagements", error, document["text"]))
    found = pa.Table.from_pylist(rows, schema=schemas.ENGAGEMENTS)
    return {"engagements": found, "refusals": pa.Table.from_pylist(refusals, schema=schemas.REFUSALS)}

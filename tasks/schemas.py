"""The only Arrow schemas: what is staged between stages and what is published.

Every field carries its description in its metadata under the key `description`; the table of columns in the README is
generated from it (`python -m tasks.schemas`). Columns are only ever appended.
"""

from __future__ import annotations

import pyarrow as pa

from tasks.labels import ENTITY_LABELS

SCHEMA_VERSION = 2

KINDS = ("release", "transcript", "speech", "statement", "other")
LABELS = tuple(label.name for label in ENTITY_LABELS)

VOCABULARY = pa.dictionary(pa.int32(), pa.string())
EDIT = pa.struct(
    [("kind", pa.string()), ("raw_start", pa.int32()), ("raw_end", pa.int32()), ("replacement", pa.string())]
)
SEGMENT = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("raw_start", pa.int32()), ("raw_end", pa.int32())])


def _field(name: str, kind: pa.DataType, description: str, *, required: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=not required, metadata={"description": description})


def _span(what: str, prefix: str = "", *, required: bool = True) -> list[pa.Field]:
    return [
        _field(f"{prefix}start", pa.int32(), f"start of {what} in documents.text", required=required),
        _field(f"{prefix}end", pa.int32(), f"end of {what} in documents.text, exclusive", required=required),
        _field(f"{prefix}raw_start", pa.int32(), f"start of {what} in documents.raw_text", required=required),
        _field(f"{prefix}raw_end", pa.int32(), f"end of {what} in documents.raw_text, exclusive", required=required),
    ]


_PLACE = [
    _field("uri", pa.string(), "the input file that it came from", required=True),
    _field("member", pa.string(), "path inside the archive, where the input is one"),
    _field("record", pa.int64(), "number of the record in the file or member, from 0"),
]
_RUN = _field("run_id", pa.string(), "the run that wrote the row: a key of _runs", required=True)
_DOC = _field("doc_id", pa.string(), "the document: a key of documents", required=True)
_SENTENCE = _field("sentence_id", pa.string(), "the sentence in which it starts: a key of sentences")
_METHOD = [
    _field("method", VOCABULARY, "the rule or model that decided"),
    _field("score", pa.float32(), "how sure the method is, 0 to 1"),
]

_RECORD = [
    _field("doc_id", pa.string(), "stable key, made from source and raw text", required=True),
    _field("external_id", pa.string(), "the dump's own id"),
    _field("source_id", VOCABULARY, "the publisher: the id of a column map", required=True),
    _field("title", pa.string(), "title as the dump has it"),
    _field("url", pa.string(), "address as the dump has it"),
    _field("published_on", pa.date32(), "day of publication, where a listed format matched"),
    _field("published_raw", pa.string(), "day of publication as the dump has it"),
    _field("kind", VOCABULARY, "release, transcript, speech, statement or other", required=True),
    _field("language", VOCABULARY, "ISO 639-1 code, identified", required=True),
]
_RAW = _field(
    "raw_text", pa.string(), "the text as it came out of the dump, decoded, otherwise untouched", required=True
)

#: Between ingest and normalize: a record of the dump that was accepted.
INGESTED = pa.schema([*_RECORD, _RAW, *_PLACE])

_RESTORED = [
    _field("text", pa.string(), "the restored text", required=True),
    _RAW,
    _field("edits", pa.list_(EDIT), "the repairs that turn raw_text into text, in order", required=True),
    _field("text_condition", VOCABULARY, "what the raw text was: spaced, partly or glued", required=True),
    _field("restoration_score", pa.float32(), "how sure the restoration is, 0 to 1; 1 where nothing was restored"),
    _field("n_words", pa.int32(), "words of the restored text", required=True),
]
#: What the ingest stage notes of each accepted record for finding copies: empty signature where the text is too short.
INDEX = pa.schema([("doc_id", pa.string()), ("signature", pa.list_(pa.uint32()))])
#: What was decided of each record, in plan order: kept or not, and the earlier document that it nearly equals.
DECISIONS = pa.schema([("keep", pa.bool_()), ("near_duplicate_of", pa.string())])
#: Between normalize and publish: the document without what only publish knows.
_UNCERTAIN = _field("is_uncertain", pa.bool_(), "whether restoration_score is below normalize.min_score", required=True)
NORMALIZED = pa.schema([*_RECORD, *_RESTORED, *_PLACE, _UNCERTAIN])

DOCUMENTS = pa.schema(
    [
        *_RECORD,
        *_RESTORED,
        _field("near_duplicate_of", pa.string(), "doc_id of an earlier document with almost the same words"),
        *_PLACE,
        _field("batch_id", pa.string(), "the batch: a key of _manifest", required=True),
        _RUN,
        _field("pipeline_version", VOCABULARY, "version of the program and of every stage", required=True),
        _UNCERTAIN,
    ]
)

SENTENCES = pa.schema(
    [
        _field("sentence_id", pa.string(), "stable key", required=True),
        _DOC,
        _field("paragraph", pa.int32(), "number of the paragraph in the document, from 0", required=True),
        *_span("the sentence"),
        _field("text", pa.string(), "the sentence", required=True),
    ]
)

ENTITIES = pa.schema(
    [
        _field("entity_id", pa.string(), "stable key", required=True),
        _DOC,
        _SENTENCE,
        _field("label", VOCABULARY, ", ".join(LABELS), required=True),
        _field("text", pa.string(), "the mention, verbatim", required=True),
        *_span("the mention"),
        _field("canonical", pa.string(), "the fullest form of the name in the document"),
        _field("canonical_id", pa.string(), "key beyond the document, where a lexicon knows one: iso:RUS, org:nato"),
        *_METHOD,
        _field("date_value", pa.string(), "DATE as ISO 8601, a day, month, year or interval; null if it could be two"),
        _field("amount", pa.float64(), "MONEY and QUANTITY: the number"),
        _field("currency", VOCABULARY, "MONEY: ISO 4217 code; a bare $ counts as USD, null if it could be two"),
        _field("unit", VOCABULARY, "QUANTITY: symbol of the unit: km, kg, ft"),
    ]
)

ROLES = pa.schema(
    [
        _field("role_id", pa.string(), "stable key", required=True),
        _DOC,
        _SENTENCE,
        _field("person", pa.string(), "who holds the office, verbatim", required=True),
        _field("person_name", pa.string(), "who holds the office, the fullest form in the document", required=True),
        _field("person_id", pa.string(), "key of the person, where a lexicon knows one: person:sergei-shoigu"),
        _field("person_entity_id", pa.string(), "the person's mention: a key of entities", required=True),
        _field("title", pa.string(), "the office or rank, verbatim", required=True),
        _field("title_entity_id", pa.string(), "the title's mention, where it is one: a key of entities"),
        _field("qualifier", VOCABULARY, "former, acting and the like, verbatim; null if nothing is said"),
        _field(
            "organisation",
            pa.string(),
            "organisation, unit, ship or place that it is held at, verbatim; null: not stated",
        ),
        _field("organisation_id", pa.string(), "key of that, where a lexicon knows one: org:nato"),
        _field("country", pa.string(), "whose office it is, verbatim; null if not stated"),
        _field("country_id", pa.string(), "key of the stated country: iso:RUS"),
        _field("published_on", pa.date32(), "day of publication of the document"),
        _field("text", pa.string(), "the phrase that states it, verbatim", required=True),
        *_span("the phrase"),
        *_METHOD,
    ]
)

#: What the quotes stage yields; publish adds speaker_entity_id and speaker_id.
EXTRACTED_QUOTES = pa.schema(
    [
        _field("quote_id", pa.string(), "stable key", required=True),
        _DOC,
        _SENTENCE,
        _field("type", VOCABULARY, "direct, indirect, mixed, statement or turn", required=True),
        _field("text", pa.string(), "from the first to the last character of the content, verbatim", required=True),
        *_span("the content"),
        _field("segments", pa.list_(SEGMENT), "the pieces of the content; more than one if interrupted", required=True),
        _field("cue", pa.string(), "the reporting words, verbatim"),
        *_span("the cue", "cue_", required=False),
        _field("speaker", pa.string(), "who says it, verbatim"),
        *_span("the speaker", "speaker_", required=False),
        _field("speaker_name", pa.string(), "who says it, resolved to the fullest form in the document"),
        _field("speaker_kind", VOCABULARY, "person, role, institution or unknown", required=True),
        _field("speaker_title", pa.string(), "title or rank of the speaker as stated"),
        _field("speaker_affiliation", pa.string(), "organisation or country of the speaker as stated"),
        *_METHOD,
        _field("repair", VOCABULARY, "what was assumed about damaged quote marks; none if nothing"),
    ]
)
QUOTES = EXTRACTED_QUOTES.insert(
    EXTRACTED_QUOTES.get_field_index("method"),
    _field("speaker_entity_id", pa.string(), "the speaker's mention: a key of entities"),
).append(_field("speaker_id", pa.string(), "key of the speaker, the canonical_id of that mention"))

DUPLICATES = pa.schema(
    [
        _field("doc_id", pa.string(), "the document that was kept: a key of documents", required=True),
        _field("external_id", pa.string(), "the dump's own id of the copy"),
        *_PLACE,
        _field("kind", VOCABULARY, "exact: the same source and raw text", required=True),
        _RUN,
    ]
)

#: What stages yield; publish appends run_id.
REFUSALS = pa.schema(
    [
        *_PLACE,
        _field("stage", VOCABULARY, "ingest, normalize, entities or quotes", required=True),
        _field("code", VOCABULARY, "the rule that refused it, or stage_failed", required=True),
        _field("message", pa.string(), "the reason, for a person", required=True),
        _field("excerpt", pa.string(), "the start of what was refused"),
    ]
)
REJECTS = REFUSALS.append(_RUN)

TABLES: dict[str, pa.Schema] = {
    "documents": DOCUMENTS,
    "sentences": SENTENCES,
    "entities": ENTITIES,
    "quotes": QUOTES,
    "roles": ROLES,
    "duplicates": DUPLICATES,
    "rejects": REJECTS,
}


def columns_markdown() -> str:
    """Return the tables and columns of the dataset as Markdown."""
    lines: list[str] = []
    for name, schema in TABLES.items():
        lines += [f"### {name}", "", "| column | type | what it holds |", "|---|---|---|"]
        for field in schema:
            kind = str(field.type.value_type if pa.types.is_dictionary(field.type) else field.type)
            kind = "list of structs" if pa.types.is_list(field.type) else kind
            text = (field.metadata or {})[b"description"].decode()
            lines.append(f"| {field.name} | {kind} | {text} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    print(columns_markdown())

"""The registry of tables, and the only Arrow schemas: what is staged between stages and what is published.

Order: columns by what they say → schemas between stages → a schema and a `Table` for each table of the dataset.
Staging, assembly, restaging, partitions, checks, counts, `explain` and docs/tables.md derive from `TABLES`. Every field
carries its description in its metadata under the key `description`. Columns are only ever appended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from tasks.errors import RejectCode
from tasks.labels import ENTITY_LABELS

SCHEMA_VERSION = 7

KINDS = ("release", "transcript", "speech", "statement", "other")
KIND_BASES = ("dump", "default", "turns")
CONDITIONS = ("spaced", "partly", "glued")
FURNITURE_TYPES = (
    "byline",
    "dateline",
    "event",
    "source",
    "caption",
    "contact",
    "menu",
    "disclaimer",
    "banner",
    "end",
    "page",
    "related",
    "card",
)
FURNITURE_BASES = ("form", "place", "repeated")
QUOTE_TYPES = ("direct", "indirect", "mixed", "statement", "turn")
SPEAKER_KINDS = ("person", "role", "institution", "unknown")
QUOTE_REPAIRS = ("none", "unclosed", "unopened", "reopened", "lost")
COPY_KINDS = ("exact",)
ENGAGEMENT_TYPES = (
    "meeting",
    "call",
    "visit",
    "conference",
    "exercise",
    "operation",
    "port_call",
    "agreement",
    "transfer",
    "training",
    "deployment",
    "encounter",
)
ENGAGEMENT_STATUSES = ("held", "planned", "ongoing", "cancelled")
ENGAGEMENT_MENTIONS = ("news", "recap", "background")
MODALITIES = ("in_person", "phone", "video", "at_sea", "in_air", "in_port", "written", "unknown")
#: The ranks of office-holders, from the highest; then those of whom none is known.
LEVELS = ("head", "minister", "deputy", "chief", "command", "working", "unit", "unknown")
PARTICIPANT_ROLES = ("host", "visitor", "inviter", "initiator", "signer", "giver", "receiver", "member")
DATE_PRECISIONS = ("day", "month", "year", "none")
DATE_BASES = ("stated", "relative", "published", "none")
FIGURE_CATEGORIES = (
    "aircraft",
    "vessel",
    "vehicle",
    "weapon",
    "munition",
    "personnel",
    "civilian",
    "combatant",
    "sortie",
    "strike",
    "tonnage",
    "other",
)
FIGURE_ACTS = (
    "killed",
    "wounded",
    "captured",
    "missing",
    "destroyed",
    "damaged",
    "seized",
    "detected",
    "entered",
    "deployed",
    "took_part",
    "delivered",
    "pledged",
    "sold",
    "evacuated",
    "escorted",
    "none",
)
FORMULA_KINDS = ("template", "speech", "text")
READOUT_ASPECTS = ("subject", "agreement", "place", "level", "initiative", "date")
COMPARISONS = ("only_first", "only_second", "differs")
#: The tables of which a record that was read is a row of one.
ACCOUNTED = ("documents", "duplicates", "rejects")
LABELS = tuple(label.name for label in ENTITY_LABELS)

VOCABULARY = pa.dictionary(pa.int32(), pa.string())
EDIT = pa.struct(
    [("kind", pa.string()), ("raw_start", pa.int32()), ("raw_end", pa.int32()), ("replacement", pa.string())]
)
SEGMENT = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("raw_start", pa.int32()), ("raw_end", pa.int32())])
BLOCK = pa.struct([("raw_start", pa.int32()), ("raw_end", pa.int32())])


def _either(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} or {values[-1]}"


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
_BATCH = _field("batch_id", pa.string(), "the batch: records of one file that were worked on together", required=True)
#: What a row says of when its document was published: rows of a file are sorted by it.
YEAR = _field("year", pa.int16(), "year of the document's day of publication; null where it has none")
_PART = _field("batch_id", pa.string(), "the batch that it was read in, as in documents")
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
    _field("title", pa.string(), "title as the dump has it, but for markup"),
    _field("url", pa.string(), "address as the dump has it"),
    _field(
        "published_on",
        pa.date32(),
        "day of publication, where a listed format matched; where the dump gives none (published_raw is null), the one "
        "day that bylines, datelines and lines of source state",
    ),
    _field("published_raw", pa.string(), "day of publication as the dump has it"),
    _field("kind", VOCABULARY, _either(KINDS), required=True),
    _field("language", VOCABULARY, "ISO 639-1 code, identified", required=True),
]
_BASIS = _field(
    "kind_basis",
    VOCABULARY,
    "what kind rests on: the dump's word or title, the source's default, or turns that were found",
)
_PUBLISHER = _field(
    "publisher", pa.string(), "who publishes it, where the dump names publishers of its own records; else null"
)
_RAW = _field(
    "raw_text", pa.string(), "the text as it came out of the dump, decoded, otherwise untouched", required=True
)
_BLOCKS = _field(
    "blocks", pa.list_(BLOCK), "what the page sets off as block quotations, in raw_text; null where it sets off nothing"
)

_COUNTRY = _field(
    "country",
    VOCABULARY,
    "country of the publisher, ISO 3166-1 alpha-3: its source file's, else what the publisher's name says",
)

#: Between ingest and normalize: a record of the dump that was accepted.
INGESTED = pa.schema([*_RECORD, _RAW, *_PLACE, _BATCH, _BLOCKS, _BASIS, _PUBLISHER, _COUNTRY])

_RESTORED = [
    _field("text", pa.string(), "the restored text", required=True),
    _RAW,
    _field("edits", pa.list_(EDIT), "the repairs that turn raw_text into text, in order", required=True),
    _field("text_condition", VOCABULARY, f"what the raw text was: {_either(CONDITIONS)}", required=True),
    _field(
        "restoration_score",
        pa.float32(),
        "how sure the restoration is, 0 to 1; 1 where nothing was restored, 0 where ligatures were lost",
    ),
    _field("n_words", pa.int32(), "words of the restored text", required=True),
]
#: What the ingest stage notes of each accepted record for finding copies: empty signature where the text is too short.
INDEX = pa.schema([("batch_id", pa.string()), ("doc_id", pa.string()), ("signature", pa.list_(pa.uint32()))])
#: What was decided of each record, in plan order: kept or not, and the earlier document that it nearly equals.
DECISIONS = pa.schema([("keep", pa.bool_()), ("near_duplicate_of", pa.string())])
#: Between normalize and publish: the document without what only publish knows.
_UNCERTAIN = _field("is_uncertain", pa.bool_(), "whether restoration_score is below normalize.min_score", required=True)
NORMALIZED = pa.schema([*_RECORD, *_RESTORED, *_PLACE, _BATCH, _UNCERTAIN, _BLOCKS, _BASIS, _PUBLISHER, _COUNTRY])

DOCUMENTS = pa.schema(
    [
        *_RECORD,
        *_RESTORED,
        _field("near_duplicate_of", pa.string(), "doc_id of an earlier document with almost the same words"),
        *_PLACE,
        _BATCH,
        _RUN,
        _field("pipeline_version", VOCABULARY, "version of the program and of every stage", required=True),
        _UNCERTAIN,
        _BLOCKS,
        _BASIS,
        _PUBLISHER,
        _COUNTRY,
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

FURNITURE = pa.schema(
    [
        _field("furniture_id", pa.string(), "stable key", required=True),
        _DOC,
        _field("type", VOCABULARY, _either(FURNITURE_TYPES), required=True),
        _field("text", pa.string(), "the line or the piece of it, verbatim", required=True),
        *_span("it"),
        _field(
            "basis",
            VOCABULARY,
            "what it is known by: its form, its form and place, or that it stands in several documents of the batch",
            required=True,
        ),
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
        _field(
            "amount", pa.float64(), "MONEY and QUANTITY: the number; null for a range and where it cannot be read whole"
        ),
        _field(
            "currency",
            VOCABULARY,
            "MONEY: ISO 4217 code, a bare $ by the publisher's country, else USD; null if it could be two",
        ),
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

_PHRASE = [
    _field("speaker_phrase", pa.string(), "the speaker with title and apposition, verbatim; null if there are none"),
    *_span("that phrase", "phrase_", required=False),
]
#: A speaker as the quotes stage reads it from the text alone: speaker and its columns, where publish knows better.
PROPOSAL = pa.struct(
    [
        ("text", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("raw_start", pa.int32()),
        ("raw_end", pa.int32()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("title", pa.string()),
        ("affiliation", pa.string()),
    ]
)
_QUOTE = pa.schema(
    [
        _field("quote_id", pa.string(), "stable key", required=True),
        _DOC,
        _SENTENCE,
        _field("type", VOCABULARY, _either(QUOTE_TYPES), required=True),
        _field("text", pa.string(), "from the first to the last character of the content, verbatim", required=True),
        *_span("the content"),
        _field("segments", pa.list_(SEGMENT), "the pieces of the content; more than one if interrupted", required=True),
        _field("cue", pa.string(), "the reporting words, verbatim"),
        *_span("the cue", "cue_", required=False),
        _field("speaker", pa.string(), "who says it, verbatim"),
        *_span("the speaker", "speaker_", required=False),
        _field("speaker_name", pa.string(), "who says it, resolved to the fullest form in the document"),
        _field("speaker_kind", VOCABULARY, _either(SPEAKER_KINDS), required=True),
        _field("speaker_title", pa.string(), "title or rank of the speaker as stated"),
        _field("speaker_affiliation", pa.string(), "organisation or country of the speaker as stated"),
        *_METHOD,
        _field("repair", VOCABULARY, "what was assumed about damaged quote marks; none if nothing"),
    ]
)
_WITHIN = _field("within", pa.string(), "the turn that it stands in, where the speaker quotes another: a key of quotes")
#: What the quotes stage yields.
EXTRACTED_QUOTES = pa.schema([*_QUOTE, *_PHRASE, _WITHIN])
QUOTES = pa.schema(
    [
        *_QUOTE.insert(
            _QUOTE.get_field_index("method"),
            _field("speaker_entity_id", pa.string(), "the mention that names the speaker: a key of entities"),
        ),
        _field("speaker_id", pa.string(), "key of the speaker, the canonical_id of that mention"),
        *_PHRASE,
        _WITHIN,
        _field("speaker_proposed", PROPOSAL, "the speaker as read without the mentions of entities; null if the same"),
    ]
)

DUPLICATES = pa.schema(
    [
        _field("doc_id", pa.string(), "the document that was kept: a key of documents", required=True),
        _field("external_id", pa.string(), "the dump's own id of the copy"),
        *_PLACE,
        _field("kind", VOCABULARY, "exact: the same source and raw text", required=True),
        _RUN,
        _PART,
    ]
)

#: What stages yield; publish appends run_id.
REFUSALS = pa.schema(
    [
        *_PLACE,
        _field("stage", VOCABULARY, "ingest, normalize, entities, quotes, engagements or figures", required=True),
        _field("code", VOCABULARY, "the rule that refused it, or stage_failed", required=True),
        _field("message", pa.string(), "the reason, for a person", required=True),
        _field("excerpt", pa.string(), "the start of what was refused"),
        _PART,
    ]
)
REJECTS = REFUSALS.append(_RUN)

#: In the view people: an office as documents state it.
OFFICE = pa.struct(
    [
        ("title", pa.string()),
        ("qualifier", pa.string()),
        ("organisation", pa.string()),
        ("organisation_id", pa.string()),
        ("country_id", pa.string()),
        ("first_on", pa.date32()),
        ("last_on", pa.date32()),
        ("doc_ids", pa.list_(pa.string())),
    ]
)
_PERSON = _field(
    "person_key",
    pa.string(),
    "stable key, a lexicon's (person:sergei-shoigu) or made from the name (name:kefei-tan); name:…@doc_id is a person "
    "of whom that document has no full name",
    required=True,
)
PEOPLE = pa.schema(
    [
        _PERSON,
        _field("name", pa.string(), "the full name that most documents have", required=True),
        _field("aliases", pa.list_(pa.string()), "names as written, the most frequent first", required=True),
        _field("ids", pa.list_(pa.string()), "keys that lexicons have for the person", required=True),
        _field("country_id", pa.string(), "country whose office most documents state, else the lexicon's: iso:RUS"),
        _field(
            "offices",
            pa.list_(OFFICE),
            "offices as stated, by first day: title, qualifier, organisation, organisation_id, country_id, first_on "
            "and last_on (days of publication), doc_ids that state it",
            required=True,
        ),
        _field("n_documents", pa.int32(), "documents in person_mentions", required=True),
        _field(
            "n_quotations",
            pa.int32(),
            "quotations in person_mentions, turns included, those inside turns not",
            required=True,
        ),
        _field("first_on", pa.date32(), "first day of publication of these documents"),
        _field("last_on", pa.date32(), "last day of publication of these documents"),
    ]
)
PERSON_MENTIONS = pa.schema(
    [
        _field("person_key", pa.string(), "the person: a key of people", required=True),
        _DOC,
        _field("quote_id", pa.string(), "a quotation whose speaker it is: a key of quotes; null for an office"),
        _field("role_id", pa.string(), "a statement of an office: a key of roles; null for a quotation"),
    ]
)
#: In the table engagements: one who takes part.
PARTICIPANT = pa.struct(
    [
        ("side", pa.int32()),
        ("roles", pa.list_(pa.string())),
        ("text", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("raw_start", pa.int32()),
        ("raw_end", pa.int32()),
        ("entity_id", pa.string()),
        ("name", pa.string()),
        ("person_id", pa.string()),
        ("title", pa.string()),
        ("organisation", pa.string()),
        ("organisation_id", pa.string()),
        ("country_id", pa.string()),
    ]
)
#: In the table engagements: a piece of the text.
PASSAGE = pa.struct(
    [
        ("text", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("raw_start", pa.int32()),
        ("raw_end", pa.int32()),
    ]
)
_COUNTRY_IDS = _field(
    "country_ids", pa.list_(pa.string()), "keys of the sides that are known, sorted: iso:RUS, org:nato", required=True
)
_COUNTRIES = _field("countries", pa.string(), "the same in a line: `RUS, TUR`; null if none is known")
_PARTIES = _field("parties", pa.string(), "who takes part in a line, by sides: `RUS Vladimir Orlov – TUR Kemal Aydin`")
_NAMED_PLACE = _field("place", pa.string(), "the most exact place named for it, verbatim")
_PLACE_COUNTRY = _field("place_country_id", pa.string(), "country of that place")
_WHEN = [
    _field("date_start", pa.date32(), "its first day, or the first on which it may have been; null if not known"),
    _field("date_end", pa.date32(), "its last day, or the last on which it may have been; null if not known"),
    _field("date_precision", VOCABULARY, _either(DATE_PRECISIONS), required=True),
    _field(
        "date_basis",
        VOCABULARY,
        "what the days rest on: a calendar day that is stated, words that count from publication (relative), the day "
        "of publication itself (published), or none",
        required=True,
    ),
]
_TYPE = _field("type", VOCABULARY, _either(ENGAGEMENT_TYPES), required=True)
_STATUS = _field("status", VOCABULARY, f"on the day of publication: {_either(ENGAGEMENT_STATUSES)}", required=True)
_LEVEL = _field(
    "level", VOCABULARY, f"the highest level that both sides' named heads have: {_either(LEVELS)}", required=True
)
_MODALITY = _field("modality", VOCABULARY, _either(MODALITIES), required=True)
ENGAGEMENTS = pa.schema(
    [
        _field("engagement_id", pa.string(), "stable key", required=True),
        _DOC,
        _SENTENCE,
        _field("published_on", pa.date32(), "day of publication of the document"),
        _TYPE,
        _STATUS,
        _field("mention", VOCABULARY, "news, recap (of past weeks) or background; count news", required=True),
        _MODALITY,
        _LEVEL,
        _field("text", pa.string(), "the evidence: from the trigger to the outermost participant", required=True),
        *_span("the evidence"),
        _field("cue", pa.string(), "the trigger, verbatim; null where only the title has one"),
        *_span("the cue", "cue_", required=False),
        _field(
            "participants",
            pa.list_(PARTICIPANT),
            "one for each person who is named or, where nobody is, for each body or state. side counts from 1, the "
            f"publisher's; roles are some of {', '.join(PARTICIPANT_ROLES)}; text, without the title, has offsets "
            "where it stands in documents.text; name is the fullest form",
            required=True,
        ),
        _COUNTRY_IDS,
        _COUNTRIES,
        _PARTIES,
        _field("n_sides", pa.int32(), "sides that take part", required=True),
        _field("name", pa.string(), "name of the exercise, gathering, series or document, verbatim"),
        *_span("that name", "name_", required=False),
        _field("edition", pa.string(), "its edition: a number or a year"),
        _NAMED_PLACE,
        *_span("the place", "place_", required=False),
        _PLACE_COUNTRY,
        _field("date_text", pa.string(), "the calendar expression, verbatim; null where none is used"),
        *_span("that expression", "date_text_", required=False),
        *_WHEN,
        _field("host_country_id", pa.string(), "whose territory, ship or building it is on; null on neutral ground"),
        _field("invited_by", pa.string(), "who invited, verbatim"),
        *_span("who invited", "invited_by_", required=False),
        _field("invited_by_country_id", pa.string(), "country of who invited"),
        _field("initiated_by", pa.string(), "on whose initiative, verbatim"),
        *_span("on whose initiative", "initiated_by_", required=False),
        _field("initiated_by_country_id", pa.string(), "country on whose initiative it was"),
        _field("subjects", pa.list_(PASSAGE), "what was discussed, verbatim", required=True),
        _field("agreements", pa.list_(PASSAGE), "what was agreed to or signed, verbatim", required=True),
        _field("part_of", pa.string(), "the visit or gathering that it belongs to: a key of engagements"),
        _field("plover", VOCABULARY, "event type of the PLOVER ontology", required=True),
        _field("cameo", VOCABULARY, "code of the CAMEO ontology; null where it has none"),
        *_METHOD,
    ]
)
FIGURES = pa.schema(
    [
        _field("figure_id", pa.string(), "stable key; the table is empty unless `figures.forms` is set", required=True),
        _DOC,
        _SENTENCE,
        _field("published_on", pa.date32(), "day of publication of the document"),
        _field("text", pa.string(), "from the number, or the label of a tally, to the noun or number", required=True),
        *_span("that"),
        _field("value_min", pa.float64(), "the number, or the lower end of a range; null: only an upper end is told"),
        _field("value_max", pa.float64(), "the number, or the upper end of a range; null: `more than 300`"),
        _field("is_approximate", pa.bool_(), "whether it is told as about so many", required=True),
        _field("noun", pa.string(), "what is counted: the head noun, singular, or the label of a tally", required=True),
        _field("category", VOCABULARY, _either(FIGURE_CATEGORIES), required=True),
        _field("equipment_entity_id", pa.string(), "the equipment that is counted: a key of entities"),
        _field("act", VOCABULARY, f"what happened to it or what it did: {_either(FIGURE_ACTS)}", required=True),
        _field("act_text", pa.string(), "the words that say so, verbatim"),
        *_span("these words", "act_", required=False),
        _field("of_country_id", pa.string(), "whose, where a country stands with the noun: iso:RUS"),
        _field("by", pa.string(), "who is said to have done it, verbatim; null: not told"),
        *_span("who did it", "by_", required=False),
        _field(
            "claimed_by", pa.string(), "who says so, as a label of turns or a quotation has it; null: the publisher"
        ),
        _field("date_start", pa.date32(), "first day that it counts, where its sentence names one time alone"),
        _field("date_end", pa.date32(), "last day that it counts, likewise"),
        _field("is_cumulative", pa.bool_(), "whether it counts since a day or so far: never add them", required=True),
        _field("increment", pa.float64(), "what it grew by since the last count: `(+ 840)`; below 0: a correction"),
        *_METHOD,
    ]
)
_EVENT = _field("event_id", pa.string(), "the event: a key of events", required=True)
_ENGAGEMENT = _field("engagement_id", pa.string(), "the row that tells it: a key of engagements", required=True)
_SOURCE = _field("publisher", pa.string(), "who publishes it: documents.publisher, else the source", required=True)
EVENTS = pa.schema(
    [
        _field("event_id", pa.string(), "stable key, made from that of its first row", required=True),
        _TYPE,
        _field("status", VOCABULARY, "the furthest that is told; cancelled if that was told last", required=True),
        _COUNTRY_IDS,
        _COUNTRIES,
        _PARTIES,
        _field("n_sides", pa.int32(), "sides that take part, at most", required=True),
        _LEVEL,
        _MODALITY,
        _field("name", pa.string(), "name of the exercise, gathering or document"),
        _field("edition", pa.string(), "its edition"),
        _NAMED_PLACE,
        _PLACE_COUNTRY,
        *_WHEN,
        _field("is_news", pa.bool_(), "whether a row tells it as news", required=True),
        _field("n_documents", pa.int32(), "documents that tell it", required=True),
        _field("n_publishers", pa.int32(), "publishers that tell it", required=True),
        _field("sources", pa.list_(pa.string()), "these publishers, sorted", required=True),
        _field("first_published", pa.date32(), "first day of publication"),
        _field("last_published", pa.date32(), "last day of publication"),
    ]
)
EVENT_ROWS = pa.schema([_EVENT, _ENGAGEMENT, _DOC, _SOURCE])
DYADS = pa.schema(
    [
        _EVENT,
        _ENGAGEMENT,
        _DOC,
        _TYPE,
        _STATUS,
        _field("mention", VOCABULARY, _either(ENGAGEMENT_MENTIONS), required=True),
        _field("date_start", pa.date32(), "its first day"),
        _field("published_on", pa.date32(), "day of publication of the document"),
        _field("country_a", pa.string(), "one side: iso:RUS, the lesser of the two keys", required=True),
        _field("country_b", pa.string(), "the other side", required=True),
        _field("weight", pa.float64(), "1 by the number of pairs of the row: its weights add up to 1", required=True),
    ]
)
READOUTS = pa.schema(
    [
        _EVENT,
        _TYPE,
        _field("publisher_a", pa.string(), "the publisher whose name sorts first", required=True),
        _field("publisher_b", pa.string(), "the other publisher", required=True),
        _field("engagement_a", pa.string(), "its row: a key of engagements", required=True),
        _field("engagement_b", pa.string(), "the other's row: a key of engagements", required=True),
        _field("aspect", VOCABULARY, _either(READOUT_ASPECTS), required=True),
        _field("text_a", pa.string(), "what the first says; null: not in this text"),
        _field("text_b", pa.string(), "what the second says; null: not in this text"),
        _field("comparison", VOCABULARY, _either(COMPARISONS), required=True),
    ]
)
_FORMULA = _field("formula_id", pa.string(), "the formula: a key of formulas", required=True)
#: In the view formulas: a formula that has another word in one place.
VARIANT = pa.struct([("formula_id", pa.string()), ("word", pa.string()), ("other", pa.string())])
FORMULAS = pa.schema(
    [
        _field("formula_id", pa.string(), "stable key, made from the pattern", required=True),
        _field(
            "pattern",
            pa.string(),
            "5 to 12 words in small letters; names are their labels, numbers NUMBER: `at the invitation of GPE`",
            required=True,
        ),
        _field("n_words", pa.int32(), "its words", required=True),
        _field(
            "kind",
            VOCABULARY,
            "template: mostly in the first or last two sentences; speech: mostly in quotations and turns; else text",
            required=True,
        ),
        _field("n_documents", pa.int32(), "documents that have it, near-copies aside", required=True),
        _field("n_publishers", pa.int32(), "publishers that have it, at most 64", required=True),
        _field("first_on", pa.date32(), "day of publication of the first use"),
        _field("first_doc_id", pa.string(), "document of the first use: a key of documents"),
        _field("last_on", pa.date32(), "day of publication of the last use"),
        _field("last_doc_id", pa.string(), "document of the last use: a key of documents"),
        _field("n_since", pa.int32(), "later documents of its publishers, which could have had it", required=True),
        _field("replaced_by", pa.string(), "a variant that was first used after its last use: a key of formulas"),
        _field("replaced", pa.string(), "its word and the one that took its place: `firmly → resolutely`"),
        _field("variants", pa.list_(VARIANT), "formulas with another word in one place, at most 20", required=True),
    ]
)
FORMULA_USES = pa.schema(
    [
        _FORMULA,
        _DOC,
        _SENTENCE,
        *_span("the words")[:2],
        _field("published_on", pa.date32(), "day of publication of the document"),
        _field("speaker_id", pa.string(), "key of the speaker in whose words it stands"),
        _field("speaker_name", pa.string(), "the speaker in whose words it stands; null: the publisher"),
    ]
)
REVISIONS = pa.schema(
    [
        _field(
            "doc_id", pa.string(), "a document of which there is a later version: a key of documents", required=True
        ),
        _field("superseded_by", pa.string(), "the next version: a key of documents", required=True),
        _field("same", VOCABULARY, "what both have beside like words: external_id or url", required=True),
    ]
)


@dataclass(frozen=True)
class Table:
    """A table of the dataset.

    Attributes:
        name: Its folder.
        stage: The stage that yields it.
        schema: As published.
        key: The column that tells its rows apart; None if there is none.
        spans: Columns whose value stands in documents.text, each with the prefix of its four offsets.
        lists: Columns that are lists of such values, as structs with text and the four offsets.
        is_of_documents: Whether a row belongs to a document of its batch: it goes where the document goes and has its
            year, a column that the registry appends.
        added: Columns that only publish knows; what the stage yields lacks them.
        staged_as: Name of what the stage yields, where it is another one.
        vocabularies: Closed sets of values, by column; publish refuses any other.
    """

    name: str
    stage: str
    schema: pa.Schema
    key: str | None = None
    spans: tuple[tuple[str, str], ...] = ()
    lists: tuple[str, ...] = ()
    is_of_documents: bool = True
    added: tuple[str, ...] = ()
    staged_as: str = ""
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.is_of_documents and YEAR.name not in self.schema.names:
            object.__setattr__(self, "schema", self.schema.append(YEAR))
            object.__setattr__(self, "added", (*self.added, YEAR.name))

    @property
    def staged(self) -> str:
        """Name of the staged table."""
        return self.staged_as or self.name

    @property
    def staged_schema(self) -> pa.Schema:
        """Schema of what the stage yields."""
        return pa.schema([column for column in self.schema if column.name not in self.added])


#: The tables of a batch, in the order in which they are made: documents first, and what refers to a table after it.
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "documents",
            "normalize",
            DOCUMENTS,
            key="doc_id",
            added=("near_duplicate_of", "run_id", "pipeline_version"),
            staged_as="normalized",
            vocabularies={"kind": KINDS, "kind_basis": KIND_BASES, "text_condition": CONDITIONS},
        ),
        Table("sentences", "normalize", SENTENCES, key="sentence_id", spans=(("text", ""),)),
        Table(
            "furniture",
            "normalize",
            FURNITURE,
            key="furniture_id",
            spans=(("text", ""),),
            vocabularies={"type": FURNITURE_TYPES, "basis": FURNITURE_BASES},
        ),
        Table(
            "entities",
            "entities",
            ENTITIES,
            key="entity_id",
            spans=(("text", ""),),
            vocabularies={"label": LABELS},
        ),
        Table(
            "quotes",
            "quotes",
            QUOTES,
            key="quote_id",
            spans=(("text", ""), ("cue", "cue_"), ("speaker", "speaker_"), ("speaker_phrase", "phrase_")),
            added=("speaker_entity_id", "speaker_id", "speaker_proposed"),
            vocabularies={"type": QUOTE_TYPES, "speaker_kind": SPEAKER_KINDS, "repair": QUOTE_REPAIRS},
        ),
        Table("roles", "entities", ROLES, key="role_id", spans=(("text", ""),)),
        Table(
            "engagements",
            "engagements",
            ENGAGEMENTS,
            key="engagement_id",
            spans=(
                ("text", ""),
                ("cue", "cue_"),
                ("name", "name_"),
                ("place", "place_"),
                ("date_text", "date_text_"),
                ("invited_by", "invited_by_"),
                ("initiated_by", "initiated_by_"),
            ),
            lists=("participants", "subjects", "agreements"),
            vocabularies={
                "type": ENGAGEMENT_TYPES,
                "status": ENGAGEMENT_STATUSES,
                "mention": ENGAGEMENT_MENTIONS,
                "modality": MODALITIES,
                "level": LEVELS,
                "date_precision": DATE_PRECISIONS,
                "date_basis": DATE_BASES,
            },
        ),
        Table(
            "figures",
            "figures",
            FIGURES,
            key="figure_id",
            spans=(("text", ""), ("act_text", "act_"), ("by", "by_")),
            vocabularies={"category": FIGURE_CATEGORIES, "act": FIGURE_ACTS},
        ),
        Table(
            "duplicates",
            "ingest",
            DUPLICATES,
            is_of_documents=False,
            added=("run_id",),
            staged_as="copies",
            vocabularies={"kind": COPY_KINDS},
        ),
        Table(
            "rejects",
            "ingest",
            REJECTS,
            is_of_documents=False,
            added=("run_id",),
            staged_as="refusals",
            vocabularies={"code": tuple(RejectCode)},
        ),
    )
}

#: Views over the whole dataset, made after its batches; no batch depends on them.
VIEWS: dict[str, Table] = {
    table.name: table
    for table in (
        Table("people", "people", PEOPLE, key="person_key", is_of_documents=False),
        Table("person_mentions", "people", PERSON_MENTIONS, is_of_documents=False),
        Table(
            "revisions",
            "revisions",
            REVISIONS,
            key="doc_id",
            is_of_documents=False,
            vocabularies={"same": ("external_id", "url")},
        ),
        Table(
            "events",
            "events",
            EVENTS,
            key="event_id",
            is_of_documents=False,
            vocabularies={"type": ENGAGEMENT_TYPES, "status": ENGAGEMENT_STATUSES},
        ),
        Table("event_rows", "events", EVENT_ROWS, key="engagement_id", is_of_documents=False),
        Table("engagement_dyads", "events", DYADS, is_of_documents=False),
        Table(
            "readouts",
            "events",
            READOUTS,
            is_of_documents=False,
            vocabularies={"aspect": READOUT_ASPECTS, "comparison": COMPARISONS},
        ),
        Table(
            "formulas",
            "formulas",
            FORMULAS,
            key="formula_id",
            is_of_documents=False,
            vocabularies={"kind": FORMULA_KINDS},
        ),
        Table("formula_uses", "formulas", FORMULA_USES, is_of_documents=False),
    )
}

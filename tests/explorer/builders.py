"""Datasets for the explorer's tests: releases of invented ministries, committed as a run commits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from explorer.corpus import Corpus, open_corpus, unit_of
from explorer.index import update_index
from tasks.edits import Edit, RawMap
from tasks.publish.commit import put_segment
from tasks.publish.layout import Layout
from tasks.publish.log import Batch, append_commit, read_snapshot
from tasks.publish.rows import StagedRows
from tasks.publish.table import count_batches
from tasks.publish.views import commit_views
from tasks.schemas import TABLES, VIEWS
from tasks.staging import BatchHead, BundleRef
from tests.builders import assembled, doc_id, document, index, rows, span

PASSAGE = pa.struct([("text", pa.string())])
#: The columns of engagements, events and readouts that pages read.
ENGAGEMENTS = pa.schema(
    [(name, pa.string()) for name in ("engagement_id", "doc_id", "type", "status", "mention", "level", "text")]
    + [(name, pa.int32()) for name in ("start", "end", "raw_start", "raw_end")]
    + [(name, pa.int32()) for name in ("cue_start", "cue_end", "cue_raw_start", "cue_raw_end")]
    + [(name, pa.string()) for name in ("name", "place", "parties", "countries", "date_precision", "date_basis")]
    + [(name, pa.date32()) for name in ("published_on", "date_start", "date_end")]
    + [("country_ids", pa.list_(pa.string())), ("participants", pa.list_(pa.struct([("name", pa.string())])))]
    + [("subjects", pa.list_(PASSAGE)), ("agreements", pa.list_(PASSAGE))]
)
EVENTS = pa.schema(
    [(n, pa.string()) for n in ("event_id", "type", "status", "parties", "level", "name", "place", "date_precision")]
    + [("date_basis", pa.string()), ("country_ids", pa.list_(pa.string())), ("sources", pa.list_(pa.string()))]
    + [(name, pa.date32()) for name in ("date_start", "date_end", "first_published")]
    + [("n_documents", pa.int32()), ("n_publishers", pa.int32())]
)
EVENT_ROWS = pa.schema([(name, pa.string()) for name in ("event_id", "engagement_id", "doc_id", "publisher")])
READOUTS = pa.schema(
    [
        (name, pa.string())
        for name in ("event_id", "publisher_a", "publisher_b", "engagement_a", "engagement_b", "aspect", "comparison")
    ]
    + [("text_a", pa.string()), ("text_b", pa.string())]
)


@dataclass(frozen=True)
class Release:
    """A release, and what stages would find in it."""

    text: str
    title: str = "A release"
    day: date | None = date(2023, 5, 4)
    source: str = "generic"
    quotes: tuple[tuple[str, str], ...] = ()  # speaker and content
    countries: tuple[tuple[str, str], ...] = ()  # mention and code
    engagements: tuple[dict[str, Any], ...] = ()
    figures: tuple[dict[str, Any], ...] = ()
    raw: str | None = None
    edits: tuple[Edit, ...] = ()
    other: dict[str, Any] = field(default_factory=dict)

    @property
    def doc_id(self) -> str:
        return doc_id(self.raw or self.text)

    def place(self, value: str, prefix: str = "") -> dict[str, int]:
        start = self.text.index(value)
        raw_start, raw_end = RawMap(self.edits).span(start, start + len(value))
        return span(self.text, value, prefix) | {f"{prefix}raw_start": raw_start, f"{prefix}raw_end": raw_end}


VISIT = Release(
    "Colonel Anita Rao visited Kenya on Monday. “The drill in Mombasa went well,” Colonel Anita Rao said.",
    "Visit to Mombasa",
    quotes=(("Anita Rao", "The drill in Mombasa went well,"),),
    countries=(("Kenya", "KEN"),),
    engagements=(
        {"type": "visit", "status": "held", "text": "Anita Rao visited Kenya", "country_ids": ["iso:IND", "iso:KEN"]},
    ),
)
CALL = Release(
    "Minister Peter Lindqvist spoke by phone with his counterpart of Kenya and of Chile about fishing.",
    "A call",
    date(2022, 11, 30),
    quotes=(),
    countries=(("Kenya", "KEN"), ("Chile", "CHL")),
    engagements=(
        {
            "type": "call",
            "status": "held",
            "text": "spoke by phone with his counterpart of Kenya",
            "country_ids": ["iso:KEN", "iso:SWE"],
        },
        {
            "type": "exercise",
            "status": "planned",
            "text": "counterpart of Kenya and of Chile",
            "name": "Fog Bell",
            "country_ids": ["iso:CHL", "iso:SWE"],
        },
    ),
)
GLUED = Release(
    "The drill was held. Captain Joseph Mwangi thanked everybody, and said that the drill would be held again.",
    "Drill again",
    None,
    raw="Thedrillwasheld. Captain Joseph Mwangi thanked everybody, and said that the drill would be held again.",
    edits=(Edit("insert_space", 3, 3, " "), Edit("insert_space", 8, 8, " "), Edit("insert_space", 11, 11, " ")),
    quotes=(("Joseph Mwangi", "the drill would be held again"),),
    other={"text_condition": "glued"},
)
COUNTS = tuple(
    Release(
        f"The coast guard says that it has counted {n} boats since Sunday.",
        f"Boats, day {day}",
        date(2023, 7, day),
        figures=(
            {"text": f"{n} boats", "noun": "boat", "category": "vessel", "act": "detected", "value_min": float(n)},
        ),
    )
    for day, n in ((1, 30), (2, 41), (3, 39))
)
HOSTILE = Release(
    "<script>document.title='owned'</script> \u202egnp.exe\u202c \x00\x1b[31m </textarea><img src=x onerror=alert(1)> "
    '"><svg/onload=alert(2)> {{ 7*7 }} Kenya =1+1 ' + "long" * 50_000,
    '=HYPERLINK("http://evil.example")<script>alert(3)</script>\u202e',
    date(2023, 6, 1),
    quotes=(("</a><script>alert(4)</script>", "<img src=x onerror=alert(1)>"),),
    countries=(("Kenya", "KEN"),),
    engagements=(
        {
            "type": "visit",
            "status": "held",
            "text": "<svg/onload=alert(2)>",
            "place": "<b>x</b>",
            "country_ids": ["iso:KEN"],
            "parties": "<i>KEN</i>",
        },
    ),
    figures=(
        {
            "text": "<svg/onload=alert(2)>",
            "noun": "<i>tank</i>",
            "category": "vehicle",
            "act": "none",
            "by": "</textarea>",
        }
        | {"claimed_by": "</a><script>alert(6)</script>", "value_max": 3.0, "increment": -2.0, "is_cumulative": False},
    ),
    other={"url": "javascript:alert(5)", "uri": "<dump>.jsonl", "external_id": "'; DROP TABLE documents; --"},
)
RELEASES = (VISIT, CALL, GLUED, HOSTILE, *COUNTS)
#: Two formulas, of which one took the place of the other.
OLD, NEW = "formula:0000000000000001", "formula:0000000000000002"


def publish(root: Path, releases: Sequence[Release], batch: str = "00112233aabbccdd") -> None:
    """Commit releases as a segment, in place of one of the same batch."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for n, one in enumerate(releases):
        key = one.doc_id
        found["documents"].append(
            document(one.text, one.day, n, batch_id=batch, title=one.title, source_id=one.source, doc_id=key)
            | {"raw_text": one.raw or one.text, "edits": [edit._asdict() for edit in one.edits]}
            | one.other
        )
        for i, (name, code) in enumerate(one.countries):
            found["entities"].append(
                {"entity_id": f"{key}-e{i:05}", "doc_id": key, "label": "GPE", "text": name, "canonical": name}
                | {"canonical_id": f"iso:{code}", "method": "lexicon"}
                | one.place(name)
            )
        for i, (speaker, content) in enumerate(one.quotes):
            at = one.place(content)
            found["quotes"].append(
                {"quote_id": f"{key}-q{i:05}", "doc_id": key, "type": "direct", "text": content, "segments": [at]}
                | {"speaker_name": speaker, "speaker_kind": "unknown" if speaker == "Q" else "person", "repair": "none"}
                | at
            )
        for i, figure in enumerate(one.figures):
            found["figures"].append(
                {
                    "figure_id": f"{key}-f{i:05}",
                    "doc_id": key,
                    "published_on": one.day,
                    "value_max": figure.get("value_min"),
                }
                | {"is_approximate": False, "is_cumulative": True, "method": "rule:act"}
                | one.place(figure["text"])
                | (one.place(figure["by"], "by_") if "by" in figure else {})
                | figure
            )
    layout = Layout(root)
    tables = {name: rows(table.staged_schema, found[name]) for name, table in TABLES.items()}
    finished = assembled(tables)
    head = BundleRef(str(root / "_staging" / batch), (BatchHead(batch, "dump.jsonl", len(releases)),), 1)
    counts = count_batches(finished).get(batch, {})
    entry = Batch(batch_id=batch, uri="dump.jsonl", decisions=str(len(releases)), records=len(releases), **counts)
    staged = StagedRows.stage(head, finished | {"_index": index(finished)}, [entry], "x")
    segment = put_segment(layout, root / "_staging", [staged], source_id="generic", fingerprints={"ingest": "1"})
    before = read_snapshot(layout)
    gone = [key for key, one in before.segments.items() if any(b.batch_id == batch for b in one.batches)]
    append_commit(layout, before, "r1", add=[segment], remove=gone)


def name_people(root: Path, releases: Sequence[Release]) -> None:
    """Commit the views of people: everybody who is quoted in releases."""
    said = [
        (f"name:{name.lower().replace(' ', '-')}", name, one, f"{one.doc_id}-q{i:05}")
        for one in releases
        for i, (name, _) in enumerate(one.quotes)
    ]
    people = [
        {"person_key": key, "name": name, "aliases": [name], "ids": [], "country_id": "iso:KEN", "n_documents": 1}
        | {"n_quotations": sum(other == key for other, *_ in said), "first_on": one.day, "last_on": one.day}
        | {
            "offices": [
                {"title": "Colonel", "organisation": "<b>Navy</b>", "country_id": "iso:KEN", "doc_ids": [one.doc_id]}
            ]
        }
        for key, (name, one) in {key: (name, one) for key, name, one, _ in said}.items()
    ]
    mentions = [{"person_key": key, "doc_id": one.doc_id, "quote_id": quote} for key, _, one, quote in said]
    tables = {"people": people, "person_mentions": mentions}
    views = {name: rows(VIEWS[name].schema, sorted(found, key=repr)) for name, found in tables.items()}
    commit_views(Layout(root), root / "_staging", views, made_from="x", fingerprint="y")


def use_formulas(root: Path, releases: Sequence[Release]) -> None:
    """Commit the views of formulas: the first release uses one, the second another, which took its place."""
    first, last = releases[0], releases[1]
    common = {"n_words": 5, "kind": "speech", "n_documents": 5, "n_publishers": 1, "n_since": 3}
    found = [
        common
        | {"formula_id": key, "pattern": pattern, "first_on": one.day, "last_on": one.day, "first_doc_id": one.doc_id}
        | {"last_doc_id": one.doc_id, "replaced": replaced, "replaced_by": NEW if replaced else None}
        | {"variants": [{"formula_id": NEW if key == OLD else OLD, "word": "<b>went", "other": "will"}]}
        for key, pattern, one, replaced in (
            (OLD, "the drill in GPE went", first, "went → will"), (NEW, "<script>the drill in GPE will", last, None)
        )
    ]  # fmt: skip
    uses = [
        {"formula_id": OLD, "doc_id": first.doc_id, "start": 44, "end": 69, "published_on": first.day}
        | {"speaker_id": "name:anita-rao", "speaker_name": "Anita Rao"}
    ]
    tables = {
        "formulas": rows(VIEWS["formulas"].schema, found),
        "formula_uses": rows(VIEWS["formula_uses"].schema, uses),
    }
    commit_views(Layout(root), root / "_staging", tables, made_from="x", fingerprint="y")


def with_engagements(corpus: Corpus, root: Path, releases: Sequence[Release]) -> Corpus:
    """Return a dataset with engagements and what is made from them, whether or not the program makes them yet."""
    unit = unit_of(corpus.files["documents"][0])
    found, events, told = [], [], []
    for one in releases:
        for i, engagement in enumerate(one.engagements):
            key = f"{one.doc_id}-g{i:05}"
            found.append(
                {
                    "engagement_id": key,
                    "doc_id": one.doc_id,
                    "published_on": one.day,
                    "date_start": one.day,
                    "level": "minister",
                }
                | {
                    "mention": "news",
                    "date_precision": "day",
                    "date_basis": "stated",
                    "participants": [],
                    "subjects": [{"text": "fishing"}],
                }
                | one.place(engagement["text"])
                | engagement
            )
            events.append(
                {
                    "event_id": f"event:{key}",
                    "n_documents": 1,
                    "n_publishers": 2,
                    "sources": ["a", "b"],
                    "first_published": one.day,
                }
                | found[-1]
            )
            told.append({"event_id": f"event:{key}", "engagement_id": key, "doc_id": one.doc_id, "publisher": "<a>"})
    compared = [
        {"event_id": row["event_id"], "publisher_a": "<a>", "publisher_b": "b", "engagement_a": row["engagement_id"]}
        | {"engagement_b": row["engagement_id"], "aspect": "subject", "comparison": "only_first", "text_a": "fishing"}
        for row in told
    ]
    files = {name: list(paths) for name, paths in corpus.files.items()}
    for name, schema, listed in (
        ("engagements", ENGAGEMENTS, found), ("events", EVENTS, events), ("event_rows", EVENT_ROWS, told), ("readouts", READOUTS, compared),
    ):  # fmt: skip
        path = root / (
            f"{name}/source=generic/{unit}-0011aabb.parquet" if name == "engagements" else f"{name}/0011aabb.parquet"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows(schema, listed), path)
        files[name] = [str(path)]
    return replace(corpus, files=files)


def build(root: Path, releases: Sequence[Release] = RELEASES) -> Corpus:
    """Return an indexed dataset of releases, with people and engagements."""
    publish(root, releases)
    name_people(root, releases)
    use_formulas(root, releases)
    corpus = with_engagements(open_corpus(str(root)), root, releases)
    update_index(corpus)
    return corpus

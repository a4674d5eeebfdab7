"""A dataset of any size, as runs would have left it, to measure what commands cost beside it.

    python -m benchmarks.scale DIR [--documents 1000000] [--sources 40] [--seed 1]

Order: a pool of sentences from the grammar in benchmarks/scale.toml, each with the rows that belong to it → for each
source and run, documents drawn from the pool → their dumps → their rows, by place in the text → a segment, a commit and
a ledger. What the stages would find is taken from the grammar, so no stage runs.

DIR gets `dumps/SOURCE/*.jsonl`, `sources/SOURCE.toml` and `dataset`. To the program the dumps are read and published:

    communique run DIR/dumps/s00 --source DIR/sources/s00.toml --out DIR/dataset
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flows.fingerprints import fingerprint_stages, pipeline_version
from flows.ledger import Ledger
from flows.stages import STAGES
from tasks.engagements.codes import plover
from tasks.ingest.duplicates import MIN_WORDS, PERMUTATIONS, signature
from tasks.ingest.sources import load_source
from tasks.publish.commit import put_segment
from tasks.publish.dataset import describe_dataset
from tasks.publish.layout import Layout
from tasks.publish.log import Batch, InputFile, Snapshot, append_commit
from tasks.publish.table import conform, count_batches
from tasks.schemas import INDEX, SEGMENT, TABLES, YEAR
from tasks.settings import load_settings

#: Characters of a document: quantiles 0, 0.05 … 1 over 36,271 releases, speeches and transcripts cut to 2,100.
LENGTHS = (200, 487, 705, 922, 1165, 1483, 1865, *(2100,) * 14)
FILE_DOCUMENTS = 250
RUNS = 4  # of a source
YEARS = 20
FIRST_DAY = np.datetime64("2005-01-01")
NEAR = 0.031  # of the documents, the one before is sent again under another number
POOL = 50_000
PEOPLE = 30_000
_MOST = 40  # sentences of a document
_LEAST_SENT_AGAIN = 900  # characters, so that a copy has words enough to be known as one
_PARAGRAPH = 3  # sentences
_FOUND = 500  # rows of a table that a document may have
_TOKEN = re.compile(r"\{(\w+)\}|[\[\]<>|]")
_LABELS = {
    "person": "PERSON", "title": "TITLE", "org": "ORG", "city": "GPE", "country": "GPE", "norp": "NORP", "date": "DATE",
    "money": "MONEY",
}  # fmt: skip
_METHODS = {"country": "lexicon", "norp": "lexicon", "date": "rule:date", "money": "rule:money"}

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sentence:
    """A sentence of the grammar and the rows that belong to it; places are in the sentence.

    Attributes:
        text: The sentence.
        entities: slot, value, start, end and what the slot knows of the value.
        role: start and end of a phrase that states an office; the entities before and at its end hold it.
        quote: start and end of what is quoted.
        cue: start and end of the reporting words.
        engagement: What it reports as held; None: nothing.
    """

    text: str
    entities: tuple[tuple[str, int, int, dict[str, Any]], ...]
    role: tuple[int, int] | None
    quote: tuple[int, int] | None
    cue: tuple[int, int] | None
    engagement: str | None


class Grammar:
    """Sentences in the manner of ministries.

    Args:
        rng: The source of chance.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        values = tomllib.loads(Path(__file__).with_name("scale.toml").read_text(encoding="utf-8"))
        self._rng = rng
        self._slots: dict[str, Any] = values["slots"]
        self._templates = [entry for entry in values["templates"] for _ in range(entry["often"])]
        self._people = [f"{self._pick('first')} {self._name(3)}" for _ in range(PEOPLE)]
        self._cities = [self._name(2) for _ in range(PEOPLE // 30)]

    def sentence(self) -> Sentence:
        """Make a sentence."""
        entry = self._templates[int(self._rng.integers(len(self._templates)))]
        template = entry["text"]
        text, at = "", 0
        entities: list[tuple[str, int, int, dict[str, Any]]] = []
        marks: dict[str, list[int]] = {}
        for token in _TOKEN.finditer(template):
            text += template[at : token.start()]
            at = token.end()
            if (slot := token[1]) is None:
                marks.setdefault({"<": ">", "[": "]"}.get(token[0], token[0]), []).append(len(text))
                continue
            value, known = self._fill(slot)
            if slot in _LABELS:
                entities.append((slot, len(text), len(text) + len(value), known))
            text += value
        text += template[at:]
        role, quote, cue = (tuple(marks[name]) if name in marks else None for name in (">", "]", "|"))
        return Sentence(text, tuple(entities), role, quote, cue, entry.get("engagement"))  # type: ignore[arg-type]

    def _fill(self, slot: str) -> tuple[str, dict[str, Any]]:
        rng = self._rng
        if slot == "person":  # a few are in the news every day
            return self._people[int(PEOPLE * rng.random() ** 3)], {}
        if slot == "city":
            return self._cities[int(rng.integers(len(self._cities)))], {}
        if slot == "date":
            day, month, year = int(rng.integers(1, 29)), int(rng.integers(12)), int(rng.integers(2005, 2025))
            return f"{day} {self._slots['month'][month]} {year}", {"date_value": f"{year}-{month + 1:02}-{day:02}"}
        if slot == "money":
            amount = int(rng.integers(2, 900))
            return f"${amount} million", {"amount": amount * 1e6, "currency": "USD"}
        value = self._pick(slot)
        if isinstance(self._slots[slot], dict):
            return value, {"canonical_id": f"iso:{self._slots[slot][value]}"}
        return value, {}

    def _pick(self, slot: str) -> str:
        values = list(self._slots[slot])
        return str(values[int(self._rng.integers(len(values)))])

    def _name(self, syllables: int) -> str:
        return "".join(self._pick("syllable") for _ in range(syllables)).capitalize()


@dataclass(frozen=True)
class Rows:
    """Rows of a table for all sentences of the pool, those of a sentence together.

    Attributes:
        table: The columns; `start` and `end` and their like are places in the sentence.
        first: For each sentence its first row, and the number of rows at the end.
    """

    table: pa.Table
    first: Numbers

    @classmethod
    def of(cls, rows: Sequence[Sequence[Mapping[str, Any]]], schema: pa.Schema) -> Rows:
        """Put rows into columns, from a list for each sentence."""
        names = {name for found in rows for row in found for name in row}
        flat = [row for found in rows for row in found]
        columns = pa.schema([item for item in schema if item.name in names] + _EXTRA)
        return cls(
            pa.Table.from_pylist(flat, schema=columns),
            np.array([0, *accumulate(len(found) for found in rows)], np.int64),
        )

    def take(self, sentences: Numbers) -> tuple[pa.Table, Numbers]:
        """Return the rows of sentences, in order, and for each row the place of its sentence in that list."""
        counts = self.first[sentences + 1] - self.first[sentences]
        owner = np.repeat(np.arange(len(sentences)), counts)
        before = np.cumsum(counts) - counts
        rows = np.arange(len(owner)) - before[owner] + self.first[sentences][owner]
        return self.table.take(pa.array(rows)), owner


#: Numbers among the entities of the sentence: of who holds an office or speaks, and of the office.
_EXTRA = [pa.field("holder", pa.int64()), pa.field("office", pa.int64())]


@dataclass
class Pool:
    """Sentences to draw from, with their rows."""

    texts: list[str]
    lengths: Numbers
    words: Numbers
    signatures: npt.NDArray[np.uint32]
    entities: Rows
    quotes: Rows
    roles: Rows
    engagements: Rows

    @classmethod
    def make(cls, rng: np.random.Generator) -> Pool:
        """Make the pool."""
        grammar = Grammar(rng)
        made = [grammar.sentence() for _ in range(POOL)]
        texts = [sentence.text for sentence in made]
        return cls(
            texts=texts,
            lengths=np.array([len(text) for text in texts]),
            words=np.array([len(text.split()) for text in texts]),
            signatures=_sign(texts),
            entities=Rows.of([list(_entities(sentence)) for sentence in made], TABLES["entities"].schema),
            quotes=Rows.of([list(_quotes(sentence)) for sentence in made], TABLES["quotes"].schema),
            roles=Rows.of([list(_roles(sentence)) for sentence in made], TABLES["roles"].schema),
            engagements=Rows.of([list(_engagements(sentence)) for sentence in made], TABLES["engagements"].schema),
        )


def _sign(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Return signatures of sentences. The least values over those of a text are its own, but for what runs across."""
    # A sentence is shorter than what is signed at all; twice over it has the same shingles and four of its seam.
    longer = (" ".join([text] * (-(-MIN_WORDS // len(text.split())))) for text in texts)
    return np.array([signature(text) for text in longer], np.uint32)


def _entities(sentence: Sentence) -> Iterator[dict[str, Any]]:
    for slot, start, end, known in sentence.entities:
        value = sentence.text[start:end]
        yield {
            "label": _LABELS[slot], "text": value, "start": start, "end": end, "canonical": value,
            "method": _METHODS.get(slot, "model"), "score": None if slot in _METHODS else 0.9,
        } | known  # fmt: skip


def _roles(sentence: Sentence) -> Iterator[dict[str, Any]]:
    if sentence.role is None:
        return
    start, end = sentence.role
    holder = next(n for n, entity in enumerate(sentence.entities) if entity[0] == "person" and entity[2] == end)
    person = sentence.text[slice(*sentence.entities[holder][1:3])]
    yield {
        "person": person, "person_name": person, "title": sentence.text[slice(*sentence.entities[holder - 1][1:3])],
        "text": sentence.text[start:end], "start": start, "end": end, "method": "rule:before",
        "holder": holder, "office": holder - 1,
    }  # fmt: skip


def _quotes(sentence: Sentence) -> Iterator[dict[str, Any]]:
    if sentence.quote is None or sentence.cue is None:
        return
    start, end = sentence.quote
    kind = "direct" if sentence.text[start - 1] == "“" else "indirect"
    holder = next(n for n, entity in enumerate(sentence.entities) if entity[0] in ("person", "org"))
    slot, speaker_start, speaker_end, _ = sentence.entities[holder]
    speaker = sentence.text[speaker_start:speaker_end]
    yield {
        "type": kind, "text": sentence.text[start:end], "start": start, "end": end,
        "cue": sentence.text[slice(*sentence.cue)], "cue_start": sentence.cue[0], "cue_end": sentence.cue[1],
        "speaker": speaker, "speaker_start": speaker_start, "speaker_end": speaker_end, "speaker_name": speaker,
        "speaker_kind": "person" if slot == "person" else "institution",
        "speaker_phrase": speaker, "phrase_start": speaker_start, "phrase_end": speaker_end, "repair": "none",
        "method": f"{kind}-that", "score": 0.9, "holder": holder,
    }  # fmt: skip


def _engagements(sentence: Sentence) -> Iterator[dict[str, Any]]:
    """Yield what a sentence reports: its countries are the sides, the first day in it is when."""
    if (kind := sentence.engagement) is None:
        return
    sides = sorted({known["canonical_id"] for *_, known in sentence.entities if "canonical_id" in known})
    when = next((known["date_value"] for *_, known in sentence.entities if "date_value" in known), None)
    found = {
        "type": kind, "status": "held", "mention": "news", "modality": "unknown", "level": "unit",
        "text": sentence.text, "start": 0, "end": len(sentence.text), "participants": [], "country_ids": sides,
        "n_sides": len(sides), "countries": ", ".join(sides), "parties": " – ".join(sides),
        "date_precision": "day" if when else "none", "date_basis": "stated" if when else "none",
        "subjects": [], "agreements": [], "plover": plover(kind, "held"), "method": "rule",
    }  # fmt: skip
    yield found | ({"date_start": date.fromisoformat(when), "date_end": date.fromisoformat(when)} if when else {})


@dataclass
class Documents:
    """Documents of a source, drawn from the pool: `sentences` has their sentences one after the other."""

    source_id: str
    first: int
    ids: pa.Array = field(init=False)
    texts: list[str] = field(init=False)
    near: list[str | None] = field(init=False)
    urls: list[str] = field(init=False)
    days: npt.NDArray[np.datetime64] = field(init=False)
    sentences: Numbers = field(init=False)
    counts: Numbers = field(init=False)

    def draw(self, n: int, of: int, pool: Pool, rng: np.random.Generator) -> Documents:
        """Draw n documents of `of` that the source will have."""
        again = rng.random(n) < NEAR
        again[::FILE_DOCUMENTS] = False
        again[1:] &= ~again[:-1]
        targets = np.interp(rng.random(n), np.linspace(0, 1, len(LENGTHS)), LENGTHS)
        targets[:-1][again[1:]] = np.maximum(targets[:-1][again[1:]], _LEAST_SENT_AGAIN)
        drawn = rng.integers(POOL, size=(n, _MOST))
        counts = np.maximum((np.cumsum(pool.lengths[drawn] + 2, axis=1) <= targets[:, None] - 20).sum(axis=1), 1)
        copies = np.flatnonzero(again)
        drawn[copies], counts[copies] = drawn[copies - 1], counts[copies - 1]
        self.counts = counts
        self.sentences = drawn[np.arange(_MOST) < counts[:, None]]
        numbers = range(self.first, self.first + n)
        ends = np.cumsum(counts)
        self.texts = [
            _write(number, [pool.texts[s] for s in self.sentences[end - count : end]])
            for number, end, count in zip(numbers, ends, counts, strict=True)
        ]
        ids = [hashlib.sha256(f"{self.source_id}\0{text}".encode()).hexdigest()[:20] for text in self.texts]
        self.ids = pa.array(ids)
        self.near = [ids[i - 1] if is_again else None for i, is_again in enumerate(again)]
        address = f"https://{self.source_id}.example/releases"
        self.urls = [f"{address}/{number - is_again}" for number, is_again in zip(numbers, again, strict=True)]
        self.days = FIRST_DAY + (np.arange(self.first, self.first + n) * (YEARS * 365.25) / of).astype("timedelta64[D]")
        return self

    def dumps(self) -> Iterator[tuple[str, bytes]]:
        """Yield the names and the content of the dumps that have them."""
        for at in range(0, len(self.texts), FILE_DOCUMENTS):
            part = slice(at, at + FILE_DOCUMENTS)
            lines = (
                json.dumps({"id": url_id, "title": _heading(int(url_id)), "date": str(day), "url": url, "text": text})
                for url_id, day, url, text in zip(
                    map(str, range(self.first + at, self.first + len(self.texts))),
                    self.days[part], self.urls[part], self.texts[part], strict=False,
                )
            )  # fmt: skip
            number = (self.first + at) // FILE_DOCUMENTS
            yield f"{self.source_id}/{number:05}.jsonl", "".join(f"{line}\n" for line in lines).encode()


def _heading(number: int) -> str:
    return f"Release {number:08}."


def _write(number: int, sentences: Sequence[str]) -> str:
    paragraphs = (" ".join(sentences[at : at + _PARAGRAPH]) for at in range(0, len(sentences), _PARAGRAPH))
    return "\n\n".join([_heading(number), *paragraphs])


def make_tables(
    documents: Documents, pool: Pool, uris: Sequence[str], batch_ids: Sequence[str], run_id: str, version: str
) -> dict[str, pa.Table]:
    """Return the tables of documents as they are published, the index among them.

    Args:
        documents: The documents.
        pool: What they were drawn from.
        uris: The file of each document.
        batch_ids: Its batch.
        run_id: The run.
        version: pipeline_version of the run.
    """
    n = len(documents.texts)
    doc = np.repeat(np.arange(n), documents.counts)
    first_sentence = np.cumsum(documents.counts) - documents.counts
    number = np.arange(len(doc)) - first_sentence[doc]
    gap = 1 + (number % _PARAGRAPH == _PARAGRAPH - 1)
    ends = np.cumsum(pool.lengths[documents.sentences] + gap)
    start = ends - pool.lengths[documents.sentences] - gap
    start = start - start[first_sentence][doc] + len(_heading(0)) + 2
    places = _Places(documents, doc, number, start)
    made = {name: TABLES[name].schema.empty_table() for name in TABLES}
    made["documents"] = _documents(documents, pool, doc, uris, batch_ids, run_id, version)
    made["sentences"] = _sentences(places, pool)
    entities, owner = pool.entities.take(documents.sentences)
    first_entity = np.searchsorted(doc[owner], np.arange(n))
    entity = np.arange(len(owner)) - first_entity[doc[owner]]
    made["entities"] = places.fill("entities", entities, owner, entity, {})
    of_sentence = np.searchsorted(owner, np.arange(len(doc))) - first_entity[doc]
    found, owner = pool.engagements.take(documents.sentences)
    row = np.arange(len(owner)) - np.searchsorted(doc[owner], np.arange(n))[doc[owner]]
    days = pa.array(documents.days[doc[owner]])
    made["engagements"] = places.fill("engagements", found, owner, row, {"published_on": days})
    for name, rows in (("quotes", pool.quotes), ("roles", pool.roles)):
        found, owner = rows.take(documents.sentences)
        row = np.arange(len(owner)) - np.searchsorted(doc[owner], np.arange(n))[doc[owner]]
        holder = places.ids(doc[owner], "e", of_sentence[owner] + found["holder"].to_numpy())
        if name == "quotes":
            added = {"speaker_entity_id": holder}
        else:
            title = places.ids(doc[owner], "e", of_sentence[owner] + found["office"].to_numpy())
            days = pa.array(documents.days[doc[owner]])
            added = {"person_entity_id": holder, "title_entity_id": title, "published_on": days}
        made[name] = places.fill(name, found, owner, row, added)
    signatures = np.minimum.reduceat(pool.signatures[documents.sentences], first_sentence)
    return made | {"_index": _index(documents, batch_ids, signatures, made["documents"]["n_words"].to_numpy())}


@dataclass(frozen=True)
class _Places:
    """Where sentences stand: for each its document, its number in it from 0, and its start."""

    documents: Documents
    doc: Numbers
    number: Numbers
    start: Numbers

    def ids(self, doc: Numbers, letter: str, number: Numbers) -> pa.Array:
        """Return keys of rows, by document and number in it."""
        return pc.binary_join_element_wise(
            self.documents.ids.take(pa.array(doc)), _SUFFIXES[letter].take(pa.array(number)), ""
        )

    def fill(
        self, name: str, rows: pa.Table, owner: Numbers, number: Numbers, added: Mapping[str, pa.Array]
    ) -> pa.Table:
        """Give rows of sentences their keys and their places in the documents."""
        table = TABLES[name]
        doc = self.doc[owner]
        columns: dict[str, Any] = {
            str(table.key): self.ids(doc, _LETTERS[name], number),
            "doc_id": self.documents.ids.take(pa.array(doc)),
            "sentence_id": self.ids(doc, "s", self.number[owner] + 1),
            YEAR.name: _years(self.documents.days[doc]),
        }
        shift = pa.array(self.start[owner], pa.int32())
        for column in rows.column_names:
            if column.endswith(("start", "end")) and pa.types.is_integer(rows[column].type):
                columns[column] = pc.add(rows[column], shift)
                prefix, part = column.rsplit("_", 1) if "_" in column else ("", column)
                columns["_".join(filter(None, (prefix, "raw", part)))] = columns[column]
            elif column not in ("holder", "office"):
                columns[column] = rows[column]
        if name == "quotes":
            whole = [columns[part].combine_chunks() for part in ("start", "end", "raw_start", "raw_end")]
            pieces = pa.StructArray.from_arrays(whole, fields=list(SEGMENT))
            columns["segments"] = pa.ListArray.from_arrays(pa.array(range(len(pieces) + 1), pa.int32()), pieces)
        return _complete(name, {**columns, **added}, len(doc))


_LETTERS = {"sentences": "s", "entities": "e", "quotes": "q", "roles": "r", "engagements": "g"}
_SUFFIXES = {letter: pa.array([f"-{letter}{n:05}" for n in range(_FOUND)]) for letter in _LETTERS.values()}


def _sentences(places: _Places, pool: Pool) -> pa.Table:
    """Return the rows of sentences: the heading first, a paragraph of its own."""
    documents = places.documents
    n = len(documents.texts)
    doc = np.repeat(np.arange(n), documents.counts + 1)
    is_heading = np.ones(len(doc), bool)
    is_heading[np.arange(len(places.doc)) + places.doc + 1] = False
    number, start, which = (np.zeros(len(doc), np.int64) for _ in range(3))
    number[~is_heading], start[~is_heading] = places.number + 1, places.start
    which[~is_heading], which[is_heading] = documents.sentences, POOL + np.arange(n)
    headings = [_heading(documents.first + i) for i in range(n)]
    texts = pa.array(pool.texts + headings).take(pa.array(which))
    end = start + np.concatenate([pool.lengths, np.full(n, len(headings[0]))])[which]
    columns = {
        "sentence_id": places.ids(doc, "s", number), "doc_id": documents.ids.take(pa.array(doc)), "text": texts,
        "paragraph": np.where(is_heading, 0, 1 + (number - 1) // _PARAGRAPH), "start": start, "end": end,
        "raw_start": start, "raw_end": end, YEAR.name: _years(documents.days[doc]),
    }  # fmt: skip
    return _complete("sentences", columns, len(doc))


def _documents(
    documents: Documents,
    pool: Pool,
    doc: Numbers,
    uris: Sequence[str],
    batch_ids: Sequence[str],
    run_id: str,
    version: str,
) -> pa.Table:
    n = len(documents.texts)
    words = 2 + np.bincount(doc, pool.words[documents.sentences], n)
    same = {
        "source_id": documents.source_id, "kind": "release", "language": "en", "text_condition": "spaced",
        "run_id": run_id, "pipeline_version": version, "kind_basis": "default",
    }  # fmt: skip
    numbers = range(documents.first, documents.first + n)
    columns = {
        **{name: pa.repeat(value, n) for name, value in same.items()},
        "doc_id": documents.ids, "external_id": [str(i) for i in numbers], "title": [_heading(i) for i in numbers],
        "url": documents.urls, "published_on": documents.days, "published_raw": np.datetime_as_string(documents.days),
        "text": documents.texts, "raw_text": documents.texts, "edits": [[]] * n, "restoration_score": np.ones(n),
        "n_words": words, "near_duplicate_of": documents.near, "uri": uris,
        "record": [i % FILE_DOCUMENTS for i in numbers], "batch_id": batch_ids, "is_uncertain": np.zeros(n, bool),
        YEAR.name: _years(documents.days),
    }  # fmt: skip
    return _complete("documents", columns, n)


def _index(
    documents: Documents, batch_ids: Sequence[str], signatures: npt.NDArray[np.uint32], words: Numbers
) -> pa.Table:
    is_signed = words >= MIN_WORDS
    starts = np.concatenate([[0], np.cumsum(is_signed * PERMUTATIONS)])
    lists = pa.ListArray.from_arrays(pa.array(starts, pa.int32()), pa.array(signatures[is_signed].ravel()))
    return pa.table([pa.array(batch_ids), documents.ids, lists], schema=INDEX)


def _complete(name: str, columns: Mapping[str, Any], n: int) -> pa.Table:
    """Return a table with its schema from the columns that have values."""
    schema = TABLES[name].schema
    arrays = []
    for item in schema:
        plain = pa.string() if pa.types.is_dictionary(item.type) else item.type
        found = columns.get(item.name)
        if found is None:
            arrays.append(pa.nulls(n, plain))
        elif isinstance(found, pa.Array | pa.ChunkedArray):
            arrays.append(found.cast(plain))
        else:
            arrays.append(pa.array(found).cast(plain) if isinstance(found, np.ndarray) else pa.array(found, plain))
    return conform(pa.table(arrays, names=schema.names), schema)


def _years(days: npt.NDArray[np.datetime64]) -> pa.Array:
    return pa.array(days.astype("datetime64[Y]").astype(int) + 1970, pa.int16())


@dataclass(frozen=True)
class MadeRows:
    """Rows of a segment to be written, all of them in memory."""

    tables: Mapping[str, pa.Table]
    batches: tuple[Batch, ...]

    @property
    def size(self) -> int:
        """Bytes of raw text."""
        return int(pc.sum(pc.binary_length(self.tables["documents"]["raw_text"])).as_py())

    def years(self) -> Collection[int | None]:
        """Return the years that they have."""
        return set(pc.unique(self.tables["documents"][YEAR.name]).to_pylist())

    def read(self, table: str, year: int | None) -> Iterator[pa.Table]:
        """Yield the rows of a table that are of a year; those of a table without years are of none."""
        rows = self.tables[table]
        if YEAR.name in rows.column_names:
            yield rows.filter(pc.equal(rows[YEAR.name], year))
        elif year is None:
            yield rows


def make_dataset(folder: Path, n_documents: int, n_sources: int, seed: int = 1) -> Snapshot:
    """Make a dataset, the dumps that it was made from, and their sources.

    Args:
        folder: Where they go.
        n_documents: Documents, about: every source gets the same number, in files of FILE_DOCUMENTS.
        n_sources: Sources.
        seed: Of the source of chance.
    """
    rng = np.random.default_rng(seed)
    pool = Pool.make(rng)
    settings = load_settings(None)
    layout = Layout(folder / "dataset")
    snapshot = Snapshot()
    per_source = -(-n_documents // n_sources)
    per_run = -(-per_source // (RUNS * FILE_DOCUMENTS)) * FILE_DOCUMENTS
    for source_id in (f"s{number:02}" for number in range(n_sources)):
        path = folder / "sources" / f"{source_id}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'name = "Ministry {source_id}"\n', encoding="utf-8")
        made_with = fingerprint_stages(settings, load_source(str(path)), None)
        fingerprints = {name: value for name, value in made_with.items() if STAGES[name].scope != "dataset"}
        for first in range(0, per_source, per_run):
            documents = Documents(source_id, first).draw(min(per_run, per_source - first), per_source, pool, rng)
            snapshot = _run(folder, layout, snapshot, documents, pool, fingerprints)
    describe_dataset(layout, snapshot)
    layout.staging.rmdir()
    return snapshot


def _run(
    folder: Path, layout: Layout, snapshot: Snapshot, documents: Documents, pool: Pool, fingerprints: dict[str, str]
) -> Snapshot:
    """Write documents and their dumps as a run leaves them."""
    files: list[InputFile] = []
    for uri, content in documents.dumps():
        path = folder / "dumps" / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        batch_id = hashlib.sha256(f"{uri}\0{digest}".encode()).hexdigest()[:16]
        files.append(
            InputFile(source_id=documents.source_id, uri=uri, size=len(content), sha256=digest, batches=(batch_id,))
        )
    place = [files[i // FILE_DOCUMENTS] for i in range(len(documents.texts))]
    uris, batch_ids = [file.uri for file in place], [file.batches[0] for file in place]
    run_id = hashlib.sha256("".join(batch_ids).encode()).hexdigest()[:16]
    tables = make_tables(documents, pool, uris, batch_ids, run_id, pipeline_version(fingerprints))
    counts = count_batches({name: rows for name, rows in tables.items() if name != "_index"})
    batches = tuple(
        Batch(
            batch_id=file.batches[0], uri=file.uri, decisions=run_id, **counts[file.batches[0]],
            records=counts[file.batches[0]]["rows"]["documents"],
        )
        for file in files
    )  # fmt: skip
    segment = put_segment(
        layout, layout.staging, [MadeRows(tables, batches)], source_id=documents.source_id, fingerprints=fingerprints
    )
    snapshot = append_commit(layout, snapshot, run_id, add=[segment], inputs=files)
    now = datetime.now(UTC)
    ledger = Ledger(run_id, documents.source_id, [f"dumps/{documents.source_id}"], fingerprints)
    ledger.attempts.append({"started_at": now.isoformat(timespec="seconds"), "status": "running"})
    for batch in batches:
        ledger.counts.add(batch)
    ledger.close("done", now)
    ledger.write(layout)
    return snapshot


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--sources", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.perf_counter()
    snapshot = make_dataset(arguments.folder, arguments.documents, arguments.sources, arguments.seed)
    for name in TABLES:
        print(f"{sum(file.rows for file in snapshot.files(name)):>12,} {name}")
    print(f"{len(snapshot.segments):,} segments, {len(snapshot.inputs):,} files, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()

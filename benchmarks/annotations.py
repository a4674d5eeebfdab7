"""Annotated documents as rules see them, and what rules find in them compared with the annotation.

Order: lines of a file → damaged as dumps are, if asked for → restored, cut into sentences → compared in offsets of the
raw text. Whole quotations match at half their words in common, one to one, the nearest first; of those that match, the
speaker is right if his words and the annotated ones overlap, his name if it reads the same without accents and marks.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from tasks.edits import RawMap
from tasks.normalize.restore import learn_names
from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.normalize.text import normalize_text

Span = tuple[int, int]
Counts = Counter[str]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_EDGE = frozenset("\"'“”‘’«»,.;:!?—–- ")
_PLAIN = str.maketrans({"“": '"', "”": '"', "’": '"', "‘": '"', "'": '"', "—": "-", "–": "-"})


@dataclass(frozen=True)
class Document:
    """A document, restored, with what is annotated in it, in offsets into the raw text.

    Attributes:
        text: The restored text.
        starts: Where its sentences start.
        title: Its title, if it has one.
        published_on: Its day of publication, if it has one.
        to_raw: Offsets of the text → offsets of the raw text.
        words: The annotated text's words, in the raw text.
        annotation: The line of the file, moved.
    """

    text: str
    starts: Sequence[int]
    title: str | None
    published_on: date | None
    to_raw: RawMap
    words: Sequence[Span]
    annotation: Mapping[str, Any]

    def inside(self, spans: Iterable[Sequence[int]]) -> frozenset[int]:
        """Return where the words start that lie in spans of the raw text."""
        found: set[int] = set()
        for start, end in spans:
            at = bisect_left(self.words, (start, 0))
            while at < len(self.words) and self.words[at][0] < end:
                if self.words[at][1] <= end:
                    found.add(self.words[at][0])
                at += 1
        return frozenset(found)


class QuoteRow(NamedTuple):
    """A quotation, offsets into the raw text; `other` are its columns that nothing is annotated for."""

    kind: str
    segments: tuple[Span, ...]
    speaker: Span | None
    cue: Span | None
    name: str | None
    other: tuple[Any, ...]


class EntityRow(NamedTuple):
    """An entity, offsets into the raw text; `other` are its columns that nothing is annotated for."""

    start: int
    end: int
    label: str
    other: tuple[Any, ...]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines, compressed or not."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def restore_all(
    texts: Sequence[str], lines: Sequence[Mapping[str, Any]], words: Sequence[Sequence[Span]]
) -> Iterator[Document]:
    """Restore texts as those of a batch, which learn names from one another, and yield a document each.

    Args:
        texts: Raw texts.
        lines: What is annotated in them; title and published_on if they have these.
        words: Their words.
    """
    decoder = learn_names(texts)
    for raw, line, own in zip(texts, lines, words, strict=True):
        done = normalize_text(raw, restore=True, repair_quotes=True, decoder=decoder)
        starts = [s + a for s, e in split_paragraphs(done.text) for a, _ in split_sentences(done.text[s:e])]
        day = line.get("published_on")
        published_on = date.fromisoformat(day) if day else None
        yield Document(done.text, starts, line.get("title"), published_on, RawMap(done.edits), own, line)


def load_documents(path: Path, *, is_glued: bool) -> list[Document]:
    """Read annotated documents; `is_glued`: their spaces are lost and all quote marks are the same, as in dumps."""
    texts, moved, words = [], [], []
    for line in read_lines(path):
        raw = line["text"]
        own = [match.span() for match in _TOKEN.finditer(raw) if match.group() not in _EDGE]
        if is_glued:
            at = [0]
            for char in raw:
                at.append(at[-1] + (char == "\n" or not char.isspace()))
            raw = "".join(c for c in raw if c == "\n" or not c.isspace()).translate(_PLAIN)
            own = [(at[start], at[end]) for start, end in own]
            line = _move(line, at)
        texts.append(raw)
        moved.append(line)
        words.append(own)
    return list(restore_all(texts, moved, words))


def _move(line: Mapping[str, Any], at: Sequence[int]) -> dict[str, Any]:
    """Return an annotation with its offsets moved."""

    def spans(given: Iterable[Sequence[int]]) -> list[Span]:
        return [(at[start], at[end]) for start, end in given]

    moved = dict(line)
    if "entities" in line:
        moved["entities"] = [(at[start], at[end], label) for start, end, label in line["entities"]]
    if "quotes" in line:
        moved["quotes"] = [q | {key: spans(q[key]) for key in ("content", "speaker", "cue")} for q in line["quotes"]]
    if "turns" in line:
        moved["turns"] = [turn | {"start": at[turn["start"]]} for turn in line["turns"]]
    return moved


def fold(name: str | None) -> str:
    """Return a name without accents, marks and capitals."""
    letters = unicodedata.normalize("NFKD", name or "")
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in letters if not unicodedata.combining(c)).lower()))


def count_quotes(document: Document, rows: Sequence[QuoteRow]) -> Counts:
    """Compare quotations with the annotated ones."""
    wanted = document.annotation["quotes"]
    gold = [document.inside(quote["content"]) for quote in wanted]
    own = [document.inside(row.segments) for row in rows]
    pairs = [(len(a & b) / len(a | b), i, j) for i, a in enumerate(gold) for j, b in enumerate(own) if a & b]
    counts = Counts(found=len(rows), wanted=len(wanted))
    used: set[tuple[str, int]] = set()
    for share, i, j in sorted(pairs, reverse=True):
        if share < 0.5 or ("gold", i) in used or ("own", j) in used:
            continue
        used |= {("gold", i), ("own", j)}
        quote, row = wanted[i], rows[j]
        speaker, stated = document.inside(quote["speaker"]), document.inside([row.speaker] if row.speaker else [])
        counts["half"] += 1
        counts["exact"] += share == 1
        counts["speaker"] += bool(speaker & stated) or (not speaker and not stated)
        if quote.get("speaker_name"):
            counts["named"] += 1
            counts["name"] += fold(quote["speaker_name"]) == fold(row.name)
    return counts


def rate_quotes(counts: Mapping[str, float]) -> dict[str, float]:
    """Return F1 of quotations by half and by all of their words, and the shares of right speakers and names."""
    figures = {key: _f1(counts.get(key, 0), counts) for key in ("half", "exact")}
    return figures | _shares(counts, speaker="half", name="named")


def count_turns(document: Document, rows: Sequence[QuoteRow]) -> Counts:
    """Compare the turns of a transcript with its annotated labels."""
    found = {row.speaker[0]: row.name for row in rows if row.kind == "turn" and row.speaker}
    turns = document.annotation["turns"]
    counts = Counts(labels=len(turns))
    side = None  # whose turn is open
    for turn in turns:
        if turn["start"] in found:
            counts["turns_found"] += 1
            side = turn["is_answer"]
            if turn["is_answer"] and turn["speaker_name"]:
                counts["named"] += 1
                counts["name"] += found[turn["start"]] == turn["speaker_name"]
        elif side is not None and side != turn["is_answer"]:
            counts["wrong_hands"] += 1
    return counts


def rate_turns(counts: Mapping[str, float]) -> dict[str, float]:
    """Return the share of labels that start a turn, of labels whose words go to the other side, and of right names."""
    return _shares(counts, turns_found="labels", wrong_hands="labels", name="named")


def count_entities(document: Document, rows: Sequence[EntityRow]) -> Counts:
    """Compare entities with the annotated ones."""
    gold = {tuple(entity) for entity in document.annotation["entities"]}
    own = {row[:3] for row in rows}
    spans = {entity[:2] for entity in gold} & {row[:2] for row in own}
    return Counts(strict=len(gold & own), span=len(spans), found=len(own), wanted=len(gold))


def rate_entities(counts: Mapping[str, float]) -> dict[str, float]:
    """Return F1 of entities with their labels, and of their spans."""
    return {key: _f1(counts.get(key, 0), counts) for key in ("strict", "span")}


def _shares(counts: Mapping[str, float], **of: str) -> dict[str, float]:
    """Return shares of counts in others, where there are any of these."""
    return {key: counts.get(key, 0) / counts[whole] for key, whole in of.items() if counts.get(whole)}


def _f1(hits: float, counts: Mapping[str, float]) -> float:
    return 2 * hits / max(1, counts["found"] + counts["wanted"])

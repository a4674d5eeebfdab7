"""From published tables to the views formulas and formula_uses.

Order: publishers and their days → sequences that enough documents may have, five words first, then longer ones of these
→ what is exactly known of them → those that are closed, in enough documents and on enough days → where they are used,
and in whose words → variants and what took the place of what.

Memory is bounded by `_CELLS`, `_SEQUENCES`, `_FORMULAS` and `_USES`, whatever the dataset: where more sequences recur,
the rarest are left out, and of a formula's uses so many are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.formulas.changes import Use, find_successor, find_variants
from tasks.formulas.sequences import LONGEST, NEVER, SHORTEST, Hasher, Hashes, Sieve, Tally, are_closed, merge
from tasks.formulas.words import Word, read_words
from tasks.schemas import FORMULA_USES, FORMULAS
from tasks.tables import rows_by_document

Piece = Mapping[str, pa.Table]
Read = Callable[[Mapping[str, pa.Schema]], Iterable[Piece]]

_ABOUT = {
    "documents": pa.schema(
        [
            ("doc_id", pa.string()), ("source_id", pa.string()), ("publisher", pa.string()),
            ("published_on", pa.date32()), ("near_duplicate_of", pa.string()), ("n_words", pa.int32()),
        ]
    )
}  # fmt: skip
_READ = {
    "documents": _ABOUT["documents"].append(pa.field("text", pa.string())),
    "sentences": pa.schema(
        [("sentence_id", pa.string()), ("doc_id", pa.string()), ("start", pa.int32()), ("end", pa.int32())]
    ),
    "entities": pa.schema(
        [("doc_id", pa.string()), ("label", pa.string()), ("start", pa.int32()), ("end", pa.int32())]
    ),
    "quotes": pa.schema(
        [
            ("doc_id", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("speaker_id", pa.string()),
            ("speaker_name", pa.string()),
        ]
    ),
}  # fmt: skip
_DOCUMENTS = 5  # that a formula is in at least; days: three
_SHARE = 0.8  # of its documents that no longer sequence has
_CELLS = 26  # bits of the largest sieve: 128 MB
_SEQUENCES = 4_000_000
_FORMULAS = 10_000
_USES = 1_000  # of a formula that are listed
_VARIANTS = 20
_WEIGHTY = 5  # letters: what has fewer is mostly a particle
_EDGE = 2  # sentences at either end that are an edge, of documents with six and more
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class _Document:
    """A document in words: its publisher's number, its day since 1970 or None, and where quotations are."""

    doc_id: str
    publisher: int
    day: int | None
    words: Sequence[Word]
    sentence_ids: Sequence[str]
    quotes: Sequence[Mapping[str, Any]]

    @property
    def forms(self) -> list[str]:
        return [word.form for word in self.words]

    def sentences(self) -> NDArray[np.int32]:
        """Return the sentence of each word."""
        return np.fromiter((word.sentence for word in self.words), np.int32, len(self.words))


def make_formulas(read: Read) -> dict[str, pa.Table]:
    """Return wording that recurs over a dataset.

    Args:
        read: Yields published tables piece by piece, with the columns that it is given; called five times.

    Returns:
        `formulas` (schemas.FORMULAS), those of most documents first, and `formula_uses` (schemas.FORMULA_USES).
    """
    publishers, days, n_words = _read_publishers(read(_ABOUT))
    cells = 1 << min(max((4 * n_words).bit_length(), 12), _CELLS)
    sieves = _sift(read, publishers, cells)
    tally = _count(read, publishers, sieves)
    del sieves
    tally = tally.take(tally.documents >= _DOCUMENTS)
    kept = are_closed(tally, _SHARE) & (tally.between != -NEVER) & (tally.lengths <= LONGEST)
    tally = tally.take(kept)
    if len(tally) > _FORMULAS:
        order = np.lexsort((tally.keys, -tally.documents))[:_FORMULAS]
        tally = tally.take(np.sort(order))
    return _describe(read, publishers, days, tally)


def _publisher(source: str | None, publisher: str | None) -> str:
    return publisher or source or ""


def _read_publishers(pieces: Iterable[Piece]) -> tuple[dict[str, int], dict[int, NDArray[np.int32]], int]:
    """Return a number for each publisher, at most 63, the days of the documents of each number, and all words."""
    days: dict[str, list[NDArray[np.int32]]] = {}
    n_words = 0
    for piece in pieces:
        found: dict[str, list[int]] = {}
        for row in _rows(piece["documents"]):
            n_words += row["n_words"] or 0
            listed = found.setdefault(_publisher(row["source_id"], row["publisher"]), [])
            if row["published_on"]:
                listed.append(_day(row["published_on"]))
        for name, own in found.items():
            days.setdefault(name, []).append(np.array(own, np.int32))
    numbers = {name: min(n, 63) for n, name in enumerate(sorted(days))}
    joined: dict[int, list[NDArray[np.int32]]] = {}
    for name, parts in days.items():
        joined.setdefault(numbers[name], []).extend(parts)
    return numbers, {n: np.sort(np.concatenate(parts)) for n, parts in joined.items()}, n_words


def _rows(documents: pa.Table) -> Iterator[dict[str, Any]]:
    """Yield the documents that are no near-copies."""
    yield from (row for row in documents.to_pylist() if row["near_duplicate_of"] is None)


def _day(day: date) -> int:
    return (day - _EPOCH).days


def _documents(pieces: Iterable[Piece], publishers: Mapping[str, int]) -> Iterator[_Document]:
    for piece in pieces:
        tables = {name: rows_by_document(piece[name]) for name in ("sentences", "entities", "quotes")}
        for row in _rows(piece["documents"]):
            sentences, entities, quotes = (
                sorted(tables[name].get(row["doc_id"], ()), key=_place) for name in ("sentences", "entities", "quotes")
            )
            words = read_words(
                row["text"],
                [_place(s) for s in sentences],
                [(*_place(e), e["label"]) for e in entities],
            )
            yield _Document(
                row["doc_id"],
                publishers[_publisher(row["source_id"], row["publisher"])],
                _day(row["published_on"]) if row["published_on"] else None,
                words,
                [s["sentence_id"] for s in sentences],
                quotes,
            )


def _place(row: Mapping[str, Any]) -> tuple[int, int]:
    return row["start"], row["end"]


def _is_wording(forms: Sequence[str], places: NDArray[np.intp], n: int) -> NDArray[np.bool_]:
    """Tell which sequences are wording: half of it and three words are no names, two of these are no particles."""
    plain = np.fromiter((not form.isupper() for form in forms), np.int32, len(forms))
    weighty = plain * np.fromiter((len(form) >= _WEIGHTY for form in forms), np.int32, len(forms))
    in_plain, in_weighty = (
        before[places + n] - before[places] for before in (np.append(0, plain.cumsum()), np.append(0, weighty.cumsum()))
    )
    found: NDArray[np.bool_] = (in_plain >= 3) & (2 * in_plain >= n) & (in_weighty >= 2)
    return found


def _sift(read: Read, publishers: Mapping[str, int], cells: int) -> tuple[Sieve, Sieve]:
    """Return sieves of the sequences of five words, and of longer ones whose every five words may recur."""
    hasher, short, longer = Hasher(), Sieve(cells), Sieve(cells)
    for document in _documents(read(_READ), publishers):
        for n, _, hashes in hasher.sequences(document.forms, document.sentences()):
            if n == SHORTEST:
                short.add(hashes)
                break
    least = short.least(_DOCUMENTS, _SEQUENCES)
    for document in _documents(read(_READ), publishers):
        found: list[Hashes] = []
        for n, places, hashes in hasher.sequences(document.forms, document.sentences()):
            if n == SHORTEST:
                recur = np.zeros(len(document.words) + 1, np.int32)
                recur[places[short.count(hashes) >= least]] = 1
                before = np.concatenate([[0], recur.cumsum()])
                continue
            inside = n - SHORTEST + 1
            found.append(hashes[before[places + inside] - before[places] == inside])
        if found:
            longer.add(np.concatenate(found))
    return short, longer


def _count(read: Read, publishers: Mapping[str, int], sieves: tuple[Sieve, Sieve]) -> Tally:
    """Return what is known of the sequences that may recur."""
    hasher = Hasher()
    short, longer = sieves
    least = (short.least(_DOCUMENTS, _SEQUENCES), longer.least(_DOCUMENTS, _SEQUENCES))
    total, waiting, rows = _no_tally(), [_no_tally()], 0
    for document in _documents(read(_READ), publishers):
        part = _tally_document(document, hasher, sieves, least)
        waiting.append(part)
        rows += len(part)
        if rows > max(_SEQUENCES // 2, len(total)):
            total, waiting, rows = merge([total, *waiting]), [], 0
    return merge([total, *waiting])


def _no_tally() -> Tally:
    key, number = np.zeros(0, np.uint64), np.zeros(0, np.int32)
    return Tally(key, np.zeros(0, np.uint8), number, number, number, number, key, number, number, key, key)


def _tally_document(document: _Document, hasher: Hasher, sieves: tuple[Sieve, Sieve], least: tuple[int, int]) -> Tally:
    """Return what a document says of the sequences that may recur, each once."""
    sentences = document.sentences()
    forms = document.forms
    is_edge, is_quoted = _is_edge(document, sentences), _is_quoted(document)
    parts: list[Tally] = []
    shorter: Hashes = np.zeros(len(sentences), np.uint64)
    for n, places, hashes in hasher.sequences(forms, sentences):
        whole = np.zeros(len(sentences), np.uint64)
        whole[places] = hashes
        sieve, enough = (sieves[0], least[0]) if n == SHORTEST else (sieves[1], least[1])
        kept = (sieve.count(hashes) >= enough) & _is_wording(forms, places, n)
        keys, index = np.unique(hashes[kept], return_index=True)
        at = places[kept][index]
        size = len(keys)
        day = NEVER if document.day is None else document.day
        parts.append(
            Tally(
                keys,
                np.full(size, n, np.uint8),
                np.ones(size, np.int32),
                np.full(size, day, np.int32),
                np.full(size, -NEVER if document.day is None else day, np.int32),
                np.full(size, -NEVER, np.int32),
                np.full(size, 1 << document.publisher, np.uint64),
                is_edge[at],
                is_quoted[at],
                shorter[at],
                shorter[at + 1],
            )
        )
        shorter = whole
    return merge(parts) if parts else _no_tally()


def _is_edge(document: _Document, sentences: NDArray[np.int32]) -> NDArray[np.int32]:
    n = len(document.sentence_ids)
    if n < 3 * _EDGE:
        return np.zeros(len(sentences), np.int32)
    return ((sentences < _EDGE) | (sentences >= n - _EDGE)).astype(np.int32)


def _is_quoted(document: _Document) -> NDArray[np.int32]:
    starts = np.fromiter((word.start for word in document.words), np.int32, len(document.words))
    found = np.zeros(len(starts), np.int32)
    for quote in document.quotes:
        found[np.searchsorted(starts, quote["start"]) : np.searchsorted(starts, quote["end"])] = 1
    return found


def _describe(
    read: Read, publishers: Mapping[str, int], days: Mapping[int, NDArray[np.int32]], tally: Tally
) -> dict[str, pa.Table]:
    """Return the rows of formulas and of their uses."""
    patterns: dict[int, tuple[str, ...]] = {}
    first: dict[int, tuple[int, str]] = {}
    last: dict[int, tuple[int, str]] = {}
    n_uses = np.zeros(len(tally), np.int32)
    uses: list[dict[str, Any]] = []
    hasher = Hasher()
    for document in _documents(read(_READ), publishers) if len(tally) else ():
        for row, at in _find_uses(document, hasher, tally):
            n = int(tally.lengths[row])
            patterns.setdefault(row, tuple(document.forms[at : at + n]))
            if document.day is not None:
                use = (document.day, document.doc_id)
                first[row], last[row] = min(first.get(row, use), use), max(last.get(row, use), use)
            n_uses[row] += 1
            if n_uses[row] <= _USES:
                uses.append(_say_use(document, row, at, n))
    known = {
        f"formula:{int(tally.keys[row]):016x}": Use(
            forms,
            _to_date(first[row][0]) if row in first else None,
            _to_date(last[row][0]) if row in last else None,
            int(tally.documents[row]),
        )
        for row, forms in patterns.items()
    }
    keys = dict(zip(patterns, known, strict=True))
    variants = find_variants(known)
    found: list[dict[str, Any]] = []
    for row, key in keys.items():
        own = variants.get(key, [])
        later = find_successor(known[key], own, known)
        found.append(
            {
                "formula_id": key,
                "pattern": " ".join(known[key].forms),
                "n_words": int(tally.lengths[row]),
                "kind": _kind(tally, row),
                "n_documents": known[key].documents,
                "n_publishers": int(tally.publishers[row]).bit_count(),
                "first_on": known[key].first,
                "first_doc_id": first[row][1] if row in first else None,
                "last_on": known[key].last,
                "last_doc_id": last[row][1] if row in last else None,
                "n_since": _count_since(int(tally.publishers[row]), days, last[row][0]) if row in last else 0,
                "replaced_by": later.key if later else None,
                "replaced": f"{later.word} → {later.other}" if later else None,
                "variants": [{"formula_id": v.key, "word": v.word, "other": v.other} for v in own[:_VARIANTS]],
            }
        )
    found.sort(key=lambda one: (-one["n_documents"], one["pattern"]))
    for said in uses:
        said["formula_id"] = keys[said["formula_id"]]
    uses.sort(key=lambda said: (said["formula_id"], said["published_on"] or date.max, said["doc_id"], said["start"]))
    return {
        "formulas": pa.Table.from_pylist(found, schema=FORMULAS),
        "formula_uses": pa.Table.from_pylist(uses, schema=FORMULA_USES),
    }


def _find_uses(document: _Document, hasher: Hasher, tally: Tally) -> Iterator[tuple[int, int]]:
    """Yield the row and the first word of each use."""
    for _, places, hashes in hasher.sequences(document.forms, document.sentences()):
        rows = tally.find(hashes)
        for i in np.flatnonzero(rows >= 0):
            yield int(rows[i]), int(places[i])


def _say_use(document: _Document, row: int, at: int, n: int) -> dict[str, Any]:
    start, end = document.words[at].start, document.words[at + n - 1].end
    around = [q for q in document.quotes if q["start"] <= start < q["end"]]
    said = min(around, key=lambda q: q["end"] - q["start"], default=None)
    return {
        "formula_id": row,
        "doc_id": document.doc_id,
        "sentence_id": document.sentence_ids[document.words[at].sentence],
        "start": start,
        "end": end,
        "published_on": None if document.day is None else _to_date(document.day),
        "speaker_id": said["speaker_id"] if said else None,
        "speaker_name": said["speaker_name"] if said else None,
    }


def _to_date(day: int) -> date:
    return _EPOCH + timedelta(day)


def _kind(tally: Tally, row: int) -> str:
    if 2 * tally.quoted[row] > tally.documents[row]:
        return "speech"
    return "template" if 2 * tally.edges[row] > tally.documents[row] else "text"


def _count_since(publishers: int, days: Mapping[int, NDArray[np.int32]], last: int) -> int:
    """Return how many later documents there are of the publishers of a formula."""
    own = (of for number, of in days.items() if publishers >> number & 1)
    return int(sum(len(of) - np.searchsorted(of, last, side="right") for of in own))

"""A document's page: its texts with what is marked in them, and its rows, each with the places that it stands at.

The rows of the document → marks of what is to be shown, in the restored and in the raw text → pieces. An id leads to
every row's place: `t12-20` in the restored text, `r10-17` in the raw one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explorer.corpus import Corpus, Row
from explorer.marks import Mark, Piece, cut
from explorer.words import Term, find_terms, merge
from tasks.edits import Edit, RawMap

#: What can be shown, each from a table of its name, but for edits.
LAYERS = ("quotes", "engagements", "entities", "edits")
_MANY = 2_000  # marks of a layer that are not shown unless asked for
_AT = re.compile(r"([tr])([0-9]{1,9})-([0-9]{1,9})")


@dataclass(frozen=True)
class View:
    """A document as it is shown.

    Attributes:
        row: Of documents.
        rows: Its rows of other tables, in the order of the text.
        shown: The layers that are marked.
        counts: How many marks each layer has.
        text: Pieces of the restored text.
        raw: Pieces of the raw text.
        hits: Where the words of the query stand.
        hit: Number of the present one, from 1.
    """

    row: Row
    rows: dict[str, list[Row]]
    shown: tuple[str, ...]
    counts: dict[str, int]
    text: list[Piece]
    raw: list[Piece]
    hits: list[tuple[int, int]]
    hit: int


def view_document(
    corpus: Corpus, place: tuple[str, int], terms: Sequence[Term], show: Sequence[str] | None, at: str, hit: int
) -> View:
    """Make the page of a document.

    Args:
        corpus: The dataset.
        place: The segment that it lies in, and the number of its row there.
        terms: What was searched.
        show: Layers to mark; None: those that are not too many.
        at: A place to light, `t12-20` or `r10-17`; empty: none.
        hit: Number of the hit to light.
    """
    [row] = corpus.take("documents", [place], corpus.schema("documents").names).to_pylist()
    where = {row["doc_id"]: place[0]}
    tables = [t for t in ("quotes", "engagements", "entities", "roles", "furniture") if corpus.has(t)]
    rows = {table: sorted(corpus.of_documents(table, where), key=_place) for table in tables}
    counts = {name: len(row["edits"] if name == "edits" else rows.get(name, ())) for name in LAYERS}
    if show is None:
        show = [name for name in LAYERS if name != "edits" and counts[name] <= _MANY]
    shown = tuple(name for name in LAYERS if name in show)
    edits = [Edit(**edit) for edit in row["edits"]]
    text_marks = [mark for name in shown for one in rows.get(name, ()) for mark in _marks(name, one, "")]
    raw_marks = [mark for name in shown for one in rows.get(name, ()) for mark in _marks(name, one, "raw_")]
    if "edits" in shown:
        text_marks += [Mark(start, end, "edit") for start, end in place_edits(edits)]
        raw_marks += [Mark(edit.raw_start, edit.raw_end, "edit") for edit in edits]
    hits = merge(find_terms(row["text"], terms))
    hit = min(max(hit, 1), len(hits)) if hits else 0
    to_raw = RawMap(edits)
    for n, (start, end) in enumerate(hits, 1):
        text_marks.append(Mark(start, end, "hit now" if n == hit else "hit", anchor=f"h{n}"))
        raw_marks.append(Mark(*to_raw.span(start, end), "hit"))
    if lit := _read_place(edits, to_raw, at):
        (start, end), (raw_start, raw_end) = lit
        text_marks.append(Mark(start, end, "at", anchor=f"t{start}-{end}"))
        raw_marks.append(Mark(raw_start, raw_end, "at", anchor=f"r{raw_start}-{raw_end}"))
    return View(
        row, rows, shown, counts, cut(row["text"], text_marks), cut(row["raw_text"], raw_marks), hits, hit
    )  # fmt: skip


def _place(row: Row) -> tuple[int, int]:
    return (row["start"], row["end"])


def _marks(layer: str, row: Row, prefix: str) -> Iterable[Mark]:
    """Yield the marks of a row in one of the texts: prefix is that of the offsets, `raw_` or none."""
    side = "r" if prefix else "t"
    start, end = row[f"{prefix}start"], row[f"{prefix}end"]
    anchor = f"{side}{start}-{end}"
    if layer == "entities":
        yield Mark(start, end, "entity", row["label"], anchor)
        return
    yield Mark(start, end, "", anchor=anchor)
    if layer == "quotes":
        for segment in row["segments"]:
            yield Mark(segment[f"{prefix}start"], segment[f"{prefix}end"], "quote")
        parts = ["cue", "speaker"]
    else:
        yield Mark(start, end, "engagement", row["type"])
        parts = ["cue"]
    for name in parts:
        if row.get(f"{name}_{prefix}start") is not None:
            yield Mark(row[f"{name}_{prefix}start"], row[f"{name}_{prefix}end"], name)


def place_edits(edits: Iterable[Edit]) -> list[tuple[int, int]]:
    """Return where the replacements of edits stand in the restored text.

    Example:
        >>> place_edits([Edit("insert_space", 2, 2, " "), Edit("apostrophe", 5, 7, "'")])
        [(2, 3), (6, 7)]
    """
    shift, places = 0, []
    for edit in edits:
        start = edit.raw_start + shift
        places.append((start, start + len(edit.replacement)))
        shift += len(edit.replacement) - (edit.raw_end - edit.raw_start)
    return places


def to_text(edits: Sequence[Edit], start: int, end: int) -> tuple[int, int]:
    """Return the restored span that a raw span became, widened by what repairs at its borders made of it.

    Example:
        >>> to_text([Edit("insert_space", 2, 2, " "), Edit("insert_space", 5, 5, " ")], 2, 5)
        (3, 6)
    """
    low, high = start, end
    for edit, (begin, finish) in zip(edits, place_edits(edits), strict=True):
        if edit.raw_end <= start:
            low = finish + start - edit.raw_end
        elif edit.raw_start < start:
            low = begin
        if edit.raw_end < end or (edit.raw_end == end and edit.raw_start < end):
            high = finish + end - edit.raw_end
        elif edit.raw_start < end:
            high = finish
    return low, max(low, high)


def _read_place(edits: Sequence[Edit], to_raw: RawMap, at: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the restored and the raw span of a place; None where it is none."""
    found = _AT.fullmatch(at)
    if found is None or int(found[3]) < int(found[2]):
        return None
    span = int(found[2]), int(found[3])
    return (span, to_raw.span(*span)) if found[1] == "t" else (to_text(edits, *span), span)

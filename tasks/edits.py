"""Typed edits that turn a raw text into a restored one, and the way back.

An edit replaces `raw[raw_start:raw_end]` by `replacement`. Edits of a document are sorted, do not overlap and are never
empty on both sides. Replaying them over the raw text gives the restored text to the byte; `RawMap` is the inverse and
takes any span of the restored text to the span of the raw text that it came from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

#: The kinds of edits of a document, and what each does.
EDIT_KINDS = {
    "escape": r"an escape of a program (`\\n`, `\\u201c`, `\\xe2\\x80\\x99`) becomes its character",
    "entity": "an entity of HTML becomes its character",
    "markup": "a tag of HTML or a mark of Markdown goes, or becomes a line end or a space",
    "mojibake": "characters that were decoded wrongly are decoded again",
    "control": "a control character, a soft hyphen or a mark without a width goes",
    "line_end": "a line end becomes that of Unix",
    "nfc": "a letter and its accents become one character",
    "ligature": "a ligature becomes its letters",
    "stub": "a line of the page goes",
    "wrap": "a line end inside a paragraph becomes a space, or goes with its hyphen",
    "hyphen": "a hyphen goes that a line end left inside a word",
    "insert_space": "a space is put in",
    "delete_space": "a space is taken out",
    "apostrophe": "a double mark becomes an apostrophe",
    "space": "a space of another kind, or several, become one space",
}


class Edit(NamedTuple):
    """One repair. Offsets are code points into the raw text, half-open."""

    kind: str
    raw_start: int
    raw_end: int
    replacement: str


def insert_spaces(places: Sequence[int]) -> list[Edit]:
    """Return edits of kind insert_space at so many places.

    Example:
        >>> insert_spaces([3])
        [Edit(kind='insert_space', raw_start=3, raw_end=3, replacement=' ')]
    """
    return list(map(_insert_space, places))


@lru_cache(maxsize=10_000)  # most texts are no longer; an edit is sooner had than made
def _insert_space(at: int) -> Edit:
    return Edit("insert_space", at, at, " ")


def apply_edits(raw: str, edits: Iterable[Edit]) -> str:
    """Replay edits over a raw text.

    Raises:
        ValueError: Edits overlap, are unsorted or point outside `raw`.

    Example:
        >>> apply_edits("Hemetwith", [Edit("insert_space", 2, 2, " "), Edit("insert_space", 5, 5, " ")])
        'He met with'
    """
    parts: list[str] = []
    at = 0
    for kind, start, end, replacement in edits:
        if not at <= start <= end <= len(raw):
            raise ValueError(f"edit out of order or range: {Edit(kind, start, end, replacement)}")
        parts += (raw[at:start], replacement)
        at = end
    parts.append(raw[at:])
    return "".join(parts)


def drop_overlaps(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits of one text in order, without those that overlap one before them.

    Example:
        >>> [edit.kind for edit in drop_overlaps([Edit("b", 3, 5, ""), Edit("c", 4, 6, ""), Edit("a", 0, 3, "")])]
        ['a', 'b']
    """
    kept: list[Edit] = []
    for edit in sorted(edits, key=_place):
        if not kept or edit.raw_start >= kept[-1].raw_end:
            kept.append(edit)
    return kept


def _place(edit: Edit) -> tuple[int, int]:
    return edit.raw_start, edit.raw_end


class RawMap:
    """From offsets in the restored text to offsets in the raw text.

    Example:
        >>> to_raw = RawMap([Edit("insert_space", 2, 2, " ")])
        >>> to_raw.span(3, 6)  # "met" in "He met" came from "Hemet"[2:5]
        (2, 5)
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._text_start: list[int] = []
        self._text_end: list[int] = []
        self._raw_start: list[int] = []
        self._raw_end: list[int] = []
        shift = 0
        for edit in edits:
            start = edit.raw_start + shift
            self._text_start.append(start)
            self._text_end.append(start + len(edit.replacement))
            self._raw_start.append(edit.raw_start)
            self._raw_end.append(edit.raw_end)
            shift += len(edit.replacement) - (edit.raw_end - edit.raw_start)

    def char(self, offset: int) -> tuple[int, int]:
        """Return the raw span that the character at `offset` of the restored text came from.

        A character that a repair put in maps to the whole raw span that it replaced, which may be empty, unless the
        replacement has the length of what it replaced: then characters correspond one to one.
        """
        i = bisect_right(self._text_start, offset) - 1
        while i >= 0 and self._text_end[i] == self._text_start[i]:
            if i > 0 and self._text_start[i - 1] <= offset < self._text_end[i - 1]:
                i -= 1
                break
            raw = offset - self._text_end[i] + self._raw_end[i]
            return raw, raw + 1
        if i < 0:
            return offset, offset + 1
        if offset < self._text_end[i]:
            if self._text_end[i] - self._text_start[i] == self._raw_end[i] - self._raw_start[i]:
                raw = self._raw_start[i] + offset - self._text_start[i]
                return raw, raw + 1
            return self._raw_start[i], self._raw_end[i]
        raw = offset - self._text_end[i] + self._raw_end[i]
        return raw, raw + 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span that the restored span came from. An empty span maps to an empty one."""
        if end <= start:
            at = self.char(start)[0]
            return at, at
        return self.char(start)[0], self.char(end - 1)[1]


def compose_edits(raw: str, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """Join two passes into one list of edits over the raw text.

    Edits of `second` are offsets into the text that `first` makes of `raw`. Where edits of both passes touch the same
    characters they become one edit with the later kind, so that replaying the result equals replaying both in turn.

    Example:
        >>> compose_edits("e\u0301a", [Edit("nfc", 0, 2, "é")], [Edit("insert_space", 1, 1, " ")])[1]
        Edit(kind='insert_space', raw_start=2, raw_end=2, replacement=' ')
    """
    if not first or not second:
        return list(first or second)
    middle = apply_edits(raw, first)
    shifts = [0]  # middle offset - raw offset, before the i-th edit of the first pass
    for edit in first:
        shifts.append(shifts[-1] + len(edit.replacement) - (edit.raw_end - edit.raw_start))
    starts = [edit.raw_start + shift for edit, shift in zip(first, shifts, strict=False)]
    ends = [start + len(edit.replacement) for start, edit in zip(starts, first, strict=True)]

    merged: list[Edit] = []
    i = j = 0
    while i < len(first) and j < len(second):
        later = second[j]
        if ends[i] <= later.raw_start:
            merged.append(first[i])
            i += 1
        elif later.raw_end <= starts[i]:
            merged.append(Edit(later.kind, later.raw_start - shifts[i], later.raw_end - shifts[i], later.replacement))
            j += 1
        else:  # they overlap: everything that hangs together becomes one edit
            i0, j0 = i, j
            low, high = min(starts[i], later.raw_start), max(ends[i], later.raw_end)
            i, j = i + 1, j + 1
            while True:
                if i < len(first) and starts[i] < high:
                    high, i = max(high, ends[i]), i + 1
                elif j < len(second) and second[j].raw_start < high:
                    high, j = max(high, second[j].raw_end), j + 1
                else:
                    break
            inner = [e._replace(raw_start=e.raw_start - low, raw_end=e.raw_end - low) for e in second[j0:j]]
            text = apply_edits(middle[low:high], inner)
            merged.append(Edit(later.kind, low - shifts[i0], high - shifts[i], text))
    merged.extend(first[i:])
    shift = shifts[-1]
    merged.extend(Edit(e.kind, e.raw_start - shift, e.raw_end - shift, e.replacement) for e in second[j:])
    return [e for e in merged if raw[e.raw_start : e.raw_end] != e.replacement]

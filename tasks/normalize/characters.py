"""Characters: mojibake undone (ftfy), one kind of line end and of space, ligatures taken apart, composed form (NFC).

Control characters, soft hyphens and marks without a width go, a soft hyphen with the line end behind it.
A line separator (U+2028) breaks a line inside a paragraph, so it is a space, unless nothing else ends a line in the
text and a sentence ends before it.
"""

from __future__ import annotations

import re
import unicodedata

import ftfy
from ftfy.badness import is_bad

from tasks.edits import Edit, apply_edits, compose_edits, drop_overlaps

_LINE_END = re.compile(r"\r\n?|[\v\f\x85\u2029]")
_LINE_SEPARATOR = re.compile("\u2028")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*[^\S\n]*\Z")
_LONGEST_END = 8  # characters of a mark that ends a sentence, with those that close behind it
_CONTROL = re.compile(
    r"\u00ad(?:[^\S\n]*\r?\n\s*)?"
    r"|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
    r"|(?<=[A-Za-z])[\u200c\u200d]+(?=[A-Za-z])"
)
_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]+")
_SPACE = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_ACCENT = re.compile(r"[\u0300-\u036f]")
_COMBINED = re.compile(r".[\u0300-\u036f]+", re.S)


def repair_characters(raw: str) -> list[Edit]:
    """Return the edits that repair the characters of a text; kinds mojibake, line_end, control, space, ligature, nfc.

    Example:
        >>> [(edit.kind, edit.replacement) for edit in repair_characters("talks\\x00 on Chinaâ€™s plan")]
        [('control', ''), ('mojibake', '’')]
    """
    if raw.isascii():
        return _clean(raw)
    edits = _undo_mojibake(raw)
    if not edits:
        return _clean(raw)
    return compose_edits(raw, edits, _clean(apply_edits(raw, edits)))


def _undo_mojibake(raw: str) -> list[Edit]:
    edits: list[Edit] = []
    start = 0
    for line in raw.splitlines(keepends=True):
        if not line.isascii() and is_bad(line):
            for match in _BEYOND_ASCII.finditer(line):
                fixed = ftfy.fix_encoding(match.group())
                if fixed != match.group():
                    edits.append(Edit("mojibake", start + match.start(), start + match.end(), fixed))
        start += len(line)
    return edits


def _clean(text: str) -> list[Edit]:
    edits = [
        Edit("line_end", match.start(), match.end(), "\n")
        for match in (_LINE_END.finditer(text) if _LINE_END.search(text) else ())
    ]
    is_ascii = text.isascii()
    control = _ASCII_CONTROL if is_ascii else _CONTROL
    edits += [Edit("control", match.start(), match.end(), "") for match in control.finditer(text)]
    if not is_ascii:
        edits += [Edit("space", match.start(), match.end(), " ") for match in _SPACE.finditer(text)]
        edits += [
            Edit("ligature", match.start(), match.end(), unicodedata.normalize("NFKC", match.group()))
            for match in _LIGATURE.finditer(text)
        ]
        edits += _part_lines(text)
        for match in _COMBINED.finditer(text) if _ACCENT.search(text) else ():
            composed = unicodedata.normalize("NFC", match.group())
            if composed != match.group():
                edits.append(Edit("nfc", match.start(), match.end(), composed))
    return drop_overlaps(edits)


def _part_lines(text: str) -> list[Edit]:
    edits: list[Edit] = []
    has_lines: bool | None = None
    for match in _LINE_SEPARATOR.finditer(text):
        at = match.start()
        if has_lines is None:
            has_lines = _LINE_END.search(text) is not None or "\n" in text.strip()
        is_end = not has_lines and _SENTENCE_END.search(text[max(0, at - _LONGEST_END) : at]) is not None
        edits.append(Edit("line_end" if is_end else "space", at, at + 1, "\n" if is_end else " "))
    return edits

"""Characters: control characters out, line ends made one kind, mojibake undone (ftfy), composed form (NFC)."""

from __future__ import annotations

import re
import unicodedata

import ftfy
from ftfy.badness import is_bad

from tasks.edits import Edit, apply_edits, compose_edits

_LINE_END = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u2060\ufeff\u00ad]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_COMBINED = re.compile(r".[\u0300-\u036f]+", re.S)


def repair_characters(raw: str) -> list[Edit]:
    """Return the edits that repair the characters of a text; kinds mojibake, line_end, control, nfc.

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
    edits += [Edit("control", match.start(), match.end(), "") for match in _CONTROL.finditer(text)]
    if not text.isascii():
        for match in _COMBINED.finditer(text):
            composed = unicodedata.normalize("NFC", match.group())
            if composed != match.group():
                edits.append(Edit("nfc", match.start(), match.end(), composed))
    edits.sort(key=lambda edit: edit.raw_start)
    return edits

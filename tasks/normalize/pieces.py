"""Pieces: what the restoration counts when it learns and what it puts together when it decodes.

A piece is a run of letters, a dotted abbreviation, a number or a single other character, with a flag that says whether
a space stands before it. Numbers and rare words are counted by shape. Quote marks are counted by the part that they
play, so that straight and typographic marks share their statistics.
"""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase

PIECE = re.compile(r" ?(?:(?:[A-Za-z]\.){2,}|\d{1,3}(?:,\d{3})+(?!\d)|\d+\.\d+(?!\d)|\d+|[^\W\d_]+|\S)|\n")

BOUNDARY = "\n"
OTHER = "<other>"
UNKNOWN_LOWER, UNKNOWN_TITLE, UNKNOWN_UPPER = "<unknown>", "<Unknown>", "<UNKNOWN>"
UNKNOWNS = (UNKNOWN_LOWER, UNKNOWN_TITLE, UNKNOWN_UPPER)
DOTTED = "<a.b.>"
NUMBERS = (*(f"<{digits}>" for digits in range(1, 8)), "<year>", "<comma>", "<point>")
OPEN, CLOSE, OPEN_SINGLE, APOSTROPHE = "“", "”", "‘", "'"
#: Pieces that every vocabulary has, at the numbers that the decoder knows them by.
FIXED = (BOUNDARY, OTHER, *UNKNOWNS, DOTTED, *NUMBERS, OPEN, CLOSE, OPEN_SINGLE, APOSTROPHE)

_SPACES = re.compile(r"[^\S\n]+")
_OPENING = r"(?<![^\s(\[{—–/-])"
_STRAIGHT_OPEN = re.compile(_OPENING + r'"(?=[^\s"])')
_UNNAMED = re.compile("[«»„‚\ufffd]|``")
_MARKS = re.compile("[«»„“”‚‘\ufffd]")
_SINGLE_SPEECH = re.compile(r"(?<![^\W_])['‘](?=[A-Z])(.{1,400}?)(?:(?<=[,.?!…])['’]|['’](?=[,.;:]))")
_DOUBLED = OPEN + r"\1" + CLOSE
_SINGLE_OPEN = re.compile(r"(?<![^\s(\[{“—–])'(?=[^\W\d_])")


def fold_marks(text: str) -> str:
    """Give every quote mark of spaced text the part that it plays, and every gap the width of one space.

    Example:
        >>> fold_marks('He said:  "It\u2019s the crew\\'s day."')
        "He said: “It's the crew's day.”"
    """
    text = _SPACES.sub(" ", text).replace("’", APOSTROPHE)
    text = _STRAIGHT_OPEN.sub(OPEN, text).replace('"', CLOSE)
    return _SINGLE_OPEN.sub(OPEN_SINGLE, text)


def name_marks(text: str) -> str:
    """Put marks that the statistics know in the place of marks that they do not know, a character for a character.

    Guillemets open or close by which of them comes first, `“` closes what `„` opens, `‘` what `‚` does, and a mark
    that a conversion lost may be any. Single marks around speech become double ones where the text has no double ones.

    Example:
        >>> name_marks("«A,» „B“ “C” \ufffdD\ufffd"), name_marks("»A« »B»")
        ('“A,” “B” “C” "D"', '“A” “B”')
        >>> name_marks("'Wewon't,'hesaid.'It'sover.'")
        "“Wewon't,”hesaid.“It'sover.”"
    """
    if "``" in text or (not text.isascii() and _UNNAMED.search(text)):
        text = _name_foreign(text)
    is_ascii = text.isascii()
    if '"' in text or (not is_ascii and ("“" in text or "”" in text)):
        return text
    if "'" not in text and (is_ascii or "‘" not in text):
        return text
    return _SINGLE_SPEECH.sub(_DOUBLED, text)


def _name_foreign(text: str) -> str:
    text = text.replace("``", OPEN * 2).replace("''", CLOSE * 2) if "``" in text else text
    is_turned = -1 < text.find("»") < text.find("«") % (len(text) + 1)
    opened = ""
    is_single_open = False

    def name(match: re.Match[str]) -> str:
        nonlocal opened, is_single_open
        mark = match.group()
        if mark in "‚‘":
            closes = mark == "‘" and is_single_open
            is_single_open = mark == "‚"
            return APOSTROPHE if closes else OPEN_SINGLE
        if mark == "\ufffd":
            return '"'
        if mark in "“”" and opened != "„":
            return mark
        opens = mark == "„" or (mark == "»" and is_turned and opened != mark) or (mark == "«" and not is_turned)
        opened = mark if opens else ""
        return OPEN if opens else CLOSE

    return _MARKS.sub(name, text)


def number_shape(number: str) -> str:
    """Return the class under which a number is counted.

    Example:
        >>> [number_shape(n) for n in ("7", "2016", "18,000", "2.5")]
        ['<1>', '<year>', '<comma>', '<point>']
    """
    if "," in number:
        return "<comma>"
    if "." in number:
        return "<point>"
    if len(number) == 4 and number[:2] in ("19", "20"):
        return "<year>"
    return f"<{min(len(number), 7)}>"


def unknown_shape(word: str) -> str:
    """Return the class under which a word outside the vocabulary is counted.

    Example:
        >>> [unknown_shape(w) for w in ("Shangfu", "VBIED", "VBIEDs", "resighted")]
        ['<Unknown>', '<UNKNOWN>', '<UNKNOWN>', '<unknown>']
    """
    if word[:1].isupper():
        stem = word.removesuffix("s")
        return UNKNOWN_UPPER if len(stem) > 1 and stem.isupper() else UNKNOWN_TITLE
    return UNKNOWN_LOWER


ALPHABET = 28  # end of word, a to z, any other letter
_CODES = {
    c: i
    for i, (lower, upper) in enumerate(zip(ascii_lowercase, ascii_uppercase, strict=True), 1)
    for c in (lower, upper)
}


def letter_code(letter: str) -> int:
    """Return a letter as a number, case folded: 1 to 26, and 27 for a letter beyond a to z."""
    return _CODES.get(letter, ALPHABET - 1)

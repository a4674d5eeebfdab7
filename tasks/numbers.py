"""Numbers in words and digits."""

from __future__ import annotations

import re
from functools import cache
from math import prod

from tasks.lexicons import read_values

#: Commas part thousands, or lakhs and crores.
DIGITS = r"\d+(?:,\d+)*(?:\.\d+)?"
_DIGITS = re.compile(rf"{DIGITS}|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?|[\d.]+")
_HALF = re.compile(r" and a half\b")


@cache
def values_of(kind: str) -> dict[str, str]:
    """Return what words of a kind in units.tsv and values.tsv stand for, by the word in small letters."""
    return {form.casefold(): value for row_kind, form, value in read_values("units.tsv") if row_kind == kind}


def read_number(text: str) -> float | None:
    """Return the number that digits, numerals and magnitudes spell, None if they spell none or more than one.

    Example:
        >>> [read_number(text) for text in ("765 million", "1.1bn", "18,000", "two hundred thousand", "twenty-five")]
        [765000000.0, 1100000000.0, 18000.0, 200000.0, 25.0]
        >>> [read_number(text) for text in ("1,200 crore", "250 lakh", "one and a half", "1,08,248")]
        [12000000000.0, 25000000.0, 1.5, 108248.0]
        >>> [read_number(text) for text in ("5 lakh crore", "1 trillion 730 billion", "730 billion 1 trillion", "2 3")]
        [5000000000000.0, 1730000000000.0, None, None]
        >>> [read_number(text) for text in ("two to three", "5 or 6", "3,6 billion", "56 billones", "several", "")]
        [None, None, None, None, None, None]
    """
    numbers, magnitudes = values_of("number"), values_of("magnitude")
    total: float = 0
    group: float | None = None
    scale: list[int] = []
    above: float | None = None
    digits = False
    plain = text.casefold()
    half = 0.5 if _HALF.search(plain) else 0.0
    for token in re.findall(rf"{_DIGITS.pattern}|[^\W\d_]+|[^\s-]", _HALF.sub("", plain)):
        if _DIGITS.fullmatch(token):
            if not _GROUPED.fullmatch(token) or (group is not None and not (digits and scale and above is None)):
                return None
            if group is not None:  # "1 trillion | 730 billion"
                total, above, scale = group * prod(scale), prod(scale), []
            group, digits = float(token.replace(",", "")), True
        elif token in magnitudes and group is not None:
            scale.append(int(magnitudes[token]))
        elif token in numbers and not digits:
            value = int(numbers[token])
            if group is not None and scale:  # "two thousand | five hundred"
                total, group, scale = total + group * prod(scale), float(value), []
            elif group is not None and not (group >= 20 and group % 10 == 0 and value < 10):
                return None
            else:
                group = (group or 0) + value
        elif token != "and":
            return None
    if group is None or (above is not None and not 1 < prod(scale) < above):
        return None
    return float(total + (group + half) * prod(scale))

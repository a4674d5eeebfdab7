"""What amounts of money and measures stand for: a number with a currency (ISO 4217) or the symbol of a unit.

A range (`two to three kilometres`) is no number; a word that several currencies share (rupees, ¥) leaves the currency
open. A bare $ counts as U.S. dollars, and pounds as a measure as weight.
"""

from __future__ import annotations

import re
from functools import cache
from math import prod
from typing import Literal, NamedTuple

from tasks.lexicons import alternation, read_values

_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_SEVERAL = "?"


class Amount(NamedTuple):
    """A number with its currency or its unit; each None where it is not known."""

    amount: float | None
    currency: str | None
    unit: str | None


@cache
def _values(kind: str) -> dict[str, str]:
    kinds = ("sign", "prefix", "currency") if kind == "currency" else (kind,)
    return {form.casefold(): value for row_kind, form, value in read_values("units.tsv") if row_kind in kinds}


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_]){alternation(tuple(_values(kind)))}(?![^\W\d_])")


def read_number(text: str) -> float | None:
    """Return the number that digits, numerals and magnitudes spell, None if they spell none or more than one.

    Example:
        >>> [read_number(text) for text in ("765 million", "1.1bn", "18,000", "two hundred thousand", "twenty-five")]
        [765000000.0, 1100000000.0, 18000.0, 200000.0, 25.0]
        >>> [read_number(text) for text in ("two to three", "5 or 6", "several", "")]
        [None, None, None, None]
    """
    numbers, magnitudes = _values("number"), _values("magnitude")
    total: float = 0
    group: float | None = None
    scale: list[int] = []
    digits = False
    for token in re.findall(rf"{_DIGITS.pattern}|[^\W\d_]+|[^\s-]", text.casefold()):
        if _DIGITS.fullmatch(token):
            if group is not None or total:
                return None
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
    return None if group is None else float(total + group * prod(scale))


def read_amount(kind: Literal["currency", "unit"], value: str) -> Amount:
    """Return what an amount of money or a measure stands for.

    Args:
        kind: Whether it is to have a currency or a unit.
        value: As it stands in the text.

    Example:
        >>> read_amount("currency", "$765 million")
        Amount(amount=765000000.0, currency='USD', unit=None)
        >>> read_amount("currency", "30 billion roubles")[:2], read_amount("currency", "Rs. 24.1 million")[:2]
        ((30000000000.0, 'RUB'), (24100000.0, None))
        >>> read_amount("unit", "18,000 feet"), read_amount("unit", "two to three kilometres").amount
        (Amount(amount=18000.0, currency=None, unit='ft'), None)
    """
    plain = " ".join(value.casefold().replace("-", " ").split())
    symbols = list(_pattern(kind).finditer(plain))
    known = {_values(kind)[hit.group()] for hit in symbols}
    if kind == "currency" and len(known) > 1:  # "US$", "$ ... dollars"
        known -= {"USD"} if known != {"USD", _SEVERAL} else {_SEVERAL}
    for hit in reversed(symbols):
        plain = plain[: hit.start()] + " " + plain[hit.end() :]
    symbol = next(iter(known)) if len(known) == 1 and _SEVERAL not in known else None
    amount = read_number(plain)
    if kind == "currency":
        return Amount(amount, symbol, None)
    return Amount(amount, None, symbol if amount is not None else None)

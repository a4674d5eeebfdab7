"""MONEY and QUANTITY: amounts with a currency, measures with a physical unit. Plain numbers and percent are neither."""

from __future__ import annotations

import re
from functools import cache

from tasks.entities.lexicon import Mention
from tasks.lexicons import alternation, read_terms


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    terms = read_terms("units.tsv", 3)
    sign, prefix, currency, magnitude, number, unit = (
        alternation(terms[kind]) for kind in ("sign", "prefix", "currency", "magnitude", "number", "unit")
    )
    digits = r"\d[\d,]*(?:\.\d+)?"
    amount = rf"{digits}(?:(?:[- ]|(?=[mbkMB])){magnitude}\b)?"
    counted = rf"(?:{digits}|(?i:{number}))(?:[- ]{magnitude})*"
    money = (
        rf"(?<![\w$])(?:(?:{prefix} ?)?{sign} ?(?i:{amount})(?: {currency}\b)?"
        rf"|{prefix} ?{digits}(?:\.\d+)?(?: {magnitude}\b)?|{counted} {currency}\b)"
    )
    measure = rf"(?<![\w$£€.,])(?:{counted})(?: (?:to|or) (?:{counted}))?(?: ?-?){unit}(?![\w])"
    measure += r"|(?<![\w-])Mach \d+(?:\.\d+)?(?!\w)"
    return re.compile(money), re.compile(measure)


def find_quantities(text: str) -> list[Mention]:
    """Find amounts of money and measures.

    Example:
        >>> text = "It paid $1.2 billion for 500 pounds of fuel, 23 jets and 12 km of pipe."
        >>> [(m.label, text[m.start:m.end]) for m in find_quantities(text)]
        [('MONEY', '$1.2 billion'), ('QUANTITY', '500 pounds'), ('QUANTITY', '12 km')]
    """
    money, measure = _patterns()
    found = [Mention(*hit.span(), "MONEY", "rule:money") for hit in money.finditer(text)]
    found += [Mention(*hit.span(), "QUANTITY", "rule:quantity") for hit in measure.finditer(text)]
    return sorted(found)

"""MONEY and QUANTITY: amounts with a currency, measures with a physical unit. Plain numbers and percent are neither.

A range (`30–40 billion roubles`, `between 10 and 15 km`, `60 by 80 miles`) is one mention.
"""

from __future__ import annotations

import re
from functools import cache

from tasks.entities.lexicon import Mention
from tasks.lexicons import alternation, read_terms
from tasks.numbers import DIGITS

_INCHES = "”"
_SHORT_UNIT = 3  # letters: what is longer is a unit in capitals too
_LONGEST_INCHES = 3  # digits: what is longer is a year


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    units, money = read_terms("units.tsv", 3), read_terms("currencies.tsv", 3)
    magnitude, number, length = (alternation(units[kind]) for kind in ("magnitude", "number", "length"))
    unit = alternation((*units["unit"], *(form.upper() for form in units["unit"] if len(form) > _SHORT_UNIT)))
    sign, front, currency, scaled, initial = (
        alternation(money[kind]) for kind in ("sign", "front", "currency", "scaled", "initial")
    )
    code = alternation(money["code"])
    prefix = alternation(money["prefix"])
    amount = rf"{DIGITS}(?:(?:[- ]|(?=[mbkMBclt])){magnitude}\b(?: {magnitude}\b)?(?: {DIGITS} {magnitude}\b)?)?"
    until = r"(?: ?[–—-] ?| to | or )"
    amounts = rf"(?i:{amount})(?:{until}(?i:{amount}))?"
    counted = rf"(?:{DIGITS}|(?i:{number})(?: and a half)?)(?:[- ](?i:{magnitude})\b)*"
    scales = rf"{DIGITS}[- ](?i:{magnitude})\b(?:[- ]{DIGITS}[- ](?i:{magnitude})\b)?"
    many = r"(?:tens|hundreds|thousands|millions|billions|trillions)"
    found = (
        rf"(?:(?:{front}|{code}|{prefix}) ?)?{sign} ?{amounts}(?:[- ](?:de )?(?:{currency}|{code})\b)?",
        rf"(?:{code} |{prefix} ?){amounts}",
        rf"{code}{DIGITS} ?(?i:{magnitude})\b",
        rf"{initial} ?{DIGITS} ?{magnitude}\b",
        rf"{initial}\d{{1,3}}(?:,\d{{3}})+(?:\.\d\d)?(?![\w,]*\d)",  # P42,000
        rf"{counted}(?:{until}{counted})?[- ](?:{currency}|{code})\b",
        rf"{scales}[- ]{scaled}\b",
        rf"(?i:(?:{many} of )?{many} of (?:{currency}|{scaled}))\b",
        rf"(?i:several {magnitude} {currency})\b",
    )
    joint = r"(?: (?:to|or|by) | ?[–—-] ?)"
    measures = (
        rf"(?<![\w$£€.,])(?<![A-Za-z]-){counted}(?:{joint}{counted})?(?: ?-?){unit}(?![\w])",
        rf"(?i:(?:an?|several) {magnitude}|several) {unit}(?!\w)",
        rf"(?<=[Bb]etween ){counted} and {counted}(?: ?-?){unit}(?![\w])",
        rf"(?<![\w$£€.,]){DIGITS} ?m(?= {length}\b)",
        rf"(?<![\w$£€.,]){DIGITS} m(?=[ ,.;)]|$)",
        rf"(?:(?<= at )|(?<=within )|(?<=beyond )){DIGITS}m(?=[ ,.;)]|$)",
        r"[-−]\d+(?:\.\d+)? ?°[CF](?!\w)",
        r"(?<![\w-])Mach \d+(?:\.\d+)?(?!\w)",
    )
    return re.compile(rf"(?<![\w$])(?:{'|'.join(found)})"), re.compile("|".join(reversed(measures)))


def _is_closing(text: str, hit: re.Match[str]) -> bool:
    """Tell a quote mark that closes behind a number (`“Order No. 77”`) from the sign of inches."""
    if not hit.group().endswith(_INCHES):
        return False
    number = hit.group()[:-1]
    is_open = text.count("“", 0, hit.start()) > text.count("”", 0, hit.start())
    return "." not in number and (is_open or len(number) > _LONGEST_INCHES)


_WORD, _DIGIT = re.compile(r"[A-Za-z]+"), re.compile(r"\d")
_MANY = "several tens hundreds thousands millions billions trillions"


@cache
def _numerals() -> frozenset[str]:
    """Return words, in small letters, of which a line has one where an amount stands without a digit."""
    units = read_terms("units.tsv", 3)
    numbers = _WORD.findall(" ".join((*units["number"], *units["magnitude"])).casefold())
    return frozenset((*numbers, *_MANY.split()))


def _has_numeral(text: str) -> bool:
    return bool(_DIGIT.search(text)) or not _numerals().isdisjoint(_WORD.findall(text.casefold()))


def find_quantities(text: str) -> list[Mention]:
    """Find amounts of money and measures.

    Example:
        >>> text = "It paid $1.2 billion and Rs 12 crore for 500 pounds of fuel, 23 jets and 10–12 km of pipe."
        >>> [(m.label, text[m.start:m.end]) for m in find_quantities(text)]
        [('MONEY', '$1.2 billion'), ('MONEY', 'Rs 12 crore'), ('QUANTITY', '500 pounds'), ('QUANTITY', '10–12 km')]
    """
    if not _has_numeral(text):
        return []
    money, measure = _patterns()
    found = [Mention(*hit.span(), "MONEY", "rule:money") for hit in money.finditer(text)]
    found += [
        Mention(*hit.span(), "QUANTITY", "rule:quantity")
        for hit in measure.finditer(text)
        if not _is_closing(text, hit)
    ]
    return sorted(found)

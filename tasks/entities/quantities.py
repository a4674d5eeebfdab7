"""MONEY and QUANTITY: amounts with a currency, measures with a physical unit. Plain numbers and percent are neither.

A range (`30–40 billion roubles`, `between 10 and 15 km`, `60 by 80 miles`) is one mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from tasks.entities.lexicon import Mention, last_letters, letters_in
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


_DIGIT = re.compile(r"\d")
_SIGN = re.compile(r"[^\w .’'/-]|/$")
_MANY = "several tens hundreds thousands millions billions trillions"


@cache
def _numerals() -> frozenset[str]:
    """Return words, in small letters, of which a line has one where an amount stands without a digit."""
    units = read_terms("units.tsv", 3)
    numbers = letters_in(" ".join((*units["number"], *units["magnitude"])))
    return frozenset((*numbers, *_MANY.split()))


class _Signs(NamedTuple):
    """What a line has one of where an amount of a kind stands: words in small letters, or other signs."""

    words: frozenset[str]
    others: re.Pattern[str]

    def stand_in(self, text: str, words: frozenset[str]) -> bool:
        return not self.words.isdisjoint(words) or self.others.search(text) is not None


def _read_signs(forms: Iterable[str], *patterns: str) -> _Signs:
    words, others = set[str](), set[str](patterns)
    for form in forms:
        if (sign := _SIGN.search(form)) is not None:
            others.add(re.escape(sign.group()))
        else:
            words.add(last_letters(form.partition("/")[0]))
    return _Signs(frozenset(words), re.compile("|".join(sorted(others))))


@cache
def _signs() -> tuple[_Signs, _Signs]:
    """Return the signs of money and of measures; a number in letters may have run into a unit."""
    units, money = read_terms("units.tsv", 3), read_terms("currencies.tsv", 3)
    kinds = ("sign", "currency", "code", "prefix", "scaled", "initial")
    run_on = [f"{number}{unit}" for number in (*units["number"], "half") for unit in units["unit"]]
    longer = [unit for unit in units["unit"] if len(unit) > 1 or not unit.isalpha()]
    letters = "".join(sorted({"m", *(unit for unit in units["unit"] if len(unit) == 1 and unit.isalpha())}))
    return (
        _read_signs(form for kind in kinds for form in money[kind]),
        _read_signs((*longer, *run_on, "Mach"), rf"[A-Za-z\d] ?-?(?<![A-Za-z])[{letters}](?!\w)"),  # no `China's`
    )


def find_quantities(text: str) -> list[Mention]:
    """Find amounts of money and measures.

    Example:
        >>> text = "It paid $1.2 billion and Rs 12 crore for 500 pounds of fuel, 23 jets and 10–12 km of pipe."
        >>> [(m.label, text[m.start:m.end]) for m in find_quantities(text)]
        [('MONEY', '$1.2 billion'), ('MONEY', 'Rs 12 crore'), ('QUANTITY', '500 pounds'), ('QUANTITY', '10–12 km')]
    """
    words = letters_in(text)
    if not _DIGIT.search(text) and _numerals().isdisjoint(words):
        return []
    found: list[Mention] = []
    (money, measure), (of_money, of_measure) = _patterns(), _signs()
    if of_money.stand_in(text, words):
        found += [Mention(*hit.span(), "MONEY", "rule:money") for hit in money.finditer(text)]
    if of_measure.stand_in(text, words):
        hits = (hit for hit in measure.finditer(text) if not _is_closing(text, hit))
        found += [Mention(*hit.span(), "QUANTITY", "rule:quantity") for hit in hits]
    return sorted(found)

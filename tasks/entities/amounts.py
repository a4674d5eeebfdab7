"""What amounts of money and measures stand for: a number with a currency (ISO 4217) or the symbol of a unit.

A range (`two to three kilometres`) is no number, and neither is what cannot be read as a whole: decimal commas, a
magnitude that no rule reads, digits or a magnitude that go on behind the mention. A word that several currencies share
(rupees, ¥) leaves the currency open, unless the publisher's country or the document's other amounts say which. A bare $
counts as U.S. dollars where the publisher's country has no dollar of its own, and pounds as a measure as weight.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Literal, NamedTuple

from tasks.lexicons import alternation, read_rows, read_terms
from tasks.numbers import DIGITS, read_number, values_of

_SEVERAL = "?"
ANY_DOLLAR = "$"  # for a country: it is not known, and a bare $ may be another country's


class Amount(NamedTuple):
    """A number with its currency or its unit; each None where it is not known."""

    amount: float | None
    currency: str | None
    unit: str | None


@cache
def _units() -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_]){alternation(tuple(values_of('unit')))}(?![^\W\d_])")


class _Money(NamedTuple):
    """What stands for currencies.

    Attributes:
        codes: Code by sign, code and word; words in small letters.
        national: What a word stands for in a country's releases, by country and word.
        symbols: Finds them.
        at_start: Finds the letters that count at the start alone.
    """

    codes: dict[str, str]
    national: dict[tuple[str, str], str]
    symbols: re.Pattern[str]
    at_start: re.Pattern[str]


@cache
def _money() -> _Money:
    rows = read_rows("currencies.tsv", 3)
    of = {kind: {form: value for k, form, value in rows if k == kind} for kind in {row[0] for row in rows}}
    signs = of["sign"] | {f"{front}$": value for front, value in of["front"].items()} | of["code"]
    words = {
        form.casefold(): value for kind in ("currency", "scaled", "meant", "prefix") for form, value in of[kind].items()
    }
    national = {(kind, form.casefold()): value for kind, form, value in rows if len(kind) == 3 and kind.isupper()}
    pattern = rf"(?<![^\W\d_])(?:{alternation(signs)}|(?i:{alternation(words)}))(?![^\W\d_])|{alternation(of['sign'])}"
    codes = words | {form.casefold(): value for form, value in (signs | of["initial"]).items()}
    at_start = re.compile(rf"{alternation(of['initial'])}(?= ?\d)")
    return _Money(codes, national, re.compile(pattern), at_start)


@cache
def _goes_on() -> re.Pattern[str]:
    magnitude = alternation(read_terms("units.tsv", 3)["magnitude"])
    symbol = rf"(?:{_money().symbols.pattern}|[A-Z]{{1,3}}\$?)"
    later = rf" ?(?:to|and|or|[–—-]) ?{symbol}? ?{DIGITS}[ -]?{magnitude}\b"
    return re.compile(rf"[,.]?\d|[ -]?{magnitude}\b(?! of\b)|{later}", re.IGNORECASE)


def has_symbol(kind: Literal["currency", "unit"], value: str) -> bool:
    """Tell whether a currency or a unit stands in a text.

    Example:
        >>> has_symbol("unit", "850 munitions"), has_symbol("currency", "NOK 75 billion")
        (False, True)
    """
    if kind == "unit":
        return _units().search(value.casefold().replace("-", " ")) is not None
    return _money().symbols.search(value) is not None or _money().at_start.match(value) is not None


def pick_dollar(countries: Mapping[str, int]) -> str:
    """Return the country for a document whose publisher's is not known, from how often it names each country.

    A bare $ is U.S. dollars unless it names a country that has dollars of its own, and more often than the U.S.

    Example:
        >>> pick_dollar({"AUS": 3, "USA": 1}), pick_dollar({"AUS": 1, "USA": 1}), pick_dollar({"FRA": 2})
        ('$', '', '')
    """
    own = {country for country, form in _money().national if form == "$"}
    return ANY_DOLLAR if max((countries.get(c, 0) for c in own), default=0) > countries.get("USA", 0) else ""


def read_amount(
    kind: Literal["currency", "unit"], value: str, after: str = "", country: str = "", stated: Collection[str] = ()
) -> Amount:
    """Return what an amount of money or a measure stands for.

    Args:
        kind: Whether it is to have a currency or a unit.
        value: As it stands in the text.
        after: The text behind it, on its line.
        country: ISO 3166-1 code of the publisher's country, where it is known; what `pick_dollar` says where it is not.
        stated: Currencies that the document's other amounts are certainly in.

    Example:
        >>> read_amount("currency", "$765 million")
        Amount(amount=765000000.0, currency='USD', unit=None)
        >>> read_amount("currency", "30 billion roubles")[:2], read_amount("currency", "Rs 12 crore")[:2]
        ((30000000000.0, 'RUB'), (120000000.0, None))
        >>> read_amount("currency", "$5", " gazillion"), read_amount("currency", "$5", "-7 billion").amount
        (Amount(amount=5.0, currency='USD', unit=None), None)
        >>> read_amount("currency", "$5", country="AUS").currency
        'AUD'
        >>> read_amount("currency", "Rs 5", stated={"INR"}).currency
        'INR'
        >>> read_amount("unit", "18,000 feet"), read_amount("unit", "two to three kilometres").amount
        (Amount(amount=18000.0, currency=None, unit='ft'), None)
    """
    plain = " ".join(value.split())
    if kind == "currency":
        number, symbol = _read_currency(plain, country, stated)
    else:
        number, symbol = _read_unit(plain)
    amount = None if _goes_on().match(after) else read_number(number)
    if kind == "currency":
        return Amount(amount, symbol, None)
    sign = -1 if plain[0] in "-−" else 1
    return Amount(amount and sign * amount, None, symbol if amount is not None else None)


def _read_currency(plain: str, country: str, stated: Collection[str]) -> tuple[str, str | None]:
    """Return what is left without the currency, and its code."""
    money = _money()
    hits = [*money.symbols.finditer(plain), *filter(None, [money.at_start.match(plain)])]
    forms = {hit.group().casefold() for hit in hits}
    known = {money.national.get((country, form), money.codes[form]) for form in forms} - {"-"}
    if country == ANY_DOLLAR and known == {"USD"} and forms <= {"$", "dollar", "dollars"}:
        known = {_SEVERAL}
    if len(known) > 1:  # "$ ... dollars", "$ ... pesos", "$ ... cents"
        with_dollars = {c for c, form in money.national if form == "$"}
        is_theirs = any(c in with_dollars and form in forms - {"$"} for c, form in money.national)
        known -= {"USD"} if known != {"USD", _SEVERAL} or is_theirs else {_SEVERAL}
    if known == {_SEVERAL}:
        known = {code for (_, form), code in money.national.items() if form in forms} & set(stated)
    for hit in sorted(hits, key=lambda hit: -hit.start()):
        plain = plain[: hit.start()] + " " + plain[hit.end() :]
    return plain.replace("-", " "), next(iter(known)) if len(known) == 1 and _SEVERAL not in known else None


def _read_unit(plain: str) -> tuple[str, str | None]:
    """Return what is left without the unit, and its symbol."""
    plain = plain.casefold().replace("-", " ")
    hits = list(_units().finditer(plain))
    known = {values_of("unit")[hit.group()] for hit in hits}
    for hit in reversed(hits):
        plain = plain[: hit.start()] + " " + plain[hit.end() :]
    return plain.replace("−", " "), next(iter(known)) if len(known) == 1 else None

"""Who is meant by a surname beside an office: `President Lind`, `Defence Minister Orlov`.

Order: a title → the office that it names (config/lexicons/high_offices.tsv) → who of that surname held it in the year
of publication (people_offices.tsv), in the stated country or, where none is stated, in any → one person, or nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import NamedTuple

from tasks.lexicons import read_rows, read_terms
from tasks.names import name_words

HELD = "people_offices.tsv"
_ENDS = (",", " and ", " & ")


class Holder(NamedTuple):
    """Someone who held an office: the key, the country (ISO 3166-1 alpha-3), the first and last year that is known.

    The last year is None where the office is still held, as far as the lexicon knows.
    """

    key: str
    country: str
    since: int
    until: int | None


@cache
def _forms() -> dict[str, str]:
    return {form: office for office, form in read_rows("high_offices.tsv", 2)}


def office_of(title: str) -> str | None:
    """Return the office that a title names, None if it is none of those that one person holds at a time.

    Example:
        >>> office_of("Minister of National Defence"), office_of("Foreign Minister and Deputy Premier")
        ('defence minister', 'foreign minister')
        >>> office_of("Deputy Defence Minister"), office_of("Minister of Defence Production")
        (None, None)
    """
    plain = " ".join(title.casefold().split())
    cut = min((at for end in _ENDS if (at := plain.find(end)) >= 0), default=len(plain))
    return _forms().get(plain) or _forms().get(plain[:cut])


@cache
def _holders() -> dict[tuple[str, str], tuple[Holder, ...]]:
    """Return who held an office, by the office and surname."""
    first = read_terms("transliteration.tsv")["surname_first"]
    names = {key: (name, iso) for key, name, _, iso, *_ in read_rows("people.tsv", 7)}
    found: dict[tuple[str, str], list[Holder]] = {}
    for key, office, country, since, until in read_rows(HELD, 5):
        name, iso = names[key]
        words = name_words(name)
        surname = words[0] if iso in first else words[-1]
        holder = Holder(key, country, int(since), int(until) if until else None)
        found.setdefault((office, surname), []).append(holder)
    return {place: tuple(holders) for place, holders in found.items()}


def find_holder(surname: str, titles: Collection[tuple[str, str | None]], day: date | None) -> str | None:
    """Return the key of who is meant by a surname.

    Args:
        surname: A name of one word.
        titles: What the document calls the person, each with the country that it states, if any; a country that is
            stated once counts for the office wherever it stands.
        day: The day of publication; without one, nobody is found.

    Example:
        >>> find_holder("Putin", [("President", "RUS")], date(2019, 5, 9))
        'person:vladimir-putin'
        >>> find_holder("Putin", [("President", "FRA")], date(2019, 5, 9))
        >>> find_holder("Putin", [("President", "FRA"), ("President", None)], date(2019, 5, 9))
        >>> find_holder("Putin", [("spokesman", "RUS")], date(2019, 5, 9))
    """
    words = name_words(surname)
    if day is None or len(words) != 1:
        return None
    offices: dict[str, set[str]] = {}
    for title, country in titles:
        if (office := office_of(title)) is not None:
            offices.setdefault(office, set()).update([country] if country else [])
    found = {
        holder.key
        for office, countries in offices.items()
        for holder in _holders().get((office, words[0]), ())
        if holder.since <= day.year <= (holder.until or day.year) and (not countries or holder.country in countries)
    }
    return found.pop() if len(found) == 1 else None

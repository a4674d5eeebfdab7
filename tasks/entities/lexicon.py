"""Names that lexicons know: countries and peoples, found in a text; keys of cities, people and organisations."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from tasks.labels import ENTITY_LABELS
from tasks.lexicons import read_rows, read_terms
from tasks.resources import find_resource

COUNTRIES = "countries.tsv"
_CAPITALISED = re.compile(r"(?<![\w@])[A-Z]")
_FREQUENT = 20_000  # words of English


class Mention(NamedTuple):
    """A name in a text: half-open offsets, label, and what found it."""

    start: int
    end: int
    label: str
    method: str


@cache
def _frequent() -> frozenset[str]:
    """Return the frequent words of English, in small letters."""
    words = (find_resource("words", "models") / "words.txt").read_text(encoding="utf-8").split("\n", _FREQUENT)
    return frozenset(words[:_FREQUENT])


def has_no_english(name: str) -> bool:
    """Tell whether no word of a name is a frequent one of English, nor the plural of one.

    Example:
        >>> [has_no_english(name) for name in ("Oduya", "Ahmat Djimrangar", "Dynamics", "Mark Oduya")]
        [True, True, False, False]
    """
    return _frequent().isdisjoint(form for word in name.casefold().split() for form in (word, word.rstrip("s")))


@cache
def country_forms() -> dict[str, tuple[str, str]]:
    """Return ISO 3166 alpha-3 code and label (GPE or NORP) by form."""
    labels = {kind: label.name for label in ENTITY_LABELS for kind in label.nation_as}
    return {form: (iso, labels[kind]) for iso, kind, form in read_rows(COUNTRIES, 3) if kind in labels}


@cache
def other_places() -> dict[str, tuple[str, bool]]:
    """Return ISO 3166 code, and whether another place has that name too, of countries whose names name much else."""
    return {
        form: (iso, kind == "shared") for iso, kind, form in read_rows(COUNTRIES, 3) if kind in ("labelled", "shared")
    }


CITIES = "cities.tsv"
NAMESAKES = "namesakes.tsv"
PEOPLE = "people.tsv"
ORGANISATIONS = "organisations.tsv"


def uncapitalise(name: str) -> str:
    """Return a country's name in the case that lexicons have it in.

    Example:
        >>> uncapitalise("RUSSIA"), uncapitalise("UAE"), uncapitalise("Russia")
        ('Russia', 'UAE', 'Russia')
    """
    return name.title() if name.isupper() and name not in country_forms() else name


def _keys(rows: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    return {form: key for key, forms in rows for form in forms if form}


@cache
def city_keys() -> dict[str, str]:
    """Return keys of cities by name, unless a territory has the name too."""
    return _keys((key, (form,)) for key, form, _, kind in read_rows(CITIES, 4) if kind != "territory")


@cache
def city_countries() -> dict[str, str]:
    """Return the countries that cities lie in, ISO 3166-1 alpha-3, by the cities' names."""
    return {form: iso for _, form, iso, _ in read_rows(CITIES, 4)}


@cache
def capitals() -> frozenset[str]:
    """Return the names of capitals."""
    return frozenset(form for _, form, _, kind in read_rows(CITIES, 4) if kind == "capital")


@cache
def namesakes() -> frozenset[tuple[str, str]]:
    """Return the names of cities that a town of another country bears, each behind that country's ISO code."""
    return frozenset((iso, form) for iso, form in read_rows(NAMESAKES, 2))


@cache
def people_keys() -> dict[str, str]:
    """Return keys of people by name and alias."""
    return _keys((key, (name, *aliases.split("|"))) for key, name, aliases, *_ in read_rows(PEOPLE, 7))


@cache
def given_first() -> frozenset[str]:
    """Return the names of people of countries where the given name stands first."""
    others = read_terms("transliteration.tsv")["surname_first"]
    rows = (row for row in read_rows(PEOPLE, 7) if row[3] not in others)
    return frozenset(form for _, name, aliases, *_ in rows for form in (name, *aliases.split("|")))


@cache
def organisation_keys() -> dict[str, str]:
    """Return keys of organisations by name and alias."""
    return _keys((key, (name, *aliases.split("|"))) for key, name, aliases, *_ in read_rows(ORGANISATIONS, 5))


_RUN = re.compile(r"\w+")


@lru_cache(maxsize=16)
def words_in(line: str) -> frozenset[str]:
    """Return the words of a line: most rules need one of a few, without which they need not look."""
    return frozenset(_RUN.findall(line))


_LETTERS = re.compile(r"[A-Za-z]+")


@lru_cache(maxsize=16)
def letters_in(line: str) -> frozenset[str]:
    """Return the runs of letters in a line, as small ones: the `km` of `12km`."""
    return frozenset(_LETTERS.findall(line.casefold()))


def last_letters(form: str) -> str:
    """Return the last run of letters in a form, as small ones."""
    return str(_LETTERS.findall(form.casefold())[-1])


def first_words(forms: Iterable[str]) -> frozenset[str]:
    """Return the words that forms start with: one of them stands where a form does between other than letters.

    Example:
        >>> sorted(first_words(("Lt. Gen.", "guided-missile frigate")))
        ['Lt', 'guided']
    """
    return frozenset(_RUN.findall(form)[0] for form in forms)


def last_words(forms: Iterable[str]) -> frozenset[str]:
    """Return the words that forms end with.

    Example:
        >>> sorted(last_words(("N.Y.", "Air Base")))
        ['Base', 'Y']
    """
    return frozenset(_RUN.findall(form)[-1] for form in forms)


def find_at_words(
    pattern: re.Pattern[str], text: str, words: Collection[str], start: int = 0, end: int | None = None
) -> Iterator[re.Match[str]]:
    """Yield the matches that `pattern.finditer` yields, where all of them start at one of some words.

    Args:
        pattern: What is looked for; does not match within a word.
        text: The text.
        words: The words, in small letters.
        start: Where to begin.
        end: Where to stop.
    """
    end = len(text) if end is None else end
    at = start
    for word in _RUN.finditer(text, start, end):
        is_start = word.start() >= at and word.group().casefold() in words
        if is_start and (hit := pattern.match(text, word.start(), end)) is not None:
            yield hit
            at = hit.end()


_WORD = re.compile(r"[^\s,;:()\[\]\"“”/—–-]+")

_TAIL = re.compile(r"['’]|[.!?]+$")

Forms = Mapping[str, Sequence[str]]


def index_forms(forms: Iterable[str]) -> Forms:
    """Return the written forms of names by their first word, the longest first."""
    by_word: dict[str, list[str]] = {}
    for form in forms:
        if (first := _WORD.match(form)) is not None:
            by_word.setdefault(first.group(), []).append(form)
    return {word: sorted(found, key=lambda form: (-len(form), form)) for word, found in by_word.items()}


def find_forms(text: str, index: Forms, starts: re.Pattern[str] = _CAPITALISED) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and form of names that are written as in the index, at word boundaries, free of overlaps.

    Args:
        text: The text.
        index: The names.
        starts: Where a name may start.

    Example:
        >>> list(find_forms("In South Korea, Korea's army.", index_forms(["Korea", "South Korea"])))
        [(3, 14, 'South Korea'), (16, 21, 'Korea')]
    """
    at = 0
    for hit in starts.finditer(text):
        start = hit.start()
        if start < at or (word := _WORD.match(text, start)) is None:
            continue
        raw = word.group()
        forms = index.get(raw)
        if forms is None and (tail := _TAIL.search(raw)) is not None:
            forms = index.get(raw[: tail.start()])
        for form in forms or ():
            end = start + len(form)
            if text.startswith(form, start) and not text[end : end + 1].isalnum():
                yield start, end, form
                at = end
                break


@cache
def _country_index() -> Forms:
    return index_forms(country_forms())


def find_countries(text: str) -> list[Mention]:
    """Find names of countries and peoples, capitalised and at word boundaries, the longest form first.

    Example:
        >>> [(m.label, m.start, m.end) for m in find_countries("Russian and U.S. officers met in South Korea.")]
        [('NORP', 0, 7), ('GPE', 12, 16), ('GPE', 33, 44)]
    """
    forms = country_forms()
    return [Mention(start, end, forms[form][1], "lexicon") for start, end, form in find_forms(text, _country_index())]

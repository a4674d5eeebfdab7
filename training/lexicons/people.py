"""People of the lexicon people.tsv: from open lists of leaders to one row a person.

Order: each list → (name as written, country, role, year) → the name in one spelling (given order, no patronymic, no
honorifics) → people, by country and spelling → aliases (without initials, other transliterations, other order, without
accents) → a name that two people share goes. people_extra.tsv has the last word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tasks.entities.offices import office_of
from tasks.lexicons import alternation, read_rows, read_terms
from training.data import read_table

FIRST_YEAR = 1990  # the lists before it have surnames only

_WORD = r"[^\W\d_][\w’'.-]*"
_NAME = re.compile(rf"{_WORD}(?: {_WORD}){{1,5}}")


class Held(NamedTuple):
    """A line of a list: who held what, when."""

    name: str
    country: str
    role: str
    year: int


class Person(NamedTuple):
    """A row of people.tsv."""

    key: str
    name: str
    aliases: tuple[str, ...]
    country: str
    role: str
    since: str
    until: str


def plain(text: str) -> str:
    """Return a text without accents.

    Example:
        >>> plain("Erdoğan, Vučić")
        'Erdogan, Vucic'
    """
    text = text.translate(str.maketrans("łŁøØđĐıßæ", "lLoOdDisa"))
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def slug(name: str) -> str:
    """Return a name as a key.

    Example:
        >>> slug("Ursula von der Leyen")
        'ursula-von-der-leyen'
    """
    return re.sub(r"[^a-z0-9]+", "-", plain(name).lower()).strip("-")


@cache
def _honorifics() -> re.Pattern[str]:
    forms = alternation(read_terms("lists.tsv")["honorific"])
    return re.compile(rf"(?:{forms}[.’']?,? )+", re.IGNORECASE)


def _cased(word: str) -> str:
    """Take a word out of capitals: SHOYGU, O'BRIEN, McCONNELL, al-ASSAD, but not J.F. or bin."""
    if word.isupper() and ("." in word or re.fullmatch("[IVX]+", word)):
        return word
    return re.sub(
        r"[^\W\d_]{2,}", lambda part: part[0][0] + part[0][1:].lower() if part[0].isupper() else part[0], word
    )


def _leading(name: str) -> int:
    hit = _honorifics().match(name)
    return hit.end() if hit else 0


def tidy(name: str) -> str:
    """Return a name as lists write it, as texts write it.

    Example:
        >>> [tidy(name) for name in ("Sergey LAVROV", "Mr. Volodymyr Zelenskyy", "Bashar al-ASAD", "WEI Fenghe")]
        ['Sergey Lavrov', 'Volodymyr Zelenskyy', 'Bashar al-Asad', 'Wei Fenghe']
    """
    name = re.sub(r"\([^)]*\)|[\"“”]|,.*", " ", name)
    name = " ".join(_cased(word) for word in name.split())
    return name[_leading(name) :].strip(" .")


def spellings(word: str, rules: Iterable[tuple[str, str]]) -> list[str]:
    """Return the English spellings of a transliterated word, the preferred first, the given one last.

    Example:
        >>> spellings("Sergey", [("ey", "ei"), ("iy", "y")])
        ['Sergei', 'Sergey']
    """
    found = [word]
    for old, new in rules:
        latest = found[-1]
        if latest.endswith(old):
            found.append(latest[: -len(old)] + new)
    return found[::-1]


def forms_of(name: str, country: str) -> list[str]:
    """Return a name in its preferred spelling and then in the others that follow from rules.

    Example:
        >>> forms_of("Sergey Kuzhugetovich Shoygu", "RUS")[0]
        'Sergei Shoigu'
        >>> forms_of("Wei Fenghe", "CHN")
        ['Wei Fenghe', 'Fenghe Wei']
        >>> forms_of("Joseph R. Biden", "USA")
        ['Joseph R. Biden', 'Joseph Biden']
    """
    terms = read_terms("transliteration.tsv")
    words = name.split()
    forms = [name]
    if country in terms["cyrillic"]:
        rules = [(old, new) for old, _, new in (rule.partition("=") for rule in terms["rule"])]
        short = [w for i, w in enumerate(words) if not 0 < i < len(words) - 1 or not w.endswith(terms["patronymic"])]
        short = [w for i, w in enumerate(short) if not 0 < i < len(short) - 1 or not re.fullmatch(r"\w\.?", w)]
        variants = [spellings(word, rules) for word in short]
        given, family = variants[0], variants[-1]
        middle = [choices[0] for choices in variants[1:-1]]
        forms = [" ".join([g, *middle, f]) for f in family for g in given] + [name]
    elif country in terms["surname_first"] and 2 <= len(words) <= 3 and "-" not in words[0]:
        forms.append(" ".join([*words[1:], words[0]]))
    else:
        without = [w for i, w in enumerate(words) if not 0 < i < len(words) - 1 or not re.fullmatch(r"\w\.?", w)]
        forms.append(" ".join(without))
    return list(dict.fromkeys([*forms, *map(plain, forms)]))


def read_lists(data: Path, codes: Mapping[str, str]) -> Iterator[Held]:
    """Yield what the open lists under `data`/gazetteer say.

    Args:
        data: The folder that holds gazetteer/.
        codes: ISO 3166-1 alpha-3 code by name of a country.
    """
    folder = data / "gazetteer"
    leaders = alternation(read_terms("lists.tsv")["leader"])
    for row in read_table(folder / "ungdc_speakers.csv"):
        post = " ".join((row["Post"] or "").replace('"', "").split())
        if post and len(row["ISO Code"]) == 3:
            yield Held(
                row["Name of Person Speaking"], row["ISO Code"], post.replace("Foregn", "Foreign"), int(row["Year"])
            )
    for row in read_table(folder / "us_state_visits_foreign_leaders.csv"):
        office = re.match(rf"(?:Acting )?{leaders} (?=\S+ )", row["visitor"])
        if office and row["from"] in codes:
            yield Held(row["visitor"][office.end() :], codes[row["from"]], office.group().strip(), int(row["date"][:4]))
    for row in read_table(folder / "us_state_travels.csv"):
        if row["date"][:4].isdigit():
            yield Held(row["traveler"], "USA", "President or Secretary of State", int(row["date"][:4]))
    for row in read_table(folder / "cia_world_leaders_2019.csv"):
        if row["country"] in codes:
            yield Held(row["person"], codes[row["country"]], row["office"], 2019)
    for row in read_table(folder / "factbook_countries.csv"):
        code = codes.get(row["name"]) or codes.get(row["long_name"])
        for column in ("chief_of_state", "head_of_government"):
            held = re.match(rf"({leaders}) ([^(;,]+) \(since [^)]*?(\d{{4}})\)", row[column])
            if code and held:
                yield Held(held[2], code, held[1], int(held[3]))


def read_common(data: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Return the forenames and surnames, without accents, that are common in the countries of English."""
    folder = data / "gazetteer"
    english = read_terms("lists.tsv")["english"]
    given, family = (
        frozenset(plain(row["Romanized Name"]) for row in read_table(folder / name) if row["Country"] in english)
        for name in ("common-forenames-by-country.csv", "common-surnames-by-country.csv")
    )
    return given, family


@cache
def _offices() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of offices that count and of those among them that do not."""
    terms = read_terms("lists.tsv")
    ministry = alternation(terms["ministry"])
    office = rf"{alternation(terms['office'])}(?: (?:&|and|of the) .*)?"
    counts = rf"(?:{office}|(?:deputy )?minister (?:of|for) .*{ministry}.*)"
    return re.compile(counts, re.IGNORECASE), re.compile(alternation(terms["aside"]), re.IGNORECASE)


def _is_office(role: str) -> bool:
    counts, aside = _offices()
    # "Foreign Affairs & Trade" is a foreign ministry, "Foreign Trade" is none.
    return counts.fullmatch(role) is not None and not aside.search(role)


def build_people(
    held: Iterable[Held], common: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
) -> list[Person]:
    """Return the people, by key; one whose name is shared, or made of a common forename and surname, is left out.

    Example:
        >>> lists = [Held("Sergey LAVROV", "RUS", "Minister of Foreign Affairs", 2019)]
        >>> lists += [Held("Sergey V. Lavrov", "RUS", "Minister for Foreign Affairs", 2023)]
        >>> [(p.key, p.since, p.until) for p in build_people(lists) if p.key == "person:sergei-lavrov"]
        [('person:sergei-lavrov', '2004', '')]
    """
    found: dict[tuple[str, str], list[Held]] = {}
    aliases: dict[tuple[str, str], set[str]] = {}
    for line in held:
        name = tidy(line.name)
        words = plain(name).split()
        if len(words) > 1 and words[0] in common[0] and words[-1] in common[1]:
            continue
        if line.year < FIRST_YEAR or not _NAME.fullmatch(name) or not _is_office(line.role):
            continue
        forms = forms_of(name, line.country)
        # Without initials, so that one list's "V." does not make another person.
        short = min(forms[:2], key=len) if re.search(r" \w\.? ", forms[0]) else forms[0]
        person = (line.country, slug(short))
        found.setdefault(person, []).append(line)
        aliases.setdefault(person, set()).update([short, *forms])

    listed = [
        _one_person(f"person:{key}", country, lines, aliases[country, key])
        for (country, key), lines in sorted(found.items())
    ]
    extra = [
        Person(f"person:{slug(name)}", name, tuple(filter(None, more.split("|"))), country, role, since, until)
        for name, more, country, role, since, until in read_rows("people_extra.tsv", 6)
    ]
    return _without_shared(extra, listed)


def _one_person(key: str, country: str, lines: Sequence[Held], forms: set[str]) -> Person:
    own = [form for form in forms if f"person:{slug(form)}" == key]
    name = min(own, key=lambda form: (plain(form) != form, form))
    years = [line.year for line in lines]
    latest = max(lines, key=lambda line: (line.year, line.role))
    role = " ".join(latest.role.split())
    return Person(key, name, tuple(sorted(forms - {name})), country, role, str(min(years)), str(max(years)))


def _without_shared(extra: list[Person], listed: Iterable[Person]) -> list[Person]:
    """Join the rows of both origins: forms of the former win, forms that two people share go."""
    own = {form: person.key for person in extra for form in (person.name, *person.aliases)}
    merged = {person.key: person for person in extra}
    rest: list[Person] = []
    for person in listed:
        keys = {own[form] for form in (person.name, *person.aliases) if form in own}
        same = merged[next(iter(keys))] if len(keys) == 1 else None
        if same is not None and same.country == person.country:
            more = {*same.aliases, person.name, *person.aliases} - {same.name}
            merged[same.key] = same._replace(aliases=tuple(sorted(more)))
        elif not keys:
            rest.append(person)
    uses: dict[str, set[int]] = {}
    everyone = [*merged.values(), *rest]
    for i, person in enumerate(everyone):
        for form in (person.name, *person.aliases):
            uses.setdefault(slug(form), set()).add(i)
    kept: list[Person] = []
    for person in everyone:
        if len(uses[slug(person.name)]) == 1 or person in extra:
            unique = tuple(alias for alias in person.aliases if len(uses[slug(alias)]) == 1)
            kept.append(person._replace(aliases=unique))
    return sorted(kept)


def build_held(held: Iterable[Held], people: Iterable[Person]) -> list[tuple[str, ...]]:
    """Return the rows `id, office, country, since, until` of people_offices.tsv: who is shown in a high office, when.

    From the first to the last year in which the lists show somebody in an office, that one is taken to have held it;
    those of people_extra.tsv by its years, without a last year if they hold it still.

    Example:
        >>> lines = [Held("Ana Ruiz", "PER", "Foreign Minister", year) for year in (2012, 2014)]
        >>> build_held(lines, [Person("person:ana-ruiz", "Ana Ruiz", (), "PER", "Foreign Minister", "2012", "2014")])
        [('person:ana-ruiz', 'foreign minister', 'PER', '2012', '2014')]
    """
    people = list(people)
    keys = {(person.country, form): person.key for person in people for form in (person.name, *person.aliases)}
    known = {person.key for person in people}
    years: dict[tuple[str, str, str], set[int]] = {}
    for line in held:
        office, name = office_of(line.role), tidy(line.name)
        if office is None or line.year < FIRST_YEAR or not _NAME.fullmatch(name):
            continue
        for form in (name, *forms_of(name, line.country)):
            if (key := keys.get((line.country, form))) is not None:
                years.setdefault((key, office, line.country), set()).add(line.year)
                break
    rows = {place: (str(min(shown)), str(max(shown))) for place, shown in years.items()}
    for name, _, country, role, since, until in read_rows("people_extra.tsv", 6):
        key, office = f"person:{slug(name)}", office_of(role)
        if key in known and office is not None:
            rows[key, office, country] = (since, until)
    return [(*place, *span) for place, span in sorted(rows.items())]

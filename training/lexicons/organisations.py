"""Organisations of the lexicon organisations.tsv: from open lists to one row an organisation.

Order: ministries of defence and foreign affairs, where a list names their minister → armed services, where a list names
them → agencies → names with the country or people in front, behind, in both spellings → a name that two organisations
share goes. organisations_extra.tsv has the last word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tasks.lexicons import alternation, read_rows, read_terms
from training.data import read_table
from training.lexicons.people import slug


class Organisation(NamedTuple):
    """A row of organisations.tsv."""

    key: str
    name: str
    aliases: tuple[str, ...]
    country: str
    kind: str


class Country(NamedTuple):
    """How a country and its people are called; the first of each is the usual one."""

    code: str
    names: tuple[str, ...]
    adjectives: tuple[str, ...]


def _spelt(form: str) -> set[str]:
    """Return a name in British and American spelling."""
    return {form, form.replace("Defense", "Defence"), form.replace("Defence", "Defense")}


def _ministry(portfolio: str, country: Country) -> Organisation:
    base = portfolio.replace("Defense", "Defence")
    topic = base.removeprefix("National ").removesuffix(" Affairs")
    determined = read_terms("lists.tsv")["determined"]
    forms = {f"{country.names[0]} Ministry of {base}"}
    for name in country.names:
        forms.add(f"Ministry of {base} of {'the ' if name.startswith(determined) else ''}{name}")
    for adjective in country.adjectives:
        forms |= {f"{adjective} Ministry of {base}", f"{adjective} {topic} Ministry"}
    forms = {spelling for form in forms for spelling in _spelt(form)}
    name = f"Ministry of {base} of {country.names[0]}"
    key = f"org:{country.code.lower()}-{slug('Ministry of ' + base)}"
    return Organisation(key, name, tuple(sorted(forms - {name})), country.code, "ministry")


def _services(text: str, country: Country) -> Iterator[Organisation]:
    r"""Yield the services that the Factbook's sentence names, with the country's name where they do not bear it.

    Example:
        >>> peru = Country("PER", ("Peru",), ("Peruvian",))
        >>> [o.name for o in _services("Army of Peru, Peruvian Navy (MGP): Coast Guard (2025)", peru)]
        ['Peruvian Coast Guard', 'Peruvian Navy']
    """
    found: dict[str, Organisation] = {}
    services = re.compile(rf"(?:[A-Z][\w’'-]+ ){{0,5}}{alternation(read_terms('lists.tsv')['service'])}")
    for part in re.split(r"[,;:()]| and | includes | aka ", re.sub(r"\d{4}", "", text)):
        name = part.strip()
        if not services.fullmatch(name) or not country.adjectives:
            continue
        marks = [*country.names, *country.adjectives]
        own = next((mark for mark in marks if re.search(rf"\b{re.escape(mark)}\b", name)), None)
        bare = re.sub(rf"\b{re.escape(own)} ", "", name) if own else name
        if set(bare.split()) & set(" ".join(country.names).split()):  # "Tobago Coast Guard"
            continue
        usual = name if own else f"{country.adjectives[0]} {bare}"
        fronts = (*country.adjectives, country.names[0])
        forms = {spelling for form in (usual, *(f"{front} {bare}" for front in fronts)) for spelling in _spelt(form)}
        key = f"org:{country.code.lower()}-{slug(bare)}"
        found[key] = Organisation(key, usual, tuple(sorted(forms - {usual})), country.code, "service")
    yield from sorted(found.values(), key=lambda organisation: organisation.name)


def build_organisations(data: Path, countries: Iterable[Country], codes: Mapping[str, str]) -> list[Organisation]:
    """Return the organisations, by key.

    Args:
        data: The folder that holds gazetteer/.
        countries: The countries and how they are called.
        codes: ISO 3166-1 alpha-3 code by name of a country.
    """
    folder = data / "gazetteer"
    by_code = {country.code: country for country in countries}
    found: dict[str, Organisation] = {}
    minister = re.compile(rf"Minister (?:of|for) ({alternation(read_terms('lists.tsv')['ministry_name'])})\b.*")
    for row in read_table(folder / "cia_world_leaders_2019.csv"):
        office = minister.fullmatch(row["office"])
        country = by_code.get(codes.get(row["country"], ""))
        if office and country:
            ministry = _ministry(office[1], country)
            found.setdefault(ministry.key, ministry)
    for row in read_table(folder / "factbook_military_forces.csv"):
        country = by_code.get(codes.get(row["country"], ""))
        if country:
            for service in _services(row["military_and_security_forces"], country):
                found.setdefault(service.key, service)
    shared = read_terms("lists.tsv")["shared_agency"]
    for agency in json.loads((folder / "us_federal_agencies.json").read_text(encoding="utf-8"))["agencies"]:
        if re.fullmatch(r"[A-Z][a-z]+(?: (?:[A-Z][a-z]+|of|for|the|and|on))+", agency):
            key = f"org:usa-{slug(agency)}"
            # Other countries have a Department of Justice too.
            forms = [f"{front} {agency}" for front in ("U.S.", "US", "United States")]
            name, *aliases = forms if agency.startswith(shared) else [agency, *forms]
            found.setdefault(key, Organisation(key, name, tuple(aliases), "USA", "agency"))
    extra = [
        Organisation(key, name, tuple(filter(None, aliases.split("|"))), country, kind)
        for key, name, aliases, country, kind in read_rows("organisations_extra.tsv", 5)
    ]
    taken = {form for row in extra for form in (row.key, row.name, *row.aliases)}
    rows = [*extra, *(row for row in found.values() if not taken & {row.key, row.name, *row.aliases})]
    rows = [
        row._replace(aliases=(*row.aliases, *({found[row.key].name, *found[row.key].aliases} - taken)))
        if row.key in found and row in extra
        else row
        for row in rows
    ]
    uses: dict[str, int] = {}
    for organisation in rows:
        for form in {organisation.name, *organisation.aliases}:
            uses[form] = uses.get(form, 0) + 1
    return sorted(
        row._replace(aliases=tuple(sorted({a for a in row.aliases if uses[a] == 1})))
        for row in rows
        if uses[row.name] == 1
    )

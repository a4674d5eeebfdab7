"""Names to put into lines to learn from: those of the gazetteer and of the lexicons."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tasks.entities.lexicon import country_forms
from tasks.lexicons import read_terms
from training.data import read_table

_ENGLISH = {"US", "GB", "CA", "AU", "NZ", "IE"}
_WORD = re.compile(r"[A-Z][^\W\d_]+(?:[-'’ ][A-Z][^\W\d_]+)*")
_SYSTEM = re.compile(r"[A-Z0-9][\w/-]*\d[\w/-]*")


def plain(name: str) -> str:
    """Take the diacritics off a name.

    Example:
        >>> plain("Gāo Yìchén")
        'Gao Yichen'
    """
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


class Names(NamedTuple):
    """Names to put into lines: given and family names by country, and lists by what they name."""

    given: Mapping[str, Sequence[str]]
    family: Mapping[str, Sequence[str]]
    lists: Mapping[str, Sequence[str]]

    def person(self, rng: random.Random, english: float = 0.4) -> str:
        """Return a full name, its parts from one country, mostly without diacritics."""
        name = self._full_name(rng, english)
        return name if rng.random() < 0.15 else plain(name)

    def _full_name(self, rng: random.Random, english: float) -> str:
        countries = sorted(set(self.given) & set(self.family))
        native = [c for c in countries if c in _ENGLISH]
        country = rng.choice(native if native and rng.random() < english else countries)
        given, family = rng.choice(self.given[country]), rng.choice(self.family[country])
        if country in {"CN", "KR", "TW", "VN"} and rng.random() < 0.8:
            return f"{family} {given}"
        draw = rng.random()
        if draw < 0.12:
            return f"{given} {rng.choice('ABCDEFGHJKLMPRSTW')}. {family}"
        if draw < 0.16:
            return f"{given} {family} {rng.choice(('Jr.', 'III', 'Sr.'))}"
        if draw < 0.2:
            return f"{rng.choice('ABCDEFGHJKLMNPRSTVW')}.{rng.choice('ABCDEFGHJKLMNPRSTVW')}. {family}"
        if draw < 0.26:
            return f"{given} {family}-{rng.choice(self.family[country])}"
        if draw < 0.29 and country not in _ENGLISH:
            return f"{given} al-{family}"
        return f"{given} {family}"

    def surname(self, rng: random.Random) -> str:
        """Return a family name, mostly without diacritics."""
        name = rng.choice(self.family[rng.choice(sorted(self.family))])
        return name if rng.random() < 0.15 else plain(name)


def _by_country(path: Path, column: str) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for row in read_table(path):
        name = (row[column] or "").split("/")[0].strip()
        name = name.title() if name.isupper() else name
        if _WORD.fullmatch(name):
            found.setdefault(row["Country"], {})[name] = None
    return {country: list(names) for country, names in sorted(found.items())}


def read_names(gazetteer: Path) -> Names:
    """Read the names of the open lists and of the lexicons."""
    given = _by_country(gazetteer / "common-forenames-by-country.csv", "Romanized Name")
    family = _by_country(gazetteer / "common-surnames-by-country.csv", "Romanized Name")
    lists: dict[str, Sequence[str]] = {}
    cities = [row for row in read_table(gazetteer / "world-cities.csv") if _WORD.fullmatch(row["name"])]
    lists["city"] = [row["name"] for row in cities]
    lists["us_city"] = [row["name"] for row in cities if row["country"] == "United States"]
    lists["province"] = sorted({row["subcountry"] for row in cities if _WORD.fullmatch(row["subcountry"] or "")})
    forms = country_forms()
    lists["country"] = [form for form, (_, label) in forms.items() if label == "GPE"]
    lists["people"] = [form for form, (_, label) in forms.items() if label == "NORP"]
    equipment = read_table(gazetteer / "oryx_equipment.csv")
    systems = {hit.group() for row in equipment if (hit := _SYSTEM.match(row["system"]))}
    lists["system"] = sorted(systems)
    operations = json.loads((gazetteer / "us_mil_operations.json").read_text(encoding="utf-8"))["operations"]
    lists["codename"] = [name for name in operations if _WORD.fullmatch(name) and " " in name]
    agencies = json.loads((gazetteer / "us_federal_agencies.json").read_text(encoding="utf-8"))["agencies"]
    lists["agency"] = [name for name in agencies if name[:4] != "The "]
    leaders = read_table(gazetteer / "cia_world_leaders_2019.csv")
    offices = {row["office"].replace("Min.", "Minister").replace("Dep.", "Deputy") for row in leaders}
    lists["cabinet"] = sorted(
        office for office in offices if re.fullmatch(r"[A-Z][a-z]+(?: (?:[A-Z][a-z]+|of|for|and|the|to|&),?)*", office)
    )
    for lexicon in ("defence_names", "military"):
        for kind, terms in read_terms(f"{lexicon}.tsv").items():
            lists[f"{lexicon}.{kind}"] = terms
    return Names(given, family, lists)

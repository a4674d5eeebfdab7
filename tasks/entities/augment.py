"""Lines to learn from that nobody wrote: names replaced in annotated lines, lines out of a grammar, damage.

The grammar (config/training/releases.txt) is a context-free one. A rule is `symbol = alternative | alternative`, and a
symbol may have many rules; in an alternative `{symbol}` stands for one of the symbol's alternatives and `[LABEL words]`
for a name. `{symbol!}` is the same in capitals, `{d}` a digit. Symbols that no rule defines are lists of names: those
of the gazetteer (`Names`) and the kinds of the lexicons, `{lexicon.kind}`.
"""

from __future__ import annotations

import csv
import json
import random
import re
import unicodedata
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tasks.entities.corpora import Labelled, Line
from tasks.entities.lexicon import country_forms
from tasks.lexicons import read_terms

_ENGLISH = {"US", "GB", "CA", "AU", "NZ", "IE"}
_WORD = re.compile(r"[A-Z][^\W\d_]+(?:[-'’ ][A-Z][^\W\d_]+)*")
_SYSTEM = re.compile(r"[A-Z0-9][\w/-]*\d[\w/-]*")
_START = re.compile(r"(?:^|(?<=[“\"])|(?<=[.] “))[a-z]")
_LOWER = re.compile(r"(?<![\w’'])(?!(?:a|an|the|of|in|on|at|to|for|and|or|by)\b)[a-z]+")
_FLAT = str.maketrans("’‘“”–—", "''\"\"--")


def plain(name: str) -> str:
    """Take the diacritics off a name.

    Example:
        >>> plain("Gāo Yìchén")
        'Gao Yichen'
    """
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


class Names(NamedTuple):
    """Names to put into lines: given and family names by country, and lists by what they name."""

    given: MappingType[str, Sequence[str]]
    family: MappingType[str, Sequence[str]]
    lists: MappingType[str, Sequence[str]]

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
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
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
    with (gazetteer / "world-cities.csv").open(encoding="utf-8", newline="") as file:
        cities = [row for row in csv.DictReader(file) if _WORD.fullmatch(row["name"])]
    lists["city"] = [row["name"] for row in cities]
    lists["us_city"] = [row["name"] for row in cities if row["country"] == "United States"]
    lists["province"] = sorted({row["subcountry"] for row in cities if _WORD.fullmatch(row["subcountry"] or "")})
    forms = country_forms()
    lists["country"] = [form for form, (_, label) in forms.items() if label == "GPE"]
    lists["people"] = [form for form, (_, label) in forms.items() if label == "NORP"]
    with (gazetteer / "oryx_equipment.csv").open(encoding="utf-8", newline="") as file:
        systems = {hit.group() for row in csv.DictReader(file) if (hit := _SYSTEM.match(row["system"]))}
    lists["system"] = sorted(systems)
    operations = json.loads((gazetteer / "us_mil_operations.json").read_text(encoding="utf-8"))["operations"]
    lists["codename"] = [name for name in operations if _WORD.fullmatch(name) and " " in name]
    agencies = json.loads((gazetteer / "us_federal_agencies.json").read_text(encoding="utf-8"))["agencies"]
    lists["agency"] = [name for name in agencies if name[:4] != "The "]
    with (gazetteer / "cia_world_leaders_2019.csv").open(encoding="utf-8", newline="") as file:
        offices = {row["office"].replace("Min.", "Minister").replace("Dep.", "Deputy") for row in csv.DictReader(file)}
    lists["cabinet"] = sorted(
        office for office in offices if re.fullmatch(r"[A-Z][a-z]+(?: (?:[A-Z][a-z]+|of|for|and|the|to|&),?)*", office)
    )
    for lexicon in ("defence_names", "military"):
        for kind, terms in read_terms(f"{lexicon}.tsv").items():
            lists[f"{lexicon}.{kind}"] = terms
    return Names(given, family, lists)


_PART = re.compile(r"\{([^{}]+)\}|\[([A-Z]+) |(\])|([^{}\[\]]+)")


class Grammar:
    """A grammar of releases; draws lines from it.

    Example:
        >>> names = Names({}, {}, {"ship": ["Example"]})
        >>> grammar = Grammar({"line": ["He left [EQUIPMENT USS {ship}]."]}, names)
        >>> grammar.line(random.Random(1))
        Line(text='He left USS Example.', names=[(8, 19, 'EQUIPMENT')], is_partial=False)
    """

    def __init__(self, rules: MappingType[str, Sequence[str]], names: Names) -> None:
        self._rules = rules
        self._names = names

    def _expand(self, symbol: str, rng: random.Random) -> tuple[str, list[Labelled]]:
        if symbol.endswith("!"):
            words, inside = self._expand(symbol[:-1], rng)
            return words.upper(), inside
        if symbol == "d":
            return str(rng.randrange(1, 10)), []
        if symbol == "person":
            return self._names.person(rng, english=0.6), []
        if symbol == "surname":
            return self._names.surname(rng), []
        spans: list[Labelled]
        if symbol not in self._rules:
            return rng.choice(self._names.lists[symbol]), []
        text, spans = "", []
        opened: list[tuple[int, str]] = []
        for inner, label, closing, plain in _PART.findall(rng.choice(self._rules[symbol])):
            if inner:
                words, inside = self._expand(inner, rng)
                spans += [(s + len(text), e + len(text), name) for s, e, name in inside]
                text += words
            elif label:
                opened.append((len(text), label))
            elif closing:
                start, name = opened.pop()
                spans.append((start, len(text), name))
            else:
                text += plain
        return text, spans

    def line(self, rng: random.Random) -> Line:
        """Draw a line."""
        text, spans = self._expand("line", rng)
        return Line(_START.sub(lambda hit: hit.group().upper(), text), sorted(spans))


def read_grammar(path: Path, names: Names) -> Grammar:
    """Read a grammar; `#` starts a comment line."""
    rules: dict[str, list[str]] = {}
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.strip() and not row.startswith("#"):
            symbol, alternatives = row.split(" = ", 1)
            rules.setdefault(symbol.strip(), []).extend(part.strip() for part in alternatives.split(" | "))
    return Grammar(rules, names)


def replace_names(line: Line, names: Names, rng: random.Random) -> Line:
    """Return a line with other people, cities, countries and peoples in it; its other names stay.

    Example:
        >>> names = Names({"US": ["Ann"]}, {"US": ["Hill"]}, {"city": ["Leeds"], "country": [], "people": []})
        >>> replace_names(Line("In Oslo.", [(3, 7, "GPE")]), names, random.Random(1)).text
        'In Leeds.'
    """
    forms = country_forms()
    text, spans, at = "", [], 0
    for start, end, label in sorted(line.names):
        value = line.text[start:end]
        if label == "PERSON":
            value = names.person(rng) if " " in value else names.surname(rng)
        elif label == "GPE" and value in forms:
            value = rng.choice(names.lists["country"]) if rng.random() < 0.5 else value
        elif label == "GPE":
            value = rng.choice(names.lists["city"])
        elif label == "NORP" and value in forms:
            value = rng.choice(names.lists["people"])
        text += line.text[at:start]
        spans.append((len(text), len(text) + len(value), label))
        text += value
        at = end
    return line._replace(text=text + line.text[at:], names=spans)


def shout(line: Line) -> Line:
    """Return a line in capitals; one whose length would change stays."""
    upper = line.text.upper()
    return line._replace(text=upper) if len(upper) == len(line.text) else line


def headline(line: Line) -> Line:
    """Return a line with its words capitalised, as in a headline.

    Example:
        >>> headline(Line("He met with Kim at the ministry.", [(12, 15, "PERSON")])).text
        'He Met With Kim at the Ministry.'
    """
    return line._replace(text=_LOWER.sub(lambda hit: hit.group().capitalize(), line.text))


def flatten(line: Line) -> Line:
    """Return a line with plain quote marks and hyphens."""
    return line._replace(text=line.text.translate(_FLAT))


def respace(line: Line, restored: str) -> Line:
    """Move a line's names onto a text that differs from it in blanks only; a text that differs in more is refused.

    Example:
        >>> respace(Line("He met Kim.", [(7, 10, "PERSON")]), "He metKim .")
        Line(text='He metKim .', names=[(6, 9, 'PERSON')], is_partial=False)
    """
    if "".join(restored.split()) != "".join(line.text.split()):
        return line
    places = [i for i, character in enumerate(restored) if not character.isspace()]
    nth = [0]
    for character in line.text:
        nth.append(nth[-1] + (not character.isspace()))
    return Line(restored, [(places[nth[s]], places[nth[e] - 1] + 1, label) for s, e, label in line.names])

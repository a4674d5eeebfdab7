"""Which countries a name contains, by config/lexicons/countries.tsv and demonyms.tsv, as keys (`iso:RUS`)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from tasks.lexicons import read_rows

#: Kinds of countries.tsv whose forms name a country wherever they stand.
_PLAIN = frozenset({"name", "alias", "demonym"})
_WORDS = re.compile(r"[^\W\d_][\w.'’-]*")
_MOST_WORDS = 6  # of a country's name
#: Who is in another's country: `Embassy of Japan in Peru`.
_ABROAD = re.compile(r"\b(?:Embassy|High Commission|Consulate|Mission|Delegation|Representation)\b")
_WHERE = re.compile(r"\b(?:in|to|at)\b")
#: Of whom it is not: `Taiwan Affairs Office`, `Inter-American Defense Board`, `EUCAP Sahel Niger`.
_OF_OTHERS = re.compile(
    r"\bAffairs Office\b|\bInter-|\bAfrican Union\b|\bKosovo Force\b|\b(?:EU|UN(?!ITED)|NATO|MINU|OSCE)[A-Z]*\b"
)


@cache
def country_forms() -> dict[str, str]:
    """Return the keys of countries by name, alias and people."""
    rows = [*read_rows("demonyms.tsv", 3), *read_rows("countries.tsv", 3)]
    return {form: f"iso:{iso}" for iso, kind, form in rows if kind in _PLAIN}


@cache
def _plain_forms() -> dict[str, str]:
    return {form.replace("-", " "): key for form, key in country_forms().items()}


@lru_cache(maxsize=20_000)
def countries_in(name: str) -> tuple[str, ...]:
    """Return the countries and peoples that a name contains, each once, in order.

    Example:
        >>> countries_in("Royal Army of Oman"), countries_in("Russian-Turkish Commission"), countries_in("Task Force 9")
        (('iso:OMN',), ('iso:RUS', 'iso:TUR'), ())
    """
    forms = _plain_forms()
    plain = name.replace("-", " ")
    words = list(_WORDS.finditer(plain))
    found: list[str] = []
    at = 0
    for i, first in enumerate(words):
        if first.start() < at:
            continue
        for last in reversed(words[i : i + _MOST_WORDS]):
            form = plain[first.start() : last.end()]
            key = forms.get(form) or forms.get(re.sub(r"['’]s?$|\.$", "", form))
            if key:
                at = last.end()
                found.append(key)
                break
    return tuple(dict.fromkeys(found))


def country_in(name: str) -> str | None:
    """Return the first country or people that a name contains."""
    return next(iter(countries_in(name)), None)


@lru_cache(maxsize=20_000)
def country_of_publisher(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-3 code of the only country that a publisher's name contains, or whose post it is.

    Example:
        >>> country_of_publisher("Ministry of Defence, Botswana"), country_of_publisher("Embassy of Japan in Peru")
        ('BWA', 'JPN')
        >>> country_of_publisher("Russian-Turkish Commission"), country_of_publisher("Taiwan Affairs Office")
        (None, None)
    """
    where = _WHERE.search(name) if _ABROAD.search(name) else None
    own = name[: where.start()] if where else name
    found = () if _OF_OTHERS.search(own) else countries_in(own)
    return found[0].removeprefix("iso:") if len(found) == 1 else None

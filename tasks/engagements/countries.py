"""Whose a name is: countries of places, bodies and people, as keys (`iso:RUS`, `org:nato`), by the lexicons."""

from __future__ import annotations

import re
from functools import cache

from tasks.countries import country_forms, country_in
from tasks.engagements.release import Mention
from tasks.lexicons import alternation, read_rows, read_terms

#: Kinds of organisations.tsv that are a side of their own; no member stands for them.
_BODIES = frozenset({"alliance", "body", "coalition"})


@cache
def _shared() -> dict[str, str]:
    """Return the keys of countries by names that a state of the United States has too."""
    return {form: f"iso:{iso}" for iso, kind, form in read_rows("countries.tsv", 3) if kind == "shared"}


@cache
def _city_rows() -> list[tuple[str, ...]]:
    return read_rows("cities.tsv", 4)


@cache
def _people_rows() -> list[tuple[str, ...]]:
    return read_rows("people.tsv", 7)


@cache
def _cities() -> dict[str, str]:
    return {key: f"iso:{iso}" for key, _, iso, _ in _city_rows()}


@cache
def _city_forms() -> dict[str, str]:
    return {form: f"iso:{iso}" for _, form, iso, _ in _city_rows()}


def country_of_city(name: str) -> str | None:
    """Return the country of a city of the lexicon, by its name.

    Example:
        >>> country_of_city("Kagoshima"), country_of_city("Old Port")
        ('iso:JPN', None)
    """
    return _city_forms().get(name)


@cache
def _states() -> frozenset[str]:
    return frozenset(read_terms("defence_names.tsv").get("us_state", ()))


@cache
def _capitals() -> frozenset[str]:
    return frozenset(key for key, _, _, kind in _city_rows() if kind == "capital")


@cache
def _bodies() -> dict[str, str]:
    found: dict[str, str] = {}
    for key, _, _, iso, kind in read_rows("organisations.tsv", 5):
        if iso:
            found[key] = f"iso:{iso}"
        elif kind in _BODIES:
            found[key] = key
    return found


@cache
def _services() -> dict[str, str]:
    """Return the countries of armed forces by short names that do not say them: `RAAF`."""
    pairs = (form.split("=") for form in read_terms("engagement_words.tsv")["service"])
    return {name: f"iso:{iso}" for name, iso in pairs}


def is_service(name: str) -> bool:
    """Tell whether a name is a short one of armed forces, as other states use it: `RAAF`."""
    return name in _services()


@cache
def _missions() -> dict[str, str]:
    """Return the bodies whose forces have a name of their own: `UNIFIL`, `KFOR`."""
    return dict(form.split("=") for form in read_terms("engagement_words.tsv")["mission"])


def body_of_mission(name: str) -> str | None:
    """Return the body whose forces have a name of their own.

    Example:
        >>> body_of_mission("KFOR")
        'org:nato'
    """
    return _missions().get(name)


@cache
def _body_forms() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return the pattern of the forms of bodies that are a side of their own, and the key of each."""
    rows = (row for row in read_rows("organisations.tsv", 5) if row[4] in _BODIES and not row[3])
    forms = {form: key for key, name, aliases, *_ in rows for form in (name, *aliases.split("|")) if len(form) > 1}
    forms |= _missions()
    return re.compile(rf"(?<!\w){alternation(forms)}(?!\w)"), forms


def find_body(name: str) -> tuple[str, int, int] | None:
    """Return the first body that a name contains and that is a side of its own, with its offsets in the name.

    Example:
        >>> find_body("NATO-Ukraine Council")
        ('org:nato', 0, 4)
    """
    pattern, forms = _body_forms()
    hit = pattern.search(name)
    return (forms[hit.group()], *hit.span()) if hit else None


def body_in(name: str) -> str | None:
    """Return the first body that a name contains and that is a side of its own: `NATO-Ukraine Council`: org:nato."""
    body = find_body(name)
    return body[0] if body else None


@cache
def _known_people() -> dict[str, tuple[str, str]]:
    return {key: (f"iso:{iso}", role) for key, _, _, iso, role, _, _ in _people_rows() if iso}


def country_of_person(key: str | None) -> str | None:
    """Return the country of a person whom the lexicon has."""
    return _known_people().get(key or "", (None, ""))[0]


def office_of_person(key: str | None, surname: str, country: str | None) -> str:
    """Return the office that the lexicon has for a person, else for the only one of a country with that surname."""
    if key in _known_people():
        return _known_people()[key][1]
    roles = _surnames().get(surname.casefold(), {}).get(country or "", set())
    return min(roles, key=lambda role: (len(role), role)) if roles else ""


#: Offices and bodies that no state of the United States has: `Minister of Defence of Georgia`.
_OF_STATE = re.compile(
    r"\b(?:Minister|Ministry|Ambassador|Embassy|Prime Minister|Armed Forces|Parliament)\b[^.;,]{0,40} of $"
)


def country_of(mention: Mention, text: str) -> str | None:
    """Return the country that a place or people is or lies in, the side that a body is or belongs to.

    Args:
        mention: A mention.
        text: Its document.
    """
    value = text[mention.start : mention.end]
    if mention.key and mention.key.startswith("iso:"):
        return mention.key
    if mention.label == "GPE" and value in _states():
        is_abroad = value in _shared() and _OF_STATE.search(text[max(0, mention.start - 60) : mention.start])
        return _shared()[value] if is_abroad else "iso:USA"
    if mention.key in _cities():
        return _cities()[mention.key]
    if mention.label in ("ORG", "UNIT"):
        head = value.split(" in ")[0]  # `European Union Mission in Armenia`
        known = _bodies().get(mention.key or "") or country_in(head) or (body_in(head) if head != value else None)
        return known or _services().get(value)
    if mention.label in ("EQUIPMENT", "FAC"):
        return country_in(value)
    return country_forms().get(value) or (country_in(" ".join(value.split()[:2])) if mention.label == "GPE" else None)


def is_state(mention: Mention) -> bool:
    """Tell whether a place is a state: it can be a side."""
    return bool(mention.key and mention.key.startswith("iso:"))


def is_capital(mention: Mention) -> bool:
    """Tell whether a place is a capital, which stands for its state."""
    return mention.key in _capitals()


@cache
def _surnames() -> dict[str, dict[str, set[str]]]:
    """Return the offices of all who bear a surname, by surname and country."""
    found: dict[str, dict[str, set[str]]] = {}
    for _, name, aliases, iso, role, *_ in _people_rows():
        for form in (name, *aliases.split("|")):
            if iso and form:
                found.setdefault(form.split()[-1].casefold(), {}).setdefault(f"iso:{iso}", set()).add(role)
    return found


@cache
def _names() -> dict[str, str]:
    rows = _people_rows()
    return {f: f"iso:{iso}" for _, name, aliases, iso, *_ in rows for f in (name, *aliases.split("|")) if f and iso}


def country_of_body(key: str | None) -> str | None:
    """Return the side that a body is or belongs to, by its key."""
    return _bodies().get(key or "")


def country_of_name(name: str) -> str | None:
    """Return the country of a person whom the lexicon has under a full name."""
    return _names().get(name)


def country_of_surname(surname: str, office: str | None = None) -> str | None:
    """Return the country of all whom the lexicon has under a surname; None if of several, or none held that office."""
    keys = _surnames().get(surname.casefold(), {})
    if len(keys) != 1:
        return None
    country, offices = next(iter(keys.items()))
    low = (office or "").casefold()
    return country if not low or any(low in held.casefold() or held.casefold() in low for held in offices) else None


def country_of_holder(name: str, surname: str, office: str | None) -> str | None:
    """Return the country of all of a surname, if one of them has that initial and office, or it is a First Lady's."""
    country = country_of_surname(surname)
    offices = _surnames().get(surname.casefold(), {}).get(country or "", set())
    is_same = office == "First Lady" or (
        office in offices
        and any(form[0] == name[0] and form.split()[-1] == surname for form, of in _names().items() if of == country)
    )
    return country if is_same else None

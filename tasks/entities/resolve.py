"""Which mentions of a document name the same, and the keys that lexicons have for them.

Order: acronyms that stand in brackets beside their long form, before or after it → people: fullest names, then the
parts of them, by title where two people share one → a short form of an organisation, where one longer form adds but the
country → keys of the lexicons: of a body that many countries have by its owner (bodies.py), of a surname by the office
that stands with it (offices.py) → mentions with one key share its fullest form. Where two would do, a mention stands
for itself, and without a match it has no key: better none than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from tasks.entities.bodies import Owners, country_of_body, national_bodies, part_country
from tasks.entities.lexicon import (
    Mention,
    capitals,
    city_countries,
    city_keys,
    country_forms,
    given_first,
    namesakes,
    organisation_keys,
    other_places,
    people_keys,
    uncapitalise,
)
from tasks.entities.offices import find_holder
from tasks.entities.roles import Role
from tasks.labels import ENTITY_LABELS
from tasks.lexicons import alternation, read_terms
from tasks.names import fullest_forms, name_words, spells

_LONG = frozenset(label.name for label in ENTITY_LABELS if label.has_acronym)
_NATIONS = frozenset(label.name for label in ENTITY_LABELS if label.is_nation)
_ORGANISED = frozenset(label.name for label in ENTITY_LABELS if label.has_short_form)
_AFTER = re.compile(r" ?\(([A-Z][\w.&-]{1,14})\)")
_TITLE = 20  # characters of a form of address
_BEFORE = re.compile(r"([A-Z][\w.&-]{1,14}) ?\($")
_FAMILY = re.compile(r" family\b")
_UNKNOWN = r"[A-Z][\w. -]*, "  # a name in a list that is no mention
_LIST = re.compile(rf"(?:, (?:{_UNKNOWN})*(?:and |or )?| and | or )")
_LONG_LIST = 200  # characters of a list before its first mention


class Resolved(NamedTuple):
    """The fullest form of a name in its document, and its key where a lexicon knows one."""

    canonical: str
    canonical_id: str | None


def _long_forms(text: str, mentions: Sequence[Mention], values: Sequence[str]) -> dict[str, str]:
    """Return long forms by acronym; an acronym with two long forms has none."""
    found: dict[str, set[str]] = {}
    for value, mention in zip(values, mentions, strict=True):
        if mention.label not in _LONG or " " not in value:
            continue
        after = _AFTER.match(text, mention.end)
        before = _BEFORE.search(text[max(0, mention.start - 20) : mention.start])
        closed = text[mention.end : mention.end + 1] == ")"
        for hit in (after, before if closed else None):
            if hit and spells(hit[1], value):
                found.setdefault(hit[1], set()).add(value)
    return {acronym: max(sorted(names), key=len) for acronym, names in found.items() if len(names) == 1}


@cache
def _relative() -> re.Pattern[str]:
    """Return the pattern of what makes a surname that of somebody's wife rather than theirs."""
    return re.compile(rf"\b(?i:{alternation(read_terms('names.tsv', 3)['spouse'])})\.? $")


def _is_relative(text: str, mention: Mention) -> bool:
    """Return whether a surname is that of somebody's wife or family: Mrs. Lind is not President Lind."""
    before = text[: mention.start][-_TITLE:]
    return _relative().search(before) is not None or _FAMILY.match(text, mention.end) is not None


def _has_title(stated: Collection[str], held: Collection[str]) -> bool:
    """Return whether one of the titles may be one of those held, the longer of which says of what.

    Example:
        >>> _has_title({"president"}, {"president of the united states"}), _has_title({"president"}, {"vice president"})
        (True, False)
    """
    return any(
        f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} ") for one in stated for other in held
    )


def _people(text: str, mentions: Sequence[Mention], values: Sequence[str], roles: Sequence[Role]) -> dict[int, str]:
    """Return the fullest name of each person's mention, by its place."""
    places = [i for i, m in enumerate(mentions) if m.label == "PERSON"]
    fullest = fullest_forms(values[i] for i in places if " " in values[i])
    by_part: dict[tuple[str, ...], set[str]] = {}
    by_first: dict[tuple[str, ...], set[str]] = {}
    for words, name in fullest.items():
        for n in range(1, len(words)):
            by_part.setdefault(words[n:], set()).add(name)
            by_first.setdefault(words[:n], set()).add(name)
    stated: dict[tuple[int, int], set[str]] = {}
    for role in roles:
        stated.setdefault(role.person, set()).add(text[role.title[0] : role.title[1]].casefold())
    held: dict[str, set[str]] = {}
    first_at: dict[str, int] = {}
    for i in places:
        full = fullest.get(name_words(values[i]))
        if full is not None:
            first_at.setdefault(full, i)
            held.setdefault(full, set()).update(stated.get((mentions[i].start, mentions[i].end), ()))

    found: dict[int, str] = {}
    for i in places:
        words = name_words(values[i])
        whole = fullest.get(words)
        named = {whole} if whole is not None else by_part.get(words) or by_first.get(words) or set()
        titles = stated.get((mentions[i].start, mentions[i].end), set())
        if whole is None and _is_relative(text, mentions[i]):
            named = set()
        if words in by_first and words not in by_part and not titles:  # who is called Ann before Ann Lind is named?
            named = {name for name in named if first_at[name] < i or name not in given_first()}
        if len(named) > 1 and titles:
            named = {name for name in named if _has_title(titles, held.get(name, set()))}
        if len({people_keys().get(name, name) for name in named}) == 1:  # spellings of one name are one person
            found[i] = max(sorted(named), key=len)
        else:
            found[i] = values[i]
    return found


def _short_forms(mentions: Sequence[Mention], values: Sequence[str]) -> dict[str, str]:
    """Return the longer form of organisations by the short one, where one adds but the country."""
    found: dict[str, set[str]] = {}
    organised = {value for value, m in zip(values, mentions, strict=True) if m.label in _ORGANISED}
    for value in organised:
        parted = part_country(value)
        if parted and parted[0] in organised:
            found.setdefault(parted[0], set()).add(value)
    return {short: names.pop() for short, names in found.items() if len(names) == 1}


def country_key(name: str) -> str | None:
    """Return the key of a country or people by any of its forms."""
    known = country_forms().get(uncapitalise(name))
    return f"iso:{known[0]}" if known else None


def _key(forms: Iterable[str], keys: Mapping[str, str]) -> str | None:
    return next((keys[form] for form in forms if form in keys), None)


def _offices(
    text: str, mentions: Sequence[Mention], people: Mapping[int, str], roles: Sequence[Role]
) -> dict[str, set[tuple[str, str | None]]]:
    """Return the titles that people are given, each with the country that is stated, by their fullest name.

    A title that is not held now says nothing, nor does one in a body that is no country's.
    """
    names = {(mentions[i].start, mentions[i].end): name for i, name in people.items()}
    found: dict[str, set[tuple[str, str | None]]] = {}
    for role in roles:
        if role.person not in names or role.qualifier is not None:
            continue
        country = None
        if place := role.country or role.organisation:
            country = _country_of(" ".join(text[slice(*place)].split()))
            if country is None:
                continue
        title = " ".join(text[slice(*role.title)].split())
        found.setdefault(names[role.person], set()).add((title, country))
    return found


def _country_of(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-3 code of a country or people, or of whose body it is."""
    if (known := country_forms().get(uncapitalise(name))) is not None:
        return known[0]
    return country_of_body(organisation_keys().get(name, ""))


_LISTED = frozenset({", ", " and ", ", and ", " or ", ", or "})
_OF_STATES = "USA"  # whose states bear such names, and stand before it: `Atlanta, Georgia, United States`


def _listed(text: str, mentions: Sequence[Mention], values: Sequence[str]) -> set[str]:
    """Return codes of countries whose names other places share and that are listed with a country or behind their town.

    Example:
        >>> text = "troops of Georgia and Latvia; a camp in Macon, Georgia"
        >>> spans = [(10, 17), (22, 28), (40, 45), (47, 54)]
        >>> mentions = [Mention(s, e, "GPE", "model") for s, e in spans]
        >>> _listed(text, mentions[:2], ["Georgia", "Latvia"]), _listed(text, mentions[2:], ["Macon", "Georgia"])
        ({'GEO'}, set())
    """
    countries, towns, shared = country_forms(), city_countries(), other_places()
    found: set[str] = set()
    for i, (one, other) in enumerate(pairwise(mentions)):
        if one.label != "GPE" or other.label != "GPE" or text[one.end : other.start] not in _LISTED:
            continue
        pair = values[i], values[i + 1]
        for value, beside in (pair, pair[::-1]):
            iso, is_shared = shared.get(value, ("", False))
            near = countries[beside][0] if beside in countries else None
            if is_shared and (near not in (None, _OF_STATES) or towns.get(beside) == iso):
                found.add(iso)
    return found


def _short_for_bodies(mentions: Sequence[Mention], values: Sequence[str]) -> set[str]:
    """Return names of towns that may be short for a body: `Valencia` where there is a Valencia College."""
    longer = [value for value, m in zip(values, mentions, strict=True) if m.label in _ORGANISED and " " in value]
    towns = {value for value, m in zip(values, mentions, strict=True) if m.label == "GPE" and value in city_countries()}
    return {town for town in towns if any(value.startswith(f"{town} ") for value in longer)}


@cache
def _state_parts() -> tuple[re.Pattern[str], ...]:
    """Return patterns of `province`, of `provinces` before a name, and of either and of `provinces` behind one."""
    one, many = (alternation(read_terms("place_heads.tsv")[kind]) for kind in ("state_part", "state_parts"))
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"\b(?i:{one}) of $",
            rf"\b(?i:{many})(?: of|:) (?:{_UNKNOWN})*(?:and )?$",
            rf" (?i:{one}|{many})\b",
            rf" (?i:{many})\b",
        )
    )


def _named_parts(text: str, mentions: Sequence[Mention]) -> set[int]:
    """Return the places among the mentions of names of parts of a country, `the province of Idlib`, also in lists.

    Example:
        >>> text = "flights over Kandahar and Helmand provinces"
        >>> _named_parts(text, [Mention(13, 21, "GPE", "model"), Mention(26, 33, "GPE", "model")])
        {0, 1}
    """
    of_one, of_many, behind, behind_many = _state_parts()
    places = [i for i, m in enumerate(mentions) if m.label == "GPE"]
    before = {i: text[: mentions[i].start][-_LONG_LIST:] for i in places}
    found = {i for i in places if of_one.search(before[i]) or behind.match(text, mentions[i].end)}
    heads = {i for i in places if of_many.search(before[i])}
    last = {
        i
        for i in places
        if behind_many.match(text, mentions[i].end) or behind_many.search(text[mentions[i].start : mentions[i].end])
    }
    listed = [(i, j) for i, j in pairwise(places) if _LIST.fullmatch(text, mentions[i].end, mentions[j].start)]
    for i, j in listed:
        if i in heads:
            heads.add(j)
    for i, j in reversed(listed):
        if j in last:
            last.add(i)
    return found | heads | last


@cache
def _states() -> frozenset[str]:
    """Return the names of the states of the U.S., long and short."""
    terms = read_terms("defence_names.tsv")
    return frozenset((*terms["us_state"], *terms["us_state_short"]))


def _elsewhere(text: str, mentions: Sequence[Mention], values: Sequence[str]) -> set[int]:
    """Return the places among the mentions of towns before the name of another state: `Alexandria, Virginia`."""
    found: set[int] = set()
    for i, (one, other) in enumerate(pairwise(mentions)):
        state = values[i + 1]
        if one.label != "GPE" or other.label != "GPE" or text[one.end : other.start] != ", ":
            continue
        lands = {_OF_STATES} if state in _states() else set()
        lands |= {known[state][0] for known in (country_forms(), other_places()) if state in known}
        if lands and city_countries().get(uncapitalise(values[i])) not in lands:
            found.add(i)
    return found


def _doubtful_towns(
    text: str, mentions: Sequence[Mention], values: Sequence[str], named: Collection[str], origin: str | None
) -> set[int]:
    """Return the places among the mentions of names of towns that may well mean something else.

    That is a part of a country; a town of that name in another state; where the document does not name the town's
    country and is from another, a body that bears the town's name, or a town of that other country, unless the one
    known is a capital.

    Args:
        text: The document.
        mentions: Its mentions.
        values: What they say.
        named: The countries that it names.
        origin: The country that it is from.
    """
    found = _named_parts(text, mentions) | _elsewhere(text, mentions, values)
    bodies, homes = _short_for_bodies(mentions, values), city_countries()
    for i, value in enumerate(values):
        form = uncapitalise(value)
        if mentions[i].label != "GPE" or form not in homes or homes[form] in {*named, origin}:
            continue
        if value in bodies or (form not in capitals() and (origin, form) in namesakes()):
            found.add(i)
    return found


class Origin(NamedTuple):
    """Where and when a document was published, as far as is known: the country's ISO 3166-1 alpha-3 code, the day."""

    country: str | None = None
    day: date | None = None


_NOWHERE = Origin()


def resolve_names(
    text: str, mentions: Sequence[Mention], roles: Sequence[Role] = (), origin: Origin = _NOWHERE
) -> list[Resolved]:
    """Resolve every mention of a document, in order.

    Args:
        text: The document.
        mentions: Its mentions, sorted and free of overlaps.
        roles: What it states of its people; tells apart two of one surname, and whom a surname with an office means.
        origin: Where and when it was published.

    Example:
        >>> text = "Ministry of National Defense (MND) ... MND"
        >>> spans = [(0, 28), (30, 33), (39, 42)]
        >>> {r.canonical for r in resolve_names(text, [Mention(s, e, "ORG", "model") for s, e in spans])}
        {'Ministry of National Defense'}
    """
    values = [" ".join(text[m.start : m.end].split()) for m in mentions]
    long_forms = _long_forms(text, mentions, values)
    people = _people(text, mentions, values, roles)
    shorts = _short_forms(mentions, values)
    owners = Owners(text, mentions, values, origin.country)
    offices = _offices(text, mentions, people, roles)
    countries, cities = country_forms(), city_keys()
    named = {countries[value][0] for value in values if value in countries}
    named |= _listed(text, mentions, values)
    others = {form: iso for form, (iso, is_shared) in other_places().items() if not is_shared or iso in named}
    doubtful = _doubtful_towns(text, mentions, values, named, origin.country)
    resolved: list[Resolved] = []
    for i, (value, mention) in enumerate(zip(values, mentions, strict=True)):
        canonical, key = value, None
        if mention.label in _NATIONS:
            form = uncapitalise(value)
            if form in countries and countries[form][1] == mention.label:
                key = f"iso:{countries[form][0]}"
            elif mention.label == "GPE":
                key = f"iso:{others[form]}" if form in others else cities.get(form)
                key = None if i in doubtful else key
        elif mention.label == "PERSON":
            canonical = people[i]
            key = _key((canonical, value), people_keys())
            if key is None and not _is_relative(text, mention):
                key = find_holder(canonical, offices.get(canonical, ()), origin.day)
        elif mention.label in _LONG:
            long_form = long_forms.get(value, value)
            canonical = shorts.get(long_form, long_form)
            if mention.label in _ORGANISED:
                key = owners.key_of(i, dict.fromkeys((long_form, value)))
                if key is None and origin.country and long_form in national_bodies():
                    canonical = long_form
        resolved.append(Resolved(canonical, key))
    return _share(mentions, resolved)


def _share(mentions: Sequence[Mention], resolved: Sequence[Resolved]) -> list[Resolved]:
    """Give all mentions of a key and a label its fullest form."""
    fullest: dict[tuple[str, str], str] = {}
    for mention, (name, key) in zip(mentions, resolved, strict=True):
        if key is not None and mention.label != "NORP":
            fullest[key, mention.label] = max(fullest.get((key, mention.label), ""), name, key=len)
    return [
        Resolved(fullest.get((name.canonical_id or "", mention.label), name.canonical), name.canonical_id)
        for mention, name in zip(mentions, resolved, strict=True)
    ]

"""Whose a body is that many countries have: the Ministry of Defence, the Navy, the Joint Chiefs of Staff.

Order: the owner beside the name (`Indian Ministry of Defence`, `Ministry of Defence of Ukraine`), which stands before
all else: with another owner than the lexicon's a name has no key → the owner that the document states elsewhere for a
body of that name, and its home, the publisher's country or else that of the dateline: where they agree or there is but
one of them → none, and none for a part of a longer name (`Navy Pier`) or of a country (`the state Senate`).

A dateline says nothing of armed services (sailors write from foreign ports) unless the text names no other country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from tasks.entities.lexicon import (
    ORGANISATIONS,
    Mention,
    city_countries,
    country_forms,
    organisation_keys,
    other_places,
    uncapitalise,
)
from tasks.labels import ENTITY_LABELS
from tasks.lexicons import alternation, read_rows, read_terms

_NATIONS = frozenset(label.name for label in ENTITY_LABELS if label.is_nation)
_LONGEST = 5  # words of a country's name
_NEAR = 60  # characters in which a dateline ends
_HEAD = 600  # characters of a document in which its dateline starts
_POSSESSIVE = re.compile(r"(?:['’]s?)?$")
_BEFORE = re.compile(r"(?:['’]s?)? (?:the )?")
_AFTER = re.compile(r" of (?:the )?|, Government of (?:the )?")
_DASH = re.compile(r"[^\n]{0,60}?(?: ?[–—]|--| - |: )")
_BRANCH = re.compile(r" in (?:the )?[A-Z]")  # al-Qaida in the Arabian Peninsula
_GOES_ON = re.compile(r"[ -][A-Z]")
_WORD = 20  # characters of a word before a body
UNKNOWN = ""  # an owner that no lexicon knows


class Body(NamedTuple):
    """A body of a country: its key, the country (ISO 3166-1 alpha-3), and what it is."""

    key: str
    country: str
    kind: str


@cache
def _bodies() -> dict[str, Body]:
    return {key: Body(key, iso, kind) for key, _, _, iso, kind in read_rows(ORGANISATIONS, 5)}


def country_of_body(key: str) -> str | None:
    """Return the country of an organisation by its key, ISO 3166-1 alpha-3; None if it is none's or not known."""
    body = _bodies().get(key)
    return body.country or None if body else None


def part_country(name: str) -> tuple[str, str] | None:
    """Return a name without the country or people before or after it, and the country; None if there is none.

    Example:
        >>> part_country("Russian Defence Ministry"), part_country("Security Council of the Russian Federation")
        (('Defence Ministry', 'RUS'), ('Security Council', 'RUS'))
        >>> part_country("China's Ministry of National Defense"), part_country("State Duma")
        (('Ministry of National Defense', 'CHN'), None)
    """
    forms = country_forms()
    words = name.split()
    for n in range(min(_LONGEST, len(words)) - 1, 0, -1):
        front = _POSSESSIVE.sub("", " ".join(words[:n]), count=1)
        if front in forms:
            return " ".join(words[n:]), forms[front][0]
    head, of, tail = name.rpartition(" of ")
    known = forms.get(tail.removeprefix("the ")) if of else None
    return (head, known[0]) if known else None


@cache
def national_bodies() -> dict[str, dict[str, str]]:
    """Return the keys of bodies by their name without the country, and by country.

    A name that two bodies of a country share is left out.
    """
    found: dict[str, dict[str, set[str]]] = {}
    for key, name, aliases, iso, _ in read_rows(ORGANISATIONS, 5):
        for form in filter(None, (name, *aliases.split("|"))):
            if iso and (parted := part_country(form)) and parted[1] == iso:
                found.setdefault(parted[0], {}).setdefault(iso, set()).add(key)
    return {
        bare: {iso: next(iter(keys)) for iso, keys in owned.items() if len(keys) == 1} for bare, owned in found.items()
    }


@cache
def _international() -> frozenset[str]:
    """Return names that are also an international body's: `the Security Council` alone is hardly a country's."""
    owners = read_terms("lists.tsv")["world_owner"]
    rows = ((name, *aliases.split("|")) for _, name, aliases, iso, _ in read_rows(ORGANISATIONS, 5) if not iso)
    return frozenset(form.removeprefix(f"{owner} ") for forms in rows for form in forms for owner in owners)


@cache
def _regional() -> re.Pattern[str]:
    """Return the pattern of what makes a body that of a part of a country: `the state Senate`."""
    return re.compile(rf"\b{alternation(read_terms('lists.tsv')['regional'])} $")


def country_of(mention: Mention, value: str) -> str | None:
    """Return the country that a place or people is or lies in, UNKNOWN if no lexicon says, None for other mentions."""
    if mention.label not in _NATIONS:
        return None
    form = uncapitalise(value)
    known = country_forms().get(form) or other_places().get(form)
    if known:
        return known[0]
    return city_countries().get(form, UNKNOWN) if mention.label == "GPE" else UNKNOWN


def find_owner(text: str, mentions: Sequence[Mention], values: Sequence[str], i: int) -> str | None:
    """Return the country that stands beside a body as its owner: UNKNOWN if it is no known country, None without one.

    Example:
        >>> text = "India's Navy, the Navy of Peru, the Navy"
        >>> spans = [(0, 5, "GPE"), (8, 12, "ORG"), (18, 22, "ORG"), (26, 30, "GPE"), (36, 40, "ORG")]
        >>> found = [Mention(*span, "model") for span in spans]
        >>> [find_owner(text, found, [text[m.start:m.end] for m in found], i) for i in (1, 2, 4)]
        ['IND', 'PER', None]
    """
    if i and mentions[i - 1].label in _NATIONS and _BEFORE.fullmatch(text, mentions[i - 1].end, mentions[i].start):
        return country_of(mentions[i - 1], values[i - 1])
    after = mentions[i + 1] if i + 1 < len(mentions) else None
    if after and after.label == "GPE" and _AFTER.fullmatch(text, mentions[i].end, after.start):
        return country_of(after, values[i + 1])
    return None


def find_dateline(text: str, mentions: Sequence[Mention], values: Sequence[str]) -> str | None:
    """Return the country of the dateline; None without one, or where no lexicon knows its place.

    Example:
        >>> text = "Frigate sails\\n\\nNEW DELHI, 3 May – The frigate sailed."
        >>> find_dateline(text, [Mention(15, 24, "GPE", "model")], ["NEW DELHI"])
        'IND'
    """
    found: str | None = None
    line = -1
    for mention, value in zip(mentions, values, strict=True):
        if mention.start > _HEAD:
            break
        start = text.rfind("\n", 0, mention.start) + 1
        is_in = start == line or (found is None and start == mention.start)
        if mention.label == "GPE" and is_in and mention.end - start < _NEAR and _DASH.match(text, mention.end):
            found, line = country_of(mention, value) or found, start
    return found


class Home(NamedTuple):
    """Where a document is from.

    Attributes:
        country: The publisher's country, or else that of the dateline; None if neither is known.
        is_dateline: Whether it is the dateline's.
        others: Whether the text names another country.
    """

    country: str | None
    is_dateline: bool
    others: bool


def find_home(text: str, mentions: Sequence[Mention], values: Sequence[str], publisher: str | None) -> Home:
    """Return where a document is from; of a publisher's country and another in the dateline, neither is sure."""
    dateline = find_dateline(text, mentions, values)
    country = publisher or dateline
    named = {country_of(m, value) for m, value in zip(mentions, values, strict=True)}
    return Home(country, publisher is None, bool(named - {None, UNKNOWN, country}))


class Owners:
    """The owners that a document states for bodies, by name without the country.

    Args:
        text: The document.
        mentions: Its mentions, sorted and free of overlaps.
        values: What they say.
        publisher: The publisher's country, where it is known.
    """

    def __init__(
        self, text: str, mentions: Sequence[Mention], values: Sequence[str], publisher: str | None = None
    ) -> None:
        self._home = find_home(text, mentions, values, publisher)
        self._beside = {i: find_owner(text, mentions, values, i) for i in range(len(mentions))}
        starts = {mention.start for mention in mentions}
        self._parts = {
            i
            for i, m in enumerate(mentions)
            if (_GOES_ON.match(text, m.end) and m.end + 1 not in starts) or _regional().search(text[: m.start][-_WORD:])
        }
        self._labels = {i for i, (m, v) in enumerate(zip(mentions, values, strict=True)) if _is_label(text, m, v)}
        self._branches = {i for i, m in enumerate(mentions) if _BRANCH.match(text, m.end)}
        self._stated: set[str] = set()  # keys of bodies whose owner is stated, names of those whose owner is unknown
        for i, value in enumerate(values):
            name = _plain(value)
            parted = part_country(name)
            owner = self._beside[i] if self._beside[i] is not None else parted[1] if parted else None
            bare = parted[0] if parted else name
            if owner is not None:
                self._stated.add(national_bodies().get(bare, {}).get(owner, bare))

    def key_of(self, i: int, names: Iterable[str]) -> str | None:
        """Return the key of a body.

        Args:
            i: Which mention it is.
            names: What it is called, the fullest first.
        """
        keys, national = organisation_keys(), national_bodies()
        beside = self._beside[i]
        for name in map(_plain, names):
            key, parted = keys.get(name), part_country(name)
            if parted and parted[1] != (beside or parted[1]):  # `Afghan | Indian Army`
                return None
            owned = national.get(parted[0] if parted else name, {})
            owner = parted[1] if parted else beside
            if owner is not None:
                if key and _bodies()[key].country in ("", owner):
                    return key
                if owner in owned or (parted is None and (key or owned)):
                    return owned.get(owner)
            elif len(owned) > 1 or (owned and key is None):
                is_open = i in self._parts or name in _international()
                return None if is_open else self._by_document(name, owned)
            elif key and i in self._labels:
                return None  # `WHO: 200 sailors`
            elif key:
                return None if i in self._branches and _bodies()[key].kind == "armed group" else key
        return None

    def _by_document(self, name: str, owned: Mapping[str, str]) -> str | None:
        home = self._home
        stated = {iso for iso, key in owned.items() if key in self._stated}
        if name in self._stated:
            stated.add(UNKNOWN)
        is_service = any(_bodies()[key].kind == "service" for key in owned.values())
        candidates = set(stated)
        if home.country and not (home.is_dateline and is_service and home.others):
            candidates.add(home.country)
        elif is_service and home.others and len(stated) != 1:
            return None
        return owned.get(next(iter(candidates))) if len(candidates) == 1 else None


def _is_label(text: str, mention: Mention, value: str) -> bool:
    """Tell whether a word in capitals heads a line: `WHO: 200 sailors`, `WHEN: ...`."""
    starts = text[mention.start - 1 : mention.start] in ("", "\n")
    return starts and value.isupper() and text.startswith(":", mention.end)


def _plain(name: str) -> str:
    return name.replace("’", "'")

"""People whom the lexicon knows: one key where it has several for one person, and the country.

Its lists write a person in several ways, so that one has several keys. Order: rows of config/lexicons/people.tsv → keys
of one country are one person's if they share a name and their initials agree, or if a name of the one is a short form
of names of the other, and of nobody else's → a name, in whatever case, spelling and order, is theirs who alone have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from tasks.lexicons import read_rows
from tasks.names import PersonName, is_part, read_name
from tasks.people.posts import Post, read_post

Row = tuple[str, tuple[str, ...], str]


class KnownPeople:
    """The people of a lexicon.

    Args:
        rows: id, names, country (ISO 3166-1 alpha-3) or nothing.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        named = [(key, country, [n for n in map(read_name, forms) if n and n.is_full]) for key, forms, country in rows]
        self._parent = {key: key for key, _, _ in named}
        self._country = {key: f"iso:{country}" for key, country, _ in named if country}
        self._suffixes = {key: {name.suffix for name in names} for key, _, names in named}
        self._initials = {key: {name.initials[0] for name in names if name.initials} for key, _, names in named}
        by_key: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        by_first: dict[tuple[str, str], dict[tuple[str, ...], str]] = {}
        for person_id, country, names in named:
            for name in names:
                by_key.setdefault((country, name.key), []).append(person_id)
                by_first.setdefault((country, name.order[0]), {}).setdefault(name.order, person_id)
        for (country, _), ids in sorted(by_key.items()):
            for one, other in pairwise(ids) if country else ():
                self._unite(one, other)
        for (country, _), orders in sorted(by_first.items()):
            for short, long in _short_forms(sorted(orders, key=len)) if country else ():
                self._unite(orders[short], orders[long])
        self._ids: dict[tuple[str, ...], set[str]] = {}
        for (_, key), ids in by_key.items():
            self._ids.setdefault(key, set()).update(map(self._main, ids))
        self._of: dict[str, list[str]] = {}
        for person_id in sorted(self._parent):
            self._of.setdefault(self._main(person_id), []).append(person_id)

    def _main(self, person_id: str) -> str:
        while self._parent.get(person_id, person_id) != person_id:
            person_id = self._parent[person_id]
        return person_id

    def _unite(self, one: str, other: str) -> None:
        first, second = sorted((self._main(one), self._main(other)))
        mine, theirs = self._initials[first], self._initials[second]
        if first != second and (not mine or not theirs or mine & theirs):
            self._parent[second] = first
            mine |= theirs
            self._suffixes[first] |= self._suffixes[second]

    def find(self, name: PersonName, person_id: str | None) -> str | None:
        """Return the one id of a person, given another or none; None if the name is nobody's or two people's.

        An elder (`Sr.`) is another than who is known without that.
        """
        if person_id is not None:
            return self._main(person_id) if self._may_be(name, person_id) else None
        found = self._ids.get(name.key, set())
        if not name.is_full or len(found) != 1:
            return None
        known = min(found)
        theirs = self._initials[known]
        are_alike = not name.initials or not theirs or name.initials[0] in theirs
        return known if are_alike and self._may_be(name, known) else None

    def _may_be(self, name: PersonName, person_id: str) -> bool:
        return not name.is_elder or name.suffix in self._suffixes.get(person_id, (name.suffix,))

    def country(self, person_id: str | None) -> str | None:
        """Return the key of a person's country: iso:RUS."""
        return self._country.get(person_id or "")

    def ids(self, main: str) -> list[str]:
        """Return all ids of a person, given the one."""
        return self._of.get(main, [])


def _short_forms(orders: Sequence[tuple[str, ...]]) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield a name and the next longer form of it, if its longer forms are forms of one another."""
    for i, short in enumerate(orders):
        longer = [long for long in orders[i + 1 :] if len(long) > len(short) and is_part(short, long)]
        if longer and all(is_part(one, other) for one, other in pairwise(longer)):
            yield short, longer[0]


@cache
def known_people() -> KnownPeople:
    """Read config/lexicons/people.tsv."""
    rows = read_rows("people.tsv", 7)
    return KnownPeople((key, (name, *filter(None, aliases.split("|"))), iso) for key, name, aliases, iso, *_ in rows)


@cache
def countries_of_organisations() -> dict[str, str]:
    """Return the keys of organisations' countries, from config/lexicons/organisations.tsv."""
    return {key: f"iso:{iso}" for key, _, _, iso, _ in read_rows("organisations.tsv", 5) if iso}


@cache
def known_posts() -> dict[str, Post]:
    """Return people's posts, from config/lexicons/people.tsv."""
    posts = ((key, read_post(role, None, None)) for key, _, _, _, role, *_ in read_rows("people.tsv", 7))
    return {key: post for key, post in posts if post is not None}

"""People whom the lexicon knows: one key where it has several for the spellings of one name, and the country.

Order: rows of config/lexicons/people.tsv → keys that share a name and a country, and whose initials agree, are one → a
name that one of them has, in whatever case, spelling and order, is that one's.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tasks.lexicons import read_rows
from tasks.names import PersonName, read_name


class KnownPeople:
    """The people of a lexicon.

    Args:
        rows: id, names, country (ISO 3166-1 alpha-3) or nothing.
    """

    def __init__(self, rows: Iterable[tuple[str, tuple[str, ...], str]]) -> None:
        self._main: dict[str, str] = {}
        self._country: dict[str, str] = {}
        self._initials: dict[str, set[str]] = {}
        self._ids: dict[tuple[str, ...], set[str]] = {}
        of_name: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for person_id, forms, country in sorted(rows):
            names = [name for name in map(read_name, forms) if name is not None and name.is_full]
            own = {name.initials[0] for name in names if name.initials}
            shared = (main for name in names for main in of_name.get((name.key, country), ()))
            main = next((m for m in shared if not own or not self._initials[m] or own & self._initials[m]), person_id)
            self._main[person_id] = main
            self._initials.setdefault(main, set()).update(own)
            if country:
                self._country[person_id] = f"iso:{country}"
            for key in {name.key for name in names}:
                of_name.setdefault((key, country), []).append(main)
                self._ids.setdefault(key, set()).add(main)

    def find(self, name: PersonName, person_id: str | None) -> str | None:
        """Return the one id of a person, given another or none; None if the name is nobody's or two people's."""
        if person_id is not None:
            return self._main.get(person_id, person_id)
        found = self._ids.get(name.key, set())
        if not name.is_full or len(found) != 1:
            return None
        known = min(found)
        theirs = self._initials[known]
        return known if not name.initials or not theirs or name.initials[0] in theirs else None

    def country(self, person_id: str | None) -> str | None:
        """Return the key of a person's country: iso:RUS."""
        return self._country.get(person_id or "")

    def ids(self, main: str) -> list[str]:
        """Return all ids of a person, given the one."""
        return sorted(other for other, own in self._main.items() if own == main)


@cache
def known_people() -> KnownPeople:
    """Read config/lexicons/people.tsv."""
    rows = read_rows("people.tsv", 7)
    return KnownPeople((key, (name, *filter(None, aliases.split("|"))), iso) for key, name, aliases, iso, *_ in rows)


@cache
def countries_of_organisations() -> dict[str, str]:
    """Return the keys of organisations' countries, from config/lexicons/organisations.tsv."""
    return {key: f"iso:{iso}" for key, _, _, iso, _ in read_rows("organisations.tsv", 5) if iso}

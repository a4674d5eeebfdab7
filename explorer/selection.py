"""A selection: what is asked of a table. The query string says it, and all that is shown of it derives from it.

List, counts, facets, plots, exports and links are made from one `Selection`, so they agree. Equal selections have equal
query strings: values are sorted, what a table does not know is left out.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from explorer.words import Term, read_terms, to_match

#: The filters of each table that is listed, in the order of the page.
FILTERS: Mapping[str, tuple[str, ...]] = {
    "documents": ("source", "country", "speaker", "kind", "condition"),
    "quotes": ("source", "country", "speaker", "type"),
    "engagements": ("source", "country", "type", "status", "level", "mention"),
}
SORTS = ("new", "old", "rank")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
_MOST_VALUES, _MOST_CHARACTERS = 20, 300


class SelectionError(ValueError):
    """A query string that cannot be meant."""


@dataclass(frozen=True)
class Selection:
    """What is asked of a table.

    Attributes:
        table: A key of `FILTERS`.
        query: Words to search.
        values: Filters and the values that they have, sorted.
        since: First day; None: no matter.
        until: Last day, included.
        sort: One of `SORTS`: newest or oldest first, or best first.
    """

    table: str
    query: str = ""
    values: tuple[tuple[str, str], ...] = ()
    since: date | None = None
    until: date | None = None
    sort: str = "new"

    @property
    def terms(self) -> list[Term]:
        """The terms of the query."""
        return read_terms(self.query)

    @property
    def match(self) -> str | None:
        """What the index of words is asked; None: nothing."""
        return to_match(self.terms)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.match or self.values or self.since or self.until)

    def of(self, name: str) -> list[str]:
        """Return the values of a filter."""
        return [value for key, value in self.values if key == name]

    def on(self, table: str) -> Selection:
        """Return the same selection of another table, as far as that has the filters."""
        return make_selection(table, self.query, self.values, self.since, self.until, self.sort)

    def toggled(self, name: str, value: str) -> Selection:
        """Return it with a value that it lacked, or without one that it had."""
        return replace(self, values=tuple(sorted({(name, value)} ^ set(self.values))))

    def without(self, name: str) -> Selection:
        """Return it without a filter."""
        return replace(self, values=tuple(pair for pair in self.values if pair[0] != name))

    def having(self, **changes: object) -> Selection:
        """Return it with other words, days or order."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def to_query(self, **more: str) -> str:
        """Return the query string, without a question mark.

        Example:
            >>> Selection("documents", "drill", (("country", "KHM"),), since=date(2023, 1, 1)).to_query()
            'q=drill&country=KHM&from=2023-01-01'
        """
        pairs = [("q", self.query), *self.values]
        pairs += [("from", str(self.since or "")), ("to", str(self.until or ""))]
        pairs += [("sort", "" if self.sort == "new" else self.sort), *more.items()]
        return urlencode([pair for pair in pairs if pair[1]])

    def to_path(self, **more: str) -> str:
        """Return the address of the list."""
        asked = self.to_query(**more)
        return f"/{self.table}?{asked}" if asked else f"/{self.table}"


def make_selection(
    table: str, query: str, values: Iterable[tuple[str, str]], since: date | None, until: date | None, sort: str
) -> Selection:
    """Return a selection with what its table knows of it, in the one form that it has."""
    words = " ".join(" ".join(_PLAIN.findall(query)).split())[:_MOST_CHARACTERS].strip()
    kept = {(key, value[:_MOST_CHARACTERS]) for key, value in values if value and key in FILTERS[table]}
    kept = {pair for pair in kept if _PLAIN.fullmatch(pair[1])}
    match = to_match(read_terms(words))
    order = sort if sort in SORTS and (sort != "rank" or match) else "new"
    return Selection(table, words, tuple(sorted(kept)[:_MOST_VALUES]), since, until, order)


def read_selection(table: str, query: str) -> Selection:
    """Read a selection from a query string.

    Args:
        table: A key of `FILTERS`.
        query: The part of an address behind the question mark.

    Raises:
        SelectionError: A day is none.

    Example:
        >>> read_selection("quotes", "type=turn&q=ice+fog&page=7").to_query()
        'q=ice+fog&type=turn'
    """
    try:
        pairs = parse_qsl(query, max_num_fields=200)
    except ValueError as error:
        raise SelectionError("the address has too many parts") from error
    last = dict(pairs)
    return make_selection(
        table,
        last.get("q", ""),
        pairs,
        read_day("from", last.get("from", "")),
        read_day("to", last.get("to", "")),
        last.get("sort", "new"),
    )


def read_day(name: str, value: str) -> date | None:
    """Read a day, or a month or year as its first day, or its last where the name is `to`.

    Example:
        >>> read_day("from", "2023"), read_day("to", "2024-02")
        (datetime.date(2023, 1, 1), datetime.date(2024, 2, 29))
    """
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", value.strip(), re.A)
    if not value.strip():
        return None
    if found is None:
        raise SelectionError(f"{name}: not a day, month or year (2024-05-17, 2024-05 or 2024)")
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if year is None or (day and month):
            return date(year or 0, month or 0, day or 0)
        if name == "from":
            return date(year, month or 1, 1)
        return date(year, month or 12, monthrange(year, month or 12)[1])
    except ValueError as error:
        raise SelectionError(f"{name}: there is no such day") from error

"""What a selection finds in the index: how many, which on this page, by what it divides, over time.

A selection becomes one FROM and WHERE, and every question is asked of that. Items have the order of days, so the newest
rows of a list are read and no others. What has more than `MOST` rows is counted no further, nor ranked, and facets and
plots count its newest rows, as they say; of everything, and of one value of a filter, the index knows the numbers.
"""

from __future__ import annotations

import math
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from explorer.index import BITS, day_of, first_item
from explorer.selection import FILTERS, Selection
from explorer.words import to_token

MOST = 10_000
PAGE = 25
FACET = 12
_DATED = first_item(date.min)
_LAST = 2**63 - 1


@dataclass(frozen=True)
class Hit:
    """A row of the index.

    Attributes:
        item: Its number.
        doc: The number of its document.
        doc_id: Its document.
        unit: The segment that it lies in.
        row: Its place in the files that the segment has of its table.
        doc_row: The same of its document.
        rank: How good it is, the least best; 0 where nothing is ranked.
    """

    item: int
    doc: int
    doc_id: str
    unit: str
    row: int
    doc_row: int
    rank: float

    @property
    def day(self) -> str:
        """Its day by ISO 8601, or empty."""
        return day_of(self.item)

    @property
    def place(self) -> str:
        """What a page that starts behind it is asked with."""
        return f"{self.rank},{self.item}" if self.rank else str(self.item)


@dataclass(frozen=True)
class Page:
    """A page of a list: its rows, and where the next begins; empty: there is none."""

    hits: list[Hit]
    after: str


@dataclass(frozen=True)
class Count:
    """A value of a facet: its rows, and whether it is selected."""

    value: str
    name: str
    n: int
    is_on: bool = False


class Search:
    """The index of a dataset, opened to be read. Connections are one a thread.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._uri = f"{path.absolute().as_uri()}?mode=ro"
        self._local = threading.local()
        self.facet = lru_cache(maxsize=512)(self._facet)
        self.count = lru_cache(maxsize=1024)(self._count)
        self.months = lru_cache(maxsize=256)(self._months)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self._db.execute(query, values).fetchall()

    @property
    def _db(self) -> sqlite3.Connection:
        if not hasattr(self._local, "db"):
            self._local.db = sqlite3.connect(self._uri, uri=True, timeout=10)
            self._local.db.executescript("PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;")
        db: sqlite3.Connection = self._local.db
        return db

    def _total(self, table: str, name: str, value: str = "") -> int:
        found = self.ask("SELECT n FROM totals WHERE list = ? AND name = ? AND value = ?", table, name, value)
        return int(found[0][0]) if found else 0

    def _count(self, selection: Selection) -> int:
        """Return how many rows a selection has; one more than `MOST` where it has more, and nobody knows how many."""
        if selection.is_everything:
            return self._total(selection.table, "all")
        if len(selection.values) == 1 and not (selection.match or selection.since or selection.until):
            return self._total(selection.table, *selection.values[0])
        return self.count_all(selection, MOST + 1)

    def count_all(self, selection: Selection, most: int = _LAST) -> int:
        """Return how many rows a selection has, or the most that are counted."""
        _, where, values = _where(selection)
        [(n,)] = self.ask(f"SELECT count(*) FROM (SELECT 1 FROM {where} LIMIT ?)", *values, most)
        return int(n)

    def page(self, selection: Selection, after: str = "", size: int = PAGE) -> Page:
        """Return the rows of a list that come after a place.

        Args:
            selection: What is listed.
            after: `place` of the last row before; empty: from the start.
            size: The most rows.
        """
        hits: list[Hit] = []
        sort = self.order_of(selection)
        for query, values in _ranked(selection, after) if sort == "rank" else _ordered(selection, sort, after):
            hits += self._hits(f"{query} LIMIT {size + 1 - len(hits)}", values)
        return Page(hits[:size], hits[size - 1].place if len(hits) > size else "")

    def _hits(self, query: str, values: list[object]) -> list[Hit]:
        # A cross join keeps the order of what stands first.
        joined = f"({query}) f CROSS JOIN documents d ON d.item = f.doc CROSS JOIN units u ON u.unit = d.unit"
        found = self._db.execute(f"SELECT f.item, f.doc, d.id, u.id, f.row, d.row, f.rank FROM {joined}", values)
        return [Hit(*row) for row in found]

    def order_of(self, selection: Selection) -> str:
        """Return the order that a selection is listed in: too many rows are not ranked."""
        return "new" if selection.sort == "rank" and self.count(selection) > MOST else selection.sort

    def hits(self, selection: Selection) -> Iterator[Hit]:
        """Yield every row of a selection, in the order of its list."""
        after = ""
        while True:
            page = self.page(selection, after, MOST)
            yield from page.hits
            if not page.after:
                return
            after = page.after

    def _first(self, selection: Selection) -> str:
        """Return a source called t: the first rows of a list, which this thread has until it asks for another's."""
        if getattr(self._local, "first", None) != selection:
            key, where, values = _where(selection)
            self._local.first = None
            self._db.execute("DROP TABLE IF EXISTS temp.first")
            query = f"SELECT t.* FROM {where} ORDER BY {key} DESC LIMIT {MOST}"
            self._db.execute(f"CREATE TEMP TABLE first AS {query}", values)
            self._local.first = selection
        return "temp.first t"

    def _facet(self, selection: Selection, name: str) -> list[Count]:
        """Return the most frequent values of a filter: each with the rows that the selection has if it is chosen.

        What is chosen already comes first. Filters that take any of their values count as if none were chosen.
        """
        chosen = selection.of(name)
        base = selection if name == "country" else selection.without(name)
        counts = self._tally(base, name)
        names = self.name_values(name, [value for value, _ in counts[:FACET]] + chosen)
        there = dict(counts)
        first = [Count(value, names[value], there.get(value, 0), True) for value in chosen]
        rest = [Count(value, names[value], n) for value, n in counts[:FACET] if value not in chosen]
        return first + rest[: max(FACET - len(first), 0)]

    def _tally(self, base: Selection, name: str) -> list[tuple[str, int]]:
        """Return the values of a filter, each with its rows, the most frequent first."""
        if base.is_everything:
            query = "SELECT value, n FROM totals WHERE list = ? AND name = ? ORDER BY n DESC, value"
            return [(value, n) for value, n in self.ask(query, base.table, name)]
        where = self._first(base)
        if name == "country":
            codes = Counter(code for (all_,) in self.ask(f"SELECT countries FROM {where}") for code in all_.split())
            return sorted(codes.items(), key=lambda one: (-one[1], one[0]))
        query = f"SELECT t.{name}, count(*) n FROM {where} GROUP BY 1"
        if name == "speaker":
            query = f"SELECT t.speaker, count(*) n FROM {where} GROUP BY 1"
            if base.table == "documents":
                joined = "CROSS JOIN quotes g ON g.doc = t.item"
                query = f"SELECT g.speaker, count(DISTINCT g.doc) n FROM {where} {joined} GROUP BY 1"
            query = f"SELECT s.key, n FROM ({query}) JOIN speakers s USING (speaker)"
        return [(str(value), n) for value, n in self.ask(f"{query} ORDER BY n DESC, 1") if value is not None]

    @cached_property
    def sources(self) -> list[tuple[Any, ...]]:
        """Each source with its documents, first and last day, and how many are undated, uncertain and near-copies."""
        days = f"min(iif(item < {_DATED}, NULL, item)), max(item), sum(item < {_DATED})"
        query = f"SELECT source, count(*), {days}, sum(uncertain), sum(near) FROM documents GROUP BY 1 ORDER BY 1"
        return [(source, n, day_of(a or 0), day_of(b), *rest) for source, n, a, b, *rest in self.ask(query)]

    def name_values(self, name: str, values: list[str]) -> dict[str, str]:
        """Return what the values of a filter are called."""
        if name != "speaker":
            return {value: value for value in values}
        marks = ", ".join("?" * len(values))
        known = dict(self._db.execute(f"SELECT key, name FROM speakers WHERE key IN ({marks})", values))
        return {value: known.get(value) or value.removeprefix("as:") for value in values}

    def _months(self, selection: Selection) -> list[tuple[str, int]]:
        """Return the rows of each month that has any, in order; undated ones are left out."""
        if selection.is_everything:
            query = "SELECT value, n FROM totals WHERE list = ? AND name = 'month' ORDER BY value"
            return [(month, n) for month, n in self.ask(query, selection.table)]
        days = self.ask(f"SELECT t.item >> {BITS}, count(*) FROM {self._first(selection)} GROUP BY 1 ORDER BY 1")
        months: Counter[str] = Counter()
        for day, n in days:
            months[day_of(day << BITS)[:7]] += n
        return [(month, n) for month, n in months.items() if month]

    def facets(self, selection: Selection) -> dict[str, list[Count]]:
        """Return the facets of a list, those without a choice left out."""
        found = {name: self.facet(selection, name) for name in FILTERS[selection.table]}
        return {name: counts for name, counts in found.items() if len(counts) > 1 or any(c.is_on for c in counts)}


def _where(selection: Selection) -> tuple[str, str, list[object]]:
    """Return the column of items, what stands behind FROM, with WHERE, and its values; the table is called t."""
    table = selection.table
    key, source, parts = "t.item", f"{table} t", ["1"]
    values: list[object] = []
    match = [f'countries : "{to_token(code)}"' for code in selection.of("country")]
    if selection.match:
        match.insert(0, f"{{{'title text' if table == 'documents' else 'text'}}} : ({selection.match})")
    if match:
        key = f"{table}_words.rowid"
        source = f"{table}_words CROSS JOIN {table} t ON t.item = {key}"
        parts.append(f"{table}_words MATCH ?")
        values.append(" AND ".join(match))
    for name in FILTERS[table]:
        chosen = selection.of(name)
        if not chosen or name == "country":
            continue
        marks = f"IN ({', '.join('?' * len(chosen))})"
        if name == "speaker":
            said = f"speaker IN (SELECT speaker FROM speakers WHERE key {marks})"
            parts.append(f"t.item IN (SELECT doc FROM quotes WHERE {said})" if table == "documents" else f"t.{said}")
        else:
            parts.append(f"t.{name} {marks}")
        values += chosen
    if selection.since or selection.until:
        parts.append(f"{key} BETWEEN ? AND ?")
        values += [first_item(selection.since or date.min), _end_of(selection.until)]
    return key, f"{source} WHERE {' AND '.join(parts)}", values


def _end_of(day: date | None) -> int:
    return _LAST if day is None else first_item(day) + (1 << BITS) - 1


Asked = Iterator[tuple[str, list[object]]]


def _ordered(selection: Selection, sort: str, after: str) -> Asked:
    """Yield what is asked for a page by day, one after the other: of oldest first the undated come at the end."""
    key, where, values = _where(selection)
    doc = "item" if selection.table == "documents" else "doc"
    query = f"SELECT t.item, t.{doc} AS doc, t.row, 0 AS rank FROM {where} AND {key} BETWEEN ? AND ? ORDER BY {key}"
    place = _to_item(after)
    if sort == "new":
        yield f"{query} DESC", [*values, 0, _LAST if place is None else place - 1]
        return
    for low, high in ((_DATED, _LAST), (0, _DATED - 1)):
        if place is None or place > high:
            yield query, [*values, low, high]
        elif place >= low:
            yield query, [*values, place + 1, high]


def _ranked(selection: Selection, after: str) -> Asked:
    """Yield what is asked for a page by rank."""
    _, where, values = _where(selection)
    doc, weights = ("item", "5.0, 1.0, 0.0") if selection.table == "documents" else ("doc", "1.0, 0.0")
    ranked = f"SELECT t.item, t.{doc} AS doc, t.row, bm25({selection.table}_words, {weights}) AS rank FROM {where}"
    rank, _, item = after.partition(",")
    edge = (_to_number(rank), _to_item(item) or 0)
    yield f"SELECT * FROM ({ranked}) WHERE (rank, item) > (?, ?) ORDER BY rank, item", [*values, *edge]


def _to_item(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _to_number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return -math.inf

"""What a selection finds in the index: how many, which on this page, by what it divides, over time.

A selection becomes one FROM and WHERE, and every question is asked of that. Pages go by key: the place of the last row,
never an offset. Beyond `MANY` rows nothing is ranked; facets and plots count the `FIRST` rows of the list, as they say.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from explorer.selection import FILTERS, Selection

MANY = 50_000
FIRST = 10_000
PAGE = 50
FACET = 12
_ORDERS = {"new": "t.day DESC, t.id", "old": "t.day = '', t.day, t.id", "rank": "rank, t.id"}
#: What is behind a place; `_edge` gives its values.
_BEHIND = {
    "new": "t.day <= ? AND (t.day < ? OR t.id > ?)",
    "old": "(t.day = '', t.day, t.id) > (?, ?, ?)",
    "rank": "(rank, t.id) > (?, ?)",
}
_WEIGHTS = {"documents": ", 5.0, 1.0"}


@dataclass(frozen=True)
class Hit:
    """A row of the index.

    Attributes:
        item: Its number.
        id: Its key in the dataset.
        doc_id: Its document.
        unit: The segment that it lies in.
        day: Its day by ISO 8601, or empty.
        place: What a page that starts behind it is asked with.
    """

    item: int
    id: str
    doc_id: str
    unit: str
    day: str
    place: str


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

    def _count(self, selection: Selection) -> int:
        """Return how many rows a selection has."""
        where, values = _where(selection)
        [(n,)] = self.ask(f"SELECT count(*) FROM {where}", *values)
        return int(n)

    def page(self, selection: Selection, after: str = "", size: int = PAGE) -> Page:
        """Return the rows of a list that come after a place.

        Args:
            selection: What is listed.
            after: `place` of the last row before; empty: from the start.
            size: The most rows.
        """
        sort = self.order_of(selection)
        where, values = _where(selection)
        rank = f"bm25({selection.table}_words{_WEIGHTS.get(selection.table, '')})" if sort == "rank" else "''"
        query = f"SELECT * FROM (SELECT t.item, t.id, t.doc, t.day, {rank} AS rank FROM {where}) t"
        query += f" WHERE {_BEHIND[sort]}" if after else ""
        query += f" ORDER BY {_ORDERS[sort]} LIMIT ?"
        # A cross join keeps the order of what stands first.
        columns = "f.item, f.id, d.id, d.unit, f.day, f.rank"
        found = f"SELECT {columns} FROM ({query}) f CROSS JOIN documents d ON d.item = f.doc"
        rows = self._db.execute(found, [*values, *(_edge(sort, after) if after else ()), size + 1]).fetchall()
        hits = [
            Hit(item, key, doc_id, unit, day, f"{rank if sort == 'rank' else day},{key}")
            for item, key, doc_id, unit, day, rank in rows
        ]
        return Page(hits[:size], hits[size - 1].place if len(hits) > size else "")

    def order_of(self, selection: Selection) -> str:
        """Return the order that a selection is listed in: too many rows are not ranked."""
        return "new" if selection.sort == "rank" and self.count(selection) > MANY else selection.sort

    def keys(self, selection: Selection) -> Iterator[tuple[str, str, str]]:
        """Yield key, doc_id and unit of every row of a selection, in the order of its list."""
        after = ""
        while True:
            page = self.page(selection, after, MANY)
            yield from ((hit.id, hit.doc_id, hit.unit) for hit in page.hits)
            if not page.after:
                return
            after = page.after

    def _first(self, selection: Selection) -> str:
        """Return a source called t: the first rows of a list, which this thread has until it asks for another's."""
        if getattr(self._local, "first", None) != selection:
            where, values = _where(selection)
            self._local.first = None
            self._db.execute("DROP TABLE IF EXISTS temp.first")
            query = f"SELECT t.* FROM {where} ORDER BY {_ORDERS['new']} LIMIT {FIRST}"
            self._db.execute(f"CREATE TEMP TABLE first AS {query}", values)
            self._local.first = selection
        return "temp.first t"

    def _facet(self, selection: Selection, name: str) -> list[Count]:
        """Return the most frequent values of a filter: each with the rows that the selection has if it is chosen.

        What is chosen already comes first. Filters that take any of their values count as if none were chosen.
        """
        chosen = selection.of(name)
        base = selection if name == "country" else selection.without(name)
        where = self._first(base)
        if name == "country":
            tagged = f"tags g ON g.list = '{base.table}' AND g.item = t.item"
            query = f"SELECT g.value, count(*) n FROM {where} CROSS JOIN {tagged}"
        elif name == "speaker" and base.table == "documents":
            query = f"SELECT g.speaker, count(DISTINCT g.doc) n FROM {where} CROSS JOIN quotes g ON g.doc = t.item"
        else:
            query = f"SELECT t.{name}, count(*) n FROM {where}"
        query += " GROUP BY 1 HAVING n > 0 ORDER BY n DESC, 1"
        counts = [(str(value), int(n)) for value, n in self._db.execute(query) if value is not None]
        names = self.name_values(name, [value for value, _ in counts[:FACET]] + chosen)
        there = dict(counts)
        first = [Count(value, names[value], there.get(value, 0), True) for value in chosen]
        rest = [Count(value, names[value], n) for value, n in counts[:FACET] if value not in chosen]
        return first + rest[: max(FACET - len(first), 0)]

    def name_values(self, name: str, values: list[str]) -> dict[str, str]:
        """Return what the values of a filter are called."""
        if name != "speaker":
            return {value: value for value in values}
        marks = ", ".join("?" * len(values))
        known = dict(self._db.execute(f"SELECT key, name FROM speakers WHERE key IN ({marks})", values))
        return {value: known.get(value) or value.removeprefix("as:") for value in values}

    def _months(self, selection: Selection) -> list[tuple[str, int]]:
        """Return the rows of each month that has any, in order; undated ones are left out."""
        where = self._first(selection)
        query = f"SELECT substr(t.day, 1, 7) m, count(*) FROM {where} WHERE t.day > '' GROUP BY m ORDER BY m"
        return [(str(month), int(n)) for month, n in self._db.execute(query)]

    def facets(self, selection: Selection) -> dict[str, list[Count]]:
        """Return the facets of a list, those without a choice left out."""
        found = {name: self.facet(selection, name) for name in FILTERS[selection.table]}
        return {name: counts for name, counts in found.items() if len(counts) > 1 or any(c.is_on for c in counts)}


def _where(selection: Selection) -> tuple[str, list[object]]:
    """Return what stands behind FROM, with WHERE, and its values; the table is called t."""
    table = selection.table
    source, parts, values = f"{table} t", ["1"], []
    if selection.match:
        source = f"{table}_words JOIN {table} t ON t.item = {table}_words.rowid"
        parts.append(f"{table}_words MATCH ?")
        values.append(selection.match)
    for code in selection.of("country"):
        parts.append(f"EXISTS (SELECT 1 FROM tags g WHERE g.list = '{table}' AND g.value = ? AND g.item = t.item)")
        values.append(code)
    for name in FILTERS[table]:
        chosen = selection.of(name)
        if not chosen or name == "country":
            continue
        marks = f"({', '.join('?' * len(chosen))})"
        said = table == "documents" and name == "speaker"
        parts.append(f"t.item IN (SELECT doc FROM quotes WHERE speaker IN {marks})" if said else f"t.{name} IN {marks}")
        values += chosen
    if selection.since:
        parts.append("t.day >= ?")
        values.append(str(selection.since))
    if selection.until:
        parts.append("t.day <= ? AND t.day > ''")
        values.append(str(selection.until))
    return f"{source} WHERE {' AND '.join(parts)}", list(values)


def _edge(sort: str, after: str) -> list[object]:
    first, _, key = after.partition(",")
    if sort == "rank":
        return [_to_number(first), key]
    return [first, first, key] if sort == "new" else [first == "", first, key]


def _to_number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0

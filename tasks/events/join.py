"""Which rows of different documents tell one event. Never a guess: what could be two events is two.

Order: rows of one type and the same sides form a block → rows with names and days of their own join one another →
rows without join the nearest event, or are one of their own. No two events become one through a row without names, or
whose day is only that of its publication.

Two rows are one event if they stand in different documents, their sides are the same (of three and more: half of them,
or the name), their days overlap when widened by one, for time zones, and no two people named for a side differ.
Exercises and gatherings must agree in name and edition, where both have them. A pledge and a delivery are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

#: A type and the sides, of three and more any.
Block = tuple[str, frozenset[str]]

_DAY = timedelta(1)  # from one time zone to another
_NAMED = frozenset({"exercise", "conference"})
_SAME = 0.5  # Jaccard similarity of three and more sides
_BASES = ("stated", "relative", "published", "none")
_STATUSES = ("held", "ongoing", "planned")


@dataclass(frozen=True)
class Telling:
    """A row of engagements, as far as events are decided by it.

    Attributes:
        key: Its engagement_id.
        doc_id, publisher: The document, and whose it is.
        type, status, mention: As in engagements.
        countries: Its country_ids.
        n_sides: How many sides take part.
        people: Surnames of those who are named, by side.
        name, edition: Of an exercise or gathering.
        first, last: Its days.
        basis: What they rest on.
        published: Day of publication.
    """

    key: str
    doc_id: str
    publisher: str
    type: str
    status: str
    mention: str
    countries: frozenset[str]
    n_sides: int
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)
    name: str | None = None
    edition: str | None = None
    first: date | None = None
    last: date | None = None
    basis: str = "none"
    published: date | None = None

    @property
    def is_sure(self) -> bool:
        """Whether it may join two events: it has names, and days that do not rest on publication."""
        return (any(self.people.values()) or bool(self.name)) and self.basis in ("stated", "relative") and self.has_days

    @property
    def has_days(self) -> bool:
        """Whether it has a first or a last day."""
        return self.first is not None or self.last is not None

    @property
    def days(self) -> tuple[date, date]:
        """Its first and last day; an end that is not known is the other one."""
        first, last = self.first or self.last, self.last or self.first
        if first is None or last is None:
            raise ValueError(self.key)
        return first, last


def _plain(name: str) -> str:
    """Return a name without editions, articles and case.

    Example:
        >>> _plain("the 4th Exercise Desert Falcon-2022")
        'desert falcon'
    """
    words = re.sub(r"\b\d\w*\b|\b(?:the|exercise|operation|meeting|of)\b|[^\w\s]", " ", name.casefold()).split()
    return " ".join(words)


def overlaps(one: Telling, other: Telling) -> bool:
    """Tell whether the days of two rows overlap when widened by one."""
    if not (one.has_days and other.has_days):
        return False
    (a, b), (c, d) = one.days, other.days
    return a - _DAY <= d and c - _DAY <= b


def _same_name(one: Telling, other: Telling) -> bool:
    return bool(one.name and other.name) and _plain(one.name or "") == _plain(other.name or "")


def _same_sides(one: Telling, other: Telling) -> bool:
    if one.countries == other.countries:
        return len(one.countries) > 1 or _same_name(one, other) or one.type == "deployment"
    if one.n_sides < 3 or other.n_sides < 3:
        return False
    shared = len(one.countries & other.countries) / len(one.countries | other.countries)
    return shared >= _SAME or _same_name(one, other)


def _same_people(one: Telling, other: Telling) -> bool:
    """Tell whether no side is represented by different people."""
    for side in one.people.keys() & other.people.keys():
        if one.people[side] and other.people[side] and not one.people[side] & other.people[side]:
            return False
    return True


def are_one(one: Telling, other: Telling) -> bool:
    """Tell whether two rows tell one event."""
    if one.doc_id == other.doc_id or one.type != other.type:
        return False
    if one.type == "transfer" and one.status != other.status:
        return False
    if one.type in _NAMED and one.name and other.name and not _same_name(one, other):
        return False
    if one.edition and other.edition and one.edition != other.edition:
        return False
    return _same_sides(one, other) and overlaps(one, other) and _same_people(one, other)


def _distance(one: tuple[date, date], other: tuple[date, date]) -> timedelta:
    (a, b), (c, d) = one, other
    return max(a - d, c - b, timedelta(0)) + abs(a - c) / 1000


def block_of(kind: str, countries: Iterable[str], n_sides: int) -> Block:
    """Return the block of a row: only rows of one block may tell one event."""
    return kind, frozenset(countries) if n_sides < 3 else frozenset({"3"})


def join(rows: Iterable[Telling]) -> list[list[Telling]]:
    """Return the rows of each event, in the order of publication; events by their first row's key.

    Args:
        rows: Rows of many documents.
    """
    blocks: dict[Block, list[Telling]] = {}
    for row in rows:
        blocks.setdefault(block_of(row.type, row.countries, row.n_sides), []).append(row)
    events = [event for block in blocks.values() for event in _join_block(block)]
    ordered = [sorted(event, key=lambda row: (row.published or date.max, row.key)) for event in events]
    return sorted(ordered, key=lambda event: event[0].key)


class _Event:
    """Rows that tell one event, and what decides whether another is of it.

    Attributes:
        rows: Them.
        anchors: Those that others join: the sure ones, or the first.
    """

    def __init__(self, row: Telling) -> None:
        self.rows = [row]
        self.anchors = [row]
        self._docs = {row.doc_id}
        self._days = {row.days}
        self._named = [row] if any(row.people.values()) else []

    def add(self, rows: Iterable[Telling]) -> None:
        """Take rows in; sure ones come before all others."""
        for row in rows:
            self.rows.append(row)
            self._docs.add(row.doc_id)
            self._days.add(row.days)
            self._named += [row] if any(row.people.values()) else []
            self.anchors += [row] if row.is_sure else []

    def fits(self, row: Telling) -> bool:
        """Tell whether a row is of the event: it is one with an anchor of it, and at odds with no row."""
        if row.doc_id in self._docs or not any(are_one(row, other) for other in self.anchors):
            return False
        return all(_same_people(row, other) for other in self._named)

    def agrees(self, other: _Event) -> bool:
        """Tell whether no row of another event is at odds with one of this."""
        if not self._docs.isdisjoint(other._docs):
            return False
        return all(_same_people(a, b) for a in self._named for b in other._named)

    def distance(self, row: Telling) -> timedelta:
        """Return how far its days are from those of a row, at least."""
        return min(_distance(row.days, days) for days in self._days)


def _join_block(rows: Sequence[Telling]) -> list[list[Telling]]:
    """Return the events of a block: the sure rows by what they share, each other row with the nearest.

    A row is compared with the events that have an anchor in its weeks, not with all.
    """
    dated = sorted((r for r in rows if r.has_days), key=lambda r: (not r.is_sure, r.days, r.key))
    events: dict[int, _Event] = {}  # by number, in order
    weeks: dict[int, dict[int, None]] = {}  # numbers of the events that have an anchor there
    for number, row in enumerate(dated):
        near = sorted({n for week in _weeks(row) for n in weeks.get(week, ()) if n in events})
        fitting = [n for n in near if events[n].fits(row)]
        if not fitting:
            events[number] = _Event(row)
            fitting = [number]
        elif row.is_sure:
            events[fitting[0]].add([row])
        else:
            nearest = min(fitting, key=lambda n: events[n].distance(row))
            events[nearest].add([row])
            continue
        first, *others = fitting
        come = [row]
        for n in others:
            if events[first].agrees(events[n]):
                come += events[n].rows
                events[first].add(events.pop(n).rows)
        for week in {week for one in come for week in _weeks(one)}:
            weeks.setdefault(week, {})[first] = None
    return [*(event.rows for event in events.values()), *([row] for row in rows if not row.has_days)]


def _weeks(row: Telling) -> range:
    """Return the numbers of the weeks that its days lie in when widened by one."""
    first, last = sorted(row.days)
    return range((first.toordinal() - 1) // 7, (last.toordinal() + 1) // 7 + 1)


def best_dated(event: Sequence[Telling]) -> Telling:
    """Return the row whose days rest on most: stated before relative before published, then the shorter interval."""

    def rank(row: Telling) -> tuple[int, int, str]:
        length = (row.days[1] - row.days[0]).days if row.has_days else 0
        return _BASES.index(row.basis if row.has_days else "none"), length, row.key

    return min(event, key=rank)


def status_of(event: Sequence[Telling]) -> str:
    """Return how far an event has come: cancelled if the last to tell says so, else the furthest that one says."""
    if event[-1].status == "cancelled":
        return "cancelled"
    told = {row.status for row in event}
    return next((status for status in _STATUSES if status in told), "cancelled")


def pairs(countries: Iterable[str]) -> Iterator[tuple[str, str, float]]:
    """Yield each pair of sides with its weight; the weights of a row add up to 1.

    Example:
        >>> list(pairs(["iso:TUR", "iso:RUS"]))
        [('iso:RUS', 'iso:TUR', 1.0)]
    """
    sides = sorted(countries)
    weight = 2 / (len(sides) * (len(sides) - 1)) if len(sides) > 1 else 0.0
    for one, other in combinations(sides, 2):
        yield one, other, weight

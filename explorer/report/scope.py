"""What a report is about: sources, and a period of days of publication."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tasks.errors import ConfigError

_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def parse_first(value: str) -> date:
    """Return the first day of a year, a month or a day.

    Raises:
        ConfigError: It is none of these.

    Example:
        >>> parse_first("2024-05").isoformat()
        '2024-05-01'
    """
    found = _DAY.fullmatch(value)
    if found is None:
        raise ConfigError(f"{value}: not a day, month or year such as 2024-05-17, 2024-05 or 2024")
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError as error:
        raise ConfigError(f"{value}: there is no such day ({error})") from error


def parse_last(value: str) -> date:
    """Return the last day of a year, a month or a day.

    Raises:
        ConfigError: It is none of these.

    Example:
        >>> parse_last("2024-02").isoformat(), parse_last("2024").isoformat()
        ('2024-02-29', '2024-12-31')
    """
    first = parse_first(value)
    if value.count("-") == 2:
        return first
    if value.count("-") == 0:
        return date(first.year, 12, 31)
    return date.max if first.year == 9999 and first.month == 12 else _next_month(first) - timedelta(days=1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


@dataclass(frozen=True)
class Scope:
    """What is asked for.

    Attributes:
        sources: Publishers; none: all.
        first: The first day; None: from the beginning.
        last: The last day, included; None: to the end. A release without a day is in no period.
    """

    sources: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ConfigError(f"the period begins on {self.first} and ends before, on {self.last}")

    @property
    def has_period(self) -> bool:
        """Whether days count."""
        return self.first is not None or self.last is not None

    def of_sources(self) -> str:
        """Return the sources as a condition of SQL on the column source.

        Example:
            >>> Scope(("kremlin", "o'hara")).of_sources()
            "source IN ('kremlin', 'o''hara')"
        """
        return f"source IN ({', '.join(map(_quote, sorted(set(self.sources))))})" if self.sources else "true"

    def of_releases(self) -> str:
        """Return all that is asked for as a condition of SQL on the table documents."""
        conditions = [self.of_sources()] if self.sources else []
        conditions += [f"published_on >= DATE '{self.first}'"] if self.first is not None else []
        conditions += [f"published_on <= DATE '{self.last}'"] if self.last is not None else []
        return " AND ".join(conditions) or "true"

    def say(self) -> str:
        """Return it in words.

        Example:
            >>> Scope(("kremlin",), last=date(2020, 1, 31)).say()
            'source kremlin, published up to 2020-01-31'
        """
        parts = [f"source{'s' * (len(self.sources) > 1)} {', '.join(self.sources)}"] if self.sources else []
        if self.first is not None and self.last is not None:
            parts.append(f"published {self.first} to {self.last}")
        elif self.has_period:
            parts.append(f"published from {self.first}" if self.first is not None else f"published up to {self.last}")
        return ", ".join(parts) or "everything in the dataset"

    def check(self, known: Iterable[str]) -> None:
        """Check that the sources are in the dataset.

        Raises:
            ConfigError: One is not.
        """
        there = sorted(set(known))
        for source in self.sources:
            if source not in there:
                raise ConfigError(f"no source {source!r} in the dataset; there are {', '.join(there) or 'none'}")


def _quote(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

"""What a report is about: sources, and a period of days of publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from explorer.selection import SelectionError, read_day
from tasks.errors import ConfigError


def parse_first(value: str) -> date:
    """Return the first day of a year, a month or a day.

    Raises:
        ConfigError: It is none of these.

    Example:
        >>> parse_first("2024-05").isoformat()
        '2024-05-01'
    """
    return _parse("from", value)


def parse_last(value: str) -> date:
    """Return the last day of a year, a month or a day.

    Raises:
        ConfigError: It is none of these.

    Example:
        >>> parse_last("2024-02").isoformat(), parse_last("2024").isoformat()
        ('2024-02-29', '2024-12-31')
    """
    return _parse("to", value)


def _parse(name: str, value: str) -> date:
    try:
        found = read_day(name, value)
    except SelectionError as error:
        raise ConfigError(f"{value}: {str(error).partition(': ')[2]}") from error
    if found is None:
        raise ConfigError(f"--{name} is empty")
    return found


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

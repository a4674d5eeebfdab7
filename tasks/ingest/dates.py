"""Days of publication as publishers write them, where no format of the source says how.

Formats that a source lists come first, and are all that reads `03/04/2024`: nothing here chooses between day and month,
adds a century, or takes a part that is missing from the present. What is read is a moment in seconds or milliseconds
since 1970; year, month and day in that order; a day beside a month in letters, with or without words around it
(`Posted On: 22 OCT 2025 4:05PM by PIB Delhi`).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_tz
from functools import cache

from dateutil import parser

_LONGEST = 80  # characters of a value that can be a date with a few words around it
_EPOCH = re.compile(r"(\d{10})(\d{3})?(?:\.\d+)?", re.A)
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d) ?[年./-] ?(\d{1,2}) ?[月./-] ?(\d{1,2})(?!\d) ?日?", re.A)
_TIME = re.compile(
    r"T?\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]\.?m\b\.?)?|(?:\.\d{2})? ?[ap]\.?m\b\.?)"
    r"(?: ?[+-]\d{2}:?\d{2}\b)?",
    re.A | re.I,
)
_NUMBER = re.compile(r"\d+", re.A)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2}) ", re.A)
_CENTURIES = range(1900, 2100)
_NOON = datetime(2000, 1, 1, 12)  # what a time that is missing is taken from; a date that is not whole is not read


def read_date(value: str, formats: tuple[str, ...]) -> date | None:
    """Return the day that a value names in one of the formats, or in a way that can be read but one way.

    A moment counts in UTC; one whose zone is not among RFC 822's counts as written.

    Args:
        value: As the dump has it.
        formats: Of `strptime`, the source's own.

    Example:
        >>> read_date("2020-13-45", ("%Y-%m-%d",)), read_date(" 2020-02-03", ("%Y-%m-%d",))
        (None, datetime.date(2020, 2, 3))
        >>> read_date("28-September-2015 22:26 IST", ()), read_date("03/04/2024", ()), read_date("March 2024", ())
        (datetime.date(2015, 9, 28), None, None)
    """
    for form in formats:
        try:
            return _day(datetime.strptime(value.strip(), form))
        except (ValueError, OverflowError):
            continue
    value = " ".join(value.split())
    if len(value) > _LONGEST:
        return None
    try:
        if epoch := _EPOCH.fullmatch(value):
            day = datetime.fromtimestamp(int(epoch[1]), UTC).date()
            return day if day.year in _CENTURIES else None
        return _read_words(value)
    except (ValueError, OverflowError):  # dateutil's own errors are ValueErrors
        return None


def _read_words(value: str) -> date | None:
    """Read a value that holds one day, and no other number but a time."""
    value = _YEAR_FIRST.sub(r"\1-\2-\3 ", value, count=1)
    rest = _TIME.sub(" ", value)
    numbers = [int(number) for number in _NUMBER.findall(rest)]
    iso = _ISO.search(rest)
    if len(numbers) != (3 if iso else 2):
        return None
    moment = parser.parse(value, default=_NOON, yearfirst=True, fuzzy=True, tzinfos=_find_zone)
    if iso:
        return _day(moment) if numbers == [moment.year, moment.month, moment.day] else None
    if sorted(numbers) != [moment.day, moment.year] or moment.year not in _CENTURIES:
        return None
    return _day(moment) if _names_day(rest, moment) else None


def _names_day(value: str, day: date) -> bool:
    """Tell whether a day's number stands beside the name of its month."""
    month = parser.parserinfo.MONTHS[day.month - 1][0]
    before = rf"\b0?{day.day}(?:st|nd|rd|th)?(?: of)?[ ,./-]*{month}"
    after = rf"\b{month}[a-z]*[ ,./-]*0?{day.day}(?!\d)"
    return re.search(f"{before}|{after}", value, re.I) is not None


def _day(moment: datetime) -> date:
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


@cache
def _find_zone(name: str | None, offset: int | None) -> int | None:
    """Return the seconds by which a zone is ahead of UTC: as written, else as RFC 822 has its name."""
    if offset is not None or name is None:
        return offset
    parts = parsedate_tz(f"1 Jan 2000 00:00:00 {name}")
    return None if parts is None else parts[9]

"""Calendar values by ISO 8601, as the stage entities writes them, as days."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date


def read_interval(value: str) -> tuple[date, date, str] | None:
    """Return the first and the last day and the precision of an ISO value.

    Example:
        >>> read_interval("2024-02"), read_interval("2024-02-03/2024-02-05")[2]
        ((datetime.date(2024, 2, 1), datetime.date(2024, 2, 29), 'month'), 'day')
    """
    ends = value.split("/")
    if not all(re.fullmatch(r"\d{4}(?:-\d\d){0,2}", end) for end in ends) or "0000" in (ends[0][:4], ends[-1][:4]):
        return None
    first, last = (tuple(map(int, end.split("-"))) for end in (ends[0], ends[-1]))
    precision = ("year", "month", "day")[len(last) - 1]
    year, month = last[0], last[1] if len(last) > 1 else 12
    day = last[2] if len(last) > 2 else monthrange(year, month)[1]
    return date(*(*first, 1, 1)[:3]), date(year, month, day), precision

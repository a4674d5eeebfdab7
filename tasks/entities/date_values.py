"""What calendar expressions stand for: ISO 8601 days, months, years or intervals.

An expression that does not say its year is resolved against the day of publication, and is left alone without one: a
bare day or month is the one nearest to publication unless that lies months ahead, a bare weekday the last up to
publication, a period the calendar's own (weeks from Monday to Sunday). What is said to be ahead is not resolved to a
day before publication. What could be two things (03/04/2020, 2019-20) or has no fixed limits (`this spring`,
fiscal years) has no value, and neither have two days that `and` joins unless one follows the other. `early`, `mid`,
`late` and `end of` do not narrow a value; a half or a quarter does.

Libraries for this (dateparser, dateutil) always answer, filling in what is not said; here no answer is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from tasks.lexicons import read_values


@cache
def _values(kind: str) -> dict[str, str]:
    rows = read_values("calendar.tsv")
    return {form.casefold().rstrip("."): value for row_kind, form, value in rows if row_kind == kind}


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _interval(start: date, end: date) -> str:
    return f"{start.isoformat()}/{end.isoformat()}"


def _nearest(published: date | None, month: int, day: int) -> date | None:
    """Return the day of that name nearest to publication."""
    if published is None:
        return None
    found = [_day(published.year + step, month, day) for step in (-1, 0, 1)]
    nearest = min((d for d in found if d), key=lambda d: abs(d - published), default=None)
    return None if nearest and nearest - published > _AHEAD else nearest


_AHEAD = timedelta(100)  # what lies further ahead may as well be the last year's
_LATER = re.compile(
    r"\b(?:will|shall|would|(?:is|are) (?:to|set|planned|scheduled|expected)|due|opens|begins|starts|closes|lasts|runs"
    r"|continues)\b[^.!?\n]*$"
)
_PAST = re.compile(r"\b(?:was|were|had|said|flew|took|began|came|(?<!are )(?<!is )(?<!be )[a-z]{3,}ed)\b[^.!?\n]*$")
_BACK = timedelta(150)  # from where the nearest day of a name is the last one, if not that which lies months ahead
_ANY = re.compile(r"\b(?:an?|that|every|each) $", re.IGNORECASE)


def _month_of(word: str) -> int:
    return int(_values("month")[word.rstrip(".")])


def _year(hit: re.Match[str]) -> str | None:
    """Return the year that is stated, of two digits one of this century."""
    short = hit.groupdict().get("short")
    return f"20{short}" if short else hit["year"]


def _days(hit: re.Match[str], published: date | None) -> str | None:
    """Month and day, or two days of a month, with the year or without; `and` joins days that follow one another."""
    month, first, last, year = _month_of(hit["month"]), int(hit["first"]), hit["last"], _year(hit)
    if last and hit["joint"].strip() in _PAIRS and int(last) != first + 1:
        return None
    if year:
        days = [_day(int(year), month, int(d)) for d in (first, last) if d]
    else:
        days = [_nearest(published, month, int(d)) for d in (first, last) if d]
    if None in days:
        return None
    known = [d for d in days if d]
    if len(known) == 2:
        return _interval(known[0], known[1]) if known[0] < known[1] else None
    return known[0].isoformat()


def _across(hit: re.Match[str], published: date | None) -> str | None:
    """From a day of one month to a day of another; a year that is stated once is that of both."""
    year = hit["year"] or hit["since"]
    ends = ((hit["month"], hit["first"], hit["since"] or year), (hit["until"], hit["last"], year))
    days = [
        _day(int(stated), _month_of(month), int(day)) if stated else _nearest(published, _month_of(month), int(day))
        for month, day, stated in ends
    ]
    first, last = days
    if first and last and not hit["since"] and first > last:  # 20 December to 5 January 2025
        first = _day(first.year - 1, first.month, first.day)
    return _interval(first, last) if first and last and first < last else None


def _months(hit: re.Match[str], published: date | None) -> str | None:
    """From a month to another; a year that is stated once is that of both, without one it is the nearest."""
    first, last, year, since = _month_of(hit["month"]), _month_of(hit["until"]), hit["year"], hit["since"]
    if hit["joint"].strip() in _PAIRS and last != first + 1:
        return None
    if year is None and since is None:
        start = _nearest(published, first, 15)
        if start is None:
            return None
        since, year = str(start.year), str(start.year + (last < first))
    since = since or str(int(year) - (last < first))
    begin, end = f"{since}-{first:02}", f"{year}-{last:02}"
    return f"{begin}/{end}" if year and begin < end else None


def _part_of_year(hit: re.Match[str], published: date | None) -> str | None:
    """`second half of 2024`, `Q3 2025`, `first five months of this year`: the months of the year."""
    if hit["year"]:
        year = hit["year"]
    elif published:
        year = str(published.year + (int(_values("step")[hit["step"]]) if hit["step"] else 0))
    else:
        return None
    if count := hit.groupdict().get("count"):
        first, last = 1, int(_values("first_months").get(count, count))
    else:
        months = _values("part").get(hit["part"]) or _values("quarter")[hit["part"]]
        first, last = map(int, months.split("-"))
    return f"{year}-{first:02}/{year}-{last:02}" if 1 <= first < last <= 12 else None


def _beside(hit: re.Match[str], published: date | None) -> str | None:
    """`Thursday (29/8)`: day and month of the nearest year, where there is but one reading."""
    a, b = int(hit["a"]), int(hit["b"])
    readings = {day for day in (_nearest(published, a, b), _nearest(published, b, a)) if day}
    return readings.pop().isoformat() if len(readings) == 1 else None


def _stepped_month(hit: re.Match[str], published: date | None) -> str | None:
    """`last December`: the one before the month of publication."""
    if published is None:
        return None
    month, step = _month_of(hit["month"]), int(_values("step")[hit["step"]])
    year = published.year
    if step < 0:
        year -= month >= published.month
    elif step > 0:
        year += month <= published.month
    return f"{year}-{month:02}"


def _of_year(hit: re.Match[str], published: date | None) -> str | None:
    """`9 May last year`: what stands before the words is read again with the year that they mean."""
    if published is None:
        return None
    return read_date(f"{hit['rest']} {published.year + int(_values('step')[hit['step']])}", published)


def _month(hit: re.Match[str], published: date | None) -> str | None:
    month = _month_of(hit["month"])
    if hit["year"]:
        return f"{hit['year']}-{month:02}"
    middle = _nearest(published, month, 15)
    return f"{middle.year}-{month:02}" if middle else None


def _numeric(hit: re.Match[str], published: date | None) -> str | None:
    a, b, year = int(hit["a"]), int(hit["b"]), int(hit["year"])
    readings = {day for day in (_day(year, a, b), _day(year, b, a)) if day}
    return readings.pop().isoformat() if len(readings) == 1 else None


def _iso(hit: re.Match[str], published: date | None) -> str | None:
    day = _day(int(hit["year"]), int(hit["m"]), int(hit["d"]))
    return day.isoformat() if day else None


def _relative_day(hit: re.Match[str], published: date | None) -> str | None:
    return (published + timedelta(int(_values("day")[hit["day"]]))).isoformat() if published else None


def _weekday(hit: re.Match[str], published: date | None) -> str | None:
    if published is None:
        return None
    ahead = int(_values("weekday")[hit["weekday"]]) - published.isoweekday()
    if hit["step"] is None:
        return (published + timedelta(ahead - 7 * (ahead > 0))).isoformat()
    step = int(_values("step")[hit["step"]])
    if step < 0:
        ahead -= 7 * (ahead >= 0)
    elif step > 0:
        ahead += 7 * (ahead <= 0)
    return (published + timedelta(ahead)).isoformat()


def _short_weekday(hit: re.Match[str], published: date | None) -> str | None:
    """`(Thu.)`, behind a date."""
    whole = next(day for day in _values("weekday") if day.startswith(hit["weekday"]))
    return read_date(whole, published)


def _period(hit: re.Match[str], published: date | None) -> str | None:
    if published is None:
        return None
    step, period = int(_values("step")[hit["step"]]), _values("period")[hit["period"]]
    monday = published - timedelta(published.weekday()) + timedelta(weeks=step)
    months = published.year * 12 + published.month - 1 + step
    decade, century = (published.year // 10 + step) * 10, ((published.year - 1) // 100 + step) * 100
    made: dict[str, str] = {
        "day": (published + timedelta(step)).isoformat(),
        "week": _interval(monday, monday + timedelta(6)),
        "weekend": _interval(monday + timedelta(5), monday + timedelta(6)),
        "month": f"{months // 12}-{months % 12 + 1:02}",
        "year": f"{published.year + step}",
        "decade": f"{decade}/{decade + 9}",
        "century": f"{century + 1}/{century + 100}",
    }
    return made[period]


def _years(hit: re.Match[str], published: date | None) -> str | None:
    if hit["decade"]:
        return f"{hit['decade']}/{int(hit['decade']) + 9}"
    if hit["century"]:
        last = int(hit["century"]) * 100
        return f"{last - 99:04}/{last:04}"
    if hit["until"]:
        return f"{hit['year']}/{hit['until']}" if hit["year"] < hit["until"] else None
    return hit["year"]


_PAIRS = frozenset({"and", "&", "/"})
_Reading = Callable[[re.Match[str], date | None], str | None]


@cache
def _readings() -> tuple[tuple[re.Pattern[str], _Reading], ...]:
    month, weekday, day, step, period, modifier = (
        f"(?:{'|'.join(sorted(map(re.escape, _values(kind)), key=len, reverse=True))})"
        for kind in ("month", "weekday", "day", "step", "period", "modifier")
    )
    parts = "|".join(part for part, months in _values("part").items() if months != "same")
    quarters, counts = "|".join(_values("quarter")), "|".join(_values("first_months"))
    near_day = f"(?:{weekday}|{'|'.join(day[:3] for day in _values('weekday'))}|tues|thurs)"
    year = r"(?P<year>\d{4})"
    joint = "(?P<joint> ?(?:-|–|—|/) ?| (?:to|and|&|until|through) )"
    nth = "(?:st|nd|rd|th)?"
    days = rf"(?P<first>\d{{1,2}}){nth}(?:{joint}(?P<last>\d{{1,2}}){nth})?"
    since = r"(?P<since>\d{4})"
    some = rf"(?:{modifier})(?: ?-?to ?-?(?:{modifier}))?"
    front = rf"(?:{some}[ -](?:in )?)?"
    part = r"(?: (?:morning|afternoon|evening|night))?"
    forms: tuple[tuple[str, _Reading], ...] = (
        (rf"{front}(?:{near_day}\.?{part},? )?(?P<month>{month})\.? ?{days}(?:(?:,? )(?:of )?{year})?{part}", _days),
        (
            rf"(?:{near_day}\.?{part},? )?(?:the )?{days} (?:of )?(?P<month>{month})\.?"
            rf"(?:,? (?:of )?{year}| (?P<short>\d\d))?{part}",
            _days,
        ),
        (rf"{front}(?P<month>{month})\.?(?:,?(?: of)? {year})?", _month),
        (r"(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<year>\d{4})", _numeric),
        (r"(?P<a>\d{1,2})/(?P<b>\d{1,2})", _beside),
        (r"(?P<year>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日", _iso),
        (r"(?P<year>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", _iso),
        (rf"{front}(?P<day>{day}){part}", _relative_day),
        (rf"(?:(?P<step>{step}) )?(?P<weekday>{weekday}){part}", _weekday),
        (rf"(?P<weekday>{'|'.join(day[:3] for day in _values('weekday'))})\.?", _short_weekday),
        (rf"{front}(?P<step>{step}) (?P<period>{period})", _period),
        (
            rf"{front}(?:(?:the )?(?P<decade>\d{{3}}0)s|(?:the )?(?P<century>\d{{1,2}})(?:st|nd|rd|th) century"
            rf"|{year}(?:(?:{joint}|/)(?P<until>\d{{4}}))?)",
            _years,
        ),
        (
            rf"{front}(?P<month>{month})\.?(?:,? {since})?{joint}(?:{some}[ -])?(?P<until>{month})\.?(?:,? {year})?",
            _months,
        ),
        (rf"(?P<part>{parts}) of (?:(?:the )?(?P<step>{step}) year|the year|{year})", _part_of_year),
        (rf"(?P<part>{quarters})(?: of)?,? (?:(?P<step>{step}) year|{year})", _part_of_year),
        (
            rf"first (?P<count>{counts}|\d\d?) months of (?:(?:the )?(?P<step>{step}) year|the year|{year})",
            _part_of_year,
        ),
        (
            rf"(?:the )?(?P<first>\d{{1,2}}){nth} (?P<month>{month})\.?(?:,? {since})?{joint}"
            rf"(?P<last>\d{{1,2}}){nth} (?P<until>{month})\.?(?:,? {year})?",
            _across,
        ),
        (
            rf"(?P<month>{month})\.? (?P<first>\d{{1,2}}){nth}(?:,? {since})?{joint}"
            rf"(?P<until>{month})\.? (?P<last>\d{{1,2}}){nth}(?:,? {year})?",
            _across,
        ),
        (rf"{front}(?P<step>{step}) (?P<month>{month})\.?", _stepped_month),
        (rf"(?P<rest>.*\b(?:{month})\b.*) (?P<step>{step}) year", _of_year),
    )
    return tuple((re.compile(pattern), reading) for pattern, reading in forms)


def _is_open(hit: re.Match[str], reading: _Reading, found: str, published: date, before: str) -> bool:
    """Tell whether an expression without a year may as well be another than what was found: `will meet on Monday`."""
    stated = hit.groupdict()
    if (
        stated.get("year")
        or stated.get("short")
        or stated.get("step")
        or reading not in (_days, _month, _weekday, _across)
    ):
        return False
    if reading is _weekday and _ANY.search(before):
        return True
    is_past = found[:10] < published.isoformat()[: len(found[:10])]
    return _LATER.search(before) is not None and (is_past or reading is _weekday)


@cache
def _part_of() -> re.Pattern[str]:
    """Return the pattern of parts that do not narrow what they are of: `end of 2017`, `end-2027`."""
    parts = "|".join(part for part, months in _values("part").items() if months == "same")
    return re.compile(rf"(?:{parts})(?: of (?:the )?|-)")


def read_date(value: str, published: date | None, before: str = "") -> str | None:
    """Return what a calendar expression stands for.

    Args:
        value: The expression.
        published: The day of publication of the document, where it is known.
        before: What stands before it: after `will meet on` nothing in the past is meant, and `a Monday` is no day.

    Returns:
        `2023-08-14`, `2023-08`, `2023` or two of a kind with a slash, both included; None if it says no such thing, or
        could say two.

    Example:
        >>> day = date(2023, 4, 20)  # a Thursday
        >>> [read_date(value, day) for value in ("3 May 2021", "Jan. 25, 2013", "early October 2023", "the 1990s")]
        ['2021-05-03', '2013-01-25', '2023-10', '1990/1999']
        >>> [read_date(value, day) for value in ("Wednesday", "yesterday", "last month", "this week", "March")]
        ['2023-04-19', '2023-04-19', '2023-03', '2023-04-17/2023-04-23', '2023-03']
        >>> [read_date(value, day) for value in ("August 14-19, 2023", "25/12/2020", "03/04/2020", "this spring")]
        ['2023-08-14/2023-08-19', '2020-12-25', None, None]
        >>> [read_date(value, None) for value in ("Wednesday", "March", "3 May", "March 2023")]
        [None, None, None, '2023-03']
    """
    value = _part_of().sub("", " ".join(value.casefold().split()), count=1)
    for pattern, reading in _readings():
        hit = pattern.fullmatch(value)
        if hit:
            found = reading(hit, published)
            if found is None and published and reading in (_days, _month) and _PAST.search(before):
                found = reading(hit, published - _BACK)
            return None if found and published and _is_open(hit, reading, found, published, before) else found
    return None

"""What the templates are given: addresses, names, numbers, and how a value is shown.

Jinja escapes everything. Nothing in a template is marked as safe, and every value that is written goes through `show`
before, so that no character turns a line round or hides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from explorer.countries import country_names
from explorer.marks import show_hidden, split_hidden
from explorer.report.shown import is_link
from explorer.search import MOST
from explorer.words import cut_snippet

_FOLDER = Path(__file__).parent
STATIC = _FOLDER / "static"
_BARS = 120  # bars of a plot over time, at most
TITLES = {"documents": "Documents", "quotes": "Quotations", "engagements": "Engagements"}
NOUNS = {"documents": "document", "quotes": "quotation", "engagements": "engagement"}
FILTER_TITLES = {
    "source": "Source", "country": "Country", "speaker": "Speaker", "kind": "Kind", "condition": "Raw text",
    "type": "Type", "status": "Status", "level": "Level", "mention": "Mention",
}  # fmt: skip


def show(value: object) -> object:
    """Return what a template writes for a value."""
    if value is None:
        return ""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return show_hidden(value)


def number(value: float | int | None) -> str:
    """Return a number with its thousands apart.

    Example:
        >>> number(1029168)
        '1,029,168'
    """
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def size(n: int) -> str:
    """Return how many rows a list has, which beyond `MOST` of them nobody has counted.

    Example:
        >>> size(2114), size(MOST + 1)
        ('2,114', '10,000+')
    """
    return f"{MOST:,}+" if n == MOST + 1 else number(n)


def document_url(doc_id: str, at: str = "", anchor: str = "", **more: object) -> str:
    """Return the address of a document, or of a place in it.

    Example:
        >>> document_url("0a1b", at="t12-20", q="")
        '/doc/0a1b?at=t12-20#t12-20'
    """
    asked = urlencode([(k, str(v)) for k, v in (*more.items(), ("at", at)) if v])
    anchor = anchor or at
    return f"/doc/{quote(doc_id, safe='')}" + (f"?{asked}" if asked else "") + (f"#{anchor}" if anchor else "")


def key_url(kind: str, key: str) -> str:
    """Return the address of a person, country or event.

    Example:
        >>> key_url("people", "name:kefei-tan@1/2")
        '/people/name:kefei-tan@1%2F2'
    """
    return f"/{kind}/{quote(key, safe=':@')}"


def outside_url(value: str | None) -> str | None:
    """Return the address of a source if a browser may be led there; None otherwise.

    Example:
        >>> outside_url("javascript:alert(1)"), outside_url("https://example.org/a")
        (None, 'https://example.org/a')
    """
    return value if value and is_link(value) else None


def country_name(code: str | None) -> str:
    """Return the name of a country or body, given its key with or without `iso:`.

    Example:
        >>> country_name("iso:KEN"), country_name("org:nato")
        ('Kenya', 'nato')
    """
    key = (code or "").removeprefix("iso:")
    return country_names().get(key, key.removeprefix("org:"))


def name_value(filter_name: str, value: str, name: str = "") -> str:
    """Return what the value of a filter is called."""
    if filter_name == "country":
        return country_name(value)
    return name or value.removeprefix("as:").replace("_", " ")


def bars(months: list[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """Return the bars of a plot over time: period, rows, height in a hundredth of the highest; gaps are bars of none.

    Months, or years where there are too many of them.

    Example:
        >>> bars([("2023-12", 4), ("2024-02", 1)])
        [('2023-12', 4, 100), ('2024-01', 0, 0), ('2024-02', 1, 25)]
    """
    if not months:
        return []
    first, last = _month(months[0][0]), _month(months[-1][0])
    counts = dict(months)
    if last - first < _BARS:
        periods = [f"{m // 12:04}-{m % 12 + 1:02}" for m in range(first, last + 1)]
    else:
        years: dict[str, int] = {}
        for month, n in months:
            years[month[:4]] = years.get(month[:4], 0) + n
        counts, periods = years, [f"{y:04}" for y in range(first // 12, last // 12 + 1)][-_BARS:]
    most = max(counts.values())
    return [(p, counts.get(p, 0), round(100 * counts.get(p, 0) / most)) for p in periods]


def _month(value: str) -> int:
    year, month = value.split("-")
    return int(year) * 12 + int(month) - 1


def period(start: date | None, end: date | None) -> str:
    """Return days from and to as people write them.

    Example:
        >>> period(date(2024, 5, 1), date(2024, 5, 3)), period(None, date(2024, 5, 3)), period(None, None)
        ('2024-05-01 to 2024-05-03', 'until 2024-05-03', '')
    """
    if start is None:
        return f"until {end}" if end else ""
    return str(start) if end in (None, start) else f"{start} to {end}"


def make_environment(constants: Mapping[str, object]) -> Environment:
    """Return the templates' environment, with what every page is given."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, finalize=show, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(number=number, size=size, split_hidden=split_hidden, country=country_name)
    environment.globals.update(
        document_url=document_url, key_url=key_url, outside_url=outside_url, name_value=name_value, bars=bars,
        period=period, cut_snippet=cut_snippet, titles=TITLES, nouns=NOUNS, filter_titles=FILTER_TITLES, most=MOST,
        **constants,
    )  # fmt: skip
    return environment

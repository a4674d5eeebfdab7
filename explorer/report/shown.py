"""Values as people read them. Text out of a dump is shown as what it is: what would not be seen is named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

MOST = 300  # characters of a text in a cell
#: Controls, formats (bidi marks, zero widths), surrogates, private and unassigned characters, separators of lines.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_SPACE = re.compile("[ \\t\\r\\n]+")  # what else is white, as a line separator, is shown
_MOST_MARKS = 3  # on one letter: more climb over the lines above


class Part(NamedTuple):
    """A stretch of a text: as it is, or the code of a character that would not be seen."""

    text: str
    is_code: bool = False


def show_text(value: str, most: int = MOST) -> list[Part]:
    r"""Return a text in parts, white space as one space, cut after so many characters.

    Example:
        >>> show_text("a\u202eb\n c")
        [Part(text='a', is_code=False), Part(text='U+202E', is_code=True), Part(text='b c', is_code=False)]
        >>> show_text("abcdef", 3)
        [Part(text='abc…', is_code=False)]
    """
    kept = _SPACE.sub(" ", value[: 4 * most]).strip(" ")
    cut = kept[:most] + "…" if len(kept) > most or len(value) > 4 * most else kept
    return [Part("".join(part.text for part in run), code) for code, run in groupby(_parts(cut), lambda p: p.is_code)]


def show_raw(value: str, most: int = MOST) -> list[Part]:
    r"""Return a raw text in parts: as `show_text` does, but line ends and tabs are shown too.

    Example:
        >>> show_raw("a\r\nb")
        [Part(text='a', is_code=False), Part(text='↵', is_code=True), Part(text='b', is_code=False)]
    """
    shown = value.replace("\r\n", "\n")
    parts: list[Part] = []
    for at, line in enumerate(shown[:most].split("\n")):
        parts += [Part("↵", True)] if at else []
        for n, cell in enumerate(line.split("\t")):
            parts += [Part("⇥", True)] if n else []
            parts += [Part("".join(p.text for p in run), code) for code, run in groupby(_parts(cell), lambda p: p[1])]
    return [*parts, Part("…")] if len(shown) > most else parts


def show_line(value: str, most: int) -> str:
    r"""Return a text as plain characters on a line, for where no marks can stand.

    Example:
        >>> show_line("a\u202eb\nc", 20)
        'a‹U+202E›b c'
    """
    return "".join(f"‹{part.text}›" if part.is_code else part.text for part in show_text(value, most))


def _parts(text: str) -> Iterator[Part]:
    marks = 0
    for c in text:
        if c.isascii() and c.isprintable():
            marks = 0
            yield Part(c)
            continue
        kind = unicodedata.category(c)
        marks = marks + 1 if kind in _MARKS else 0
        yield Part(f"U+{ord(c):04X}", True) if kind in _UNSEEN or marks > _MOST_MARKS else Part(c)


def show_number(value: int) -> str:
    """Return a number with thousands apart.

    Example:
        >>> show_number(1234567)
        '1,234,567'
    """
    return f"{value:,}"


def show_count(value: int, noun: str) -> str:
    """Return how many there are of what.

    Example:
        >>> show_count(1, "release"), show_count(2000, "release")
        ('1 release', '2,000 releases')
    """
    return f"{show_number(value)} {noun}{'' if value == 1 else 's'}"


def show_share(part: int, whole: int) -> str:
    """Return a share in percent: none and all only where it is so.

    Example:
        >>> show_share(1, 3), show_share(0, 3), show_share(1, 9000), show_share(8999, 9000), show_share(0, 0)
        ('33.3 %', '0 %', '< 0.1 %', '> 99.9 %', '–')
    """
    if not whole:
        return "–"
    if part in (0, whole):
        return f"{100 * part // whole} %"
    share = 100 * part / whole
    if share < 0.1:
        return "< 0.1 %"
    return "> 99.9 %" if share > 99.9 else f"{share:.1f} %"


def show_period(start: date, unit: str) -> str:
    """Return a period by its first day.

    Example:
        >>> show_period(date(2024, 4, 1), "quarter"), show_period(date(2024, 4, 1), "month")
        ('2024 Q2', '2024-04')
    """
    within = {"month": f"-{start.month:02}", "quarter": f" Q{(start.month + 2) // 3}", "year": ""}
    return f"{start.year:04}{within[unit]}"


def is_link(url: str) -> bool:
    """Tell whether an address of a dump may be a link: of the web, with a host, nothing in it that is not seen.

    Example:
        >>> is_link("https://mod.example/1"), is_link("javascript:alert(1)"), is_link("https://a\u202e.example")
        (True, False, False)
    """
    scheme, mark, rest = url.partition("://")
    return (
        scheme.lower() in ("http", "https")
        and bool(mark and rest.split("/")[0])
        and len(url) < 500
        and not any(c.isspace() or unicodedata.category(c) in _UNSEEN for c in url)
    )

"""Tallies: lists with a line for each kind of thing that is counted, `tanks – 3,984 (+5)`.

Order: lines of a label that is known, a number and what it grew by → at least three of them one after another → what
heads the list says the act, and since when it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tasks.figures.figure import Figure, Span
from tasks.figures.lexicon import values, words
from tasks.figures.release import Release
from tasks.lexicons import alternation
from tasks.numbers import read_number

_FEWEST = 3  # lines that make a list
_HEAD = 300  # characters before a list in which its head is
_TOTAL = re.compile(r"\btotal\b|\bsince\b|\bfrom\b.{3,30}\b(?:to|until|through)\b", re.IGNORECASE)


@cache
def _line() -> re.Pattern[str]:
    number = r"\d{1,3}(?:[, ]\d{3})+|\d+"
    unit = r"(?: ?(?:persons|units|people|pcs|items|eliminated))?"
    return re.compile(
        rf"^[ \t]*(?:[-•*·–—‒●▪] ?)?(?P<label>{alternation(values('label'))})[ \t]*[-–—‒:=−][ \t]*"
        rf"(?P<before>(?:about|around|approximately|approx\.|over|more than|at least) )?(?P<number>{number})"
        rf"{unit}(?: ?\( ?(?P<sign>[+−–-]) ?(?P<more>{number}) ?\))?{unit}(?P<rest>[ \t]*[,;.]?[ \t]*)$",
        re.IGNORECASE | re.MULTILINE,
    )


def find_tallies(release: Release) -> Iterator[Figure]:
    """Yield the figures of lists of counts.

    Example:
        >>> text = "Losses of the enemy since 1 May in total:\\ntanks – 1,204 (+5),\\nMLRS – 61 (+ 0)\\ndrones – 98"
        >>> [(f.noun, f.high, f.increment, f.is_cumulative, f.act) for f in find_tallies(Release(text))]
        [('tanks', 1204.0, 5.0, True, 'none'), ('MLRS', 61.0, 0.0, True, 'none'), ('drones', 98.0, None, True, 'none')]
    """
    run: list[re.Match[str]] = []
    for line in _line().finditer(release.text):
        if run and release.text[run[-1].end() : line.start()].strip():
            yield from _read_list(release, run)
            run = []
        if not release.is_silent(line.start("label")):
            run.append(line)
    yield from _read_list(release, run)


def _read_list(release: Release, lines: list[re.Match[str]]) -> Iterator[Figure]:
    if len(lines) < _FEWEST:
        return
    end = lines[0].start()
    start = max(0, end - _HEAD)
    head = words("tally").search(release.text, start, end)
    act = values("tally")[head.group().casefold()] if head else "-"
    told: Span | None = head.span() if head and act != "-" else None
    is_total = _TOTAL.search(release.text, start, end) is not None
    for line in lines:
        value = read_number(line["number"].replace(" ", ","))
        if value is None:
            continue
        grown = read_number(line["more"].replace(" ", ",")) if line["more"] else None
        before = (line["before"] or "").strip().casefold()
        is_least = before in values("least")
        yield Figure(
            (line.start("label"), line.end() - len(line["rest"])), value, None if is_least else value,
            bool(before) and not is_least, line["label"], values("label")[line["label"].casefold()],
            "none" if act == "-" else act, told, None, None, None, "rule:tally",
            is_cumulative=is_total or grown is not None,
            increment=grown if grown is None or line["sign"] == "+" else -grown,
        )  # fmt: skip

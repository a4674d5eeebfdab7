"""Plots as shapes of SVG: bars over time, lines over time, timelines, bars by name.

Periods → a scale of columns → shapes. A plot is numbers and text; the template writes it, and escapes all of it.
Colours are classes of base.css, so that a plot is light or dark with the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

#: Lengths of a period, in months.
UNITS = {"month": 1, "quarter": 3, "year": 12}
STYLES = 8  # colours of series in base.css

_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 10, 24
_LETTER = 6.6  # width of a letter, about


@dataclass(frozen=True)
class Shape:
    """An element of SVG: its name, attributes, and the text in it."""

    tag: str
    attributes: Mapping[str, object]
    text: str = ""
    tip: str = ""


@dataclass(frozen=True)
class Plot:
    """A picture.

    Attributes:
        width: Of the drawing, in its own units, which are pixels where it is not scaled.
        height: The same.
        says: What it shows, for those who do not see it.
        shapes: From back to front.
        title: What stands above it.
    """

    width: int
    height: int
    says: str
    shapes: list[Shape]
    title: str = ""


@dataclass(frozen=True)
class Series:
    """Values by period.

    Attributes:
        name: What the legend says.
        style: Number of its colour, from 1.
        values: One a period; None is a gap.
        is_open: Drawn as an outline.
    """

    name: str
    style: int
    values: Sequence[float | None] = field(default_factory=tuple)
    is_open: bool = False


def choose_unit(first: date, last: date, most: int) -> str:
    """Return the shortest period of which at most so many lie between two days; a year where none does.

    Example:
        >>> choose_unit(date(2004, 1, 1), date(2024, 1, 1), 480), choose_unit(date(2004, 1, 1), date(2024, 1, 1), 100)
        ('month', 'quarter')
    """
    months = (last.year - first.year) * 12 + last.month - first.month
    return next((unit for unit, length in UNITS.items() if months // length + 1 <= most), "year")


def list_periods(first: date, last: date, unit: str) -> list[date]:
    """Return the first days of all periods between two such days, both included.

    Example:
        >>> [str(day) for day in list_periods(date(2023, 10, 1), date(2024, 4, 1), "quarter")]
        ['2023-10-01', '2024-01-01', '2024-04-01']
    """
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month, UNITS[unit])
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def plot_bars(
    periods: Sequence[date], series: Sequence[Series], says: str, size: tuple[int, int] = (960, 260), title: str = ""
) -> Plot:
    """Return stacked bars, a column a period."""
    high = [sum(one.values[at] or 0 for one in series) for at in range(len(periods))]
    frame = _Frame(periods, size, max(high, default=0))
    shapes = frame.draw()
    base = [0.0] * len(periods)
    for one in series:
        path = []
        for at, value in enumerate(one.values):
            if value:
                x, y, tall = frame.x(at), frame.y(base[at] + value), frame.y(base[at]) - frame.y(base[at] + value)
                wide = frame.bar - (1 if one.is_open and frame.bar > 3 else 0)
                path.append(f"M{x:.4g} {y:.4g}h{wide:.3g}v{tall:.4g}h-{wide:.3g}z")
                base[at] += value
        if path:
            style = f"s{one.style} {'open stroke' if one.is_open else 'fill'}"
            shapes.append(Shape("path", {"class": style, "d": "".join(path)}))
    return Plot(*size, says, shapes, title)


def plot_lines(
    periods: Sequence[date], series: Sequence[Series], says: str, size: tuple[int, int] = (960, 200), title: str = ""
) -> Plot:
    """Return lines of shares, each broken where there is a gap; a point that stands alone is a dot."""
    most = max((value for one in series for value in one.values if value is not None), default=0)
    frame = _Frame(periods, size, most, is_share=True)
    shapes = frame.draw()
    for one in series:
        path, alone = [], []
        values = [None, *one.values, None]
        for at, (before, value, after) in enumerate(zip(values, values[1:], values[2:], strict=False)):
            if value is None:
                continue
            point = f"{frame.x(at) + frame.bar / 2:.4g} {frame.y(value):.4g}"
            path.append(f"{'M' if before is None else 'L'}{point}")
            if before is None and after is None:
                alone.append(f"M{point}h.01")
        if path:
            shapes.append(Shape("path", {"class": f"s{one.style} line stroke", "d": "".join(path)}))
        if alone:
            dots = {"class": f"s{one.style} line stroke dot", "d": "".join(alone)}
            shapes.append(Shape("path", dots))
    return Plot(*size, says, shapes, title)


@dataclass(frozen=True)
class Timeline:
    """A row of a plot of timelines.

    Attributes:
        name: What stands before it.
        counts: By number of the period.
        marks: Numbers of periods that are marked, each with what is said of it.
    """

    name: str
    counts: dict[int, int]
    marks: dict[int, str]


def plot_timelines(periods: Sequence[date], rows: Sequence[Timeline], says: str, *, width: int = 960) -> Plot:
    """Return a line a row, from its first period to its last, as thick in each as its count."""
    left, tall = 230, 26
    frame = _Frame(periods, (width, tall * len(rows) + _TOP + _BOTTOM), 1, left=left)
    shapes = frame.draw_time(is_ruled=True)
    most = max((count for row in rows for count in row.counts.values()), default=1)
    for number, row in enumerate(rows):
        middle = _TOP + tall * number + tall / 2
        shapes.append(
            Shape("text", {"class": "name", "x": left - 10, "y": f"{middle + 4:.4g}", "text-anchor": "end"}, row.name)
        )
        if not row.counts:
            shapes.append(Shape("text", {"x": left + 2, "y": f"{middle + 4:.4g}"}, "no dated quotation"))
            continue
        first, last = min(row.counts), max(row.counts)
        line = {"class": "axis", "x1": f"{frame.x(first):.4g}", "x2": f"{frame.x(last) + frame.bar:.4g}"}
        shapes.append(Shape("line", line | {"y1": f"{middle:.4g}", "y2": f"{middle:.4g}"}))
        wide = max(frame.bar, 1.5)
        path = []
        for at, count in sorted(row.counts.items()):
            thick = 2 + (tall - 8) * (count / most) ** 0.5
            path.append(f"M{frame.x(at):.4g} {middle - thick / 2:.4g}h{wide:.3g}v{thick:.3g}h-{wide:.3g}z")
        shapes.append(Shape("path", {"class": "s1 fill", "d": "".join(path)}))
        for at, said in sorted(row.marks.items()):
            x, y = frame.x(at), middle - tall / 2 + 1
            shapes.append(Shape("path", {"class": "s2 fill", "d": f"M{x - 4:.4g} {y:.4g}h8l-4 7z"}, tip=said))
    return Plot(width, frame.height, says, shapes)


def plot_ranking(rows: Sequence[tuple[str, int, str]], says: str, *, width: int = 960) -> Plot:
    """Return a bar a row: its name, value, and the value as it is written."""
    left, tall = 230, 24
    room = width - left - 90
    most = max((value for _, value, _ in rows), default=1) or 1
    shapes: list[Shape] = []
    for number, (name, value, written) in enumerate(rows):
        y = 4 + tall * number
        long = max(1.0, room * value / most)
        shapes += [
            Shape("text", {"class": "name", "x": left - 10, "y": y + 15, "text-anchor": "end"}, name),
            Shape("rect", {"class": "s1 fill", "x": left, "y": y + 3, "width": f"{long:.4g}", "height": tall - 8}),
            Shape("text", {"x": f"{left + long + 6:.4g}", "y": y + 15}, written),
        ]
    return Plot(width, tall * len(rows) + 8, says, shapes)


class _Frame:
    """A scale of periods from left to right and of values from below, with its axes.

    Args:
        periods: First days.
        size: Width and height of the plot.
        most: The highest value.
        left: Room for labels.
        is_share: Whether values are shares.
    """

    def __init__(
        self, periods: Sequence[date], size: tuple[int, int], most: float, *, left: int = _LEFT, is_share: bool = False
    ) -> None:
        self.periods, self.left, self.is_share = periods, left, is_share
        self.width, self.height = size
        self.ticks = nice_ticks(most, is_share=is_share)
        self.step = (self.width - left - _RIGHT) / max(len(periods), 1)
        self.bar = min(self.step - (1 if self.step > 4 else 0), 40.0)

    def x(self, at: int) -> float:
        """Return where the bar of a period begins."""
        return self.left + self.step * at + (self.step - self.bar) / 2

    def y(self, value: float) -> float:
        """Return how high a value is, from above."""
        room = self.height - _TOP - _BOTTOM
        return self.height - _BOTTOM - room * value / (self.ticks[-1] or 1)

    def draw(self) -> list[Shape]:
        """Return the axes."""
        shapes = []
        for tick in self.ticks:
            y = f"{self.y(tick):.4g}"
            kind = "grid" if tick else "axis"
            shapes.append(Shape("line", {"class": kind, "x1": self.left, "x2": self.width - _RIGHT, "y1": y, "y2": y}))
            label = f"{100 * tick:g} %" if self.is_share else f"{tick:,.4g}" if tick < 1 else f"{tick:,.0f}"
            place = {"x": self.left - 8, "y": f"{self.y(tick) + 4:.4g}", "text-anchor": "end"}
            shapes.append(Shape("text", place, label))
        return shapes + self.draw_time()

    def draw_time(self, *, is_ruled: bool = False) -> list[Shape]:
        """Return marks and names of some periods, with lines up to the top where rows have to be followed."""
        shapes = []
        foot = self.height - _BOTTOM
        for at, label in name_periods(self.periods, int((self.width - self.left) / (8 * _LETTER))):
            x = f"{self.x(at) + (self.bar / 2 if len(self.periods) < 30 else 0):.4g}"
            if is_ruled:
                shapes.append(Shape("line", {"class": "grid", "x1": x, "x2": x, "y1": _TOP, "y2": foot}))
            shapes.append(Shape("line", {"class": "axis", "x1": x, "x2": x, "y1": foot, "y2": foot + 4}))
            shapes.append(Shape("text", {"x": x, "y": foot + 17, "text-anchor": "middle"}, label))
        return shapes


def nice_ticks(most: float, *, is_share: bool = False) -> list[float]:
    """Return round values from 0 to at least the highest: about four.

    Example:
        >>> nice_ticks(7), nice_ticks(1234), nice_ticks(0), nice_ticks(0.07, is_share=True)
        ([0, 2, 4, 6, 8], [0, 500, 1000, 1500], [0, 1], [0.0, 0.02, 0.04, 0.06, 0.08])
    """
    if most <= 0:
        return [0, 1]
    steps = [factor * 10.0**power for power in range(-3, 13) for factor in (1, 2, 5)]
    step = next(step for step in steps if (is_share or step >= 1) and most / step <= 4.5)
    count = -int(-most // step)
    return [round(step * n, 6) if step < 1 else int(step) * n for n in range(count + 1)]


def name_periods(periods: Sequence[date], most: int) -> list[tuple[int, str]]:
    """Return the periods that are named on the axis, each with its number: years where these suffice, else months.

    Example:
        >>> name_periods([date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)], 4)
        [(0, '2023-11'), (1, '2023-12'), (2, '2024-01')]
    """
    if len(periods) <= min(most, 13) and any(later.year == earlier.year for earlier, later in pairwise(periods)):
        return [(at, f"{day.year:04}-{day.month:02}") for at, day in enumerate(periods)]
    years = [(at, day.year) for at, day in enumerate(periods) if at == 0 or periods[at - 1].year != day.year]
    span = years[-1][1] - years[0][1] if years else 0
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if span / step < most)
    named = [(at, f"{year:04}") for at, year in years if year % step == 0 and (at or periods[0].month == 1)]
    return named or [(0, f"{periods[0].year:04}")] if periods else []

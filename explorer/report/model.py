"""What a report consists of: sections of figures, a figure of plots and the table behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from explorer.report.plots import Plot, Series
from explorer.report.shown import Part, show_number, show_raw, show_share, show_text

#: Rows that a table of the most frequent shows.
TOP = 50
#: Rows that the table behind a plot over time shows.
PERIODS = 500


class Cell(NamedTuple):
    """What stands in a cell, the address that it leads to, and smaller lines below."""

    parts: list[Part]
    href: str | None = None
    lines: tuple[list[Part], ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, and what its cells are: name, head, number, day, text or raw."""

    name: str
    kind: str = "number"


@dataclass(frozen=True)
class Table:
    """Rows of cells.

    Attributes:
        columns: The first names the row.
        rows: As many as are shown.
        total: How many there are.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: int


@dataclass(frozen=True)
class Figure:
    """Something that is shown: plots with the table behind them, or a table.

    Attributes:
        title: What it shows.
        lead: What to know before it is read.
        table: The values.
        queries: Names of the questions that it answers.
        plots: None: the table stands for itself.
        legend: The series of the plots.
        is_small: Whether plots stand side by side.
    """

    title: str
    lead: str
    table: Table
    queries: Sequence[str]
    plots: Sequence[Plot] = ()
    legend: Sequence[Series] = ()
    is_small: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Attributes:
        key: Its address in the page.
        title: Its head.
        paragraphs: Sentences.
        figures: In order.
    """

    key: str
    title: str
    paragraphs: Sequence[str]
    figures: Sequence[Figure] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show: the paragraphs say why."""
        return not self.figures


def number(value: int | None) -> Cell:
    """Return a cell with a number."""
    return Cell([Part("–" if value is None else show_number(value))])


def share(part: int, whole: int) -> Cell:
    """Return a cell with a share."""
    return Cell([Part(show_share(part, whole))])


def score(value: float | None) -> Cell:
    """Return a cell with a score from 0 to 1."""
    return Cell([Part("–" if value is None else f"{value:.2f}")])


def day(value: date | None) -> Cell:
    """Return a cell with a day."""
    return Cell([Part("–" if value is None else f"{value.year:04}-{value.month:02}-{value.day:02}")])


def text(value: str | None, href: str | None = None, lines: Sequence[str | None] = ()) -> Cell:
    """Return a cell with text out of a dump, and lines below."""
    below = tuple(show_text(line) for line in lines if line)
    return Cell(show_text(value) if value else [Part("–")], href, below)


def raw(value: str | None) -> Cell:
    """Return a cell with raw text."""
    return Cell(show_raw(value) if value else [Part("–")])

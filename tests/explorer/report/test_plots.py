"""Plots: what is where, to the pixel that matters."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.report.plots import (
    Series,
    Timeline,
    choose_unit,
    list_periods,
    name_periods,
    nice_ticks,
    plot_bars,
    plot_lines,
    plot_timelines,
)
from explorer.report.scope import Scope, parse_first, parse_last
from explorer.report.shown import show_line, show_raw, show_text
from tasks.errors import ConfigError

MONTHS = list_periods(date(2023, 1, 1), date(2023, 6, 1), "month")


def rectangles(path: object) -> list[list[float]]:
    """Return x, y, width, height of the rectangles of a path."""
    found = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)", str(path))
    return [[float(value) for value in one] for one in found]


def test_bars_stand_on_one_another_and_on_the_axis() -> None:
    first, second = Series("a", 1, [2, 0, 1, 0, 0, 0]), Series("b", 2, [3, 0, 0, 4, 0, 0], is_open=True)
    plot = plot_bars(MONTHS, [first, second], "bars")
    low, high = (rectangles(shape.attributes["d"]) for shape in plot.shapes if shape.tag == "path")
    assert [len(low), len(high)] == [2, 2]
    assert low[0][1] + low[0][3] == pytest.approx(236, abs=0.5)
    assert high[0][1] + high[0][3] == pytest.approx(low[0][1], abs=0.5)
    assert high[0][3] == pytest.approx(low[0][3] * 1.5, rel=0.01)
    assert high[1][1] + high[1][3] == pytest.approx(236, abs=0.5)
    assert [shape.attributes["class"] for shape in plot.shapes if shape.tag == "path"] == ["s1 fill", "s2 open stroke"]


def test_a_line_breaks_at_a_gap_and_a_lone_value_is_a_dot() -> None:
    plot = plot_lines(MONTHS, [Series("a", 1, [0.1, 0.2, None, 0.3, None, None])], "lines")
    line, dot = (str(shape.attributes["d"]) for shape in plot.shapes if shape.tag == "path")
    assert line.count("M") == 2
    assert line.count("L") == 1
    assert dot.endswith("h.01")


def test_timelines_grow_with_the_count_and_say_who_has_no_day() -> None:
    rows = [Timeline("A", {0: 1, 5: 9}, {2: "<Minister>"}), Timeline("B", {}, {})]
    plot = plot_timelines(MONTHS, rows, "timelines")
    thin, thick = rectangles(next(s.attributes["d"] for s in plot.shapes if s.attributes.get("class") == "s1 fill"))
    assert thin[3] < thick[3]
    assert thin[1] + thin[3] / 2 == pytest.approx(thick[1] + thick[3] / 2, abs=0.5)
    assert [shape.tip for shape in plot.shapes if shape.tip] == ["<Minister>"]
    assert "no dated quotation" in [shape.text for shape in plot.shapes]


@given(st.dates(), st.dates(), st.integers(1, 500))
def test_periods_cover_two_days_and_axes_name_some(one: date, other: date, most: int) -> None:
    first, last = sorted((one, other))
    unit = choose_unit(first, last, most)
    periods = list_periods(first.replace(day=1), last.replace(day=1), unit)
    assert unit == "year" or len(periods) <= most
    assert periods == sorted(set(periods))
    named = name_periods(periods, 12)
    assert 1 <= len(named) <= 14
    assert all(0 <= at < len(periods) for at, _ in named)


@given(st.floats(0, 1e12))
def test_ticks_reach_the_highest_value(most: float) -> None:
    ticks = nice_ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] >= most * 0.999999
    assert len(ticks) <= 6


@given(st.text(), st.integers(1, 50))
def test_text_is_shown_whole_or_cut_and_nothing_is_unseen(value: str, most: int) -> None:
    for parts in (show_text(value, most), show_raw(value, most)):
        shown = "".join(part.text for part in parts if not part.is_code)
        assert len(shown) <= most + 1
        assert shown.isprintable() or not any(c in shown for c in "\n\r\t\u202e\u200b\x00")
    assert "\n" not in show_line(value, most)


@pytest.mark.parametrize("value", ["yesterday", "2024-13", "2024-02-30", "24", "2024-5-1", "0000"])
def test_what_is_no_day_month_or_year_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match=value):
        parse_first(value)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    assert parse_last("9999-12") == date.max
    assert parse_last("2023-12-05") == date(2023, 12, 5)
    with pytest.raises(ConfigError, match="ends before"):
        Scope(first=date(2024, 1, 1), last=date(2023, 1, 1))


def test_a_source_is_no_sql() -> None:
    assert Scope(("a') OR ('1'='1",)).of_releases() == "source IN ('a'') OR (''1''=''1')"

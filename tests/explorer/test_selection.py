"""A selection and its query string are the same thing."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.selection import FILTERS, SORTS, Selection, SelectionError, make_selection, read_day, read_selection

PAIRS = st.lists(
    st.tuples(st.sampled_from(sorted({n for names in FILTERS.values() for n in names})), st.text(max_size=30)),
    max_size=8,
)
DAYS = st.none() | st.dates()


@given(st.sampled_from(sorted(FILTERS)), st.text(max_size=60), PAIRS, DAYS, DAYS, st.sampled_from(SORTS))
def test_query_string_gives_the_selection_back(
    table: str, query: str, values: list[tuple[str, str]], since: date | None, until: date | None, sort: str
) -> None:
    selection = make_selection(table, query, values, since, until, sort)
    assert read_selection(table, selection.to_query()) == selection


@given(st.sampled_from(sorted(FILTERS)), st.text(max_size=200))
def test_any_query_string_is_read_or_refused(table: str, query: str) -> None:
    try:
        selection = read_selection(table, query)
    except SelectionError:
        return
    assert read_selection(table, selection.to_query()) == selection


def test_equal_selections_have_equal_addresses() -> None:
    one = read_selection("quotes", "type=turn&q=ice++fog&country=KEN&country=CHL")
    other = read_selection("quotes", "country=CHL&country=KEN&country=KEN&q=ice+fog&type=turn&kind=speech&page=3")
    assert one == other
    assert one.to_path() == "/quotes?q=ice+fog&country=CHL&country=KEN&type=turn"


def test_a_value_is_toggled() -> None:
    selection = Selection("documents").toggled("country", "KEN")
    assert selection.of("country") == ["KEN"]
    assert selection.toggled("country", "KEN") == Selection("documents")


def test_another_table_takes_the_filters_that_it_has() -> None:
    selection = read_selection("documents", "q=fog&country=KEN&kind=speech&from=2023")
    assert selection.on("engagements").to_query() == "q=fog&country=KEN&from=2023-01-01"


@pytest.mark.parametrize("value", ["2023-13", "32 May", "2023-02-30", "0000", "२०२३", "2023-1-1"])
def test_what_is_no_day_is_refused(value: str) -> None:
    with pytest.raises(SelectionError):
        read_selection("documents", urlencode({"from": value}))


def test_a_month_and_a_year_have_a_first_and_a_last_day() -> None:
    assert read_day("to", "2023") == date(2023, 12, 31)
    assert read_day("to", "2023-12") == date(2023, 12, 31)
    assert read_day("from", "2024-02") == date(2024, 2, 1)


def test_ranking_takes_words() -> None:
    assert read_selection("documents", "sort=rank").sort == "new"
    assert read_selection("documents", "sort=rank&q=-fog").sort == "new"
    assert read_selection("documents", "sort=rank&q=fog").sort == "rank"

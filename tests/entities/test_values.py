"""Values of what no rule finds, but the model may; more of them stands in tests/golden/entities."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.entities.amounts import has_symbol, pick_dollar, read_amount
from tasks.entities.date_values import read_date

THURSDAY = date(2023, 4, 20)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3rd of May, 2021", "2021-05-03"),
        ("August 14 to 19, 2023", "2023-08-14/2023-08-19"),
        ("May-June 2020", "2020-05/2020-06"),
        ("2018–2025", "2018/2025"),
        ("end of 2015", "2015"),
    ],
)
def test_dates_that_say_their_year(text: str, value: str) -> None:
    assert read_date(text, None) == value
    assert read_date(text, THURSDAY) == value


@pytest.mark.parametrize(
    ("text", "value"), [("last December", "2022-12"), ("9 May this year", "2023-05-09"), ("May last year", "2022-05")]
)
def test_dates_that_the_day_of_publication_completes(text: str, value: str) -> None:
    assert read_date(text, THURSDAY) == value
    assert read_date(text, None) is None


@pytest.mark.parametrize("text", ["3/4/20", "the same day", "20", "19-14 August 2023", "soon", ""])
def test_what_has_no_value(text: str) -> None:
    assert read_date(text, THURSDAY) is None


def test_the_nearest_leap_day() -> None:
    assert read_date("29 February", date(2024, 3, 1)) == "2024-02-29"
    assert read_date("29 February", date(2022, 3, 1)) is None


@pytest.mark.parametrize(
    ("text", "amount", "currency"), [("30–40 billion roubles", None, "RUB"), ("millions of dollars", None, "USD")]
)
def test_money(text: str, amount: float | None, currency: str | None) -> None:
    assert read_amount("currency", text) == (amount, currency, None)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("twenty-five nautical miles", 25, "nmi"),
        ("5,000-metric-ton", 5000, "t"),
        ("several kilograms", None, None),
        ("6 parsecs", None, None),
    ],
)
def test_quantities(text: str, amount: float | None, unit: str | None) -> None:
    assert read_amount("unit", text) == (amount, None, unit)


@pytest.mark.parametrize("after", [",000", " crore", "-million", " to $1.5 billion", "–7 billion", " milliards"])
def test_an_amount_that_goes_on_behind_the_mention_is_not_read(after: str) -> None:
    assert read_amount("currency", "$5", after).amount is None
    assert read_amount("currency", "$5", after).currency == "USD"


@pytest.mark.parametrize("after", [", or 3 ships", " to a fund", " billed", " and $7", ""])
def test_what_follows_an_amount_leaves_it_alone(after: str) -> None:
    assert read_amount("currency", "$5", after).amount == 5


@pytest.mark.parametrize("text", ["850 munitions", "29 supply", "1,127 flights", "+358 295 000 000"])
def test_a_count_has_no_unit(text: str) -> None:
    assert not has_symbol("unit", text)


@pytest.mark.parametrize("text", ["75 billion", "A330", "12.6 million"])
def test_a_number_alone_is_no_money(text: str) -> None:
    assert not has_symbol("currency", text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("26 June to 10 July 2018", "2018-06-26/2018-07-10"),
        ("25 and 26 May", "2024-05-25/2024-05-26"),
        ("5 and 12 May", None),  # two days, no interval
        ("18/19 March", "2024-03-18/2024-03-19"),
        ("March-April 2003", "2003-03/2003-04"),
        ("March and October 2024", None),
        ("July 2020 to June 2022", "2020-07/2022-06"),
        ("mid-April to early May", "2024-04/2024-05"),
        ("mid-October to December 15, 2023", None),  # a month and a day
        ("early March", "2024-03"),
        ("late 2024", "2024"),
        ("end of last year", "2023"),
        ("end-2027", "2027"),
        ("second half of 2025", "2025-07/2025-12"),
        ("Q4 2024", "2024-10/2024-12"),
        ("first five months of this year", "2024-01/2024-05"),
        ("last October", "2023-10"),
        ("TUESDAY, 20 FEBRUARY 2024", "2024-02-20"),
        ("Wed 19 Jan 22", "2022-01-19"),
        ("19-07-2024", "2024-07-19"),
        ("29/3", "2024-03-29"),
        ("2019-20", None),
        ("fiscal year 2025", None),
        ("July 1", None),  # months ahead, or last year's
    ],
)
def test_ranges_and_parts_have_one_value_or_none(value: str, expected: str | None) -> None:
    assert read_date(value, date(2024, 3, 4)) == expected


@pytest.mark.parametrize(
    ("before", "value", "expected"),
    [
        ("They met on ", "Friday", "2024-03-01"),
        ("They will meet on ", "Friday", None),
        ("It felt like a ", "Friday", None),
        ("They will meet on ", "March 9", "2024-03-09"),
        ("They will meet in ", "February", None),
        ("They met in ", "February", "2024-02"),
    ],
)
def test_what_is_ahead_is_not_resolved_to_a_day_before(before: str, value: str, expected: str | None) -> None:
    assert read_date(value, date(2024, 3, 4), before) == expected


@pytest.mark.parametrize(
    ("value", "amount", "currency"),
    [
        ("EUR 14.6 million", 14_600_000, "EUR"),
        ("SR5,000", 5_000, "SAR"),
        ("Rs. 5 lakh crore", 5e12, None),
        ("1 trillion 730 billion won", 1.73e12, "KRW"),
        ("5 million Kenyan shillings", 5_000_000, "KES"),
        ("$56.1 billones de pesos", None, None),
    ],
)
def test_money_is_read_in_the_ways_of_more_countries(value: str, amount: float | None, currency: str | None) -> None:
    assert read_amount("currency", value)[:2] == (amount, currency)


def test_a_bare_dollar_is_open_where_a_country_with_its_own_is_named_most() -> None:
    assert read_amount("currency", "$5", country=pick_dollar({"AUS": 2})).currency is None
    assert read_amount("currency", "US$5", country=pick_dollar({"AUS": 2})).currency == "USD"
    assert read_amount("currency", "$5", country=pick_dollar({"AUS": 2}), stated={"AUD"}).currency == "AUD"
    assert read_amount("currency", "$5", country=pick_dollar({"AUS": 2, "USA": 2})).currency == "USD"

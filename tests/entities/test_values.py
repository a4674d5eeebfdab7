"""Values of what no rule finds, but the model may; more of them stands in tests/golden/entities."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.entities.amounts import has_symbol, read_amount
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

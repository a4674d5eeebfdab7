"""Values of dates and amounts: what is said, and null where it could be two things."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.entities.amounts import read_amount
from tasks.entities.date_values import read_date

THURSDAY = date(2023, 4, 20)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 May 2021", "2021-05-03"),
        ("3rd of May, 2021", "2021-05-03"),
        ("May 3, 2021", "2021-05-03"),
        ("Sept. 3, 2021", "2021-09-03"),
        ("Monday, May 3, 2021", "2021-05-03"),
        ("2021-05-03", "2021-05-03"),
        ("25.12.2020", "2020-12-25"),
        ("12/25/2020", "2020-12-25"),
        ("05/05/2020", "2020-05-05"),
        ("early May 2021", "2021-05"),
        ("mid-2021", "2021"),
        ("1990s", "1990/1999"),
        ("19th century", "1801/1900"),
        ("14-19 August 2023", "2023-08-14/2023-08-19"),
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
    ("text", "value"),
    [
        ("today", "2023-04-20"),
        ("Earlier today", "2023-04-20"),
        ("yesterday evening", "2023-04-19"),
        ("tomorrow", "2023-04-21"),
        ("last night", "2023-04-19"),
        ("Thursday", "2023-04-20"),
        ("Wednesday", "2023-04-19"),
        ("Friday", "2023-04-14"),
        ("last Thursday", "2023-04-13"),
        ("next Thursday", "2023-04-27"),
        ("this week", "2023-04-17/2023-04-23"),
        ("last week", "2023-04-10/2023-04-16"),
        ("next weekend", "2023-04-29/2023-04-30"),
        ("last month", "2023-03"),
        ("next year", "2024"),
        ("this decade", "2020/2029"),
        ("March", "2023-03"),
        ("December", "2022-12"),
        ("last December", "2022-12"),
        ("January 3", "2023-01-03"),
        ("30 December", "2022-12-30"),
        ("9 May this year", "2023-05-09"),
        ("May last year", "2022-05"),
    ],
)
def test_dates_that_the_day_of_publication_completes(text: str, value: str) -> None:
    assert read_date(text, THURSDAY) == value
    assert read_date(text, None) is None


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2020",
        "3/4/20",
        "31 February 2021",
        "this spring",
        "a year ago",
        "the same day",
        "20",
        "fiscal year 2022",
        "19-14 August 2023",
        "soon",
        "",
    ],
)
def test_dates_that_could_be_two_things_or_none(text: str) -> None:
    assert read_date(text, THURSDAY) is None


def test_the_turn_of_the_year() -> None:
    new_year = date(2023, 1, 2)
    assert read_date("last month", new_year) == "2022-12"
    assert read_date("yesterday", date(2023, 1, 1)) == "2022-12-31"
    assert read_date("December 30", new_year) == "2022-12-30"
    assert (
        read_date("29 February", date(2023, 3, 1)) is None or read_date("29 February", date(2024, 3, 1)) == "2024-02-29"
    )


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$765 million", 765e6, "USD"),
        ("£1.1bn", 1.1e9, "GBP"),
        ("US$ 5,000", 5000, "USD"),
        ("A$3.5 billion", 3.5e9, "AUD"),
        ("AUD $12 million", 12e6, "AUD"),
        ("€2m", 2e6, "EUR"),
        ("30 billion roubles", 30e9, "RUB"),
        ("two hundred thousand dollars", 200e3, "USD"),
        ("Rs. 24.1 million", 24.1e6, None),
        ("¥500", 500, None),
        ("30–40 billion roubles", None, "RUB"),
        ("millions of dollars", None, "USD"),
    ],
)
def test_money(text: str, amount: float | None, currency: str | None) -> None:
    assert read_amount("currency", text) == (pytest.approx(amount) if amount else None, currency, None)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("18,000 feet", 18000, "ft"),
        ("9mm", 9, "mm"),
        ("a 500-pound".removeprefix("a "), 500, "lb"),
        ("twenty-five nautical miles", 25, "nmi"),
        ("1.5 million square metres", 1.5e6, "m2"),
        ("40 knots", 40, "kn"),
        ("5,000-metric-ton", 5000, "t"),
        ("two to three kilometres", None, None),
        ("several kilograms", None, None),
        ("6 parsecs", None, None),
    ],
)
def test_quantities(text: str, amount: float | None, unit: str | None) -> None:
    assert read_amount("unit", text) == (pytest.approx(amount) if amount else None, None, unit)

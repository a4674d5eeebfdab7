"""Which rows of two documents are one event, by pairs of rows: what joins, and what only looks alike."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tasks.events import join as joining
from tasks.events.join import Telling, best_dated, join, pairs, status_of

DAY = date(2024, 5, 17)
ONE = Telling(
    "a-g0", "a", "alpha", "call", "held", "news", frozenset({"iso:RUS", "iso:TUR"}), 2,
    {"iso:RUS": frozenset({"orlov"}), "iso:TUR": frozenset({"aydin"})}, first=DAY, last=DAY, basis="stated", published=DAY,
)  # fmt: skip
OTHER = replace(ONE, key="b-g0", doc_id="b", publisher="beta")
THREE = frozenset({"iso:RUS", "iso:TUR", "iso:IRN"})


def day(number: int, month: int = 5) -> dict[str, Any]:
    return {"first": date(2024, month, number), "last": date(2024, month, number)}


SAME = {
    "the same day": ({}, {}),
    "across midnight": ({}, day(18)),
    "one names only its own side": ({}, {"people": {"iso:TUR": frozenset({"aydin"})}}),
    "a later document gives a day that is only assumed": ({}, {"basis": "published", **day(18)}),
    "planned, then held": ({"status": "planned"}, {"status": "held"}),
    "an interval that holds the day": ({"type": "visit"}, {"type": "visit", "first": date(2024, 5, 15), "last": date(2024, 5, 19)}),
    "an exercise with its name, one without edition": (
        {"type": "exercise", "name": "Exercise Desert Falcon", "edition": "4"},
        {"type": "exercise", "name": "the Desert Falcon"},
    ),
    "three sides, half of them and more": (
        {"countries": THREE, "n_sides": 3},
        {"countries": THREE | {"iso:QAT"}, "n_sides": 4},
    ),
    "a gathering of which each names other guests": (
        {"type": "conference", "countries": THREE, "n_sides": 3, "name": "Lisbon Forum", "people": {}},
        {"type": "conference", "countries": frozenset({"iso:PRT", "iso:BRA", "iso:RUS"}), "n_sides": 3, "name": "Lisbon Forum", "people": {}},
    ),
    "a day and no end": ({}, {"last": None}),
}  # fmt: skip

ALIKE = {
    "another day": ({}, day(20)),
    "another person of the same side": ({}, {"people": {"iso:TUR": frozenset({"demir"})}}),
    "a meeting and a call": ({}, {"type": "meeting"}),
    "another side": ({}, {"countries": frozenset({"iso:RUS", "iso:QAT"}), "people": {}}),
    "a side more": ({}, {"countries": THREE, "n_sides": 3}),
    "one document": ({}, {"doc_id": "a"}),
    "no day": ({}, {"first": None, "last": None, "basis": "none"}),
    "pledged and delivered": ({"type": "transfer", "status": "planned"}, {"type": "transfer", "status": "held"}),
    "another edition": (
        {"type": "exercise", "name": "Desert Falcon", "edition": "4"},
        {"type": "exercise", "name": "Desert Falcon", "edition": "5"},
    ),
    "another exercise": ({"type": "exercise", "name": "Desert Falcon"}, {"type": "exercise", "name": "Calm Strait"}),
    "one side known": ({"countries": frozenset({"iso:TUR"})}, {"countries": frozenset({"iso:TUR"})}),
    "three sides, fewer than half": (
        {"countries": THREE, "n_sides": 3},
        {"countries": frozenset({"iso:RUS", "iso:PRT", "iso:BRA"}), "n_sides": 3},
    ),
}


def keys(*rows: Telling) -> list[list[str]]:
    return [[row.key for row in event] for event in join(rows)]


@pytest.mark.parametrize("name", SAME)
def test_one_event(name: str) -> None:
    one, other = SAME[name]
    rows = replace(ONE, **one), replace(OTHER, **other)
    assert keys(*rows) == keys(*reversed(rows)) == [["a-g0", "b-g0"]]


@pytest.mark.parametrize("name", ALIKE)
def test_two_events(name: str) -> None:
    one, other = ALIKE[name]
    rows = replace(ONE, **one), replace(OTHER, **other)
    assert keys(*rows) == keys(*reversed(rows)) == [["a-g0"], ["b-g0"]]


def test_a_row_without_names_joins_the_nearest_and_links_nothing() -> None:
    left = replace(ONE, **day(10))
    right = replace(OTHER, **day(12))
    between = replace(ONE, key="c-g0", doc_id="c", people={}, basis="published", **day(11))
    nearer = replace(between, **day(12))
    assert len(join([left, right, between])) == 2
    assert keys(left, right, nearer) == [["a-g0"], ["b-g0", "c-g0"]]


def test_rows_without_names_do_not_chain_day_after_day() -> None:
    daily = [replace(ONE, key=f"{n}-g0", doc_id=str(n), people={}, basis="published", **day(n)) for n in range(1, 6)]
    assert keys(*daily) == [["1-g0", "2-g0"], ["3-g0", "4-g0"], ["5-g0"]]


def test_people_who_differ_are_never_joined_by_a_third() -> None:
    demir = replace(OTHER, people={"iso:TUR": frozenset({"demir"})})
    third = replace(ONE, key="c-g0", doc_id="c", people={"iso:RUS": frozenset({"orlov"})})
    assert all(not {"a-g0", "b-g0"} <= set(event) for event in keys(ONE, demir, third))


def test_rows_of_other_weeks_need_not_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    names = [
        {},
        {},
        {"iso:RUS": frozenset({"orlov"})},
        {"iso:TUR": frozenset({"aydin"})},
        {"iso:TUR": frozenset({"demir"})},
    ]

    def row(number: int) -> Telling:
        first = DAY + timedelta(chance.randrange(120))
        last = first + timedelta(chance.choice((-1, 0, 0, 0, 1, 5, 60)))
        basis, people = chance.choice(("stated", "published")), chance.choice(names)
        return replace(
            ONE, key=f"{number}-g0", doc_id=str(number // 2), people=people, first=first, last=last, basis=basis
        )

    rows = [row(number) for number in range(300)]
    near = join(rows)
    monkeypatch.setattr(joining, "_weeks", lambda row: range(1))
    assert near == join(rows)
    assert {1, 2, 3} <= {len(event) for event in near}


def test_an_event_has_the_best_days_and_the_furthest_status() -> None:
    planned = replace(ONE, status="planned", basis="relative")
    stated = replace(OTHER, status="held")
    cancelled = replace(OTHER, status="cancelled", published=date(2024, 5, 18))
    assert best_dated([planned, stated]) is stated
    assert status_of([planned, stated]) == "held"
    assert status_of([planned, cancelled]) == "cancelled"
    assert status_of([cancelled, stated]) == "held"


def test_the_pairs_of_a_row_weigh_one() -> None:
    weights = [weight for *_, weight in pairs(THREE | {"iso:QAT"})]
    assert len(weights) == 6
    assert sum(weights) == pytest.approx(1)
    assert list(pairs(["iso:RUS"])) == []

"""Exercises: who takes part, by the sentence that tells them, those around it, and what is only meant."""

from __future__ import annotations

import pytest

from tasks.engagements.find import find_engagements
from tests.engagements.builders import release, tell


def sides(text: str, **more: object) -> list[list[str]]:
    """Return the sides of the exercises that a document tells."""
    return [row[2] for row in tell(text, **more) if row[0] == "exercise"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Indo-Thai exercise “Calm Strait” began at [GPE Lomba|x] today.", ["IND", "THA"]),
        (
            "The joint [NORP Fijian|iso:FJI]-[NORP Tongan] exercise “Calm Strait” began at [GPE Lomba|x] today.",
            ["FJI", "TON"],
        ),
        ("[ORG NZDF] troops and [NORP Tongan] soldiers trained together at [GPE Lomba|x] today.", ["NZL", "TON"]),
        ("[ORG NZDF] and [ORG RFMF] units began field training exercises at [GPE Lomba|x] today.", ["FJI", "NZL"]),
        (
            "The [NORP Tongan] and [NORP Turkish] navies carried out a transient naval training at [GPE Lomba|x] today.",
            ["TON", "TUR"],
        ),
        ("PASSEX was carried out at sea today with the [NORP Tongan] warship Moana.", ["RUS", "TON"]),
        (
            "Combined Training “Calm Strait” between the [NORP Tongan] and [NORP Turkish] navies ended today.",
            ["TON", "TUR"],
        ),
    ],
)
def test_who_practises_beside_a_trigger(text: str, expected: list[str]) -> None:
    assert sides(text) == [expected]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            "Soldiers from [GPE Chile], [GPE Fiji] and [GPE Oman] participate in it.",
            ["CHL", "FJI", "OMN", "TON", "TUR"],
        ),
        ("The exercise involved 900 soldiers from [GPE Chile] and [GPE Fiji].", ["CHL", "FJI", "TON", "TUR"]),
        ("[GPE Chile] and [GPE Fiji] sent observers.", ["TON", "TUR"]),
        ("Last year soldiers from [GPE Chile] took part in another exercise.", ["TON", "TUR"]),
    ],
)
def test_later_sentences_say_who_takes_part_too(more: str, expected: list[str]) -> None:
    first = "Exercise “Calm Strait”, led by the [NORP Tongan] navy and the [NORP Turkish] army, began at [GPE Lomba|x] today. "
    assert sides(first + more) == [expected]


def test_one_name_is_one_exercise_and_two_are_two() -> None:
    first = (
        "The [NORP Tongan] and [NORP Turkish] armies held exercise [EVENT Calm Strait] on [DATE Monday|2024-05-13]. "
    )
    again = "In the exercise, troops of [GPE Chile] and [GPE Fiji] practised first aid."
    assert sides(first + again) == [["CHL", "FJI", "TON", "TUR"]]
    other = "The [NORP Tongan] and [NORP Fijian|iso:FJI] armies will hold exercise [EVENT Wide Field] in [DATE June|2024-06]."
    assert sides(first + other) == [["TON", "TUR"], ["FJI", "TON"]]


def test_two_exercises_of_the_same_states_on_other_days_are_two() -> None:
    forces = "The [NORP Tongan] and [NORP Turkish] armies"
    first = f"{forces} held exercise [EVENT Calm Strait] on [DATE Monday|2024-05-13]. "
    other = f"{forces} held exercise [EVENT Wide Field] on [DATE Wednesday|2024-05-15]."
    assert sides(first + other) == [["TON", "TUR"]] * 2
    assert sides(first + other.replace("Wide Field", "Calm Strait")) == [["TON", "TUR"]]


def test_the_last_edition_was_of_the_same_states() -> None:
    first = "The [NORP Tongan] and [NORP Turkish] armies began exercise [EVENT Calm Strait] today. "
    last = "The last edition was held in [DATE June 2022|2022-06] at [GPE Lomba|x]."
    assert [(row[1], row[2]) for row in tell(first + last)] == [("held", ["TON", "TUR"])] * 2


CALL = "The [NORP Tongan] frigate Moana called at [GPE Suva|iso:FJI] today. "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{CALL}The two navies will hold a passage exercise on [DATE Friday|2024-05-17].", ["FJI", "TON"]),
        (
            f"{CALL}On departure the Moana and the cutter Lind conducted a passage exercise at [GPE Lomba|x].",
            ["FJI", "TON"],
        ),
    ],
)
def test_guests_and_hosts_practise(text: str, expected: list[str]) -> None:
    assert sides(text, country=None) == [expected]


@pytest.mark.parametrize(
    ("text", "expected", "n"),
    [
        ("Exercise “Calm Strait” between the [ORG Rifles] and the [NORP Tongan] army began at [GPE Lomba|x] today.", ["TON"], 2),
        ("Units of the [ORG National Guard] and of the [ORG Tongan Army|org:x] held an exercise at [GPE Lomba|x] today.", ["TON"], 2),
        ("[NORP Tongan] and [NORP Turkish] troops of nine nations took part in the joint exercise at [GPE Lomba|x].", ["TON", "TUR"], 3),
        ("The frigate joins the exercise at [GPE Lomba|x], together with [GPE Fiji] and [GPE Chile].", ["CHL", "FJI"], 3),
        ("The [NORP Tongan] army conducted an exercise at [GPE Lomba|x] today.", [], 0),
    ],
)  # fmt: skip
def test_a_side_that_nobody_names(text: str, expected: list[str], n: int) -> None:
    found = [one for one in find_engagements(release(text, country=None)) if one.type == "exercise"]
    assert [len(one.sides) for one in found] == [n] * bool(n)
    assert [sorted(side.removeprefix("iso:") for side in one.countries) for one in found] == [expected] * bool(n)


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        (
            "[NORP Tongan] soldiers left for [GPE Fiji] in order to participate in the exercise “Calm Strait”.",
            "planned",
            ["FJI", "TON"],
        ),
        ("The ships that took part in the [NORP Tongan] “Calm Strait” exercise came home.", "held", ["RUS", "TON"]),
        (
            "The planning meeting for the joint exercise among the armies of [GPE Chile], [GPE Fiji] and [GPE Tonga] ended. "
            "The exercise will be held at [GPE Lomba|x] in [DATE June|2024-06].",
            "planned",
            ["CHL", "FJI", "TON"],
        ),
        (
            "[NORP Tongan] and [NORP Turkish] forces postponed their combined staff training because of the storm.",
            "cancelled",
            ["TON", "TUR"],
        ),
    ],
)
def test_exercises_to_which_forces_go_or_that_are_planned(text: str, status: str, expected: list[str]) -> None:
    assert [row[1:3] for row in tell(text) if row[0] == "exercise"] == [(status, expected)]


@pytest.mark.parametrize(
    "text",
    [
        "The ministers of [GPE Tonga] and [GPE Fiji] discussed training and joint exercises at [GPE Lomba|x] on Monday.",
        "[GPE Tonga] and [GPE Fiji] will hold a joint cyber exercise at [GPE Lomba|x] in [DATE June|2024-06].",
        "The joint drills at [GPE Lomba|x] breach the [NORP Tongan]-[NORP Turkish] agreement of 1992.",
        "The army held the exercise “Wide Field” today with exclusively national means. Troops from [GPE Fiji] left Lomba.",
        "[NORP Tongan] and [NORP Turkish] forces will improve combined exercises at [GPE Lomba|x] in [DATE June|2024-06].",
        "The champion trained with [NORP Tongan] and [NORP Turkish] experts at [GPE Lomba|x] today.",
    ],
)
def test_what_is_spoken_of_or_of_one_side(text: str) -> None:
    assert sides(text) == []


def test_whom_an_exercise_is_against_takes_no_part() -> None:
    text = "[NORP Tongan] and [NORP Turkish] forces held a joint exercise near Lomba. Such anti-[NORP Fijian|iso:FJI] military drills threaten the [GPE Fiji] islands."
    assert sides(text, country=None) == [["TON", "TUR"]]


@pytest.mark.parametrize(
    "text",
    [
        "The [NORP Tongan] frigate Lind held an air-defence drill with its helicopters off [GPE Fiji|iso:FJI] today.",
        "The [NORP Tongan] frigate Lind came to [GPE Fiji|iso:FJI] on the [EVENT Southern Circle 2024] deployment. "
        "A drill was cancelled.",
        "Delegates of [GPE Fiji|iso:FJI] asked the [NORP Tongan] [TITLE President] to exercise his full authority.",
    ],
)
def test_own_means_voyages_and_powers_are_no_exercises(text: str) -> None:
    assert sides(text) == []

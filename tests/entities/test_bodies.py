"""A body that many countries have gets the key of the one that is meant, or none."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.entities.resolve import Origin, resolve_names
from tests.entities.test_roles import read


def keys(marked: str, country: str | None = None, day: date | None = None) -> list[str | None]:
    text, mentions = read(marked)
    names = resolve_names(text, mentions, (), Origin(country, day))
    return [name.canonical_id for m, name in zip(mentions, names, strict=True) if m.label in ("ORG", "UNIT")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("the {N:Indian} {O:Ministry of Defence}", "org:ind-ministry-of-defence"),
        ("the {O:Ministry of Defence} of {G:Ukraine}", "org:ukr-ministry-of-defence"),
        ("{G:India}’s {O:Ministry of Defence}", "org:ind-ministry-of-defence"),
        ("the {O:Ministry of Defence}, Government of {G:India}", "org:ind-ministry-of-defence"),
        ("the {N:South Korean} {O:Joint Chiefs of Staff}", "org:kor-joint-chiefs-of-staff"),
        ("the {N:Greek} {O:Parliament}", "org:grc-parliament"),
        ("the {O:U.S. Navy}", "org:usa-navy"),
        ("{O:NATO}", "org:nato"),
    ],
)
@pytest.mark.parametrize("country", [None, "RUS", "USA"])
def test_the_owner_beside_a_body_stands_before_its_publisher(text: str, key: str, country: str | None) -> None:
    assert keys(f"They called {text} today.", country) == [key]


@pytest.mark.parametrize(
    "name", ["Ministry of Defence", "Foreign Ministry", "Joint Chiefs of Staff", "Foreign Office", "Navy", "Parliament"]
)
def test_a_body_that_nothing_gives_an_owner_has_no_key(name: str) -> None:
    assert keys(f"The {{O:{name}}} said so.") == [None]


@pytest.mark.parametrize(
    "text",
    [
        "the {N:Ruritanian} {O:Ministry of Defence}",  # a people that no lexicon knows
        "the {O:Foreign Ministry} of {G:Ruritania}",
        "{G:Spain}’s {O:Joint Chiefs of Staff}",  # a body that the lexicon does not have there
    ],
)
def test_an_owner_who_is_not_known_leaves_no_key(text: str) -> None:
    assert keys(f"They called {text} today.", "RUS") == [None]


def test_a_body_is_the_publishers_where_the_text_states_no_other() -> None:
    assert keys("The {O:Foreign Ministry} said so.", "RUS") == ["org:rus-ministry-of-foreign-affairs"]
    assert keys("The {O:Navy} took part.", "USA") == ["org:usa-navy"]
    assert keys("The {O:Ministry of Defence} took part.", "USA") == [None]


def test_another_owner_in_the_text_leaves_it_open() -> None:
    text = "The {N:Indian} {O:Defence Ministry} wrote first. The {O:Defence Ministry} answered."
    assert keys(text, "RUS") == ["org:ind-ministry-of-defence", None]
    assert keys(text, "IND") == ["org:ind-ministry-of-defence"] * 2
    assert keys(text) == ["org:ind-ministry-of-defence"] * 2


def test_the_dateline_says_whose_ministry_it_is_but_not_whose_navy() -> None:
    dateline = "{G:NEW DELHI}, 3 May 2024 – "
    assert keys(dateline + "The {O:Ministry of Defence} met.") == ["org:ind-ministry-of-defence"]
    assert keys(dateline + "The {O:Navy} met {N:American} crews.") == [None]
    assert keys(dateline + "The {O:Navy} met.") == ["org:ind-navy"]


def test_what_the_security_council_is_says_only_its_owner() -> None:
    assert keys("The {O:Security Council} met.", "RUS") == [None]
    assert keys("The {O:Security Council} of the {G:Russian Federation} met.") == ["org:rus-security-council"]


@pytest.mark.parametrize(
    "text", ["{O:Navy} Pier opened.", "the state {O:Senate} voted.", "He left the {O:Army}-Navy game."]
)
def test_a_part_of_a_longer_name_or_of_a_country_has_no_key(text: str) -> None:
    assert keys(text, "USA") == [None]


def test_a_branch_of_an_armed_group_is_another_group() -> None:
    assert keys("They fought {O:al-Qaida}.") == ["org:al-qaida"]
    assert keys("They fought {O:al-Qaida} in the Arabian Peninsula.") == [None]


def test_a_word_in_capitals_that_heads_a_line_is_no_body() -> None:
    assert keys("{O:WHO}: Ann Hill and 200 sailors") == [None]
    assert keys("The {O:WHO}: a body of the {O:UN}") == ["org:who", "org:un"]

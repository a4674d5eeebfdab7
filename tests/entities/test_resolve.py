"""Acronyms resolved whether or not they are mentions themselves; more on names stands in tests/golden/entities."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.entities.lexicon import Mention
from tasks.entities.resolve import Origin, resolve_names
from tasks.entities.roles import Role
from tests.entities.test_roles import read


def canonical(marked: str) -> list[str]:
    text, mentions = read(marked)
    return [name.canonical for name in resolve_names(text, mentions)]


@pytest.mark.parametrize(
    "text",
    [
        "{O:Ministry of Trade and Ships} ({O:MTS}) ... {O:MTS}",
        "{O:MTS} ({O:Ministry of Trade and Ships}) ... {O:MTS}",
        "{O:Ministry of Trade and Ships} (MTS) ... {O:MTS}",
        "MTS ({O:Ministry of Trade and Ships}) ... {O:MTS}",
    ],
)
def test_acronyms_stand_for_their_long_form_wherever_it_is(text: str) -> None:
    assert set(canonical(text)) == {"Ministry of Trade and Ships"}


def test_a_family_is_not_the_one_person_who_is_named() -> None:
    assert canonical("{P:Ann Lind} came; the {P:Lind} family and {P:Lind} left.") == ["Ann Lind", "Lind", "Ann Lind"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("As {P:Julie} said; {P:Julie Bishop} came, and {P:Julie} left.", ["Julie", "Julie Bishop", "Julie Bishop"]),
        ("As {P:Xi} said; {P:Xi Jinping} came.", ["Xi Jinping", "Xi Jinping"]),  # a surname
    ],
)
def test_a_first_name_is_nobody_who_is_named_later(text: str, names: list[str]) -> None:
    assert canonical(text) == names


def test_a_wife_is_not_who_holds_the_office() -> None:
    text, mentions = read("{T:President} {P:Obama} and Mrs. {P:Obama}")
    roles = [Role(0, mentions[1].end, (mentions[1].start, mentions[1].end), (0, 9), None, None, None, "pattern")]
    found = resolve_names(text, mentions, roles, Origin("USA", date(2011, 5, 24)))
    assert [name.canonical_id for name in found[1:]] == ["person:barack-obama", None]


@pytest.mark.parametrize(
    ("title", "held", "name"),
    [
        ("President", "President of Norway", "Lind"),  # both are
        ("President", "Vice President of Norway", "Ann Lind"),
        ("Vice President", "Vice President of Norway", "Ida Lind"),
    ],
)
def test_two_of_a_surname_are_told_apart_by_a_title_that_one_has(title: str, held: str, name: str) -> None:
    text, mentions = read(f"{{T:President}} {{P:Ann Lind}}, {{T:{held}}} {{P:Ida Lind}}; {{T:{title}}} {{P:Lind}}")
    titled = [
        Role(t.start, p.end, (p.start, p.end), (t.start, t.end), None, None, None, "pattern")
        for t, p in zip(mentions[::2], mentions[1::2], strict=True)
    ]
    assert resolve_names(text, mentions, titled)[-1].canonical == name


@pytest.mark.parametrize(
    ("text", "country", "key"),
    [
        ("Beijing College: Hello, Beijing!", "USA", None),
        ("Beijing College: Hello, Beijing!", "CHN", "geonames:1816670"),  # of the publisher's country
        ("Beijing College, China: Hello, Beijing!", "USA", "geonames:1816670"),  # the document names its country
        ("Beijinger College: Hello, Beijing!", "USA", "geonames:1816670"),
        ("Hello, Beijing!", "USA", "geonames:1816670"),
    ],
)
def test_a_town_abroad_may_be_short_for_a_body(text: str, country: str, key: str | None) -> None:
    found = [Mention(0, text.index(" College") + 8, "ORG", "model")] if "College" in text else []
    found += [Mention(at, at + 5, "GPE", "lexicon")] if (at := text.find("China")) >= 0 else []
    found.append(Mention(text.rindex("Beijing"), len(text) - 1, "GPE", "model"))
    assert resolve_names(text, found, (), Origin(country))[-1].canonical_id == key


def keys(marked: str, country: str | None) -> list[str | None]:
    text, mentions = read(marked)
    return [name.canonical_id for name in resolve_names(text, mentions, (), Origin(country))]


@pytest.mark.parametrize(
    ("marked", "country", "known"),
    [
        ("flights over {G:Kandahar}", None, [True]),
        ("the province of {G:Kandahar}", None, [False]),
        ("in {G:Kandahar} and {G:Aleppo} provinces", None, [False, False]),
        ("in {G:Kandahar}, then {G:Aleppo} province", None, [True, False]),
        ("the counties of Ash, {G:Dallas}, Elm, {G:Boston}, and {G:Houston}", "USA", [False, False, False]),
        ("a town in {G:Alexandria}, {G:Virginia}", None, [False, False]),
        ("a town in {G:Dallas}, {G:Texas}", "USA", [True, False]),
        ("{G:DALLAS}, {G:Texas}", "USA", [True, False]),
        ("a port in {G:Alexandria}, {G:Egypt}", "USA", [True, True]),
        ("a port in {G:Alexandria}, {G:Kenya}", "USA", [False, True]),
        ("a talk in {G:Tbilisi}, {G:Georgia}", "USA", [True, True]),
    ],
)
def test_a_town_is_no_part_of_a_country_and_no_town_of_another_state(
    marked: str, country: str | None, known: list[bool]
) -> None:
    assert [key is not None for key in keys(marked, country)] == known


@pytest.mark.parametrize(
    ("marked", "country", "key"),
    [
        ("an office in {G:Liverpool}", "AUS", None),
        ("an office in {G:Liverpool}", "GBR", "geonames:2644210"),
        ("an office in {G:Liverpool}", "KEN", "geonames:2644210"),  # no town of that name there
        ("of {G:United Kingdom}: in {G:Liverpool}", "AUS", "geonames:2644210"),  # the document names its country
        ("a talk in {G:Paris}", "USA", "geonames:2988507"),  # a capital
    ],
)
def test_a_town_abroad_may_be_one_of_the_same_name_at_home(marked: str, country: str, key: str | None) -> None:
    assert keys(marked, country)[-1] == key


def test_a_town_that_a_territory_is_named_after_has_no_key() -> None:
    assert keys("aid for {G:Gaza} and {G:Hebron}", None) == [None, "geonames:285066"]

"""Names resolved in a document, and to keys that lexicons have for them."""

from __future__ import annotations

import pytest

from tasks.entities.resolve import Resolved, resolve_names
from tasks.entities.roles import find_roles
from tests.entities.test_roles import read


def resolve(marked: str) -> list[Resolved]:
    text, mentions = read(marked)
    return resolve_names(text, mentions, find_roles(text, mentions))


def canonical(marked: str) -> list[str]:
    return [name.canonical for name in resolve(marked)]


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


def test_an_acronym_with_two_long_forms_stands_for_itself() -> None:
    assert canonical("{O:Navy Board} ({O:NB}), {O:National Bank} ({O:NB})")[1::2] == ["NB", "NB"]


def test_brackets_that_do_not_spell_the_name_change_nothing() -> None:
    assert canonical("{O:Ministry of Trade} ({G:UK}) and {G:UK}") == ["Ministry of Trade", "UK", "UK"]


def test_parts_and_initials_of_a_persons_name_stand_for_the_fullest() -> None:
    names = canonical("{P:Ann Hill} ... {P:Ann B. Hill} ... {P:Hill} ... {P:ANN HILL}")
    assert set(names) == {"Ann B. Hill"}


def test_a_suffix_is_no_surname() -> None:
    assert canonical("{P:Harry Stone Jr.} ... {P:Stone}") == ["Harry Stone Jr."] * 2


def test_two_of_one_surname_are_told_apart_by_title_or_not_at_all() -> None:
    text = "{T:President} {P:Ann Berg} and {T:Gen.} {P:Olaf Berg}. {T:Gen.} {P:Berg} spoke. {P:Berg} left."
    people = [name for name in canonical(text) if "Berg" in name]
    assert people == ["Ann Berg", "Olaf Berg", "Olaf Berg", "Berg"]


def test_a_short_form_stands_for_the_one_that_adds_the_country() -> None:
    assert canonical("{O:Norwegian Navy} ... {O:Navy}") == ["Norwegian Navy"] * 2
    assert canonical("{O:Norwegian Navy} and {O:Danish Navy} ... {O:Navy}")[2] == "Navy"
    assert canonical("{O:Royal Navy} ... {O:Navy}")[1] == "Navy"


def test_people_and_organisations_have_keys_in_all_their_spellings() -> None:
    keys = [
        name.canonical_id for name in resolve("{P:Sergei Shoigu}, {P:Sergey Shoigu}, {P:Sergey Shoygu} and {P:Shoigu}")
    ]
    assert set(keys) == {"person:sergei-shoigu"}
    keys = [name.canonical_id for name in resolve("{O:NATO} and {O:North Atlantic Treaty Organization}")]
    assert keys == ["org:nato", "org:nato"]


def test_mentions_with_one_key_share_the_fullest_form() -> None:
    assert (
        canonical("{O:NATO} and {O:North Atlantic Treaty Organization}") == ["North Atlantic Treaty Organization"] * 2
    )


@pytest.mark.parametrize(
    "text",
    [
        "{N:Russian} {O:Ministry of Defence}",
        "{O:Ministry of Defence} of {G:Russia}",
        "{G:Russia}'s {O:Ministry of Defence}",
        "{O:Russian Defence Ministry}",
    ],
)
def test_a_ministry_has_the_key_of_the_country_beside_it(text: str) -> None:
    assert "org:rus-ministry-of-defence" in [name.canonical_id for name in resolve(text)]


@pytest.mark.parametrize(
    "text", ["{O:Ministry of Defence}", "{P:Shoigu}", "{P:Ann Hill}", "{G:Springfield}", "{N:Korean}", "{O:Army}"]
)
def test_no_match_no_key(text: str) -> None:
    assert [name.canonical_id for name in resolve(text)] == [None]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("{G:Russian Federation}, {N:Russian}", ["iso:RUS", "iso:RUS"]),
        ("{G:U.S.}, {G:UAE}, {G:DPRK}, {G:PRC}, {G:U.K.}", ["iso:USA", "iso:ARE", "iso:PRK", "iso:CHN", "iso:GBR"]),
        ("{G:RUSSIA}", ["iso:RUS"]),
        ("{G:Jordan}", ["iso:JOR"]),
        ("{G:Georgia}", [None]),
        ("{G:Georgia} and {N:Georgian} officers", ["iso:GEO", "iso:GEO"]),
        ("{G:Beijing}", ["geonames:1816670"]),
        ("{G:Washington}", [None]),
    ],
)
def test_keys_of_places(text: str, keys: list[str | None]) -> None:
    assert [name.canonical_id for name in resolve(text)] == keys

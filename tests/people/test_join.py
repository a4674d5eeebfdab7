"""Which people of different documents are one: what joins, what contradicts, what a key looks like."""

from __future__ import annotations

import random

import pytest

from tasks.names import read_name
from tasks.people.join import Profile, join_people
from tasks.people.posts import Post, read_post


def profile(name: str, country: str | None = None, person_id: str | None = None) -> Profile:
    read = read_name(name)
    assert read is not None
    return Profile(read, person_id, f"iso:{country}" if country else None)


def keys(*profiles: Profile | tuple[Profile, int], links=(), apart=(), countries=None) -> list[str]:
    """Keys of profiles, each of one document or of so many, in the given order."""
    counts = dict(p if isinstance(p, tuple) and isinstance(p[1], int) else (p, 1) for p in profiles)
    key = {n: read_name(n).key for pair in (*links, *apart) for n in pair}  # type: ignore[union-attr]
    linked, kept = ([(key[a], key[b]) for a, b in pairs] for pairs in (links, apart))
    found = join_people(counts, linked, kept, lambda person_id: (countries or {}).get(person_id))
    shuffled = list(counts.items())
    random.Random(3).shuffle(shuffled)
    assert join_people(dict(shuffled), linked[::-1], kept[::-1], lambda i: (countries or {}).get(i)) == found
    return [found[p] for p in counts]


@pytest.mark.parametrize(
    "forms",
    [
        ("Wang Yi", "Yi Wang", "WANG YI"),
        ("Inés Peña-Ortiz", "Ines Pena Ortiz"),
        ("Carl R. Voss", "Carl Voss", "Carl R. Voss Jr.", "Carl Voss, Jr."),
        ("Sergei Lindov", "Sergey Lindov"),
        ("Yevgeny Marenko", "Evgeniy Marienko"),
        ("Łukasz Żak", "Lukasz Zak"),
        ("Sean O’Rourke", "Sean O'Rourke", "Sean ORourke"),
        ("Admiral Ann Hill", "Dr. Ann Hill"),
    ],
)
def test_writings_of_one_name_have_one_key(forms: tuple[str, ...]) -> None:
    assert len(set(keys(*map(profile, forms)))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Carl R. Voss", "Carl T. Voss"),
        ("Carl Voss Jr.", "Carl Voss Sr."),
        ("Carl Voss II", "Carl Voss III"),
        ("Carl Voss", "Karl Voss"),
        ("Omar bin Ali", "Ali bin Omar"),
        ("Abdullah II", "Abdullah III"),
        ("Ann Hill", "Ann Hill-Ortiz"),
    ],
)
def test_names_that_differ_have_two(one: str, other: str) -> None:
    assert len(set(keys(profile(one), profile(other)))) == 2


def test_two_countries_are_two_people_and_who_states_none_stays_apart() -> None:
    found = keys(profile("Ann Hill", "GBR"), profile("Ann Hill", "CAN"), profile("Ann Hill"))
    assert found == ["name:ann-hill/GBR", "name:ann-hill/CAN", "name:ann-hill"]


def test_who_states_no_country_goes_where_nearly_all_are() -> None:
    found = keys((profile("Ann Hill", "GBR"), 30), profile("Ann Hill", "CAN"), (profile("Ann Hill"), 9))
    assert found == ["name:ann-hill/GBR", "name:ann-hill/CAN", "name:ann-hill/GBR"]


def test_one_country_and_none_are_one_person() -> None:
    assert keys(profile("Ann Hill", "GBR"), profile("Ann Hill")) == ["name:ann-hill", "name:ann-hill"]


def test_initials_that_differ_leave_the_name_without_them_apart() -> None:
    found = keys(profile("Carl R. Voss"), profile("Carl T. Voss"), profile("Carl Voss"))
    assert found == ["name:carl-voss/r", "name:carl-voss/t", "name:carl-voss"]


def test_an_order_counts_where_one_document_has_both_for_two_people() -> None:
    pair = (profile("Wang Yi"), profile("Yi Wang"))
    assert keys(*pair, apart=[("Wang Yi", "Yi Wang")]) == ["name:wang-yi/wang yi", "name:wang-yi/yi wang"]


def test_an_id_joins_names_and_is_the_key() -> None:
    joe, joseph = (profile(name, None, "person:joseph-marsh") for name in ("Joe Marsh", "Joseph A. Marsh"))
    assert keys(joe, joseph, profile("Joe Marsh", "USA")) == ["person:joseph-marsh"] * 3


def test_an_id_is_not_believed_against_the_stated_country() -> None:
    ids = {"countries": {"person:ann-hill": "iso:GBR"}}
    known, other = profile("Ann Hill", None, "person:ann-hill"), profile("Ann Hill", "CAN", "person:ann-hill")
    assert keys(known, other, **ids) == ["person:ann-hill", "name:ann-hill/CAN"]
    assert keys(known, profile("Ann Hill", "GBR"), **ids) == ["person:ann-hill"] * 2


def test_two_ids_are_two_people() -> None:
    elder, younger = profile("Carl H. Voss", None, "person:elder"), profile("Carl W. Voss", None, "person:younger")
    assert keys(elder, younger, profile("Carl Voss")) == ["person:elder", "person:younger", "name:carl-voss"]


def test_names_that_a_document_links_are_one_person() -> None:
    pair = (profile("Rosa Lind"), profile("Rosa Lind Ortega"))
    assert keys(*pair, links=[("Rosa Lind", "Rosa Lind Ortega")]) == ["name:lind-rosa"] * 2
    assert len(set(keys(*pair))) == 2


def test_a_link_counts_only_if_the_short_name_is_nobody_else_s() -> None:
    three = [profile(name) for name in ("Juan Carlos", "Juan Carlos Vela", "Juan Carlos Ruiz")]
    links = [("Juan Carlos", "Juan Carlos Vela"), ("Juan Carlos", "Juan Carlos Ruiz")]
    assert len(set(keys(*three, links=links))) == 3
    assert len(set(keys(*three, links=links[:1], apart=links[:1]))) == 3
    assert len(set(keys(*three, links=links[:1]))) == 2


def test_a_linked_name_with_another_country_is_another_person() -> None:
    pair = (profile("Rosa Lind", "SWE"), profile("Rosa Lind Ortega", "ESP"))
    assert keys(*pair, links=[("Rosa Lind", "Rosa Lind Ortega")]) == ["name:lind-rosa/SWE", "name:lind-rosa/ESP"]


MINISTER, HEAD = read_post("Minister of Fisheries", None, None), read_post("CEO", None, "Acme")
GENERAL, SCHOLAR = read_post("General", None, None), read_post("Rector", None, None)


def keys_by_post(stated: dict[Profile, list[int]], known: Post | None = None) -> list[str]:
    """Keys of profiles, given the days of their documents."""
    counts = {profile: len(days) for profile, days in stated.items()}
    found = join_people(counts, (), (), lambda _: None, lambda _: known, stated)
    assert join_people(dict(reversed(counts.items())), (), (), lambda _: None, lambda _: known, stated) == found
    return [found[profile] for profile in stated]


def with_post(post: Post | None, person_id: str | None = None) -> Profile:
    return profile("Ann Hill", None, person_id)._replace(posts=(post,) if post else ())


def test_an_office_while_another_goes_on_is_somebody_else_s() -> None:
    stated = {with_post(MINISTER): [*range(100, 120)], with_post(HEAD): [110], with_post(None): [105, 130]}
    assert keys_by_post(stated) == ["name:ann-hill", "name:ann-hill/ceo-acme", "name:ann-hill"]
    assert set(keys_by_post(stated | {with_post(HEAD): [150]})) == {"name:ann-hill"}


def test_who_states_no_office_stays_apart_where_neither_has_nearly_all() -> None:
    stated = {with_post(MINISTER): [100, 120], with_post(HEAD): [110], with_post(None): [105]}
    assert keys_by_post(stated) == [
        "name:ann-hill/minister-of-fisheries", "name:ann-hill/ceo-acme", "name:ann-hill",
    ]  # fmt: skip


def test_an_id_is_theirs_whose_office_the_lexicon_has() -> None:
    stated = {with_post(GENERAL, "person:ann-hill"): [1], with_post(SCHOLAR, "person:ann-hill"): [8000, 8100]}
    general, scholar = ["person:ann-hill", "name:ann-hill/rector"], ["name:ann-hill/general", "person:ann-hill"]
    assert keys_by_post(stated, GENERAL) == general
    assert keys_by_post(stated, SCHOLAR) == scholar
    assert keys_by_post(stated | {with_post(None, "person:ann-hill"): [9]}, GENERAL) == [*general, "name:ann-hill"]
    assert keys_by_post(stated) == ["name:ann-hill/general", "name:ann-hill/rector"]


def test_the_elder_is_not_whom_the_lexicon_knows() -> None:
    known, elder = profile("Ann Hill", None, "person:ann-hill"), profile("Ann Hill Sr.")
    assert keys(known, elder, profile("Ann Hill Jr.", None, "person:ann-hill")) == [
        "person:ann-hill", "name:ann-hill/sr", "person:ann-hill",
    ]  # fmt: skip

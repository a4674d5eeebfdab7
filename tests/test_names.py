"""The text ring for names: what is a part of one, which is the fullest, which acronym it has."""

from __future__ import annotations

import pytest

from tasks.lexicons import read_rows
from tasks.names import abbreviates, fullest_forms, name_forms, name_words, spells, without_suffix


def test_the_lexicon_has_a_form_once() -> None:
    rows = read_rows("names.tsv", 3)
    assert len({row[:2] for row in rows}) == len(rows)


def test_readers_share_a_list_and_need_not_take_all_of_it() -> None:
    everywhere, after_ranks = set(name_forms("suffix", "part")), set(name_forms("suffix", "rank"))
    assert after_ranks < everywhere
    assert "van" in {*name_forms("particle", "rank")} & {*name_forms("particle", "document")}


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("Ann Hill", "Ann Hill"),
        ("Ann Hill Jr.", "Ann Hill"),
        ("Ann Hill, Sr.", "Ann Hill"),
        ("Ann Hill III", "Ann Hill"),
        ("Ann van der Hill", "Ann van der Hill"),
        ("Hill", None),
        ("Ann of Hill", None),
        ("ann Hill", None),
    ],
)
def test_a_full_name_is_told_from_a_part_and_loses_its_suffix(name: str, rest: str | None) -> None:
    assert without_suffix(name) == rest


def test_words_of_a_name_are_folded() -> None:
    assert name_words("ANN B. HILL, Jr.") == name_words("Ann B Hill") == ("ann", "b", "hill")


def test_the_fullest_form_has_the_same_first_and_last_word() -> None:
    forms = fullest_forms(["Ann Hill", "Ann B. Hill", "Olga Hill", "ANN HILL"])
    assert forms["ann", "hill"] == "Ann B. Hill"
    assert forms["olga", "hill"] == "Olga Hill"


def test_a_name_in_capitals_gives_way_to_the_same_in_small_letters() -> None:
    assert fullest_forms(["ANN HILL", "Ann Hill"])["ann", "hill"] == "Ann Hill"


def test_middle_names_that_differ_are_two_people() -> None:
    forms = fullest_forms(["Ann Berta Hill", "Ann Clara Lee Hill"])
    assert forms["ann", "berta", "hill"] == "Ann Berta Hill"


@pytest.mark.parametrize(
    ("acronym", "name", "is_loose", "is_strict"),
    [
        ("DESRON", "Destroyer Squadron", True, False),
        ("STO", "Office of Ship Trials", False, False),
        ("SDF", "Syrian Democratic Forces", True, True),
        ("OST", "Office of Ship Trials", True, True),
    ],
)
def test_what_an_acronym_can_stand_for_and_what_it_is_like(
    acronym: str, name: str, is_loose: bool, is_strict: bool
) -> None:
    assert abbreviates(acronym, name) is is_loose
    assert spells(acronym, name) is is_strict

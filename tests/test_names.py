"""The text ring for names: what is a part of one, which is the fullest, which acronym it has."""

from __future__ import annotations

import pytest

from tasks.lexicons import read_rows
from tasks.names import (
    abbreviates,
    fullest_forms,
    joined_names,
    looks_like_name,
    name_forms,
    name_words,
    read_name,
    spells,
    without_suffix,
)


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


@pytest.mark.parametrize(
    ("written", "words", "initials", "suffix"),
    [
        ("Brig. Gen. Inés A. Peña", ("ines", "pena"), "a", ""),
        ("Lt Col Carl R. T. Voss III", ("carl", "voss"), "rt", "iii"),
        ("Crown Prince Omar bin Ali", ("omar", "bin", "ali"), "", ""),
        ("Elizabeth II", ("elizabeth", "ii"), "", ""),
        ("J. Robert Marsh", ("j", "robert", "marsh"), "", ""),
        ("Voss", ("voss",), "", ""),
        ("Major", ("major",), "", ""),
    ],
)
def test_a_name_is_read_for_comparison(written: str, words: tuple[str, ...], initials: str, suffix: str) -> None:
    read = read_name(written)
    assert read is not None
    assert (read.words, read.initials, read.suffix) == (words, initials, suffix)


@pytest.mark.parametrize("text", ["", "1st Brigade", "--", "…"])
def test_what_is_no_name_is_not_read(text: str) -> None:
    assert read_name(text) is None


@pytest.mark.parametrize(
    ("name", "is_full"),
    [
        ("Ann Hill", True),
        ("Hill", False),
        ("A. Hill", False),
        ("bin Omar", False),
        ("Dr. Hill", False),
        ("Omar VI", True),
    ],
)
def test_a_full_name_has_two_words(name: str, is_full: bool) -> None:
    read = read_name(name)
    assert read is not None
    assert read.is_full is is_full


def test_a_name_written_twice_says_nothing_of_its_order() -> None:
    doubled, plain = read_name("Voss Voss Carl"), read_name("Carl Voss")
    assert doubled is not None and plain is not None
    assert (doubled.is_doubled, plain.is_doubled, doubled.key) == (True, False, plain.key)


def test_joined_names_and_what_looks_like_one() -> None:
    assert joined_names("Ann Hill & Bo Lind") == ("Ann Hill", "Bo Lind")
    assert [looks_like_name(text) for text in ("Ann van der Hill", "al-Hadid Omar", "The Ministers", "two leaders", "Hill")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_reading_a_hostile_name_takes_no_time() -> None:
    import time

    start = time.process_time()
    read = read_name("General " * 2_000 + "Ann " * 2_000 + "Hill")
    assert read is not None
    assert read.key == ("ann", "hill")
    assert time.process_time() - start < 1

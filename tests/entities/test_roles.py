"""Roles: who holds which office, as the text states it, and nothing that it does not state."""

from __future__ import annotations

import time

import pytest

from tasks.entities.lexicon import Mention
from tasks.entities.roles import find_roles

Stated = tuple[str, str, str | None, str | None, str | None]
LABELS = {"P": "PERSON", "T": "TITLE", "O": "ORG", "U": "UNIT", "G": "GPE", "N": "NORP", "E": "EQUIPMENT", "D": "DATE"}


def read(marked: str) -> tuple[str, list[Mention]]:
    """Take the marks out of "{N:Norwegian} {P:Ann Hill}"."""
    text, mentions = "", []
    for i, part in enumerate(marked.replace("{", "}").split("}")):
        if i % 2:
            label, value = part.split(":", 1)
            mentions.append(Mention(len(text), len(text) + len(value), LABELS[label], "model"))
            text += value
        else:
            text += part
    return text, mentions


def roles(marked: str) -> list[Stated]:
    """Return (person, title, qualifier, organisation, country) of each role."""
    text, mentions = read(marked)
    return [
        tuple(text[slice(*span)] if span else None for span in role.stated().values())
        for role in find_roles(text, mentions)
    ]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a call to {N:Norwegian} {T:Defence Minister} {P:Olga Lind}.",
            [("Olga Lind", "Defence Minister", None, None, "Norwegian")],
        ),
        ("the {G:U.S.} {T:Secretary of State} {P:Ann Hill} left", [("Ann Hill", "Secretary of State", None, None, "U.S.")]),
        (
            "{O:Health and Social Protection} {T:Minister} {P:Olga Lind} reported",
            [("Olga Lind", "Health and Social Protection Minister", None, None, None)],
        ),
        (
            "{O:Social Protection Fund} {T:Secretary} {P:Olga Lind} reported",
            [("Olga Lind", "Secretary", None, "Social Protection Fund", None)],
        ),
        (
            "with {T:President} of {G:Peru} {P:Juan Soto}",
            [("Juan Soto", "President", None, None, "Peru")],
        ),
        (
            "{T:Gen.} {P:Ann Hill}, {T:commander} of {U:Task Force 9}, spoke",
            [("Ann Hill", "Gen.", None, None, None), ("Ann Hill", "commander", None, "Task Force 9", None)],
        ),
        ("{P:Wei Lan}, {G:China}'s defense minister, said", [("Wei Lan", "defense minister", None, None, "China")]),
        (
            "{T:Senior Colonel} {P:Wei Lan}, a {T:spokesman} for the {O:Ministry of National Defense}, said",
            [
                ("Wei Lan", "Senior Colonel", None, None, None),
                ("Wei Lan", "spokesman", None, "Ministry of National Defense", None),
            ],
        ),
        (
            "the visit of {T:State Councilor} and {T:Defense Minister} {P:Wei Lan}",
            [("Wei Lan", "State Councilor", None, None, None), ("Wei Lan", "Defense Minister", None, None, None)],
        ),
        ("{T:Rear Adm.} {P:Ann Hill}, {T:commander}, {U:Task Force 9}.", [
            ("Ann Hill", "Rear Adm.", None, None, None), ("Ann Hill", "commander", None, "Task Force 9", None)]),
        ("{P:Ann Hill}, {T:commanding officer}, {E:USS Example}.", [("Ann Hill", "commanding officer", None, "USS Example", None)]),
        ("{N:British} {O:Army} {T:Col.} {P:Ann Hill}", [("Ann Hill", "Col.", None, "Army", "British")]),
        ("the {T:Secretary} of the {O:Security Council} of {G:Peru}, {P:Juan Soto}, left", [
            ("Juan Soto", "Secretary", None, "Security Council", "Peru")]),
        ("{T:Chairman} of {G:Lima Region}'s {O:Assembly} {P:Juan Soto}", [("Juan Soto", "Chairman", None, "Assembly", None)]),
        ("all of Europe, President {P:Juan Soto} said", [("Juan Soto", "President", None, None, None)]),
        ("Land, Water and Youth Minister {P:Juan Soto}", [("Juan Soto", "Land, Water and Youth Minister", None, None, None)]),
        ("{T:President} {P:Juan Soto} {D:Thursday}", [("Juan Soto", "President", None, None, None)]),
        ("{T:Governor} of {G:Lima Region} {P:Juan Soto}", [("Juan Soto", "Governor", None, "Lima Region", None)]),
        ("{G:U.S.} {T:Ambassador} to {G:Peru} {P:Ann Hill}", [("Ann Hill", "Ambassador to Peru", None, None, "U.S.")]),
        ("{T:PRESIDENT} of {G:PERU} {P:JUAN SOTO}: Good day.", [("JUAN SOTO", "PRESIDENT", None, None, "PERU")]),
    ],
)  # fmt: skip
def test_stated_roles(text: str, expected: list[Stated]) -> None:
    assert roles(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "former {N:Norwegian} {T:Defence Minister} {P:Olga Lind}",
        "{N:Norwegian} {T:former Defence Minister} {P:Olga Lind}",
    ],
)
def test_an_office_no_longer_held_says_so_outside_the_title(text: str) -> None:
    assert roles(text) == [("Olga Lind", "Defence Minister", "former", None, "Norwegian")]


def test_offices_that_the_model_missed_are_found_by_the_lexicon() -> None:
    assert roles("Foreign Minister {P:Olga Lind} and Deputy Minister of Foreign Affairs and Trade {P:Juan Soto}") == [
        ("Olga Lind", "Foreign Minister", None, None, None),
        ("Juan Soto", "Deputy Minister of Foreign Affairs and Trade", None, None, None),
    ]


def test_a_country_in_the_models_title_is_taken_out() -> None:
    assert roles("{T:President of Norway} {P:Olga Lind}") == [("Olga Lind", "President", None, None, "Norway")]


@pytest.mark.parametrize(
    "text",
    [
        "{T:Presidents} {P:Olga Lind} and {P:Juan Soto} met",  # plural
        "{P:Olga Lind}, {T:Foreign Minister} {P:Juan Soto} and others",  # the other's office
        "met {P:Olga Lind}, {T:Secretary} of the {O:Fund}, Mr {P:Juan Soto} and others",  # nobody can say
        "{P:Olga Lind}, the {T:President} and others",  # a list
        "{P:Olga Lind} said that the {T:President} would come",
        "In {G:Peru}\n{T:Minister}\n{P:Olga Lind} spoke",  # other lines
        "{T:Horse Rider} {P:Olga Lind}",  # no office
        "{T:President} {P:Juan} Soto Diaz said",  # a cut name
        "{T:Lieutenant} {P:Governors} met",  # no name
        "{T:President} {P:Juan} {O:Soto Diaz} said",  # a cut name
        "{P:Juan Soto}, {T:head} of the {O:Sports Committee Olga Lind}, said",  # the other's office
        "{T:President} {P:Juan Soto of Peru} met",
    ],
)
def test_what_is_not_stated_is_not_found(text: str) -> None:
    assert [role for role in roles(text) if role[:2] != ("Juan Soto", "Foreign Minister")] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{N:Norwegian} {T:Deputy Prime Minister and Finance Minister} {P:Olga Lind}",
            [
                ("Olga Lind", "Deputy Prime Minister", None, None, "Norwegian"),
                ("Olga Lind", "Finance Minister", None, None, "Norwegian"),
            ],
        ),
        ("{T:CSTO Secretary General} {P:Olga Lind}", [("Olga Lind", "Secretary General", None, "CSTO", None)]),
        (
            "{T:Director of the Federal Fishing Service} {P:Olga Lind}",
            [("Olga Lind", "Director", None, "Federal Fishing Service", None)],
        ),
        (
            "{N:Spanish} {T:Prime Minister} and {T:head} of the {O:Trade Council} {P:Olga Lind}",
            [
                ("Olga Lind", "Prime Minister", None, None, "Spanish"),
                ("Olga Lind", "head", None, "Trade Council", None),
            ],
        ),
        (
            "{T:Minister of Industry and Trade} {P:Olga Lind}",
            [("Olga Lind", "Minister of Industry and Trade", None, None, None)],
        ),
    ],
)
def test_titles_are_parted_where_the_model_took_too_much(text: str, expected: list[Stated]) -> None:
    assert roles(text) == expected


def test_two_offices_before_one_name_may_be_two_people() -> None:
    assert roles("the {T:President} and {T:Prime Minister} {P:Olga Lind}") == [
        ("Olga Lind", "Prime Minister", None, None, None)
    ]
    assert roles("{T:President} of {G:Peru} and {T:President} of {G:Chile} {P:Olga Lind}") == [
        ("Olga Lind", "President", None, None, "Chile")
    ]


def test_a_place_named_before_an_office_does_not_own_it() -> None:
    assert roles("In {G:Turkey} {T:Minister} {P:Olga Lind} spoke") == [("Olga Lind", "Minister", None, None, None)]


def test_the_phrase_runs_from_its_first_to_its_last_word() -> None:
    text, mentions = read("Today, {P:Wei Lan}, a {T:spokesman} for the {O:Ministry of Trade}, said")
    [role] = find_roles(text, mentions)
    assert text[role.start : role.end] == "Wei Lan, a spokesman for the Ministry of Trade"


def test_the_phrase_of_the_last_of_two_people_starts_at_its_office() -> None:
    text, mentions = read("the {T:President} and {T:Prime Minister} {P:Olga Lind}")
    [role] = find_roles(text, mentions)
    assert text[role.start : role.end] == "Prime Minister Olga Lind"


def test_time_grows_with_the_text_and_not_with_its_square() -> None:
    def measure(n: int) -> float:
        text, mentions = read("{N:Norwegian} {T:Defence Minister} {P:Olga Lind} of the {O:Ministry of Trade} and " * n)
        began = time.process_time()
        assert len(find_roles(text, mentions)) == n
        return time.process_time() - began

    measure(100)
    assert measure(4000) < 8 * measure(1000) + 0.5


def test_many_words_of_offices_beside_one_name_cost_nothing() -> None:
    began = time.process_time()
    for words in ("Deputy ", "Minister of ", "President and ", "Foreign Affairs and "):
        text = words * 20000 + "Olga Lind"
        find_roles(text, [Mention(len(text) - 9, len(text), "PERSON", "model")])
    assert time.process_time() - began < 2

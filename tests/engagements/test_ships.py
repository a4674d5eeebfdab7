"""The warships of a document, and the ports that they call at."""

import pytest

from tasks.engagements.actors import read_cast
from tasks.engagements.ships import Fleet, flag_of
from tests.engagements.builders import release, tell

NAVY = "[ORG Chilean Navy|org:chl-navy]"


def ships(marked: str, **more: object) -> list[tuple[str, str | None]]:
    own = release(marked, **more)  # type: ignore[arg-type]
    return [(own.text[a.start : a.end], a.country) for a in Fleet(read_cast(own)).ships]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[EQUIPMENT KRI Sirip] sailed.", [("KRI Sirip", "iso:IDN")]),
        ("The [NORP Chilean|iso:CHL] patrol vessel Lind sailed. Lind is new.", [("Chilean patrol vessel Lind", "iso:CHL"), ("Lind", "iso:CHL")]),
        ("The frigate Lind of the [NORP Tongan] Navy sailed.", [("frigate Lind of the Tongan", "iso:TON")]),
        ("The frigate Lind sailed.", [("frigate Lind", "iso:RUS")]),
        ("The merchant ship Lind sailed, its captain said.", []),
        ("Relationships of [GPE Chile] and leadership.", []),
    ],
)  # fmt: skip
def test_whose_a_ship_is(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert ships(text) == expected


def test_without_a_source_nobody_says_whose_a_bare_ship_is() -> None:
    assert ships("The frigate Lind sailed.", country=None) == [("frigate Lind", None)]


def test_a_flag_is_a_word_of_its_own() -> None:
    assert (flag_of("HMCS Lind"), flag_of("HMCSLind")) == ("iso:CAN", None)


@pytest.mark.parametrize(
    ("text", "sides", "status"),
    [
        ("[EQUIPMENT KRI Sirip] concluded its goodwill visit to [GPE Nuku’alofa|geonames:4032402] today.", ["IDN", "TON"], "held"),
        ("[EQUIPMENT KRI Sirip] left [GPE Suva|iso:FJI] after a port visit.", ["FJI", "IDN"], "held"),
        ("[EQUIPMENT KRI Sirip] is to call at [GPE Suva|iso:FJI] on [DATE Friday|2024-05-17].", ["FJI", "IDN"], "planned"),
        ("The navy welcomed the [NORP Tongan] frigate Lind at [GPE Tomsk|iso:RUS].", ["RUS", "TON"], "held"),
        ("[EQUIPMENT KRI Sirip] sailed. She was in [GPE Tomsk|iso:RUS]. The ship put into Walvis Bay today.", ["IDN", "NAM"], "held"),
        ("[EQUIPMENT KRI Sirip] has made a business call at the [NORP Tongan] port of [LOC Lomba].", ["IDN", "TON"], "held"),
    ],
)  # fmt: skip
def test_ways_to_call_at_a_port(text: str, sides: list[str], status: str) -> None:
    assert [row[:3] for row in tell(text, country=None)] == [("port_call", status, sides)]


@pytest.mark.parametrize(
    "text",
    [
        "[EQUIPMENT KRI Sirip] returned to its home port, [GPE Suva|iso:FJI].",
        "The crew of [EQUIPMENT KRI Sirip] visited [GPE Suva|iso:FJI].",
        "[EQUIPMENT KRI Sirip], stationed in [GPE Suva|iso:FJI], arriving in autumn, is new.",
        "[EQUIPMENT KRI Sirip] sailed past [GPE Suva|iso:FJI] without a stop.",
    ],
)
def test_what_is_no_port_call(text: str) -> None:
    assert [row for row in tell(text, country=None) if row[0] == "port_call"] == []


def test_whose_a_guest_is_may_be_unknown() -> None:
    told = tell("The frigate Lind paid a goodwill visit to [GPE Suva|iso:FJI].", country=None)
    assert [row[:3] for row in told] == [("port_call", "held", ["FJI"])]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("[EQUIPMENT KRI Sirip] sailed. The ship carried out an exercise with the [NORP Tongan] navy.", ["IDN", "TON"]),
        (
            "The exercise, to be held in [DATE June|2024-06] with the participation of [GPE Fiji] and [GPE Chile], has been cancelled.",
            ["CHL", "FJI"],
        ),
        (
            "The [NORP Tongan] and [NORP Turkish] armies held a joint exercise at Lomba. It also includes contingents of "
            "[GPE Fiji] and [GPE Chile].",
            ["CHL", "FJI", "TON", "TUR"],
        ),
        ("Soldiers of the brigade leave for the multinational exercise [EVENT Calm Strait 2024] in [GPE Fiji].", ["FJI", "RUS"]),
    ],
)  # fmt: skip
def test_who_else_practises(text: str, sides: list[str]) -> None:
    assert [row[2] for row in tell(text) if row[0] == "exercise"] == [sides]


def test_an_exercise_of_the_two_of_whom_was_told() -> None:
    told = tell(
        "[TITLE Defence Minister] [PERSON Ivan Orlov] met with [TITLE President] of [GPE Turkey] [PERSON Kemal Aydin]. The two "
        "discussed the joint exercise [EVENT Calm Strait] between the two navies, which will be held at Lomba."
    )
    assert ("exercise", "planned", ["RUS", "TUR"]) in [row[:3] for row in told]


@pytest.mark.parametrize(
    "text",
    [
        "The armies train. There is potential for joint exercises of [GPE Fiji] and [GPE Chile].",
        "The exercise was attended by observers from [GPE Fiji] and [GPE Chile].",
        "[GPE Fiji] and [GPE Chile] value joint exercises like [EVENT Calm Strait].",
    ],
)
def test_what_is_no_exercise(text: str) -> None:
    assert tell(text) == []

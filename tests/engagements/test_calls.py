"""Port calls: which ships call, at which ports, and what is none."""

import re

import pytest

from tasks.engagements.calls import may_call
from tasks.engagements.lexicon import triggers
from tests.engagements.builders import release, tell


def calls(text: str, **more: object) -> list[tuple[str, list[str]]]:
    """Return status and sides of the port calls that a document tells."""
    more.setdefault("country", None)
    text = text.replace("KRI Sirip", "[EQUIPMENT KRI Sirip]").replace("Friday", "[DATE Friday|2024-05-17]")
    return [(row[1], row[2]) for row in tell(text, **more) if row[0] == "port_call"]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        # hull numbers and names in quotes
        ("The [NORP Tongan] patrol vessel OPV-7 “Sea Lind” berthed at [GPE Suva|iso:FJI].", ["FJI", "TON"]),
        ("The [ORG Chilean Navy|org:chl-navy]’s “Cabo Lind” anchored off [GPE Suva|iso:FJI]. The ship is new.", ["CHL", "FJI"]),
        ("The frigate Lind (Hull 583) of the [NORP Tongan] Navy tied up at [GPE Suva|iso:FJI].", ["FJI", "TON"]),
        ("The frigate ARM “Lind” docked at [GPE Suva|iso:FJI].", ["FJI", "MEX"]),
        # ships of several states
        (
            "The frigate “Lind” ([GPE Chile]), the [NORP Tongan] corvette Moe and KRI Sirip arrived at [GPE Suva|iso:FJI].",
            ["CHL", "FJI", "IDN", "TON"],
        ),
        ("KRI Sirip entered the port of [GPE Suva|iso:FJI], followed by the [NORP Tongan] tanker Moe.", ["FJI", "IDN", "TON"]),
        ("The ships of [GPE Chile] and [GPE Tonga] will touch port in [GPE Suva|iso:FJI].", ["CHL", "FJI", "TON"]),
        # of those beside the hosts' own, only the guests
        ("KRI Sirip and the [NORP Tongan] cutter Moe docked at [GPE Nuku’alofa|iso:TON].", ["IDN", "TON"]),
    ],
)  # fmt: skip
def test_which_ships_call(text: str, sides: list[str]) -> None:
    assert [found for _, found in calls(text)] == [sides]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("KRI Sirip held drills with RFNS Lind. The ship then called at Walvis Bay.", ["IDN", "NAM"]),
        (
            "KRI Sirip sailed in May.\nThe [NORP Tongan] cutter Moe joined. The cutter called at Walvis Bay.",
            ["NAM", "TON"],
        ),
        ("KRI Sirip sailed in May. On the way she made a brief stop in Walvis Bay.", ["IDN", "NAM"]),
        ("KRI Sirip sailed in May. Her first call will be at Walvis Bay.", ["IDN", "NAM"]),
        ("KRI Sirip is at sea. A previously announced call at Walvis Bay is due in June.", ["IDN", "NAM"]),
    ],
)
def test_which_ship_is_meant(text: str, sides: list[str]) -> None:
    assert [found for _, found in calls(text)] == [sides]


@pytest.mark.parametrize(
    ("text", "status", "sides"),
    [
        ("KRI Sirip is in Walvis Bay for repairs.", "ongoing", ["IDN", "NAM"]),
        ("KRI Sirip will stay in Walvis Bay until Friday.", "planned", ["IDN", "NAM"]),
        ("KRI Sirip is next due in Walvis Bay.", "planned", ["IDN", "NAM"]),
        ("KRI Sirip sailed from Walvis Bay after a stay of four days.", "held", ["IDN", "NAM"]),
        ("KRI Sirip will leave Dakar for Walvis Bay on Friday.", "planned", ["IDN", "NAM"]),
        ("KRI Sirip sails on to Walvis Bay, [GPE Namibia|iso:NAM].", "planned", ["IDN", "NAM"]),
        ("The arrival at Walvis Bay of KRI Sirip was greeted with a salute.", "held", ["IDN", "NAM"]),
        ("The port visit of KRI Sirip to Walvis Bay has been cancelled.", "cancelled", ["IDN", "NAM"]),
        ("The Navy welcomed at Walvis Bay the frigate Lind of the [NORP Tongan] Navy.", "held", ["NAM", "TON"]),
        ("In Walvis Bay, KRI Sirip and her tender moored.", "held", ["IDN", "NAM"]),
        ("KRI Sirip had come from Walvis Bay, where she moored in May.", "held", ["IDN", "NAM"]),
    ],
)
def test_stays_departures_and_plans(text: str, status: str, sides: list[str]) -> None:
    assert calls(text) == [(status, sides)]


def test_ports_of_a_voyage_are_a_row_each() -> None:
    text = "KRI Sirip will visit [GPE Suva|iso:FJI] on [DATE 3 June|2024-06-03], Walvis Bay in [DATE July|2024-07], and Dakar."
    assert [sides for _, sides in calls(text)] == [["FJI", "IDN"], ["IDN", "NAM"], ["IDN", "SEN"]]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("[GPE SUVA|iso:FJI], [DATE 5 May|2024-05-05] – KRI Sirip berthed at [FAC Long Wharf].", ["FJI", "IDN"]),
        ("[FAC Lomba Base], [GPE Suva|iso:FJI] – KRI Sirip arrived at the same wharf.", ["FJI", "IDN"]),
        ("KRI Sirip berthed at Old Pier, in [GPE Lomba], [GPE Fiji].", ["FJI", "IDN"]),
        ("KRI Sirip berthed in [GPE Papeete|iso:PYF].", ["FRA", "IDN"]),
    ],
)
def test_whose_port_it_is(text: str, sides: list[str]) -> None:
    assert [found for _, found in calls(text)] == [sides]


@pytest.mark.parametrize(
    "text",
    [
        "KRI Sirip stopped off Walvis Bay and did not enter the harbour.",
        "The states plan to increase port visits of KRI Sirip to Walvis Bay.",
        "KRI Sirip left Walvis Bay this morning.",
        "KRI Sirip left for Walvis Bay this morning.",
        "KRI Sirip is in the Gulf of Guinea.",
        "The cadets saw KRI Sirip. The crew is glad that she comes to [GPE Fiji].",
        "The Coast Guard has officers who commanded KRI Sirip to arrive in Walvis Bay.",
        "The cruise ship Lind docked at Walvis Bay. The motor vessel Moe called at Walvis Bay.",
        "The Commander of KRI Sirip visited Walvis Bay.",
        "KRI Sirip sailed. Two aircraft of the Air Force arrived in Walvis Bay.",
        "KRI Sirip sailed. [TITLE Minister] [PERSON Ana Ruiz] spoke. She visited Walvis Bay.",
        "KRI Sirip, which is based in Walvis Bay, took part.",
        "KRI Sirip exercised with the [NORP Tongan] cutter Moe in Walvis Bay.",
        "The arrival of the tourists at Walvis Bay pleased the crew of KRI Sirip.",
        "The frigate Lind berthed at [GPE Tomsk|iso:RUS].",
    ],
)
def test_what_else_is_no_port_call(text: str) -> None:
    assert calls(text) == []


def test_a_ship_of_nobody_calls_abroad_where_the_text_says_so() -> None:
    assert calls("The frigate Lind berthed at Walvis Bay, [GPE Namibia|iso:NAM].") == [("held", ["NAM"])]
    assert calls("The frigate Lind berthed at Walvis Bay [DATE today].", country="RUS") == [("held", ["NAM", "RUS"])]


@pytest.mark.parametrize(
    ("named", "sides"),
    [("[NORP Swedish|iso:SWE]", ["NAM", "SWE"]), ("[NORP British|iso:GBR]", ["GBR", "NAM"])],
)
def test_names_that_start_alike_are_told_apart_by_the_text(named: str, sides: list[str]) -> None:
    assert [found for _, found in calls(f"HMS Lind called at Walvis Bay. The {named} crew went ashore.")] == [sides]


@pytest.mark.parametrize(
    "noun", ["call", "arrival", "stop", "stopover", "stay", "entry", "berthing", "visit", "visits", "port stops"]
)
def test_a_sentence_with_a_noun_for_calls_is_read(noun: str) -> None:
    nouns = [
        re.compile(own.pattern)
        for own in triggers()
        if own.type == "port_call" and own.frame in ("call_at", "visit_of")
    ]
    assert any(own.search(f"{noun} in Suva") or own.search(f"a short {noun} by") for own in nouns)
    own = release(f"A {noun} in Suva was made by Lind.")
    assert may_call(own, own.sentences[0])


@pytest.mark.parametrize(
    "who", ["She", "It", "They", "Her crew", "A frigate", "The Navy", "KRI Sirip", "[EQUIPMENT Lind]", "[UNIT Lind]"]
)
def test_a_sentence_with_a_ship_or_what_stands_for_it_is_read(who: str) -> None:
    own = release(f"{who} arrived in Suva.")
    assert may_call(own, own.sentences[0])
    own = release("The minister arrived in Suva.")
    assert not may_call(own, own.sentences[0])

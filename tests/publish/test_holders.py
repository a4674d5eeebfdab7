"""Who is said to hold the office of a label outside of the turns."""

from __future__ import annotations

import re

import pytest

from tasks.names import long_titles
from tasks.publish.holders import Holders
from tasks.publish.mentions import Mention

ANA, WU, IVO = "Ana Ruiz", "Wu Lei", "Ivo Hale"


def _holder(
    around: str, label: str, *others: str, said: str = "It sails today.", is_office: bool = False
) -> str | None:
    """Return who holds the office of a label by the text around a transcript."""
    at, turns, text = len(around) + 1, [], around + "\n"
    for own in (label, *others):
        start = at + len(own) + 2
        turns.append((own, at, start, start + len(said)))
        text += f"{own}: {said}\n"
        at = len(text)
    mentions = [
        Mention(row, "PERSON", m[0], m.start(), m.end(), m.start(), m.end(), None)
        for row, m in enumerate(re.finditer(f"{ANA}|{WU}|{IVO}", text))
    ]
    return Holders(mentions, [(0, around)], turns).holder(label, is_office=is_office)


@pytest.mark.parametrize(
    ("label", "around"),
    [
        (
            "BRIGADE COMMANDER",
            f"With Colonel {ANA}, Commander of the brigade, and Rear Admiral {WU}, Chief of Defence.",
        ),
        (
            "COMMANDER, HHC",
            f"Briefers: General {ANA}, Commander, Harbour Home Command (HHC); {WU}, Commander, Port Command.",
        ),
        ("CHAIR", f"Present: Minister {WU}; in the chair, {ANA}, a member for the coast."),
        ("CHAIRMAN", f"The Chairman was General {ANA}, Minister of Ports of Fiji."),
        ("Q1 The Chair", f"Members present: {ANA} (Chair), {WU}"),
        ("SPOKESMAN", f"Press conference of the Official Spokesman of the Harbour Coalition, Colonel {ANA}"),
        ("MINISTER", f"Minister {ANA}; Deputy Minister {WU}."),
        (
            "CHIEF OF DEFENCE STAFF",
            f"Lord {ANA}, Brigadier General and Chief of Defence Staff, gave medals to the crew.",
        ),
        ("HEAD OF THE FIJIAN DELEGATION", f"The Fijian team is led by Captain {ANA}, the Tongan one by Captain {WU}."),
        ("HEAD OF THE FIJIAN DELEGATION", f"The Tongan team is led by Captain {WU}, the Fijian one by Captain {ANA}."),
        (
            "MINISTER OF PORTS OF FIJI",
            f"The Fijian Minister, {ANA}, and his Tongan colleague, Admiral {WU}, signed it.",
        ),
        (
            "MINISTER OF PORTS OF FIJI",
            f"The Tongan Minister, {WU}, and his Fijian colleague, Admiral {ANA}, signed it.",
        ),
        ("COMMANDER", f"Captain {ANA}, 41, commands the 2nd Harbour Squadron."),
        ("Moderator", f"Moderator: {ANA}. Answers: {WU}."),
    ],
)
def test_what_stands_beside_a_name_says_whose_a_label_is(label: str, around: str) -> None:
    assert _holder(around, label) == ANA


@pytest.mark.parametrize(
    ("label", "around"),
    [
        ("MINISTER", f"Minister of Ports {ANA} met Minister of Trade {WU}."),
        ("MINISTER", f"Deputy Minister {ANA} was there."),
        ("MINISTER", f"Prime Minister {ANA} was there."),
        ("PRESIDENT", f"The call was held by Press Secretary to the President {ANA}."),
        ("MINISTER", f"The Minister's adviser {ANA} was there."),
        ("MINISTER OF PORTS", f"{ANA}, spokesperson for the Minister of Ports, was there."),
        ("AMBASSADOR", f"Air Marshal {ANA} led the guests to the Ambassador."),
        ("FORCE COMMANDER", f"Colonel {ANA} said the force commander had left."),
        ("CHIEF OF STAFF", f"Colonel {ANA} inspected the crew with the Chief of Staff."),
        ("SECRETARY", f"{ANA}, Secretary General of the Union."),
        ("Harbour News", f"{ANA}, Harbour News, asked about it."),
    ],
)
def test_an_office_of_another_is_nobodys_here(label: str, around: str) -> None:
    assert _holder(around, label) is None


def test_a_label_with_a_name_says_itself_whose_it_is() -> None:
    around = f"Prime Minister {ANA} and Prime Minister {WU} of Fiji spoke."
    assert _holder(around, "PRIME MINISTER OF FIJI") == WU
    assert _holder(around, "PRIME MINISTER OF FIJI", f"{ANA}, PRIME MINISTER OF FIJI") is None
    assert _holder(around.replace("Fiji", "Fiji and of Tonga"), "PRIME MINISTER OF TONGA") is None
    assert _holder(f"Port CEO {ANA} was there.", f"Port Corporation CEO {ANA}") is None


def test_nobody_names_himself() -> None:
    around = f"Minister {ANA} was there."
    assert _holder(around, "MINISTER", said="It sails.") == ANA
    assert _holder(around, "MINISTER", said=f"I thank {ANA}.") is None


def test_letters_that_are_no_title_are_an_office_if_that_is_known() -> None:
    around = f"Admiral {WU}, HOC-in-C, and the HOC of the port, Captain {ANA}, came."
    assert _holder(around, "HOC", is_office=True) == ANA
    assert _holder(around, "HOC") is None


def test_who_is_left_of_a_list_has_the_office_that_is_left() -> None:
    podium = f"On the podium: Prime Minister {WU}, General {ANA}."
    assert _holder(podium, "SUPREME COMMANDER", "PRIME MINISTER") == ANA
    assert _holder(podium, "SUPREME COMMANDER", "PRIME MINISTER", "MINISTER OF PORTS") is None
    busy = f"On the podium: Prime Minister {WU}, {ANA}, Minister of Trade."
    assert _holder(busy, "SUPREME COMMANDER", "PRIME MINISTER") is None
    prose = f"Prime Minister {WU} met General {ANA}."
    assert _holder(prose, "SUPREME COMMANDER", "PRIME MINISTER") is None


def test_ranks_joined_or_in_other_languages_are_the_same_office() -> None:
    assert long_titles(["rear-admiral"]) == long_titles(["contraalmirante"]) == ("rear", "admiral")
    assert _holder(f"Contraalmirante {ANA} and Coronel {WU} spoke.", "REAR ADMIRAL") == ANA
    assert _holder(f"Contraalmirante {ANA} and Contre-amiral {WU} spoke.", "REAR ADMIRAL") is None


def test_who_is_left_of_a_list_has_no_label_with_the_name_of_another() -> None:
    around = f"Present: {WU} (Chair); Captain {ANA}; Admiral Ivo Hale."
    assert _holder(around, "Admiral Hale", "Chair") != ANA

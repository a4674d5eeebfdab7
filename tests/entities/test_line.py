"""Names of a line as the rules alone find them: units of many nations, events by their year, offices and their bodies."""

import pytest

from tasks.entities.lexicon import Mention
from tasks.entities.line import find_in_line


@pytest.mark.parametrize(
    ("text", "label", "name"),
    [
        ("the 2nd Battalion, 69th Armor Regiment, fired", "UNIT", "2nd Battalion, 69th Armor Regiment"),
        ("1st Battalion The Royal Anglian Regiment left", "UNIT", "1st Battalion The Royal Anglian Regiment"),
        ("the 2nd/14th Light Horse Regiment left", "UNIT", "2nd/14th Light Horse Regiment"),
        ("No. 3 (Fighter) Squadron flew", "UNIT", "No. 3 (Fighter) Squadron"),
        ("men of 2 SCOTS left", "UNIT", "2 SCOTS"),
        ("89 AK-47 rifles", "EQUIPMENT", "AK-47"),
        ("INDBATT-1 left", "UNIT", "INDBATT-1"),
        ("the 99th Brigade “Otters” left", "UNIT", "99th Brigade “Otters”"),
        ("NATO Multinational Battlegroup Latvia fired", "UNIT", "NATO Multinational Battlegroup Latvia"),
        ("They opened Otter Dawn 2025 in rain", "EVENT", "Otter Dawn 2025"),
        ("They joined Otter Dawn 24 in rain", "EVENT", "Otter Dawn 24"),
        ("a call with the Foreign Minister of Japan", "GPE", "Japan"),
        ("Brig. Gen. TNI Adi Lind spoke", "PERSON", "Adi Lind"),
        ("Brigadier General Sunday Orr spoke", "PERSON", "Sunday Orr"),
        ("Orr Ships and Lind Aerospace signed", "ORG", "Lind Aerospace"),
        ("the founder of Norlink and Tidemark", "ORG", "Tidemark"),
        ("under the Otter Act, 1950 of Fiji", "AGREEMENT", "Otter Act, 1950"),
        ("the Otter Convention and the Mole Treaty form part of it", "AGREEMENT", "Otter Convention"),
        ("the Otter Convention and the Mole Treaty form part of it", "AGREEMENT", "Mole Treaty"),
        ("Work on the Otter Air Programme goes on", "AGREEMENT", "Otter Air Programme"),
        ("the Convention on the Otter Trade Agreement", "AGREEMENT", "Convention on the Otter Trade Agreement"),
    ],
)
def test_rules_find(text: str, label: str, name: str) -> None:
    assert (label, name) in [(m.label, text[m.start : m.end]) for m in find_in_line(text, [])]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("EDA Chief Executive", [("ORG", "EDA"), ("TITLE", "Chief Executive")]),
        ("Chair of the Ports Committee", [("TITLE", "Chair"), ("ORG", "Ports Committee")]),
        ("Chief of the Ports Directorate", [("TITLE", "Chief"), ("ORG", "Ports Directorate")]),
        ("Chief of the Defence Staff", [("TITLE", "Chief of the Defence Staff")]),
    ],
)
def test_offices_end_before_the_body(text: str, parts: list[tuple[str, str]]) -> None:
    found = find_in_line(text, [Mention(0, len(text), "TITLE", "model")])
    assert [(m.label, text[m.start : m.end]) for m in found] == parts


@pytest.mark.parametrize(
    ("text", "model", "parts"),
    [
        ("General Oduya left.", ("ORG", "General Oduya"), [("TITLE", "General"), ("PERSON", "Oduya")]),
        ("General Dynamics won.", ("ORG", "General Dynamics"), [("ORG", "General Dynamics")]),
        ("Marshal Ouarga Base shut.", ("ORG", "Marshal Ouarga"), [("ORG", "Marshal Ouarga")]),
        ("Then Acko Lufumbe Simwanza left.", ("PERSON", "Acko Lufumbe"), [("PERSON", "Acko Lufumbe Simwanza")]),
        (
            "Then Acko Lufumbe Monday left.",
            ("PERSON", "Acko Lufumbe"),
            [("PERSON", "Acko Lufumbe"), ("DATE", "Monday")],
        ),
        ('201 Squadron "Otters" flew.', ("UNIT", '201 Squadron "Otters'), [("UNIT", '201 Squadron "Otters"')]),
        (
            "Ouyang Lei (Ouyang), a pilot (Lind), left.",
            ("PERSON", "Ouyang Lei"),
            [("PERSON", "Ouyang Lei"), ("PERSON", "Ouyang")],
        ),
        ("An Dong-uk left.", ("PERSON", "An Dong-uk"), [("PERSON", "An Dong-uk")]),
        ("In Donna, Texas, it rained.", ("PERSON", "Donna"), [("GPE", "Donna"), ("GPE", "Texas")]),
        ("Orr is the owner of Novalink.", ("PERSON", "Novalink"), [("ORG", "Novalink")]),
        ("With Donna, Texas sent men.", ("PERSON", "Donna"), [("PERSON", "Donna"), ("GPE", "Texas")]),
        ("the Code for Ships at Sea", ("LOC", "Code for Ships at Sea"), [("AGREEMENT", "Code for Ships at Sea")]),
        ("the Memorandum of March", ("AGREEMENT", "Memorandum of"), [("AGREEMENT", "Memorandum"), ("DATE", "March")]),
        ("the Ems Rescue Detachment", ("ORG", "Ems Rescue Detachment"), [("UNIT", "Ems Rescue Detachment")]),
        ("--The Lind Office paid", ("ORG", "--The Lind Office"), [("ORG", "Lind Office")]),
        (
            "the West Coast of the United States",
            ("GPE", "West Coast of the United States"),
            [("LOC", "West Coast"), ("GPE", "United States")],
        ),
    ],
)
def test_what_the_model_finds_is_settled(text: str, model: tuple[str, str], parts: list[tuple[str, str]]) -> None:
    label, name = model
    start = text.index(name)
    found = find_in_line(text, [Mention(start, start + len(name), label, "model")])
    assert [(m.label, text[m.start : m.end]) for m in found] == parts


def test_a_rank_and_a_name_are_no_body() -> None:
    text = "It told General Oyelaran."
    found = find_in_line(text, [Mention(8, 24, "ORG", "model")])
    assert [(m.label, text[m.start : m.end]) for m in found] == [("TITLE", "General"), ("PERSON", "Oyelaran")]
    text = "It told General Atomics."
    assert [m.label for m in find_in_line(text, [Mention(8, 23, "ORG", "model")])] == ["ORG"]

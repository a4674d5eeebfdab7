"""Ships, systems, hulls and variants by what stands beside them."""

from __future__ import annotations

import pytest

from tasks.entities.equipment import complete_systems, find_ships, find_systems
from tasks.entities.lexicon import Mention
from tasks.entities.line import find_in_line


def ships(text: str) -> list[str]:
    return [text[m.start : m.end] for m in find_ships(text)]


def systems(text: str) -> list[str]:
    return [text[m.start : m.end] for m in find_systems(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The destroyer Linhe returned.", ["Linhe"]),
        ("The frigates Marin and Torv (F 411), and Hald sailed.", ["Marin", "Torv", "Hald"]),
        ("The corvette Admiral Sorokin fired.", ["Admiral Sorokin"]),
        ("The cargo ship Mei Lin 88 sank on Monday.", ["Mei Lin 88"]),
        ("The tug Bora 7 May be late.", ["Bora"]),
        ("A frigate Monday morning left.", []),
        ("The frigates Marin and the Spanish frigate Torv sailed.", ["Marin", "Torv"]),
        ("The carrier Strike Group sailed.", []),
        ("A submarine in China was seen.", []),
    ],
)
def test_ships_behind_their_type(text: str, names: list[str]) -> None:
    assert ships(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("It bought ZX90 helicopters.", ["ZX90"]),
        ("The Danish Boran 3 armoured vehicles arrived.", ["Boran 3"]),
        ("Phase 2 vehicles and Tranche 4 aircraft follow.", []),
        ("CSG 5 consists of aircraft and ships.", []),
        ("They found 82mm mortar rounds and 12 drones.", []),
        ("On May 12 aircraft were seen.", []),
    ],
)
def test_numbered_systems_before_their_type(text: str, names: list[str]) -> None:
    assert systems(text) == names


def test_a_number_in_brackets_is_a_hull_only_behind_a_system() -> None:
    text = "KD Bayan (1204) met the minister (1962)."
    found = complete_systems(text, [Mention(0, 8, "EQUIPMENT", "rule:equipment"), Mention(24, 32, "TITLE", "model")])
    assert [text[m.start : m.end] for m in found] == ["KD Bayan", "1204", "minister"]


def test_hull_belongs_to_its_number_only_when_it_is_a_name() -> None:
    for text, number in (("Linhe (Hull 154)", "Hull 154"), ("Linhe (hull number 154)", "154")):
        assert text[slice(*complete_systems(text, [Mention(0, 5, "EQUIPMENT", "rule:ship")])[1][:2])] == number


def test_variants_are_part_of_a_system_and_neighbours_are_not() -> None:
    text = "F-35A Block 4 jets, Mk 13 Mod 7 rifles and Tornado, Puma."
    assert [text[m.start : m.end] for m in find_in_line(text, []) if m.label == "EQUIPMENT"] == [
        "F-35A Block 4",
        "Mk 13 Mod 7",
        "Tornado",
        "Puma",
    ]


def test_a_ship_name_behind_at_is_a_base() -> None:
    text = "The course was held at HMAS Banksia before HMAS Torrens sailed."
    found = {text[m.start : m.end]: m.label for m in find_in_line(text, [])}
    assert found == {"HMAS Banksia": "FAC", "HMAS Torrens": "EQUIPMENT"}


def test_a_model_s_longer_system_stands_unless_it_runs_into_an_office() -> None:
    for text, end, name in (("The XB-7 Marlin flew.", 15, "XB-7 Marlin"), ("The B-52 Test Pilot spoke.", 19, "B-52")):
        found = find_in_line(text, [Mention(4, end, "EQUIPMENT", "model")])
        assert [text[m.start : m.end] for m in found if m.label == "EQUIPMENT"] == [name]

"""Where formations start and end, and what stands in brackets behind them."""

import pytest

from tasks.entities.lexicon import Mention
from tasks.entities.line import find_in_line


def units(text: str, *names: str) -> list[str]:
    model = [Mention(text.index(name), text.index(name) + len(name), "UNIT", "model") for name in names]
    return [text[m.start : m.end] for m in find_in_line(text, model) if m.label == "UNIT"]


@pytest.mark.parametrize(
    ("text", "model", "found"),
    [
        ("He met the Afghan 305th Corps.", "Afghan 305th Corps", ["305th Corps"]),
        ("Jets of the 56th and 57th Squadrons left.", "56th and 57th Squadrons", ["56th", "57th Squadrons"]),
        (
            "the 5th Battalion and Heron Scout Unit met",
            "5th Battalion and Heron Scout Unit",
            ["5th Battalion", "Heron Scout Unit"],
        ),
        ("Joint Task Force (North East) met", "Joint Task Force", ["Joint Task Force (North East)"]),
        ("OSLO - Task Force 9 sailed.", "OSLO - Task Force 9", ["Task Force 9"]),
        ("The Task Force Air - 7th Wing flew.", "Task Force Air - 7th Wing", ["Task Force Air - 7th Wing"]),
        ("the 3rd Fijian (Rifle) Brigade marched", "3rd Fijian", ["3rd Fijian (Rifle) Brigade"]),
        ("The Joint Space Command (NJSC) is new.", "Joint Space Command", ["Joint Space Command", "NJSC"]),
        ("The 9th Samoan Horse (9 SH) is new.", "9th Samoan Horse", ["9th Samoan Horse", "9 SH"]),
        ("The 9th Fleet (300 men) and the 9th Fleet (CVN 9)", "9th Fleet", ["9th Fleet", "9th Fleet"]),
    ],
)
def test_edges(text: str, model: str, found: list[str]) -> None:
    assert units(text, model) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the Landing Ship Division 7 of Sasebo", ["Landing Ship Division 7"]),
        ("Patrol Squadron 99, Detachment 2, flew", ["Patrol Squadron 99, Detachment 2"]),
        ("Company 3-1, SEAL Team 99 dived", ["Company 3-1, SEAL Team 99"]),
        ("88TH SEPARATE GUARDS BRIGADE PASSES", ["88TH SEPARATE GUARDS BRIGADE"]),
        ("the 88th Guards Kiev Red Banner Air Assault Division", ["88th Guards Kiev Red Banner Air Assault Division"]),
        ("Sector Two and Flotilla 99F", ["Sector Two", "Flotilla 99F"]),
        ("Komandan Brigade Infanteri 9 Marinir spoke", ["Brigade Infanteri 9 Marinir"]),
    ],
)
def test_numbers_behind(text: str, found: list[str]) -> None:
    assert units(text) == found


def test_battalions_of_a_list_are_two() -> None:
    text = "the 56 Special Battalion, the 78 Armoured Regiment and one more"
    assert units(text, "56 Special Battalion", "78 Armoured Regiment") == [
        "56 Special Battalion",
        "78 Armoured Regiment",
    ]

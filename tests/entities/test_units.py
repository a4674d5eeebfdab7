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


def test_battalions_of_a_list_are_two() -> None:
    text = "the 56 Special Battalion, the 78 Armoured Regiment and one more"
    assert units(text, "56 Special Battalion", "78 Armoured Regiment") == [
        "56 Special Battalion",
        "78 Armoured Regiment",
    ]

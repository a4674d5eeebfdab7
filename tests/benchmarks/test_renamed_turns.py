"""Tests of the invented names of outlets and people."""

from __future__ import annotations

import random

from benchmarks.renamed_turns import invent_name, invent_names, rename

TEXT = "Lin Wei answers.\nHNN: Lin Wei, what of it?\nLin Wei: The HNN asks well."
TURNS = [
    {"start": 17, "label": "HNN", "is_answer": False, "speaker_name": None},
    {"start": 43, "label": "Lin Wei", "is_answer": True, "speaker_name": "Lin Wei"},
]


def test_invented_names_keep_their_shape() -> None:
    assert [len(word) for word in invent_name("Folha de Porto TV", random.Random(1)).split()] == [5, 2, 5, 2]
    assert invent_name("Folha de Porto TV", random.Random(1)).split()[1] == "de"
    assert invent_name("HNN", random.Random(1)).isupper()


def test_labels_stand_where_the_renamed_text_has_them() -> None:
    one = {"id": "a", "text": TEXT, "turns": TURNS}
    names = invent_names([one], 3) | {"HNN": "KTBVD"}  # one letter more moves what follows
    renamed = rename(one, names)
    assert "Lin Wei" not in renamed["text"] and "HNN" not in renamed["text"]
    for turn in renamed["turns"]:
        assert renamed["text"].startswith(f"{turn['label']}:", turn["start"])
    assert renamed["turns"][1]["speaker_name"] == renamed["turns"][1]["label"] == names["Lin Wei"]
    assert invent_names([one], 3) == invent_names([one], 3)

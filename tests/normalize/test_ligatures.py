"""A text that lost its ligatures says that it is unsure, and no other does."""

from __future__ import annotations

import re

import pytest

from tasks.normalize.ligatures import find_lost_ligatures
from tasks.normalize.text import normalize_text

SOUND = "The first officers of the fleet met the staff of the ministry, and the fighter squadron confirmed its final flight."


@pytest.mark.parametrize("left", ["", " "])
def test_a_text_without_its_ligatures_is_left_alone_and_unsure(left: str) -> None:
    damaged = re.sub("ffi|ffl|ff|fi|fl", left, SOUND)
    done = normalize_text(f"{damaged}\nThe talks were held in the afternoon.")
    assert done.text.startswith(damaged.replace("  ", " "))
    assert done.score < 0.5


def test_a_text_with_them_or_with_a_few_odd_words_is_sure() -> None:
    assert normalize_text(SOUND).score == 1.0
    assert find_lost_ligatures("The rst of them went to Nal.") == []

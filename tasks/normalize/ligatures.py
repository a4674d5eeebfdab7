"""Ligatures that a conversion lost: `The rst o cers of the eet`. What stood there cannot be known, so a text says so.

Order: does the text have as few of fi, fl and ff as no English has → words that are none but for a ligature in them or
in place of the space beside them → are there several.
"""

from __future__ import annotations

import re
from itertools import chain

from tasks.normalize.model import RestoreModel, load_model

_LIGATURES = ("fi", "fl", "ff", "ffi", "ffl")
_RARE = 600  # characters of English that have one at least, nearly always
_FEWEST = 3  # words that miss one, of a text that has lost them
_SHARE = 0.01  # of its words
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 3  # letters of what is left of a word
_UNKNOWN, _COMMON = (
    13.0,
    12.0,
)  # nats of a word by itself: from which it is none; up to which it is the one that was meant


def find_lost_ligatures(text: str) -> list[int]:
    """Return where the words start that miss a ligature, in a text that has lost them.

    Example:
        >>> find_lost_ligatures("The rst o cers of the eet met the sta.")
        [4, 10, 22, 34]
    """
    if sum(map(text.count, _LIGATURES[:3])) * _RARE > len(text):
        return []
    words = [(match.start(), match.group()) for match in _WORD.finditer(text)]
    model = load_model()
    found: list[int] = []
    for i, (at, word) in enumerate(words):
        if len(word) >= _SHORTEST and word[1:].islower() and model.cost(word) > _UNKNOWN:
            before = words[i - 1][1] if i and words[i - 1][0] + len(words[i - 1][1]) + 1 == at else ""
            behind = words[i + 1][1] if i + 1 < len(words) and words[i + 1][0] == at + len(word) + 1 else ""
            if _misses_one(word, before, behind, model):
                found.append(at)
    return found if len(found) >= max(_FEWEST, _SHARE * len(words)) else []


def _misses_one(word: str, before: str, behind: str, model: RestoreModel) -> bool:
    forms = chain.from_iterable(
        (
            *(word[:at] + ligature + word[at:] for at in range(len(word) + 1)),
            *((before + ligature + word,) if before else ()),
            *((word + ligature + behind,) if behind else ()),
        )
        for ligature in _LIGATURES
    )
    return any(model.cost(form) <= _COMMON for form in forms)

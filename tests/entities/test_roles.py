"""Roles: what they cost. Which are found stands in tests/golden/roles."""

from __future__ import annotations

import time

from tasks.entities.lexicon import Mention
from tasks.entities.roles import find_roles

LABELS = {"P": "PERSON", "T": "TITLE", "O": "ORG", "U": "UNIT", "G": "GPE", "N": "NORP", "E": "EQUIPMENT", "D": "DATE"}


def read(marked: str) -> tuple[str, list[Mention]]:
    """Take the marks out of "{N:Norwegian} {P:Ann Hill}"."""
    text, mentions = "", []
    for i, part in enumerate(marked.replace("{", "}").split("}")):
        if i % 2:
            label, value = part.split(":", 1)
            mentions.append(Mention(len(text), len(text) + len(value), LABELS[label], "model"))
            text += value
        else:
            text += part
    return text, mentions


def test_time_grows_with_the_text_and_not_with_its_square() -> None:
    def measure(n: int) -> float:
        text, mentions = read("{N:Norwegian} {T:Defence Minister} {P:Olga Lind} of the {O:Ministry of Trade} and " * n)
        began = time.process_time()
        assert len(find_roles(text, mentions)) == n
        return time.process_time() - began

    measure(100)
    assert measure(4000) < 8 * measure(1000) + 0.5


def test_many_words_of_offices_beside_one_name_cost_nothing() -> None:
    began = time.process_time()
    for words in ("Deputy ", "Minister of ", "President and ", "Foreign Affairs and "):
        text = words * 20000 + "Olga Lind"
        find_roles(text, [Mention(len(text) - 9, len(text), "PERSON", "model")])
    assert time.process_time() - began < 2

"""Accords by what they open with, by one word, and the years that they are of."""

import pytest

from tasks.entities.accords import find_accords
from tasks.entities.lexicon import Mention
from tasks.entities.line import find_in_line
from tasks.lexicons import read_terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the Guidelines for Fiji-U.S. Sea Rescue, of May", ["Guidelines for Fiji-U.S. Sea Rescue"]),
        (
            "an Action Plan on Building a Zone of Peace with a Future",
            ["Action Plan on Building a Zone of Peace with a Future"],
        ),
        ("the Agreement on Sea Rescue and the Protocol on Seals", ["Agreement on Sea Rescue", "Protocol on Seals"]),
        ("a Memorandum of Understanding on Fuel with the Navy", ["Memorandum of Understanding on Fuel"]),
        ("The Agreement ends; under this Protocol, the MoU", ["Agreement", "Protocol", "MoU"]),
        ("the Oslo accords, the Fiji agreement, an Ely agreement", ["Oslo accords"]),
        ("the agreement, an Agreement, the Agreement Office, the Treaty of Ely, the Act-like", []),
    ],
)
def test_accords(text: str, found: list[str]) -> None:
    assert [text[m.start : m.end] for m in find_accords(text)] == found


@pytest.mark.parametrize(
    ("text", "model", "found"),
    [
        ("the Treaty of Ely of 1828 binds", ["Treaty of Ely of 1828"], ["Treaty of Ely"]),
        ("under the Ely Declaration of 3 May 2011,", ["Ely Declaration of 3 May 2011"], ["Ely Declaration"]),
        ("Law No. 9 of 2004 binds", ["Law No. 9 of 2004"], ["Law No. 9 of 2004"]),
        ("the Sea Rescue Act of 1954 binds", ["Sea Rescue Act of 1954"], ["Sea Rescue Act of 1954"]),
        ("the Ely Agreement on Sea Rescue", ["Ely Agreement", "Sea Rescue"], ["Ely Agreement on Sea Rescue"]),
    ],
)
def test_edges(text: str, model: list[str], found: list[str]) -> None:
    mentions = [Mention(text.index(name), text.index(name) + len(name), "AGREEMENT", "model") for name in model]
    assert [text[m.start : m.end] for m in find_in_line(text, mentions) if m.label == "AGREEMENT"] == found


def test_every_word_is_looked_for() -> None:
    terms = read_terms("name_heads.tsv")
    for word in terms["bare_accord"]:
        assert find_accords(f"Under the {word}, he sails."), word
    for words in terms["opens_accord"]:
        assert find_accords(f"A {words} Sea Rescue"), words

"""Names as far as the acronym behind them says."""

from __future__ import annotations

import pytest

from tasks.entities.acronyms import spell_out
from tasks.entities.lexicon import Mention


def spelt(text: str, *names: tuple[str, str]) -> list[tuple[str, str]]:
    mentions = [Mention(at := text.index(name), at + len(name), label, "model") for name, label in names]
    return [(m.label, text[m.start : m.end]) for m in spell_out(text, sorted(mentions))]


def test_the_parts_of_a_name_become_one() -> None:
    text = "The Observer Mission in East Lorania (OMEL) reported."
    found = spelt(text, ("Observer Mission", "ORG"), ("East Lorania", "GPE"))
    assert found == [("ORG", "Observer Mission in East Lorania")]


@pytest.mark.parametrize(
    "text",
    [
        "The Observer Mission in East Lorania (XYZW) reported.",  # other initials
        "The Observer Mission in East Lorania (OM) reported.",  # two letters
        "The Observer Mission. In East Lorania (IEL) it rained.",  # not one sentence
    ],
)
def test_what_an_acronym_does_not_spell_stays(text: str) -> None:
    names = [("Observer Mission", "ORG"), ("East Lorania", "GPE")]
    assert spelt(text, *names) == [(label, name) for name, label in names]


def test_words_in_which_nothing_was_found_stay_so() -> None:
    assert spelt("An Improvised Explosive Device (IED) went off.") == []


def test_a_longer_name_is_not_cut() -> None:
    text = "The Lorania Harbour Patrol Force (HPF) left."
    assert spelt(text, ("Lorania Harbour Patrol Force", "ORG")) == [("ORG", "Lorania Harbour Patrol Force")]


def test_a_hostile_line_ends() -> None:
    assert spelt("A (" * 20_000 + "AAA)") == []

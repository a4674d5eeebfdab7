"""Acronyms resolved whether or not they are mentions themselves; more on names stands in tests/golden/entities."""

from __future__ import annotations

import pytest

from tasks.entities.lexicon import Mention
from tasks.entities.resolve import Origin, resolve_names
from tests.entities.test_roles import read


def canonical(marked: str) -> list[str]:
    text, mentions = read(marked)
    return [name.canonical for name in resolve_names(text, mentions)]


@pytest.mark.parametrize(
    "text",
    [
        "{O:Ministry of Trade and Ships} ({O:MTS}) ... {O:MTS}",
        "{O:MTS} ({O:Ministry of Trade and Ships}) ... {O:MTS}",
        "{O:Ministry of Trade and Ships} (MTS) ... {O:MTS}",
        "MTS ({O:Ministry of Trade and Ships}) ... {O:MTS}",
    ],
)
def test_acronyms_stand_for_their_long_form_wherever_it_is(text: str) -> None:
    assert set(canonical(text)) == {"Ministry of Trade and Ships"}


def test_a_family_is_not_the_one_person_who_is_named() -> None:
    assert canonical("{P:Ann Lind} came; the {P:Lind} family and {P:Lind} left.") == ["Ann Lind", "Lind", "Ann Lind"]


@pytest.mark.parametrize(
    ("text", "country", "key"),
    [
        ("Beijing College: Hello, Beijing!", "USA", None),
        ("Beijing College: Hello, Beijing!", "CHN", "geonames:1816670"),  # of the publisher's country
        ("Beijing College, China: Hello, Beijing!", "USA", "geonames:1816670"),  # the document names its country
        ("Beijinger College: Hello, Beijing!", "USA", "geonames:1816670"),
        ("Hello, Beijing!", "USA", "geonames:1816670"),
    ],
)
def test_a_town_abroad_may_be_short_for_a_body(text: str, country: str, key: str | None) -> None:
    found = [Mention(0, text.index(" College") + 8, "ORG", "model")] if "College" in text else []
    found += [Mention(at, at + 5, "GPE", "lexicon")] if (at := text.find("China")) >= 0 else []
    found.append(Mention(text.rindex("Beijing"), len(text) - 1, "GPE", "model"))
    assert resolve_names(text, found, (), Origin(country))[-1].canonical_id == key

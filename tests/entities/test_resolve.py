"""Acronyms resolved whether or not they are mentions themselves; more on names stands in tests/golden/entities."""

from __future__ import annotations

import pytest

from tasks.entities.resolve import resolve_names
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

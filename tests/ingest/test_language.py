"""English by its small words, the library for the rest."""

import pytest

from tasks.ingest.language import identify_language

ENGLISH = "The ships of the fleet left the port with their crews, and they have been at sea from the first of May. " * 3
NORWEGIAN = "Skipene i flåten forlot havnen med mannskapene sine, og de har vært til sjøs siden den første mai. " * 3


def test_small_words_tell_english_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("asked")

    monkeypatch.setattr("tasks.ingest.language._identifier", refuse)
    assert identify_language(ENGLISH, ["en"]) == "en"


def test_other_languages_are_told_apart() -> None:
    assert identify_language(NORWEGIAN, ["en"]) in ("no", "nb")

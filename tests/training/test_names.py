"""Names of written releases and of lexicons become a lexicon of words, and the restoration keeps them whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.normalize import restore
from tasks.normalize.restore import NAMES, restore_lines
from training.names import build, find_words


@pytest.fixture
def data(tmp_path: Path) -> Path:
    text = "The Ulvaskar of the JRDQO left on 3 Junivar."
    entities = [[4, 12, "EQUIPMENT"], [20, 25, "ORG"], [34, 43, "DATE"]]
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "written.jsonl").write_text(json.dumps({"text": text, "entities": entities}) + "\n")
    return tmp_path


def test_words_of_names_are_kept_and_those_of_values_are_not(data: Path) -> None:
    build(data, data / "one")
    build(data, data / "two")
    assert (data / "one" / NAMES).read_bytes() == (data / "two" / NAMES).read_bytes()
    lines = (data / "one" / NAMES).read_text().splitlines()
    assert {"Ulvaskar", "JRDQO", "NATO"} <= set(lines)  # NATO is a name of the lexicons
    assert "Junivar" not in lines
    assert lines[0].startswith("# ") and lines[4:] == sorted(set(lines[4:]))


def test_capitals_of_a_heading_make_no_acronym() -> None:
    assert find_words(["TALKS IN BOSTON", "Qarvun", "QARVUN AND JRDQO"]) == ["JRDQO", "Qarvun"]


def test_releases_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"written\.jsonl"):
        build(tmp_path, tmp_path / "out")


def test_a_word_of_the_lexicon_is_kept_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["The frigate Orvandelsund met the JRDQO team.", "Captain Orvandelsund answered on Monday."]
    glued = [line.replace(" ", "") for line in lines]
    read = restore.read_lines

    def clear() -> None:
        restore._read_terms.cache_clear()
        restore.load_decoder.cache_clear()

    clear()
    try:
        monkeypatch.setattr(restore, "read_lines", lambda name: [] if name == NAMES else read(name))
        assert list(restore_lines(glued)) != lines
        clear()
        monkeypatch.setattr(
            restore, "read_lines", lambda name: ["Orvandelsund", "JRDQO"] if name == NAMES else read(name)
        )
        assert list(restore_lines(glued)) == lines
    finally:
        clear()

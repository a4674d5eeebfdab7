"""Cues and kinds of words: what a row of cues.tsv may say, and what is known of a word."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from tasks.errors import ConfigError
from tasks.quotes.frames import FRAMES, OPENINGS
from tasks.quotes.lexicon import load_lexicon, parse_lexicon
from tasks.quotes.tokens import Kind
from tasks.quotes.units import cut_units, find_cues
from tests.quotes.test_find import lexicon


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("colour\tred", "no kind 'colour'; known: abbreviation, act"),
        ("title\t", "title with an empty form"),
        ("title\tmayor||judge", "title with an empty form"),
        ("cue\tsay\tquote taht", "no frame 'taht'; known: quote, that"),
        ("cue\tsay", "a cue without a frame"),
        ("cue\texpress\tstance that", "a cue with the frame stance and others"),
        ("title\tmayor\tquote", "title with frames, which only cues have"),
        ("alias\ttop diplomat", "alias without its value"),
        ("count\ttwo=zwei", "count without its value"),
    ],
)
def test_a_faulty_row_is_refused_with_file_and_line(row: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "own.tsv"
    file.write_text(f"# Own words.\npronoun\the\n{row}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"own\.tsv, line 3: {message}"):
        load_lexicon(file)


def test_the_kinds_of_a_word_are_looked_up_once() -> None:
    known = parse_lexicon("title\tchief|chief of staff\nrole\tchief\ncue\tpoint out\tthat\n")
    (unit,) = cut_units("The chief’s aides point.", [], [0], known)
    the, chief, _, point, _ = unit.tokens
    assert not the.kinds
    assert (chief.kinds, chief.bare, chief.bare_kinds) == (frozenset(), "chief", {"title", "role"})
    assert point.has("role", "cue") and not point.has("role", "title")
    assert known.has("chief of staff", "title")


def test_the_longest_cue_counts() -> None:
    known = parse_lexicon("cue\tpoint\tthat\ncue\tpoint out\tthat\n")
    (unit,) = cut_units("They point out that it rains.", [], [0], known)
    assert [(cue.first, cue.last) for cue in find_cues(unit.tokens, known)] == [(1, 2)]


def test_every_kind_and_frame_is_used_by_the_shipped_words() -> None:
    assert {kind for kinds in lexicon().kinds.values() for kind in kinds} == set(get_args(Kind))
    assert {frame for cues in lexicon().cues.values() for cue in cues for frame in cue.frames} == set(FRAMES)


def test_every_opening_is_found_in_a_golden_folder() -> None:
    """A new form of quotation comes with a document that shows it."""
    folder = Path(__file__).parents[1] / "golden" / "quotes" / "indirect"
    shown = {line.split("\t")[-1] for line in (folder / "quotes.tsv").read_text(encoding="utf-8").splitlines()}
    assert {opening.method for opening in OPENINGS} <= shown

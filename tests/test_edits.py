"""Edits: replaying them gives the text, the map leads back, and two passes join into one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.edits import Edit, RawMap, apply_edits, compose_edits


@st.composite
def edited(draw: st.DrawFn, text: str) -> list[Edit]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    edits = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        end = draw(st.sampled_from([start, end]))
        replacement = draw(st.text("ab '", max_size=3))
        if text[start:end] != replacement:
            edits.append(Edit("x", start, end, replacement))
    return edits


@given(st.data(), st.text('Hemetwith"\u0301 ', max_size=30))
def test_two_passes_join_into_one(data: st.DataObject, raw: str) -> None:
    first = data.draw(edited(raw))
    middle = apply_edits(raw, first)
    second = data.draw(edited(middle))
    assert apply_edits(raw, compose_edits(raw, first, second)) == apply_edits(middle, second)


@given(st.data(), st.text("abc ", min_size=1, max_size=30))
def test_untouched_characters_lead_back_to_themselves(data: st.DataObject, raw: str) -> None:
    edits = data.draw(edited(raw))
    text, to_raw = apply_edits(raw, edits), RawMap(edits)
    touched = {i for e in edits for i in range(e.raw_start, e.raw_end)}
    previous = 0
    for offset, char in enumerate(text):
        start, end = to_raw.char(offset)
        assert 0 <= start <= end <= len(raw)
        assert start >= previous
        previous = start
        if end - start == 1 and start not in touched:
            assert raw[start] == char


def test_span_of_inserted_space_is_empty() -> None:
    to_raw = RawMap([Edit("insert_space", 2, 2, " ")])
    assert to_raw.span(2, 3) == (2, 2)
    assert to_raw.span(0, 3) == (0, 2)
    assert to_raw.span(0, 6) == (0, 5)


def test_same_length_replacement_maps_character_by_character() -> None:
    to_raw = RawMap([Edit("replace_quote", 2, 4, "'s")])
    assert to_raw.char(2) == (2, 3)
    assert to_raw.char(3) == (3, 4)


@pytest.mark.parametrize("edits", [[Edit("x", 3, 5, ""), Edit("x", 4, 6, "")], [Edit("x", 3, 9, "")]])
def test_edits_that_overlap_or_leave_the_text_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="out of order or range"):
        apply_edits("abcdef", edits)

"""Marks overlap; the pieces say all of them and are the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.document import place_edits, to_text
from explorer.marks import Mark, cut, join, show_hidden, split_hidden
from tasks.edits import Edit, RawMap, apply_edits

TEXT = st.text(max_size=60)
MARKS = st.lists(
    st.builds(
        Mark, st.integers(-5, 70), st.integers(-5, 70), st.sampled_from(["a", "b", "c", ""]), st.sampled_from(["", "L"]),
        st.sampled_from(["", "x", "y", "z"]),
    ),
    max_size=12,
)  # fmt: skip


@given(TEXT, MARKS)
def test_pieces_join_to_the_text(text: str, marks: list[Mark]) -> None:
    assert join(cut(text, marks)) == text


@given(TEXT, MARKS)
def test_every_character_has_the_kinds_that_cover_it(text: str, marks: list[Mark]) -> None:
    at = 0
    for piece in cut(text, marks):
        for offset in range(at, at + len(piece.text)):
            covering = {m.kind for m in marks if m.kind and m.start <= offset < m.end}
            assert set(piece.kinds) == covering
        at += len(piece.text)


@given(TEXT, MARKS)
def test_every_anchor_is_there_once(text: str, marks: list[Mark]) -> None:
    anchors = [anchor for piece in cut(text, marks) for anchor in piece.anchors]
    assert sorted(anchors) == sorted({mark.anchor for mark in marks if mark.anchor})


@given(TEXT)
def test_nothing_hidden_is_left(text: str) -> None:
    shown = show_hidden(text)
    assert show_hidden(shown) == shown
    assert not any(ord(c) < 32 and c not in "\t\n" for c in shown)
    assert "".join(part for part, _ in split_hidden(text)) == shown


def test_marks_that_turn_the_line_are_named() -> None:
    assert split_hidden("a\u202eb\x1b") == [("a", False), ("⟨RLO⟩", True), ("b", False), ("⟨ESC⟩", True)]


@given(st.text("ab", min_size=8, max_size=20), st.sets(st.integers(1, 7), min_size=1, max_size=4), st.data())
def test_a_raw_span_leads_to_what_became_of_it(raw: str, places: set[int], data: st.DataObject) -> None:
    edits = [Edit("insert_space", at, at, " ") for at in sorted(places)]
    text = apply_edits(raw, edits)
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start + 1, len(raw)))
    low, high = to_text(edits, start, end)
    assert text[low:high].replace(" ", "") == raw[start:end]
    assert RawMap(edits).span(low, high) == (start, end)
    assert all(text[low:high] == " " for low, high in place_edits(edits))


def test_a_span_inside_a_repair_is_widened_to_it() -> None:
    edits = [Edit("entity", 2, 7, "&")]  # "a &amp; b"
    assert to_text(edits, 3, 5) == (2, 3)

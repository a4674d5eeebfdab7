"""How engagements are compared with those that were written down."""

import json

from benchmarks.engagements import WRITTEN, Told, count_matches, count_true, measure

WANT = Told("visit", [(0, 9), (30, 40)], frozenset({"PER", "CHL"}))


def test_a_row_is_right_by_type_sides_and_place() -> None:
    assert count_matches([WANT], [Told("visit", [(35, 60)], frozenset({"PER", "CHL", "FJI"}))]) == 1
    assert count_matches([WANT], [Told("meeting", [(0, 9)], WANT.sides)]) == 0
    assert count_matches([WANT], [Told("visit", [(10, 20)], WANT.sides)]) == 0
    assert count_matches([WANT], [Told("visit", [(0, 9)], frozenset({"PER"}), 1)]) == 1
    assert count_matches([WANT], [Told("visit", [(0, 9)], frozenset(), 2)]) == 0


def test_a_row_says_nothing_wrong_if_no_side_is_false() -> None:
    assert count_true([WANT], [Told("visit", [(0, 9)], frozenset({"PER"}), 1)]) == 1
    assert count_true([WANT], [Told("visit", [(0, 9)], frozenset({"PER"}))]) == 0
    assert count_true([WANT], [Told("visit", [(0, 9)], frozenset({"PER", "FJI"}))]) == 0


def test_a_row_counts_once() -> None:
    have = Told("visit", [(0, 40)], WANT.sides)
    assert count_matches([WANT, WANT], [have]) == 1
    row = {"type": "visit", "evidence": [0, 9], "countries": ["CHL", "PER"]}
    assert measure([{"id": "x", "engagements": [row, row]}], {"x": [have]}) == {
        "visit": (1, 1, 2, 1),
        "all": (1, 1, 2, 1),
    }


def test_the_written_releases_say_where_each_row_stands() -> None:
    releases = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    assert len(releases) == len({release["id"] for release in releases}) == 450
    for release in releases:
        for row in release["engagements"]:
            start, end = row["evidence"]
            assert release["text"][start:end].strip() == release["text"][start:end] != ""

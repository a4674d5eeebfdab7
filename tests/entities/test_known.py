"""Names by lexicon and by pattern, and what a document says about its own names."""

import pytest

from tasks.entities.consistency import settle
from tasks.entities.known import find_dateline, find_known, find_patterns, find_towns
from tasks.entities.lexicon import Mention


def found(text: str, mentions: list[Mention]) -> list[tuple[str, str]]:
    return [(m.label, text[m.start : m.end]) for m in mentions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NATO's HIMARS and the U.S. Air Force", [("ORG", "NATO"), ("EQUIPMENT", "HIMARS"), ("ORG", "U.S. Air Force")]),
        ("in the Red Sea during World War II", [("LOC", "Red Sea"), ("EVENT", "World War II")]),
        ("at the White House; the White House said", [("FAC", "White House"), ("ORG", "White House")]),
        ("the who, natori, unnamed", []),
    ],
)
def test_known_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, find_known(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("part of Operation Iron Gate in May", [("EVENT", "Operation Iron Gate")]),
        ("flew from Lake Air Force Base.", [("FAC", "Lake Air Force Base")]),
        ("left Naval Base Bay City June 4", [("FAC", "Naval Base Bay City")]),
        ("under the Ships and Ports Act of 1954,", [("AGREEMENT", "Ships and Ports Act of 1954")]),
        ("adopted Resolution 2999", [("AGREEMENT", "Resolution 2999")]),
        ("the Navy’s Ship Trials Agency", [("ORG", "Ship Trials Agency")]),
        ("the Swift Arrow Strike Missile failed", [("EQUIPMENT", "Swift Arrow Strike Missile")]),
        ("Minister for Trade visits Oslo", [("TITLE", "Minister for Trade")]),
        ("Minister of Defence, Ann Hill", [("TITLE", "Minister of Defence")]),
        ("on the Blue River and in Bay of Pines", [("LOC", "Blue River"), ("LOC", "Bay of Pines")]),
        ("Ann Hill (D-NY) and (d-ny)", [("GPE", "NY")]),
        ("the operation, an act of a base in a river", []),
    ],
)
def test_patterns(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, find_patterns(text)) == expected


def test_towns_before_a_state() -> None:
    text = "Bay City, Mich., and Reno, Nevada, and Leeds, England"
    assert [text[m.start : m.end] for m in find_towns(text)] == ["Bay City", "Mich.", "Reno", "Nevada"]


@pytest.mark.parametrize("line", ["STATEMENT - He said", "USS HILL, At Sea - He", "He said - no", "NATO"])
def test_no_dateline(line: str) -> None:
    assert find_dateline(line) == []


def model(text: str, *names: tuple[str, str]) -> list[Mention]:
    spans, at = [], 0
    for name, label in names:
        start = text.index(name, at)
        at = start + len(name)
        spans.append(Mention(start, at, label, "model"))
    return spans


def test_an_acronym_takes_the_label_of_its_name_everywhere() -> None:
    text = "The Swift Arrow Radar (SAR) works. SAR is new."
    mentions = model(text, ("Swift Arrow Radar", "EQUIPMENT"))
    assert found(text, settle(text, mentions))[1:] == [("EQUIPMENT", "SAR"), ("EQUIPMENT", "SAR")]


def test_an_acronym_of_common_words_is_no_name() -> None:
    text = "electromagnetic interference, or EMI, is rare. EMI ends."
    assert settle(text, model(text, ("EMI", "ORG"), ("EMI", "ORG"))) == []


def test_a_ship_keeps_its_label_without_prefix_except_where_a_place_stands() -> None:
    text = "USS Nevada left. Nevada sailed. He is from Reno, Nevada."
    ship = Mention(0, 10, "EQUIPMENT", "rule:equipment")
    mentions = [ship, *model(text[17:], ("Nevada", "GPE"), ("Nevada", "GPE"))]
    moved = [mentions[0], *(m._replace(start=m.start + 17, end=m.end + 17) for m in mentions[1:])]
    assert [m.label for m in settle(text, moved)] == ["EQUIPMENT", "EQUIPMENT", "GPE"]


def test_surnames_are_people() -> None:
    text = "Ann Hill spoke. “Yes,” Hill said. Hill left."
    assert [label for label, _ in found(text, settle(text, model(text, ("Ann Hill", "PERSON"), ("Hill", "GPE"))))] == [
        "PERSON"
    ] * 3


def test_the_most_frequent_label_holds_and_titles_keep_out() -> None:
    text = "Ardan, Ardan, Ardan; Chief, Chief"
    names = [("Ardan", "GPE"), ("Ardan", "PERSON"), ("Ardan", "GPE"), ("Chief", "TITLE"), ("Chief", "ORG")]
    assert [m.label for m in settle(text, model(text, *names))] == ["GPE", "GPE", "GPE", "TITLE", "ORG"]


def test_nothing_is_found_inside_words_and_addresses() -> None:
    text = "The Swift Arrow Radar (SAR): www.example.mil/SAR and SARs."
    assert len(settle(text, model(text, ("Swift Arrow Radar", "EQUIPMENT")))) == 2


def test_a_word_in_small_letters_elsewhere_is_no_name_at_the_start_of_a_sentence() -> None:
    text = "Jamming hurts. They stop jamming. He met Jamming."
    mentions = model(text, ("Jamming", "PERSON"), ("Jamming", "PERSON"))
    assert [m.start for m in settle(text, mentions)] == [41]


def test_a_dateline_whose_spaces_were_lost_or_misplaced() -> None:
    for line in ("CORALSEA (June 18, 2015) - The", "CORAL SEA - The", "CORALS EA- The"):
        assert [m.label for m in find_dateline(line)] == ["LOC"]


def test_people_named_in_full_are_known_in_capitals() -> None:
    text = "The Minister, Giles Rowntree, met Ann Opec.\nGILES ROWNTREE: OPEC is late.\nMR ROWNTREE: Indeed."
    mentions = model(text, ("Giles Rowntree", "PERSON"), ("Ann Opec", "PERSON"))
    assert found(text, settle(text, mentions)) == [
        ("PERSON", "Giles Rowntree"),
        ("PERSON", "Ann Opec"),
        ("PERSON", "GILES ROWNTREE"),
        ("PERSON", "ROWNTREE"),
    ]

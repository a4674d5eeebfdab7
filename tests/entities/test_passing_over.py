"""Rules pass over lines without a word of theirs: what they find there is what their patterns find."""

import re

import pytest

from tasks.entities.dates import find_dates
from tasks.entities.equipment import find_ships, find_systems
from tasks.entities.known import find_exercises, find_firms, find_meetings, find_patterns, find_towns
from tasks.entities.lexicon import Mention, find_at_words, find_forms, index_forms, letters_in, words_in
from tasks.entities.military import find_military
from tasks.entities.quantities import find_quantities
from tasks.entities.ranks import find_ranks
from tasks.lexicons import read_terms


def values(text: str, mentions: list[Mention]) -> list[str]:
    return [text[mention.start : mention.end] for mention in mentions]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is 5km off.", ["5km"]),
        ("It is 5 km/s fast.", ["5 km/s"]),
        ("It took twenty miles.", ["twenty miles"]),
        ("It is 5 m wide.", ["5 m"]),
        ("It fell to -5 °C.", ["-5 °C"]),
        ("At Mach 2.5 it broke.", ["Mach 2.5"]),
        ("A 155 mm gun and a 4” hole", ["155 mm", "4”"]),
        ("They paid GH¢5 million.", ["GH¢5 million"]),
        ("They paid Kč5 million.", ["Kč5 million"]),
        ("They paid S/ 5 million.", ["S/ 5 million"]),
        ("They paid USD5 million.", ["USD5 million"]),
        ("They paid P42,000.", ["P42,000"]),
        ("They paid hundreds of dollars.", ["hundreds of dollars"]),
        ("China's 5 soldiers and 3 others", []),
    ],
)
def test_amounts(text: str, found: list[str]) -> None:
    assert values(text, find_quantities(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The 3rd of May and the following day", ["3rd of May", "the following day"]),
        ("Nearly five years ago, not a year ago", ["Nearly five years ago", "a year ago"]),
        ("It rained on Thursday.", ["Thursday"]),
        ("It is over, and the rest is more of a wish.", []),
        ("In the 1990s", ["1990s"]),
        ("(Thu.) it rained", ["Thu."]),
        ("by the end of the year", ["end of the year"]),
    ],
)
def test_days(text: str, found: list[str]) -> None:
    assert values(text, find_dates(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the 419th FLTS flew", ["419th FLTS"]),
        ("VFA136 flew, and 36SQN", ["VFA136", "36SQN"]),
        ("INDBATT-1 marched", ["INDBATT-1"]),
        ("the First Naval Task Force", ["First Naval Task Force"]),
        ("a 21st century army of 3 and the First World", []),
    ],
)
def test_formations(text: str, found: list[str]) -> None:
    assert [text[m.start : m.end] for m in find_military(text) if m.label == "UNIT"] == found


def test_every_rank_ship_system_state_deal_and_drill_is_looked_for() -> None:
    military, heads, places = read_terms("military.tsv"), read_terms("name_heads.tsv"), read_terms("defence_names.tsv")
    for rank in military["rank"]:
        if rank not in military["before_general"]:
            assert find_ranks(f"{rank} Holm spoke.") or find_ranks(f"{rank} Anna Holm spoke."), rank
    for kind in military["ship_type"]:
        assert find_ships(f"the {kind} Xining"), kind
        assert find_ships(f"the {kind}s Xining and Hydra"), kind
    for kind in military["system_type"]:
        assert find_systems(f"the NH90 {kind} flew"), kind
    for state in (*places["us_state"], *places["us_state_short"]):
        assert find_towns(f"in Bay City, {state} now"), state
    for deal in heads["deal"]:
        assert find_firms(f"{deal} Norlink"), deal
    for drill in heads["drill"]:
        assert find_exercises(f"the {drill} “Iron Dawn”"), drill


def test_events_bear_years_that_months_do_not() -> None:
    text = "In March 2021 they opened Iron Dawn 24 and Steppe Comrade-2024 after Iron Gate 2025."
    assert values(text, find_patterns(text)) == ["Iron Dawn 24", "Steppe Comrade-2024", "Iron Gate 2025"]
    assert find_patterns("In March 2021 and on June 24") == []


def test_forms_may_end_in_a_mark_or_an_ending() -> None:
    index = index_forms(["Oslo", "U.S.", "Yahoo!"])
    assert [form for *_, form in find_forms("Oslo’s men, U.S. ships, Yahoo! In Oslo.", index)] == [
        "Oslo", "U.S.", "Yahoo!", "Oslo",
    ]  # fmt: skip


def test_what_is_looked_for_at_words_is_what_a_search_finds() -> None:
    pattern, text = re.compile(r"(?<![\w-])(?:ab|b)(?: b)*(?!\w)"), "ab b b xb b -b ab"
    assert [hit.span() for hit in find_at_words(pattern, text, {"ab", "b"})] == [
        h.span() for h in pattern.finditer(text)
    ]
    assert words_in("An F-35B, 12km") == {"An", "F", "35B", "12km"}
    assert letters_in("An F-35B, 12km") == {"an", "f", "b", "km"}


def test_talks_have_their_parties() -> None:
    text = "The 5th India-Japan 2+2 Foreign Ministerial Meeting and the Australia–New Zealand Talks took place."
    meetings = ["5th India-Japan 2+2 Foreign Ministerial Meeting", "Australia–New Zealand Talks"]
    assert values(text, find_meetings(text)) == meetings
    for other in ("the Hill-Orr Dialogue", "the India-Japan border", "a Japan-India Dialogue Group"):
        assert find_meetings(other) == [], other


def test_an_officer_is_no_water() -> None:
    assert find_patterns("Judge Ansel Bay and Captain Will Bay met.") == []
    assert values("near Ansel Bay", find_patterns("near Ansel Bay")) == ["Ansel Bay"]

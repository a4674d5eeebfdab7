"""Conflicts between the model, the rules and the lexicons, by the rule in tasks/entities/merge.py."""

import pytest

from tasks.entities.lexicon import Mention
from tasks.entities.line import find_in_line
from tasks.entities.merge import is_name, merge_mentions, read_head, split_title, trim

TEXT = "Rear Adm. Kirk of U.S. Task Force 50 left on 3 May 2021 for Oslo, Norway, by sea."


def span(words: str, label: str, method: str = "model") -> Mention:
    start = TEXT.index(words)
    return Mention(start, start + len(words), label, method)


def test_a_form_cuts_the_models_person() -> None:
    rank = span("Rear Adm.", "TITLE", "rule:rank")
    assert merge_mentions(TEXT, [span("Rear Adm. Kirk", "PERSON")], [rank], [], []) == [rank, span("Kirk", "PERSON")]


def test_a_form_removes_what_overlaps_it_and_is_no_person() -> None:
    rank = span("Rear Adm.", "TITLE", "rule:rank")
    assert merge_mentions(TEXT, [span("Rear Adm. Kirk", "ORG")], [rank], [], []) == [rank]


def test_a_form_gives_way_to_the_longer_name_that_holds_it() -> None:
    form, longer = span("Task Force 50", "UNIT", "rule:unit"), span("U.S. Task Force 50", "UNIT")
    assert merge_mentions(TEXT, [longer], [form], [], []) == [longer]


def test_a_form_stands_before_a_longer_name_with_another_label() -> None:
    form, longer = span("Task Force 50", "UNIT", "rule:unit"), span("U.S. Task Force 50", "ORG")
    assert merge_mentions(TEXT, [longer], [form], [], []) == [form]


def test_a_measured_form_never_gives_way() -> None:
    form, longer = span("3 May 2021", "DATE", "rule:date"), span("on 3 May 2021", "DATE")
    assert merge_mentions(TEXT, [longer], [form], [], []) == [form]


def test_the_longer_of_name_and_model_stands() -> None:
    short, long = span("Oslo", "GPE", "name"), span("Oslo, Norway", "LOC")
    assert merge_mentions(TEXT, [long], [], [short], []) == [long]
    assert (
        merge_mentions(TEXT, [span("Oslo", "LOC")], [], [span("Oslo, Norway", "GPE", "name")], [])[0].method == "name"
    )


def test_at_equal_length_the_name_stands() -> None:
    name = span("Oslo", "GPE", "name")
    assert merge_mentions(TEXT, [span("Oslo", "PERSON")], [], [name], []) == [name]


def test_countries_add_where_nothing_stands_and_correct_labels() -> None:
    country = span("Norway", "GPE", "lexicon")
    assert merge_mentions(TEXT, [], [], [], [country]) == [country]
    assert merge_mentions(TEXT, [span("Norway", "ORG")], [], [], [country]) == [country]
    longer = span("Oslo, Norway", "LOC")
    assert merge_mentions(TEXT, [longer], [], [], [country]) == [longer]


def test_towns_add_and_correct_nothing() -> None:
    town = span("Oslo", "GPE", "pattern:town")
    assert merge_mentions(TEXT, [], [], [], [town]) == [town]
    assert merge_mentions(TEXT, [span("Oslo", "ORG")], [], [], [town]) == [span("Oslo", "ORG")]


def test_a_place_ends_with_the_country_that_of_or_and_follows() -> None:
    text = "The visit to Russia of State Councilor Li went to Bosnia and Herzegovina."
    countries = [Mention(13, 19, "GPE", "lexicon"), Mention(50, 72, "GPE", "lexicon")]
    model = [Mention(13, 38, "GPE", "model"), Mention(50, 72, "GPE", "model")]
    merged = merge_mentions(text, model, [], [Mention(23, 38, "TITLE", "name")], countries)
    assert [text[m.start : m.end] for m in merged] == ["Russia", "State Councilor", "Bosnia and Herzegovina"]


def test_two_countries_joined_are_two() -> None:
    text = "U.S.-Japan talks"
    joined = Mention(0, 10, "GPE", "model")
    assert [text[m.start : m.end] for m in find_in_line(text, [joined])] == ["U.S.", "Japan"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("the Navy's", "Navy"),
        ("“Red Hill”", "Red Hill"),
        ("Ship Trials Office (STO", "Ship Trials Office"),
        ("Red (Blue", "Red (Blue"),
        ("A Hill", "Hill"),
        ("Kirk.", "Kirk."),
        ("Command and Control.", "Command and Control"),
    ],
)
def test_trim(value: str, kept: str) -> None:
    mention = trim(value, Mention(0, len(value), "ORG", "model"))
    assert mention is not None
    assert value[mention.start : mention.end] == kept


@pytest.mark.parametrize(
    ("value", "kept"), [("Mr Hill", "Hill"), ("Dr. Ann Hill", "Ann Hill"), ("Drummond", "Drummond"), ("Sir", "Sir")]
)
def test_forms_of_address_are_no_part_of_a_person(value: str, kept: str) -> None:
    mention = trim(value, Mention(0, len(value), "PERSON", "model"))
    assert mention is not None
    assert value[mention.start : mention.end] == kept


def test_trim_leaves_nothing_of_a_bare_determiner() -> None:
    assert trim("the ", Mention(0, 4, "ORG", "model")) is None


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Russian Defence Minister", ["Defence Minister"]),
        ("Deputy Prime Minister and Finance Minister", ["Deputy Prime Minister", "Finance Minister"]),
        ("Minister of Trade and Tourism", ["Minister of Trade and Tourism"]),
        ("Foreign Secretary statement on", ["Foreign Secretary"]),
        ("Chief weapons inspector", ["Chief weapons inspector"]),
        ("deputy commander", ["deputy commander"]),
    ],
)
def test_titles_are_cut_at_what_is_none(title: str, parts: list[str]) -> None:
    assert [title[m.start : m.end] for m in split_title(title, Mention(0, len(title), "TITLE", "model"))] == parts


def test_only_titles_are_cut() -> None:
    assert split_title("Russian Army", Mention(0, 12, "ORG", "model")) == [Mention(0, 12, "ORG", "model")]


@pytest.mark.parametrize("value", ["Sailors", "VBIED", "www.example.mil", "15-month", "last 24", "555-555-5555"])
def test_what_is_no_name(value: str) -> None:
    label = "DATE" if value[0].isdigit() or value.startswith("last") else "ORG"
    assert not is_name(value, Mention(0, len(value), label, "model"))


def test_a_function_in_small_letters_needs_a_person() -> None:
    text = "The secretary met director Ann Hill."
    model = [Mention(4, 13, "TITLE", "model"), Mention(18, 26, "TITLE", "model"), Mention(27, 35, "PERSON", "model")]
    assert [text[m.start : m.end] for m in find_in_line(text, model)] == ["director", "Ann Hill"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$3 million", True), ("millions of dollars", True), ("AGPU 1.0", False), ("several", False), ("12 ships", False)],
)
def test_money_of_the_model_has_an_amount_or_a_currency(text: str, expected: bool) -> None:
    assert is_name(text, Mention(0, len(text), "MONEY", "model")) == expected


def test_a_country_alone_is_no_title() -> None:
    assert split_title("the Norwegian people", Mention(4, 13, "TITLE", "model")) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("the Tan Shui exercise", "EVENT"),
        ("The Tan Shui military drills", "EVENT"),
        ("why Tan Shui exercises daily", "PERSON"),
        ("the Tan Shui exerciser", "PERSON"),
    ],
)
def test_a_name_between_the_and_exercise_is_no_person(text: str, label: str) -> None:
    assert read_head(text, Mention(4, 12, "PERSON", "model")).label == label


def test_the_name_of_a_kind_of_release_is_none() -> None:
    text = "MEDIA ADVISORY"
    assert find_in_line(text, [Mention(6, 14, "ORG", "model")]) == []


def test_the_question_that_heads_a_line_is_no_body() -> None:
    assert find_in_line("WHO: 200 Sailors", [Mention(0, 3, "ORG", "model")]) == []
    text = "WHO officials: see the WHO: it"
    assert [m.start for m in find_in_line(text, [])] == [0, 23]

"""Who speaks: one test a form. All texts are written for these tests."""

from __future__ import annotations

import pytest

from tasks.quotes.find import find_quotations
from tasks.quotes.resolve import Source
from tests.quotes.test_find import _START, lexicon, read


def sources(text: str) -> list[Source]:
    starts = [match.start() for match in _START.finditer(text)]
    return [source for _, source in find_quotations(text, starts, None, lexicon())]


@pytest.mark.parametrize(
    ("text", "speaker", "name"),
    [
        ("Kevin Hale and Premier Ana Ruiz said that the pier is ready.", "Kevin Hale and Premier Ana Ruiz", "Kevin Hale and Ana Ruiz"),
        (
            "Mayor Kevin Hale, Premier Ana Ruiz and Minister Wu Lei said that the pier is ready.",
            "Kevin Hale, Premier Ana Ruiz and Minister Wu Lei",
            "Kevin Hale, Ana Ruiz and Wu Lei",
        ),
        ("The pier is ready, said Mayor Kevin Hale and Premier Ana Ruiz.", "Kevin Hale and Premier Ana Ruiz", "Kevin Hale and Ana Ruiz"),
        ("Kevin Hale and Harbour Defence and Trade Minister Ana Ruiz said that the pier is ready.", None, "Kevin Hale and Ana Ruiz"),
    ],
)  # fmt: skip
def test_people_who_speak_together(text: str, speaker: str | None, name: str) -> None:
    ((_, _, _, found, resolved),) = read(text)
    assert found == speaker or speaker is None
    assert resolved == name


def test_both_leaders_are_the_two_who_were_named() -> None:
    text = "President Ana Ruiz met President Ivo Hale in the capital.\nThe two presidents said that the pier is ready."
    assert [source.name for source in sources(text)] == ["Ana Ruiz and Ivo Hale"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Prime Minister of Fiji, Ana Ruiz, said that the pier is ready.", "Ana Ruiz"),
        ("The pier is ready, said the Minister of Trade, Ana Ruiz.", "Ana Ruiz"),
        ("Speaking in Albany, the spokesman said that the pier is ready.", "the spokesman"),
        ("A senior defence official, speaking on condition of anonymity, said that the pier is ready.", "A senior defence official"),
        ("Initial reports indicated that the pier was lost.", "Initial reports"),
        ("The pier is ready, the assistant secretary of trade for harbours said.", "the assistant secretary of trade for harbours"),
        ("“The pier is ready,” Harbour Trust co-founder Ana Ruiz said.", "Ana Ruiz"),
    ],
)  # fmt: skip
def test_a_source(text: str, name: str) -> None:
    assert [source.name for source in sources(text)] == [name]


def test_an_acronym_is_written_out() -> None:
    text = "The Ministry of Harbour Defence has a new pier.\nMHD said that the pier is ready."
    assert [(source.name, source.kind) for source in sources(text)] == [("Ministry of Harbour Defence", "institution")]


def test_a_pronoun_agrees_with_what_titles_and_forenames_say() -> None:
    text = "Mrs Ruiz said that the pier is ready. Mr Hale said that it is long. She added that it is wide."
    assert [source.name for source in sources(text)] == ["Ruiz", "Hale", "Ruiz"]


def test_a_country_is_no_person() -> None:
    text = "Leaders of Fiji met Mr Hale in Suva, Fiji. He said that the pier is ready."
    assert [source.name for source in sources(text)] == ["Hale"]


def test_an_unnamed_source_keeps_its_words() -> None:
    text = "A spokesman said that the pier is ready. The spokesman added that it is long."
    assert [(source.name, source.kind) for source in sources(text)] == [("A spokesman", "role")] * 2


def test_an_article_is_nobody() -> None:
    assert read("He described an alleged attack on the pier. The proposed pier is long.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Ana Ruiz, head of the Harbour Office: “We will build the pier before the winter comes.”",
        "“We will build the pier before the winter comes.” – Ana Ruiz, head of the Harbour Office",
        "“We will build the pier before the winter comes.”\n\n– Ana Ruiz, head of the Harbour Office\n\nMore follows.",
    ],
)
def test_a_name_beside_speech_is_its_speaker(text: str) -> None:
    assert [(kind, name) for kind, _, _, _, name in read(text)] == [("direct", "Ana Ruiz")]


def test_a_trailing_name_holds_for_all_the_paragraphs_before_it() -> None:
    text = "“We will build the pier before the winter comes.”\n\n“It will be a good pier for all of us.”\n\n– Ana Ruiz"
    assert [(speaker, name) for *_, speaker, name in read(text)] == [(None, "Ana Ruiz"), ("Ana Ruiz", "Ana Ruiz")]


def test_a_heading_makes_a_statement_of_what_is_said_in_the_first_person() -> None:
    heading = "Statement by Minister Ana Ruiz on the Harbour\n\n"
    assert read(heading + "We have built a pier.\n\nI thank the crews.\n\nNotes to editors\n\nMore.") == [
        ("statement", "We have built a pier. | I thank the crews.", "Statement", "Ana Ruiz", "Ana Ruiz")
    ]
    assert read(heading + "The ministry has built a pier.\n\nIt has thanked the crews.") == []

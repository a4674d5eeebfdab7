"""One wording that the model read in several ways; the rest of it stands in tests/golden/entities."""

from tasks.entities.consistency import settle
from tasks.entities.lexicon import Mention


def test_the_most_frequent_label_holds_and_titles_keep_out() -> None:
    text = "Ardan, Ardan, Ardan; Chief, Chief"
    labels = ("GPE", "PERSON", "GPE", "TITLE", "ORG")
    starts = (0, 7, 14, 21, 28)
    mentions = [Mention(start, start + 5, label, "model") for start, label in zip(starts, labels, strict=True)]
    assert [m.label for m in settle(text, mentions)] == ["GPE", "GPE", "GPE", "TITLE", "ORG"]


def test_a_ministers_initials_are_the_ministry() -> None:
    text = "The Minister of National Roads spoke. The MNR agreed; the MN and MR did not."
    found = settle(text, [Mention(4, 30, "TITLE", "rule:rank"), Mention(42, 45, "EQUIPMENT", "model")])
    assert [(m.label, text[m.start : m.end]) for m in found] == [
        ("TITLE", "Minister of National Roads"),
        ("ORG", "MNR"),
    ]


def test_two_initials_of_a_minister_say_nothing() -> None:
    text = "The Minister of Roads spoke. The MR agreed."
    assert len(settle(text, [Mention(4, 21, "TITLE", "rule:rank")])) == 1


def test_a_sentence_that_says_what_someone_did_starts_with_a_person() -> None:
    text = "Pan Li-ting spoke. Pan promised help. In Pan, whose hills rise, he slept. Pan lies in the hills."
    model = [Mention(0, 11, "PERSON", "model"), Mention(41, 44, "GPE", "model")]
    found = settle(text, model)
    assert [(m.label, m.start) for m in found] == [("PERSON", 0), ("PERSON", 19), ("GPE", 41)]


def test_a_place_that_a_sentence_starts_with_is_a_person_if_it_acts() -> None:
    text = "Takano Ken spoke. Takano insisted on it."
    found = settle(text, [Mention(0, 10, "PERSON", "model"), Mention(18, 24, "GPE", "model")])
    assert [(m.label, text[m.start : m.end]) for m in found] == [("PERSON", "Takano Ken"), ("PERSON", "Takano")]

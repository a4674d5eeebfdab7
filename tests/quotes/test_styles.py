"""Labels that a style alone sets off, and what looks like them in plain releases."""

from __future__ import annotations

import pytest

from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import load_lexicon
from tasks.resources import find_resource

_SPOKEN = [
    ("Ana Ruiz", "Is the pier open?"),
    ("Harbour News", "Will you dredge it, as we have asked?"),
    ("Ana Ruiz", "I will."),
    ("Harbour News", "When will the dredger come?"),
    ("Ana Ruiz", "When we can pay it."),
]
_LISTED = [
    ("Army", "Forty new trucks."),
    ("Navy", "Two new boats."),
    ("Army", "Ninety recruits."),
    ("Navy", "Ten recruits."),
]
_STYLES = ["<{}> {}", "[{}] {}", "– {} : {}", "{} – {}", "{}. {}", "{}\n{}"]


def turns(text: str) -> list[tuple[str | None, str]]:
    """Return the label and the words of each turn."""
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    found = [one for one, _ in find_quotations(text, [0], None, lexicon) if one.kind == "turn"]
    return [(one.source.text if one.source else None, text[one.start : one.end]) for one in found]


@pytest.mark.parametrize("style", _STYLES)
def test_a_style_that_comes_back_sets_off_labels(style: str) -> None:
    text = "The Harbour Master met the press.\n\n" + "\n\n".join(style.format(*pair) for pair in _SPOKEN)
    assert turns(text) == _SPOKEN


@pytest.mark.parametrize("style", _STYLES)
def test_a_list_is_no_talk(style: str) -> None:
    text = "The budget was published.\n\n" + "\n\n".join(style.format(*pair) for pair in _LISTED)
    assert turns(text) == []


def test_words_before_a_dash_are_no_labels() -> None:
    lines = ["Well – is it open?", "So, you – you know it.", "Well – we say so.", "So, you – I did it.", "Well – yes."]
    assert turns("\n\n".join(lines)) == []


def test_an_answer_is_that_of_the_one_in_brackets() -> None:
    text = "Q. Is the pier open?\n\nA. (Col. Ruiz) It is.\n\nQ. Who pays?\n\nA. (Gen. Wu Lei) We do.\n\nA. (Col. Ruiz) I sign."
    assert [label for label, _ in turns(text)] == ["Q", "Col. Ruiz", "Q", "Gen. Wu Lei", "Col. Ruiz"]


def test_a_picture_at_its_end_does_not_hide_a_question() -> None:
    text = "Harbour TV: Is the pier open? \U0001f914\n\nCol. Ana Ruiz: It is.\n\nHarbour TV: Since when? \U0001f914\n\nCol. Ana Ruiz: Since May."
    assert len(turns(text)) == 4


def test_initials_of_an_office_are_who_holds_it() -> None:
    text = (
        "Q: Is the pier open?\n\nCSHC: It is.\n\nQ: Who pays?\n\nCSHC: We do.\n\n*CSHC: Gen. Wu Lei, Chief of Staff, HC"
    )
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    found = [
        source.name
        for one, source in find_quotations(text, [0], None, lexicon)
        if one.source and one.source.text == "CSHC"
    ]
    assert found == ["Wu Lei", "Wu Lei"]


def test_dashes_alone_set_off_who_asks_and_who_answers() -> None:
    asked, answered = ["Is the pier open?", "Who pays?", "Do you sleep?"], ["It is.", "We do.", "I try."]
    said = [words for pair in zip(asked, answered, strict=True) for words in pair]
    text = "Colonel Ruiz received us.\n\n" + "\n\n".join(f"– {words}" for words in said)
    assert turns(text) == [(None, words) for words in said]


def test_a_list_with_dashes_is_no_talk() -> None:
    lines = [
        "– Is the pier open?",
        "– Who pays?",
        "– Two boats.",
        "– Forty trucks.",
        "– Ninety recruits.",
        "– Who asks?",
    ]
    assert turns("The budget answers this:\n\n" + "\n\n".join(lines)) == []


def test_an_answer_in_angles_keeps_the_bracket_that_says_whose_it_is() -> None:
    text = (
        "Ana Ruiz, Deputy Spokesperson: Good morning. Your questions, please.\n\n<Question> Is the pier open?\n\n"
        "<Answer> (Colonel Bo Lind, Staff) We opened it.\n\n<Question> Will you dredge it?\n\n"
        "<Answer> (Deputy Spokesperson) I cannot say.\n\n<Question> Why?\n\n<Answer> (Deputy Spokesperson) We ask you to wait."
    )
    assert [said for _, said in turns(text)][2::2] == ["We opened it.", "I cannot say.", "We ask you to wait."]

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


@pytest.mark.parametrize("label", ["Senior port official", "Ministry sources", "Harbour spokesperson"])
def test_somebody_without_a_name_has_a_label(label: str) -> None:
    text = f"Moderator: Who begins?\n\n{label}: We do.\n\nAna Ruiz: Is the pier open?\n\n{label}: It is, I think."
    assert [found for found, _ in turns(text)] == ["Moderator", label, "Ana Ruiz", label]


def test_an_answer_in_any_word_is_that_of_the_one_in_brackets() -> None:
    text = "Ques: Is the pier open?\n\nAns (Col. Ruiz): It is.\n\nQues: Who pays?\n\nAns (Gen. Wu Lei): We do."
    assert [label for label, _ in turns(text)] == ["Ques", "Col. Ruiz", "Ques", "Gen. Wu Lei"]


def test_a_colon_in_a_turn_does_not_lengthen_its_label() -> None:
    said = ["Is it open?", "To Mr Hale: it is.", "Who pays?", "To Mr Hale: we do."]
    labels = ["Ivo HALE (NI).", "Ana RUIZ.", "Ivo HALE (NI).", "Ana RUIZ."]
    text = "\n\n".join(f"{label} – {words}" for label, words in zip(labels, said, strict=True))
    assert [words for _, words in turns(text)] == said


@pytest.mark.parametrize("style", ["**{}**", "1. {}"])
def test_marked_questions_have_their_answers_below(style: str) -> None:
    asked = ["Is the pier open?", "Who dredges it?", "When does the crane come?"]
    answers = ["I opened it in May.", "We do, with two boats.", "In June."]
    text = "\n\n".join(f"{style.format(one)}\n\n{other}" for one, other in zip(asked, answers, strict=True))
    assert [words for _, words in turns(text)] == [one for pair in zip(asked, answers, strict=True) for one in pair]
    told = "\n\n".join(f"{style.format(one)}\n\nThe port is open to all." for one in asked)
    assert turns(told) == []  # nobody speaks


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Host (Ana Ruiz): Welcome.\n\nIvo Hale: Thank you.\n\nHost: Is it open?\n\nIvo Hale: It is.", "Ana Ruiz"),
        ("Host: My name is Ana Ruiz, welcome.\n\nIvo Hale: Hi.\n\nHost: Is it open?\n\nIvo Hale: Yes.", "Ana Ruiz"),
        (
            "Minister Ana Ruiz met Captain Ivo Hale. (AR = Ruiz, IH = Hale)\n\nAR: Is it open?\n\nIH: It is.\n\n"
            "AR: Who pays?\n\nIH: We do.",
            "Ana Ruiz",
        ),
        (
            "Minister Ana Ruiz met Captain Ivo Hale.\n\nA.R.: Is it open?\n\nI.H.: It is.\n\nA.R.: Who pays?\n\nI.H.: We do.",
            "Ana Ruiz",
        ),
        (
            "Moderator Ana Ruiz led the panel with Admiral Ivo Hale.\n\nRUIZ: Is it open?\n\nHALE: It is.\n\n"
            "RUIZ: Who pays?\n\nHALE: We do.",
            "Ana Ruiz",
        ),
        (
            "Colonel Ivo Hale leads the port. Our correspondent Ana Ruiz visited him.\n\n– Is it open?\n\n– It is.\n\n"
            "– Who pays?\n\n– I do.\n\n– Who dredges?\n\n– We do.",
            "Ana Ruiz",
        ),
        (
            "Host\n(Ana Ruiz)\nWelcome to the port.\n\nIvo Hale\nThank you.\n\nHost\nIs it open now?\n\nIvo Hale\nIt is.",
            "Ana Ruiz",
        ),
        (
            "Journalist (Ana Ruiz): Is it open?\n\nIvo Hale: It is.\n\nJournalist: Who pays?\n\nIvo Hale: We do.",
            "Ana Ruiz",
        ),
        (
            "Present: Colonel Ivo Hale, Harbour Chief; Ana Ruiz, Pilot.\n\nPilot: Is it open?\n\nHarbour Chief: It is.\n\n"
            "Pilot: Who pays?\n\nHarbour Chief: We do.",
            "Ana Ruiz",
        ),
    ],
)
def test_who_asks_has_a_full_name(text: str, names: str) -> None:
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    found = [source.name for one, source in find_quotations(text, [0], None, lexicon) if one.kind == "turn"]
    assert found[::2] == [names] * len(found[::2])
    assert found[1::2] == ["Ivo Hale"] * len(found[1::2])


@pytest.mark.parametrize(("asked", "answer"), [("Pregunta", "Respuesta"), ("Frage", "Antwort"), ("Ques", "Ans")])
def test_the_one_who_was_named_answers_in_any_language(asked: str, answer: str) -> None:
    text = f"Minister Ivo Hale met the press.\n\n{asked}: Is it open?\n\n{answer}: Yes.\n\n{asked}: Who pays?\n\n{answer}: We."
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    found = [source.name for one, source in find_quotations(text, [0], None, lexicon) if one.kind == "turn"]
    assert found[1::2] == ["Ivo Hale"] * 2


def test_a_name_is_no_address_of_the_outlet_after_it() -> None:
    asks = "Q: Thank you, Mr. Secretary. Ana Ruiz, Harbour Service of Tonga. Is it open?"
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    found = find_quotations(f"{asks}\n\nSECRETARY HALE: It is.", [0], None, lexicon)
    assert next(source.name for one, source in found if one.kind == "turn") == "Ana Ruiz"


def test_numbered_questions_can_have_lines_of_their_own() -> None:
    said = [
        ("Question 1", "Is the pier open?"),
        ("Answer 1", "Yes."),
        ("Question 2", "Who pays?"),
        ("Answer 2", "We do."),
    ]
    assert turns("\n\n".join(f"{label}\n{words}" for label, words in said)) == said

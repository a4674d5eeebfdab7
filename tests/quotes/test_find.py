"""One test a phenomenon. All texts are written for these tests."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import Lexicon, load_lexicon, parse_lexicon
from tasks.quotes.marks import pair_marks
from tasks.quotes.scores import score
from tasks.resources import find_resource

_START = re.compile(r"(?:^|(?<=[.?!]\s)|(?<=[.?!][\"”]\s))(?=\S)", re.MULTILINE)


def lexicon() -> Lexicon:
    return load_lexicon(find_resource("cues.tsv", "config/lexicons"))


def read(text: str, title: str | None = None) -> list[tuple[str, str, str | None, str | None, str | None]]:
    """Return type, content, cue, speaker and speaker name of each quotation."""
    starts = [match.start() for match in _START.finditer(text)]
    return [
        (
            quotation.kind,
            " | ".join(text[s:e] for s, e in quotation.segments),
            text[slice(*quotation.cue)] if quotation.cue else None,
            text[quotation.source.start : quotation.source.end]
            if quotation.source and not quotation.is_carried
            else None,
            source.name,
        )
        for quotation, source in find_quotations(text, starts, title, lexicon())
    ]


def test_direct_with_the_cue_after() -> None:
    text = '"The bridge will open in May," Colonel Ana Ruiz said.'
    assert read(text) == [("direct", "The bridge will open in May", "said", "Ana Ruiz", "Ana Ruiz")]


def test_direct_with_the_cue_before() -> None:
    text = "Colonel Ana Ruiz told the crew on Monday: “We sail at dawn and return at dusk.”"
    assert read(text) == [("direct", "We sail at dawn and return at dusk.", "told", "Ana Ruiz", "Ana Ruiz")]


def test_direct_inverted() -> None:
    text = "“The bridge will open in May,” said Colonel Ana Ruiz, commander of the Northern Brigade."
    assert read(text) == [("direct", "The bridge will open in May", "said", "Ana Ruiz", "Ana Ruiz")]


def test_direct_interrupted_is_one_quotation() -> None:
    text = "“The bridge is ready,” said Colonel Ana Ruiz. “Traffic starts in May.”"
    assert read(text) == [
        ("direct", "The bridge is ready | Traffic starts in May.", "said", "Ana Ruiz", "Ana Ruiz"),
    ]


def test_direct_without_a_verb() -> None:
    text = "“The bridge is ready for heavy trucks,” Rear Adm. Ana Ruiz, commander, Group 7."
    assert read(text) == [("direct", "The bridge is ready for heavy trucks", None, "Ana Ruiz", "Ana Ruiz")]


def test_a_paragraph_that_goes_on_has_no_cue_of_its_own() -> None:
    text = "“The bridge is ready for heavy trucks,” Colonel Ana Ruiz said.\n\n“It took two hard years to build it.”"
    assert read(text)[1] == ("direct", "It took two hard years to build it.", None, None, "Ana Ruiz")


def test_one_pair_of_marks_over_paragraphs() -> None:
    text = "The message reads, in part:\n“You have guarded the coast well.\nYour country thanks you for it.”"
    (found,) = read(text)
    assert found[:4] == (
        "direct",
        "You have guarded the coast well. | Your country thanks you for it.",
        "reads",
        "The message",
    )


def test_an_unclosed_mark_ends_with_its_paragraph() -> None:
    text = "Colonel Ana Ruiz said: “The bridge is ready for heavy trucks.\n\nTraffic starts in May."
    (quotation, _), *rest = find_quotations(text, [0, text.index("Traffic")], None, lexicon())
    assert not rest
    assert text[quotation.start : quotation.end] == "The bridge is ready for heavy trucks."
    assert quotation.repair == "unclosed"


@pytest.mark.parametrize(
    ("text", "content", "repair"),
    [
        ("Ana Ruiz said: “The bridge is ready for trucks.\n\nMore.", "The bridge is ready for trucks.", "unclosed"),
        ("The bridge is ready for trucks,” Colonel Ana Ruiz said.", "The bridge is ready for trucks", "unopened"),
        ("““The bridge is ready for trucks,”” Colonel Ana Ruiz said.", "The bridge is ready for trucks", "none"),
        ("”The bridge is ready for trucks,“ Colonel Ana Ruiz said.", "The bridge is ready for trucks", "none"),
        ('"The crew"s bridge is ready for trucks," Colonel Ana Ruiz said.', 'The crew"s bridge is ready for trucks', "none"),
        ("“The bridge “Long One” is ready,” Colonel Ana Ruiz said.", "The bridge “Long One” is ready", "none"),
    ],
)  # fmt: skip
def test_damaged_marks(text: str, content: str, repair: str) -> None:
    starts = [match.start() for match in _START.finditer(text)]
    found = [quotation for quotation, _ in find_quotations(text, starts, None, lexicon())]
    assert [(text[q.start : q.end], q.repair) for q in found] == [(content, repair)]


def test_reopened_marks_are_a_convention_not_damage() -> None:
    assert [pair.repair for pair in pair_marks("“One.\n\n“Two.\n\n“Three.”")] == ["reopened", "reopened", "none"]


@pytest.mark.parametrize("marks", ['""', "“”", "«»", "「」", "『』"])
def test_marks_of_many_kinds(marks: str) -> None:
    text = f"Colonel Ana Ruiz said: {marks[0]}The bridge is ready for heavy trucks.{marks[1]}"
    assert read(text)[0][:2] == ("direct", "The bridge is ready for heavy trucks.")


def test_scare_quotes_and_titles_are_no_quotations() -> None:
    assert read("The so-called “humanitarian corridor” was closed. He read the decree “On the Flag” aloud.") == []
    text = "“The pier is safe and long enough,” Ana Ruiz said on “Harbour Watch Sunday.”"
    assert [content for _, content, *_ in read(text)] == ["The pier is safe and long enough"]


def test_indirect_with_that() -> None:
    text = "Minister Ivo Hale said that the fleet would stay in port."
    assert read(text) == [("indirect", "the fleet would stay in port", "said", "Ivo Hale", "Ivo Hale")]


def test_indirect_closing() -> None:
    text = "The fleet would stay in port until May, Minister Ivo Hale added."
    assert read(text) == [("indirect", "The fleet would stay in port until May", "added", "Ivo Hale", "Ivo Hale")]


def test_indirect_around_its_attribution() -> None:
    text = "The fleet, Minister Ivo Hale said, would stay in port until May."
    assert read(text) == [("indirect", "The fleet | would stay in port until May", "said", "Ivo Hale", "Ivo Hale")]


def test_adding_that_is_a_second_quotation() -> None:
    text = "The fleet would stay in port, Minister Ivo Hale said, adding that repairs take time."
    assert read(text) == [
        ("indirect", "The fleet would stay in port", "said", "Ivo Hale", "Ivo Hale"),
        ("indirect", "repairs take time", "adding", "Ivo Hale", "Ivo Hale"),
    ]


def test_according_to() -> None:
    text = "According to Minister Ivo Hale, the fleet would stay in port."
    assert read(text) == [("indirect", "the fleet would stay in port", "According to", "Ivo Hale", "Ivo Hale")]


def test_a_noun_phrase_with_content() -> None:
    text = "Minister Ivo Hale stressed the need to repair the fleet and thanked the crews."
    assert read(text) == [("indirect", "the need to repair the fleet", "stressed", "Ivo Hale", "Ivo Hale")]


def test_a_stance() -> None:
    text = "Minister Ivo Hale expressed confidence that the fleet would sail."
    assert read(text) == [("indirect", "the fleet would sail", "expressed confidence", "Ivo Hale", "Ivo Hale")]


def test_a_request() -> None:
    text = "Minister Ivo Hale urged both sides to leave the harbour."
    assert read(text) == [("indirect", "both sides to leave the harbour", "urged", "Ivo Hale", "Ivo Hale")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("As Minister Ivo Hale noted on Monday, the fleet would stay in port.", [("the fleet would stay in port", "noted")]),
        (
            "Noting that repairs take time, Minister Ivo Hale said that the fleet would sail.",
            [("repairs take time", "Noting"), ("the fleet would sail", "said")],
        ),
        (
            "The fleet would stay in port, Minister Ivo Hale said and promised to repair it.",
            [("The fleet would stay in port", "said"), ("to repair it", "promised")],
        ),
        ("The fleet would stay in port, said the minister in charge of it.", [("The fleet would stay in port", "said")]),
        ("Minister Ivo Hale will announce a new fleet.", []),
        ("The navy helps to train, advise and assist the fleet that sails.", []),
    ],
)  # fmt: skip
def test_indirect_forms(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(content, cue) for _, content, cue, _, _ in read(text)] == expected


def test_a_subject_that_does_not_speak_says_nothing() -> None:
    assert read("The storm highlighted the need for a new pier.") == []


def test_mixed() -> None:
    text = "The crew has “shown uncommon courage in the worst of storms”, Minister Ivo Hale said."
    (found,) = read(text)
    assert found[0] == "mixed"
    assert found[1] == "The crew has “shown uncommon courage in the worst of storms"


def test_a_statement_runs_to_its_end() -> None:
    text = (
        "Minister Ivo Hale said:\n\nI welcome the new harbour.\n\nIt will serve us well.\n\nNotes to editors\n\nMore."
    )
    assert read(text) == [
        ("statement", "I welcome the new harbour. | It will serve us well.", "said", "Ivo Hale", "Ivo Hale")
    ]


def test_turns() -> None:
    text = (
        "Briefing by Press Secretary Mara Lind\n\nMS. LIND: Good morning.\n\nLet us start.\n\n"
        "Q When does the fleet sail?\n\nMS. LIND: Tomorrow."
    )
    assert read(text) == [
        ("turn", "Good morning. | Let us start.", None, "MS. LIND", "Mara Lind"),
        ("turn", "When does the fleet sail?", None, "Q", "Q"),
        ("turn", "Tomorrow.", None, "MS. LIND", "Mara Lind"),
    ]


def test_question_and_answer() -> None:
    text = "Question: When does the fleet sail?\nWu Lei: It sails tomorrow.\nQuestion: And why?\nWu Lei: It is time."
    assert [(kind, speaker) for kind, _, _, speaker, _ in read(text)] == [
        ("turn", "Question"),
        ("turn", "Wu Lei"),
        ("turn", "Question"),
        ("turn", "Wu Lei"),
    ]


def test_an_article_at_the_start_of_a_line_is_no_answer() -> None:
    text = "MS. LIND: Good morning.\nQ When?\nA new pier opens today.\nQ Where?\nMS. LIND: Here.\nEND 3:10 P.M. EDT"
    assert [speaker for _, _, _, speaker, _ in read(text)] == ["MS. LIND", "Q", "Q", "MS. LIND"]


def test_bare_questions_and_answers() -> None:
    text = "Q When does it open?\nA Today.\nQ Where?\nA Here."
    assert [speaker for _, _, _, speaker, _ in read(text)] == ["Q", "A", "Q", "A"]


def test_a_line_with_a_colon_is_no_turn() -> None:
    assert read("Location: the old harbour\nA new pier: what it costs\nNote: no parking\n") == []


def test_names_are_resolved() -> None:
    text = (
        "“The fleet sails in May,” Senior Colonel Wu Lei, a spokesman for the Ministry of Harbours, said. "
        "It will be the first voyage since the war, the spokesman said. He added that the crews were ready. "
        "Wu said that fuel was scarce."
    )
    assert [(speaker, name) for _, _, _, speaker, name in read(text)] == [
        ("Wu Lei", "Wu Lei"),
        ("the spokesman", "Wu Lei"),
        ("He", "Wu Lei"),
        ("Wu", "Wu Lei"),
    ]


def test_a_title_in_small_letters() -> None:
    text = "The fleet would sail in May, navy spokeswoman Ida Brandt said."
    assert read(text) == [("indirect", "The fleet would sail in May", "said", "Ida Brandt", "Ida Brandt")]


def test_apposition_gives_title_and_affiliation() -> None:
    text = "“The fleet sails in May,” Wu Lei, a spokesman for the Ministry of Harbours, said."
    ((_, source),) = find_quotations(text, [0], None, lexicon())
    assert (source.kind, source.title, source.affiliation) == ("person", "spokesman", "Ministry of Harbours")


def test_a_role_before_its_name_is_known() -> None:
    text = "The fleet would sail, a spokeswoman said.\nNavy spokeswoman Ida Brandt said that crews were ready."
    assert [name for *_, name in read(text)] == ["Ida Brandt", "Ida Brandt"]


def test_a_bare_phrase_is_less_likely_right_than_a_clause() -> None:
    def only(text: str) -> float:
        ((quotation, _),) = find_quotations(text, [0], None, lexicon())
        return score(text, quotation)

    clause = only("Minister Ivo Hale said that the fleet would stay in port.")
    phrase = only("Minister Ivo Hale stressed past efforts.")
    assert phrase < 0.8 < 0.95 < clause


def test_a_malformed_lexicon_is_refused() -> None:
    from tasks.errors import ConfigError

    with pytest.raises(ConfigError, match="line 1"):
        parse_lexicon("colour\tred\n")


_MARKS = ['"', "“", "”", "«", "»", "「", "」", "'", "’", " ", "\n", ",", ".", ":", "-", "(", "\u2028", "\r\n"]
_WORDS = [
    "said",
    "He",
    "Wu Lei",
    "Col.",
    "that",
    "Q",
    "according to",
    "and",
    "the minister",
    "adding",
    "a",
    "Ü",
    "7",
    "of",
]
_PIECE = st.sampled_from([*_MARKS, *_WORDS])


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECE, max_size=60), st.booleans())
def test_nothing_raises_and_offsets_hold(pieces: list[str], spaced: bool) -> None:
    text = (" " if spaced else "").join(pieces)
    previous = -1
    for quotation, _ in find_quotations(text, [m.start() for m in _START.finditer(text)], None, lexicon()):
        spans = [*quotation.segments, *([quotation.cue] if quotation.cue else [])]
        if quotation.source:
            spans.append((quotation.source.start, quotation.source.end))
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(a[1] <= b[0] for a, b in zip(quotation.segments, quotation.segments[1:], strict=False))
        assert quotation.start >= previous
        assert 0 < score(text, quotation) < 1
        previous = quotation.start


@pytest.mark.parametrize(
    "unit",
    [
        '"Yes and no," said Wu Lei. ',
        "Wu Lei said that it rains. ",
        "“",
        'a" ',
        "Q: yes\n",
        '"Aa bb cc dd ee ff gg hh." ',
        "the leader of the Ministry and ",
        "Mr Wu said, the official said: yes.\n",
        "The sides said that it rains. ",
    ],
)
def test_time_is_linear(unit: str) -> None:
    def measure(text: str) -> float:
        starts = [match.start() for match in _START.finditer(text)]
        began = time.process_time()
        find_quotations(text, starts, None, lexicon())
        return time.process_time() - began

    # In turn, so that other work on the machine does not slow down one of the two alone.
    times = [(measure(unit * 2000), measure(unit * 4000)) for _ in range(5)]
    short, long = (min(column) for column in zip(*times, strict=True))
    assert long < 3 * short + 0.05

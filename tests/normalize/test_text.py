"""What is broken is repaired, what is fine comes out as it is, and every character can be found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.edits import RawMap, apply_edits
from tasks.normalize.restore import restore_lines
from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.normalize.text import normalize_text

FINE = (
    "The Minister met Gen. Anna O’Brien of the U.S. Air Force in Washington, D.C., on Oct. 12, 2019.\n"
    '"We\'re ready," she said. "The wing\'s KC-135Rs flew 1,250 sorties (up 4.5 percent)."\n'
    "Talks resume at 9:30 a.m. See https://www.example.org/releases/2019/10/long-name-of-a-page-about-the-visit.html\n"
    "WASHINGTON"
)


def restore_line(line: str) -> str:
    return next(restore_lines([line]))


SENTENCES = [
    *FINE.split("\n")[:2],
    "President Petrov's visit to Malta begins on Sunday, the spokesman said.",
    "The two sides agreed to hold a joint exercise in 2024, adding that 300 troops would take part.",
]


def test_fine_text_comes_out_byte_for_byte() -> None:
    done = normalize_text(FINE)
    assert (done.text, done.edits, done.condition, done.score) == (FINE, [], "spaced", 1.0)


@pytest.mark.parametrize("sentence", SENTENCES[2:])
def test_lost_spaces_and_apostrophes_come_back(sentence: str) -> None:
    glued = sentence.replace(" ", "").replace("'", '"')
    assert restore_line(glued) == sentence
    assert normalize_text(glued).condition == "glued"


def test_marks_keep_what_they_enclose() -> None:
    glued = 'Theydiscussedtheexercise"CalmSea"andtheministry"splans.'
    assert restore_line(glued) == 'They discussed the exercise "Calm Sea" and the ministry\'s plans.'


@pytest.mark.parametrize(
    "line",
    [
        "«The ship is ready», said Minister Anna Holt. «It is over», he added.",
        "»The ship is ready«, said Minister Anna Holt. »It is over«, he added.",
        "„The ship is ready“, said Minister Anna Holt. „It is over“, he added.",
        "„The ship is ready”, said Minister Anna Holt. „It is over”, he added.",
        "‘The ship is ready,’ said Minister Anna Holt. ‘It is over,’ he added.",
        "'The ship is ready,' said Minister Anna Holt. 'It is over,' he added.",
        "``The ship is ready,'' said Minister Anna Holt. ``It is over,'' he added.",
    ],
)
def test_marks_of_every_kind_stay_and_cling_to_what_they_enclose(line: str) -> None:
    assert normalize_text(line).edits == []
    assert restore_line(line.replace(" ", "")) == line


@pytest.mark.parametrize(
    "line",
    [
        "\ufffdThe ship is ready,\ufffd said Minister Anna Holt. \ufffdIt\ufffds over.\ufffd",
        "?The ship is ready,? said Minister Anna Holt. ?It?s over.?",
        "« The ship is ready », said Minister Anna Holt. «\u00a0It is over.\u00a0»",
    ],
)
def test_lost_marks_and_wide_ones_are_left_alone(line: str) -> None:
    assert normalize_text(line).edits == []


def test_glued_paragraph_in_a_spaced_document() -> None:
    text = f"{SENTENCES[2]}\n{SENTENCES[3].replace(' ', '')}\n{SENTENCES[2]}"
    done = normalize_text(text)
    assert done.text == f"{SENTENCES[2]}\n{SENTENCES[3]}\n{SENTENCES[2]}"
    assert done.condition == "partly"


def test_stray_apostrophes_in_spaced_text() -> None:
    assert normalize_text('Jinping"s visit didn"t end.').text == "Jinping's visit didn't end."


def test_photo_stub_goes_and_foreign_documents_stay() -> None:
    assert normalize_text("The talks went well.\n(资料图片)\nThe visit ends on Friday.").text.count("\n") == 1
    chinese = "国防部发言人说。\n双方举行了会谈。"
    assert normalize_text(chinese).text == chinese


def test_characters() -> None:
    done = normalize_text("caf\u0065\u0301 talks\x00 on Chinaâ€™s plan\r\nNext\u200b line")
    assert done.text.startswith("café talks on")
    assert "\x00" not in done.text
    assert "China’s" in done.text
    assert "\r" not in done.text
    assert {edit.kind for edit in done.edits} >= {"control", "mojibake", "line_end"}


def test_switches() -> None:
    glued = SENTENCES[2].replace(" ", "").replace("'", '"')
    assert normalize_text(glued, restore=False).text == glued
    assert '"s' in normalize_text(glued, repair_quotes=False).text


@given(st.text(alphabet=st.sampled_from("abcdesTHE .,\"'’“”-\n\r\t0123é国\x00\u200bâ€™"), max_size=120))
def test_edits_replay_and_lose_no_letter(raw: str) -> None:
    done = normalize_text(raw)
    assert apply_edits(raw, done.edits) == done.text
    to_raw = RawMap(done.edits)
    for at, char in enumerate(done.text):
        start, end = to_raw.char(at)
        assert 0 <= start <= end <= len(raw)
        if start + 1 == end and raw[start].isalnum() and raw[start].isascii() and char.isalnum():
            assert raw[start] == char


@given(
    st.lists(
        st.sampled_from(["the", "ministry", "said", "that", "General", "Okoro", "visited", "Malta", "in", "2019", "."]),
        max_size=30,
    )
)
def test_only_spaces_are_put_in(words: list[str]) -> None:
    glued = "".join(words)
    assert restore_line(glued).replace(" ", "") == glued


@pytest.mark.parametrize("text", ["7" * 5000, '"' * 5000, "aB" * 2000, "é" * 3000, "U." * 2000, "-" * 5000])
def test_odd_lines_neither_fail_nor_lose(text: str) -> None:
    assert normalize_text(text).text.replace(" ", "").replace("'", '"') == text


def test_sentences() -> None:
    text = (
        'Lt. Gen. A. B. Rao arrived on Monday. "It went well!" he said. The U.S. The end? Yes.\n\nNo. 5 Squadron left.'
    )
    spans = [(s + a, s + b) for s, e in split_paragraphs(text) for a, b in split_sentences(text[s:e])]
    assert [text[a:b] for a, b in spans] == [
        "Lt. Gen. A. B. Rao arrived on Monday.",
        '"It went well!" he said.',
        "The U.S.",
        "The end?",
        "Yes.",
        "No. 5 Squadron left.",
    ]

"""What is broken is repaired, what is fine comes out as it is, and every character can be found again."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.edits import EDIT_KINDS, RawMap, apply_edits
from tasks.markup import read_markup
from tasks.normalize.restore import restore_lines
from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.normalize.text import normalize_text
from tasks.normalize.wraps import find_hyphens, find_wraps

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
        "« The ship is ready », said Minister Anna Holt. « It is over. »",
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


def wrap(text: str, columns: int) -> str:
    return "\n\n".join(textwrap.fill(line, columns) for line in text.split("\n"))


LONG = (
    "The Ministry of National Defence said on Monday that Lieutenant General Anna Holt will lead the 3rd Armoured "
    "Brigade, which returns from a mission of six months in the south of the country this week.\n"
    '"We are ready for whatever comes, and we will not be moved," the general told reporters in the United States. '
    "She thanked the crews of the frigates that had brought the soldiers and their well-kept vehicles home."
)


@pytest.mark.parametrize("columns", [50, 72, 90])
def test_wrapped_lines_become_the_paragraphs_that_they_were(columns: int) -> None:
    done = normalize_text(wrap(LONG, columns))
    assert done.text == LONG.replace("\n", "\n\n")
    assert {edit.kind for edit in done.edits} == {"wrap"}


@pytest.mark.parametrize(
    "text",
    [
        "Present were:\nthe minister,\nthe chief of staff,\nthe ambassador.",
        "- Two frigates sailed from the port\n- and one tanker stayed behind.",
        "Ministry of Defence\nMain Building\nWhitehall\nLondon SW1A 2HB",
        "The sea is wide\nThe ships are gray\nThe crews have sailed\nSince break of day.",
        "Q: Will the talks go on?\nA: They will.\nMS. HOLT: They will go on until\nFriday noon, we hope.",
        "Visit to Malta\nby Ann Rowe\n\nThe minister arrived on Monday.",
        "Ship      Port      Crew\nHalmstad  Malmo     140\nVisby     Lund      43",
        "MINISTER VISITS MALTA\nThe minister arrived on Monday and stays for a week.",
    ],
)
def test_lists_tables_addresses_poems_and_labels_stay_lines(text: str) -> None:
    done = normalize_text(text)
    assert done.text.count("\n") == text.count("\n")
    assert not any(edit.kind == "wrap" for edit in done.edits)


def test_line_end_hyphens_go_with_their_lines() -> None:
    text = "The frigate held a drill in the op-\nposite sector while the well-\nknown tanker kept visibil-ity high."
    assert normalize_text(text).text == (
        "The frigate held a drill in the opposite sector while the well-known tanker kept visibility high."
    )


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u202f", "  ", " \u200b", "\u2028"])
def test_spaces_of_every_kind_are_spaces(space: str) -> None:
    line = "The Ministry of Defence said on Monday that the convoy has arrived."
    done = normalize_text(line.replace(" ", space))
    assert done.text == line
    assert RawMap(done.edits).span(0, 23) == (0, len("The Ministry of Defence".replace(" ", space)))


def test_soft_hyphens_and_ligatures_are_undone_before_spaces_are_looked_at() -> None:
    assert normalize_text("The of\ufb01cers an\u00ad\nnounced a brie\ufb01 ng and a \ufb02eet re\u00adview.").text == (
        "The officers announced a briefing and a fleet review."
    )


def test_rows_of_tables_keep_their_gaps() -> None:
    table = "Ship        Port      Crew\nHalmstad    Malmo     140\nVisby       Lund      43"
    assert normalize_text(table).text == table


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (
            "<p>Talks &amp; drills <b>ended</b>&nbsp;today.</p><p>They met.</p>",
            "Talks & drills ended today.\n\nThey met.",
        ),
        ("&lt;p&gt;They met.&lt;/p&gt;&lt;p&gt;It went well.&lt;/p&gt;", "They met.\n\nIt went well."),
        (
            r"The ministry\xe2\x80\x99s envoy said: \u201cGood.\u201d\nThey left.",
            "The ministry’s envoy said: “Good.”\nThey left.",
        ),
        ("See [the notice](https://www.example.org/a_(b)) **now**.", "See the notice now."),
        ("<p>They met.</p>\n<p>They left.</p>\n", "They met.\n\nThey left."),
        ("<div>They\nmet.<br/>They left.</div><script>if (a < b) { c('</p>') }</script>", "They met.\nThey left."),
    ],
)
def test_markup_is_read_as_what_it_stands_for(raw: str, text: str) -> None:
    done = normalize_text(raw)
    assert done.text.strip() == text
    assert apply_edits(raw, done.edits) == done.text


@pytest.mark.parametrize("raw", ["A < B and C > D, and AT&T.", r"It lies in C:\new\text.", "A stray </script> stays."])
def test_what_only_looks_like_markup_stays(raw: str) -> None:
    assert normalize_text(raw).text == raw


def test_markup_in_glued_text_is_not_cut() -> None:
    assert restore_line("Theministry</script>announcedonMonday.") == "The ministry</script> announced on Monday."


@pytest.mark.parametrize(
    "char", ["<", "<p ", "<!--", "<script>", "[", "&amp;", "\\", "**a", "a-\n", " ", "\u00ad ", "&"]
)
def test_markup_and_lines_take_linear_time(char: str) -> None:
    raw = char * (200_000 // len(char)) + r"\n.\n](x)"
    start = time.process_time()
    read_markup(raw)
    find_wraps(raw)
    find_hyphens(raw)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("P R E S S   R E L E A S E", "PRESS RELEASE"),
        ("STA TEMENT BY THE MINIS TRY", "STATEMENT BY THE MINISTRY"),
        ("The sides sto phyping it.", "The sides stop hyping it."),
        ("USA and NATO BASES IN UK", "USA and NATO BASES IN UK"),
    ],
)
def test_words_in_pieces_are_closed(raw: str, text: str) -> None:
    assert normalize_text(raw).text == text


@pytest.mark.parametrize(
    "line",
    [
        "The three sides stop hyping.",
        "The missile strikes went on, an official said.",
        "The H200 chip and the M1A2T tank were shown.",
        "President Lin Ching-te stated on Monday that they would sail.",
        "The China–US talks ended.",
        "„We will stay,“ said General Uwe Brandt. ‚Not a step back,‘ he added.",
    ],
)
def test_cuts_fall_between_words(line: str) -> None:
    assert restore_line(line.replace(" ", "")) == line


def test_every_kind_of_edit_is_listed() -> None:
    raw = (
        "<p>R&amp;D talks \\u201cended\\u201d on Chinaâ€™s plan\x00\r\nThe caf\u0065\u0301 of\ufb01cers\u00a0met.</p>\n"
        'Talkswereheldwiththenavyinthemorning. They didn"t end well, and the crew will\nsail at dusk from the op-\n'
        "posite side of visibil-ity.\n(photo)\nSTA TEMENT"
    )
    kinds = {edit.kind for edit in normalize_text(raw).edits}
    assert kinds <= EDIT_KINDS.keys()
    assert len(kinds) >= 12


def test_switches() -> None:
    glued = SENTENCES[2].replace(" ", "").replace("'", '"')
    assert normalize_text(glued, restore=False).text == glued
    assert '"s' in normalize_text(glued, repair_quotes=False).text


@given(st.text(alphabet=st.sampled_from("abcdesTHE .,\"'’“”-\n\r\t0123é国\x00\u200bâ€™"), max_size=120))
@settings(deadline=None)  # the first text waits for the model
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

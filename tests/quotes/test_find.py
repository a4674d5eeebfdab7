"""What golden folders (tests/golden/quotes) cannot say: what holds for any text, scores, faults, time."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import Lexicon, load_lexicon
from tasks.quotes.marks import pair_marks
from tasks.quotes.scores import describe, score
from tasks.resources import find_resource

_START = re.compile(r"(?:^|(?<=[.?!]\s)|(?<=[.?!][\"”]\s))(?=\S)", re.MULTILINE)


def lexicon() -> Lexicon:
    return load_lexicon(find_resource("cues.tsv", "config/lexicons"))


def test_reopened_marks_are_a_convention_not_damage() -> None:
    assert [pair.repair for pair in pair_marks("“One.\n\n“Two.\n\n“Three.”")] == ["reopened", "reopened", "none"]


def test_a_bare_phrase_is_less_likely_right_than_a_clause() -> None:
    def only(text: str) -> float:
        ((quotation, source),) = find_quotations(text, [0], None, lexicon())
        return score(describe(text, quotation, source))

    clause = only("Minister Ivo Hale said that the fleet would stay in port.")
    phrase = only("Minister Ivo Hale stressed past efforts.")
    assert phrase < 0.85 < 0.9 < clause


_MARKS = [
    '"',
    "“",
    "”",
    "„",
    "«",
    "»",
    "「",
    "」",
    "'",
    "‘",
    "’",
    "``",
    "''",
    "?",
    "\ufffd",
    " ",
    "\n",
    ",",
    ".",
    ":",
    "-",
    "(",
    "\u2028",
    "\r\n",
]
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
    for quotation, source in find_quotations(text, [m.start() for m in _START.finditer(text)], None, lexicon()):
        spans = [*quotation.segments, *([quotation.cue] if quotation.cue else [])]
        if quotation.source:
            spans.append((quotation.source.start, quotation.source.end))
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(a[1] <= b[0] for a, b in zip(quotation.segments, quotation.segments[1:], strict=False))
        assert quotation.start >= previous
        assert 0 < score(describe(text, quotation, source)) < 1
        previous = quotation.start


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Keep the garbage collector out of a measurement: how long it takes depends on what else the process holds."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
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
        "'A ",
        "‘A.\n\n",
        "?Aa bb? ",
        "« ",
        "„Aa “ ",
        "Mr Wu said:\n\nIt rained.\n\n",
        "“Who?” Wu Lei asked. ",
        "Statement by\n",
        "Harbour Command met. The command said that it rains. ",
        "Wu Lei was the chief guest. The chief guest said no. ",
        "the pier is old. ",
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

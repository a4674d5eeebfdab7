"""The network learns what it is shown, and what it finds is put beside what the rules find."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from thinc.api import Adam

from tasks.errors import ConfigError
from tasks.quotes.find import find_quotations
from tasks.quotes.mentions import Mention
from tasks.quotes.merge import merge_attributions
from tasks.quotes.model.features import Features, relate, write_words
from tasks.quotes.model.network import Network
from tasks.quotes.model.tagger import WORDS, Attribution, Tagger, load_tagger
from tasks.quotes.quotation import Quotation, Span
from tests.quotes.test_find import lexicon
from training.quotes.examples import count_steps, make_examples
from training.quotes.teacher import Teacher, write_network

NAMES = ["Ruiz", "Hale", "Lind", "Brandt", "Okoro", "Wu"]
VERBS = ["believes", "hopes", "doubts", "fears"]
CLAUSES = ["the pier is safe", "the storm will pass", "ships can sail at dawn", "prices are going to fall again"]


def document(rng: random.Random) -> dict[str, object]:
    """Write a document whose every line holds one attribution, and one that holds none."""
    text, quotes = "", []
    for _ in range(6):
        name, verb, clause = rng.choice(NAMES), rng.choice(VERBS), rng.choice(CLAUSES)
        start = len(text)
        text += f"{name} {verb} that {clause}.\n"
        cue = start + len(name) + 1
        content = cue + len(verb) + 1
        spans = {"speaker": [[start, start + len(name)]], "cue": [[cue, cue + len(verb)]]}
        quotes.append({"type": "indirect", "content": [[content, content + 5 + len(clause)]], **spans})
        text += f"{rng.choice(CLAUSES)}.\n".capitalize()
    return {"text": text, "quotes": quotes}


def features() -> Features:
    return Features(lexicon(), {})


@pytest.fixture(scope="module")
def network() -> Network:
    rng = random.Random(3)
    examples = [example for _ in range(30) for example in make_examples(document(rng), features())]
    network = Network(np.zeros((1, 64), np.float32), seed=3)
    network.steps = count_steps(examples)
    teacher = Teacher(network, Adam(0.003))
    for _ in range(6):
        rng.shuffle(examples)
        for i in range(0, len(examples), 40):
            teacher.teach(examples[i : i + 40])
    return network


def test_it_learns_cues_contents_and_sources(network: Network) -> None:
    text = "Okoro fears that the storm will pass.\n\nThe pier is safe.\nWu hopes that prices are going to fall again."
    found = Tagger(features(), network).find(text)
    assert [(text[slice(*a.cue)], text[slice(*a.segments[0])], text[slice(*a.source or (0, 0))]) for a in found] == [
        ("fears", "that the storm will pass", "Okoro"),
        ("hopes", "that prices are going to fall again", "Wu"),
    ]


def test_a_saved_network_finds_the_same(network: Network, tmp_path: Path) -> None:
    write_network(network, tmp_path)
    (tmp_path / "vocabulary.txt").write_text("", encoding="utf-8")
    (tmp_path / WORDS).write_text(write_words(lexicon()), encoding="utf-8")
    text = str(document(random.Random(9))["text"])
    assert load_tagger(str(tmp_path), is_for_all=True).find(text) == Tagger(features(), network).find(text) != []


def test_the_rules_still_read_marks(network: Network) -> None:
    text = "“The pier is safe and long,” Mayor Ana Ruiz said.\nHale doubts that the pier is safe."
    found = find_quotations(text, [0, text.index("Hale")], None, lexicon(), Tagger(features(), network))
    assert [(quotation.kind, quotation.method) for quotation, _ in found] == [
        ("direct", "direct-after"),
        ("indirect", "model"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "“", "...", "a " * 3000])
def test_nothing_to_find(network: Network, text: str) -> None:
    Tagger(features(), network).find(text)


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match="communique train quotes"):
        load_tagger("no-such-model")


def test_relations_count_what_lies_between() -> None:
    (paragraph,) = features().paragraphs("The pier, he said, is safe.")
    at = paragraph.words.index("said")
    far, pauses, marks, stops = relate(paragraph, (at, at + 1), 0, len(paragraph.words)).T.tolist()
    assert far[at] == 10 and far[at - 1] < far[at] < far[at + 1]
    assert pauses[0] == 3 * 1 and pauses[at] == 1 and pauses[-1] == 3 * 1 + 2
    assert set(marks) == {0, 1, 2} == set(stops)


def test_the_model_gives_way_to_marks_and_wins_over_rules() -> None:
    text = "Hale said that the pier is safe and long enough."
    rule = Quotation("indirect", ((15, 47),), (5, 9), None, "indirect-that")
    marked = Quotation("direct", ((15, 47),), (5, 9), None, "direct-before")
    model = Attribution(((10, 47),), (5, 9), None, 0.8)
    assert [q.method for q in merge_attributions(text, [], [rule], [model], lexicon())] == ["model"]
    assert [q.method for q in merge_attributions(text, [], [marked], [model], lexicon())] == ["direct-before"]
    assert [q.method for q in merge_attributions(text, [], [rule], [], lexicon())] == ["indirect-that"]


@pytest.mark.parametrize(
    ("content", "kind", "segments"),
    [
        (((10, 48),), "mixed", ((10, 48),)),  # from "that" on
        (((10, 30),), "direct", ((16, 46),)),  # ends too soon
        (((0, 48),), "direct", ((16, 46),)),  # takes the cue along
        (((15, 48), (60, 80)), "mixed", ((15, 48), (60, 80))),  # goes on after the cue
        (((15, 48),), "direct", ((16, 46),)),  # the same
    ],
)
def test_what_the_model_reads_before_marks_is_part_of_what_is_said(
    content: tuple[Span, ...], kind: str, segments: tuple[Span, ...]
) -> None:
    text = "Hale said that “the pier is safe and very long,” and long enough for the ferry to sail."
    source = Mention(0, 4, "Hale", "name", 0)
    marked = Quotation("direct", ((16, 46),), (5, 9), source, "direct-before")
    (merged,) = merge_attributions(text, [], [marked], [Attribution(content, (5, 9), None, 0.8)], lexicon())
    assert (merged.kind, merged.segments, merged.source) == (kind, segments, source)

"""Scores are chances, and what they look at changes them."""

from __future__ import annotations

import pytest

from tasks.entities.lexicon import Mention
from tasks.entities.scores import Found, describe, score, traits
from tasks.labels import LABELS
from training.entities.scores import PENALTY, cases_of
from training.logistic import Judged, fit_traits, fold


def test_a_mention_is_described_by_its_document() -> None:
    text = "Navy Orr. Orr and the NAVAL ORR"
    mentions = [Mention(0, 4, "ORG", "model"), *(Mention(*span, "PERSON", "model") for span in ((5, 8), (10, 13)))]
    found = list(describe(text, [*mentions, Mention(28, 31, "ORG", "rule:x")], ["org:usa-navy", None, None, None]))
    assert [(one.same, one.has_key, one.starts_line) for one in found] == [
        (0, True, True),
        (1, False, False),
        (1, False, False),
        (0, False, False),
    ]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("method", ["model", "document", "lexicon", "name", "rule:date", "pattern:org", "never seen"])
def test_a_score_is_a_chance(method: str, label: str) -> None:
    assert 0 < score(Found(method, label, "Orr")) < 1


def test_what_a_lexicon_finds_is_surer_than_what_the_model_finds() -> None:
    assert score(Found("model", "EVENT", "Iron Gate Meeting")) < score(Found("lexicon", "GPE", "Peru", has_key=True))


def test_what_was_right_gets_more_than_what_was_wrong() -> None:
    sure, unsure = Found("lexicon", "GPE", "Peru"), Found("model", "EVENT", "Iron Gate")
    judged = [Judged(sure, "a", True)] * 20 + [Judged(unsure, "b", n % 4 == 0) for n in range(20)]
    weights = fit_traits(cases_of(judged), PENALTY)
    sums = [sum(weights[trait] for trait in traits(one)) for one in (sure, unsure)]
    assert sums[0] > 1 > 0 > sums[1]


def test_a_publisher_is_never_on_both_sides() -> None:
    judged = cases_of(Judged(Found("model", "ORG", "Orr"), name, True) for name in "abcdefg" * 3)
    parts = list(fold(judged))
    assert sum(len(left_out) for _, left_out in parts) == len(judged)
    assert all(not {one.publisher for one in seen} & {one.publisher for one in out} for seen, out in parts)

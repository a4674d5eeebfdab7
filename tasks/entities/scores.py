"""How likely a mention is right: config/lexicons/entity_scores.tsv, fitted by `communique train entity_scores`.

A mention has traits: what found it, its label, both together, how long it is, whether the document has the same words
elsewhere (with one label, by consistency), whether it has a key. The chance that a reader would mark the same words
with the same label is the logistic function of the sum of their weights.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from tasks.entities.lexicon import Mention
from tasks.lexicons import read_rows

FILE = "entity_scores.tsv"
_LONG = 4  # words
_CAPITALS = 4  # letters from which capitals are more than an acronym's


class Found(NamedTuple):
    """What the score looks at.

    Attributes:
        method: What found it.
        label: Its label.
        text: Its words.
        same: How many other mentions of the document have these words and this label.
        has_key: Whether a lexicon knows it.
        starts_line: Whether it is the first of its line.
    """

    method: str
    label: str
    text: str
    same: int = 0
    has_key: bool = False
    starts_line: bool = False


def describe(text: str, mentions: Sequence[Mention], keys: Sequence[str | None]) -> Iterator[Found]:
    """Yield what the score looks at of each mention of a document.

    Args:
        text: The document.
        mentions: Its mentions.
        keys: Their keys.
    """
    words = [text[m.start : m.end] for m in mentions]
    by_label = Counter((value, m.label) for value, m in zip(words, mentions, strict=True))
    for value, mention, key in zip(words, mentions, keys, strict=True):
        same = by_label[value, mention.label]
        starts_line = text[mention.start - 1 : mention.start] in ("", "\n")
        yield Found(mention.method, mention.label, value, same - 1, key is not None, starts_line)


def traits(found: Found) -> Iterator[str]:
    """Yield the traits of a mention.

    Example:
        >>> list(traits(Found("model", "ORG", "Navy", same=2)))
        ['all', 'by model', 'label ORG', 'model ORG', '1 words', 'repeated']
    """
    kind = found.method.partition(":")[0]
    yield "all"
    yield f"by {found.method}"
    yield f"label {found.label}"
    yield f"{kind} {found.label}"
    n_words = len(found.text.split())
    yield f"{min(n_words, _LONG)} words"
    if found.same:
        yield "repeated"
    if found.has_key:
        yield "known"
    if found.starts_line:
        yield "starts a line"
    if found.text.isupper() and len(found.text) > _CAPITALS:
        yield "capitals"


@cache
def _weights() -> dict[str, float]:
    return {trait: float(weight) for trait, weight in read_rows(FILE, 2)}


def score(found: Found) -> float:
    """Return the chance that a mention is right, between 0 and 1."""
    weights = _weights()
    return 1 / (1 + math.exp(-sum(weights.get(trait, 0.0) for trait in traits(found))))

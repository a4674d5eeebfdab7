"""How likely a quotation is right: config/lexicons/quote_scores.tsv, fitted by `communique train scores`.

A quotation has traits: the rule that found it, its type, how its speaker is named and resolved, how long it is, whether
marks were damaged; one of the model has the model's confidence instead. The chance that a reader would mark the
same words (half of them at least) and name the same speaker is the logistic function of the sum of their weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tasks.lexicons import read_rows
from tasks.quotes.quotation import Quotation
from tasks.quotes.voices import Source

_SHORT, _RATHER_SHORT = 4, 8  # words
_PRONOUNS = frozenset({"he", "she", "they", "it", "we", "i", "him", "her"})


@dataclass(frozen=True)
class Found:
    """What the score looks at.

    Attributes:
        method: The rule, or `model`.
        kind: Type of the quotation.
        text: From the first to the last character of its content.
        speaker: The mention, verbatim; None where there is none.
        name: Whom it was resolved to.
        speaker_kind: What that is.
        repair: What was assumed about damaged marks.
        confidence: The model's, for what it found.
    """

    method: str
    kind: str
    text: str
    speaker: str | None
    name: str | None
    speaker_kind: str
    repair: str
    confidence: float | None = None


def describe(text: str, quotation: Quotation, source: Source) -> Found:
    """Return what the score looks at of a quotation with its resolved source."""
    mention = quotation.source if not quotation.is_carried else None
    return Found(
        quotation.method,
        quotation.kind,
        text[quotation.start : quotation.end],
        text[mention.start : mention.end] if mention else None,
        source.name,
        source.kind,
        quotation.repair,
        quotation.confidence,
    )


def traits(found: Found) -> Iterator[str]:
    """Yield the traits of a quotation.

    Example:
        >>> list(traits(Found("indirect-that", "indirect", "they left", "He", "Ana Ruiz", "person", "none")))
        ['rule indirect-that', 'all', 'type indirect', 'kind person', 'pronoun', 'full name', 'short']
    """
    yield f"rule {found.method}"
    if found.confidence is not None:
        return
    yield "all"
    yield f"type {found.kind}"
    yield f"kind {found.speaker_kind}"
    if found.speaker is None:
        yield "no mention"
    elif found.speaker.lower() in _PRONOUNS:
        yield "pronoun"
    else:
        yield "as written" if found.speaker == found.name else "resolved"
    if found.name and found.speaker_kind == "person":
        yield "full name" if " " in found.name else "one word"
    words = len(found.text.split())
    if words < _RATHER_SHORT:
        yield "short" if words < _SHORT else "rather short"
    if found.repair != "none":
        yield "damaged"


@cache
def _weights() -> dict[str, float]:
    return {trait: float(weight) for trait, weight in read_rows("quote_scores.tsv", 2)}


def score(found: Found) -> float:
    """Return the chance that a quotation is right, between 0 and 1."""
    weights = _weights()
    total = sum(weights.get(trait, 0.0) for trait in traits(found))
    if found.confidence is not None:
        total += weights.get("confidence", 1.0) * logit(found.confidence)
    return 1 / (1 + math.exp(-total))


def logit(chance: float) -> float:
    """Return the logarithm of the odds of a chance, which is kept off 0 and 1."""
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(chance / (1 - chance))

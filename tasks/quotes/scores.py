"""How likely a quotation is right: config/lexicons/quote_scores.tsv, fitted by `communique train scores`.

A quotation has traits: the rule that found it, the kind of its source, how long it is, whether marks were damaged; one
of the model has the model's confidence instead. The chance that it matches what a reader would mark (half of the words
in common) is the logistic function of the sum of their weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

from tasks.lexicons import read_rows
from tasks.quotes.quotation import Quotation

_SHORT = 4  # words


def traits(text: str, quotation: Quotation) -> Iterator[str]:
    """Yield the traits of a quotation.

    Example:
        >>> list(traits("He left.", Quotation("indirect", ((0, 7),), None, None, "indirect-that")))
        ['rule indirect-that', 'all', 'source none', 'short']
    """
    yield f"rule {quotation.method}"
    if quotation.confidence is not None:
        return
    yield "all"
    yield f"source {quotation.source.kind if quotation.source else 'none'}"
    if sum(text.count(" ", start, end) + 1 for start, end in quotation.segments) < _SHORT:
        yield "short"
    if quotation.repair != "none":
        yield "damaged"


@cache
def _weights() -> dict[str, float]:
    return {trait: float(weight) for trait, weight in read_rows("quote_scores.tsv", 2)}


def score(text: str, quotation: Quotation) -> float:
    """Return the chance that a quotation is right, between 0 and 1."""
    weights = _weights()
    total = sum(weights.get(trait, 0.0) for trait in traits(text, quotation))
    if quotation.confidence is not None:
        sure = min(max(quotation.confidence, 1e-4), 1 - 1e-4)
        total += weights.get("confidence", 1.0) * math.log(sure / (1 - sure))
    return 1 / (1 + math.exp(-total))

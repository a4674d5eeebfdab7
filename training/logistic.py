"""Penalised logistic regression, by Newton's method, and what it makes of traits of what rules find."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Found = TypeVar("Found")


class Judged(NamedTuple, Generic[Found]):
    """What was found, who published the release, and whether it is right."""

    found: Found
    publisher: str
    is_right: bool


class Case(NamedTuple):
    """The traits of what was found, `all` among them, who published the release, and whether it is right."""

    traits: Collection[str]
    publisher: str
    is_right: bool


_STEPS = 30
_MOST_ODDS = 30.0
_LEAST_BEND = 1e-6  # keeps the equations solvable


def fit_logistic(table: Floats, right: Floats, penalty: Floats, importance: Floats | None = None) -> Floats:
    """Return the weights that make what was right most probable.

    Args:
        table: A row an example, a column a trait.
        right: 1 or 0 for each example.
        penalty: How strongly each weight is drawn to 0, in examples.
        importance: What each example counts; without it, 1.

    Example:
        >>> table = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
        >>> fit_logistic(table, np.array([0.0, 1.0, 1.0, 1.0]), np.array([0.0, 1.0])).round(2).tolist()
        [0.9, 0.42]
    """
    counts = np.ones(len(right)) if importance is None else importance
    weights = np.zeros(table.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(table @ weights, -_MOST_ODDS, _MOST_ODDS)))
        slope = table.T @ (counts * (right - chance)) - penalty * weights
        bend = (table.T * (counts * chance * (1 - chance))) @ table + np.diag(penalty + _LEAST_BEND)
        weights += np.linalg.solve(bend, slope)
    return weights


def fit_traits(cases: Sequence[Case], penalty: float) -> dict[str, float]:
    """Return a weight for each trait.

    Args:
        cases: The examples.
        penalty: How strongly weights are drawn to 0, in examples; that of `all` is not.

    Example:
        >>> cases = [Case(["all"], "a", True), Case(["all"], "b", False), Case(["all", "x"], "c", True)]
        >>> weights = fit_traits(cases, penalty=1.0)
        >>> {trait: round(weight, 1) for trait, weight in weights.items()}
        {'all': 0.6, 'x': 0.3}
    """
    names = ["all", *sorted({trait for case in cases for trait in case.traits} - {"all"})]
    at = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(cases), len(names)))
    for i, case in enumerate(cases):
        table[i, [at[trait] for trait in case.traits]] = 1
    drawn = np.array([0.0 if name == "all" else penalty for name in names])
    weights = fit_logistic(table, np.array([case.is_right for case in cases], float), drawn)
    return dict(zip(names, weights.tolist(), strict=True))


def fold(cases: Sequence[Case], folds: int = 5) -> Iterator[tuple[list[Case], list[Case]]]:
    """Part examples into those to fit on and those to look at, publishers never on both sides."""
    publishers = sorted({case.publisher for case in cases})
    for n in range(folds):
        left_out = set(publishers[n::folds])
        yield (
            [case for case in cases if case.publisher not in left_out],
            [case for case in cases if case.publisher in left_out],
        )


def score_left_out(cases: Sequence[Case], penalty: float) -> list[tuple[float, bool]]:
    """Return the score that each example gets with weights fitted on other publishers, and whether it is right."""
    scored: list[tuple[float, bool]] = []
    for seen, left_out in fold(cases):
        weights: Mapping[str, float] = fit_traits(seen, penalty)
        sums = (sum(weights.get(trait, 0.0) for trait in case.traits) for case in left_out)
        scored += [(1 / (1 + math.exp(-total)), case.is_right) for total, case in zip(sums, left_out, strict=True)]
    return scored

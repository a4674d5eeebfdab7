"""Penalised logistic regression, by Newton's method."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Published(Protocol):
    """An example, and whose document it is of."""

    @property
    def publisher(self) -> str:
        """The publisher."""


Case = TypeVar("Case", bound=Published)

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


def fit_traits(cases: Sequence[tuple[Collection[str], bool]], penalty: float) -> dict[str, float]:
    """Return a weight for each trait.

    Args:
        cases: The traits of each example, `all` among them, and whether it is right.
        penalty: How strongly weights are drawn to 0, in examples; that of `all` is not.

    Example:
        >>> weights = fit_traits([(["all"], True), (["all"], False), (["all", "x"], True)], penalty=1.0)
        >>> {trait: round(weight, 1) for trait, weight in weights.items()}
        {'all': 0.6, 'x': 0.3}
    """
    names = ["all", *sorted({trait for traits, _ in cases for trait in traits} - {"all"})]
    at = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(cases), len(names)))
    for i, (traits, _) in enumerate(cases):
        table[i, [at[trait] for trait in traits]] = 1
    drawn = np.array([0.0 if name == "all" else penalty for name in names])
    weights = fit_logistic(table, np.array([is_right for _, is_right in cases], float), drawn)
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

"""Penalised logistic regression, by Newton's method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

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

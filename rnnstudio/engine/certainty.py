"""How certain answers are: the probability of the best class, and its lead over the second."""

from __future__ import annotations

import numpy as np

from rnnstudio.engine.arrays import FloatArray, read_only


def confidences(probabilities: FloatArray) -> FloatArray:
    """Return max_c ŷ_c of each answer ŷ (n, C): (n,); NaN where one of its numbers is NaN.

    Without classes all are 0.
    """
    if not probabilities.shape[1]:
        return read_only(np.zeros(len(probabilities), probabilities.dtype))
    return read_only(probabilities.max(axis=1))


def margins(probabilities: FloatArray) -> FloatArray:
    """Return how far the best class of each answer ŷ (n, C) is ahead of the second one: (n,).

    0 where two are equally good, ŷ itself where there is one class only, NaN where one of the
    numbers is NaN.
    """
    count, classes = probabilities.shape
    best = confidences(probabilities)
    if classes < 2:
        return best
    rest = probabilities.copy()
    rest[np.arange(count), probabilities.argmax(axis=1)] = -np.inf
    with np.errstate(invalid="ignore"):
        return read_only(best - rest.max(axis=1))

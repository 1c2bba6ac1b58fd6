"""How certain answers are: the probability of the best class, and its lead over the second."""

from __future__ import annotations

import numpy as np

from rnnstudio.engine.arrays import FloatArray, read_only

# So many numbers, and answers at least, are worked on at once: they stay in the processor's cache.
_NUMBERS, _ANSWERS = 100_000, 4096


def confidences(probabilities: FloatArray) -> FloatArray:
    """Return max_c ŷ_c of each answer ŷ (n, C): (n,); NaN where one of its numbers is NaN.

    Without classes all are 0.
    """
    return certainties(probabilities)[0]


def margins(probabilities: FloatArray) -> FloatArray:
    """Return how far the best class of each answer ŷ (n, C) is ahead of the second one: (n,).

    0 where two are equally good, ŷ itself where there is one class only, NaN where one of the
    numbers is NaN.
    """
    return certainties(probabilities)[1]


def certainties(probabilities: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the confidence and the margin of each answer ŷ (n, C): (n,) and (n,)."""
    count, classes = probabilities.shape
    best = np.zeros(count, probabilities.dtype)
    second = np.zeros(count, probabilities.dtype)
    together = max(_ANSWERS, _NUMBERS // max(1, classes))
    # Class by class, for many answers at once: the maximum of each few numbers takes much longer.
    for start in range(0, count if classes else 0, together):
        some = slice(start, start + together)
        first, *others = np.ascontiguousarray(probabilities[some].T)
        leading, next_ = first.copy(), np.full_like(first, -np.inf)
        for column in others:
            np.maximum(next_, np.minimum(leading, column), out=next_)
            np.maximum(leading, column, out=leading)
        best[some], second[some] = leading, next_
    if classes < 2:
        return read_only(best), best
    with np.errstate(invalid="ignore"):
        return read_only(best), read_only(best - second)

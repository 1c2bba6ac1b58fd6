"""Adam, or plain SGD, for an embedding of which each batch holds few words.

Dense Adam moves every row at every step. A word that is not in the batch has no gradient: of its
row m and v only fade, and a step j steps after its last gradient is, by element,

    η_j r_j m β₁ʲ / (√(v β₂ʲ) + ε_j)  =  a_j · m / (√v + e_j)

    a_j = η_j r_j ρʲ      ρ = β₁ / √β₂          e_j = ε_j / √β₂ʲ

with m and v as the last gradient left them, and r_j, ε_j the factors in which the corrections of
that step are (`adam_factors`). But for e_j this is one number a row times one matrix. So nothing is
done to the missed rows but to add up

    owed[0] = Σ a_j       owed[1] = Σ a_j e_j

and when a word comes up again its row moves by owed[0] · m / (√v + ē), ē = owed[1] / owed[0]. With
ē the mean of e_j, weighted as the steps are, an error of the second order in e_j / √v is left. It
grows with what e_j varies by during the missed steps, and since that is much at first, while the
correction of v grows, all rows are brought up to date whenever ε_j has grown by a tenth.

The result is that of dense Adam without weight decay. By how much of the way that an element has
moved it differs, at most, in float64 over the first 300 steps, was measured as 10⁻¹¹ for gradients
of ±10⁻³, 10⁻⁹ for 10⁻⁴, 10⁻⁷ for 10⁻⁵, and 8·10⁻⁴ however small they are; from step 5,000 on as at
most 3·10⁻⁵. Only float32's own rounding is seen for gradients above 10⁻⁵.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.optimizers import BETA_1, BETA_2, EPSILON, OptimizerName, adam_factors

# By a missed step a_j fades by the first, a_j e_j by the second.
_FADES = (BETA_1 / math.sqrt(BETA_2), BETA_1 / BETA_2)
# First moments fade no further, or away: this changes no number any more, and denormal ones, which
# rare words would end with, are slow.
_FADED = 1e-20
# By how much ε may grow until all rows are brought up to date. That is 32 times in a run: 20 times
# in the first 103 steps, for the last time at step 3,113.
_GROWTH = 1.1
# Numbers a piece: gathered rows and scratch then stay in a core's L2 cache.
_CHUNK = 32_768


class LazyRows(ABC):
    """An optimiser of rows (L, E) that does work for those in the batch alone.

    A batch is: `catch_up` before its forward pass, `update` after its backward pass. `updates`
    counts those made; `moments` names arrays which together with `updates` and the weights as they
    are (not as `settled`) are the whole state. To restore it, write into them.
    """

    def __init__(self, weights: FloatArray) -> None:
        """Begin with moments of zero for `weights` (L, E), a view that is changed in place."""
        self.weights = weights
        self.updates = 0
        self.moments: dict[str, FloatArray] = {}
        words, size = weights.shape
        self._rows_a_chunk = max(1, min(words, _CHUNK // max(1, size)))

    @abstractmethod
    def catch_up(self, rows: IntArray) -> None:
        """Bring the weights of the distinct `rows` (R,), from 0, up to date."""

    @abstractmethod
    def update(self, rows: IntArray, gradient: FloatArray, learning_rate: float) -> None:
        """Make the step of the distinct `rows` (R,), caught up, and book it for all others.

        `gradient` (R, E) stays as it is.
        """

    @abstractmethod
    def settled(self, copy: FloatArray) -> FloatArray:
        """Bring all of `copy` (L, E), a copy of the weights, up to date; the state stays."""

    def _chunks(self, count: int) -> Iterator[slice]:
        size = self._rows_a_chunk
        return (slice(start, min(start + size, count)) for start in range(0, count, size))


class LazySGD(LazyRows):
    """Plain SGD: no gradient, no step."""

    def catch_up(self, rows: IntArray) -> None:
        """Nothing is ever owed."""

    def update(self, rows: IntArray, gradient: FloatArray, learning_rate: float) -> None:
        """Make w ← w − η g for `rows`."""
        self.updates += 1
        for chunk in self._chunks(len(rows)):
            self.weights[rows[chunk]] -= gradient[chunk] * learning_rate

    def settled(self, copy: FloatArray) -> FloatArray:
        """Return `copy` as it is."""
        return copy


class LazyAdam(LazyRows):
    """Adam: `moments` holds

    - m_sum, v_sum (L, E): as at the last gradient of each row;
    - missed (L,): the steps since;
    - fade (2, L): ρʲ and (ρ / √β₂)ʲ now, for a_j and a_j e_j;
    - owed (2, L): the sums that the weights still lack.
    """

    def __init__(self, weights: FloatArray) -> None:
        super().__init__(weights)
        words, size = weights.shape
        dtype = weights.dtype
        self.moments = {
            "m_sum": np.zeros_like(weights),
            "v_sum": np.zeros_like(weights),
            "missed": np.zeros(words, dtype),
            "fade": np.ones((2, words), dtype),
            "owed": np.zeros((2, words), dtype),
        }
        self._fades = np.array(_FADES, dtype)[:, None]
        self._booked = np.empty((2, words), dtype)
        self._scratch = [np.empty((self._rows_a_chunk, size), dtype) for _ in range(3)]

    def catch_up(self, rows: IntArray) -> None:
        """Bring the weights of `rows` up to date."""
        weights, m_sum, v_sum = self.weights, self.moments["m_sum"], self.moments["v_sum"]
        owed = self.moments["owed"]
        # Frequent words were in the batch before and are owed nothing.
        rows = rows[owed[0].take(rows) != 0.0]
        due, epsilon = _due(owed.take(rows, 1))
        for chunk in self._chunks(len(rows)):
            chosen = rows[chunk]
            w, m, v = (scratch[: len(chosen)] for scratch in self._scratch)
            m_sum.take(chosen, 0, m, "clip")
            v_sum.take(chosen, 0, v, "clip")
            weights.take(chosen, 0, w, "clip")
            _pay(w, m, v, due[chunk], epsilon[chunk])
            weights[chosen] = w
        owed[:, rows] = 0.0

    def update(self, rows: IntArray, gradient: FloatArray, learning_rate: float) -> None:
        """Make Adam's step for `rows` and book it for all others."""
        self.updates += 1
        weights, m_sum, v_sum = self.weights, self.moments["m_sum"], self.moments["v_sum"]
        multiply, add = np.multiply, np.add
        rate, epsilon = adam_factors(self.updates, learning_rate)
        steps = self.moments["missed"].take(rows) + 1.0
        fade_m, fade_v = _power(BETA_1, steps), _power(BETA_2, steps)
        fade_m[fade_m < _FADED] = 0.0
        fade_m, fade_v = fade_m.astype(weights.dtype), fade_v.astype(weights.dtype)
        for chunk in self._chunks(len(rows)):
            chosen, g = rows[chunk], gradient[chunk]
            m, v, change = (scratch[: len(chosen)] for scratch in self._scratch)
            m_sum.take(chosen, 0, m, "clip")
            multiply(m, fade_m[chunk], m)
            add(m, g, m)
            m_sum[chosen] = m
            v_sum.take(chosen, 0, v, "clip")
            multiply(v, fade_v[chunk], v)
            multiply(g, g, change)
            add(v, change, v)
            v_sum[chosen] = v
            np.sqrt(v, v)
            add(v, epsilon, v)
            np.divide(m, v, change)
            multiply(change, rate, change)
            weights.take(chosen, 0, m, "clip")
            np.subtract(m, change, m)
            weights[chosen] = m
        self._book(rows, rate, epsilon)
        if self.updates > 1 and _level(epsilon) > _level(adam_factors(self.updates - 1, 1.0)[1]):
            # Rows without a gradient so far have no moments and lack nothing.
            self.catch_up(np.flatnonzero(self.moments["missed"] < self.updates))

    def settled(self, copy: FloatArray) -> FloatArray:
        """Bring all of `copy` up to date."""
        due, epsilon = _due(self.moments["owed"])
        for chunk in self._chunks(len(copy)):
            w = copy[chunk]
            m, v = (scratch[: len(w)] for scratch in self._scratch[:2])
            np.copyto(m, self.moments["m_sum"][chunk])
            np.copyto(v, self.moments["v_sum"][chunk])
            _pay(w, m, v, due[chunk], epsilon[chunk])
        return copy

    def _book(self, rows: IntArray, rate: float, epsilon: float) -> None:
        """Add a step to what is owed to all rows but `rows`, which have just had it."""
        missed, fade, owed = self.moments["missed"], self.moments["fade"], self.moments["owed"]
        booked = self._booked
        np.multiply(fade, self._fades, fade)
        np.maximum(fade, _FADED, out=fade)
        np.multiply(fade[0], rate, booked[0])
        np.multiply(fade[1], rate * epsilon, booked[1])
        np.add(owed, booked, owed)
        np.add(missed, 1.0, missed)
        missed[rows] = 0.0
        fade[:, rows] = 1.0
        owed[:, rows] = 0.0


LAZY_ROWS: Mapping[OptimizerName, type[LazyRows]] = {
    OptimizerName.SGD: LazySGD,
    OptimizerName.ADAM: LazyAdam,
    # The same where there is no weight decay, and with it no row can wait.
    OptimizerName.ADAMW: LazyAdam,
}


def _due(owed: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Σ a and ē of `owed` (2, R), as columns (R, 1)."""
    # Where nothing is owed ē is of no consequence, but 0 / 0 would be.
    tiny = float(np.finfo(owed.dtype).tiny)
    return owed[0][:, None], ((owed[1] + tiny) / (owed[0] + tiny))[:, None]


def _pay(w: FloatArray, m: FloatArray, v: FloatArray, due: FloatArray, epsilon: FloatArray) -> None:
    """Make w ← w − Σ a · m / (√v + ē); `m` and `v` (R, E) are lost."""
    np.sqrt(v, v)
    np.add(v, epsilon, v)
    np.divide(m, v, m)
    np.multiply(m, due, m)
    np.subtract(w, m, w)


def _level(epsilon: float) -> int:
    """Return how often ε has grown by `_GROWTH`."""
    return math.floor(math.log(epsilon / EPSILON) / math.log(_GROWTH))


def _power(beta: float, steps: FloatArray) -> FloatArray:
    """Return β to the power of `steps` (R,), in float64 as a column (R, 1)."""
    return np.exp(math.log(beta) * steps.astype(np.float64))[:, None]

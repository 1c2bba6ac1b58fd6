"""The Elman cell: the recurrent network of the lecture.

Forward, for the steps t = 1 … T, from the initial state s_0:

    a_t = U x_t + W s_{t−1} + b              b = b_ih + b_hh
    s_t = σ(a_t)

Backward, for t = T … 1, where ∂L_t/∂s_t is what the loss asks of s_t directly, ⊙ multiplies
element by element, and ∂L/∂s_t gathers all that the loss asks of s_t, now and later:

    ∂L/∂a_t = ∂L/∂s_t ⊙ σ'(a_t)
    ∂L/∂s_{t−1} = ∂L_{t−1}/∂s_{t−1} + Wᵀ ∂L/∂a_t

In the code `a` holds U x_t + b until W s_{t−1} joins it, `ds` is ∂L/∂s, and `da` holds σ'(a) until
it becomes ∂L/∂a. Time is axis 0 and the sentences of a batch are columns: (T, H, B).

Source: J. L. Elman, "Finding structure in time", Cognitive Science 14 (1990), with the parameters
of `torch.nn.RNN`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnstudio.engine.activations import ACTIVATE, SLOPE
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.cell import (
    CellPlan,
    LoopRows,
    Product,
    RecurrentCell,
    SumGradients,
    by_row,
)


class _Step(NamedTuple):
    """The views of one step forward."""

    a: FloatArray
    s_before: FloatArray
    s: FloatArray


class _StepBack(NamedTuple):
    """The views of one step backward."""

    ds: FloatArray
    da: FloatArray
    ds_before: FloatArray


class Elman(RecurrentCell):
    """The way forward and back through the arrays `a`, `s`, `da` and `ds`."""

    GATES = 1
    LOOP = LoopRows(scale=(1.0,), joined=(True,))
    GRADIENT_ROWS = 1

    def __init__(self, plan: CellPlan) -> None:
        super().__init__(plan)
        weights, steps, array = plan.weights, plan.steps, plan.arena.array
        self._activate, self._slope = ACTIVATE[plan.activation], SLOPE[plan.activation]
        state = (self.units, self.columns)
        self._Ws = Product.of(weights.W_loop, array("Ws", state))
        self._forward = tuple(_Step(self.a[t], self.s[t], self.s[t + 1]) for t in range(steps))
        self.da = array("da", (steps, *state))
        self._Wt_da = Product.of(weights.W.T, array("Wt_da", state))
        self._backward = tuple(
            _StepBack(self.ds[t + 1], self.da[t], self.ds[t]) for t in range(steps)
        )

    def forward(self, length: int) -> None:
        """Make a_t and s_t for t = 1 … length."""
        product, Ws_out, Ws = self._Ws  # noqa: N806
        activate, add = self._activate, np.add
        for a, s_before, s in self._forward[:length]:
            product(s_before, Ws_out)
            add(a, Ws, a)
            activate(a, s)

    def prepare_backward(self, length: int) -> None:
        """Compute σ'(a_t) for t = 1 … length."""
        self._slope(self.s[1 : length + 1], self.da[:length])

    def backward(self, start: int, stop: int) -> None:
        """Gather ∂L/∂a_t and ∂L/∂s_{t−1} for t = stop … start + 1."""
        product, Wt_da_out, Wt_da = self._Wt_da  # noqa: N806
        add, multiply = np.add, np.multiply
        for ds, da, ds_before in reversed(self._backward[start:stop]):
            multiply(ds, da, da)
            product(da, Wt_da_out)
            add(ds_before, Wt_da, ds_before)

    def sums_by_row(self, length: int, rows: FloatArray) -> SumGradients:
        """Copy ∂L/∂a_t, which belongs to both products, into `rows` (H, T·B)."""
        by_row(self.da[:length], rows)
        return SumGradients(rows, ((slice(None), rows),))

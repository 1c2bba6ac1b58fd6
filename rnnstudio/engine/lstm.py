"""The long short-term memory cell.

Forward, for the steps t = 1 … T, from the initial states s_0 and c_0:

    i_t = σ(U_i x_t + W_i s_{t−1} + b_i)        the input gate: how much of g_t is stored
    f_t = σ(U_f x_t + W_f s_{t−1} + b_f)        the forget gate: how much of c_{t−1} is kept
    g_t = tanh(U_g x_t + W_g s_{t−1} + b_g)     the candidate
    o_t = σ(U_o x_t + W_o s_{t−1} + b_o)        the output gate: how much of c_t is shown

    c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t             the cell state
    s_t = o_t ⊙ tanh(c_t)                       the state

Backward, for t = T … 1, with ∂L/∂c_T = 0 from later steps:

    ∂L/∂c_t += ∂L/∂s_t ⊙ o_t ⊙ (1 − tanh²c_t)
    ∂L/∂a_i = ∂L/∂c_t ⊙ g_t ⊙ i_t (1 − i_t)
    ∂L/∂a_f = ∂L/∂c_t ⊙ c_{t−1} ⊙ f_t (1 − f_t)
    ∂L/∂a_g = ∂L/∂c_t ⊙ i_t ⊙ (1 − g_t²)
    ∂L/∂c_{t−1} = ∂L/∂c_t ⊙ f_t
    ∂L/∂a_o = ∂L/∂s_t ⊙ tanh c_t ⊙ o_t (1 − o_t)
    ∂L/∂s_{t−1} = ∂L_{t−1}/∂s_{t−1} + Wᵀ ∂L/∂a_t

where a_i … a_o are the sums in the brackets. In the code the gates i, f, g, o are blocks of H
rows, the order of PyTorch, and `a` the sums that enter them. `da` and `dc` hold what stands behind
∂L/∂c_t or ∂L/∂s_t in the equations until the loop multiplies by it. Time is axis 0, sentences are
columns.

Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9 (1997),
with the forget gate of F. Gers et al. (2000) and the parameters of `torch.nn.LSTM`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnstudio.engine.arena import CACHED
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
    gates: FloatArray
    i: FloatArray
    f: FloatArray
    g: FloatArray
    o: FloatArray
    c_before: FloatArray
    c: FloatArray
    tanh_c: FloatArray
    s_before: FloatArray
    s: FloatArray


class _StepBack(NamedTuple):
    """The views of one step backward; `da` (4H, B) is i, f, g, o together."""

    ds: FloatArray
    dc: FloatArray
    da_i: FloatArray
    da_f: FloatArray
    da_g: FloatArray
    da_o: FloatArray
    da: FloatArray
    f: FloatArray
    ds_before: FloatArray


class LSTM(RecurrentCell):
    """The way forward and back through `a`, the gates, `c`, `tanh_c`, `s`, `da`, `dc` and `ds`.

    `c` (T + 1, H, B) begins with c_0, `tanh_c` (T, H, B) and `dc` (T, H, B) with t = 1.
    """

    GATES = 4
    LOOP = LoopRows(scale=(0.5, 0.5, 1.0, 0.5), joined=(True, True, True, True))
    GRADIENT_ROWS = 4

    def __init__(self, plan: CellPlan) -> None:
        super().__init__(plan)
        weights, steps, columns, name = plan.weights, plan.steps, plan.columns, plan.name
        array, dtype = plan.arena.array, plan.arena.dtype
        H = self.units  # noqa: N806
        state, gates = (H, columns), (4 * H, columns)
        self._gates = array(f"{name}.gates", (steps, *gates)) if plan.keep else self.a
        self.c = array(f"{name}.c", (steps + 1, *state))
        self.tanh_c = array(f"{name}.tanh_c", (steps, *state))
        self._dc_before = array("dc_before", state)
        self.da = array("da", (steps, *gates))
        self.dc = array("dc", (steps, *state))
        self._Ws = Product.of(weights.W_loop, array("Ws", gates))
        self._Wt_da = Product.of(weights.W.T, array("Wt_da", state))
        # σ(a) = ½ tanh(a/2) + ½ for i, f, o and tanh itself for g: times `_factor` plus `_shift`.
        scale = np.repeat(np.array(self.LOOP.scale, dtype), H)[:, None]
        self._factor = np.broadcast_to(scale, gates).copy()
        self._shift = 1.0 - self._factor
        i, f, g, o = (slice(k * H, (k + 1) * H) for k in range(4))
        self._forward = tuple(
            _Step(
                self.a[t],
                gate := self._gates[t],
                gate[i],
                gate[f],
                gate[g],
                gate[o],
                self.c[t],
                self.c[t + 1],
                self.tanh_c[t],
                self.s[t],
                self.s[t + 1],
            )
            for t in range(steps)
        )
        self._backward = tuple(
            _StepBack(
                self.ds[t + 1],
                self.dc[t],
                self.da[t, i],
                self.da[t, f],
                self.da[t, g],
                self.da[t, o],
                self.da[t],
                self._gates[t, f],
                self.ds[t],
            )
            for t in range(steps)
        )

    def gates(self, length: int) -> FloatArray:
        """Return a copy of i, f, g and o (T, 4H, B)."""
        return self._gates[:length].copy()

    def start_states(self) -> dict[str, FloatArray]:
        """Return s_0 and c_0."""
        return {"s": self.s[0], "c": self.c[0]}

    def start_gradients(self) -> dict[str, FloatArray]:
        """Return ∂L/∂s_0 and ∂L/∂c_0."""
        return {"s": self.ds[0], "c": self._dc_before}

    def forward(self, length: int) -> None:
        """Make the gates, c_t and s_t for t = 1 … length."""
        product, Ws_out, Ws = self._Ws  # noqa: N806
        factor, shift = self._factor, self._shift
        ig = self._dc_before
        add, multiply, tanh = np.add, np.multiply, np.tanh
        for a, gates, i, f, g, o, c_before, c, tanh_c, s_before, s in self._forward[:length]:
            product(s_before, Ws_out)
            add(a, Ws, a)
            tanh(a, gates)
            multiply(gates, factor, gates)
            add(gates, shift, gates)
            multiply(f, c_before, c)
            multiply(i, g, ig)
            add(c, ig, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, s)

    def prepare_backward(self, length: int) -> None:
        """Compute the factors of ∂L/∂c_t and ∂L/∂s_t for t = 1 … length."""
        H = self.units  # noqa: N806
        multiply, subtract = np.multiply, np.subtract
        stride = max(1, CACHED // (4 * H * self.columns))
        for start in range(0, length, stride):
            here = slice(start, min(start + stride, length))
            gates, da, dc = self._gates[here], self.da[here], self.dc[here]
            c_before, tanh_c = self.c[here], self.tanh_c[here]
            s = self.s[start + 1 : here.stop + 1]
            i, _, g, o = (gates[:, k * H : (k + 1) * H] for k in range(4))
            da_i, da_f, da_g, da_o = (da[:, k * H : (k + 1) * H] for k in range(4))
            multiply(gates, gates, da)
            subtract(gates, da, da)
            multiply(da_i, g, da_i)
            multiply(da_f, c_before, da_f)
            multiply(da_o, tanh_c, da_o)
            multiply(g, g, da_g)
            subtract(1.0, da_g, da_g)
            multiply(da_g, i, da_g)
            multiply(s, tanh_c, dc)  # o (1 − tanh²c) is o − s tanh c
            subtract(o, dc, dc)

    def backward(self, start: int, stop: int) -> None:
        """Gather ∂L/∂a_t, ∂L/∂s_{t−1} and ∂L/∂c_{t−1} for t = stop … start + 1."""
        product, Wt_da_out, Wt_da = self._Wt_da  # noqa: N806
        dc_before = self._dc_before
        dc_before.fill(0.0)
        add, multiply = np.add, np.multiply
        steps = reversed(self._backward[start:stop])
        for ds, dc, da_i, da_f, da_g, da_o, da, f, ds_before in steps:
            multiply(ds, dc, dc)
            add(dc, dc_before, dc)  # as the step after left it
            multiply(dc, da_i, da_i)
            multiply(dc, da_f, da_f)
            multiply(dc, da_g, da_g)
            multiply(dc, f, dc_before)
            multiply(ds, da_o, da_o)
            product(da, Wt_da_out)
            add(ds_before, Wt_da, ds_before)

    def sums_by_row(self, length: int, rows: FloatArray) -> SumGradients:
        """Copy ∂L/∂a_t, which belongs to both products, into `rows` (4H, T·B)."""
        by_row(self.da[:length], rows)
        return SumGradients(rows, ((slice(None), rows),))

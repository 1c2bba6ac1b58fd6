"""The gated recurrent unit.

Forward, for the steps t = 1 … T, from the initial state s_0:

    r_t = σ(U_r x_t + W_r s_{t−1} + b_r)          the reset gate
    z_t = σ(U_z x_t + W_z s_{t−1} + b_z)          the update gate: how much of s_{t−1} stays
    q_t = W_n s_{t−1} + b_hn                      what the state before says to the candidate
    n_t = tanh(U_n x_t + b_in + r_t ⊙ q_t)        the candidate
    s_t = (1 − z_t) ⊙ n_t + z_t ⊙ s_{t−1} = n_t + z_t ⊙ (s_{t−1} − n_t)

Backward, for t = T … 1:

    ∂L/∂a_n = ∂L/∂s_t ⊙ (1 − z_t) ⊙ (1 − n_t²)
    ∂L/∂q_t = ∂L/∂a_n ⊙ r_t
    ∂L/∂a_r = ∂L/∂a_n ⊙ q_t ⊙ r_t (1 − r_t)
    ∂L/∂a_z = ∂L/∂s_t ⊙ (s_{t−1} − n_t) ⊙ z_t (1 − z_t)
    ∂L/∂s_{t−1} = ∂L_{t−1}/∂s_{t−1} + ∂L/∂s_t ⊙ z_t + W_rᵀ ∂L/∂a_r + W_zᵀ ∂L/∂a_z + W_nᵀ ∂L/∂q_t

where a_r, a_z and a_n are the sums in the brackets. The reset comes after the product, as in
PyTorch, so b_hn stands alone while the other biases join. In the code the gates r, z, n are
blocks of H rows, the order of PyTorch, and `da` has r, z, q, n; it holds what stands behind ∂L/∂s_t
in the equations until the loop multiplies by it. Time is axis 0, sentences are columns.

Source: K. Cho et al., "Learning phrase representations using RNN encoder–decoder", EMNLP 2014,
with the parameters of `torch.nn.GRU`.
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

    a_rz: FloatArray
    a_n: FloatArray
    rz: FloatArray
    r: FloatArray
    z: FloatArray
    n: FloatArray
    q: FloatArray
    kept: FloatArray
    s_before: FloatArray
    s: FloatArray


class _StepBack(NamedTuple):
    """The views of one step backward; `da_rzq` (3H, B) is r, z, q together."""

    ds: FloatArray
    da_r: FloatArray
    da_z: FloatArray
    da_q: FloatArray
    da_n: FloatArray
    da_rzq: FloatArray
    z: FloatArray
    ds_before: FloatArray


class GRU(RecurrentCell):
    """The way forward and back through `a`, the gates, `q`, `kept`, `s`, `da` and `ds`.

    `kept` (T, H, B) is s_{t−1} − n_t.
    """

    GATES = 3
    LOOP = LoopRows(scale=(0.5, 0.5, 1.0), joined=(True, True, False))
    GRADIENT_ROWS = 4

    def __init__(self, plan: CellPlan) -> None:
        super().__init__(plan)
        weights, steps, columns, name = plan.weights, plan.steps, plan.columns, plan.name
        array, dtype = plan.arena.array, plan.arena.dtype
        H = self.units  # noqa: N806
        state = (H, columns)
        self._gates = array(f"{name}.gates", (steps, 3 * H, columns)) if plan.keep else self.a
        self.q = array(f"{name}.q", (steps, *state))
        self.kept = array(f"{name}.kept", (steps, *state))
        self.da = array("da", (steps, 4 * H, columns))
        Ws = array("Ws", (3 * H, columns))  # noqa: N806
        self._Ws = Product.of(weights.W_loop, Ws)
        self._Ws_rz, self._Ws_n = Ws[: 2 * H], Ws[2 * H :]
        self._b_hn = array(f"{name}.b_hn", state)
        self._half = np.full((2 * H, columns), 0.5, dtype)
        self._Wt_da = Product.of(weights.W.T, array("Wt_da", state))
        self._ds_z = array("ds_z", state)
        rz, z, n = slice(2 * H), slice(H, 2 * H), slice(2 * H, 3 * H)
        self._forward = tuple(
            _Step(
                self.a[t, rz],
                self.a[t, n],
                self._gates[t, rz],
                self._gates[t, :H],
                self._gates[t, z],
                self._gates[t, n],
                self.q[t],
                self.kept[t],
                self.s[t],
                self.s[t + 1],
            )
            for t in range(steps)
        )
        self._backward = tuple(
            _StepBack(
                self.ds[t + 1],
                self.da[t, :H],
                self.da[t, z],
                self.da[t, n],
                self.da[t, 3 * H :],
                self.da[t, : 3 * H],
                self._gates[t, z],
                self.ds[t],
            )
            for t in range(steps)
        )

    def gates(self, length: int) -> FloatArray:
        """Return a copy of r, z and n (T, 3H, B)."""
        return self._gates[:length].copy()

    def load(self) -> None:
        """Take up b_hn, a column for each sentence."""
        self._b_hn[...] = self.weights.b_hh[2 * self.units :, None]

    def forward(self, length: int) -> None:
        """Make the gates and s_t for t = 1 … length."""
        product, Ws_out, _ = self._Ws  # noqa: N806
        Ws_rz, Ws_n, b_hn, half = self._Ws_rz, self._Ws_n, self._b_hn, self._half  # noqa: N806
        add, multiply, subtract, tanh = np.add, np.multiply, np.subtract, np.tanh
        for a_rz, a_n, rz, r, z, n, q, kept, s_before, s in self._forward[:length]:
            product(s_before, Ws_out)
            add(a_rz, Ws_rz, a_rz)
            tanh(a_rz, rz)
            multiply(rz, half, rz)
            add(rz, half, rz)
            add(Ws_n, b_hn, q)
            multiply(r, q, kept)
            add(a_n, kept, a_n)
            tanh(a_n, n)
            subtract(s_before, n, kept)
            multiply(z, kept, s)
            add(s, n, s)

    def prepare_backward(self, length: int) -> None:
        """Compute the factors of ∂L/∂s_t for t = 1 … length."""
        H = self.units  # noqa: N806
        stride = max(1, CACHED // (4 * H * self.columns))
        for start in range(0, length, stride):
            here = slice(start, min(start + stride, length))
            gates, da, q, kept = self._gates[here], self.da[here], self.q[here], self.kept[here]
            rz, r, z, n = gates[:, : 2 * H], gates[:, :H], gates[:, H : 2 * H], gates[:, 2 * H :]
            da_rz, da_r, da_z = da[:, : 2 * H], da[:, :H], da[:, H : 2 * H]
            da_q, da_n = da[:, 2 * H : 3 * H], da[:, 3 * H :]
            np.multiply(n, n, da_n)
            np.subtract(1.0, da_n, da_n)
            np.subtract(1.0, z, da_q)
            np.multiply(da_n, da_q, da_n)
            np.multiply(da_n, r, da_q)
            np.multiply(rz, rz, da_rz)
            np.subtract(rz, da_rz, da_rz)
            np.multiply(da_z, kept, da_z)
            np.multiply(da_r, q, da_r)
            np.multiply(da_r, da_n, da_r)

    def backward(self, start: int, stop: int) -> None:
        """Gather ∂L/∂a_t, ∂L/∂q_t and ∂L/∂s_{t−1} for t = stop … start + 1."""
        product, Wt_da_out, Wt_da = self._Wt_da  # noqa: N806
        ds_z = self._ds_z
        add, multiply = np.add, np.multiply
        steps = reversed(self._backward[start:stop])
        for ds, da_r, da_z, da_q, da_n, da_rzq, z, ds_before in steps:
            multiply(ds, da_r, da_r)
            multiply(ds, da_z, da_z)
            multiply(ds, da_q, da_q)
            multiply(ds, da_n, da_n)
            product(da_rzq, Wt_da_out)
            multiply(ds, z, ds_z)
            add(ds_before, Wt_da, ds_before)
            add(ds_before, ds_z, ds_before)

    def sums_by_row(self, length: int, rows: FloatArray) -> SumGradients:
        """Copy the gradients into `rows` (4H, T·B), in the order q, r, z, n."""
        H = self.units  # noqa: N806
        by_row(self.da[:length, : 2 * H], rows[H : 3 * H])
        by_row(self.da[:length, 2 * H : 3 * H], rows[:H])
        by_row(self.da[:length, 3 * H :], rows[3 * H :])
        recurrent = ((slice(0, 2 * H), rows[H : 3 * H]), (slice(2 * H, 3 * H), rows[:H]))
        return SumGradients(rows[H:], recurrent)

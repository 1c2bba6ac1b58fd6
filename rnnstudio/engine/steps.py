"""The networks without memory: the first three of the lecture's ladder.

    independent    s_t = σ(U_t x_t + b_t)                    each position has weights of its own
    shared         s_t = σ(U x_t + b)                        the same function at every step
    history        s_t = σ(Σ_k U_{t,k} x_k + b_t), k ≤ t     all inputs so far, a function a step

No state goes from step to step. `independent` and `history` have weights for as many positions as
the longest training sentence, and no sentence may be longer.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnstudio.engine.activations import ACTIVATE, SLOPE
from rnnstudio.engine.arena import Arena
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.cell import by_row
from rnnstudio.engine.inputs import BatchInput, LayerInput
from rnnstudio.engine.network import Cell, NetworkSpec
from rnnstudio.engine.recurrent import Dropout, Upstream


class Steps:
    """One layer of a network without memory, called as `Recurrence` is."""

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Mapping[str, FloatArray],
        gradients: Mapping[str, FloatArray] | None,
        arena: Arena,
    ) -> None:
        self._spec, self._arena = spec, arena
        self._parameters, self._gradients = parameters, gradients
        self._given: LayerInput
        # (T, H, B): the sums and the states of the last batch, and ∂L/∂ of both.
        self.a: FloatArray
        self.s: FloatArray
        self.da: FloatArray
        self.ds: FloatArray
        self._rows: FloatArray

    def forward(self, batch: Batch, x: BatchInput, dropout: Dropout | None) -> None:
        """Read a batch; there is no second layer before which `dropout` could leave numbers out."""
        self._given = x.for_layer(batch, False, self._arena, "x")
        shape = (batch.length, self._spec.units, batch.size)
        self.a, self.s = self._arena.array("a", shape), self._arena.array("s", shape)
        term = self._arena.array("term", shape)
        for start, stop, weight, bias in self._functions(batch.length, self._parameters):
            a = self.a[start:stop]
            a[...] = bias[:, None]
            for seen, U in self._blocks(start, stop, weight):  # noqa: N806
                self._given.steps(*seen).product(U, term[start:stop])
                a += term[start:stop]
        ACTIVATE[self._spec.activation](self.a, self.s)
        self._rows = self._arena.array("rows", (batch.length * batch.size, self._spec.units))
        self._rows.reshape(batch.length, batch.size, -1)[...] = self.s.transpose(0, 2, 1)

    def features(self, batch: Batch) -> FloatArray:
        """Return s_1 … s_T as rows (T·B, H)."""
        return self._rows

    def last_states(self, batch: Batch) -> FloatArray:
        """Return the state of each sentence's last word: (B, H)."""
        return self._rows[batch.last_rows]

    def backward(
        self, batch: Batch, asked: Upstream, truncation: int | None, wants_input: bool
    ) -> FloatArray | None:
        """Write the gradients of the parameters; return ∂L/∂x_t as rows (T·B, E), if wanted.

        Nothing flows from step to step, and `truncation` cuts nothing off.
        """
        assert self._gradients is not None
        length, columns = batch.length, batch.size
        ds = self._arena.array("ds", (length + 1, self._spec.units, columns))
        asked.fill(ds, np.s_[:, :], batch, reverse=False)
        da = self.da = self._arena.array("da", self.s.shape)
        self.ds = ds[1:]
        SLOPE[self._spec.activation](self.s, da)
        da *= self.ds
        rows = self._arena.array("da_rows", (self._spec.units, length * columns))
        by_row(da, rows)
        for name, gradient in self._gradients.items():
            if name.startswith("step."):
                gradient.fill(0.0)
        dx = np.zeros((length * columns, self._spec.inputs), rows.dtype) if wants_input else None
        for (start, stop, dweight, dbias), (_, _, weight, _) in zip(
            self._functions(length, self._gradients),
            self._functions(length, self._parameters),
            strict=True,
        ):
            here = rows[:, start * columns : stop * columns]
            dbias[...] = here.sum(axis=1)
            blocks = zip(
                self._blocks(start, stop, dweight), self._blocks(start, stop, weight), strict=True
            )
            for (seen, dU), (_, U) in blocks:  # noqa: N806
                gradient = np.empty(dU.shape, dU.dtype)
                self._given.steps(*seen).gradient(here, gradient)
                np.add(dU, gradient, dU)
                if dx is not None:
                    dx[seen[0] * columns : seen[1] * columns] += here.T @ U
        return dx

    def _functions(
        self, length: int, parameters: Mapping[str, FloatArray]
    ) -> list[tuple[int, int, FloatArray, FloatArray]]:
        """Return each function's steps start … stop − 1, its weight and its bias."""
        if not self._spec.cell.has_length:
            return [(0, length, parameters["step.weight"], parameters["step.bias"])]
        return [
            (t, t + 1, parameters[f"step.{t + 1}.weight"], parameters[f"step.{t + 1}.bias"])
            for t in range(length)
        ]

    def _blocks(
        self, start: int, stop: int, weight: FloatArray
    ) -> list[tuple[tuple[int, int], FloatArray]]:
        """Return which inputs a function reads, as steps, each with its block of the weight."""
        if self._spec.cell is not Cell.HISTORY:
            return [((start, stop), weight)]
        size = self._spec.inputs
        return [((k, k + 1), weight[:, k * size : (k + 1) * size]) for k in range(stop)]

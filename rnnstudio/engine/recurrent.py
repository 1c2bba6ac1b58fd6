"""Layers of recurrent cells in one or two directions, and all that needs no loop over time.

    before the loop      U x_t + b for every step, in one product
    after the loop       ∂L/∂W = Σ_t ∂L/∂a_t s_{t−1}ᵀ,  ∂L/∂U = Σ_t ∂L/∂a_t x_tᵀ,
                         ∂L/∂b = Σ_t ∂L/∂a_t,  ∂L/∂x_t = Uᵀ ∂L/∂a_t

A layer in the other direction is the same cell, run over sentences that are reversed, each within
its own length. Between layers, states are rows (T·B, D·H): step t of sentence b, both from 0, is
row t·B + b.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arena import Arena, ones
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.cell import CellPlan, CellWeights, RecurrentCell
from rnnstudio.engine.elman import Elman
from rnnstudio.engine.gru import GRU
from rnnstudio.engine.inputs import BatchInput, LayerInput
from rnnstudio.engine.lstm import LSTM
from rnnstudio.engine.network import Cell, NetworkSpec, ending

CELLS: Mapping[Cell, type[RecurrentCell]] = {Cell.RNN: Elman, Cell.GRU: GRU, Cell.LSTM: LSTM}

# A cell's memory is kept for so many numbers of columns: the batch size and what is left over.
_KEPT_WIDTHS = 2

# Leaves some of the numbers of rows (T·B, F) out, in place, and returns what each is multiplied by.
Dropout = Callable[[FloatArray], FloatArray]


class Direction:
    """One layer in one direction."""

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Mapping[str, FloatArray],
        gradients: Mapping[str, FloatArray] | None,
        arena: Arena,
        place: tuple[int, int],
        keep: bool,
    ) -> None:
        self.end = ending(*place)
        self.reverse = place[1] == 1
        self._arena = arena
        self._train_start = spec.train_initial_state
        self._unbounded = spec.cell is Cell.RNN and spec.activation is Activation.RELU
        self._parameters, self._gradients = parameters, gradients
        kind = CELLS[spec.cell]
        one_hot = place[0] == 0 and spec.embedding is None and spec.frames is None
        self.weights = CellWeights(parameters, self.end, kind.LOOP, one_hot)
        self._kind = kind
        self._plan = CellPlan(self.weights, 0, 0, arena, self.end, spec.activation, keep)
        self._cells: dict[int, RecurrentCell] = {}
        self._given: LayerInput | None = None
        self.cell: RecurrentCell
        # s_0 … s_T of every sentence as rows ((T + 1)·B, H).
        self.state_rows: FloatArray

    def forward(self, given: LayerInput, batch: Batch) -> None:
        """Read all steps with the parameters as they are now.

        `state_rows` has the states then, in the order of the direction.
        """
        length, columns = batch.length, batch.size
        cell = self.cell = self._cell_for(length, columns)
        self.weights.load()
        cell.load()
        self._given = given
        self.weights.sums_for_loop(given, cell.a[:length])
        self._start(cell)
        cell.forward(length)
        rows = self._arena.array(f"{self.end}.rows", ((length + 1) * columns, cell.units))
        rows.reshape(length + 1, columns, -1)[...] = cell.s[: length + 1].transpose(0, 2, 1)
        if self._unbounded:
            # Beyond a sentence's end ReLU may have grown to infinity, and 0 · ∞ is not 0.
            rows[columns:][batch.padding_rows] = 0.0
        self.state_rows = rows

    def backward(self, length: int, truncation: int | None) -> FloatArray:
        """Run back from what `cell.ds` asks of s_1 … s_T, and write the gradients of U, W and b.

        Returns ∂L/∂(U x_t + b) as (G·H, T·B). With `truncation` nothing flows from one stretch of
        so many steps into the stretch before.
        """
        cell, columns = self.cell, self.cell.columns
        gradients, end = self._gradients, self.end
        assert gradients is not None
        assert self._given is not None
        cell.ds[0] = 0.0
        cell.prepare_backward(length)
        for start in reversed(range(0, length, truncation or length)):
            asked = cell.ds[start].copy() if start else None
            cell.backward(start, min(start + (truncation or length), length))
            if asked is not None:
                cell.ds[start] = asked
        if self._train_start:
            for name, ds in cell.start_gradients().items():
                np.sum(ds, axis=1, out=gradients[f"initial.{name}_{end}"])

        space = self._arena.array("da_rows", (cell.GRADIENT_ROWS * cell.units, length * columns))
        sums = cell.sums_by_row(length, space)
        dW, db_hh = gradients[f"rnn.weight_hh_{end}"], gradients[f"rnn.bias_hh_{end}"]  # noqa: N806
        one = ones(length * columns, self._arena.dtype)
        for part, da in sums.recurrent:
            da.dot(self.state_rows[: length * columns], dW[part])
            da.dot(one, db_hh[part])
        sums.entered.dot(one, gradients[f"rnn.bias_ih_{end}"])
        self._given.gradient(sums.entered, gradients[f"rnn.weight_ih_{end}"])
        return sums.entered

    def _cell_for(self, length: int, columns: int) -> RecurrentCell:
        cell = self._cells.get(columns)
        if cell is None or cell.steps < length:
            if len(self._cells) >= _KEPT_WIDTHS or cell is not None:
                self._cells.clear()
            cell = self._kind(self._plan._replace(steps=length, columns=columns))
            self._cells[columns] = cell
        return cell

    def _start(self, cell: RecurrentCell) -> None:
        for name, state in cell.start_states().items():
            if self._train_start:
                state[...] = self._parameters[f"initial.{name}_{self.end}"][:, None]
            else:
                state.fill(0.0)


class Recurrence:
    """All layers of a recurrent network, in all directions."""

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Mapping[str, FloatArray],
        gradients: Mapping[str, FloatArray] | None,
        arena: Arena,
        keep: bool,
    ) -> None:
        self._spec, self._arena = spec, arena
        self.layers = tuple(
            tuple(
                Direction(spec, parameters, gradients, arena, (layer, direction), keep)
                for direction in range(spec.directions)
            )
            for layer in range(spec.layers)
        )
        self._masks: list[FloatArray | None] = []

    def forward(self, batch: Batch, x: BatchInput, dropout: Dropout | None) -> None:
        """Read a batch with the parameters as they are now."""
        self._masks = []
        for number, layer in enumerate(self.layers):
            if number:
                rows = self.features(batch, number - 1, copy=dropout is not None)
                self._masks.append(None if dropout is None else dropout(rows))
                x = BatchInput(rows=rows)
            for direction in layer:
                name = f"{direction.end}.x"
                given = x.for_layer(batch, direction.reverse, self._arena, name)
                direction.forward(given, batch)

    def features(self, batch: Batch, layer: int = -1, copy: bool = False) -> FloatArray:
        """Return what a layer hands on, as rows (T·B, D·H) in the order of the sentences."""
        first, *others = self.layers[layer]
        rows = first.state_rows[batch.size :]
        if others:
            rows = np.concatenate(
                [rows, others[0].state_rows[batch.size :][batch.reversed_rows]], axis=1
            )
        elif copy:
            rows = rows.copy()
        return rows

    def last_states(self, batch: Batch) -> FloatArray:
        """Return each direction's state after its last word, side by side: (B, D·H)."""
        places = batch.last_rows + batch.size
        states = [direction.state_rows[places] for direction in self.layers[-1]]
        return states[0] if len(states) == 1 else np.concatenate(states, axis=1)

    def backward(
        self,
        batch: Batch,
        asked: Upstream,
        truncation: int | None,
        wants_input: bool,
        seen: Callable[[Direction], None] | None = None,
    ) -> FloatArray | None:
        """Run back through all layers and write the gradients of their parameters.

        `asked` is what the loss asks of the uppermost states. `seen` is called with each direction
        while its cell has what went back through it. Returns ∂L/∂x_t as rows (T·B, E), if it is
        wanted.
        """
        units = self._spec.units
        below: FloatArray | None = None
        for number in reversed(range(len(self.layers))):
            layer = self.layers[number]
            below = None
            for place, direction in enumerate(layer):
                part = np.s_[:, place * units : (place + 1) * units]
                asked.fill(direction.cell.ds, part, batch, direction.reverse)
                da = direction.backward(batch.length, truncation)
                if seen is not None:
                    seen(direction)
                if number or wants_input:
                    dx = da.T.dot(direction.weights.U)
                    if direction.reverse:
                        dx = dx[batch.reversed_rows]
                    below = dx if below is None else np.add(below, dx, below)
            if number:
                assert below is not None
                mask = self._masks[number - 1]
                asked = Upstream(rows=below if mask is None else np.multiply(below, mask, below))
        return below


class Upstream(NamedTuple):
    """What the loss asks of the states of the uppermost layer directly.

    Either `last` (B, D·H), of each direction's state after its last word, or `rows` (T·B, D·H), of
    every state in the order of the sentences.
    """

    last: FloatArray | None = None
    rows: FloatArray | None = None

    def fill(self, ds: FloatArray, part: tuple[slice, slice], batch: Batch, reverse: bool) -> None:
        """Write the columns `part`, those of one direction, into `ds` (T + 1, H, B)."""
        if self.rows is None:
            assert self.last is not None
            ds[: batch.length + 1] = 0.0
            ds.reshape(-1)[batch.last_places(ds.shape[1])] = self.last[part]
        else:
            rows = self.rows[part]
            if reverse:
                rows = rows[batch.reversed_rows]
            steps = rows.reshape(batch.length, batch.size, -1)
            ds[1 : batch.length + 1] = steps.transpose(0, 2, 1)

"""What one layer computed for one sentence in one direction, what it read, what was set by hand.

Time is axis 0, in the order of the sentence: step t of the lecture has the index t − 1, in both
directions. The reversed direction begins at the last step, so its state before step t is that of
step t + 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only
from rnnstudio.engine.batch import UNKNOWN_ID
from rnnstudio.engine.gru import GRU
from rnnstudio.engine.lstm import LSTM
from rnnstudio.engine.model import Network
from rnnstudio.engine.network import GATES, Cell, NetworkSpec, ending
from rnnstudio.engine.recurrent import Recurrence


class Given(Protocol):
    """Vectors, one a step."""

    def at(self, step: int) -> FloatArray:
        """Return x_t (E,)."""

    def all(self) -> FloatArray:
        """Return x_1 … x_T (T, E)."""


class LayerGiven(Given, Protocol):
    """What a layer reads."""

    def product(self, U: FloatArray) -> FloatArray:  # noqa: N803
        """Return U x_t of every step (T, F) for U (F, E)."""


@dataclass(frozen=True, eq=False)
class GivenWords:
    """Words: `ids` (T,), as rows of `table` (L, E), or as one-hot vectors where it is None."""

    ids: IntArray
    table: FloatArray | None
    zero: FloatArray

    def at(self, step: int) -> FloatArray:
        """Return the word's embedding or one-hot vector (E,); 0 for an unknown word."""
        word = int(self.ids[step - 1])
        vector = self.zero.copy()
        if word != UNKNOWN_ID:
            if self.table is None:
                vector[word - 1] = 1.0
            else:
                vector[...] = self.table[word - 1]
        return read_only(vector)

    def all(self) -> FloatArray:
        """Return (T, E); with one-hot input E is L, so a long text needs much memory."""
        if self.table is not None:
            return read_only(self._rows_of(self.table))
        rows = np.zeros((len(self.ids), len(self.zero)), self.zero.dtype)
        known = np.flatnonzero(self.ids != UNKNOWN_ID)
        rows[known, self.ids[known] - 1] = 1.0
        return read_only(rows)

    def product(self, U: FloatArray) -> FloatArray:  # noqa: N803
        """Return U x_t of every step (T, F); one-hot vectors are not written out."""
        if self.table is None:
            return self._rows_of(U.T)
        return _product(self.all(), U)

    def _rows_of(self, table: FloatArray) -> FloatArray:
        rows = table[self.ids - 1]
        rows[self.ids == UNKNOWN_ID] = 0.0
        return rows


@dataclass(frozen=True, eq=False)
class GivenVectors:
    """Vectors that were given as they are: `rows` (T, E)."""

    rows: FloatArray

    def at(self, step: int) -> FloatArray:
        """Return the vector (E,) of a step."""
        row: FloatArray = self.rows[step - 1]
        return row

    def all(self) -> FloatArray:
        """Return (T, E)."""
        return self.rows

    def product(self, U: FloatArray) -> FloatArray:  # noqa: N803
        """Return U x_t of every step (T, F)."""
        return _product(self.rows, U)


@dataclass(frozen=True, eq=False)
class GivenStates:
    """The states of the layer below, its directions side by side."""

    below: tuple[LayerTrace, ...]

    def at(self, step: int) -> FloatArray:
        """Return the states (D·H,) of a step."""
        row: FloatArray = self._rows[step - 1]
        return row

    def all(self) -> FloatArray:
        """Return (T, D·H)."""
        return self._rows

    def product(self, U: FloatArray) -> FloatArray:  # noqa: N803
        """Return U x_t of every step (T, F)."""
        return _product(self._rows, U)

    @cached_property
    def _rows(self) -> FloatArray:
        return side_by_side([one.s for one in self.below])


@dataclass(frozen=True, eq=False)
class SetByHand:
    """Numbers of a layer and direction that did not come out of the computation but were set.

    `places[name]` (T, H) is true where a quantity was set, or with "memory_s", "memory_c" what a
    step was handed; `made[name]` (T, H) is the quantity as the cell made it; `handed["s"]` and
    `handed["c"]` (T, H) are what each step was handed. A name that is missing was set nowhere.
    """

    places: Mapping[str, BoolArray] = field(default_factory=dict)
    made: Mapping[str, FloatArray] = field(default_factory=dict)
    handed: Mapping[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """What one layer computed in one direction.

    `quantities` are (T, H) by their names, in the order of the sentence; `layer["s"]` is one of
    them. By cell:

        independent, shared, history, rnn     a s
        gru                                   a_r a_z q a_n r z n s
        lstm                                  a_i a_f a_g a_o i f g o c tanh_c s

    `s_0` (H,) and for the LSTM `c_0` (H,) are the initial states; a cell without memory has none,
    and zeros stand there. `given` is what the layer reads. `by_hand` says which numbers were set
    (see `surgery`); a forward pass sets none.
    """

    cell: Cell
    layer: int
    direction: int
    quantities: Mapping[str, FloatArray]
    s_0: FloatArray
    c_0: FloatArray | None
    given: LayerGiven
    by_hand: SetByHand = field(default_factory=SetByHand)

    def __getitem__(self, name: str) -> FloatArray:
        return self.quantities[name]

    @property
    def end(self) -> str:
        """How the names of this layer and direction end in files: "l0", "l0_reverse", "l1", …"""
        return ending(self.layer, self.direction)

    @property
    def s(self) -> FloatArray:
        """The states (T, H)."""
        return self.quantities["s"]

    @property
    def x(self) -> FloatArray:
        """What this layer reads (T, E): the words, or the states of the layer below."""
        return self.given.all()

    @property
    def initial(self) -> dict[str, FloatArray]:
        """The initial states by their names, none for a cell without memory."""
        if not self.cell.recurrent:
            return {}
        return {"s_0": self.s_0} if self.c_0 is None else {"s_0": self.s_0, "c_0": self.c_0}

    def step_before(self, step: int) -> int:
        """Return the step that this direction read before `step`, 0 for the initial state."""
        if not self.direction:
            return step - 1
        return step + 1 if step < len(self.s) else 0

    def own_step(self, step: int) -> int:
        """Return as which word, from 1, this direction read that of `step`, and the reverse."""
        return len(self.s) + 1 - step if self.direction else step

    def before(self, name: str, step: int) -> FloatArray:
        """Return "s" or "c" (H,) as step `step` was handed it: of the step before, unless set.

        Raises:
            KeyError: no such state is carried.
        """
        if name in self.by_hand.handed:
            row: FloatArray = self.by_hand.handed[name][step - 1]
            return row
        earlier = self.step_before(step)
        return self.quantities[name][earlier - 1] if earlier else self.initial[f"{name}_0"]

    def is_set(self, name: str, step: int, unit: int) -> bool:
        """Whether a number was set by hand; "memory_s", "memory_c" is what the step was handed."""
        places = self.by_hand.places.get(name)
        return places is not None and bool(places[step - 1, unit])

    def made(self, name: str, step: int, unit: int) -> float:
        """Return a number as the cell made it, whether or not another was set in its place."""
        return float(self.by_hand.made.get(name, self.quantities[name])[step - 1, unit])


def function_of(spec: NetworkSpec, name: str) -> Activation:
    """Return which function makes a gate, candidate, "tanh_c" or state of the sum that enters it.

    The states of GRU and LSTM are no function of one sum.
    """
    if name in ("n", "g", "tanh_c"):
        return Activation.TANH
    return Activation.LOGISTIC if spec.cell in (Cell.GRU, Cell.LSTM) else spec.activation


def layer_quantities(cell: Cell) -> tuple[str, ...]:
    """Return the names of what a layer of a cell computes, as `LayerTrace` lists them."""
    own = {Cell.GRU: ("q", "s"), Cell.LSTM: ("c", "tanh_c", "s")}.get(cell)
    if own is None:
        return ("a", "s")
    return (*(f"a_{gate}" for gate in GATES[cell]), *GATES[cell], *own)


def quantities_of(
    network: Network, layer: int, direction: int, length: int
) -> dict[str, FloatArray]:
    """Return what a layer computed of the last batch, of `length` steps, by name: (T, H, B).

    Time is in the order of the direction. The arrays are copies, of a network that keeps its sums.
    """
    if not isinstance(network.layers, Recurrence):
        return {"a": network.layers.a.copy(), "s": network.layers.s.copy()}
    at = network.layers.layers[layer][direction].cell
    a = at.sums(length)
    found: dict[str, FloatArray] = {}
    if isinstance(at, GRU | LSTM):
        gates = at.gates(length)
        for number, gate in enumerate(GATES[network.spec.cell]):
            rows = slice(number * at.units, (number + 1) * at.units)
            found[f"a_{gate}"] = a[:, rows]
            found[gate] = gates[:, rows]
        if isinstance(at, GRU):
            found["q"] = at.q[:length].copy()
        else:
            found["c"] = at.c[1 : length + 1].copy()
            found["tanh_c"] = at.tanh_c[:length].copy()
    else:
        found["a"] = a
    found["s"] = at.s[1 : length + 1].copy()
    return found


def layer_traces(
    network: Network, given: LayerGiven, length: int
) -> tuple[tuple[LayerTrace, ...], ...]:
    """Return every layer's trace of a sentence of `length` steps that `network` has just read."""
    spec = network.spec
    layers: list[tuple[LayerTrace, ...]] = []
    for layer in range(spec.layers):
        layers.append(
            tuple(
                _layer_trace(network, (layer, direction), given, length)
                for direction in range(spec.directions)
            )
        )
        given = GivenStates(layers[-1])
    return tuple(layers)


def _layer_trace(
    network: Network, place: tuple[int, int], given: LayerGiven, length: int
) -> LayerTrace:
    order = slice(None, None, -1 if place[1] else 1)
    found = {
        name: read_only(array[order, :, 0])
        for name, array in quantities_of(network, *place, length).items()
    }
    cell = network.spec.cell
    if not isinstance(network.layers, Recurrence):
        s_0 = read_only(np.zeros(network.spec.units, found["s"].dtype))
        return LayerTrace(cell, *place, found, s_0, None, given)
    start = network.layers.layers[place[0]][place[1]].cell.start_states()
    initial = {name: read_only(state[:, 0].copy()) for name, state in start.items()}
    return LayerTrace(cell, *place, found, initial["s"], initial.get("c"), given)


def side_by_side(states: list[FloatArray]) -> FloatArray:
    """Return the states of a layer's directions, each (…, H), as (…, D·H)."""
    if len(states) == 1:
        return states[0]
    return read_only(np.concatenate(states, axis=-1))


def _product(rows: FloatArray, U: FloatArray) -> FloatArray:  # noqa: N803
    found: FloatArray = rows @ U.T
    return found

"""Every quantity of one sentence's way through the network, step by step.

A trace is a forward pass of a batch of one; nothing is computed a second way. Time is axis 0, in
the order of the sentence: step t of the lecture has the index t − 1, in both directions. The
reversed direction begins at the last step, so its state before step t is that of step t + 1.

ŷ_t is what the network would answer if it were asked after t steps, from m_t, what it reads then:

    last       m_t = s_t; in two directions each one's state after it has read t words
    mean, max  m_t = the mean, or the greatest value of each unit, of the states up to there
    labelling  m_t = the states at word t, which is no "if": that is the answer for the word

For t = T it is the network's answer, and z_T are the very numbers of the forward pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.batch import UNKNOWN_ID, Batch, frame_batch, make_batch
from rnnstudio.engine.gru import GRU
from rnnstudio.engine.losses import softmax
from rnnstudio.engine.lstm import LSTM
from rnnstudio.engine.model import Network, quiet
from rnnstudio.engine.network import GATES, Cell, NetworkSpec, Reading, Task, ending
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.recurrent import Direction, Recurrence

# Whose sum is called a where a cell has several: that of the candidate.
_CANDIDATE: Mapping[Cell, str] = {Cell.GRU: "a_n", Cell.LSTM: "a_g"}


class Given(Protocol):
    """What a layer reads."""

    def at(self, step: int) -> FloatArray:
        """Return x_t (E,)."""

    def all(self) -> FloatArray:
        """Return x_1 … x_T (T, E)."""


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
        return read_only(np.stack([self.at(step) for step in range(1, len(self.ids) + 1)]))


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

    @cached_property
    def _rows(self) -> FloatArray:
        return _side_by_side([one.s for one in self.below])


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """What one layer computed in one direction.

    `quantities` are (T, H) by their names, in the order of the sentence; `layer["s"]` is one of
    them. By cell:

        independent, shared, history, rnn     a s
        gru                                   a_r a_z q a_n r z n s
        lstm                                  a_i a_f a_g a_o i f g o c tanh_c s

    `s_0` (H,) and for the LSTM `c_0` (H,) are the initial states; a cell without memory has none,
    and zeros stand there. `given` is what the layer reads.
    """

    cell: Cell
    layer: int
    direction: int
    quantities: Mapping[str, FloatArray]
    s_0: FloatArray
    c_0: FloatArray | None
    given: Given

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
        """Return "s" or "c" (H,) as it was before `step`.

        Raises:
            KeyError: no such state is carried.
        """
        earlier = self.step_before(step)
        return self.quantities[name][earlier - 1] if earlier else self.initial[f"{name}_0"]


@dataclass(frozen=True, eq=False)
class Trace:
    """What the network computed for one sentence; all arrays are read-only.

    `layers[layer][direction]` has the quantities of each, from 0; `ids` (T,) are 0 where frames
    were read; `m` (T, D·H) is what the network would read if asked after each step, `z` (T, C) is
    V m_t + c and `y` (T, C) its softmax.

    `s_0`, `s`, `a`, `x(step)`, `state_before(step)` are for the eye that follows one layer: those
    of the last layer in the forward direction, x the network's own input.
    """

    spec: NetworkSpec
    parameters: Parameters
    ids: IntArray
    layers: tuple[tuple[LayerTrace, ...], ...]
    m: FloatArray
    z: FloatArray
    y: FloatArray

    def __len__(self) -> int:
        """The number T of steps."""
        return len(self.ids)

    def layer(self, layer: int = -1, direction: int = 0) -> LayerTrace:
        """Return a layer's trace, the last one's unless told; direction 1 is the reversed one.

        Raises:
            IndexError: there is no such layer or direction.
        """
        if not (-len(self.layers) <= layer < len(self.layers)):
            raise IndexError(f"There is no layer {layer} of {len(self.layers)}.")
        if not 0 <= direction < len(self.layers[layer]):
            raise IndexError(f"There is no direction {direction} of {len(self.layers[layer])}.")
        return self.layers[layer][direction]

    @property
    def s_0(self) -> FloatArray:
        """The initial state (H,)."""
        return self.layers[-1][0].s_0

    @property
    def s(self) -> FloatArray:
        """The states (T, H)."""
        return self.layers[-1][0].s

    @property
    def a(self) -> FloatArray:
        """The sums (T, H) that enter the activation; of a GRU or LSTM those of the candidate."""
        last = self.layers[-1][0]
        return last[_CANDIDATE.get(self.spec.cell, "a")]

    def state_before(self, step: int) -> FloatArray:
        """Return s_{t−1} (H,) of step t = 1 … T."""
        self.check_step(step)
        return self.s_0 if step == 1 else self.s[step - 2]

    def x(self, step: int) -> FloatArray:
        """Return x_t (E,) of step t = 1 … T: the word's embedding or one-hot vector, or a frame.

        Raises:
            IndexError: there is no such step.
        """
        self.check_step(step)
        return self.layers[0][0].given.at(step)

    def x_all(self) -> FloatArray:
        """Return x_1 … x_T (T, E); with one-hot input E is L, so a long text needs much memory."""
        return self.layers[0][0].x

    def quantities(self) -> dict[str, FloatArray | IntArray]:
        """Return every quantity under its name in the notation table, time on axis 0.

        Those of a layer end in its name: "s_l0", "s_l0_reverse", "s_l1". Both directions read the
        same x, which is there once. What is read, "m", is there where it is more than one state.
        """
        found: dict[str, FloatArray | IntArray] = {}
        if self.spec.frames is None:
            found["ids"] = self.ids
        for number, directions in enumerate(self.layers):
            found[f"x_l{number}"] = directions[0].x
            for one in directions:
                for name, array in (one.initial | dict(one.quantities)).items():
                    found[f"{name}_{one.end}"] = array
        if self.spec.task is Task.CLASSIFY and (
            self.spec.read is not Reading.LAST or self.spec.bidirectional
        ):
            found["m"] = self.m
        found["z"], found["y"] = self.z, self.y
        return found

    @cached_property
    def prediction(self) -> int:
        """The class with the greatest probability after the last word."""
        return int(self.y[-1].argmax())

    @cached_property
    def predictions(self) -> IntArray:
        """The class with the greatest probability at each step: (T,)."""
        return read_only(self.y.argmax(axis=1))

    @cached_property
    def greatest_steps(self) -> IntArray:
        """The step from which each unit of m comes that is the greatest so far: (T, D·H).

        Of equal states it is the first one of the sentence, as in the forward pass.
        """
        found = []
        for one in self.layers[-1]:
            # The reversed direction meets the first one last.
            wins = np.greater_equal if one.direction else np.greater
            first = one.own_step(1)
            steps = np.full((len(self), self.spec.units), first, np.int64)
            greatest = one.s[first - 1]
            for asked in range(1, len(self)):
                step = one.own_step(asked + 1)
                won = wins(one.s[step - 1], greatest)
                steps[asked] = np.where(won, step, steps[asked - 1])
                greatest = np.where(won, one.s[step - 1], greatest)
            found.append(steps)
        return read_only(np.concatenate(found, axis=1))

    def check_step(self, step: int) -> None:
        """See that there is such a step.

        Raises:
            IndexError: there is not.
        """
        if not 1 <= step <= len(self):
            raise IndexError(f"There is no step {step} in a sentence of {len(self)}.")

    def read_step(self, step: int, direction: int) -> int:
        """Return the step whose state of a direction of the last layer is read, if asked at `step`.

        A classifier reads each direction after it has read so many words.
        """
        if self.spec.task is Task.LABEL:
            return step
        return self.layers[-1][direction].own_step(step)


def trace(spec: NetworkSpec, parameters: Parameters, given: IntArray | FloatArray) -> Trace:
    """Read one sentence, ids (T,), or frames (T, E) where the network reads those; keep everything.

    Raises:
        ValueError: the sentence has no words, or an id is negative.
        IndexError: an id is above L.
        TooLongError: the network has no weights for so many steps.
    """
    frozen = parameters.frozen()
    network = Network(spec, frozen, keep=True)
    batch = batch_of(spec, given)
    z_asked = network.forward(batch)
    layers = _layers(network, _given(spec, frozen, given))
    with quiet():
        if spec.task is Task.CLASSIFY:
            read = network.head.read
            m = _read_so_far(spec, layers[-1], read[0])
            z = network.head.scores(m)
            z[-1] = z_asked[0]
            y = softmax(z)
            y[-1] = softmax(z_asked)[0]
        else:
            m, z, y = _side_by_side([one.s for one in layers[-1]]), z_asked, softmax(z_asked)
    return Trace(
        spec=spec,
        parameters=frozen,
        ids=batch.ids[:, 0],
        layers=layers,
        m=m,
        z=read_only(np.ascontiguousarray(z)),
        y=read_only(np.ascontiguousarray(y)),
    )


def batch_of(
    spec: NetworkSpec, given: IntArray | FloatArray, columns: int = 1, target: int = -1
) -> Batch:
    """Return a sentence, or frames, as a batch of so many equal columns.

    Raises:
        ValueError: there are no words, an id is negative, or frames are not (T, E).
    """
    targets = np.full(columns, target)
    if spec.frames is None:
        return make_batch([np.asarray(given, np.int32)] * columns, targets)
    if given.ndim != 2 or given.shape[1] != spec.frames or not len(given):
        raise ValueError(f"Frames (T, {spec.frames}) are needed, not {given.shape}.")
    return frame_batch(np.repeat(given[:, None], columns, axis=1), targets)


def _given(spec: NetworkSpec, parameters: Parameters, given: IntArray | FloatArray) -> Given:
    if spec.frames is not None:
        return GivenVectors(read_only(np.array(given, parameters.dtype)))
    table = None if spec.embedding is None else parameters["embedding.weight"]
    ids = read_only(np.array(given, np.int32))
    return GivenWords(ids, table, np.zeros(spec.inputs, parameters.dtype))


def _layers(network: Network, given: Given) -> tuple[tuple[LayerTrace, ...], ...]:
    spec = network.spec
    if not isinstance(network.layers, Recurrence):
        a = read_only(network.layers.a[:, :, 0].copy())
        s = read_only(network.layers.s[:, :, 0].copy())
        s_0 = read_only(np.zeros(spec.units, s.dtype))
        return ((LayerTrace(spec.cell, 0, 0, {"a": a, "s": s}, s_0, None, given),),)
    layers: list[tuple[LayerTrace, ...]] = []
    for number, directions in enumerate(network.layers.layers):
        layers.append(
            tuple(
                _layer(spec.cell, (number, place), direction, given)
                for place, direction in enumerate(directions)
            )
        )
        given = GivenStates(layers[-1])
    return tuple(layers)


def _layer(cell: Cell, place: tuple[int, int], direction: Direction, given: Given) -> LayerTrace:
    """Copy what a cell computed for its one column, in the order of the sentence."""
    at = direction.cell
    order = slice(None, None, -1 if direction.reverse else 1)
    s = read_only(at.s[:, :, 0].copy())
    length = len(at.s) - 1
    a = read_only(at.sums(length)[order, :, 0])
    found: dict[str, FloatArray] = {}
    c_0 = None
    if isinstance(at, GRU | LSTM):
        units = [slice(k * at.units, (k + 1) * at.units) for k in range(at.GATES)]
        gates = read_only(at.gates(length)[order, :, 0])
        for gate, rows in zip(GATES[cell], units, strict=True):
            found[f"a_{gate}"] = a[:, rows]
            found[gate] = gates[:, rows]
        if isinstance(at, GRU):
            found["q"] = read_only(at.q[order, :, 0].copy())
        else:
            c = read_only(at.c[:, :, 0].copy())
            c_0 = c[0]
            found["c"] = c[1:][order]
            found["tanh_c"] = read_only(at.tanh_c[order, :, 0].copy())
    else:
        found["a"] = a
    found["s"] = s[1:][order]
    return LayerTrace(cell, *place, found, s[0], c_0, given)


def _read_so_far(spec: NetworkSpec, last: tuple[LayerTrace, ...], answer: FloatArray) -> FloatArray:
    """Return m (T, D·H) of a classifier that is asked after each step; `answer` is m_T."""
    states = [one.s[::-1] if one.direction else one.s for one in last]
    if spec.read is Reading.MEAN:
        steps = np.arange(1, len(states[0]) + 1, dtype=answer.dtype)[:, None]
        means = np.concatenate([np.cumsum(s, axis=0, dtype=s.dtype) / steps for s in states], 1)
        means[-1] = answer
        return read_only(means)
    if spec.read is Reading.MAX:
        states = [read_only(np.maximum.accumulate(s, axis=0)) for s in states]
    return _side_by_side(states)


def _side_by_side(states: list[FloatArray]) -> FloatArray:
    if len(states) == 1:
        return states[0]
    return read_only(np.concatenate(states, axis=1))

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
from typing import NamedTuple

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.batch import Batch, frame_batch, make_batch
from rnnstudio.engine.heads import Head
from rnnstudio.engine.layer_trace import (
    GivenVectors,
    GivenWords,
    LayerGiven,
    LayerTrace,
    layer_traces,
    side_by_side,
)
from rnnstudio.engine.losses import softmax
from rnnstudio.engine.model import Network, quiet
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.parameters import Parameters

# Whose sum is called a where a cell has several: that of the candidate.
_CANDIDATE: Mapping[Cell, str] = {Cell.GRU: "a_n", Cell.LSTM: "a_g"}


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
        """Return s_{t−1} (H,) as step t = 1 … T was handed it."""
        self.check_step(step)
        last = self.layers[-1][0]
        if last.cell.recurrent:
            return last.before("s", step)
        return last.s_0 if step == 1 else last.s[step - 2]

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
    z = network.forward(batch)
    layers = layer_traces(network, _given(spec, frozen, given), batch.length)
    return _answered(spec, frozen, batch.ids[:, 0], layers, network.head, z)


def with_layers(original: Trace, layers: tuple[tuple[LayerTrace, ...], ...]) -> Trace:
    """Return what the network answers if its layers had computed `layers`."""
    head = Head(original.spec, original.parameters, None)
    batch = make_batch([original.ids])
    with quiet():
        z = head.scores(head.forward(_Uppermost(layers[-1]), batch))
    return _answered(original.spec, original.parameters, original.ids, layers, head, z)


class _Uppermost(NamedTuple):
    """The states of the last layer as the head reads them."""

    layer: tuple[LayerTrace, ...]

    def features(self, batch: Batch) -> FloatArray:
        """Return the states as rows (T, D·H)."""
        return side_by_side([one.s for one in self.layer])

    def last_states(self, batch: Batch) -> FloatArray:
        """Return the states after each direction's last word (1, D·H)."""
        return side_by_side([one.s[one.own_step(batch.length) - 1][None] for one in self.layer])


def _answered(
    spec: NetworkSpec,
    parameters: Parameters,
    ids: IntArray,
    layers: tuple[tuple[LayerTrace, ...], ...],
    head: Head,
    z_asked: FloatArray,
) -> Trace:
    """Add what the network answers at every step; `head` has just made its answer `z_asked`."""
    with quiet():
        if spec.task is Task.CLASSIFY:
            read = head.read
            states = [one.s[::-1] if one.direction else one.s for one in layers[-1]]
            m = read_so_far(spec, states)
            if spec.read is Reading.MEAN:
                # The sum of all states may be rounded another way than the sums on the way to it.
                m[-1] = read[0]
            z = head.scores(m)
            z[-1] = z_asked[0]
            y = softmax(z)
            y[-1] = softmax(z_asked)[0]
        else:
            m = side_by_side([one.s for one in layers[-1]])
            z, y = z_asked, softmax(z_asked)
    return Trace(
        spec=spec,
        parameters=parameters,
        ids=ids,
        layers=layers,
        m=read_only(m),
        z=read_only(np.ascontiguousarray(z)),
        y=read_only(np.ascontiguousarray(y)),
    )


def read_so_far(spec: NetworkSpec, states: list[FloatArray]) -> FloatArray:
    """Return m (T, …, D·H) of a classifier that is asked after each step.

    `states` are those of each direction of the last layer (T, …, H), in the order in which the
    direction read.
    """
    if spec.read is Reading.MAX:
        states = [np.maximum.accumulate(s, axis=0) for s in states]
    m = np.concatenate(states, axis=-1)
    if spec.read is Reading.MEAN:
        steps = np.arange(1, len(m) + 1, dtype=m.dtype)
        m = np.cumsum(m, axis=0, dtype=m.dtype) / steps.reshape(-1, *[1] * (m.ndim - 1))
    return m


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


def _given(spec: NetworkSpec, parameters: Parameters, given: IntArray | FloatArray) -> LayerGiven:
    if spec.frames is not None:
        return GivenVectors(read_only(np.array(given, parameters.dtype)))
    table = None if spec.embedding is None else parameters["embedding.weight"]
    ids = read_only(np.array(given, np.int32))
    return GivenWords(ids, table, np.zeros(spec.inputs, parameters.dtype))

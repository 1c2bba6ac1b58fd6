"""What-if: a sentence's trace with numbers of it set by hand, and all that follows from them.

What was read before the first change is what it was, to the digit. From there on a layer is read
again, step by step, by the equations of its cell, and each number that a change sets takes the
place of the one that was made, at the moment when it is made:

    rnn      a = U x + W s + b,  s = σ(a)
    gru      a_r, r, a_z, z, q, a_n, n, s in this order, as in `gru`
    lstm     a_i, i, a_f, f, a_g, g, a_o, o, c, tanh c, s, as in `lstm`

What a step is handed, "memory_s" and "memory_c", is set before all that: W s, z ⊙ s and f ⊙ c of
this one step see it, while the state of the step before stays what it was. Cells without memory
have a_t, of which nothing but the words decides, and s_t = σ(a_t).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnnstudio.engine.activations import activated
from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only
from rnnstudio.engine.layer_trace import GivenStates, LayerGiven, LayerTrace, SetByHand, function_of
from rnnstudio.engine.model import quiet
from rnnstudio.engine.network import GATES, Cell, NetworkSpec
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.trace import Trace, trace, with_layers


@dataclass(frozen=True)
class Change:
    """Numbers of a trace that are set by hand.

    `quantity` is a name of `LayerTrace.quantities`, such as "s" or the gate "f"; or "memory_s" or
    "memory_c": the state, or cell state, that step `step` is handed by the step read before it.
    `layer` and `direction` count from 0, `step` from 1, `unit` from 0; None is every unit. `values`
    is one number for all of them or one a unit (H,). With `onwards` it holds from `step` on to the
    last step that the direction reads, otherwise at this step alone.
    """

    quantity: str
    layer: int
    direction: int
    step: int
    unit: int | None
    values: tuple[float, ...]
    onwards: bool = False


def fits(change: Change, trace: Trace) -> bool:
    """Return whether the trace has what a change sets."""
    if not 0 <= change.layer < len(trace.layers) or not 1 <= change.step <= len(trace):
        return False
    if change.direction not in range(len(trace.layers[change.layer])):
        return False
    layer = trace.layer(change.layer, change.direction)
    units = layer.s.shape[1]
    memory = {f"memory_{name[0]}" for name in layer.initial}
    return (
        change.quantity in layer.quantities.keys() | memory
        and (change.unit is None or 0 <= change.unit < units)
        and len(change.values) in (1, 1 if change.unit is not None else units)
    )


def operate(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    changes: Sequence[Change],
) -> Trace:
    """Read one sentence as `trace` does, with `changes` made on the way; later ones win.

    Raises:
        ValueError: a change does not fit; also what `trace` raises.
    """
    return operate_on(trace(spec, parameters, given), changes)


@quiet()
def operate_on(original: Trace, changes: Sequence[Change]) -> Trace:
    """Return a trace, one without changes, as it would be with `changes`; later ones win.

    Layers and directions that no change reaches are those of `original`, and so is the whole where
    there is no change.

    Raises:
        ValueError: a change does not fit the trace.
    """
    for change in changes:
        if not fits(change, original):
            raise ValueError(f"The trace has nothing that this would set: {change}")
    if not changes:
        return original
    layers: list[tuple[LayerTrace, ...]] = []
    for directions in original.layers:
        given = GivenStates(layers[-1]) if layers else directions[0].given
        layers.append(tuple(_again(original, one, given, changes) for one in directions))
    return with_layers(original, tuple(layers))


def _again(
    original: Trace, layer: LayerTrace, given: LayerGiven, changes: Sequence[Change]
) -> LayerTrace:
    """Read a layer in one direction again, from the first step where something is different."""
    own = [
        change
        for change in changes
        if (change.layer, change.direction) == (layer.layer, layer.direction)
    ]
    different = [change.step for change in own]
    if given is not layer.given:
        unequal = (given.all() != layer.given.all()).any(axis=1)
        different += (unequal.nonzero()[0] + 1).tolist()
    if not different:
        return layer
    hand = _Hand(layer, own)
    first = min(layer.own_step(step) for step in different)
    steps = [layer.own_step(own_step) for own_step in range(first, len(layer.s) + 1)]
    if layer.cell.recurrent:
        _read(original, layer, given, steps, hand)
    else:
        for step in steps:
            a = hand.put("a", step, layer["a"][step - 1])
            hand.put("s", step, activated(function_of(original.spec, "s"), a))
    return replace(
        layer,
        given=given,
        quantities={name: read_only(hand.found[name]) for name in layer.quantities},
        by_hand=hand.what_was_set(),
    )


class _Hand:
    """Keeps the numbers of one layer and direction as they are made, with those set that change.

    `found` has (T, H) by quantity, and "memory_s" or "memory_c" where a change sets what a step is
    handed.
    """

    def __init__(self, layer: LayerTrace, changes: Sequence[Change]) -> None:
        self.found = {name: array.copy() for name, array in layer.quantities.items()}
        self._places: dict[str, BoolArray] = {}
        self._values: dict[str, FloatArray] = {}
        self._made: dict[str, FloatArray] = {}
        for change in changes:
            name, row = change.quantity, change.step - 1
            if name.startswith("memory_") and name not in self.found:
                steps = range(1, len(layer.s) + 1)
                carried = name.removeprefix("memory_")
                self.found[name] = np.array([layer.before(carried, step) for step in steps])
            if name not in self._places:
                self._places[name] = np.zeros(layer.s.shape, np.bool_)
                self._values[name] = np.zeros_like(layer.s)
                self._made[name] = self.found[name].copy()
            rows = slice(row, row + 1)
            if change.onwards:
                rows = slice(row + 1) if layer.direction else slice(row, None)
            units = slice(None) if change.unit is None else slice(change.unit, change.unit + 1)
            self._places[name][rows, units] = True
            self._values[name][rows, units] = change.values

    def put(self, name: str, step: int, made: FloatArray) -> FloatArray:
        """Keep what was made (H,) of a quantity at a step; return what counts from here on."""
        if name in self._places:
            self._made[name][step - 1] = made
            made = np.where(self._places[name][step - 1], self._values[name][step - 1], made)
        if name in self.found:
            self.found[name][step - 1] = made
        return made

    def what_was_set(self) -> SetByHand:
        """Return what was set, and what would have been there."""
        handed = {
            name.removeprefix("memory_"): read_only(array)
            for name, array in self.found.items()
            if name.startswith("memory_")
        }
        return SetByHand(
            {name: read_only(array) for name, array in self._places.items()},
            {name: read_only(array) for name, array in self._made.items()},
            handed,
        )


def _read(
    original: Trace, layer: LayerTrace, given: LayerGiven, steps: Sequence[int], hand: _Hand
) -> None:
    """Read `steps`, to the last one, in the order of the direction, and keep all in `hand`."""
    spec, parameters, end = original.spec, original.parameters, layer.end
    W, b_hh = parameters[f"rnn.weight_hh_{end}"], parameters[f"rnn.bias_hh_{end}"]  # noqa: N806
    entered = given.product(parameters[f"rnn.weight_ih_{end}"]) + parameters[f"rnn.bias_ih_{end}"]
    s = layer.before("s", steps[0])
    c = layer.before("c", steps[0]) if spec.cell is Cell.LSTM else None
    for step in steps:
        now = _Step(hand, step, spec)
        s = now.put("memory_s", s)
        x_parts = entered[step - 1].reshape(-1, spec.units)
        s_parts = (W @ s + b_hh).reshape(-1, spec.units)
        if spec.cell is Cell.RNN:
            s = now.function("s", "a", x_parts[0] + s_parts[0])
        elif c is None:
            s = _gru(now, x_parts, s_parts, s)
        else:
            s, c = _lstm(now, x_parts + s_parts, now.put("memory_c", c))


@dataclass(frozen=True)
class _Step:
    """One step, at which numbers are made and set."""

    hand: _Hand
    step: int
    spec: NetworkSpec

    def put(self, name: str, made: FloatArray) -> FloatArray:
        """Keep a quantity (H,) as it was made; return what counts from here on."""
        return self.hand.put(name, self.step, made)

    def function(self, name: str, sum_name: str, made: FloatArray) -> FloatArray:
        """Keep a sum (H,) and what its function makes of it, which is returned."""
        a = self.put(sum_name, made)
        return self.put(name, activated(function_of(self.spec, name), a))


def _gru(now: _Step, x_parts: FloatArray, s_parts: FloatArray, s_before: FloatArray) -> FloatArray:
    """Return s_t of what U x_t + b_ih and W s_{t−1} + b_hh (3, H) are to r, z, n."""
    (x_r, x_z, x_n), (s_r, s_z, s_n) = x_parts, s_parts
    r = now.function("r", "a_r", x_r + s_r)
    z = now.function("z", "a_z", x_z + s_z)
    q = now.put("q", s_n)
    n = now.function("n", "a_n", x_n + r * q)
    return now.put("s", n + z * (s_before - n))


def _lstm(now: _Step, sums: FloatArray, c_before: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return s_t and c_t of the sums (4, H) that enter i, f, g, o."""
    i, f, g, o = (
        now.function(gate, f"a_{gate}", a) for gate, a in zip(GATES[Cell.LSTM], sums, strict=True)
    )
    c = now.put("c", f * c_before + i * g)
    tanh_c = now.put("tanh_c", np.tanh(c))
    return now.put("s", o * tanh_c), c

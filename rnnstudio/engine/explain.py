"""Takes any number of a trace apart into the terms that make it.

    sums       a_t[j] = Σ_i U[j,i] x_t[i] + Σ_k W[j,k] s_{t−1}[k] + b_ih[j] + b_hh[j]
    gates      r_t[j] = σ(a_r[j]) and so on: the terms are those of the sum, the value is σ's
    GRU        q_t = W_n s_{t−1} + b_hn,  a_n = U_n x_t + b_in + r_t ⊙ q_t,
               s_t = (1 − z_t) ⊙ n_t + z_t ⊙ s_{t−1}
    LSTM       c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t,  s_t = o_t ⊙ tanh c_t
    history    a_t[j] = Σ_{k ≤ t} Σ_i U_{t,k}[j,i] x_k[i] + b_t[j]
    answer     z_t[i] = Σ_k V[i,k] m_t[k] + c[i],  ŷ_t = softmax(z_t)
    read       m_t = s_t, or Σ_{k ≤ t} s_k / t, or the greatest s_k with k ≤ t

Each term says what its second factor is, so that a reader can go on from there, back to the words.

Where a number was set by hand (`surgery`) the terms are still those of what would be there, made of
what is in the trace: set or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from rnnstudio.engine.activations import activated
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import UNKNOWN_ID
from rnnstudio.engine.layer_trace import LayerTrace, function_of
from rnnstudio.engine.network import GATES, Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.trace import Trace


class TermKind(StrEnum):
    """Where a term comes from."""

    INPUT = "input"
    RECURRENT = "recurrent"
    BIAS = "bias"
    OUTPUT = "output"
    # Products of what the cell computed itself, such as f · c_{t−1}.
    PRODUCT = "product"
    # The states that a classifier reads.
    READ = "read"
    # A number that is a parameter or was given: an embedding's, a frame's, an initial state's.
    GIVEN = "given"


@dataclass(frozen=True)
class Source:
    """A number of a trace: of which quantity, layer and direction, from 0; of which step, from 1,
    0 for an initial state; and of which unit, from 0.
    """

    quantity: str
    layer: int
    direction: int
    step: int
    unit: int


@dataclass(frozen=True)
class Term:
    """One product, weight `factor_a` times `factor_b`, or a bias (then `factor_b` is 1).

    `symbol` is "U·x", "W·s", "b_ih", "b_hh", "V·s" or "c"; of a gate "U_r·x", "b_ir" and so on; of
    products "f·c", "i·g". `index`, from 0, is the component that is multiplied (for a one-hot x
    the word's id − 1), None for a bias. `value` is the exact product as float64. `source` is where
    `factor_b` comes from, None where nothing in the trace made it.
    """

    kind: TermKind
    symbol: str
    index: int | None
    factor_a: float
    factor_b: float
    value: float
    source: Source | None = None


@dataclass(frozen=True)
class Explanation:
    """A quantity's value and the terms that make it.

    `quantity` is its name in the trace, such as "s" (of `unit` j) or "y" (of class `unit`);
    `step` counts from 1, `unit` from 0. `terms` are sorted by size, largest first. `total` is the
    sum as the forward pass rounded it (such as a_t[j] or z_t[i]), `remainder` what the exact sum
    of the terms lacks of it, `value` what the activation or the softmax makes of it.

    Where the value, or the sum behind it, was set by hand, `value` is what the trace has and
    `would_be` what it would be by these terms; otherwise that is None.
    """

    quantity: str
    step: int
    unit: int
    terms: tuple[Term, ...]
    total: float
    remainder: float
    value: float
    layer: int = 0
    direction: int = 0
    would_be: float | None = None

    def sum_of(self, kind: TermKind) -> float:
        """Return the sum of the terms of one kind."""
        return math.fsum(term.value for term in self.terms if term.kind is kind)

    @property
    def bias_sum(self) -> float:
        """What the biases add."""
        return self.sum_of(TermKind.BIAS)

    @property
    def output_sum(self) -> float:
        """What the state that is read adds to a prediction."""
        return self.sum_of(TermKind.OUTPUT)


def explain(
    trace: Trace,
    quantity: str,
    step: int,
    unit: int,
    layer: int | None = None,
    direction: int = 0,
) -> Explanation:
    """Explain one number of a trace.

    `quantity` is a name of `LayerTrace.quantities`, "x", "s_0" or "c_0" (then `step` does not
    count) of a layer, the last one unless told; or "m", "z" or "y" of the network. Where a layer is
    told "z" is a GRU's gate, and the network's scores where none is: they belong to no layer.

    Raises:
        IndexError: there is no such step, unit, class, layer or direction.
        KeyError: the cell has no such quantity.
    """
    if quantity in ("m", "y") or (quantity == "z" and layer is None):
        trace.check_step(step)
        parts = _answer(trace, quantity, step, unit)
        return _explanation(quantity, step, unit, parts, (0, 0))
    place = trace.layer(-1 if layer is None else layer, direction)
    made = _Layer(trace, place)
    if quantity in ("s_0", "c_0"):
        parts = made.initial(quantity, unit)
        return _explanation(quantity, 0, unit, parts, (place.layer, direction))
    trace.check_step(step)
    parts = made.explain(quantity, step, unit)
    return _explanation(quantity, step, unit, parts, (place.layer, direction))


def explain_output(trace: Trace, step: int, class_index: int) -> Explanation:
    """Explain ŷ_t[i] for step t = 1 … T and class i = 0 … C − 1: the terms sum to z_t[i].

    Raises:
        IndexError: there is no such step or class.
    """
    return explain(trace, "y", step, class_index)


class _Parts(NamedTuple):
    """The terms, their sum as it was computed, the value, and what it would be if not set."""

    terms: list[Term]
    total: float
    value: float
    would_be: float | None = None


class _Layer:
    """Takes numbers of one layer and direction apart."""

    def __init__(self, trace: Trace, layer: LayerTrace) -> None:
        self._trace, self._layer = trace, layer
        self._spec: NetworkSpec = trace.spec
        self._parameters = trace.parameters

    def explain(self, name: str, step: int, unit: int) -> _Parts:
        """Return the parts of one number."""
        layer = self._layer
        if name == "x":
            size = self._spec.features if layer.layer else self._spec.inputs
            value = float(layer.given.at(step)[_checked(unit, size)])
            return _Parts(self._input(step, unit, value), value, value)
        _checked(unit, self._spec.units)
        value = self._at(name, step, unit)
        terms, summed = self._terms(name, step, unit)
        return _Parts(
            list(terms),
            layer.made(summed, step, unit),
            value,
            self._would_be(name, summed, step, unit),
        )

    def initial(self, name: str, unit: int) -> _Parts:
        """Return the one term of an initial state: a parameter, or nothing where it is zero."""
        value = float(self._layer.initial[name][_checked(unit, self._spec.units)])
        if not self._spec.train_initial_state:
            return _Parts([], value, value)
        return _Parts([Term(TermKind.GIVEN, name, unit, value, 1.0, value)], value, value)

    def _terms(self, name: str, step: int, unit: int) -> tuple[Iterator[Term], str]:
        """Return the terms of a number, and of which quantity they are the sum."""
        cell = self._layer.cell
        if cell in (Cell.GRU, Cell.LSTM):
            gate = name.removeprefix("a_")
            if gate in GATES[cell]:
                return self._gate(gate, step, unit), f"a_{gate}"
            if cell is Cell.GRU:
                return self._gru(name, step, unit), name
            return self._lstm(name, step, unit), "s" if name == "s" else "c"
        if name not in ("a", "s"):
            raise KeyError(name)
        return self._sum(step, unit) if cell.recurrent else self._no_memory(step, unit), "a"

    def _would_be(self, name: str, summed: str, step: int, unit: int) -> float | None:
        """Return what the terms would make of a number where it, or their sum, was set."""
        layer = self._layer
        if summed == name or not layer.is_set(summed, step, unit):
            return layer.made(name, step, unit) if layer.is_set(name, step, unit) else None
        total = np.array(layer.made(summed, step, unit), layer[name].dtype)
        return float(activated(function_of(self._spec, name), total))

    def _sum(self, step: int, unit: int) -> Iterator[Term]:
        """Yield the terms of U x_t + W s_{t−1} + b of the Elman cell."""
        yield from self._inputs("U·x", self._weight("weight_ih", unit), step)
        yield from self._states("W·s", self._weight("weight_hh", unit), step)
        yield self._bias("b_ih", "bias_ih", unit)
        yield self._bias("b_hh", "bias_hh", unit)

    def _no_memory(self, step: int, unit: int) -> Iterator[Term]:
        name = f"step.{step}" if self._spec.cell.has_length else "step"
        weights = self._parameters[f"{name}.weight"][unit]
        if self._spec.cell is Cell.HISTORY:
            for earlier, part in enumerate(weights.reshape(step, -1), start=1):
                yield from self._inputs("U·x", part, earlier)
        else:
            yield from self._inputs("U·x", weights, step)
        yield _bias("b", self._parameters[f"{name}.bias"][unit])

    def _gate(self, gate: str, step: int, unit: int) -> Iterator[Term]:
        """Yield the terms of the sum that enters a gate or candidate."""
        row = GATES[self._spec.cell].index(gate) * self._spec.units + unit
        yield from self._inputs(f"U_{gate}·x", self._weight("weight_ih", row), step)
        yield self._bias(f"b_i{gate}", "bias_ih", row)
        if self._spec.cell is Cell.GRU and gate == "n":
            yield self._product("r·q", "r", "q", step, unit)
        else:
            yield from self._states(f"W_{gate}·s", self._weight("weight_hh", row), step)
            yield self._bias(f"b_h{gate}", "bias_hh", row)

    def _gru(self, name: str, step: int, unit: int) -> Iterator[Term]:
        if name == "q":
            row = 2 * self._spec.units + unit
            yield from self._states("W_n·s", self._weight("weight_hh", row), step)
            yield self._bias("b_hn", "bias_hh", row)
        else:
            stays, fresh = self._at("z", step, unit), self._at("n", step, unit)
            source = self._source("n", step, unit)
            product = (1.0 - stays) * fresh
            yield Term(TermKind.PRODUCT, "(1−z)·n", unit, 1.0 - stays, fresh, product, source)
            yield self._carried("z·s", "z", "s", step, unit)

    def _lstm(self, name: str, step: int, unit: int) -> Iterator[Term]:
        if name == "s":
            yield self._product("o·tanh c", "o", "tanh_c", step, unit)
        else:
            yield self._carried("f·c", "f", "c", step, unit)
            yield self._product("i·g", "i", "g", step, unit)

    def _at(self, name: str, step: int, unit: int) -> float:
        """Return a number of this layer."""
        return float(self._layer[name][step - 1, unit])

    def _source(self, name: str, step: int, unit: int) -> Source:
        """Return where a number of this layer stands."""
        return Source(name, self._layer.layer, self._layer.direction, step, unit)

    def _source_before(self, name: str, step: int, unit: int) -> Source | None:
        """Return where "s" or "c" comes from that a step was handed.

        An initial state that is zero is nowhere, nor is what was set by hand.
        """
        if self._layer.is_set(f"memory_{name}", step, unit):
            return None
        earlier = self._layer.step_before(step)
        if earlier:
            return self._source(name, earlier, unit)
        return self._source(f"{name}_0", 0, unit) if self._spec.train_initial_state else None

    def _product(self, symbol: str, factor: str, of: str, step: int, unit: int) -> Term:
        """Return the product of two numbers of a step."""
        a, b = self._at(factor, step, unit), self._at(of, step, unit)
        return Term(TermKind.PRODUCT, symbol, unit, a, b, a * b, self._source(of, step, unit))

    def _carried(self, symbol: str, factor: str, of: str, step: int, unit: int) -> Term:
        """Return the product of a gate and of what the step was handed."""
        a, b = self._at(factor, step, unit), float(self._layer.before(of, step)[unit])
        source = self._source_before(of, step, unit)
        return Term(TermKind.PRODUCT, symbol, unit, a, b, a * b, source)

    def _states(self, symbol: str, weights: FloatArray, step: int) -> Iterator[Term]:
        """Yield the terms of W s_{t−1}."""
        for unit, (weight, factor) in enumerate(_pairs(weights, self._layer.before("s", step))):
            source = self._source_before("s", step, unit)
            yield Term(TermKind.RECURRENT, symbol, unit, weight, factor, weight * factor, source)

    def _inputs(self, symbol: str, weights: FloatArray, step: int) -> Iterator[Term]:
        """Yield the terms of U x_t; of a one-hot x_t only the one that is not zero."""
        if self._layer.layer == 0 and self._spec.frames is None:
            word = int(self._trace.ids[step - 1])
            if self._spec.embedding is None:
                if word != UNKNOWN_ID:
                    weight = float(weights[word - 1])
                    source = self._x_source(step, word - 1)
                    yield Term(TermKind.INPUT, symbol, word - 1, weight, 1.0, weight, source)
                return
        for index, (weight, factor) in enumerate(_pairs(weights, self._layer.given.at(step))):
            source = self._x_source(step, index)
            yield Term(TermKind.INPUT, symbol, index, weight, factor, weight * factor, source)

    def _x_source(self, step: int, index: int) -> Source:
        """Return where x_t[index] comes from: a state of the layer below, or the input."""
        if self._layer.layer:
            direction, unit = divmod(index, self._spec.units)
            return Source("s", self._layer.layer - 1, direction, step, unit)
        return Source("x", 0, self._layer.direction, step, index)

    def _input(self, step: int, index: int, value: float) -> list[Term]:
        """Return the one term of x_t[index], none where it is zero because of the word."""
        if self._layer.layer:
            source = self._x_source(step, index)
            return [Term(TermKind.INPUT, "s", index, 1.0, value, value, source)]
        if self._spec.frames is not None:
            return [Term(TermKind.GIVEN, "frame", index, value, 1.0, value)]
        word = int(self._trace.ids[step - 1])
        if word == UNKNOWN_ID or (self._spec.embedding is None and word - 1 != index):
            return []
        symbol = "word" if self._spec.embedding is None else "E"
        return [Term(TermKind.GIVEN, symbol, index, value, 1.0, value)]

    def _weight(self, name: str, row: int) -> FloatArray:
        weights: FloatArray = self._parameters[f"rnn.{name}_{self._layer.end}"][row]
        return weights

    def _bias(self, symbol: str, name: str, row: int) -> Term:
        return _bias(symbol, self._parameters[f"rnn.{name}_{self._layer.end}"][row])


def _answer(trace: Trace, quantity: str, step: int, unit: int) -> _Parts:
    """Take z_t[i] and ŷ_t[i] apart, or what is read for them."""
    spec = trace.spec
    if quantity == "m":
        value = float(trace.m[step - 1, _checked(unit, spec.features)])
        return _Parts(list(_read_terms(trace, step, unit)), value, value)
    total = float(trace.z[step - 1, _checked(unit, spec.classes)])
    value = total if quantity == "z" else float(trace.y[step - 1, unit])
    mean = _averages(spec)
    symbol = "V·m" if mean else "V·s"
    terms = []
    weights = trace.parameters["output.weight"][unit]
    for place, (weight, factor) in enumerate(_pairs(weights, trace.m[step - 1])):
        source = Source("m", 0, 0, step, place) if mean else _state_read(trace, step, place)
        terms.append(Term(TermKind.OUTPUT, symbol, place, weight, factor, weight * factor, source))
    terms.append(_bias("c", trace.parameters["output.bias"][unit]))
    return _Parts(terms, total, value)


def _read_terms(trace: Trace, step: int, place: int) -> Iterator[Term]:
    """Yield the states of which m_t[place] is made."""
    if not _averages(trace.spec):
        source = _state_read(trace, step, place)
        value = float(trace.m[step - 1, place])
        yield Term(TermKind.READ, "s", place, 1.0, value, value, source)
        return
    last, (direction, unit) = len(trace.layers) - 1, divmod(place, trace.spec.units)
    states = trace.layers[-1][direction].s
    for own in range(1, step + 1):
        at = trace.read_step(own, direction)
        value = float(states[at - 1, unit])
        source = Source("s", last, direction, at, unit)
        yield Term(TermKind.READ, "s/t", unit, 1.0 / step, value, 1.0 / step * value, source)


def _state_read(trace: Trace, step: int, place: int) -> Source:
    """Return which state m_t[place] is, where it is a single one."""
    direction, unit = divmod(place, trace.spec.units)
    at = trace.read_step(step, direction)
    if trace.spec.task is Task.CLASSIFY and trace.spec.read is Reading.MAX:
        at = int(trace.greatest_steps[step - 1, place])
    return Source("s", len(trace.layers) - 1, direction, at, unit)


def _averages(spec: NetworkSpec) -> bool:
    return spec.task is Task.CLASSIFY and spec.read is Reading.MEAN


def _pairs(weights: FloatArray, factors: FloatArray) -> Iterator[tuple[float, float]]:
    return zip(weights.tolist(), factors.tolist(), strict=True)


def _bias(symbol: str, bias: float) -> Term:
    return Term(TermKind.BIAS, symbol, None, float(bias), 1.0, float(bias))


def _explanation(
    quantity: str, step: int, unit: int, parts: _Parts, place: tuple[int, int]
) -> Explanation:
    terms = sorted(parts.terms, key=lambda term: -abs(term.value))
    return Explanation(
        quantity=quantity,
        step=step,
        unit=unit,
        terms=tuple(terms),
        total=parts.total,
        remainder=parts.total - math.fsum(term.value for term in terms),
        value=parts.value,
        layer=place[0],
        direction=place[1],
        would_be=parts.would_be,
    )


def _checked(index: int, count: int) -> int:
    if not 0 <= index < count:
        raise IndexError(f"There is no unit or class {index} of {count}.")
    return index

"""Takes a number of a trace apart into the terms that make it.

a_t[j] = Σ_i U[j,i] x_t[i] + Σ_k W[j,k] s_{t−1}[k] + b_ih[j] + b_hh[j]        s_t[j] = σ(a_t[j])
z_t[i] = Σ_k V[i,k] s_t[k] + c[i]                                             ŷ_t = softmax(z_t)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import UNKNOWN_ID
from rnnstudio.engine.trace import Trace


class TermKind(StrEnum):
    """Where a term comes from."""

    INPUT = "input"
    RECURRENT = "recurrent"
    BIAS = "bias"
    OUTPUT = "output"


@dataclass(frozen=True)
class Term:
    """One product, weight `factor_a` times `factor_b`, or a bias (then `factor_b` is 1).

    `symbol` is "U·x", "W·s", "b_ih", "b_hh", "V·s" or "c". `index`, from 0, is the component of x
    or s that is multiplied (for a one-hot x the word's id − 1), None for a bias. `value` is the
    exact product as float64.
    """

    kind: TermKind
    symbol: str
    index: int | None
    factor_a: float
    factor_b: float
    value: float


@dataclass(frozen=True)
class Explanation:
    """A quantity's value and the terms that make it.

    `quantity` is "s" (of `unit` j) or "y" (of class `unit`); `step` counts from 1, `unit` from 0.
    `terms` are sorted by size, largest first. `total` is the sum as the forward pass rounded it
    (a_t[j] or z_t[i]), `remainder` what the exact sum of the terms lacks of it, `value` what the
    activation or the softmax makes of it.
    """

    quantity: str
    step: int
    unit: int
    terms: tuple[Term, ...]
    total: float
    remainder: float
    value: float

    def sum_of(self, kind: TermKind) -> float:
        """Return the sum of the terms of one kind."""
        return math.fsum(term.value for term in self.terms if term.kind is kind)

    @property
    def input_sum(self) -> float:
        """What the word of this step adds."""
        return self.sum_of(TermKind.INPUT)

    @property
    def recurrent_sum(self) -> float:
        """What the state before adds."""
        return self.sum_of(TermKind.RECURRENT)

    @property
    def bias_sum(self) -> float:
        """What the biases add."""
        return self.sum_of(TermKind.BIAS)

    @property
    def output_sum(self) -> float:
        """What the present state adds to a prediction."""
        return self.sum_of(TermKind.OUTPUT)


def explain_state(trace: Trace, step: int, unit: int) -> Explanation:
    """Explain s_t[j] for step t = 1 … T and unit j = 0 … H − 1.

    Raises:
        IndexError: there is no such step or unit.
    """
    before = trace.state_before(step)
    total = float(trace.a[step - 1, _checked(unit, trace.spec.units)])
    parameters = trace.parameters
    terms = [
        *_input_terms(trace, step, parameters["rnn.weight_ih_l0"][unit]),
        *_products(TermKind.RECURRENT, "W·s", parameters["rnn.weight_hh_l0"][unit], before),
        _bias("b_ih", parameters["rnn.bias_ih_l0"][unit]),
        _bias("b_hh", parameters["rnn.bias_hh_l0"][unit]),
    ]
    return _explanation("s", step, unit, terms, total, float(trace.s[step - 1, unit]))


def explain_output(trace: Trace, step: int, class_index: int) -> Explanation:
    """Explain ŷ_t[i] for step t = 1 … T and class i = 0 … C − 1: the terms sum to z_t[i].

    Raises:
        IndexError: there is no such step or class.
    """
    trace.state_before(step)
    total = float(trace.z[step - 1, _checked(class_index, trace.spec.classes)])
    weights = trace.parameters["output.weight"][class_index]
    terms = [
        *_products(TermKind.OUTPUT, "V·s", weights, trace.s[step - 1]),
        _bias("c", trace.parameters["output.bias"][class_index]),
    ]
    value = float(trace.y[step - 1, class_index])
    return _explanation("y", step, class_index, terms, total, value)


def _input_terms(trace: Trace, step: int, weights: FloatArray) -> Iterator[Term]:
    """Yield the terms of U x_t; of a one-hot x_t only the one that is not zero."""
    if trace.spec.embedding is not None:
        yield from _products(TermKind.INPUT, "U·x", weights, trace.x(step))
    elif (word := int(trace.ids[step - 1])) != UNKNOWN_ID:
        weight = float(weights[word - 1])
        yield Term(TermKind.INPUT, "U·x", word - 1, weight, 1.0, weight)


def _products(
    kind: TermKind, symbol: str, weights: FloatArray, factors: FloatArray
) -> Iterator[Term]:
    pairs = zip(weights.tolist(), factors.tolist(), strict=True)
    for index, (weight, factor) in enumerate(pairs):
        yield Term(kind, symbol, index, weight, factor, weight * factor)


def _bias(symbol: str, bias: float) -> Term:
    return Term(TermKind.BIAS, symbol, None, float(bias), 1.0, float(bias))


def _explanation(
    quantity: str, step: int, unit: int, terms: list[Term], total: float, value: float
) -> Explanation:
    terms.sort(key=lambda term: -abs(term.value))
    remainder = total - math.fsum(term.value for term in terms)
    return Explanation(quantity, step, unit, tuple(terms), total, remainder, value)


def _checked(index: int, count: int) -> int:
    if not 0 <= index < count:
        raise IndexError(f"There is no unit or class {index} of {count}.")
    return index

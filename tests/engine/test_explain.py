"""The terms of a number sum to it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.explain import Explanation, TermKind, explain_output, explain_state
from rnnstudio.engine.parameters import initial_parameters
from rnnstudio.engine.trace import Trace, trace
from tests.engine.cases import C, H, L, network


def read(embedding: int | None, activation: Activation = Activation.TANH) -> Trace:
    spec = network(activation, embedding)
    return trace(
        spec, initial_parameters(spec, np.random.default_rng(5)), np.array([1, 6, 0, 9, 2])
    )


def sums_up(found: Explanation) -> None:
    exact = math.fsum(term.value for term in found.terms)
    assert found.remainder == found.total - exact
    rounding = len(found.terms) * np.finfo(np.float32).eps
    size = sum(abs(term.value) for term in found.terms)
    assert abs(found.remainder) <= rounding * size
    parts = found.input_sum + found.recurrent_sum + found.bias_sum + found.output_sum
    assert parts == pytest.approx(exact, abs=1e-12)
    sizes = [abs(term.value) for term in found.terms]
    assert sizes == sorted(sizes, reverse=True)
    for term in found.terms:
        assert term.value == term.factor_a * term.factor_b


@given(
    st.sampled_from([None, 4]),
    st.sampled_from(Activation),
    st.integers(1, 5),
    st.integers(0, H - 1),
)
def test_terms_of_a_state(
    embedding: int | None, activation: Activation, step: int, unit: int
) -> None:
    seen = read(embedding, activation)
    found = explain_state(seen, step, unit)
    sums_up(found)
    assert (found.quantity, found.step, found.unit) == ("s", step, unit)
    assert found.total == seen.a[step - 1, unit]
    assert found.value == seen.s[step - 1, unit]
    assert found.output_sum == 0
    inputs = [term for term in found.terms if term.kind is TermKind.INPUT]
    if embedding is None:
        word = int(seen.ids[step - 1])
        assert [term.index for term in inputs] == ([word - 1] if word else [])
    else:
        assert sorted(term.index for term in inputs) == list(range(4))  # type: ignore[type-var]
    weights = seen.parameters["rnn.weight_hh_l0"][unit]
    for term in found.terms:
        if term.kind is TermKind.RECURRENT:
            assert term.index is not None
            assert term.symbol == "W·s"
            assert term.factor_a == weights[term.index]
            assert term.factor_b == seen.state_before(step)[term.index]


@given(st.integers(1, 5), st.integers(0, C - 1))
def test_terms_of_a_prediction(step: int, label: int) -> None:
    seen = read(4)
    found = explain_output(seen, step, label)
    sums_up(found)
    assert (found.quantity, found.step, found.unit) == ("y", step, label)
    assert found.total == seen.z[step - 1, label]
    assert found.value == seen.y[step - 1, label]
    assert {term.symbol for term in found.terms} == {"V·s", "c"}
    assert len(found.terms) == H + 1


def test_first_step_reads_the_initial_state() -> None:
    found = explain_state(read(None), 1, 0)
    assert found.recurrent_sum == 0
    assert {term.symbol for term in found.terms} == {"U·x", "W·s", "b_ih", "b_hh"}


@pytest.mark.parametrize(("step", "unit"), [(0, 0), (6, 0), (1, -1), (1, H + L)])
def test_what_is_not_there_is_refused(step: int, unit: int) -> None:
    with pytest.raises(IndexError):
        explain_state(read(4), step, unit)
    with pytest.raises(IndexError):
        explain_output(read(4), step, unit)

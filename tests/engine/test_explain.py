"""The terms of a number sum to it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.explain import (
    Explanation,
    Source,
    TermKind,
    explain,
    explain_output,
)
from rnnstudio.engine.network import Cell, NetworkSpec, Reading
from rnnstudio.engine.parameters import initial_parameters
from rnnstudio.engine.trace import Trace, trace
from tests.engine.cases import C, H, L, network
from tests.engine.networks import NETWORKS, STEPS, sentence, weights

each_network = pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS.keys())


def read(embedding: int | None, activation: Activation = Activation.TANH) -> Trace:
    spec = network(activation, embedding)
    return trace(
        spec, initial_parameters(spec, np.random.default_rng(5)), np.array([1, 6, 0, 9, 2])
    )


def sums_up(found: Explanation) -> None:
    exact = math.fsum(term.value for term in found.terms)
    assert found.remainder == found.total - exact
    rounding = (len(found.terms) + 2) * np.finfo(np.float32).eps
    size = sum(abs(term.value) for term in found.terms)
    assert abs(found.remainder) <= rounding * size
    parts = math.fsum(found.sum_of(kind) for kind in TermKind)
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
    found = explain(seen, "s", step, unit)
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
    found = explain(read(None), "s", 1, 0)
    assert found.sum_of(TermKind.RECURRENT) == 0
    assert {term.symbol for term in found.terms} == {"U·x", "W·s", "b_ih", "b_hh"}


@each_network
def test_terms_of_everything(spec: NetworkSpec) -> None:
    """Each number of a trace is the sum of its terms, and each term is a number of the trace."""
    seen = trace(spec, weights(spec, np.float32), sentence(spec))
    for directions in seen.layers:
        for one in directions:
            for name, array in one.quantities.items():
                for step in (1, 3, STEPS):
                    found = explain(seen, name, step, 1, one.layer, one.direction)
                    sums_up(found)
                    leads_back(seen, found)
                    assert found.value == array[step - 1, 1]
                    assert (found.layer, found.direction) == (one.layer, one.direction)
            for name, initial in one.initial.items():
                found = explain(seen, name, 0, 1, one.layer, one.direction)
                sums_up(found)
                assert found.value == initial[1]
            for step in range(1, STEPS + 1):
                found = explain(seen, "x", step, 0, one.layer, one.direction)
                sums_up(found)
                leads_back(seen, found)
                assert found.value == one.x[step - 1, 0]
    for step in (1, 3, STEPS):
        for name, array in (("z", seen.z), ("y", seen.y), ("m", seen.m)):
            found = explain(seen, name, step, 1)
            sums_up(found)
            leads_back(seen, found)
            assert found.value == array[step - 1, 1]
            assert found.total == (seen.z[step - 1, 1] if name == "y" else found.value)


def leads_back(seen: Trace, found: Explanation) -> None:
    """Every factor that the trace made is where its source says."""
    initial = seen.spec.train_initial_state
    for term in found.terms:
        source = term.source
        if source is None:
            assert term.kind in (TermKind.BIAS, TermKind.GIVEN) or (
                found.step in (1, STEPS) and term.factor_b == 0 and not initial
            )
            continue
        if source.quantity == "m":
            value = seen.m[source.step - 1, source.unit]
        elif source.quantity == "x":
            value = seen.x(source.step)[source.unit]
        elif source.step == 0:
            value = seen.layers[source.layer][source.direction].initial[source.quantity][
                source.unit
            ]
        else:
            layer = seen.layers[source.layer][source.direction]
            value = layer[source.quantity][source.step - 1, source.unit]
        assert term.factor_b == value
        again = explain(
            seen, source.quantity, source.step, source.unit, source.layer, source.direction
        )
        assert again.value == term.factor_b


def sources(found: Explanation) -> set[Source | None]:
    return {term.source for term in found.terms}


def test_a_gate_and_the_scores_of_one_letter() -> None:
    spec = NETWORKS["gru"]
    seen = trace(spec, weights(spec), sentence(spec))
    assert explain(seen, "z", 2, 0).value == seen.z[1, 0]
    gate = explain(seen, "z", 2, 0, layer=0)
    assert gate.value == seen.layers[0][0]["z"][1, 0]
    assert {term.symbol for term in gate.terms} == {"U_z·x", "W_z·s", "b_iz", "b_hz"}
    state = explain(seen, "s", 2, 0)
    assert {term.symbol for term in state.terms} == {"(1−z)·n", "z·s"}
    candidate = explain(seen, "n", 2, 0)
    assert {term.symbol for term in candidate.terms} == {"U_n·x", "b_in", "r·q"}
    assert Source("q", 0, 0, 2, 0) in sources(candidate)


def test_terms_of_the_long_memory() -> None:
    spec = NETWORKS["lstm two layers both initial"]
    seen = trace(spec, weights(spec), sentence(spec))
    kept = explain(seen, "c", 3, 4, 1, 1)
    assert sources(kept) == {Source("c", 1, 1, 4, 4), Source("g", 1, 1, 3, 4)}
    first = explain(seen, "c", STEPS, 4, 1, 1)
    assert Source("c_0", 1, 1, 0, 4) in sources(first)
    below = [t.source for t in explain(seen, "i", 3, 0, 1, 1).terms if t.kind is TermKind.INPUT]
    assert Source("s", 0, 0, 3, 0) in below
    assert Source("s", 0, 1, 3, H - 1) in below
    assert len(below) == 2 * H


def test_answer_leads_to_the_states_that_were_read() -> None:
    spec = NETWORKS["lstm both"]
    seen = trace(spec, weights(spec), sentence(spec))
    read = sources(explain_output(seen, 2, 0))
    assert Source("s", 0, 0, 2, 0) in read
    assert Source("s", 0, 1, STEPS - 1, 0) in read
    label = NETWORKS["lstm both label one-hot"]
    seen = trace(label, weights(label), sentence(label))
    assert Source("s", 0, 1, 2, 0) in sources(explain_output(seen, 2, 0))

    mean = NETWORKS["rnn both mean"]
    seen = trace(mean, weights(mean), sentence(mean))
    found = explain(seen, "m", 2, H)
    assert sources(found) == {Source("s", 0, 1, STEPS, 0), Source("s", 0, 1, STEPS - 1, 0)}
    assert {term.factor_a for term in found.terms} == {0.5}
    greatest = NETWORKS["rnn max"]
    assert greatest.read is Reading.MAX
    seen = trace(greatest, weights(greatest), sentence(greatest))
    (term,) = explain(seen, "m", STEPS, 2).terms
    assert term.source is not None
    assert term.source.step == seen.s[:, 2].argmax() + 1


def test_all_inputs_so_far() -> None:
    spec = NETWORKS["history one-hot"]
    seen = trace(spec, weights(spec), sentence(spec))
    found = explain(seen, "s", 4, 0)
    assert sources(found) == {
        None,
        Source("x", 0, 0, 1, 0),
        Source("x", 0, 0, 2, 4),
        Source("x", 0, 0, 4, 8),
    }


@pytest.mark.parametrize(
    ("cell", "name"),
    [(Cell.RNN, "c"), (Cell.GRU, "c"), (Cell.LSTM, "q"), (Cell.LSTM, "a"), (Cell.SHARED, "s_0")],
)
def test_what_a_cell_lacks_is_refused(cell: Cell, name: str) -> None:
    spec = NETWORKS[cell]
    seen = trace(spec, weights(spec), sentence(spec))
    with pytest.raises(KeyError):
        explain(seen, name, 1, 0, 0)


@pytest.mark.parametrize(("step", "unit"), [(0, 0), (6, 0), (1, -1), (1, H + L)])
def test_what_is_not_there_is_refused(step: int, unit: int) -> None:
    with pytest.raises(IndexError):
        explain(read(4), "s", step, unit)
    with pytest.raises(IndexError):
        explain_output(read(4), step, unit)

"""A step taken apart: what the parts are, and that they add up."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.engine.activations import activated
from rnnstudio.engine.explain import TermKind, explain
from rnnstudio.engine.network import Cell
from rnnstudio.engine.surgery import Change
from rnnstudio.session.reading import read
from rnnstudio.session.step_parts import step_parts
from tests.session.any_network import network
from tests.session.unroll_states import SENTENCE


@pytest.mark.parametrize(
    "cell", [cell for cell in Cell if cell not in (Cell.GRU, Cell.LSTM)], ids=str
)
def test_the_parts_of_a_sum_add_up_to_it(cell: Cell) -> None:
    model = network(cell)
    reading = read(model, SENTENCE)
    for step in range(1, len(reading) + 1):
        parts = step_parts(reading, 0, 0, step)
        total = sum(parts[name] for name in ("Ux", "Ux_before", "Ws", "b") if name in parts)
        np.testing.assert_allclose(total, parts["a"], atol=1e-5)
        np.testing.assert_allclose(
            activated(model.network.activation, parts["a"]), parts["s"], atol=1e-6
        )
        assert ("Ws" in parts) == cell.recurrent
        assert ("Ux_before" in parts) == (cell is Cell.HISTORY)


def test_the_words_before_are_told_from_the_word() -> None:
    reading = read(network(Cell.HISTORY), SENTENCE)
    np.testing.assert_array_equal(step_parts(reading, 0, 0, 1)["Ux_before"], 0.0)
    for step in (2, 5):
        parts = step_parts(reading, 0, 0, step)
        for unit in range(reading.spec.units):
            terms = explain(reading.trace, "a", step, unit).terms
            inputs = [term for term in terms if term.kind is TermKind.INPUT]
            now = [one.value for one in inputs if one.source and one.source.step == step]
            before = [one.value for one in inputs if one.source and one.source.step < step]
            assert parts["Ux"][unit] == pytest.approx(sum(now), abs=1e-5)
            assert parts["Ux_before"][unit] == pytest.approx(sum(before), abs=1e-5)


@pytest.mark.parametrize("direction", [0, 1])
@pytest.mark.parametrize("layer", [0, 1])
def test_of_every_layer_and_direction(layer: int, direction: int) -> None:
    reading = read(network(Cell.RNN, layers=2, bidirectional=True), SENTENCE)
    for step in (1, 5, len(reading)):
        parts = step_parts(reading, layer, direction, step)
        total = parts["Ux"] + parts["Ws"] + parts["b"]
        np.testing.assert_allclose(total, parts["a"], atol=1e-5)
        found = reading.trace.layer(layer, direction)
        np.testing.assert_array_equal(parts["s_before"], found.before("s", step))


def test_an_lstm_has_what_its_equations_name() -> None:
    reading = read(network(Cell.LSTM), SENTENCE)
    for step in range(1, len(reading) + 1):
        p = step_parts(reading, 0, 0, step)
        np.testing.assert_allclose(p["f"] * p["c_before"] + p["i"] * p["g"], p["c"], atol=1e-6)
        np.testing.assert_allclose(p["o"] * p["tanh_c"], p["s"], atol=1e-6)


def test_a_gru_has_what_its_equations_name() -> None:
    reading = read(network(Cell.GRU), SENTENCE)
    for step in range(1, len(reading) + 1):
        p = step_parts(reading, 0, 0, step)
        s = (1 - p["z"]) * p["n"] + p["z"] * p["s_before"]
        np.testing.assert_allclose(s, p["s"], atol=1e-6)


def test_a_memory_that_was_handed_over_by_hand_is_the_state_before() -> None:
    change = Change("memory_s", 0, 0, 5, None, (0.25,))
    parts = step_parts(read(network(Cell.RNN), SENTENCE, None, (change,)), 0, 0, 5)
    np.testing.assert_allclose(parts["s_before"], 0.25)
    np.testing.assert_allclose(parts["Ux"] + parts["Ws"] + parts["b"], parts["a"], atol=1e-5)


def test_there_is_no_step_beyond_the_sentence() -> None:
    with pytest.raises(IndexError):
        step_parts(read(network(Cell.RNN), SENTENCE), 0, 0, 99)

"""What the Unroll page is told to show."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.unit_order import by_change
from rnnstudio.session.reading import Reading
from rnnstudio.session.resolve.inspector import resolve_inspector
from rnnstudio.session.resolve.unroll_page import resolve_unroll
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.session.unroll_states import SENTENCE, model_of, unroll_state


def reading_of(state: SessionState) -> Reading:
    reading = resolve_unroll(state).unrolled.reading
    assert reading is not None
    return reading


def selected(state: SessionState, **changes: object) -> SessionState:
    selection = dataclasses.replace(state.selection, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(state, selection=selection)


def test_the_reading_is_the_trace_of_the_model() -> None:
    state = unroll_state()
    reading = reading_of(state)
    assert state.model is not None
    _, trace = state.model.trace(SENTENCE)
    assert reading.words == ("<sos>", "the", "first", "half", "was", "very", "boring", ".", "<eos>")
    np.testing.assert_array_equal(reading.trace.s, trace.s)
    np.testing.assert_array_equal(reading.trace.y, trace.y)


def test_a_step_keeps_the_reading_and_a_new_model_makes_another() -> None:
    state = unroll_state()
    reading = reading_of(state)
    assert reading_of(selected(state, step=7)) is reading
    assert reading_of(selected(state, unit=2)) is reading
    assert reading_of(dataclasses.replace(state, model=model_of(seed=1))) is not reading
    assert reading_of(selected(state, sentence="The movie")) is not reading


def test_states_of_unchanged_parts_are_equal() -> None:
    state = unroll_state(unit=1)
    one, two = resolve_unroll(state), resolve_unroll(dataclasses.replace(state, unsaved=True))
    assert one == two
    moved = resolve_unroll(selected(state, step=5))
    assert moved.unrolled != one.unrolled
    assert moved.sentence_box != one.sentence_box


@pytest.mark.parametrize(("asked", "shown"), [(-3, 1), (1, 1), (9, 9), (400, 9)])
def test_the_play_head_stays_in_the_sentence(asked: int, shown: int) -> None:
    assert resolve_unroll(unroll_state(step=asked)).transport.step == shown


@pytest.mark.parametrize("unit", [-1, 6, 100])
def test_a_unit_the_network_lacks_is_no_selection(unit: int) -> None:
    state = resolve_unroll(unroll_state(unit=unit))
    assert state.unrolled.unit is None
    assert resolve_inspector(unroll_state(unit=unit)).explanations[0].quantity == "y"


@pytest.mark.parametrize("sentence", ["", "   ", "\n\t"])
def test_without_words_the_page_says_what_to_do(sentence: str) -> None:
    state = resolve_unroll(unroll_state(sentence))
    assert state.unrolled.reading is None
    assert "Type a sentence" in state.unrolled.message
    assert state.sentence_box.badge.words == "Type a sentence"
    assert state.transport.steps == state.transport.step == 0
    assert resolve_inspector(unroll_state(sentence)).explanations == ()


def test_without_a_network_the_page_says_what_to_do() -> None:
    state = resolve_unroll(dataclasses.replace(unroll_state(), model=None))
    assert "Data page" in state.unrolled.message
    assert state.transport.weights == ""


def test_unknown_words_are_told() -> None:
    reading = reading_of(unroll_state("The zebra was boring"))
    assert [reading.is_unknown(step) for step in range(1, 7)] == [False, False, True, *[False] * 3]
    assert reading.trace.x(3).sum() == 0


@pytest.mark.parametrize(
    ("activation", "low"), [(Activation.TANH, -1), (Activation.LOGISTIC, 0), (Activation.RELU, 0)]
)
def test_the_scale_holds_every_state(activation: Activation, low: float) -> None:
    reading = reading_of(unroll_state(model=model_of(activation=activation)))
    assert reading.state_low == low
    assert reading.trace.s.max() <= reading.state_high
    assert reading.trace.s.min() >= reading.state_low
    if activation is Activation.RELU:
        assert reading.state_high <= 2 * reading.trace.s.max()


def test_embeddings_have_a_scale_that_holds_them() -> None:
    reading = reading_of(unroll_state(model=model_of(embedding=5)))
    largest = np.abs(reading.trace.x_all()).max()
    assert largest <= reading.input_limit <= 2 * largest


def test_units_by_change_begin_with_the_one_that_changes_most() -> None:
    reading = reading_of(unroll_state())
    states = np.vstack([reading.trace.s_0, reading.trace.s])
    order = by_change(reading.trace.s, reading.trace.s_0)
    change = np.abs(np.diff(states, axis=0)).sum(axis=0)[order]
    assert sorted(order) == list(range(6))
    assert all(one >= other for one, other in itertools.pairwise(change))


def test_the_inspector_takes_the_selected_unit_apart() -> None:
    state = unroll_state(unit=4, step=7)
    inspector = resolve_inspector(state)
    (explanation,) = inspector.explanations
    assert (explanation.quantity, explanation.step, explanation.unit) == ("s", 7, 4)
    assert explanation.value == reading_of(state).trace.s[6, 4]


def test_without_a_unit_the_inspector_has_the_leading_classes() -> None:
    labels = tuple(f"class {index}" for index in range(7))
    state = unroll_state(model=model_of(labels=labels), step=5)
    explanations = resolve_inspector(state).explanations
    values = [explanation.value for explanation in explanations]
    assert values == sorted(reading_of(state).trace.y[4].tolist(), reverse=True)[:4]


def test_the_transport_says_how_far_the_weights_are_trained() -> None:
    run = RunState(number=1, status=RunStatus.RUNNING, epoch=4, epochs=40)
    transport = resolve_unroll(unroll_state(run=run)).transport
    assert (transport.weights, transport.live) == ("weights within epoch 4 / 40", True)
    fresh = dataclasses.replace(model_of(), epoch=0, step=0)
    transport = resolve_unroll(unroll_state(model=fresh)).transport
    assert (transport.weights, transport.live) == ("fresh weights, not trained yet", False)


def test_weights_that_are_not_numbers_still_resolve() -> None:
    model = model_of(activation=Activation.RELU)
    broken = model.parameters.copy()
    broken.flat[:] = np.nan
    state = resolve_unroll(unroll_state(model=dataclasses.replace(model, parameters=broken)))
    assert state.unrolled.reading is not None
    assert state.unrolled.reading.state_high == 1.0

"""What the inspector is given: the number looked at, its course, what sets it, what drives it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest

from rnnstudio.engine.surgery import Change
from rnnstudio.session.findings import Findings, StatesFound
from rnnstudio.session.looking import Looking, Notation, Place
from rnnstudio.session.resolve.inspector import DRIVING_WORDS, resolve_inspector
from rnnstudio.session.state import RunState, RunStatus
from tests.session.readings import inspected, reading_named, states_found, value_at
from tests.session.unroll_states import model_of, unroll_state


def test_the_notation_is_that_of_the_preferences() -> None:
    state = unroll_state(unit=1)
    assert resolve_inspector(state).notation is Notation.LECTURE
    preferences = dataclasses.replace(state.preferences, notation="pytorch")
    state = dataclasses.replace(state, preferences=preferences)
    assert resolve_inspector(state).notation is Notation.PYTORCH


def test_the_place_is_the_one_looked_at() -> None:
    state = unroll_state(unit=1, step=5, looking=Looking(quantity="a"))
    assert resolve_inspector(state).place == Place("a", 0, 0, 5, 1)
    assert resolve_inspector(state).taken_apart().explanation.quantity == "a"
    state = unroll_state(unit=1, step=5, looking=Looking(quantity="scores", layer=0))
    inspector = resolve_inspector(state)
    assert inspector.place == Place("scores", None, 0, 5, 1)
    assert inspector.reading is not None
    assert inspector.taken_apart().explanation.value == inspector.reading.trace.z[4, 1]


def test_the_same_number_is_taken_apart_once() -> None:
    reading = reading_named("gru")
    one = inspected(reading, Place("n", 0, 0, 4, 2))
    assert one.taken_apart() is inspected(reading, Place("n", 0, 0, 4, 2)).taken_apart()


@pytest.mark.parametrize(
    ("place", "settable"),
    [
        (Place("s", 0, 0, 4, 2), True),
        (Place("a_f", 0, 0, 4, 2), True),
        (Place("s", 0, 0, 4, None), False),
        (Place("x", 0, 0, 4, 2), False),
        (Place("m", None, 0, 4, 2), False),
        (Place("scores", None, 0, 4, 2), False),
        (Place("y", None, 0, 4, 2), False),
    ],
)
def test_only_a_layers_own_numbers_can_be_set(place: Place, settable: bool) -> None:
    assert inspected(reading_named("lstm"), place).can_be_set is settable


@pytest.mark.parametrize(
    ("direction", "onwards", "set_at"),
    [(0, False, {4}), (0, True, {4, 5, 6}), (1, False, {4}), (1, True, {1, 2, 3, 4})],
)
def test_what_sets_a_number_is_found(direction: int, onwards: bool, set_at: set[int]) -> None:
    change = Change("s", 0, direction, 4, 2, (0.5,), onwards)
    reading = reading_named("rnn both", (change,))
    for step in range(1, len(reading) + 1):
        state = inspected(reading, Place("s", 0, direction, step, 2))
        assert state.change == (change if step in set_at else None)
        assert (state.taken_apart().explanation.would_be is not None) == (step in set_at)
        assert inspected(reading, Place("s", 0, direction, step, 1)).change is None
        assert inspected(reading, Place("s", 0, 1 - direction, step, 2)).change is None


def test_the_course_has_what_would_be_without_surgery() -> None:
    place = Place("s", 0, 0, 6, 1)
    assert inspected(reading_named("rnn"), place).original() is None
    changed = reading_named("rnn", (Change("s", 0, 0, 2, 0, (-1.0,)),))
    state = inspected(changed, place)
    assert state.original() == value_at(reading_named("rnn"), place)
    course = state.course(place)
    assert course.original is not None
    assert np.array_equal(course.values, changed.trace.s[:, 1])
    assert not np.array_equal(course.values, course.original)


@pytest.mark.parametrize("name", ["rnn", "rnn one-hot", "rnn two layers"])
def test_the_course_of_an_input_is_that_of_its_vectors(name: str) -> None:
    reading = reading_named(name)
    layer = reading.spec.layers - 1
    for unit in (0, 3):
        place = Place("x", layer, 0, 4, unit)
        found = inspected(reading, place).course(place)
        assert np.array_equal(found.values, reading.trace.layer(layer).x[:, unit])
        assert found.low <= found.values.min()
        assert found.values.max() <= found.high


def test_states_of_something_else_are_not_shown() -> None:
    model = model_of()
    state = unroll_state(unit=1, model=model)
    found = dataclasses.replace(states_found("rnn"), model=model)
    older = dataclasses.replace(model, step=model.step - 1)
    other = model_of(units=7)

    def shown(found: StatesFound, **changes: object) -> StatesFound | None:
        whole = dataclasses.replace(state, findings=Findings(states=found), **changes)  # type: ignore[arg-type]
        return resolve_inspector(whole).states

    learning = RunState(status=RunStatus.RUNNING)
    assert shown(found) is found
    assert shown(dataclasses.replace(found, layer=0)) is not None
    assert shown(dataclasses.replace(found, quantity="a")) is None
    assert shown(dataclasses.replace(found, direction=1)) is None
    assert shown(found, looking=Looking(quantity="a")) is None
    of_older = dataclasses.replace(found, model=older)
    assert shown(of_older) is None
    assert shown(of_older, run=learning) is of_older
    assert shown(dataclasses.replace(found, model=other), run=learning) is None


def test_the_driving_words_are_those_with_the_greatest_means() -> None:
    found = states_found("lstm")
    state = inspected(reading_named("lstm"), Place("s", 0, 0, 4, 2))
    assert state.driving is None
    driving = dataclasses.replace(state, states=found).driving
    assert driving is not None
    means = _means(found, 2)
    for one in driving:
        assert one.mean == pytest.approx(means[one.word][0], abs=1e-6)
        assert one.times == means[one.word][1]
    ranked = sorted(means, key=lambda word: -means[word][0])
    assert [one.word for one in driving] == [*ranked[:DRIVING_WORDS], *ranked[-DRIVING_WORDS:]]


def _means(found: StatesFound, unit: int) -> Mapping[str, tuple[float, int]]:
    values: dict[str, list[float]] = {}
    states = found.result
    for value, row, step in zip(states.values[:, unit], states.rows, states.steps, strict=True):
        values.setdefault(found.words[int(row)][int(step) - 1], []).append(float(value))
    return {
        word: (float(np.mean(some)), len(some))
        for word, some in values.items()
        if word not in ("<sos>", "<eos>")
    }


def test_inputs_are_not_driven_by_words() -> None:
    state = inspected(reading_named("lstm"), Place("x", 0, 0, 4, 2))
    assert not state.has_driving
    assert inspected(reading_named("lstm"), Place("y", None, 0, 4, 2)).has_driving
    assert not inspected(reading_named("lstm"), Place("s", 0, 0, 4, None)).has_driving

"""The plane of the states: points are projections of traces, regions are the output layer's."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from rnnstudio.engine.network import Cell, Reading, Task
from rnnstudio.engine.state_plane import Extent
from rnnstudio.engine.surgery import Change
from rnnstudio.session.findings import Findings
from rnnstudio.session.resolve.paths import PathsState, resolve_paths
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.session.comparing_states import OTHER, PRESENT, comparing, network, with_states


def shown(state: SessionState) -> PathsState:
    found = resolve_paths(state)
    assert found.present is not None
    assert found.plane is not None
    return found


@pytest.mark.parametrize(
    ("settings", "looking"),
    [
        ({}, {}),
        ({"cell": Cell.GRU, "layers": 2}, {"layer": 0}),
        ({"cell": Cell.GRU}, {"quantity": "r"}),
        ({"cell": Cell.LSTM, "bidirectional": True}, {"quantity": "c", "direction": 1}),
        ({"cell": Cell.LSTM, "task": Task.LABEL}, {}),
        ({"cell": Cell.HISTORY, "longest": 12}, {}),
        ({"bidirectional": True, "read": Reading.MAX}, {"quantity": "m"}),
        ({"units": 1}, {}),
        ({"embedding": 4}, {}),
    ],
)
def test_walks_and_states_are_projections(
    settings: dict[str, Any], looking: dict[str, Any]
) -> None:
    state = with_states(comparing(model=network(**settings), looking=looking))
    found = shown(state)
    assert found.cloud is not None
    assert found.plane is not None
    assert found.found is state.findings.states
    assert found.note == ""
    model = state.model
    assert model is not None
    for walk, sentence in ((found.present, PRESENT), (found.other, OTHER)):
        assert walk is not None
        trace = model.trace(sentence)[1]
        name, direction = state.looking.quantity, state.looking.direction
        layer = -1 if state.looking.layer is None else state.looking.layer
        values = trace.m if name == "m" else trace.layer(layer, direction)[name]
        expected = (values - found.plane.projection.mean) @ found.plane.projection.components.T
        assert walk.points == pytest.approx(expected, abs=1e-6)
        assert walk.backwards == (direction == 1)
    states = found.found
    assert states is not None
    expected = found.plane.path(states.result.values)
    assert np.array_equal(found.cloud.points, expected)


def test_answers_and_regions_agree_where_the_plane_is_all_there_is() -> None:
    # Two units: every state lies in the plane, and its point has its answer.
    state = with_states(comparing(model=network(labels=("a", "b", "c"), units=2)))
    found = shown(state)
    assert found.regions is not None
    assert found.present is not None
    assert found.cloud is not None
    for (x, y), answer in zip(found.present.points, found.present.answers, strict=True):
        assert found.regions.class_at(x, y) == answer
    for (x, y), answer in zip(found.cloud.points[::5], found.cloud.answers[::5], strict=True):
        assert found.regions.class_at(x, y) == answer


def test_in_two_directions_the_other_one_is_held_where_the_play_head_is() -> None:
    model = network(units=2, bidirectional=True, task=Task.LABEL, labels=("A", "B", "C"))
    for step in (2, 5, 7):
        found = shown(with_states(comparing(model=model, step=step)))
        assert found.regions is not None
        assert found.present is not None
        x, y = found.present.points[step - 1]
        assert found.regions.class_at(x, y) == found.present.answers[step - 1]
        assert found.condition


def test_a_grid_has_the_class_of_each_point() -> None:
    found = shown(with_states(comparing(model=network(labels=("a", "b", "c"), units=2))))
    assert found.regions is not None
    grid = found.regions.grid(Extent(-2.0, 2.0, -1.0, 1.0), 8)
    middles = (np.arange(8) + 0.5) / 8
    assert grid[0, 3] == found.regions.class_at(-2 + 4 * middles[3], -1 + 2 * middles[0])
    assert grid[7, 6] == found.regions.class_at(-2 + 4 * middles[6], -1 + 2 * middles[7])


@pytest.mark.parametrize(
    ("settings", "looking"),
    [({"cell": Cell.GRU}, {"quantity": "z"}), ({"cell": Cell.GRU, "layers": 2}, {"layer": 0})],
)
def test_what_the_output_does_not_read_has_no_regions(
    settings: dict[str, Any], looking: dict[str, Any]
) -> None:
    found = shown(with_states(comparing(model=network(**settings), looking=looking)))
    assert found.regions is None
    assert found.cloud is not None
    assert (found.cloud.answers == -1).all()


def test_until_the_data_are_read_the_plane_is_the_sentences_own() -> None:
    found = shown(comparing())
    assert found.cloud is None
    assert found.found is None
    assert found.note == "Reading the data set …"
    assert found.present is not None
    assert np.isfinite(found.present.points).all()
    assert found.plane is not None
    assert found.plane.projection.shares.sum() > 0


def test_states_of_something_else_are_not_shown() -> None:
    state = with_states(comparing(model=network(cell=Cell.GRU)))
    looking = dataclasses.replace(state.looking, quantity="r")
    assert shown(dataclasses.replace(state, looking=looking)).cloud is None
    other_model = network(cell=Cell.GRU, units=7)
    assert shown(dataclasses.replace(state, model=other_model)).cloud is None


def test_while_it_learns_older_states_are_shown_rather_than_nothing() -> None:
    older, newer = network(seed=1), network(seed=2)
    state = with_states(comparing(model=newer), model=older)
    assert shown(state).cloud is None  # fresh weights have nothing to do with older ones
    running = dataclasses.replace(state, run=RunState(status=RunStatus.RUNNING))
    assert shown(running).cloud is not None
    assert shown(running).note == ""
    paused = dataclasses.replace(state, run=RunState(status=RunStatus.PAUSED))
    assert shown(paused).cloud is not None
    assert "newest weights" in shown(paused).note


def test_a_point_leads_to_its_row_and_step() -> None:
    found = shown(with_states(comparing()))
    assert found.place_of(0) == (0, 1)
    assert found.place_of(11) == (1, 3)
    assert found.words_of(11)[2] == "performance"


def test_the_second_play_head_follows_the_alignment() -> None:
    assert shown(comparing(step=8)).other_step == 7
    assert shown(comparing(step=7)).other_step == 6
    without = shown(comparing(other=""))
    assert without.other is None
    assert not without.can_compare


def test_surgery_leaves_the_original_beside_it() -> None:
    change = Change("s", 0, 0, 3, None, (0.9,) * 5)
    found = shown(comparing(changes=(change,)))
    assert found.original is not None
    assert found.present is not None
    assert np.array_equal(found.original.points[:2], found.present.points[:2])
    assert not np.allclose(found.original.points[2], found.present.points[2])


def test_one_unit_has_one_axis() -> None:
    found = shown(with_states(comparing(model=network(units=1))))
    assert found.present is not None
    assert not found.present.points[:, 1].any()
    assert found.plane is not None
    assert found.plane.projection.shares[1] == 0


def test_states_that_are_no_numbers_are_no_points() -> None:
    model = network()
    parameters = model.parameters.copy()
    parameters.flat[:] = np.nan
    spoiled = dataclasses.replace(model, parameters=parameters.frozen())
    found = shown(with_states(comparing(model=spoiled)))
    assert found.present is not None
    assert np.isnan(found.present.points).all()
    assert (found.present.answers == -1).all()


def test_an_empty_sentence_has_a_message() -> None:
    found = resolve_paths(comparing(present=""))
    assert found.present is None
    assert found.message


def test_the_same_state_is_the_same_picture() -> None:
    state = with_states(comparing())
    assert resolve_paths(state) == resolve_paths(state)
    without = dataclasses.replace(state, findings=Findings())
    assert resolve_paths(without) == resolve_paths(without)

"""What the strip draws equals what the engine computed: for every cell, layer and direction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from rnnstudio.engine.network import Cell, Task
from rnnstudio.engine.network import Reading as Read
from rnnstudio.engine.surgery import Change
from rnnstudio.gui.plots.network_strip import NetworkStrip
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.theme import LIGHT
from rnnstudio.session.looking import Looking, Place, View
from tests.gui.strip_states import strip_of, strip_panel, strip_state
from tests.session.any_network import network


def model_shown(strip: NetworkStrip) -> StripModel:
    assert strip.model is not None
    return strip.model


@pytest.mark.parametrize("cell", list(Cell), ids=str)
def test_the_cells_are_the_traces_numbers(qtbot: QtBot, cell: Cell) -> None:
    state = strip_state(network(cell), step=9)
    for quantity in state.reading.trace.layer().quantities if state.reading else ():
        strip = strip_of(qtbot, strip_state(network(cell), step=9, quantity=quantity))
        model = model_shown(strip)
        values = model.reading.trace.layer()[quantity]
        np.testing.assert_array_equal(model.numbers.values, values)
        colors = model.scale.argb(LIGHT, values)
        image = strip.viewport().grab().toImage()
        for step in (1, 5, 9):
            for unit in range(6):
                place: QPoint = strip.unit_rect(step, unit).center().toPoint()
                assert image.pixel(place) == colors[step - 1, unit], (quantity, step, unit)


@pytest.mark.parametrize("direction", [0, 1])
@pytest.mark.parametrize("layer", [0, 1, 2, None])
def test_the_layer_and_direction_that_are_looked_at(
    qtbot: QtBot, layer: int | None, direction: int
) -> None:
    network_ = network(Cell.GRU, layers=3, bidirectional=True)
    model = model_shown(strip_of(qtbot, strip_state(network_, layer=layer, direction=direction)))
    found = model.reading.trace.layer(2 if layer is None else layer, direction)
    np.testing.assert_array_equal(model.numbers.values, found.s)


@pytest.mark.parametrize("looking", [{"layer": 7}, {"direction": 1}, {"quantity": "f"}])
def test_what_a_network_has_not_is_replaced(qtbot: QtBot, looking: dict[str, Any]) -> None:
    model = model_shown(strip_of(qtbot, strip_state(network(Cell.RNN), **looking)))
    np.testing.assert_array_equal(model.numbers.values, model.reading.trace.s)


def test_the_states_stay_where_a_quantity_of_the_network_is_looked_at(qtbot: QtBot) -> None:
    for quantity in ("y", "scores", "m", "x"):
        strip = strip_of(qtbot, strip_state(quantity=quantity, unit=1))
        assert model_shown(strip).quantity == "s"
        assert model_shown(strip).marked_unit(1) is None


def test_the_letter_below_says_what_is_in_the_cells() -> None:
    state = strip_state(network(Cell.LSTM))
    assert state.reading is not None
    for quantity, letter in (("s", "s₇"), ("f", "f₇"), ("c", "c₇"), ("tanh_c", "tanh c₇")):
        assert StripModel(state.reading, Looking(quantity=quantity)).letter(quantity, 7) == letter


def test_bars_are_the_probabilities(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state())
    model = model_shown(strip)
    for step in range(1, 10):
        np.testing.assert_array_equal(model.shares(step), model.reading.trace.y[step - 1])


def test_of_a_labeller_every_word_is_asked_and_no_end(qtbot: QtBot) -> None:
    labeller = network(
        Cell.LSTM, task=Task.LABEL, bidirectional=True, labels=("ADJ", "NOUN", "VERB", "PUNCT")
    )
    strip = strip_of(qtbot, strip_state(labeller))
    assert strip.shown_classes(1) == ()
    assert strip.shown_classes(9) == ()
    leading = model_shown(strip).reading.trace.predictions
    for step in range(2, 9):
        assert list(strip.shown_classes(step)) == [0, 1, 2, 3] or (
            strip.shown_classes(step)[0] == leading[step - 1]
        )
    assert model_shown(strip).decided is None


def test_contributions_are_shares_of_the_largest() -> None:
    state = strip_state(attributed=True)
    assert state.reading is not None
    assert state.attribution is not None
    model = StripModel(state.reading, Looking(), state.attribution)
    found = state.attribution.result.contributions
    for step in range(1, 10):
        share = model.contribution_share(step)
        assert share == pytest.approx(found[step - 1] / np.abs(found).max(), rel=1e-5)
    assert StripModel(state.reading).contribution_share(3) is None


def test_a_part_without_a_unit_is_the_mean_size() -> None:
    state = strip_state(network(Cell.LSTM))
    assert state.reading is not None
    model = StripModel(state.reading)
    gate = state.reading.trace.layer()["f"][3]
    assert model.part_number(4, "f", 2) == pytest.approx(float(gate[2]))
    assert model.part_number(4, "g", None) == pytest.approx(
        float(np.abs(state.reading.trace.layer()["g"][3]).mean())
    )
    assert model.part_number(4, "r", None) is None


def test_parts_lead_to_numbers_of_the_reading() -> None:
    state = strip_state(network(Cell.LSTM, layers=2, bidirectional=True))
    assert state.reading is not None
    forward = StripModel(state.reading, Looking(layer=0))
    assert forward.part_place(4, "f", 2) == Place("f", 0, 0, 4, 2)
    assert forward.part_place(4, "c_before", 2) == Place("c", 0, 0, 3, 2)
    assert forward.part_place(1, "s_before", 2) is None
    backward = StripModel(state.reading, Looking(direction=1))
    assert backward.part_place(4, "s_before", 2) == Place("s", 1, 1, 5, 2)
    assert backward.part_place(9, "s_before", 2) is None


def test_what_was_set_by_hand_is_known() -> None:
    changes = (
        Change("s", 0, 0, 4, 2, (0.5,), onwards=True),
        Change("f", 0, 0, 3, None, (0.0,)),
        Change("memory_s", 0, 0, 6, None, (0.0,)),
    )
    state = strip_state(changes=changes)
    assert state.reading is not None
    model = StripModel(state.reading)
    assert [step for step in range(1, 10) if model.is_set(step, 2)] == [4, 5, 6, 7, 8, 9]
    assert not any(model.is_set(step, 1) for step in range(1, 10))
    assert [step for step in range(1, 10) if model.hidden_changes(step)] == [3]
    assert [step for step in range(1, 10) if model.is_handed_another_memory(step)] == [6]
    assert list(StripModel(state.reading, Looking(quantity="f")).set_units(3)) == list(range(6))
    original = model.original_shares(9)
    assert original is not None
    assert not np.array_equal(original, model.shares(9))


def test_whether_the_state_above_is_what_is_read() -> None:
    cases: tuple[tuple[dict[str, Any], dict[str, Any], bool], ...] = (
        ({}, {}, True),
        ({"bidirectional": True}, {"direction": 1}, False),
        ({"layers": 2}, {"layer": 0}, False),
        ({"read": Read.MEAN}, {}, False),
        ({"task": Task.LABEL, "bidirectional": True}, {"direction": 1}, True),
    )
    for settings, looking, reads in cases:
        state = strip_state(network(Cell.GRU, **settings))
        assert state.reading is not None
        assert StripModel(state.reading, Looking(**looking)).reads_this_step is reads, settings


def test_the_choosers_are_there_where_there_is_a_choice(qtbot: QtBot) -> None:
    panel = strip_panel(qtbot, strip_state(network(Cell.RNN)))
    assert panel.layers is None
    assert not panel.directions.isVisible()
    panel.render(strip_state(network(Cell.GRU, layers=3, bidirectional=True), layer=1))
    assert panel.layers is not None
    assert panel.layers.key == "1"
    assert panel.directions.isVisible()
    for control, key, changes in (
        (panel.layers, "2", {"layer": 2}),
        (panel.directions, "1", {"direction": 1}),
        (panel.views, View.NUMBERS.value, {"view": View.NUMBERS}),
    ):
        with qtbot.waitSignal(panel.looking_changed) as asked:
            control.button(key).click()
        assert asked.args == [changes]
    panel.render(strip_state(network(Cell.GRU, layers=2)))
    assert panel.layers is not None
    assert not panel.directions.isVisible()


def test_rendering_the_same_state_keeps_what_is_drawn(qtbot: QtBot) -> None:
    state = strip_state()
    panel = strip_panel(qtbot, state)
    drawn = panel.strip.model
    panel.render(state)
    assert panel.strip.model is drawn

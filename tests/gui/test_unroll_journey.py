"""Journeys over the whole Unroll page, as a teacher goes them in a lesson."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.engine.network import Cell
from rnnstudio.gui.wiring import Wiring
from rnnstudio.project.preferences import Preferences
from rnnstudio.session.commands import data, files, settings, training
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.looking import Below, Beside, Method, Notation, Order, View
from tests.gui.person import CTRL, WAIT, Key
from tests.gui.teacher import Teacher, middle_of

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
SENTENCE = "The plot was not bad at all."

MakeTeacher = Callable[..., Teacher]


@pytest.fixture
def make_teacher(qtbot: QtBot) -> Iterator[MakeTeacher]:
    """Open a window on a network that is trained a little, on built-in data or those of a file."""
    made: list[Teacher] = []

    def make(source: Path | None = None, epochs: int = 2, **model: Any) -> Teacher:
        session = make_session(Preferences(welcomed=True), keeps_scratch=False)
        session.chance = np.random.default_rng(4)
        files.new_project(session)
        teacher = Teacher(Wiring(session), qtbot)
        made.append(teacher)
        if source is not None:
            data.open_data(session, source)
            teacher.wait()
        chosen = {"units": 10, "embedding": 8, **model}
        for name, value in {**chosen, "learning_rate": 0.02}.items():
            part = "training" if name == "learning_rate" else "model"
            settings.change_setting(session, f"{part}.{name}", value)
        for _ in range(epochs):
            training.one_epoch(session)
            teacher.wait()
        teacher.window.resize(1440, 900)
        teacher.wiring.render()
        teacher.window.show()
        qtbot.waitUntil(teacher.window.isActiveWindow)
        teacher.wait()
        return teacher

    yield make
    for teacher in made:
        teacher.wiring.session.shut_down()
        teacher.wiring.take_down()
    assert [t.name for t in threading.enumerate() if t.name == "project-writer"] == []


def test_watch_it_read(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(cell=Cell.GRU)
    page, strip, transport = teacher.page, teacher.strip, teacher.page.transport
    teacher.look()
    teacher.click(page.sentence_box.edit)
    teacher.key(Key.Key_A, CTRL)
    for end, letter in enumerate(SENTENCE, 1):
        teacher.type(letter)
        assert teacher.state.selection.sentence == SENTENCE[:end]
        read = teacher.look()
        assert teacher.state.selection.step == len(read)
    assert len(read) == 10
    teacher.wait()
    teacher.assert_painted()
    assert teacher.explained().value == read.y[-1].max()
    assert f"{read.y[-1].max():.3f}" in page.sentence_box.badge.accessibleName()

    # Enter plays it; slowly, so that it is still playing when it is paused.
    teacher.choose(transport.speed_button, "0.25×")
    assert teacher.state.speed == 0.25
    assert transport.speed_button.text() == "0.25×"
    teacher.click(page.sentence_box.edit)
    teacher.key(Key.Key_Return)
    assert teacher.state.playing
    assert teacher.state.selection.step < 10
    assert QApplication.focusWidget() is strip
    assert teacher.state.tried[0] == SENTENCE
    teacher.key(Key.Key_Space)
    assert not teacher.state.playing
    teacher.look()

    # On from there, faster, to the end: no word is left out.
    teacher.key(Key.Key_Home)
    teacher.choose(transport.speed_button, "8×")
    steps: list[tuple[int, int]] = []
    teacher.wiring.session.changed.connect(
        lambda: steps.append((teacher.state.selection.step, strip.step))
    )
    teacher.click(transport.play_button)
    assert "Pause" in transport.play_button.accessibleName()
    teacher.qtbot.waitUntil(lambda: not teacher.state.playing, timeout=WAIT)
    teacher.look()
    assert sorted({step for step, _ in steps}) == list(range(1, 11))
    assert strip.step == 10

    for button, step in (
        (transport.first_button, 1),
        (transport.on_button, 2),
        (transport.on_button, 3),
        (transport.back_button, 2),
    ):
        teacher.click(button)
        assert teacher.state.selection.step == step
        teacher.look()
    teacher.key(Key.Key_Tab)
    strip.setFocus()
    for key, step in (
        (Key.Key_Right, 3),
        (Key.Key_Left, 2),
        (Key.Key_End, 10),
        (Key.Key_Right, 10),
        (Key.Key_Home, 1),
        (Key.Key_Left, 1),
    ):
        teacher.key(key)
        assert teacher.state.selection.step == step
        teacher.look()

    # Scrubbing asks for every step on the way, there and back.
    steps.clear()
    teacher.drag(strip, *(teacher.empty_place(step) for step in (2, 5, 9, 4)))
    assert [step for step, _ in _without_repeats(steps)] == [2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4]
    teacher.look()
    steps.clear()
    heat = page.hidden_state.map
    teacher.click(heat, middle_of(heat.words_rect(7)))
    assert teacher.state.selection.step == 7
    teacher.tab_to(transport.slider)
    teacher.key(Key.Key_Left)
    assert teacher.state.selection.step == 6
    teacher.look()


def _without_repeats(steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [one for place, one in enumerate(steps) if not place or steps[place - 1][0] != one[0]]


def test_look_into_a_step(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(cell=Cell.LSTM, layers=2, bidirectional=True, units=6)
    page, strip, network = teacher.page, teacher.strip, teacher.page.network
    teacher.key(Key.Key_F8)  # nothing
    teacher.read("I never felt bored .")
    teacher.look()
    for view in (View.NUMBERS, View.DIAGRAM, View.CELLS):
        teacher.click(network.views.button(view))
        assert teacher.state.looking.view is view
        read = teacher.look()
    assert network.layers is not None
    for layer, direction in ((0, 0), (0, 1), (1, 1), (1, 0)):
        teacher.click(network.layers.button(str(layer)))
        teacher.click(network.directions.button(str(direction)))
        assert teacher.at == ("s", layer, direction)
        assert teacher.look() is not None
        teacher.assert_painted()

    # A click on a cell takes its number apart; so does one on a number of the diagram.
    teacher.click(strip, middle_of(strip.unit_rect(4, 2)))
    assert (teacher.state.selection.step, teacher.state.selection.unit) == (4, 2)
    teacher.look()
    teacher.click(network.views.button(View.DIAGRAM))
    for part in ("f", "o", "c"):
        assert strip.diagram_now is not None
        tag = next(tag for tag in strip.diagram_now.tags if tag.part == part)
        layout = strip.layout_now
        assert layout is not None
        corner = layout.frame_rect(strip.column_left(3)).topLeft()
        teacher.click(strip, (corner + QPointF(tag.x, tag.y)).toPoint())
        assert teacher.at == (part, 1, 0)
        assert (teacher.state.selection.step, teacher.state.selection.unit) == (3, 2)
        read = teacher.look()
        assert strip.model is not None
        assert strip.model.part_number(3, part, 2) == read.layer(1)[part][2, 2]
    teacher.click(network.views.button(View.CELLS))

    # The step grows into its wiring; every cell of it is a number to ask for.
    strip.setFocus()
    teacher.key(Key.Key_Return)
    teacher.qtbot.waitUntil(lambda: strip.opening.share == 1.0, timeout=WAIT)
    assert teacher.state.looking.opened
    for part, step in (("i", 3), ("f", 3), ("g", 3), ("o", 3), ("tanh_c", 3), ("c_before", 2)):
        opened = strip.opened_step
        if step == 2:
            teacher.key(Key.Key_Home)
            teacher.key(Key.Key_Right)
            teacher.key(Key.Key_Right)
        assert opened.title_words().startswith(f"Step {3}")
        teacher.click(opened, middle_of(opened.cell_rect(part, 4)))
        assert teacher.at == (part.removesuffix("_before"), 1, 0)
        assert (teacher.state.selection.step, teacher.state.selection.unit) == (step, 4)
        teacher.look()
    teacher.key(Key.Key_Escape)
    assert not teacher.state.looking.opened
    teacher.qtbot.waitUntil(lambda: strip.opening.share == 0.0, timeout=WAIT)
    teacher.look()

    # Also with a double click, and from the first layer; the sign in its corner closes it.
    teacher.click(network.layers.button("0"))
    teacher.double_click(strip, middle_of(strip.unit_rect(5, 1)))
    teacher.qtbot.waitUntil(lambda: strip.opening.share == 1.0, timeout=WAIT)
    assert teacher.state.selection.step == 5
    read = teacher.look()
    teacher.click(strip.opened_step.close_button)
    teacher.qtbot.waitUntil(lambda: strip.opening.share == 0.0, timeout=WAIT)
    assert not teacher.state.looking.opened

    # A bar of ŷ, the word's vector.
    layout = strip.layout_now
    assert layout is not None
    bar = strip.column_left(6) + layout.bars_left + 5, layout.bar(1).middle
    teacher.click(strip, QPointF(*bar).toPoint())
    assert (teacher.at[0], teacher.state.selection.unit) == ("y", strip.shown_classes(6)[1])
    teacher.look()
    teacher.click(strip, middle_of(layout.input_rect(strip.column_left(3), 0)))
    assert teacher.at[0] == "x"
    assert teacher.state.selection.step == 3
    teacher.look()
    teacher.click(page.inspector.clear_button)
    assert teacher.state.selection.unit is None
    teacher.look()


def test_the_heat_map_and_a_phrase(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(cell=Cell.GRU, layers=2, bidirectional=True)
    page, heat, panel = teacher.page, teacher.page.hidden_state.map, teacher.page.hidden_state
    teacher.read("The start was dull , but the ending was wonderful .")
    for name in ("z", "r", "n", "q", "a_z", "m", "y", "scores", "x", "s"):
        action = panel.quantity.choice(name)
        teacher.choose(panel.quantity, action.text())
        assert teacher.at[0] == name
        teacher.look()
        teacher.assert_painted()
    for key in (("layer", 0), ("direction", 1), ("layer", 1), ("direction", 0)):
        teacher.choose(panel.place, panel.place.choice(key).text())
        assert getattr(teacher.state.looking, str(key[0])) == key[1]
        teacher.look()
    orders = set()
    for order in Order:
        teacher.choose(panel.sort, panel.sort.choice(("order", order)).text())
        assert teacher.state.looking.order is order
        teacher.look()
        teacher.assert_painted()
        orders.add(tuple(heat.unit_order()))
    assert len(orders) >= 3
    teacher.choose(panel.sort, "Class of the weights > weight on negative")
    assert teacher.state.looking.ranked_class == 0
    teacher.look()

    # A drag over cells goes from number to number.
    units = heat.unit_order()
    teacher.drag(
        heat,
        middle_of(heat.cell_rect(3, units[1])),
        middle_of(heat.cell_rect(5, units[2])),
        middle_of(heat.cell_rect(6, units[4])),
    )
    assert (teacher.state.selection.step, teacher.state.selection.unit) == (6, units[4])
    teacher.look()
    teacher.click(panel.numbers)
    assert heat.numbers_shown
    teacher.look()

    # A drag over words selects a phrase; the units that are on exactly there, by the engine.
    teacher.drag(heat, *(middle_of(heat.words_rect(step)) for step in (8, 9, 10)))
    assert teacher.state.looking.phrase == (8, 10)
    assert teacher.state.looking.beside is Beside.PHRASE
    teacher.wait()
    phrase = page.phrase
    for _ in range(30):
        if not phrase.better.isHidden():
            teacher.click(phrase.better)
        teacher.wait()
        if phrase.places_model.rowCount():
            break
        teacher.tab_to(phrase.slider)
        teacher.key(Key.Key_Left)
    read = teacher.look()
    threshold = teacher.state.looking.threshold
    assert _units_listed(teacher) == _units_on(teacher.values(read), 8, 10, threshold)
    before = threshold
    phrase.slider.setFocus()
    teacher.key(Key.Key_Right)
    assert teacher.state.looking.threshold > before
    assert _units_listed(teacher) == _units_on(
        teacher.values(read), 8, 10, teacher.state.looking.threshold
    )
    teacher.key(Key.Key_Left)
    assert teacher.state.looking.threshold == pytest.approx(before)
    teacher.wait()

    # A unit of the list, then back to the phrase; a place in the data.
    teacher.click(phrase.units, phrase.units.visualRect(phrase.units_model.index(0)).center())
    assert teacher.state.selection.unit == phrase.units_model.line(0).unit
    assert teacher.state.looking.beside is Beside.INSPECTOR
    teacher.look()
    heat.setFocus()
    teacher.key(Key.Key_Left, SHIFT)
    assert teacher.state.looking.beside is Beside.PHRASE
    teacher.key(Key.Key_Right, SHIFT)
    assert teacher.state.looking.phrase == (8, 10)
    teacher.wait()
    assert phrase.places_model.rowCount()
    place = phrase.places_model.line(0)
    units = [phrase.units_model.line(row) for row in range(phrase.units_model.rowCount())]
    teacher.click(phrase.places, phrase.places.visualRect(phrase.places_model.index(0)).center())
    assert teacher.state.selection.row == place.table_row
    assert teacher.state.selection.step == place.last
    assert teacher.state.looking.phrase is None
    read = teacher.look()
    values = teacher.values(read)[place.first - 1 : place.last]
    on = [bool((values[:, one.unit] * one.sign >= before - 1e-6).all()) for one in units]
    assert sum(on) >= place.count > 0 or len(units) > 1
    heat.setFocus()
    teacher.key(Key.Key_Left, SHIFT)
    teacher.key(Key.Key_Escape)
    assert teacher.state.looking.phrase is None
    assert teacher.state.looking.beside is Beside.INSPECTOR
    teacher.look()


def _units_listed(teacher: Teacher) -> set[tuple[int, int]]:
    model = teacher.page.phrase.units_model
    lines = [model.line(row) for row in range(model.rowCount())]
    assert teacher.page.hidden_state.map.marked_units == {line.unit for line in lines}
    return {(line.unit, line.sign) for line in lines}


def _units_on(
    values: np.ndarray, first: int, last: int, threshold: float
) -> set[tuple[int, int]]:
    """The units on at all of these steps, and off right before and right after."""
    found = set()
    for unit, course in enumerate(values.T):
        for sign in (1, -1):
            on = course * sign >= threshold
            beside = [on[step - 1] for step in (first - 1, last + 1) if 1 <= step <= len(on)]
            if on[first - 1 : last].all() and not any(beside):
                found.add((unit, sign))
    return found

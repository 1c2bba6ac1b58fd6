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
from rnnstudio.gui.controls import SegmentedControl
from rnnstudio.gui.wiring import Wiring
from rnnstudio.project.preferences import Preferences
from rnnstudio.session.commands import data, files, settings, training
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.looking import Below, Beside, Method, Notation, Order, View
from tests.gui.person import CTRL, WAIT, Key
from tests.gui.teacher import Teacher, middle_of
from tests.session.readings import computed

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
            qtbot.waitUntil(lambda: session.training is None, timeout=WAIT)
        teacher.window.resize(1440, 900)
        teacher.wiring.render()
        teacher.window.show()
        qtbot.waitUntil(teacher.window.isActiveWindow)
        teacher.wait()
        return teacher

    yield make
    for teacher in made:
        while (popup := QApplication.activePopupWidget()) is not None:  # one that failed left it
            popup.close()
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
    teacher.drag(heat, *(middle_of(heat.words_rect(step)) for step in (4, 5)))
    assert teacher.state.looking.phrase == (4, 5)
    assert teacher.has_beside(Beside.PHRASE)
    teacher.wait()
    phrase = page.phrase
    if not phrase.better.isHidden():
        teacher.click(phrase.better)
    teacher.wait()
    read = teacher.look()
    threshold = teacher.state.looking.threshold
    assert _units_listed(teacher) == _units_on(teacher.values(read), 4, 5, threshold) != set()
    before = threshold
    phrase.slider.setFocus()
    teacher.key(Key.Key_Right)
    assert teacher.state.looking.threshold > before
    assert _units_listed(teacher) == _units_on(
        teacher.values(read), 4, 5, teacher.state.looking.threshold
    )
    teacher.key(Key.Key_Left)
    assert teacher.state.looking.threshold == pytest.approx(before)
    teacher.wait()

    # A unit of the list, then back to the phrase; a place in the data.
    teacher.click(phrase.units, phrase.units.visualRect(phrase.units_model.index(0)).center())
    assert teacher.state.selection.unit == phrase.units_model.line(0).unit
    assert teacher.has_beside(Beside.INSPECTOR)
    teacher.look()
    heat.setFocus()
    teacher.key(Key.Key_Left, SHIFT)
    assert teacher.has_beside(Beside.PHRASE)
    teacher.key(Key.Key_Right, SHIFT)
    assert teacher.state.looking.phrase == (4, 5)
    teacher.wait()
    assert phrase.places_model.rowCount()
    place = phrase.places_model.line(0)
    on_here = [phrase.units_model.line(row) for row in range(phrase.units_model.rowCount())]
    teacher.click(phrase.places, phrase.places.visualRect(phrase.places_model.index(0)).center())
    assert teacher.state.selection.row == place.table_row
    assert teacher.state.selection.step == place.last
    assert teacher.state.looking.phrase is None
    read = teacher.look()
    values = teacher.values(read)[place.first - 1 : place.last]
    on = [bool((values[:, one.unit] * one.sign >= before - 1e-6).all()) for one in on_here]
    assert sum(on) >= place.count > 0
    heat.setFocus()
    teacher.key(Key.Key_Left, SHIFT)
    teacher.key(Key.Key_Escape)
    assert teacher.state.looking.phrase is None
    assert teacher.has_beside(Beside.INSPECTOR)
    teacher.look()


def _units_listed(teacher: Teacher) -> set[tuple[int, int]]:
    model = teacher.page.phrase.units_model
    lines = [model.line(row) for row in range(model.rowCount())]
    assert teacher.page.hidden_state.map.marked_units == {line.unit for line in lines}
    return {(line.unit, line.sign) for line in lines}


def _units_on(values: np.ndarray, first: int, last: int, threshold: float) -> set[tuple[int, int]]:
    """The units on at all of these steps, and off right before and right after."""
    found = set()
    for unit, course in enumerate(values.T):
        for sign in (1, -1):
            on = course * sign >= threshold
            beside = [on[step - 1] for step in (first - 1, last + 1) if 1 <= step <= len(on)]
            if on[first - 1 : last].all() and not any(beside):
                found.add((unit, sign))
    return found


def test_ask_a_number_why(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(cell=Cell.GRU, units=24)
    page, strip, inspector = teacher.page, teacher.strip, teacher.page.inspector
    teacher.read("The story was great , but the acting was not good .")
    heat = page.hidden_state.map
    teacher.click(heat, middle_of(heat.cell_rect(6, heat.unit_order()[3])))
    teacher.look()

    # From term to term, down to a word's number, and back the same way.
    way = [(teacher.at, teacher.state.selection.step, teacher.state.selection.unit)]
    for _ in range(4):
        rows = inspector.terms.rows()
        row = next((n for n, one in enumerate(rows) if one.place is not None), None)
        if row is None:
            break
        wanted = rows[row].place
        assert wanted is not None
        teacher.click(inspector.terms, middle_of(inspector.terms.row_rect(row)))
        assert (teacher.at[0], teacher.state.selection.step) == (wanted.quantity, wanted.step)
        assert teacher.state.selection.unit == wanted.unit
        teacher.look()
        way.append((teacher.at, teacher.state.selection.step, teacher.state.selection.unit))
    assert len(way) > 3
    for place, step, unit in way[-2::-1]:
        if step % 2:
            teacher.click(inspector.back_button)
        else:
            inspector.terms.setFocus()
            teacher.key(Key.Key_Left, ALT)
        assert (teacher.at, teacher.state.selection.step) == (place, step)
        assert teacher.state.selection.unit == unit
        teacher.look()
    assert not inspector.back_button.isVisible()

    # Another number of the unit; what does not fit is one line, which opens.
    teacher.click(teacher.part(inspector.quantities, "quantity_2"))
    assert teacher.at[0] == "r"
    teacher.look()
    count = len(teacher.explained().terms)
    rest = inspector.terms.shown()[-1]
    assert rest.is_rest
    assert rest.symbol.startswith("and ")
    last = len(inspector.terms.rows()) - 1
    teacher.click(inspector.terms, middle_of(inspector.terms.row_rect(last)))
    assert sum(not one.is_rest for one in inspector.terms.shown()) >= count
    teacher.look()
    teacher.click(inspector.all_button)
    assert len(inspector.terms.shown()) < count
    teacher.look()

    # The letters of the lecture and PyTorch's.
    letters = {bar.symbol for bar in inspector.terms.shown() if not bar.is_rest}
    teacher.click(inspector.notation.button(Notation.PYTORCH))
    assert teacher.state.preferences.notation == "pytorch"
    teacher.look()
    assert {bar.symbol for bar in inspector.terms.shown() if not bar.is_rest} != letters
    assert strip.model is not None
    assert strip.model.notation is Notation.PYTORCH
    teacher.click(inspector.notation.button(Notation.LECTURE))
    assert {bar.symbol for bar in inspector.terms.shown() if not bar.is_rest} == letters

    # Copied, computed elsewhere: the same number.
    for name in ("r", "n", "s", "y"):
        if name == "y":
            teacher.click(inspector.clear_button)
        elif name != "r":
            buttons = inspector.quantities.findChildren(QWidget)
            teacher.click(next(one for one in buttons if _text(one).startswith(name)))
        if name != "y":
            assert teacher.at[0] == name
        teacher.look()
        value = teacher.explained().value
        copied = {}
        for words in ("NumPy", "LaTeX", "text"):
            teacher.choose(inspector.head.copy_button, f"Copy as {words}")
            copied[words] = QGuiApplication.clipboard().text()
        assert computed(copied["NumPy"]) == pytest.approx(value, abs=2e-6)
        assert copied["LaTeX"].startswith("\\begin{align*}")
        assert f"{value:.4f}" in copied["LaTeX"]
        assert f"{abs(value):.6f}" in copied["text"]

    # The prediction: another class, the number over the sentence.
    teacher.click(teacher.part(inspector.classes, "class_1"))
    found = inspector.explanation
    assert found is not None
    read = teacher.truth
    step = teacher.state.selection.step
    assert found.value == read.y[step - 1].min()
    course = inspector.history.history
    assert course is not None
    assert np.array_equal(course.values, read.y[:, found.unit])
    teacher.click(inspector.history, QPoint(60, 30))
    assert teacher.state.selection.step != step

    # A word that drives the unit most leads to a sentence with it.
    teacher.click(heat, middle_of(heat.cell_rect(4, heat.unit_order()[1])))
    teacher.wait()
    teacher.look()
    assert page.inspector.driving.isVisible()


def _text(widget: QWidget) -> str:
    return str(widget.property("text") or "") if widget.isVisible() else ""


def test_change_its_mind(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(cell=Cell.LSTM)
    page, strip = teacher.page, teacher.strip
    surgery = page.inspector.surgery
    teacher.read("The movie was not bad at all .")
    before = teacher.look()
    teacher.click(strip, middle_of(strip.unit_rect(4, 2)))
    teacher.look()

    # A number typed into the field, then with the slider's keys, then off.
    teacher.reach(surgery.field)
    teacher.click(surgery.field.lineEdit())
    teacher.key(Key.Key_A, CTRL)
    teacher.type("0.75")
    teacher.key(Key.Key_Return)
    assert [change.values for change in teacher.state.changes] == [(0.75,)]
    read = teacher.look()
    assert read.s[3, 2] == np.float32(0.75)
    assert page.inspector.explanation is not None
    assert page.inspector.explanation.would_be == pytest.approx(before.s[3, 2], abs=1e-6)
    assert not np.array_equal(read.y, before.y)
    teacher.reach(surgery.slider)
    teacher.tab_to(surgery.slider)
    teacher.key(Key.Key_Home)
    assert teacher.truth.s[3, 2] == -1.0
    teacher.look()
    teacher.reach(surgery.off_button)
    teacher.click(surgery.off_button)
    assert teacher.truth.s[3, 2] == 0.0
    teacher.look()
    assert not surgery.off_button.isEnabled()
    teacher.reach(surgery.reach)
    teacher.click(surgery.reach.button("onwards"))
    teacher.tab_to(surgery.slider)
    teacher.key(Key.Key_End)
    assert teacher.state.changes[-1].onwards
    assert (teacher.truth.s[3:, 2] == 1.0).all()
    teacher.look()

    # Back, forth, one taken back, everything.
    changes = teacher.state.changes
    strip.setFocus()
    teacher.key(Key.Key_Z, CTRL)
    assert teacher.state.changes != changes
    teacher.look()
    teacher.key(Key.Key_Z, CTRL | SHIFT)
    assert teacher.state.changes == changes
    teacher.look()
    count = len(changes)
    teacher.click(page.changes_bar.buttons[0])
    assert len(teacher.state.changes) == count - 1
    teacher.look()
    teacher.key(Key.Key_Z, CTRL)
    assert teacher.state.changes == changes
    shown = teacher.look().y[-1]
    teacher.click(page.changes_bar.restore_button)
    assert teacher.state.changes == ()
    assert np.array_equal(teacher.look().y, before.y)
    teacher.key(Key.Key_Z, CTRL)
    assert np.array_equal(teacher.look().y[-1], shown)
    teacher.key(Key.Key_R, CTRL | SHIFT)
    assert teacher.state.changes == ()
    teacher.look()

    # By dragging a cell up, by keys, and a gate in the opened step.
    strip.setFocus()
    start = middle_of(strip.unit_rect(5, 1))
    teacher.drag(strip, start, start - QPoint(0, 20), start - QPoint(0, 40), modifiers=ALT)
    (dragged,) = teacher.by_hand()
    assert (dragged.step, dragged.unit) == (5, 1)
    assert dragged.values[0] > before.s[4, 1]
    teacher.look()
    teacher.click(strip, middle_of(strip.unit_rect(6, 0)))
    strip.setFocus()
    teacher.key(Key.Key_Down, ALT)
    assert teacher.truth.s[5, 0] < before.s[5, 0]
    teacher.look()
    teacher.key(Key.Key_Return)
    teacher.qtbot.waitUntil(lambda: strip.opening.share == 1.0, timeout=WAIT)
    start = middle_of(strip.opened_step.cell_rect("f", 3))
    teacher.drag(strip.opened_step, start, start - QPoint(0, 300), modifiers=ALT)
    assert teacher.truth.layer()["f"][5, 3] == 1.0
    teacher.look()
    teacher.key(Key.Key_Z, CTRL)
    assert teacher.truth.layer()["f"][5, 3] != 1.0
    teacher.look()
    strip.setFocus()
    teacher.key(Key.Key_Escape)
    teacher.qtbot.waitUntil(lambda: strip.opening.share == 0.0, timeout=WAIT)

    # The memory is emptied before a word.
    teacher.click(page.changes_bar.restore_button)
    teacher.click(strip, teacher.empty_place(4))
    strip.setFocus()
    teacher.key(Key.Key_Menu)
    teacher.choose_open("Reset the memory")
    read = teacher.look()
    layer = read.layer()
    assert np.array_equal(layer.before("s", 4), np.zeros(10))
    assert np.array_equal(read.s[2], before.s[2])
    assert not np.array_equal(read.s[3], before.s[3])
    assert page.changes_bar.buttons[0].text().startswith("memory reset before step 4")
    teacher.click(page.changes_bar.restore_button)
    teacher.look()


def test_other_words(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(cell=Cell.GRU)
    page, strip, box = teacher.page, teacher.strip, teacher.page.sentence_box
    teacher.read("The movie was not good .")
    teacher.look()

    def words() -> list[str]:
        assert strip.reading is not None
        return list(strip.reading.words[1:-1])

    def expect(*wanted: str, step: int | None = None) -> None:
        assert words() == list(wanted)
        assert step is None or teacher.state.selection.step == step
        teacher.look()

    teacher.click(strip, teacher.empty_place(6))
    strip.setFocus()
    teacher.key(Key.Key_F2)
    teacher.type("bad")
    teacher.key(Key.Key_Escape)
    expect("the", "movie", "was", "not", "good", ".", step=6)
    teacher.key(Key.Key_F2)
    teacher.type("bad")
    teacher.key(Key.Key_Return)
    expect("the", "movie", "was", "not", "bad", ".", step=6)
    teacher.double_click(strip, teacher.word_place(3))
    teacher.type("ending")
    teacher.key(Key.Key_Return)
    expect("the", "ending", "was", "not", "bad", ".", step=3)
    teacher.drag(strip, teacher.word_place(5), teacher.word_place(4), teacher.word_place(3))
    expect("the", "not", "was", "ending", "bad", ".")
    teacher.click(strip, teacher.empty_place(4))
    strip.setFocus()
    teacher.key(Key.Key_Right, ALT)
    expect("the", "not", "ending", "was", "bad", ".", step=5)
    teacher.key(Key.Key_Left, ALT)
    expect("the", "not", "was", "ending", "bad", ".", step=4)
    teacher.key(Key.Key_D, CTRL)
    expect("the", "not", "was", "was", "ending", "bad", ".", step=5)
    teacher.key(Key.Key_Delete, CTRL)
    expect("the", "not", "was", "ending", "bad", ".", step=5)
    present = words()
    for _ in range(5):
        teacher.click(box.shuffle_button)
        teacher.look()
    assert sorted(words()) == sorted(present)

    # Other words for one place, ranked by the engine's own answers.
    teacher.read("The movie was not good .")
    teacher.click(strip, teacher.empty_place(6))
    strip.setFocus()
    teacher.key(Key.Key_Menu)
    teacher.choose_open("Replace ")
    assert teacher.has_beside(Beside.REPLACEMENTS)
    teacher.wait()
    panel = page.replacements
    shown_class = teacher.look().y[-1].argmax()
    for effect in ("raise", "lower", "flip"):
        teacher.click(panel.effect.button(effect))
        rows = panel.table_rows()
        assert rows is not None
        for row in rows[2:5]:
            read = teacher.read_instead(6, row[0])
            assert float(row[1]) == pytest.approx(read.y[-1][shown_class], abs=2e-6)
            assert row[3] == teacher.label(read)
        if effect == "raise":
            assert [float(row[1]) for row in rows[2:]] == sorted(
                (float(row[1]) for row in rows[2:]), reverse=True
            )
    teacher.click(panel.effect.button("lower"))
    teacher.click(panel.filter)
    teacher.type("ful")
    chosen = panel.model.word(1)
    assert "ful" in chosen
    teacher.click(panel.list, panel.list.visualRect(panel.model.index(1)).center())
    expect("the", "movie", "was", "not", chosen, ".", step=6)
    teacher.wait()
    teacher.click(panel.filter)
    teacher.key(Key.Key_Down)
    teacher.key(Key.Key_Return)
    assert words()[4] != chosen
    teacher.look()
    teacher.click(panel.close_button)
    assert teacher.has_beside(Beside.INSPECTOR)
    teacher.look()

    # Sentences that were tried, those of the data, the most wrong one.
    for sentence in ("What a mess .", "I loved it ."):
        teacher.read(sentence)
        teacher.click(box.edit)
        teacher.key(Key.Key_Return)
    assert teacher.state.tried[:2] == ("I loved it .", "What a mess .")
    teacher.choose(box.history_button, "What a mess .")
    expect("what", "a", "mess", ".")
    teacher.click(box.edit)
    teacher.key(Key.Key_Up, CTRL)
    expect("i", "loved", "it", ".")
    teacher.key(Key.Key_Down, CTRL)
    expect("what", "a", "mess", ".")
    teacher.choose(box.examples_button, "I never felt bored .")
    teacher.key(Key.Key_Space)
    expect("i", "never", "felt", "bored", ".")
    dataset = teacher.state.dataset
    assert dataset is not None
    for split, named in (("test", "test set"), ("train", "training set")):
        teacher.choose(box.source_button, f"Random from {named}")
        rows_seen = set()
        for _ in range(3):
            teacher.click(box.random_button)
            rows_seen.add(teacher.state.selection.row)
            assert dataset.splits[teacher.state.selection.row or 0] == split
            teacher.look()
        assert len(rows_seen) > 1
    teacher.choose(box.source_button, "Most wrong from test set")
    teacher.wait()
    worst = [teacher.chance_of_truth()]
    assert worst[0] == pytest.approx(min(teacher.chances_of_truth("test")), abs=1e-6)
    teacher.look()
    teacher.click(box.random_button)
    teacher.wait()
    worst.append(teacher.chance_of_truth())
    assert worst[1] == pytest.approx(sorted(teacher.chances_of_truth("test"))[1], abs=1e-6)
    assert "✗" in box.badge.accessibleName()


def test_beside_another_sentence(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(cell=Cell.LSTM, bidirectional=True)
    page, strip = teacher.page, teacher.strip
    pair, other = page.two_sentences, "The movie was very bad at all ."
    teacher.read("The movie was not bad at all .")
    teacher.show_below(Below.TWO_SENTENCES)
    teacher.click(pair.edit)
    for end, letter in enumerate(other, 1):
        teacher.type(letter)
        assert teacher.state.looking.other == other[:end]
    teacher.look()
    _look_at_pair(teacher)
    aligned = pair.picture
    teacher.click(pair.enlarge_button)
    for key in ("by_difference", "by_index"):
        teacher.click(pair.order.button(key))
        _look_at_pair(teacher)
    teacher.key(Key.Key_Escape)
    assert aligned.data is not None
    parted = aligned.data.comparison.parted
    assert parted is not None
    assert aligned.data.comparison.words_of(parted) == ("not", "very")
    unit = aligned.unit_order()[2]
    teacher.click(aligned, middle_of(aligned.cell_rect(6, unit)))
    assert (teacher.state.selection.step, teacher.state.selection.unit) == (6, unit)
    teacher.look()
    _look_at_pair(teacher)

    # Its memory in place of this one's: the states that follow are those of the other sentence.
    before = teacher.look()
    strip.setFocus()
    teacher.key(Key.Key_Left)
    assert teacher.state.selection.step == 5
    if pair.transplant_button.isVisible():
        teacher.click(pair.transplant_button)
    else:  # a low panel has it in a column's menu
        teacher.open_menu(aligned, middle_of(aligned.cell_rect(5, unit)))
        teacher.choose_open("Transplant this memory")
    assert {change.step for change in teacher.state.changes} == {6}
    read = teacher.look()
    _look_at_pair(teacher)
    donor = teacher.reading_of(other)
    assert np.array_equal(read.layer().before("s", 6), donor.layer()["s"][4])
    assert read.layer()["s"][5:] == pytest.approx(donor.layer()["s"][5:], abs=1e-6)
    assert np.array_equal(read.layer()["s"][:5], before.layer()["s"][:5])
    teacher.key(Key.Key_Z, CTRL)
    assert teacher.state.changes == ()
    teacher.look()
    # From the strip's menu one comes to the same place.
    teacher.show_below(Below.HEAT_MAP)
    strip.setFocus()
    teacher.key(Key.Key_Menu)
    teacher.choose_open("Transplant")
    assert teacher.state.looking.below is Below.TWO_SENTENCES
    teacher.click(pair.swap_button)
    assert teacher.state.selection.sentence == other
    assert teacher.state.looking.other == "The movie was not bad at all ."
    teacher.look()
    _look_at_pair(teacher)
    teacher.click(pair.take_button)
    assert teacher.state.looking.other == other
    _look_at_pair(teacher)
    assert aligned.data is not None
    assert aligned.data.comparison.parted is None
    teacher.key(Key.Key_Backspace)
    _look_at_pair(teacher)


def _look_at_pair(teacher: Teacher) -> None:
    """The aligned sentences show the difference of two readings by the engine."""
    aligned = teacher.page.two_sentences.picture
    assert aligned.data is not None
    comparison, read = aligned.data.comparison, teacher.truth
    other = teacher.reading_of(teacher.state.looking.other)
    one, two = teacher.values(read), teacher.values(other)
    assert aligned.columns.count == len(comparison)
    total = np.zeros(one.shape[1])
    for column, (step, other_step) in enumerate(comparison.columns):
        if step is not None and other_step is not None:
            wanted = one[step - 1].astype(float) - two[other_step - 1]
            assert comparison.difference[column] == pytest.approx(wanted, abs=1e-12)
            assert comparison.norms[column] == pytest.approx(float(np.linalg.norm(wanted)))
            chosen = int(comparison.classes[column])
            assert comparison.y[column] == read.y[step - 1, chosen]
            assert comparison.other_y[column] == other.y[other_step - 1, chosen]
        total += np.abs(comparison.difference[column])
    order = aligned.unit_order()
    if teacher.page.two_sentences.order.key == "by_difference":
        assert order == np.argsort(-total, kind="stable").tolist()
    else:
        assert order == list(range(len(order)))
    here = comparison.column_of(teacher.state.selection.step)
    assert here is not None
    assert aligned.step == here + 1


def test_walk_through_the_plane(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(cell=Cell.GRU)
    page, paths = teacher.page, teacher.page.paths
    teacher.read("The plot was not bad at all.")
    teacher.show_below(Below.PATHS)
    teacher.wait()
    plane = paths.plane
    _look_at_plane(teacher)
    for step in (3, 7, 5):
        places = plane.drawn_walks()[0].places
        teacher.click(plane, QPointF(*places[step - 1]).toPoint())
        found = plane.step_at(QPointF(QPointF(*places[step - 1]).toPoint()))
        assert found is not None
        assert teacher.state.selection.step == found[1]
        teacher.look()
        _look_at_plane(teacher)
    for key, step in ((Key.Key_Home, 1), (Key.Key_Right, 2), (Key.Key_End, 10)):
        teacher.key(key)
        assert teacher.state.selection.step == step
        _look_at_plane(teacher)
    for key in (Key.Key_Plus, Key.Key_Plus, Key.Key_Minus):
        teacher.key(key)
    assert not plane.is_fitted
    _look_at_plane(teacher)
    teacher.click(paths.fit_button)
    assert plane.is_fitted

    # Beside another sentence, at another quantity, and at a state of the data.
    teacher.show_below(Below.TWO_SENTENCES)
    teacher.click(page.two_sentences.edit)
    teacher.type("The plot was very bad .")
    teacher.show_below(Below.PATHS)
    assert len(plane.drawn_walks()) == 2
    _look_at_plane(teacher)
    teacher.click(paths.other_button)
    assert len(plane.drawn_walks()) == 1
    state = plane.state
    assert state is not None
    assert state.cloud is not None
    point, place = teacher.lonely_point()
    row, step = state.place_of(point)
    wanted = state.cloud.points[point].copy()
    teacher.click(plane, place)
    assert (teacher.state.selection.row, teacher.state.selection.step) == (row, step)
    read = teacher.look()
    _look_at_plane(teacher)
    assert state.plane is not None
    assert state.plane.path(read.s)[step - 1] == pytest.approx(wanted, abs=1e-5)


def _look_at_plane(teacher: Teacher) -> None:
    """The walk leads through the engine's states, on the axes of the data set's states."""
    plane = teacher.page.paths.plane
    state = plane.state
    assert state is not None
    assert state.plane is not None
    assert state.step == teacher.state.selection.step
    read, axes = teacher.truth, plane.axes
    drawn = plane.drawn_walks()
    points = state.plane.path(teacher.values(read))
    assert drawn[0].places == pytest.approx(axes.places(points), abs=1e-6)
    assert drawn[0].walk.answers.tolist() == read.y.argmax(axis=1).tolist()
    for second in drawn[1:]:
        other = teacher.reading_of(teacher.state.looking.other)
        wanted = axes.places(state.plane.path(teacher.values(other)))
        assert second.places == pytest.approx(wanted, abs=1e-6)
    if state.cloud is not None:
        assert state.found is not None
        assert state.found.model is teacher.state.model
        for point in range(0, len(state.cloud.points), max(len(state.cloud.points) // 5, 1)):
            row, step = state.place_of(point)
            text = teacher.state.table.rows[row].text
            own = state.plane.path(teacher.values(teacher.reading_of(text)))[step - 1]
            assert state.cloud.points[point] == pytest.approx(own, abs=1e-5)


def test_who_moved_the_decision(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(cell=Cell.GRU)
    page, strip, methods = teacher.page, teacher.strip, teacher.page.network.methods
    teacher.read("The movie was not bad at all .")
    for method in (
        Method.LEAVE_ONE_OUT,
        Method.GRADIENT_TIMES_INPUT,
        Method.INTEGRATED_GRADIENTS,
        Method.NONE,
    ):
        methods.setFocus()
        if method is not Method.LEAVE_ONE_OUT:
            teacher.key(Key.Key_Down)
        assert teacher.state.looking.method is method
        teacher.wait()
        teacher.look()
        model, layout = strip.model, strip.layout_now
        assert model is not None
        assert layout is not None
        assert (layout.attribution is None) is (method is Method.NONE)
        if method is Method.NONE:
            assert model.contributions is None
            continue
        wanted = teacher.contributions(method)
        assert model.contributions == pytest.approx(wanted, abs=1e-5)
        largest = np.abs(wanted).max()
        for step in range(1, len(wanted) + 1):
            share = model.contribution_share(step)
            assert share == pytest.approx(wanted[step - 1] / largest, abs=1e-4)
        assert layout.attribution is not None
    # The answer became final at the step that is flagged.
    read = teacher.truth
    leads = read.y.argmax(axis=1)
    decided = next(t for t in range(1, len(read) + 1) if (leads[t - 1 :] == leads[-1]).all())
    assert strip.model is not None
    assert strip.model.decided == decided
    # Another sentence has other bars.
    teacher.key(Key.Key_Home)
    assert teacher.state.looking.method is Method.LEAVE_ONE_OUT
    teacher.read("What a waste of time .")
    teacher.wait()
    assert strip.model is not None
    assert strip.model.contributions == pytest.approx(
        teacher.contributions(Method.LEAVE_ONE_OUT), abs=1e-5
    )
    assert page.network.isVisible()


def test_a_tag_for_each_word(make_teacher: MakeTeacher, tmp_path: Path) -> None:
    teacher = make_teacher(_tagged(tmp_path), epochs=3, cell=Cell.LSTM, bidirectional=True, units=8)
    page, strip, box = teacher.page, teacher.strip, teacher.page.sentence_box
    assert teacher.state.model is not None
    teacher.look()
    teacher.choose(box.source_button, "Random from training set")
    read = teacher.look()
    assert teacher.state.selection.row is not None
    row = teacher.state.table.rows[teacher.state.selection.row]
    assert row.words is not None
    assert row.tags is not None
    assert len(read) == len(row.words) + 2
    assert teacher.state.selection.step == len(read) - 1
    labels = teacher.state.model.labels
    strip.setFocus()
    for step in range(len(read) - 1, 1, -1):
        says, tag = labels[int(read.y[step - 1].argmax())], row.tags[step - 2]
        spoken = box.badge.accessibleName()
        assert f"prediction: {says}" in spoken
        assert f"truth: {tag} {'✓' if says == tag else '✗'}" in spoken
        teacher.look()
        teacher.wait()
        assert strip.model is not None
        assert strip.model.contributions == pytest.approx(
            teacher.contributions(Method.LEAVE_ONE_OUT, step), abs=1e-5
        )
        teacher.key(Key.Key_Left)
    assert teacher.state.selection.step == 1
    right = sum(
        labels[int(y.argmax())] == tag for y, tag in zip(read.y[1:-1], row.tags, strict=True)
    )
    assert f"{right} of {len(row.tags)} words right" in box.badge.accessibleName()
    assert page.inspector.message.isVisible()

    # Words of one's own have no truth.
    teacher.read("a dog runs")
    assert "truth" not in box.badge.accessibleName()
    read = teacher.look()
    teacher.click(strip, middle_of(strip.unit_rect(3, 1)))
    teacher.look()
    teacher.key(Key.Key_Escape)
    layers = page.network.directions
    teacher.click(layers.button("1"))
    teacher.look()
    teacher.click(strip, middle_of(strip.unit_rect(3, 1)))
    strip.setFocus()
    teacher.key(Key.Key_Up, ALT)
    assert teacher.state.changes[0].direction == 1
    changed = teacher.look()
    assert not np.array_equal(changed.y[:3], read.y[:3])
    assert np.array_equal(changed.y[3:], read.y[3:])
    teacher.key(Key.Key_R, CTRL | SHIFT)
    teacher.show_below(Below.TWO_SENTENCES)
    teacher.click(page.two_sentences.edit)
    teacher.type("a small dog sleeps")
    teacher.look()
    teacher.show_below(Below.PATHS)
    teacher.wait()
    teacher.look()


def _tagged(folder: Path) -> Path:
    """A file of small sentences with a tag for each word."""
    lines = []
    for noun in ("dog", "cat", "bird", "child", "horse"):
        for verb in ("runs", "sleeps", "sings"):
            for adjective in ("small", "old", ""):
                words = [("the" if adjective else "a", "DET"), (adjective, "ADJ")]
                words += [(noun, "NOUN"), (verb, "VERB")]
                lines += [f"{word}\t{tag}" for word, tag in words if word] + [""]
    path = folder / "tagged.conll"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_with_keys_alone(make_teacher: MakeTeacher, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher = make_teacher(cell=Cell.GRU, layers=2, bidirectional=True)
    monkeypatch.setattr(teacher, "click", lambda *a: pytest.fail("the mouse was used"))
    page, strip, heat = teacher.page, teacher.strip, teacher.page.hidden_state
    teacher.read("The start was dull , but the ending was wonderful .")
    teacher.wait()
    assert teacher.not_reached() == set()

    # Pictures, layers, directions: arrows go along a row of buttons.
    for view in (View.DIAGRAM, View.NUMBERS):
        teacher.choose_by_keys(page.network.views, view)
        assert teacher.state.looking.view is view
        teacher.look()
    assert page.network.layers is not None
    teacher.choose_by_keys(page.network.layers, "0")
    teacher.choose_by_keys(page.network.directions, "1")
    assert teacher.at == ("s", 0, 1)
    teacher.look()

    # A unit, its gate, a term and back.
    teacher.tab_to(strip)
    for key in (Key.Key_Left, Key.Key_Left, Key.Key_Down, Key.Key_Down):
        teacher.key(key)
    assert teacher.state.selection.unit == 1
    teacher.look()
    quantity = page.inspector.quantities.findChild(QWidget, "quantity_1")
    assert isinstance(quantity, QWidget)
    teacher.tab_to(quantity)
    teacher.key(Key.Key_Space)
    assert teacher.at[0] == "n"
    teacher.look()
    teacher.wait()
    assert teacher.not_reached() == set()
    teacher.tab_to(page.inspector.terms)
    while page.inspector.terms.rows()[teacher.current_term()].place is None:
        teacher.key(Key.Key_Down)
    teacher.key(Key.Key_Return)
    assert teacher.at[0] != "n"
    teacher.look()
    teacher.key(Key.Key_Backspace)
    assert teacher.at[0] == "n"
    teacher.look()

    # What is on in a phrase, and where again.
    teacher.tab_to(heat.map)
    teacher.key(Key.Key_Left, SHIFT)
    assert teacher.has_beside(Beside.PHRASE)
    teacher.wait()
    if page.phrase.better.isVisible():
        teacher.tab_to(page.phrase.better)
        teacher.key(Key.Key_Space)
        teacher.wait()
    assert teacher.not_reached() == set()
    teacher.tab_to(page.phrase.close_button)
    teacher.key(Key.Key_Space)
    assert teacher.has_beside(Beside.INSPECTOR)
    teacher.look()

    # Another word, another sentence, the plane.
    teacher.tab_to(strip)
    teacher.key(Key.Key_Menu)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Return):
        QTest.keyClick(menu, key)
    teacher.window.activateWindow()
    teacher.settle()
    assert teacher.has_beside(Beside.REPLACEMENTS)
    teacher.wait()
    assert teacher.not_reached() == set()
    teacher.tab_to(page.replacements.list)
    sentence = teacher.state.selection.sentence
    teacher.key(Key.Key_Down)
    teacher.key(Key.Key_Return)
    assert teacher.state.selection.sentence != sentence
    teacher.look()
    for below in (Below.PATHS, Below.TWO_SENTENCES):
        switch = page.below_stack.currentWidget().findChild(SegmentedControl)
        assert isinstance(switch, SegmentedControl)
        teacher.choose_by_keys(switch, below)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused.objectName() == below
        assert page.below_stack.currentWidget().isAncestorOf(focused)
        assert teacher.state.looking.below is below
        teacher.look()
        teacher.wait()
        assert teacher.not_reached() == set()
    teacher.tab_to(page.two_sentences.edit)
    teacher.type("The ending was dull .")
    assert teacher.state.looking.other == "The ending was dull ."
    assert teacher.not_reached() == set()
    teacher.look()


def test_enter_keeps_a_word_and_opens_no_step(make_teacher: MakeTeacher) -> None:
    teacher = make_teacher(epochs=0)
    teacher.read("The movie was not good .")
    teacher.click(teacher.strip, teacher.word_place(6))
    teacher.strip.setFocus()
    teacher.key(Key.Key_F2)
    teacher.type("bad")
    teacher.key(Key.Key_Return)
    assert teacher.state.selection.sentence == "The movie was not bad ."
    assert not teacher.state.looking.opened

"""The inspector: numbers and bars that add up, and ways on from them."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from rnnstudio.engine.activations import Activation
from rnnstudio.gui.panels.inspector import InspectorPanel
from rnnstudio.gui.panels.inspector_choice import ChoiceRow, Option
from rnnstudio.gui.plots.term_rows import TermBar, fitting_bars
from rnnstudio.session.resolve.inspector import resolve_inspector
from rnnstudio.session.resolve.unroll_page import resolve_unroll
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.unroll_states import model_of, unroll_state


def shown(qtbot: QtBot, state: SessionState, height: int = 700) -> InspectorPanel:
    panel = InspectorPanel()
    hosted(qtbot, panel, 300, height)
    panel.render(resolve_inspector(state))
    return panel


def thousandths(text: str) -> int:
    found = re.search(r"[−+]?\d+\.\d{3}", text)
    assert found is not None, text
    return round(float(found.group().replace("−", "-")) * 1000)


@pytest.mark.parametrize("embedding", [None, 5])
@pytest.mark.parametrize("activation", list(Activation))
@pytest.mark.parametrize("step", [1, 4, 9])
def test_the_numbers_written_add_up(
    qtbot: QtBot, embedding: int | None, activation: Activation, step: int
) -> None:
    model = model_of(units=9, embedding=embedding, activation=activation)
    state = unroll_state("The first zebra was very boring .", step, unit=7, model=model)
    panel = shown(qtbot, state)
    head, *parts, tail = panel.numbers.lines
    left_over = thousandths(tail.words) if tail.words else 0
    total = thousandths(tail.text)
    assert sum(thousandths(part.text) for part in parts) + left_over == total
    assert abs(left_over) <= 2
    assert len(parts) == 4
    reading = resolve_unroll(state).unrolled.reading
    assert reading is not None
    assert thousandths(head.text) == round(float(reading.trace.s[step - 1, 7]) * 1000)
    assert total == round(float(reading.trace.a[step - 1, 7]) * 1000)


@pytest.mark.parametrize("height", [420, 700, 1200])
@pytest.mark.parametrize("unit", [None, 3])
def test_the_bars_shown_add_up_to_the_total(qtbot: QtBot, height: int, unit: int | None) -> None:
    state = unroll_state(step=7, unit=unit, model=model_of(units=40))
    panel = shown(qtbot, state, height)
    bars = panel.terms.shown()
    explanation = resolve_inspector(state).explanations[0]
    assert sum(round(bar.value * 1000) for bar in bars) == round(explanation.total * 1000)
    hidden = len(explanation.terms) - (len(bars) - 1)
    assert bars[-1].symbol == f"and {hidden} more"
    sizes = [abs(bar.value) for bar in bars[:-1]]
    assert sizes == sorted(sizes, reverse=True)


def test_bars_that_all_fit_say_what_rounding_leaves() -> None:
    terms = [TermBar("a", "", 0.0004, ""), TermBar("b", "", 0.0004, "")]
    assert [bar.symbol for bar in fitting_bars(terms, 0.0008, 9)] == ["a", "b", "rounding"]
    exact = [TermBar("a", "", 0.5, ""), TermBar("b", "", -0.25, "")]
    assert fitting_bars(exact, 0.25, 9) == exact
    assert fitting_bars([], 0.0, 9) == []


def test_without_a_unit_the_prediction_is_taken_apart(qtbot: QtBot) -> None:
    state = unroll_state(step=6)
    panel = shown(qtbot, state)
    explanation = resolve_inspector(state).explanations[0]
    assert panel.chip.text() == "ŷ₆ · prediction"
    assert not panel.clear_button.isVisible()
    assert thousandths(panel.numbers.lines[0].text) == round(explanation.value * 1000)
    assert "softmax(z_{6})" in panel.numbers.lines[0].text


def test_another_class_can_be_chosen_and_stays_chosen(qtbot: QtBot) -> None:
    state = unroll_state(step=6)
    panel = shown(qtbot, state)
    second = resolve_inspector(state).explanations[1]
    button = panel.classes.findChild(QPushButton, f"class_{second.unit}")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert thousandths(panel.numbers.lines[0].text) == round(second.value * 1000)
    later = unroll_state(step=8)
    panel.render(resolve_inspector(later))
    of_class = {one.unit: one.value for one in resolve_inspector(later).explanations}
    assert thousandths(panel.numbers.lines[0].text) == round(of_class[second.unit] * 1000)


def test_the_cross_goes_back_to_the_prediction(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state(step=5, unit=2))
    assert panel.chip.text() == "s₅ · unit 3"
    with qtbot.waitSignal(panel.unit_cleared):
        QTest.mouseClick(panel.clear_button, Qt.MouseButton.LeftButton)


def test_the_course_moves_the_play_head(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state(step=5, unit=2))
    steps: list[int] = []
    panel.step_requested.connect(steps.append)
    for x in range(0, panel.history.width(), 3):
        QTest.mouseClick(panel.history, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, 10))


def test_the_course_of_a_long_text_is_the_part_around_the_play_head(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state(" ".join(["boring"] * 3000), step=1500, unit=0))
    steps: list[int] = []
    panel.step_requested.connect(steps.append)
    for x in (40, panel.history.width() - 8):
        QTest.mouseClick(panel.history, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))
    assert steps[0] < 1500 < steps[1]
    assert steps[1] - steps[0] < 200


def test_the_formula_names_the_activation(qtbot: QtBot) -> None:
    state = unroll_state(unit=1, model=model_of(activation=Activation.RELU))
    panel = shown(qtbot, state)
    assert "ReLU" in panel.formula.latex
    assert panel.numbers.lines[0].text.endswith("= ReLU(")


def test_an_unknown_word_adds_nothing(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state("The zebra", step=3, unit=1))
    part = panel.numbers.lines[1]
    assert (part.text, part.words) == ("+0.000", "“zebra” is unknown, x_{3} = 0")


def test_without_a_sentence_there_are_words(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state(""))
    assert panel.message.isVisible()
    assert panel.message.text()
    assert panel.table_rows() is None


def test_numbers_that_are_not_finite_are_shown(qtbot: QtBot) -> None:
    model = model_of()
    broken = model.parameters.copy()
    broken.flat[:] = np.nan
    state = unroll_state(unit=1, model=dataclasses.replace(model, parameters=broken))
    panel = shown(qtbot, state)
    assert "nan" in panel.numbers.lines[0].text


def test_states_that_overflow_are_shown(qtbot: QtBot) -> None:
    model = model_of(activation=Activation.RELU)
    large = model.parameters.copy()
    large.flat[:] *= 50.0
    text = " ".join(["boring"] * 60)
    overflowed = False
    for step in range(1, 62):
        state = unroll_state(text, step, 2, model=dataclasses.replace(model, parameters=large))
        reading = resolve_unroll(state).unrolled.reading
        assert reading is not None
        overflowed |= bool(np.isinf(reading.trace.s[step - 1]).any())
        shown(qtbot, state).grab()
    assert overflowed


@pytest.mark.parametrize("width", [150, 240, 600])
def test_names_that_have_no_room_end_with_dots_and_have_all_of_it_as_a_tooltip(
    qtbot: QtBot, width: int
) -> None:
    names = ("PROPN", "PUNCT", "NOUN", "ADJECTIVE")
    row = ChoiceRow(4, "class")
    hosted(qtbot, row, width, 30)
    row.show_options([Option(name, name, f"the class {name}") for name in names], [], "NOUN")
    row.resize(width, 30)
    QApplication.processEvents()
    found = [row.findChild(QPushButton, f"class_{place}") for place in range(4)]
    shown = [button for button in found if button is not None]
    for button, name in zip(shown, names, strict=True):
        assert button.text() == name or button.text().endswith("…")
        assert name in button.toolTip()
        inside = button.fontMetrics().horizontalAdvance(button.text())
        assert inside < button.width()
        assert button.geometry().right() < width
    if width == 600:
        assert [button.text() for button in shown] == list(names)

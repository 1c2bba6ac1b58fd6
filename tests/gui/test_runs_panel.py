"""The panel of runs: choosing the other network, the four outcomes, the differences by class."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.agreement import Outcome
from rnnstudio.gui.contrast import LEAST, contrast, readable
from rnnstudio.gui.panels.runs import FILE, NONE, RunsPanel
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.session.answers.judging import Against, Judging
from rnnstudio.session.resolve.runs import resolve_runs
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.rival_states import RUNS, two_networks, with_rival, without_rival

TRUTH = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
FIRST = [0, 0, 1, 1, 1, 1, 1, 0, 0, 0]
SECOND = [0, 1, 0, 1, 1, 1, 1, 1, 1, 0]
LEFT = Qt.MouseButton.LeftButton


def shown(qtbot: QtBot, state: SessionState, size: tuple[int, int] = (700, 420)) -> RunsPanel:
    panel = RunsPanel()
    hosted(qtbot, panel, *size)
    panel.render(resolve_runs(state))
    return panel


@pytest.fixture
def comparing() -> SessionState:
    return two_networks(TRUTH, FIRST, SECOND)


def click(panel: RunsPanel, outcome: Outcome) -> None:
    middle = panel.outcomes.rectangle(outcome).center()
    QTest.mouseClick(panel.outcomes, LEFT, pos=middle)


def test_a_run_can_be_chosen_and_left(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, comparing)
    assert panel.choice.text() == "Run 1 · RNN 4"
    assert panel.choice.keys == [2, 1, FILE, NONE]
    assert not panel.choice.choice(2).isEnabled()
    assert panel.choice.choice(1).isChecked()
    with qtbot.waitSignal(panel.rival_chosen) as chosen:
        panel.choice.choice(1).trigger()
    assert chosen.args == [1]
    with qtbot.waitSignal(panel.file_requested):
        panel.choice.choice(FILE).trigger()
    with qtbot.waitSignal(panel.rival_cleared):
        panel.choice.choice(NONE).trigger()
    with qtbot.waitSignal(panel.rival_cleared):
        QTest.mouseClick(panel.clear, LEFT)


def test_each_outcome_is_chosen_by_a_click_and_left_by_another(
    qtbot: QtBot, comparing: SessionState
) -> None:
    panel = shown(qtbot, comparing)
    for outcome in Outcome:
        with qtbot.waitSignal(panel.judging_changed) as changed:
            click(panel, outcome)
        assert changed.args == [{"outcome": outcome}]
    chosen = Judging(outcome=Outcome.SECOND_ONLY)
    panel.render(resolve_runs(dataclasses.replace(comparing, judging=chosen)))
    with qtbot.waitSignal(panel.judging_changed) as changed:
        click(panel, Outcome.SECOND_ONLY)
    assert changed.args == [{"outcome": None}]


def test_outcomes_can_be_reached_by_keyboard(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, comparing)
    grid = panel.outcomes
    said: list[Any] = []
    panel.hinted.connect(said.append)
    panel.judging_changed.connect(said.append)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(grid, key)
    assert said[-1] == "3 of 10 sentences (30.0 %): Run 1 is right, Run 2 is wrong"
    assert grid.accessibleDescription() == said[-1]
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert said[-1] == {"outcome": Outcome.SECOND_ONLY}
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert said[-1] == {"outcome": Outcome.BOTH_WRONG}


def test_what_is_under_the_mouse_is_said(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, comparing)
    said: list[str] = []
    panel.hinted.connect(said.append)
    QTest.mouseMove(panel.outcomes, panel.outcomes.rectangle(Outcome.BOTH_RIGHT).center())
    assert said[-1].startswith("4 of 10 sentences (40.0 %)")
    lines = panel.differences
    QTest.mouseMove(lines.viewport(), lines.rectangle(0).center())
    assert said[-1].startswith("positive, 6 sentences: Run 2 gets 3 right (50.0 %)")
    assert said[-1].endswith("; +33.3 points")


def test_the_classes_with_most_to_tell_come_first_unless_the_network_learns(
    qtbot: QtBot, comparing: SessionState
) -> None:
    panel = shown(qtbot, comparing)
    assert [line.name for line in panel.differences.lines] == ["positive", "negative"]
    panel.render(dataclasses.replace(resolve_runs(comparing), live=True))
    assert [line.name for line in panel.differences.lines] == ["negative", "positive"]


def test_a_class_leads_to_its_row_of_the_matrix(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, comparing)
    lines = panel.differences
    with qtbot.waitSignal(panel.cells_selected) as selected:
        QTest.mouseClick(lines.viewport(), LEFT, pos=lines.rectangle(0).center())
    assert selected.args == [frozenset({(1, 0), (1, 1)})]
    QTest.keyClick(lines, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.cells_selected) as selected:
        QTest.keyClick(lines, Qt.Key.Key_Return)
    assert selected.args == [frozenset({(0, 0), (0, 1)})]
    between = Judging(against=Against.BETWEEN)
    panel.render(resolve_runs(dataclasses.replace(comparing, judging=between)))
    with qtbot.assertNotEmitted(panel.cells_selected):
        QTest.mouseClick(lines.viewport(), LEFT, pos=lines.rectangle(0).center())
    assert lines.line_at(QPoint(5, 3)) == -1  # the heading


def test_what_the_matrix_shows_can_be_chosen(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, comparing)
    for against in (Against.OTHER, Against.DIFFERENCE, Against.BETWEEN):
        with qtbot.waitSignal(panel.judging_changed) as changed:
            QTest.mouseClick(panel.against.button(against.value), LEFT)
        assert changed.args == [{"against": against}]
    with qtbot.assertNotEmitted(panel.judging_changed):
        panel.render(
            resolve_runs(dataclasses.replace(comparing, judging=Judging(against=Against.OTHER)))
        )
    assert panel.against.key == Against.OTHER.value


def test_the_split_can_be_chosen(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, comparing)
    assert panel.split.key == "test"
    with qtbot.waitSignal(panel.split_chosen) as chosen:
        QTest.mouseClick(panel.split.button("train"), LEFT)
    assert chosen.args == ["train"]


def test_figures_and_the_test_are_shown(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, comparing)
    assert {name: figure.text() for name, figure in panel.figures.items()} == {
        "this": "50.0 %",
        "other": "70.0 %",
        "difference": "+20.0",
        "agreement": "60.0 %",
        "kappa": "0.20",
    }
    assert "does not show that one is better" in panel.test.text()
    rows = panel.table_rows()
    assert rows is not None
    assert rows[1] == ["accuracy", "0.5000", "0.7000", "+0.2000", "10"]
    assert ["positive", "0.5000", "0.8333", "+0.3333", "6"] in rows
    assert ["only Run 1 right", "", "", "", "3"] in rows


def test_alone_it_says_in_words_how_to_get_another(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, without_rival(comparing, runs=RUNS[1:]))
    assert panel.message.isVisible()
    assert "Press Reset" in panel.message.text()
    assert panel.choice.text() == "Compare with"
    assert not panel.against.isVisible()
    assert not panel.clear.isVisible()
    assert panel.table_rows() is None
    with qtbot.waitSignal(panel.file_requested):
        QTest.mouseClick(panel.open_button, LEFT)


def test_the_newest_other_run_is_one_click_away(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, without_rival(comparing))
    assert panel.run_button.isVisible()
    assert panel.run_button.text() == "Compare with run 1"
    with qtbot.waitSignal(panel.rival_chosen) as chosen:
        QTest.mouseClick(panel.run_button, LEFT)
    assert chosen.args == [1]
    panel.render(resolve_runs(without_rival(comparing, runs=RUNS[1:])))
    assert not panel.run_button.isVisible()


def test_what_is_in_the_way_is_said(qtbot: QtBot, comparing: SessionState) -> None:
    panel = shown(qtbot, with_rival(comparing, evaluation=None, problem="Other classes."))
    assert panel.message.isVisible()
    assert panel.message.text() == "Other classes."
    assert panel.clear.isVisible()
    assert not panel.against.button(Against.DIFFERENCE.value).isEnabled()
    panel.render(resolve_runs(comparing))
    assert panel.outcomes.isVisible()
    assert panel.against.button(Against.DIFFERENCE.value).isEnabled()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_word_in_the_cells_can_be_read(
    qtbot: QtBot, comparing: SessionState, theme: Theme
) -> None:
    panel = shown(qtbot, comparing)
    panel.set_theme(theme)
    found = resolve_runs(comparing).compared
    assert found is not None
    for cell in found.outcomes:
        ground: QColor = panel.outcomes.ground(cell)
        for role in ("text", "muted"):
            assert contrast(readable(theme.color(role), ground), ground) >= LEAST


@pytest.mark.parametrize("size", [(700, 420), (560, 300), (1400, 900)])
def test_it_fits_its_place(qtbot: QtBot, comparing: SessionState, size: tuple[int, int]) -> None:
    labels = tuple(f"class number {number:03d}" for number in range(100))
    truth = list(range(100)) * 3
    first, second = [0] * 300, truth[:150] + [5] * 150
    state = two_networks(truth, first, second, labels, name="a_very_long_name_of_a_file · RNN 4")
    panel = shown(qtbot, state, size)
    assert panel.size().width() == size[0]
    assert panel.size().height() == size[1]
    lines = panel.differences
    assert len(lines.lines) == 100
    assert lines.verticalScrollBar().maximum() > 0
    QTest.keyClick(lines, Qt.Key.Key_End)
    assert lines.verticalScrollBar().value() == lines.verticalScrollBar().maximum()
    assert panel.outcomes.rectangle(Outcome.BOTH_WRONG).height() >= 36

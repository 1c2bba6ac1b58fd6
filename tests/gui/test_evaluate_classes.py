"""The table of classes: sorted, selected in the matrix, legible at every size."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.gui.models.per_class import F1, NAME, PRECISION, RECALL, SUPPORT
from rnnstudio.gui.panels.per_class import PerClassPanel
from rnnstudio.gui.tables import CellRole
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judgement import Cells
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.resolve.per_class import resolve_per_class
from tests.gui.hosting import hosted
from tests.session.page_states import evaluation_of, state_of, table_of

TABLE = table_of(*((f"sentence {i}", "abc"[i % 3]) for i in range(12)))
LABELS = ("bad", "Fair", "good")
# fair is never called, good never occurs
EVALUATION = evaluation_of(LABELS, [0, 0, 0, 1, 1, 0], [0, 0, 2, 0, 0, 0])
CONTROL = Qt.KeyboardModifier.ControlModifier


def render(
    panel: PerClassPanel, evaluation: Evaluation | None = EVALUATION, cells: Cells = frozenset()
) -> None:
    panel.render(resolve_per_class(state_of(TABLE, evaluation=evaluation, cells=cells)))


@pytest.fixture
def panel(qtbot: QtBot) -> PerClassPanel:
    result = PerClassPanel()
    hosted(qtbot, result, 700, 420)
    render(result)
    return result


def column(panel: PerClassPanel, number: int = NAME) -> list[str]:
    return [panel.model.text(line, number) for line in range(panel.model.rowCount())]


def sort(panel: PerClassPanel, number: int, backwards: bool = False) -> list[str]:
    orders = Qt.SortOrder
    order = orders.DescendingOrder if backwards else orders.AscendingOrder
    panel.table.sortByColumn(number, order)
    return column(panel)[:3]


def click(panel: PerClassPanel, line: int, control: bool = False) -> None:
    index = panel.model.index(line, F1)
    panel.table.scrollTo(index)
    QTest.mouseClick(
        panel.table.viewport(),
        Qt.MouseButton.LeftButton,
        CONTROL if control else Qt.KeyboardModifier.NoModifier,
        panel.table.visualRect(index).center(),
    )


def row(number: int) -> Cells:
    return frozenset((number, place) for place in range(3))


def test_every_class_and_the_averages_stand_in_the_table(panel: PerClassPanel) -> None:
    assert column(panel) == [*LABELS, "macro average", "weighted average"]
    assert column(panel, PRECISION)[:3] == ["0.600", "–", "0.000"]
    assert column(panel, RECALL)[:3] == ["0.750", "0.000", "–"]
    assert column(panel, SUPPORT) == ["4", "2", "0", "6", "6"]
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0][0] == "class"
    assert [line[0] for line in rows[1:]] == column(panel)


def test_columns_sort_and_averages_stay_at_the_end(panel: PerClassPanel) -> None:
    assert sort(panel, NAME) == ["bad", "Fair", "good"]
    assert sort(panel, NAME, backwards=True) == ["good", "Fair", "bad"]
    assert sort(panel, SUPPORT) == ["good", "Fair", "bad"]
    assert sort(panel, F1, backwards=True)[0] == "bad"
    assert column(panel)[3:] == ["macro average", "weighted average"]


def test_a_share_of_nothing_is_sorted_last_both_ways(panel: PerClassPanel) -> None:
    assert sort(panel, PRECISION) == ["good", "bad", "Fair"]
    assert sort(panel, PRECISION, backwards=True) == ["bad", "good", "Fair"]


def test_the_order_survives_a_new_evaluation(panel: PerClassPanel) -> None:
    sort(panel, SUPPORT, backwards=True)
    render(panel, evaluation_of(LABELS, [2, 2, 2, 1, 1, 0], [0, 0, 2, 0, 0, 0]))
    assert column(panel)[:3] == ["good", "Fair", "bad"]


def test_a_click_selects_the_row_of_the_matrix_and_a_second_clears(
    qtbot: QtBot, panel: PerClassPanel
) -> None:
    sort(panel, SUPPORT)
    with qtbot.waitSignal(panel.cells_selected) as caught:
        click(panel, 2)
    assert caught.args == [row(0)], "what is sorted is still the class bad"
    render(panel, cells=row(0))
    with qtbot.waitSignal(panel.cells_selected) as caught:
        click(panel, 2)
    assert caught.args == [frozenset()]


def test_control_adds_and_takes_away(qtbot: QtBot, panel: PerClassPanel) -> None:
    render(panel, cells=row(0) | {(1, 1)})
    with qtbot.waitSignal(panel.cells_selected) as caught:
        click(panel, 2, control=True)
    assert caught.args == [row(0) | row(2) | {(1, 1)}]
    with qtbot.waitSignal(panel.cells_selected) as caught:
        click(panel, 0, control=True)
    assert caught.args == [frozenset({(1, 1)})]


def test_the_averages_select_nothing(qtbot: QtBot, panel: PerClassPanel) -> None:
    place = panel.averages.visualRect(panel.model.index(3, F1)).center()
    with qtbot.assertNotEmitted(panel.cells_selected):
        QTest.mouseClick(panel.averages.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.mark.parametrize("size", [(570, 300), (700, 420)])
def test_the_averages_stay_in_sight_below_many_classes(
    qtbot: QtBot, panel: PerClassPanel, size: tuple[int, int]
) -> None:
    panel.resize(*size)
    labels = tuple(f"class {place:02}" for place in range(40))
    render(panel, evaluation_of(labels, list(range(40)), list(range(40))))
    qtbot.wait(20)
    table, averages = panel.table, panel.averages
    assert table.verticalScrollBar().maximum() > 0
    for number in (40, 41):
        assert table.isRowHidden(number)
        box = averages.visualRect(panel.model.index(number, NAME))
        assert averages.viewport().rect().contains(box)
    for number in range(5):
        assert averages.columnWidth(number) == table.columnWidth(number)
    sort(panel, SUPPORT)
    render(panel)
    assert [table.isRowHidden(line) for line in range(5)] == [False] * 3 + [True] * 2
    assert [averages.isRowHidden(line) for line in range(5)] == [True] * 3 + [False] * 2


def test_the_keyboard_selects(qtbot: QtBot, panel: PerClassPanel) -> None:
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.model.index(0, NAME))
    with qtbot.assertNotEmitted(panel.cells_selected):
        QTest.keyClick(panel.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.cells_selected) as caught:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert caught.args == [row(1)]
    render(panel, cells=row(1))
    with qtbot.waitSignal(panel.cells_selected) as caught:
        QTest.keyClick(panel.table, Qt.Key.Key_Up)
        QTest.keyClick(panel.table, Qt.Key.Key_Space, CONTROL)
    assert caught.args == [row(0) | row(1)]


def test_what_is_selected_follows_the_matrix(qtbot: QtBot, panel: PerClassPanel) -> None:
    def selected() -> list[str]:
        lines = panel.table.selectionModel().selectedRows()
        return sorted(panel.model.text(index.row(), NAME) for index in lines)

    with qtbot.assertNotEmitted(panel.cells_selected):
        render(panel, cells=row(1) | row(2) | {(0, 0)})
    assert selected() == ["Fair", "good"]
    sort(panel, SUPPORT)
    assert selected() == ["Fair", "good"]
    render(panel)
    assert selected() == []


def test_hints_say_what_a_number_means(panel: PerClassPanel) -> None:
    def hint(line: int, number: int) -> str:
        return str(panel.model.index(line, number).data(CellRole.HINT))

    assert hint(0, PRECISION) == (
        "bad: precision 0.600, of those called so, the share that truly is"
    )
    assert hint(1, PRECISION) == "Fair: no precision: nothing was called so"
    assert "every class counts the same" in hint(3, F1)


def test_figures_stand_in_one_line_where_the_panel_is_low(
    qtbot: QtBot, panel: PerClassPanel
) -> None:
    high = panel.figure_row.height()
    panel.resize(570, 300)
    qtbot.waitUntil(lambda: panel.figure_row.height() < high)
    assert panel.figures["accuracy"].text() == "50.0 %"


def test_the_headings_are_the_datas(panel: PerClassPanel) -> None:
    assert panel.title.text() == "Per class"
    tags = ("B-place", "O")
    words = evaluation_of(tags, [0, 1, 1], [0, 1, 0])
    words = dataclasses.replace(
        words, rows=np.zeros(3, np.int64), steps=np.arange(2, 5), task=words.task.LABEL
    )
    state = state_of(TABLE, evaluation=words)
    panel.render(resolve_per_class(state))
    assert panel.title.text() == "Per tag"
    assert panel.model.heading(SUPPORT) == "words"
    judging = Judging(by_entity=True)
    panel.render(resolve_per_class(dataclasses.replace(state, judging=judging)))
    assert panel.title.text() == "Per type"
    assert "accuracy" not in panel.figures
    assert not panel.figure_row.findChild(type(panel.title), "figure_accuracy")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("size", [(570, 300), (700, 420), (1500, 900)])
@pytest.mark.parametrize("classes", [0, 1, 2, 18, 100])
def test_every_size_is_painted(
    qtbot: QtBot, classes: int, size: tuple[int, int], theme: Theme
) -> None:
    panel = PerClassPanel()
    hosted(qtbot, panel, *size)
    panel.set_theme(theme)
    labels = tuple(f"a rather long class {place}" for place in range(classes))
    truth = list(range(classes))
    render(panel, evaluation_of(labels, truth, truth) if classes else None)
    assert not panel.grab().isNull()
    assert panel.table.isVisible() == bool(classes)
    assert panel.message.isVisible() == (not classes)
    if classes:
        header = panel.table.horizontalHeader()
        assert header.length() <= panel.table.viewport().width()

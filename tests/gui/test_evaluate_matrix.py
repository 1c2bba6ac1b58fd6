"""The confusion matrix: its layout, what it says, how cells are selected."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.gui.plots.confusion_matrix import ConfusionMatrix
from rnnstudio.gui.plots.matrix_layout import LEAST_HEIGHT, MatrixLayout, Metrics, lay_out
from rnnstudio.gui.plots.matrix_painting import Measure, shares_of, short_percent
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.resolve.evaluate import percent
from tests.gui.hosting import hosted
from tests.session.page_states import evaluation_of

LABELS = ("bad", "fair", "good")
CONTROL = Qt.KeyboardModifier.ControlModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


def three_classes() -> Evaluation:
    truth = [0] * 10 + [1] * 5 + [2] * 5
    predicted = [0] * 7 + [1] * 3 + [1] * 4 + [2] + [2] * 5
    return evaluation_of(LABELS, truth, predicted)


def metrics(labels: int, width: int = 60, number: int = 16) -> Metrics:
    return Metrics((width,) * labels, number, recall_bar=76, recall_number=50, line=16)


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    result = ConfusionMatrix()
    hosted(qtbot, result, 640, 480)
    result.render_state(three_classes(), Measure.COUNTS, frozenset(), "")
    result.cells_selected.connect(
        lambda cells: result.render_state(three_classes(), Measure.COUNTS, cells, "")
    )
    return result


def click(
    qtbot: QtBot,
    matrix: ConfusionMatrix,
    point: QPoint,
    key: Qt.KeyboardModifier = NO_KEY,
) -> frozenset[tuple[int, int]]:
    with qtbot.waitSignal(matrix.cells_selected) as caught:
        QTest.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, key, point)
    assert caught.args is not None
    result: frozenset[tuple[int, int]] = caught.args[0]
    return result


def centre(matrix: ConfusionMatrix, truth: int, predicted: int) -> QPoint:
    return matrix.cell_rect(truth, predicted).center()


def layout_of(matrix: ConfusionMatrix) -> MatrixLayout:
    assert matrix.layout_of_cells is not None
    return matrix.layout_of_cells


@pytest.mark.parametrize("size", [1, 2, 3, 10, 18, 30])
@pytest.mark.parametrize("room", [(570, 490), (770, 740)])
def test_thirty_classes_fit_or_stay_legible(size: int, room: tuple[int, int]) -> None:
    layout = lay_out(size, *room, metrics(size))
    assert layout.cell_height >= LEAST_HEIGHT
    assert layout.cell_width >= 16 + 4
    assert layout.left >= 0
    assert layout.right + layout.recall <= room[0]
    assert layout.bottom <= room[1]
    if size <= 18:
        assert layout.hidden_width == 0
        assert layout.hidden_height == 0


def test_two_classes_are_not_absurdly_large() -> None:
    layout = lay_out(2, 1500, 1200, metrics(2))
    assert layout.cell_width <= 260
    assert layout.cell_height <= 200
    assert layout.left > 300, "the matrix stands in the middle of its room"


def test_a_hundred_classes_scroll() -> None:
    layout = lay_out(100, 600, 500, metrics(100))
    assert layout.hidden_width > 0
    assert layout.hidden_height > 0


def test_wide_labels_are_slanted() -> None:
    assert not lay_out(2, 600, 500, metrics(2)).slanted
    assert lay_out(12, 600, 500, metrics(12)).slanted


def test_the_cells_of_a_few_classes_come_before_the_recalls() -> None:
    layout = lay_out(2, 300, 300, metrics(2))
    assert not layout.slanted
    assert layout.cell_width >= 68
    assert layout.right + layout.recall <= 300
    assert lay_out(2, 600, 500, metrics(2)).has_recall_numbers


def test_the_place_at_a_point_is_the_one_drawn_there() -> None:
    layout = lay_out(12, 600, 500, metrics(12))
    x = layout.left + 5 * layout.cell_width + 3
    y = layout.top + 2 * layout.cell_height + 3
    assert layout.place_at(x, y) == (2, 5)
    assert layout.place_at(layout.left - 4, y) == (2, -1)
    assert layout.place_at(layout.right + 20, y) == (2, -1), "the recall belongs to its row"
    # 20 pixels up a slanted heading it is 20 pixels to the right.
    assert layout.place_at(x + 20, layout.top - 20) == (-1, 5)
    assert layout.place_at(layout.left - 4, layout.top - 4) == (-1, -1)
    assert layout.place_at(2, 2) is None
    assert layout.place_at(x, layout.bottom + 5) is None
    assert layout.place_at(layout.left + 3, layout.top + 3, across=40, down=60) == (
        63 // layout.cell_height,
        43 // layout.cell_width,
    )


def test_a_click_selects_and_a_second_clears(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    assert click(qtbot, matrix, centre(matrix, 0, 1)) == {(0, 1)}
    assert click(qtbot, matrix, centre(matrix, 1, 2)) == {(1, 2)}
    assert click(qtbot, matrix, centre(matrix, 1, 2)) == set()


def test_control_adds_and_takes_away(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    click(qtbot, matrix, centre(matrix, 0, 1))
    assert click(qtbot, matrix, centre(matrix, 2, 2), CONTROL) == {(0, 1), (2, 2)}
    assert click(qtbot, matrix, centre(matrix, 0, 1), CONTROL) == {(2, 2)}


def test_headings_and_corner_select_rows_columns_and_all(
    qtbot: QtBot, matrix: ConfusionMatrix
) -> None:
    layout = layout_of(matrix)
    row = QPoint(layout.left - 10, centre(matrix, 1, 0).y())
    assert click(qtbot, matrix, row) == {(1, 0), (1, 1), (1, 2)}
    column = QPoint(centre(matrix, 0, 2).x(), layout.top - 10)
    assert click(qtbot, matrix, column) == {(0, 2), (1, 2), (2, 2)}
    corner = QPoint(layout.left - 10, layout.top - 10)
    assert len(click(qtbot, matrix, corner)) == 9


def test_the_keyboard_reaches_cells_and_headings(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    matrix.setFocus()
    chosen: list[frozenset[tuple[int, int]]] = []
    matrix.cells_selected.connect(chosen.append)
    QTest.keyClick(matrix, Qt.Key.Key_Right)
    QTest.keyClick(matrix, Qt.Key.Key_Return)
    assert chosen[-1] == {(0, 1)}
    QTest.keyClick(matrix, Qt.Key.Key_Down)
    QTest.keyClick(matrix, Qt.Key.Key_Space, CONTROL)
    assert chosen[-1] == {(0, 1), (1, 1)}
    for _ in range(5):
        QTest.keyClick(matrix, Qt.Key.Key_Left)
    QTest.keyClick(matrix, Qt.Key.Key_Space)
    assert chosen[-1] == {(1, 0), (1, 1), (1, 2)}


def test_the_mouse_says_cells_in_words(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    said: list[str] = []
    matrix.hinted.connect(said.append)
    QTest.mouseMove(matrix.viewport(), centre(matrix, 0, 1))
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1] == "3 of 10 sentences that are bad were called fair"
    assert matrix.words_at((-1, 2)).startswith("6 sentences were called good")
    assert matrix.words_at((0, -1)).startswith("10 sentences are bad")
    assert "20" in matrix.words_at((-1, -1))


def test_shares_sum_to_one_and_nothing_is_not_a_number() -> None:
    counts = np.array([[8, 2, 0], [0, 0, 0], [1, 3, 4]])
    of_truth = shares_of(counts, Measure.OF_TRUTH)
    assert of_truth[0].tolist() == [0.8, 0.2, 0.0]
    assert np.isnan(of_truth[1]).all()
    of_predicted = shares_of(counts, Measure.OF_PREDICTED)
    np.testing.assert_allclose(of_predicted.sum(axis=0), 1.0)


@pytest.mark.parametrize(
    ("share", "short", "long"),
    [(0.123, "12", "12.3 %"), (0.002, "<1", "0.2 %"), (0.0, "0", "0.0 %"), (np.nan, "–", "–")],
)
def test_shares_in_two_lengths(share: float, short: str, long: str) -> None:
    assert (short_percent(share), percent(share)) == (short, long)


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("size", [1, 2, 18, 100])
def test_every_size_and_measure_is_painted(qtbot: QtBot, size: int, measure: Measure) -> None:
    generator = np.random.default_rng(size)
    truth = generator.integers(0, size, 400)
    labels = [f"class {place}" for place in range(size)]
    # the last class is never the truth: 0/0 in its row
    truth = np.minimum(truth, max(size - 2, 0))
    evaluation = evaluation_of(labels, truth.tolist(), generator.integers(0, size, 400).tolist())
    widget = ConfusionMatrix()
    hosted(qtbot, widget, 500, 400)
    widget.render_state(evaluation, measure, frozenset({(0, 0), (200, 3)}), "")
    widget.setFocus()
    for _ in range(size):
        QTest.keyClick(widget, Qt.Key.Key_Down)
        QTest.keyClick(widget, Qt.Key.Key_Right)
    widget.grab()
    if size == 100:
        assert widget.verticalScrollBar().value() == widget.verticalScrollBar().maximum()


def test_a_message_stands_where_there_is_no_matrix(qtbot: QtBot) -> None:
    widget = ConfusionMatrix()
    hosted(qtbot, widget, 700, 400)
    widget.render_state(None, Measure.COUNTS, frozenset(), "The test split is empty.")
    widget.grab()
    QTest.keyClick(widget, Qt.Key.Key_Return)
    assert widget.words_at(widget.place_at(QPoint(100, 100))) == ""

"""The confusion matrix: its layout, what it says, how cells are selected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAction, QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rnnstudio.gui.contrast import LEAST, blended, contrast
from rnnstudio.gui.plots.confusion_matrix import ConfusionMatrix
from rnnstudio.gui.plots.matrix_classes import counted_as_one
from rnnstudio.gui.plots.matrix_layout import (
    LEAST_HEIGHT,
    Edge,
    MatrixLayout,
    Metrics,
    lay_out,
    zooms_of,
)
from rnnstudio.gui.plots.matrix_painting import fill_of, number_color
from rnnstudio.gui.plots.matrix_table import shares_of, short_mass, short_percent
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.percent import percent
from rnnstudio.session.answers.judgement import judge
from rnnstudio.session.answers.judging import Against, Group, Judging, MatrixOrder, Measure
from tests.gui.hosting import hosted
from tests.session.judgements import rival_with, tagged
from tests.session.page_states import evaluation_of

LABELS = ("bad", "fair", "good")
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
NO_KEY = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def three_classes() -> Evaluation:
    truth = [0] * 10 + [1] * 5 + [2] * 5
    predicted = [0] * 7 + [1] * 3 + [1] * 4 + [2] + [2] * 5
    return evaluation_of(LABELS, truth, predicted)


def metrics(labels: int, width: int = 60, number: int = 16, **changes: Any) -> Metrics:
    widths = (width,) * labels
    edges = (Edge(62, 42, 0, is_long=True), Edge(62))
    return Metrics(
        rows=widths, columns=widths, widest_number=number, line=16, edges=edges, **changes
    )


def show(
    widget: ConfusionMatrix,
    evaluation: Evaluation,
    judging: Judging = Judging(),  # noqa: B008  # frozen
    cells: frozenset[tuple[int, int]] = frozenset(),
) -> None:
    widget.render_state(judge(evaluation, judging), judging, cells, "")


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    result = ConfusionMatrix()
    hosted(qtbot, result, 640, 480)
    show(result, three_classes())
    result.cells_selected.connect(lambda cells: show(result, three_classes(), cells=cells))
    return result


def click(
    qtbot: QtBot,
    matrix: ConfusionMatrix,
    point: QPoint,
    key: Qt.KeyboardModifier = NO_KEY,
) -> frozenset[tuple[int, int]]:
    with qtbot.waitSignal(matrix.cells_selected) as caught:
        QTest.mouseClick(matrix.viewport(), LEFT, key, point)
    assert caught.args is not None
    result: frozenset[tuple[int, int]] = caught.args[0]
    return result


def centre(matrix: ConfusionMatrix, truth: int, predicted: int) -> QPoint:
    return matrix.cell_rect(truth, predicted).center()


def layout_of(matrix: ConfusionMatrix) -> MatrixLayout:
    assert matrix.layout_of_cells is not None
    return matrix.layout_of_cells


def drag(
    matrix: ConfusionMatrix, start: QPoint, end: QPoint, key: Qt.KeyboardModifier = NO_KEY
) -> None:
    viewport = matrix.viewport()
    QTest.mousePress(viewport, LEFT, key, start)
    QTest.mouseMove(viewport, QPoint((start.x() + end.x()) // 2, (start.y() + end.y()) // 2))
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, LEFT, key, end)


@pytest.mark.parametrize("size", [1, 2, 3, 10, 18, 30])
@pytest.mark.parametrize("room", [(570, 490), (770, 740)])
def test_thirty_classes_fit_or_stay_legible(size: int, room: tuple[int, int]) -> None:
    layout = lay_out(*room, metrics(size))
    assert layout.cell_height >= LEAST_HEIGHT
    assert layout.cell_width >= 16 + 4
    assert layout.left >= 0
    assert layout.right + layout.recall <= room[0]
    assert layout.bottom <= room[1]
    if size <= 18:
        assert layout.hidden_width == 0
        assert layout.hidden_height == 0


def test_two_classes_are_not_absurdly_large() -> None:
    layout = lay_out(1500, 1200, metrics(2))
    assert layout.cell_width <= 260
    assert layout.cell_height <= 200
    assert layout.left > 300, "the matrix stands in the middle of its room"


def test_a_hundred_classes_scroll() -> None:
    layout = lay_out(600, 500, metrics(100))
    assert layout.hidden_width > 0
    assert layout.hidden_height > 0


def test_wide_labels_are_slanted() -> None:
    assert not lay_out(600, 500, metrics(2)).slanted
    assert lay_out(600, 500, metrics(12)).slanted


def test_the_cells_of_a_few_classes_come_before_the_recalls() -> None:
    layout = lay_out(300, 300, metrics(2))
    assert not layout.slanted
    assert layout.cell_width >= 68
    assert layout.right + layout.recall <= 300
    assert lay_out(600, 500, metrics(2)).has_recall_numbers


def test_the_place_at_a_point_is_the_one_drawn_there() -> None:
    layout = lay_out(600, 500, metrics(12))
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
    assert said[-1] == "3 of 10 sentences that are “bad” were called “fair”"
    assert matrix.words_at((-1, 2)).startswith("6 sentences were called “good”")
    assert matrix.words_at((0, -1)).startswith("10 sentences are “bad”")
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
    [
        (0.123, "12", "12.3 %"),
        (0.002, "<1", "0.2 %"),
        (0.0002, "<1", "<0.1 %"),
        (0.0, "0", "0.0 %"),
        (0.996, ">99", "99.6 %"),
        (0.9996, ">99", ">99.9 %"),
        (1.0, "100", "100.0 %"),
        (-0.996, "−>99", "−99.6 %"),
        (np.nan, "–", "–"),
    ],
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
    show(widget, evaluation, Judging(measure=measure), frozenset({(0, 0), (200, 3)}))
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
    widget.render_state(None, Judging(), frozenset(), "The test split is empty.")
    widget.grab()
    QTest.keyClick(widget, Qt.Key.Key_Return)
    assert widget.words_at(widget.place_at(QPoint(100, 100))) == ""


def test_eighteen_classes_are_in_sight_in_a_low_window(qtbot: QtBot) -> None:
    names = (
        *("Arabic", "Chinese", "Czech", "Dutch", "English", "French", "German", "Greek", "Irish"),
        *("Italian", "Japanese", "Korean", "Polish", "Portuguese", "Russian", "Scottish"),
        *("Spanish", "Vietnamese"),
    )
    truth = [place % 18 for place in range(18 * 140)]
    called = [place if turn % 5 else 4 for turn, place in enumerate(truth)]
    widget = ConfusionMatrix()
    hosted(qtbot, widget, 572, 335)
    show(widget, evaluation_of(names, truth, called))
    layout = layout_of(widget)
    assert (layout.hidden_width, layout.hidden_height) == (0, 0)
    assert layout.cell_height >= LEAST_HEIGHT
    assert layout.edge.share, "the recalls stand there, too"


def test_what_precision_divides_by_stands_below_its_column(matrix: ConfusionMatrix) -> None:
    tags = ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")
    truth = [["B-LOC", "I-LOC", "O", "B-LOC"], ["O", "B-LOC", "O"]]
    called = [["B-LOC", "O", "O", "B-LOC"], ["B-LOC", "B-LOC", "B-PER"]]
    show(matrix, tagged(tags, truth, called), Judging(by_entity=True))
    table = matrix.table
    assert table is not None
    names = ("LOC", "PER", "wrong border", "missed")
    assert table.columns.names == names
    # Two right ones, one with a wrong border, one invented.
    assert table.columns.totals.tolist() == [4, 1, 1, 0]
    assert table.columns.shares[0] == 2 / 4
    assert matrix.words_at((-1, 0)) == (
        "4 entities were called “LOC”, 2 of them rightly, 1 with a wrong border, 1 invented: "
        "precision 50.0 %"
    )
    assert matrix.words_at((-1, -1)).startswith("All 3 entities, 2 invented;")


def test_networks_are_laid_over_each_other_by_entity(matrix: ConfusionMatrix) -> None:
    tags = ("B-LOC", "I-LOC", "O")
    own = tagged(tags, [["B-LOC", "I-LOC", "B-LOC"]], [["B-LOC", "I-LOC", "B-LOC"]])
    other = tagged(tags, [["B-LOC", "I-LOC", "B-LOC"]], [["B-LOC", "O", "B-LOC"]])
    judging = Judging(by_entity=True, against=Against.BETWEEN)
    matrix.render_state(judge(own, judging, rival_with(other)), judging, frozenset(), "")
    table = matrix.table
    assert table is not None
    assert table.columns.totals.tolist() == [2, 1, 0]
    assert table.columns.shares[0] == 1 / 2


def test_recall_is_named_after_what_it_is_of(matrix: ConfusionMatrix) -> None:
    table = matrix.table
    assert table is not None
    assert table.rows.share_name == "recall"
    show(matrix, three_classes(), Judging(abstain=0.5))
    table = matrix.table
    assert table is not None
    assert table.rows.share_name.split() == ["recall", "of", "answered"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_difference_is_coloured_by_who_is_better(qtbot: QtBot, theme: Theme) -> None:
    truth = [0] * 6 + [1] * 6
    mine = evaluation_of("ab", truth, [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    other = evaluation_of("ab", truth, [0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1])
    judging = Judging(against=Against.DIFFERENCE)
    widget = ConfusionMatrix()
    hosted(qtbot, widget, 500, 400)
    widget.set_theme(theme)
    widget.render_state(judge(mine, judging, rival_with(other)), judging, frozenset(), "")
    image = widget.viewport().grab().toImage()

    def is_blue(row: int, column: int) -> bool:
        color = image.pixelColor(widget.cell_rect(row, column).topLeft() + QPoint(12, 12))
        return color.blue() > color.red()

    # Of "b" this network has more right and fewer wrong; of "a" the other one.
    assert is_blue(1, 1)
    assert is_blue(1, 0)
    assert not is_blue(0, 0)
    assert not is_blue(0, 1)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("role", ["accent", "positive"])
def test_letters_change_once_and_not_between_like_colours(theme: Theme, role: str) -> None:
    before: tuple[bool, QColor] | None = None
    changes = 0
    for step in range(201):
        fill = fill_of(step / 200, role, theme)
        ink = number_color(fill, theme)
        assert contrast(ink, fill) >= LEAST
        now = ink.lightness() > 127
        if before is not None and now != before[0]:
            changes += 1
            assert contrast(before[1], fill) > 1.15, "the colours are told apart, too"
        before = (now, fill)
    assert changes <= 1


def test_names_give_a_little_room_that_saves_scrolling() -> None:
    small = metrics(13, width=96, number=31, cornered=True)
    layouts = [lay_out(width, 300, small) for width in range(500, 800)]
    whole = [layout for layout in layouts if not layout.hidden_width]
    full = layouts[-1].row_heading
    assert [layout.row_heading for layout in whole[:25]] == list(range(full - 24, full + 1))
    # Where it does not help, they are written out.
    assert {layout.row_heading for layout in layouts if layout.hidden_width} == {full}


# ---- zoom ----


def test_no_name_of_a_column_out_of_sight_is_painted(qtbot: QtBot) -> None:
    widget = ConfusionMatrix()
    hosted(qtbot, widget, 600, 500)
    names = [f"nationality {place}" for place in range(30)]
    show(widget, evaluation_of(names, list(range(30)), list(range(30))))
    widget.set_zoom(2.0)
    layout = layout_of(widget)
    assert layout.slanted
    heads = QRect(
        layout.right + 12, layout.top - 14, layout.recall - 12, 12
    )  # of the word "recall" and what stands beside it

    def dark(image: QImage) -> int:
        return sum(
            image.pixelColor(x, y).lightness() < 60
            for x in range(heads.left(), heads.right())
            for y in range(heads.top(), heads.bottom())
        )

    bar = widget.horizontalScrollBar()
    for value in range(0, bar.maximum(), 7):
        bar.setValue(value)
        assert dark(widget.viewport().grab().toImage()) == 0, value


def test_zoomed_out_a_hundred_classes_are_all_in_sight() -> None:
    first = lay_out(600, 500, metrics(100))
    layout = lay_out(600, 500, metrics(100), zoom=zooms_of(first).least)
    assert layout.hidden_width == layout.hidden_height == 0
    assert layout.cell_height < LEAST_HEIGHT
    assert layout.bottom <= 500
    assert layout.right + layout.recall <= 600


def test_zoomed_in_the_cells_are_larger_and_scroll() -> None:
    first, layout = lay_out(600, 500, metrics(18)), lay_out(600, 500, metrics(18), zoom=2.0)
    assert layout.cell_width == 2 * first.cell_width
    assert layout.hidden_width > 0
    assert layout.bottom <= 500


def test_what_is_no_class_stands_apart() -> None:
    layout = lay_out(600, 500, metrics(5, extra_columns=2, extra_rows=1))
    gap = layout.x_of(3) - layout.x_of(2) - layout.cell_width
    assert gap > 0
    assert layout.x_of(4) - layout.x_of(3) == layout.cell_width
    assert layout.y_of(4) - layout.y_of(3) - layout.cell_height == gap
    for column in range(5):
        x = layout.left + layout.x_of(column)
        assert layout.place_at(x + 1, layout.top + 1) == (0, column)
        assert layout.place_at(x + layout.cell_width - 1, layout.top + 1) == (0, column)
    assert layout.right - layout.left == layout.x_of(5)


def hundred() -> Evaluation:
    generator = np.random.default_rng(1)
    truth = generator.integers(0, 100, 3000)
    called = np.where(generator.random(3000) < 0.7, truth, (truth + 1) % 100)
    return evaluation_of([f"class {i}" for i in range(100)], truth.tolist(), called.tolist())


def test_the_wheel_zooms_about_the_mouse(qtbot: QtBot) -> None:
    widget = ConfusionMatrix()
    hosted(qtbot, widget, 600, 500)
    show(widget, hundred())
    point = QPoint(400, 300)
    under = widget.place_at(point)
    for turn in (120, 120, -120):
        where = QPointF(point)
        wheel = QWheelEvent(
            where, widget.viewport().mapToGlobal(where), QPoint(), QPoint(0, turn),
            Qt.MouseButton.NoButton, CONTROL, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget.viewport(), wheel)
    assert widget.zoom == pytest.approx(1.25)
    assert widget.place_at(point) == under


def test_keys_zoom_and_everything_can_be_seen_at_once(qtbot: QtBot) -> None:
    widget = ConfusionMatrix()
    hosted(qtbot, widget, 600, 500)
    show(widget, hundred())
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_Plus)
    assert widget.zoom > 1
    QTest.keyClick(widget, Qt.Key.Key_0)
    assert widget.zoom == 1
    for _ in range(12):
        QTest.keyClick(widget, Qt.Key.Key_Minus)
    assert widget.zoom == widget.zooms.least < 1
    assert layout_of(widget).hidden_height == 0
    widget.grab()


# ---- selecting ----


def test_selecting_moves_nothing(qtbot: QtBot) -> None:
    widget = ConfusionMatrix()
    hosted(qtbot, widget, 600, 500)
    show(widget, hundred())
    widget.set_zoom(1.5)
    before = layout_of(widget)
    show(widget, hundred(), cells=frozenset({(0, 0), (3, 4)}))
    assert layout_of(widget) == before
    assert widget.zoom == 1.5


def pixels(widget: ConfusionMatrix) -> QImage:
    return widget.viewport().grab().toImage()


def test_the_frame_of_the_keyboard_is_not_seen_after_a_click(
    qtbot: QtBot, matrix: ConfusionMatrix
) -> None:
    matrix.cells_selected.disconnect()
    plain = pixels(matrix)
    matrix.setFocus(Qt.FocusReason.MouseFocusReason)
    assert pixels(matrix) == plain
    matrix.clearFocus()
    matrix.setFocus(Qt.FocusReason.TabFocusReason)
    assert pixels(matrix) != plain
    click(qtbot, matrix, centre(matrix, 0, 0))
    outside = QPoint(1, 1)
    QTest.mouseMove(matrix.viewport(), outside)
    qtbot.waitUntil(lambda: pixels(matrix) == plain)
    QTest.keyClick(matrix, Qt.Key.Key_Right)
    assert pixels(matrix) != plain


def test_what_the_mouse_was_on_does_not_stay_marked(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    said: list[str] = []
    matrix.hinted.connect(said.append)
    layout = layout_of(matrix)
    QTest.mouseMove(matrix.viewport(), QPoint(layout.left - 10, centre(matrix, 2, 0).y()))
    qtbot.waitUntil(lambda: bool(said))
    assert "“good”" in said[-1]
    show(matrix, three_classes(), Judging(order=MatrixOrder.HAND, by_hand=("good", "bad", "fair")))
    assert matrix.words_at((2, -1)).startswith("5 sentences are “fair”")
    show(matrix, three_classes(), Judging(hidden=frozenset({"fair", "good"})))
    # Where the name of the third class stood there may be the first one, or nothing.
    QApplication.sendEvent(matrix.viewport(), QEvent(QEvent.Type.Leave))
    assert said[-1] == ""
    left = pixels(matrix)
    show(matrix, three_classes())
    show(matrix, three_classes(), Judging(hidden=frozenset({"fair", "good"})))
    assert pixels(matrix) == left


def test_a_drag_selects_a_block_and_control_adds_it(matrix: ConfusionMatrix) -> None:
    chosen: list[frozenset[tuple[int, int]]] = []
    matrix.cells_selected.connect(chosen.append)
    drag(matrix, centre(matrix, 0, 0), centre(matrix, 1, 1))
    assert chosen == [{(0, 0), (0, 1), (1, 0), (1, 1)}]
    drag(matrix, centre(matrix, 2, 1), centre(matrix, 2, 2), CONTROL)
    assert chosen[-1] == {(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (2, 2)}


def test_shift_selects_as_far_as_a_click_or_an_arrow(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    click(qtbot, matrix, centre(matrix, 0, 1))
    assert click(qtbot, matrix, centre(matrix, 1, 2), SHIFT) == {(0, 1), (0, 2), (1, 1), (1, 2)}
    chosen: list[frozenset[tuple[int, int]]] = []
    matrix.cells_selected.connect(chosen.append)
    matrix.setFocus()
    QTest.keyClick(matrix, Qt.Key.Key_Down, SHIFT)
    assert len(chosen[-1]) == 6
    QTest.keyClick(matrix, Qt.Key.Key_A, CONTROL)
    assert len(chosen[-1]) == 9


def test_shift_selects_from_heading_to_heading(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    y = layout_of(matrix).top - 10
    click(qtbot, matrix, QPoint(centre(matrix, 0, 1).x(), y))
    columns = click(qtbot, matrix, QPoint(centre(matrix, 0, 2).x(), y), SHIFT)
    assert columns == {(row, column) for row in range(3) for column in (1, 2)}
    chosen: list[frozenset[tuple[int, int]]] = []
    matrix.cells_selected.connect(chosen.append)
    matrix.setFocus()
    QTest.keyClick(matrix, Qt.Key.Key_Left, SHIFT)
    assert chosen[-1] == {(row, 1) for row in range(3)}


def test_cells_keep_their_meaning_in_another_order(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    matrix.cells_selected.disconnect()
    for judging in (
        Judging(order=MatrixOrder.SIZE),
        Judging(swapped=True),
        Judging(order=MatrixOrder.HAND, by_hand=("good", "bad", "fair"), swapped=True),
    ):
        show(matrix, three_classes(), judging)
        said = matrix.words_at(matrix.place_at(centre(matrix, 0, 1)))
        assert said == "3 of 10 sentences that are “bad” were called “fair”"
        assert click(qtbot, matrix, centre(matrix, 0, 1)) == {(0, 1)}
    table = matrix.table
    assert table is not None
    assert (table.rows.title, table.columns.title) == ("predicted", "truth")
    assert table.rows.names == ("good", "bad", "fair")
    assert table.columns.share_name == "recall"


def test_hidden_classes_are_not_drawn_but_selected_with_their_row(
    qtbot: QtBot, matrix: ConfusionMatrix
) -> None:
    matrix.cells_selected.disconnect()
    show(matrix, three_classes(), Judging(hidden=frozenset({"fair"})))
    with pytest.raises(KeyError):
        matrix.cell_rect(0, 1)
    row = QPoint(layout_of(matrix).left - 10, centre(matrix, 0, 0).y())
    assert click(qtbot, matrix, row) == {(0, 0), (0, 1), (0, 2)}
    table = matrix.table
    assert table is not None
    assert table.rows.totals.tolist() == [10, 5]
    show(matrix, three_classes(), Judging(hidden=frozenset(LABELS)))
    matrix.grab()


def test_shares_of_nothing_are_no_numbers(matrix: ConfusionMatrix) -> None:
    never = evaluation_of(("a", "b", "never"), [0, 1, 1], [1, 1, 1])
    show(matrix, never)
    table = matrix.table
    assert table is not None
    assert np.isnan(table.rows.shares).tolist() == [False, False, True]
    assert np.isnan(table.columns.shares).tolist() == [True, False, True]
    assert table.rows.shares[:2].tolist() == [0.0, 1.0]


def test_the_mass_is_dealt_out(matrix: ConfusionMatrix) -> None:
    show(matrix, three_classes(), Judging(measure=Measure.MASS))
    table = matrix.table
    assert table is not None
    np.testing.assert_allclose(table.values.sum(axis=1), [10, 5, 5], rtol=1e-6)
    assert table.values[0, 0] == pytest.approx(7 * 0.9 + 3 * 0.05)
    assert table.text((2, 2)) == "4.5"
    assert [short_mass(mass) for mass in (0.0, 0.01, 99.96, -0.01)] == [
        "0.0", "<0.1", "100.0", "−<0.1",
    ]  # fmt: skip
    assert [short_mass(mass, 0) for mass in (0.0, 0.4, 1234.4)] == ["0", "<1", "1,234"]


def test_the_margins_of_a_mass_are_its_own(matrix: ConfusionMatrix) -> None:
    show(matrix, three_classes(), Judging(measure=Measure.MASS))
    table = matrix.table
    assert table is not None
    for side, axis in ((table.rows, 1), (table.columns, 0)):
        np.testing.assert_allclose(side.totals, table.values.sum(axis=axis), atol=1e-5)
    assert table.columns.totals.tolist() != table.counts.sum(axis=0).tolist()
    assert table.total_text(table.total) == "20.0"
    assert not table.has_shares, "precision and recall are of counts"
    assert layout_of(matrix).edge.share == layout_of(matrix).edge.bar == 0


def test_every_mass_of_a_matrix_has_the_same_decimals(matrix: ConfusionMatrix) -> None:
    truth = [place % 6 for place in range(1200)]
    evaluation = evaluation_of("abcdef", truth, truth)
    for shown, decimals in ((evaluation, 0), (three_classes(), 1)):
        show(matrix, shown, Judging(measure=Measure.MASS))
        table = matrix.table
        assert table is not None
        texts = [table.text((row, column)) for row, column in np.ndindex(table.counts.shape)]
        assert {len(text.partition(".")[2]) for text in texts} == {decimals}


# ---- classes ----


def changes_of(matrix: ConfusionMatrix) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    matrix.judging_changed.connect(found.append)
    return found


def test_a_dragged_heading_puts_the_class_elsewhere(matrix: ConfusionMatrix) -> None:
    changes = changes_of(matrix)
    chosen: list[object] = []
    matrix.cells_selected.connect(chosen.append)
    x = layout_of(matrix).left - 20
    start, end = (QPoint(x, matrix.cell_rect(row, 0).center().y()) for row in (0, 2))
    drag(matrix, start, end + QPoint(0, 10))
    assert changes == [{"order": MatrixOrder.HAND, "by_hand": ("fair", "good", "bad")}]
    assert not chosen
    y = layout_of(matrix).top - 12
    drag(matrix, QPoint(centre(matrix, 0, 2).x(), y), QPoint(centre(matrix, 0, 0).x() - 20, y))
    assert changes[-1]["by_hand"] == ("good", "bad", "fair")


def test_a_class_moves_by_key(matrix: ConfusionMatrix) -> None:
    changes = changes_of(matrix)
    matrix.setFocus()
    QTest.keyClick(matrix, Qt.Key.Key_Left)  # onto the heading of the first row
    QTest.keyClick(matrix, Qt.Key.Key_Down, ALT)
    assert changes == [{"order": MatrixOrder.HAND, "by_hand": ("fair", "bad", "good")}]


def test_selected_headings_are_counted_as_one(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    layout = layout_of(matrix)
    for row, key in ((0, NO_KEY), (2, CONTROL)):
        click(qtbot, matrix, QPoint(layout.left - 10, centre(matrix, row, 0).y()), key)
    changes = changes_of(matrix)
    menu = menu_at(matrix, (0, -1))
    assert list(menu) == [
        "Count 2 classes as one",
        "Hide 2 classes",
        "Show only 2 classes",
    ]
    menu["Count 2 classes as one"].trigger()
    groups = (Group("bad + good", frozenset({"bad", "good"})),)
    assert changes == [{"groups": groups}]
    show(matrix, three_classes(), Judging(groups=groups))
    assert sorted(matrix.class_names) == ["bad + good", "fair"]
    place = matrix.class_names.index("bad + good")
    menu_at(matrix, (-1, place))["Ungroup “bad + good”"].trigger()
    assert changes[-1] == {"groups": ()}


def test_a_class_is_hidden_and_shown_again(matrix: ConfusionMatrix) -> None:
    changes = changes_of(matrix)
    menu_at(matrix, (1, -1))["Hide “fair”"].trigger()
    assert changes == [{"hidden": frozenset({"fair"})}]
    show(matrix, three_classes(), Judging(hidden=frozenset({"fair"})))
    menu = menu_at(matrix, (-1, 0))
    menu["Show only “bad”"].trigger()
    assert changes[-1] == {"hidden": frozenset({"fair", "good"})}
    menu["Show all classes"].trigger()
    assert changes[-1] == {"hidden": frozenset()}
    assert matrix.class_menu((0, 0)) is None, "a cell has the panel's menu"
    matrix.changes_classes = False
    assert matrix.class_menu((0, -1)) is None


def menu_at(matrix: ConfusionMatrix, place: tuple[int, int]) -> dict[str, QAction]:
    menu = matrix.class_menu(place)
    assert menu is not None
    return {action.text(): action for action in menu.actions()}


def test_groups_are_dissolved_in_larger_ones() -> None:
    group = Group("a + b", frozenset({"a", "b"}))
    judging = Judging(groups=(group, Group("x + y", frozenset({"x", "y"}))))
    larger = counted_as_one(judging, ["a + b", "c", "d"])["groups"]
    assert larger == (judging.groups[1], Group("a + b + c + 1 more", frozenset("abcd")))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_numbers_are_readable_on_every_fill(theme: Theme) -> None:
    panel = theme.color("panel")
    for role in ("accent", "positive", "negative"):
        for percent_ in range(10, 101):
            fill = blended(theme.color(role), panel, percent_ / 100)
            assert contrast(number_color(fill, theme), fill) >= LEAST

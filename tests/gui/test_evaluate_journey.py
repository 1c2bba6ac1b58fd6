"""Journeys over the Evaluate page, as a lecturer goes them: through its matrix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots.matrix_view import MatrixView
from rnnstudio.session.answers.judging import MatrixOrder, Measure, Panels
from tests.gui.examiner import Examiner, MakeExaminer, examiners, some_names
from tests.gui.person import CTRL, Key
from tests.gui.recount import Cells

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def make_examiner(qtbot: QtBot) -> Iterator[MakeExaminer]:
    """Open a window at the Evaluate page."""
    yield from examiners(qtbot)


@pytest.fixture
def names(shared_data: Path, tmp_path: Path) -> Path:
    """Family names of 18 languages, some of each."""
    return some_names(shared_data / "names", tmp_path / "names")


def worst_cell(examiner: Examiner) -> tuple[int, int]:
    """The cell with most errors."""
    table = examiner.counted().table.copy()
    np.fill_diagonal(table, 0)
    row, column = np.unravel_index(int(table.argmax()), table.shape)
    return int(row), int(column)


def test_from_a_cell_to_the_step_that_decided(
    make_examiner: MakeExaminer, shared_data: Path
) -> None:
    examiner = make_examiner(
        shared_data / "sentiment" / "imdb_labelled.txt", epochs=3, cell=Cell.GRU
    )
    examiner.look_closely()
    examiner.window.resize(1280, 720)
    examiner.settle()
    for line, way in enumerate(("link", "enter", "double click")):
        cell = worst_cell(examiner)
        if examiner.cells != {cell}:
            examiner.click(examiner.matrix, examiner.cell(*cell))
        assert examiner.cells == {cell}
        wanted = examiner.taken(examiner.look_closely())[line]
        examiner.wait_for_reasons()
        examiner.look_at_reasons()
        if way == "link":
            examiner.open_link(line)
        elif way == "enter":
            examiner.click(examiner.examples, examiner.line(line))
            examiner.key(Key.Key_Return)
        else:
            examiner.double_click(examiner.examples, examiner.line(line))
        # The second click: the sentence, unrolled, at the step that decided.
        assert examiner.state.page == "unroll"
        selection = examiner.state.selection
        assert selection.row == wanted.row
        read = examiner.look()
        decided = examiner.decided_at(wanted.row)
        assert selection.step == (len(read) if decided is None else decided)
        assert int(read.y[-1].argmax()) == wanted.said
        assert float(read.y[-1].max()) == pytest.approx(wanted.sure, abs=1e-6)
        examiner.go_to("evaluate")
        examiner.wait()
        assert examiner.cells == {cell}
        examiner.look_closely()

    # A frequent error in words, and the lecture's table, lead there as well.
    examiner.window.resize(1440, 900)
    examiner.settle()
    examiner.click(examiner.sheet.confusion.clear)
    examiner.look_closely()
    link = examiner.sheet.confusion.errors[0]
    row, column = worst_cell(examiner)
    table = examiner.counted().table
    assert link.text().startswith(f"{table[row, column]} of {table[row].sum()} sentences")
    examiner.click(link)
    assert examiner.cells == {(row, column)}
    examiner.look_closely()
    examiner.show_figures(Panels.TABLE)
    lecture = examiner.sheet.lecture_table
    examiner.double_click(lecture.table, examiner.lecture_line(3))
    assert examiner.state.page == "unroll"
    assert examiner.state.selection.row == lecture.model.table_row(3)
    examiner.look()


def test_select_in_the_matrix(make_examiner: MakeExaminer, names: Path) -> None:
    examiner = make_examiner(names, epochs=4, cell=Cell.GRU, units=16)
    matrix, panel = examiner.matrix, examiner.sheet.confusion
    examiner.window.resize(1280, 720)
    examiner.settle()
    wanted = examiner.look_closely()
    size = len(wanted.names)
    assert size == 18

    def expect(*cells: tuple[int, int]) -> None:
        assert examiner.cells == frozenset(cells)
        examiner.look_closely()

    def row_of(row: int) -> Cells:
        return frozenset((row, column) for column in range(size))

    def column_of(column: int) -> Cells:
        return frozenset((row, column) for row in range(size))

    english, russian = wanted.names.index("English"), wanted.names.index("Russian")
    examiner.click(matrix, examiner.cell(english, russian))
    expect((english, russian))
    examiner.click(matrix, examiner.cell(english, english), CTRL)
    expect((english, russian), (english, english))
    examiner.click(matrix, examiner.cell(english, russian), CTRL)
    expect((english, english))
    examiner.click(matrix, examiner.cell(english, english))
    expect()
    examiner.click(matrix, examiner.heading("English"))
    expect(*row_of(english))
    examiner.click(matrix, examiner.heading("Russian", of_rows=False), CTRL)
    expect(*row_of(english), *column_of(russian))
    examiner.click(matrix, examiner.corner)
    assert len(examiner.cells) == size**2
    examiner.look_closely()
    examiner.drag(matrix, examiner.cell(2, 3), examiner.cell(4, 4), examiner.cell(4, 6))
    expect(*((row, column) for row in (2, 3, 4) for column in (3, 4, 5, 6)))
    first, last = wanted.names[5], wanted.names[7]
    examiner.click(matrix, examiner.heading(first))
    examiner.click(matrix, examiner.heading(last), SHIFT)
    expect(*row_of(5), *row_of(6), *row_of(7))

    # With the keyboard alone: a frame goes over the cells, also onto the headings.
    examiner.click(matrix, examiner.cell(2, 2))
    examiner.key(Key.Key_Right)
    examiner.key(Key.Key_Down)
    examiner.key(Key.Key_Space)
    expect((3, 3))
    examiner.key(Key.Key_Right, SHIFT)
    examiner.key(Key.Key_Down, SHIFT)
    expect((3, 3), (3, 4), (4, 3), (4, 4))
    examiner.key(Key.Key_Home)
    examiner.key(Key.Key_Left)
    examiner.key(Key.Key_Return)
    expect(*row_of(4))
    examiner.key(Key.Key_A, CTRL)
    assert len(examiner.cells) == size**2
    for button, diagonal in ((panel.correct, True), (panel.wrong, False)):
        examiner.click(button)
        expect(*((r, c) for r in range(size) for c in range(size) if (r == c) is diagonal))
    examiner.click(panel.clear)
    expect()
    assert not panel.clear.isEnabled()
    examiner.click(panel.wrong)
    examiner.key(Key.Key_Escape)
    expect()

    # A class of the table of figures is its row.
    classes = examiner.sheet.per_class
    index = classes.model.index(classes.model.row_of(russian), 1)
    classes.table.scrollTo(index)
    examiner.click(classes.table, classes.table.visualRect(index).center())
    expect(*row_of(russian))

    # It stays through other weights, other pages, and while it learns.
    examiner.key(Key.Key_F5)
    seen = set()
    for _ in range(4):
        followed = examiner.follow()
        examiner.look_closely(followed)
        assert examiner.cells == row_of(russian)
        seen.add(followed.loss)
    assert len(seen) == 4
    examiner.go_to("unroll")
    examiner.go_to("evaluate")
    examiner.key(Key.Key_F5)
    examiner.wait()
    expect(*row_of(russian))
    examiner.choose_split("train")
    examiner.wait()
    expect(*row_of(russian))  # the classes are the same


def test_measure_order_group_hide(make_examiner: MakeExaminer, names: Path) -> None:
    examiner = make_examiner(names, epochs=4, cell=Cell.GRU, units=16)
    matrix, panel, bar = examiner.matrix, examiner.sheet.confusion, examiner.sheet.confusion.bar
    for measure in (Measure.OF_TRUTH, Measure.OF_PREDICTED, Measure.MASS, Measure.COUNTS):
        examiner.click(panel.measure.button(measure))
        assert examiner.judging.measure is measure
        examiner.look_closely()
        examiner.click(bar.swap)
        assert examiner.judging.swapped
        examiner.look_closely()
        examiner.click(bar.swap)
        examiner.look_closely()
    examiner.click(bar.shown.button("errors"))
    assert examiner.judging.errors_only
    examiner.look_closely()
    examiner.click(bar.shown.button("all"))

    cell = worst_cell(examiner)
    examiner.click(matrix, examiner.cell(*cell))
    orders = set()
    for words, order in (
        ("Size", MatrixOrder.SIZE),
        ("Name", MatrixOrder.NAME),
        ("Similarity", MatrixOrder.SIMILARITY),
        ("Data", MatrixOrder.DATA),
    ):
        examiner.choose(bar.order, words)
        assert examiner.judging.order is order
        examiner.look_closely()
        orders.add(matrix.class_names)
        # The same cell is chosen, wherever it stands now, and a click there takes it back.
        assert examiner.cells == {cell}
        examiner.click(matrix, examiner.cell(*cell))
        assert not examiner.cells
        examiner.click(matrix, examiner.cell(*cell))
        assert examiner.cells == {cell}
    assert len(orders) >= 3

    # By hand: a name is dragged to another place, in the rows and in the columns, and with keys.
    before = list(matrix.class_names)
    goal = examiner.heading(before[5]) + QPoint(0, 4)
    examiner.drag(matrix, examiner.heading(before[1]), examiner.heading(before[3]), goal)
    assert examiner.judging.order is MatrixOrder.HAND
    moved = [*before[:1], *before[2:6], before[1], *before[6:]]
    assert list(matrix.class_names) == moved
    examiner.look_closely()
    assert examiner.cells == {cell}
    start, over = (examiner.heading(moved[place], of_rows=False) for place in (7, 9))
    examiner.drag(matrix, start, over, over + QPoint(4, 0))
    assert list(matrix.class_names) != moved
    assert sorted(matrix.class_names) == sorted(moved)
    examiner.look_closely()
    moved = list(matrix.class_names)
    examiner.click(matrix, examiner.heading(moved[0]))
    examiner.key(Key.Key_Down, ALT)
    assert list(matrix.class_names) == [moved[1], moved[0], *moved[2:]]
    examiner.look_closely()
    examiner.choose(bar.order, "Data")
    assert list(matrix.class_names) == before
    examiner.click(panel.clear)

    # Hidden classes are counted, though not drawn; a line says so.
    examiner.open_menu(matrix, examiner.heading("Russian"))
    examiner.choose_open("Hide")
    assert "Russian" not in matrix.class_names
    assert "Russian" in panel.hidden_words.text()
    examiner.look_closely()
    examiner.click(matrix, examiner.heading("English"))
    examiner.click(matrix, examiner.heading("French"), CTRL)
    examiner.look_closely()
    examiner.open_menu(matrix, examiner.heading("French"))
    examiner.choose_open("Show only 2 classes")
    assert set(matrix.class_names) == {"English", "French"}
    examiner.look_closely()
    examiner.click(panel.show_all)
    assert not examiner.judging.hidden
    assert panel.left_out.isHidden()
    examiner.look_closely()

    # Three languages count as one; the figures do, too.
    examiner.click(matrix, examiner.heading("Chinese"))
    for name in ("Japanese", "Korean"):
        examiner.click(matrix, examiner.heading(name), CTRL)
    examiner.open_menu(matrix, examiner.heading("Korean"))
    examiner.choose_open("Count 3 classes as one")
    assert not examiner.cells
    wanted = examiner.look_closely()
    assert len(wanted.names) == 16
    one = wanted.names.index("Chinese + Japanese + Korean")
    examiner.click(matrix, examiner.cell(one, one))
    examiner.look_closely()
    for measure in (Measure.MASS, Measure.OF_TRUTH):
        examiner.click(panel.measure.button(measure))
        examiner.look_closely()
    examiner.show_figures(Panels.TABLE)
    examiner.look_closely()
    examiner.click(panel.ungroup)
    assert len(examiner.look_closely().names) == 18
    examiner.click(panel.measure.button(Measure.COUNTS))

    # Zoomed, the cells are where they are clicked.
    for _ in range(4):
        examiner.click(bar.zoom_in)
    assert matrix.zoom > 1.5
    matrix.show_cell(cell)
    examiner.settle()
    examiner.look_closely()
    examiner.click(matrix, examiner.cell(*cell))
    assert examiner.cells == {cell}
    examiner.click(bar.zoom_reset)
    assert matrix.zoom == 1.0
    examiner.look_closely()
    assert isinstance(matrix._view(), MatrixView)

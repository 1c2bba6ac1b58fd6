"""Journeys over the Evaluate page, as a lecturer goes them: its matrix, figures and sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from rnnstudio.engine.calibration import Binning
from rnnstudio.engine.network import Cell
from rnnstudio.gui.models.examples import CONFIDENCE, LENGTH, LINK, MARGIN, SENTENCE
from rnnstudio.gui.plots.matrix_view import MatrixView
from rnnstudio.session.judging import ExampleOrder, MatrixOrder, Measure, Panels
from rnnstudio.session.resolve.threshold_curves import CurveKind
from tests.gui.examiner import Examiner, MakeExaminer, examiners
from tests.gui.person import CTRL, WAIT, Key
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
    folder = tmp_path / "names"
    folder.mkdir()
    for number, file in enumerate(sorted((shared_data / "names").glob("*.txt"))):
        lines = file.read_text(encoding="utf-8").splitlines()
        some = lines[:: max(len(lines) // 70, 1)][: 70 - 20 * (number % 3)]
        (folder / file.name).write_text("\n".join(some) + "\n", encoding="utf-8")
    if not any(folder.iterdir()):
        pytest.skip("the names are not there")
    return folder


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
    examiner.double_click(lecture.table, middle_of_line(examiner, 3))
    assert examiner.state.page == "unroll"
    assert examiner.state.selection.row == lecture.model.table_row(3)
    examiner.look()


def middle_of_line(examiner: Examiner, line: int) -> QPoint:
    table = examiner.sheet.lecture_table.table
    return table.visualRect(table.lines.index(line, 0)).center()


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
        shown = examiner.state.evaluation
        examiner.qtbot.waitUntil(
            lambda shown=shown: examiner.state.evaluation is not shown, timeout=WAIT
        )
        assert examiner.state.evaluation is not None
        examiner.look_closely(examiner.state.evaluation)
        assert examiner.cells == row_of(russian)
        seen.add(examiner.state.evaluation.loss)
    assert len(seen) == 4
    examiner.go_to("unroll")
    examiner.go_to("evaluate")
    examiner.key(Key.Key_F5)
    examiner.wait()
    expect(*row_of(russian))
    examiner.choose_split("train")
    examiner.wait()
    expect()


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


def test_thresholds(make_examiner: MakeExaminer, names: Path) -> None:
    examiner = make_examiner(epochs=6, cell=Cell.GRU)
    panel = examiner.show_figures(Panels.THRESHOLD)
    panel = examiner.sheet.thresholds
    before = examiner.look_closely().table
    examiner.drag_slider(panel.threshold, 0.6, 0.75, 0.9)
    assert 0.8 < examiner.judging.threshold < 1
    changed = examiner.look_closely().table
    assert changed[:, 1].sum() < before[:, 1].sum()
    examiner.tab_to(panel.threshold)
    for key in (Key.Key_Left, Key.Key_PageDown, Key.Key_Home, Key.Key_End):
        examiner.key(key)
        examiner.look_closely()
    assert examiner.judging.threshold == 1.0
    # On the curve of each class: the dot goes to where the mouse is.
    for name in examiner.counted().names:
        panel.classes.setCurrentIndex(panel.classes.findText(name))
        panel.classes.chosen.emit(name)
        examiner.settle()
        examiner.look_closely()
        for kind in (CurveKind.ROC, CurveKind.PRECISION_RECALL):
            curve = panel.curves[kind]
            if not curve.isVisible():
                continue
            places = curve.places[:: max(len(curve.places) // 3, 1)]
            examiner.drag(curve, *(curve.point_at(place).toPoint() for place in places))
            examiner.look_closely()
            assert curve.pane.dot == curve.pane.ring
    examiner.click(panel.reset_button)
    assert examiner.judging.threshold == 0.5
    assert np.array_equal(examiner.look_closely().table, before)

    # Where it is not sure it says nothing: a column of its own, and figures of what is answered.
    if not panel.abstain.isVisible():
        examiner.click(panel.shown.button("abstaining"))
    examiner.drag_slider(panel.abstain, 0.4, 0.7)
    wanted = examiner.look_closely()
    assert wanted.columns[-1] == "no answer"
    assert wanted.table[:, -1].sum() > 0
    examiner.click(examiner.matrix, examiner.cell(0, 2))
    assert examiner.cells == {(0, 2)}
    examiner.look_closely()
    for shown in (Panels.CLASSES, Panels.TABLE, Panels.RELIABILITY, Panels.THRESHOLD):
        examiner.show_figures(shown)
        examiner.look_closely()
    examiner.tab_to(panel.threshold)
    examiner.key(Key.Key_PageUp)
    examiner.look_closely()
    examiner.tab_to(panel.abstain)
    examiner.key(Key.Key_End)
    wanted = examiner.look_closely()
    assert examiner.judging.abstain == 1.0
    examiner.show_figures(Panels.CLASSES)
    examiner.look_closely()

    # Of 18 classes there is no threshold, but it can say nothing.
    examiner = make_examiner(names, epochs=4, cell=Cell.GRU, units=16)
    examiner.show_figures(Panels.THRESHOLD)
    panel = examiner.sheet.thresholds
    examiner.look_closely()
    assert not panel.threshold.isVisible()
    examiner.drag_slider(panel.abstain, 0.2, 0.4)
    wanted = examiner.look_closely()
    held = int(wanted.table[:, -1].sum())
    assert 0 < held < wanted.table.sum()
    examiner.click(panel.classes)
    examiner.key(Key.Key_Home)
    examiner.key(Key.Key_Return)
    assert examiner.judging.curve_class == wanted.names[0]
    examiner.look_closely()
    examiner.click(panel.reset_button)
    assert examiner.judging.abstain == 0
    examiner.look_closely()


def test_reliability_and_the_lectures_table(make_examiner: MakeExaminer, shared_data: Path) -> None:
    for source, noun in (
        (shared_data / "sentiment" / "yelp_labelled.txt", "sentence"),
        (shared_data / "pos" / "en_eslspok-ud-test.conllu", "word"),
    ):
        examiner = make_examiner(source, epochs=3, cell=Cell.GRU)
        panel = examiner.sheet.reliability
        examiner.show_figures(Panels.RELIABILITY)
        for binning in (Binning.WIDTH, Binning.COUNT):
            examiner.click(panel.binning.button(binning))
            assert examiner.judging.binning is binning
            for split in ("train", "validation", "test"):
                examiner.choose_split(split)
                examiner.wait()
                examiner.look_closely()
                assert noun in panel.verdict.text()
        lecture = examiner.sheet.lecture_table
        examiner.show_figures(Panels.TABLE)
        examiner.look_closely()
        examiner.click(lecture.enlarge_button)
        assert lecture.enlarged
        examiner.look_closely()
        examiner.key(Key.Key_Escape)
        assert not lecture.enlarged
        examiner.look_closely()
        line = next(n for n in range(lecture.model.rowCount()) if not lecture.model.is_right(n))
        lecture.table.scrollTo(lecture.model.index(line, 0))
        if noun == "word":
            wrong = next(
                one
                for one in examiner.counted().answers
                if one.row == lecture.model.table_row(line) and not one.right
            )
            step: int | None = wrong.step
        else:
            step = None
        examiner.click(lecture.table, middle_of_line(examiner, line))
        examiner.key(Key.Key_Return)
        assert examiner.state.page == "unroll"
        assert examiner.state.selection.row == lecture.model.table_row(line)
        if step is not None:
            assert examiner.state.selection.step == step
        examiner.look()
        examiner.wiring.window.hide()


def test_sort_search_relabel_exclude(
    make_examiner: MakeExaminer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examiner = make_examiner(epochs=3, cell=Cell.GRU)
    panel, table = examiner.sheet.examples, examiner.examples
    examiner.click(examiner.matrix, examiner.corner)
    everything = examiner.look_closely()
    for words, order in (
        ("Least sure", ExampleOrder.LEAST_SURE),
        ("Closest", ExampleOrder.CLOSEST),
        ("Longest", ExampleOrder.LONGEST),
        ("Shortest", ExampleOrder.SHORTEST),
        ("In the data", ExampleOrder.DATA),
        ("Most sure", ExampleOrder.MOST_SURE),
    ):
        examiner.choose(panel.order, words[0].lower() + words[1:])
        assert examiner.judging.example_order is order
        examiner.look_closely()
    header = table.horizontalHeader()
    for column, orders in (
        (CONFIDENCE, (ExampleOrder.LEAST_SURE, ExampleOrder.MOST_SURE)),
        (LENGTH, (ExampleOrder.LONGEST, ExampleOrder.SHORTEST)),
        (MARGIN, (ExampleOrder.CLOSEST,)),
        (SENTENCE, (ExampleOrder.DATA,)),
    ):
        if table.isColumnHidden(column):
            continue
        for order in orders:
            x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
            examiner.click(header, QPoint(x, header.height() // 2))
            assert examiner.judging.example_order is order
            examiner.look_closely()
    examiner.choose(panel.order, "most sure")

    # The search follows what is typed; a word that is nowhere gives a sentence.
    examiner.click(panel.search)
    examiner.type("not")
    examiner.qtbot.waitUntil(lambda: examiner.judging.search == "not", timeout=WAIT)
    examiner.look_closely()
    count = panel.model.rowCount()
    assert 0 < count < len(everything.answers)
    assert panel.subtitle.words.startswith(f"{count} of ")
    examiner.type("zz")
    examiner.key(Key.Key_Return)
    assert panel.model.rowCount() == 0
    assert "notzz" in panel.message.text()
    examiner.click(panel.search)
    examiner.key(Key.Key_A, CTRL)
    examiner.key(Key.Key_Delete)
    examiner.key(Key.Key_Return)
    examiner.look_closely()
    assert len(panel.model._listing) == len(everything.answers)

    # A wrong truth is corrected; it moves to another cell, and Ctrl+Z takes it back.
    examiner.click(examiner.sheet.confusion.wrong)
    row, _ = panel.model.place(1)
    label, before = examiner.state.table.rows[row].label, examiner.look_closely()
    other = next(name for name in before.names if name != label)
    examiner.choose_in_menu(examiner.line(1), f"Relabel as > {other}")
    examiner.wait()
    assert examiner.state.table.rows[row].label == other
    after = examiner.look_closely()
    assert after.table.trace() == before.table.trace() + 1
    assert row not in [place for place, _ in examiner.listed()]
    examiner.key(Key.Key_Z, CTRL)
    examiner.wait()
    assert examiner.state.table.rows[row].label == label
    assert np.array_equal(examiner.look_closely().table, before.table)
    examiner.key(Key.Key_Z, CTRL | SHIFT)
    examiner.wait()
    assert np.array_equal(examiner.look_closely().table, after.table)

    # Two are left out at once.
    examiner.click(table, examiner.line(0))
    examiner.click(table, examiner.line(1), CTRL)
    rows = {panel.model.place(line)[0] for line in (0, 1)}
    examiner.choose_in_menu(examiner.line(1), "Exclude 2 sentences")
    examiner.wait()
    assert {n for n, one in enumerate(examiner.state.table.rows) if one.excluded} == rows
    left = examiner.look_closely()
    assert len(left.answers) == len(after.answers) - 2
    examiner.key(Key.Key_Z, CTRL)
    examiner.wait()
    assert np.array_equal(examiner.look_closely().table, after.table)
    examiner.key(Key.Key_Z, CTRL | SHIFT)
    examiner.wait()

    # Kept in the project.
    path = tmp_path / "corrected.rnnstudio"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(path), ""))
    examiner.key(Key.Key_S, CTRL)
    examiner.wait()
    assert not examiner.state.unsaved
    examiner.key(Key.Key_N, CTRL)
    examiner.wait()
    assert not any(one.excluded for one in examiner.state.table.rows)
    examiner.key(Key.Key_O, CTRL)
    examiner.wait()
    examiner.go_to("evaluate")
    examiner.wait()
    assert {n for n, one in enumerate(examiner.state.table.rows) if one.excluded} == rows
    assert examiner.state.table.rows[row].label == other
    assert np.array_equal(examiner.look_closely().table, left.table)
    assert panel.model.columnCount() > LINK

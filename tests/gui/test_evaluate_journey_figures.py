"""Journeys over the Evaluate page: thresholds, reliability, the lecture's table, sentences."""

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
from rnnstudio.session.answers.judging import ExampleOrder, Panels
from rnnstudio.session.commands import data
from rnnstudio.session.resolve.threshold_curves import CurveKind
from tests.gui.examiner import MakeExaminer, examiners, some_names
from tests.gui.person import CTRL, WAIT, Key

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
            splits = ("train", "validation", "test") if binning is Binning.WIDTH else ("test",)
            for split in splits:
                examiner.choose_split(split)
                examiner.wait()
                examiner.look_closely()
                assert noun in panel.verdict.text()
        # A click on a bar lists the answers of that confidence, the right ones too.
        examiner.click(panel.binning.button(Binning.WIDTH))
        rows = panel.table_rows()
        assert rows is not None
        place = max(range(10), key=lambda n: int(rows[n + 1][2]))
        examiner.click(panel.diagram, panel.diagram.bar_rect(place).center().toPoint())
        assert examiner.judging.sure is not None
        examiner.look_closely()
        assert examiner.sheet.examples.model.rowCount() == int(rows[place + 1][2])
        examiner.click(examiner.matrix, examiner.cell(0, 0))
        examiner.look_closely()
        examiner.click(examiner.sheet.examples.sure)
        assert examiner.judging.sure is None
        examiner.look_closely()
        examiner.click(examiner.sheet.confusion.clear)
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
        examiner.click(lecture.table, examiner.lecture_line(line))
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
    # The keyboard stays where there is nothing to go to, and goes to the list where there is.
    assert panel.search.hasFocus()
    for _ in "zz":
        examiner.key(Key.Key_Backspace)
    examiner.key(Key.Key_Return)
    assert panel.table.hasFocus()
    assert panel.table.currentIndex().row() == 0
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
    (following, _) = panel.model.place(2)
    notifier = examiner.wiring.window.notifier
    other = next(name for name in before.names if name != label)
    examiner.choose_in_menu(examiner.line(1), f"Relabel as > {other}")
    examiner.wait()
    assert examiner.state.table.rows[row].label == other
    after = examiner.look_closely()
    assert after.table.trace() == before.table.trace() + 1
    assert row not in [place for place, _ in examiner.listed()]
    assert panel.model.place(panel.table.currentIndex().row())[0] == following
    assert [f"is now “{other}”" in toast.notice.happened for toast in notifier.toasts] == [True]
    examiner.key(Key.Key_Z, CTRL)
    examiner.wait()
    (told,) = (toast.notice.happened for toast in notifier.toasts)
    assert told == f"Undone: Relabel as {other}."
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


def test_hardly_any_data(make_examiner: MakeExaminer, tmp_path: Path) -> None:
    """No examples, one class, a class that never occurs, a label of the test split alone."""
    path = tmp_path / "odd.tsv"
    lines = ["text\tlabel\tsplit"]
    for number in range(12):
        lines.append(f"it was good {'very ' * (number % 3)}\tgood\ttrain")
        lines.append(f"it was bad {'so ' * (number % 3)}\tbad\ttrain")
    lines += ["it was fine\tnever\ttrain", "it was odd\tnew\ttest"]
    lines += ["it was good\tgood\ttest", "it was so bad\tbad\ttest", "it was\tgood\ttest"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    examiner = make_examiner(path, epochs=2, cell=Cell.GRU)
    wanted = examiner.look_closely()
    assert set(wanted.names) == {"good", "bad", "never", "new"}
    note = examiner.sheet.confusion.note
    assert note.isVisible()
    assert "“new” occurs in no training sentence" in note.text()
    never, new = (wanted.names.index(name) for name in ("never", "new"))
    examiner.click(examiner.matrix, examiner.heading("never"))
    examiner.look_closely()
    assert examiner.sheet.examples.message.text() == "Nothing in these cells."
    hints: list[str] = []
    examiner.sheet.confusion.hinted.connect(hints.append)
    examiner.key(Key.Key_Right)
    assert any(hint.startswith("No sentence is “never”") for hint in hints), hints
    examiner.click(examiner.matrix, examiner.heading("new"))
    assert len(examiner.taken(examiner.look_closely())) == 1
    for panel in Panels:
        examiner.show_figures(panel)
        examiner.look_closely()
    examiner.show_figures(Panels.THRESHOLD)
    curves = examiner.sheet.thresholds
    for place in (never, new):
        examiner.click(curves.classes)
        examiner.key(Key.Key_Home)
        for _ in range(place):
            examiner.key(Key.Key_Down)
        examiner.key(Key.Key_Return)
        assert examiner.judging.curve_class == wanted.names[place]
        examiner.look_closely()
    # No sentence at all in a split.
    examiner.choose_split("validation")
    examiner.wait()
    examiner.click(examiner.matrix, examiner.corner)
    count = len(examiner.look_closely().answers)
    examiner.click(examiner.examples, examiner.line(0))
    examiner.key(Key.Key_A, CTRL)
    examiner.choose_in_menu(examiner.line(0), f"Exclude {count} sentences")
    examiner.wait()
    assert "The validation split is empty" in examiner.sheet.examples.message.text()
    for panel in Panels:
        switch = examiner.sheet.figures[panel]
        examiner.show_figures(panel)
        assert switch.table_rows() is None
        examiner.window.grab()
    assert examiner.sheet.confusion.table_rows() is None
    assert not examiner.sheet.confusion.report.isEnabled()
    examiner.choose_split("train")
    examiner.wait()
    examiner.look_closely()

    # One class only: there is no network, and every panel says why. A trained one still answers.
    for epochs in (0, 1):
        examiner.wiring.window.hide()
        path = tmp_path / "two.tsv"
        path.write_text(
            "text\tlabel\n" + "it was good\tgood\n" * 12 + "it was bad\tbad\n" * 12,
            encoding="utf-8",
        )
        examiner = make_examiner(path, epochs=epochs)
        rows = examiner.state.table.rows
        bad = [number for number, row in enumerate(rows) if row.label == "bad"]
        data.delete_rows(examiner.wiring.session, bad)
        examiner.wait()
        words = examiner.sheet.examples.message.text()
        if not epochs:
            assert examiner.state.model is None
            assert "every sentence has the label “good”" in words
        else:
            examiner.look_closely()
        for panel in Panels:
            figures = examiner.show_figures(panel)
            if epochs:
                examiner.look_closely()
            else:
                assert figures.table_rows() is None
            examiner.window.grab()

    # The same in a split alone.
    examiner.wiring.window.hide()
    path = tmp_path / "split.tsv"
    lines = [*lines[:25], *["it was good\tgood\ttest"] * 3]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    examiner = make_examiner(path, epochs=1)
    wanted = examiner.look_closely()
    assert len(wanted.answers) == 3
    assert "is good: there is nothing else to tell" in examiner.sheet.confusion.note.text()
    for panel in Panels:
        examiner.show_figures(panel)
        examiner.look_closely()

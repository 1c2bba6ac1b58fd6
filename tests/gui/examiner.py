"""A lecturer at the Evaluate page: what they do with mouse and keys, and what must be seen then."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider, QStyle, QStyleOptionSlider, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.attribution import Attribution, gradient_times_input, leave_one_out
from rnnstudio.engine.calibration import Binning
from rnnstudio.engine.network import Task
from rnnstudio.gui.controls import SegmentedControl
from rnnstudio.gui.models import lecture_table
from rnnstudio.gui.models.examples import CONFIDENCE, LENGTH, LINK, SENTENCE
from rnnstudio.gui.pages.evaluate import EvaluatePage
from rnnstudio.gui.panels.examples import ExamplesTable
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.confusion_matrix import ConfusionMatrix
from rnnstudio.gui.plots.matrix_table import Place
from rnnstudio.gui.wiring import Wiring
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.model import Model
from rnnstudio.project.moments import moment_at
from rnnstudio.project.preferences import Preferences
from rnnstudio.project.project import dataset_for
from rnnstudio.session.answers.first_words import with_first_words
from rnnstudio.session.answers.judging import (
    Against,
    ExampleOrder,
    Judging,
    MatrixOrder,
    Measure,
    Panels,
)
from rnnstudio.session.answers.review import model_at
from rnnstudio.session.commands import data, files, settings, training
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.looking import Method
from rnnstudio.session.resolve.threshold_curves import CurveKind
from tests.gui.person import PLAIN, WAIT
from tests.gui.recount import (
    HELD,
    Answer,
    Cells,
    Recount,
    area_under_roc,
    average_precision,
    averages,
    calibration_errors,
    entities,
    figures,
    kappa,
    recount,
)
from tests.gui.teacher import Teacher

_LEFT = Qt.MouseButton.LeftButton
_METHODS: dict[Method, Callable[..., Attribution]] = {
    Method.LEAVE_ONE_OUT: leave_one_out,
    Method.GRADIENT_TIMES_INPUT: gradient_times_input,
}
_KEYS: dict[ExampleOrder, Callable[[Answer], float]] = {
    ExampleOrder.MOST_SURE: lambda one: -one.sure,
    ExampleOrder.LEAST_SURE: lambda one: one.sure,
    ExampleOrder.DATA: lambda one: 0,
}


MakeExaminer = Callable[..., "Examiner"]


def examiners(qtbot: QtBot) -> Iterator[MakeExaminer]:
    """Open a window at the Evaluate page, on a network that is trained a little; close it after.

    The data are the built-in ones or those of a file; `epochs` are trained, the other settings are
    those of the network.
    """
    made: list[Examiner] = []

    def make(source: Path | None = None, epochs: int = 2, **model: Any) -> Examiner:
        session = make_session(Preferences(welcomed=True), keeps_scratch=False)
        session.chance = np.random.default_rng(4)
        files.new_project(session)
        examiner = Examiner(Wiring(session), qtbot)
        made.append(examiner)
        if source is not None:
            data.open_data(session, source)
            examiner.wait()
        for name, value in {"units": 10, "embedding": 8, **model}.items():
            settings.change_setting(session, f"model.{name}", value)
        settings.change_setting(session, "training.learning_rate", 0.02)
        settings.change_setting(session, "training.epochs", 1_000)  # it learns until it is paused
        for _ in range(epochs):
            training.one_epoch(session)
            qtbot.waitUntil(lambda: session.training is None, timeout=WAIT)
        examiner.window.resize(1440, 900)
        examiner.wiring.render()
        examiner.window.show()
        qtbot.waitUntil(examiner.window.isActiveWindow)
        for toast in examiner.window.notifier.toasts:
            examiner.click(examiner.part(toast, "toast_close"))
        examiner.go_to("evaluate")
        examiner.wait()
        return examiner

    yield make
    for examiner in made:
        while (popup := QApplication.activePopupWidget()) is not None:  # one that failed left it
            popup.close()
        examiner.wiring.session.shut_down()
        examiner.wiring.take_down()
    assert [t.name for t in threading.enumerate() if t.name == "project-writer"] == []


def some_names(source: Path, folder: Path) -> Path:
    """Write some of the family names of each language into a folder; skip where there are none."""
    files_of_names = sorted(source.glob("*.txt"))
    if not files_of_names:
        pytest.skip(f"the names are not at {source}")
    folder.mkdir()
    for number, file in enumerate(files_of_names):
        lines = file.read_text(encoding="utf-8").splitlines()
        some = lines[:: max(len(lines) // 70, 1)][: 70 - 20 * (number % 3)]
        (folder / file.name).write_text("\n".join(some) + "\n", encoding="utf-8")
    return folder


class Examiner(Teacher):
    """Someone at the Evaluate page, with the figures that follow from the network's answers."""

    def __init__(self, wiring: Wiring, qtbot: QtBot) -> None:
        super().__init__(wiring, qtbot)
        self._answers: list[tuple[tuple[Any, ...], Evaluation]] = []  # the newest first

    @property
    def sheet(self) -> EvaluatePage:
        """The Evaluate page."""
        return self.wiring.evaluate

    @property
    def matrix(self) -> ConfusionMatrix:
        return self.sheet.confusion.matrix

    @property
    def examples(self) -> ExamplesTable:
        return self.sheet.examples.table

    @property
    def judging(self) -> Judging:
        return self.state.judging

    @property
    def cells(self) -> Cells:
        """What is selected in the matrix."""
        return self.state.selection.cells

    # hands

    def cell(self, row: int, column: int) -> QPoint:
        """Scroll to a cell of the judgement's table; return where it is painted."""
        layout, matrix = self.matrix.layout_of_cells, self.matrix
        assert layout is not None
        middle = matrix.cell_rect(row, column).center()
        for bar, at, low, high in (
            (matrix.horizontalScrollBar(), middle.x(), layout.left, layout.right),
            (matrix.verticalScrollBar(), middle.y(), layout.top, layout.bottom),
        ):
            if not low <= at < high:
                bar.setValue(bar.value() + at - (low + high) // 2)
        return matrix.cell_rect(row, column).center()

    def heading(self, name: str, of_rows: bool = True) -> QPoint:
        """Return where the name of a row, or of a column, is written."""
        table, layout = self.matrix.table, self.matrix.layout_of_cells
        assert table is not None
        assert layout is not None
        names = table.rows.names if of_rows else table.columns.names
        place = names.index(name)
        middle = self.matrix.cell_rect(*table.cell_of((place, 0) if of_rows else (0, place)))
        if of_rows:
            return QPoint(layout.left - 12, middle.center().y())
        above = 12
        return QPoint(middle.center().x() + (above if layout.slanted else 0), layout.top - above)

    @property
    def corner(self) -> QPoint:
        """Where all cells are chosen."""
        layout = self.matrix.layout_of_cells
        assert layout is not None
        return QPoint(layout.left - 12, layout.top - 6)

    def place_of(self, cell: tuple[int, int]) -> Place:
        """Return where a cell of the judgement's table is painted."""
        table = self.matrix.table
        assert table is not None
        place = table.place_of(cell)
        assert place is not None
        return place

    def show_figures(self, panel: Panels) -> Panel:
        """Choose what stands above the sentences."""
        shown = self.sheet.figures[self.judging.panel]
        switch = shown.findChild(SegmentedControl, "figures")
        assert switch is not None
        self.click(switch.button(str(panel)))
        assert self.judging.panel is panel
        assert self.sheet.stack.currentWidget() is self.sheet.figures[panel]
        return self.sheet.figures[panel]

    def choose_split(self, split: str) -> None:
        """Evaluate another split."""
        panel = self.sheet.figures[self.judging.panel]
        switch = panel.findChild(SegmentedControl, "split_switch")
        assert switch is not None
        self.click(switch.button(split))
        assert self.state.selection.split == split

    def choose_in_menu(self, point: QPoint, words: str) -> None:
        """Open the menu of a line of the sentences and choose from it."""
        failed: list[BaseException] = []

        def choose() -> None:
            try:
                self.choose_open(words)
            except BaseException as error:
                failed.append(error)
            while (popup := QApplication.activePopupWidget()) is not None:
                popup.close()

        QTimer.singleShot(0, choose)
        place = self.examples.viewport().mapTo(self.window, point)
        QTest.mouseClick(self.window.windowHandle(), Qt.MouseButton.RightButton, PLAIN, place)
        self.settle()
        if failed:
            raise failed[0]

    def line(self, line: int, column: int = SENTENCE) -> QPoint:
        """Return where a line of the sentences is."""
        table = self.examples
        table.scrollTo(table.model().index(line, column))
        return table.visualRect(table.model().index(line, column)).center()

    def lecture_line(self, line: int) -> QPoint:
        """Return where a line of the lecture's table is."""
        table = self.sheet.lecture_table.table
        return table.visualRect(table.lines.index(line, 0)).center()

    def open_link(self, line: int) -> None:
        """Click on the link of a line."""
        self.click(self.examples, self.line(line, LINK))

    def drag_slider(self, slider: QSlider, *values: float) -> None:
        """Take the handle of a slider from where it is over some shares of its range."""
        option = QStyleOptionSlider()
        slider.initStyleOption(option)
        style, control = slider.style(), QStyle.ComplexControl.CC_Slider
        handle = style.subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, slider)
        room = slider.width() - handle.width()
        middle = handle.center()
        places = [QPoint(round(value * room) + handle.width() // 2, middle.y()) for value in values]
        self.drag(slider, middle, *places)

    def wait_for_reasons(self) -> None:
        """Wait until it is known what moved the answers in sight."""
        panel = self.sheet.examples

        def known() -> bool:
            found, listing = self.state.findings.examples, self.listed()
            if found is None or not listing or found.model is not self.state.model:
                return False
            # The last line in sight is the last that is worked out.
            last = self.examples.rowAt(self.examples.viewport().height() - 1)
            line = panel.model.rowCount() - 1 if last < 0 else last
            return panel.model.place(line) in found.by_place

        self.qtbot.waitUntil(known, timeout=WAIT)
        self.wait()

    def follow(self) -> Evaluation:
        """Wait for the next answers of the network that learns."""
        before = self.state.evaluation
        self.qtbot.waitUntil(lambda: self.state.evaluation is not before, timeout=WAIT)
        assert self.state.evaluation is not None
        return self.state.evaluation

    # what follows from the network's answers

    def ask(self, model: Model, words: int | None = None) -> Evaluation:
        """Return what a network says to the split that is looked at."""
        dataset, split = self.state.dataset, self.state.selection.split
        assert dataset is not None
        for asked, known in self._answers:
            if asked[0] is model and asked[1] is dataset and asked[2:] == (split, words):
                return known
        found = _answers_of(model, dataset, split, words)
        self._answers = [((model, dataset, split, words), found), *self._answers[:7]]
        return found

    def asked(self) -> Evaluation:
        """Return what the network says that is looked at, of which epoch and after which words."""
        model, judging = self.state.model, self.judging
        assert model is not None
        if judging.epoch is not None:
            moment = moment_at(self.state.moments, judging.epoch)
            assert moment is not None
            model = model_at(model, moment)
        return self.ask(model, judging.words)

    def counted(self, own: Evaluation | None = None) -> Recount:
        """Count all answers anew."""
        rival = self.state.rival
        own = self.asked() if own is None else own
        return recount(own, self.judging, None if rival is None else self.ask(rival.model))

    def decided_at(self, row: int) -> int | None:
        """Return the step at which the answer to a sentence was last turned, None for none."""
        model = self.state.model
        assert model is not None
        leads = model.trace(self.state.table.rows[row].text)[1].y.argmax(axis=1).tolist()
        turns = [step for step in range(2, len(leads) + 1) if leads[step - 1] != leads[step - 2]]
        return turns[-1] if turns else None

    # what must be seen

    def look_closely(self, own: Evaluation | None = None) -> Recount:
        """Everything on the page shows what follows from the answers; return it.

        `own` are the answers while the network learns, otherwise it is asked anew.
        """
        self.settle()
        own = self.asked() if own is None else own
        wanted = self.counted(own)
        if not any(panel.enlarged for panel in self.sheet.panels):
            self._look_at_header(len(wanted.answers))
            self._look_at_matrix(wanted)
            if self.state.run.status != "running":  # lists follow a moment later
                self._look_at_examples(wanted)
        match self.judging.panel:
            case Panels.CLASSES:
                self._look_at_classes(wanted, own)
            case Panels.TABLE:
                self._look_at_lecture_table(wanted)
            case Panels.RELIABILITY:
                self._look_at_reliability(own)
            case Panels.THRESHOLD:
                self._look_at_thresholds(wanted, own)
            case Panels.RUNS:
                self._look_at_runs(wanted)
        return wanted

    def _look_at_header(self, count: int, invented: int = 0) -> None:
        words = self.sheet.confusion.subtitle.words
        split = self.state.selection.split.value
        assert f"{count - invented:,} {split} " in words, words
        assert (f", {invented:,} invented" in words) is bool(invented), words

    def drawn(self, wanted: Recount) -> list[int]:
        """Return the places of the labels that are drawn, in their order."""
        judging, names = self.judging, wanted.names
        table = self.matrix.table
        assert table is not None
        order = list(range(len(names)))
        if judging.order is MatrixOrder.SIZE:
            sizes = [sum(one.truth == place for one in wanted.answers) for place in order]
            if wanted.against is not Against.BETWEEN:
                order.sort(key=lambda place: -sizes[place])
        elif judging.order is MatrixOrder.NAME:
            order.sort(key=lambda place: names[place].casefold())
        elif judging.order is MatrixOrder.HAND:
            by_hand = [*judging.by_hand, *names]
            order.sort(key=lambda place: by_hand.index(names[place]))
        hidden = set(judging.hidden) | (set() if judging.outside else {"O"})
        order = [place for place in order if names[place] not in hidden]
        if judging.order is MatrixOrder.SIMILARITY:
            side = table.columns if table.swapped else table.rows
            shown = [int(place) for place in side.places if place < len(names)]
            assert sorted(shown) == order
            return shown
        return order

    def _look_at_matrix(self, wanted: Recount) -> None:
        table, panel = self.matrix.table, self.sheet.confusion
        assert table is not None
        judging = self.judging
        drawn = self.drawn(wanted)
        down = [*drawn, *range(len(wanted.names), len(wanted.rows))]
        across = [*drawn, *range(len(wanted.names), len(wanted.columns))]
        values = self._values(wanted)[np.ix_(down, across)]
        counts = wanted.table[np.ix_(down, across)]
        names = [wanted.rows[place] for place in down], [wanted.columns[place] for place in across]
        # The margins sum what the cells show: counts, also under shares, or a mass.
        is_mass = table.measure is Measure.MASS
        summed = self._values(wanted) if is_mass else wanted.table
        totals = summed.sum(axis=1)[down], summed.sum(axis=0)[across]
        rows, columns = table.rows, table.columns
        assert table.swapped is judging.swapped
        if judging.swapped:
            counts, values = counts.T, values.T
            rows, columns = columns, rows
        assert np.array_equal(table.counts, counts)
        assert np.allclose(table.values, values, atol=1e-4, equal_nan=True)
        assert (list(rows.names), list(columns.names)) == names
        for side, total in zip((rows, columns), totals, strict=True):
            assert np.allclose(side.totals, total, atol=1e-3 if is_mass else 0)
        if wanted.against in (Against.THIS, Against.OTHER):
            for side, axis in ((rows, 1), (columns, 0)):
                for at, label in enumerate(drawn):
                    total = int(wanted.plain.sum(axis=axis)[label])
                    share = wanted.plain[label, label] / total if total else math.nan
                    assert np.isclose(side.shares[at], share, equal_nan=True)
        assert self.matrix.viewport().isVisible()
        texts = panel.table_rows()
        assert texts is not None
        assert [row[0] for row in texts[1:]] == list(table.rows.names)
        # Where a cell is painted, a click chooses it.
        for place in _places(table.counts.shape)[::5]:
            point = self.matrix.cell_rect(*table.cell_of(place)).center()
            if self.matrix.viewport().rect().contains(point):
                found = self.matrix.place_at(point)
                assert found == place or found is None or min(found) < 0
        self._look_at_selection(wanted)

    def _look_at_selection(self, wanted: Recount) -> None:
        table = self.matrix.table
        assert table is not None
        mask = self.matrix._marks().selected
        for place in _places(table.counts.shape):
            assert bool(mask[place]) is (table.cell_of(place) in self.cells)

    def _values(self, wanted: Recount) -> np.ndarray:
        counts, measure = wanted.table.astype(float), self.judging.measure
        differs = wanted.against is Against.DIFFERENCE
        if measure is Measure.MASS and wanted.against is not Against.BETWEEN:
            return wanted.mass
        if measure is Measure.COUNTS or measure is Measure.MASS:
            return counts
        if measure is Measure.OF_PREDICTED and differs:
            return counts
        result = np.full(counts.shape, np.nan)
        for row, column in _places(counts.shape):
            total = counts[row].sum() if measure is Measure.OF_TRUTH else counts[:, column].sum()
            if differs:
                total = sum(one.truth == row for one in wanted.answers)
            if total:
                result[row, column] = counts[row, column] / total
        return result

    def taken(self, wanted: Recount) -> list[Answer]:
        """Return the answers that must be listed, in their order."""
        judging, rows = self.judging, self.state.table.rows
        found = wanted.taken(self.cells, judging)
        search = judging.search.strip().lower()
        found = [one for one in found if search in rows[one.row].text.lower()]
        lengths = {row: self._length(row) for row in {one.row for one in found}}
        keys = {
            **_KEYS,
            ExampleOrder.CLOSEST: lambda one: one.ahead,
            ExampleOrder.LONGEST: lambda one: -lengths[one.row],
            ExampleOrder.SHORTEST: lambda one: lengths[one.row],
        }
        return sorted(found, key=keys[judging.example_order])

    def _length(self, row: int) -> int:
        assert self.state.dataset is not None
        return len(self.state.dataset.sequences[row]) - 2

    def listed(self) -> list[tuple[int, int]]:
        """Return the row and step of each line of the sentences."""
        model = self.sheet.examples.model
        return [model.place(line) for line in range(model.rowCount())]

    def _look_at_examples(self, wanted: Recount) -> None:
        panel, model = self.sheet.examples, self.sheet.examples.model
        found = self.taken(wanted)
        listed = self.listed()
        if self.judging.example_order is ExampleOrder.CLOSEST:  # differences are rounded
            assert sorted(listed) == sorted((one.row, one.step) for one in found)
        else:
            assert listed == [(one.row, one.step) for one in found]
        assert panel.message.isVisible() is not bool(found)
        assert panel.table.isVisible() is bool(found)
        by_place = {(one.row, one.step): one for one in found}
        for line in range(0, len(found), max(len(found) // 7, 1)):
            one = by_place[listed[line]]
            assert model.text(line, CONFIDENCE) == f"{one.sure:.2f}"
            assert model.text(line, LENGTH) == f"{self._length(one.row):,}"
            row = self.state.table.rows[one.row]
            assert model.text(line, SENTENCE) == (" ".join(row.words) if row.words else row.text)
        words = panel.subtitle.words
        assert str(len(found)) in words.replace(",", "").split(" "), (len(found), words)

    def look_at_reasons(self, lines: Sequence[int] = (0, 1, 2)) -> None:
        """The words of some lines are shaded by what they did, by the engine."""
        model, panel = self.state.model, self.sheet.examples
        assert model is not None
        assert self.state.dataset is not None
        for line in lines:
            row, step = panel.model.place(line)
            ids = self.state.dataset.sequences[row]
            said = model.labels.index(panel.model.text(line, 2))
            at = step if model.task is Task.LABEL else None
            known = self.state.findings.examples
            assert known is not None
            by = _METHODS[known.by_place[row, step].method]
            found = by(model.network, model.parameters, ids, said, at)
            # One scale for all lines: the most that a word of a listed sentence did, at least 0.1.
            listed = {place for place, _ in self.listed()}
            most = [
                np.abs(one.contributions[1:-1]).max()
                for place, one in known.by_place.items()
                if place[0] in listed and len(one.contributions) > 2
            ]
            expected = found.contributions[1:-1] / max(np.percentile(most, 95), 0.1)
            shares = panel.model.words(line).shares
            assert np.allclose(shares, expected.clip(-1, 1), atol=1e-4)

    def _look_at_classes(self, wanted: Recount, own: Evaluation) -> None:
        panel = self.sheet.per_class
        rows = panel.table_rows()
        assert rows is not None
        plain = wanted.plain
        classes = {
            name: figures(int(plain[p, p]), int(plain[:, p].sum()), int(plain[p].sum()))
            for p, name in enumerate(wanted.names)
        }
        shown = {row[0]: row[1:] for row in rows[1:]}
        for name, one in classes.items():
            assert shown[name] == one.written(), name
        for name, one in zip(("macro", "weighted"), averages([*classes.values()]), strict=True):
            assert shown[f"{name} average"] == one.written(), name
        macro = averages([*classes.values()])[0]
        texts = {name: label.text().replace("−", "-") for name, label in panel.figures.items()}
        total, right = int(plain.sum()), int(plain.trace())
        accuracy = f"{100 * right / total:.1f} %" if total else "–"
        between = wanted.against is Against.BETWEEN
        assert texts["agreement" if between else "accuracy"] == accuracy
        assert texts["macro F1"] == ("–" if macro.f1 is None else f"{macro.f1:.3f}") or not total
        if not math.isnan(agreed := kappa(plain)):
            assert float(texts["κ"]) == round(agreed, 3)
        if wanted.against is Against.THIS:
            chosen = own.probabilities[np.arange(len(own.truth)), own.truth].astype(float)
            name = "loss a word" if own.task is Task.LABEL else "loss"
            assert abs(float(texts[name]) + float(np.log(chosen).mean())) < 6e-4
        noun = "words" if own.task is Task.LABEL else "sentences"
        count, of = f"{total:,}", len(wanted.answers)
        assert texts[noun] == (count if total == of else f"{count} of {of:,}")

    def _look_at_lecture_table(self, wanted: Recount) -> None:
        panel = self.sheet.lecture_table
        rows = panel.table_rows()
        assert rows is not None
        said = [
            (
                wanted.columns[one.said],
                wanted.names[one.truth],
                "–" if one.said >= len(wanted.names) else "✓" if one.right else "✗",
            )
            for one in wanted.answers
        ]
        assert [tuple(row[-3:]) for row in rows[1:]] == said
        table = self.state.table.rows
        if panel.model.of_words:
            words = [(table[a.row].words or ())[a.step - 2] for a in wanted.answers]
            assert [row[1] for row in rows[1:]] == words
        else:
            assert [row[0] for row in rows[1:]] == [table[one.row].text for one in wanted.answers]
            for line in range(0, panel.model.rowCount(), 9):
                assert panel.model.text(line, lecture_table.CORRECT) == said[line][2]
        right = sum(one.right for one in wanted.answers)
        answered = sum(one.said < len(wanted.names) for one in wanted.answers)
        assert panel.summary.words.startswith(f"{right:,} of {answered:,} ")

    def _look_at_reliability(self, own: Evaluation) -> None:
        panel = self.sheet.reliability
        sure = [float(shares.max()) for shares in own.probabilities]
        right = (own.predicted == own.truth).tolist()
        by_count = self.judging.binning is Binning.COUNT
        expected, largest, counts = calibration_errors(
            np.minimum(sure, 1.0).tolist(), right, by_count, min(10, len(sure)) if by_count else 10
        )
        assert [label.text() for label in panel.figures] == [f"{expected:.3f}", f"{largest:.3f}"]
        rows = panel.table_rows()
        assert rows is not None
        assert [int(row[2]) for row in rows[1:]] == counts
        words = panel.verdict.text().replace("\u00a0", " ")
        assert f"{100 * sum(sure) / len(sure):.1f} %" in words
        if len(right) == 1:
            assert f"is {'right' if right[0] else 'wrong'}" in words
        else:
            assert f"{100 * sum(right) / len(right):.1f} %" in words

    def _look_at_thresholds(self, wanted: Recount, own: Evaluation) -> None:
        panel, judging = self.sheet.thresholds, self.judging
        label = panel.classes.currentIndex()
        scores = own.probabilities[:, label].tolist()
        positive = (own.truth == label).tolist()
        curves = {kind: curve.pane for kind, curve in panel.curves.items()}
        there, others = sum(positive), len(positive) - sum(positive)
        if there and others:
            area = area_under_roc(scores, positive)
            assert curves[CurveKind.ROC].figure == f"AUC {area:.3f}"
            precision = average_precision(scores, positive)
            assert curves[CurveKind.PRECISION_RECALL].figure == f"AP {precision:.3f}"
        counted = wanted
        if judging.groups or judging.merged or wanted.against is not Against.THIS:
            return
        found = int(counted.table[label, label])
        called = int(counted.table[:, label].sum())
        answered = sum(one.said < len(counted.names) for one in counted.answers)
        right = sum(one.right for one in counted.answers)
        if there and others:
            wanted_dot = ((called - found) / others, found / there)
            assert curves[CurveKind.ROC].dot == wanted_dot
        if there and called:
            assert curves[CurveKind.PRECISION_RECALL].dot == (found / there, found / called)
        if answered:
            dot = (answered / len(counted.answers), right / answered)
            assert curves[CurveKind.COVERAGE].dot == dot
        assert panel.abstain.value() == round(1000 * judging.abstain)
        assert panel.threshold.isVisible() is (len(own.labels) == 2)
        words = panel.findChild(QWidget, "abstain_words")
        assert words is not None
        said = str(words.property("text")).replace("\u00a0", " ")
        assert f"{right:,}" in said or not right, said

    def _look_at_runs(self, wanted: Recount) -> None:
        panel = self.sheet.runs
        if self.state.rival is None:
            assert panel.table_rows() is None
            return
        rows = panel.table_rows()
        assert rows is not None
        shown = {row[0]: row for row in rows[1:]}
        found = [one.outcome for one in wanted.answers]
        counts = [found.count(outcome) for outcome in sorted({*found} | {0, 1, 2, 3})]  # type: ignore[arg-type,type-var]
        count = len(found)
        this, other = counts[0] + counts[1], counts[0] + counts[2]
        assert shown["accuracy"][1:] == [
            f"{this / count:.4f}",
            f"{other / count:.4f}",
            f"{(other - this) / count:+.4f}",
            str(count),
        ]
        cells = [row for row in rows if row[0].endswith(" right")]
        assert [int(row[4]) for row in cells] == counts

    def look_at_entities(self) -> tuple[set[object], set[object]]:
        """The matrix and the figures count entities; return the true and the found ones."""
        own, judging = self.asked(), self.judging
        rows = own.rows.tolist()
        labels = own.labels
        said = [HELD if one is None else labels[one] for one in own.predicted.tolist()]
        if judging.abstain:
            sure = own.probabilities.max(axis=1).tolist()
            said = [s if p >= judging.abstain else "O" for s, p in zip(said, sure, strict=True)]
        truth = entities([labels[t] for t in own.truth.tolist()], rows, judging.strict, judging)
        found = entities(said, rows, judging.strict, judging)
        table = self.matrix.table
        assert table is not None
        whole = table.judgement.table
        names = table.judgement.labels
        shown = self.sheet.per_class.table_rows()
        assert shown is not None
        by_name = {row[0]: row[1:] for row in shown[1:]}
        classes = []
        for place, name in enumerate(names):
            there = {one for one in truth if one[3] == name}
            called = {one for one in found if one[3] == name}
            right = len(there & called)
            assert whole[place, place] == right
            assert whole[place].sum() == len(there)
            one = figures(right, len(called), len(there))
            assert by_name[name] == one.written(), name
            if there or called:
                classes.append(one)
            border = table.judgement.column_names.index("wrong border")
            assert whole[:, place].sum() + whole[place, border] == len(called)
            # What stands below the column is what its precision is a share of.
            side = table.rows if self.judging.swapped else table.columns
            if place in side.places:
                assert side.totals[side.places.tolist().index(place)] == len(called)
        total = figures(len(truth & found), len(found), len(truth))
        micro = [f"{part or 0.0:.3f}" for part in (total.precision, total.recall, total.f1)]
        assert by_name["all entities"][:3] == micro or not truth
        if truth and classes:
            for name, one in zip(("macro", "weighted"), averages(classes), strict=True):
                assert by_name[f"{name} average"] == one.written()
        same = {one[:3] for one in truth} & {one[:3] for one in found}
        wrong_type = sum(
            int(whole[p, q]) for p in range(len(names)) for q in range(len(names)) if p != q
        )
        assert wrong_type == len(same) - len(truth & found)
        assert whole.sum() == len(truth) + int(whole[len(names)].sum())
        self._look_at_header(int(whole.sum()), invented=int(whole[len(names)].sum()))
        drawn = self.matrix.class_names
        assert set(drawn) == set(names) - set(judging.hidden)
        return {*truth}, {*found}

    def press(self, point: QPoint, widget: QWidget | None = None) -> None:
        """Click without asking what is there."""
        widget = self.matrix.viewport() if widget is None else widget
        place = widget.mapTo(self.window, point)
        QTest.mouseClick(self.window.windowHandle(), _LEFT, PLAIN, place)


def _places(shape: tuple[int, ...]) -> list[Place]:
    return [(row, column) for row in range(shape[0]) for column in range(shape[1])]


def _answers_of(model: Model, dataset: Dataset, split: Split, words: int | None) -> Evaluation:
    data = dataset_for(model, dataset.table, dataset.splits)
    if words is None:
        return evaluate(model, data, split)
    found = evaluate(model, with_first_words(data, split, words, model), split)
    # Where the whole sentence is unrolled there is no <eos> after the last word that was read.
    lengths = [len(data.sequences[row]) for row in found.rows.tolist()]
    steps = [length if length <= words + 2 else words + 1 for length in lengths]
    return dataclasses.replace(found, steps=np.array(steps, np.int64))

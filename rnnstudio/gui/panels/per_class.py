"""Which split is evaluated, how good the answers are in all, and for each class."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.data.table import Split
from rnnstudio.gui.controls import SegmentedControl, label
from rnnstudio.gui.models.per_class import (
    HEADINGS,
    SHORT_HEADINGS,
    SHORTEST_HEADINGS,
    PerClassModel,
)
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.lettering import number
from rnnstudio.gui.tables import DataTable, row_height
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.evaluate import NOT_TRAINED, PerClassState, noun_of

_CLASS_WIDTH = 130  # pixels; with less the headings of the figures give way
_MEANINGS = {
    "accuracy": "Right answers over all answers",
    "macro F1": "The mean of the classes' F1: every class counts the same",
    "loss": "The mean of −log ŷ of the true class, in nats",
    "sentences": "How many sentences were evaluated",
}


class ClassTable(DataTable):
    """As high as its rows, if there is room: two classes do not need half the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def sizeHint(self) -> QSize:
        rows = max(self.model_rows(), 1)
        return QSize(420, self.horizontalHeader().sizeHint().height() + rows * row_height() + 2)

    def minimumSizeHint(self) -> QSize:
        rows = min(max(self.model_rows(), 1), 4)
        return QSize(260, self.horizontalHeader().sizeHint().height() + rows * row_height() + 2)

    def fit_columns(self) -> None:
        """Give the figures what their headings need."""
        model, header = self.model(), self.horizontalHeader()
        assert isinstance(model, PerClassModel)
        figures = range(1, len(HEADINGS))
        for model.headings in (HEADINGS, SHORT_HEADINGS, SHORTEST_HEADINGS):
            widths = [header.sectionSizeHint(column) + 6 for column in figures]
            if sum(widths) + _CLASS_WIDTH <= self.viewport().width():
                break
        for column, width in zip(figures, widths, strict=True):
            header.resizeSection(column, width)
        header.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()


class PerClassPanel(Panel):
    """The switch of splits, four figures, and the table of classes."""

    split_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Per class", parent=parent)
        self._state: PerClassState | None = None
        self.split = SegmentedControl(
            tuple(
                (split.value, split.value, f"Evaluate the {split.value} split") for split in Split
            )
        )
        self.split.chosen.connect(self.split_chosen)
        self.header.addWidget(self.split)
        self.figures: dict[str, QLabel] = {}
        self.body.addLayout(self._make_figures())

        self.model = PerClassModel(self)
        self.table = ClassTable()
        self.table.setObjectName("per_class")
        self.table.setModel(self.model)
        header = self.table.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.setSectionsClickable(True)
        self.table.setSortingEnabled(True)
        self.table.stretch(0)
        self.table.hinted.connect(self.hinted)
        self.message = words_instead()
        self.message.setMinimumHeight(80)
        self.body.addWidget(self.table)
        self.body.addWidget(self.message)

    def _make_figures(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(26)
        for name, meaning in _MEANINGS.items():
            part = QVBoxLayout()
            part.setSpacing(0)
            value = label("–", "figure")
            value.setObjectName(f"figure_{name.replace(' ', '_')}")
            words = label(name, "figure-name")
            for one in (value, words):
                one.setToolTip(meaning)
                part.addWidget(one)
            if name == "sentences":
                self.count_name = words
            self.figures[name] = value
            row.addLayout(part)
        row.addStretch(1)
        return row

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.table.set_theme(theme)

    def render(self, state: PerClassState) -> None:  # type: ignore[override]
        """Show the figures."""
        self._state = state
        evaluation = state.evaluation
        self.split.choose(state.split.value)
        self.model.show(evaluation)
        self.table.setVisible(evaluation is not None)
        self.message.setVisible(evaluation is None)
        self.message.setText(state.message)
        words = ""
        if evaluation is not None:
            words = "not trained yet" if state.note == NOT_TRAINED else f"after epoch {state.epoch}"
            self.figures["accuracy"].setText(f"{evaluation.accuracy * 100:.1f} %")
            self.figures["macro F1"].setText(number(evaluation.macro_f1))
            self.figures["loss"].setText(number(evaluation.loss))
            self.figures["sentences"].setText(f"{len(evaluation.rows):,}")
        else:
            for value in self.figures.values():
                value.setText("–")
        noun = "sentence" if evaluation is None else noun_of(evaluation)
        self.count_name.setText(f"{noun}s")
        for one in (self.count_name, self.figures["sentences"]):
            one.setToolTip(f"How many {noun}s were evaluated")
        self.set_title("Per class" if noun == "sentence" else "Per tag", words)
        self.table.fit_columns()
        self.table.updateGeometry()

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None or self._state.evaluation is None:
            return None
        lines = range(self.model.rowCount())
        columns = range(len(HEADINGS))
        return [
            [self.model.heading(column) for column in columns],
            *([self.model.text(line, column) for column in columns] for line in lines),
        ]

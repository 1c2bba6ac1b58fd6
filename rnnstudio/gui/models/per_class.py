"""The figures of each class as a table that can be sorted."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QFont

from rnnstudio.engine.metrics import ClassFigures
from rnnstudio.engine.network import Task
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.project.evaluation import Evaluation

HEADINGS = ("class", "precision", "recall = accuracy per class", "F1", "sentences")
SHORT_HEADINGS = ("class", "precision", "recall", "F1", "sentences")
SHORTEST_HEADINGS = ("class", "precision", "recall", "F1", "n")
_MEANINGS = (
    "the class",
    "of those called so, the share that truly is",
    "of those that truly are, the share called so",
    "the harmonic mean of precision and recall",
    "how many truly are of this class",
)


class PerClassModel(QAbstractTableModel):
    """One row a class; columns class, precision, recall, F1, sentences."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._evaluation: Evaluation | None = None
        self.headings = HEADINGS
        self._order: list[int] = []
        self._sorting: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def show(self, evaluation: Evaluation | None) -> None:
        """Show these figures; the rows keep their place where the classes are the same."""
        before = self._evaluation.labels if self._evaluation else None
        after = evaluation.labels if evaluation else None
        if before == after:
            self._evaluation = evaluation
            self._sort()
            if self._order:
                end = self.index(len(self._order) - 1, len(HEADINGS) - 1)
                self.dataChanged.emit(self.index(0, 0), end)
            return
        self.beginResetModel()
        self._evaluation = evaluation
        self._sort()
        self.endResetModel()

    def heading(self, column: int) -> str:
        """Return the heading of a column: labellers have tags and words."""
        heading = self.headings[column]
        if self._evaluation is None or self._evaluation.task is not Task.LABEL:
            return heading
        return {"class": "tag", "sentences": "words"}.get(heading, heading)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heading(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _MEANINGS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return Qt.AlignmentFlag.AlignRight
        if role == CellRole.WEIGHT and not column:
            return QFont.Weight.DemiBold
        if role == CellRole.HINT:
            label = self.text(index.row(), 0)
            return (
                f"{label}: {HEADINGS[column]} {self.text(index.row(), column)}, {_MEANINGS[column]}"
            )
        return None

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        assert self._evaluation is not None
        figures = self._evaluation.per_class[self._order[row]]
        if column == 0:
            return self._evaluation.labels[figures.label]
        if column == 4:
            return f"{figures.support:,}"
        return f"{(figures.precision, figures.recall, figures.f1)[column - 1]:.3f}"

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self._sorting = (column, order)
        self._sort()
        self.layoutChanged.emit()

    def _sort(self) -> None:
        evaluation = self._evaluation
        self._order = list(range(len(evaluation.labels))) if evaluation else []
        column, order = self._sorting
        if evaluation is None or column < 0:
            return

        def key(label: int) -> float | int:
            figures: ClassFigures = evaluation.per_class[label]
            numbers = (label, figures.precision, figures.recall, figures.f1, figures.support)
            return numbers[column]

        self._order.sort(key=key, reverse=order is Qt.SortOrder.DescendingOrder)

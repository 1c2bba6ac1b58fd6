"""The figures of each class as a table that can be sorted, with the averages at its end."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QFont

from rnnstudio.engine.class_order import by_name
from rnnstudio.gui.contrast import readable
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.per_class import ClassLine, PerClassState

NAME, PRECISION, RECALL, F1, SUPPORT = range(5)
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
_NOTHING = "–"
_WHY_NOTHING = {
    PRECISION: "nothing was called so",
    RECALL: "nothing truly is",
    F1: "nothing truly is or was called so",
}
_AVERAGES = {
    "macro": "the mean over the classes: every class counts the same",
    "weighted": "the mean over the classes: every class counts by its number of true ones",
    "all": "every one counts the same",
}


class ClassRole(IntEnum):
    """What this model tells of a cell besides what all tables do."""

    FIRST_AVERAGE = Qt.ItemDataRole.UserRole + 41  # True: a heavier rule above


class PerClassModel(QAbstractTableModel):
    """One row a class, then the averages; columns class, precision, recall, F1, support.

    Unsorted, the classes are in the order of the matrix. A share of nothing stays last.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.headings = HEADINGS
        self.has_bars = False
        self._state: PerClassState | None = None
        self._lines: tuple[ClassLine, ...] = ()
        self._sorting: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def show(self, state: PerClassState) -> None:
        """Show these figures; the rows keep their place where the classes are the same."""
        headings = self._headings
        before, self._state = self._lines, state
        lines = self._sorted()
        if [line.name for line in before] == [line.name for line in lines]:
            self._lines = lines
            if lines:
                end = self.index(len(lines) - 1, len(HEADINGS) - 1)
                self.dataChanged.emit(self.index(0, 0), end)
            if headings != self._headings:  # else everything would be laid out again
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(HEADINGS) - 1)
            return
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    @property
    def class_count(self) -> int:
        """How many lines are of classes; the averages follow them."""
        return sum(line.row is not None for line in self._lines)

    @property
    def _headings(self) -> list[str]:
        return [self.heading(column) for column in range(len(HEADINGS))]

    def line(self, row: int) -> ClassLine:
        """Return what stands in a row."""
        return self._lines[row]

    def row_of(self, matrix_row: int) -> int:
        """Return in which row a row of the matrix stands, −1 where it does not."""
        places = (at for at, line in enumerate(self._lines) if line.row == matrix_row)
        return next(places, -1)

    def heading(self, column: int) -> str:
        """Return the heading of a column: labellers have tags and words."""
        heading = self.headings[column]
        if self._state is None:
            return heading
        if column == RECALL and heading == HEADINGS[RECALL]:
            return f"recall = accuracy per {self._state.kind}"
        return {"class": self._state.kind, "sentences": self._state.counted}.get(heading, heading)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._lines)

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
            return f"{_MEANINGS[section]}; click to sort"
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        line = self._lines[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return Qt.AlignmentFlag.AlignRight
        if role == CellRole.WEIGHT and not column:
            return QFont.Weight.Normal if line.row is None else QFont.Weight.DemiBold
        if role == CellRole.COLOR and (not line.drawn or (line.row is None and not column)):
            return readable(self.theme.color("muted"), self.theme.color("accent_soft"))
        if role == CellRole.SHARE and self.has_bars and column in (PRECISION, RECALL, F1):
            return self._share(line, column)
        if role == ClassRole.FIRST_AVERAGE:
            return line.row is None and row == self.class_count
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.name} {self.heading(column)} {self.text(row, column)}"
        if role == CellRole.HINT or (role == Qt.ItemDataRole.ToolTipRole and line.row is None):
            return self._hint(row, column)
        return None

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell; "–" for a share of nothing."""
        line = self._lines[row]
        if column == NAME:
            return line.name
        if column == SUPPORT:
            return f"{line.support:,}"
        share = self._share(line, column)
        return _NOTHING if share is None else f"{share:.3f}"

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self._sorting = (column, order)
        self._lines = self._sorted()
        self.layoutChanged.emit()

    def _hint(self, row: int, column: int) -> str:
        line = self._lines[row]
        heading = HEADINGS[column] if column != SUPPORT else "number"
        if line.row is None:
            how = _AVERAGES.get(line.name.split(" ")[0], "")
            value = "" if column == NAME else f", {heading} {self.text(row, column)}"
            return f"{line.name}{value}: {how}"
        if column == NAME:
            hidden = "" if line.drawn else ", not drawn in the matrix"
            return f"{line.name}{hidden}: a click selects its row of the matrix, Ctrl adds it"
        share = None if column == SUPPORT else self._share(line, column)
        if column != SUPPORT and share is None:
            return f"{line.name}: no {heading}: {_WHY_NOTHING[column]}"
        return f"{line.name}: {heading} {self.text(row, column)}, {_MEANINGS[column]}"

    @staticmethod
    def _share(line: ClassLine, column: int) -> float | None:
        return (line.precision, line.recall, line.f1)[column - 1]

    def _sorted(self) -> tuple[ClassLine, ...]:
        state = self._state
        if state is None:
            return ()
        column, order = self._sorting
        backwards = order is Qt.SortOrder.DescendingOrder
        lines: list[ClassLine] = list(state.classes)
        if column == NAME:
            names = [line.name for line in lines]
            lines = [lines[place] for place in by_name(names).tolist()]
            if backwards:
                lines.reverse()
        elif column == SUPPORT:
            lines.sort(key=lambda line: line.support, reverse=backwards)
        elif column > 0:
            known = [line for line in lines if self._share(line, column) is not None]
            unknown = [line for line in lines if self._share(line, column) is None]
            known.sort(key=lambda line: self._share(line, column) or 0.0, reverse=backwards)
            lines = known + unknown
        return (*lines, *state.averages)

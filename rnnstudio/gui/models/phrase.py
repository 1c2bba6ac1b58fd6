"""The lists of the phrase panel: its units, and the places where they are on again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from rnnstudio.gui.plots.lettering import signed
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.session.over_time import PhraseUnit
from rnnstudio.session.resolve.phrase import PhrasePlace

Line = TypeVar("Line")


class LinesModel(QAbstractListModel, Generic[Line]):
    """One line a value; `line(row)` is what a delegate paints."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """List other lines; the same ones stay as they are."""
        if lines != self._lines:
            self.beginResetModel()
            self._lines = lines
            self.endResetModel()

    def line(self, row: int) -> Line:
        """Return the value of a line."""
        return self._lines[row]

    def said(self, line: Line) -> str:
        """Return the words for a line."""
        raise NotImplementedError

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        spoken = (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
            CellRole.HINT,
        )
        if index.isValid() and role in spoken:
            return self.said(self._lines[index.row()])
        return None


class PhraseUnitsModel(LinesModel[PhraseUnit]):
    """The units that are on exactly in the phrase; `kind` is what they are called."""

    kind = "unit"

    def said(self, line: PhraseUnit) -> str:
        return f"{self.kind} {line.name}: {signed(line.mean)} on the average of the phrase"


class PhrasePlacesModel(LinesModel[PhrasePlace]):
    """Where they are on again; `joint` stands between two words, `units` is how many they are."""

    joint = " "
    units = 0

    def said(self, line: PhrasePlace) -> str:
        marked = self.joint.join(line.words[line.first - 1 : line.last])
        return f"“{marked}” in {self.about(line)}"

    def about(self, line: PhrasePlace) -> str:
        """Return which sentence it is and how many of the units are on."""
        parts = [f"row {line.table_row + 1:,}"]
        if line.label:
            parts.append(line.label)
        if line.count == self.units:
            parts.extend(["all units"] if self.units > 1 else [])
        else:
            parts.append(f"{line.count:,} of {self.units:,} units")
        return " · ".join(parts)

"""The table of probe sentences as Qt sees it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QFont

from rnnstudio.gui.contrast import class_text
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.probes import ProbeRow, ProbesState

_NONE = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight
_LEFT = Qt.AlignmentFlag.AlignLeft
_MOST_WORDS = 90  # letters of a sentence in the status bar


class Column(IntEnum):
    """The columns from left to right."""

    SENTENCE = 0
    SAYS = 1
    BAR = 2
    CONFIDENCE = 3
    HISTORY = 4
    TRUTH = 5
    OPEN = 6
    REMOVE = 7


_HEADINGS = {
    Column.SENTENCE: "sentence",
    Column.SAYS: "says",
    Column.CONFIDENCE: "confidence",
    Column.HISTORY: "so far",
    Column.TRUTH: "truth",
}


class ProbesModel(QAbstractTableModel):
    """Shows a `ProbesState`. An edited sentence is only asked for; the next state brings it."""

    edited = Signal(int, str)  # the row, the new sentence

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ProbeRow, ...] = ()
        self._theme = LIGHT

    def set_state(self, state: ProbesState) -> None:
        """Show other rows; while the sentences stay, what is being typed into one does too."""
        before, after = self._rows, state.rows
        if [row.sentence for row in before] != [row.sentence for row in after]:
            self.beginResetModel()
            self._rows = after
            self.endResetModel()
        else:
            self._rows = after
            self._repaint([place for place, row in enumerate(after) if row != before[place]])

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self._repaint(range(len(self._rows)))

    def row(self, index: AnyIndex) -> ProbeRow:
        """Return the probe of a cell."""
        return self._rows[index.row()]

    def rowCount(self, parent: AnyIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return _text(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column is Column.CONFIDENCE else _LEFT
            case Qt.ItemDataRole.AccessibleTextRole | CellRole.HINT:
                return _words(row, column)
            case CellRole.LINK:
                links = (Column.OPEN, Column.REMOVE)
                return column in links or (column is Column.TRUTH and not row.tagged)
            case CellRole.COLOR if column is Column.SAYS:
                if row.class_index is None:
                    return self._theme.color("muted")
                return None if row.tagged else class_text(self._theme, row.class_index)
            case CellRole.WEIGHT if column is Column.SAYS and row.class_index is not None:
                return QFont.Weight.DemiBold
        return None

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        sentence = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not sentence:
            return False
        if sentence != self._rows[index.row()].sentence:
            self.edited.emit(index.row(), sentence)
        return True

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == Column.SENTENCE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS.get(column, "")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = _RIGHT if column is Column.CONFIDENCE else _LEFT
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _repaint(self, rows: Iterable[int]) -> None:
        # Not the sentences: Qt would put them back into an editor that is open.
        for row in rows:
            self.dataChanged.emit(self.index(row, Column.SAYS), self.index(row, Column.TRUTH))


def _text(row: ProbeRow, column: Column) -> str:
    match column:
        case Column.SENTENCE:
            return row.sentence
        case Column.SAYS:
            return row.says or row.message
        case Column.CONFIDENCE if row.class_index is not None:
            return f"{row.confidence:.2f}"
        case Column.TRUTH:
            return row.truth or ""
        case Column.OPEN:
            return "Unroll →"
        case _:
            return ""


def _words(row: ProbeRow, column: Column) -> str:
    """Say what a cell shows and what a click on it does."""
    match column:
        case Column.SENTENCE:
            letters = row.sentence[:_MOST_WORDS]
            more = "…" if len(row.sentence) > _MOST_WORDS else ""
            return f"{letters}{more} · double click or F2 edits it"
        case Column.OPEN:
            return "Open this sentence in Unroll"
        case Column.REMOVE:
            return "Remove this probe (Ctrl+Delete)"
        case Column.TRUTH:
            return _truth_words(row)
        case _ if row.class_index is None:
            return row.message
        case Column.HISTORY if row.history:
            first, last = row.history[0][1], row.history[-1][1]
            if row.tagged:
                return f"The least sure word's probability so far: from {first:.3f} to {last:.3f}"
            return f"Probability of {row.says} so far: from {first:.3f} to {last:.3f}"
        case _ if row.tagged:
            sure = f"the least sure has probability {row.confidence:.4f}"
            return f"The newest weights give the words the tags {row.says[:_MOST_WORDS]}; {sure}"
        case _:
            return f"The newest weights say {row.says} with probability {row.confidence:.4f}"


def _truth_words(row: ProbeRow) -> str:
    if row.truth is None and row.tagged:
        return "The truth is not known: the data do not have this sentence"
    if row.truth is None:
        return "The truth is not known · click to set it"
    source = "as you set it" if row.truth_given else "from the data"
    verdict = {True: "is right", False: "is wrong", None: "does not answer"}[row.correct]
    if row.tagged:
        return f"Truth: {row.truth[:_MOST_WORDS]} ({source}); the network {verdict}"
    return f"Truth: {row.truth} ({source}); the network {verdict} · click to change it"

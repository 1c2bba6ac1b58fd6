"""The rows of a table for Qt: numbered, filtered, sorted, edited in place; nothing is copied."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QFont

from rnnstudio.data.table import Split
from rnnstudio.engine.network import Task
from rnnstudio.gui.contrast import class_text
from rnnstudio.gui.models.search_index import SearchIndex, label_of
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.data import SentencesState

NUMBER, SENTENCE, LABEL, SPLIT = range(4)
HEADINGS = ("#", "sentence", "label", "split")
_SHORT_SPLITS = {Split.VALIDATION.value: "val"}  # the sentence needs the room
FIELDS = {SENTENCE: "text", LABEL: "label"}
EXCLUDED_ROLE = 1000 + Qt.ItemDataRole.UserRole  # True: the row is struck out


class SentencesModel(QAbstractTableModel):
    """Lines on the screen stand for rows of the table: `order[line]` is the row.

    An edit changes nothing here: it is asked for by `edited`, and comes back as a new table.
    """

    edited = Signal(int, str, str)  # row, "text" or "label", the new value
    order_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self._state: SentencesState | None = None
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)
        self._lines: NDArray[np.int64] | None = None  # the inverse of `order`, made when asked
        self._class_numbers: dict[str, int] = {}
        self._filter = ""
        self._sorting = (NUMBER, Qt.SortOrder.AscendingOrder)
        self.search = SearchIndex((), None)

    def show(self, state: SentencesState) -> None:
        """Show the rows of a state. After an edit, no line moves."""
        previous, self._state = self._state, state
        same_rows = previous is not None and previous.table.rows is state.table.rows
        if same_rows and previous is not None and previous.splits is state.splits:
            return
        self._class_numbers = {label: number for number, label in enumerate(state.labels)}
        self.search = SearchIndex(state.table.rows, state.splits)
        edited = (
            previous is not None
            and previous.table.origin == state.table.origin
            and len(previous.table.rows) == len(state.table.rows)
        )
        if edited:
            if len(self._order):
                last = self.index(len(self._order) - 1, SPLIT)
                self.dataChanged.emit(self.index(0, NUMBER), last)
            return
        self.beginResetModel()
        self._arrange()
        self.endResetModel()
        self.order_changed.emit()

    @property
    def has_tags(self) -> bool:
        """Whether each word has a tag."""
        return self._state is not None and self._state.table.task is Task.LABEL

    @property
    def total(self) -> int:
        """The number of rows of the table."""
        return len(self._state.table.rows) if self._state is not None else 0

    def row_of(self, line: int) -> int:
        """Return the table's row that stands in a line."""
        return int(self._order[line])

    def rows_of(self, first: int, last: int) -> Sequence[int]:
        """Return the table's rows of the lines `first` … `last`."""
        rows: list[int] = self._order[first : last + 1].tolist()
        return rows

    def line_of(self, row: int) -> int:
        """Return the line in which a row stands, −1 where the filter hides it."""
        if not 0 <= row < self.total:
            return -1
        if self._lines is None:
            self._lines = np.full(self.total, -1, np.int64)
            self._lines[self._order] = np.arange(len(self._order))
        return int(self._lines[row])

    def set_filter(self, words: str) -> None:
        """List the rows whose text, label or split contains `words`, in any case."""
        if words == self._filter:
            return
        narrower = bool(self._filter) and self._filter.lower() in words.lower()
        self._filter = words
        self.beginResetModel()
        if narrower:
            self._set_order(self.search.find(words, self._order))
        else:
            self._arrange()
        self.endResetModel()
        self.order_changed.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorting = (column, order)
        self.beginResetModel()
        self._arrange()
        self.endResetModel()
        self.order_changed.emit()

    def _arrange(self) -> None:
        """Sort all rows, then filter them."""
        rows = self._state.table.rows if self._state is not None else ()
        splits = self._state.splits if self._state is not None else None
        column, direction = self._sorting
        order = np.arange(len(rows), dtype=np.int64)
        if column == LABEL:
            numbers = self._class_numbers
            if self.has_tags:
                tags = [label_of(row) for row in rows]
                order = np.array(sorted(range(len(rows)), key=tags.__getitem__), dtype=np.int64)
            else:
                order = np.argsort([numbers.get(row.label, -1) for row in rows], kind="stable")
        elif column == SPLIT and splits is not None:
            places = {split: place for place, split in enumerate(Split)}
            keys = [
                len(Split) if row.excluded else places[split]
                for row, split in zip(rows, splits, strict=True)
            ]
            order = np.argsort(keys, kind="stable")
        elif column == SENTENCE:
            texts = [row.text.casefold() for row in rows]
            order = np.array(sorted(range(len(rows)), key=texts.__getitem__), dtype=np.int64)
        if direction is Qt.SortOrder.DescendingOrder:
            order = order[::-1]
        self._set_order(self.search.find(self._filter, order) if self._filter else order)

    def _set_order(self, order: NDArray[np.int64]) -> None:
        self._order = np.ascontiguousarray(order, dtype=np.int64)
        self._lines = None

    # ---- Qt's questions ----

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return "tags" if section == LABEL and self.has_tags else HEADINGS[section]
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in FIELDS else flags

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            words = self.text(line, column)
            return _SHORT_SPLITS.get(words, words) if column == SPLIT else words
        if role == EXCLUDED_ROLE:
            return column != NUMBER and self.is_excluded(line)
        if role == CellRole.COLOR:
            if self.is_excluded(line):
                return self.theme.color("muted")
            if column == LABEL:
                if self.has_tags:
                    return None
                number = self._class_numbers.get(self.text(line, LABEL), 0)
                return class_text(self.theme, number)
            return None if column == SENTENCE else self.theme.color("muted")
        if role == CellRole.WEIGHT and column == LABEL and not self.has_tags:
            return QFont.Weight.DemiBold
        if role == Qt.ItemDataRole.TextAlignmentRole and column == NUMBER:
            return Qt.AlignmentFlag.AlignRight
        if role == CellRole.HINT:
            return self._hint(line)
        return None

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        field = FIELDS.get(index.column())
        if role != Qt.ItemDataRole.EditRole or field is None:
            return False
        words = str(value).strip()
        if not words or words == self.text(index.row(), index.column()):
            return False
        self.edited.emit(self.row_of(index.row()), field, words)
        return True

    def is_excluded(self, line: int) -> bool:
        """Return whether the row in a line is left out of training and evaluation."""
        assert self._state is not None
        return self._state.table.rows[self.row_of(line)].excluded

    @property
    def excluded(self) -> int:
        """The number of rows of the table that are left out."""
        return self._state.excluded if self._state is not None else 0

    def text(self, line: int, column: int) -> str:
        """Return what stands in a cell."""
        assert self._state is not None
        number = self.row_of(line)
        if column == NUMBER:
            return f"{number + 1:,}"
        row = self._state.table.rows[number]
        if column == SENTENCE:
            return row.text
        if column == LABEL:
            return label_of(row)
        split = row.split if self._state.splits is None else self._state.splits[number]
        return split.value if split is not None else "–"

    def _hint(self, line: int) -> str:
        assert self._state is not None
        row = self._state.table.rows[self.row_of(line)]
        where = f", {row.source}" if row.source else ""
        where += f" line {row.line:,}" if row.line is not None else ""
        where += ", excluded from training and evaluation" if row.excluded else ""
        if row.words is not None and row.tags is not None:
            pairs = " ".join(f"{w}/{t}" for w, t in zip(row.words[:40], row.tags, strict=False))
            return f"sentence {self.text(line, NUMBER)}{where}: {pairs}"
        return (
            f"sentence {self.text(line, NUMBER)}: {row.label}, {self.text(line, SPLIT)}{where}"
            " · double click edits, right click for more"
        )

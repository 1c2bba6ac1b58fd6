"""The sentences of the selected cells of the confusion matrix, sorted by confidence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QFont

from rnnstudio.data.table import Table
from rnnstudio.engine.network import Task
from rnnstudio.gui.contrast import readable
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.evaluate import Chosen

SENTENCE, TRUTH, SAYS, CONFIDENCE, LINK = range(5)
HEADINGS = ("sentence", "truth", "says", "confidence", "")
_WORDS_BEFORE = 6
OPEN, OPEN_SHORT = "Open in Unroll →", "Open →"


class ExamplesModel(QAbstractTableModel):
    """One row a prediction; looks the words up in the table, copies nothing.

    For labelling that is one word, which is marked in its sentence.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._chosen: Chosen | None = None
        self._confidence: NDArray[np.float32] = np.zeros(0, np.float32)
        self._places: NDArray[np.int64] = np.zeros(0, np.int64)
        self._most_sure_first = True
        self.theme: Theme = LIGHT
        self.link = OPEN

    def show(self, table: Table, chosen: Chosen | None, most_sure_first: bool) -> None:
        """List the chosen predictions in the order of their confidence (NaN last)."""
        self.beginResetModel()
        self._table, self._chosen, self._most_sure_first = table, chosen, most_sure_first
        if chosen is None:
            self._places = np.zeros(0, np.int64)
            self._confidence = np.zeros(0, np.float32)
        else:
            places = chosen.places
            evaluation = chosen.evaluation
            sure = evaluation.probabilities[places, evaluation.predicted[places]]
            order = np.argsort(-sure if most_sure_first else sure, kind="stable")
            self._places, self._confidence = places[order], sure[order]
        self.endResetModel()

    def table_row(self, row: int) -> int:
        """Return the number of the table's row that is listed in line `row`."""
        assert self._chosen is not None
        return int(self._chosen.evaluation.rows[self._places[row]])

    def step(self, row: int) -> int | None:
        """Return the step of the word that is listed in line `row`; None for a sentence."""
        assert self._chosen is not None
        evaluation = self._chosen.evaluation
        if evaluation.task is not Task.LABEL:
            return None
        return int(evaluation.steps[self._places[row]])

    def line_of(self, table_row: int, step: int | None = None) -> int:
        """Return the line in which a row of the table (and step) is listed, −1 if it is not."""
        if self._chosen is None:
            return -1
        evaluation = self._chosen.evaluation
        found = evaluation.rows[self._places] == table_row
        if step is not None:
            found &= evaluation.steps[self._places] == step
        lines = np.flatnonzero(found)
        return int(lines[0]) if lines.size else -1

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._places)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == CellRole.COLOR and column == SAYS and self._is_wrong(row):
            return readable(self.theme.color("warning"), self.theme.color("accent_soft"))
        if role == CellRole.WEIGHT and column == SAYS:
            return QFont.Weight.DemiBold
        if role == CellRole.SHARE and column == CONFIDENCE:
            return float(self._confidence[row])
        if role == CellRole.LINK and column == LINK:
            return True
        if role == Qt.ItemDataRole.TextAlignmentRole and column == CONFIDENCE:
            return Qt.AlignmentFlag.AlignRight
        if role == Qt.ItemDataRole.ToolTipRole and column == SENTENCE:
            return self.text(row, column)[:400]
        if role == CellRole.MARK and column == SENTENCE:
            return self._in_sentence(row)[1]
        if role == CellRole.HINT:
            step = self.step(row)
            word = "" if step is None else f"word {step - 1} of "
            return (
                f"{word}sentence {self.table_row(row) + 1:,}: truth {self.text(row, TRUTH)}, says "
                f"{self.text(row, SAYS)} with confidence {self.text(row, CONFIDENCE)}"
            )
        return None

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        assert self._chosen is not None
        assert self._table is not None
        evaluation, place = self._chosen.evaluation, self._places[row]
        if column == SENTENCE:
            return self._in_sentence(row)[0]
        if column == TRUTH:
            return evaluation.labels[int(evaluation.truth[place])]
        if column == SAYS:
            return evaluation.labels[int(evaluation.predicted[place])]
        if column == CONFIDENCE:
            sure = float(self._confidence[row])
            return f"{sure:.2f}" if sure == sure else "–"
        return self.link

    def _in_sentence(self, row: int) -> tuple[str, tuple[int, int] | None]:
        """Return the sentence, and where in it the word stands that is listed.

        Of the words before it only a few are there, so that it is seen in a narrow column.
        """
        assert self._table is not None
        table_row, step = self.table_row(row), self.step(row)
        # For a moment after an edit the evaluation may be of the table before it.
        if table_row >= len(self._table.rows):
            return "", None
        found = self._table.rows[table_row]
        if step is None or found.words is None or step - 2 >= len(found.words):
            return found.text, None
        first = max(step - 2 - _WORDS_BEFORE, 0)
        before = " ".join(found.words[first : step - 2])
        start = ("… " if first else "") + (f"{before} " if before else "")
        rest = " ".join(found.words[step - 2 :])
        return start + rest, (len(start), len(start) + len(found.words[step - 2]))

    def _is_wrong(self, row: int) -> bool:
        assert self._chosen is not None
        evaluation, place = self._chosen.evaluation, self._places[row]
        return bool(evaluation.truth[place] != evaluation.predicted[place])

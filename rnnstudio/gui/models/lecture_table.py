"""The lecture's table for Qt: sentence, predicted, truth, correct; it reads arrays as they are."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QFont

from rnnstudio.data.table import Table
from rnnstudio.gui.contrast import readable
from rnnstudio.gui.plots.lettering import probability
from rnnstudio.gui.plots.tagged_words import word_of, words_of
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.lecture_table import Answers, LectureTableState

SENTENCE, SAID, TRUTH, CORRECT = range(4)
WORDS, WORDS_CORRECT = range(2)  # the columns where each word has a tag
RIGHT, WRONG, NO_ANSWER = "✓", "✗", "–"
_HOW = "Enter or a double click opens it in Unroll"


class LectureTableModel(QAbstractTableModel):
    """One line a sentence, in the order of the data."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self._state: LectureTableState | None = None

    @property
    def answers(self) -> Answers | None:
        """What is listed."""
        return self._state.answers if self._state is not None else None

    @property
    def table(self) -> Table:
        """Where the sentences stand."""
        assert self._state is not None
        return self._state.table

    @property
    def of_words(self) -> bool:
        """Whether each word has a tag."""
        return self.answers is not None and self.answers.of_words

    def show(self, state: LectureTableState) -> bool:
        """List other answers; return whether they are of the same sentences, which stay."""
        same = self._state is not None and _same_lines(self._state, state)
        if same:
            self._state = state
            if self.rowCount():
                last = self.index(self.rowCount() - 1, self.columnCount() - 1)
                self.dataChanged.emit(self.index(0, 0), last)
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
            return True
        self.beginResetModel()
        self._state = state
        self.endResetModel()
        return False

    def table_row(self, line: int) -> int:
        """Return the table's row that is listed in a line."""
        assert self.answers is not None
        return int(self.answers.rows[line])

    def line_of(self, row: int) -> int:
        """Return the line of a row of the table, −1 where it is not listed."""
        if self.answers is None:
            return -1
        lines = np.flatnonzero(self.answers.rows == row)
        return int(lines[0]) if lines.size else -1

    def first_wrong_step(self, line: int) -> int | None:
        """Return the step of the first word with a wrong tag; None for a sentence's label."""
        answers = self.answers
        assert answers is not None
        if not answers.of_words:
            return None
        start, stop = int(answers.starts[line]), int(answers.stops[line])
        wrong = np.flatnonzero(~answers.right[start:stop])
        return int(answers.steps[start + wrong[0]]) if wrong.size else None

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() or self.answers is None else len(self.answers.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 2 if self.of_words else 4

    def headings(self) -> list[str]:
        """Return what stands above the columns."""
        if self.of_words:
            return ["truth above, predicted below each word", "correct"]
        return ["sentence", "predicted", "truth", "correct"]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headings()[section]
        last = section == self.columnCount() - 1
        if role == Qt.ItemDataRole.TextAlignmentRole and last:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.ToolTipRole and last:
            return (
                "How many of the sentence's words got their true tag"
                if self.of_words
                else "Worked out: whether the prediction is the truth"
            )
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line, column = index.row(), index.column()
        last = column == self.columnCount() - 1
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(line, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and last:
            return Qt.AlignmentFlag.AlignHCenter
        if role == CellRole.COLOR and (last or (column == SAID and not self.is_right(line))):
            color = "success" if self.is_right(line) else "warning"
            if not self.of_words and self._is_held(line):
                color = "muted"
            return readable(self.theme.color(color), self.theme.color("accent_soft"))
        if role == CellRole.WEIGHT and last:
            return QFont.Weight.DemiBold
        if role == CellRole.WEIGHT and column == SAID and not self.is_right(line):
            return QFont.Weight.DemiBold
        if role == Qt.ItemDataRole.ToolTipRole and not column and not self.of_words:
            return self.text(line, column)[:400]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.hint(line)
        if role == CellRole.HINT:
            return self.hint(line)
        return None

    def is_right(self, line: int) -> bool:
        """Whether all of a sentence is right."""
        answers = self.answers
        assert answers is not None
        return bool(answers.right_words[line] == answers.stops[line] - answers.starts[line])

    def text(self, line: int, column: int) -> str:
        """Return what stands in a cell."""
        answers = self.answers
        assert answers is not None
        if column == SENTENCE:
            return self._sentence(line)
        place = int(answers.starts[line])
        if answers.of_words:
            if self.is_right(line):
                return RIGHT
            return f"{answers.right_words[line]} of {answers.stops[line] - place}"
        if column == SAID:
            return answers.called[int(answers.said[place])]
        if column == TRUTH:
            return answers.truths[int(answers.truth[place])]
        return self.sign(place)

    def sign(self, place: int) -> str:
        """Return ✓ or ✗, or a dash where nothing was answered."""
        answers = self.answers
        assert answers is not None
        if answers.held[place]:
            return NO_ANSWER
        return RIGHT if answers.right[place] else WRONG

    def hint(self, line: int) -> str:
        """Say a line in words."""
        answers = self.answers
        assert answers is not None
        number = f"sentence {self.table_row(line) + 1:,}"
        if answers.of_words:
            words = int(answers.stops[line] - answers.starts[line])
            right = f"{answers.right_words[line]} of {counted(words, 'word')} right"
            return f"{number}: {right}; {_HOW}"
        return f"{number}: {self._in_words(int(answers.starts[line]))}; {_HOW}"

    def word_hint(self, line: int, place: int) -> str:
        """Say in words what one word was taken for."""
        answers = self.answers
        assert answers is not None
        word = word_of(answers, self.table, line, place)
        number = int(answers.steps[place]) - 1
        return f"word {number} “{word}”: {self._in_words(place)}; {_HOW}"

    def written_words(self, line: int) -> list[list[str]]:
        """Return (word, predicted, truth, correct) of each word of a sentence."""
        answers = self.answers
        assert answers is not None
        start = int(answers.starts[line])
        return [
            [
                word,
                answers.called[int(answers.said[place])],
                answers.truths[int(answers.truth[place])],
                self.sign(place),
            ]
            for place, word in enumerate(words_of(answers, self.table, line), start=start)
        ]

    def _sentence(self, line: int) -> str:
        row = self.table_row(line)
        # For a moment after an edit the answers may be of the table before it.
        return self.table.rows[row].text if row < len(self.table.rows) else ""

    def _is_held(self, line: int) -> bool:
        answers = self.answers
        assert answers is not None
        return bool(answers.held[answers.starts[line]])

    def _in_words(self, place: int) -> str:
        answers = self.answers
        assert answers is not None
        said = answers.called[int(answers.said[place])]
        truth = answers.truths[int(answers.truth[place])]
        sure = probability(float(answers.confidence[place]))
        if answers.held[place]:
            return f"truth {truth}, {said}: only {sure} sure"
        right = "correct" if answers.right[place] else "wrong"
        return f"predicted {said} ({sure}), truth {truth}: {right}"


def _same_lines(one: LectureTableState, other: LectureTableState) -> bool:
    return (
        one.table.rows is other.table.rows
        and one.answers is not None
        and other.answers is not None
        and one.answers.of_words == other.answers.of_words
        and np.array_equal(one.answers.rows, other.answers.rows)
        and np.array_equal(one.answers.stops, other.answers.stops)
    )

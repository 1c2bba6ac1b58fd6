"""The lecture's table: every sentence with what was predicted, the truth, and ✓ or ✗."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from rnnstudio.engine.arrays import IntArray
from rnnstudio.gui.controls import ElidedLabel
from rnnstudio.gui.models.lecture_table import (
    CORRECT,
    SAID,
    SENTENCE,
    TRUTH,
    WORDS,
    WORDS_CORRECT,
    LectureTableModel,
)
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.split_switch import SplitSwitch
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.tagged_words import (
    TaggedLayout,
    is_right_to_left,
    lay_out,
    letters_of,
    paint_words,
)
from rnnstudio.gui.tables import AnyIndex, CellDelegate, CellRole, DataTable
from rnnstudio.gui.theme import Theme, font
from rnnstudio.gui.throttle import Throttle
from rnnstudio.session.resolve.lecture_table import LectureTableState

_SIZE, _LARGE_SIZE = 13, 22  # pixels of the letters; large where the panel fills the window
_TITLES = 0.75  # the size of headings by that of the letters
_PADDING, _ABOVE = 10, 7
_MOST_COPIED = 100_000
_MOST_LETTERS = 600  # of a sentence in one line
# A list that changes while the network learns is read no faster.
_MILLISECONDS = 1000
_MANY_LINES = 2_000  # from here on heights are worked out when the window's edge rests
_REST = 120  # milliseconds


class LectureDelegate(CellDelegate):
    """Paints a cell of text in one line, or a sentence's words between their tags."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.size = _SIZE
        self.layout_of_words: TaggedLayout | None = None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        theme = self.theme
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("accent_soft"))
        elif index.row() == self.hovered_row:
            painter.fillRect(rect, theme.color("inset"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("border"))
        if self.layout_of_words is not None and index.column() == WORDS:
            painter.save()
            painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
            paint_words(painter, self.layout_of_words, index.row(), words_box(rect), theme)
            painter.restore()
            return
        box = rect.adjusted(_PADDING, 0, -_PADDING, -1)
        letters = font(self.size, index.data(CellRole.WEIGHT) or QFont.Weight.Normal)
        color = index.data(CellRole.COLOR)
        painter.setFont(letters)
        painter.setPen(color if isinstance(color, QColor) else theme.color("text"))
        alignment = index.data(Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignLeft
        text = " ".join(str(index.data() or "")[:_MOST_LETTERS].split())
        shown = QFontMetrics(letters).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        directions = Qt.LayoutDirection
        backwards = index.column() == SENTENCE and is_right_to_left((text,))
        painter.setLayoutDirection(directions.RightToLeft if backwards else directions.LeftToRight)
        painter.drawText(box, alignment | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setLayoutDirection(directions.LeftToRight)


def words_box(rect: QRect) -> QRectF:
    """Return where the words of a cell stand."""
    return QRectF(rect.adjusted(_PADDING, _ABOVE, -_PADDING, 0))


class LectureTable(DataTable):
    """The lines; those with words are as high as their words need."""

    word_opened = Signal(int, int)  # line, answer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: LectureDelegate = LectureDelegate(self)
        self.setItemDelegate(self.cells)
        self.setObjectName("lecture_table")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.lines = LectureTableModel(self)
        self.setModel(self.lines)
        self._heights: IntArray = np.zeros(0, np.int64)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self._fit_rows)
        self.horizontalHeader().sectionResized.connect(self._on_section_resized)

    @property
    def letters(self) -> int:
        """The size of the letters in pixels."""
        return self.cells.size

    def set_letters(self, pixels: int) -> None:
        """Write larger or smaller."""
        if pixels != self.cells.size:
            self.cells.size = pixels
            large = f"QHeaderView::section {{ font-size: {round(pixels * _TITLES)}px; }}"
            self.horizontalHeader().setStyleSheet(large if pixels > _SIZE else "")
            self.lay_out(afresh=True)

    def lay_out(self, afresh: bool) -> None:
        """Measure what is listed; `afresh` where other lines are listed than before."""
        if afresh:
            self._heights = np.zeros(0, np.int64)
        answers, before = self.lines.answers, self.cells.layout_of_words
        self.cells.layout_of_words = None
        if answers is not None and answers.of_words:
            self.cells.layout_of_words = lay_out(
                answers, self.lines.table, self.letters, None if afresh else before
            )
        self._fit_columns()
        self._fit_rows()

    def _on_section_resized(self, column: int, _old: int, width: int) -> None:
        if column != WORDS or self.cells.layout_of_words is None:
            return
        if self.lines.rowCount() > _MANY_LINES:
            self._timer.start()
        else:
            self._fit_rows_to(width)  # Qt tells it before `columnWidth` has it

    def _fit_columns(self) -> None:
        answers, header = self.lines.answers, self.horizontalHeader()
        if answers is None:
            return
        self.stretch(SENTENCE)
        metrics = QFontMetrics(font(self.letters, QFont.Weight.DemiBold))
        last = max(
            metrics.horizontalAdvance("99 of 99") if answers.of_words else 0,
            header.sectionSizeHint(self.lines.columnCount() - 1),
        )
        if answers.of_words:
            header.resizeSection(WORDS_CORRECT, last + 2 * _PADDING)
            return
        for column, names in ((SAID, answers.called), (TRUTH, answers.truths)):
            width = max((metrics.horizontalAdvance(name[:40]) for name in names), default=0)
            least = header.sectionSizeHint(column) + 6
            most = 130 * self.letters // _SIZE
            header.resizeSection(column, min(max(width + 26, least), max(most, least)))
        header.resizeSection(CORRECT, last + 6)

    def _fit_rows(self) -> None:
        self._fit_rows_to(self.columnWidth(WORDS))

    def _fit_rows_to(self, width: int) -> None:
        """Give each line the height that it needs, and touch no other."""
        rows, layout = self.verticalHeader(), self.cells.layout_of_words
        if layout is None:
            rows.setDefaultSectionSize(QFontMetrics(font(self.letters)).height() + 16)
            return
        line_height = letters_of(self.letters).line_height
        counts = layout.line_counts(max(width - 2 * _PADDING, 40))
        heights = np.rint(counts * line_height).astype(np.int64) + _ABOVE + 3
        if len(heights) != len(self._heights):
            least = int(heights.min(initial=10**6))
            if not len(heights):
                return
            rows.setDefaultSectionSize(least)  # of all lines at once
            self._heights = np.full(len(heights), least, np.int64)
        changed = np.flatnonzero(heights != self._heights)
        if not changed.size:
            return
        self._heights = heights
        # One signal a line would lay out the table as often.
        silent = rows.blockSignals(True)
        for line in changed.tolist():
            rows.resizeSection(line, int(heights[line]))
        rows.blockSignals(silent)
        self.updateGeometries()
        self.viewport().update()

    def answer_at(self, point: QPoint) -> tuple[int, int] | None:
        """Return the line and the answer whose word is at a point of the viewport."""
        index, layout = self.indexAt(point), self.cells.layout_of_words
        if layout is None or not index.isValid() or index.column() != WORDS:
            return None
        for place, area in layout.areas(index.row(), words_box(self.visualRect(index))):
            if area.contains(point.toPointF()):
                return index.row(), place
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        found = self.answer_at(event.position().toPoint())
        if found is not None:
            self.hinted.emit(self.lines.word_hint(*found))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.answer_at(event.position().toPoint())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.word_opened.emit(*found)
            return
        super().mouseDoubleClickEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(420, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 90)


class LectureTablePanel(Panel):
    """Sentence, predicted, truth, correct; where words have tags, each word between its two."""

    split_chosen = Signal(str)
    example_opened = Signal(int, object)  # the table's row; the step of a word, None for a sentence

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Predicted and truth", parent=parent)
        self._state: LectureTableState | None = None
        self._throttle = Throttle(self._show, _MILLISECONDS, self)
        self.split = SplitSwitch()
        self.split.chosen.connect(self.split_chosen)
        self.header.addWidget(self.split)
        self.table = LectureTable()
        self.model = self.table.lines
        self.table.opened.connect(self._on_opened)
        self.table.doubleClicked.connect(self._on_opened)
        self.table.word_opened.connect(self._on_word_opened)
        self.table.hinted.connect(self.hinted)
        self.summary = ElidedLabel("muted", self)
        self.summary.setObjectName("lecture_summary")
        self.message = words_instead()
        self.message.setMinimumHeight(80)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.message, 1)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.model.theme = theme
        self.table.set_theme(theme)

    def show_enlarged(self, enlarged: bool) -> None:
        super().show_enlarged(enlarged)
        self.table.set_letters(_LARGE_SIZE if enlarged else _SIZE)
        large = f"font-size: {round(_LARGE_SIZE * _TITLES)}px;"
        self.summary.setStyleSheet(large if enlarged else "")

    def render(self, state: LectureTableState) -> None:  # type: ignore[override]
        """List the sentences; the current one and what is scrolled to stay."""
        previous, self._state = self._state, state
        self.split.choose(state.split.value)
        self.message.setText(state.message)
        for part in (self.table, self.summary):
            part.setVisible(state.answers is not None)
        self.message.setVisible(state.answers is None)
        same = (
            previous is not None
            and previous.answers is not None
            and previous.split is state.split
            and previous.table is state.table
        )
        list_it = self._throttle.soon if same and state.live else self._throttle.now
        list_it(state)

    def _show(self, state: LectureTableState) -> None:
        self.summary.set_words(state.summary)
        self.set_subtitle(state.subtitle)
        current = self.table.currentIndex()
        row = self.model.table_row(current.row()) if current.isValid() else -1
        same = self.model.show(state)
        self.table.lay_out(afresh=not same)
        line = self.model.line_of(row) if not same and row >= 0 else -1
        if line >= 0:
            self.table.setCurrentIndex(self.model.index(line, SENTENCE))

    def _on_opened(self, index: QModelIndex) -> None:
        line = index.row()
        self.example_opened.emit(self.model.table_row(line), self.model.first_wrong_step(line))

    def _on_word_opened(self, line: int, place: int) -> None:
        answers = self.model.answers
        assert answers is not None
        self.example_opened.emit(self.model.table_row(line), int(answers.steps[place]))

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None or self._state.answers is None:
            return None
        lines = range(min(self.model.rowCount(), _MOST_COPIED))
        if not self.model.of_words:
            columns = range(self.model.columnCount())
            return [
                self.model.headings(),
                *([self.model.text(line, column) for column in columns] for line in lines),
            ]
        headings = ["sentence", "word", "predicted", "truth", "correct"]
        written = (
            [str(self.model.table_row(line) + 1), *word]
            for line in lines
            for word in self.model.written_words(line)
        )
        return [headings, *written]

"""One painted confusion matrix: rows the truth, columns the prediction, cells to be chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from rnnstudio.gui.plots.matrix_layout import MatrixLayout, Metrics, lay_out
from rnnstudio.gui.plots.matrix_painting import (
    BAR,
    Marks,
    Matrix,
    Measure,
    paint_matrix,
    shares_of,
)
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.resolve.evaluate import (
    Cells,
    cell_in_words,
    column_in_words,
    noun_of,
    row_in_words,
)

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionMatrix(QAbstractScrollArea):
    """The matrix with its headings, the recall of each row and the precision of each column.

    Click selects a cell, a heading its row or column, the corner everything; Ctrl adds or takes
    away. Arrow keys move a frame (also onto the headings), Enter or Space clicks.
    """

    cells_selected = Signal(frozenset)
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._evaluation: Evaluation | None = None
        self._measure = Measure.COUNTS
        self._selected: Cells = frozenset()
        self._focus: tuple[int, int] = (0, 0)
        self._hovered: tuple[int, int] | None = None
        self._message = ""
        self._shares: NDArray[np.float64] = np.zeros((0, 0))
        self._layout: MatrixLayout | None = None
        self._small = font(11)
        self._plain = font(13)
        self._heading = font(13, QFont.Weight.Medium)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Confusion matrix: rows are the truth, columns the prediction")
        self.setCornerWidget(QWidget(self))
        self.viewport().setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.viewport().update()

    def render_state(
        self, evaluation: Evaluation | None, measure: Measure, selected: Cells, message: str
    ) -> None:
        """Show an evaluation's matrix, or the message where there is none."""
        self._evaluation = evaluation
        self._measure = measure
        self._selected = selected
        self._message = message
        if evaluation is not None:
            self._shares = shares_of(evaluation.confusion, measure)
            last = len(evaluation.labels) - 1
            self._focus = (min(self._focus[0], last), min(self._focus[1], last))
        self._lay_out()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(560, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 240)

    @property
    def layout_of_cells(self) -> MatrixLayout | None:
        """Where the cells stand, None without a matrix."""
        return self._layout

    def cell_rect(self, truth: int, predicted: int) -> QRect:
        """The rectangle of a cell in the viewport."""
        matrix = self._matrix()
        assert matrix is not None
        return matrix.cell(truth, predicted)

    def _matrix(self) -> Matrix | None:
        if self._layout is None or self._evaluation is None:
            return None
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        return Matrix(self._evaluation, self._measure, self._shares, self._layout, across, down)

    # ---- where things stand ----

    def _lay_out(self) -> None:
        evaluation = self._evaluation
        if evaluation is None or not evaluation.labels:
            self._layout = None
        else:
            words, small = QFontMetrics(self._heading), QFontMetrics(self._small)
            largest = int(evaluation.confusion.max(initial=0))
            number = f"{largest:,}" if self._measure is Measure.COUNTS else "100"
            metrics = Metrics(
                labels=tuple(words.horizontalAdvance(label[:64]) for label in evaluation.labels),
                widest_number=small.horizontalAdvance(number),
                recall_bar=BAR + 22,
                recall_number=words.horizontalAdvance("100.0 %") + 4,
                line=words.height(),
                least_left=words.horizontalAdvance("precision") + 12,
            )
            room = self.viewport().size()
            self._layout = lay_out(len(evaluation.labels), room.width(), room.height(), metrics)
        layout = self._layout
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, layout.hidden_width if layout else 0)
        down.setRange(0, layout.hidden_height if layout else 0)
        if layout is not None:
            across.setPageStep(layout.right - layout.left)
            across.setSingleStep(layout.cell_width)
            down.setPageStep(layout.bottom - layout.top)
            down.setSingleStep(layout.cell_height)

    def place_at(self, point: QPoint) -> tuple[int, int] | None:
        """The (truth, predicted) cell at a point; −1 is a heading, (−1, −1) the corner."""
        if self._layout is None:
            return None
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        return self._layout.place_at(point.x(), point.y(), across, down)

    def _cells_of(self, place: tuple[int, int]) -> Cells:
        assert self._evaluation is not None
        size = range(len(self._evaluation.labels))
        truth, predicted = place
        truths = size if truth < 0 else (truth,)
        called = size if predicted < 0 else (predicted,)
        return frozenset((t, p) for t in truths for p in called)

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.color("panel"))
        matrix = self._matrix()
        if matrix is None:
            painter.setFont(self._plain)
            painter.setPen(self._theme.color("muted"))
            box = self.viewport().rect().adjusted(20, 20, -20, -20)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box, flags, self._message)
            return
        focus = self._focus if self.hasFocus() else None
        paint_matrix(painter, self._theme, matrix, Marks(self._selected, focus, self._hovered))

    # ---- pointing and choosing ----

    def words_at(self, place: tuple[int, int] | None) -> str:
        """Say what a cell, a heading or the corner stands for."""
        evaluation = self._evaluation
        if place is None or evaluation is None:
            return ""
        truth, predicted = place
        if truth < 0 and predicted < 0:
            return f"All {len(evaluation.rows):,} {noun_of(evaluation)}s; click selects every cell"
        if truth < 0:
            return column_in_words(evaluation, predicted)
        if predicted < 0:
            return row_in_words(evaluation, truth)
        return cell_in_words(evaluation, truth, predicted)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.place_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    def _hover(self, place: tuple[int, int] | None) -> None:
        if place != self._hovered:
            self._hovered = place
            pointing = Qt.CursorShape.PointingHandCursor if place else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(pointing)
            self.hinted.emit(self.words_at(place))
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if place is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._focus = place
        self._choose(place, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._layout is None:
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        if key in _STEPS:
            down, right = _STEPS[key]
            last = self._layout.size - 1
            self._move_focus(
                min(max(self._focus[0] + down, -1), last),
                min(max(self._focus[1] + right, -1), last),
            )
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            adding = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._choose(self._focus, adding)
        else:
            super().keyPressEvent(event)

    def _move_focus(self, row: int, column: int) -> None:
        self._focus = (row, column)
        box = self.cell_rect(max(row, 0), max(column, 0))
        layout = self._layout
        assert layout is not None
        horizontal, vertical = self.horizontalScrollBar(), self.verticalScrollBar()
        for bar, low, high, first, last in (
            (horizontal, layout.left, layout.right, box.left(), box.right() + 1),
            (vertical, layout.top, layout.bottom, box.top(), box.bottom() + 1),
        ):
            bar.setValue(bar.value() + min(first - low, 0) + max(last - high, 0))
        self.hinted.emit(self.words_at(self._focus))
        self.viewport().update()

    def _choose(self, place: tuple[int, int], adding: bool) -> None:
        cells = self._cells_of(place)
        if adding:
            already = cells <= self._selected
            cells = self._selected - cells if already else self._selected | cells
        elif cells == self._selected:
            cells = frozenset()
        self.cells_selected.emit(cells)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

"""Paints which of two networks is right as four cells that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.engine.agreement import Outcome
from rnnstudio.gui.contrast import blended, readable
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.runs import OutcomeCell

_GAP = 6
_LOW, _HIGH, _WIDE = 38, 96, 120  # pixels: the least and the greatest cell
_ROOMY = 58  # pixels: a cell with larger figures
# Rows: the present network right, wrong; columns: the other one right, wrong.
_PLACES = {
    Outcome.BOTH_RIGHT: (0, 0),
    Outcome.FIRST_ONLY: (0, 1),
    Outcome.SECOND_ONLY: (1, 0),
    Outcome.BOTH_WRONG: (1, 1),
}
_ROLES = {
    Outcome.BOTH_RIGHT: "success",
    Outcome.FIRST_ONLY: "negative",
    Outcome.SECOND_ONLY: "positive",
    Outcome.BOTH_WRONG: "muted",
}
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_CHOOSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class OutcomeGrid(QWidget):
    """Four cells with a count and what it is of; `outcome_chosen` carries None for a second click.

    Arrow keys go from cell to cell, Space or Enter choose one.
    """

    outcome_chosen = Signal(object)
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outcomes")
        self._theme: Theme = LIGHT
        self._cells: dict[Outcome, OutcomeCell] = {}
        self._chosen: Outcome | None = None
        self._current = Outcome.FIRST_ONLY
        self._hovered: Outcome | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(2 * _HIGH + _GAP)
        self.setToolTip("Click a cell to list its sentences alone; click it again to list all")

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def show_outcomes(self, cells: Sequence[OutcomeCell], chosen: Outcome | None) -> None:
        """Show the counts and which cell is chosen."""
        self._cells = {cell.outcome: cell for cell in cells}
        self._chosen = chosen
        if chosen is not None:
            self._current = chosen
        self._tell()
        self.update()

    def rectangle(self, outcome: Outcome) -> QRect:
        """Return where a cell stands."""
        row, column = _PLACES[outcome]
        width, height = (self.width() - _GAP) // 2, (self.height() - _GAP) // 2
        return QRect(column * (width + _GAP), row * (height + _GAP), width, height)

    def outcome_at(self, point: QPoint) -> Outcome | None:
        """Return the outcome whose cell is at a point."""
        return next(
            (outcome for outcome in self._cells if self.rectangle(outcome).contains(point)), None
        )

    def sizeHint(self) -> QSize:
        return QSize(2 * _WIDE + _GAP, 2 * _ROOMY + _GAP)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _WIDE + _GAP - 20, 2 * _LOW + _GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for cell in self._cells.values():
            self._paint_cell(painter, cell)

    def _paint_cell(self, painter: QPainter, cell: OutcomeCell) -> None:
        theme, rectangle = self._theme, self.rectangle(cell.outcome)
        ground = self.ground(cell)
        marked = cell.outcome is self._chosen
        focused = self.hasFocus() and cell.outcome is self._current
        edge = Qt.PenStyle.NoPen
        painter.setPen(edge)
        if marked or focused:
            painter.setPen(QPen(theme.color("text" if marked else "accent"), 2))
        elif cell.outcome is self._hovered:
            painter.setPen(QPen(theme.color("muted"), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(rectangle.adjusted(1, 1, -1, -1), 7, 7)
        roomy = rectangle.height() >= _ROOMY
        large = font(20 if roomy else 15, QFont.Weight.Bold)
        small = font(12)
        figures, words = QFontMetrics(large), QFontMetrics(small)
        height = figures.height() + words.height() - (2 if roomy else 4)
        top = rectangle.top() + (rectangle.height() - height) // 2
        text = f"{cell.count:,}"
        painter.setFont(large)
        painter.setPen(readable(theme.color("text"), ground))
        box = QRect(rectangle.left() + 12, top, rectangle.width() - 20, figures.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(small)
        painter.setPen(readable(theme.color("muted"), ground))
        share = f"{100 * cell.share:.1f} %"
        if figures.horizontalAdvance(text) + words.horizontalAdvance(share) + 10 < box.width():
            beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, beside, share)
        box = QRect(box.left(), top + height - words.height(), box.width(), words.height())
        title = cell.title if words.horizontalAdvance(cell.title) <= box.width() else cell.short
        title = words.elidedText(title, Qt.TextElideMode.ElideMiddle, box.width())
        painter.setPen(readable(theme.color("text"), ground))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)

    def ground(self, cell: OutcomeCell) -> QColor:
        """Return the colour of a cell: the fuller, the more answers are in it."""
        theme = self._theme
        part = 0.10 + 0.24 * min(cell.share * 2, 1.0) if cell.count else 0.05
        return blended(theme.color(_ROLES[cell.outcome]), theme.color("panel"), part)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.outcome_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        outcome = self.outcome_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and outcome is not None:
            self._current = outcome
            self._choose()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            down, right = _STEPS[key]
            row, column = _PLACES[self._current]
            place = (min(max(row + down, 0), 1), min(max(column + right, 0), 1))
            self._current = next(one for one, own in _PLACES.items() if own == place)
            self.hinted.emit(self.words(self._current))
            self._tell()
            self.update()
        elif key in _CHOOSING:
            self._choose()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

    def words(self, outcome: Outcome) -> str:
        """Say what a cell counts."""
        cell = self._cells.get(outcome)
        return "" if cell is None else cell.words

    def _choose(self) -> None:
        if self._current in self._cells:
            again = self._current is self._chosen
            self.outcome_chosen.emit(None if again else self._current)

    def _hover(self, outcome: Outcome | None) -> None:
        self.hinted.emit("" if outcome is None else self.words(outcome))
        if outcome is not self._hovered:
            self._hovered = outcome
            pointing = Qt.CursorShape.PointingHandCursor
            self.setCursor(Qt.CursorShape.ArrowCursor if outcome is None else pointing)
            self.update()

    def _tell(self) -> None:
        self.setAccessibleName("Which network is right")
        self.setAccessibleDescription(self.words(self._current))

"""Paints by how much one of two networks is better at each class, one line each; scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from rnnstudio.gui.contrast import readable
from rnnstudio.gui.plots.lettering import signed
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.runs import ClassLine

LINE = 24
_HEAD = 20
_LONGEST_NAME = 120
_LEAST_LIMIT = 0.05  # a difference of five points fills half the room, a smaller one less
_BAR = 10
_WIDTH_FOR_SUPPORT = 300
_MOVES = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Home: -(10**9),
    Qt.Key.Key_End: 10**9,
}
_CHOOSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ClassDifferences(QAbstractScrollArea):
    """Name, bar, difference in percentage points, size: to the left this network is better.

    `class_chosen` carries the cells of a class that was clicked, or chosen by arrow keys and Enter.
    """

    class_chosen = Signal(object)
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("class_differences")
        self._lines: tuple[ClassLine, ...] = ()
        self._names = ("", "")
        self._current = 0
        self._hovered = -1
        self._theme: Theme = LIGHT
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Difference by class")

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.viewport().update()

    def show_lines(self, lines: tuple[ClassLine, ...], this: str, other: str) -> None:
        """Show these classes in this order; `this` and `other` are the networks' names."""
        self._lines, self._names = lines, (this, other)
        self._current = min(self._current, max(len(lines) - 1, 0))
        self._set_range()
        self._tell()
        self.viewport().update()

    @property
    def lines(self) -> tuple[ClassLine, ...]:
        """The classes from the top down."""
        return self._lines

    @property
    def limit(self) -> float:
        """The difference whose bar fills all the room to one side."""
        return max((abs(line.difference) for line in self._lines), default=0.0) or _LEAST_LIMIT

    def sizeHint(self) -> QSize:
        return QSize(250, _HEAD + max(len(self._lines), 2) * LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, _HEAD + 2 * LINE)

    def line_at(self, point: QPoint) -> int:
        """Return the place of the class at a point of the viewport, −1 for none."""
        if point.y() < _HEAD:
            return -1
        place = (point.y() - _HEAD + self.verticalScrollBar().value()) // LINE
        return place if 0 <= place < len(self._lines) else -1

    def rectangle(self, place: int) -> QRect:
        """Return where a line stands in the viewport."""
        top = _HEAD + place * LINE - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        painter.fillRect(self.viewport().rect(), theme.color("panel"))
        if not self._lines:
            return
        small = QFontMetrics(font(12))
        widest = max(small.horizontalAdvance(line.name[:40]) for line in self._lines)
        names = min(widest, _LONGEST_NAME, self.viewport().width() // 3) + 20
        figures = small.horizontalAdvance("+100.0") + 8
        supports = 0
        if self.viewport().width() >= _WIDTH_FOR_SUPPORT:
            most = max(line.support for line in self._lines)
            supports = small.horizontalAdvance(f"of {most:,}") + 14
        room = self.viewport().width() - names - figures - supports
        bars = QRect(names, 0, max(room, 20), LINE)
        scrolled = self.verticalScrollBar().value()
        first = scrolled // LINE
        last = (scrolled + self.viewport().height()) // LINE + 1
        painter.setClipRect(0, _HEAD, self.viewport().width(), self.viewport().height() - _HEAD)
        for place, line in list(enumerate(self._lines))[first:last]:
            self._paint_line(painter, place, line, bars)
        painter.setClipping(False)
        self._paint_head(painter, bars)

    def _paint_head(self, painter: QPainter, bars: QRect) -> None:
        theme, metrics = self._theme, QFontMetrics(font(11))
        painter.setFont(font(11))
        panel = theme.color("panel")
        middle = bars.left() + bars.width() // 2
        left = QRect(0, 0, middle - 6, _HEAD - 2)
        right = QRect(middle + 6, 0, self.viewport().width() - middle - 6, _HEAD - 2)
        sides = (
            (left, "negative", f"← {self._names[0]} better", Qt.AlignmentFlag.AlignRight),
            (right, "positive", f"{self._names[1]} better →", Qt.AlignmentFlag.AlignLeft),
        )
        for box, role, words, side in sides:
            painter.setPen(readable(theme.color(role), panel))
            text = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, box.width())
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_line(self, painter: QPainter, place: int, line: ClassLine, bars: QRect) -> None:
        theme, box = self._theme, self.rectangle(place)
        if place == self._hovered and line.cells:
            painter.fillRect(box, theme.color("inset"))
        if self.hasFocus() and place == self._current:
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -1.5), 4, 4)
        painter.setFont(font(12))
        metrics = QFontMetrics(font(12))
        painter.setPen(theme.color("text"))
        names = QRect(6, box.top(), bars.left() - 14, LINE)
        name = metrics.elidedText(line.name[:40], Qt.TextElideMode.ElideRight, names.width())
        painter.drawText(names, Qt.AlignmentFlag.AlignVCenter, name)
        middle = bars.left() + bars.width() // 2
        painter.fillRect(middle, box.top(), 1, LINE, theme.color("faint"))
        half = bars.width() // 2 - 4
        length = round(half * abs(line.difference) / max(self.limit, _LEAST_LIMIT))
        if length:
            better = "positive" if line.difference > 0 else "negative"
            left = middle + 1 if line.difference > 0 else middle - length
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(better))
            painter.drawRoundedRect(left, box.center().y() - _BAR // 2, length, _BAR, 2, 2)
        painter.setPen(theme.color("text" if line.difference else "muted"))
        right = QRect(bars.right(), box.top(), metrics.horizontalAdvance("+100.0") + 2, LINE)
        text = signed(100 * line.difference, 1) if line.difference else "0"
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(right, beside, text)
        if box.width() >= _WIDTH_FOR_SUPPORT:
            painter.setPen(theme.color("muted"))
            painter.drawText(box.adjusted(0, 0, -6, 0), beside, f"of {line.support:,}")

    def words(self, place: int) -> str:
        """Say how well both networks do on a class."""
        if not 0 <= place < len(self._lines):
            return ""
        line = self._lines[place]
        return f"{line.words}; {signed(100 * line.difference, 1)} points"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.line_at(event.position().toPoint())
        self.hinted.emit(self.words(place))
        if place != self._hovered:
            self._hovered = place
            leads = place >= 0 and bool(self._lines[place].cells)
            pointing = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(pointing if leads else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.hinted.emit("")
        self.viewport().update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.line_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self._current = place
            self._choose()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _MOVES and self._lines:
            self._current = min(max(self._current + _MOVES[key], 0), len(self._lines) - 1)
            self._scroll_to(self._current)
            self._tell()
            self.hinted.emit(self.words(self._current))
            self.viewport().update()
        elif key in _CHOOSING and self._lines:
            self._choose()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_range()

    def _choose(self) -> None:
        cells = self._lines[self._current].cells
        if cells:
            self.class_chosen.emit(cells)

    def _scroll_to(self, place: int) -> None:
        bar, room = self.verticalScrollBar(), self.viewport().height() - _HEAD
        if place * LINE < bar.value():
            bar.setValue(place * LINE)
        elif (place + 1) * LINE > bar.value() + room:
            bar.setValue((place + 1) * LINE - room)

    def _set_range(self) -> None:
        bar, room = self.verticalScrollBar(), self.viewport().height() - _HEAD
        bar.setRange(0, max(len(self._lines) * LINE - room, 0))
        bar.setPageStep(max(room, 1))
        bar.setSingleStep(LINE)

    def _tell(self) -> None:
        self.setAccessibleDescription(self.words(self._current))

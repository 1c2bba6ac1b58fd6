"""The terms of a sum as bars, the largest first, so that what is shown adds up."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy

from rnnstudio.gui.plots.lettering import signed
from rnnstudio.gui.plots.marked_text import draw_marked, marked_width
from rnnstudio.gui.plots.term_rows import TermBar, fitting_bars
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.letters import plain

PITCH = 22
_LEAST_ROWS, _LEAST_ROWS_OF_ALL = 5, 12
_FEW = 4  # so few terms are all shown, with the factors of products
_LABEL_LEAST, _LABEL_MOST = 0.36, 0.52  # shares of the width
_LABEL_GRID = 12  # the labels' width grows in such steps, so that the bars rest while one plays
_INDENT = 14


class TermBars(QAbstractScrollArea):
    """Draws as many terms as its height holds, or all of them to scroll through."""

    place_followed = Signal(object)  # the Place that a term comes from
    expansion_changed = Signal(bool)  # all terms are shown, or those that fit
    hinted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._terms: Sequence[TermBar] = ()
        self._total = 0.0
        self._expanded = False
        self._rows: list[TermBar] | None = None
        self._current = 0  # the row that the keyboard is on
        self._hovered: int | None = None
        self.setObjectName("term_bars")
        self.setAccessibleName("Terms by size")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(PITCH)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.viewport().update()

    def set_terms(self, terms: Sequence[TermBar], total: float) -> None:
        """Show terms, sorted by size, that make `total`."""
        self._terms, self._total = terms, total
        self._limit_height()
        self._lay_out()

    @property
    def count(self) -> int:
        """How many terms there are."""
        return len(self._terms)

    @property
    def expanded(self) -> bool:
        """Whether all terms are shown."""
        return self._expanded

    def expand(self, expanded: bool) -> None:
        """Show all terms, or those that fit."""
        if expanded == self._expanded:
            return
        self._expanded = expanded
        self._limit_height()
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self.expansion_changed.emit(expanded)

    def shown(self) -> list[TermBar]:
        """Return the bars as drawn, without the factors of products: what adds up."""
        return [row for row in self.rows() if not row.is_factor]

    def rows(self) -> list[TermBar]:
        """Return all rows as drawn."""
        if self._rows is None:
            room = max(self.viewport().height() // PITCH, 1)
            room = len(self._terms) + 1 if self._expanded else room
            bars = fitting_bars(self._terms, self._total, room)
            opened = [row for bar in bars for row in (bar, *bar.factors)]
            self._rows = opened if self._expanded or len(opened) <= room else bars
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(240, 8 * PITCH)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.minimumHeight())

    def _limit_height(self) -> None:
        """Take no more room than all rows need, and of few rows no less."""
        count = len(self._terms)
        most = count + 1  # what rounding leaves over has a row
        if count <= _FEW:
            bars = fitting_bars(self._terms, self._total, count + 1)
            most = sum(1 + len(bar.factors) for bar in bars)
        least = min(most, _LEAST_ROWS_OF_ALL if self._expanded else _LEAST_ROWS)
        if count <= _FEW:
            least = most
        if (least * PITCH, most * PITCH) != (self.minimumHeight(), self.maximumHeight()):
            self.setMinimumHeight(least * PITCH)
            self.setMaximumHeight(most * PITCH)

    def _lay_out(self) -> None:
        """Work the rows out anew."""
        self._rows = None
        rows = self.rows()
        self._current = min(self._current, max(len(rows) - 1, 0))
        bar = self.verticalScrollBar()
        height = self.viewport().height()
        bar.setRange(0, max(len(rows) * PITCH - height, 0) if self._expanded else 0)
        bar.setPageStep(height)
        self._describe()
        self.viewport().update()

    def _describe(self) -> None:
        """Say all rows; of a whole list the arrow keys say one by one."""
        if not self._expanded:
            self.setAccessibleDescription(plain("; ".join(row.words for row in self.rows())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = self.rows()
        sizes = [abs(bar.value) for bar in rows if math.isfinite(bar.value) and not bar.is_factor]
        largest = max(sizes, default=0.0)
        # The rest may be longer than every term, and must not take their colour away.
        strongest = max(sizes[:-1] if rows and rows[-1].is_rest else sizes, default=largest)
        offset = self.verticalScrollBar().value()
        first = max((event.rect().top() + offset) // PITCH, 0)
        last = min((event.rect().bottom() + offset) // PITCH, len(rows) - 1)
        width = self._label_width(rows[first : last + 1])
        for row in range(first, last + 1):
            top = row * PITCH - offset
            self._draw_ground(painter, row, top)
            self._draw(painter, rows[row], top, width, largest, strongest)
        painter.end()

    def _label_width(self, rows: Sequence[TermBar]) -> float:
        """Return the room for the labels: what they need within limits."""
        letters, whole = font(12), self.viewport().width()
        needed = max((self._needed(row, QFontMetricsF(letters)) for row in rows), default=0.0)
        rested = math.ceil((needed + 10) / _LABEL_GRID) * _LABEL_GRID
        return min(max(rested, whole * _LABEL_LEAST), whole * _LABEL_MOST)

    @staticmethod
    def _needed(row: TermBar, metrics: QFontMetricsF) -> float:
        symbol = marked_width(f"{row.symbol} ", font(12))
        return symbol + metrics.horizontalAdvance(row.detail) + (_INDENT if row.is_factor else 0)

    def _draw_ground(self, painter: QPainter, row: int, top: int) -> None:
        """Mark the row under the mouse, and the one that the keyboard is on."""
        area = QRectF(0, top, self.viewport().width(), PITCH).adjusted(0.5, 0.5, -0.5, -0.5)
        if row == self._hovered and self._leads_on(self.rows()[row]):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("inset"))
            painter.drawRoundedRect(area, 5, 5)
        if row == self._current and self.hasFocus():
            painter.setPen(self._theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, 5, 5)

    def _draw(
        self,
        painter: QPainter,
        bar: TermBar,
        top: int,
        label_width: float,
        largest: float,
        strongest: float,
    ) -> None:
        theme, whole = self._theme, self.viewport().width()
        letters = font(12)
        metrics = QFontMetricsF(letters)
        numbers = font(12, mono=True)
        number_width = QFontMetricsF(numbers).horizontalAdvance("−00.000")
        middle = Qt.AlignmentFlag.AlignVCenter
        left = 4.0 + (_INDENT if bar.is_factor else 0)
        is_link = bar.is_rest and self._leads_on(bar)
        painter.setPen(theme.color("accent" if is_link else "muted"))
        area = QRectF(left, top, label_width - left, PITCH)
        if not bar.detail:
            area.setWidth(label_width - left + (0 if bar.is_factor else 20))
        end = draw_marked(painter, area, bar.symbol, letters)
        if bar.detail:
            painter.setPen(theme.color("text"))
            painter.setFont(letters)
            start = end + metrics.horizontalAdvance(" ")
            room = label_width - start - 4
            detail = metrics.elidedText(bar.detail, Qt.TextElideMode.ElideMiddle, room)
            painter.drawText(QRectF(start, top, room + 4, PITCH), middle, detail)
        if not bar.is_factor:
            self._draw_bar(
                painter, bar, top, label_width, whole - number_width - 8, largest, strongest
            )
        painter.setFont(numbers)
        painter.setPen(theme.color("muted" if bar.is_factor else "text"))
        box = QRectF(0, top, whole - 4, PITCH)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, signed(bar.value))

    def _draw_bar(
        self,
        painter: QPainter,
        bar: TermBar,
        top: int,
        left: float,
        right: float,
        largest: float,
        strongest: float,
    ) -> None:
        theme = self._theme
        half = (right - left) / 2
        axis = round(left + half)
        if largest and math.isfinite(bar.value):
            length = (half - 1) * abs(bar.value) / largest
            start = axis if bar.value >= 0 else axis - length
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(
                theme.color("faint") if bar.is_rest else theme.signed_color(bar.value, strongest)
            )
            if length >= 0.5:
                painter.drawRoundedRect(QRectF(start, top + 5, length, PITCH - 10), 2, 2)
        painter.fillRect(QRectF(axis, top + 2, 1, PITCH - 4), theme.color("border"))

    def _leads_on(self, bar: TermBar) -> bool:
        """Whether a click on a row does something."""
        hidden = not self._expanded and len(self._terms) > len(self.shown()) - 1
        return bar.place is not None or (bar.is_rest and hidden)

    def _follow(self, row: int) -> None:
        bar = self.rows()[row]
        if bar.place is not None:
            self.place_followed.emit(bar.place)
        elif self._leads_on(bar):
            self.expand(True)

    def _row_at(self, y: float) -> int | None:
        row = int((y + self.verticalScrollBar().value()) // PITCH)
        return row if 0 <= row < len(self.rows()) else None

    def row_rect(self, row: int) -> QRectF:
        """Return where a row of `rows()` is drawn."""
        top = row * PITCH - self.verticalScrollBar().value()
        return QRectF(0, top, self.viewport().width(), PITCH)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().y())
        bar = None if row is None else self.rows()[row]
        leads = bar is not None and self._leads_on(bar)
        self.hinted.emit(plain(bar.words) if bar else "")
        shape = Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.hinted.emit("")
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and row is not None:
            self._current = row
            self._follow(row)
            self.viewport().update()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(self.viewport().height() // PITCH - 1, 1)
        moves = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        rows = self.rows()
        if not rows:
            event.ignore()
        elif event.key() in moves:
            to = min(max(self._current + moves[Qt.Key(event.key())], 0), len(rows) - 1)
            self._go_to(to)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._follow(self._current)
        else:
            event.ignore()  # the window's own keys

    def _go_to(self, row: int) -> None:
        self._current = row
        bar, top = self.verticalScrollBar(), row * PITCH
        bar.setValue(max(min(bar.value(), top), top + PITCH - self.viewport().height()))
        words = plain(self.rows()[row].words)
        self.setAccessibleDescription(words)
        self.hinted.emit(words)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

"""The terms of a sum as bars, the largest first, so that what is shown adds up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.plots.lettering import signed
from rnnstudio.gui.theme import LIGHT, Theme, font

DIGITS = 3
_PITCH = 22
_LABEL_SHARE = 0.4


@dataclass(frozen=True)
class TermBar:
    """One term: `symbol` (U · x) and `detail` (boring), its value, and its words for the mouse.

    `unit` is the unit that it comes from, where it comes from one that can be looked at, at `step`
    (None: that of the sum itself); `quantity` is which of its numbers (None: the state). `is_rest`
    marks what stands for all terms that are not shown.
    """

    symbol: str
    detail: str
    value: float
    words: str
    unit: int | None = None
    step: int | None = None
    quantity: str | None = None
    is_rest: bool = False


def fitting_bars(terms: Sequence[TermBar], total: float, room: int) -> list[TermBar]:
    """Return at most `room` bars whose values, rounded to `DIGITS`, add up to the rounded total.

    What does not fit becomes one bar "and 19 more"; where all fit and their rounded values still
    miss the total by a last digit, a bar "rounding" says so.
    """
    if not all(math.isfinite(value) for value in (total, *(term.value for term in terms))):
        return list(terms[:room])  # numbers that overflowed add up to nothing
    if not terms:
        return []
    scale = 10**DIGITS
    goal = round(total * scale)
    values = [round(term.value * scale) for term in terms]
    if len(terms) <= room and sum(values) == goal:
        return list(terms)
    shown = min(len(terms), max(room - 1, 1))
    rest = (goal - sum(values[:shown])) / scale
    hidden = len(terms) - shown
    symbol, words = (
        (f"and {hidden} more", f"the other {hidden} terms together: {signed(rest)}")
        if hidden
        else ("rounding", f"what rounding to {DIGITS} digits leaves over: {signed(rest)}")
    )
    return [*terms[:shown], TermBar(symbol, "", rest, words, is_rest=True)]


class TermBars(QWidget):
    """Draws as many terms as its height holds."""

    term_followed = Signal(object)  # a TermBar that comes from a unit was clicked
    hinted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._terms: tuple[TermBar, ...] = ()
        self._total = 0.0
        self.setObjectName("term_bars")
        self.setAccessibleName("Terms by size")
        self.setMouseTracking(True)
        self.setMinimumHeight(3 * _PITCH)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def set_terms(self, terms: Sequence[TermBar], total: float) -> None:
        """Show terms, sorted by size, that make `total`."""
        self._terms, self._total = tuple(terms), total
        # One more for what rounding leaves over; what follows stands right below.
        self.setMaximumHeight(max(3, len(self._terms) + 1) * _PITCH)
        self.setAccessibleDescription("; ".join(bar.words for bar in self.shown()))
        self.update()

    def shown(self) -> list[TermBar]:
        """Return the bars as drawn."""
        return fitting_bars(self._terms, self._total, max(self.height() // _PITCH, 1))

    def sizeHint(self) -> QSize:
        return QSize(240, 8 * _PITCH)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bars = self.shown()
        sizes = [abs(bar.value) for bar in bars if math.isfinite(bar.value)]
        largest = max(sizes, default=0.0)
        # The rest may be longer than every term, and must not take their colour away.
        strongest = max(sizes[:-1] if bars and bars[-1].is_rest else sizes, default=largest)
        for row, bar in enumerate(bars):
            self._draw(painter, bar, row * _PITCH, largest, strongest)
        painter.end()

    def _draw(
        self, painter: QPainter, bar: TermBar, top: int, largest: float, strongest: float
    ) -> None:
        theme = self._theme
        letters = font(12)
        metrics = QFontMetricsF(letters)
        numbers = font(12, mono=True)
        number_width = QFontMetricsF(numbers).horizontalAdvance("−00.000")
        label_width = self.width() * _LABEL_SHARE
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(letters)
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(0, top, label_width, _PITCH), middle, bar.symbol)
        painter.setPen(theme.color("text"))
        start = metrics.horizontalAdvance(bar.symbol + " ")
        detail = metrics.elidedText(
            bar.detail, Qt.TextElideMode.ElideMiddle, label_width - start - 4
        )
        painter.drawText(QRectF(start, top, label_width - start, _PITCH), middle, detail)

        room = self.width() - label_width - number_width - 8
        axis = round(label_width + room / 2)
        if largest and math.isfinite(bar.value):
            length = (room / 2 - 1) * abs(bar.value) / largest
            left = axis if bar.value >= 0 else axis - length
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(
                theme.color("faint") if bar.is_rest else theme.signed_color(bar.value, strongest)
            )
            if length >= 0.5:
                painter.drawRoundedRect(QRectF(left, top + 5, length, _PITCH - 10), 2, 2)
        painter.fillRect(QRectF(axis, top + 2, 1, _PITCH - 4), theme.color("border"))

        painter.setFont(numbers)
        painter.setPen(theme.color("text"))
        box = QRectF(0, top, self.width() - 2, _PITCH)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, signed(bar.value))

    def _bar_at(self, y: float) -> TermBar | None:
        bars = self.shown()
        row = int(y // _PITCH)
        return bars[row] if 0 <= row < len(bars) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        bar = self._bar_at(event.position().y())
        self.hinted.emit(bar.words if bar else "")
        follows = bar is not None and bar.unit is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if follows else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        bar = self._bar_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and bar and bar.unit is not None:
            self.term_followed.emit(bar)
        else:
            super().mousePressEvent(event)

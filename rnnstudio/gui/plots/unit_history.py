"""One number over the sentence as a small bar chart with the play head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.gui.plots.lettering import number
from rnnstudio.gui.theme import LIGHT, Theme, font

_NARROWEST = 4  # pixels a step; a longer sentence is shown around the play head
_WIDEST = 30
_GHOST = 0.35
_SCALE_WIDTH = 32


@dataclass(frozen=True, eq=False)
class History:
    """Values (T,) from `low` to `high`, the words they stand after, the name of the number.

    `color` is the bars' colour; None colours them by sign on the scale −limit … limit. `original`
    (T,) is what would be if nothing were set by hand, drawn as a line where it differs.
    """

    values: FloatArray
    words: Sequence[str]
    name: str
    low: float
    high: float
    limit: float = 1.0
    color: QColor | None = None
    original: FloatArray | None = None


class UnitHistory(QWidget):
    """Draws a `History`; a click moves the play head."""

    step_requested = Signal(int)
    hinted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._history: History | None = None
        self._step = 0
        self.setObjectName("unit_history")
        self.setAccessibleName("The value over the sentence")
        self.setMouseTracking(True)
        self.setMinimumHeight(60)
        self.setMaximumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def set_history(self, history: History | None, step: int) -> None:
        """Show values and the play head at `step`."""
        self._history, self._step = history, step
        if history is not None and 1 <= step <= len(history.values):
            self.setAccessibleDescription(self._words(history, step))
        self.update()

    @property
    def history(self) -> History | None:
        """What is drawn."""
        return self._history

    def sizeHint(self) -> QSize:
        return QSize(240, 72)

    @property
    def _shown(self) -> range:
        """The steps that are drawn: all, or those around the play head."""
        count = len(self._history.values) if self._history else 0
        room = max(1, (self.width() - _SCALE_WIDTH) // _NARROWEST)
        if count <= room:
            return range(1, count + 1)
        first = min(max(self._step - room // 2, 1), count - room + 1)
        return range(first, first + room)

    @property
    def _pitch(self) -> int:
        return min(max((self.width() - _SCALE_WIDTH) // max(len(self._shown), 1), 1), _WIDEST)

    def _y(self, value: float) -> float:
        assert self._history is not None
        low, high = self._history.low, self._history.high
        share = (min(max(value, low), high) - low) / (high - low)
        return round(6 + (1 - share) * (self.height() - 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        history = self._history
        if history is None:
            return
        painter = QPainter(self)
        theme, pitch = self._theme, self._pitch
        base = self._y(max(history.low, 0.0))
        self._draw_scale(painter, history)
        for place, step in enumerate(self._shown):
            left = _SCALE_WIDTH + place * pitch
            if step == self._step:
                painter.setOpacity(1.0)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("accent_soft"))
                painter.drawRoundedRect(QRectF(left, 0, pitch, self.height()), 3, 3)
            value = float(np.nan_to_num(history.values[step - 1]))
            y = self._y(value)
            color = history.color or theme.signed_color(value, history.limit)
            painter.setOpacity(1.0 if step <= self._step else _GHOST)
            gap = 2 if pitch >= 8 else 1
            painter.fillRect(
                QRectF(left + gap / 2, min(y, base), pitch - gap, max(abs(y - base), 1)), color
            )
            self._draw_original(painter, history, step, QRectF(left + gap / 2, 0, pitch - gap, 2))
        painter.setOpacity(1.0)
        width = len(self._shown) * pitch
        painter.fillRect(QRectF(_SCALE_WIDTH, base, width, 1), theme.color("faint"))
        painter.end()

    def _draw_original(self, painter: QPainter, history: History, step: int, line: QRectF) -> None:
        """Draw what would be if nothing were set by hand, where it can be told apart."""
        if history.original is None:
            return
        y = self._y(float(np.nan_to_num(history.original[step - 1])))
        if y != self._y(float(np.nan_to_num(history.values[step - 1]))):
            line.moveTop(y - 1)
            painter.fillRect(line, self._theme.color("text"))

    @staticmethod
    def _words(history: History, step: int) -> str:
        value = number(history.values[step - 1])
        words = f"{history.name} at step {step} = {value} after “{history.words[step - 1]}”"
        if history.original is None:
            return words
        return f"{words}; {number(history.original[step - 1])} without what was set by hand"

    def _draw_scale(self, painter: QPainter, history: History) -> None:
        painter.setFont(font(11))
        painter.setPen(self._theme.color("muted"))
        for value in {history.low, 0.0, history.high}:
            if history.low <= value <= history.high:
                box = QRectF(0, self._y(value) - 8, _SCALE_WIDTH - 6, 16)
                box.moveTop(min(max(box.top(), 0), self.height() - 16))
                text = f"{value:g}".replace("-", "−")
                painter.drawText(
                    box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text
                )

    def _step_at(self, x: float) -> int | None:
        place = int((x - _SCALE_WIDTH) // self._pitch)
        shown = self._shown
        return shown[place] if 0 <= place < len(shown) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        step, history = self._step_at(event.position().x()), self._history
        if step is None or history is None:
            self.hinted.emit("")
            return
        self.hinted.emit(self._words(history, step))

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        step = self._step_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and step is not None:
            self.step_requested.emit(step)
        else:
            super().mousePressEvent(event)

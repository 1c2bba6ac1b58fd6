"""A calculation written in lines: numbers in one column, what they are beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.theme import LIGHT, Theme, font

_PITCH = 19
_PADDING = 10
_INDENT = 14


@dataclass(frozen=True)
class NumberLine:
    """`text` as it is calculated, `words` saying what it is; `indent` 1 for a part of a sum."""

    text: str
    words: str = ""
    indent: int = 0


class NumberLines(QWidget):
    """Draws `NumberLine`s in a soft box."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._lines: tuple[NumberLine, ...] = ()
        self.setObjectName("numbers")
        self.setAccessibleName("The equation in numbers")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def set_lines(self, lines: Sequence[NumberLine]) -> None:
        """Show another calculation."""
        if len(lines) != len(self._lines):
            self.updateGeometry()
        self._lines = tuple(lines)
        text = "\n".join(f"{line.text} {line.words}".strip() for line in self._lines)
        self.setAccessibleDescription(text)
        self.update()

    @property
    def lines(self) -> tuple[NumberLine, ...]:
        """The lines as drawn."""
        return self._lines

    def sizeHint(self) -> QSize:
        return QSize(240, len(self._lines) * _PITCH + 2 * _PADDING)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("inset"))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        mono, plain = font(12, mono=True), font(12)
        metrics, words_metrics = QFontMetricsF(mono), QFontMetricsF(plain)
        middle = Qt.AlignmentFlag.AlignVCenter
        parts = [metrics.horizontalAdvance(line.text) for line in self._lines if line.indent]
        column = max(parts, default=0.0)
        for row, line in enumerate(self._lines):
            top, left = _PADDING + row * _PITCH, _PADDING + line.indent * _INDENT
            painter.setFont(mono)
            painter.setPen(self._theme.color("text"))
            advance = metrics.horizontalAdvance(line.text)
            # Numbers of one sum end at the same place, so that their points stand in line.
            start = left + (column - advance if line.indent else 0)
            painter.drawText(QRectF(start, top, advance + 2, _PITCH), middle, line.text)
            if line.words:
                beside = start + advance + 10
                room = self.width() - beside - _PADDING
                words = words_metrics.elidedText(line.words, Qt.TextElideMode.ElideRight, room)
                painter.setFont(plain)
                painter.setPen(self._theme.color("muted"))
                side = Qt.AlignmentFlag.AlignLeft if line.indent else Qt.AlignmentFlag.AlignRight
                painter.drawText(QRectF(beside, top, room, _PITCH), middle | side, words)
        painter.end()

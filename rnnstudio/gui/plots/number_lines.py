"""A calculation written in lines: numbers in one column, what they are beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.plots.marked_text import draw_marked, marked_width
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.letters import plain

_PITCH = 19
_PADDING = 10
_INDENT = 14
_GAP = 10


@dataclass(frozen=True)
class NumberLine:
    """`text` as it is calculated, `words` saying what it is; `indent` 1 for a part of a sum.

    Indices are marked as in `session.letters`: "s_{6}[j]".
    """

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
        grown = len(lines) != len(self._lines)
        self._lines = tuple(lines)
        if grown:
            self.updateGeometry()
        text = "\n".join(f"{line.text} {line.words}".strip() for line in self._lines)
        self.setAccessibleDescription(plain(text))
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
        mono, letters = font(12, mono=True), font(12)
        parts = [marked_width(line.text, mono) for line in self._lines if line.indent]
        column = max(parts, default=0.0)
        for row, line in enumerate(self._lines):
            top, left = _PADDING + row * _PITCH, _PADDING + line.indent * _INDENT
            painter.setPen(self._theme.color("text"))
            advance = marked_width(line.text, mono)
            # Numbers of one sum end at the same place, so that their points stand in line.
            start = left + (column - advance if line.indent else 0)
            room = self.width() - start - _PADDING
            end = draw_marked(painter, QRectF(start, top, room, _PITCH), line.text, mono)
            if line.words:
                beside = end + (_GAP if line.indent else 5)
                room = self.width() - beside - _PADDING
                width = marked_width(line.words, letters)
                if not line.indent and width < room:
                    beside += room - width
                    room = width + 1
                painter.setPen(self._theme.color("muted"))
                draw_marked(painter, QRectF(beside, top, room, _PITCH), line.words, letters)
        painter.end()

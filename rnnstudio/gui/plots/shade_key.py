"""What the shades and marks of listed sentences mean, in one small line."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.plots.shaded_words import ShadedWords, draw_words
from rnnstudio.gui.theme import LIGHT, Theme, font

_GAP = 12
_TOOLTIP = (
    "How much each word moved log ŷ of what the network says (gradient × input): filled words "
    "speak for it, framed ones against it, the fuller the more."
)
_FLAG_TOOLTIP = " At the flag the answer changed for the last time."


class ShadeKey(QWidget):
    """Three samples: for, against, decided; as many as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._flags = True
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setObjectName("shade_key")
        self.show_flags(True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def show_flags(self, flags: bool) -> None:
        """Say whether there may be flags; where each word has an answer there are none."""
        self._flags = flags
        self.setToolTip(_TOOLTIP + (_FLAG_TOOLTIP if flags else ""))
        self.setAccessibleName(self.toolTip())
        self.update()

    def sizeHint(self) -> QSize:
        widths = sum(self._width(cell) + _GAP for cell in self._samples())
        return QSize(widths, QFontMetrics(font(13)).height() + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        widths = [self._width(cell) for cell in self._samples()]
        x = self.width() - sum(widths) - _GAP * (len(widths) - 1)
        if x < 0:
            return  # the tooltip of the table's words says the same
        for cell, width in zip(self._samples(), widths, strict=True):
            draw_words(painter, self._theme, QRect(x, 0, width, self.height()), cell)
            x += width + _GAP
        painter.end()

    def _samples(self) -> list[ShadedWords]:
        samples = [
            ShadedWords("speaks for", ((0, 10),), (0.8,)),
            ShadedWords("against", ((0, 7),), (-0.8,)),
        ]
        if self._flags:
            samples.append(ShadedWords("  decided", ((2, 9),), decided=1))
        return samples

    def _width(self, cell: ShadedWords) -> int:
        return QFontMetrics(font(13)).horizontalAdvance(cell.text) + 14

"""The scale beside a heat map: a strip of its colours between its least and greatest value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.plots.cells import image_of
from rnnstudio.gui.theme import LIGHT, Theme, font, signed_argb

_BAR_WIDTH = 96
_BAR_HEIGHT = 12


class ColorBar(QWidget):
    """Colours from `low` to `high` on the signed scale, with both numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._low, self._high = -1.0, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colour scale")

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def set_range(self, low: float, high: float) -> None:
        """Show another scale."""
        if (low, high) != (self._low, self._high):
            self._low, self._high = low, high
            self.setToolTip(
                f"Blue is below zero, orange above: {self._text(low)} … {self._text(high)}"
            )
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(font(11))
        texts = sum(metrics.horizontalAdvance(self._text(end)) for end in (self._low, self._high))
        return QSize(round(_BAR_WIDTH + texts) + 14, max(20, round(metrics.height())))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font(11))
        painter.setPen(self._theme.color("muted"))
        area = QRectF(self.rect())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, self._text(self._low))
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, self._text(self._high))
        left = round(QFontMetricsF(font(11)).horizontalAdvance(self._text(self._low))) + 6
        limit = max(abs(self._low), abs(self._high))
        values = np.linspace(self._low, self._high, _BAR_WIDTH)
        colors = signed_argb(self._theme, values, limit)
        top = (self.height() - _BAR_HEIGHT) // 2
        image = image_of(np.tile(colors, (_BAR_HEIGHT, 1)), 1.0)
        painter.drawImage(QRectF(left, top, _BAR_WIDTH, _BAR_HEIGHT), image)
        painter.end()

    @staticmethod
    def _text(value: float) -> str:
        return f"{value:g}".replace("-", "−")

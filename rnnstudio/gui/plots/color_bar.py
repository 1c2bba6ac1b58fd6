"""The scale beside a heat map: a strip of its colours between its least and greatest value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.plots.cells import image_of
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import LIGHT, Theme, font

_WIDE, _NARROW = 96, 44
_BAR_HEIGHT = 12


class ColorBar(QWidget):
    """Colours from the least to the greatest value of a scale, with both numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._scale = Scale(-1.0, 1.0, True)
        self._bar_width = _WIDE
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tell()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Leave room for what stands beside it."""
        width = _NARROW if narrow else _WIDE
        if width != self._bar_width:
            self._bar_width = width
            self.updateGeometry()
            self.update()

    def set_scale(self, scale: Scale) -> None:
        """Show another scale."""
        if scale != self._scale:
            self._scale = scale
            self._tell()
            self.updateGeometry()
            self.update()

    @property
    def scale(self) -> Scale:
        """What is shown."""
        return self._scale

    def _tell(self) -> None:
        low, high = self._ends
        self.setToolTip(f"{self._scale.meaning}: {low} … {high}")
        self.setAccessibleName(f"Colour scale from {low} to {high}. {self._scale.meaning}.")

    @property
    def _ends(self) -> tuple[str, str]:
        return _text(self._scale.low), _text(self._scale.high)

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(font(11))
        texts = sum(metrics.horizontalAdvance(end) for end in self._ends)
        return QSize(round(self._bar_width + texts) + 14, max(20, round(metrics.height())))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font(11))
        painter.setPen(self._theme.color("muted"))
        area, middle = QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter
        low, high = self._ends
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, high)
        left = round(QFontMetricsF(font(11)).horizontalAdvance(low)) + 6
        ratio = self.devicePixelRatioF()
        values = np.linspace(self._scale.low, self._scale.high, round(self._bar_width * ratio))
        colors = self._scale.argb(self._theme, values)
        top = (self.height() - _BAR_HEIGHT) // 2
        image = image_of(np.tile(colors, (round(_BAR_HEIGHT * ratio), 1)), ratio)
        painter.drawImage(QRectF(left, top, self._bar_width, _BAR_HEIGHT), image)
        painter.end()


def _text(value: float) -> str:
    return f"{value:g}".replace("-", "−")

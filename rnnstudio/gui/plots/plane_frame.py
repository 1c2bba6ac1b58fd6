"""What stands around the plane of the states: its frame, numbers and names, and a cross at zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from rnnstudio.gui.plots.plane_axes import Axes
from rnnstudio.gui.plots.plane_words import axis_words
from rnnstudio.gui.theme import Theme, font

# Around the paper, for numbers and names.
MARGINS = QMarginsF(46, 4, 4, 32)
_LINE = 14.0
_FLAGS = Qt.AlignmentFlag


def paint_cross(painter: QPainter, theme: Theme, axes: Axes) -> None:
    """Draw thin lines through zero, the mean of the states, and a frame."""
    area = axes.area
    painter.setPen(QPen(theme.color("faint", 0.6), 1))
    left, right, bottom, top = axes.extent
    zero = axes.places(np.zeros((1, 2)))[0]
    if left < 0 < right:
        x = round(float(zero[0])) + 0.5
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    if bottom < 0 < top:
        y = round(float(zero[1])) + 0.5
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    painter.setPen(QPen(theme.color("border"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))


def paint_axes(painter: QPainter, theme: Theme, axes: Axes, shares: Sequence[float]) -> None:
    """Write round numbers and the names of both components, with their shares of the variance."""
    small = font(11)
    metrics, area = QFontMetricsF(small), axes.area
    painter.setFont(small)
    painter.setPen(theme.color("muted"))
    for x, text in axes.x_ticks():
        half = metrics.horizontalAdvance(text) / 2
        middle = min(max(x, area.left() + half), area.right() - half)
        box = QRectF(middle - 40, area.bottom() + 2, 80, _LINE)
        painter.drawText(box, _FLAGS.AlignHCenter | _FLAGS.AlignTop, text)
    for y, text in axes.y_ticks():
        middle = min(max(y, area.top() + _LINE / 2), area.bottom() - _LINE / 2)
        box = QRectF(_LINE, middle - _LINE / 2, MARGINS.left() - _LINE - 5, _LINE)
        align = _FLAGS.AlignRight | _FLAGS.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(box, align, text)
    centred = _FLAGS.AlignHCenter | _FLAGS.AlignVCenter
    words = _fitting(axis_words("first", shares[0]), area.width(), metrics)
    box = QRectF(area.left(), area.bottom() + _LINE + 1, area.width(), _LINE + 1)
    painter.drawText(box, centred, words)
    words = _fitting(axis_words("second", shares[1]), area.height(), metrics)
    painter.save()
    painter.translate(0, area.bottom())
    painter.rotate(-90)
    painter.drawText(QRectF(0, 0, area.height(), _LINE), centred, words)
    painter.restore()


def _fitting(words: Sequence[str], room: float, metrics: QFontMetricsF) -> str:
    """Return the longest of some words that has room, else the last."""
    return next((text for text in words if metrics.horizontalAdvance(text) <= room), words[-1])

"""What stands around the plane of the states: its frame, numbers and names, and a cross at zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPixmap

from rnnstudio.gui.plots.plane_axes import Axes
from rnnstudio.gui.plots.plane_words import axis_words
from rnnstudio.gui.theme import Theme, font

_LEFT = 46.0
_LINE = 14.0
_SHARPEST = 4.0  # dots a pixel
# In a lower picture the name of the first component stands beside the numbers.
_HEIGHT_FOR_NAME = 130
_FLAGS = Qt.AlignmentFlag


def margins(height: float) -> QMarginsF:
    """Return what is left around the paper, for numbers and names, in a picture of a height."""
    return QMarginsF(_LEFT, 4, 4, 32 if height >= _HEIGHT_FOR_NAME else 17)


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


def paint_axes(
    painter: QPainter, theme: Theme, axes: Axes, shares: Sequence[float], height: float
) -> None:
    """Write round numbers and the names of both components, with their shares of the variance.

    `height` is that of the whole picture.
    """
    small = font(11)
    metrics, area = QFontMetricsF(small), axes.area
    painter.setFont(small)
    painter.setPen(theme.color("muted"))
    first = _fitting(axis_words("first", shares[0]), area.width(), metrics)
    low = height < _HEIGHT_FOR_NAME
    end = area.right() - (metrics.horizontalAdvance(first) + 12 if low else 0)
    for x, text in axes.x_ticks():
        half = metrics.horizontalAdvance(text) / 2
        middle = min(max(x, area.left() + half), area.right() - half)
        if middle + half <= end:
            box = QRectF(middle - 40, area.bottom() + 2, 80, _LINE)
            painter.drawText(box, _FLAGS.AlignHCenter | _FLAGS.AlignTop, text)
    box = QRectF(area.left(), area.bottom() + 2, area.width(), _LINE)
    if low:
        painter.drawText(box, _FLAGS.AlignRight | _FLAGS.AlignTop, first)
    else:
        painter.drawText(box.translated(0, _LINE - 1), _FLAGS.AlignCenter, first)
    for y, text in axes.y_ticks():
        middle = min(max(y, area.top() + _LINE / 2), area.bottom() - _LINE / 2)
        box = QRectF(_LINE, middle - _LINE / 2, _LEFT - _LINE - 5, _LINE)
        align = _FLAGS.AlignRight | _FLAGS.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(box, align, text)
    words = _fitting(axis_words("second", shares[1]), area.height(), metrics)
    if metrics.horizontalAdvance(words) > area.height():
        return
    ratio = min(max(painter.deviceTransform().m11(), 1.0), _SHARPEST)
    picture = _upright(words, theme, ratio)
    top = area.center().y() - picture.deviceIndependentSize().height() / 2
    painter.drawPixmap(QPointF(0, round(top)), picture)


@lru_cache(maxsize=16)
def _upright(words: str, theme: Theme, ratio: float) -> QPixmap:
    """Return words that run upwards, as a picture: to paint them anew costs 4 ms each time."""
    small = font(11)
    length = math.ceil(QFontMetricsF(small).horizontalAdvance(words)) + 2
    picture = QPixmap(round(_LINE * ratio), round(length * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setFont(small)
    painter.setPen(theme.color("muted"))
    painter.translate(0, length)
    painter.rotate(-90)
    painter.drawText(QRectF(0, 0, length, _LINE), _FLAGS.AlignCenter, words)
    painter.end()
    return picture


def _fitting(words: Sequence[str], room: float, metrics: QFontMetricsF) -> str:
    """Return the longest of some words that has room, else the last."""
    return next((text for text in words if metrics.horizontalAdvance(text) <= room), words[-1])

"""Draws an arrow between two parts of the network."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

_HEAD = 7.0
_SHORTEST = 6.0


def draw_arrow(
    painter: QPainter, start: QPointF, end: QPointF, color: QColor, dashed: bool = False
) -> None:
    """Draw a straight arrow along an axis; dashed where it is not the whole way."""
    along = end - start
    length = max(abs(along.x()), abs(along.y()))
    if length < _SHORTEST:
        return
    ahead = QPointF(along.x() / length, along.y() / length)
    head = min(_HEAD, length * 0.7)
    across = QPointF(-0.57 * head * ahead.y(), 0.57 * head * ahead.x())
    neck = QPointF(end.x() - head * ahead.x(), end.y() - head * ahead.y())
    pen = QPen(color, 1.5)
    if dashed:
        pen.setDashPattern([2.0, 2.0])
    painter.setPen(pen)
    painter.drawLine(start, neck)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([end, neck + across, neck - across]))

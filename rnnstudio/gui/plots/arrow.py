"""Draws an arrow between two parts of the network."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


def draw_arrow(painter: QPainter, start: QPointF, end: QPointF, color: QColor) -> None:
    """Draw a straight arrow along an axis."""
    along = end - start
    length = max(abs(along.x()), abs(along.y()))
    if length < 6:
        return
    ahead = QPointF(along.x() / length, along.y() / length)
    across = QPointF(-4 * ahead.y(), 4 * ahead.x())
    neck = QPointF(end.x() - 7 * ahead.x(), end.y() - 7 * ahead.y())
    painter.setPen(QPen(color, 1.5))
    painter.drawLine(start, neck)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([end, neck + across, neck - across]))

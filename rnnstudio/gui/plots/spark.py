"""A small line without axes, painted into a rectangle of another widget."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


def paint_spark(
    painter: QPainter,
    area: QRectF,
    points: Sequence[tuple[float, float]],
    color: QColor,
    y_range: tuple[float, float] = (0.0, 1.0),
) -> None:
    """Paint points joined by a line across `area`, with a dot at the newest.

    Args:
        points: (x, y) in ascending x; one point is painted as its dot.
        y_range: what its lower and upper edge stand for.
    """
    if not points:
        return
    (first, _), (low, high) = points[0], y_range
    left, bottom = area.left(), area.bottom()
    across = area.width() / max(points[-1][0] - first, 1e-9)
    up = area.height() / max(high - low, 1e-9)
    line = QPolygonF(
        [
            QPointF(left + (x - first) * across, bottom - (min(max(y, low), high) - low) * up)
            for x, y in points
        ]
    )
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.5))
    painter.drawPolyline(line)
    painter.setPen(QPen(color, 0))
    painter.setBrush(color)
    painter.drawEllipse(line.last(), 2.0, 2.0)
    painter.restore()

"""Marks in the strip: the selected cell, what was set by hand, where the decision became final."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from rnnstudio.gui.plots.strip_easel import FROM_LEFT, Easel
from rnnstudio.gui.plots.strip_frame import memory_way
from rnnstudio.gui.theme import Theme, font

_CORNER = 7.0
_FLAG = 9.0


def draw_unit_mark(painter: QPainter, theme: Theme, cell: QRectF) -> None:
    """Frame the selected cell."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("panel"), 1))
    painter.drawRoundedRect(cell.adjusted(-2.5, -2.5, 2.5, 2.5), 4, 4)
    painter.setPen(QPen(theme.color("text"), 2))
    painter.drawRoundedRect(cell.adjusted(-1, -1, 1, 1), 3, 3)


def draw_corner(painter: QPainter, theme: Theme, cell: QRectF) -> None:
    """Mark a cell whose number was set by hand, in its upper right corner."""
    size = min(_CORNER, cell.width() * 0.6, cell.height() * 0.6)
    right, top = cell.right(), cell.top()
    corner = QPolygonF(
        [QPointF(right - size, top), QPointF(right, top), QPointF(right, top + size)]
    )
    painter.setPen(QPen(theme.color("panel"), 1))
    painter.setBrush(theme.color("text"))
    painter.drawPolygon(corner)


def draw_surgery(easel: Easel, step: int) -> None:
    """Mark what was set by hand at a step and does not show in its cells."""
    if easel.model.is_handed_another_memory(step):
        _draw_scissors(easel, step)
    if easel.model.hidden_changes(step):
        frame = easel.layout.frame_rect(easel.left_of(step))
        draw_corner(easel.painter, easel.theme, frame.adjusted(0, 1, -2, 0))


def _draw_scissors(easel: Easel, step: int) -> None:
    """Draw two strokes through the arrow of W: another memory is handed over."""
    start, end = memory_way(easel, step)
    x, y = (start + end) / 2 - 2, round(easel.levels[-1]) + 0.5
    painter = easel.painter
    for color, width in ((easel.color("panel"), 5.0), (easel.color("warning"), 2.0)):
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for shift in (-2.5, 2.5):
            painter.drawLine(QPointF(x + shift - 2, y + 6), QPointF(x + shift + 2, y - 6))


def decided_flag(easel: Easel, step: int) -> QRectF:
    """Return where the flag of the decision stands: right of ŷ_t's letter."""
    line = easel.line(step, easel.layout.y_letter)
    letter = QFontMetricsF(font(11)).horizontalAdvance(easel.model.letter("y", step))
    left = line.center().x() + letter / 2 + 5
    return QRectF(left, line.top() + 2, _FLAG, line.height() - 5)


def draw_decided(easel: Easel) -> None:
    """Draw a flag at the step from which on the answer is the final one."""
    step = easel.model.decided
    if step is None:
        return
    painter, box = easel.painter, decided_flag(easel, step)
    easel.fade(step)
    accent: QColor = easel.color("accent")
    painter.setPen(QPen(accent, 1.5))
    painter.drawLine(box.bottomLeft(), box.topLeft())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(accent)
    top, left = box.top(), box.left()
    painter.drawPolygon(
        QPolygonF([QPointF(left, top), QPointF(left + _FLAG, top + 4), QPointF(left, top + 8)])
    )
    letters = font(11, QFont.Weight.Medium)
    room = easel.left_of(step) + easel.width - box.right() - 6
    if QFontMetricsF(letters).horizontalAdvance("decided") <= room:
        beside = QRectF(box.right() + 3, box.top() - 2, room, box.height() + 4)
        easel.write(beside, "decided", accent, letters, FROM_LEFT)

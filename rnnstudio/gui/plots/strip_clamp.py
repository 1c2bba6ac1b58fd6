"""Setting a number by dragging it up or down: how far, within which ends, what it reads."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from rnnstudio.gui.plots.lettering import signed
from rnnstudio.gui.theme import Theme, font
from rnnstudio.session.looking import Place

_WAY = 140.0  # pixels from one end of the scale to the other
KEY_SHARE = 0.05  # of the scale that a key moves a number


@dataclass(frozen=True)
class ClampDrag:
    """A number that is being dragged: `letter` names it, `start` was its value at `origin`."""

    place: Place
    letter: str
    start: float
    low: float
    high: float
    origin: QPointF

    def value_at(self, point: QPointF) -> float:
        """Return the number for the mouse at a point: upwards is more."""
        share = (self.origin.y() - point.y()) / _WAY
        return self.clamped(self.start + share * (self.high - self.low))

    def moved(self, share: float) -> float:
        """Return the number moved by a share of its scale."""
        return self.clamped(self.start + share * (self.high - self.low))

    def clamped(self, value: float) -> float:
        """Return a number within the ends of the scale; two decimals are enough for a hand."""
        if value != value:  # not a number
            return 0.0
        return round(min(max(value, self.low), self.high), 3)


def draw_bubble(
    painter: QPainter, theme: Theme, point: QPointF, drag: ClampDrag, room: int
) -> None:
    """Show the number that is being dragged beside the mouse."""
    words = f"{drag.letter}[{(drag.place.unit or 0) + 1}] := {signed(drag.value_at(point))}"
    letters = font(13, QFont.Weight.DemiBold)
    width = QFontMetricsF(letters).horizontalAdvance(words) + 20
    left = point.x() + 14 if point.x() + 18 + width < room else point.x() - 14 - width
    box = QRectF(left, max(point.y() - 15, 4), width, 30)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(1.0)
    painter.setPen(QPen(theme.color("panel"), 1))
    painter.setBrush(theme.color("text"))
    painter.drawRoundedRect(box, 8, 8)
    painter.setFont(letters)
    painter.setPen(theme.color("panel"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, words)

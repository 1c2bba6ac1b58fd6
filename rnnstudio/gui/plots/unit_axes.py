"""A frame for shares: both axes end at 1, with their names and numbers at the edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from rnnstudio.gui.theme import Theme, font

Doubles = npt.NDArray[np.float64]

_LINE = 16  # the height of a line of small letters
_NUMBERS = 26  # the width of the numbers beside the upright axis
# With less room only the ends have numbers, and the names stand between them.
_ROOMY = 230
_CENTER = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class UnitAxes:
    """x from `left` and y from `low`, both to 1, in `area` (logical pixels); y grows upwards.

    `drop` is how far below the area the numbers of x stand.
    """

    area: QRectF
    left: float
    low: float
    x_name: str
    y_name: str
    is_roomy: bool
    drop: int = 0

    def x(self, share: float) -> float:
        """Return where a share stands across."""
        return self.area.left() + (share - self.left) / (1 - self.left) * self.area.width()

    def y(self, share: float) -> float:
        """Return where a share stands upright; what is below the axis stands on it."""
        rest = (max(share, self.low) - self.low) / (1 - self.low)
        return self.area.bottom() - rest * self.area.height()

    def point(self, x: float, y: float) -> QPointF:
        """Return where a point stands."""
        return QPointF(self.x(x), self.y(y))

    def places(self, x: Doubles, y: Doubles) -> tuple[Doubles, Doubles]:
        """Return where points (n,), (n,) stand on the screen."""
        rest = (np.maximum(y, self.low) - self.low) / (1 - self.low)
        return (
            self.area.left() + (x - self.left) / (1 - self.left) * self.area.width(),
            self.area.bottom() - rest * self.area.height(),
        )


def axes_in(
    box: QRectF,
    x_name: str,
    y_name: str,
    low: float = 0.0,
    left: float = 0.0,
    widest: float = 1e9,
    drop: int = 0,
) -> UnitAxes:
    """Lay axes out in a box, with room for their numbers and names.

    Args:
        widest: how many times as wide as high they are at most; the rest is left at both sides.
        drop: room that is left between the area and the numbers below it.
    """
    is_roomy = min(box.width(), box.height()) >= _ROOMY
    beside = _NUMBERS + (_LINE + 4 if is_roomy else 2)
    below = _LINE * 2 + 2 if is_roomy else _LINE + 2
    area = box.adjusted(beside, 8, -8, -below - drop)
    spare = max(0.0, area.width() - widest * area.height()) / 2
    # Whole pixels, so that the frame is crisp.
    area = QRectF(area.adjusted(spare, 0, -spare, 0).toRect())
    return UnitAxes(area, left, low, x_name, y_name, is_roomy, drop)


def draw_axes(painter: QPainter, axes: UnitAxes, theme: Theme) -> None:
    """Draw the lines, the numbers and the names."""
    area = axes.area
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(theme.color("border"), 1))
    across, upright = _ticks(axes.left, axes.is_roomy), _ticks(axes.low, axes.is_roomy)
    for share in _lines(axes.left, axes.is_roomy):
        painter.drawLine(axes.point(share, axes.low), axes.point(share, 1))
    for share in _lines(axes.low, axes.is_roomy):
        painter.drawLine(axes.point(axes.left, share), axes.point(1, share))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(11))
    painter.setPen(theme.color("muted"))
    for share in across:
        box = QRectF(axes.x(share) - 16, area.bottom() + axes.drop + 3, 32, _LINE)
        painter.drawText(box, _CENTER, _text(share))
    for share in upright:
        box = QRectF(area.left() - _NUMBERS - 5, axes.y(share) - _LINE / 2, _NUMBERS, _LINE)
        painter.drawText(box, _RIGHT, _text(share))
    down = axes.drop + (_LINE + 3 if axes.is_roomy else 3)
    painter.drawText(
        QRectF(area.left(), area.bottom() + down, area.width(), _LINE), _CENTER, axes.x_name
    )
    painter.save()
    out = _NUMBERS + 5 if axes.is_roomy else 5
    painter.translate(area.left() - out - _LINE, area.bottom())
    painter.rotate(-90)
    painter.drawText(QRectF(0, 0, area.height(), _LINE), _CENTER, axes.y_name)
    painter.restore()


def _ticks(low: float, is_roomy: bool) -> list[float]:
    return _lines(low, is_roomy) if is_roomy else [low, 1.0]


def _lines(low: float, is_roomy: bool) -> list[float]:
    step = 0.2 if is_roomy and low < 0.5 else 0.1 if is_roomy else (1 - low) / 2
    first = round(1 - int((1 - low) / step + 1e-9) * step, 9)
    found = np.arange(first, 1 + step / 2, step).round(9).tolist()
    return sorted({low, *found}) if low not in found and found[0] - low > step / 2 else found


def _text(share: float) -> str:
    return f"{share:.1f}" if 0 < share < 1 else f"{share:.0f}"

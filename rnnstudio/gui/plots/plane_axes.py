"""From the plane of the states to the screen and back: zoom, pan and the numbers at the axes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

from rnnstudio.engine.state_plane import Extent

Doubles = npt.NDArray[np.float64]

_PIXELS_A_TICK = 64  # across; numbers above each other need less
_PIXELS_UP_A_TICK = 28
# How far in and out one can go, as shares of the fitted size.
_SMALLEST, _LARGEST = 1e-4, 20.0


@dataclass(frozen=True)
class Axes:
    """An extent of the plane that fills `area`, in logical pixels; y grows upwards in the plane."""

    extent: Extent
    area: QRectF

    def places(self, points: Doubles) -> Doubles:
        """Return where points (n, 2) of the plane are on the screen (n, 2)."""
        left, right, bottom, top = self.extent
        found = np.empty_like(points)
        found[:, 0] = self.area.left() + (points[:, 0] - left) / (right - left) * self.area.width()
        found[:, 1] = self.area.bottom() - (
            (points[:, 1] - bottom) / (top - bottom) * self.area.height()
        )
        return found

    def point_at(self, place: QPointF) -> tuple[float, float]:
        """Return the point of the plane at a place of the screen."""
        left, right, bottom, top = self.extent
        across = (place.x() - self.area.left()) / self.area.width()
        up = (self.area.bottom() - place.y()) / self.area.height()
        return left + across * (right - left), bottom + up * (top - bottom)

    def zoomed(self, factor: float, about: QPointF, fitted: Extent) -> Extent:
        """Return an extent that is `factor` as wide, in which a place of the screen stays.

        It is not far smaller or larger than `fitted`.
        """
        left, right, bottom, top = self.extent
        least = (right - left) / (fitted.right - fitted.left)
        factor = min(max(factor, _SMALLEST / least), _LARGEST / least)
        x, y = self.point_at(about)
        return Extent(
            x + (left - x) * factor,
            x + (right - x) * factor,
            y + (bottom - y) * factor,
            y + (top - y) * factor,
        )

    def panned(self, by: QPointF) -> Extent:
        """Return the extent after the paper was drawn by so many pixels."""
        left, right, bottom, top = self.extent
        x = by.x() / self.area.width() * (right - left)
        y = -by.y() / self.area.height() * (top - bottom)
        return Extent(left - x, right - x, bottom - y, top - y)

    def x_ticks(self) -> list[tuple[float, str]]:
        """Return where on the screen round numbers of the first component stand."""
        left, right, _, _ = self.extent
        scale = self.area.width() / (right - left)
        return [
            (self.area.left() + (value - left) * scale, text)
            for value, text in _ticks(left, right, self.area.width() / _PIXELS_A_TICK)
        ]

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return where on the screen round numbers of the second component stand."""
        _, _, bottom, top = self.extent
        scale = self.area.height() / (top - bottom)
        return [
            (self.area.bottom() - (value - bottom) * scale, text)
            for value, text in _ticks(bottom, top, self.area.height() / _PIXELS_UP_A_TICK)
        ]


def _ticks(low: float, high: float, most: float) -> list[tuple[float, str]]:
    """Return round numbers between two ends, about so many."""
    wanted = (high - low) / max(most, 2.0)
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next((f * power for f in (1.0, 2.0, 5.0) if wanted <= f * power), 10.0 * power)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(n * step, _typeset(n * step, digits)) for n in range(first, last + 1)]


def _typeset(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}" if abs(value) < 1e5 else f"{value:.3g}"
    return "0" if not text.strip("-0.") else text.replace("-", "−")

"""The axes and the view of the curve plot: plain numbers, zoom along x only."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt

_LABEL_OVERHANG = 10  # pixels that the labels at the ends of an axis may stick out


class CurveAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis with plain numbers; its lines run across the plot where it is the left one."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLength=0)
        self._log = False
        self.setStyle(maxTickLevel=0, maxTextLevel=0, tickTextOffset=6, hideOverlappingLabels=False)
        self.enableAutoSIPrefix(False)
        if orientation == "left":
            self.setGrid(255)

    def set_log(self, log: bool) -> None:
        """Take the values as decimal logarithms."""
        self._log = log
        self.picture = None
        self.update()

    def boundingRect(self) -> QRectF:
        # pyqtgraph leaves out the labels that stick out of this: those at the axis' ends.
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, -_LABEL_OVERHANG, 0, _LABEL_OVERHANG)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if not self._log:
            values: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
            return values
        factors = (1, 2, 5) if high - low < 3 else (1,)
        decades = range(math.floor(low), math.ceil(high) + 1)
        ticks = [decade + math.log10(factor) for decade in decades for factor in factors]
        return [(1.0, [tick for tick in ticks if low <= tick <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self._log:
            return [f"{10.0**value:g}" for value in values]
        places = max(0, math.ceil(-math.log10(spacing * scale) - 1e-9))
        return [f"{value * scale:,.{places}f}" for value in values]


class CurveView(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Zooms and moves along x only, with the left button; the right one is the panel's menu."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.setMouseEnabled(x=True, y=False)
        self.disableAutoRange()

    def mouseDragEvent(
        self, event: pg.GraphicsScene.mouseEvents.MouseDragEvent, axis: int | None = None
    ) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            super().mouseDragEvent(event, axis=0)
        else:
            event.ignore()

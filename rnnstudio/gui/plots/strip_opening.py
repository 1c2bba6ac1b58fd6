"""How a column grows into a large panel: how far it is, where it stands, who makes room."""

from __future__ import annotations

import math

from PySide6.QtCore import QEasingCurve, QObject, QRect, QSize, QVariantAnimation, Signal

from rnnstudio.engine.network import Cell

_MILLISECONDS = 180
# As wide as the wiring of a cell needs to be clear, and what a large screen gives it.
_WIDEST = 940
_NARROWEST = {Cell.LSTM: 620, Cell.GRU: 580}
_NARROWEST_ONE_SUM = 480
_TOP = 2


class Opening(QObject):
    """Opens and closes, in one go or at once where motion is not wanted."""

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.share = 0.0
        self.has_motion = True
        self._open = False
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(_MILLISECONDS)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._on_value_changed)

    @property
    def is_open(self) -> bool:
        """Whether the step is open, or on its way to be."""
        return self._open

    def set_open(self, opened: bool, at_once: bool = False) -> None:
        """Open or close."""
        if opened == self._open and not at_once:
            return
        self._open = opened
        end = 1.0 if opened else 0.0
        self._animation.stop()
        if at_once or not self.has_motion:
            if self.share != end:
                self.share = end
                self.moved.emit()
            return
        self._animation.setStartValue(self.share)
        self._animation.setEndValue(end)
        self._animation.start()

    def _on_value_changed(self, value: float) -> None:
        self.share = float(value)
        self.moved.emit()


def full_rect(column: QRect, room: int, bottom: int, cell: Cell) -> QRect:
    """Return where an opened step stands: about its column, neighbours left at both sides.

    Args:
        column: the step's column as it is where nothing is opened.
        room: the width of the strip.
        bottom: where the words begin.
    """
    neighbours = 2 * (column.width() + 8)
    least = _NARROWEST.get(cell, _NARROWEST_ONE_SUM)
    width = min(max(room - neighbours, least), _WIDEST, room - 8)
    side = max(4, min(column.width() + 4, (room - width) // 2))
    left = min(max(column.center().x() - width // 2, side), room - side - width)
    return QRect(left, _TOP, width, max(bottom - _TOP - 2, 60))


def between(one: QRect, other: QRect, share: float) -> QRect:
    """Return the rectangle so far on the way from one to another."""

    def mixed(start: int, end: int) -> int:
        return round(start + (end - start) * share)

    left, top = mixed(one.left(), other.left()), mixed(one.top(), other.top())
    size = QSize(mixed(one.width(), other.width()), mixed(one.height(), other.height()))
    return QRect(left, top, size.width(), size.height())


def steps_beside(step: int, now: QRect, room: int, column: int, count: int) -> range:
    """Return the steps that are seen where one stands in `now` and the others make room."""
    before = math.ceil(max(0, now.left()) / column)
    after = math.ceil(max(0, room - now.right() - 1) / column)
    return range(max(1, step - before), min(count, step + after) + 1)

"""A slider whose stops stand where they are: kept epochs, words; one of them may be marked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from rnnstudio.gui.theme import LIGHT, Theme

_RADIUS = 7.0  # of the handle
_GROOVE = 4.0
_TICK, _SMALL_TICK = 8.0, 5.0
_MARK = 4.5  # half of the sign above the best stop
# Pixels. Ticks that are closer than the one are small; closer than the other they would be a band.
_APART, _LEAST_APART = 9.0, 3.0


class StopSlider(QSlider):
    """A horizontal slider from stop to stop; `value()` is the number of the stop, from 0.

    It goes to the stop that is nearest to the mouse. `valueChanged` is what a person chose.
    """

    hinted = Signal(str)  # the stop under the mouse, in words

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._places: tuple[float, ...] = (0.0, 1.0)
        self._hints: Sequence[str] = ("", "")
        self._marked: int | None = None
        self._theme = LIGHT
        self.setMouseTracking(True)
        self.setMinimumWidth(100)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_stops(
        self, places: Sequence[float], hints: Sequence[str], marked: int | None, stop: int
    ) -> None:
        """Show n stops at `places` (n,) from 0 to 1, ascending, and stand at number `stop`.

        `hints` (n,) say what each is; `marked` is the number of the one with a sign above it.
        """
        self._places, self._hints, self._marked = tuple(places), hints, marked
        self.blockSignals(True)
        self.setRange(0, len(self._places) - 1)
        self.setPageStep(max(1, len(self._places) // 10))
        if not self.isSliderDown():
            self.setValue(stop)
        self.blockSignals(False)
        self.setAccessibleDescription(self._hints[self.value()])
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 26)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), 26)

    def x_of(self, stop: int) -> float:
        """Return where a stop is, in pixels from the left."""
        return _RADIUS + 1 + self._places[stop] * self._room()

    def stop_at(self, x: float) -> int:
        """Return the stop that is nearest to a place."""
        wanted = (x - _RADIUS - 1) / self._room()
        after = min(bisect_left(self._places, wanted), len(self._places) - 1)
        before = max(after - 1, 0)
        nearer = wanted - self._places[before] <= self._places[after] - wanted
        return before if nearer else after

    def _room(self) -> float:
        return max(self.width() - 2 * (_RADIUS + 1), 1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self.stop_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        stop = self.stop_at(event.position().x())
        if self.isSliderDown():
            self.setValue(stop)
        self.hinted.emit(self._hints[stop])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_groove(painter)
        self._paint_ticks(painter)
        if self._marked is not None:
            self._paint_mark(painter, self.x_of(self._marked))
        self._paint_handle(painter)
        painter.end()

    @property
    def _middle(self) -> float:
        # The sign of the marked stop needs more room than what hangs below.
        return self.height() / 2 + 2

    def _paint_groove(self, painter: QPainter) -> None:
        middle, start = self._middle, _RADIUS + 1
        painter.setPen(Qt.PenStyle.NoPen)
        for end, role in ((start + self._room(), "track"), (self.x_of(self.value()), self._role)):
            painter.setBrush(self._theme.color(role))
            groove = QRectF(start, middle - _GROOVE / 2, end - start, _GROOVE)
            painter.drawRoundedRect(groove, _GROOVE / 2, _GROOVE / 2)

    def _paint_ticks(self, painter: QPainter) -> None:
        last = len(self._places) - 1
        apart = self._room() / max(last, 1)
        if apart < _LEAST_APART:
            return
        middle = self._middle
        half, width = (_TICK / 2, 1.5) if apart >= _APART else (_SMALL_TICK / 2, 1.0)
        lines = [
            QLineF(x, middle - half, x, middle + half) for x in map(self.x_of, range(last + 1))
        ]
        passed = self.value() + 1
        for some, role in ((lines[:passed], self._role), (lines[passed:], "faint")):
            painter.setPen(QPen(self._theme.color(role), width))
            painter.drawLines(some)

    def _paint_mark(self, painter: QPainter, x: float) -> None:
        tip = self._middle - _RADIUS - 0.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("success"))
        corners = ((x, tip), (x - _MARK, tip - 6.0), (x + _MARK, tip - 6.0))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

    def _paint_handle(self, painter: QPainter) -> None:
        center = QPointF(self.x_of(self.value()), self._middle)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("text"), 2))
            painter.setBrush(self._theme.color(self._role))
            painter.drawEllipse(center, _RADIUS - 1, _RADIUS - 1)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._role))
        painter.drawEllipse(center, _RADIUS - 0.5, _RADIUS - 0.5)

    @property
    def _role(self) -> str:
        return "accent" if self.isEnabled() else "faint"

"""A bright point that runs along U, W and V while a step is computed."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QPointF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QPen

from rnnstudio.gui.plots.strip_easel import Easel
from rnnstudio.gui.plots.strip_frame import memory_way

_LONGEST, _SHORTEST = 350, 60  # milliseconds
_SHARE = 0.75  # of the time from step to step
_TAIL = 0.4  # of a way
_RADIUS = 4.0


class Pulse(QObject):
    """Runs once for a step; quicker where steps follow each other quickly."""

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.step: int | None = None
        self._since = QElapsedTimer()
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._on_value_changed)
        self._animation.finished.connect(self.stop)

    @property
    def share(self) -> float:
        """How far it has run, 0 … 1."""
        return float(self._animation.currentValue() or 0.0)

    def start(self, step: int) -> None:
        """Run along the ways of a step."""
        length = _LONGEST
        if self._since.isValid():
            length = round(min(max(self._since.elapsed() * _SHARE, _SHORTEST), _LONGEST))
        self._since.start()
        self._animation.stop()
        self.step = step
        self._animation.setDuration(length)
        self._animation.start()

    def stop(self) -> None:
        """End where it is."""
        self._animation.stop()
        if self.step is not None:
            self.moved.emit()  # its last place is painted over
            self.step = None

    def _on_value_changed(self) -> None:
        self.moved.emit()


def draw_pulse(easel: Easel, step: int, share: float) -> None:
    """Draw the point where it is now, with a tail behind it."""
    ways = _ways(easel, step)
    place = min(share, 0.9999) * len(ways)
    start, end = ways[int(place)]
    along = place - int(place)
    head = start + (end - start) * along
    tail = start + (end - start) * max(0.0, along - _TAIL)
    painter, accent = easel.painter, easel.color("accent")
    painter.setOpacity(1.0)
    painter.setPen(QPen(accent, 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(tail, head)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(easel.color("accent", 0.25))
    painter.drawEllipse(head, _RADIUS * 2, _RADIUS * 2)
    painter.setBrush(accent)
    painter.drawEllipse(head, _RADIUS, _RADIUS)


def _ways(easel: Easel, step: int) -> list[tuple[QPointF, QPointF]]:
    layout, reading = easel.layout, easel.model.reading
    x = round(easel.left_of(step) + easel.width / 2) + 0.5
    ways = [(QPointF(x, layout.u_arrow.bottom), QPointF(x, layout.u_arrow.top))]
    if reading.spec.cell.recurrent:
        start, end = memory_way(easel, step)
        y = round(easel.levels[-1]) + 0.5
        ways.append((QPointF(start, y), QPointF(end, y)))
    if reading.is_asked(step):
        ways.append((QPointF(x, layout.v_arrow.bottom), QPointF(x, layout.v_arrow.top)))
    return ways

"""One curve over all thresholds, with the point that holds now: drag it to set the threshold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.contrast import readable
from rnnstudio.gui.plots.unit_axes import UnitAxes, axes_in, draw_axes
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.threshold_curves import Curve, CurveKind
from rnnstudio.session.resolve.thresholds import Pane

_HEAD = 20  # the line of the title
_WIDEST = 1.5  # times as wide as high: a curve of shares wants to be square
_DOT, _RING = 5.5, 4.5
_FINENESS = 2.0  # points a pixel that can be told apart
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_EMPTY = Pane(CurveKind.ROC, "", "", "", "", "sentence", 0, "", None)


class ThresholdCurve(QWidget):
    """Draws a `Pane`; a press or drag asks for what leads to the nearest point of the curve."""

    setting_chosen = Signal(str, float)  # the name of the setting, and what to set it to
    hinted = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._pane = _EMPTY
        self._axes = axes_in(QRectF(0, 0, 100, 100), "", "")
        self._line = QPolygonF()
        self._places: npt.NDArray[np.intp] = np.zeros(0, np.intp)
        self._screen: npt.NDArray[np.float64] = np.zeros((0, 2))
        self._hovered: int | None = None
        self.setObjectName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(110, 110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def pane(self) -> Pane:
        """What is drawn."""
        return self._pane

    @property
    def places(self) -> tuple[int, ...]:
        """The points of the curve that are drawn: no more than can be told apart."""
        return tuple(self._places.tolist())

    @property
    def y_name(self) -> str:
        """What stands beside the upright axis; it tells where that does not begin at 0."""
        return self._axes.y_name

    def sizeHint(self) -> QSize:
        return QSize(210, 200)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def render_pane(self, pane: Pane) -> None:
        """Show a curve; where only the dot has moved, the line stays what it is."""
        if pane == self._pane:
            return
        moved = replace(pane, dot=None, ring=None)
        same = moved == replace(self._pane, dot=None, ring=None)
        self._pane = pane
        if not same:
            self._hovered = None
            self._lay_out()
            self.setAccessibleName(f"{pane.title} {pane.figure}".strip())
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def point_at(self, place: int) -> QPointF:
        """Return where a point of the curve is on the screen."""
        curve = self._pane.curve
        assert curve is not None
        return self._axes.point(float(curve.x[place]), float(curve.y[place]))

    def _lay_out(self) -> None:
        pane, curve = self._pane, self._pane.curve
        low = 0.0 if curve is None else curve.low
        box = QRectF(self.rect()).adjusted(0, _HEAD, 0, 0)
        y_name = f"{pane.y_name}, from {low:g} on" if low else pane.y_name
        self._axes = axes_in(box, pane.x_name, y_name, low, widest=_WIDEST)
        if curve is None:
            self._line, self._places, self._screen = (
                QPolygonF(),
                np.zeros(0, np.intp),
                np.zeros((0, 2)),
            )
            return
        x, y = self._axes.places(curve.x, curve.y)
        self._places = thinned(x, y, _FINENESS)
        x, y = x[self._places], y[self._places]
        self._screen = np.column_stack([x, y])
        self._line = _polygon(*(_as_steps(x, y) if curve.stepped else (x, y)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, pane, axes = self._theme, self._pane, self._axes
        self._draw_head(painter)
        if pane.curve is None:
            painter.setFont(font(12))
            painter.setPen(theme.color("muted"))
            words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            box = QRectF(self.rect()).adjusted(10, _HEAD, -10, 0)
            painter.drawText(box, words, pane.instead)
        else:
            draw_axes(painter, axes, theme)
            if axes.low:
                self._draw_break(painter)
            self._draw_curve(painter, pane.curve)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _draw_head(self, painter: QPainter) -> None:
        theme, pane = self._theme, self._pane
        line = QRectF(4, 1, self.width() - 8, _HEAD - 2)
        bold, plain = font(12, QFont.Weight.DemiBold), font(12)
        room = line.width() - 8 - QFontMetrics(plain).horizontalAdvance(pane.figure)
        metrics = QFontMetrics(bold)
        fits = metrics.horizontalAdvance(pane.title) <= room
        painter.setFont(bold)
        painter.setPen(theme.color("text"))
        painter.drawText(line, _LEFT, pane.title if fits else pane.short_title)
        painter.setFont(plain)
        painter.setPen(theme.color("muted"))
        painter.drawText(line, _RIGHT, pane.figure)

    @property
    def _color(self) -> QColor:
        theme = self._theme
        if self._pane.kind is CurveKind.COVERAGE:
            return theme.color("accent")
        return readable(theme.class_color(self._pane.label), theme.color("panel"))

    def _draw_curve(self, painter: QPainter, curve: Curve) -> None:
        theme, axes, pane, color = self._theme, self._axes, self._pane, self._color
        self._draw_chance(painter, curve)
        if not self._line.isEmpty():
            if not axes.low:  # else the area would say nothing
                self._draw_ground(painter)
            pen = QPen(color, 1.75)
            # Of many points, round ones would take four times as long.
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(self._line)
            if len(self._places) == 1:
                painter.drawEllipse(self._line.first(), 1.5, 1.5)
        if self._hovered is not None:
            painter.setPen(QPen(theme.color("text"), 1))
            painter.setBrush(theme.color("panel"))
            painter.drawEllipse(self.point_at(self._hovered), 3, 3)
        if pane.dot is not None:
            self._draw_dot(painter, axes)

    def _draw_ground(self, painter: QPainter) -> None:
        """Fill what is below the line."""
        bottom = self._axes.area.bottom()
        ground = QPolygonF(self._line)
        ground.append(QPointF(self._line.last().x(), bottom))
        ground.append(QPointF(self._line.first().x(), bottom))
        soft = QColor(self._color)
        soft.setAlphaF(0.10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawPolygon(ground)

    def _draw_break(self, painter: QPainter) -> None:
        """Draw the sign that the upright axis does not begin at 0."""
        area, theme = self._axes.area, self._theme
        foot = QPointF(area.left(), area.bottom() - 9)
        painter.setPen(QPen(theme.color("panel"), 4))
        painter.drawLine(foot + QPointF(0, -2), foot + QPointF(0, 2))
        painter.setPen(QPen(theme.color("muted"), 1))
        for rise in (-2.5, 2.5):
            middle = foot + QPointF(0, rise)
            painter.drawLine(middle + QPointF(-4, 1.5), middle + QPointF(4, -1.5))

    def _draw_chance(self, painter: QPainter, curve: Curve) -> None:
        """Draw what guessing, or answering everything, would give."""
        axes = self._axes
        pen = QPen(self._theme.color("muted"), 1)
        pen.setDashPattern([3, 4])
        painter.setPen(pen)
        level = float(curve.y[-1])  # where everything is called so, or answered
        start = axes.point(0, 0 if curve.kind is CurveKind.ROC else level)
        painter.drawLine(start, axes.point(1, level))

    def _draw_dot(self, painter: QPainter, axes: UnitAxes) -> None:
        theme, pane = self._theme, self._pane
        assert pane.dot is not None
        dot = axes.point(*pane.dot)
        pen = QPen(self._color, 1)
        pen.setDashPattern([2, 2])
        painter.setPen(pen)
        painter.drawLine(QPointF(axes.area.left(), dot.y()), dot)
        painter.drawLine(QPointF(dot.x(), axes.area.bottom()), dot)
        if pane.ring is not None:
            ring = axes.point(*pane.ring)
            away = ring - dot
            if abs(away.x()) + abs(away.y()) > _DOT:
                painter.setPen(QPen(self._color, 1.5))
                painter.setBrush(theme.color("panel"))
                painter.drawEllipse(ring, _RING, _RING)
        painter.setPen(QPen(theme.color("panel"), 1.5))
        painter.setBrush(self._color)
        painter.drawEllipse(dot, _DOT, _DOT)

    def place_near(self, point: QPointF) -> int | None:
        """Return the point of the curve that is nearest on the screen."""
        if not len(self._places):
            return None
        away = self._screen - (point.x(), point.y())
        return int(self._places[int(np.argmin((away * away).sum(axis=1)))])

    def _place_of_setting(self) -> int:
        """Return which of the drawn points the present setting leads to, or is next to."""
        pane, curve = self._pane, self._pane.curve
        if curve is None:
            return 0
        goal = pane.ring or pane.dot or (0.0, 0.0)
        return int(np.argmin(np.abs(curve.x - goal[0]) + np.abs(curve.y - goal[1])))

    def _choose(self, place: int) -> None:
        curve = self._pane.curve
        assert curve is not None
        self.hinted.emit(self._pane.words_at(place))
        self.setting_chosen.emit(curve.setting.value, curve.setting_at(place))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_near(event.position())
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            super().mousePressEvent(event)
            return
        self._choose(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_near(event.position())
        if place is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._hovered = None
            self._choose(place)
            return
        in_head = event.position().y() < _HEAD
        self._hover(None if in_head else place)
        if place is None:
            self.hinted.emit(self._pane.instead)
        elif in_head:
            self.hinted.emit(f"{self._pane.figure}: {self._pane.meaning}")
        else:
            self.hinted.emit(self._pane.words_at(place))

    def _hover(self, place: int | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        self.hinted.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = self._places
        if not len(places):
            super().keyPressEvent(event)
            return
        now = int(np.searchsorted(places, self._place_of_setting()))
        goals = {
            Qt.Key.Key_Left: now - 1,
            Qt.Key.Key_Right: now + 1,
            Qt.Key.Key_PageUp: now - len(places) // 10 - 1,
            Qt.Key.Key_PageDown: now + len(places) // 10 + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(places) - 1,
        }
        key = Qt.Key(event.key())
        if key not in goals:
            super().keyPressEvent(event)
            return
        self._choose(int(places[min(max(goals[key], 0), len(places) - 1)]))


def thinned(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], fineness: float
) -> npt.NDArray[np.intp]:
    """Return which points of a line (n,), (n,) in pixels are drawn: all that differ.

    Points that lie, one after another, on the same of `fineness` places a pixel are drawn once;
    the first and the last point always are.
    """
    across, upright = np.rint(x * fineness), np.rint(y * fineness)
    kept = np.ones(len(x), np.bool_)
    kept[1:] = (across[1:] != across[:-1]) | (upright[1:] != upright[:-1])
    if len(kept):
        kept[-1] = True
    return np.flatnonzero(kept)


def _as_steps(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Join points by steps: each y holds from the x before it."""
    if len(x) < 2:
        return x, y
    return np.column_stack([x[:-1], x[1:]]).ravel(), np.repeat(y[1:], 2)


def _polygon(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> QPolygonF:
    return QPolygonF([QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)])

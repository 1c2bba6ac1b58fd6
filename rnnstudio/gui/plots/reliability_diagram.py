"""Reliability diagram: how often answers of each confidence are right, and how many there are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.engine.calibration import Bin
from rnnstudio.gui.contrast import blended
from rnnstudio.gui.plots.unit_axes import UnitAxes, axes_in, draw_axes
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.reliability import ReliabilityState

_HEAD = 20  # the line that says what the colours mean
_WIDEST = 2.3  # times as wide as high
_LEAST_BAR = 2.0
_CENTER = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ReliabilityDiagram(QWidget):
    """Draws the bins of a `ReliabilityState`; a click chooses the answers of one."""

    bin_chosen = Signal(int)
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._state: ReliabilityState | None = None
        self._pointed: int | None = None
        self.setObjectName("reliability_diagram")
        self.setAccessibleName("Reliability diagram: accuracy over confidence")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(190, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(340, 240)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def render_state(self, state: ReliabilityState) -> None:
        """Show other bins."""
        before, self._state = self._state, state
        if before is None or len(before.bin_words) != len(state.bin_words):
            self._pointed = None
        self.setAccessibleDescription(state.verdict)
        self.update()

    @property
    def bins(self) -> tuple[Bin, ...]:
        """The bins that are drawn."""
        calibration = None if self._state is None else self._state.calibration
        return () if calibration is None else calibration.bins

    @property
    def pointed(self) -> int | None:
        """The bin under the mouse, or that the keyboard has reached."""
        return self._pointed

    @property
    def _strip(self) -> int:
        """The height of the bars that say how many answers there are."""
        return max(28, min(60, round(self.height() * 0.17)))

    @property
    def _axes(self) -> UnitAxes:
        box = QRectF(self.rect()).adjusted(0, _HEAD, 0, 0)
        left = 0.0 if self._state is None else self._state.lowest
        return axes_in(box, "confidence", "accuracy", 0.0, left, _WIDEST, self._strip)

    def bar_rect(self, place: int) -> QRectF:
        """Return the whole column of a bin: from the axis to the top."""
        return _column(self._axes, self.bins[place])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._state is not None and self.bins:
            axes = self._axes
            self._draw_legend(painter, axes)
            draw_axes(painter, axes, self._theme)
            for place, one in enumerate(self.bins):
                if one.count:
                    self._draw_bin(painter, axes, one, place == self._pointed)
            self._draw_counts(painter, axes)
            pen = QPen(self._theme.color("text"), 1)
            pen.setDashPattern([3, 4])
            painter.setPen(pen)
            painter.drawLine(axes.point(axes.left, axes.left), axes.point(1, 1))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _draw_legend(self, painter: QPainter, axes: UnitAxes) -> None:
        painter.setFont(font(11))
        metrics = painter.fontMetrics()
        left = axes.area.left()
        for words, brush in (
            ("right", QBrush(self._theme.color("accent"))),
            ("too sure", self._gap_brush(True)),
            ("too modest", self._gap_brush(False)),
        ):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush)
            painter.drawRect(QRectF(left, 6, 10, 10))
            painter.setPen(self._theme.color("muted"))
            painter.drawText(QRectF(left + 15, 2, 120, 18), _LEFT, words)
            left += 15 + metrics.horizontalAdvance(words) + 14

    def _gap_brush(self, is_too_sure: bool) -> QBrush:
        theme = self._theme
        if is_too_sure:
            return QBrush(blended(theme.color("positive"), theme.color("panel"), 0.55))
        return QBrush(blended(theme.color("success"), theme.color("panel"), 0.65))

    def _draw_bin(self, painter: QPainter, axes: UnitAxes, one: Bin, is_pointed: bool) -> None:
        theme, column = self._theme, _column(axes, one)
        right, sure = round(axes.y(one.accuracy)), round(axes.y(min(one.confidence, 1)))
        bottom = axes.area.bottom()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        top = max(right, sure)  # what is right, as far as it is not more than was thought
        painter.drawRect(QRectF(column.left(), top, column.width(), bottom - top))
        if right != sure:
            painter.setBrush(self._gap_brush(right > sure))
            painter.drawRect(
                QRectF(column.left(), min(right, sure), column.width(), abs(right - sure))
            )
        if right == axes.area.bottom():
            # None is right: a bar without height would look like no answers.
            painter.setBrush(theme.color("accent"))
            painter.drawRect(QRectF(column.left(), bottom - 2, column.width(), 2))
        if is_pointed:
            painter.setPen(QPen(theme.color("text"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            high = min(right, sure)
            painter.drawRect(QRectF(column.left(), high, column.width(), bottom - high))

    def _draw_counts(self, painter: QPainter, axes: UnitAxes) -> None:
        theme = self._theme
        most = max(one.count for one in self.bins)
        painter.setFont(font(11))
        metrics = painter.fontMetrics()
        base = axes.area.bottom() + axes.drop
        room = axes.drop - 17
        for place, one in enumerate(self.bins):
            if not one.count:
                continue
            column = _column(axes, one)
            height = max(2.0, one.count / most * room)
            bar = QRectF(column.left(), base - height, column.width(), height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("text" if place == self._pointed else "faint"))
            painter.drawRect(bar)
            text = f"{one.count:,}"
            if metrics.horizontalAdvance(text) > column.width() + 2:
                text = f"{one.count / 1000:.0f}k" if one.count >= 1000 else ""
            if text and metrics.horizontalAdvance(text) <= column.width() + 2:
                painter.setPen(theme.color("muted"))
                box = QRectF(column.center().x() - 40, bar.top() - 15, 80, 14)
                painter.drawText(box, _CENTER, text)

    def place_at(self, x: float) -> int | None:
        """Return the bin at a place across, None beside the axes."""
        axes = self._axes
        if not self.bins or not axes.area.left() <= x <= axes.area.right() + 1:
            return None
        columns = [_column(axes, one) for one in self.bins]
        found = [place for place, column in enumerate(columns) if x <= column.right() + 1]
        return found[0] if found else len(columns) - 1

    def _point_to(self, place: int | None) -> None:
        words = "" if place is None or self._state is None else self._state.bin_words[place]
        self.hinted.emit(words)
        if place != self._pointed:
            self._pointed = place
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_to(self.place_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_to(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().x())
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            super().mousePressEvent(event)
        elif self.bins[place].count:
            self.bin_chosen.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.bins) - 1
        now = -1 if self._pointed is None else self._pointed
        goals = {
            Qt.Key.Key_Left: now - 1 if now >= 0 else last,
            Qt.Key.Key_Right: now + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if last >= 0 and key in goals:
            self._point_to(min(max(goals[key], 0), last))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and now >= 0 and self.bins[now].count:
            self.bin_chosen.emit(now)
        else:
            super().keyPressEvent(event)


def _column(axes: UnitAxes, one: Bin) -> QRectF:
    left = round(axes.x(max(one.low, axes.left)))
    right = round(axes.x(min(one.high, 1)))
    width = max(right - left - 1, _LEAST_BAR)
    return QRectF(left + 1, axes.area.top(), width, axes.area.height())

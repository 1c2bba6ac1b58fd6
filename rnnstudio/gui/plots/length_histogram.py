"""Paints how many sentences have how many words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.data import LengthBin

_MOST_WIDE = 44  # a single bar must not fill the panel
_GAP = 3


class LengthHistogram(QWidget):
    """Bars of equal width over the number of words."""

    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: tuple[LengthBin, ...] = ()
        self._unit = "word"  # what a length counts
        self._theme: Theme = LIGHT
        self._hovered: int | None = None
        self._font = font(11)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def render_bins(self, bins: tuple[LengthBin, ...], unit: str = "word") -> None:
        """Show these bars."""
        self._bins, self._unit = bins, unit
        self._hovered = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, 92)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 64)

    def _pitch(self) -> int:
        return min(max(self.width() // max(len(self._bins), 1), 3), _MOST_WIDE)

    def _bar(self, place: int) -> QRect:
        base = self.height() - QFontMetrics(self._font).height() - 4
        tallest = max((one.count for one in self._bins), default=0)
        count = self._bins[place].count
        # A bin that holds anything is at least a line high.
        height = max(round(base * count / tallest), 2) if count else 0
        pitch = self._pitch()
        gap = _GAP if pitch >= 10 else 1
        return QRect(place * pitch, base - height, pitch - gap, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        painter.setFont(self._font)
        metrics = QFontMetrics(self._font)
        base = self.height() - metrics.height() - 4
        if not self._bins:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for place in range(len(self._bins)):
            strong = place == self._hovered
            painter.setBrush(
                theme.color("accent_hover" if strong else "accent", 1.0 if strong else 0.75)
            )
            painter.drawRoundedRect(self._bar(place), 2, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(0, base, self._pitch() * len(self._bins), 1, theme.color("border"))
        painter.setPen(theme.color("muted"))
        free = 0
        for place, one in enumerate(self._bins):
            text = f"{one.first}" if one.last is not None else f"≥ {one.first}"
            width = metrics.horizontalAdvance(text)
            bar = self._bar(place)
            left = min(max(bar.center().x() - width // 2, 0), self.width() - width)
            last = place == len(self._bins) - 1
            room_after = last or left + width + 10 < self._last_label_left(metrics)
            if left >= free and room_after:
                box = QRect(left, base + 4, width + 2, metrics.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)
                free = left + width + 10

    def _last_label_left(self, metrics: QFontMetrics) -> int:
        one = self._bins[-1]
        text = f"{one.first}" if one.last is not None else f"≥ {one.first}"
        width = metrics.horizontalAdvance(text)
        center = self._bar(len(self._bins) - 1).center().x()
        return min(max(center - width // 2, 0), self.width() - width)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._place_at(event.position().toPoint())
        self.hinted.emit(self.words_at(event.position().toPoint()))
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.hinted.emit("")
        self.update()
        super().leaveEvent(event)

    def _place_at(self, point: QPoint) -> int | None:
        place = point.x() // self._pitch()
        return place if 0 <= place < len(self._bins) else None

    def words_at(self, point: QPoint) -> str:
        """Say what the bar at a point counts."""
        place = self._place_at(point)
        if place is None:
            return ""
        one = self._bins[place]
        if one.last is None:
            words = f"{one.first} or more {self._unit}s"
        elif one.last == one.first:
            words = counted(one.first, self._unit)
        else:
            words = f"{one.first} to {one.last} {self._unit}s"
        have = "sentence has" if one.count == 1 else "sentences have"
        return f"{one.count:,} {have} {words}"

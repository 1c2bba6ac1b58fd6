"""Paints named counts as bars, one line each; scrolls where there are many."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.counting import counted

_LINE = 22
_LONGEST_NAME = 110


@dataclass(frozen=True)
class CountBar:
    """One bar; `color` is a role of the theme or the number of a class."""

    name: str
    count: int
    color: str | int


class CountBars(QAbstractScrollArea):
    """Name, bar, count; the share is under the mouse."""

    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[CountBar, ...] = ()
        self._noun = "sentence"  # what is counted
        self._theme: Theme = LIGHT
        self._font = font(12)
        self._metrics = QFontMetrics(self._font)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.viewport().update()

    def render_bars(self, bars: tuple[CountBar, ...], noun: str = "sentence") -> None:
        """Show these bars."""
        self._bars, self._noun = bars, noun
        self._set_range()
        self.updateGeometry()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(220, max(len(self._bars), 1) * _LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, min(max(len(self._bars), 1), 3) * _LINE)

    def _set_range(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(len(self._bars) * _LINE - self.viewport().height(), 0))
        bar.setPageStep(max(self.viewport().height(), 1))
        bar.setSingleStep(_LINE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_range()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        theme = self._theme
        painter.fillRect(self.viewport().rect(), theme.color("panel"))
        painter.setFont(self._font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._bars:
            return
        widest = max(self._metrics.horizontalAdvance(bar.name[:40]) for bar in self._bars)
        name_width = min(widest, _LONGEST_NAME, self.viewport().width() // 2) + 10
        most = max(bar.count for bar in self._bars)
        count_width = self._metrics.horizontalAdvance(f"{most:,}") + 10
        room = max(self.viewport().width() - name_width - count_width - 4, 10)
        scrolled = self.verticalScrollBar().value()
        last = (scrolled + self.viewport().height()) // _LINE + 1
        for place, bar in list(enumerate(self._bars))[scrolled // _LINE : last]:
            top = place * _LINE - scrolled
            painter.setPen(theme.color("text"))
            box = QRect(0, top, name_width - 8, _LINE)
            name = self._metrics.elidedText(bar.name[:40], Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(Qt.PenStyle.NoPen)
            track = QRect(name_width, top + 6, room, _LINE - 12)
            painter.setBrush(theme.color("track"))
            painter.drawRoundedRect(track, 3, 3)
            if bar.count:
                track.setWidth(max(round(room * bar.count / most), 3))
                is_class = isinstance(bar.color, int)
                painter.setBrush(
                    theme.class_color(int(bar.color)) if is_class else theme.color(str(bar.color))
                )
                painter.drawRoundedRect(track, 3, 3)
            painter.setPen(theme.color("muted"))
            box = QRect(self.viewport().width() - count_width, top, count_width - 2, _LINE)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, flags, f"{bar.count:,}")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hinted.emit(self.words_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")
        super().leaveEvent(event)

    def words_at(self, point: QPoint) -> str:
        """Say what the bar at a point counts."""
        place = (point.y() + self.verticalScrollBar().value()) // _LINE
        if not 0 <= place < len(self._bars):
            return ""
        bar = self._bars[place]
        total = sum(one.count for one in self._bars)
        share = f", {100 * bar.count / total:.1f} % of {total:,}" if total else ""
        return f"{bar.name}: {counted(bar.count, self._noun)}{share}"

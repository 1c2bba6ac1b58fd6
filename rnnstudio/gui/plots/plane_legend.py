"""What the marks and colours of the plane mean: the walks, the states, the classes in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.contrast import blended
from rnnstudio.gui.theme import LIGHT, Theme, font

_LINE = 17
_MARK = 22  # the room for a mark before its words


@dataclass(frozen=True)
class LegendEntry:
    """A line: `mark` is "walk", "other", "original", "states", "class" or "" for words alone."""

    mark: str
    words: str
    class_index: int = -1


class PlaneLegend(QWidget):
    """Lists marks and classes from the top down; what has no room is counted."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self.entries: tuple[LegendEntry, ...] = ()
        self.setObjectName("plane_legend")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def set_entries(self, entries: Sequence[LegendEntry]) -> None:
        """List other lines."""
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            words = "; ".join(entry.words for entry in self.entries)
            self.setAccessibleName(f"Legend: {words}")
            self.setToolTip("\n".join(entry.words for entry in self.entries))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(158, 60)

    def shown(self) -> list[LegendEntry]:
        """Return the lines that have room; of what has none the number, if that helps.

        Without room for all the heading goes first, then what the points are.
        """
        room = max(self.height() // _LINE, 1)
        kept = list(self.entries)
        for mark in ("heading", "states"):
            if len(kept) > room:
                kept = [entry for entry in kept if entry.mark != mark]
        if len(kept) <= room:
            return kept
        left = len(kept) - room + 1
        return [*kept[: room - 1], LegendEntry("", f"and {left} more")]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        for place, entry in enumerate(self.shown()):
            box = QRectF(0, place * _LINE + 2, self.width(), _LINE)
            letters = font(11)
            if entry.mark == "heading":
                letters = font(11, QFont.Weight.DemiBold)
            elif entry.mark:
                self._draw_mark(painter, entry, QPointF(8, box.center().y()))
                box.setLeft(_MARK)
            painter.setFont(letters)
            painter.setPen(theme.color("text" if entry.mark else "muted"))
            words = QFontMetricsF(letters).elidedText(
                entry.words, Qt.TextElideMode.ElideMiddle, box.width()
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, words)
        painter.end()

    def _draw_mark(self, painter: QPainter, entry: LegendEntry, at: QPointF) -> None:
        theme = self._theme
        painter.setBrush(theme.color("muted"))
        start, end = at - QPointF(8, 0), at + QPointF(8, 0)
        if entry.mark == "walk":
            painter.setPen(QPen(theme.color("text"), 2))
            painter.drawLine(start, end)
            painter.drawEllipse(at, 3.6, 3.6)
        elif entry.mark == "other":
            pen = QPen(theme.color("attribution"), 2)
            pen.setDashPattern([2.0, 1.5])
            painter.setPen(pen)
            painter.drawLine(start, end)
            painter.setPen(QPen(theme.color("attribution"), 1.6))
            painter.drawRect(QRectF(at.x() - 3.2, at.y() - 3.2, 6.4, 6.4))
        elif entry.mark == "original":
            painter.setPen(QPen(theme.color("muted"), 1.4, Qt.PenStyle.DotLine))
            painter.drawLine(start, end)
        elif entry.mark == "states":
            painter.setPen(Qt.PenStyle.NoPen)
            for offset in (QPointF(-4, 1.5), QPointF(1, -2), QPointF(4, 2.5)):
                painter.drawEllipse(at + offset, 1.6, 1.6)
        elif entry.mark == "class":
            color = theme.class_color(entry.class_index)
            painter.setPen(QPen(color, 1.2))
            painter.setBrush(blended(color, theme.color("panel"), 0.3))
            painter.drawRoundedRect(QRectF(at.x() - 7, at.y() - 5, 14, 10), 2, 2)

"""The prediction as a badge: the class in its colour, its probability, the truth where known."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.contrast import class_text
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.unroll import Badge

_PADDING = 13
_SPACE = 9
_LONGEST_LABEL = 150
_NARROWEST = 210  # the sentence beside it keeps its width while the prediction changes


class PredictionBadge(QWidget):
    """Draws a `Badge`."""

    hinted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("prediction")
        self._theme = LIGHT
        self._badge = Badge(words="Type a sentence")
        self._words = ""

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def show_badge(self, badge: Badge) -> None:
        """Show another prediction."""
        self._badge = badge
        self._words = badge.words or f"prediction: {badge.label} {badge.probability:.3f}"
        if badge.note:
            self._words += f", {badge.note}"
        self.setAccessibleName(self._words)
        self.setToolTip(self._words)
        self.updateGeometry()
        self.update()

    def _parts(self) -> list[tuple[str, QFont, QColor]]:
        theme, badge = self._theme, self._badge
        if badge.words:
            return [(badge.words, font(13), theme.color("muted"))]
        bold = font(14, QFont.Weight.DemiBold)
        label = QFontMetricsF(bold).elidedText(
            badge.label, Qt.TextElideMode.ElideMiddle, _LONGEST_LABEL
        )
        parts = [
            (label, bold, class_text(theme, badge.class_index)),
            (f"{badge.probability:.2f}", font(14, mono=True), theme.color("text")),
        ]
        if badge.note:
            parts.append((badge.note, font(12), theme.color("muted")))
        return parts

    def sizeHint(self) -> QSize:
        return QSize(max(_NARROWEST, round(self._length()) + 2 * _PADDING + 1), 36)

    def _length(self) -> float:
        widths = [
            QFontMetricsF(letters).horizontalAdvance(text) for text, letters, _ in self._parts()
        ]
        return sum(widths) + _SPACE * (len(widths) - 1)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, badge = self._theme, self._badge
        edge = theme.color("border") if badge.words else theme.class_color(badge.class_index)
        painter.setPen(QPen(edge, 1.0 if badge.words else 1.5))
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), 9, 9)
        left = (self.width() - self._length()) / 2
        for text, letters, color in self._parts():
            painter.setFont(letters)
            painter.setPen(color)
            width = QFontMetricsF(letters).horizontalAdvance(text)
            box = QRectF(left, 0, width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, text)
            left += width + _SPACE
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.hinted.emit(self._words)

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")

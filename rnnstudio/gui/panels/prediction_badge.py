"""The prediction as a badge: the class in its colour, its probability, the truth where known."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.contrast import class_text
from rnnstudio.gui.plots.lettering import probability
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.sentence_box import Badge

_PADDING = 13
_SPACE = 9
_NARROWEST = 210  # the sentence beside it keeps its width while the prediction changes

Part = tuple[str, QFont, QColor]


class PredictionBadge(QWidget):
    """Draws a `Badge`; names are cut only where they would take more than the room given."""

    NOTHING = Badge(words="Type a sentence")

    hinted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("prediction")
        self._theme = LIGHT
        self._badge = self.NOTHING
        self._words = ""
        self._room = 10_000
        self._wanted = 0  # pixels

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self._ask_for_room()
        self.update()

    def set_room(self, width: int) -> None:
        """Take no more than `width` pixels."""
        if width != self._room:
            self._room = width
            self._ask_for_room()
            self.update()

    def show_badge(self, badge: Badge) -> None:
        """Show another prediction."""
        if badge == self._badge and self._words:
            return
        self._badge = badge
        self._words = badge.words
        if not badge.words:
            self._words = f"prediction: {badge.label} {probability(badge.probability, 3)}"
        if badge.note:
            self._words += f", {badge.note}"
        self.setAccessibleName(self._words)
        self.setToolTip(self._words)
        self._ask_for_room()
        self.update()

    def _ask_for_room(self) -> None:
        """Have what stands beside it laid out anew, where it takes another width."""
        width = self.sizeHint().width()
        if width != self._wanted:
            self._wanted = width
            self.updateGeometry()

    def parts(self) -> list[Part]:
        """Return what is drawn from left to right: text, font and colour."""
        theme, badge = self._theme, self._badge
        if badge.words:
            return [(_cut(badge.words, font(13), self._inside()), font(13), theme.color("muted"))]
        bold, mono, small = font(14, QFont.Weight.DemiBold), font(14, mono=True), font(12)
        number = probability(badge.probability)
        label_room, note_room = self._inside(), 0.0
        label_room -= _width(number, mono) + _SPACE
        if badge.note:
            label_room -= _SPACE
            label_room, note_room = _shares(
                _width(badge.label, bold), _width(badge.note, small), label_room
            )
        parts = [
            (_cut(badge.label, bold, label_room), bold, class_text(theme, badge.class_index)),
            (number, mono, theme.color("text")),
        ]
        if badge.note:
            parts.append((_cut(badge.note, small, note_room), small, theme.color("muted")))
        return parts

    def _inside(self) -> float:
        return float(self._room - 2 * _PADDING - 1)

    def sizeHint(self) -> QSize:
        return QSize(max(_NARROWEST, round(self._length()) + 2 * _PADDING + 1), 36)

    def _length(self) -> float:
        widths = [_width(text, letters) for text, letters, _ in self.parts()]
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
        for text, letters, color in self.parts():
            painter.setFont(letters)
            painter.setPen(color)
            width = _width(text, letters)
            box = QRectF(left, 0, width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, text)
            left += width + _SPACE
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.hinted.emit(self._words)

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")


def _width(text: str, letters: QFont) -> float:
    return QFontMetricsF(letters).horizontalAdvance(text)


def _cut(text: str, letters: QFont, room: float) -> str:
    # Half a pixel more: a text of exactly this width is not cut.
    return QFontMetricsF(letters).elidedText(text, Qt.TextElideMode.ElideMiddle, room + 0.5)


def _shares(one: float, other: float, room: float) -> tuple[float, float]:
    """Divide the room between two widths: none gets more than it needs, the longer one is cut."""
    if one + other <= room:
        return one, other
    if one <= room / 2:
        return one, room - one
    if other <= room / 2:
        return room - other, other
    return room / 2, room / 2

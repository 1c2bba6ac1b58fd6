"""Words as chips in rows, each in the colour of its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.contrast import text_on
from rnnstudio.gui.plots.lettering import shown_word
from rnnstudio.gui.theme import LIGHT, Theme, font

_HEIGHT, _GAP = 24, 6
_PADDING = 8
_LONGEST = 130  # pixels of a word; the hint has all of it


@dataclass(frozen=True)
class WordChip:
    """A word, its number on the scale −limit … limit that colours it, and words for the mouse."""

    word: str
    value: float
    limit: float
    words: str


class WordChips(QWidget):
    """Draws chips in as many rows as they need."""

    word_chosen = Signal(str)
    hinted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._chips: tuple[WordChip, ...] = ()
        self._areas: list[QRectF] = []
        self._current = 0
        self.setObjectName("word_chips")
        self.setAccessibleName("Words that drive it most")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def set_chips(self, chips: Sequence[WordChip]) -> None:
        """Show other chips."""
        if tuple(chips) == self._chips:
            return
        self._chips = tuple(chips)
        self._current = 0
        self.setAccessibleDescription("; ".join(f"{one.word}: {one.words}" for one in chips))
        self._lay_out()
        self.update()

    @property
    def chips(self) -> tuple[WordChip, ...]:
        """The chips as drawn."""
        return self._chips

    def chip_rect(self, place: int) -> QRectF:
        """Return where a chip is drawn."""
        return self._areas[place]

    def sizeHint(self) -> QSize:
        return QSize(240, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        metrics = QFontMetricsF(font(12))
        left, top = 0.0, 0.0
        self._areas = []
        for chip in self._chips:
            words = min(metrics.horizontalAdvance(shown_word(chip.word)), _LONGEST)
            width = round(words + 2 * _PADDING + 1)
            if left and left + width > self.width():
                left, top = 0.0, top + _HEIGHT + _GAP
            self._areas.append(QRectF(left, top, width, _HEIGHT))
            left += width + _GAP
        height = round(top) + _HEIGHT if self._chips else 0
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        letters = font(12)
        metrics = QFontMetricsF(letters)
        painter.setFont(letters)
        for place, (chip, area) in enumerate(zip(self._chips, self._areas, strict=True)):
            color = self._theme.signed_color(chip.value, chip.limit)
            focused = place == self._current and self.hasFocus()
            painter.setPen(self._theme.color("text" if focused else "border"))
            painter.setBrush(color)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.setPen(text_on(color, self._theme))
            room = area.width() - 2 * _PADDING + 1
            words = metrics.elidedText(shown_word(chip.word), Qt.TextElideMode.ElideMiddle, room)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()

    def _chip_at(self, event: QMouseEvent) -> int | None:
        return next(
            (i for i, area in enumerate(self._areas) if area.contains(event.position())), None
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._chip_at(event)
        shape = Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        self.hinted.emit("" if place is None else self._hint(place))

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._chip_at(event)
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.word_chosen.emit(self._chips[place].word)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if not self._chips:
            event.ignore()
        elif event.key() in moves:
            count = len(self._chips)
            self._current = (self._current + moves[Qt.Key(event.key())]) % count
            self.hinted.emit(self._hint(self._current))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.word_chosen.emit(self._chips[self._current].word)
        else:
            event.ignore()

    def _hint(self, place: int) -> str:
        chip = self._chips[place]
        return f"“{shown_word(chip.word)}”: {chip.words}"

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

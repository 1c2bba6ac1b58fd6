"""A text field that marks the word which the network is reading."""

from __future__ import annotations

import unicodedata
from typing import cast

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QTextLayout, QTextLine
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from rnnstudio.gui.theme import LIGHT, Theme, font

LONGEST = 1_000_000  # characters; Qt's own limit of 32,767 would cut a text of 5,000 words
_HINT = "Enter plays it · edit any word and watch it change"


class SentenceEdit(QLineEdit):
    """Underlines a span of its text; a hint stands at the right where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sentence")
        self.setProperty("role", "sentence")
        self.setAccessibleName("Sentence")
        self.setToolTip("The sentence that the network reads (Ctrl+L)")
        self.setPlaceholderText("Type a sentence, e.g. The movie was not bad at all .")
        self.setMaxLength(LONGEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = LIGHT
        self._marked: tuple[int, int] | None = None
        self._measured: tuple[tuple[str, str], QTextLayout] | None = None

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def mark(self, span: tuple[int, int] | None) -> None:
        """Mark the characters from `span[0]` up to `span[1]`, or none."""
        if span != self._marked:
            self._marked = span
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = self.text()
        layout = self._laid_out(text)
        line = layout.lineAt(0)
        inside = self.contentsRect().adjusted(8, 0, -8, 0)
        if self._marked is not None and self._marked[1] <= len(text):
            self._draw_mark(painter, layout, QRectF(inside))
        free = inside.width() - line.naturalTextWidth()
        hint_font = font(12)
        painter.setFont(hint_font)
        if text and free > painter.fontMetrics().horizontalAdvance(_HINT) + 60:
            painter.setPen(self._theme.color("muted"))
            flags = Qt.AlignmentFlag
            side = flags.AlignLeft if _is_right_to_left(text) else flags.AlignRight
            painter.drawText(
                QRectF(inside).adjusted(6, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter | side, _HINT
            )
        painter.end()

    def _draw_mark(self, painter: QPainter, layout: QTextLayout, inside: QRectF) -> None:
        assert self._marked is not None
        line = layout.lineAt(0)
        # Qt tells where the cursor stands on the screen; every other character stands at the same
        # distance from it as in a layout of the same text.
        origin = QRectF(self.cursorRect()).center().x() - _place(line, self.cursorPosition())
        left, right = sorted(origin + _place(line, place) for place in self._marked)
        height = self.fontMetrics().height() + 4
        box = QRectF(left - 3, inside.center().y() - height / 2, right - left + 6, height)
        painter.save()
        painter.setClipRect(inside)
        painter.setPen(QPen(self._theme.color("accent", 0.35), 1))
        painter.setBrush(self._theme.color("accent", 0.13))
        painter.drawRoundedRect(box, 5, 5)
        painter.restore()

    def _laid_out(self, text: str) -> QTextLayout:
        key = (text, self.font().key())
        if self._measured is None or self._measured[0] != key:
            layout = QTextLayout(text, self.font())
            layout.beginLayout()
            layout.createLine()
            layout.endLayout()
            self._measured = (key, layout)
        return self._measured[1]


def _place(line: QTextLine, position: int) -> float:
    """Where a character begins in a line."""
    # PySide gives a pair, the place and the position that it stands for, and calls it an object.
    return float(cast("tuple[float, int]", line.cursorToX(position))[0])


def _is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs to the left, which is how Qt decides."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((one != "L" for one in directions if one in ("L", "R", "AL")), False)

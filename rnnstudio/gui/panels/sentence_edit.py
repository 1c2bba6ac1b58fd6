"""A text field that marks the word which the network is reading."""

from __future__ import annotations

import unicodedata
from typing import cast

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextLayout,
    QTextLine,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from rnnstudio.gui.theme import LIGHT, Theme, font

LONGEST = 1_000_000  # characters; Qt's own limit of 32,767 would cut a text of 5,000 words
# The field remembers each character of a change that can be taken back: 30,000 take 10 ms.
_LONGEST_UNDONE = 30_000
_MARGIN = 8
_HINT = "Enter plays it · edit any word and watch it change"


class SentenceEdit(QLineEdit):
    """Marks a span of its text; a hint stands at the right where there is room.

    Ctrl+↑ and Ctrl+↓ walk through the sentences that were tried, and Ctrl+Z takes back what was
    typed as well as what was put in from elsewhere.
    """

    walked = Signal(str)  # to another sentence

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sentence")
        self.setProperty("role", "sentence")
        self.setAccessibleName("Sentence")
        self.setToolTip(
            "The sentence that the network reads (Ctrl+L); Ctrl+↑ and Ctrl+↓ bring back those "
            "that were tried"
        )
        self.setPlaceholderText("Type a sentence, e.g. The movie was not bad at all .")
        self.setMaxLength(LONGEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = LIGHT
        self._marked: tuple[int, int] | None = None
        self._measured: tuple[tuple[str, str], QTextLayout] | None = None
        self._tried: tuple[str, ...] = ()
        self._walk: tuple[str, ...] = ()  # what is walked through, from what stood here before
        self._walk_place = 0
        self.textEdited.connect(self._end_walk)
        self.returnPressed.connect(self._end_walk)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def show_sentence(self, text: str) -> None:
        """Show another sentence without saying so; Ctrl+Z brings the former one back."""
        if text == self.text():
            return
        self._end_walk()
        self._put(text)
        self.setCursorPosition(0)

    def set_tried(self, tried: tuple[str, ...]) -> None:
        """Take the sentences to walk through, the newest first."""
        self._tried = tried

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if steps and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._walk_by(steps)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._end_walk()

    def _walk_by(self, steps: int) -> None:
        """Go on to an older (+1) or newer (−1) sentence; what stood here is the newest."""
        if not self._walk:
            now = self.text()
            self._walk = (now, *(one for one in self._tried if one != now))
        place = min(max(self._walk_place + steps, 0), len(self._walk) - 1)
        if place != self._walk_place:
            self._walk_place = place
            self._put(self._walk[place])
            self.walked.emit(self._walk[place])

    def _end_walk(self) -> None:
        self._walk, self._walk_place = (), 0

    def _put(self, text: str) -> None:
        """Replace the text, where it is not too long in a way that can be taken back."""
        blocked = self.blockSignals(True)  # only what is typed is told
        # The first sentence of all is not to be taken back to none.
        first = not self.text() and not self.isUndoAvailable()
        if first or len(text) + len(self.text()) > _LONGEST_UNDONE:
            self.setText(text)
        else:
            self.selectAll()
            self.insert(text)
        self.blockSignals(blocked)

    def mark(self, span: tuple[int, int] | None) -> None:
        """Mark the characters from `span[0]` up to `span[1]`, or none."""
        if span != self._marked:
            self._marked = span
            if span is not None and not self.hasFocus():
                self._scroll_to(span)
            self.update()

    def _scroll_to(self, span: tuple[int, int]) -> None:
        """Bring a part of a text that is too long for the field into view."""
        line, cursor = self._laid_out(self.text()).lineAt(0), self.cursorPosition()
        too_long = line.naturalTextWidth() > self.contentsRect().width() - 2 * _MARGIN
        if too_long and not span[0] <= cursor <= span[1]:
            # The field scrolls as far as its cursor needs it; nobody types now.
            self.setCursorPosition(span[0] if span[1] < cursor else span[1])

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = self.text()
        layout = self._laid_out(text)
        line = layout.lineAt(0)
        inside = self.contentsRect().adjusted(_MARGIN, 0, -_MARGIN, 0)
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

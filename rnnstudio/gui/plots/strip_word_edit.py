"""A word of the strip as a field: Enter keeps what is typed, Esc leaves it as it was."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from rnnstudio.gui.plots.strip_keys import KeyKeeper
from rnnstudio.gui.theme import font

_NARROWEST = 90
_PADDING = 30


class WordEdit(QLineEdit):
    """Stands over one word while it is edited."""

    word_edited = Signal(int, str)  # step, the new words

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setObjectName("word_edit")
        self.setAccessibleName("Edit the word")
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.step = 0
        self._word = ""
        self._ends = False
        self.textChanged.connect(self._fit)
        self.returnPressed.connect(self._keep)
        self._keys = KeyKeeper(self, _every_key)
        self.hide()

    def begin(self, step: int, word: str, over: QRect) -> None:
        """Edit the word of a step that is written in a rectangle of the parent."""
        self.step, self._word, self._ends = step, word, False
        self.setText(word)
        self._place(over)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self, over: QRect) -> None:
        self.setFixedHeight(over.height() + 10)
        self.move(over.center().x() - self.width() // 2, over.top() - 5)
        self._fit()

    def _fit(self) -> None:
        """Be as wide as what is typed, about the same middle."""
        parent = self._parent
        wanted = QFontMetricsF(font(13)).horizontalAdvance(self.text()) + _PADDING
        width = round(min(max(wanted, _NARROWEST), max(parent.width() - 8, _NARROWEST)))
        middle = self.x() + self.width() // 2
        self.setFixedWidth(width)
        left = min(max(middle - width // 2, 4), max(parent.width() - width - 4, 4))
        self.move(left, self.y())

    def _keep(self) -> None:
        typed = " ".join(self.text().split())
        self._end()
        if typed and typed != self._word:
            self.word_edited.emit(self.step, typed)

    def leave(self) -> None:
        """End without a change."""
        if self.isVisible():
            self._end()

    def _end(self) -> None:
        if self._ends:
            return
        self._ends = True
        had_focus = self.hasFocus()
        self.hide()
        strip = self._parent.parentWidget()
        if had_focus and strip is not None:
            strip.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
        event.accept()  # or Enter, with which the word is kept, would open the step as well

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # Its own menu takes the keyboard only for a while.
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.leave()


def _every_key(event: QKeyEvent) -> bool:
    """While a word is typed no key is the window's."""
    return True

"""Small controls that several panels share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)


class SegmentedControl(QWidget):
    """A row of joined buttons of which exactly one is chosen, e.g. "linear | log"."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        """Make one button an option.

        Args:
            options: (key, what stands on the button, tooltip) from left to right.
        """
        super().__init__(parent)
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for place, (key, text, tooltip) in enumerate(options):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setToolTip(tooltip)
            button.setProperty("role", "segment")
            ends = {0: "first", len(options) - 1: "last"}
            button.setProperty("place", "only" if len(options) == 1 else ends.get(place, "middle"))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setObjectName(key)
            self._group.addButton(button)
            self._buttons[key] = button
            layout.addWidget(button)
        self._group.buttonClicked.connect(self._on_clicked)
        self.choose(options[0][0])

    def choose(self, key: str) -> None:
        """Show `key` as chosen without saying so in a signal."""
        self._buttons[key].setChecked(True)

    @property
    def key(self) -> str:
        """The chosen option."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def button(self, key: str) -> QPushButton:
        """Return the button of an option."""
        return self._buttons[key]

    def _on_clicked(self, button: QPushButton) -> None:
        self.chosen.emit(button.objectName())


def label(text: str = "", role: str = "", parent: QWidget | None = None) -> QLabel:
    """Return a label with a role of the style sheet, e.g. title, subtitle, muted, value, chip."""
    result = QLabel(text, parent)
    if role:
        result.setProperty("role", role)
    result.setTextFormat(Qt.TextFormat.PlainText)
    return result


def button(text: str, role: str = "", tooltip: str = "") -> QPushButton:
    """Return a push button with a role of the style sheet: primary, quiet, link or none."""
    result = QPushButton(text)
    if role:
        result.setProperty("role", role)
    result.setToolTip(tooltip)
    result.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a ring shows who uses the keyboard
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    return result


def tool_button(text: str, tooltip: str) -> QToolButton:
    """Return a small flat button for a sign, e.g. ⤢, with the words for it in the tooltip."""
    result = QToolButton()
    result.setText(text)
    result.setToolTip(tooltip)
    result.setAccessibleName(tooltip)
    result.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    return result


class ElidedLabel(QLabel):
    """One line of words that is cut with "…" where there is no room; the tooltip has all of it."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        if role:
            self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(40)

    @property
    def words(self) -> str:
        """All the words."""
        return self._words

    def set_words(self, words: str) -> None:
        """Show `words`; line breaks become spaces."""
        words = " ".join(words.split())
        if words == self._words:
            return
        self._words = words
        self.setAccessibleName(self._words)
        self.updateGeometry()
        self._elide()

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._words) + 2
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._elide()

    def _elide(self) -> None:
        words = self.fontMetrics().elidedText(
            self._words, Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )
        if words != self.text():
            self.setText(words)
        tooltip = self._words if words != self._words else ""
        if tooltip != self.toolTip():
            self.setToolTip(tooltip)

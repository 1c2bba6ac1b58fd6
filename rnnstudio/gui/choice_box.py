"""A list to choose one of a few things from, by name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget


class ChoiceBox(QComboBox):
    """`chosen` carries the key of what the user has chosen; `choose` says nothing."""

    chosen = Signal(str)

    def __init__(
        self, choices: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        """Make a box of (key, words, tooltip)."""
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for key, words, tooltip in choices:
            self.addItem(words, key)
            self.setItemData(self.count() - 1, tooltip, Qt.ItemDataRole.ToolTipRole)
        self.activated.connect(self._on_activated)

    @property
    def key(self) -> str:
        """The key that is shown."""
        return str(self.currentData())

    def choose(self, key: str) -> None:
        """Show a key."""
        self.setCurrentIndex(self.findData(key))

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Who scrolls over the settings does not mean to change them.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _on_activated(self) -> None:
        self.chosen.emit(self.key)

"""A line of words that says as much as it has room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.controls import ElidedLabel


class HintLine(ElidedLabel):
    """Shows the longest of several wordings that fits; the tooltip has the longest one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("muted", parent)
        self._wordings: tuple[str, ...] = ("",)
        self.setMinimumWidth(0)

    def set_wordings(self, wordings: Sequence[str]) -> None:
        """Show one of these, the longest first; the last one is cut where it does not fit."""
        self._wordings = tuple(wordings)
        self._choose()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose()

    def _choose(self) -> None:
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        fitting = (words for words in self._wordings if metrics.horizontalAdvance(words) <= room)
        self.set_words(next(fitting, self._wordings[-1]))
        full = self._wordings[0]
        self.setToolTip("" if self.text() == full else full)

"""Keeps keys that a widget uses itself from the shortcuts of its window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class KeyKeeper(QObject):
    """Lets a focused widget have the keys that it asks for.

    A filter, not `event()`: an exception in a handler below an `event()` of Python's ends in a
    crash (PySide6 6.10).
    """

    def __init__(self, widget: QWidget, wants: Callable[[QKeyEvent], bool]) -> None:
        super().__init__(widget)
        self._wants = wants
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._wants(event)
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)

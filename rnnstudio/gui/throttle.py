"""Draws what changes fast no more often than can be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

State = TypeVar("State")


class Throttle(Generic[State]):
    """Calls a function with the newest state: at once, or when an interval has passed.

    Panels that are given other intervals fall out of step with each other, so that their work
    does not add up in one turn of the event loop.
    """

    def __init__(
        self, function: Callable[[State], None], milliseconds: int, parent: QObject
    ) -> None:
        self._function = function
        self._waiting: State | None = None
        self._timer = QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.setInterval(milliseconds)
        self._timer.timeout.connect(self._on_timeout)

    def soon(self, state: State) -> None:
        """Call the function with `state` at once if it rested, or else when the interval ends."""
        if self._timer.isActive():
            self._waiting = state
        else:
            self.now(state)

    def now(self, state: State) -> None:
        """Call the function with `state` at once, in place of what waits."""
        self._waiting = None
        self._timer.start()
        self._function(state)

    def _on_timeout(self) -> None:
        if self._waiting is not None:
            self.now(self._waiting)

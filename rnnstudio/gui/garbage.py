"""Keeps Python's garbage collector in the window's thread.

Left alone it runs in whichever thread makes the next object, and would destroy Qt objects that
belong to the window from the thread that trains: Qt does not survive that.
"""

from __future__ import annotations

import gc
from types import TracebackType

from PySide6.QtCore import QTimer

_YOUNG_MILLISECONDS = 1000
_ALL_EVERY = 60  # so many young collections; what is old is rarely garbage, and large


class CollectingHere:
    """While it is entered, garbage is collected by a timer of this thread and nowhere else."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.timeout.connect(self._collect)
        self._rounds = 0

    def __enter__(self) -> None:
        gc.disable()
        self._timer.start(_YOUNG_MILLISECONDS)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()

    def _collect(self) -> None:
        gc.collect(1 if self._rounds % _ALL_EVERY else 2)
        if self._rounds == 0:
            gc.freeze()  # what the start has made stays: later collections need not look at it
        self._rounds += 1

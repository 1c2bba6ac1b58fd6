"""Ctrl+C as a wish that is granted when the work can be left; a second one ends it at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self


class Interruption:
    """While it is entered, the first Ctrl+C makes it true that a stop is `wanted`.

    The second one raises KeyboardInterrupt, as the first does outside.
    """

    def __init__(self) -> None:
        self._wanted = False
        self._watches = False

    def wanted(self) -> bool:
        """Whether Ctrl+C was pressed."""
        return self._wanted

    def __enter__(self) -> Self:
        # Python lets the main thread alone handle signals. Where Ctrl+C is ignored or belongs to
        # somebody else, it stays so.
        self._watches = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self._watches:
            signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._watches:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._wanted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

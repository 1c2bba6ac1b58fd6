"""Runs functions beside the window and brings their answers back into its thread."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

IsCancelled = Callable[[], bool]


@dataclass(frozen=True)
class _Job:
    kind: str
    on_done: Callable[[Any], None]
    on_failed: Callable[[Exception], None]
    stop: threading.Event


class _Task(QRunnable):
    def __init__(self, ticket: int, work: Callable[[], Any], replied: Any) -> None:
        super().__init__()
        self._ticket = ticket
        self._work = work
        self._replied = replied

    def run(self) -> None:
        try:
            self._replied.emit(self._ticket, self._work(), None)
        except Exception as error:  # handed to the caller, who knows what it means
            self._replied.emit(self._ticket, None, error)


class Background(QObject):
    """Jobs by kind: a newer job of a kind replaces the older one, whose answer is dropped."""

    _replied = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tickets = itertools.count(1)
        self._jobs: dict[int, _Job] = {}
        self._pool = QThreadPool(self)
        # One thread: answers come in the order of the questions, and training keeps a core.
        self._pool.setMaxThreadCount(1)
        self._replied.connect(self._on_replied, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        kind: str,
        work: Callable[[IsCancelled], Any],
        on_done: Callable[[Any], None],
        on_failed: Callable[[Exception], None],
    ) -> None:
        """Run `work(cancelled)` beside the window; exactly one of the two answers follows.

        A job that was cancelled or replaced gives no answer at all.
        """
        self.cancel(kind)
        ticket = next(self._tickets)
        stop = threading.Event()
        self._jobs[ticket] = _Job(kind, on_done, on_failed, stop)
        self._pool.start(_Task(ticket, lambda: work(stop.is_set), self._replied))

    def running(self, kind: str) -> bool:
        """Return whether a job of this kind has not answered yet."""
        return any(job.kind == kind for job in self._jobs.values())

    @property
    def busy(self) -> bool:
        """Whether any job has not answered yet."""
        return bool(self._jobs)

    def cancel(self, kind: str) -> None:
        """Ask the jobs of a kind to stop, and drop their answers."""
        for ticket, job in list(self._jobs.items()):
            if job.kind == kind:
                job.stop.set()
                del self._jobs[ticket]

    def shut_down(self) -> None:
        """Cancel everything and wait for the thread to end."""
        for job in self._jobs.values():
            job.stop.set()
        self._jobs.clear()
        self._pool.waitForDone()

    def _on_replied(self, ticket: int, result: Any, error: Exception | None) -> None:
        job = self._jobs.pop(ticket, None)
        if job is None:
            return
        if error is None:
            job.on_done(result)
        else:
            job.on_failed(error)

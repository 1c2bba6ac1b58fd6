"""Writes the open project to disk beside the window, in the order things happened."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from rnnstudio.project.file import ProjectFile
from rnnstudio.project.project import Project

Operation = Callable[[ProjectFile], Any]
Opener = Callable[[], ProjectFile]


@dataclass(frozen=True)
class _Item:
    work: Callable[[], Any]
    on_done: Callable[[Any], None] | None = None
    on_failed: Callable[[Exception], None] | None = None


class Writer(QObject):
    """A thread that owns the open project's scratch file.

    Operations run one after the other. An operation that fails without somebody waiting for its
    answer is told through `failed`, once for a row of equal failures.
    """

    failed = Signal(object)  # the exception
    _answered = Signal(object)

    def __init__(self, opener: Opener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opener = opener
        self._file: ProjectFile | None = None
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._last_failure = ""
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._work, name="project-writer")
        self._thread.start()

    def submit(
        self,
        operation: Operation,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `operation(project_file)` after all earlier ones."""
        self._queue.put(_Item(lambda: operation(self._open_file()), on_done, on_failed))

    def replace(
        self,
        opener: Opener,
        on_done: Callable[[Project], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Open another project in place of this one, whose scratch is thrown away.

        `on_done` receives what is in it. Where it cannot be opened or read, this one stays.
        """
        self._queue.put(_Item(lambda: self._replace(opener), on_done, on_failed))

    @property
    def is_behind(self) -> bool:
        """Whether operations wait for an earlier one."""
        return not self._queue.empty()

    def shut_down(self, discard: bool) -> None:
        """Finish what is queued, close the file and wait; `discard` throws the scratch away."""
        if discard:
            self._queue.put(_Item(self._discard))
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        try:
            while (item := self._queue.get()) is not None:
                try:
                    result = item.work()
                except Exception as error:  # told to the user by whoever asked
                    self._answered.emit((item.on_failed or self._tell_failure, error))
                else:
                    self._last_failure = ""
                    if item.on_done is not None:
                        self._answered.emit((item.on_done, result))
        finally:
            if self._file is not None:
                self._file.close()

    def _open_file(self) -> ProjectFile:
        # Opened late, and tried again after a failure: a full disk may have room now.
        if self._file is None:
            self._file = self._opener()
        return self._file

    def _replace(self, opener: Opener) -> Project:
        file = opener()
        try:
            project = file.load()
        except Exception:
            # Kept, not thrown away: it may be the only copy of work that a crash left behind.
            file.close()
            raise
        self._discard()
        self._file = file
        return project

    def _discard(self) -> None:
        if self._file is not None:
            self._file.discard()
            self._file = None

    def _on_answered(self, answer: tuple[Callable[[Any], None], Any]) -> None:
        callback, value = answer
        callback(value)

    def _tell_failure(self, error: Exception) -> None:
        if str(error) != self._last_failure:
            self._last_failure = str(error)
            self.failed.emit(error)

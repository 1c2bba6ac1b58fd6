"""Undo and redo: frozen values of the document's fields with the words for what changed them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LIMIT = 100
_MERGE_SECONDS = 1.5


@dataclass(frozen=True, eq=False)
class UndoStep:
    """The fields of the state as they were before a command, and the command's words."""

    label: str
    fields: Mapping[str, Any]
    merge: str | None = None  # steps with the same key in quick succession become one
    at: float = 0.0


class UndoStack:
    """Steps back and steps forward again."""

    def __init__(self) -> None:
        self._back: list[UndoStep] = []
        self._forward: list[UndoStep] = []
        self.turn = 0  # another one after each step, whether done, undone or forgotten

    @property
    def undo_label(self) -> str | None:
        """What undo would take back."""
        return self._back[-1].label if self._back else None

    @property
    def redo_label(self) -> str | None:
        """What redo would do again."""
        return self._forward[-1].label if self._forward else None

    @property
    def undo_fields(self) -> frozenset[str]:
        """The names of the fields that undo would change."""
        return frozenset(self._back[-1].fields) if self._back else frozenset()

    @property
    def redo_fields(self) -> frozenset[str]:
        """The names of the fields that redo would change."""
        return frozenset(self._forward[-1].fields) if self._forward else frozenset()

    def push(self, label: str, before: Mapping[str, Any], merge: str | None = None) -> None:
        """Remember how the fields were before the command `label`."""
        now = time.monotonic()
        self.turn += 1
        self._forward.clear()
        last = self._back[-1] if self._back else None
        if (
            merge is not None
            and last is not None
            and last.merge == merge
            and now - last.at < _MERGE_SECONDS
            and last.fields.keys() >= before.keys()
        ):
            self._back[-1] = UndoStep(label, last.fields, merge, now)
            return
        self._back.append(UndoStep(label, dict(before), merge, now))
        del self._back[:-_LIMIT]

    def undo(self, present: object) -> Mapping[str, Any]:
        """Return the fields to go back to; `present` is the state they replace."""
        self.turn += 1
        return _move(self._back, self._forward, present)

    def redo(self, present: object) -> Mapping[str, Any]:
        """Return the fields to go forward to."""
        self.turn += 1
        return _move(self._forward, self._back, present)

    def clear(self) -> None:
        """Forget everything, e.g. when another project is opened."""
        self.turn += 1
        self._back.clear()
        self._forward.clear()


def _move(source: list[UndoStep], target: list[UndoStep], present: object) -> Mapping[str, Any]:
    step = source.pop()
    target.append(UndoStep(step.label, {name: getattr(present, name) for name in step.fields}))
    return step.fields

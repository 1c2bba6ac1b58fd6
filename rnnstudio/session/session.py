"""The session: holder of the one document and of the threads that work for it."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from rnnstudio.data.table import Table
from rnnstudio.engine.training import Record
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.moment import Moment
from rnnstudio.project.preferences import Preferences
from rnnstudio.project.spec import DEFAULT_SPEC
from rnnstudio.session.answers.reviews import Reviews
from rnnstudio.session.background import Background
from rnnstudio.session.ranking import Tour
from rnnstudio.session.state import Curves, ProbeHistory, RunState, Selection, SessionState
from rnnstudio.session.training_thread import TrainingThread
from rnnstudio.session.undo import UndoStack
from rnnstudio.session.writer import Writer


class Tone(StrEnum):
    """How a notice is meant."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Notice:
    """Words for the user: what happened and what to do.

    What is true only until another step is done or undone has the `turn` of the undo stack.
    """

    tone: Tone
    happened: str
    remedy: str = ""
    turn: int | None = None


# What passes by itself and is not brought back by undo.
_PASSING = frozenset({"activity", "playing"})
# What is no part of the project's file.
NOT_SAVED = frozenset({"changes", "selection"})


def empty_curves() -> Curves:
    """Return the curves of a run that has not begun."""
    none = np.zeros(0)
    none.setflags(write=False)
    return Curves(none, none, none, none, none, none, none, none, none)


def empty_probe_history() -> ProbeHistory:
    """Return the history of no probes."""
    return ProbeHistory(np.zeros(0), np.zeros((0, 0, 0), np.float32))


def _empty_state(preferences: Preferences) -> SessionState:
    return SessionState(
        spec=DEFAULT_SPEC,
        table=Table(name="", rows=(), problems=(), origin=""),
        dataset=None,
        model=None,
        run=RunState(),
        curves=empty_curves(),
        evaluation=None,
        evaluation_epoch=0,
        probes=(),
        probe_history=empty_probe_history(),
        selection=Selection(),
        preferences=preferences,
    )


class Session(QObject):
    """Holds the document. Commands read `state` and replace it with `apply`; nothing else writes.

    `changed` follows each replacement once, when everything is consistent. `notified` carries a
    `Notice`.
    """

    changed = Signal()
    notified = Signal(object)

    def __init__(self, preferences: Preferences, keeps_scratch: bool = True) -> None:
        """Make an empty session.

        Args:
            keeps_scratch: whether what happens goes into a file that outlives a crash; otherwise
                it stays in memory.
        """
        super().__init__()
        self.keeps_scratch = keeps_scratch
        self.state = _empty_state(preferences)
        self.undo_stack = UndoStack()
        self.background = Background(self)
        scratch = ProjectFile.create_scratch if keeps_scratch else ProjectFile.in_memory
        self.writer = Writer(scratch, self)
        self.writer.failed.connect(self.fail)
        self.training: TrainingThread | None = None
        self.play_timer = QTimer(self)
        self.evaluation_timer = QTimer(self)
        self.evaluation_timer.setSingleShot(True)
        # What the newest finding of each kind is about, and the kinds that rest after one.
        self.sought: dict[str, tuple[object, ...]] = {}
        self.resting: set[str] = set()
        self.seen_examples: tuple[tuple[int, int], ...] = ()  # (row, step) of listed answers
        self.unwritten: tuple[Record, ...] = ()  # of the run, not yet in its file
        self.unwritten_moments: tuple[Moment, ...] = ()  # likewise
        self.reviews = Reviews()  # the newest answers of other epochs and of parts of sentences
        self.run_count = 0  # runs in the project's file
        self.stamp: tuple[int, int] | None = None  # of the named file when it was opened or saved
        self.chance = np.random.default_rng()  # for what need not be repeatable: "from test set"
        self.tour: Tour | None = None  # through the most wrong sentences
        # (model, dataset, split) of the newest evaluation that was asked for
        self.evaluated: tuple[object, object, object] | None = None

    def apply(self, *, undo: str | None = None, merge: str | None = None, **changes: Any) -> None:
        """Replace fields of the state.

        Args:
            undo: the words under which this can be taken back, e.g. "units 24 → 48".
            merge: quick repetitions with the same key become one step back.
            changes: the fields and their new values.
        """
        if undo is not None:
            kept = (name for name in changes if name not in _PASSING)
            before = {name: getattr(self.state, name) for name in kept}
            self.undo_stack.push(undo, before, merge)
            if not NOT_SAVED.issuperset(before):
                changes["unsaved"] = True
        self.state = dataclasses.replace(
            self.state,
            **changes,
            undo_label=self.undo_stack.undo_label,
            redo_label=self.undo_stack.redo_label,
        )
        self.changed.emit()

    def rest(self, kind: str, milliseconds: int) -> None:
        """Let a kind of finding rest for a while; `changed` follows when it has rested."""

        def rested() -> None:
            self.resting.discard(kind)
            self.changed.emit()

        self.resting.add(kind)
        QTimer.singleShot(milliseconds, self, rested)

    def tell(self, tone: Tone, happened: str, remedy: str = "") -> None:
        """Say something to the user."""
        self.notified.emit(Notice(tone, happened, remedy))

    def tell_step(self, tone: Tone, happened: str, remedy: str = "") -> None:
        """Say what the newest step did; the words go when another is done, or this one undone."""
        self.notified.emit(Notice(tone, happened, remedy, self.undo_stack.turn))

    def fail(self, error: Exception) -> None:
        """Say an error the user can do something about; report any other as a bug."""
        if isinstance(error, RnnStudioError):
            self.tell(Tone.ERROR, error.happened, error.remedy)
        else:
            sys.excepthook(type(error), error, error.__traceback__)

    def shut_down(self, discard: bool = True) -> None:
        """Stop every thread and close the scratch file. The one way to end a session.

        `discard` throws the scratch away; otherwise the next start offers to go on with it.
        """
        self.play_timer.stop()
        self.evaluation_timer.stop()
        if self.training is not None:
            self.training.finish()
        self.background.shut_down()
        self.writer.shut_down(discard)

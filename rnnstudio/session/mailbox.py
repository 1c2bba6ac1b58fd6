"""The mailbox between a training thread and the window.

Every record is kept; of snapshots and checkpoints only the newest is, and of the moments of
epochs as many as a run keeps. `wake` is called once between two collections, however much is
posted: the window's event queue cannot fill up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.training import Record
from rnnstudio.project.moment import Moment
from rnnstudio.project.moments import capacity, thinned


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The weights at a moment of training, frozen."""

    parameters: Parameters
    epoch: int
    step: int
    position: float  # in epochs, e.g. 3.25


@dataclass(frozen=True, eq=False)
class End:
    """How a thread's work ended: where it stands, and the error if there was one."""

    checkpoint: Checkpoint
    finished: bool
    stopped_early: bool
    error: Exception | None


@dataclass(frozen=True, eq=False)
class Delivery:
    """What was in the mailbox."""

    records: tuple[Record, ...]
    snapshot: Snapshot | None
    checkpoint: Checkpoint | None
    end: End | None
    tokens_per_second: float
    moments: tuple[Moment, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing new is in it."""
        return not self.records and self.snapshot is None and self.end is None


class Mailbox:
    """Takes what one thread posts until another collects it."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._woken = False
        self._records: list[Record] = []
        self._snapshot: Snapshot | None = None
        self._checkpoint: Checkpoint | None = None
        self._end: End | None = None
        self._tokens_per_second = 0.0
        self._moments: list[Moment] = []
        self._best: int | None = None

    def post_record(self, record: Record) -> None:
        """Keep a record; it waits for the next snapshot or end and wakes nobody."""
        with self._lock:
            self._records.append(record)

    def post_moment(self, moment: Moment, is_best: bool = False) -> None:
        """Keep the weights of an epoch; they wait like a record.

        Where nobody collects for long, epochs are thinned as those of a whole run are.
        """
        with self._lock:
            if is_best:
                self._best = moment.epoch
            self._moments.append(moment)
            # Now and then: each time would take longer than a small network's epoch.
            if len(self._moments) > 2 * capacity(moment.parameters.flat.nbytes):
                self._moments = list(thinned(self._moments, self._best))

    def post_snapshot(
        self, snapshot: Snapshot, tokens_per_second: float, checkpoint: Checkpoint | None = None
    ) -> None:
        """Replace the snapshot (and the checkpoint, if one is given) and wake the collector."""
        with self._lock:
            self._snapshot = snapshot
            self._checkpoint = checkpoint or self._checkpoint
            self._tokens_per_second = tokens_per_second
        self._wake_once()

    def post_end(self, end: End, snapshot: Snapshot) -> None:
        """Post the last message of a thread."""
        with self._lock:
            self._end = end
            self._snapshot = snapshot
            self._checkpoint = end.checkpoint
        self._wake_once()

    def collect(self) -> Delivery:
        """Empty the mailbox."""
        with self._lock:
            delivery = Delivery(
                tuple(self._records),
                self._snapshot,
                self._checkpoint,
                self._end,
                self._tokens_per_second,
                thinned(self._moments, self._best),
            )
            self._records, self._moments = [], []
            self._snapshot = self._checkpoint = self._end = None
            self._woken = False
        return delivery

    def _wake_once(self) -> None:
        with self._lock:
            if self._woken:
                return
            self._woken = True
        self._wake()

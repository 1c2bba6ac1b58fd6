"""Runs the engine's training generator beside the window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from PySide6.QtCore import Qt, QThread, QTimer, Signal

from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.training import BatchRecord, EpochRecord, TrainingJob, TrainingState, fit
from rnnstudio.project.moment import Moment
from rnnstudio.project.moments import capacity_of, is_kept
from rnnstudio.session.mailbox import Delivery, End, Mailbox, Snapshot

SNAPSHOT_SECONDS = 1 / 10
# A copy of a large embedding takes milliseconds; copies may take at most this share of the time.
SNAPSHOT_SHARE = 0.05
CHECKPOINT_SHARE = 0.05
# Python runs one thread at a time: while the window paints, training waits rather than have both
# crawl. At most so long, should the window be busy with something else.
GIVE_WAY_SECONDS = 0.05
CHECKPOINT_SECONDS = 1.0  # a killed process loses at most this much


class Stretch(Enum):
    """How far a thread trains before it stops by itself."""

    RUN = auto()
    EPOCH = auto()
    BATCH = auto()


@dataclass
class _Speed:
    """Tokens a second over about the last second."""

    tokens: int = 0
    since: float = 0.0
    value: float = 0.0

    def count(self, tokens: int, now: float) -> float:
        self.tokens += tokens
        elapsed = now - self.since
        if elapsed >= 0.5 or (self.value == 0 and elapsed > 0):
            self.value = self.tokens / elapsed
        if elapsed >= 0.5:
            self.tokens, self.since = 0, now
        return self.value


@dataclass
class _Pace:
    """When something is due again: after `seconds`, or later where doing it takes long.

    The time between two is such that the doing takes at most `share` of it.
    """

    seconds: float
    share: float
    last: float = field(default_factory=time.perf_counter)
    cost: float = 0.0

    def is_due(self, now: float) -> bool:
        return now - self.last >= max(self.seconds, self.cost / self.share)

    def done(self, started: float, ended: float) -> None:
        self.last, self.cost = started, ended - started


class TrainingThread(QThread):
    """One stretch of training.

    It captures what it needs and changes nothing else. `on_delivery` is called in the window's
    thread, at most once a snapshot; `stop` takes effect within one batch.
    """

    _woken = Signal()

    def __init__(
        self,
        job: TrainingJob,
        state: TrainingState,
        stretch: Stretch,
        on_delivery: Callable[[Delivery], None],
    ) -> None:
        super().__init__()
        self._job = job
        self._state = state
        self._stretch = stretch
        self._on_delivery = on_delivery
        self._most_moments = capacity_of(job.network)
        self._newest_moment = -1  # its epoch
        self._stop = threading.Event()
        self._shown = threading.Event()
        self._learning_rate: float | None = None
        self._mailbox = Mailbox(self._woken.emit)
        # The thread object lives in the window's thread: so does this slot.
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    def stop(self) -> None:
        """Ask the thread to stop after the batch it is in."""
        self._stop.set()

    def finish(self) -> None:
        """Stop, wait, and deliver what is left at once."""
        self._stop.set()
        self.wait()
        self._on_woken()

    def set_learning_rate(self, learning_rate: float) -> None:
        """Use another η from the next batch on."""
        self._learning_rate = learning_rate

    def run(self) -> None:
        """Train; called by Qt in the new thread."""
        error: Exception | None = None
        stopped_early = False
        position = 0.0
        speed = _Speed(since=time.perf_counter())
        snapshots = _Pace(SNAPSHOT_SECONDS, SNAPSHOT_SHARE)
        checkpoints = _Pace(CHECKPOINT_SECONDS, CHECKPOINT_SHARE)
        try:
            for record in fit(self._job, self._state, self._stop.is_set):
                self._mailbox.post_record(record)
                if isinstance(record, EpochRecord):
                    stopped_early = record.stopped_early
                    position = float(record.epoch)
                    self._post_moment(record)
                    if self._stretch is Stretch.EPOCH:
                        break
                    continue
                position = _position(record)
                now = time.perf_counter()
                tokens_per_second = speed.count(record.tokens, now)
                if snapshots.is_due(now):
                    checkpoint = None
                    if checkpoints.is_due(now):
                        checkpoint = self._state.checkpoint()
                        checkpoints.done(now, time.perf_counter())
                    started = time.perf_counter()
                    snapshot = self._snapshot(position, checkpoint)
                    if checkpoint is None:
                        snapshots.done(started, time.perf_counter())
                    else:
                        snapshots.last = started
                    self._shown.clear()
                    self._mailbox.post_snapshot(snapshot, tokens_per_second, checkpoint)
                    self._shown.wait(GIVE_WAY_SECONDS)
                if self._learning_rate is not None:
                    self._state.learning_rate, self._learning_rate = self._learning_rate, None
                # The last batch of an epoch goes on to the epoch's record (validation).
                epoch_done = record.batch == record.batches
                if not epoch_done and (self._stop.is_set() or self._stretch is Stretch.BATCH):
                    break
                if epoch_done and self._stretch is Stretch.BATCH:
                    self._stretch = Stretch.EPOCH
        except Exception as caught:
            error = caught
        last = self._state.checkpoint()
        progress = last.progress
        ended = progress.batch == 0 and progress.epoch != self._newest_moment
        if ended and self._most_moments:
            self._mailbox.post_moment(Moment(progress.epoch, progress.step, last.parameters))
        end = End(last, self._state.finished, stopped_early, error)
        self._mailbox.post_end(end, self._snapshot(position, last))

    def _post_moment(self, record: EpochRecord) -> None:
        """Post the weights of the epoch that has ended, if they are to be kept.

        The best ones have been copied already; of the others fewer are as the run grows.
        """
        if record.is_best and self._most_moments:
            weights = self._state.best_parameters
        elif is_kept(record.epoch, self._most_moments):
            weights = self._state.parameters
        else:
            return
        self._newest_moment = record.epoch
        self._mailbox.post_moment(Moment(record.epoch, record.step, weights), record.is_best)

    def _on_woken(self) -> None:
        delivery = self._mailbox.collect()
        if delivery.end is not None:
            self.wait()  # the thread has posted its last word: nobody may drop it before it ends
        if not delivery.is_empty:
            self._on_delivery(delivery)
        QTimer.singleShot(0, self._on_delivered)

    def _on_delivered(self) -> None:
        # The pages are rendered, and painted, in this turn of the event loop.
        QTimer.singleShot(0, self._shown.set)

    def _snapshot(self, position: float, checkpoint: Checkpoint | None) -> Snapshot:
        """Return the weights; those of a checkpoint just made need no second copy."""
        state = self._state
        parameters = state.parameters if checkpoint is None else checkpoint.parameters
        return Snapshot(parameters.frozen(), state.epoch, state.step, position)


def _position(record: BatchRecord) -> float:
    return record.epoch - 1 + record.batch / record.batches

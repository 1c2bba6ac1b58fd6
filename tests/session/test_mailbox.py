"""The mailbox: every record arrives once and in order, of snapshots only the newest."""

from __future__ import annotations

import threading

import numpy as np

from rnnstudio.engine.checkpoint import Checkpoint, Progress
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.training import BatchRecord
from rnnstudio.project.moment import Moment
from rnnstudio.project.moments import MOST_MOMENTS
from rnnstudio.session.mailbox import End, Mailbox, Snapshot


class Wakes:
    """Counts how often the collector is woken."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def record(step: int) -> BatchRecord:
    return BatchRecord(step, 1, step, 1000, 0.5, 0.5, 1.0, 40)


def weights() -> Parameters:
    return Parameters.zeros({"output.bias": (2,)}, np.float32).frozen()


def snapshot(step: int) -> Snapshot:
    return Snapshot(weights(), 0, step, step / 1000)


def checkpoint() -> Checkpoint:
    return Checkpoint(weights(), weights(), 0.01, OptimizerName.ADAM, 0, {}, Progress())


def end() -> End:
    return End(checkpoint(), finished=True, stopped_early=False, error=None)


def test_an_empty_box_delivers_nothing() -> None:
    delivery = Mailbox(Wakes()).collect()
    assert delivery.records == ()
    assert (delivery.snapshot, delivery.checkpoint, delivery.end) == (None, None, None)


def test_records_wait_for_a_snapshot_and_are_delivered_once() -> None:
    wakes = Wakes()
    box = Mailbox(wakes)
    for step in (1, 2, 3):
        box.post_record(record(step))
    assert wakes.count == 0
    box.post_snapshot(snapshot(3), 500.0)
    assert wakes.count == 1
    delivery = box.collect()
    assert [one.step for one in delivery.records] == [1, 2, 3]
    assert delivery.tokens_per_second == 500.0
    assert box.collect().records == ()


def test_only_the_newest_snapshot_is_delivered() -> None:
    box = Mailbox(Wakes())
    older, newer = snapshot(1), snapshot(2)
    box.post_snapshot(older, 1.0)
    box.post_snapshot(newer, 2.0)
    delivery = box.collect()
    assert delivery.snapshot is newer
    assert delivery.tokens_per_second == 2.0
    assert box.collect().snapshot is None


def test_a_checkpoint_outlives_snapshots_without_one() -> None:
    box = Mailbox(Wakes())
    older, newer = checkpoint(), checkpoint()
    box.post_snapshot(snapshot(1), 1.0, older)
    box.post_snapshot(snapshot(2), 1.0, newer)
    box.post_snapshot(snapshot(3), 1.0)
    assert box.collect().checkpoint is newer
    assert box.collect().checkpoint is None


def test_one_wake_between_two_collections() -> None:
    wakes = Wakes()
    box = Mailbox(wakes)
    for step in range(100):
        box.post_record(record(step))
        box.post_snapshot(snapshot(step), 1.0)
    box.post_end(end(), snapshot(100))
    assert wakes.count == 1
    box.collect()
    box.post_snapshot(snapshot(101), 1.0)
    assert wakes.count == 2


def test_the_end_brings_its_own_checkpoint_and_snapshot() -> None:
    wakes = Wakes()
    box = Mailbox(wakes)
    box.post_snapshot(snapshot(1), 1.0, checkpoint())
    box.collect()
    last, final = end(), snapshot(2)
    box.post_end(last, final)
    assert wakes.count == 2
    delivery = box.collect()
    assert delivery.end is last
    assert delivery.checkpoint is last.checkpoint
    assert delivery.snapshot is final


def moment(epoch: int, size: int = 2) -> Moment:
    return Moment(epoch, epoch, Parameters.zeros({"output.bias": (size,)}, np.float32).frozen())


def test_moments_wait_for_a_snapshot_and_are_delivered_once() -> None:
    wakes = Wakes()
    box = Mailbox(wakes)
    posted = [moment(epoch) for epoch in (1, 2, 3)]
    for one in posted:
        box.post_moment(one)
    assert wakes.count == 0
    box.post_snapshot(snapshot(3), 1.0)
    assert box.collect().moments == tuple(posted)
    assert box.collect().moments == ()


def test_moments_that_nobody_collects_are_thinned() -> None:
    box = Mailbox(Wakes())
    for epoch in range(10 * MOST_MOMENTS):
        box.post_moment(moment(epoch), is_best=epoch == 7)
    epochs = [one.epoch for one in box.collect().moments]
    assert len(epochs) <= MOST_MOMENTS
    assert {0, 7, 10 * MOST_MOMENTS - 1} <= set(epochs)


def test_whoever_is_woken_may_collect_at_once() -> None:
    delivered: list[int] = []

    def wake() -> None:
        delivered.extend(one.step for one in box.collect().records)

    box = Mailbox(wake)

    def post() -> None:
        for step in (1, 2):
            box.post_record(record(step))
            box.post_snapshot(snapshot(step), 1.0)

    # Beside this thread: a box that called `wake` with its lock held would never return.
    thread = threading.Thread(target=post, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert delivered == [1, 2]


def test_nothing_is_lost_or_doubled_while_another_thread_collects() -> None:
    awake = threading.Event()
    box = Mailbox(awake.set)
    count = 3000

    def post() -> None:
        for step in range(count):
            box.post_record(record(step))
            box.post_snapshot(snapshot(step), 1.0)
        box.post_end(end(), snapshot(count))

    thread = threading.Thread(target=post)
    thread.start()
    steps: list[int] = []
    ended = False
    while not ended:
        assert awake.wait(30), "the collector was not woken although something was posted"
        awake.clear()
        delivery = box.collect()
        steps.extend(one.step for one in delivery.records if isinstance(one, BatchRecord))
        ended = delivery.end is not None
    thread.join()
    assert steps == list(range(count))

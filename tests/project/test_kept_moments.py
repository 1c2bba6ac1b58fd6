"""Which epochs are kept: few enough, small enough, evenly, and always the ones that matter."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.engine.checkpoint import Checkpoint, Progress
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.training import EpochRecord
from rnnstudio.project.moment import Moment
from rnnstudio.project.moments import (
    MOST_BYTES,
    MOST_MOMENTS,
    capacity,
    is_kept,
    moments_of,
    stride,
    thinned,
)
from rnnstudio.project.project import Run
from rnnstudio.project.spec import DEFAULT_SPEC

SMALL = Parameters.zeros({"output.bias": (2,)}, np.float32).frozen()


def moment(epoch: int, size: int = 0) -> Moment:
    weights = SMALL if not size else Parameters.zeros({"w": (size,)}, np.float32).frozen()
    return Moment(epoch, epoch * 10, weights)


def epochs(moments: tuple[Moment, ...]) -> list[int]:
    return [one.epoch for one in moments]


def run_of(*moments: Moment, epoch: int, batch: int = 0, best: int = 0) -> Run:
    last = Checkpoint(
        moment(0).parameters,
        Parameters.zeros({"output.bias": (2,)}, np.float32).frozen(),
        0.01,
        OptimizerName.ADAM,
        0,
        {},
        Progress(step=epoch * 10 + batch, epoch=epoch, batch=batch, best_epoch=best),
    )
    records = tuple(
        EpochRecord(n * 10, n, 0.5, 0.5, None, None, n == best, False) for n in range(1, epoch + 1)
    )
    return Run(
        1,
        DEFAULT_SPEC,
        Vocabulary(()),
        ("a", "b"),
        epoch_records=records,
        last=last,
        moments=moments,
    )


def test_a_short_run_is_kept_whole() -> None:
    all_of_it = tuple(moment(epoch) for epoch in range(101))
    assert thinned(all_of_it) == all_of_it


@pytest.mark.parametrize("newest", [196, 197, 1_000, 12_345])
def test_a_long_run_is_kept_evenly_and_never_by_more_than_the_budget(newest: int) -> None:
    kept = epochs(thinned([moment(epoch) for epoch in range(newest + 1)], best=77, looked_at=33))
    assert len(kept) <= MOST_MOMENTS
    assert {0, 33, 77, newest} <= set(kept)
    regular = [epoch for epoch in kept if epoch not in (33, 77, newest)]
    assert len(set(np.diff(regular).tolist()) - {stride(newest, MOST_MOMENTS)}) <= 1
    assert len(regular) > MOST_MOMENTS / 3


def test_thinning_as_the_run_grows_keeps_what_thinning_at_its_end_would() -> None:
    growing: tuple[Moment, ...] = ()
    for epoch in range(1_001):
        if is_kept(epoch, MOST_MOMENTS):
            growing = thinned((*growing, moment(epoch)))
    whole = thinned([moment(epoch) for epoch in range(1_001)])
    assert epochs(growing) == epochs(whole)


def test_large_networks_have_fewer_moments_and_the_largest_none() -> None:
    a_tenth = MOST_BYTES // 4 // 10
    kept = thinned([moment(epoch, a_tenth) for epoch in range(31)], best=3)
    assert sum(one.parameters.flat.nbytes for one in kept) <= MOST_BYTES
    assert {0, 3, 30} <= set(epochs(kept))
    assert thinned([moment(epoch, MOST_BYTES // 4 // 3) for epoch in range(3)]) == ()
    assert capacity(MOST_BYTES) == 0
    assert not is_kept(4, capacity(MOST_BYTES))


def test_the_later_weights_of_an_epoch_replace_the_earlier() -> None:
    earlier, later = moment(3), moment(3)
    (kept,) = thinned([earlier, later])
    assert kept is later


def test_a_run_from_a_file_has_no_moments_beyond_its_weights() -> None:
    run = run_of(moment(0), moment(1), moment(2), moment(3), epoch=2, batch=4)
    assert epochs(moments_of(run)) == [0, 1, 2]


def test_a_run_of_a_former_program_has_its_best_and_its_last_weights() -> None:
    run = run_of(epoch=9, best=4)
    best, newest = moments_of(run)
    assert run.last is not None
    assert (best.epoch, best.step) == (4, 40)
    assert best.parameters is run.last.best_parameters
    assert (newest.epoch, newest.parameters) == (9, run.last.parameters)
    assert epochs(moments_of(run_of(epoch=9, batch=3, best=4))) == [4]
    assert moments_of(dataclasses.replace(run, last=None)) == ()

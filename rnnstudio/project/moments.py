"""Which epochs' weights are kept, so that neither their number nor their size grows with a run."""

from __future__ import annotations

from collections.abc import Sequence

from rnnstudio.engine.network import NetworkSpec
from rnnstudio.project.moment import Moment
from rnnstudio.project.project import Run

MOST_MOMENTS = 200
MOST_BYTES = 64_000_000
# The best epoch, the newest one and the one that is looked at are kept besides the regular ones.
_BESIDES = 3


def capacity(size: int) -> int:
    """Return how many moments of `size` bytes each are kept; 0 where they are too large for that.

    Of fewer than four only the exceptions from the rule would be left.
    """
    most = min(MOST_MOMENTS, MOST_BYTES // max(size, 1))
    return most if most > _BESIDES else 0


def capacity_of(network: NetworkSpec) -> int:
    """Return how many moments of a network are kept; its numbers have 32 bits."""
    return capacity(network.parameter_count * 4)


def stride(newest: int, most: int) -> int:
    """Return the distance of the epochs that are kept regularly, counted from epoch 0.

    It doubles as the run grows to its `newest` epoch, so that never more than `most` − 3 are kept.

    Raises:
        ValueError: nothing is kept at all.
    """
    if most <= _BESIDES:
        raise ValueError(f"{most} moments are too few.")
    distance = 1
    while newest // distance + 1 > most - _BESIDES:
        distance *= 2
    return distance


def is_kept(epoch: int, most: int) -> bool:
    """Return whether the weights of an epoch that has just ended are kept regularly."""
    return most > 0 and epoch % stride(epoch, most) == 0


def thinned(
    moments: Sequence[Moment], best: int | None = None, looked_at: int | None = None
) -> tuple[Moment, ...]:
    """Return what is kept of the moments of a run, by epoch; of one epoch the last one given.

    The best epoch, the newest and the one that is looked at stay whatever their number.
    """
    by_epoch = {moment.epoch: moment for moment in moments}
    if not by_epoch:
        return ()
    newest = max(by_epoch)
    most = capacity(by_epoch[newest].parameters.flat.nbytes)
    if most == 0:
        return ()
    distance, besides = stride(newest, most), {best, newest, looked_at}
    return tuple(
        by_epoch[epoch] for epoch in sorted(by_epoch) if epoch % distance == 0 or epoch in besides
    )


def moments_of(run: Run) -> tuple[Moment, ...]:
    """Return the moments of a run from a file, up to its checkpoint.

    The best weights and, where an epoch has just ended, the newest are in the checkpoint too: a run
    of which no moments were kept has those.
    """
    if run.last is None:
        return ()
    progress, last = run.last.progress, run.last
    known = [moment for moment in run.moments if moment.epoch <= progress.epoch]
    there = {moment.epoch for moment in known}
    steps = {record.epoch: record.step for record in run.epoch_records}
    best = progress.best_epoch
    if best > 0 and best not in there and best in steps:
        known.append(Moment(best, steps[best], last.best_parameters))
        there.add(best)
    if progress.epoch > 0 and progress.batch == 0 and progress.epoch not in there:
        known.append(Moment(progress.epoch, progress.step, last.parameters))
    return thinned(known, best or None)


def moment_at(moments: Sequence[Moment], epoch: int | None) -> Moment | None:
    """Return the moment of an epoch, if it is kept."""
    return next((moment for moment in moments if moment.epoch == epoch), None)

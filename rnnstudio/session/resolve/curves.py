"""The loss and accuracy curves of a run: thinned to what can be drawn, smoothed, ranged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.missing import why_no_network
from rnnstudio.session.state import Curves, RunStatus, SessionState

FloatArray = NDArray[np.float64]

# Twice as many points as a panel that fills a wide screen has pixels; more cannot be seen.
MOST_POINTS = 2048
# The smoothed line is cut to as many means; at its smoothness no more can be told apart.
MOST_MEANS = 512
# The smoothed line averages over about an eightieth of the planned run.
SMOOTHING_SHARE = 1 / 80


class Measure(StrEnum):
    """What a curve panel shows."""

    LOSS = "loss"
    ACCURACY = "accuracy"


@dataclass(frozen=True, eq=False)
class Line:
    """Points of a line: `x` (n,) in epochs and `y` (n,), read-only; NaN is a gap."""

    x: FloatArray
    y: FloatArray

    def __len__(self) -> int:
        return len(self.x)

    def at(self, epoch: int) -> float:
        """Return the value at a whole epoch; NaN where there is none."""
        place = int(np.searchsorted(self.x, epoch))
        return float(self.y[place]) if place < len(self) and self.x[place] == epoch else math.nan


@dataclass(frozen=True, eq=False)
class CurveLines:
    """What is drawn: every batch (faint), its smoothed course (bold) and one point an epoch.

    `train` and `validation` are at x = the number of the epoch they close.
    """

    raw: Line
    smooth: Line
    train: Line
    validation: Line
    linear_range: tuple[float, float]
    log_range: tuple[float, float]


@dataclass(frozen=True)
class BestEpoch:
    """The epoch with the lowest validation (or else training) loss, and its value here."""

    epoch: int
    value: float


@dataclass(frozen=True)
class CurveState:
    """One curve panel.

    `now` is the position in epochs of the newest batch and `newest` its value (NaN where there is
    none). The x axis goes to `epochs`: the planned number, or 1 while the first one is trained,
    so that single batches can be told apart; `batches` make an epoch (0 before the first).
    `empty` are words for a panel without a point, `note` says that there is no validation line.
    """

    measure: Measure
    lines: CurveLines
    best: BestEpoch | None
    now: float
    newest: float
    epochs: int
    batches: int
    empty: str
    note: str


def resolve_loss(state: SessionState) -> CurveState:
    """What the loss panel shows."""
    return _resolve(state, Measure.LOSS)


def resolve_accuracy(state: SessionState) -> CurveState:
    """What the accuracy panel shows."""
    return _resolve(state, Measure.ACCURACY)


def _resolve(state: SessionState, measure: Measure) -> CurveState:
    run, curves = state.run, state.curves
    per_batch = curves.batch_loss if measure is Measure.LOSS else curves.batch_accuracy
    planned = run.epochs if run.status is not RunStatus.FRESH else state.spec.training.epochs
    now = float(curves.batch_position[-1]) if len(curves.batch_position) else 0.0
    if not now and len(curves.epoch):
        now = float(curves.epoch[-1])
    epochs = max(planned, math.ceil(now), 1)
    lines = _lines(curves, measure, epochs * max(run.batches, 1))
    return CurveState(
        measure=measure,
        lines=lines,
        best=_best(curves, lines),
        now=now,
        newest=float(per_batch[-1]) if len(per_batch) else math.nan,
        epochs=1 if 0 < now <= 1 else epochs,
        batches=run.batches,
        empty="" if now else _empty_words(state, measure),
        note="no validation split" if len(lines.train) and not len(lines.validation) else "",
    )


def _empty_words(state: SessionState, measure: Measure) -> str:
    if state.model is None:
        data = "These data cannot train a network yet: it takes sentences of two classes."
        return why_no_network(state) or data
    course = {Measure.LOSS: "see the loss fall", Measure.ACCURACY: "see the accuracy rise"}
    return f"Press Train (F5) to {course[measure]}."


def _best(curves: Curves, lines: CurveLines) -> BestEpoch | None:
    if curves.best_epoch is None:
        return None
    value = (lines.validation if len(lines.validation) else lines.train).at(curves.best_epoch)
    return BestEpoch(curves.best_epoch, value) if math.isfinite(value) else None


@remembered(4)
def _lines(curves: Curves, measure: Measure, planned_batches: int) -> CurveLines:
    if measure is Measure.LOSS:
        values = curves.batch_loss, curves.train_loss, curves.validation_loss
    else:
        values = curves.batch_accuracy, curves.train_accuracy, curves.validation_accuracy
    per_batch, train, validation = values
    raw = thinned(curves.batch_position, per_batch, MOST_POINTS)
    smooth = smoothed(curves.batch_position, per_batch, planned_batches * SMOOTHING_SHARE)
    train_line = _finite_line(curves.epoch, train)
    validation_line = _finite_line(curves.epoch, validation)
    shown = (raw, smooth, train_line, validation_line)
    ranges = loss_ranges(shown) if measure is Measure.LOSS else accuracy_ranges(shown)
    return CurveLines(raw, smooth, train_line, validation_line, *ranges)


@remembered(8)
def _finite_line(x: FloatArray, y: FloatArray) -> Line:
    """The points of epochs that have a value; the same object until an epoch is added."""
    known = np.isfinite(y)
    return Line(_frozen(x[known]), _frozen(y[known]))


def thinned(x: FloatArray, y: FloatArray, most: int) -> Line:
    """Keep the smallest and largest value of each stretch, so that no peak is lost.

    Stretches have 2, 4, 8, … points: as a run grows they stay where they are, and what is drawn
    does not flicker.

    Args:
        x: (n,) ascending.
        y: (n,); NaN where every value of a stretch is NaN.
        most: the largest number of points in the result.
    """
    size = _stretch(len(x), most // 2)
    if size == 1:
        return Line(x, y)
    starts = np.arange(0, len(x), size)
    ends = np.minimum(starts + size, len(x)) - 1
    return Line(
        _frozen(np.stack([x[starts], x[ends]], axis=1).ravel()),
        _frozen(
            np.stack([np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)], axis=1).ravel()
        ),
    )


def smoothed(x: FloatArray, y: FloatArray, span: float) -> Line:
    """Average each point with those before it, weighted with e^(−distance / span).

    Looking back only, the line never moves before what moved it, and what is drawn of the past
    stays. At its beginning it averages over the points there are. NaN is left out. Long runs are
    cut into stretches (as in `thinned`) whose means are averaged and stand at their last points.

    Args:
        x: (n,) ascending.
        y: (n,).
        span: in points.
    """
    if not len(x):
        return Line(x, y)
    size = _stretch(len(x), MOST_MEANS)
    starts = np.arange(0, len(x), size)
    known = np.isfinite(y)
    counts = np.add.reduceat(known.astype(np.float64), starts)
    sums = np.add.reduceat(np.where(known, y, 0.0), starts)
    ends = np.minimum(starts + size, len(x)) - 1
    span_in_stretches = max(span, 1.0) / size
    reach = min(math.ceil(4 * span_in_stretches), len(starts) - 1)
    weights = np.exp(-np.arange(reach + 1) / span_in_stretches)
    total = np.convolve(counts, weights)[: len(starts)]
    mean = np.convolve(sums, weights)[: len(starts)] / np.where(total > 0, total, np.nan)
    return Line(_frozen(x[ends]), _frozen(mean))


def loss_ranges(lines: tuple[Line, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ranges of the y axis for a loss: from 0, and (log10) over what is above 0."""
    values = _finite(lines)
    if not len(values):
        return (0.0, 1.0), (-2.0, 0.0)
    # A single batch that went wrong must not press the rest to the floor.
    high = max(_peak(lines[1:]), float(np.quantile(values, 0.98)), 1e-3)
    above = values[values > 0]
    low = float(np.quantile(above, 0.02)) if len(above) else 1e-3
    low = max(min(low, high / 10), 1e-6)
    return (0.0, _rounded_up(high)), (math.log10(low) - 0.05, math.log10(high) + 0.05)


def accuracy_ranges(lines: tuple[Line, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The range of the y axis for an accuracy: up to 1, down to a tenth below the lowest course.

    The same twice: an accuracy has no logarithmic axis.
    """
    course = _finite(lines[1:])
    low = float(course.min()) if len(course) else 0.0
    span = max(math.floor(low * 10 - 1) / 10, 0.0), 1.0
    return span, span


def _stretch(points: int, most: int) -> int:
    size = 1
    while math.ceil(points / size) > most:
        size *= 2
    return size


def _finite(lines: tuple[Line, ...]) -> FloatArray:
    values: FloatArray = np.concatenate([line.y for line in lines])
    return values[np.isfinite(values)]


def _peak(lines: tuple[Line, ...]) -> float:
    return float(_finite(lines).max(initial=0.0))


def _rounded_up(value: float) -> float:
    step = 10.0 ** math.floor(math.log10(value)) / 2
    return math.ceil(value / step) * step


def _frozen(array: FloatArray) -> FloatArray:
    array.setflags(write=False)
    return array

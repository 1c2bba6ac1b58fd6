"""The sliders of the Evaluate page: over the epochs that were kept, and over the words read."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np

from rnnstudio.data.dataset import Dataset
from rnnstudio.data.table import Split
from rnnstudio.engine.arrays import IntArray, read_only
from rnnstudio.engine.network import Task
from rnnstudio.project.model import Model
from rnnstudio.project.moments import capacity_of
from rnnstudio.project.percent import percent
from rnnstudio.session.memo import remembered
from rnnstudio.session.resolve.counting import counted, unit_of
from rnnstudio.session.resolve.weights import is_within, weights_in_words
from rnnstudio.session.state import Curves, RunStatus, SessionState

# How far the present weights stand behind the last epoch, as a share of the epochs: they can be
# told from it with the mouse.
_NOW_BEHIND = 0.06


@dataclass(frozen=True)
class SliderState:
    """A slider with n stops; `message` says why there is none.

    `values` (n,) are epochs or numbers of words, ascending; one is None: all words, the last one,
    or the present weights, which are the last ones or those of an epoch between. `places` (n,) are
    where they stand, from 0 to 1, and `hints` (n,) say what each is. `value` is the one that is
    chosen, `words` say so, and `about` what the slider does. `marked` is the number of the stop of
    the best epoch. `waits` says that the answers are still worked out.
    """

    values: tuple[int | None, ...] = ()
    places: tuple[float, ...] = ()
    hints: Sequence[str] = ()
    value: int | None = None
    words: str = ""
    about: str = ""
    marked: int | None = None
    waits: bool = False
    message: str = ""

    @property
    def stop(self) -> int:
        """The place of the chosen value among the stops."""
        return self.values.index(self.value)

    @property
    def end(self) -> int:
        """The place of the present weights, or of all words, among the stops."""
        return self.values.index(None)


@dataclass(frozen=True)
class TimeBarState:
    """Both sliders; `live` says that the network learns, so that epochs are added."""

    epochs: SliderState
    reading: SliderState
    live: bool = False


def resolve_time_bar(state: SessionState) -> TimeBarState:
    """The sliders below the matrix."""
    waits = _waits(state)
    live = state.run.status is RunStatus.RUNNING
    return TimeBarState(_epochs(state, waits), _reading(state, waits), live)


def _waits(state: SessionState) -> bool:
    """Whether the answers that are asked for are not there yet."""
    judging, review = state.judging, state.review
    if judging.epoch is None and judging.words is None:
        return False
    return (
        review is None
        or review.dataset is not state.dataset
        or (review.split, review.epoch, review.words)
        != (state.selection.split, judging.epoch, judging.words)
    )


def _epochs(state: SessionState, waits: bool) -> SliderState:
    model, moments = state.model, state.moments
    if model is None:
        return SliderState(message="There is no network yet.")
    if state.run.status is RunStatus.FRESH:
        return SliderState(message="Train the network, and go back to each of its epochs here.")
    if not moments:
        if capacity_of(model.network) == 0:
            return SliderState(message="The network is too large for its epochs to be kept.")
        return SliderState(message="No epoch of this run was kept.")
    epochs = tuple(moment.epoch for moment in moments)
    newest = int(state.curves.epoch[-1]) if len(state.curves.epoch) else epochs[-1]
    newest = max(newest, epochs[-1])
    now = _epoch_of_now(state, model)
    values: tuple[int | None, ...] = (*epochs, None)
    end = newest + max(1.0, newest * _NOW_BEHIND)
    if now is not None:
        at = bisect_left(epochs, now)
        values = (*epochs[:at], None, *epochs[bisect_right(epochs, now) :])
        end = max(newest, 1)
    of_none = end if now is None else now
    value = state.judging.epoch if state.judging.epoch in values else None
    best = state.curves.best_epoch
    words = _now(state, newest) if value is None else _epoch_in_words(value, newest, best)
    return SliderState(
        values=values,
        places=tuple((of_none if one is None else one) / end for one in values),
        hints=_EpochHints(
            values, newest, _now_hint(state), now, len(state.curves.epoch), best, state.curves
        ),
        value=value,
        words=words,
        about=(
            "What did the network say after each epoch? Its weights were kept then. "
            "The mark above the line is the best epoch."
        ),
        marked=None if best is None else _stop_of(best, values, now),
        waits=waits,
    )


def _epoch_of_now(state: SessionState, model: Model) -> int | None:
    """Return the epoch whose weights are the present ones; None while they move, or between two."""
    if state.run.status is RunStatus.RUNNING or is_within(state.run, model):
        return None
    return model.epoch


def _stop_of(epoch: int, values: tuple[int | None, ...], now: int | None) -> int | None:
    """Return the number of the stop that has the weights of an epoch."""
    if epoch == now:
        return values.index(None)
    return values.index(epoch) if epoch in values else None


def _now(state: SessionState, newest: int) -> str:
    model, run = state.model, state.run
    assert model is not None
    if is_within(run, model):
        return f"now, {weights_in_words(model.epoch, within=True)}"
    best = " (best)" if model.epoch == state.curves.best_epoch else ""
    of = f" of {newest:,}" if model.epoch != newest else ""
    return f"now, epoch {model.epoch:,}{of}{best}"


def _epoch_in_words(epoch: int, newest: int, best: int | None) -> str:
    words = weights_in_words(epoch)
    if epoch == 0:
        return words
    return f"{words} of {newest:,}{' (best)' if epoch == best else ''}"


def _now_hint(state: SessionState) -> str:
    follows = ", as they are learned" if state.run.status is RunStatus.RUNNING else ""
    return f"The present weights{follows}"


@dataclass(frozen=True)
class _EpochHints(Sequence[str]):
    """What each stop over the epochs is: said when it is asked for, as there may be many.

    `known` is the number of epochs in the `curves`; from one epoch to the next they say the same.
    `now` says what None is, `of_now` is its epoch if it is that of one.
    """

    values: tuple[int | None, ...]
    newest: int
    now: str
    of_now: int | None
    known: int
    best: int | None
    curves: Curves = field(compare=False)

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, stop: int) -> str: ...
    @overload
    def __getitem__(self, stop: slice) -> tuple[str, ...]: ...
    def __getitem__(self, stop: int | slice) -> str | tuple[str, ...]:
        if isinstance(stop, slice):
            return tuple(self[place] for place in range(*stop.indices(len(self))))
        value = self.values[stop]
        if value is not None:
            return _epoch_hint(value, self.newest, self.curves)
        if self.of_now is None:
            return self.now
        return f"{self.now}: {_lowered(_epoch_hint(self.of_now, self.newest, self.curves))}"


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def _epoch_hint(epoch: int, newest: int, curves: Curves) -> str:
    words = _epoch_in_words(epoch, newest, curves.best_epoch)
    words = words[0].upper() + words[1:]
    found = int(np.searchsorted(curves.epoch, epoch))
    if found == len(curves.epoch) or curves.epoch[found] != epoch:
        return words
    for name, loss, right in (
        ("validation", curves.validation_loss, curves.validation_accuracy),
        ("train", curves.train_loss, curves.train_accuracy),
    ):
        if math.isfinite(loss[found]) and math.isfinite(right[found]):
            accuracy = percent(float(right[found]))
            return f"{words}: {name} loss {loss[found]:.4f}, accuracy {accuracy}"
    return words


def _reading(state: SessionState, waits: bool) -> SliderState:
    model = state.model
    if model is None or state.dataset is None:
        return SliderState(message="There is nothing to read yet.")
    unit = unit_of(model.text)
    if model.task is Task.LABEL:
        return SliderState(
            message=f"Each {unit} has an answer of its own, so no sentence is cut short here."
        )
    lengths = _lengths(state)
    if lengths is None or not len(lengths):
        return SliderState(message="No sentences to read in this split.")
    longest = int(lengths[-1])
    if longest < 1:
        return SliderState(message=f"The sentences have no {unit}s.")
    words = state.judging.words
    value = words if words is not None and words < longest else None
    about = (
        f"What would the network say after so many {unit}s? It reads <sos>, the first "
        f"{unit}s and <eos>, as if the sentence ended there; a shorter one is read whole."
    )
    values, places = _reading_stops(longest)
    return SliderState(
        values=values,
        places=places,
        hints=_reading_hints(lengths, unit),
        value=value,
        words=f"after all {unit}s" if value is None else f"after {counted(value, unit)}",
        about=about,
        waits=waits,
    )


def _lengths(state: SessionState) -> IntArray | None:
    """Return how many words the sentences of the split have, ascending: (n,)."""
    dataset, model, evaluation = state.dataset, state.model, state.evaluation
    assert dataset is not None
    assert model is not None
    if dataset.text == model.text:
        return _own_lengths(dataset, state.selection.split, model.network.longest)
    # The network cuts them up in its own way: as many as it has read.
    if evaluation is None or evaluation.split is not state.selection.split:
        return None
    return _read_lengths(evaluation.steps)


@remembered(4)
def _own_lengths(dataset: Dataset, split: Split, longest: int | None) -> IntArray:
    lengths = [len(dataset.sequences[row]) for row in dataset.rows_of(split).tolist()]
    fitting = [length - 2 for length in lengths if longest is None or length <= longest]
    return read_only(np.sort(np.array(fitting, np.int64)))


@remembered(2)
def _read_lengths(steps: IntArray) -> IntArray:
    return read_only(np.sort(steps - 2))


@remembered(4)
def _reading_stops(longest: int) -> tuple[tuple[int | None, ...], tuple[float, ...]]:
    """Return the stops for sentences of at most `longest` words, and where they stand."""
    return (*range(longest), None), tuple(place / longest for place in range(longest + 1))


@remembered(4)
def _reading_hints(lengths: IntArray, unit: str) -> tuple[str, ...]:
    """Say what each stop reads, and how many of the sentences go on after it."""
    longest, count = int(lengths[-1]), len(lengths)
    hints = []
    for words in range(longest):
        more = count - int(np.searchsorted(lengths, words, side="right"))
        read = f"the first {counted(words, unit)}"
        if words < 2:
            read = f"the first {unit}" if words else ""
        between = f", {read} and <eos>" if read else " and <eos>, no " + unit
        go = "goes" if more == 1 else "go"
        hints.append(f"Reads <sos>{between}: {more:,} of {counted(count, 'sentence')} {go} on")
    return (*hints, "Reads every sentence to its end")

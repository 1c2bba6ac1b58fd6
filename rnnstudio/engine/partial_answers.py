"""What a classifier would say of many sentences after so many steps of each.

The answer after t steps is ŷ_t of a trace. A sentence that is shorter keeps its own. Step 1 reads
`<sos>`, so after k words k + 1 steps are read, and the last step of a sentence is `<eos>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.certainty import confidences, margins
from rnnstudio.engine.deciding import decided_steps
from rnnstudio.engine.model import TooLongError, probabilities
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.states import collect_states

# The most numbers of answers that are in memory at once besides the result: 8 MB of float32.
_MOST_NUMBERS = 2_000_000


@dataclass(frozen=True, eq=False)
class Courses:
    """The answers to n sentences after each of their steps; all arrays are read-only.

    The steps of all sentences stand one after another, those of sentence i at `starts[i]` …
    `starts[i + 1]` − 1 of `predicted`, the leading class, `confidence`, its probability, and
    `margin`, its lead over the second one.
    """

    starts: IntArray
    predicted: IntArray
    confidence: FloatArray
    margin: FloatArray

    def __len__(self) -> int:
        """The number n of sentences."""
        return len(self.starts) - 1

    @cached_property
    def lengths(self) -> IntArray:
        """The number of steps of each sentence: (n,)."""
        return read_only(np.diff(self.starts))

    @cached_property
    def decided(self) -> IntArray:
        """The first step, from 1, from which on each answer stays the final one: (n,).

        Where it is not 1, it is the step at which the answer changed for the last time.
        """
        return decided_steps(self.predicted, self.starts)

    def places(self, step: int) -> IntArray:
        """Return where the arrays have the answer of each sentence after `step` steps: (n,).

        Raises:
            ValueError: `step` is below 1.
        """
        _check_step(step)
        return self.starts[:-1] + np.minimum(step, self.lengths) - 1


def answers_after(
    spec: NetworkSpec,
    parameters: Parameters,
    sequences: Sequence[IntArray],
    step: int,
    cancelled: Callable[[], bool] | None = None,
) -> FloatArray:
    """Return ŷ (n, C) of a classifier after `step` steps, from 1, of each of n sentences.

    Raises:
        ValueError: `step` is below 1, the network labels words, each of which has an answer of its
            own, or a sentence has no words.
        TooLongError: a sentence is longer than the network has weights for.
        Cancelled: `cancelled`, asked now and then, said so.
    """
    _check_step(step)
    lengths = _checked_lengths(spec, sequences)
    if not spec.bidirectional:
        # What comes after has no influence.
        begun = [sequence[:step] for sequence in sequences]
        return read_only(probabilities(spec, parameters, begun, cancelled=cancelled))
    result = np.empty((len(sequences), spec.classes), parameters.dtype)
    for first, stop, y in _read(spec, parameters, sequences, lengths, cancelled):
        own = lengths[first:stop]
        result[first:stop] = y[np.cumsum(own) - own + np.minimum(step, own) - 1]
    return read_only(result)


def courses(
    spec: NetworkSpec,
    parameters: Parameters,
    sequences: Sequence[IntArray],
    cancelled: Callable[[], bool] | None = None,
) -> Courses:
    """Read n sentences once and keep of the answer after every step what leads, and how clearly.

    Raises:
        ValueError: the network labels words, or a sentence has no words.
        TooLongError: a sentence is longer than the network has weights for.
        Cancelled: `cancelled`, asked now and then, said so.
    """
    lengths = _checked_lengths(spec, sequences)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    predicted = np.empty(starts[-1], np.int32)
    confidence, margin = (np.empty(starts[-1], parameters.dtype) for _ in range(2))
    for first, stop, y in _read(spec, parameters, sequences, lengths, cancelled):
        part = slice(starts[first], starts[stop])
        predicted[part] = y.argmax(axis=1)
        confidence[part], margin[part] = confidences(y), margins(y)
    return Courses(
        read_only(starts), read_only(predicted), read_only(confidence), read_only(margin)
    )


def _read(
    spec: NetworkSpec,
    parameters: Parameters,
    sequences: Sequence[IntArray],
    lengths: IntArray,
    cancelled: Callable[[], bool] | None,
) -> Iterator[tuple[int, int, FloatArray]]:
    """Yield parts `first` … `stop` − 1 of the sentences, with ŷ (Σ T, C) after all their steps."""
    most = max(1, _MOST_NUMBERS // spec.classes)
    ends = np.cumsum(lengths)
    first = read = 0
    while first < len(sequences):
        stop = max(first + 1, int(np.searchsorted(ends, read + most, side="right")))
        some = sequences[first:stop]
        found = collect_states(spec, parameters, some, "y", most=most, cancelled=cancelled)
        yield first, stop, found.values
        first, read = stop, int(ends[stop - 1])


def _checked_lengths(spec: NetworkSpec, sequences: Sequence[IntArray]) -> IntArray:
    if spec.task is Task.LABEL:
        raise ValueError("A network that labels words has an answer for each of them.")
    lengths = np.array([len(sequence) for sequence in sequences], np.int64)
    if len(lengths) and lengths.min() < 1:
        raise ValueError("A sentence has no words.")
    longest = int(lengths.max(initial=0))
    if spec.longest is not None and longest > spec.longest:
        raise TooLongError(longest, spec.longest)
    return lengths


def _check_step(step: int) -> None:
    if step < 1:
        raise ValueError(f"There is no step {step}.")

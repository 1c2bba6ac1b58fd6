"""How much each word moved a decision, in three ways.

    leave-one-out          F(x_1 … x_T) − F without x_t
    gradient × input       x_t · ∂F/∂x_t
    integrated gradients   x_t · ∫₀¹ ∂F/∂x_t at α x_1 … α x_T dα

F is a class's score z_c, its log-probability log ŷ_c, or its probability ŷ_c, after the last word,
or for labelling at one word. A positive contribution speaks for the class.

Leave-one-out reads T sentences of T − 1 words, so its time grows with T²: with a GRU of 64 units
300 words take a fifth of a second, 1,000 over one and 5,000 half a minute. The gradients take one
pass forward and back, the integrated ones one for each point of the integral, and their time grows
with T (with one-hot input also with the number of different words): 5,000 words with an embedding
take 0.1 and 1.5 seconds. Memory is bounded but for what one pass of the sentence needs.

Gradient × input is exact where F is linear. Integrated gradients add up to F(x) − F(0), where 0 is
the sentence of unknown words, x_t = 0; the integral is a sum (Gauss–Legendre), and what it misses
is reported. Source: M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks",
ICML 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.batch import UNKNOWN_ID, Batch, frame_batch, make_batch
from rnnstudio.engine.layer_trace import GivenWords
from rnnstudio.engine.losses import softmax
from rnnstudio.engine.model import Cancelled, Network, quiet
from rnnstudio.engine.network import Cell, NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.trace import batch_of

# Ids (T,), or frames (T, E).
_Sequence = npt.NDArray[Any]

# About the most numbers of a batch's input, which bounds the memory.
_MOST_NUMBERS = 2_000_000

# Enough that the sum misses less than a thousandth of F in the networks that train here.
INTEGRATION_STEPS = 32


class Measure(StrEnum):
    """What of a class is explained: z_c, log ŷ_c or ŷ_c."""

    SCORE = "score"
    LOG_PROBABILITY = "log-probability"
    PROBABILITY = "probability"

    def of(self, z: FloatArray, class_index: int) -> FloatArray:
        """Return F (n,) for scores z (n, C)."""
        if self is Measure.SCORE:
            return np.array(z[:, class_index])
        if self is Measure.PROBABILITY:
            return np.array(softmax(z)[:, class_index])
        with quiet():
            shifted = z - z.max(axis=1, keepdims=True)
            return np.asarray(shifted[:, class_index] - np.log(np.exp(shifted).sum(axis=1)))

    def slope(self, z: FloatArray, class_index: int) -> FloatArray:
        """Return ∂F/∂z (n, C)."""
        dz = np.zeros_like(z)
        dz[:, class_index] = 1.0
        if self is Measure.SCORE:
            return dz
        y = softmax(z)
        dz -= y
        if self is Measure.PROBABILITY:
            dz *= y[:, class_index, None]
        return dz


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each step t contributed: `contributions` (T,), of F for one class.

    `value` is F of the sentence as it is; `step` the word that is explained, from 1, T where the
    whole sentence is.
    """

    measure: Measure
    class_index: int
    step: int
    value: float
    contributions: FloatArray


@dataclass(frozen=True, eq=False)
class LeaveOneOut(Attribution):
    """`without` (T,) is F of the sentence without each word.

    A sentence of one word, and for labelling the word that is explained itself, keep the place: the
    word is unknown there, x_t = 0.
    """

    without: FloatArray


@dataclass(frozen=True, eq=False)
class IntegratedGradients(Attribution):
    """`baseline` is F(0), `points` the number of points at which the integral was taken."""

    baseline: float
    points: int

    @property
    def gap(self) -> float:
        """What the contributions lack of F(x) − F(0)."""
        return self.value - self.baseline - float(self.contributions.sum(dtype=np.float64))


def leave_one_out(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    class_index: int,
    step: int | None = None,
    measure: Measure = Measure.LOG_PROBABILITY,
    cancelled: Callable[[], bool] | None = None,
) -> LeaveOneOut:
    """Take each word out of a sentence and see what becomes of a class.

    `given` are ids (T,), or frames (T, E). For labelling `step`, from 1, is the word that is
    explained; where a word before it is taken out it moves up.

    Raises:
        IndexError: there is no such class or step, or an id is above L.
        ValueError: the sentence has no words, or `step` is not told for labelling, or is for n → 1.
        TooLongError: the network has no weights for so many steps.
        Cancelled: `cancelled`, asked before each batch, said so.
    """
    asked = _asked_step(spec, given, class_index, step)
    sequence: _Sequence = np.asarray(given)
    own = asked if spec.task is Task.LABEL or len(given) == 1 else None
    places = [t for t in range(1, len(sequence) + 1) if t != own]
    steps = [asked - (t <= asked) for t in places]
    shorter = [partial(np.delete, sequence, t - 1, axis=0) for t in places]
    values = partial(
        _values, Network(spec, parameters), class_index, measure, cancelled or (lambda: False)
    )
    without = np.zeros(len(sequence), parameters.dtype)
    without[np.array(places, np.intp) - 1] = values(shorter, steps)
    if own is not None:
        unknown = sequence.copy()
        unknown[own - 1] = UNKNOWN_ID
        without[own - 1] = values([unknown.copy], [asked])[0]
    value = values([sequence.copy], [asked])[0]
    return LeaveOneOut(
        measure=measure,
        class_index=class_index,
        step=asked,
        value=float(value),
        contributions=read_only(np.asarray(value - without)),
        without=read_only(without),
    )


def gradient_times_input(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    class_index: int,
    step: int | None = None,
    measure: Measure = Measure.LOG_PROBABILITY,
    cancelled: Callable[[], bool] | None = None,
) -> Attribution:
    """Multiply each word's vector with the gradient of a class by it.

    It is one pass, before which `cancelled` is asked. Arguments and errors are those of
    `leave_one_out`.
    """
    asked = _asked_step(spec, given, class_index, step)
    if cancelled is not None and cancelled():
        raise Cancelled
    found = _Vectors.of(spec, parameters, given)
    value, gradient = found.gradients(np.ones(1), asked, class_index, measure)
    return Attribution(
        measure=measure,
        class_index=class_index,
        step=asked,
        value=float(value[0]),
        contributions=read_only(np.asarray((gradient[:, 0] * found.x).sum(axis=1))),
    )


def integrated_gradients(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    class_index: int,
    step: int | None = None,
    measure: Measure = Measure.LOG_PROBABILITY,
    points: int = INTEGRATION_STEPS,
    cancelled: Callable[[], bool] | None = None,
) -> IntegratedGradients:
    """Gather the gradients on the way from the sentence of unknown words to the sentence.

    As many points of the way run as one batch as memory allows. Arguments and errors are those of
    `leave_one_out`.

    Raises:
        ValueError: also where there are no points.
    """
    if points < 1:
        raise ValueError("The integral needs a point.")
    asked = _asked_step(spec, given, class_index, step)
    found = _Vectors.of(spec, parameters, given)
    places, shares = np.polynomial.legendre.leggauss(points)
    way, shares = (places + 1.0) / 2.0, shares / 2.0
    total = np.zeros_like(found.x)
    width = max(1, _MOST_NUMBERS // found.x.size)
    for start in range(0, points, width):
        if cancelled is not None and cancelled():
            raise Cancelled
        part = slice(start, start + width)
        _, gradient = found.gradients(way[part], asked, class_index, measure)
        total += np.einsum("tbe,b->te", gradient, shares[part].astype(total.dtype))
    ends = found.values(np.array([0.0, 1.0]), asked, class_index, measure)
    return IntegratedGradients(
        measure=measure,
        class_index=class_index,
        step=asked,
        value=float(ends[1]),
        contributions=read_only(np.asarray((total * found.x).sum(axis=1))),
        baseline=float(ends[0]),
        points=points,
    )


@dataclass(frozen=True, eq=False)
class _Vectors:
    """A network that reads the vectors `x` (T, E) of one sentence's words as frames.

    A one-hot network keeps the columns of U of the words that occur: E is their number.
    """

    spec: NetworkSpec
    parameters: Parameters
    x: FloatArray

    @classmethod
    def of(
        cls, spec: NetworkSpec, parameters: Parameters, given: IntArray | FloatArray
    ) -> _Vectors:
        """Make the network for ids (T,), or frames (T, E)."""
        ids = batch_of(spec, given).ids[:, 0]
        if spec.frames is not None:
            return cls(spec, parameters, np.array(given, parameters.dtype))
        if ids.max() > spec.vocabulary_size:
            raise IndexError(f"There is no word {ids.max()} of {spec.vocabulary_size}.")
        arrays = {name: array for name, array in parameters.items() if name != "embedding.weight"}
        if spec.embedding is not None:
            zero = np.zeros(spec.embedding, parameters.dtype)
            x = GivenWords(ids, parameters["embedding.weight"], zero).all()
        else:
            words = np.unique(ids[ids != UNKNOWN_ID])
            if not len(words):
                words = np.ones(1, ids.dtype)
            x = (ids[:, None] == words).astype(parameters.dtype)
            for name in arrays:
                if _reads_words(name):
                    arrays[name] = _columns_of(spec, arrays[name], words)
        frames = replace(spec, vocabulary_size=0, embedding=None, frames=x.shape[1])
        return cls(frames, Parameters.from_arrays(arrays, parameters.dtype), x)

    def values(
        self, scales: FloatArray, step: int, class_index: int, measure: Measure
    ) -> FloatArray:
        """Return F (B,) for the sentence scaled by each of `scales` (B,)."""
        network = Network(self.spec, self.parameters)
        z = network.forward(self._batch(scales))
        return measure.of(self._answers(z, step, len(scales)), class_index)

    def gradients(
        self, scales: FloatArray, step: int, class_index: int, measure: Measure
    ) -> tuple[FloatArray, FloatArray]:
        """Return F (B,) and ∂F/∂x (T, B, E) for the sentence scaled by each of `scales` (B,)."""
        network = Network(self.spec, self.parameters, train=True)
        batch = self._batch(scales)
        z = network.forward(batch)
        here = self._answers(z, step, batch.size)
        with quiet():
            dz = np.zeros_like(z)
            self._answers(dz, step, batch.size)[...] = measure.slope(here, class_index)
            asked = network.head.backward(dz, batch, None)
            dx = network.layers.backward(batch, asked, None, wants_input=True)
        assert dx is not None
        return measure.of(here, class_index), dx.reshape(batch.length, batch.size, -1)

    def _batch(self, scales: FloatArray) -> Batch:
        return frame_batch(self.x[:, None] * scales.astype(self.x.dtype)[:, None])

    def _answers(self, z: FloatArray, step: int, columns: int) -> FloatArray:
        """Return the rows of z that are explained, as a view (B, C)."""
        if self.spec.task is not Task.LABEL:
            return z
        return z[(step - 1) * columns : step * columns]


def _reads_words(name: str) -> bool:
    """Return whether a parameter is the U of a layer that reads the words."""
    kind, _, place = name.partition(".")
    if kind == "step":
        return name.endswith("weight")
    return kind == "rnn" and place in ("weight_ih_l0", "weight_ih_l0_reverse")


def _columns_of(spec: NetworkSpec, weight: FloatArray, words: IntArray) -> FloatArray:
    """Return the columns of some words; `Cell.HISTORY` has a block of columns for each step."""
    steps = weight.shape[1] // spec.vocabulary_size if spec.cell is Cell.HISTORY else 1
    blocks = weight.reshape(len(weight), steps, spec.vocabulary_size)
    return blocks[:, :, words - 1].reshape(len(weight), -1)


def _values(
    network: Network,
    class_index: int,
    measure: Measure,
    cancelled: Callable[[], bool],
    sequences: Sequence[Callable[[], _Sequence]],
    steps: Sequence[int],
) -> FloatArray:
    """Return F (n,) of sentences of one length, each at its step.

    A sentence is made when it is read: all of them would take T² numbers.
    """
    spec = network.spec
    found = np.zeros(len(sequences), network.parameters.dtype)
    if not sequences:
        return found
    length = len(sequences[0]())
    width = max(1, _MOST_NUMBERS // (length * max(spec.features, spec.frames or 1)))
    for start in range(0, len(sequences), width):
        if cancelled():
            raise Cancelled
        some = [make() for make in sequences[start : start + width]]
        batch = make_batch(some) if spec.frames is None else frame_batch(np.stack(some, axis=1))
        z = network.forward(batch)
        if spec.task is Task.LABEL:
            each = np.arange(len(some))
            z = z.reshape(batch.length, batch.size, -1)[
                np.array(steps[start:][: len(some)]) - 1, each
            ]
        found[start : start + len(some)] = measure.of(z, class_index)
    return found


def _asked_step(
    spec: NetworkSpec, given: IntArray | FloatArray, class_index: int, step: int | None
) -> int:
    """Return the step whose answer is explained.

    Raises:
        IndexError, ValueError: as the functions above.
    """
    if not 0 <= class_index < spec.classes:
        raise IndexError(f"There is no class {class_index} of {spec.classes}.")
    if (step is not None) != (spec.task is Task.LABEL):
        raise ValueError("A step is explained where each word is answered, and only there.")
    if step is None:
        return len(given)
    if not 1 <= step <= len(given):
        raise IndexError(f"There is no step {step} in a sentence of {len(given)}.")
    return step

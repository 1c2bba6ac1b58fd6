"""The whole network: words or frames in, class probabilities out, and the gradients of the loss.

    x_t  →  layers of cells  →  what the classifier reads  →  z = V s + c  →  ŷ = softmax(z)  →  L

A `Network` is a network at work: its parameters with memory and views made ready for them, which
it keeps from batch to batch. The functions below make one for a single use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnstudio.engine.arena import Arena
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.batch import Batch, divide_bounded, take
from rnnstudio.engine.heads import Head
from rnnstudio.engine.inputs import BatchInput
from rnnstudio.engine.losses import (
    CROSS_ENTROPY,
    Answers,
    Loss,
    Objective,
    answers,
    loss_of,
    softmax,
)
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.recurrent import Recurrence
from rnnstudio.engine.steps import Steps
from rnnstudio.errors import RnnStudioError

# About the most words that `probabilities` reads at once, padding counted.
_MOST_WORDS = 65_536

# Up to so many numbers are summed by word one by one, which beats looking for repeated words.
_FEW_NUMBERS = 8_192


# Numbers beyond the range of the dtype are no accident: they are looked for where it matters.
def quiet() -> np.errstate:
    """Return what turns NumPy's warnings of such numbers off: a context, or a decorator."""
    return np.errstate(over="ignore", invalid="ignore")


class Cancelled(Exception):  # noqa: N818 - it is no error, but what the caller asked for
    """A computation ended early because its caller's `cancelled()` said so."""


class TooLongError(RnnStudioError):
    """A sentence has more steps than the network has functions for."""

    def __init__(self, steps: int, longest: int) -> None:
        super().__init__(
            f"A sentence has {steps} steps, and this network has weights for {longest}: each "
            "position has its own, as many as the longest training sentence needed.",
            "Shorten the sentence, or choose a network with the same function at every step.",
        )


class BatchGradients(NamedTuple):
    """What a batch gave: its loss, how many of the `asked` answers were right, and the gradient.

    `gradients` are views into the network's memory, which the next batch overwrites. Where the
    embedding's gradient is kept by word, it is not among them: `words` (R,) are rows of the
    embedding, from 0, `by_word` (R, E) their gradients, and that of all other rows is zero.
    """

    loss: float
    right: int
    asked: int
    gradients: Parameters
    words: IntArray | None
    by_word: FloatArray | None


class Network:
    """A network's parameters, ready to read batches.

    `parameters` may be changed in place between batches. Without `train` there is no memory for
    gradients. With `by_word` those of an embedding are kept by word. With `keep` the sums that
    enter the gates stay what they were.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Parameters,
        *,
        train: bool = False,
        by_word: bool = False,
        keep: bool = False,
    ) -> None:
        self.spec, self.parameters = spec, parameters
        self.arena = Arena(parameters.dtype)
        shapes = dict(parameters.shapes)
        if by_word:
            shapes.pop("embedding.weight", None)
        self.gradients = Parameters.zeros(shapes, parameters.dtype) if train else None
        self.layers: Recurrence | Steps
        if spec.cell.recurrent:
            self.layers = Recurrence(spec, parameters, self.gradients, self.arena, keep)
        else:
            self.layers = Steps(spec, parameters, self.gradients, self.arena)
        self.head = Head(spec, parameters, self.gradients)
        self._input_mask: FloatArray | None = None
        self._head_mask: FloatArray | None = None
        # z of the last batch.
        self.scores: FloatArray

    @quiet()
    def forward(self, batch: Batch, dropout: np.random.Generator | None = None) -> FloatArray:
        """Return z: (B, C), or (T·B, C) for labelling, where step t of sentence b is row t·B + b.

        `dropout` draws what training leaves out; None leaves out nothing. Numbers beyond the range
        of the dtype become inf or NaN, without a warning.

        Raises:
            IndexError: a word's id is above L.
            TooLongError: a sentence is longer than the network has weights for.
        """
        return self._forward(batch, dropout)

    def _forward(
        self,
        batch: Batch,
        dropout: np.random.Generator | None,
        rows: FloatArray | None = None,
    ) -> FloatArray:
        spec = self.spec
        if spec.longest is not None and batch.length > spec.longest:
            raise TooLongError(batch.length, spec.longest)
        leave_out = None
        if dropout is not None and spec.dropout:
            leave_out = _Dropout(dropout, spec.dropout)
        x = self._input(batch) if rows is None else BatchInput(rows=rows)
        self._input_mask = self._head_mask = None
        if leave_out is not None and x.rows is not None and spec.frames is None:
            self._input_mask = leave_out(x.rows)
        self.layers.forward(batch, x, leave_out)
        read = self.head.forward(self.layers, batch)
        if leave_out is not None:
            read = read.copy()
            self._head_mask = leave_out(read)
        self.scores = self.head.scores(read)
        return self.scores

    @quiet()
    def train(
        self,
        batch: Batch,
        objective: Objective = CROSS_ENTROPY,
        truncation: int | None = None,
        dropout: np.random.Generator | None = None,
    ) -> BatchGradients:
        """Return the loss of a batch and its gradient by every parameter (BPTT).

        Raises:
            IndexError: a word's id is above L, or a target is not a class.
            TooLongError: a sentence is longer than the network has weights for.
        """
        loss, dx = self.backward(batch, answers(batch, objective), objective, truncation, dropout)
        return self.by_parameter(batch, loss.loss, loss.right, loss.asked, dx)

    # The two halves of `train`, for whoever shares a batch: called with NumPy's warnings off.

    def backward(
        self,
        batch: Batch,
        wanted: Answers,
        objective: Objective,
        truncation: int | None = None,
        dropout: np.random.Generator | None = None,
        rows: FloatArray | None = None,
    ) -> tuple[Loss, FloatArray | None]:
        """Write all gradients but the embedding's into `gradients`.

        `rows` (T·B, E) are the vectors of the words, if they are known. Returns the loss of the
        `wanted` answers, and ∂L/∂x_t as rows (T·B, E) where there is an embedding to train.
        """
        loss = loss_of(self._forward(batch, dropout, rows), wanted, objective)
        asked = self.head.backward(loss.dz, batch, self._head_mask)
        wants_input = self.spec.embedding is not None and self.spec.train_embedding
        dx = self.layers.backward(batch, asked, truncation, wants_input)
        if dx is not None and self._input_mask is not None:
            dx *= self._input_mask
        return loss, dx

    def by_parameter(
        self, batch: Batch, loss: float, right: int, asked: int, dx: FloatArray | None
    ) -> BatchGradients:
        """Sum ∂L/∂x_t (T·B, E) by word, and return the gradients of all parameters."""
        gradients = self.gradients
        assert gradients is not None
        words = by_word = None
        if "embedding.weight" in gradients:
            _sum_in_place(batch, dx, gradients["embedding.weight"])
        elif dx is not None:
            words, by_word = batch.occurrences.words - 1, batch.occurrences.sums(dx)
        return BatchGradients(loss, right, asked, gradients, words, by_word)

    def _input(self, batch: Batch) -> BatchInput:
        spec = self.spec
        if spec.frames is not None:
            assert batch.frames is not None
            return BatchInput(rows=batch.frames.reshape(-1, spec.frames).astype(self.arena.dtype))
        if spec.embedding is None:
            self._check_words(batch)
            return BatchInput(ids=batch.ids)
        rows = self.arena.array("x_rows", (len(batch.word_rows), spec.embedding))
        self.look_up(batch, rows)
        return BatchInput(rows=rows)

    def look_up(self, batch: Batch, rows: FloatArray) -> None:
        """Write the words' rows of the embedding into `rows` (T·B, E).

        Raises:
            IndexError: a word's id is above L.
        """
        self._check_words(batch)
        self.parameters["embedding.weight"].take(batch.word_rows, 0, rows, "clip")
        if len(batch.unknown_rows):
            rows[batch.unknown_rows] = 0.0

    def _check_words(self, batch: Batch) -> None:
        if batch.highest_id > self.spec.vocabulary_size:
            raise IndexError(f"There is no word {batch.highest_id} of {self.spec.vocabulary_size}.")


def _sum_in_place(batch: Batch, dx: FloatArray | None, gradient: FloatArray) -> None:
    """Write the sums by word of ∂L/∂x_t (T·B, E) into an embedding's gradient (L, E)."""
    gradient.fill(0.0)
    if dx is None:
        return
    if dx.size > _FEW_NUMBERS:
        gradient[batch.occurrences.words - 1] = batch.occurrences.sums(dx)
        return
    if len(batch.unknown_rows):
        dx[batch.unknown_rows] = 0.0
    np.add.at(gradient.reshape(-1), batch.embedding_places(dx.shape[1]), dx.reshape(-1))


class _Dropout:
    """Leaves out each number with probability `share` and scales up the others."""

    def __init__(self, rng: np.random.Generator, share: float) -> None:
        self._rng, self._share = rng, share

    def __call__(self, rows: FloatArray) -> FloatArray:
        mask = self._rng.random(rows.shape, np.float32) >= self._share
        factors = mask.astype(rows.dtype)
        factors /= 1.0 - self._share
        rows *= factors
        return factors


@dataclass(frozen=True, eq=False)
class LossAndGradients:
    """The loss of a batch, ŷ (B, C) or (T·B, C), and the gradient of the loss by each parameter."""

    loss: float
    probabilities: FloatArray
    gradients: Parameters


def loss_and_gradients(
    spec: NetworkSpec,
    parameters: Parameters,
    batch: Batch,
    objective: Objective = CROSS_ENTROPY,
    truncation: int | None = None,
) -> LossAndGradients:
    """Return the loss of a batch and its gradient by every parameter (BPTT), without dropout.

    Raises:
        IndexError: a word's id is above L, or a target is not a class.
        TooLongError: a sentence is longer than the network has weights for.
    """
    network = Network(spec, parameters, train=True)
    result = network.train(batch, objective, truncation)
    with quiet():
        return LossAndGradients(result.loss, softmax(network.scores), result.gradients)


def probabilities(
    spec: NetworkSpec,
    parameters: Parameters,
    sequences: Sequence[IntArray],
    batch_size: int = 64,
    cancelled: Callable[[], bool] | None = None,
) -> FloatArray:
    """Return ŷ (n, C) of a classifier for n sentences, in their order.

    Raises:
        Cancelled: `cancelled`, asked before each batch, said so.
        TooLongError: a sentence is longer than the network has weights for.
    """
    result = np.zeros((len(sequences), spec.classes), parameters.dtype)
    for batch, y in _answered(spec, parameters, sequences, batch_size, cancelled):
        result[batch.rows] = y
    return result


def label_probabilities(
    spec: NetworkSpec,
    parameters: Parameters,
    sequences: Sequence[IntArray],
    batch_size: int = 64,
    cancelled: Callable[[], bool] | None = None,
) -> list[FloatArray]:
    """Return ŷ (T_i, C) of every step of n sentences, in their order, for labelling.

    Raises:
        Cancelled: `cancelled`, asked before each batch, said so.
        TooLongError: a sentence is longer than the network has weights for.
    """
    result: list[FloatArray] = [np.zeros((0, spec.classes), parameters.dtype)] * len(sequences)
    for batch, y in _answered(spec, parameters, sequences, batch_size, cancelled):
        steps = y.reshape(batch.length, batch.size, -1)
        for column, (row, length) in enumerate(zip(batch.rows, batch.lengths, strict=True)):
            result[row] = steps[:length, column].copy()
    return result


def _answered(
    spec: NetworkSpec,
    parameters: Parameters,
    sequences: Sequence[IntArray],
    batch_size: int,
    cancelled: Callable[[], bool] | None,
) -> Iterator[tuple[Batch, FloatArray]]:
    """Yield the sentences in batches of similar length, with ŷ of each."""
    network = Network(spec, parameters)
    for rows in divide_bounded(sequences, batch_size, _MOST_WORDS):
        if cancelled is not None and cancelled():
            raise Cancelled
        batch = take(sequences, None, rows)
        with quiet():
            y = softmax(network.forward(batch))
        yield batch, y

"""The gradient of a batch, by this process alone or with a second one that does half of it.

A network large enough has each batch cut into two halves of its sentences. Where the computer has
a second core, another process computes the second half: Python's lock would have two threads wait
for each other. Both halves are computed apart in any case, and whether a batch is cut follows from
the sizes of network and batch alone, never from the computer: the same settings give the same
numbers, with one process or two.

The second process (`second_process`) is started after some batches, since that takes as long as
they do, and ends when `close` is called or this process is gone.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.losses import Objective, answers
from rnnstudio.engine.model import BatchGradients, Network, quiet
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.second_process import Half, HalfGradients, SecondProcess, half_gradients

# Units², times sentences, from which two processes are faster: below, what they say to each other
# takes longer than what the second one does.
_LEAST_SHARED = 500_000
# Halves that this process makes itself before it starts another.
_BATCHES_BEFORE = 8

# Gives the random numbers of the first and of the second half of a batch.
HalfNumbers = Callable[[int], "np.random.Generator"]


def is_shared(spec: NetworkSpec, batch: Batch) -> bool:
    """Return whether a batch is computed in two halves."""
    if batch.size < 2 or spec.embedding is None or not spec.cell.recurrent:
        return False
    return spec.units**2 * batch.size >= _LEAST_SHARED


class GradientWorkers:
    """Computes the gradients of batches; `close` ends the second process, if there is one.

    `parameters` may be changed in place between batches. `by_word` keeps the gradient of an
    embedding by word. With `processes` 1 there never is a second one.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Parameters,
        by_word: bool,
        processes: int | None = None,
    ) -> None:
        self._spec, self._parameters, self._by_word = spec, parameters, by_word
        self._network = Network(spec, parameters, train=True, by_word=by_word)
        cores = os.cpu_count() or 1
        self._may_start = (cores if processes is None else processes) > 1
        self._halves_made = 0
        self._second: SecondProcess | None = None

    def gradients(
        self,
        batch: Batch,
        objective: Objective,
        truncation: int | None,
        dropout: HalfNumbers | None,
    ) -> BatchGradients:
        """Return the loss of a batch and its gradients.

        Raises:
            IndexError: a word's id is above L, or a target is not a class.
            TooLongError: a sentence is longer than the network has weights for.
        """
        if not is_shared(self._spec, batch):
            return self._network.train(batch, objective, truncation, dropout and dropout(0))
        with quiet():
            return self._in_halves(batch, objective, truncation, dropout)

    def close(self) -> None:
        """End the second process."""
        if self._second is not None:
            self._second.close()
            self._second = None

    def _in_halves(
        self,
        batch: Batch,
        objective: Objective,
        truncation: int | None,
        dropout: HalfNumbers | None,
    ) -> BatchGradients:
        network = self._network
        share = answers(batch, objective).share

        def half(number: int) -> Half:
            part = batch.halves[number]
            return Half(part, objective, share, truncation, dropout and dropout(number))

        process, theirs = self._ready_process(), None
        if process is not None and process.send(half(1), network):
            mine = half_gradients(network, half(0))
            theirs = process.receive()
        if theirs is None:
            theirs = _kept(half_gradients(network, half(1)))
            mine = half_gradients(network, half(0))
        gradients = network.gradients
        assert gradients is not None
        for name, gradient in theirs.gradients.items():
            np.add(gradients[name], gradient, gradients[name])
        dx = None
        if mine.dx is not None and theirs.dx is not None:
            dx = _joined(batch, mine.dx, theirs.dx)
        loss, right, asked = (
            one + other for one, other in zip(mine.figures, theirs.figures, strict=True)
        )
        return network.by_parameter(batch, loss, int(right), int(asked), dx)

    def _ready_process(self) -> SecondProcess | None:
        """Return the second process, started if it is time; None where there is none."""
        self._halves_made += 1
        if self._may_start and self._halves_made > _BATCHES_BEFORE:
            self._may_start = False  # once: what has failed would fail again
            self._second = SecondProcess.start(self._spec, self._parameters)
        if self._second is not None and not self._second.alive:
            self._second.close()
            self._second = None
        return self._second


def _kept(result: HalfGradients) -> HalfGradients:
    """Return what a network gave, in memory that its next half leaves alone."""
    return result._replace(
        gradients={name: gradient.copy() for name, gradient in result.gradients.items()}
    )


def _joined(batch: Batch, *halves: FloatArray) -> FloatArray:
    """Return the rows (T·B, E) of a batch of which `halves` have those of each half."""
    size = halves[0].shape[1]
    joined = np.zeros((batch.length, batch.size, size), halves[0].dtype)
    for number, (half, rows) in enumerate(zip(batch.halves, halves, strict=True)):
        joined[: half.length, number::2] = rows.reshape(half.length, half.size, size)
    return joined.reshape(-1, size)

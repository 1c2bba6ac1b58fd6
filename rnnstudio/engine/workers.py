"""The gradient of a batch, by one thread or by two that share its sentences.

NumPy lets go of Python's lock inside its products and its element-wise work, so two threads compute
at once where those are long. Whether a batch is shared follows from the sizes of network and batch
alone, never from the computer: the same settings give the same numbers everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.losses import Loss, Objective, answers
from rnnstudio.engine.model import BatchGradients, Network, quiet
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters

# Units times sentences from which two threads are faster than one: below, they mostly wait for
# each other at Python's lock.
_LEAST_SHARED = 8_192


def is_shared(spec: NetworkSpec, batch: Batch) -> bool:
    """Return whether two threads share a batch."""
    return batch.size > 1 and spec.units * batch.size >= _LEAST_SHARED


class GradientWorkers:
    """Computes the gradients of batches; `close` ends its second thread, if it has one.

    `parameters` may be changed in place between batches. `by_word` keeps the gradient of an
    embedding by word.
    """

    def __init__(self, spec: NetworkSpec, parameters: Parameters, by_word: bool) -> None:
        self._spec, self._parameters, self._by_word = spec, parameters, by_word
        self._networks = [Network(spec, parameters, train=True, by_word=by_word)]
        self._executor: ThreadPoolExecutor | None = None

    def gradients(
        self,
        batch: Batch,
        objective: Objective,
        truncation: int | None,
        dropout: Callable[[int], np.random.Generator] | None,
    ) -> BatchGradients:
        """Return the loss of a batch and its gradients.

        `dropout` gives the random numbers of the first and of the second half of the sentences.

        Raises:
            IndexError: a word's id is above L, or a target is not a class.
            TooLongError: a sentence is longer than the network has weights for.
        """
        first = self._networks[0]
        if not is_shared(self._spec, batch):
            return first.train(batch, objective, truncation, dropout and dropout(0))
        if len(self._networks) == 1:
            self._networks.append(
                Network(self._spec, self._parameters, train=True, by_word=self._by_word)
            )
            self._executor = ThreadPoolExecutor(1, "gradients")
        assert self._executor is not None
        share = answers(batch, objective).share

        @quiet()
        def compute(half: int) -> tuple[Loss, FloatArray | None]:
            part = batch.halves[half]
            wanted = replace(answers(part, objective), share=share)
            rng = dropout and dropout(half)
            return self._networks[half].backward(part, wanted, objective, truncation, rng)

        other = self._executor.submit(compute, 1)
        try:
            loss, dx = compute(0)
        finally:
            other_loss, other_dx = other.result()
        gradients, others = first.gradients, self._networks[1].gradients
        assert gradients is not None
        assert others is not None
        np.add(gradients.flat, others.flat, gradients.flat)
        if dx is not None and other_dx is not None:
            dx = _joined(batch, dx, other_dx)
        result = first.by_parameter(batch, loss, dx)
        return replace(
            result,
            loss=loss.loss + other_loss.loss,
            right=loss.right + other_loss.right,
            asked=loss.asked + other_loss.asked,
        )

    def close(self) -> None:
        """End the second thread."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
            del self._networks[1:]


def _joined(batch: Batch, *halves: FloatArray) -> FloatArray:
    """Return the rows (T·B, E) of a batch of which `halves` have those of each half."""
    size = halves[0].shape[1]
    joined = np.zeros((batch.length, batch.size, size), halves[0].dtype)
    for number, (half, rows) in enumerate(zip(batch.halves, halves, strict=True)):
        joined[: half.length, number::2] = rows.reshape(half.length, half.size, size)
    return joined.reshape(-1, size)

"""What a network answers with: ŷ = O(V s + c) of one state for each sentence, or of every state.

    last      the state after the last word, in two directions both states after their last word
    mean      the mean of s_1 … s_T
    max       the greatest value that each unit had in s_1 … s_T

Labelling reads every state. Sentences are rows: (B, C), or (T·B, C) for labelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from rnnstudio.engine.arena import ones
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.network import NetworkSpec, Reading, Task
from rnnstudio.engine.recurrent import Upstream


class States(Protocol):
    """What a head needs of the layers below it."""

    def features(self, batch: Batch) -> FloatArray:
        """Return the uppermost states as rows (T·B, D·H)."""

    def last_states(self, batch: Batch) -> FloatArray:
        """Return the states after the last words (B, D·H)."""


class Head:
    """Reads the states and makes z = V s + c of what it read."""

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Mapping[str, FloatArray],
        gradients: Mapping[str, FloatArray] | None,
    ) -> None:
        self._spec = spec
        self._parameters, self._gradients = parameters, gradients
        self.V, self.c = parameters["output.weight"], parameters["output.bias"]
        # What was read last: (B, D·H), or (T·B, D·H) for labelling.
        self.read: FloatArray
        self._winners: IntArray

    @property
    def reads_last(self) -> bool:
        """Whether only the states after the last words are read."""
        return self._spec.task is Task.CLASSIFY and self._spec.read is Reading.LAST

    def forward(self, states: States, batch: Batch) -> FloatArray:
        """Return what is read of the states: (B, D·H), or (T·B, D·H) for labelling."""
        if self.reads_last:
            return states.last_states(batch)
        rows = states.features(batch)
        if self._spec.task is Task.LABEL:
            return rows
        steps = rows.reshape(batch.length, batch.size, -1)
        real = batch.real[:, :, None]
        if self._spec.read is Reading.MEAN:
            total: FloatArray = np.add.reduce(steps, axis=0, where=real)
            total /= batch.lengths[:, None]
            return total
        self._winners = np.where(real, steps, -np.inf).argmax(axis=0)
        highest: FloatArray = np.take_along_axis(steps, self._winners[None], axis=0)[0]
        return highest

    def scores(self, read: FloatArray) -> FloatArray:
        """Return z (n, C) for what was read (n, D·H), each answer a row."""
        self.read = read
        # A product whose second operand is stored as it is read takes half the time.
        z: FloatArray = read.dot(np.ascontiguousarray(self.V.T))
        return np.add(z.T, self.c[:, None], order="C").T

    def backward(self, dz: FloatArray, batch: Batch, mask: FloatArray | None) -> Upstream:
        """Write the gradients of V and c for ∂L/∂z (n, C); return what the loss asks of the states.

        `mask` is what dropout multiplied the read states by.
        """
        assert self._gradients is not None
        dz.T.dot(self.read, self._gradients["output.weight"])
        dz.T.dot(ones(len(dz), dz.dtype), self._gradients["output.bias"])
        d_read = dz.dot(self.V)
        if mask is not None:
            d_read *= mask
        if self.reads_last:
            return Upstream(last=d_read)
        if self._spec.task is Task.LABEL:
            return Upstream(rows=d_read)
        steps = np.zeros((batch.length, *d_read.shape), d_read.dtype)
        if self._spec.read is Reading.MEAN:
            d_read /= batch.lengths[:, None]
            np.multiply(d_read, batch.real[:, :, None], steps)
        else:
            np.put_along_axis(steps, self._winners[None], d_read[None], axis=0)
        return Upstream(rows=steps.reshape(batch.length * batch.size, -1))

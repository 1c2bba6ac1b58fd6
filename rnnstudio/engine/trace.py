"""Every quantity of one sentence's way through the network, step by step.

A trace is a forward pass of a batch of one; nothing is computed a second way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.batch import UNKNOWN_ID, make_batch
from rnnstudio.engine.model import classify, forward
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters


@dataclass(frozen=True, eq=False)
class Trace:
    """What the network computed for one sentence; all arrays are read-only.

    Time is axis 0: step t of the lecture has the index t − 1. `ids` (T,); `s_0` (H,);
    `a` (T, H) is U x_t + W s_{t−1} + b and `s` (T, H) is σ(a_t); `z` (T, C) is V s_t + c and `y`
    (T, C) its softmax, for every step, as if the network were asked there.
    """

    spec: NetworkSpec
    parameters: Parameters
    ids: IntArray
    s_0: FloatArray
    a: FloatArray
    s: FloatArray
    z: FloatArray
    y: FloatArray

    def __len__(self) -> int:
        """The number T of steps."""
        return len(self.ids)

    def state_before(self, step: int) -> FloatArray:
        """Return s_{t−1} (H,) of step t = 1 … T."""
        self._check(step)
        return self.s_0 if step == 1 else self.s[step - 2]

    def x(self, step: int) -> FloatArray:
        """Return x_t (E,) of step t = 1 … T: the word's embedding or one-hot vector.

        Raises:
            IndexError: there is no such step.
        """
        self._check(step)
        word = int(self.ids[step - 1])
        vector = np.zeros(self.spec.inputs, self.parameters.dtype)
        if word != UNKNOWN_ID:
            if self.spec.embedding is None:
                vector[word - 1] = 1.0
            else:
                vector[...] = self.parameters["embedding.weight"][word - 1]
        return read_only(vector)

    def x_all(self) -> FloatArray:
        """Return x_1 … x_T (T, E); with one-hot input E is L, so a long text needs much memory."""
        return read_only(np.stack([self.x(step) for step in range(1, len(self) + 1)]))

    def quantities(self) -> dict[str, FloatArray | IntArray]:
        """Return every quantity under its name in the notation table, time on axis 0."""
        return {
            "ids": self.ids,
            "x_l0": self.x_all(),
            "s_0_l0": self.s_0,
            "a_l0": self.a,
            "s_l0": self.s,
            "z": self.z,
            "y": self.y,
        }

    @cached_property
    def prediction(self) -> int:
        """The class with the greatest probability after the last word."""
        return int(self.y[-1].argmax())

    def _check(self, step: int) -> None:
        if not 1 <= step <= len(self):
            raise IndexError(f"There is no step {step} in a sentence of {len(self)}.")


def trace(spec: NetworkSpec, parameters: Parameters, ids: IntArray) -> Trace:
    """Read one sentence, `ids` (T,), and keep everything.

    Raises:
        ValueError: the sentence has no words, or an id is negative.
        IndexError: an id is above L.
    """
    frozen = parameters.frozen()
    read = forward(spec, frozen, make_batch([ids]))
    s = read.cache.s[:, :, 0]
    with np.errstate(over="ignore", invalid="ignore"):
        z, y = classify(frozen, s[1:].T)
    # What forward read at the last word is the very number that decides.
    z[:, -1], y[:, -1] = read.z[:, 0], read.y[:, 0]
    return Trace(
        spec=spec,
        parameters=frozen,
        ids=read_only(np.array(ids, dtype=np.int32)),
        s_0=read_only(s[0].copy()),
        a=read_only(read.cache.a[:, :, 0].copy()),
        s=read_only(s[1:].copy()),
        z=read_only(z.T.copy()),
        y=read_only(y.T.copy()),
    )

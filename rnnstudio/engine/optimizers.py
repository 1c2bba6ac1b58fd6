"""Optimisers: how a gradient changes the weights, and how it is clipped before.

    clipping   g ← g · min(1, c / (‖g‖ + 10⁻⁶))       with ‖g‖ over all parameters together
    SGD        w ← w − η g
    Adam       m ← β₁ m + (1 − β₁) g             v ← β₂ v + (1 − β₂) g²
               w ← w − η m̂ / (√v̂ + ε)            m̂ = m / (1 − β₁ᵏ), v̂ = v / (1 − β₂ᵏ) at step k

All work in place on flat vectors. Sources: `torch.nn.utils.clip_grad_norm_`, `torch.optim.SGD`,
`torch.optim.Adam`; D. P. Kingma and J. Ba, "Adam", ICLR 2015.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol

import numpy as np

from rnnstudio.engine.arrays import FloatArray

# PyTorch's defaults.
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8
# Numbers a piece: weights, gradient, both moments and scratch then stay in a core's L2 cache.
_CHUNK = 16_384


class OptimizerName(StrEnum):
    """The optimisers there are."""

    SGD = "sgd"
    ADAM = "adam"


class Optimizer(Protocol):
    """What `fit` needs of an optimiser.

    `updates` counts the updates made; `moments` names its vectors (P,), which together with
    `updates` are all it remembers.
    """

    updates: int
    moments: dict[str, FloatArray]

    def update(self, weights: FloatArray, gradient: FloatArray, learning_rate: float) -> None:
        """Change `weights` (P,) in place by `gradient` (P,)."""


class SGD:
    """Plain stochastic gradient descent."""

    def __init__(self, weights: FloatArray) -> None:
        self.updates = 0
        self.moments: dict[str, FloatArray] = {}
        self._change = np.empty_like(weights)

    def update(self, weights: FloatArray, gradient: FloatArray, learning_rate: float) -> None:
        """Make w ← w − η g."""
        self.updates += 1
        np.multiply(gradient, learning_rate, out=self._change)
        weights -= self._change


class Adam:
    """Adam with bias correction, β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸."""

    def __init__(self, weights: FloatArray) -> None:
        self.updates = 0
        self.moments = {"m": np.zeros_like(weights), "v": np.zeros_like(weights)}
        self._scratch = np.empty(min(_CHUNK, len(weights)), weights.dtype)

    def update(self, weights: FloatArray, gradient: FloatArray, learning_rate: float) -> None:
        """Make Adam's step, chunk by chunk."""
        self.updates += 1
        rate = learning_rate / (1.0 - _BETA_1**self.updates)
        root = math.sqrt(1.0 - _BETA_2**self.updates)
        for start in range(0, len(weights), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            w, g = weights[chunk], gradient[chunk]
            m, v = self.moments["m"][chunk], self.moments["v"][chunk]
            scratch = self._scratch[: len(w)]

            m *= _BETA_1
            m += np.multiply(g, 1.0 - _BETA_1, out=scratch)
            v *= _BETA_2
            np.multiply(g, g, out=scratch)
            scratch *= 1.0 - _BETA_2
            v += scratch
            # η m̂ / (√v̂ + ε) with the corrections drawn out of the fraction.
            np.sqrt(v, out=scratch)
            scratch += _EPSILON * root
            np.divide(m, scratch, out=scratch)
            scratch *= rate * root
            w -= scratch


OPTIMIZERS: Mapping[OptimizerName, Callable[[FloatArray], Optimizer]] = {
    OptimizerName.SGD: SGD,
    OptimizerName.ADAM: Adam,
}


def norm(gradient: FloatArray) -> float:
    """Return ‖g‖ of a vector (P,); not finite only where the vector is not."""
    with np.errstate(over="ignore", invalid="ignore"):
        square = float(np.dot(gradient, gradient))
        if not math.isfinite(square):
            # Squares above the range of float32 are no reason to call a gradient infinite.
            scale = float(np.abs(gradient).max())
            return scale * norm(gradient / scale) if math.isfinite(scale) else scale
    return math.sqrt(square)


def clip(gradient: FloatArray, gradient_norm: float, limit: float) -> None:
    """Scale `gradient` in place so that its norm, `gradient_norm` before, is at most `limit`."""
    factor = limit / (gradient_norm + 1e-6)
    if factor < 1.0:
        gradient *= factor

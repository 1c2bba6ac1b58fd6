"""Optimisers: how a gradient changes the weights, and how it is clipped before.

    clipping   g ← g · min(1, c / (‖g‖ + 10⁻⁶))       with ‖g‖ over all parameters together
               g ← min(max(g, −c), c)                  each number by itself
    decay      g ← g + λ w                             first, in all but AdamW
    SGD        w ← w − η g
    momentum   b ← μ b + g                             w ← w − η b
    Nesterov   b ← μ b + g                             w ← w − η (g + μ b)
    RMSprop    v ← α v + g²                            w ← w − η g / (√v̂ + ε)
    Adam       m ← β₁ m + g        v ← β₂ v + g²       w ← w − η m̂ / (√v̂ + ε)
    AdamW      w ← w − η λ w, then as Adam

m and v are sums in which older gradients fade. Their means are, at step k,

    RMSprop    v̂ = v (1 − α)
    Adam       m̂ = m (1 − β₁) / (1 − β₁ᵏ)              v̂ = v (1 − β₂) / (1 − β₂ᵏ)

The textbooks keep m (1 − β₁) and v (1 − β₂); the sums give the same steps with fewer operations.

All work in place on flat vectors. Sources: `torch.nn.utils.clip_grad_norm_`, `clip_grad_value_`,
`torch.optim.SGD`, `RMSprop`, `Adam`, `AdamW`; D. P. Kingma and J. Ba, "Adam", ICLR 2015;
I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import ClassVar

import numpy as np

from rnnstudio.engine.arrays import FloatArray

# PyTorch's defaults.
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
_ALPHA = 0.99
_MOMENTUM = 0.9
# Numbers a piece: weights, gradient, both moments and scratch then stay in a core's L2 cache.
_CHUNK = 16_384


class OptimizerName(StrEnum):
    """The optimisers there are."""

    SGD = "sgd"
    MOMENTUM = "momentum"
    NESTEROV = "nesterov"
    RMSPROP = "rmsprop"
    ADAM = "adam"
    ADAMW = "adamw"


class Optimizer(ABC):
    """What changes the weights.

    `updates` counts the updates made; `moments` names the vectors (P,) listed in `MOMENTS`, which
    together with `updates` are all it remembers. To restore it, write into those vectors.
    """

    MOMENTS: ClassVar[tuple[str, ...]] = ()
    DECOUPLED_DECAY: ClassVar[bool] = False

    def __init__(
        self, weights: FloatArray, momentum: float = _MOMENTUM, weight_decay: float = 0.0
    ) -> None:
        """Begin with moments of zero for `weights` (P,).

        `momentum` is the μ of those that have one, `weight_decay` is λ.
        """
        self.updates = 0
        self.moments = {name: np.zeros_like(weights) for name in self.MOMENTS}
        self.momentum = momentum
        self.weight_decay = weight_decay
        scratch = np.empty(min(_CHUNK, len(weights)), weights.dtype)
        # One piece of scratch serves every chunk; the last chunk may be shorter.
        self._scratch = [scratch[: len(piece)] for piece in _pieces(weights)]
        self._memory = [_pieces(moment) for moment in self.moments.values()]
        self._decayed = (
            np.empty_like(scratch) if weight_decay and not self.DECOUPLED_DECAY else None
        )

    def update(self, weights: FloatArray, gradient: FloatArray, learning_rate: float) -> None:
        """Change `weights` (P,) in place by `gradient` (P,), which stays as it is."""
        self.updates += 1
        w_pieces, g_pieces = _pieces(weights), _pieces(gradient)
        g_used = g_pieces if self._decayed is None else self._with_decay(w_pieces, g_pieces)
        self._step(zip(w_pieces, g_used, *self._memory, self._scratch, strict=True), learning_rate)

    @abstractmethod
    def _step(self, chunks: Iterable[tuple[FloatArray, ...]], learning_rate: float) -> None:
        """Make the step of every chunk: weights, gradient, the moments in order, scratch."""

    def _with_decay(
        self, w_pieces: Iterable[FloatArray], g_pieces: Iterable[FloatArray]
    ) -> Iterable[FloatArray]:
        """Yield g + λ w of each chunk, in scratch that the next one takes over."""
        assert self._decayed is not None
        for w, g in zip(w_pieces, g_pieces, strict=True):
            decayed = self._decayed[: len(w)]
            np.multiply(w, self.weight_decay, decayed)
            np.add(decayed, g, decayed)
            yield decayed


class SGD(Optimizer):
    """Plain stochastic gradient descent."""

    def _step(self, chunks: Iterable[tuple[FloatArray, ...]], learning_rate: float) -> None:
        multiply, subtract = np.multiply, np.subtract
        for w, g, change in chunks:
            multiply(g, learning_rate, change)
            subtract(w, change, w)


class Momentum(Optimizer):
    """Gradient descent with a heavy ball."""

    MOMENTS = ("b",)

    def _step(self, chunks: Iterable[tuple[FloatArray, ...]], learning_rate: float) -> None:
        multiply, add, subtract = np.multiply, np.add, np.subtract
        mu = self.momentum
        for w, g, b, change in chunks:
            multiply(b, mu, b)
            add(b, g, b)
            multiply(b, learning_rate, change)
            subtract(w, change, w)


class Nesterov(Optimizer):
    """Momentum that looks one step ahead."""

    MOMENTS = ("b",)

    def _step(self, chunks: Iterable[tuple[FloatArray, ...]], learning_rate: float) -> None:
        multiply, add, subtract = np.multiply, np.add, np.subtract
        mu = self.momentum
        for w, g, b, change in chunks:
            multiply(b, mu, b)
            add(b, g, b)
            multiply(b, mu, change)
            add(change, g, change)
            multiply(change, learning_rate, change)
            subtract(w, change, w)


class RMSprop(Optimizer):
    """Steps divided by the root of a fading mean of squares, α = 0.99, ε = 10⁻⁸."""

    MOMENTS = ("v_sum",)

    def _step(self, chunks: Iterable[tuple[FloatArray, ...]], learning_rate: float) -> None:
        multiply, add, subtract = np.multiply, np.add, np.subtract
        divide, sqrt = np.divide, np.sqrt
        # √v̂ = root √v; the root is drawn out of the fraction.
        root = math.sqrt(1.0 - _ALPHA)
        rate, epsilon = learning_rate / root, EPSILON / root
        for w, g, v, change in chunks:
            multiply(v, _ALPHA, v)
            multiply(g, g, change)
            add(v, change, v)
            sqrt(v, change)
            add(change, epsilon, change)
            divide(g, change, change)
            multiply(change, rate, change)
            subtract(w, change, w)


class Adam(Optimizer):
    """Adam with bias correction, β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸."""

    MOMENTS = ("m_sum", "v_sum")

    def _step(self, chunks: Iterable[tuple[FloatArray, ...]], learning_rate: float) -> None:
        multiply, add, subtract = np.multiply, np.add, np.subtract
        divide, sqrt = np.divide, np.sqrt
        rate, epsilon = adam_factors(self.updates, learning_rate)
        keep = 1.0 - learning_rate * self.weight_decay if self.DECOUPLED_DECAY else 1.0
        for w, g, m, v, change in chunks:
            multiply(m, BETA_1, m)
            add(m, g, m)
            multiply(v, BETA_2, v)
            multiply(g, g, change)
            add(v, change, v)
            sqrt(v, change)
            add(change, epsilon, change)
            divide(m, change, change)
            multiply(change, rate, change)
            if keep != 1.0:
                multiply(w, keep, w)
            subtract(w, change, w)


class AdamW(Adam):
    """Adam whose weight decay is apart from the gradient."""

    DECOUPLED_DECAY = True


OPTIMIZERS: Mapping[OptimizerName, type[Optimizer]] = {
    OptimizerName.SGD: SGD,
    OptimizerName.MOMENTUM: Momentum,
    OptimizerName.NESTEROV: Nesterov,
    OptimizerName.RMSPROP: RMSprop,
    OptimizerName.ADAM: Adam,
    OptimizerName.ADAMW: AdamW,
}


def adam_factors(step: int, learning_rate: float) -> tuple[float, float]:
    """Return the rate and the ε with which Adam's step is rate · m / (√v + ε).

    η m̂ / (√v̂ + ε) with the corrections of step 1, 2, … drawn out of the fraction.
    """
    mean = (1.0 - BETA_1) / (1.0 - BETA_1**step)
    root = math.sqrt((1.0 - BETA_2) / (1.0 - BETA_2**step))
    return learning_rate * mean / root, EPSILON / root


def upgraded(moments: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return an optimiser's moments with Adam's m (1 − β₁) and v (1 − β₂) turned into the sums.

    The first release kept those, as `m` and `v`; all else stays as it is.
    """
    result = dict(moments)
    for old, new, share in (("m", "m_sum", 1.0 - BETA_1), ("v", "v_sum", 1.0 - BETA_2)):
        if old in result:
            result[new] = result.pop(old) / share
    return result


def norm(gradient: FloatArray) -> float:
    """Return ‖g‖ of a vector (P,); not finite only where the vector is not.

    NumPy may warn of squares beyond the range of the dtype.
    """
    square = float(gradient.dot(gradient))
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


def clip_values(gradient: FloatArray, limit: float) -> None:
    """Bring every number of `gradient` into −limit … limit, in place."""
    np.clip(gradient, -limit, limit, out=gradient)


def _pieces(vector: FloatArray) -> list[FloatArray]:
    """Return the chunks of a vector (P,), as views."""
    if len(vector) <= _CHUNK:
        return [vector]
    return [vector[start : start + _CHUNK] for start in range(0, len(vector), _CHUNK)]

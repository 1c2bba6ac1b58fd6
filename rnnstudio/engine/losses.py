"""The classifier's output function and its loss.

    ŷ = softmax(z)        ŷ_i = e^{z_i} / Σ_j e^{z_j}
    L = −Σ_i y_i log ŷ_i = −log ŷ_c        for the true class c, mean over the batch
    ∂L/∂z = (ŷ − y) / B

Classes are rows, sentences are columns.
"""

from __future__ import annotations

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray


def softmax(z: FloatArray) -> FloatArray:
    """Return ŷ (C, B) for z (C, B), each column summing to one."""
    y: FloatArray = np.exp(z - z.max(axis=0))
    y /= y.sum(axis=0)
    return y


def cross_entropy(z: FloatArray, targets: IntArray) -> float:
    """Return the mean of −log ŷ_c over the columns of z (C, B); `targets` (B,) are the c.

    It is computed from z as log Σ_j e^{z_j} − z_c, which stays finite where ŷ_c rounds to 0.
    """
    shifted = z - z.max(axis=0)
    losses = np.log(np.exp(shifted).sum(axis=0)) - shifted[targets, np.arange(len(targets))]
    return float(losses.mean())


def cross_entropy_gradient(y: FloatArray, targets: IntArray) -> FloatArray:
    """Return ∂L/∂z (C, B) of the mean loss for ŷ (C, B) and the true classes (B,)."""
    dz = y.copy()
    dz[targets, np.arange(len(targets))] -= 1.0
    dz /= len(targets)
    return dz

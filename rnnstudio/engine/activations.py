"""The activation functions σ of the cells and their slopes.

    tanh       σ(a) = tanh a                          σ'(a) = 1 − s²
    logistic   σ(a) = 1 / (1 + e^−a)                  σ'(a) = s (1 − s)
               computed as ½ tanh(a/2) + ½, which never overflows
    ReLU       σ(a) = max(a, 0)                       σ'(a) = 1 where s > 0, else 0

with s = σ(a). Each slope needs the value only, so the backward pass keeps no a.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from rnnstudio.engine.arrays import FloatArray


class Activation(StrEnum):
    """The function that makes a state of a pre-activation."""

    TANH = "tanh"
    LOGISTIC = "logistic"
    RELU = "relu"


def _logistic(a: FloatArray, s: FloatArray) -> None:
    np.multiply(a, 0.5, out=s)
    np.tanh(s, out=s)
    s *= 0.5
    s += 0.5


def _relu(a: FloatArray, s: FloatArray) -> None:
    np.maximum(a, 0.0, out=s)


def _tanh_slope(s: FloatArray, slope: FloatArray) -> None:
    np.multiply(s, s, out=slope)
    np.subtract(1.0, slope, out=slope)


def _logistic_slope(s: FloatArray, slope: FloatArray) -> None:
    np.subtract(1.0, s, out=slope)
    np.multiply(slope, s, out=slope)


def _relu_slope(s: FloatArray, slope: FloatArray) -> None:
    slope[...] = s > 0.0


# σ as a function (a, s) that writes σ(a) into s; both of any one shape.
ACTIVATE: Mapping[Activation, Callable[[FloatArray, FloatArray], object]] = {
    Activation.TANH: np.tanh,
    Activation.LOGISTIC: _logistic,
    Activation.RELU: _relu,
}


def activated(kind: Activation, a: FloatArray) -> FloatArray:
    """Return σ(a) as a new array."""
    s = np.empty_like(a)
    ACTIVATE[kind](a, s)
    return s


# σ' as a function (s, slope) that writes σ'(a) into `slope`, for s = σ(a).
SLOPE: Mapping[Activation, Callable[[FloatArray, FloatArray], None]] = {
    Activation.TANH: _tanh_slope,
    Activation.LOGISTIC: _logistic_slope,
    Activation.RELU: _relu_slope,
}

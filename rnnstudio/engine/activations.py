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
from typing import Any

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


def _tanh_slope(s: FloatArray) -> FloatArray:
    slope = s * s
    return np.subtract(1.0, slope, out=slope)


def _logistic_slope(s: FloatArray) -> FloatArray:
    slope = 1.0 - s
    slope *= s
    return slope


def _relu_slope(s: FloatArray) -> FloatArray:
    return (s > 0.0).astype(s.dtype)


# σ as a function (a, s) that writes σ(a) into s; both of any one shape.
ACTIVATE: Mapping[Activation, Callable[[FloatArray, FloatArray], Any]] = {
    Activation.TANH: np.tanh,
    Activation.LOGISTIC: _logistic,
    Activation.RELU: _relu,
}

# σ' as a function of s = σ(a), which returns a new array of the same shape.
SLOPE: Mapping[Activation, Callable[[FloatArray], FloatArray]] = {
    Activation.TANH: _tanh_slope,
    Activation.LOGISTIC: _logistic_slope,
    Activation.RELU: _relu_slope,
}

"""The whole network: words in, class probabilities out, and the gradients of the loss.

    x_t  →  U x_t  →  s_t = cell(U x_t, s_{t−1})  →  z = V s_T + c  →  ŷ = softmax(z)  →  L

The classifier reads the state after each sentence's last word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from rnnstudio.engine import elman
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.batch import Batch, divide, take
from rnnstudio.engine.inputs import input_gradients, input_product
from rnnstudio.engine.losses import cross_entropy, cross_entropy_gradient, softmax
from rnnstudio.engine.network import Cell, NetworkSpec
from rnnstudio.engine.parameters import Parameters

# About the most words that `probabilities` reads at once, padding counted: it bounds the memory
# that a few very long sentences take, and how long a cancellation waits.
_MOST_WORDS = 65_536


class Cancelled(Exception):  # noqa: N818 - it is no error, but what the caller asked for
    """A computation ended early because its caller's `cancelled()` said so."""


class CellModule(Protocol):
    """What a cell's module offers; its cache has at least `s` (T + 1, H, B)."""

    def forward(
        self,
        spec: NetworkSpec,
        parameters: Mapping[str, FloatArray],
        layer: str,
        ux: FloatArray,
        s_0: FloatArray,
        batch: Batch,
    ) -> Any: ...

    def backward(
        self,
        spec: NetworkSpec,
        parameters: Mapping[str, FloatArray],
        layer: str,
        cache: Any,
        ds: FloatArray,
        batch: Batch,
        gradients: Mapping[str, FloatArray],
    ) -> FloatArray: ...


CELLS: Mapping[Cell, CellModule] = {Cell.RNN: elman}


@dataclass(frozen=True, eq=False)
class Forward:
    """Every quantity of a forward pass over a batch.

    `cache` is the cell's; `last` (H, B) is the state that the classifier reads; `z` (C, B) is
    V s_T + c; `y` (C, B) is softmax(z).
    """

    cache: Any
    last: FloatArray
    z: FloatArray
    y: FloatArray


@dataclass(frozen=True, eq=False)
class LossAndGradients:
    """The mean loss of a batch, ŷ (B, C), and the gradient of the loss by each parameter."""

    loss: float
    probabilities: FloatArray
    gradients: Parameters


def classify(parameters: Mapping[str, FloatArray], s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return z = V s + c and ŷ = softmax(z), each (C, n), for states s (H, n)."""
    z = parameters["output.weight"] @ s
    z += parameters["output.bias"][:, None]
    return z, softmax(z)


def forward(spec: NetworkSpec, parameters: Parameters, batch: Batch) -> Forward:
    """Read a batch. Numbers beyond the range of the dtype become inf or NaN, without a warning.

    Raises:
        IndexError: a word's id is above L.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        ux = input_product(spec, parameters, batch)
        s_0 = np.zeros((spec.units, batch.size), parameters.dtype)
        cache = CELLS[spec.cell].forward(spec, parameters, "l0", ux, s_0, batch)
        last = cache.s[batch.lengths, :, np.arange(batch.size)].T
        z, y = classify(parameters, last)
    return Forward(cache, last, z, y)


def loss_and_gradients(spec: NetworkSpec, parameters: Parameters, batch: Batch) -> LossAndGradients:
    """Return the loss of a batch and its gradient by every parameter (BPTT).

    Raises:
        IndexError: a word's id is above L, or a target is not a class.
    """
    if batch.targets.min() < 0:
        raise IndexError("The class of a sentence is not known.")
    gradients = Parameters.zeros(parameters.shapes, parameters.dtype)
    read = forward(spec, parameters, batch)
    with np.errstate(over="ignore", invalid="ignore"):
        loss = cross_entropy(read.z, batch.targets)
        dz = cross_entropy_gradient(read.y, batch.targets)
        np.matmul(dz, read.last.T, out=gradients["output.weight"])
        np.sum(dz, axis=1, out=gradients["output.bias"])
        ds = np.zeros_like(read.cache.s)
        ds[batch.lengths, :, np.arange(batch.size)] = (parameters["output.weight"].T @ dz).T
        da = CELLS[spec.cell].backward(spec, parameters, "l0", read.cache, ds, batch, gradients)
        input_gradients(spec, parameters, batch, da, gradients)
    return LossAndGradients(loss, np.ascontiguousarray(read.y.T), gradients)


def probabilities(
    spec: NetworkSpec,
    parameters: Parameters,
    sequences: Sequence[IntArray],
    batch_size: int = 64,
    cancelled: Callable[[], bool] | None = None,
) -> FloatArray:
    """Return ŷ (n, C) for n sentences, in their order.

    Raises:
        Cancelled: `cancelled`, asked before each batch, said so.
    """
    result = np.zeros((len(sequences), spec.classes), parameters.dtype)
    for rows in divide(sequences, batch_size):
        longest = len(sequences[rows[0]])
        for part in np.array_split(rows, min(len(rows), 1 + len(rows) * longest // _MOST_WORDS)):
            if cancelled is not None and cancelled():
                raise Cancelled
            batch = take(sequences, None, part)
            result[batch.rows] = forward(spec, parameters, batch).y.T
    return result

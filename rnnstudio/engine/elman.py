"""The Elman cell: the recurrent network of the lecture.

Forward, for the steps t = 1 … T, from the initial state s_0:

    a_t = U x_t + W s_{t−1} + b              b = b_ih + b_hh
    s_t = σ(a_t)

Backward, for t = T … 1, where ∂L_t/∂s_t is what the loss asks of s_t directly, ⊙ multiplies
element by element, and ∂L/∂s_t gathers all that the loss asks of s_t, now and later:

    ∂L/∂a_t = ∂L/∂s_t ⊙ σ'(a_t)
    ∂L/∂s_{t−1} = ∂L_{t−1}/∂s_{t−1} + Wᵀ ∂L/∂a_t

    ∂L/∂W = Σ_t ∂L/∂a_t s_{t−1}ᵀ             ∂L/∂b = Σ_t ∂L/∂a_t

In the code `ux`, `a` and `s` are U x, a and s; `da` is ∂L/∂a and `ds` is ∂L/∂s. Time is axis 0 and
the sentences of a batch are columns: (T, H, B). Where a sentence has ended, all arrays hold 0.

Source: J. L. Elman, "Finding structure in time", Cognitive Science 14 (1990), with the parameters
of `torch.nn.RNN`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnstudio.engine.activations import ACTIVATE, SLOPE
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.inputs import by_word
from rnnstudio.engine.network import NetworkSpec


@dataclass(frozen=True, eq=False)
class ElmanCache:
    """What a forward pass computed.

    `a` (T, H, B) holds a_1 … a_T and `s` (T + 1, H, B) holds s_0 … s_T.
    """

    a: FloatArray
    s: FloatArray


def forward(
    spec: NetworkSpec,
    parameters: Mapping[str, FloatArray],
    layer: str,
    ux: FloatArray,
    s_0: FloatArray,
    batch: Batch,
) -> ElmanCache:
    """Run the cell over a batch.

    `ux` (T, H, B) is U x_t and becomes `a` in place; `s_0` is (H, B); `layer` is the end of the
    parameters' names, such as "l0".
    """
    W = parameters[f"rnn.weight_hh_{layer}"]  # noqa: N806
    b = parameters[f"rnn.bias_ih_{layer}"] + parameters[f"rnn.bias_hh_{layer}"]
    activate = ACTIVATE[spec.activation]
    a = ux
    s = np.zeros((len(ux) + 1, spec.units, batch.size), ux.dtype)
    s[0] = s_0
    for span in batch.spans:
        a[span.start : span.stop, :, : span.columns] += b[:, None]

    for t, n in enumerate(batch.active):
        a_t, s_before, s_t = a[t, :, :n], s[t, :, :n], s[t + 1, :, :n]
        a_t += W @ s_before
        activate(a_t, s_t)
    return ElmanCache(a, s)


def backward(
    spec: NetworkSpec,
    parameters: Mapping[str, FloatArray],
    layer: str,
    cache: ElmanCache,
    ds: FloatArray,
    batch: Batch,
    gradients: Mapping[str, FloatArray],
) -> FloatArray:
    """Run back through time and return ∂L/∂a_t `by_word` (N, H), a row for each word.

    `ds` (T + 1, H, B) holds ∂L_t/∂s_t for t = 0 … T and becomes ∂L/∂s_t in place. The gradients of
    W, b_ih and b_hh are written into `gradients`.
    """
    W = parameters[f"rnn.weight_hh_{layer}"]  # noqa: N806
    slope = SLOPE[spec.activation](cache.s[1:])
    da = np.zeros_like(slope)

    for t in reversed(range(len(da))):
        n = batch.active[t]
        da_t, ds_t, ds_before = da[t, :, :n], ds[t + 1, :, :n], ds[t, :, :n]
        np.multiply(ds_t, slope[t, :, :n], out=da_t)
        ds_before += W.T @ da_t

    da_words, s_words = by_word(da, batch), by_word(cache.s[:-1], batch)
    np.matmul(da_words.T, s_words, out=gradients[f"rnn.weight_hh_{layer}"])
    for bias in ("bias_ih", "bias_hh"):
        np.sum(da_words, axis=0, out=gradients[f"rnn.{bias}_{layer}"])
    return da_words

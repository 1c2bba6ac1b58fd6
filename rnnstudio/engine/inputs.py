"""The product U x_t that enters a cell, for words as one-hot vectors or learned embeddings.

    one-hot      x_t is 1 at the word's id and 0 elsewhere, so U x_t is column id of U
    embedding    x_t is row id of the embedding
    unknown      x_t = 0 (id 0)

Columns and rows count from 1 here. Nothing is computed for padding, and gradients touch only the
columns or rows of the words that occur:

    ∂L/∂U = Σ_t ∂L/∂a_t x_tᵀ          ∂L/∂x_t = Uᵀ ∂L/∂a_t
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.batch import UNKNOWN_ID, Batch
from rnnstudio.engine.network import NetworkSpec


def input_product(
    spec: NetworkSpec, parameters: Mapping[str, FloatArray], batch: Batch
) -> FloatArray:
    """Return U x_t (T, H, B) for every word of the batch, 0 where there is padding.

    Raises:
        IndexError: a word's id is above L.
    """
    U = parameters["rnn.weight_ih_l0"]  # noqa: N806
    if spec.embedding is None:
        ux = np.ascontiguousarray(U[:, batch.ids - 1].transpose(1, 0, 2))
    else:
        x = parameters["embedding.weight"][batch.ids - 1].transpose(0, 2, 1)
        ux = np.zeros((len(x), len(U), batch.size), U.dtype)
        for span in batch.spans:
            here = np.s_[span.start : span.stop, :, : span.columns]
            np.matmul(U, x[here], out=ux[here])
    ux.transpose(0, 2, 1)[(batch.ids == UNKNOWN_ID) | ~batch.real] = 0.0
    return ux


def input_gradients(
    spec: NetworkSpec,
    parameters: Mapping[str, FloatArray],
    batch: Batch,
    da: FloatArray,
    gradients: Mapping[str, FloatArray],
) -> None:
    """Write the gradients of U and of the embedding into `gradients`, which hold zeros.

    `da` (N, H) is ∂L/∂a_t with a row for each word, in the order of `by_word`.
    """
    dU = gradients["rnn.weight_ih_l0"]  # noqa: N806
    words = batch.ids[batch.real]
    if spec.embedding is None:
        _sum_by_word(da, words, dU.T)
    else:
        x = parameters["embedding.weight"][words - 1]
        x[words == UNKNOWN_ID] = 0.0
        np.matmul(da.T, x, out=dU)
        dx = da @ parameters["rnn.weight_ih_l0"]
        _sum_by_word(dx, words, gradients["embedding.weight"])


def by_word(array: FloatArray, batch: Batch) -> FloatArray:
    """Return (N, F), a row for each of the N words of a batch, step by step, of (T, F, B)."""
    return array.transpose(0, 2, 1)[batch.real]


def _sum_by_word(rows: FloatArray, words: IntArray, sums: FloatArray) -> None:
    """Write the sum of each known word's `rows` (N, F) into its row of `sums` (L, F)."""
    order = np.argsort(words, kind="stable")
    order = order[np.count_nonzero(words == UNKNOWN_ID) :]
    if len(order) == 0:
        return
    starts = np.flatnonzero(np.diff(words[order], prepend=UNKNOWN_ID))
    counts = np.diff(starts, append=len(order))
    # Most words occur once: a sum of one row costs as much as a sum of many, so they are copied.
    once = order[starts[counts == 1]]
    sums[words[once] - 1] = rows[once]
    often = order[np.repeat(counts > 1, counts)]
    if len(often):
        starts = np.flatnonzero(np.diff(words[often], prepend=UNKNOWN_ID))
        sums[words[often[starts]] - 1] = np.add.reduceat(rows[often], starts, axis=0)

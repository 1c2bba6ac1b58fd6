"""What enters a layer at every step: words as one-hot vectors, or vectors of numbers.

    one-hot      x_t is 1 at the word's id and 0 elsewhere, so U x_t is column id of U
    vectors      rows of an embedding, frames, or the states of the layer below
    unknown      x_t = 0 (id 0)

Ids, and with them the columns of U, count from 1 here. One-hot vectors are never written out: both
kinds of input know how to make

    `product`      U x_t for every t
    `gradient`     ∂L/∂U = Σ_t ∂L/∂a_t x_tᵀ

with the steps and sentences of a batch as T·B columns.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from rnnstudio.engine.arena import Arena, row_blocks
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.batch import UNKNOWN_ID, Batch, occurrences


class LayerInput(Protocol):
    """What both kinds of input can do."""

    def product(self, U: FloatArray, out: FloatArray) -> None:  # noqa: N803
        """Write U x_t into `out` (T, F, B) for U (F, E)."""

    def gradient(self, da: FloatArray, dU: FloatArray) -> None:  # noqa: N803
        """Write ∂L/∂U (F, E) into `dU` for ∂L/∂a_t as `da` (F, T·B)."""

    def steps(self, start: int, stop: int) -> LayerInput:
        """Return the input of the steps start … stop − 1 alone."""


class OneHotInput(NamedTuple):
    """Words as one-hot vectors: `ids` (T, B)."""

    ids: IntArray

    def product(self, U: FloatArray, out: FloatArray) -> None:  # noqa: N803
        """Look the columns of U up."""
        out[...] = U[:, self.ids - 1].transpose(1, 0, 2)
        unknown = self.ids == UNKNOWN_ID
        if unknown.any():
            out.transpose(0, 2, 1)[unknown] = 0.0

    def gradient(self, da: FloatArray, dU: FloatArray) -> None:  # noqa: N803
        """Add each column of `da` to the column of its word."""
        dU.fill(0.0)
        found = occurrences(self.ids)
        dU[:, found.words - 1] = found.sums(da.T).T

    def steps(self, start: int, stop: int) -> OneHotInput:
        """Return the words of some steps."""
        return OneHotInput(self.ids[start:stop])


class VectorInput(NamedTuple):
    """Vectors of numbers: `rows` (T·B, E), and `columns` (T, E + 1, B) with a row of ones below.

    The ones take up a bias that stands beside U as a last column.
    """

    rows: FloatArray
    columns: FloatArray

    @classmethod
    def of(cls, rows: FloatArray, length: int, arena: Arena, name: str) -> VectorInput:
        """Lay `rows` out as columns too, in memory called `name`."""
        count, size = rows.shape
        columns = arena.array(name, (length, size + 1, count // length))
        columns[:, :-1] = rows.reshape(length, -1, size).transpose(0, 2, 1)
        columns[:, -1] = 1.0
        return cls(rows, columns)

    def product(self, U: FloatArray, out: FloatArray) -> None:  # noqa: N803
        """Multiply all steps; U may have E columns, or E + 1 with the bias."""
        rows, inner = U.shape
        columns = self.columns[:, :inner]
        blocks = row_blocks(rows, inner, out.shape[2])
        if blocks == 1:
            np.matmul(U, columns, out)
        else:
            in_blocks = (blocks, rows // blocks)
            np.matmul(
                U.reshape(*in_blocks, inner),
                columns[:, None],
                out.reshape(len(out), *in_blocks, out.shape[2]),
            )

    def gradient(self, da: FloatArray, dU: FloatArray) -> None:  # noqa: N803
        """Multiply all steps at once."""
        da.dot(self.rows, dU)

    def steps(self, start: int, stop: int) -> VectorInput:
        """Return the vectors of some steps."""
        size = self.columns.shape[2]
        return VectorInput(self.rows[start * size : stop * size], self.columns[start:stop])


class BatchInput(NamedTuple):
    """What a batch gives a layer: word ids (T, B) for one-hot vectors, or rows (T·B, E)."""

    ids: IntArray | None = None
    rows: FloatArray | None = None

    def for_layer(self, batch: Batch, reverse: bool, arena: Arena, name: str) -> LayerInput:
        """Return it as a layer reads it, with each sentence reversed where `reverse` says so.

        Columns are laid out in the arena's array `name`.
        """
        if self.rows is not None:
            rows = self.rows[batch.reversed_rows] if reverse else self.rows
            return VectorInput.of(rows, batch.length, arena, name)
        assert self.ids is not None
        if reverse:
            reversed_ids = self.ids.reshape(-1)[batch.reversed_rows]
            return OneHotInput(reversed_ids.reshape(self.ids.shape))
        return OneHotInput(self.ids)

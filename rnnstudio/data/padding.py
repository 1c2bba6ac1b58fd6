"""The padded matrix of ids and the one-hot vectors that "from words to ids" shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnstudio.data.vocabulary import PAD_ID, UNKNOWN_ID
from rnnstudio.engine.arrays import FloatArray, IntArray, read_only


def padded(sequences: Sequence[IntArray]) -> IntArray:
    """Put m sequences of ids into one matrix, filled with <pad> behind each sequence's end.

    Returns (m, T) int32, read-only, where T is the longest length; sentences are rows here
    because that is how the lecture writes them (the engine's batches have time on axis 0).
    """
    longest = max((len(sequence) for sequence in sequences), default=0)
    matrix = np.full((len(sequences), longest), PAD_ID, dtype=np.int32)
    for row, sequence in zip(matrix, sequences, strict=True):
        row[: len(sequence)] = sequence
    return read_only(matrix)


def one_hot(ids: IntArray | Sequence[int], size: int) -> FloatArray:
    """Return the one-hot vectors of ids: (T, L) float32, read-only.

    Id k has its 1 in column k − 1; an unknown word (id 0) has none. `size` is L.

    Raises:
        ValueError: an id is not in 0 … L.
    """
    values = np.asarray(ids, dtype=np.int32).reshape(-1)
    if values.size and not (values.min() >= 0 and values.max() <= size):
        raise ValueError(f"ids must be in 0 … {size}")
    vectors = np.zeros((values.size, size), dtype=np.float32)
    known = np.flatnonzero(values != UNKNOWN_ID)
    vectors[known, values[known] - 1] = 1.0
    return read_only(vectors)

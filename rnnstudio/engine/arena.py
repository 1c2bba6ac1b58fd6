"""The memory of a computation: arrays that are made once and used for every batch.

A time step of a small network costs little more than its NumPy calls, and each view into an array
costs nearly as much as a call. So a cell makes all its arrays and views once for a number of
columns, and its loop runs over ready tuples of views.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, Shape, read_only

# Up to about this many multiplications OpenBLAS uses kernels that do not repack their operands: a
# 512 × 128 by 128 × 32 product in four row blocks takes 25 µs, in one 37 µs (AVX-512, one thread).
_SMALL_PRODUCT = 1_000_000
# More blocks than this cost more than they gain.
_MOST_BLOCKS = 16
# Shapes that are remembered, so that a long run over texts of all lengths does not pile them up.
_MOST_SHAPES = 2_000
# Numbers that a block of element-wise work may touch so that it stays in a core's L2 cache.
CACHED = 65_536


class Arena:
    """Arrays by name, in memory that is kept from batch to batch and grows where it must."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._memory: dict[str, FloatArray] = {}
        self._arrays: dict[tuple[str, Shape], FloatArray] = {}

    def array(self, name: str, shape: Shape) -> FloatArray:
        """Return an array of `shape` whose numbers are whatever was there before."""
        array = self._arrays.get((name, shape))
        if array is None:
            size = math.prod(shape)
            memory = self._memory.get(name)
            if memory is None or len(memory) < size:
                memory = self._memory[name] = np.empty(size, self.dtype)
                self._arrays.clear()
            if len(self._arrays) >= _MOST_SHAPES:
                self._arrays.clear()
            array = self._arrays[name, shape] = memory[:size].reshape(shape)
        return array


@lru_cache(maxsize=64)
def ones(count: int, dtype: npt.DTypeLike) -> FloatArray:
    """Return a vector of ones: a product with it adds rows up faster than NumPy's sum."""
    return read_only(np.ones(count, dtype))


def row_blocks(rows: int, inner: int, columns: int) -> int:
    """Return in how many row blocks a (rows, inner) by (inner, columns) product is fastest."""
    if rows * inner * columns <= _SMALL_PRODUCT:
        return 1
    for blocks in (2, 3, 4, 6, 8, 12, _MOST_BLOCKS):
        if rows % blocks == 0 and rows // blocks * inner * columns <= _SMALL_PRODUCT:
            return blocks
    return 1

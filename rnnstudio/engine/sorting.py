"""Sorting many numbers so quickly that a list of them follows what is done with it."""

from __future__ import annotations

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray

_HALF = np.uint64(32)
_SIGN = np.uint32(1 << 31)
_LAST = np.uint32(0xFFFFFFFF)


def stable_order(keys: FloatArray | IntArray) -> IntArray:
    """Return the order that puts keys (n,) in a rising one, as `np.argsort` with "stable": (n,).

    Equal ones stay in their order; NaN comes last. What fits into 32 bits is sorted together with
    its place as one number, in a tenth of the time that a stable sort takes.
    """
    ranks = _ranks(keys)
    if ranks is None:
        return np.argsort(keys, kind="stable")
    both = (ranks.astype(np.uint64) << _HALF) | np.arange(len(keys), dtype=np.uint64)
    both.sort()
    return (both & np.uint64(_LAST)).astype(np.int64)


def _ranks(keys: FloatArray | IntArray) -> np.ndarray[tuple[int], np.dtype[np.uint32]] | None:
    """Return numbers (n,) that are in the order of the keys, None where there are none."""
    if not 0 < len(keys) <= _LAST:
        return None
    if keys.dtype == np.float32:
        bits = (keys + np.float32(0)).view(np.uint32)  # −0 becomes 0
        # Of negative numbers the larger bits are the lesser ones.
        ranks = np.where(bits & _SIGN, ~bits, bits | _SIGN)
        ranks[np.isnan(keys)] = _LAST
        return ranks
    if np.issubdtype(keys.dtype, np.signedinteger):
        least = int(keys.min())
        if int(keys.max()) - least <= _LAST:
            return (keys.astype(np.int64) - least).astype(np.uint32)
    return None

"""Principal components: the plane in which states differ most.

    project(s) = (s − mean) · componentsᵀ

The components are the right singular vectors of the centred states (Pearson 1901), found with a QR
decomposition first, so that many states of few units take no more memory than the states do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, read_only

Doubles = npt.NDArray[np.float64]

# Two entries of a component this close in size are equal: rounding must not choose between them.
_TIE = 1e-6


@dataclass(frozen=True, eq=False)
class Projection:
    """Axes on which states (n, H) are shown; all arrays are float64 and read-only.

    `mean` (H,); `components` (k, H), of length one and at right angles, the most telling first;
    `shares` (k,) of the whole variance that each explains. Where states differ in fewer than k
    ways, the components left over are zero, explain nothing and project to 0. `dropped` is the
    number of states that were left out because a number in them was NaN or infinite.
    """

    mean: Doubles
    components: Doubles
    shares: Doubles
    dropped: int = 0

    def project(self, states: FloatArray) -> Doubles:
        """Return the coordinates (n, k) of states (n, H); NaN for a state that is not finite.

        Raises:
            ValueError: the states have another number of units.
        """
        if states.ndim != 2 or states.shape[1] != len(self.mean):
            raise ValueError(f"States (n, {len(self.mean)}) are needed, not {states.shape}.")
        finite = np.isfinite(states).all(axis=1)
        found = np.full((len(states), len(self.components)), np.nan)
        found[finite] = (states[finite] - self.mean) @ self.components.T
        return found


def principal_components(states: FloatArray, k: int = 2) -> Projection:
    """Return the first k principal components of states (n, H).

    The sign of each is such that its largest entry in size (the first of equal ones) is positive.
    Any n will do; states with a NaN or infinite number are dropped.

    Raises:
        ValueError: the states are no matrix, or k is below one.
    """
    if states.ndim != 2 or k < 1:
        raise ValueError(f"States (n, H) and k ≥ 1 are needed, not {states.shape} and {k}.")
    kept = np.asarray(states[np.isfinite(states).all(axis=1)], np.float64)
    n, units = kept.shape
    mean, components, shares = np.zeros(units), np.zeros((k, units)), np.zeros(k)
    largest = float(np.abs(kept).max(initial=0.0))
    if largest > 0:
        # Scaled to 1 at most, so that no square is too large.
        kept /= largest
        centre = kept.mean(axis=0)
        _, sizes, axes = np.linalg.svd(np.linalg.qr(kept - centre, mode="r"), full_matrices=False)
        # Below this, differences are rounding of the states themselves.
        rank = int((sizes > np.finfo(np.float64).eps * max(n, units)).sum())
        found = min(k, rank)
        mean = centre * largest
        components[:found] = axes[:found] * _signs(axes[:found])[:, None]
        if rank:
            shares[:found] = sizes[:found] ** 2 / (sizes[:rank] ** 2).sum()
    return Projection(read_only(mean), read_only(components), read_only(shares), len(states) - n)


def _signs(axes: Doubles) -> Doubles:
    size = np.abs(axes)
    leading = (size >= (1 - _TIE) * size.max(axis=1, keepdims=True)).argmax(axis=1)
    signs: Doubles = np.sign(axes[np.arange(len(axes)), leading])
    return signs

"""The plane in which the states of a data set differ most, and which class is answered where.

A point (x, y) of the plane is the state mean + x·c_1 + y·c_2, with the first two principal
components. The output layer answers it with the class whose score is the greatest:

    z(x, y) = V (mean + x·c_1 + y·c_2) + c = z(0, 0) + x·V c_1 + y·V c_2

States beside the plane lie in front of or behind it: what is drawn of them is their shadow, and
the answer to a state may be another than that of the point where it is drawn. `explained` says how
much of the states' differences is in the plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.model import quiet
from rnnstudio.engine.pca import Projection, principal_components
from rnnstudio.engine.trace import Trace

Doubles = npt.NDArray[np.float64]


class Extent(NamedTuple):
    """A rectangle of the plane."""

    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def around(cls, *points: FloatArray, margin: float = 0.08) -> Extent:
        """Return what holds points (n, 2), with a margin on each side as a share of its size.

        Points that are not finite do not count; without any it is −1 … 1 both ways.
        """
        together = np.concatenate([np.zeros((0, 2)), *points])
        together = together[np.isfinite(together).all(axis=1)]
        if not len(together):
            return cls(-1.0, 1.0, -1.0, 1.0)
        low, high = together.min(axis=0), together.max(axis=0)
        # A side without a length gets the other's, or 1.
        sides = np.where(high > low, high - low, max(float((high - low).max()), 0.0) or 1.0)
        middle, half = (low + high) / 2, sides * (0.5 + margin)
        (left, bottom), (right, top) = middle - half, middle + half
        return cls(float(left), float(right), float(bottom), float(top))


@dataclass(frozen=True, eq=False)
class StatePlane:
    """The plane of the first two principal components of states."""

    projection: Projection

    @classmethod
    def of(cls, states: FloatArray) -> StatePlane:
        """Return the plane of states (n, H)."""
        return cls(principal_components(states, 2))

    @property
    def explained(self) -> float:
        """The share of the variance that lies in the plane, 0 … 1."""
        return float(self.projection.shares.sum())

    def path(self, states: FloatArray) -> Doubles:
        """Return where states (T, H) are in the plane: (T, 2); NaN for one that is not finite.

        Raises:
            ValueError: the states have another number of units.
        """
        return read_only(self.projection.project(states))


class OutputPart(NamedTuple):
    """The output layer as a function of some of what it reads: z = `weights` (C, H) s + `bias`."""

    weights: FloatArray
    bias: FloatArray


def output_part(trace: Trace, step: int, direction: int | None = None) -> OutputPart:
    """Return the output layer for what it reads of one direction; of all of m where it is None.

    In two directions the other one's part of m is held at what it is if the network is asked at
    `step`. Where the mean or the greatest of the states is read, the state stands for that: the
    answer is the one to a network that has read just this.

    Raises:
        IndexError: there is no such step or direction.
    """
    trace.check_step(step)
    V, c = trace.parameters["output.weight"], trace.parameters["output.bias"]  # noqa: N806
    if direction is None:
        return OutputPart(V, c)
    trace.layer(-1, direction)
    units = trace.spec.units
    own = slice(direction * units, (direction + 1) * units)
    held = np.array(trace.m[step - 1])
    held[own] = 0.0
    with quiet():
        return OutputPart(read_only(V[:, own].copy()), read_only(V @ held + c))


def regions(
    weights: FloatArray,
    bias: FloatArray,
    plane: StatePlane,
    extent: tuple[float, float, float, float],
    resolution: int = 160,
) -> IntArray:
    """Return the class that is answered in each cell of a grid: (resolution, resolution).

    `weights` (C, H) and `bias` (C,) are those of `output_part`, `extent` the rectangle that the
    grid covers: left, right, bottom, top. The first row is at the bottom, the first column at the
    left; a cell stands for its middle. −1 is where the scores are no numbers.

    Raises:
        ValueError: the output layer reads another number of units, or the grid has no cells.
    """
    mean, components = plane.projection.mean, plane.projection.components
    if weights.shape[1] != len(mean):
        raise ValueError(f"{weights.shape[1]} units are read, not {len(mean)}.")
    if resolution < 1:
        raise ValueError("A grid needs a cell.")
    left, right, bottom, top = extent
    middles = (np.arange(resolution) + 0.5) / resolution
    x, y = left + middles * (right - left), bottom + middles * (top - bottom)
    answered = np.full((resolution, resolution), -1, np.int64)
    greatest = np.full((resolution, resolution), -np.inf)
    with quiet():
        in_double = weights.astype(np.float64)
        at_mean, along = in_double @ mean + bias, in_double @ components.T
        for label, (z, (by_x, by_y)) in enumerate(zip(at_mean, along, strict=True)):
            scores = z + by_x * x + (by_y * y)[:, None]
            better = scores > greatest
            answered[better] = label
            np.copyto(greatest, scores, where=better)
    return read_only(answered)

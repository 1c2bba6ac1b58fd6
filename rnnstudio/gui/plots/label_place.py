"""Finds where words beside a point hide least of the lines around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# (share of the words left of the point, heights of the words above it): above and below the
# point, in its middle and to either side, near and further away.
_PLACES = tuple((side, lift) for lift in (1.45, -0.45, 2.6, -1.6) for side in (0.5, 0.0, 1.0))
_SAMPLES = 16


@dataclass(frozen=True)
class View:
    """What is seen of the plane."""

    left: float
    right: float
    bottom: float
    top: float


def clearest_place(
    point: tuple[float, float],
    size: tuple[float, float],
    view: View,
    lines: Sequence[tuple[FloatArray, FloatArray]],
    present: tuple[float, float] | None = None,
) -> tuple[float, float]:
    """Return where the words stand: (share of their width left of the point, heights above it).

    Args:
        point: x and y.
        size: width and height of the words, in the units of x and y.
        lines: x (n,) ascending and y (n,); NaN hides nothing.
        present: where they stand now; they stay there as long as they hide nothing.
    """
    (x, y), (width, height) = point, size
    best, fewest = _PLACES[0], math.inf
    for place in _PLACES if present is None else (present, *_PLACES):
        left, top = x - place[0] * width, y + place[1] * height
        inside = view.left <= left and left + width <= view.right
        if not inside or top > view.top or top - height < view.bottom:
            continue
        samples = np.linspace(left, left + width, _SAMPLES)
        hidden = sum(_covered(line, samples, top - height, top) for line in lines)
        if hidden < fewest:
            best, fewest = place, hidden
    return best


def _covered(
    line: tuple[FloatArray, FloatArray], samples: FloatArray, bottom: float, top: float
) -> int:
    x, y = line
    if not len(x):
        return 0
    course = np.interp(samples, x, y, left=np.nan, right=np.nan)
    return int(((course > bottom) & (course < top)).sum())

"""Finds places for words beside points, so that they hide neither each other nor the points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]  # left, top, right, bottom

# Where words can stand, as shares of their size left of and above the point: to the right, left,
# above, below, then the corners.
_PLACES = (
    (0.0, 0.5), (1.0, 0.5), (0.5, 1.0), (0.5, 0.0), (0.0, 1.0), (0.0, 0.0), (1.0, 1.0), (1.0, 0.0),
)  # fmt: skip
_OWN = 7.0  # from the point to its words
_MARK = 4.0  # half the size of a point that words must not hide


def place_labels(
    points: Doubles,
    sizes: Doubles,
    order: Sequence[int],
    area: Box,
    obstacles: Doubles,
    taken: list[Box],
) -> dict[int, tuple[float, float]]:
    """Return the upper left corners of words that have room, by the index of their point.

    Args:
        points: (n, 2), where the words belong to.
        sizes: (n, 2), width and height of the words.
        order: indices of points; the first ones choose first.
        area: left, top, right, bottom; words stay inside.
        obstacles: (m, 2), points that words must not hide.
        taken: where words stand already; the new ones are added.
    """
    left, top, right, bottom = area
    boxes = np.empty((len(taken) + len(order), 4))
    count = len(taken)
    boxes[:count] = np.array(taken).reshape(-1, 4)
    found: dict[int, tuple[float, float]] = {}
    for index in order:
        (x, y), (width, height) = points[index], sizes[index]
        if not (left <= x <= right and top <= y <= bottom):
            continue
        for across, up in _PLACES:
            own_left = float(x - across * width + _OWN * (1 - 2 * across))
            own_top = float(y - up * height + _OWN * (1 - 2 * up) * (1.0 if across == 0.5 else 0.4))
            if not (left <= own_left and own_left + width <= right):
                continue
            if not (top <= own_top and own_top + height <= bottom):
                continue
            box = (own_left, own_top, own_left + width, own_top + height)
            if _hits(box, boxes[:count]) or _hides(box, obstacles):
                continue
            boxes[count] = box
            count += 1
            taken.append(box)
            found[index] = (own_left, own_top)
            break
    return found


def _hits(box: Box, boxes: Doubles) -> bool:
    left, top, right, bottom = box
    apart = (
        (boxes[:, 2] <= left)
        | (boxes[:, 0] >= right)
        | (boxes[:, 3] <= top)
        | (boxes[:, 1] >= bottom)
    )
    return not bool(apart.all())


def _hides(box: Box, points: Doubles) -> bool:
    left, top, right, bottom = box
    inside = (
        (points[:, 0] > left - _MARK)
        & (points[:, 0] < right + _MARK)
        & (points[:, 1] > top - _MARK)
        & (points[:, 1] < bottom + _MARK)
    )
    return bool(inside.any())

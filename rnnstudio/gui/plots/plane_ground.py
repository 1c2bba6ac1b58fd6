"""The ground of the plane as pictures: regions of the classes, and the states as faint points."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from rnnstudio.engine.arrays import IntArray
from rnnstudio.gui.contrast import blended
from rnnstudio.gui.plots.cells import image_of
from rnnstudio.gui.plots.plane_axes import Axes
from rnnstudio.gui.theme import Theme

# How much of its colour a region has, and one point; several of them add up.
_REGION_SHARE = {"light": 0.15, "dark": 0.2}
_POINT_SHARE, _LEAST_SHARE = 0.34, 0.1
_FEW = 9_000  # more points are fainter
_RADIUS = 1.3  # of a point, in logical pixels


def regions_image(theme: Theme, grid: IntArray) -> QImage:
    """Return the regions as an image, a cell of the grid a pixel; its first row is below."""
    share = _REGION_SHARE.get(theme.name, 0.15)
    panel = theme.color("panel")
    count = max(int(grid.max(initial=-1)) + 1, 0)
    colors = [blended(theme.class_color(label), panel, share).rgb() for label in range(count)]
    table = np.array([*colors, panel.rgb()], np.uint32)  # −1 is the last one
    return image_of(table[grid[::-1]], 1.0)


def cloud_image(
    theme: Theme, axes: Axes, points: npt.NDArray[np.float64], answers: IntArray, ratio: float
) -> QImage:
    """Return the points (n, 2) in the colours of their answers (n,), as large as the axes' area.

    Where points stand above each other the colours mix and are fuller.
    """
    width = max(math.ceil(axes.area.width() * ratio), 1)
    height = max(math.ceil(axes.area.height() * ratio), 1)
    corner = np.array([axes.area.left(), axes.area.top()])
    finite = np.isfinite(points).all(axis=1)
    places = (axes.places(points[finite]) - corner) * ratio
    seen = ((places > -4) & (places < (width + 4, height + 4))).all(axis=1)
    cells = np.floor(places[seen]).astype(np.int64)
    colors = _colors(theme, answers[finite][seen])
    stamp, weights = _disc(_RADIUS * ratio)
    x = (cells[:, 0, None] + stamp[:, 0]).ravel()
    y = (cells[:, 1, None] + stamp[:, 1]).ravel()
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    pixels = np.zeros(height * width, np.uint32)
    flat = (y * width + x)[inside]
    if not len(flat):
        return image_of(pixels.reshape(height, width), ratio)
    weights = np.tile(weights, len(cells))[inside]
    counts = np.bincount(flat, weights, minlength=len(pixels))
    lit = np.flatnonzero(counts)
    share = max(_POINT_SHARE * min(math.sqrt(_FEW / len(points)), 1.0), _LEAST_SHARE)
    alpha = 1.0 - (1.0 - share) ** counts[lit]
    value = np.rint(alpha * 255).astype(np.uint32) << np.uint32(24)
    for channel, shift in enumerate((16, 8, 0)):
        each = np.repeat(colors[:, channel], len(stamp))[inside] * weights
        mean = np.bincount(flat, each, minlength=len(pixels))[lit] / counts[lit]
        value |= np.rint(mean * alpha).astype(np.uint32) << np.uint32(shift)
    pixels[lit] = value
    return image_of(pixels.reshape(height, width), ratio)


def _colors(theme: Theme, answers: IntArray) -> npt.NDArray[np.float64]:
    """Return red, green and blue (n, 3) of classes; −1 is grey."""
    count = max(int(answers.max(initial=-1)) + 1, 0)
    found = [theme.class_color(label) for label in range(count)]
    found.append(theme.color("faint"))
    table = np.array([(color.red(), color.green(), color.blue()) for color in found], np.float64)
    colors: npt.NDArray[np.float64] = table[answers]
    return colors


def _disc(radius: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the pixels (n, 2) of a disc around one, and how much of each it covers (n,)."""
    reach = math.ceil(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    covered = np.clip(radius + 0.5 - np.hypot(x, y), 0.0, 1.0)
    inside = covered > 0
    return np.stack([x[inside], y[inside]], axis=1), covered[inside]

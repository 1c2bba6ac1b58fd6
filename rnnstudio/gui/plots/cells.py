"""Grids of coloured cells, made as one image each from ready-painted stamps.

A stamp is one cell in one of the 256 colours of a scale. Copying stamps with one NumPy
index paints a grid of any size in a few calls, crisp at every device pixel ratio.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import Theme

_RAGGED = 0.6  # how much larger cells must be to make up for a last row that is not full
_STRETCH = 1.5  # how much longer than wide a cell may be, and the other way round


@dataclass(frozen=True)
class Grid:
    """The places of `count` cells in rows from the top left; lengths in logical pixels."""

    count: int
    columns: int
    rows: int
    cell_width: float
    cell_height: float
    gap: float

    @property
    def width(self) -> float:
        """The width of the whole grid."""
        return self.columns * (self.cell_width + self.gap) - self.gap

    @property
    def height(self) -> float:
        """The height of the whole grid."""
        return self.rows * (self.cell_height + self.gap) - self.gap

    def cell(self, index: int) -> QRectF:
        """The place of a cell relative to the grid's top left corner."""
        row, column = divmod(index, self.columns)
        return QRectF(
            column * (self.cell_width + self.gap),
            row * (self.cell_height + self.gap),
            self.cell_width,
            self.cell_height,
        )

    def cell_at(self, x: float, y: float) -> int | None:
        """The cell at a point relative to the grid's corner; a gap belongs to the cell before."""
        column = math.floor(x / (self.cell_width + self.gap))
        row = math.floor(y / (self.cell_height + self.gap))
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return None
        index = row * self.columns + column
        return index if index < self.count else None


@lru_cache(maxsize=64)
def fitted_grid(
    count: int, width: float, height: float, ratio: float = 1.0, largest: float = 56.0
) -> Grid:
    """Return the grid with the largest cells in a box, rather square and full than not.

    Args:
        ratio: device pixels a logical pixel; cells and gaps are whole device pixels.
        largest: no side of a cell is longer than this.
    """
    best: tuple[float, Grid] | None = None
    for columns in range(1, count + 1):
        rows = math.ceil(count / columns)
        if columns > 1 and rows == math.ceil(count / (columns - 1)):
            continue  # the same rows with an emptier last one
        gap = _gap(min(width / columns, height / rows), ratio)
        cell_width = min((width + gap) / columns - gap, largest)
        cell_height = min((height + gap) / rows - gap, largest)
        cell_width = _whole(min(cell_width, cell_height * _STRETCH), ratio)
        cell_height = _whole(min(cell_height, cell_width * _STRETCH), ratio)
        grid = Grid(count, columns, rows, cell_width, cell_height, gap)
        score = cell_width * cell_height
        score *= (min(cell_width, cell_height) / max(cell_width, cell_height)) ** 0.5
        score *= (min(columns, rows) / max(columns, rows)) ** 0.25
        score *= 1.0 if columns * rows == count else _RAGGED
        if grid.width > width + 0.5 or grid.height > height + 0.5:
            score *= 1e-6
        if best is None or score > best[0]:
            best = (score, grid)
    assert best is not None, "a grid has at least one cell"
    return best[1]


class GridPictures:
    """Grids of one shape, one below the other in one image: made together, drawn one by one."""

    def __init__(
        self,
        theme: Theme,
        grid: Grid,
        values: NDArray[np.floating],
        scale: Scale,
        ratio: float = 1.0,
    ) -> None:
        """Colour the cells of n grids by `values` (n, count)."""
        width, height = round(grid.cell_width * ratio), round(grid.cell_height * ratio)
        gap = round(grid.gap * ratio)
        stamps = _stamps(theme, scale.signed, width, height, gap)
        count = len(values)
        # The last stamp is empty: places of the grid without a value.
        indices = np.full((count, grid.rows * grid.columns), len(stamps) - 1, np.intp)
        indices[:, : grid.count] = scale.places(values)
        cells = stamps.take(indices.reshape(count * grid.rows, grid.columns), axis=0)
        self._size = QSize(grid.columns * (width + gap), grid.rows * (height + gap))
        pixels = cells.transpose(0, 2, 1, 3).reshape(-1, self._size.width())
        self.image = image_of(pixels, ratio)

    def draw(self, painter: QPainter, index: int, left: float, top: float) -> None:
        """Draw grid number `index` (from 0) with its upper left corner at a place."""
        source = QRectF(0, index * self._size.height(), self._size.width(), self._size.height())
        painter.drawImage(QPointF(left, top), self.image, source)


def image_of(pixels: NDArray[np.uint32], ratio: float) -> QImage:
    """Return an image that owns a copy of `pixels` (height, width), ARGB premultiplied."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, width, height, width * 4, form).copy()
    image.setDevicePixelRatio(ratio)
    return image


@lru_cache(maxsize=16)
def _stamps(theme: Theme, signed: bool, width: int, height: int, gap: int) -> NDArray[np.uint32]:
    """Return one cell in each colour, and an empty one: (257, height + gap, width + gap)."""
    radius = _radius(width, height)
    mask = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    mask.fill(Qt.GlobalColor.transparent)
    painter = QPainter(mask)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawRoundedRect(QRectF(0, 0, width, height), radius, radius)
    painter.end()
    alpha = np.frombuffer(mask.constBits(), np.uint32).reshape(height, width) >> np.uint32(24)
    table = Scale(0.0, 1.0, signed).table(theme)
    colors = np.append(table, np.uint32(0))[:, np.newaxis, np.newaxis]
    result = np.zeros((len(colors), height + gap, width + gap), np.uint32)
    cells = result[:, :height, :width]
    for shift in (0, 8, 16, 24):
        channel = (colors >> np.uint32(shift)) & np.uint32(255)
        cells |= ((channel * alpha + np.uint32(127)) // np.uint32(255)) << np.uint32(shift)
    result.setflags(write=False)
    return result


def _gap(pitch: float, ratio: float) -> float:
    for least, gap in ((14.0, 2.0), (5.0, 1.0)):
        if pitch >= least:
            return round(gap * ratio) / ratio
    return 0.0


def _whole(length: float, ratio: float) -> float:
    return max(1, math.floor(length * ratio + 1e-6)) / ratio


def _radius(width: int, height: int) -> float:
    return min(3.0, min(width, height) / 5) if min(width, height) >= 8 else 0.0

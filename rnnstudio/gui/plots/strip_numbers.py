"""Numbers written on cells: how short they are, which cells have room, which units lead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from rnnstudio.gui.plots.cells import Grid
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import Theme, font

_WIDTH, _HEIGHT = 30.0, 14.0  # what a number such as "−.78" needs
_LISTED_WIDTH = 50.0  # with the number of its unit before it
_WIDEST, _HIGHEST = 52.0, 22.0
_GAP = 2.0
_LETTERS = 11


def compact(value: float) -> str:
    """Return a number in at most four signs: .93, −.78, 1.00, −2.1, 37, ∞."""
    size = abs(value)
    if math.isnan(value):
        return "–"
    minus = "−" if value < 0 else ""
    if math.isinf(value):
        return f"{minus}∞"
    if size < 0.005:
        return "0"
    if size < 0.995:
        return f"{minus}{size:.2f}".replace("0.", ".", 1)
    if size < 9.95:
        return f"{minus}{size:.1f}"
    if size < 999.5:
        return f"{minus}{size:.0f}"
    return f"{minus}{size:.0e}".replace("e+0", "e").replace("e+", "e")


@lru_cache(maxsize=64)
def number_grid(count: int, width: float, height: float, ratio: float = 1.0) -> Grid:
    """Return a grid whose cells have room for a number each.

    Where not all `count` cells have room it is one column with fewer: those that lead are listed.

    Args:
        ratio: device pixels a logical pixel; cells are whole device pixels.
    """
    most_columns = max(1, int((width + _GAP) // (_WIDTH + _GAP)))
    most_rows = max(1, int((height + _GAP) // (_HEIGHT + _GAP)))
    feasible = [
        columns
        for columns in range(1, min(most_columns, count) + 1)
        if math.ceil(count / columns) <= most_rows
    ]
    if feasible:
        # Full rows rather than an emptier last one, and then high cells rather than wide ones.
        columns = max(feasible, key=lambda columns: (count % columns == 0, columns))
        rows = math.ceil(count / columns)
    else:
        columns = max(1, int((width + _GAP) // (_LISTED_WIDTH + _GAP)))
        rows = most_rows
        count = min(count, columns * rows)
    cell_width = (width + _GAP) / columns - _GAP
    if feasible:
        cell_width = min(cell_width, _WIDEST)
    cell_height = min((height + _GAP) / rows - _GAP, _HIGHEST)
    return Grid(
        count,
        columns,
        rows,
        max(1, math.floor(cell_width * ratio + 1e-6)) / ratio,
        max(1, math.floor(cell_height * ratio + 1e-6)) / ratio,
        _GAP,
    )


def leading(values: NDArray[np.floating], count: int) -> Sequence[int]:
    """Return the `count` places with the largest sizes, the largest first; all in their order
    where there are no more.
    """
    if count >= len(values):
        return range(len(values))
    sizes = np.nan_to_num(np.abs(values), nan=-1.0, posinf=np.inf)
    order = np.argsort(-sizes, kind="stable")[:count]
    return [int(place) for place in order]


def draw_numbers(
    painter: QPainter,
    theme: Theme,
    scale: Scale,
    values: NDArray[np.floating],
    boxes: Sequence[QRectF],
    names: Sequence[str] = (),
) -> None:
    """Write numbers on cells in boxes, black or white as can be read on the colour.

    Args:
        names: what stands small at the left of each; empty for nothing.
    """
    painter.setFont(font(_LETTERS))
    dark = scale.dark_text(theme)[scale.places(values)]
    black, white = QColor("black"), QColor("white")
    centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    for place, (value, box) in enumerate(zip(values, boxes, strict=True)):
        painter.setPen(black if dark[place] else white)
        if names:
            inner = box.adjusted(4, 0, -4, 0)
            painter.drawText(inner, left | Qt.TextFlag.TextDontClip, names[place])
            painter.drawText(inner, right | Qt.TextFlag.TextDontClip, compact(float(value)))
        else:
            painter.drawText(box, centred, compact(float(value)))


def fits_number(box: QRectF) -> bool:
    """Whether a cell has room for a number."""
    metrics = QFontMetricsF(font(_LETTERS))
    widest = metrics.horizontalAdvance("−.88") + 2
    return box.width() >= widest and box.height() >= metrics.height() - 2

"""Where the parts of a confusion matrix stand in a given room: pure geometry."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

# Cells larger than this make two classes look absurd, however much room there is.
MOST_WIDTH, MOST_HEIGHT = 260, 200
LEAST_HEIGHT = 18  # one line of 11 pixels
_SLANT = 0.7071  # sine and cosine of the 45° of slanted headings
_MOST_HEADING = 150
_MOST_SLANTED = 112
_AXIS = 24  # the words "truth" and "predicted"
_GAP = 8
_FEW = 4  # classes; their cells come before what stands at the right edge
_FEW_LEAST = 64


@dataclass(frozen=True)
class Metrics:
    """What the layout must know of the words: widths in pixels, and the height of a line."""

    labels: tuple[int, ...]
    widest_number: int
    recall_bar: int  # at the right edge,
    recall_number: int  # beside it if there is room
    line: int
    least_left: int = 0  # what stands beside the precisions


@dataclass(frozen=True)
class MatrixLayout:
    """A matrix of `size` × `size` cells; `left` and `top` are those of the first cell, unscrolled.

    `width` and `height` are what is needed in all; where the viewport is smaller, it scrolls.
    Headings and edges stay in sight: `right` and `bottom` are the ends of the room for cells.
    """

    size: int
    left: int
    top: int
    right: int
    bottom: int
    cell_width: int
    cell_height: int
    row_heading: int
    recall: int
    has_recall_numbers: bool
    column_heading: int
    slanted: bool

    @property
    def slanted_length(self) -> int:
        """How long a slanted heading may be."""
        return int((self.column_heading - 6) / _SLANT) - 10

    @property
    def cells_width(self) -> int:
        """The width of all cells."""
        return self.size * self.cell_width

    @property
    def cells_height(self) -> int:
        """The height of all cells."""
        return self.size * self.cell_height

    @property
    def hidden_width(self) -> int:
        """How far the cells scroll sideways."""
        return max(self.cells_width - (self.right - self.left), 0)

    @property
    def hidden_height(self) -> int:
        """How far the cells scroll downwards."""
        return max(self.cells_height - (self.bottom - self.top), 0)

    def place_at(self, x: int, y: int, across: int = 0, down: int = 0) -> tuple[int, int] | None:
        """Return the (row, column) at a point, where the cells are scrolled by `across`, `down`.

        −1 is a heading, (−1, −1) the corner; None is outside. The recall at the right edge belongs
        to the heading of its row.
        """
        among_rows, among_columns = y >= self.top, x >= self.left
        if y >= self.bottom or y < self.top - self.column_heading:
            return None
        if x < self.left - self.row_heading or x >= self.right + self.recall:
            return None
        if self.slanted and among_columns and not among_rows:
            x -= self.top - y  # headings lean by 45°
            if x < self.left:
                return None
        row = (y - self.top + down) // self.cell_height if among_rows else -1
        column = (x - self.left + across) // self.cell_width if among_columns else -1
        if x >= self.right:
            column = -1
            if not among_rows:
                return None
        return (row, column) if row < self.size and column < self.size else None


def lay_out(size: int, width: int, height: int, metrics: Metrics) -> MatrixLayout:
    """Fit a matrix into a viewport of `width` × `height` pixels.

    Cells are nearly square while they are large, and up to 1.7 times as wide as high where there
    are many. Column headings are slanted where they are wider than a cell. Recalls give way to the
    cells of a few classes: `recall` is then 0.
    """
    widest = max(metrics.labels, default=0)
    row_heading = min(widest, _MOST_HEADING) + 2 * _GAP
    row_heading = max(row_heading, metrics.least_left - _AXIS)
    left = _AXIS + row_heading
    below = metrics.line + 2 * _GAP
    recall = metrics.recall_bar + metrics.recall_number
    wanted = metrics.widest_number + 10
    if size <= _FEW:
        wanted = max(wanted, min(widest, _MOST_HEADING) + _GAP, _FEW_LEAST)
    has_numbers = size * wanted <= width - left - recall
    if not has_numbers:
        recall = metrics.recall_bar
        if size <= _FEW and size * wanted > width - left - recall:
            recall = 0
    room = max(width - left - recall, 1)

    level = metrics.line + 10
    slanted_height = ceil(min(widest, _MOST_SLANTED) * _SLANT + metrics.line * _SLANT) + 6
    # A slanted heading leans over the next columns; only the last one needs room beyond them.
    for slanted in (False, True):
        column_heading = slanted_height if slanted else level
        top = _AXIS + column_heading
        cell_width, cell_height = _cell(size, room, max(height - top - below, 1), metrics)
        if widest + _GAP <= cell_width:
            break
    used_width = min(size * cell_width, room)
    used_height = min(size * cell_height, max(height - top - below, 1))
    spare_width = max(room - used_width, 0)
    spare_height = max(height - top - below - used_height, 0)
    left += spare_width // 2
    top += spare_height // 2
    return MatrixLayout(
        size=size,
        left=left,
        top=top,
        right=left + used_width,
        bottom=top + used_height,
        cell_width=cell_width,
        cell_height=cell_height,
        row_heading=row_heading,
        recall=recall,
        has_recall_numbers=has_numbers,
        column_heading=column_heading,
        slanted=slanted,
    )


def _cell(size: int, width: int, height: int, metrics: Metrics) -> tuple[int, int]:
    count = max(size, 1)
    least_width = metrics.widest_number + 4
    cell_height = max(min(height // count, MOST_HEIGHT), LEAST_HEIGHT)
    cell_width = max(min(width // count, MOST_WIDTH), least_width)
    flattest = 1.3 if cell_height >= 60 else 1.7
    cell_width = max(min(cell_width, int(cell_height * flattest)), least_width)
    cell_height = max(min(cell_height, cell_width), LEAST_HEIGHT)
    return cell_width, cell_height

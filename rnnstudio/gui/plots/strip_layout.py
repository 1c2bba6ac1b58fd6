"""Where the parts of one step of the unrolled network stand, from ŷ_t on top to the word below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from rnnstudio.gui.plots.cells import Grid, fitted_grid
from rnnstudio.gui.theme import font

CLASSES_ALWAYS = 3  # shown however low the strip is
_FRAME_PADDING = 6
_LONGEST_ARROW = 72
_CONTENT = 70  # as wide as three letters and a bar need
_W_ARROW = (0.3, 24.0, 52.0)  # share of the column, least, most


@dataclass(frozen=True)
class Band:
    """A horizontal strip of the picture that may grow from `least` to `most` pixels."""

    least: float
    most: float
    weight: float = 0.0


def share_out(room: float, bands: Sequence[Band]) -> list[float]:
    """Give each band its least height and share the rest by weight, up to each one's most."""
    sizes = [band.least for band in bands]
    left = room - sum(sizes)
    open_bands = [index for index, band in enumerate(bands) if band.weight > 0]
    while left > 0.5 and open_bands:
        weights = sum(bands[index].weight for index in open_bands)
        given = 0.0
        for index in list(open_bands):
            band = bands[index]
            more = min(left * band.weight / weights, band.most - sizes[index])
            sizes[index] += more
            given += more
            if sizes[index] >= band.most - 0.25:
                open_bands.remove(index)
        left -= given
    return sizes


@dataclass(frozen=True)
class Span:
    """A vertical stretch of the picture."""

    top: float
    height: float

    @property
    def bottom(self) -> float:
        """The lower end."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """The centre line."""
        return self.top + self.height / 2

    def holds(self, y: float) -> bool:
        """Whether a height lies in the stretch."""
        return self.top <= y < self.bottom


@dataclass(frozen=True)
class StripLayout:
    """The parts of a step: their heights in the strip, their widths within the column.

    `frame_left`, `frame_width` and the grids' `…_left` count from the column's left edge.
    """

    bars: Span
    bar_count: int
    y_letter: Span
    v_arrow: Span
    frame: Span
    s_letter: Span
    u_arrow: Span
    x: Span
    id_line: Span
    word: Span
    frame_left: float
    frame_width: float
    content_left: float  # of bars and one-hot vectors, which have no arrows beside them
    content_width: float
    units: Grid
    units_left: float
    units_top: float
    inputs: Grid | None  # None for one-hot input
    inputs_left: float
    inputs_top: float

    def unit_rect(self, left: float, unit: int) -> QRectF:
        """The cell of a unit in the column that begins at `left`."""
        return self.units.cell(unit).translated(left + self.units_left, self.units_top)

    def unit_at(self, left: float, point: QPointF) -> int | None:
        """The unit at a point, if there is one."""
        return self.units.cell_at(point.x() - left - self.units_left, point.y() - self.units_top)

    def input_at(self, left: float, point: QPointF) -> int | None:
        """The component of an embedding at a point, if there is one."""
        if self.inputs is None:
            return None
        return self.inputs.cell_at(point.x() - left - self.inputs_left, point.y() - self.inputs_top)

    def bar(self, index: int) -> Span:
        """The height of a class's bar, from the top."""
        pitch = self.bars.height / self.bar_count
        return Span(self.bars.top + index * pitch, pitch)


def strip_layout(
    column_width: int,
    height: int,
    classes: int,
    units: int,
    embedding: int | None,
    ratio: float,
) -> StripLayout:
    """Lay a step out in a column of `column_width` by `height` pixels.

    Args:
        classes, units, embedding: C, H and E (None for one-hot input).
        ratio: device pixels a logical pixel.
    """
    small = QFontMetricsF(font(11)).height() + 2
    large = QFontMetricsF(font(14)).height() + 4
    bar_count = min(classes, max(CLASSES_ALWAYS, int(height * 0.22 / (small + 3))))
    share, least, most = _W_ARROW
    frame_width = float(round(column_width - min(max(column_width * share, least), most)))
    frame_left = round((column_width - frame_width) / 2)
    content_width = max(frame_width, float(min(column_width - 12, _CONTENT)))
    arrow = Band(18, _LONGEST_ARROW, 1)

    def bands(frame: Band) -> list[Band]:
        return [
            Band(6, 14, 0.3),
            Band(bar_count * (small - 1), bar_count * (small + 10), 1),  # the classes' bars
            Band(small + 2, small + 2),  # ŷ
            arrow,  # V
            frame,
            Band(small + 2, small + 2),  # s
            arrow,  # U
            Band(14, 20 if embedding is None else max(20.0, content_width), 0.7),  # x
            Band(small + 3, small + 3),  # id
            Band(large, large),  # word
            Band(6, 14, 0.3),
        ]

    # First the most that the frame can have; then, its grid known, the rest for the others.
    frame_height = share_out(height, bands(Band(48, height, 5)))[4]
    padding = 2 * _FRAME_PADDING
    grid = fitted_grid(units, frame_width - padding, frame_height - padding, ratio)
    frame_height = round(grid.height + padding)
    sizes = share_out(height, bands(Band(frame_height, frame_height)))
    spare = max(0.0, height - sum(sizes))
    tops = [round(spare / 2 + sum(sizes[:index])) for index in range(len(sizes) + 1)]
    spans = [Span(top, below - top) for top, below in pairwise(tops)]
    _, bars, y_letter, v_arrow, frame, s_letter, u_arrow, x, id_line, word, _ = spans
    inputs = None
    if embedding is not None:
        inputs = fitted_grid(embedding, content_width, x.height, ratio, 22.0)
    return StripLayout(
        bars=bars,
        bar_count=bar_count,
        y_letter=y_letter,
        v_arrow=v_arrow,
        frame=frame,
        s_letter=s_letter,
        u_arrow=u_arrow,
        x=x,
        id_line=id_line,
        word=word,
        frame_left=frame_left,
        frame_width=frame_width,
        content_left=round((column_width - content_width) / 2),
        content_width=content_width,
        units=grid,
        units_left=_snapped(frame_left + (frame_width - grid.width) / 2, ratio),
        units_top=_snapped(frame.top + (frame.height - grid.height) / 2, ratio),
        inputs=inputs,
        inputs_left=_snapped((column_width - inputs.width) / 2, ratio) if inputs else 0.0,
        inputs_top=_snapped(x.top + (x.height - inputs.height) / 2, ratio) if inputs else 0.0,
    )


def _snapped(place: float, ratio: float) -> float:
    return round(place * ratio) / ratio

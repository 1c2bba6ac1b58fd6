"""Where the parts of one step of the unrolled network stand, from ŷ_t on top to the word below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots.cells import Grid, fitted_grid
from rnnstudio.gui.plots.strip_numbers import number_grid
from rnnstudio.gui.theme import font
from rnnstudio.session.looking import View

CLASSES_ALWAYS = 3  # shown however low the strip is
_LONGEST_ARROW = 72
_CONTENT = 70  # as wide as three letters and a bar need
_BAR_HEIGHT = 13.0  # at most
_BAR = 40  # of a class beside its name, where there is room
_SHORTEST_BAR: Mapping[View, int] = {View.CELLS: 22, View.NUMBERS: 34, View.DIAGRAM: 22}
_SHORTEST_BAR_OF_TAGS = 16  # the name is the answer
_LEGEND_FROM = 270  # a lower strip has no line of words below
# The arrow of W by view: its share of the column, least and most.
_W_ARROW: Mapping[View, tuple[float, float, float]] = {
    View.CELLS: (0.3, 24.0, 52.0),
    View.NUMBERS: (0.2, 20.0, 44.0),
    View.DIAGRAM: (0.12, 16.0, 24.0),
}
_FRAME_PADDING: Mapping[View, int] = {View.CELLS: 6, View.NUMBERS: 5, View.DIAGRAM: 4}
# A wiring diagram is legible in a column so wide; a list of numbers needs less.
_NARROWEST_DIAGRAM: Mapping[Cell, int] = {Cell.RNN: 112, Cell.GRU: 144, Cell.LSTM: 156}
_NARROWEST_DIAGRAM_WITHOUT_MEMORY = 104
_NARROWEST_NUMBERS = 84
_LOWEST_DIAGRAM, _HIGHEST_DIAGRAM = 112, 230


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
class StripNeeds:
    """What a step has to show.

    `classes`, `units`, `embedding` are C, H and E (None for one-hot input); `names` has for each
    class how wide its name is, whole and shortened; with `tags` it is each word's answer. With
    `attributed` there is a bar below each word.
    """

    classes: int
    units: int
    embedding: int | None
    view: View = View.CELLS
    names: tuple[tuple[float, float], ...] = ()
    tags: bool = False
    attributed: bool = False


@dataclass(frozen=True)
class StripLayout:
    """The parts of a step: their heights in the strip, their widths within the column.

    `frame_left`, `frame_width` and the other `…_left` count from the column's left edge. `units`
    is None where a diagram stands in the frame; where it has fewer cells than there are units, it
    lists the leading ones.
    """

    bars: Span
    bar_count: int
    bars_left: float
    bars_width: float
    name_width: float
    y_letter: Span
    v_arrow: Span
    frame: Span
    s_letter: Span
    u_arrow: Span
    x: Span
    id_line: Span
    word: Span
    attribution: Span | None
    legend: Span | None
    frame_left: float
    frame_width: float
    content_left: float  # of one-hot vectors, which have no arrows beside them
    content_width: float
    units: Grid | None
    units_left: float
    units_top: float
    inputs: Grid | None  # None for one-hot input
    inputs_left: float
    inputs_top: float

    def unit_rect(self, left: float, place: int) -> QRectF:
        """The cell at a place of the grid, in the column that begins at `left`."""
        if self.units is None:
            return QRectF()
        return self.units.cell(place).translated(left + self.units_left, self.units_top)

    def unit_at(self, left: float, point: QPointF) -> int | None:
        """The place of the grid at a point, if there is one."""
        if self.units is None:
            return None
        return self.units.cell_at(point.x() - left - self.units_left, point.y() - self.units_top)

    def input_rect(self, left: float, place: int) -> QRectF:
        """The cell of an embedding at a place of its grid."""
        if self.inputs is None:
            return QRectF()
        return self.inputs.cell(place).translated(left + self.inputs_left, self.inputs_top)

    def input_at(self, left: float, point: QPointF) -> int | None:
        """The place of an embedding's grid at a point, if there is one."""
        if self.inputs is None:
            return None
        return self.inputs.cell_at(point.x() - left - self.inputs_left, point.y() - self.inputs_top)

    def bar(self, index: int) -> Span:
        """The height of a class's bar, from the top."""
        pitch = self.bars.height / self.bar_count
        return Span(self.bars.top + index * pitch, pitch)

    @cached_property
    def tracks(self) -> tuple[QRectF, ...]:
        """The bars from the top, were they full, in a column that begins at 0."""
        start, width = self.bars_left + self.name_width, self.bars_width - self.name_width
        found = []
        for span in map(self.bar, range(self.bar_count)):
            height = round(min(_BAR_HEIGHT, span.height - 4))
            top = round(span.top + (span.height - height) / 2)
            found.append(QRectF(start, top, width, height))
        return tuple(found)

    def frame_rect(self, left: float) -> QRectF:
        """The frame of the state in the column that begins at `left`."""
        return QRectF(left + self.frame_left, self.frame.top, self.frame_width, self.frame.height)


def narrowest_column(view: View, cell: Cell) -> int:
    """Return how wide a column must be for a view; 0 where any will do."""
    if view is View.DIAGRAM:
        return _NARROWEST_DIAGRAM.get(cell, _NARROWEST_DIAGRAM_WITHOUT_MEMORY)
    return _NARROWEST_NUMBERS if view is View.NUMBERS else 0


def strip_layout(column_width: int, height: int, needs: StripNeeds, ratio: float) -> StripLayout:
    """Lay a step out in a column of `column_width` by `height` pixels.

    Args:
        ratio: device pixels a logical pixel.
    """
    view, numbers = needs.view, needs.view is View.NUMBERS
    small = QFontMetricsF(font(11)).height() + 2
    large = QFontMetricsF(font(14)).height() + 4
    bar_count = min(needs.classes, max(CLASSES_ALWAYS, int(height * 0.22 / (small + 3))))
    share, least, most = _W_ARROW[view]
    frame_width = float(round(column_width - min(max(column_width * share, least), most)))
    frame_left = round((column_width - frame_width) / 2)
    room = float(column_width - 12)
    content_width = max(min(frame_width, room), min(room, float(_CONTENT)))
    longest = max((whole for whole, _ in needs.names), default=0.0)
    bars_width = max(content_width, min(column_width - 8.0, longest + _BAR))
    name_width = _name_width(needs, bars_width)
    arrow = Band(11, 30, 1) if view is View.DIAGRAM else Band(16, _LONGEST_ARROW, 1)
    letter = small + 2 if view is not View.DIAGRAM else 0.0  # it stands in the wiring
    legend = small if needs.attributed and height >= _LEGEND_FROM else 0.0
    below = 11.0 if needs.attributed else 0.0
    highest_x = max(20.0, content_width) if needs.embedding is not None else 20.0
    if numbers and needs.embedding is not None:
        highest_x = max(highest_x, 64.0)

    def bands(frame: Band) -> list[Band]:
        return [
            Band(2, 14, 0.3),
            Band(bar_count * (small - 1), bar_count * (small + 10), 1),  # the classes' bars
            Band(small + 2, small + 2),  # ŷ
            arrow,  # V
            frame,
            Band(letter, letter),  # s
            arrow,  # U
            Band(10 if view is View.DIAGRAM else 14, highest_x, 2.0 if numbers else 0.7),  # x
            Band(small + 3, small + 3),  # id
            Band(large, large),  # word
            Band(below, below),  # how much it moved the decision
            Band(legend, legend),
            Band(2, 14, 0.3),
        ]

    padding = 2 * _FRAME_PADDING[view]
    grid: Grid | None = None
    if view is View.DIAGRAM:
        highest = min(_HIGHEST_DIAGRAM, 1.9 * frame_width)
        found = share_out(height, bands(Band(_LOWEST_DIAGRAM, highest, 8)))[4]
        frame_height = float(round(found))
    else:
        # First the most that the frame can have; then, its grid known, the rest for the others.
        frame_height = share_out(height, bands(Band(48, height, 12 if numbers else 5)))[4]
        fit = number_grid if numbers else fitted_grid
        grid = fit(needs.units, frame_width - padding, frame_height - padding, ratio)
        frame_height = float(round(grid.height + padding))
    sizes = share_out(height, bands(Band(frame_height, frame_height)))
    spare = max(0.0, height - sum(sizes))
    tops = [round(spare / 2 + sum(sizes[:index])) for index in range(len(sizes) + 1)]
    spans = [Span(top, below - top) for top, below in pairwise(tops)]
    _, bars, y_letter, v_arrow, frame, s_letter, u_arrow, x, id_line, word, share_bar, line, _ = (
        spans
    )
    inputs = None
    if needs.embedding is not None and numbers:
        inputs = number_grid(needs.embedding, content_width, x.height, ratio)
    elif needs.embedding is not None:
        inputs = fitted_grid(needs.embedding, content_width, x.height, ratio, 22.0)
    return StripLayout(
        bars=bars,
        bar_count=bar_count,
        bars_left=round((column_width - bars_width) / 2),
        bars_width=bars_width,
        name_width=name_width,
        y_letter=y_letter,
        v_arrow=v_arrow,
        frame=frame,
        s_letter=s_letter,
        u_arrow=u_arrow,
        x=x,
        id_line=id_line,
        word=word,
        attribution=share_bar if below else None,
        legend=line if legend else None,
        frame_left=frame_left,
        frame_width=frame_width,
        content_left=round((column_width - content_width) / 2),
        content_width=content_width,
        units=grid,
        units_left=_snapped(frame_left + (frame_width - (grid.width if grid else 0)) / 2, ratio),
        units_top=_snapped(frame.top + (frame.height - (grid.height if grid else 0)) / 2, ratio),
        inputs=inputs,
        inputs_left=_snapped((column_width - inputs.width) / 2, ratio) if inputs else 0.0,
        inputs_top=_snapped(x.top + (x.height - inputs.height) / 2, ratio) if inputs else 0.0,
    )


def _name_width(needs: StripNeeds, bars_width: float) -> float:
    """Return how much of the bars' width the names take: as long as leaves a bar to be seen."""
    tags = needs.tags and needs.view is not View.NUMBERS
    room = bars_width - (_SHORTEST_BAR_OF_TAGS if tags else _SHORTEST_BAR[needs.view])
    widths = (
        next((width for width in (whole, short) if width <= room), room)
        for whole, short in needs.names
    )
    return max(widths, default=0.0)


def _snapped(place: float, ratio: float) -> float:
    return round(place * ratio) / ratio

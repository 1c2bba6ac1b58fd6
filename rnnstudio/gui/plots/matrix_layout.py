"""Where the parts of a confusion matrix stand in a given room: pure geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

# Cells larger than this make two classes look absurd, however much room there is.
MOST_WIDTH, MOST_HEIGHT = 260, 200
LEAST_HEIGHT = 14  # one line of 11 pixels
OVERVIEW = 12  # pixels: lower cells are a picture without numbers
BAR = 54  # the bars at the right edge
GAP_BEFORE_EXTRAS = 8  # "no answer", "missed": not a class
_SLANT = 0.7071  # sine and cosine of the 45° of slanted headings
_MOST_HEADING = 150
_MOST_SLANTED = 112
_AXIS = 24  # the words "truth" and "predicted"
_GAP = 8
_MOST_GIVEN = 24  # pixels that names are cut by where all cells are in sight then
_LEAN = 12  # pixels beside the middle of the last column that its slanted name takes
_FEW = 4  # classes; their cells come before what stands at the right edge
_FEW_LEAST = 64
_EASY_HEIGHT = 20  # a matrix with lower cells takes the smaller letters
_LARGEST_ZOOMED = 200


@dataclass(frozen=True)
class Edge:
    """What stands at the right of each row: widths in pixels of a bar, a share and a count."""

    bar: int = 0
    share: int = 0
    count: int = 0
    is_long: bool = False  # "87.5 %", not "87"

    @property
    def width(self) -> int:
        """How much room it takes."""
        parts = sum(part + _GAP for part in (self.bar, self.share, self.count) if part)
        return parts + 6 if parts else 0


@dataclass(frozen=True)
class Metrics:
    """What the layout must know of the words: widths in pixels, and the height of a line.

    `rows` and `columns` are the widths of all headings; the last `extra_rows` and `extra_columns`
    of them are not classes. `edges` can stand at the right, the widest first. `below` is the number
    of lines under the cells. The words of the axes stand beside the headings, or with `cornered`
    in the corner, where they take no room. The words over the edge have `head_lines`.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    widest_number: int
    line: int
    edges: tuple[Edge, ...] = ()
    extra_rows: int = 0
    extra_columns: int = 0
    below: int = 1
    least_left: int = 0  # what stands beside the lines below the cells
    cornered: bool = False
    head_lines: int = 1

    @property
    def axis(self) -> int:
        """The room of an axis' words."""
        return 0 if self.cornered else _AXIS

    @property
    def room_below(self) -> int:
        """The room of the lines under the cells."""
        return self.below * self.line + (_GAP if self.cornered else 2 * _GAP)

    @property
    def least_width(self) -> int:
        """The width of a cell whose number can just be read."""
        return self.widest_number + (2 if self.cornered else 4)


@dataclass(frozen=True)
class MatrixLayout:
    """A matrix of `rows` × `columns` cells; `left` and `top` are those of the first, unscrolled.

    Headings and edges stay in sight: `right` and `bottom` are the ends of the room for cells.
    """

    rows: int
    columns: int
    extra_rows: int
    extra_columns: int
    left: int
    top: int
    right: int
    bottom: int
    cell_width: int
    cell_height: int
    row_heading: int
    column_heading: int
    edge: Edge
    edge_shift: int
    slanted: bool
    cornered: bool
    below: int

    @property
    def recall(self) -> int:
        """The room at the right of the cells."""
        return self.edge.width + self.edge_shift

    @property
    def has_recall_numbers(self) -> bool:
        """Whether the shares at the right edge are written out."""
        return self.edge.is_long

    @property
    def slanted_length(self) -> int:
        """How long a slanted heading may be."""
        return int((self.column_heading - 6) / _SLANT) - 10

    @property
    def cells_width(self) -> int:
        """The width of all cells."""
        return self.x_of(self.columns) if self.columns else 0

    @property
    def cells_height(self) -> int:
        """The height of all cells."""
        return self.y_of(self.rows) if self.rows else 0

    @property
    def hidden_width(self) -> int:
        """How far the cells scroll sideways."""
        return max(self.cells_width - (self.right - self.left), 0)

    @property
    def hidden_height(self) -> int:
        """How far the cells scroll downwards."""
        return max(self.cells_height - (self.bottom - self.top), 0)

    @property
    def is_easy(self) -> bool:
        """Whether everything is in sight, and no smaller letters are needed for it."""
        return not (self.hidden_width or self.hidden_height) and self.cell_height >= _EASY_HEIGHT

    def x_of(self, column: int) -> int:
        """How far right of the first cell a column begins."""
        behind = self.extra_columns and column >= self.columns - self.extra_columns
        # The gap is before the first extra column; the end of all cells counts it, too.
        return column * self.cell_width + (GAP_BEFORE_EXTRAS if behind else 0)

    def y_of(self, row: int) -> int:
        """How far below the first cell a row begins."""
        behind = self.extra_rows and row >= self.rows - self.extra_rows
        return row * self.cell_height + (GAP_BEFORE_EXTRAS if behind else 0)

    def column_at(self, x: int) -> int:
        """Return the column at a distance from the first one's left side (negative: before)."""
        first = self.columns - self.extra_columns
        if self.extra_columns and x >= first * self.cell_width:
            return max((x - GAP_BEFORE_EXTRAS) // self.cell_width, first)
        return x // self.cell_width

    def row_at(self, y: int) -> int:
        """Return the row at a distance from the first one's top (negative: above)."""
        first = self.rows - self.extra_rows
        if self.extra_rows and y >= first * self.cell_height:
            return max((y - GAP_BEFORE_EXTRAS) // self.cell_height, first)
        return y // self.cell_height

    def place_at(self, x: int, y: int, across: int = 0, down: int = 0) -> tuple[int, int] | None:
        """Return the (row, column) at a point, where the cells are scrolled by `across`, `down`.

        −1 is a heading, (−1, −1) the corner; None is outside. What stands at the right edge belongs
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
        row = self.row_at(y - self.top + down) if among_rows else -1
        column = self.column_at(x - self.left + across) if among_columns else -1
        if x >= self.right:
            column = -1
            if not among_rows:
                return None
        return (row, column) if row < self.rows and column < self.columns else None


@dataclass(frozen=True)
class Zooms:
    """How far a matrix can be zoomed: `least` shows all of it, 1 is how it is shown at first."""

    least: float
    most: float


def lay_out(
    width: int, height: int, metrics: Metrics, compact: Metrics | None = None, zoom: float = 1.0
) -> MatrixLayout:
    """Fit a matrix into a viewport of `width` × `height` pixels.

    Cells are nearly square while they are large, and up to 1.7 times as wide as high where there
    are many. Column headings are slanted where they are wider than a cell. Shares at the right give
    way to the cells of a few classes: `recall` is then 0. `compact` measures smaller letters, which
    are taken where the others leave too little room. A `zoom` of 1 shows legible cells.
    """
    result, chosen = _fit(width, height, metrics), metrics
    if compact is not None and not result.is_easy:
        result, chosen = _fit(width, height, compact), compact
    if zoom == 1.0:
        return result
    return _zoomed(result, width, height, chosen, zoom)


def zooms_of(layout: MatrixLayout) -> Zooms:
    """Return how far a matrix that is laid out with a zoom of 1 can be zoomed."""
    across, down = layout.columns * layout.cell_width, layout.rows * layout.cell_height
    # The gaps before what is no class keep their size.
    room = layout.right - layout.left - (layout.cells_width - across)
    high = layout.bottom - layout.top - (layout.cells_height - down)
    least = min(room / max(across, 1), high / max(down, 1), 1.0)
    # Not all of a thousand classes can be told apart in one picture.
    least = max(least, 1.0 / max(min(layout.cell_width, layout.cell_height), 1))
    return Zooms(min(least, 1.0), max(_LARGEST_ZOOMED / layout.cell_height, 1.0))


def _fit(width: int, height: int, metrics: Metrics) -> MatrixLayout:
    columns = len(metrics.columns)
    widest = max(metrics.columns, default=0)
    row_heading = min(max(metrics.rows, default=0), _MOST_HEADING) + (
        12 if metrics.cornered else 16
    )
    row_heading = max(row_heading, metrics.least_left - metrics.axis)
    left = metrics.axis + row_heading
    wanted = metrics.least_width + 2
    if columns <= _FEW:
        wanted = max(wanted, min(widest, _MOST_HEADING) + _GAP, _FEW_LEAST)
    edge = _edge(metrics.edges, width - left - columns * wanted, columns <= _FEW)
    below = metrics.room_below
    level = max(metrics.line + 10, metrics.head_lines * metrics.line + 8 - metrics.axis)
    slanted_height = ceil(min(widest, _MOST_SLANTED) * _SLANT + metrics.line * _SLANT) + 6
    beside, cell_width, shift = edge.width, wanted, 0
    for slanted in (False, True):
        column_heading = slanted_height if slanted else level
        if slanted:
            shift = _shift(edge, metrics, wanted)
            beside = max(beside + shift, _overhang(metrics.columns, cell_width))
        given = _given(width - left - beside, row_heading, metrics)
        left, row_heading = left - given, row_heading - given
        room = max(width - left - beside, 1)
        top = metrics.axis + column_heading
        high = max(height - top - below, 1)
        cell_width, cell_height = _cell(room, high, metrics)
        if widest + _GAP <= cell_width:
            break
    layout = MatrixLayout(
        rows=len(metrics.rows),
        columns=columns,
        extra_rows=metrics.extra_rows,
        extra_columns=metrics.extra_columns,
        left=left,
        top=top,
        right=left + room,
        bottom=top + high,
        cell_width=cell_width,
        cell_height=cell_height,
        row_heading=row_heading,
        column_heading=column_heading,
        edge=edge,
        edge_shift=shift,
        slanted=slanted,
        cornered=metrics.cornered,
        below=metrics.below,
    )
    return _centred(layout)


def _given(room: int, row_heading: int, metrics: Metrics) -> int:
    """What the names of rows give of their room, where a little of it saves the scrolling."""
    cells = len(metrics.columns) * metrics.least_width
    missing = cells + (GAP_BEFORE_EXTRAS if metrics.extra_columns else 0) - room
    if not metrics.cornered or not 0 < missing <= _MOST_GIVEN:
        return 0
    return missing if row_heading - missing >= metrics.least_left else 0


def _edge(edges: Sequence[Edge], room: int, few: bool) -> Edge:
    for edge in edges:
        if edge.width <= room:
            return edge
    return Edge() if few or not edges else edges[-1]


def _shift(edge: Edge, metrics: Metrics, cell_width: int) -> int:
    """How far the edge moves aside for its words to stand beside the last slanted name."""
    if not edge.width:
        return 0
    lean = _LEAN + (metrics.head_lines - 1) * metrics.line
    return max(lean - cell_width // 2, 0)


def _overhang(labels: Sequence[int], cell_width: int) -> int:
    """How far slanted headings reach beyond the last column."""
    ends = (
        min(label, _MOST_SLANTED) * _SLANT + 10 - (len(labels) - place - 0.5) * cell_width
        for place, label in enumerate(labels)
    )
    return ceil(max(ends, default=0))


def _cell(width: int, height: int, metrics: Metrics) -> tuple[int, int]:
    width -= GAP_BEFORE_EXTRAS if metrics.extra_columns else 0
    height -= GAP_BEFORE_EXTRAS if metrics.extra_rows else 0
    least_width = metrics.least_width
    cell_height = min(height // max(len(metrics.rows), 1), MOST_HEIGHT)
    cell_height = max(cell_height, LEAST_HEIGHT)
    cell_width = max(min(width // max(len(metrics.columns), 1), MOST_WIDTH), least_width)
    flattest = 1.3 if cell_height >= 60 else 1.7
    cell_width = max(min(cell_width, int(cell_height * flattest)), least_width)
    cell_height = max(min(cell_height, cell_width), LEAST_HEIGHT)
    return cell_width, cell_height


def _centred(layout: MatrixLayout) -> MatrixLayout:
    """Put the cells into the middle of their room, from which they take no more than they need."""
    room, high = layout.right - layout.left, layout.bottom - layout.top
    width, height = min(layout.cells_width, room), min(layout.cells_height, high)
    left, top = layout.left + (room - width) // 2, layout.top + (high - height) // 2
    return replace(layout, left=left, top=top, right=left + width, bottom=top + height)


def _zoomed(
    layout: MatrixLayout, width: int, height: int, metrics: Metrics, zoom: float
) -> MatrixLayout:
    """Make the cells larger or smaller; the room for them is all that headings and edges leave."""
    zooms = zooms_of(layout)
    zoom = min(max(zoom, zooms.least), zooms.most)
    left = metrics.axis + layout.row_heading
    top = metrics.axis + layout.column_heading
    below = metrics.room_below
    cell_width, cell_height = int(layout.cell_width * zoom), int(layout.cell_height * zoom)
    if zoom < 1.0:
        # A side that fits need not become smaller.
        room, high = layout.right - layout.left, layout.bottom - layout.top
        gaps = layout.cells_width - layout.columns * layout.cell_width
        fitting = (room - gaps) // max(layout.columns, 1)
        cell_width = max(cell_width, min(fitting, layout.cell_width))
        gaps = layout.cells_height - layout.rows * layout.cell_height
        fitting = (high - gaps) // max(layout.rows, 1)
        cell_height = max(cell_height, min(fitting, layout.cell_height))
    beside, shift = layout.recall, layout.edge_shift
    if layout.slanted:
        shift = max(shift, _shift(layout.edge, metrics, cell_width))
        beside = max(layout.edge.width + shift, _overhang(metrics.columns, layout.cell_width))
    return _centred(
        replace(
            layout,
            edge_shift=shift,
            left=left,
            top=top,
            right=max(width - beside, left + 1),
            bottom=max(height - below, top + 1),
            cell_width=max(cell_width, 1),
            cell_height=max(cell_height, 1),
        )
    )

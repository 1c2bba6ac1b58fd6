"""The wiring of a cell as shapes: wires, gates and operations, numbers, grids of units.

A diagram is laid out in pixels for one size and painted for any step; `gate_diagram_small` and
`gate_diagram_large` lay it out, `gate_diagram_painting` paints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF

from rnnstudio.gui.plots.cells import Grid, fitted_grid

MULTIPLY, ADD, REST = "⊙", "+", "1−"
SIGMA, TANH = "σ", "tanh"
_CIRCLES = frozenset({MULTIPLY, ADD, REST})
_CAPTION = 17.0  # a block's line of words, above its cells


@dataclass(frozen=True)
class Wire:
    """A way through points; `main` is the memory that goes from step to step."""

    points: tuple[tuple[float, float], ...]
    main: bool = False
    arrow: bool = True


@dataclass(frozen=True)
class Node:
    """An operation or a function; `part` is what comes out of it, where that has a name."""

    sign: str
    x: float
    y: float
    width: float
    height: float
    part: str | None = None

    @property
    def is_circle(self) -> bool:
        """Whether it is an operation, not a function."""
        return self.sign in _CIRCLES

    @property
    def rect(self) -> QRectF:
        """Where it stands."""
        return QRectF(self.x - self.width / 2, self.y - self.height / 2, self.width, self.height)


@dataclass(frozen=True)
class Tag:
    """The number of a part, centred at a place; `stacked` has its letter above it, not before."""

    part: str
    x: float
    y: float
    stacked: bool = False
    width: float = 44.0

    @property
    def rect(self) -> QRectF:
        """Where it stands."""
        height = 24.0 if self.stacked else 13.0
        return QRectF(self.x - self.width / 2, self.y - height / 2, self.width, height)


@dataclass(frozen=True)
class Note:
    """Words beside a wire, such as U; `align` is −1 where they end at the place, 1 where they
    begin there, 0 where they are centred.
    """

    words: str
    x: float
    y: float
    align: int = 0


@dataclass(frozen=True)
class Block:
    """All units of a part as a grid of cells below a line with its letter and number."""

    part: str
    left: float
    top: float
    width: float
    height: float
    grid: Grid

    @property
    def rect(self) -> QRectF:
        """The block with its line of words."""
        return QRectF(self.left, self.top, self.width, self.height)

    @property
    def caption(self) -> QRectF:
        """The line of words."""
        return QRectF(self.left, self.top, self.width, _CAPTION)

    @property
    def frame(self) -> QRectF:
        """The box around the cells."""
        return self.rect.adjusted(0, _CAPTION, 0, 0)

    @property
    def middle(self) -> QPointF:
        """The centre of the cells."""
        return self.frame.center()

    @property
    def origin(self) -> QPointF:
        """The upper left corner of the cells."""
        box = self.frame
        return QPointF(
            round(box.center().x() - self.grid.width / 2),
            round(box.center().y() - self.grid.height / 2),
        )

    def cell(self, unit: int) -> QRectF:
        """The cell of a unit."""
        return self.grid.cell(unit).translated(self.origin)

    def unit_at(self, point: QPointF) -> int | None:
        """The unit at a point, if there is one."""
        place = point - self.origin
        return self.grid.cell_at(place.x(), place.y())


@dataclass(frozen=True)
class Diagram:
    """The shapes of one cell at one size, in the order in which they are painted."""

    wires: tuple[Wire, ...] = ()
    nodes: tuple[Node, ...] = ()
    tags: tuple[Tag, ...] = ()
    notes: tuple[Note, ...] = ()
    blocks: tuple[Block, ...] = ()
    # Where the state, and of an LSTM the cell state, comes in and goes out at the sides.
    levels: tuple[float, ...] = ()

    def part_at(self, point: QPointF) -> tuple[str, int | None] | None:
        """Return the part at a point, with the unit where it is a cell's."""
        for block in self.blocks:
            if block.rect.contains(point):
                return block.part, block.unit_at(point)
        for tag in self.tags:
            if tag.rect.contains(point):
                return tag.part, None
        for node in self.nodes:
            if node.part is not None and node.rect.adjusted(-2, -2, 2, 2).contains(point):
                return node.part, None
        return None

    def block(self, part: str) -> Block:
        """Return the block of a part.

        Raises:
            StopIteration: there is none.
        """
        return next(block for block in self.blocks if block.part == part)


@dataclass
class Draft:
    """Gathers the shapes of a diagram in a box of `width` by `height` pixels."""

    width: float
    height: float
    units: int = 1
    ratio: float = 1.0
    circle: float = 15.0
    wires: list[Wire] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def wire(self, *points: tuple[float, float], main: bool = False, arrow: bool = True) -> None:
        """Add a wire."""
        self.wires.append(Wire(points, main, arrow))

    def node(self, sign: str, x: float, y: float, part: str | None = None) -> None:
        """Add an operation or a function."""
        wide = {TANH: 30.0, "ReLU": 32.0, SIGMA: 20.0, REST: 21.0}.get(sign, self.circle)
        high = self.circle if sign in _CIRCLES else 17.0
        self.nodes.append(Node(sign, round(x) + 0.5, round(y) + 0.5, wide, high, part))

    def tag(self, part: str, x: float, y: float, stacked: bool = False) -> None:
        """Add a number."""
        self.tags.append(Tag(part, x, y, stacked, 26.0 if stacked else 44.0))

    def note(self, words: str, x: float, y: float, align: int = 0) -> None:
        """Add words."""
        self.notes.append(Note(words, x, y, align))

    def block(
        self, part: str, x: float, top: float, width: float, height: float, count: int = 0
    ) -> Block:
        """Add a grid of all units, or of `count` numbers, centred at `x`."""
        room = (width - 8, height - _CAPTION - 8)
        grid = fitted_grid(count or self.units, max(room[0], 8.0), max(room[1], 8.0), self.ratio)
        block = Block(part, round(x - width / 2), round(top), round(width), round(height), grid)
        self.blocks.append(block)
        return block

    def done(self, *levels: float) -> Diagram:
        """Return the diagram."""
        return Diagram(
            tuple(self.wires),
            tuple(self.nodes),
            tuple(self.tags),
            tuple(self.notes),
            tuple(self.blocks),
            levels,
        )

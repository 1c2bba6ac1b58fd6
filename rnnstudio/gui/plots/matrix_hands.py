"""What the mouse does in a confusion matrix between press and release."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint

from rnnstudio.gui.plots.matrix_table import Place
from rnnstudio.gui.plots.matrix_view import MatrixView

_SLACK = 6  # pixels that a hand may move while it clicks a heading


@dataclass(frozen=True)
class Released:
    """What a press and a release were: a click, a block of cells, or a class put elsewhere."""

    clicked: Place | None = None
    block: tuple[Place, Place] | None = None
    moved: Place | None = None
    gap: int | None = None


class MatrixHands:
    """Follows one press of the mouse.

    From a cell it draws a `block`; from the heading of a class it takes the class along: `moved` is
    that heading and `gap` (a row?, a place) where it would go.
    """

    def __init__(self) -> None:
        self._pressed: Place | None = None
        self._from = QPoint()
        self._can_move = False
        self._shape: tuple[int, ...] = ()
        self.block: tuple[Place, Place] | None = None
        self.moved: Place | None = None
        self.gap: tuple[bool, int] | None = None

    @property
    def is_down(self) -> bool:
        """Whether the mouse was pressed in the matrix."""
        return self._pressed is not None

    def press(self, place: Place, point: QPoint, can_move: bool) -> None:
        """Begin at a place; `can_move` says that it is the heading of a class."""
        self._pressed, self._from, self._can_move = place, point, can_move
        self.block = self.moved = self.gap = None

    def move(self, view: MatrixView, point: QPoint) -> None:
        """Go on to a point."""
        pressed = self._pressed
        self._shape = view.table.counts.shape
        if pressed is None:
            return
        if min(pressed) >= 0:
            other = view.nearest_cell(point.x(), point.y())
            if other != pressed or self.block is not None:
                self.block = (pressed, other)
        elif self._can_move and (
            self.moved is not None or (point - self._from).manhattanLength() > _SLACK
        ):
            self.moved = pressed
            self.gap = (pressed[1] < 0, _gap_at(view, pressed[1] < 0, point))

    def release(self) -> Released:
        """End, and say what it was."""
        pressed = self._pressed
        done = Released(clicked=pressed)
        if self.block is not None:
            same = self.block[0] == self.block[1]
            done = Released(clicked=pressed) if same else Released(block=self.block)
        elif self.moved is not None and self.gap is not None:
            done = Released(moved=self.moved, gap=self.gap[1])
        self._pressed = self.block = self.moved = self.gap = None
        return done

    def forget_unless(self, shape: tuple[int, ...]) -> None:
        """Let go where the matrix has another form than the one that was pressed in."""
        if self._shape and shape != self._shape:
            self._pressed = self.block = self.moved = self.gap = None
            self._shape = ()


def _gap_at(view: MatrixView, is_row: bool, point: QPoint) -> int:
    """The border between classes that is nearest to a point: 0 before the first one."""
    layout = view.layout
    if is_row:
        along = point.y() - layout.top + view.down
        size, count = layout.cell_height, layout.rows - layout.extra_rows
    else:
        x = point.x()
        if layout.slanted and point.y() < layout.top:
            x -= layout.top - point.y()  # names lean by 45°
        along = x - layout.left + view.across
        size, count = layout.cell_width, layout.columns - layout.extra_columns
    return min(max((along + size // 2) // max(size, 1), 0), count)

"""What is in sight of a painted confusion matrix: a table in a place, and its marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QFontMetrics

from rnnstudio.gui.plots.matrix_layout import BAR, Edge, MatrixLayout, Metrics
from rnnstudio.gui.plots.matrix_table import MatrixTable, Place
from rnnstudio.gui.theme import font
from rnnstudio.session.answers.judging import Measure

_FEW = 4  # classes: large letters beside large cells
_LONGEST = 64  # characters of a name that are measured and drawn


@dataclass(frozen=True, eq=False)
class MatrixView:
    """A table with its layout, scrolled by `across` and `down`."""

    table: MatrixTable
    layout: MatrixLayout
    across: int
    down: int

    def cell(self, row: int, column: int) -> QRect:
        """The rectangle of a painted cell."""
        layout = self.layout
        return QRect(
            layout.left + layout.x_of(column) - self.across,
            layout.top + layout.y_of(row) - self.down,
            layout.cell_width,
            layout.cell_height,
        )

    @property
    def cells(self) -> QRect:
        """The room for the cells."""
        layout = self.layout
        return QRect(
            layout.left, layout.top, layout.right - layout.left, layout.bottom - layout.top
        )

    @property
    def rows(self) -> range:
        """The rows in sight."""
        layout = self.layout
        return _span(layout.row_at, self.down, layout.bottom - layout.top, layout.rows)

    @property
    def columns(self) -> range:
        """The columns in sight."""
        layout = self.layout
        return _span(layout.column_at, self.across, layout.right - layout.left, layout.columns)

    def place_at(self, x: int, y: int) -> Place | None:
        """The place at a point of the viewport."""
        return self.layout.place_at(x, y, self.across, self.down)

    def nearest_cell(self, x: int, y: int) -> Place:
        """The painted cell at a point of the viewport, or the nearest one that is in sight."""
        layout = self.layout
        x = min(max(x, layout.left), layout.right - 1) - layout.left + self.across
        y = min(max(y, layout.top), layout.bottom - 1) - layout.top + self.down
        row, column = layout.row_at(y), layout.column_at(x)
        return min(max(row, 0), layout.rows - 1), min(max(column, 0), layout.columns - 1)


@dataclass(frozen=True, eq=False)
class Marks:
    """What stands out: the selected cells (R, C), the places of the keyboard and of the mouse.

    `block` is what is being selected; `gap` (a row?, a place) is where a class that is dragged
    would go, `moved` that class.
    """

    selected: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), np.bool_))
    focus: Place | None = None
    hovered: Place | None = None
    block: tuple[Place, Place] | None = None
    gap: tuple[bool, int] | None = None
    moved: Place | None = None


def shown_name(name: str) -> str:
    """A name as it is measured and drawn, before it is cut to its room."""
    return name[:_LONGEST]


def heading_font(cornered: bool) -> QFont:
    """The letters of the classes' names."""
    return font(11 if cornered else 13, QFont.Weight.Medium)


def edge_font(table: MatrixTable, cornered: bool) -> QFont:
    """The letters of shares and totals."""
    return font(13 if not cornered and len(table.rows.names) <= _FEW else 11)


def metrics_of(table: MatrixTable) -> tuple[Metrics, Metrics]:
    """Measure the words of a matrix in plain letters, and in small ones for many classes."""
    return _metrics(table, cornered=False), _metrics(table, cornered=True)


def _metrics(table: MatrixTable, cornered: bool) -> Metrics:
    words, small = QFontMetrics(heading_font(cornered)), QFontMetrics(font(11))
    edge = QFontMetrics(edge_font(table, cornered))
    long, short = (
        max(map(edge.horizontalAdvance, texts)) + 2
        for texts in (("100.0 %", ">99.9 %"), ("100", ">99"))
    )
    head = table.rows.share_name.split("\n")
    headed = max(short, *map(edge.horizontalAdvance, head))
    totals = (table.total, *table.rows.totals.tolist())
    count = max(edge.horizontalAdvance(text) for text in ("total", *map(table.total_text, totals)))
    if table.is_difference:
        edges: tuple[Edge, ...] = ()
    elif not table.has_shares:
        edges = (Edge(0, 0, count),)
    elif cornered:
        edges = (Edge(0, headed, count), Edge(0, headed, 0))
    else:
        edges = (
            Edge(BAR, long, count, is_long=True),
            Edge(BAR, short, count),
            Edge(BAR, short, 0),
            Edge(0, headed, 0),
        )
    names = (*table.rows.names, *table.columns.names)
    widths = {name: words.horizontalAdvance(shown_name(name)) for name in names}
    beside = max(map(words.horizontalAdvance, _beside(table)))
    if cornered:
        beside = max(beside, *(words.horizontalAdvance(f"{t} →") for t in _titles(table)))
    return Metrics(
        rows=tuple(widths[name] for name in table.rows.names),
        columns=tuple(widths[name] for name in table.columns.names),
        widest_number=max(small.horizontalAdvance(text) for text in widest_texts(table)),
        line=words.height(),
        edges=edges,
        extra_rows=table.rows.extras,
        extra_columns=table.columns.extras,
        below=2 if table.has_shares and not cornered else 1,
        least_left=beside + 12,
        cornered=cornered,
        head_lines=len(head) if table.has_shares else 1,
    )


def _titles(table: MatrixTable) -> tuple[str, str]:
    # The names of networks may be long; they are cut there.
    return table.rows.title[:12], table.columns.title[:12]


def _beside(table: MatrixTable) -> tuple[str, ...]:
    return (in_line(table.columns.share_name), "total") if table.has_shares else ("total",)


def in_line(words: str) -> str:
    """The words over an edge, in one line below the cells."""
    return words.replace("\n", " ")


def widest_texts(table: MatrixTable) -> list[str]:
    """What the cells say that is longest: the texts of the largest and the smallest value."""
    if table.measure in (Measure.OF_TRUTH, Measure.OF_PREDICTED) and not table.is_difference:
        return [">99" if np.any((table.values > 0.99) & (table.values < 1)) else "100"]
    if not table.values.size:
        return ["0"]
    values = np.nan_to_num(table.values)
    width = table.values.shape[1]
    ends = (divmod(int(place), width) for place in (values.argmax(), values.argmin()))
    return [table.text(place) for place in ends]


def _span(at: Callable[[int], int], offset: int, room: int, count: int) -> range:
    return range(max(at(offset), 0), min(at(offset + max(room, 1) - 1) + 1, count))

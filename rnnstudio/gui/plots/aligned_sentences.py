"""Two sentences side by side, column by column: words, answers, how far the states are apart."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)

from rnnstudio.engine.arrays import IntArray
from rnnstudio.gui.plots.aligned_layout import AlignedLayout, Band
from rnnstudio.gui.plots.aligned_painting import paint_aligned
from rnnstudio.gui.plots.aligned_words import answer_words, column_words, norm_words, unit_words
from rnnstudio.gui.plots.timeline import GUTTER, Target, TimeView
from rnnstudio.session.resolve.two_sentences import Comparison

_LOWEST_ROW = 1.0  # lower rows scroll: a unit is never skipped
_HIGHEST_ROW = 44.0
_HEIGHT_FOR_SCROLL_BAR = 150


@dataclass(frozen=True, eq=False)
class AlignedData:
    """What is drawn: a comparison, the letter of what is compared, and the units (n,) in rows."""

    comparison: Comparison
    letter: str
    order: IntArray


class AlignedSentences(TimeView):
    """Draws `AlignedData`, only what is in view.

    Its columns, from 1, stand for the steps of `TimeView`; `step_requested` and `unit_requested`
    name them.
    """

    menu_asked = Signal(int, QPoint)  # a column, from 1, and the global position

    def __init__(self) -> None:
        super().__init__()
        self.data: AlignedData | None = None
        self._row_of: dict[int, int] = {}
        self.layout_of_rows = AlignedLayout.fitted(160, False)
        self.setObjectName("aligned")
        self.setAccessibleName("Two sentences side by side")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def show_scroll_bar(self, shown: bool) -> None:
        """Show a scroll bar below the columns; a small panel has no room for one."""
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAsNeeded if shown else policy.ScrollBarAlwaysOff
        )

    def set_data(self, data: AlignedData | None) -> None:
        """Draw another comparison, or nothing."""
        if data is not None and (self.data is None or data.order is not self.data.order):
            self._row_of = {int(unit): row for row, unit in enumerate(data.order)}
        self.data = data
        self.set_count(len(data.comparison) if data else 0)
        self._fit_rows()
        self.viewport().update()

    def set_place(self, step: int, unit: int | None) -> None:
        """Move the play head to a step of the present sentence, and mark a unit."""
        column = self.data.comparison.column_of(step) if self.data else None
        if unit not in self._row_of:
            unit = None
        if unit is not None and unit != self.unit:
            self._bring_row_into_view(self._row_of[unit])
        self.set_play_head(0 if column is None else column + 1, unit)

    # what stands where

    @property
    def row_height(self) -> float:
        """The height of a unit's row in logical pixels."""
        height = self.layout_of_rows.units.height / max(len(self._row_of), 1)
        return min(max(height, _LOWEST_ROW), _HIGHEST_ROW)

    @property
    def rows_bottom(self) -> int:
        """Where the last row of units ends, in the viewport."""
        band = self.layout_of_rows.units
        return min(band.bottom, band.top + round(len(self._row_of) * self.row_height))

    def edge(self, row: int) -> float:
        """Where a unit's row begins in the viewport, on a whole device pixel."""
        ratio = self.devicePixelRatioF()
        top = self.layout_of_rows.units.top - self.verticalScrollBar().value()
        return round(row * self.row_height * ratio) / ratio + top

    def visible_rows(self) -> range:
        """The rows of units of which a part is seen."""
        offset = self.verticalScrollBar().value()
        first = int(offset // self.row_height)
        room = self.rows_bottom - self.layout_of_rows.units.top
        return range(first, min(int((offset + room - 1) // self.row_height) + 1, len(self._row_of)))

    def row_of(self, unit: int | None) -> int | None:
        """Return the row of a unit."""
        return None if unit is None else self._row_of.get(unit)

    def cell_rect(self, column: int, unit: int) -> QRectF:
        """The cell of a unit in a column, from 1, in the viewport."""
        top, bottom = self.edge(self._row_of[unit]), self.edge(self._row_of[unit] + 1)
        return QRectF(self.column_left(column), top, self.columns.width, bottom - top)

    def band_rect(self, band: Band, column: int) -> QRectF:
        """The part of a row in a column, from 1, in the viewport."""
        return QRectF(self.column_left(column), band.top, self.columns.width, band.height)

    def unit_order(self) -> list[int]:
        return list(self._row_of)

    def target_at(self, point: QPointF) -> Target | None:
        data, rows = self.data, self.layout_of_rows
        column = self.columns.step_at(point.x() + self.offset)
        if data is None or column is None or point.x() < GUTTER:
            return None
        comparison, place, y = data.comparison, column - 1, point.y()
        if rows.units.top <= y < self.rows_bottom:
            row = int((y - rows.units.top + self.verticalScrollBar().value()) // self.row_height)
            if row < len(data.order):
                unit = int(data.order[row])
                return Target(column, unit, unit_words(comparison, data.letter, place, unit))
        if rows.answers.top <= y < rows.answer_differences.bottom:
            return Target(column, None, answer_words(comparison, place))
        if rows.norms.has(y):
            return Target(column, None, norm_words(comparison, data.letter, place))
        return Target(column, None, column_words(comparison, place))

    def _fit_rows(self) -> None:
        data = self.data
        named = data is not None and data.comparison.present.labels_words
        self.layout_of_rows = AlignedLayout.fitted(self.viewport().height(), named)
        bar, room = self.verticalScrollBar(), self.layout_of_rows.units.height
        bar.setRange(0, max(0, round(len(self._row_of) * self.row_height) - room))
        bar.setPageStep(room)
        bar.setSingleStep(max(round(self.row_height), 8))

    def _bring_row_into_view(self, row: int) -> None:
        bar, top = self.verticalScrollBar(), round(row * self.row_height)
        room = self.layout_of_rows.units.height
        if top < bar.value():
            bar.setValue(top)
        elif top + self.row_height > bar.value() + room:
            bar.setValue(round(top + self.row_height) - room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_scroll_bar(self.height() >= _HEIGHT_FOR_SCROLL_BAR)
        self._fit_rows()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.theme.color("panel"))
        if self.data is not None:
            paint_aligned(painter, self, self.data)
        painter.end()

    # mouse and keys

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # From the keyboard it is about the column of the play head.
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        target = self.target_at(QPointF(event.pos())) if by_mouse else None
        column = self.step if target is None else target.step
        if column:
            self.menu_asked.emit(column, event.globalPos())
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or self.data is None:
            super().keyPressEvent(event)
            return
        # Over the columns where the present sentence has no word: the play head is a step of it.
        columns = self.data.comparison.columns
        column = self.step + by
        while 1 <= column <= len(columns) and columns[column - 1].one is None:
            column += by
        if 1 <= column <= len(columns):
            self.step_requested.emit(column)

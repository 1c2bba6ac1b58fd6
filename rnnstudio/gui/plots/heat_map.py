"""A quantity over time as a heat map: one row a unit, the same columns as the strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent

from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.gui.plots.cells import image_of
from rnnstudio.gui.plots.lettering import indexed, number
from rnnstudio.gui.plots.timeline import GUTTER, Target, TimeView
from rnnstudio.gui.theme import font, signed_argb

_LOWEST_ROW = 2.0  # lower rows scroll: a unit is never skipped
_GHOST = 0.32
_GHOST_WORD = 0.6
_WORDS_HEIGHT = 20
_TOP = 2


@dataclass(frozen=True, eq=False)
class HeatMapData:
    """What a heat map shows.

    `values` (T, H) on the scale −`limit` … `limit`; `words` (T,); `letter` names the quantity;
    `order` (H,) lists the units from the top row down.
    """

    values: FloatArray
    words: Sequence[str]
    letter: str
    limit: float
    order: IntArray


class HeatMap(TimeView):
    """Draws `HeatMapData`; only the rows and columns in view, from one image."""

    def __init__(self) -> None:
        super().__init__()
        self._data: HeatMapData | None = None
        self._row_of: dict[int, int] = {}
        self.setObjectName("heat_map")
        self.setAccessibleName("Hidden state over time")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.show_scroll_bar(False)

    def show_scroll_bar(self, shown: bool) -> None:
        """Show a scroll bar over time; below the strip, whose bar scrolls both, there is none."""
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAsNeeded if shown else policy.ScrollBarAlwaysOff
        )

    def set_data(self, data: HeatMapData | None) -> None:
        """Draw another quantity, another order, or nothing."""
        if data is not None and (self._data is None or data.order is not self._data.order):
            self._row_of = {int(unit): row for row, unit in enumerate(data.order)}
        self._data = data
        self.set_count(len(data.words) if data else 0)
        self._fit_rows()

    def set_play_head(self, step: int, unit: int | None) -> None:
        if unit is not None and unit != self.unit and unit in self._row_of:
            self._bring_row_into_view(self._row_of[unit])
        super().set_play_head(step, unit)

    # what stands where

    @property
    def row_height(self) -> float:
        """The height of a row in logical pixels."""
        rows = len(self._row_of) if self._data else 1
        return max(self._rows_room / rows, _LOWEST_ROW)

    def cell_rect(self, step: int, unit: int) -> QRectF:
        """The cell of a unit at a step, in the viewport."""
        row = self._row_of[unit]
        top, bottom = self._edge(row), self._edge(row + 1)
        return QRectF(self.column_left(step), top, self.columns.width, bottom - top)

    def unit_order(self) -> list[int]:
        return [int(unit) for unit in self._data.order] if self._data else []

    def target_at(self, point: QPointF) -> Target | None:
        data = self._data
        step = self.columns.step_at(point.x() + self.offset)
        if data is None or step is None or point.x() < GUTTER:
            return None
        row = int((point.y() - _TOP + self.verticalScrollBar().value()) // self.row_height)
        if not 0 <= row < len(data.order) or point.y() >= _TOP + self._rows_room:
            return Target(step, None, f"step {step} of {len(data.words)}: “{data.words[step - 1]}”")
        unit = int(data.order[row])
        value = number(data.values[step - 1, unit])
        words = f"unit {unit + 1} of {indexed(data.letter, step)} = {value}"
        return Target(step, unit, f"{words} after “{data.words[step - 1]}”")

    @property
    def _rows_room(self) -> int:
        return max(8, self.viewport().height() - _WORDS_HEIGHT - _TOP)

    def _edge(self, row: int) -> float:
        """Where a row begins in the viewport, on a whole device pixel."""
        ratio = self.devicePixelRatioF()
        return (
            round((row * self.row_height) * ratio) / ratio + _TOP - self.verticalScrollBar().value()
        )

    def _fit_rows(self) -> None:
        rows = len(self._row_of) if self._data else 0
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, round(rows * self.row_height) - self._rows_room))
        bar.setPageStep(self._rows_room)

    def _bring_row_into_view(self, row: int) -> None:
        bar, top = self.verticalScrollBar(), round(row * self.row_height)
        if top < bar.value():
            bar.setValue(top)
        elif top + self.row_height > bar.value() + self._rows_room:
            bar.setValue(round(top + self.row_height) - self._rows_room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rows()
        if self.unit is not None and self.unit in self._row_of:
            self._bring_row_into_view(self._row_of[self.unit])

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        data = self._data
        if data is None:
            return
        painter = QPainter(self.viewport())
        steps, rows = self.visible_steps, self._visible_rows(len(data.order))
        if steps and rows:
            self._draw_cells(painter, data, steps, rows)
            self._draw_marks(painter, rows)
        self._draw_unit_numbers(painter, data, rows)
        self._draw_words(painter, data, steps)
        painter.end()

    def _visible_rows(self, count: int) -> range:
        offset = self.verticalScrollBar().value()
        first = int(offset // self.row_height)
        last = int((offset + self._rows_room - 1) // self.row_height)
        return range(first, min(last + 1, count))

    def _draw_cells(self, painter: QPainter, data: HeatMapData, steps: range, rows: range) -> None:
        """Draw all cells in view from one image, those to come a second time faint."""
        ratio = self.devicePixelRatioF()
        units = data.order[rows.start : rows.stop]
        values = data.values[steps.start - 1 : steps.stop - 1, units].T
        colors = signed_argb(self.theme, values, data.limit)
        top = self._edge(rows.start)
        edges = np.array([round((self._edge(row) - top) * ratio) for row in [*rows, rows.stop]])
        heights = np.diff(edges)
        width = round(self.columns.width * ratio)
        pixels = np.repeat(np.repeat(colors, heights, axis=0), width, axis=1)
        gap = round(ratio)
        if self.row_height >= 5:
            for line in range(gap):
                pixels[edges[1:] - 1 - line] = 0
        for line in range(gap):
            pixels[:, width - 1 - line :: width] = 0
        image = image_of(pixels, ratio)

        painter.save()
        painter.setClipRect(QRectF(GUTTER, _TOP, self.viewport().width(), self._rows_room))
        left = self.column_left(steps.start)
        reached = min(max(self.step - steps.start + 1, 0), len(steps)) * width
        for start, stop, opacity in ((0, reached, 1.0), (reached, len(steps) * width, _GHOST)):
            if stop > start:
                painter.setOpacity(opacity)
                source = QRectF(start, 0, stop - start, pixels.shape[0])
                target = QRectF(
                    left + start / ratio, top, source.width() / ratio, source.height() / ratio
                )
                painter.drawImage(target, image, source)
        painter.restore()

    def _draw_marks(self, painter: QPainter, rows: range) -> None:
        """Frame the play head's column and the selected cell."""
        if self.step not in self.visible_steps:
            return
        painter.save()
        painter.setClipRect(
            QRectF(GUTTER - 1, 0, self.viewport().width(), self._rows_room + _TOP + 1)
        )
        top, bottom = self._edge(rows.start), self._edge(rows.stop)
        column = QRectF(self.column_left(self.step), max(top, _TOP), self.columns.width - 1, 0)
        column.setBottom(min(bottom, _TOP + self._rows_room))
        painter.setPen(self._frame_pen("accent"))
        painter.drawRect(column)
        if self.unit is not None and self.unit in self._row_of:
            cell = self.cell_rect(self.step, self.unit).adjusted(1, 0, -2, -1)
            painter.setPen(self._frame_pen("text"))
            painter.drawRect(cell)
        painter.restore()

    def _frame_pen(self, role: str) -> QPen:
        pen = QPen(self.theme.color(role), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        return pen

    def _draw_unit_numbers(self, painter: QPainter, data: HeatMapData, rows: range) -> None:
        """Number the rows at the left, as many as fit, the selected one always."""
        small, bold = font(11), font(11, QFont.Weight.Bold)
        height = QFontMetricsF(small).height()
        every = next(
            n
            for n in (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
            if n * self.row_height >= height
        )
        chosen = self._row_of.get(self.unit) if self.unit is not None else None
        for row in rows:
            near = chosen is not None and abs(row - chosen) * self.row_height < height
            if row != chosen and (row % every or near):
                continue
            middle = (self._edge(row) + self._edge(row + 1)) / 2
            if not _TOP <= middle <= _TOP + self._rows_room:
                continue
            box = QRectF(0, middle - height / 2, GUTTER - 8, height)
            painter.setFont(bold if row == chosen else small)
            painter.setPen(self.theme.color("text" if row == chosen else "muted"))
            painter.drawText(
                box,
                Qt.AlignmentFlag.AlignRight
                | Qt.AlignmentFlag.AlignVCenter
                | Qt.TextFlag.TextDontClip,
                str(int(data.order[row]) + 1),
            )

    def _draw_words(self, painter: QPainter, data: HeatMapData, steps: range) -> None:
        small, bold = font(11), font(11, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(small)
        painter.setClipRect(QRectF(GUTTER, 0, self.viewport().width(), self.viewport().height()))
        for step in steps:
            current = step == self.step
            painter.setOpacity(1.0 if step <= self.step else _GHOST_WORD)
            painter.setFont(bold if current else small)
            painter.setPen(self.theme.color("text" if current else "muted"))
            room = QRectF(
                self.column_left(step) + 3,
                _TOP + self._rows_room + 3,
                self.columns.width - 6,
                _WORDS_HEIGHT - 3,
            )
            text = metrics.elidedText(
                data.words[step - 1], Qt.TextElideMode.ElideMiddle, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)

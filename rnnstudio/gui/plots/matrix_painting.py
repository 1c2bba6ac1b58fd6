"""Paints the cells of a confusion matrix and what is selected among them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from rnnstudio.gui.contrast import blended, readable, text_on
from rnnstudio.gui.plots.matrix_edges import EdgesPainter
from rnnstudio.gui.plots.matrix_layout import OVERVIEW
from rnnstudio.gui.plots.matrix_table import MatrixTable, Place
from rnnstudio.gui.plots.matrix_view import Marks, MatrixView, widest_texts
from rnnstudio.gui.theme import Theme, font

_ROUNDING = 5
_ROOMY = 58  # pixels: room for a second number under the first
_FEW = 4  # classes: among more of them the empty cells stay quiet
_GAP = 0.1  # of a role's colour, between cells with the ones and with the other letters
_MIDDLE = 127  # of the lightness, 0 … 255
_OPAQUE = np.uint32(0xFF000000)
_LEAST_FILL = 0.1  # the smallest count still differs from nothing
_DEEP = 0.7  # from this strength on the letters on a cell may be those of a full one


def paint_matrix(painter: QPainter, theme: Theme, view: MatrixView, marks: Marks) -> None:
    """Paint everything that is in sight."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    EdgesPainter(painter, theme, view, marks).paint()
    painter.save()
    painter.setClipRect(view.cells.adjusted(-2, -2, 2, 2))
    _CellsPainter(painter, theme, view, marks).paint()
    painter.restore()


def number_color(fill: QColor, theme: Theme) -> QColor:
    """The colour of a number on a cell, readable on every fill."""
    return readable(text_on(fill, theme), fill)


def fill_of(strength: float, role: str, theme: Theme) -> QColor:
    """The colour of a cell with a strength of 0 … 1 in the colour of a role."""
    shares = _shares(np.array(strength), role, theme)
    return blended(theme.color(role), theme.color("panel"), float(shares))


def _shares(strengths: NDArray[np.float64], role: str, theme: Theme) -> NDArray[np.float64]:
    """How much of a role's colour cells have, by their strengths of 0 … 1.

    The colours at which letters change from the one to the other are left out: cells that look
    nearly alike have letters alike.
    """
    full = _LEAST_FILL + (1 - _LEAST_FILL) * np.minimum(strengths, 1.0)
    switch = _switch(role, theme)
    if switch >= 1.0:
        return full
    pale = min(_DEEP, switch - _GAP)
    return np.where(
        full < _DEEP,
        _LEAST_FILL + (full - _LEAST_FILL) * (pale - _LEAST_FILL) / (_DEEP - _LEAST_FILL),
        switch + (full - _DEEP) * (1 - switch) / (1 - _DEEP),
    )


@lru_cache(maxsize=16)
def _switch(role: str, theme: Theme) -> float:
    """From how much of a role's colour on the letters are not those of an empty cell."""
    panel, color = theme.color("panel"), theme.color(role)
    plain = number_color(panel, theme).lightness() > _MIDDLE
    for percent in range(1, 101):
        fill = blended(color, panel, percent / 100)
        if (number_color(fill, theme).lightness() > _MIDDLE) != plain:
            return percent / 100
    return 1.0


class _CellsPainter:
    def __init__(self, painter: QPainter, theme: Theme, view: MatrixView, marks: Marks) -> None:
        self.painter, self.theme, self.view, self.marks = painter, theme, view, marks
        self.layout, self.table = view.layout, view.table
        self.few = max(self.layout.rows, self.layout.columns) <= _FEW
        self.number_font = self._number_font()
        self.strengths = _strengths(self.table)
        self.panel, self.border = theme.color("panel"), QPen(theme.color("border"), 1)

    def _number_font(self) -> QFont:
        """The letters of the numbers, the same in all cells: as large as the widest one allows."""
        texts, width = widest_texts(self.table), self.layout.cell_width - 4
        choices = [(11, QFont.Weight.DemiBold), (11, QFont.Weight.Normal)]
        if self.layout.cell_height >= 18:
            choices.insert(0, (12, QFont.Weight.DemiBold))
        for pixels, weight in choices:
            chosen = font(pixels, weight)
            metrics = QFontMetrics(chosen)
            if max(metrics.horizontalAdvance(text) for text in texts) <= width:
                break
        return chosen

    def paint(self) -> None:
        rows, columns = self.view.rows, self.view.columns
        if not rows or not columns:
            return
        if min(self.layout.cell_width, self.layout.cell_height) < OVERVIEW:
            self._paint_overview(rows, columns)
        else:
            for row in rows:
                for column in columns:
                    self._paint_cell((row, column))
        self._paint_selected(rows, columns)
        self._paint_block()
        self._paint_gap()
        self._paint_focus(rows, columns)

    # ---- colours ----

    def _fill(self, place: Place) -> QColor:
        strength = float(self.strengths[place])
        if strength == 0:
            return self.theme.color("inset") if self._is_held(place) else self.panel
        role = "accent" if strength > 0 else "positive"
        return fill_of(abs(strength), role, self.theme)

    def _is_held(self, place: Place) -> bool:
        """Whether there are answers that were held back in a cell."""
        kept = self.table.right[place] or self.table.wrong[place]
        return not kept and bool(self.table.counts[place])

    def _paint_overview(self, rows: range, columns: range) -> None:
        """One image with a dot a cell: too small for numbers, but the pattern is seen."""
        strengths, theme = self.strengths[np.ix_(rows, columns)], self.theme
        panel = _channels(theme.color("panel"))
        mixed = np.broadcast_to(panel, (*strengths.shape, 3))
        for role, sizes in (("accent", strengths), ("positive", -strengths)):
            full = np.where(sizes > 0, _shares(np.abs(sizes), role, theme), 0.0)
            mixed = mixed + full[..., None] * (_channels(theme.color(role)) - panel)
        colors = (np.rint(mixed) @ np.array([65536.0, 256.0, 1.0])).astype(np.uint32) | _OPAQUE
        dots = np.ascontiguousarray(colors, dtype=np.uint32)
        image = QImage(
            dots.data, len(columns), len(rows), 4 * len(columns), QImage.Format.Format_RGB32
        )
        # Gaps before what is no class are between images of their own.
        for top, high in _runs(rows, self.layout.rows - self.layout.extra_rows):
            for left, wide in _runs(columns, self.layout.columns - self.layout.extra_columns):
                first = self.view.cell(top, left)
                last = self.view.cell(top + high - 1, left + wide - 1)
                source = QRect(left - columns.start, top - rows.start, wide, high)
                self.painter.drawImage(first.united(last), image, source)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(self.theme.color("border"), 1))
        whole = self.view.cell(rows.start, columns.start).united(
            self.view.cell(rows.stop - 1, columns.stop - 1)
        )
        self.painter.drawRect(QRectF(whole).adjusted(-0.5, -0.5, 0.5, 0.5))

    # ---- a cell ----

    def _paint_cell(self, place: Place) -> None:
        painter, table = self.painter, self.table
        row_extra = place[0] >= self.layout.rows - self.layout.extra_rows
        column_extra = place[1] >= self.layout.columns - self.layout.extra_columns
        if row_extra and column_extra and not table.counts[place]:
            return  # what was invented cannot have been missed
        hovered = place == self.marks.hovered
        fill = self._fill(place)
        edged = hovered or self.strengths[place] == 0
        painter.setBrush(fill)
        edge = QPen(self.theme.color("muted"), 1) if hovered else self.border
        painter.setPen(edge if edged else Qt.PenStyle.NoPen)
        tight = self.layout.cell_height < 24
        inset = 0.5 if tight else 1.0
        inset += 0.5 if edged else 0.0
        rounding = min(_ROUNDING, self.layout.cell_height // 6)
        box = QRectF(self.view.cell(*place)).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, rounding, rounding)
        says = self._says_something(place)
        if says or self.few:
            color = number_color(fill, self.theme) if says else self.theme.color("muted")
            self._paint_numbers(place, color)

    def _says_something(self, place: Place) -> bool:
        value = float(self.table.values[place])
        # A mass of nearly nothing stands in every cell: it stays quiet among many classes.
        return bool(self.table.counts[place]) or (
            abs(value) >= self.table.least_mass and value == value
        )

    def _paint_numbers(self, place: Place, color: QColor) -> None:
        painter, layout = self.painter, self.layout
        box = self.view.cell(*place)
        roomy = min(layout.cell_width, layout.cell_height) >= _ROOMY
        first, second = self.table.two_texts(place) if roomy else (self.table.text(place), "")
        painter.setPen(color)
        if not roomy:
            painter.setFont(self.number_font)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, first)
            return
        pixels = min(max(13, round(min(layout.cell_height * 0.2, layout.cell_width / 5))), 34)
        large = font(pixels, QFont.Weight.DemiBold)
        if layout.cell_width < QFontMetrics(large).horizontalAdvance(first) + 4:
            large = font(11)
        painter.setFont(large)
        if not second:
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, first)
            return
        small = font(max(11, round(pixels * 0.5)))
        heights = QFontMetrics(large).height(), QFontMetrics(small).height()
        top = box.top() + (box.height() - sum(heights)) // 2
        upper = QRect(box.left(), top, box.width(), heights[0])
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, first)
        painter.setFont(small)
        lower = QRect(box.left(), top + heights[0], box.width(), heights[1])
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, second)

    # ---- what stands out ----

    def _paint_selected(self, rows: range, columns: range) -> None:
        """A line round what is selected; cells beside each other share it."""
        mask = self.marks.selected
        if not mask.any():
            return
        padded = np.pad(mask, 1)
        around = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
        painter = self.painter
        painter.setBrush(Qt.BrushStyle.NoBrush)
        width = 2.0 if self.layout.cell_height >= OVERVIEW else 1.0
        pen = QPen(self.theme.color("text"), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for row, column in zip(*np.nonzero(mask & ~around), strict=True):
            if row in rows and column in columns:
                box = QRectF(self.view.cell(int(row), int(column)))
                rounding = min(_ROUNDING, self.layout.cell_height // 6)
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), rounding, rounding)
        joined = np.pad(mask & around, 1)
        lines: list[QLineF] = []
        for row, column in zip(*np.nonzero(joined[1:, 1:-1] != joined[:-1, 1:-1]), strict=True):
            inside = bool(joined[row + 1, column + 1])
            box = QRectF(self.view.cell(int(row) if inside else int(row) - 1, int(column)))
            y = box.top() if inside else box.bottom()
            lines.append(QLineF(box.left(), y, box.right(), y))
        for row, column in zip(*np.nonzero(joined[1:-1, 1:] != joined[1:-1, :-1]), strict=True):
            inside = bool(joined[row + 1, column + 1])
            box = QRectF(self.view.cell(int(row), int(column) if inside else int(column) - 1))
            x = box.left() if inside else box.right()
            lines.append(QLineF(x, box.top(), x, box.bottom()))
        painter.drawLines(lines)

    def _paint_block(self) -> None:
        block = self.marks.block
        if block is None:
            return
        box = QRectF(self.view.cell(*block[0]).united(self.view.cell(*block[1])))
        self.painter.setBrush(self.theme.color("accent", 0.12))
        self.painter.setPen(QPen(self.theme.color("accent"), 2, Qt.PenStyle.DashLine))
        self.painter.drawRoundedRect(box, _ROUNDING, _ROUNDING)

    def _paint_gap(self) -> None:
        """Where a class that is dragged would go."""
        if self.marks.gap is None:
            return
        is_row, place = self.marks.gap
        layout, room = self.layout, self.view.cells
        if is_row:
            y = layout.top + place * layout.cell_height - self.view.down
            line = QLineF(QPointF(room.left(), y), QPointF(room.right(), y))
        else:
            x = layout.left + place * layout.cell_width - self.view.across
            line = QLineF(QPointF(x, room.top()), QPointF(x, room.bottom()))
        self.painter.setPen(QPen(self.theme.color("accent"), 3))
        self.painter.drawLine(line)

    def _paint_focus(self, rows: range, columns: range) -> None:
        focus = self.marks.focus
        if focus is None or focus[0] not in rows or focus[1] not in columns:
            return
        fill = self._fill(focus)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(text_on(fill, self.theme), 1, Qt.PenStyle.DashLine))
        # In a small cell it stands at the border: the number needs the room inside.
        inset = 4.5 if self.layout.cell_height >= 30 else 0.5
        if self.layout.cell_height < OVERVIEW:
            inset = -1.5
        box = QRectF(self.view.cell(*focus)).adjusted(inset, inset, -inset, -inset)
        self.painter.drawRoundedRect(box, _ROUNDING - 2, _ROUNDING - 2)


def _strengths(table: MatrixTable) -> NDArray[np.float64]:
    """How strong the colour of each cell (R, C) is: 0 is none, 1 is full, blue for what is right.

    What is wrong has −1 … 0, in orange. Of a difference, as beside the figures of both networks,
    the cells are blue in which this one is better: the other has fewer on the diagonal, or more
    beside it.
    """
    ends = np.where(table.right, *table.ends)
    if table.is_difference:
        ends = -ends
    # What was held back is neither right nor wrong.
    signed = np.where(table.right, 1.0, -1.0) * np.nan_to_num(table.values)
    values = np.where(table.right | table.wrong, signed, 0.0)
    strengths = np.divide(values, ends, out=np.zeros(values.shape), where=ends != 0)
    if table.errors_only:
        strengths[table.right] = 0.0
    return strengths


def _channels(color: QColor) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([color.red(), color.green(), color.blue()], np.float64)


def _runs(span: range, border: int) -> list[tuple[int, int]]:
    """Cut a range of rows or columns at a border: (first, how many) of each part."""
    parts = (range(span.start, min(span.stop, border)), range(max(span.start, border), span.stop))
    return [(part.start, len(part)) for part in parts if part]

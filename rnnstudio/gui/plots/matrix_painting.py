"""Paints the cells of a confusion matrix and what is selected among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from rnnstudio.gui.contrast import blended, readable, text_on
from rnnstudio.gui.plots.matrix_edges import EdgesPainter
from rnnstudio.gui.plots.matrix_layout import OVERVIEW
from rnnstudio.gui.plots.matrix_table import MatrixTable, Place
from rnnstudio.gui.plots.matrix_view import Marks, MatrixView, widest_texts
from rnnstudio.gui.theme import Theme, font, signed_argb

_ROUNDING = 5
_ROOMY = 58  # pixels: room for a second number under the first
_FEW = 4  # classes: among more of them the empty cells stay quiet
_OPAQUE = np.uint32(0xFF000000)
_LEAST_FILL = 0.1  # the smallest count still differs from nothing


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
        full = _LEAST_FILL + (1 - _LEAST_FILL) * min(abs(strength), 1.0)
        if self.table.is_difference:
            role = "positive" if strength > 0 else "negative"
        else:
            role = "accent" if self.table.right[place] else "positive"
        return blended(self.theme.color(role), self.panel, full)

    def _is_held(self, place: Place) -> bool:
        """Whether there are answers that were held back in a cell."""
        kept = self.table.right[place] or self.table.wrong[place]
        return not kept and bool(self.table.counts[place])

    def _paint_overview(self, rows: range, columns: range) -> None:
        """One image with a dot a cell: too small for numbers, but the pattern is seen."""
        table = self.table
        part = np.ix_(rows, columns)
        right, strengths = table.right[part], self.strengths[part]
        if table.is_difference:
            colors = signed_argb(self.theme, strengths, 1.0)
        else:
            panel, accent, positive = (
                _channels(self.theme.color(role)) for role in ("panel", "accent", "positive")
            )
            full = np.where(strengths > 0, _LEAST_FILL + (1 - _LEAST_FILL) * strengths, 0.0)
            hues = np.where(right[..., None], accent, positive)
            mixed = np.rint(panel + full[..., None] * (hues - panel))
            colors = (mixed @ np.array([65536.0, 256.0, 1.0])).astype(np.uint32) | _OPAQUE
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
        return bool(self.table.counts[place]) or (abs(value) >= 0.05 and value == value)

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
        inset = 4.5 if self.layout.cell_height >= 24 else 2.5
        if self.layout.cell_height < OVERVIEW:
            inset = -1.5
        box = QRectF(self.view.cell(*focus)).adjusted(inset, inset, -inset, -inset)
        self.painter.drawRoundedRect(box, _ROUNDING - 2, _ROUNDING - 2)


def _strengths(table: MatrixTable) -> NDArray[np.float64]:
    """How strong the colour of each cell (R, C) is: 1, or −1, is full, 0 is none."""
    ends = np.where(table.right, *table.ends)
    # What was held back is neither right nor wrong.
    values = np.where(table.right | table.wrong, np.nan_to_num(table.values), 0.0)
    strengths = np.divide(values, ends, out=np.zeros(values.shape), where=ends > 0)
    if table.errors_only:
        strengths[table.right] = 0.0
    return strengths


def _channels(color: QColor) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([color.red(), color.green(), color.blue()], np.float64)


def _runs(span: range, border: int) -> list[tuple[int, int]]:
    """Cut a range of rows or columns at a border: (first, how many) of each part."""
    parts = (range(span.start, min(span.stop, border)), range(max(span.start, border), span.stop))
    return [(part.start, len(part)) for part in parts if part]

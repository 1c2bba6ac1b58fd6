"""Paints the cells, headings and edges of a confusion matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from rnnstudio.gui.contrast import blended, text_on
from rnnstudio.gui.plots.matrix_layout import MatrixLayout
from rnnstudio.gui.theme import Theme, font
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.resolve.evaluate import Cells, percent

BAR = 54  # the recall bars
_ROUNDING = 5
_ROOMY = 58  # pixels: room for the share under the count


class Measure(StrEnum):
    """What the cells say."""

    COUNTS = "counts"
    OF_TRUTH = "of truth"
    OF_PREDICTED = "of predicted"


@dataclass(frozen=True, eq=False)
class Matrix:
    """What is drawn: an evaluation measured in one way, in a place, scrolled so far.

    `shares` (C, C) is what the cells are coloured by, from `shares_of`.
    """

    evaluation: Evaluation
    measure: Measure
    shares: NDArray[np.float64]
    layout: MatrixLayout
    across: int
    down: int

    def cell(self, truth: int, predicted: int) -> QRect:
        """The rectangle of a cell."""
        layout = self.layout
        left = layout.left + predicted * layout.cell_width - self.across
        top = layout.top + truth * layout.cell_height - self.down
        return QRect(left, top, layout.cell_width, layout.cell_height)

    @property
    def rows(self) -> range:
        """The rows in sight."""
        return self._span(self.down, self.layout.bottom - self.layout.top, self.layout.cell_height)

    @property
    def columns(self) -> range:
        """The columns in sight."""
        return self._span(self.across, self.layout.right - self.layout.left, self.layout.cell_width)

    def _span(self, offset: int, room: int, cell: int) -> range:
        return range(offset // cell, min(-(-(offset + room) // cell), self.layout.size))


@dataclass(frozen=True)
class Marks:
    """What stands out: the selected cells, the place of the keyboard, the place of the mouse."""

    selected: Cells
    focus: tuple[int, int] | None
    hovered: tuple[int, int] | None


def paint_matrix(painter: QPainter, theme: Theme, matrix: Matrix, marks: Marks) -> None:
    """Paint everything that is in sight."""
    _MatrixPainter(painter, theme, matrix, marks).paint()


class _MatrixPainter:
    def __init__(self, painter: QPainter, theme: Theme, matrix: Matrix, marks: Marks) -> None:
        self.painter, self.theme, self.matrix, self.marks = painter, theme, matrix, marks
        self.layout, self.evaluation = matrix.layout, matrix.evaluation
        self.small, self.plain = font(11), font(13)
        self.edge = font(13 if matrix.layout.cell_height >= _ROOMY else 11)
        self.heading = font(13, QFont.Weight.Medium)

    def paint(self) -> None:
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        layout = self.layout
        width, height = layout.right - layout.left, layout.bottom - layout.top
        self._paint_axes()
        self._clipped(QRect(0, layout.top, layout.left, height), self._paint_row_headings)
        above = QRect(layout.left, layout.top - layout.column_heading, width, layout.column_heading)
        if layout.slanted:
            above.setWidth(width + layout.column_heading)
        self._clipped(above, self._paint_column_headings)
        if layout.recall:
            beside = QRect(layout.right, 0, layout.recall + 40, layout.bottom)
            self._clipped(beside, self._paint_recall)
        self._clipped(QRect(0, layout.bottom, layout.right + 120, 40), self._paint_precision)
        cells = QRect(layout.left, layout.top, width, height)
        self._clipped(cells.adjusted(-2, -2, 2, 2), self._paint_cells)

    def _clipped(self, room: QRect, paint: Callable[[], None]) -> None:
        self.painter.save()
        self.painter.setClipRect(room)
        paint()
        self.painter.restore()

    def _paint_axes(self) -> None:
        layout, painter = self.layout, self.painter
        painter.setFont(self.plain)
        painter.setPen(self.theme.color("muted"))
        line = QFontMetrics(self.plain).height()
        top = layout.top - layout.column_heading - line - 4
        box = QRect(layout.left - 40, top, layout.right - layout.left + 80, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, "predicted")
        painter.save()
        middle = (layout.top + layout.bottom) // 2
        painter.translate(layout.left - layout.row_heading - line - 2, middle)
        painter.rotate(-90)
        painter.drawText(QRect(-60, 0, 120, line), Qt.AlignmentFlag.AlignHCenter, "truth")
        painter.restore()

    def _paint_row_headings(self) -> None:
        layout, painter = self.layout, self.painter
        metrics = QFontMetrics(self.heading)
        painter.setFont(self.heading)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in self.matrix.rows:
            cell = self.matrix.cell(row, 0)
            left = layout.left - layout.row_heading
            box = QRect(left, cell.top(), layout.row_heading - 8, cell.height())
            self._set_heading_pen((row, -1))
            label = self.evaluation.labels[row][:64]
            painter.drawText(
                box, flags, metrics.elidedText(label, Qt.TextElideMode.ElideRight, box.width())
            )

    def _paint_column_headings(self) -> None:
        layout, painter = self.layout, self.painter
        metrics = QFontMetrics(self.heading)
        painter.setFont(self.heading)
        for column in self.matrix.columns:
            self._set_heading_pen((-1, column))
            label = self.evaluation.labels[column][:64]
            cell = self.matrix.cell(0, column)
            if not layout.slanted:
                top, height = layout.top - layout.column_heading, layout.column_heading - 4
                box = QRect(cell.left(), top, cell.width(), height)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
                continue
            painter.save()
            painter.translate(cell.center().x() + 2, layout.top - 5)
            painter.rotate(-45)
            shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, layout.slanted_length)
            painter.drawText(0, metrics.ascent() // 3, shown)
            painter.restore()

    def _set_heading_pen(self, place: tuple[int, int]) -> None:
        pointed = place in (self.marks.hovered, self.marks.focus)
        self.painter.setPen(self.theme.color("accent" if pointed else "text"))

    def _paint_recall(self) -> None:
        layout, painter = self.layout, self.painter
        painter.setFont(self.edge)
        left = layout.right + 14
        vcenter = Qt.AlignmentFlag.AlignVCenter
        if not layout.slanted:
            painter.setPen(self.theme.color("muted"))
            top, height = layout.top - layout.column_heading, layout.column_heading - 4
            painter.drawText(QRect(left, top, 90, height), vcenter, "recall")
        visible = QRect(layout.right, layout.top, layout.recall + 40, layout.bottom - layout.top)
        painter.setClipRect(visible)
        for row in self.matrix.rows:
            cell = self.matrix.cell(row, 0)
            figures = self.evaluation.per_class[row]
            thick = min(14, layout.cell_height - 8)
            track = QRect(left, cell.center().y() - thick // 2, BAR, thick)
            self._paint_bar(track, figures.recall)
            if layout.has_recall_numbers:
                painter.setPen(self.theme.color("muted"))
                box = QRect(track.right() + 8, cell.top(), 70, cell.height())
                text = percent(figures.recall) if figures.support else "–"
                painter.drawText(box, vcenter, text)

    def _paint_bar(self, track: QRect, share: float) -> None:
        painter = self.painter
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("track"))
        painter.drawRoundedRect(track, 3, 3)
        width = round(track.width() * min(max(share, 0.0), 1.0))
        if width:
            painter.setBrush(self.theme.color("accent"))
            painter.drawRoundedRect(QRect(track.left(), track.top(), width, track.height()), 3, 3)

    def _paint_precision(self) -> None:
        layout, painter = self.layout, self.painter
        metrics = QFontMetrics(self.edge)
        painter.setFont(self.edge)
        painter.setPen(self.theme.color("muted"))
        top = layout.bottom + 6
        # Slanted headings lean over the recalls: their word stands below.
        if layout.slanted and layout.recall:
            box = QRect(layout.right + 14, top, 90, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, "recall")
        heading = QRect(layout.left - 100, top, 92, metrics.height())
        painter.drawText(heading, Qt.AlignmentFlag.AlignRight, "precision")
        painter.setClipRect(QRect(layout.left, layout.bottom, layout.right - layout.left, 40))
        called = self.evaluation.confusion.sum(axis=0)
        write = percent
        if layout.cell_width < metrics.horizontalAdvance("100.0 %") + 4:
            write = short_percent
        for column in self.matrix.columns:
            cell = self.matrix.cell(0, column)
            precision = self.evaluation.per_class[column].precision
            text = write(precision) if called[column] else "–"
            box = QRect(cell.left(), top, cell.width(), metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, text)

    def _paint_cells(self) -> None:
        painter, matrix = self.painter, self.matrix
        right, wrong = _scale_ends(matrix.shares)
        rows, columns = matrix.rows, matrix.columns
        for row in rows:
            for column in columns:
                self._paint_cell((row, column), right if row == column else wrong)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.color("text"), 2))
        for place in self.marks.selected:
            if place[0] in rows and place[1] in columns:
                box = QRectF(matrix.cell(*place)).adjusted(1, 1, -1, -1)
                painter.drawRoundedRect(box, _ROUNDING, _ROUNDING)
        focus = self.marks.focus
        if focus is not None and focus[0] in rows and focus[1] in columns:
            fill = self._fill(focus, right if focus[0] == focus[1] else wrong)
            painter.setPen(QPen(text_on(fill, self.theme), 1, Qt.PenStyle.DashLine))
            box = QRectF(matrix.cell(*focus)).adjusted(4.5, 4.5, -4.5, -4.5)
            painter.drawRoundedRect(box, _ROUNDING - 2, _ROUNDING - 2)

    def _strength(self, place: tuple[int, int], end: float) -> float:
        share = float(self.matrix.shares[place])
        return share / end if end > 0 and share == share else 0.0

    def _fill(self, place: tuple[int, int], end: float) -> QColor:
        strength = self._strength(place, end)
        panel = self.theme.color("panel")
        if strength == 0:
            return panel
        role = "accent" if place[0] == place[1] else "positive"
        # The smallest count still differs from nothing.
        return blended(self.theme.color(role), panel, 0.1 + 0.9 * strength)

    def _paint_cell(self, place: tuple[int, int], end: float) -> None:
        painter = self.painter
        hovered = place == self.marks.hovered
        fill = self._fill(place, end)
        edged = hovered or self._strength(place, end) == 0
        painter.setBrush(fill)
        edge = self.theme.color("muted" if hovered else "border")
        painter.setPen(QPen(edge, 1) if edged else Qt.PenStyle.NoPen)
        inset = 1.5 if edged else 1.0
        rounding = min(_ROUNDING, self.layout.cell_height // 6)
        box = QRectF(self.matrix.cell(*place)).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, rounding, rounding)
        count = int(self.evaluation.confusion[place])
        if count or self.layout.size <= 4:  # among many classes the empty cells stay quiet
            color = text_on(fill, self.theme) if count else self.theme.color("muted")
            self._paint_numbers(place, count, color)

    def _paint_numbers(self, place: tuple[int, int], count: int, color: QColor) -> None:
        painter, layout = self.painter, self.layout
        share = float(self.matrix.shares[place])
        box = self.matrix.cell(*place)
        roomy = min(layout.cell_width, layout.cell_height) >= _ROOMY
        first, second = f"{count:,}", percent(_of_truth(self.evaluation, place))
        if self.matrix.measure is not Measure.COUNTS:
            first, second = percent(share) if roomy else short_percent(share), first
        pixels = min(max(13, round(min(layout.cell_height * 0.2, layout.cell_width / 5))), 34)
        narrow = 12 if layout.cell_height >= 22 else 11
        large = font(pixels if roomy else narrow, QFont.Weight.DemiBold)
        if layout.cell_width < QFontMetrics(large).horizontalAdvance(first) + 4:
            large = self.small
        painter.setPen(color)
        painter.setFont(large)
        if not roomy:
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


def shares_of(counts: NDArray[np.int64], measure: Measure) -> NDArray[np.float64]:
    """What the cells are coloured by (C, C): counts, or shares 0 … 1; a share of nothing is NaN."""
    values = counts.astype(np.float64)
    if measure is Measure.COUNTS:
        return values
    totals = values.sum(axis=1 if measure is Measure.OF_TRUTH else 0, keepdims=True)
    shares = np.full_like(values, np.nan)
    np.divide(values, totals, out=shares, where=totals > 0)
    return shares


def _scale_ends(values: NDArray[np.float64]) -> tuple[float, float]:
    """The values of full colour: on the diagonal, and among the errors."""
    known = np.nan_to_num(values)
    right = known.diagonal()
    return float(right.max(initial=0)), float((known - np.diag(right)).max(initial=0))


def _of_truth(evaluation: Evaluation, place: tuple[int, int]) -> float:
    total = int(evaluation.confusion[place[0]].sum())
    return int(evaluation.confusion[place]) / total if total else float("nan")


def short_percent(share: float) -> str:
    """Write a share in two or three signs, e.g. "12", "<1"."""
    if share != share:
        return "–"
    return "<1" if 0 < share < 0.005 else f"{share * 100:.0f}"

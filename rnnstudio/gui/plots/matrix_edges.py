"""Paints what stands around the cells of a confusion matrix: names, axes, shares and totals."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from rnnstudio.gui.plots.matrix_table import Place, Side, short_percent
from rnnstudio.gui.plots.matrix_view import (
    Marks,
    MatrixView,
    edge_font,
    heading_font,
    in_line,
    shown_name,
)
from rnnstudio.gui.theme import Theme, font
from rnnstudio.project.percent import percent

_GAP = 8

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class EdgesPainter:
    """Paints the surroundings of the cells that are in sight."""

    def __init__(self, painter: QPainter, theme: Theme, view: MatrixView, marks: Marks) -> None:
        self.painter, self.theme, self.view, self.marks = painter, theme, view, marks
        self.layout, self.table = view.layout, view.table
        self.heading = heading_font(self.layout.cornered)
        self.edge = edge_font(self.table, self.layout.cornered)
        self.axis = font(11 if self.layout.cornered else 13)
        self.line = QFontMetrics(self.heading).height()

    def paint(self) -> None:
        """Paint names, axes, shares and totals."""
        layout, cells = self.layout, self.view.cells
        self._paint_axes()
        # Where cells are lower than a line, the first and the last name reach beyond them.
        beyond = 0 if layout.cell_height >= self.line else 6
        rows = QRect(0, cells.top() - beyond, layout.left, cells.height() + 2 * beyond)
        self._clipped(rows, self._paint_rows)
        above = QRect(cells.left(), 0, cells.width(), layout.top)
        if layout.slanted:
            above.setWidth(cells.width() + layout.column_heading)
        self._clipped(above, self._paint_columns)
        self._paint_beside()
        self._paint_below()

    def _clipped(self, room: QRect, paint: Callable[[], None]) -> None:
        self.painter.save()
        self.painter.setClipRect(room)
        paint()
        self.painter.restore()

    # ---- the axes ----

    def _paint_axes(self) -> None:
        layout, painter, cells = self.layout, self.painter, self.view.cells
        painter.setFont(self.axis)
        painter.setPen(self.theme.color("muted"))
        metrics = QFontMetrics(self.axis)
        down, across = self.table.rows.title, self.table.columns.title
        elide = Qt.TextElideMode.ElideRight
        if layout.cornered:
            width = layout.row_heading - _GAP
            left, bottom = layout.left - layout.row_heading, layout.top - 4
            for place, (words, arrow) in enumerate(((down, "↓"), (across, "→"))):
                arrowed = f"{metrics.elidedText(words, elide, width - 16)} {arrow}"
                box = QRect(left, bottom - (place + 1) * self.line, width, self.line)
                painter.drawText(box, _RIGHT, arrowed)
            return
        high = metrics.height()
        box = QRect(
            cells.left() - 60, layout.top - layout.column_heading - high - 4,
            cells.width() + 120, high,
        )  # fmt: skip
        painter.drawText(box, _CENTRE, metrics.elidedText(across, elide, box.width()))
        painter.save()
        painter.translate(layout.left - layout.row_heading - high - 2, cells.center().y())
        painter.rotate(-90)
        room = max(cells.height(), 120)
        down = metrics.elidedText(down, elide, room)
        painter.drawText(QRect(-room // 2, 0, room, high), _CENTRE, down)
        painter.restore()

    # ---- names ----

    def _paint_rows(self) -> None:
        layout, painter = self.layout, self.painter
        metrics = QFontMetrics(self.heading)
        painter.setFont(self.heading)
        left = layout.left - layout.row_heading
        for row in self._readable(self.view.rows, layout.cell_height):
            cell = self.view.cell(row, 0)
            box = QRect(left, cell.top(), layout.row_heading - _GAP, cell.height())
            box = _grown(box, self.line)
            name = shown_name(self.table.rows.names[row])
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, box.width() - 2)
            if self._is_marked((row, -1)):
                wide = metrics.horizontalAdvance(shown)
                chip = QRectF(box.right() - wide - 4, 0, wide + 9, min(cell.height() - 2, 22))
                chip.moveTop(cell.center().y() - chip.height() / 2 + 1)
                self._paint_chip(chip)
            self._set_pen((row, -1), self.table.rows)
            painter.drawText(box, _RIGHT, shown)

    def _paint_columns(self) -> None:
        layout, painter = self.layout, self.painter
        metrics = QFontMetrics(self.heading)
        painter.setFont(self.heading)
        for column in self._readable(self.view.columns, layout.cell_width):
            name = shown_name(self.table.columns.names[column])
            cell = self.view.cell(0, column)
            if not self._stands_over_cells(cell):
                continue
            marked = self._is_marked((-1, column))
            if not layout.slanted:
                top = layout.top - self.line - 8
                box = QRect(cell.left(), top, cell.width(), self.line + 4)
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, box.width())
                if marked:
                    wide = min(metrics.horizontalAdvance(shown) + 9, box.width())
                    chip = QRectF(0, top, wide, box.height())
                    chip.moveLeft(box.center().x() - wide / 2)
                    self._paint_chip(chip)
                self._set_pen((-1, column), self.table.columns)
                painter.drawText(box, _CENTRE, shown)
                continue
            painter.save()
            painter.translate(cell.center().x() + 2, layout.top - 5)
            painter.rotate(-45)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, layout.slanted_length)
            if marked:
                wide = metrics.horizontalAdvance(shown) + 8
                self._paint_chip(QRectF(-4, -self.line / 2 - 1, wide, self.line + 1))
            self._set_pen((-1, column), self.table.columns)
            painter.drawText(0, metrics.ascent() // 3, shown)
            painter.restore()

    def _stands_over_cells(self, cell: QRect) -> bool:
        """Whether the name of a column begins over the cells that are in sight, scrolled or not.

        A slanted one that begins farther right would stand in the words of the edge.
        """
        cells, half = self.view.cells, min(self.layout.cell_width // 2, 12)
        middle = cell.left() + self.layout.cell_width // 2
        if not self.layout.slanted:
            return True  # cut at both ends
        return cells.left() + half <= middle <= cells.left() + cells.width() - half

    def _paint_chip(self, box: QRectF) -> None:
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.theme.color("accent_soft"))
        self.painter.drawRoundedRect(box, 4, 4)

    def _is_marked(self, place: Place) -> bool:
        """Whether a heading's whole row or column is selected, or it is being dragged."""
        selected = self.marks.selected
        if place == self.marks.moved:
            return True
        if not selected.size:
            return False
        return bool(selected[place[0]].all() if place[1] < 0 else selected[:, place[1]].all())

    def _set_pen(self, place: Place, side: Side) -> None:
        hovered = self.marks.hovered
        pointed = place in (hovered, self.marks.focus, self.marks.moved)
        if hovered is not None and min(hovered) >= 0:  # the names of the cell under the mouse
            pointed = pointed or place in ((hovered[0], -1), (-1, hovered[1]))
        index = max(place)
        extra = index >= len(side.names) - side.extras
        role = "accent" if pointed or self._is_marked(place) else "muted" if extra else "text"
        self.painter.setPen(self.theme.color(role))

    def _readable(self, span: range, size: int) -> range:
        """The places whose words have room: each k-th where cells are lower than a line."""
        step = max(ceil(self.line / max(size, 1)), 1) if size < self.line else 1
        first = -(-span.start // step) * step
        return range(first, span.stop, step)

    # ---- the right edge ----

    def _paint_beside(self) -> None:
        layout, painter, edge = self.layout, self.painter, self.layout.edge
        if not edge.width:
            return
        painter.setFont(self.edge)
        bar = layout.right + _GAP + 4 + layout.edge_shift
        share = bar + (edge.bar + _GAP if edge.bar else 0)
        count = share + (edge.share + _GAP if edge.share else 0)
        self._paint_heads(bar, share, count)
        cells = self.view.cells
        painter.save()
        beyond = 0 if layout.cell_height >= self.line else 6
        painter.setClipRect(cells.adjusted(cells.width(), -beyond, edge.width + 40, beyond))
        readable = set(self._readable(self.view.rows, layout.cell_height))
        for row in self.view.rows:
            cell = self.view.cell(row, 0)
            value = float(self.table.rows.shares[row])
            if edge.bar:
                thick = max(min(14, layout.cell_height - 8), min(layout.cell_height, 2))
                top = cell.center().y() - thick // 2
                self._paint_bar(QRect(bar, top, edge.bar, thick), value)
            if row not in readable:
                continue
            painter.setPen(self.theme.color("muted"))
            line = _grown(QRect(share, cell.top(), edge.share, cell.height()), self.line)
            if edge.share:
                text = percent(value) if edge.is_long else short_percent(value)
                painter.drawText(line, _RIGHT, text)
            if edge.count:
                line.setLeft(count)
                line.setWidth(edge.count)
                text = self.table.total_text(float(self.table.rows.totals[row]))
                painter.drawText(line, _RIGHT, text)
        painter.restore()

    def _paint_heads(self, bar: int, share: int, count: int) -> None:
        """The words over the columns of the edge, just above the first row."""
        edge, bottom = self.layout.edge, self.layout.top - 4
        self.painter.setPen(self.theme.color("muted"))
        if edge.bar or edge.share:
            words = self.table.rows.share_name.split("\n")
            for place, line in enumerate(reversed(words)):
                top = bottom - (place + 1) * self.line
                if edge.bar:
                    box = QRect(bar, top, edge.bar + edge.share + _GAP, self.line)
                else:
                    box = QRect(share, top, edge.share, self.line)
                self.painter.drawText(box, _LEFT if edge.bar else _RIGHT, line)
        if edge.count:
            box = QRect(count - 20, bottom - self.line, edge.count + 20, self.line)
            self.painter.drawText(box, _RIGHT, "total")

    def _paint_bar(self, track: QRect, share: float) -> None:
        painter = self.painter
        if share != share:
            return
        rounding = min(3, track.height() // 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("track"))
        painter.drawRoundedRect(track, rounding, rounding)
        width = round(track.width() * min(max(share, 0.0), 1.0))
        if width:
            painter.setBrush(self.theme.color("success"))
            bar = QRect(track.left(), track.top(), width, track.height())
            painter.drawRoundedRect(bar, rounding, rounding)

    # ---- below the cells ----

    def _paint_below(self) -> None:
        layout, painter = self.layout, self.painter
        painter.setFont(self.edge)
        metrics = QFontMetrics(self.edge)
        totals = [self.table.total_text(total) for total in self.table.columns.totals.tolist()]
        lines = []
        if self.table.has_shares:
            short = layout.cell_width < metrics.horizontalAdvance(">99.9 %") + 4
            write = short_percent if short else percent
            shares = [write(share) for share in self.table.columns.shares.tolist()]
            lines.append((in_line(self.table.columns.share_name), shares))
        if len(lines) < layout.below:
            lines.append(("total", totals))
        for place, (name, texts) in enumerate(lines):
            top = layout.bottom + 6 + place * self.line
            painter.setPen(self.theme.color("muted"))
            painter.drawText(QRect(0, top, layout.left - _GAP, self.line), _RIGHT, name)
            self._paint_line_below(top, texts)
            if name == "total" and layout.edge.count:
                right = layout.right + layout.recall - 2
                box = QRect(layout.right + 2, top, right - layout.right - 2, self.line)
                painter.drawText(box, _RIGHT, self.table.total_text(self.table.total))

    def _paint_line_below(self, top: int, texts: list[str]) -> None:
        """Numbers under the columns, those only that stand wholly under the cells in sight."""
        cells, metrics = self.view.cells, QFontMetrics(self.edge)
        widths = [metrics.horizontalAdvance(text) for text in texts]
        # Numbers that are wider than a cell would run into each other.
        for column in self._readable_below(max(widths, default=0)):
            middle = self.view.cell(0, column).center().x()
            half = widths[column] // 2
            if cells.left() - 3 <= middle - half and middle + half <= cells.right() + 4:
                box = QRect(middle - 60, top, 121, self.line)
                self.painter.drawText(box, _CENTRE, texts[column])

    def _readable_below(self, wide: int) -> range:
        size, span = self.layout.cell_width, self.view.columns
        step = max(ceil((wide + 2) / max(size, 1)), 1)
        first = -(-span.start // step) * step
        return range(first, span.stop, step)


def _grown(box: QRect, least: int) -> QRect:
    """Make a box at least as high as a line, about its middle."""
    more = max(least - box.height(), 0)
    return box.adjusted(0, -(more // 2), 0, more - more // 2)

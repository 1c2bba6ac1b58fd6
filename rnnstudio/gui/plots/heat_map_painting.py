"""Paints a heat map: cells from one image, numbers, marks, row names and words around it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPaintEngine,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
    QRegion,
)

from rnnstudio.gui.plots.cells import image_of
from rnnstudio.gui.plots.kept_picture import KeptPicture
from rnnstudio.gui.plots.lettering import number, shown_word, signed
from rnnstudio.gui.plots.timeline import GUTTER
from rnnstudio.gui.theme import font

if TYPE_CHECKING:
    from rnnstudio.gui.plots.heat_map import HeatMap, HeatMapData

TOP = 2  # where the rows begin
WORDS_HEIGHT = 24  # the bracket of the phrase, and the words
_GHOST = 0.32
_GHOST_WORD = 0.6
_GAP_FROM = 5  # rows at least so high are told apart by a line
_NUMBERS_FROM = 15
_BRACKET_ABOVE = 2  # how far the bracket of the phrase reaches into the rows
_MARK = 6  # the corner of a cell that was set by hand
_EVERY = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class FramePicture:
    """The row names and the words, kept while only the numbers change."""

    def __init__(self) -> None:
        self._picture = KeptPicture()

    def paint(
        self, painter: QPainter, view: HeatMap, data: HeatMapData, steps: range, rows: range
    ) -> None:
        """Paint them, from the picture where nothing of it has changed."""
        engine = painter.paintEngine()
        if engine.type() is not QPaintEngine.Type.Raster:
            _draw_frame(painter, view, data, steps, rows)
            return
        key = (
            view.theme,
            (steps, rows, view.columns, view.offset, view.edge(rows.start) if rows else 0.0),
            (view.row_height, view.step, view.unit, view.phrase, view.marked_units),
            data.words,
            data.numbers.names,
            bytes(data.numbers.units),
            bytes(data.order),
        )
        size = view.viewport().size()
        # Only beside and below the cells: the rest of the picture is empty.
        beside = QRegion(0, 0, GUTTER, size.height())
        below = view.rows_bottom - _BRACKET_ABOVE
        painter.setClipRegion(beside | QRegion(0, below, size.width(), size.height() - below))
        self._picture.paint(
            painter,
            size,
            # A picture to copy may be sharper than the screen.
            engine.paintDevice().devicePixelRatioF(),
            key,
            lambda own: _draw_frame(own, view, data, steps, rows),
        )
        painter.setClipping(False)


def _draw_frame(
    painter: QPainter, view: HeatMap, data: HeatMapData, steps: range, rows: range
) -> None:
    _draw_row_names(painter, view, data, rows)
    if steps:
        _draw_words(painter, view, data, steps)


def paint_heat_map(
    painter: QPainter, view: HeatMap, data: HeatMapData, frame: FramePicture
) -> None:
    """Paint all that is in view."""
    steps, rows = view.visible_steps, view.visible_rows()
    if steps and rows:
        painter.save()
        painter.setClipRect(_cells_area(view))
        _draw_cells(painter, view, data, steps, rows)
        if view.numbers_shown and view.row_height >= _NUMBERS_FROM:
            _draw_numbers(painter, view, data, steps, rows)
        _draw_corners(painter, view, data, steps, rows)
        painter.restore()
        _draw_marks(painter, view, rows)
    frame.paint(painter, view, data, steps, rows)


def _cells_area(view: HeatMap) -> QRectF:
    return QRectF(GUTTER, TOP, view.viewport().width(), view.rows_bottom - TOP)


def _block(data: HeatMapData, steps: range, rows: range) -> NDArray[np.floating]:
    """Return the numbers in view, a row of the picture a row."""
    columns = data.order[rows.start : rows.stop]
    block: NDArray[np.floating] = data.numbers.values[steps.start - 1 : steps.stop - 1, columns].T
    return block


def _draw_cells(
    painter: QPainter, view: HeatMap, data: HeatMapData, steps: range, rows: range
) -> None:
    """Draw all cells in view from one image, those to come a second time faint."""
    ratio = view.devicePixelRatioF()
    colors = data.scale.argb(view.theme, _block(data, steps, rows))
    top, left = view.edge(rows.start), view.column_left(steps.start)
    across = _edges([view.column_left(step) for step in steps], view.columns.width, ratio)
    ends = view.edges(range(rows.start, rows.stop + 1))
    down = _edges(ends[:-1], ends[-1] - ends[-2], ratio)
    pixels = np.repeat(colors, np.diff(across), axis=1)
    gap = max(round(ratio), 1)
    for line in range(gap):
        pixels[:, across[1:] - 1 - line] = 0
    pixels = np.repeat(pixels, np.diff(down), axis=0)  # last, since it copies whole lines
    if view.row_height >= _GAP_FROM:
        for line in range(gap):
            pixels[down[1:] - 1 - line] = 0
    image = image_of(pixels, ratio)
    reached = int(across[min(max(view.step - steps.start + 1, 0), len(steps))])
    for start, stop, opacity in ((0, reached, 1.0), (reached, pixels.shape[1], _GHOST)):
        if stop > start:
            painter.setOpacity(opacity)
            source = QRectF(start, 0, stop - start, pixels.shape[0])
            width, height = source.width() / ratio, source.height() / ratio
            painter.drawImage(QRectF(left + start / ratio, top, width, height), image, source)
    painter.setOpacity(1.0)


def _edges(starts: list[float], last: float, ratio: float) -> NDArray[np.intp]:
    """Return where the parts begin and the last one ends, in device pixels from the first."""
    ends = np.array([*starts, starts[-1] + last])
    edges: NDArray[np.intp] = np.rint((ends - ends[0]) * ratio).astype(np.intp)
    return edges


def _draw_numbers(
    painter: QPainter, view: HeatMap, data: HeatMapData, steps: range, rows: range
) -> None:
    """Write each number on its cell, with its sign where it may have one."""
    scale = data.scale
    block = _block(data, steps, rows)
    dark = scale.dark_text(view.theme)[scale.places(block)]
    write = signed if scale.signed and scale.low < 0 else number
    digits = 2 if scale.limit < 10 else 1 if scale.limit < 100 else 0
    ratio, width = view.devicePixelRatioF(), view.columns.width
    ghost = view.theme.name == "light"  # on a faint cell text stands as on the panel
    for i, row in enumerate(rows):
        middle = (view.edge(row) + view.edge(row + 1)) / 2
        for j, step in enumerate(steps):
            reached = step <= view.step
            painter.setOpacity(1.0 if reached else _GHOST_WORD)
            is_dark = bool(dark[i, j]) if reached else ghost
            picture = _number_picture(write(float(block[i, j]), digits), is_dark, ratio)
            size = picture.deviceIndependentSize()
            x = view.column_left(step) + (width - 1 - size.width()) / 2
            place = QPointF(
                round(x * ratio) / ratio, round((middle - size.height() / 2) * ratio) / ratio
            )
            painter.drawPixmap(place, picture)
    painter.setOpacity(1.0)


@lru_cache(maxsize=8192)
def _number_picture(text: str, dark: bool, ratio: float) -> QPixmap:
    """Return a number as a picture: a screen full of them is drawn many times a second."""
    small = font(11)
    metrics = QFontMetricsF(small)
    width, height = int(metrics.horizontalAdvance(text)) + 3, int(metrics.height()) + 1
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setFont(small)
    painter.setPen(QColor("black" if dark else "white"))
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return picture


def _draw_corners(
    painter: QPainter, view: HeatMap, data: HeatMapData, steps: range, rows: range
) -> None:
    """Mark the cells that were set by hand at their upper right corner."""
    by_hand = data.numbers.by_hand
    if by_hand is None:
        return
    columns = data.order[rows.start : rows.stop]
    found = np.argwhere(by_hand[steps.start - 1 : steps.stop - 1, columns].T)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(view.theme.color("panel"), 1))
    painter.setBrush(view.theme.color("text"))
    for i, j in found.tolist():
        row, step = rows[i], steps[j]
        size = min(_MARK, max(view.row_height - 1, 2.0)) + 1
        right, top = view.column_left(step) + view.columns.width - 1, view.edge(row)
        corner = QPointF(right, top)
        painter.drawPolygon(
            QPolygonF([corner - QPointF(size, 0), corner, corner + QPointF(0, size)])
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _draw_marks(painter: QPainter, view: HeatMap, rows: range) -> None:
    """Frame the play head's column, the selected cell and the phrase."""
    area = _cells_area(view)
    painter.save()
    painter.setClipRect(area.adjusted(-1, -2, 0, 2))
    top = max(view.edge(rows.start), area.top())
    bottom = min(view.edge(rows.stop), area.bottom())
    if view.phrase is not None:
        _draw_sides(painter, view, view.phrase, top, bottom)
    if view.step in view.visible_steps:
        column = QRectF(view.column_left(view.step), top, view.columns.width - 1, bottom - top)
        painter.setPen(_frame_pen(view, "accent"))
        painter.drawRect(column)
        row = view.row_of(view.unit)
        if row is not None and view.unit is not None:
            painter.setPen(_frame_pen(view, "text"))
            painter.drawRect(view.cell_rect(view.step, view.unit).adjusted(1, 0, -2, -1))
    painter.restore()


def _draw_sides(
    painter: QPainter, view: HeatMap, phrase: tuple[int, int], top: float, bottom: float
) -> None:
    """Draw where the phrase begins and ends through all rows."""
    pen = QPen(view.theme.color("text"), 1.5, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([2.0, 2.0])
    painter.setPen(pen)
    for x in _ends(view, phrase):
        painter.drawLine(QLineF(x, top, x, bottom))


def _ends(view: HeatMap, phrase: tuple[int, int]) -> tuple[float, float]:
    first, last = phrase
    return view.column_left(first), view.column_left(last) + view.columns.width - 1.0


def _frame_pen(view: HeatMap, role: str) -> QPen:
    pen = QPen(view.theme.color(role), 2)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def _draw_row_names(painter: QPainter, view: HeatMap, data: HeatMapData, rows: range) -> None:
    """Name the rows at the left, as many as fit, the selected one always; mark the phrase's."""
    small, bold = font(11), font(11, QFont.Weight.Bold)
    metrics = QFontMetricsF(small)
    height = metrics.height()
    every = next(n for n in _EVERY if n * view.row_height >= height)
    chosen = view.row_of(view.unit)
    align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for row in rows:
        column = int(data.order[row])
        top, bottom = view.edge(row), view.edge(row + 1)
        if int(data.numbers.units[column]) in view.marked_units:
            _draw_mark(painter, view, top, bottom)
        near = chosen is not None and abs(row - chosen) * view.row_height < height
        if row != chosen and (row % every or near):
            continue
        middle = (top + bottom) / 2
        if not TOP <= middle <= view.rows_bottom:
            continue
        box = QRectF(0, middle - height / 2, GUTTER - 8, height)
        painter.setFont(bold if row == chosen else small)
        painter.setPen(view.theme.color("text" if row == chosen else "muted"))
        name = shown_word(data.numbers.names[column])
        name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, align | Qt.TextFlag.TextDontClip, name)


def _draw_mark(painter: QPainter, view: HeatMap, top: float, bottom: float) -> None:
    """Mark a row whose unit is on exactly in the phrase."""
    low, high = max(top, 0.0), min(bottom, view.rows_bottom)
    gap = 1.0 if bottom - top >= _GAP_FROM else 0.0
    if high - gap > low:
        painter.fillRect(QRectF(GUTTER - 6, low, 4, high - low - gap), view.theme.color("accent"))


def _draw_words(painter: QPainter, view: HeatMap, data: HeatMapData, steps: range) -> None:
    """Write the words below the rows, those of the phrase under a bracket."""
    small, bold = font(11), font(11, QFont.Weight.DemiBold)
    painter.setClipRect(QRectF(GUTTER - 1, 0, view.viewport().width(), view.viewport().height()))
    phrase = view.phrase
    if phrase is not None:
        _draw_bracket(painter, view, phrase)
    for step in steps:
        current = step == view.step
        inside = phrase is not None and phrase[0] <= step <= phrase[1]
        strong = current or inside
        painter.setOpacity(1.0 if step <= view.step or inside else _GHOST_WORD)
        painter.setFont(bold if strong else small)
        painter.setPen(view.theme.color("text" if strong else "muted"))
        room = view.words_rect(step).adjusted(3, 5, -3, 0)
        text = QFontMetricsF(painter.font()).elidedText(
            shown_word(data.words[step - 1]), Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)
    painter.setOpacity(1.0)


def _draw_bracket(painter: QPainter, view: HeatMap, phrase: tuple[int, int]) -> None:
    left, right = _ends(view, phrase)
    top = float(view.rows_bottom)
    rect = view.words_rect(phrase[0])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(view.theme.color("accent_soft"))
    painter.drawRoundedRect(QRectF(left, top + 3, right - left, rect.height() - 4), 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(view.theme.color("text"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = top + 4
    painter.drawPolyline(
        QPolygonF(
            [
                QPointF(left + 1, top),
                QPointF(left + 1, line),
                QPointF(right - 1, line),
                QPointF(right - 1, top),
            ]
        )
    )

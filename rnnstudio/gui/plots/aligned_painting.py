"""Paints two aligned sentences: words, answers, length of the difference, units, flags."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from rnnstudio.gui.plots.aligned_layout import Band
from rnnstudio.gui.plots.cells import image_of
from rnnstudio.gui.plots.lettering import abbreviations, number, shown_word, signed
from rnnstudio.gui.plots.timeline import GUTTER
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import font
from rnnstudio.session.resolve.two_sentences import Comparison

if TYPE_CHECKING:
    from rnnstudio.gui.plots.aligned_sentences import AlignedData, AlignedSentences

_GHOST = 0.32
_GHOST_TEXT = 0.7
_GAP_FROM = 5  # rows at least so high are told apart by a line
_NUMBER_WIDTH = 40  # "−0.62", "12.34"
_MOST_NAME = 48  # the beginning of a class
_LEAST_BAR = 16
_LINE = 15
_INSIDE = 8  # between the edges of a column and what stands in it: a flag has room
_FLAG = QPointF(8, 8)
_NUMBERS_FROM = 17  # rows at least so high have their numbers written
_NARROW = 96  # in such columns words are small
_EVERY = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextDontClip
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextDontClip
_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip


def paint_aligned(painter: QPainter, view: AlignedSentences, data: AlignedData) -> None:
    """Paint all that is in view."""
    columns = view.visible_steps
    comparison = data.comparison
    _draw_names(painter, view, data)
    painter.save()
    painter.setClipRect(QRectF(GUTTER - 1, 0, view.viewport().width(), view.viewport().height()))
    _draw_play_head(painter, view)
    names = abbreviations(comparison.present.labels)
    bars = _Bars(view, names)
    greatest = float(np.nanmax(comparison.norms, initial=0.0, where=np.isfinite(comparison.norms)))
    for column in columns:
        painter.setOpacity(1.0 if column <= view.step else _GHOST_TEXT)
        _draw_words(painter, view, comparison, column)
        _draw_answers(painter, view, comparison, column, bars)
        _draw_norm(painter, view, comparison, column, bars, greatest)
    painter.setOpacity(1.0)
    if columns and len(data.order):
        _draw_units(painter, view, data, columns)
    _draw_frame(painter, view)
    _draw_flags(painter, view, comparison, columns)
    painter.restore()


# what stands left of the columns


def _draw_names(painter: QPainter, view: AlignedSentences, data: AlignedData) -> None:
    rows, comparison = view.layout_of_rows, data.comparison
    small = font(11)
    painter.setFont(small)
    painter.setPen(view.theme.color("muted"))
    answers = Band(rows.answers.top, rows.other_answers.bottom)
    for band, text in (
        (rows.words, "present"),
        (rows.other_words, "other"),
        (answers, _class_name(comparison)),
        (rows.norms, f"‖Δ{data.letter}‖"),
    ):
        box = QRectF(0, band.top, GUTTER - 8, band.height)
        fitted = QFontMetricsF(small).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, _RIGHT, fitted)
    visible = view.visible_rows()
    if not len(visible):
        return
    bold = font(11, QFont.Weight.Bold)
    metrics = QFontMetricsF(small)
    height = metrics.height()
    every = next((n for n in _EVERY if n * view.row_height >= height), _EVERY[-1])
    chosen = view.row_of(view.unit)
    for row in visible:
        near = chosen is not None and abs(row - chosen) * view.row_height < height
        if row != chosen and (row % every or near):
            continue
        middle = (view.edge(row) + view.edge(row + 1)) / 2
        if not rows.units.top + height / 2 - 3 <= middle <= view.rows_bottom - height / 2 + 3:
            continue
        painter.setFont(bold if row == chosen else small)
        painter.setPen(view.theme.color("text" if row == chosen else "muted"))
        box = QRectF(0, middle - height / 2, GUTTER - 8, height)
        name = shown_word(comparison.names[int(data.order[row])])
        name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, _RIGHT, name)


def _class_name(comparison: Comparison) -> str:
    """Return whose probabilities the bars are, where it is the same class in every column."""
    classes = np.unique(comparison.classes)
    if len(classes) != 1 or classes[0] < 0:
        return "ŷ"
    return f"ŷ {abbreviations(comparison.present.labels)[int(classes[0])]}"


# columns


def _draw_play_head(painter: QPainter, view: AlignedSentences) -> None:
    if view.step in view.visible_steps:
        rows = view.layout_of_rows
        left, width = view.column_left(view.step), view.columns.width
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(view.theme.color("accent_soft"))
        painter.drawRoundedRect(QRectF(left, 0, width - 1, rows.units.top + 4), 6, 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _draw_words(
    painter: QPainter, view: AlignedSentences, comparison: Comparison, column: int
) -> None:
    """Write both words; where they differ, bold and in an outline."""
    theme, rows = view.theme, view.layout_of_rows
    changed = comparison.is_changed(column - 1)
    size = 11 if view.columns.width < _NARROW else 12
    letters = font(size, QFont.Weight.DemiBold if changed else QFont.Weight.Normal)
    metrics = QFontMetricsF(letters)
    for band, word in zip(
        (rows.words, rows.other_words), comparison.words_of(column - 1), strict=True
    ):
        room = view.band_rect(band, column).adjusted(_FLAG.x() - 3, 0, -4, 0)
        text = metrics.elidedText(
            shown_word(word) if word else "", Qt.TextElideMode.ElideMiddle, room.width() - 8
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, changed)
        if changed:
            width = max(metrics.horizontalAdvance(text) + 12, 26)
            box = QRectF(0, room.top() + 1, min(width, room.width()), room.height() - 2)
            box.moveCenter(QPointF(room.center().x(), box.center().y()))
            line = Qt.PenStyle.SolidLine if word else Qt.PenStyle.DotLine
            painter.setPen(QPen(theme.color("text" if word else "muted"), 1, line))
            painter.setBrush(theme.color("panel") if word else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(letters)
        strong = changed or column == view.step
        painter.setPen(theme.color("text" if strong else "muted"))
        painter.drawText(room, _CENTRED, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class _Bars:
    """Where the bars stand in a column: behind the names of the answers, before numbers."""

    def __init__(self, view: AlignedSentences, names: tuple[str, ...]) -> None:
        rows, width = view.layout_of_rows, view.columns.width - 1 - 2 * _INSIDE
        metrics = QFontMetricsF(font(11, QFont.Weight.DemiBold))
        name = min(max(metrics.horizontalAdvance(name) for name in names), _MOST_NAME) + 6
        self.name = name if rows.named and width >= name + _LEAST_BAR else 0.0
        beside = not rows.answer_differences.height
        self.numbers = beside and width - self.name >= _NUMBER_WIDTH + _LEAST_BAR
        self.left = _INSIDE + self.name
        self.right = _INSIDE + width - (_NUMBER_WIDTH if self.numbers else 0)


def _draw_answers(
    painter: QPainter, view: AlignedSentences, comparison: Comparison, column: int, bars: _Bars
) -> None:
    """Draw the probability of one class in both sentences, the answers, and the difference."""
    theme, rows, place = view.theme, view.layout_of_rows, column - 1
    class_index = int(comparison.classes[place])
    if class_index < 0:
        return
    start = view.column_left(column)
    left, right = start + bars.left, start + bars.right
    own, other = int(comparison.answers[place]), int(comparison.other_answers[place])
    apart = own >= 0 and other >= 0 and own != other
    letters = font(11, QFont.Weight.DemiBold if apart else QFont.Weight.Normal)
    color = theme.color("text" if apart or column == view.step else "muted")
    names = abbreviations(comparison.present.labels)
    reached = column <= view.step
    for band, value, answer in (
        (rows.answers, comparison.y[place], own),
        (rows.other_answers, comparison.other_y[place], other),
    ):
        if math.isnan(value):
            continue
        inset = max(round((band.height - 9) / 2), 1)
        bar = QRectF(left, band.top + inset, right - left, band.height - 2 * inset)
        painter.setOpacity(1.0 if reached else _GHOST)
        painter.fillRect(bar, theme.color("track"))
        bar.setWidth(max(round(bar.width() * value), 1))
        painter.fillRect(bar, theme.class_color(class_index))
        painter.setOpacity(1.0 if reached else _GHOST_TEXT)
        if bars.name and answer >= 0:
            painter.setFont(letters)
            painter.setPen(color)
            box = QRectF(left - bars.name, band.top, bars.name - 4, band.height)
            name = QFontMetricsF(letters).elidedText(
                names[answer], Qt.TextElideMode.ElideRight, box.width()
            )
            painter.drawText(box, _LEFT, name)
    difference = float(comparison.y[place] - comparison.other_y[place])
    if math.isnan(difference):
        return
    painter.setFont(letters)
    painter.setPen(color)
    text = signed(difference, 2) if difference else "0"
    if rows.answer_differences.height:
        painter.drawText(
            QRectF(left, rows.answer_differences.top, right - left, _LINE), _CENTRED, text
        )
    elif bars.numbers:
        height = rows.other_answers.bottom - rows.answers.top
        painter.drawText(QRectF(right, rows.answers.top, _NUMBER_WIDTH, height), _RIGHT, text)


def _draw_norm(
    painter: QPainter,
    view: AlignedSentences,
    comparison: Comparison,
    column: int,
    bars: _Bars,
    greatest: float,
) -> None:
    """Draw how far the two are apart, as a bar from below, with the number."""
    theme, band = view.theme, view.layout_of_rows.norms
    above = band.height >= _LINE + 20
    start = view.column_left(column)
    left, right = start + (_INSIDE if above else bars.left), start + bars.right
    value = float(comparison.norms[column - 1])
    painter.fillRect(QRectF(left, band.bottom - 1, right - left, 1), theme.color("faint"))
    if not math.isfinite(value):
        return
    share = value / greatest if greatest > 0 else 0.0
    height = round(share * (band.height - (_LINE if above else 0)))
    bar = QRectF(left, band.bottom - height, right - left, height)
    painter.setOpacity(1.0 if column <= view.step else _GHOST)
    painter.fillRect(bar, theme.color("muted"))
    painter.setOpacity(1.0 if column <= view.step else _GHOST_TEXT)
    painter.setFont(font(11))
    painter.setPen(theme.color("text" if column == view.step else "muted"))
    if above:
        painter.drawText(
            QRectF(left, bar.top() - _LINE, right - left, _LINE), _CENTRED, _short(value)
        )
    elif bars.numbers:
        box = QRectF(right, band.bottom - _LINE, _NUMBER_WIDTH, _LINE)
        painter.drawText(box, _RIGHT, _short(value))


def _short(value: float) -> str:
    if value == 0:
        return "0"
    return number(value, 2) if value < 1000 else f"{value:.2g}"


def _draw_units(
    painter: QPainter, view: AlignedSentences, data: AlignedData, columns: range
) -> None:
    """Draw the differences of all units in view from one image, those to come faint."""
    rows = view.visible_rows()
    if not len(rows):
        return
    ratio, comparison = view.devicePixelRatioF(), data.comparison
    units = data.order[rows.start : rows.stop]
    block = comparison.difference[columns.start - 1 : columns.stop - 1, units].T
    scale = Scale(-comparison.limit, comparison.limit, signed=True)
    colors = scale.argb(view.theme, block)
    down = _edges([view.edge(row) for row in [*rows, rows.stop]], ratio)
    lefts = [float(view.column_left(column)) for column in columns]
    across = _edges([*lefts, lefts[-1] + view.columns.width], ratio)
    pixels = np.repeat(np.repeat(colors, np.diff(down), axis=0), np.diff(across), axis=1)
    gap = max(round(ratio), 1)
    for line in range(gap):
        if view.row_height >= _GAP_FROM:
            pixels[down[1:] - 1 - line] = 0
        pixels[:, across[1:] - 1 - line] = 0
    image = image_of(pixels, ratio)
    top = view.edge(rows.start)
    painter.save()
    band = view.layout_of_rows.units
    painter.setClipRect(
        QRectF(GUTTER, band.top, view.viewport().width(), view.rows_bottom - band.top)
    )
    reached = int(across[min(max(view.step - columns.start + 1, 0), len(columns))])
    for start, stop, opacity in ((0, reached, 1.0), (reached, pixels.shape[1], _GHOST)):
        if stop > start:
            painter.setOpacity(opacity)
            source = QRectF(start, 0, stop - start, pixels.shape[0])
            left, width, height = start / ratio, (stop - start) / ratio, len(pixels) / ratio
            painter.drawImage(QRectF(lefts[0] + left, top, width, height), image, source)
    painter.setOpacity(1.0)
    for place in range(len(columns)):
        if np.isnan(block[:, place]).all():
            box = QRectF(
                lefts[place], band.top, view.columns.width - 1, view.rows_bottom - band.top
            )
            painter.fillRect(box, view.theme.color("panel"))
            hatch = QBrush(view.theme.color("faint"), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(box, hatch)
        elif view.row_height >= _NUMBERS_FROM:
            _write_numbers(painter, view, block[:, place], columns[place], rows, scale)
    painter.restore()


def _write_numbers(
    painter: QPainter,
    view: AlignedSentences,
    values: NDArray[np.floating],
    column: int,
    rows: range,
    scale: Scale,
) -> None:
    reached = column <= view.step
    dark = scale.dark_text(view.theme)[scale.places(values)]
    painter.setFont(font(11))
    painter.setOpacity(1.0 if reached else _GHOST_TEXT)
    for value, row, is_dark in zip(values.tolist(), rows, dark.tolist(), strict=True):
        if not math.isfinite(value):
            continue
        # On a faint cell text stands as on the panel.
        black = is_dark if reached else view.theme.name == "light"
        painter.setPen(Qt.GlobalColor.black if black else Qt.GlobalColor.white)
        top, bottom = view.edge(row), view.edge(row + 1)
        box = QRectF(view.column_left(column), top, view.columns.width - 1, bottom - top)
        painter.drawText(box, _CENTRED, signed(value, 2) if value else "0")
    painter.setOpacity(1.0)


def _edges(places: list[float], ratio: float) -> NDArray[np.intp]:
    """Return where parts begin and the last one ends, in device pixels from the first."""
    edges: NDArray[np.intp] = np.rint((np.array(places) - places[0]) * ratio).astype(np.intp)
    return edges


# marks


def _draw_frame(painter: QPainter, view: AlignedSentences) -> None:
    """Frame the play head's column, and the selected unit in it."""
    rows = view.visible_rows()
    if view.step not in view.visible_steps or not len(rows):
        return
    band = view.layout_of_rows.units
    painter.save()
    painter.setClipRect(
        QRectF(GUTTER - 1, band.top - 1, view.viewport().width(), view.rows_bottom - band.top + 2)
    )
    left, width = view.column_left(view.step), view.columns.width
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(view, "accent"))
    painter.drawRect(QRectF(left, band.top, width - 1, view.rows_bottom - band.top - 1))
    if view.unit is not None and view.row_of(view.unit) is not None:
        painter.setPen(_pen(view, "text"))
        painter.drawRect(view.cell_rect(view.step, view.unit).adjusted(1, 0, -2, -1))
    painter.restore()


def _pen(view: AlignedSentences, role: str) -> QPen:
    pen = QPen(view.theme.color(role), 2)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def _draw_flags(
    painter: QPainter, view: AlignedSentences, comparison: Comparison, columns: range
) -> None:
    """Plant a flag where the states part, and one where the answers do."""
    rows = view.layout_of_rows
    flags = (
        (comparison.parted, rows.words.top, view.rows_bottom),
        (comparison.answers_parted, rows.answers.top, rows.other_answers.bottom),
    )
    color = view.theme.color("text")
    for column, top, bottom in flags:
        if column is None or column + 1 not in columns:
            continue
        x = view.column_left(column + 1) - 0.5
        pen = QPen(color, 1.5, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, top),
                    QPointF(x + _FLAG.x(), top + _FLAG.y() / 2),
                    QPointF(x, top + _FLAG.y()),
                ]
            )
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

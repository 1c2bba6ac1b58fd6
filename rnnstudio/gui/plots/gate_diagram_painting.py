"""Paints the wiring of a cell with the numbers of one step."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from rnnstudio.gui.plots.cells import GridPictures
from rnnstudio.gui.plots.gate_diagram import Block, Diagram, Node, Tag, Wire
from rnnstudio.gui.plots.gate_diagram_letters import (
    STATES_BEFORE,
    earlier_inputs,
    input_weight,
    part_letter,
    short_letter,
)
from rnnstudio.gui.plots.lettering import number
from rnnstudio.gui.plots.strip_marks import draw_corner, draw_unit_mark
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.plots.strip_numbers import compact, draw_numbers, fits_number
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import Theme, font
from rnnstudio.session.looking import View
from rnnstudio.session.step_parts import (
    BIAS_PART,
    EARLIER_PART,
    INPUT_PART,
    RECURRENT_PART,
)

_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
_HEAD = 6.0
_APART = 6.0  # a letter and the number beside it
_OF_THE_SUM = frozenset({INPUT_PART, EARLIER_PART, RECURRENT_PART, BIAS_PART})
_MEAN = "⌀ "  # before the mean size over all units


def part_scale(model: StripModel, part: str) -> Scale:
    """Return the colours of a part of a step."""
    if part in _OF_THE_SUM:
        return model.scale_of("a")
    if part == "x":
        limit = model.reading.input_limit
        return Scale(-limit, limit, True)
    return model.scale_of(STATES_BEFORE.get(part, part))


@dataclass(frozen=True)
class Caption:
    """The number above a grid as it fits beside the letter, and the size of both."""

    number: str
    letters: int
    is_mean: bool

    @property
    def number_font(self) -> QFont:
        """The font of the number."""
        return font(11) if self.is_mean else font(self.letters, QFont.Weight.DemiBold)


def fitted_caption(letter: str, value: float, is_mean: bool, room: float) -> Caption:
    """Return the number beside a letter, shorter and then smaller where there is little room."""
    written = Caption("", 12, is_mean)
    for digits, size in ((3, 12), (2, 12), (2, 11), (1, 11)):
        text = number(value, min(digits, 2) if is_mean else digits)
        written = Caption(f"{_MEAN}{text}" if is_mean else text, size, is_mean)
        wide = QFontMetricsF(font(size, QFont.Weight.DemiBold)).horizontalAdvance(letter)
        wide += QFontMetricsF(written.number_font).horizontalAdvance(written.number)
        if wide + _APART <= room:
            break
    return written


class DiagramPainter:
    """Paints diagrams of a model's steps."""

    def __init__(self, painter: QPainter, theme: Theme, model: StripModel) -> None:
        self._painter = painter
        self._theme = theme
        self._model = model

    def draw_wiring(self, diagram: Diagram, current: bool = False) -> None:
        """Draw wires, gates and operations: what is the same at every step."""
        for wire in diagram.wires:
            self._draw_wire(wire, current)
        for node in diagram.nodes:
            self._draw_node(node)

    def draw_tags(self, diagram: Diagram, step: int, unit: int | None) -> None:
        """Draw the numbers of a step: of a unit, or the mean sizes over all."""
        for tag in diagram.tags:
            self._draw_tag(tag, step, unit)

    def draw_blocks(self, diagram: Diagram, step: int, unit: int | None, ratio: float) -> None:
        """Draw the grids of a step with their letters and numbers."""
        for note in diagram.notes:
            self._draw_note(note.words, note.x, note.y, note.align, step)
        for block in diagram.blocks:
            self._draw_block(block, step, unit, ratio)

    def _draw_wire(self, wire: Wire, current: bool) -> None:
        role = "accent" if wire.main and current else "muted"
        color = self._theme.color(role)
        painter = self._painter
        pen = QPen(color, 2.0 if wire.main else 1.2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = [QPointF(round(x) + 0.5, round(y) + 0.5) for x, y in wire.points]
        painter.drawPolyline(QPolygonF(points))
        if wire.arrow:
            _draw_head(painter, points[-2], points[-1], wire, color)

    def _draw_node(self, node: Node) -> None:
        painter, box = self._painter, node.rect
        painter.setPen(QPen(self._theme.color("muted"), 1.2))
        painter.setBrush(self._theme.color("panel" if node.is_circle else "inset"))
        if node.is_circle:
            painter.drawEllipse(box)
        else:
            painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self._theme.color("text"))
        if node.sign == "⊙":
            painter.setBrush(self._theme.color("text"))
            painter.drawEllipse(box.center(), 1.6, 1.6)
        elif node.sign == "+":
            arm = 3.5
            middle = box.center()
            painter.setPen(QPen(self._theme.color("text"), 1.3))
            painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
            painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))
        else:
            painter.setFont(font(11))
            painter.drawText(box, _CENTRED, node.sign)

    def _draw_tag(self, tag: Tag, step: int, unit: int | None) -> None:
        value = self._model.part_number(step, tag.part, unit)
        if value is None:
            return
        painter, box = self._painter, tag.rect
        letter = short_letter(self._model, step, tag.part)
        numbers = compact(value)
        muted, ink = self._theme.color("muted"), self._theme.color("text")
        ground = self._theme.color("panel", 0.85)
        if tag.stacked:
            bold = QFontMetricsF(font(11, QFont.Weight.DemiBold))
            width = bold.horizontalAdvance(numbers)
            painter.fillRect(QRectF(tag.x - width / 2 - 1, box.top(), width + 2, 24), ground)
            upper, lower = box.adjusted(0, 0, 0, -12), box.adjusted(0, 12, 0, 0)
            self._text(upper, letter, muted, font(11))
            self._text(lower, numbers, ink, font(11, QFont.Weight.DemiBold))
            return
        metrics = QFontMetricsF(font(11))
        first = metrics.horizontalAdvance(letter + " ")
        second = QFontMetricsF(font(11, QFont.Weight.DemiBold)).horizontalAdvance(numbers)
        start = tag.x - (first + second) / 2
        painter.fillRect(QRectF(start - 1, box.top(), first + second + 2, box.height()), ground)
        line = QRectF(start, box.top(), first, box.height())
        self._text(line, letter, muted, font(11), _LEFT)
        line = QRectF(start + first, box.top(), second, box.height())
        self._text(line, numbers, ink, font(11, QFont.Weight.DemiBold), _LEFT)

    def _draw_note(self, words: str, x: float, y: float, align: int, step: int) -> None:
        model = self._model
        u, letter = input_weight(model, step), model.letter("x", step)
        written = {
            "U": u,
            "W": model.weight_letters[1],
            "x": letter,
            "U x": f"{u} {letter}",
            EARLIER_PART: earlier_inputs(model, step) or "no words before",
        }.get(words, words)
        if words in ("x", "U x") and model.layer_index == 0:
            metrics = QFontMetricsF(font(11))
            room = 110.0 if words == "x" else 170.0
            word = model.reading.words[step - 1][:60]
            said = f"{letter}: “{word}”" if words == "x" else f"{u} {letter}, “{word}”"
            written = metrics.elidedText(said, Qt.TextElideMode.ElideMiddle, room)
        letters = font(11)
        letters.setItalic(words in ("U", "W"))
        width = QFontMetricsF(letters).horizontalAdvance(written) + 4
        left = x - width / 2 if align == 0 else (x if align > 0 else x - width)
        self._text(QRectF(left, y - 8, width, 16), written, self._theme.color("muted"), letters)

    def _draw_block(self, block: Block, step: int, unit: int | None, ratio: float) -> None:
        model, painter = self._model, self._painter
        values = model.inputs(step) if block.part == "x" else model.parts(step)[block.part]
        scale = part_scale(model, block.part)
        current = block.part == model.quantity
        painter.setPen(QPen(self._theme.color("accent" if current else "border"), 1))
        painter.setBrush(self._theme.color("panel"))
        frame = block.frame
        painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        pictures = GridPictures(self._theme, block.grid, values[None], scale, ratio)
        origin = block.origin
        pictures.draw(painter, 0, origin.x(), origin.y())
        if model.view is View.NUMBERS and fits_number(block.cell(0)):
            boxes = [block.cell(place) for place in range(block.grid.count)]
            draw_numbers(painter, self._theme, scale, values, boxes)
        if block.part in model.layer.quantities:
            for changed in model.set_units(step, block.part):
                draw_corner(painter, self._theme, block.cell(changed))
        if unit is not None and block.part != "x":
            draw_unit_mark(painter, self._theme, block.cell(unit))
        self._draw_caption(block, step, unit)

    def _draw_caption(self, block: Block, step: int, unit: int | None) -> None:
        model, line = self._model, block.caption.adjusted(1, 0, -1, -2)
        letter, ink = part_letter(model, step, block.part), self._theme.color("text")
        if block.part == "x":
            self._text(line, letter, ink, font(12, QFont.Weight.DemiBold), _LEFT)
            return
        value = model.part_number(step, block.part, unit)
        assert value is not None, "a block shows a part of the step"
        written = fitted_caption(letter, value, unit is None, line.width())
        self._text(line, letter, ink, font(written.letters, QFont.Weight.DemiBold), _LEFT)
        role = "muted" if unit is None else "text"
        self._text(line, written.number, self._theme.color(role), written.number_font, _RIGHT)

    def _text(
        self,
        box: QRectF,
        words: str,
        color: QColor,
        letters: QFont,
        alignment: Qt.AlignmentFlag | Qt.TextFlag = _CENTRED,
    ) -> None:
        self._painter.setFont(letters)
        self._painter.setPen(color)
        self._painter.drawText(box, alignment, words)


def _draw_head(painter: QPainter, before: QPointF, end: QPointF, wire: Wire, color: QColor) -> None:
    along = end - before
    length = math.hypot(along.x(), along.y())
    if length < _HEAD:
        return
    ahead = QPointF(along.x() / length, along.y() / length)
    size = _HEAD + (1 if wire.main else 0)
    across = QPointF(-0.55 * size * ahead.y(), 0.55 * size * ahead.x())
    neck = QPointF(end.x() - ahead.x() * size, end.y() - ahead.y() * size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([end, neck + across, neck - across]))

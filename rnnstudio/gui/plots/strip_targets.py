"""What of the strip is at a point, and the words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from rnnstudio.gui.plots import strip_words
from rnnstudio.gui.plots.strip_frame import END_STUB_WIDTH
from rnnstudio.gui.plots.strip_layout import StripLayout
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.plots.strip_numbers import leading
from rnnstudio.gui.plots.timeline import GUTTER, Target

if TYPE_CHECKING:
    from rnnstudio.gui.plots.network_strip import NetworkStrip

_FLAG_FROM = 4.0  # right of the middle of ŷ_t's line the flag begins


def target_at(strip: NetworkStrip, point: QPointF) -> Target | None:
    """Return what is at a point of the strip's viewport."""
    model, layout = strip.model, strip.layout_now
    if model is None or layout is None:
        return None
    step = strip.step_at(point.x())
    if step is None:
        return _initial_state(strip, model, layout, point)
    if step == strip.opened_at and point.y() < layout.word.top:
        return None  # it speaks for itself
    unit = None
    if layout.frame.holds(point.y()):
        unit = strip.unit_at(step, point)
        words = _frame_words(strip, model, layout, step, unit, point)
    elif layout.bars.holds(point.y()):
        under = class_at(strip, step, point)
        shown = strip.shown_classes(step)
        words = strip_words.output_words(model, step, shown if under is None else [under])
    elif layout.y_letter.holds(point.y()):
        middle = strip.column_left(step) + strip.columns.width / 2
        if step == model.decided and point.x() > middle + _FLAG_FROM:
            words = strip_words.decided_words(model)
        else:
            words = strip_words.output_words(model, step, strip.shown_classes(step))
    elif layout.x.holds(point.y()) or layout.id_line.holds(point.y()):
        words = strip_words.input_words(model.reading, step, input_at(strip, step, point))
    elif layout.u_arrow.holds(point.y()):
        words = strip_words.weight_words(model, "U", step)
    elif layout.v_arrow.holds(point.y()):
        words = strip_words.weight_words(model, "V", step)
    elif layout.attribution is not None and layout.attribution.holds(point.y()):
        words = strip_words.contribution_words(model, step)
    elif layout.legend is not None and layout.legend.holds(point.y()):
        words = strip_words.legend_words(model)
    else:
        words = strip_words.step_words(model.reading, step)
    return Target(step, unit, words)


def class_at(strip: NetworkStrip, step: int, point: QPointF) -> int | None:
    """Return the class whose bar is at a height."""
    layout = strip.layout_now
    if layout is None or not layout.bars.holds(point.y()):
        return None
    return next(
        (
            index
            for place, index in enumerate(strip.shown_classes(step))
            if layout.bar(place).holds(point.y())
        ),
        None,
    )


def input_at(strip: NetworkStrip, step: int, point: QPointF) -> int | None:
    """Return the component of an embedding at a point."""
    layout, model = strip.layout_now, strip.model
    if layout is None or model is None or layout.inputs is None:
        return None
    place = layout.input_at(strip.column_left(step), point)
    if place is None:
        return None
    shown = leading(model.inputs(step), layout.inputs.count)
    return shown[place] if place < len(shown) else None


def part_at(strip: NetworkStrip, step: int, point: QPointF) -> str | None:
    """Return the part of a step's wiring at a point, where wirings are drawn."""
    layout, diagram = strip.layout_now, strip.diagram_now
    if layout is None or diagram is None:
        return None
    corner = layout.frame_rect(strip.column_left(step)).topLeft()
    found = diagram.part_at(point - corner)
    return None if found is None else found[0]


def _frame_words(
    strip: NetworkStrip,
    model: StripModel,
    layout: StripLayout,
    step: int,
    unit: int | None,
    point: QPointF,
) -> str:
    """Return the words for the frame of a step, or for the arrow of W beside it."""
    reading, frame = model.reading, layout.frame_rect(strip.column_left(step))
    if unit is not None:
        return strip_words.unit_words(model, step, unit)
    if frame.left() <= point.x() < frame.right() or not reading.spec.cell.recurrent:
        part = part_at(strip, step, point)
        if part is not None:
            return _part_words(strip, model, step, part)
        changes = strip_words.changes_words(model, step)
        words = strip_words.step_words(reading, step)
        return f"{words}; {changes}" if changes else words
    # Left of the frame it is the way from the left, which in the reversed direction goes there.
    left = point.x() < frame.left()
    into = step if left != bool(model.direction) else (step - 1 if left else step + 1)
    into = min(max(into, 1), len(reading))
    words = strip_words.weight_words(model, "W", into)
    changes = strip_words.changes_words(model, into) if model.is_handed_another_memory(into) else ""
    return f"{words}; {changes}" if changes else words


def _part_words(strip: NetworkStrip, model: StripModel, step: int, part: str) -> str:
    unit = model.marked_unit(strip.unit)
    if unit is None:
        return strip_words.mean_words(model, step, part)
    return strip_words.part_words(model, step, part, unit)


def _initial_state(
    strip: NetworkStrip, model: StripModel, layout: StripLayout, point: QPointF
) -> Target | None:
    """Return the box of s_0, left of the first step or right of the last one."""
    if not model.reading.spec.cell.recurrent or not layout.frame.holds(point.y()):
        return None
    box = QRectF(-strip.offset, 0, GUTTER, 1)
    step = 1
    if model.direction:
        step = strip.columns.count
        end = strip.column_left(step) + strip.columns.width
        box = QRectF(end, 0, END_STUB_WIDTH + 4, 1)
    if not box.left() <= point.x() < box.right():
        return None
    return Target(step, None, strip_words.initial_state_words(model))

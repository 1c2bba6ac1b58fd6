"""Paints the columns of the strip: what rests while the network learns, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.gui.plots.cells import GridPictures
from rnnstudio.gui.plots.gate_diagram import Diagram
from rnnstudio.gui.plots.gate_diagram_painting import DiagramPainter
from rnnstudio.gui.plots.one_hot_bar import draw_one_hot
from rnnstudio.gui.plots.strip_bars import draw_bars, draw_names
from rnnstudio.gui.plots.strip_easel import Easel
from rnnstudio.gui.plots.strip_frame import (
    draw_arrows,
    draw_frame,
    draw_memory_arrow,
)
from rnnstudio.gui.plots.strip_layout import StripLayout
from rnnstudio.gui.plots.strip_marks import (
    draw_corner,
    draw_decided,
    draw_surgery,
    draw_unit_mark,
)
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.plots.strip_numbers import draw_numbers, leading
from rnnstudio.gui.plots.strip_word_line import draw_contribution, draw_id, draw_word
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import Theme
from rnnstudio.session.looking import View

_NAMES_FROM = 50.0  # a listed cell so wide has the number of its unit


def draw_still(easel: Easel, step: int, listed: str, diagram: Diagram | None) -> None:
    """Draw what no weight changes of a step: frame, arrows, letters, names, word.

    Args:
        listed: how many of the units are listed, e.g. "12 of 64"; empty where all are there.
    """
    easel.fade(step)
    _draw_still_column(easel, step, listed, diagram)
    draw_word(easel, step)


def draw_opened(easel: Easel, step: int) -> None:
    """Draw what is left of a column whose step is shown large: its word, the way into it."""
    if easel.model.reading.spec.cell.recurrent:
        draw_memory_arrow(easel, step)
    draw_word(easel, step)
    draw_contribution(easel, step)


def _draw_still_column(easel: Easel, step: int, listed: str, diagram: Diagram | None) -> None:
    if easel.layout.inputs is None:
        box = easel.line(step, easel.layout.x)
        box.setLeft(box.left() + easel.layout.content_left)
        box.setWidth(easel.layout.content_width)
        reading = easel.model.reading
        draw_one_hot(
            easel.painter, box, int(reading.ids[step - 1]), reading.spec.inputs, easel.theme
        )
    draw_frame(easel, step)
    draw_names(easel, step)
    draw_arrows(easel, step, listed)
    draw_id(easel, step)
    if diagram is not None:
        corner = easel.layout.frame_rect(easel.left_of(step)).topLeft()
        easel.painter.translate(corner)
        painter = DiagramPainter(easel.painter, easel.theme, easel.model)
        painter.draw_wiring(diagram, current=step == easel.step)
        easel.painter.translate(-corner)


class ValuePictures:
    """The cells of the steps in view as images, made once for each reading and place."""

    def __init__(self) -> None:
        self._key: object = None
        self._first = 0
        self.units: GridPictures | None = None
        self.inputs: GridPictures | None = None
        self.shown_units: list[Sequence[int]] = []  # by the index of the image
        self.shown_inputs: list[Sequence[int]] = []

    def prepare(
        self, theme: Theme, layout: StripLayout, model: StripModel, steps: range, ratio: float
    ) -> None:
        """Make the images of the steps, unless they are there."""
        key = (theme, layout, id(model), steps, ratio)
        if key == self._key or not steps:
            return
        self._key, self._first = key, steps.start
        self._model = model  # kept, so that no other has its identity
        self.units = self.inputs = None
        if layout.units is not None:
            values = model.numbers.values[steps.start - 1 : steps.stop - 1]
            self.shown_units, values = _led(values, layout.units.count)
            self.units = GridPictures(theme, layout.units, values, model.scale, ratio)
        if layout.inputs is not None:
            limit = model.reading.input_limit
            values = np.stack([model.inputs(step) for step in steps])
            self.shown_inputs, values = _led(values, layout.inputs.count)
            self.inputs = GridPictures(
                theme, layout.inputs, values, Scale(-limit, limit, True), ratio
            )

    def index(self, step: int) -> int:
        """Return which of the images is a step's."""
        return step - self._first


def _led(values: FloatArray, count: int) -> tuple[list[Sequence[int]], FloatArray]:
    """Return which `count` of the numbers (n, H) of each step lead, and these (n, count)."""
    shown = [leading(row, count) for row in values]
    if count < values.shape[1]:
        values = np.take_along_axis(values, np.array(shown), axis=1)
    return shown, values


def draw_values(
    easel: Easel, step: int, pictures: ValuePictures, unit: int | None, diagram: Diagram | None
) -> None:
    """Draw x_t, s_t and ŷ_t of a step, and its marks."""
    model = easel.model
    marked, marked_class = model.marked_unit(unit), model.marked_class(unit)
    easel.fade(step)
    _draw_inputs(easel, step, pictures)
    if diagram is not None:
        corner = easel.layout.frame_rect(easel.left_of(step)).topLeft()
        easel.painter.translate(corner)
        painter = DiagramPainter(easel.painter, easel.theme, model)
        painter.draw_tags(diagram, step, marked)
        easel.painter.translate(-corner)
    else:
        _draw_units(easel, step, pictures, marked)
    draw_bars(easel, step, marked_class)
    if model.reading.changes:
        draw_surgery(easel, step)
    if model.decided == step:
        draw_decided(easel)


def _draw_units(easel: Easel, step: int, pictures: ValuePictures, marked: int | None) -> None:
    layout, model = easel.layout, easel.model
    left = easel.left_of(step)
    if pictures.units is None:
        return
    shown = pictures.shown_units[pictures.index(step)]
    pictures.units.draw(
        easel.painter, pictures.index(step), left + layout.units_left, layout.units_top
    )
    if model.view is View.NUMBERS:
        boxes = [layout.unit_rect(left, place) for place in range(len(shown))]
        values = model.cells(step)[list(shown)]
        is_list = len(shown) < len(model.cells(step)) and boxes[0].width() >= _NAMES_FROM
        names = [str(one + 1) for one in shown] if is_list else ()
        draw_numbers(easel.painter, easel.theme, model.scale, values, boxes, names)
    for one in model.set_units(step):
        if one in shown:
            place = shown.index(one)
            draw_corner(easel.painter, easel.theme, layout.unit_rect(left, place))
    if step == easel.step and marked is not None and marked in shown:
        place = shown.index(marked)
        draw_unit_mark(easel.painter, easel.theme, layout.unit_rect(left, place))


def _draw_inputs(easel: Easel, step: int, pictures: ValuePictures) -> None:
    layout, model = easel.layout, easel.model
    left = easel.left_of(step)
    if pictures.inputs is None or layout.inputs is None:
        return
    pictures.inputs.draw(
        easel.painter, pictures.index(step), left + layout.inputs_left, layout.inputs_top
    )
    if model.view is View.NUMBERS:
        shown = pictures.shown_inputs[pictures.index(step)]
        limit = model.reading.input_limit
        boxes = [layout.input_rect(left, place) for place in range(len(shown))]
        values = model.inputs(step)[list(shown)]
        is_list = len(shown) < len(model.inputs(step)) and boxes[0].width() >= _NAMES_FROM
        names = [str(one + 1) for one in shown] if is_list else ()
        draw_numbers(easel.painter, easel.theme, Scale(-limit, limit, True), values, boxes, names)

"""The picture of the strip: its columns from kept pictures, and what is drawn over them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPaintEngine, QPainter

from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots.gate_diagram import Diagram
from rnnstudio.gui.plots.kept_picture import KeptPicture
from rnnstudio.gui.plots.strip_bars import shown_classes
from rnnstudio.gui.plots.strip_columns import ColumnPictures
from rnnstudio.gui.plots.strip_easel import Easel
from rnnstudio.gui.plots.strip_frame import draw_history, draw_play_head, draw_stub, stub_rect
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.plots.strip_painting import ValuePictures, draw_opened, draw_still, draw_values
from rnnstudio.gui.plots.strip_pulse import draw_pulse
from rnnstudio.gui.plots.strip_word_line import draw_contribution, draw_legend
from rnnstudio.gui.plots.strip_words import legend_words

if TYPE_CHECKING:
    from rnnstudio.gui.plots.network_strip import NetworkStrip


class StripPicture:
    """Paints a strip; while the network learns, or time passes, only what changes is made anew."""

    def __init__(self, strip: NetworkStrip) -> None:
        self._strip = strip
        self._values = ValuePictures()
        self._still_columns = ColumnPictures()
        self._value_columns = ColumnPictures()
        self._drawn: tuple[object, object, StripModel] | None = None
        self._fresh = self._learning = False
        self._frames, self._ground = KeptPicture(), KeptPicture()

    def paint(self, painter: QPainter, box: QRect) -> None:
        """Paint the part of the strip that lies in `box`."""
        strip = self._strip
        easel, steps = strip.easel(painter), strip.visible_steps
        opened, width = strip.opened_at, strip.viewport().width()
        ratio = self._begin(easel, steps)
        # Marks may stand a little out of their column, the arrow runs in from the one before.
        touched = [step for step in steps if self._touches(easel, step, box)]
        if ratio is not None and self._learning and opened is None:
            self._paint_ground(easel, steps, ratio)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            diagram = strip.diagram_now
            for step in touched:
                self._draw_values(easel, step, diagram)
        else:
            painter.fillRect(box, easel.color("panel"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_behind(easel, steps)
            for step in touched:
                if step == opened:
                    draw_opened(easel, step)
                else:
                    self._paint_column(easel, step, ratio)
            draw_legend(easel, width)
        if easel.model.reading.spec.cell is Cell.HISTORY and steps and opened is None:
            draw_history(easel, steps)
        painter.setOpacity(1.0)
        pulse = strip.pulse
        if pulse.step is not None and pulse.step in steps:
            draw_pulse(easel, pulse.step, pulse.share)
        strip.hands.draw(painter)

    def _draw_behind(self, easel: Easel, steps: range) -> None:
        """Draw the play head's column and the initial state."""
        strip = self._strip
        if easel.step in steps and strip.opened_at is None:
            draw_play_head(easel, strip.viewport().height())
        if easel.model.reading.spec.cell.recurrent:
            stub = stub_rect(easel)
            if stub.right() > 0 and stub.left() < strip.viewport().width():
                draw_stub(easel, stub)

    def _paint_ground(self, easel: Easel, steps: range, ratio: float) -> None:
        """Paint what no weight changes, and what is found out now and then, from kept pictures."""
        strip, model, size = self._strip, easel.model, self._strip.viewport().size()
        listed, diagram = strip.listed_words(), strip.diagram_now
        classes = tuple(tuple(shown_classes(model, easel.layout, step)) for step in steps)
        still = (self._drawn and self._drawn[:2], strip.offset, easel.step, classes)

        def draw_frames(painter: QPainter) -> None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            own = replace(easel, painter=painter)
            self._draw_behind(own, steps)
            for step in steps:
                draw_still(own, step, listed, diagram)

        def draw_ground(painter: QPainter) -> None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._frames.paint(painter, size, ratio, still, draw_frames)
            own = replace(easel, painter=painter)
            for step in steps:
                own.fade(step)
                draw_contribution(own, step)
            draw_legend(own, size.width())

        found = (model.attribution, legend_words(model), model.looking.method)
        self._ground.paint(
            easel.painter, size, ratio, (still, found), draw_ground, easel.color("panel")
        )

    def _draw_values(self, easel: Easel, step: int, diagram: Diagram | None) -> None:
        unit = self._strip.unit if step == easel.step or diagram is not None else None
        draw_values(easel, step, self._values, unit, diagram)

    def _begin(self, easel: Easel, steps: range) -> float | None:
        """Forget the pictures that are out of date; return how many pixels theirs have.

        None where the strip is drawn into a file of lines and letters: there are none then.
        """
        strip, model = self._strip, easel.model
        own = strip.devicePixelRatioF()
        self._values.prepare(strip.theme, easel.layout, model, steps, own)
        engine = easel.painter.paintEngine()
        if engine.type() is not QPaintEngine.Type.Raster:
            return None
        # A picture to copy may be sharper than the screen.
        ratio: float = engine.paintDevice().devicePixelRatioF()
        reading = model.reading
        still = (
            strip.theme,
            easel.layout,
            strip.columns.width,
            strip.viewport().height(),
            ratio,
            reading.labels,
            reading.spec,
            model.shown,
            model.notation,
            bool(model.layer.s_0.any()),
        )
        self._still_columns.begin(still)
        # Numbers that were not in the picture before: the network learns, or words are typed.
        # What is kept of such a picture would not be drawn twice.
        had, text = self._drawn, (reading.words, bytes(reading.ids))
        self._drawn = (still, text, model)
        self._value_columns.begin((still, model))
        self._fresh = had is None or had[2] is not model
        self._learning = had is not None and self._fresh and had[:2] == (still, text)
        return ratio

    def _paint_column(self, easel: Easel, step: int, ratio: float | None) -> None:
        strip = self._strip
        diagram, current = strip.diagram_now, step == easel.step
        height = strip.viewport().height()
        unit = strip.unit if current or diagram is not None else None

        def still(own: Easel) -> None:
            draw_still(own, step, strip.listed_words(), diagram)

        def values(own: Easel) -> None:
            own.fade(step)
            draw_contribution(own, step)
            draw_values(own, step, self._values, unit, diagram)

        if ratio is None:
            still(easel)
            values(easel)
            return
        self._still_columns.paint(easel, step, height, ratio, self._still_key(easel, step), still)
        if self._fresh:
            values(easel)
        else:
            self._value_columns.paint(easel, step, height, ratio, (step, current, unit), values)

    def _still_key(self, easel: Easel, step: int) -> Hashable:
        """Return what the still picture of a step depends on beside what all have in common."""
        strip, reading = self._strip, easel.model.reading
        before = easel.model.layer.step_before(step)
        return (
            step,
            step == easel.step,
            reading.words[step - 1],
            int(reading.ids[step - 1]),
            reading.is_unknown(step),
            reading.is_asked(step),
            tuple(strip.shown_classes(step)),
            # The arrow of W comes from an opened step's edge, which is nearer than its frame's,
            # or from the initial state.
            (before == strip.opened_at, before == 0),
        )

    @staticmethod
    def _touches(easel: Easel, step: int, box: QRect) -> bool:
        left, width = easel.left_of(step), easel.width
        return left < box.right() + width and left + 2 * width > box.left()

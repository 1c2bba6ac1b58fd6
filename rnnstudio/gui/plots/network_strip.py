"""The unrolled network: one column a step, from the word below to ŷ_t on top."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.plots.gate_diagram import Diagram
from rnnstudio.gui.plots.gate_diagram_small import small_diagram
from rnnstudio.gui.plots.strip_bars import class_names, shown_classes
from rnnstudio.gui.plots.strip_easel import Easel
from rnnstudio.gui.plots.strip_frame import (
    STUB_LEFT,
    STUB_WIDTH,
)
from rnnstudio.gui.plots.strip_hands import StripHands
from rnnstudio.gui.plots.strip_layout import (
    StripLayout,
    StripNeeds,
    narrowest_column,
    strip_layout,
)
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.plots.strip_numbers import leading
from rnnstudio.gui.plots.strip_opened import OpenedStep
from rnnstudio.gui.plots.strip_opening import Opening, between, full_rect, steps_beside
from rnnstudio.gui.plots.strip_picture import StripPicture
from rnnstudio.gui.plots.strip_pulse import Pulse
from rnnstudio.gui.plots.strip_targets import part_at, target_at
from rnnstudio.gui.plots.strip_word_line import word_rect
from rnnstudio.gui.plots.timeline import GUTTER, Target, TimeView
from rnnstudio.gui.theme import Theme
from rnnstudio.session.looking import Method, Place, View
from rnnstudio.session.reading import Reading


class NetworkStrip(TimeView):
    """Draws a `StripModel`: word, id, x_t, U, s_t, W, V and ŷ_t of every step that is in view."""

    looking_changed = Signal(object)  # e.g. {"opened": True}
    place_requested = Signal(Place)  # a number of the reading was clicked
    clamp_requested = Signal(Place, float, bool)  # set a number, at its step or from there on
    word_edited = Signal(int, str)
    words_swapped = Signal(int, int)
    word_deleted = Signal(int)
    word_repeated = Signal(int)
    shuffle_requested = Signal()
    replacements_requested = Signal(int)
    memory_reset_requested = Signal(int)
    transplant_requested = Signal(int)
    narrowest_changed = Signal(int)  # pictures below need columns as wide

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: StripModel | None = None
        self._needs: StripNeeds | None = None
        self._layout_key: object = None
        self._layout: StripLayout | None = None
        self._picture = StripPicture(self)
        self._opened_now = QRect()
        self._moving = False
        self.setObjectName("network_strip")
        self.setAccessibleName("Unrolled network")
        self.opening = Opening(self)
        self.opening.moved.connect(self._on_opening_moved)
        self.pulse = Pulse(self)
        self.pulse.moved.connect(self._on_pulse_moved)
        self.opened_step = OpenedStep(self.viewport())
        self.opened_step.place_requested.connect(self.place_requested)
        self.opened_step.clamp_requested.connect(self.clamp_requested)
        self.opened_step.close_requested.connect(self._on_close_requested)
        self.opened_step.hinted.connect(self.hinted)
        self.hands = StripHands(self)
        self.horizontalScrollBar().valueChanged.connect(self._on_scrolled)

    # what is shown

    def set_model(self, model: StripModel | None) -> None:
        """Draw another reading, look at it in another way, or draw nothing."""
        fresh = self._model is None
        self._model = model
        needs = _needs(model) if model else None
        if needs != self._needs:
            self._needs = needs
        narrowest = narrowest_column(model.view, model.reading.spec.cell) if model else 0
        if narrowest != self._narrowest:
            self.set_narrowest(narrowest)
            self.narrowest_changed.emit(narrowest)
        self.set_count(len(model.reading) if model else 0)
        self.hands.end()
        self.opening.set_open(model is not None and model.looking.opened, at_once=fresh)

    def set_play_head(self, step: int, unit: int | None) -> None:
        advanced = step == self.step + 1
        super().set_play_head(step, unit)
        if self._moving and advanced and self.opening.share == 0.0:
            self.pulse.start(step)
        elif not advanced and self.pulse.step != step:
            self.pulse.stop()
        self._place_opened()

    def set_moving(self, moving: bool) -> None:
        """Let a pulse run along each step that the play head comes to, or not."""
        self._moving = moving

    def set_motion(self, motion: bool) -> None:
        """Let steps open in a short motion, or at once."""
        self.opening.has_motion = motion
        if not motion:
            self.pulse.stop()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.opened_step.set_theme(theme)

    @property
    def model(self) -> StripModel | None:
        """What is drawn."""
        return self._model

    @property
    def reading(self) -> Reading | None:
        """The reading that is drawn."""
        return self._model.reading if self._model else None

    # what stands where

    @property
    def layout_now(self) -> StripLayout | None:
        """The places of a step's parts at the present size; None without a reading."""
        if self._needs is None:
            return None
        ratio = self.devicePixelRatioF()
        key = (self.columns.width, self.viewport().height(), self._needs, ratio)
        if key != self._layout_key:
            self._layout, self._layout_key = strip_layout(*key), key
        return self._layout

    @property
    def diagram_now(self) -> Diagram | None:
        """The wiring that stands in each frame; None where cells do."""
        model, layout = self._model, self.layout_now
        if model is None or layout is None or model.view is not View.DIAGRAM:
            return None
        spec = model.reading.spec
        size = (layout.frame_width, layout.frame.height)
        return small_diagram(spec.cell, spec.activation, *size, model.direction == 1)

    def column_left(self, step: int) -> int:
        """Where a step's column begins in the viewport; the others make room for an opened one."""
        left = super().column_left(step)
        if self.opening.share == 0.0:
            return left
        now, own = self.opened_rect, super().column_left(self.step)
        if step == self.step:
            return now.center().x() - self.columns.width // 2
        if step < self.step:
            return left + now.left() - own
        return left + now.right() + 1 - own - self.columns.width

    @property
    def opened_rect(self) -> QRect:
        """Where the opened step stands now."""
        return self._opened_now

    def _column_rect(self, height: int) -> QRect:
        return QRect(super().column_left(self.step), 2, self.columns.width, height)

    def _opened_full(self) -> QRect:
        layout, model = self.layout_now, self._model
        assert layout is not None, "a step is open only with a reading"
        assert model is not None, "a step is open only with a reading"
        column = QRect(super().column_left(self.step), 0, self.columns.width, 1)
        cell = model.reading.spec.cell
        return full_rect(column, self.viewport().width(), round(layout.word.top), cell)

    @property
    def opened_at(self) -> int | None:
        """The step that stands in the large panel, or None."""
        return self.step if self.opening.share > 0.0 and self._model is not None else None

    @property
    def visible_steps(self) -> range:
        if self.opened_at is None:
            return super().visible_steps
        room, count = self.viewport().width(), self.columns.count
        return steps_beside(self.step, self.opened_rect, room, self.columns.width, count)

    def step_at(self, x: float) -> int | None:
        """The step at a place of the viewport, if there is one."""
        if self.opened_at is None:
            return self.columns.step_at(x + self.offset)
        now, width = self.opened_rect, self.columns.width
        if x < now.left():
            step = self.step - 1 - int((now.left() - x) // width)
        elif x > now.right():
            step = self.step + 1 + int((x - now.right() - 1) // width)
        else:
            step = self.step
        return step if 1 <= step <= self.columns.count else None

    def frame_edges(self, step: int) -> tuple[float, float]:
        """Where the state of a step begins and ends; step 0 is the initial state."""
        layout = self.layout_now
        assert layout is not None, "there are frames only with a reading"
        if step == 0:
            stub = self.column_left(1) - GUTTER + STUB_LEFT
            return stub, stub + STUB_WIDTH
        if step == self.opened_at:
            return self.opened_rect.left(), self.opened_rect.right() + 1
        left = self.column_left(step) + layout.frame_left
        return left, left + layout.frame_width

    def shown_units(self, step: int) -> Sequence[int]:
        """The units that have a cell at a step: all, or those with the largest numbers."""
        layout, model = self.layout_now, self._model
        if layout is None or model is None or layout.units is None:
            return ()
        return leading(model.cells(step), layout.units.count)

    def unit_rect(self, step: int, unit: int) -> QRectF:
        """The cell of a unit at a step, in the viewport; empty where it has none."""
        layout, shown = self.layout_now, self.shown_units(step)
        if layout is None or unit not in shown:
            return QRectF()
        return layout.unit_rect(self.column_left(step), shown.index(unit))

    def unit_at(self, step: int, point: QPointF) -> int | None:
        """The unit of a step's cell at a point."""
        layout, shown = self.layout_now, self.shown_units(step)
        place = layout.unit_at(self.column_left(step), point) if layout else None
        return shown[place] if place is not None and place < len(shown) else None

    def word_rect(self, step: int) -> QRectF:
        """Where the word of a step is written, in the viewport."""
        layout, model = self.layout_now, self._model
        assert layout is not None, "there are words only with a reading"
        assert model is not None, "there are words only with a reading"
        return word_rect(model, layout, self.column_left(step), self.columns.width, step)

    def shown_classes(self, step: int) -> Sequence[int]:
        """The classes that have a bar at a step, from the top: all, or the likeliest first."""
        layout = self.layout_now
        return (
            ()
            if self._model is None or layout is None
            else (shown_classes(self._model, layout, step))
        )

    def unit_order(self) -> list[int]:
        return list(range(self._model.reading.spec.units)) if self._model else []

    def listed_words(self) -> str:
        """How many of the units have a cell, e.g. "12 of 64"; empty where all have one."""
        layout, model = self.layout_now, self._model
        if layout is None or model is None or layout.units is None:
            return ""
        units = model.reading.spec.units
        return "" if layout.units.count == units else f"{layout.units.count} of {units}"

    def table_rows(self) -> list[list[str]] | None:
        """Return one row a step: word, id, what is in the cells, the prediction."""
        model = self._model
        if model is None:
            return None
        reading, letter = model.reading, model.letters.quantity(model.quantity)
        units = range(1, reading.spec.units + 1)
        head = ["step", "word", "id", *(f"{letter}[{unit}]" for unit in units)]
        rows = [[*head, *(f"ŷ[{label}]" for label in reading.labels)]]
        for step, (word, id_) in enumerate(zip(reading.words, reading.ids, strict=True), 1):
            numbers = [*model.cells(step), *model.shares(step)]
            rows.append([str(step), word, str(id_), *(f"{value:.6g}" for value in numbers)])
        return rows

    def target_at(self, point: QPointF) -> Target | None:
        return target_at(self, point)

    def part_at(self, step: int, point: QPointF) -> str | None:
        """The part of a step's wiring at a point, where wirings are drawn."""
        return part_at(self, step, point)

    # drawing

    def easel(self, painter: QPainter) -> Easel:
        """Return what the painting functions share."""
        layout, model, diagram = self.layout_now, self._model, self.diagram_now
        assert layout is not None, "only a reading is painted"
        assert model is not None, "only a reading is painted"
        levels = tuple(layout.frame.top + y for y in diagram.levels) if diagram else ()
        return Easel(
            painter,
            self.theme,
            layout,
            model,
            self.columns.width,
            self.step,
            cache(self.column_left),
            self.frame_edges,
            levels or (layout.frame.middle,),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if self._model is None:
            painter.fillRect(event.rect(), self.theme.color("panel"))
        else:
            self._picture.paint(painter, event.rect())
        painter.end()

    def _on_opening_moved(self) -> None:
        self._place_opened()
        self.viewport().update()

    def _on_scrolled(self) -> None:
        self.hands.edit.leave()
        self._place_opened()

    def _place_opened(self) -> None:
        """Put the large panel where its column has grown to."""
        model = self._model
        if self.opened_at is None or model is None:
            self.opened_step.hide()
            return
        full = self._opened_full()
        self._opened_now = between(self._column_rect(full.height()), full, self.opening.share)
        self.opened_step.set_content(model, self.step, model.marked_unit(self.unit))
        self.opened_step.set_place(self._opened_now, full.size(), self.opening.share)
        self.opened_step.show()

    def _on_pulse_moved(self) -> None:
        step = self.pulse.step
        if step is not None:
            width = self.columns.width
            left = self.column_left(step) - width
            self.viewport().update(left, 0, 3 * width, self.viewport().height())

    def _on_close_requested(self) -> None:
        self.looking_changed.emit({"opened": False})

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_opened()

    # hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.hands.press(event):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.hands.move(event):
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hands.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self.hands.double_click(event):
            super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.hands.open_menu(event):
            event.ignore()  # the panel's own menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.hands.key(event):
            super().keyPressEvent(event)

    def menu_place(self, step: int) -> QPoint:
        """Where the menu of a word opens from the keyboard, on the screen."""
        return self.viewport().mapToGlobal(self.word_rect(step).bottomLeft().toPoint())


def _needs(model: StripModel) -> StripNeeds:
    """Return what a step of a model has to show."""
    reading, spec = model.reading, model.reading.spec
    return StripNeeds(
        spec.classes,
        spec.units,
        spec.embedding,
        model.view,
        class_names(reading.labels).widths,
        reading.labels_words,
        model.looking.method is not Method.NONE,
    )

"""Mouse and keys on the strip: scrubbing, setting numbers, moving and editing words, opening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication

from rnnstudio.gui.plots import strip_menu
from rnnstudio.gui.plots.strip_clamp import KEY_SHARE, ClampDrag, draw_bubble
from rnnstudio.gui.plots.strip_keys import KeyKeeper
from rnnstudio.gui.plots.strip_menu import WordMenu, action_of, allowed, is_menu_key
from rnnstudio.gui.plots.strip_targets import class_at, input_at
from rnnstudio.gui.plots.strip_word_edit import WordEdit
from rnnstudio.gui.plots.strip_word_line import draw_word_chip, word_text

if TYPE_CHECKING:
    from rnnstudio.gui.plots.network_strip import NetworkStrip

_REACH = 6.0  # around a word where it can be taken hold of
_ALT = Qt.KeyboardModifier.AltModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


@dataclass
class _Swap:
    """A word that is taken hold of: moved once it has left its place."""

    step: int
    origin: QPointF
    at: QPointF
    moved: bool = False


class StripHands:
    """Turns what hands do on a strip into its requests, and draws what is under way."""

    def __init__(self, strip: NetworkStrip) -> None:
        self._strip = strip
        self._clamp: ClampDrag | None = None
        self._swap: _Swap | None = None
        self._scrubbed: int | None = None
        self._mouse = QPointF()
        self._words: tuple[str, ...] = ()
        self.edit = WordEdit(strip.viewport())
        self.edit.word_edited.connect(strip.word_edited)
        self._keys = KeyKeeper(strip, self._wants_key)

    def end(self) -> None:
        """End what is about another sentence now: a word that was moved, a field."""
        reading = self._strip.reading
        words = reading.words if reading is not None else ()
        if words == self._words:
            return
        self._words = words
        self._swap = None
        self.edit.leave()

    @property
    def _last_word(self) -> int:
        return self._strip.columns.count - 1

    def _is_word(self, step: int | None) -> bool:
        return step is not None and 2 <= step <= self._last_word

    # the mouse

    def press(self, event: QMouseEvent) -> bool:
        """Begin something; say whether it was for these hands."""
        strip, point = self._strip, event.position()
        self._mouse = point
        step, model = strip.step_at(point.x()), strip.model
        if event.button() != Qt.MouseButton.LeftButton or step is None or model is None:
            return False
        layout = strip.layout_now
        opened = step == strip.opened_at and layout is not None and point.y() < layout.word.top
        if opened:
            return True
        unit = strip.unit_at(step, point)
        if unit is not None:
            self._press_unit(event, step, unit)
        elif self._press_number(step, point):
            pass
        elif self._is_word(step) and self._holds_word(step, point):
            self._swap = _Swap(step, point, point)
            strip.step_requested.emit(step)
        else:
            self._scrubbed = step
            strip.step_requested.emit(step)
        return True

    def _press_unit(self, event: QMouseEvent, step: int, unit: int) -> None:
        strip, model = self._strip, self._strip.model
        assert model is not None, "there are units only with a reading"
        if event.modifiers() & _ALT:
            self._clamp = self._clamp_of(step, unit, event.position())
            strip.viewport().update()
        elif model.looking.quantity == model.quantity:
            strip.unit_requested.emit(unit, step)
        else:  # what is looked at is no unit's: go to what is seen
            strip.place_requested.emit(model.place(step, unit))

    def _press_number(self, step: int, point: QPointF) -> bool:
        """Ask for the class, the component or the gate at a point, if there is one."""
        strip, model, layout = self._strip, self._strip.model, self._strip.layout_now
        assert model is not None, "there is a reading"
        assert layout is not None, "there is a reading"
        part = strip.part_at(step, point)
        if part is not None:
            place = model.part_place(step, part, model.marked_unit(strip.unit))
            if place is not None:
                strip.place_requested.emit(place)
            return place is not None
        index = class_at(strip, step, point)
        if index is not None:
            from_left = point.x() - strip.column_left(step) - layout.bars_left
            if 0 <= from_left < layout.bars_width:
                strip.place_requested.emit(model.class_place(step, index))
                return True
        component = input_at(strip, step, point)
        if component is not None and model.layer_index == 0:
            strip.place_requested.emit(model.place(step, component, "x"))
            return True
        return False

    def move(self, event: QMouseEvent) -> bool:
        """Go on; say whether something is under way."""
        strip, point = self._strip, event.position()
        self._mouse = point
        if self._clamp is not None:
            onwards = bool(event.modifiers() & _SHIFT)
            value = self._clamp.value_at(point)
            strip.clamp_requested.emit(self._clamp.place, value, onwards)
        elif self._swap is not None:
            self._swap.at = point
            far = (point - self._swap.origin).manhattanLength()
            self._swap.moved |= far >= QApplication.startDragDistance()
            if self._swap.moved:
                strip.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._scrubbed is not None:
            self._scrub(point)
            return True
        else:
            self._show_cursor(event)
            return False
        strip.viewport().update()
        return True

    def _scrub(self, point: QPointF) -> None:
        """Ask for each step on the way to the one under the mouse."""
        strip = self._strip
        inside = min(max(point.x(), 0.0), strip.viewport().width() - 1.0)
        step = strip.step_at(inside)
        if step is None:
            step = 1 if inside < strip.viewport().width() / 2 else strip.columns.count
        assert self._scrubbed is not None, "the mouse was pressed at a step"
        way = 1 if step > self._scrubbed else -1
        for passed in (
            range(self._scrubbed + way, step + way, way) if step != self._scrubbed else ()
        ):
            strip.step_requested.emit(passed)
        self._scrubbed = step

    def _show_cursor(self, event: QMouseEvent) -> None:
        strip, point = self._strip, event.position()
        step = strip.step_at(point.x())
        shape = Qt.CursorShape.ArrowCursor
        if step is not None and self._is_word(step) and self._holds_word(step, point):
            shape = Qt.CursorShape.OpenHandCursor
        elif (
            step is not None
            and event.modifiers() & _ALT
            and (strip.unit_at(step, point) is not None)
        ):
            shape = Qt.CursorShape.SizeVerCursor
        if strip.viewport().cursor().shape() is not shape:
            strip.viewport().setCursor(shape)

    def release(self, event: QMouseEvent) -> None:
        """End what is under way."""
        strip, swap = self._strip, self._swap
        self._clamp = self._swap = self._scrubbed = None
        if swap is not None:
            strip.viewport().setCursor(Qt.CursorShape.ArrowCursor)
            target = strip.step_at(event.position().x())
            if swap.moved and self._is_word(target) and target != swap.step:
                assert target is not None, "it is a word"
                strip.words_swapped.emit(swap.step, target)
        strip.viewport().update()

    def double_click(self, event: QMouseEvent) -> bool:
        """Edit a word, open a step; say whether it was one of them."""
        strip, point, layout = self._strip, event.position(), self._strip.layout_now
        step = strip.step_at(point.x())
        if step is None or layout is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        if layout.word.holds(point.y()):
            if self._is_word(step):
                self.edit_word(step)
            return True
        if layout.frame.holds(point.y()):
            strip.step_requested.emit(step)
            strip.looking_changed.emit({"opened": True})
            return True
        return False

    def _holds_word(self, step: int, point: QPointF) -> bool:
        return self._strip.word_rect(step).adjusted(-_REACH, 0, _REACH, 0).contains(point)

    # the keyboard

    def _wants_key(self, event: QKeyEvent) -> bool:
        """Whether a key is for the strip although the window may have a shortcut of it."""
        if event.key() == Qt.Key.Key_Escape:
            return self._under_way or self._strip.opening.is_open
        is_clamp = event.modifiers() & _ALT and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        if event.key() in _ENTER or is_menu_key(event):
            return True
        return bool(is_clamp) or action_of(event) is not None

    @property
    def _under_way(self) -> bool:
        return self._clamp is not None or self._swap is not None

    def key(self, event: QKeyEvent) -> bool:
        """Do what a key says; say whether it was one of these."""
        strip, model = self._strip, self._strip.model
        if model is None or not strip.columns.count:
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape and self._under_way:
            self._clamp = self._swap = None
            strip.viewport().update()
        elif key == Qt.Key.Key_Escape and strip.opening.is_open:
            strip.looking_changed.emit({"opened": False})
        elif key in _ENTER and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            strip.looking_changed.emit({"opened": not strip.opening.is_open})
        elif event.modifiers() & _ALT and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._clamp_by_key(up=key == Qt.Key.Key_Up, event=event)
        elif is_menu_key(event):
            self._open_menu(strip.step, strip.menu_place(strip.step))
        elif (action := action_of(event)) is not None:
            if allowed(action, model, strip.step):
                self.perform(action.key, strip.step)
        else:
            return False
        return True

    def _clamp_by_key(self, up: bool, event: QKeyEvent) -> None:
        strip, model = self._strip, self._strip.model
        assert model is not None, "there is a reading"
        unit = model.marked_unit(strip.unit)
        if unit is None:
            return
        drag = self._clamp_of(strip.step, unit, QPointF())
        value = drag.moved(KEY_SHARE if up else -KEY_SHARE)
        strip.clamp_requested.emit(drag.place, value, bool(event.modifiers() & _SHIFT))

    def _clamp_of(self, step: int, unit: int, origin: QPointF) -> ClampDrag:
        model = self._strip.model
        assert model is not None, "there is a reading"
        letter = model.letter(model.quantity, step)
        start, scale = float(model.cells(step)[unit]), model.scale
        return ClampDrag(model.place(step, unit), letter, start, scale.low, scale.high, origin)

    # words

    def open_menu(self, event: QContextMenuEvent) -> bool:
        """Open the menu of a word; say whether it was one."""
        strip, layout, model = self._strip, self._strip.layout_now, self._strip.model
        if layout is None or model is None:
            return False
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            step, place = strip.step, strip.menu_place(strip.step)
        else:
            point = QPointF(strip.viewport().mapFromGlobal(event.globalPos()))
            found = strip.step_at(point.x())
            if found is None or not layout.id_line.top <= point.y() < layout.word.bottom + 12:
                return False
            step, place = found, event.globalPos()
        self._open_menu(step, place)
        return True

    def _open_menu(self, step: int, place: QPoint) -> None:
        strip, model = self._strip, self._strip.model
        if model is not None and not any(menu.isVisible() for menu in strip.findChildren(WordMenu)):
            WordMenu(strip, model, step, self.perform).open_at(place)

    def edit_word(self, step: int) -> None:
        """Let a word be typed anew, where it stands."""
        strip = self._strip
        assert strip.reading is not None, "there are words only with a reading"
        word = strip.reading.words[step - 1]
        self.edit.begin(step, word, strip.word_rect(step).toAlignedRect())

    def perform(self, key: str, step: int) -> None:
        """Do one of the things of the menu with the word of a step."""
        strip = self._strip
        requests: dict[str, Callable[[], object]] = {
            strip_menu.EDIT: lambda: self.edit_word(step),
            strip_menu.REPLACE: lambda: strip.replacements_requested.emit(step),
            strip_menu.DELETE: lambda: strip.word_deleted.emit(step),
            strip_menu.REPEAT: lambda: strip.word_repeated.emit(step),
            strip_menu.SWAP_BACK: lambda: strip.words_swapped.emit(step, step - 1),
            strip_menu.SWAP_ON: lambda: strip.words_swapped.emit(step, step + 1),
            strip_menu.SHUFFLE: strip.shuffle_requested.emit,
            strip_menu.RESET: lambda: strip.memory_reset_requested.emit(step),
            strip_menu.TRANSPLANT: lambda: strip.transplant_requested.emit(step),
        }
        requests[key]()

    # drawing

    def draw(self, painter: QPainter) -> None:
        """Draw what is under way: the number that is set, the word that is moved."""
        strip = self._strip
        if self._clamp is not None:
            draw_bubble(painter, strip.theme, self._mouse, self._clamp, strip.viewport().width())
        if self._swap is not None and self._swap.moved and strip.model is not None:
            self._draw_swap(painter, self._swap)

    def _draw_swap(self, painter: QPainter, swap: _Swap) -> None:
        strip, model = self._strip, self._strip.model
        assert model is not None, "there is a reading"
        painter.setOpacity(1.0)
        target = strip.step_at(swap.at.x())
        accent = strip.theme.color("accent")
        for step in {swap.step, target} if self._is_word(target) else {swap.step}:
            assert step is not None, "it is a word"
            place = strip.word_rect(step).adjusted(-8, -1, 8, 1)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = QPen(accent, 1.5)
            if step == swap.step:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawRoundedRect(place, 6, 6)
        text = word_text(model, swap.step, strip.columns.width - 8)
        taken = strip.word_rect(swap.step)
        chip = QRectF(taken.translated(swap.at - swap.origin)).adjusted(-8, -2, 8, 2)
        draw_word_chip(painter, strip.theme, chip, text)

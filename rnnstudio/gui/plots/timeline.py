"""What all pictures over time share: columns, scrolling, the play head, mouse and keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from rnnstudio.gui.theme import LIGHT, Theme

_NARROWEST = 66  # where that lets the whole sentence be seen
_SCROLLED = 80  # where it scrolls anyway
GUTTER = 58  # left of the first step: s_0 in the strip, unit numbers in the heat map
_END = 24  # right of the last step: s_0 of the reversed direction in the strip
_WIDEST_SHARE = 0.16  # of the room: a short sentence is drawn large, not as wide as the window


@dataclass(frozen=True)
class Columns:
    """Where the steps stand: step t = 1 … `count` begins at `left(t)` and is `width` wide.

    Whole logical pixels from the left end of the unscrolled picture.
    """

    count: int
    width: int

    @classmethod
    def fitted(cls, count: int, room: int, narrowest: int = 0) -> Columns:
        """Return columns that fill `room` where they can; a long sentence is wider and scrolls.

        None is narrower than `narrowest` pixels.
        """
        widest = max(110, narrowest, round(room * _WIDEST_SHARE))
        width = (room - GUTTER - _END) // max(count, 1)
        if width >= max(_NARROWEST, narrowest):
            return cls(count, min(width, widest))
        return cls(count, max(_SCROLLED, narrowest))

    @property
    def total(self) -> int:
        """The length of the whole picture."""
        return GUTTER + self.count * self.width + _END

    def left(self, step: int) -> int:
        """Where a step begins."""
        return GUTTER + (step - 1) * self.width

    def step_at(self, x: float) -> int | None:
        """The step at a place, if there is one."""
        step = int((x - GUTTER) // self.width) + 1
        return step if 1 <= step <= self.count else None

    def visible(self, offset: int, room: int) -> range:
        """The steps of which a part is seen between `offset` and `offset + room`."""
        first = (offset - GUTTER) // self.width + 1
        last = (offset + room - GUTTER - 1) // self.width + 1
        return range(max(first, 1), min(last, self.count) + 1)


@dataclass(frozen=True)
class Target:
    """What is under the mouse: a step, perhaps one of its units, and the words for it."""

    step: int
    unit: int | None
    words: str


class TimeView(QAbstractScrollArea):
    """A scrolled picture with one column a step; paints only what is seen.

    Both pictures of the Unroll page have the same columns for the same width, so that one stands
    exactly below the other. A subclass draws, says what is at a point and lists its units.
    """

    step_requested = Signal(int)  # move the play head to step t = 1 … T
    unit_requested = Signal(int, int)  # select unit j (from 0) at step t
    hinted = Signal(str)  # what is under the mouse; empty where nothing is

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.columns = Columns(0, _SCROLLED)
        self.step = 0
        self.unit: int | None = None
        self._hint = ""
        self._narrowest = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        # It paints its own ground: Qt would draw every frame behind it anew for each picture.
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self.theme = theme
        self.viewport().update()

    @property
    def offset(self) -> int:
        """How far the picture is scrolled to the left."""
        return self.horizontalScrollBar().value()

    @property
    def visible_steps(self) -> range:
        """The steps of which a part is seen."""
        return self.columns.visible(self.offset, self.viewport().width())

    def column_left(self, step: int) -> int:
        """Where a step begins in the viewport."""
        return self.columns.left(step) - self.offset

    def set_count(self, count: int) -> None:
        """Show a sentence of `count` steps."""
        if count != self.columns.count:
            self.columns = Columns(count, self.columns.width)
            self._fit_columns()
        self.viewport().update()

    def set_narrowest(self, width: int) -> None:
        """Let no column be narrower: pictures below each other must have the same."""
        if width != self._narrowest:
            self._narrowest = width
            self._fit_columns()
            self.viewport().update()

    def set_play_head(self, step: int, unit: int | None) -> None:
        """Move the play head, bring it into view, mark a unit."""
        moved = step != self.step
        self.step, self.unit = step, unit
        if moved:
            self._bring_into_view(step)
        self.viewport().update()

    def target_at(self, point: QPointF) -> Target | None:
        """Return what is at a point of the viewport."""
        raise NotImplementedError

    def unit_order(self) -> list[int]:
        """Return the units in the order in which the up and down keys walk through them."""
        raise NotImplementedError

    def _fit_columns(self) -> None:
        # The widget's width, not the viewport's: a vertical scroll bar must not move the columns.
        self.columns = Columns.fitted(self.columns.count, self.width(), self._narrowest)
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, self.columns.total - self.width()))
        bar.setPageStep(self.width())
        bar.setSingleStep(self.columns.width)
        self._bring_into_view(self.step)

    def _bring_into_view(self, step: int) -> None:
        if not 1 <= step <= self.columns.count:
            return
        left, width = self.columns.left(step), self.columns.width
        bar = self.horizontalScrollBar()
        # One column of what follows is kept in view: the eye sees where the reading goes on.
        if left + 2 * width > bar.value() + self.width():
            bar.setValue(left + 2 * width - self.width() + _END)
        elif left - width - GUTTER < bar.value():
            bar.setValue(left - width - GUTTER)

    def _say(self, words: str) -> None:
        if words != self._hint:
            self._hint = words
            self.viewport().setToolTip(words)
            self.hinted.emit(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_columns()
        super().resizeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        target = self.target_at(event.position())
        self._say(target.words if target else "")

    def leaveEvent(self, event: QEvent) -> None:
        self._say("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        target = self.target_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or target is None:
            super().mousePressEvent(event)
        elif target.unit is not None:
            self.unit_requested.emit(target.unit, target.step)
        else:
            self.step_requested.emit(target.step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y() and not self.verticalScrollBar().maximum():
            # There is nothing to scroll up or down, so an ordinary wheel moves through time.
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - event.angleDelta().y())
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: self.step - 1,
            Qt.Key.Key_Right: self.step + 1,
            Qt.Key.Key_Home: 1,
            Qt.Key.Key_End: self.columns.count,
        }
        units = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in steps and self.columns.count:
            wanted = min(max(steps[key], 1), self.columns.count)
            if wanted != self.step:
                self.step_requested.emit(wanted)
        elif key in units and self.columns.count:
            self._request_neighbour(units[key])
        else:
            super().keyPressEvent(event)

    def _request_neighbour(self, by: int) -> None:
        order = self.unit_order()
        place = 0 if self.unit is None else order.index(self.unit) + by
        if 0 <= place < len(order):
            self.unit_requested.emit(order[place], self.step)

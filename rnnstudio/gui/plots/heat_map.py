"""A quantity over time as a heat map: one row a unit, the same columns as the strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QBasicTimer, QEvent, QObject, QPointF, QRectF, Qt, QTimerEvent, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent

from rnnstudio.engine.arrays import IntArray
from rnnstudio.gui.plots.heat_map_painting import TOP, WORDS_HEIGHT, FramePicture, paint_heat_map
from rnnstudio.gui.plots.heat_map_words import cell_words
from rnnstudio.gui.plots.timeline import GUTTER, Target, TimeView
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.session.over_time import OverTime

_LOWEST_ROW = 2.0  # lower rows scroll: a unit is never skipped
_LOWEST_WITH_NUMBERS = 16
_HIGHEST_ROW = 58.0  # two classes are no reason for two walls
_SCROLL_MILLISECONDS = 70  # a column each time while a drag goes beyond the edge
_PAGE = 10  # rows that Page Up and Page Down go


@dataclass(frozen=True, eq=False)
class HeatMapData:
    """What a heat map shows.

    `order` (n,) lists the columns of `numbers` from the top row down; `words` (T,); `letter` names
    the quantity, `place` its layer and direction where there are several, e.g. ", layer 2".
    """

    numbers: OverTime
    order: IntArray
    words: Sequence[str]
    letter: str
    place: str = ""

    @property
    def scale(self) -> Scale:
        """The scale of the colours."""
        return Scale(self.numbers.low, self.numbers.high, self.numbers.signed)


class HeatMap(TimeView):
    """Draws `HeatMapData`; only the rows and columns in view, from one image.

    A press on a cell selects it, and a drag goes on to the cells under the mouse. On the words
    below, a click moves the play head and a drag selects a phrase; so does Shift with an arrow.
    """

    phrase_selected = Signal(int, int)  # the first and last step
    phrase_cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.data: HeatMapData | None = None
        self.phrase: tuple[int, int] | None = None
        self.marked_units: frozenset[int] = frozenset()
        self.numbers_shown = False
        self._enlarged = False
        self._rows: dict[int, int] = {}  # of each unit
        self._drags_cells = False
        self._anchor: int | None = None  # where a drag over the words began
        self._anchored = 0  # the end of the phrase that Shift with an arrow leaves alone
        self._dragged = False
        self._scrolls = QBasicTimer()
        self._pointed = QPointF()
        self._frame = FramePicture()
        self.setObjectName("heat_map")
        self.setAccessibleName("Numbers over time")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.show_scroll_bar(False)
        self.installEventFilter(self)

    def show_scroll_bar(self, shown: bool) -> None:
        """Show a scroll bar over time; below the strip, whose bar scrolls both, there is none."""
        self._enlarged = shown
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAsNeeded if shown else policy.ScrollBarAlwaysOff
        )

    def set_data(self, data: HeatMapData | None) -> None:
        """Draw another quantity, another order, or nothing."""
        before = self.data
        if data is None:
            self._rows = {}
        elif before is None or not (data.order is before.order and data.numbers is before.numbers):
            units = data.numbers.units[data.order].tolist()
            self._rows = {unit: row for row, unit in enumerate(units)}
        self.data = data
        self.set_count(len(data.words) if data else 0)
        self._fit_rows()

    def set_play_head(self, step: int, unit: int | None) -> None:
        if unit is not None and unit != self.unit and unit in self._rows:
            self._bring_row_into_view(self._rows[unit])
        super().set_play_head(step, unit)

    def set_phrase(self, phrase: tuple[int, int] | None, units: frozenset[int]) -> None:
        """Bracket some words and mark the rows of the units that are on exactly there."""
        if (phrase, units) != (self.phrase, self.marked_units):
            self.phrase, self.marked_units = phrase, units
            self.viewport().update()

    def show_numbers(self, shown: bool) -> None:
        """Write the numbers on the cells, whose rows are then as high as a line of text."""
        if shown != self.numbers_shown:
            self.numbers_shown = shown
            self._fit_rows()
            if self.unit in self._rows:
                self._bring_row_into_view(self._rows[self.unit])
            self.viewport().update()

    # what stands where

    @property
    def row_height(self) -> float:
        """The height of a row in logical pixels."""
        room, lowest = self._rows_room, _LOWEST_ROW
        if self.numbers_shown:
            lowest = room / max(room // _LOWEST_WITH_NUMBERS, 1)  # no line of text is cut
        return min(max(room / max(len(self._rows), 1), lowest), _HIGHEST_ROW)

    @property
    def rows_bottom(self) -> int:
        """Where the rows end and the words begin, in the viewport."""
        rows = round(len(self._rows) * self.row_height)
        return TOP + min(self._rows_room, max(rows, 1))

    def edge(self, row: int) -> float:
        """Where a row begins in the viewport, on a whole device pixel."""
        return self.edges(range(row, row + 1))[0]

    def edges(self, rows: range) -> list[float]:
        """Where some rows begin in the viewport, each on a whole device pixel."""
        ratio, height = self.devicePixelRatioF(), self.row_height
        top = TOP - self.verticalScrollBar().value()
        return [round(row * height * ratio) / ratio + top for row in rows]

    def row_of(self, unit: int | None) -> int | None:
        """Return the row of a unit."""
        return None if unit is None else self._rows.get(unit)

    def visible_rows(self) -> range:
        """The rows of which a part is seen."""
        offset = self.verticalScrollBar().value()
        first = int(offset // self.row_height)
        last = int((offset + self.rows_bottom - TOP - 1) // self.row_height)
        return range(first, min(last + 1, len(self._rows)))

    def cell_rect(self, step: int, unit: int) -> QRectF:
        """The cell of a unit at a step, in the viewport."""
        row = self._rows[unit]
        top, bottom = self.edge(row), self.edge(row + 1)
        return QRectF(self.column_left(step), top, self.columns.width, bottom - top)

    def words_rect(self, step: int) -> QRectF:
        """Where the word of a step stands below the rows, in the viewport."""
        return QRectF(self.column_left(step), self.rows_bottom, self.columns.width, WORDS_HEIGHT)

    def unit_order(self) -> list[int]:
        return list(self._rows)

    def target_at(self, point: QPointF) -> Target | None:
        data = self.data
        step = self.columns.step_at(point.x() + self.offset)
        if data is None or step is None or point.x() < GUTTER:
            return None
        row = self._row_at(point.y())
        if row is None:
            words = f"step {step} of {len(data.words)}: “{data.words[step - 1]}”"
            return Target(step, None, f"{words}; drag over words to select a phrase")
        column = int(data.order[row])
        numbers = data.numbers
        words = cell_words(numbers, data.words, data.letter, data.place, step, column)
        return Target(step, int(numbers.units[column]), words)

    def _row_at(self, y: float) -> int | None:
        row = int((y - TOP + self.verticalScrollBar().value()) // self.row_height)
        return row if 0 <= row < len(self._rows) and y < self.rows_bottom else None

    @property
    def _rows_room(self) -> int:
        return max(8, self.viewport().height() - WORDS_HEIGHT - TOP)

    def _fit_rows(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, round(len(self._rows) * self.row_height) - self._rows_room))
        bar.setPageStep(self._rows_room)
        bar.setSingleStep(max(round(self.row_height), 8))

    def _bring_row_into_view(self, row: int) -> None:
        bar, top = self.verticalScrollBar(), round(row * self.row_height)
        if top < bar.value():
            bar.setValue(top)
        elif top + self.row_height > bar.value() + self._rows_room:
            bar.setValue(round(top + self.row_height) - self._rows_room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rows()
        row = self.row_of(self.unit)
        if row is not None:
            self._bring_row_into_view(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.theme.color("panel"))
        if self.data is not None:
            paint_heat_map(painter, self, self.data, self._frame)
        painter.end()

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        target = self.target_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or target is None:
            super().mousePressEvent(event)
        elif target.unit is not None:
            self._drags_cells = True
            self.unit_requested.emit(target.unit, target.step)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._select(self._fixed_end(), target.step)
        else:
            self._anchor, self._dragged = target.step, False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            over_words = point.y() >= self.rows_bottom and self.target_at(point) is not None
            self.viewport().setCursor(
                Qt.CursorShape.IBeamCursor if over_words else Qt.CursorShape.ArrowCursor
            )
        elif self._drags_cells or self._anchor is not None:
            self._pointed = point
            self._follow_drag()
            outside = not GUTTER <= point.x() < self.viewport().width()
            if not outside:
                self._scrolls.stop()
            elif not self._scrolls.isActive():
                self._scrolls.start(_SCROLL_MILLISECONDS, self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrolls.stop()
            if self._anchor is not None and not self._dragged:
                self.step_requested.emit(self._anchor)
            self._anchor, self._drags_cells = None, False
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        target = self.target_at(event.position())
        if target is not None and target.unit is None:
            self._select(target.step, target.step)
        else:
            super().mouseDoubleClickEvent(event)

    def timerEvent(self, event: QTimerEvent) -> None:
        if event.timerId() == self._scrolls.timerId():
            bar, width = self.horizontalScrollBar(), self.columns.width
            bar.setValue(bar.value() + (-width if self._pointed.x() < GUTTER else width))
            self._follow_drag()
        else:
            super().timerEvent(event)

    def _follow_drag(self) -> None:
        """Go to what is under the mouse, or nearest to it."""
        if not self.columns.count:
            return
        left, right = GUTTER, self.viewport().width() - 1
        x = min(max(self._pointed.x(), left), right) + self.offset
        step = self.columns.step_at(x) or self.columns.count
        if self._anchor is not None:
            if step != self._anchor or self._dragged:
                self._dragged = True
                self._select(self._anchor, step)
            return
        y = min(max(self._pointed.y(), TOP), self.rows_bottom - 1)
        row = self._row_at(y)
        unit = self.unit_order()[len(self._rows) - 1 if row is None else row]
        if (unit, step) != (self.unit, self.step):
            self.unit_requested.emit(unit, step)

    # keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Accepted, Esc is not taken for the window's shortcut but comes here.
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and self._clears_phrase(event):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_PageUp: -_PAGE, Qt.Key.Key_PageDown: _PAGE}.get(Qt.Key(event.key()))
        if self._clears_phrase(event):
            self.phrase_cleared.emit()
        elif by is not None and self._rows:
            order = self.unit_order()
            row = self.row_of(self.unit) or 0
            self.unit_requested.emit(order[min(max(row + by, 0), len(order) - 1)], self.step)
        elif not (event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._extends(event)):
            super().keyPressEvent(event)

    def _clears_phrase(self, event: QKeyEvent) -> bool:
        """Whether a key clears the phrase: first of all Esc leaves an enlarged panel."""
        return event.key() == Qt.Key.Key_Escape and self.phrase is not None and not self._enlarged

    def _extends(self, event: QKeyEvent) -> bool:
        """Move one end of the phrase by a key, as text is selected; whether it is such a key."""
        count = self.columns.count
        fixed = self._fixed_end()
        first, last = self.phrase or (self.step, self.step)
        moving = first if fixed == last else last
        ends = {
            Qt.Key.Key_Left: moving - 1,
            Qt.Key.Key_Right: moving + 1,
            Qt.Key.Key_Home: 1,
            Qt.Key.Key_End: count,
        }
        key = Qt.Key(event.key())
        if key not in ends or not count:
            return False
        end = min(max(ends[key], 1), count)
        self._select(fixed, end)
        self._bring_into_view(end)
        return True

    def _fixed_end(self) -> int:
        """The end of the phrase that stays while the other moves: at first the play head."""
        if self.phrase is None:
            return self.step
        return self._anchored if self._anchored in self.phrase else self.phrase[0]

    def _select(self, fixed: int, moving: int) -> None:
        self._anchored = fixed
        phrase = (min(fixed, moving), max(fixed, moving))
        if phrase != self.phrase:
            self.phrase_selected.emit(*phrase)

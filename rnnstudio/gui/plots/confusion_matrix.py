"""One painted confusion matrix over a table: rows and columns of classes, cells to be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from rnnstudio.gui.plots.matrix_area import MatrixArea
from rnnstudio.gui.plots.matrix_classes import deeds, moved
from rnnstudio.gui.plots.matrix_hands import MatrixHands, Released
from rnnstudio.gui.plots.matrix_keys import LARGER, ZOOMS, key_place
from rnnstudio.gui.plots.matrix_menu import class_menu
from rnnstudio.gui.plots.matrix_painting import paint_matrix
from rnnstudio.gui.plots.matrix_table import Place, matrix_table
from rnnstudio.gui.plots.matrix_view import Marks
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.answers.judgement import Cells, Judgement
from rnnstudio.session.answers.judging import Judging, Measure
from rnnstudio.session.resolve.matrix_words import (
    all_in_words,
    cell_in_words,
    column_in_words,
    row_in_words,
)

_TABBED = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class ConfusionMatrix(MatrixArea):
    """The matrix with its headings, the share of right ones in each row and column, and totals.

    Click selects a cell, a heading its row or column, the corner everything; a drag selects a
    block; Ctrl adds or takes away. Dragging a heading puts the class elsewhere, its menu groups
    and hides classes. Arrow keys move a frame (also onto the headings), with Shift they select,
    Enter or Space clicks, Alt with an arrow moves a class, Ctrl+A selects everything. Ctrl with
    the wheel, + and − zoom, 0 shows the matrix as at first.

    Cells are (row, column) of `Judgement.table`, wherever they are painted.
    """

    cells_selected = Signal(frozenset)
    judging_changed = Signal(object)  # fields of Judging with their new values
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._judging = Judging()
        self._selected: Cells = frozenset()
        self._mask: NDArray[np.bool_] = np.zeros((0, 0), np.bool_)  # painted places of them
        self._message = ""
        self._focus: Place = (0, 0)
        self._anchor: Place = (0, 0)  # where a block that Shift extends begins
        self._hovered: Place | None = None
        self._mouse: QPoint | None = None  # where it is over the matrix
        self._by_key = False  # whether the frame of the keyboard is to be seen
        self._hands = MatrixHands()
        self.changes_classes = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Confusion matrix")
        self.viewport().setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.viewport().update()

    def render_state(
        self, judgement: Judgement | None, judging: Judging, selected: Cells, message: str
    ) -> None:
        """Show the matrix of some answers, or the message where there are none."""
        table = None if judgement is None else matrix_table(judgement, judging)
        if table is not None and (table is not self._table or selected != self._selected):
            self._mask = table.selected(selected)
        if table is not None:
            rows, columns = table.counts.shape
            self._focus = min(self._focus[0], rows - 1), min(self._focus[1], columns - 1)
            self._anchor = min(self._anchor[0], rows - 1), min(self._anchor[1], columns - 1)
            self.setAccessibleName(
                f"Confusion matrix: rows are {table.rows.title}, columns {table.columns.title}"
            )
            self._hands.forget_unless(table.counts.shape)
        self._judging, self._selected, self._message = judging, selected, message
        is_new = table is not self._table
        self._show_table(table)
        if is_new:
            self._hover_again()

    def show_cell(self, cell: tuple[int, int]) -> None:
        """Scroll so far that a cell of `Judgement.table` is in sight, and frame it."""
        place = None if self._table is None else self._table.place_of(cell)
        if place is not None:
            self._focus = self._anchor = place
            self._bring_into_view(place)
            self.viewport().update()

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.color("panel"))
        view = self._view()
        if view is None:
            painter.setFont(font(13))
            painter.setPen(self._theme.color("muted"))
            box = self.viewport().rect().adjusted(20, 20, -20, -20)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box, flags, self._words_instead())
            return
        paint_matrix(painter, self._theme, view, self._marks())

    def _words_instead(self) -> str:
        if self._table is not None:
            return "Every class is hidden."
        return self._message

    def _marks(self) -> Marks:
        return Marks(
            selected=self._mask,
            focus=self._focus if self._by_key and self.hasFocus() else None,
            hovered=self._hovered,
            block=self._hands.block,
            gap=self._hands.gap,
            moved=self._hands.moved,
        )

    # ---- pointing and choosing ----

    def place_at(self, point: QPoint) -> Place | None:
        """The painted (row, column) at a point; −1 is a heading, (−1, −1) the corner."""
        view = self._view()
        return None if view is None else view.place_at(point.x(), point.y())

    def words_at(self, place: Place | None) -> str:
        """Say what a painted cell, a heading or the corner stands for."""
        table = self._table
        if place is None or table is None:
            return ""
        judgement = table.judgement
        if max(place) < 0:
            return f"All {all_in_words(judgement)}; click selects every cell"
        if min(place) >= 0:
            words = cell_in_words(judgement, *table.cell_of(place))
            if table.measure is Measure.MASS and not table.is_difference:
                words += f"; their mass: {table.text(place)}"
            return words
        of_truth = (place[1] < 0) != table.swapped
        side = table.rows if place[1] < 0 else table.columns
        say = row_in_words if of_truth else column_in_words
        return say(judgement, int(side.places[max(place)]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = self._mouse = event.position().toPoint()
        view = self._view()
        if view is not None and self._hands.is_down:
            self._hands.move(view, point)
            if self._hands.block is not None:
                self._bring_into_view(self._hands.block[1])
            if self._hands.moved is not None:
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()
        self._hover(self.place_at(point))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._forget_mouse()
        return super().viewportEvent(event)

    def _forget_mouse(self) -> None:
        self._mouse = None
        self._hover(None)

    def _hover_again(self) -> None:
        """Find what is under the mouse after something else has come there."""
        self._hover(None if self._mouse is None else self.place_at(self._mouse))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.viewport().update()
        self._hover_again()

    def _hover(self, place: Place | None) -> None:
        if place != self._hovered:
            self._hovered = place
            if not self._hands.is_down:
                shape = Qt.CursorShape.PointingHandCursor if place else Qt.CursorShape.ArrowCursor
                self.viewport().setCursor(shape)
            self.hinted.emit(self.words_at(place))
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        view, place = self._view(), self.place_at(point)
        if view is None or place is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._by_key = False
        extends = min(place) >= 0 or _same_headings(self._anchor, place)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and extends:
            self._focus = place
            self._select_block(self._anchor, place, adding=False)
            return
        self._focus = self._anchor = place
        self._hands.press(place, point, self.changes_classes and self._is_class(place))
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton or not self._hands.is_down:
            return
        adding = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        done = self._hands.release()
        self._hovered, self._mouse = None, event.position().toPoint()
        self._hover_again()
        self.viewport().update()
        self._finish(done, adding)

    def _finish(self, done: Released, adding: bool) -> None:
        if done.block is not None:
            self._focus = done.block[1]
            self._select_block(*done.block, adding)
        elif done.gap is not None and done.moved is not None:
            self._move_classes(done.moved, done.gap)
        elif done.clicked is not None:
            self._choose(done.clicked, adding)

    def _choose(self, place: Place, adding: bool) -> None:
        assert self._table is not None
        cells = self._table.cells_of(place)
        if adding:
            already = cells <= self._selected
            cells = self._selected - cells if already else self._selected | cells
        elif cells == self._selected:
            cells = frozenset()
        self.cells_selected.emit(cells)
        self.viewport().update()

    def _select_block(self, one: Place, other: Place, adding: bool) -> None:
        """Select from one place to another: cells, or whole rows or columns between headings."""
        assert self._table is not None
        if _same_headings(one, other):
            span = range(min(max(one), max(other)), max(*one, *other) + 1)
            places = [(at, -1) if one[1] < 0 else (-1, at) for at in span]
            cells = frozenset[tuple[int, int]]().union(*map(self._table.cells_of, places))
        else:
            cells = self._table.block(_inside(one), _inside(other))
        self.cells_selected.emit(self._selected | cells if adding else cells)
        self.viewport().update()

    # ---- classes ----

    def _is_class(self, place: Place) -> bool:
        """Whether a place is the heading of a class, and not of "missed" or the like."""
        return bool(self._classes_at(place))

    def _classes_at(self, place: Place) -> tuple[str, ...]:
        """The class of a heading, with all that are selected as it is, in their order."""
        table = self._table
        if table is None or (place[0] < 0) == (place[1] < 0):
            return ()
        is_row = place[1] < 0
        side = table.rows if is_row else table.columns
        count = len(side.names) - side.extras
        if max(place) >= count:
            return ()
        selected = self._mask
        whole = [bool(line.all()) for line in (selected if is_row else selected.T)]
        if not whole[max(place)]:
            return (side.names[max(place)],)
        return tuple(side.names[index] for index in range(count) if whole[index])

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes that are painted, in their order."""
        table = self._table
        return (
            () if table is None else table.rows.names[: len(table.rows.names) - table.rows.extras]
        )

    def _move_classes(self, heading: Place, before: int) -> None:
        names = self.class_names
        changes = moved(names, self._classes_at(heading), min(before, len(names)))
        if changes["by_hand"] != names:
            self.judging_changed.emit(changes)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        point = self.viewport().mapFromGlobal(event.globalPos())
        place = self._focus if by_key else self.place_at(point)
        menu = None if place is None else self.class_menu(place)
        view = self._view()
        if menu is None or place is None or view is None:
            event.ignore()  # the panel's menu
            return
        if by_key:
            box = view.cell(max(place[0], 0), max(place[1], 0))
            point = box.topLeft() if place[1] < 0 else QPoint(box.left(), view.layout.top)
        self._forget_mouse()  # it is over the menu from now on
        menu.popup(self.viewport().mapToGlobal(point))
        event.accept()

    def class_menu(self, place: Place) -> QMenu | None:
        """The menu of the class whose heading stands at a place, and of all selected with it."""
        chosen = self._classes_at(place)
        if not chosen or not self.changes_classes:
            return None
        return class_menu(self, deeds(self._judging, self.class_names, chosen), self._on_deed)

    def _on_deed(self, changes: Mapping[str, Any]) -> None:
        self.judging_changed.emit(dict(changes))

    # ---- keys ----

    def keyPressEvent(self, event: QKeyEvent) -> None:
        layout = self._layout
        if layout is None or self._table is None:
            super().keyPressEvent(event)
            return
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        to = key_place(key, control, self._focus, layout)
        if to is not None and modifiers & Qt.KeyboardModifier.AltModifier:
            self._move_by_key(to)
        elif to is not None and shift:
            self._move_focus(to if _same_headings(self._anchor, to) else _inside(to))
            self._select_block(self._anchor, self._focus, adding=False)
        elif to is not None:
            self._anchor = to
            self._move_focus(to)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._by_key = True
            self._choose(self._focus, control)
        elif control and key == Qt.Key.Key_A:
            self.cells_selected.emit(self._table.cells_of((-1, -1)))
        elif key in ZOOMS:
            self._zoom_by_key(key)
        else:
            super().keyPressEvent(event)

    def _zoom_by_key(self, key: Qt.Key) -> None:
        if key == Qt.Key.Key_0:
            self.zoom_as_at_first()
        elif key in LARGER:
            self.zoom_in()
        else:
            self.zoom_out()

    def _move_focus(self, to: Place) -> None:
        self._focus, self._by_key = to, True
        self._bring_into_view(to)
        words = self.words_at(to)
        self.setAccessibleDescription(words)
        self.hinted.emit(words)
        self.viewport().update()

    def _move_by_key(self, to: Place) -> None:
        """Move the class of the heading in focus one place on."""
        chosen = self._classes_at(self._focus)
        if not chosen or not self.changes_classes or not self._is_class(to):
            return
        names = self.class_names
        by = max(to) - max(self._focus)
        places = [names.index(name) for name in chosen]
        before = max(places) + 1 + by if by > 0 else min(places) + by
        if by and 0 <= before <= len(names):
            self._focus, self._by_key = to, True
            self.judging_changed.emit(moved(names, chosen, before))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self._by_key = False
        elif event.reason() in _TABBED:
            self._by_key = True
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


def _inside(place: Place) -> Place:
    """The cell beside a heading, or the cell itself."""
    return max(place[0], 0), max(place[1], 0)


def _same_headings(one: Place, other: Place) -> bool:
    """Whether both are headings of rows, or both of columns."""
    return (
        (one[0] < 0) == (other[0] < 0)
        and (one[1] < 0) == (other[1] < 0)
        and ((one[0] < 0) != (one[1] < 0))
    )

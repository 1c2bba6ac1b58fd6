"""A confusion matrix that is laid out, scrolled and zoomed; what is done in it comes on top."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from rnnstudio.gui.plots.matrix_layout import MatrixLayout, Zooms, lay_out, zooms_of
from rnnstudio.gui.plots.matrix_table import MatrixTable, Place
from rnnstudio.gui.plots.matrix_view import MatrixView, metrics_of

ZOOM_STEP = 1.25
_NO_ZOOM = Zooms(1.0, 1.0)


class MatrixArea(QAbstractScrollArea):
    """Keeps a table in its place: cells that can be read, or as large as they are zoomed.

    With `shows_all` the cells are at first as small as it needs to have all of them in sight.
    """

    zoom_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: MatrixTable | None = None
        self._layout: MatrixLayout | None = None
        self._zooms = _NO_ZOOM
        self._zoom = 1.0
        self._by_hand: float | None = None  # how far the user has zoomed
        self.shows_all = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerWidget(QWidget(self))

    def _show_table(self, table: MatrixTable | None) -> None:
        if table is None or table is not self._table:
            self._table = table
            self._lay_out()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(560, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 200)

    @property
    def layout_of_cells(self) -> MatrixLayout | None:
        """Where the cells stand, None without a matrix."""
        return self._layout

    @property
    def table(self) -> MatrixTable | None:
        """What is painted, None without a matrix."""
        return self._table

    def cell_rect(self, row: int, column: int) -> QRect:
        """The rectangle of a cell of `Judgement.table` in the viewport.

        Raises:
            KeyError: it is not painted.
        """
        view = self._view()
        place = None if view is None else view.table.place_of((row, column))
        if view is None or place is None:
            raise KeyError(f"The cell ({row}, {column}) is not painted.")
        return view.cell(*place)

    def _view(self) -> MatrixView | None:
        if self._layout is None or self._table is None:
            return None
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        return MatrixView(self._table, self._layout, across, down)

    # ---- where things stand ----

    def _lay_out(self) -> None:
        table = self._table
        room = self.viewport().size()
        if table is None or not table.counts.size:
            self._layout, self._zooms = None, _NO_ZOOM
        else:
            plain, compact = metrics_of(table)
            width, height = room.width(), room.height()
            self._layout = lay_out(width, height, plain, compact)
            self._zooms = zooms_of(self._layout)
            zoom = self._first_zoom if self._by_hand is None else self._by_hand
            self._zoom = min(max(zoom, self._zooms.least), self._zooms.most)
            if self._zoom != 1.0:
                self._layout = lay_out(width, height, plain, compact, self._zoom)
        layout = self._layout
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, layout.hidden_width if layout else 0)
        down.setRange(0, layout.hidden_height if layout else 0)
        if layout is not None:
            across.setPageStep(layout.right - layout.left)
            across.setSingleStep(layout.cell_width)
            down.setPageStep(layout.bottom - layout.top)
            down.setSingleStep(layout.cell_height)

    def _bring_into_view(self, place: Place) -> None:
        view = self._view()
        if view is None:
            return
        box, layout = view.cell(max(place[0], 0), max(place[1], 0)), view.layout
        for bar, low, high, first, last in (
            (self.horizontalScrollBar(), layout.left, layout.right, box.left(), box.right() + 1),
            (self.verticalScrollBar(), layout.top, layout.bottom, box.top(), box.bottom() + 1),
        ):
            bar.setValue(bar.value() + min(first - low, 0) + max(last - high, 0))

    # ---- zoom ----

    @property
    def zoom(self) -> float:
        """How much larger the cells are than at first."""
        return self._zoom

    @property
    def zooms(self) -> Zooms:
        """How far it can be zoomed."""
        return self._zooms

    def set_zoom(self, zoom: float, about: QPoint | None = None) -> None:
        """Zoom; what is under `about` (else the middle) stays where it is."""
        view = self._view()
        zoom = min(max(zoom, self._zooms.least), self._zooms.most)
        if abs(zoom - 1.0) < 0.02:
            zoom = 1.0
        if view is None or zoom == self._zoom:
            return
        point = about if about is not None else view.cells.center()
        place = view.nearest_cell(point.x(), point.y())
        before = view.cell(*place).center()
        self._by_hand = None if zoom == self._first_zoom else zoom
        self._lay_out()
        after = self._view()
        assert after is not None
        shift = after.cell(*place).center() - before
        for bar, by in (
            (self.horizontalScrollBar(), shift.x()),
            (self.verticalScrollBar(), shift.y()),
        ):
            bar.setValue(bar.value() + by)
        self.viewport().update()
        self.zoom_changed.emit()

    def zoom_in(self) -> None:
        """Make the cells larger by one step."""
        self.set_zoom(self._zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """Make the cells smaller by one step, as far as all of them are in sight."""
        self.set_zoom(self._zoom / ZOOM_STEP)

    def zoom_as_at_first(self) -> None:
        """Show cells that can be read."""
        self.set_zoom(self._first_zoom)

    @property
    def _first_zoom(self) -> float:
        return self._zooms.least if self.shows_all else 1.0

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            turns = event.angleDelta().y() / 120
            self.set_zoom(self._zoom * ZOOM_STEP**turns, event.position().toPoint())
            event.accept()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self.zoom_changed.emit()

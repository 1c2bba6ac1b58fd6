"""The plot of a run's loss or accuracy: lines that grow, the best epoch, the epoch pointed at."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.contrast import blended
from rnnstudio.gui.controls import label
from rnnstudio.gui.plots.curve_axes import CurveAxis, CurveView
from rnnstudio.gui.plots.label_place import View, clearest_place
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.curves import CurveState, Line

_LINE_WIDTH = 2.0
# How much of the curve's colour the single batches have.
_FAINT_SHARE = 0.24
_DOT_SHARE = 0.5
# More epochs than this, and their dots would make one thick line.
_MOST_DOTS = 80
_LEFT_AXIS_WIDTH = 44
# So that a line along an edge, and the ring of the last epoch, are seen whole.
_Y_PADDING = 0.03
_X_PADDING = 0.015
_SMALLEST_ZOOM = 0.5  # epochs


class CurvePlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Draws a `CurveState`; each item lives as long as the plot and is given new points.

    `epoch_pointed` carries the whole epoch that is nearest to the mouse (or that the arrow keys
    reached), or None; `span_chosen` the (first, last) position in epochs that the user zoomed to,
    or None for the whole run.
    """

    epoch_pointed = Signal(object)
    span_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._bottom = CurveAxis("bottom")
        self._left = CurveAxis("left")
        super().__init__(
            parent,
            viewBox=CurveView(),
            axisItems={"bottom": self._bottom, "left": self._left},
        )
        self._state: CurveState | None = None
        self._theme = LIGHT
        self._log = False
        self._per_batch = False
        self._pointed: int | None = None
        self._span: tuple[float, float] | None = None
        self._wide = _LINE_WIDTH
        self._best_seen: object = None
        self._best_place: tuple[float, float] | None = None
        self._range_seen: object = None
        self._drawn: dict[pg.PlotDataItem, tuple[Line, bool]] = {}

        item = self.getPlotItem()
        item.hideButtons()
        item.setContentsMargins(0, 8, 12, 0)
        self._view = item.getViewBox()
        self._view.sigRangeChangedManually.connect(self._on_zoomed)
        self._view.sigTransformChanged.connect(self._on_transformed)
        self._left.setWidth(_LEFT_AXIS_WIDTH)

        self._raw = self._line(z=1, antialias=False)
        self._smooth = self._line(z=3)
        self._train = self._line(z=3)
        self._validation = self._line(z=4)
        self._now = pg.InfiniteLine(angle=90)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor_dots = pg.ScatterPlotItem(size=9, pxMode=True, antialias=True)
        self._best = pg.ScatterPlotItem(size=12, pxMode=True, antialias=True)
        self._best_words = pg.TextItem()
        for mark, depth in (
            (self._now, 2),
            (self._cursor, 2),
            (self._best, 5),
            (self._best_words, 6),
            (self._cursor_dots, 7),
        ):
            mark.setZValue(depth)
            self.addItem(mark, ignoreBounds=True)

        self._unit = label("epoch", "muted", self)  # in the corner below the left axis
        self._empty = label("", "subtitle", self)
        for words in (self._unit, self._empty):
            words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 90)
        self.set_theme(LIGHT)

    # ---- what is shown

    def set_state(self, state: CurveState) -> None:
        """Draw another state; a zoom stays until a new run begins."""
        self._state = state
        if not state.now:
            self._span = None
        self._draw()

    def set_log(self, log: bool) -> None:
        """Draw the values on a logarithmic axis, or on a linear one."""
        self._log = log
        self._left.set_log(log)
        self._draw()

    def set_per_batch(self, per_batch: bool) -> None:
        """Count the x axis in batches, or in epochs."""
        self._per_batch = per_batch
        self._draw()

    def point_at(self, epoch: int | None) -> None:
        """Mark an epoch with a line and a dot on each curve."""
        self._pointed = epoch
        self._draw_cursor()

    @property
    def span(self) -> tuple[float, float] | None:
        """The (first, last) position in epochs that is zoomed to; None is the whole run."""
        return self._span

    def show_span(self, span: tuple[float, float] | None) -> None:
        """Zoom to a part of the run; None shows the whole."""
        self._span = span
        self._draw_range()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self._wide = _LINE_WIDTH * self.devicePixelRatioF()  # these pens count device pixels
        self.setBackground(theme.panel)
        for axis in (self._bottom, self._left):
            axis.setZValue(-200)  # the grid stands behind the lines (the view is at −100)
            axis.setTickFont(font(11))
            axis.setTextPen(theme.muted)
            axis.setPen(None)
            axis.setTickPen(theme.border)
        train, validation = theme.color("train"), theme.color("validation")
        # Opaque: a see-through pen takes a hundred milliseconds for 2,000 zigzags, this one five.
        faint = blended(theme.color("train"), theme.color("panel"), _FAINT_SHARE)
        self._raw.setPen(faint, width=1)
        self._smooth.setPen(train, width=self._wide)
        self._validation.setPen(validation, width=self._wide)
        for item, color in (
            (self._raw, blended(theme.color("train"), theme.color("panel"), _DOT_SHARE)),
            (self._train, train),
            (self._validation, validation),
        ):
            item.setSymbolBrush(color)
            item.setSymbolPen(None)
        self._now.setPen(_dashed(theme.color("muted")))
        self._cursor.setPen(pg.mkPen(theme.color("faint"), width=1))
        self._best_words.setColor(theme.color("text"))
        self._best_words.fill = pg.mkBrush(theme.color("panel", 0.6))
        self._best_words.setFont(font(11, QFont.Weight.Medium))
        self._unit.setStyleSheet(f"font-size: {font(11).pixelSize()}px")
        self._draw()

    # ---- drawing

    def _line(self, z: int, antialias: bool = True) -> pg.PlotDataItem:
        # `connect="finite"` leaves a gap at NaN; only what is in view is drawn.
        item = pg.PlotDataItem(
            antialias=antialias, connect="finite", clipToView=True, skipFiniteCheck=False
        )
        item.setZValue(z)
        self.addItem(item, ignoreBounds=True)
        return item

    def _draw(self) -> None:
        state = self._state
        if state is None:
            return
        lines = state.lines
        self._set_line(self._raw, lines.raw, dots=True)
        self._set_line(self._smooth, lines.smooth)
        # The mean over an epoch's batches belongs to the middle of the epoch.
        self._set_line(self._train, lines.train, shift=-0.5, dots=True)
        self._set_line(self._validation, lines.validation, dots=True)
        # A run that was read from a file may have no batches: then the epochs are joined.
        joined = pg.mkPen(self._theme.color("train"), width=self._wide)
        self._train.setPen(None if len(lines.smooth) else joined)
        self._now.setVisible(state.now > 0)
        self._now.setValue(state.now)
        self._draw_range()
        self._draw_best()
        self._draw_cursor()
        self._bottom.setScale(state.batches if self._per_batch and state.batches else 1.0)
        self._unit.setText("batch" if self._per_batch and state.batches else "epoch")
        self._empty.setText(state.empty)
        self._empty.setVisible(bool(state.empty))
        self._place_words()

    def _set_line(
        self, item: pg.PlotDataItem, line: Line, shift: float = 0.0, dots: bool = False
    ) -> None:
        drawn = (line, self._log)
        if self._drawn.get(item) == drawn:  # an epoch's line stays while its batches come
            return
        self._drawn[item] = drawn
        x, y = line.x + shift, self._mapped(line.y)
        with_dots = dots and len(x) <= _MOST_DOTS
        known = np.isfinite(y)
        if with_dots or not known.any():  # a dot at NaN makes pyqtgraph warn while it paints
            x, y = x[known], y[known]
        item.setData(x, y, symbol="o" if with_dots else None, symbolSize=5)

    def _mapped(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if not self._log:
            return values
        return np.log10(np.where(values > 0, values, np.nan))

    def _draw_best(self) -> None:
        assert self._state is not None
        best = self._state.best
        height = math.nan if best is None else float(self._mapped(np.array(best.value)))
        visible = best is not None and math.isfinite(height)
        self._best.setVisible(visible)
        self._best_words.setVisible(visible)
        if best is None or not visible:
            return
        validation = self._state.lines.validation
        # An epoch may bring a line under the words, and so may a change of the view.
        seen = (best, validation, self._log, self._theme, self._view.viewRange(), self._view.rect())
        if seen == self._best_seen:
            return
        self._best_seen = seen
        role = "validation" if len(validation) else "train"
        x = best.epoch if role == "validation" else best.epoch - 0.5
        self._best.setData(
            [x],
            [height],
            pen=pg.mkPen(self._theme.color(role), width=self._wide),
            brush=pg.mkBrush(self._theme.color("panel")),
        )
        self._best_words.setText(f"best: epoch {best.epoch}")
        self._best_place = self._clearest_place(x, height)
        self._best_words.setAnchor(self._best_place)
        self._best_words.setPos(x, height)

    def _clearest_place(self, x: float, height: float) -> tuple[float, float]:
        assert self._state is not None
        (left, right), (bottom, top) = self._view.viewRange()
        pixel_width, pixel_height = self._view.viewPixelSize()
        box = self._best_words.boundingRect()
        lines = (self._state.lines.smooth, self._state.lines.validation)
        return clearest_place(
            (x, height),
            (box.width() * pixel_width, box.height() * pixel_height),
            View(left, right, bottom, top),
            [(line.x, self._mapped(line.y)) for line in lines],
            self._best_place,
        )

    def _draw_cursor(self) -> None:
        state, epoch = self._state, self._pointed
        spots = []
        if state is not None and epoch is not None:
            for role, line, x in (
                ("train", state.lines.train, epoch - 0.5),
                ("validation", state.lines.validation, float(epoch)),
            ):
                height = float(self._mapped(np.array(line.at(epoch))))
                if math.isfinite(height):
                    spots.append({"pos": (x, height), "brush": self._theme.color(role)})
        self._cursor.setVisible(bool(spots))
        self._cursor_dots.setVisible(bool(spots))
        if spots:
            self._cursor.setValue(epoch)
            self._cursor_dots.setData(spots, pen=pg.mkPen(self._theme.panel, width=self._wide))

    def _draw_range(self) -> None:
        state = self._state
        if state is None:
            return
        low, high = state.lines.log_range if self._log else state.lines.linear_range
        seen = (low, high, state.epochs, self._span)
        if seen == self._range_seen:
            return
        self._range_seen = seen
        self._view.setYRange(low, high, padding=_Y_PADDING)
        end = state.epochs * (1 + _X_PADDING)
        self._view.setLimits(xMin=0, xMax=end, minXRange=min(_SMALLEST_ZOOM, end))
        self._view.setXRange(*(self._span or (0, end)), padding=0)

    # ---- zoom, mouse and keys

    def _on_zoomed(self) -> None:
        low, high = self._view.viewRange()[0]
        whole = self._state is None or high - low >= self._state.epochs
        self._span = None if whole else (low, high)
        self._range_seen = None
        self.span_chosen.emit(self._span)

    def _on_transformed(self) -> None:
        if self._state is not None:
            self._draw_best()

    def _known_epochs(self) -> NDArray[np.float64]:
        return np.zeros(0) if self._state is None else self._state.lines.train.x

    def _epoch_at(self, position: QPointF) -> int | None:
        epochs = self._known_epochs()
        scene = self.mapToScene(position.toPoint())
        if not len(epochs) or not self._view.sceneBoundingRect().contains(scene):
            return None
        x = self._view.mapSceneToView(scene).x()
        return int(epochs[int(np.abs(epochs - x).argmin())])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.epoch_pointed.emit(self._epoch_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_span(None)
        self.span_chosen.emit(None)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.epoch_pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        epochs = self._known_epochs()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if not len(epochs) or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif event.key() in steps:
            place = len(epochs) - 1
            if self._pointed is not None:
                place = int(np.searchsorted(epochs, self._pointed)) + steps[Qt.Key(event.key())]
            self.epoch_pointed.emit(int(epochs[min(max(place, 0), len(epochs) - 1)]))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.epoch_pointed.emit(int(epochs[0 if event.key() == Qt.Key.Key_Home else -1]))
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.set_theme(self._theme)
        return bool(super().event(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_empty"):  # pyqtgraph resizes the view before it is complete
            self._place_words()

    def _place_words(self) -> None:
        for words in (self._unit, self._empty):
            words.adjustSize()
        self._unit.move(0, self.height() - self._unit.height())
        across = self.width() - _LEFT_AXIS_WIDTH - self._empty.width()
        down = self.height() - self._empty.height() - self._unit.height()
        self._empty.move(_LEFT_AXIS_WIDTH + across // 2, down // 2)


def _dashed(color: QColor) -> QPen:
    pen: QPen = pg.mkPen(color, width=1)
    pen.setDashPattern([4, 3])
    return pen

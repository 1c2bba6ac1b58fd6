"""The plane of the states: regions of the classes, the data set's states, and walks through it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.engine.state_plane import Extent
from rnnstudio.gui.plots.plane_axes import Axes, Doubles
from rnnstudio.gui.plots.plane_frame import margins, paint_axes, paint_cross
from rnnstudio.gui.plots.plane_ground import cloud_image, regions_image
from rnnstudio.gui.plots.plane_walks import (
    DrawnWalk,
    common_steps,
    lines_through,
    paint_head_word,
    paint_walk,
    paint_words,
    place_words,
)
from rnnstudio.gui.plots.plane_words import axis_words, point_words, step_words
from rnnstudio.gui.plots.plane_words import place_words as words_of_place
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.paths import PathsState, Walk
from rnnstudio.session.state_cloud import Cloud

# Cells of the regions' grid times classes: 10 ms.
_MOST_SCORES = 1_000_000
_RESOLUTIONS = (640, 480, 320, 240, 160)
_NEAR_STEP, _NEAR_POINT = 10.0, 5.0  # how near the mouse must be, in pixels
_DRAG_FROM = 4.0
# While the paper moves so many states are drawn, and all of them when it rests.
_MOST_MOVING = 12_000
_REST_MILLISECONDS = 120
_MARGIN = 0.03  # around the states, as a share of their extent
_ZOOM = 1.2  # by a notch of the wheel, or a key


class StatePlaneView(QWidget):
    """Draws a `PathsState`. The ground is one picture; the play head repaints only the walks.

    The wheel zooms, a drag moves the paper and a double click fits everything in; so do + − and 0.
    A click on a step or a state of the data set asks for it.
    """

    step_requested = Signal(int)
    point_requested = Signal(int)  # a state of the data set, by its place in the cloud
    view_changed = Signal(bool)  # whether it is zoomed or moved; also after other regions are seen
    hinted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.theme: Theme = LIGHT
        self.state: PathsState | None = None
        self.shows_other = False
        self.classes_seen: tuple[int, ...] = ()
        self._extent: Extent | None = None  # as zoomed and moved by hand
        self._fitted: tuple[tuple[object, ...], Extent] | None = None
        self._walks: list[DrawnWalk] = []
        self._walks_of: tuple[object, ...] = ()
        self._ground: QPixmap | None = None
        self._ground_of: tuple[object, ...] = ()
        self._pressed: QPointF | None = None
        self._dragged = False
        self._hint = ""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self.update)
        self.setObjectName("state_plane")
        self.setAccessibleName("Plane of the states")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self.theme = theme
        self.update()

    def show_state(self, state: PathsState | None, other: bool) -> None:
        """Show walks, with the second sentence's if `other`."""
        before = self.state
        self.state, self.shows_other = state, other
        if before is None or state is None or before.what != state.what:
            self._extent = None  # another plane: what was zoomed in on is not there
        if before is None or state is None or before.labels != state.labels:
            self.classes_seen = ()
            self._ground = None
        self.update()

    def fit(self) -> None:
        """Show everything."""
        self._look_at(None)

    @property
    def is_fitted(self) -> bool:
        """Whether everything is seen."""
        return self._extent is None

    # what stands where

    @property
    def paper(self) -> QRectF:
        """Where the plane is drawn."""
        area = QRectF(self.rect()).marginsRemoved(margins(self.height()))
        area.setSize(area.size().expandedTo(QSizeF(20, 20)))
        return area

    @property
    def axes(self) -> Axes:
        """How the plane lies on the paper."""
        return Axes(self._extent or self.fitted_extent(), self.paper)

    def fitted_extent(self) -> Extent:
        """Return what holds the states of the data set and the walks."""
        state = self.state
        if state is None:
            return Extent.around()
        key = (state.cloud, state.present, state.other)
        if self._fitted is None or self._fitted[0] != key:
            self._fitted = (key, _extent_of(state))
        return self._fitted[1]

    def drawn_walks(self) -> list[DrawnWalk]:
        """Return the walks as they are drawn, the present sentence's first."""
        self._prepare_walks()
        return self._walks

    def step_at(self, place: QPointF) -> tuple[DrawnWalk, int] | None:
        """Return the walk and the step, from 1, at a place of the screen."""
        for drawn in self.drawn_walks():
            found = _nearest(drawn.places, place, _NEAR_STEP)
            if found is not None:
                return drawn, found + 1
        return None

    def point_at(self, place: QPointF) -> int | None:
        """Return the state of the data set at a place of the screen."""
        cloud = self.state.cloud if self.state else None
        if cloud is None or not self.paper.contains(place):
            return None
        axes = self.axes
        x, y = axes.point_at(place)
        left, right, bottom, top = axes.extent
        reach_x = _NEAR_POINT / self.paper.width() * (right - left)
        reach_y = _NEAR_POINT / self.paper.height() * (top - bottom)
        points = cloud.points
        near = np.flatnonzero(
            (np.abs(points[:, 0] - x) <= reach_x) & (np.abs(points[:, 1] - y) <= reach_y)
        )
        found = _nearest(axes.places(points[near]), place, _NEAR_POINT)
        return None if found is None else int(near[found])

    def words_at(self, place: QPointF) -> str:
        """Return what is at a place of the screen, in words."""
        state = self.state
        if state is None or state.plane is None:
            return ""
        shares = state.plane.projection.shares
        if not self.paper.contains(place):
            if place.x() < self.paper.left():
                return axis_words("second", float(shares[1]))[0]
            return axis_words("first", float(shares[0]))[0]
        step = self.step_at(place)
        if step is not None:
            drawn, number = step
            whose = " of the other sentence" if drawn.second else ""
            return step_words(state, drawn.walk, number, whose)
        point = self.point_at(place)
        if point is not None:
            return point_words(state, point)
        return words_of_place(state, *self.axes.point_at(place))

    def _prepare_walks(self) -> None:
        """Work out where walks and words stand, where that has changed."""
        state, axes = self.state, self.axes
        shown: list[tuple[Walk, bool]] = []
        if state is not None and state.present is not None:
            shown.append((state.present, False))
            if self.shows_other and state.other is not None:
                shown.append((state.other, True))
        key = (*(walk for walk, _ in shown), axes.extent, (axes.area.width(), axes.area.height()))
        if key != self._walks_of:
            self._walks_of = key
            self._walks = [
                DrawnWalk(walk, axes.places(walk.points), axes, second) for walk, second in shown
            ]
            for drawn in self._walks[1:]:
                drawn.hidden = common_steps(self._walks[0], drawn)
            place_words(self._walks, self._steps())
        elif any(drawn.labels_follow_head for drawn in self._walks):
            place_words(self._walks, self._steps())

    def _steps(self) -> list[int]:
        assert self.state is not None or not self._walks
        state = self.state
        if state is None:
            return []
        return [state.other_step if drawn.second else state.step for drawn in self._walks]

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        state = self.state
        if state is None or state.plane is None:
            return
        painter = QPainter(self)
        self._prepare_ground()
        assert self._ground is not None
        painter.drawPixmap(0, 0, self._ground)
        # Not a part of the ground: in a picture that is saved letters are sharp.
        shares = state.plane.projection.shares.tolist()
        paint_axes(painter, self.theme, self.axes, shares, self.height())
        painter.setClipRect(self.paper)
        if state.original is not None:
            self._draw_original(painter, state.original)
        walks, steps = self.drawn_walks(), self._steps()
        for paint in (paint_walk, paint_words, paint_head_word):
            for drawn, step in reversed(list(zip(walks, steps, strict=True))):
                paint(painter, self.theme, drawn, step)
        painter.setClipping(False)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.color("accent"), 1))
            painter.drawRect(self.paper.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _draw_original(self, painter: QPainter, walk: Walk) -> None:
        """Draw the way without memory surgery as a line of points."""
        places = self.axes.places(walk.points)
        pen = QPen(self.theme.color("muted"), 1.4, Qt.PenStyle.DotLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.drawLines(lines_through(places[np.isfinite(places).all(axis=1)]))

    def _prepare_ground(self) -> None:
        """Paint regions and states into a picture, where any of them has changed."""
        state, axes = self.state, self.axes
        assert state is not None
        assert state.plane is not None
        ratio = self.devicePixelRatioF()
        points = 0 if state.cloud is None else len(state.cloud.points)
        every = -(-points // _MOST_MOVING) if self._rest.isActive() else 1
        key = (
            state.cloud,
            state.regions,
            state.plane,
            self.theme,
            axes.extent,
            (self.width(), self.height()),
            ratio,
            max(every, 1),
        )
        if key == self._ground_of and self._ground is not None:
            return
        self._ground_of = key
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ground)
        self._paint_regions(painter, state, axes)
        paint_cross(painter, self.theme, axes)
        if state.cloud is not None:
            some = slice(None, None, max(every, 1))
            cloud = state.cloud
            image = cloud_image(self.theme, axes, cloud.points[some], cloud.answers[some], ratio)
            painter.drawImage(axes.area.topLeft(), image)
        painter.end()
        self._ground = ground

    def _paint_regions(self, painter: QPainter, state: PathsState, axes: Axes) -> None:
        seen: tuple[int, ...] = ()
        if state.regions is not None:
            grid = state.regions.grid(axes.extent, _resolution(len(state.labels)))
            labels, counts = np.unique(grid[grid >= 0], return_counts=True)
            seen = tuple(labels[np.argsort(-counts, kind="stable")].tolist())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(axes.area, regions_image(self.theme, grid))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if seen != self.classes_seen:
            self.classes_seen = seen
            self.view_changed.emit(not self.is_fitted)

    # mouse and keys

    def _look_at(self, extent: Extent | None) -> None:
        self._extent = extent
        self._rest.start()
        self.view_changed.emit(extent is not None)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self._zoom(_ZOOM**-notches, event.position())
        event.accept()

    def _zoom(self, factor: float, about: QPointF) -> None:
        if self.state is not None:
            self._look_at(self.axes.zoomed(factor, about, self.fitted_extent()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragged = event.position(), False
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._pressed is None:
            self._say(self.words_at(place))
            clickable = self.step_at(place) is not None or self.point_at(place) is not None
            shape = Qt.CursorShape
            self.setCursor(shape.PointingHandCursor if clickable else shape.ArrowCursor)
            return
        by = place - self._pressed
        if self._dragged or by.manhattanLength() >= _DRAG_FROM:
            self._dragged = True
            self._pressed = place
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._look_at(self.axes.panned(by))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif self._dragged:
            self.unsetCursor()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._choose(event.position())

    def _choose(self, place: QPointF) -> None:
        step = self.step_at(place)
        point = self.point_at(place) if step is None else None
        if step is not None and not step[0].second:
            self.step_requested.emit(step[1])
        elif point is not None:
            self.point_requested.emit(point)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        self._say("")

    def _say(self, words: str) -> None:
        if words != self._hint:
            self._hint = words
            self.setToolTip(words)
            self.hinted.emit(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        state = self.state
        walk = state.present if state else None
        key = Qt.Key(event.key())
        if state is None or walk is None:
            super().keyPressEvent(event)
            return
        steps = {
            Qt.Key.Key_Left: state.step - 1,
            Qt.Key.Key_Right: state.step + 1,
            Qt.Key.Key_Home: 1,
            Qt.Key.Key_End: len(walk),
        }
        zooms = {Qt.Key.Key_Plus: 1 / _ZOOM, Qt.Key.Key_Equal: 1 / _ZOOM, Qt.Key.Key_Minus: _ZOOM}
        if key in steps:
            wanted = min(max(steps[key], 1), len(walk))
            if wanted != state.step:
                self.step_requested.emit(wanted)
        elif key in zooms:
            self._zoom(zooms[key], self.paper.center())
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)


def _extent_of(state: PathsState) -> Extent:
    walks = [walk.points for walk in (state.present, state.other) if walk is not None]
    if state.cloud is None or not len(state.cloud.points):
        return Extent.around(*walks)
    cloud = _cloud_extent(state.cloud)
    # Most sentences stay inside: the paper rests while one types.
    corners = np.array([(cloud.left, cloud.bottom), (cloud.right, cloud.top)])
    outside = [walk for walk in walks if not _inside(walk, cloud)]
    return Extent.around(corners, *outside, margin=_MARGIN) if outside else cloud


@lru_cache(maxsize=2)
def _cloud_extent(cloud: Cloud) -> Extent:
    return Extent.around(cloud.points, margin=_MARGIN)


def _resolution(classes: int) -> int:
    """Return into how many cells each side is cut, for so many classes."""
    fitting = (n for n in _RESOLUTIONS if n * n * classes <= _MOST_SCORES)
    return next(fitting, _RESOLUTIONS[-1])


def _inside(points: Doubles, extent: Extent) -> bool:
    x, y = points[:, 0], points[:, 1]
    outside = (x < extent.left) | (x > extent.right) | (y < extent.bottom) | (y > extent.top)
    return not bool(outside.any())


def _nearest(places: Doubles, place: QPointF, reach: float) -> int | None:
    if not len(places):
        return None
    distances = np.hypot(places[:, 0] - place.x(), places[:, 1] - place.y())
    distances = np.where(np.isfinite(distances), distances, np.inf)
    nearest = int(distances.argmin())
    return nearest if distances[nearest] <= reach else None

"""Paints sentences' ways through the plane: lines, points with numbers and words, the play head."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from rnnstudio.gui.contrast import readable
from rnnstudio.gui.plots.lettering import shown_word
from rnnstudio.gui.plots.plane_axes import Axes
from rnnstudio.gui.plots.plane_labels import Box, place_labels
from rnnstudio.gui.theme import Theme, font
from rnnstudio.session.resolve.paths import Walk

Doubles = npt.NDArray[np.float64]

_GHOST = 0.38
_GHOST_WORD = 0.7
_RADIUS = 4.0
_HEAD = 7.5
_LONGEST_WORD = 96
_SAME = 1.0  # points so near are one
_ARROW_FROM = 26.0  # lines at least so long have an arrow in their middle
# Of a longer walk only the last steps before the play head are drawn strong, and only the words
# around it: nobody could tell more of them apart, and scrubbing stays smooth.
MOST_STEPS = 120
_MOST_WORDS = 90
_WORDS_AROUND = 6


@dataclass(eq=False)
class DrawnWalk:
    """A walk on the screen: `places` (T, 2), and where its words have room.

    `hidden` are the indices of steps that stand where the same step of another walk is drawn.
    """

    walk: Walk
    places: Doubles
    axes: Axes
    second: bool = False
    hidden: frozenset[int] = frozenset()
    labels: dict[int, tuple[float, float]] = field(default_factory=dict)

    @property
    def labels_follow_head(self) -> bool:
        """Whether only the words around the play head are written, wherever it goes."""
        return len(self.walk) > _MOST_WORDS

    def order(self) -> npt.NDArray[np.intp]:
        """Return the indices of the steps in the order in which they are read."""
        indices = np.arange(len(self.walk))
        return indices[::-1] if self.walk.backwards else indices

    def reached(self, step: int) -> int:
        """Return how many steps are read when the play head is at one."""
        if not step:
            return 0
        return len(self.walk) + 1 - step if self.walk.backwards else step


def common_steps(first: DrawnWalk, second: DrawnWalk) -> frozenset[int]:
    """Return the indices at which two walks read the same word and stand at the same place."""
    count = min(len(first.walk), len(second.walk))
    near = np.abs(first.places[:count] - second.places[:count]).max(axis=1) < _SAME
    words = zip(first.walk.words, second.walk.words, strict=False)
    return frozenset(
        index for index, (one, other) in enumerate(words) if near[index] and one == other
    )


def label_size(word: str, number: int) -> tuple[float, float, str, str]:
    """Return width and height of a step's label, its number and its word as they are written."""
    small, letters = QFontMetricsF(font(11)), QFontMetricsF(font(12, QFont.Weight.DemiBold))
    text = letters.elidedText(shown_word(word), Qt.TextElideMode.ElideMiddle, _LONGEST_WORD)
    numeral = str(number)
    width = letters.horizontalAdvance(text) + 4 + small.horizontalAdvance(numeral) + 6
    return width, letters.height(), numeral, text


def place_words(walks: list[DrawnWalk], steps: list[int]) -> None:
    """Find places for the words of walks; those of the first one choose first."""
    obstacles = [_finite(walk.places) for walk in walks if len(walk.walk) <= MOST_STEPS]
    together = np.concatenate([np.zeros((0, 2)), *obstacles])
    taken: list[Box] = []
    for drawn, step in zip(walks, steps, strict=True):
        drawn.labels = _placed(drawn, step, together, taken)


def _placed(
    drawn: DrawnWalk,
    step: int,
    obstacles: Doubles,
    taken: list[Box],
) -> dict[int, tuple[float, float]]:
    count, area = len(drawn.walk), drawn.axes.area
    if count <= _MOST_WORDS:
        # The ends say where it begins and leads to.
        order = [count - 1, 0, *range(1, count - 1)] if count > 1 else list(range(count))
    else:
        around = range(max(step - _WORDS_AROUND, 1), min(step + _WORDS_AROUND, count) + 1)
        order = sorted((one - 1 for one in around), key=lambda index: abs(index + 1 - step))
    order = [
        index
        for index in order
        if index not in drawn.hidden and np.isfinite(drawn.places[index]).all()
    ]
    sizes = np.zeros((count, 2))
    for index in order:
        sizes[index] = label_size(drawn.walk.words[index], index + 1)[:2]
    return place_labels(
        drawn.places,
        sizes,
        order,
        (area.left() + 2, area.top() + 2, area.right() - 2, area.bottom() - 2),
        obstacles,
        taken,
    )


def _finite(places: Doubles) -> Doubles:
    return places[np.isfinite(places).all(axis=1)]


def paint_walk(painter: QPainter, theme: Theme, drawn: DrawnWalk, step: int) -> None:
    """Paint a walk up to the play head, and faintly what is to come."""
    reached = drawn.reached(step)
    order = drawn.order()
    color = _line_color(theme, drawn)
    first = max(reached - MOST_STEPS, 0)
    last = min(reached + MOST_STEPS, len(order))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw_line(painter, theme, drawn, order[max(reached - 1, 0) : last], color, ghost=True)
    _draw_line(painter, theme, drawn, order[first:reached], color, ghost=False)
    for place, index in enumerate(order[first:last], first):
        if int(index) not in drawn.hidden:
            _draw_point(painter, theme, drawn, int(index), ghost=place >= reached)
    if 1 <= step <= len(drawn.walk) and step - 1 not in drawn.hidden:
        _draw_head(painter, theme, drawn, step - 1)


def paint_words(painter: QPainter, theme: Theme, drawn: DrawnWalk, step: int) -> None:
    """Write the words that have room, but not that of the play head."""
    reached, count = drawn.reached(step), len(drawn.walk)
    for index, corner in drawn.labels.items():
        if index != step - 1:
            read_as = count - index if drawn.walk.backwards else index + 1
            _write(painter, theme, drawn, index, corner, 1.0 if read_as <= reached else _GHOST_WORD)


def paint_head_word(painter: QPainter, theme: Theme, drawn: DrawnWalk, step: int) -> None:
    """Write the word of the play head, whatever it hides."""
    head = step - 1
    if head in drawn.hidden or not 0 <= head < len(drawn.walk):
        return
    if np.isfinite(drawn.places[head]).all():
        corner = drawn.labels.get(head) or _beside(drawn, head)
        _write(painter, theme, drawn, head, corner, 1.0, is_head=True)


def _beside(drawn: DrawnWalk, index: int) -> tuple[float, float]:
    """Return a place for the play head's word where there is no free one."""
    width, height, _, _ = label_size(drawn.walk.words[index], index + 1)
    x, y = drawn.places[index]
    area = drawn.axes.area
    left = x + 9 if x + 9 + width <= area.right() else x - 9 - width
    top = min(max(y - height - 6, area.top()), area.bottom() - height)
    return float(left), float(top)


def _line_color(theme: Theme, drawn: DrawnWalk) -> QColor:
    if drawn.second:
        return readable(theme.color("attribution"), theme.color("panel"))
    return theme.color("text")


def _draw_line(
    painter: QPainter,
    theme: Theme,
    drawn: DrawnWalk,
    indices: npt.NDArray[np.intp],
    color: QColor,
    ghost: bool,
) -> None:
    places = _finite(drawn.places[indices])
    if len(places) < 2:
        return
    lines = lines_through(places)
    if not ghost:  # told apart from the points below
        painter.setPen(_pen(theme.color("panel", 0.75), 4.5))
        painter.drawLines(lines)
    faint = QColor(color)
    faint.setAlphaF(_GHOST)
    pen = _pen(faint if ghost else color, 1.3 if ghost else 2.0)
    if drawn.second:
        pen.setDashPattern([3.0, 2.0])
    painter.setPen(pen)
    painter.drawLines(lines)
    if not ghost:
        _draw_arrows(painter, places, color)


def lines_through(places: Doubles) -> list[QLineF]:
    """Return the lines from each place to the next.

    Single lines with flat ends are painted 30 times as fast as one line with corners.
    """
    points = [QPointF(x, y) for x, y in places.tolist()]
    return [QLineF(one, other) for one, other in pairwise(points)]


def _pen(color: QColor, width: float) -> QPen:
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def _draw_arrows(painter: QPainter, places: Doubles, color: QColor) -> None:
    """Draw the direction of the way in the middle of its longer parts."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for (x, y), (to_x, to_y) in zip(places[:-1].tolist(), places[1:].tolist(), strict=True):
        length = math.hypot(to_x - x, to_y - y)
        if length < _ARROW_FROM:
            continue
        across, down = (to_x - x) / length, (to_y - y) / length
        middle_x, middle_y = (x + to_x) / 2, (y + to_y) / 2
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(middle_x + 5 * across, middle_y + 5 * down),
                    QPointF(middle_x - 4 * across - 4 * down, middle_y - 4 * down + 4 * across),
                    QPointF(middle_x - 4 * across + 4 * down, middle_y - 4 * down - 4 * across),
                ]
            )
        )


def _draw_point(painter: QPainter, theme: Theme, drawn: DrawnWalk, index: int, ghost: bool) -> None:
    x, y = drawn.places[index]
    if not (math.isfinite(x) and math.isfinite(y)):
        return
    answer = int(drawn.walk.answers[index])
    fill = theme.class_color(answer) if answer >= 0 else theme.color("muted")
    painter.setOpacity(_GHOST_WORD if ghost else 1.0)
    edge = _line_color(theme, drawn)
    painter.setPen(QPen(edge if not ghost else theme.color("muted"), 1.4))
    painter.setBrush(theme.color("panel") if ghost else fill)
    _draw_mark(painter, drawn, QPointF(x, y), _RADIUS - (0.8 if ghost else 0.0))
    painter.setOpacity(1.0)


def _draw_mark(painter: QPainter, drawn: DrawnWalk, at: QPointF, size: float) -> None:
    """Draw a round mark, or a square one for the second sentence."""
    if drawn.second:
        side = size * 0.9
        painter.drawRect(QRectF(at.x() - side, at.y() - side, 2 * side, 2 * side))
    else:
        painter.drawEllipse(at, size, size)


def _draw_head(painter: QPainter, theme: Theme, drawn: DrawnWalk, index: int) -> None:
    x, y = drawn.places[index]
    if math.isfinite(x) and math.isfinite(y):
        at = QPointF(x, y)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((theme.color("panel"), 5.0), (theme.color("accent"), 2.5)):
            painter.setPen(QPen(color, width))
            _draw_mark(painter, drawn, at, _HEAD)


def _write(
    painter: QPainter,
    theme: Theme,
    drawn: DrawnWalk,
    index: int,
    corner: tuple[float, float],
    opacity: float,
    is_head: bool = False,
) -> None:
    width, height, numeral, text = label_size(drawn.walk.words[index], index + 1)
    box = QRectF(corner[0], corner[1], width, height)
    painter.setOpacity(1.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent_soft") if is_head else theme.color("panel", 0.72))
    painter.drawRoundedRect(box, 4, 4)
    painter.setOpacity(opacity)
    small = font(11)
    align = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(small)
    painter.setPen(theme.color("muted"))
    painter.drawText(box.adjusted(3, 1, 0, 1), align | Qt.AlignmentFlag.AlignLeft, numeral)
    painter.setFont(font(12, QFont.Weight.DemiBold if is_head else QFont.Weight.Medium))
    painter.setPen(theme.color("text"))
    start = QFontMetricsF(small).horizontalAdvance(numeral) + 6
    painter.drawText(
        box.adjusted(start, 0, 0, 0),
        align | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextDontClip,
        text,
    )
    painter.setOpacity(1.0)

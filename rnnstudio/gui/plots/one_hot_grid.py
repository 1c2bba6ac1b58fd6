"""Paints the vectors of one sentence: tokens × L as one-hot, or tokens × E as embedding."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from rnnstudio.data.vocabulary import EOS_ID, PAD, PAD_ID, SOS_ID, UNKNOWN_ID
from rnnstudio.gui.contrast import readable
from rnnstudio.gui.plots.lettering import indexed, signed
from rnnstudio.gui.theme import LIGHT, Theme, font, signed_argb
from rnnstudio.session.resolve.data import OneHotState

_EMPTY = OneHotState(None, 0, None, None, "")
_LEAST_CELL = 14  # pixels; under it a row of cells is a grey band
_MOST_CELL = 30
_LEAST_ROW = 18  # a word beside its row stays readable
_GAP_WIDTH = 20
_LONGEST_WORD = 110
_ROUNDING = 3


@dataclass(frozen=True)
class Columns:
    """Which positions of the vectors are drawn, from left to right.

    `first` and `last` (1-based, equal but for a gap) belong together; a gap stands for positions
    that are 0 in every row. `edges` are the left edges in pixels and the last right one.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    edges: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.first)

    def is_gap(self, place: int) -> bool:
        """Whether a place stands for positions that are left out."""
        return self.last[place] > self.first[place]

    @property
    def left_out(self) -> int:
        """How many positions are not drawn."""
        spans = zip(self.first, self.last, strict=True)
        return sum(last - first + 1 for first, last in spans if last > first)


def choose_columns(ids: tuple[int, ...], size: int, room: int, heading_width: int) -> Columns:
    """Choose what to draw of vectors of length `size` in `room` pixels.

    All positions, if they fit; else the first, the last and those of the sentence's own ids with
    gaps between: what is left out is 0 in every row.
    """
    if size * _LEAST_CELL <= room:
        cell = min(room // max(size, 1), _MOST_CELL)
        places = tuple(range(1, size + 1))
        return Columns(places, places, tuple(cell * place for place in range(size + 1)))
    drawn = sorted({1, size, *(id_ for id_ in ids if id_ != UNKNOWN_ID)})
    first: list[int] = []
    last: list[int] = []
    for place, previous in zip(drawn, [0, *drawn], strict=False):
        if place - previous == 2:  # a gap of one column saves no room
            first.append(place - 1)
            last.append(place - 1)
        elif place - previous > 2:
            first.append(previous + 1)
            last.append(place - 1)
        first.append(place)
        last.append(place)
    gaps = sum(b > a for a, b in zip(first, last, strict=True))
    cell = (room - gaps * _GAP_WIDTH) // max(len(first) - gaps, 1)
    cell = max(min(cell, _MOST_CELL), heading_width, 22)
    widths = [_GAP_WIDTH if b > a else cell for a, b in zip(first, last, strict=True)]
    return Columns(tuple(first), tuple(last), tuple(accumulate(widths, initial=0)))


class OneHotGrid(QAbstractScrollArea):
    """Words down, positions across; scrolls both ways under frozen headings.

    Only the cells in sight are painted. A click on a row says its step (1-based).
    """

    step_clicked = Signal(int)
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = _EMPTY
        self._as_embedding = False
        self._theme: Theme = LIGHT
        self._columns = Columns((), (), (0,))
        self._ids: tuple[int, ...] = ()  # of the rows: the words, and one <pad> for all of them
        self._colors: NDArray[np.uint32] | None = None  # of the embedding's cells
        self._font = font(12)
        self._head_font = font(11)
        self._metrics = QFontMetrics(self._font)
        self._head_metrics = QFontMetrics(self._head_font)
        self._head_height = self._head_metrics.height() + 6
        self._label_width = 0
        self._row_height = _LEAST_ROW
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCornerWidget(QWidget(self))
        self.viewport().setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self._color_cells()
        self.viewport().update()

    def render_state(self, state: OneHotState, as_embedding: bool) -> None:
        """Show the vectors of a sentence, one-hot or (if the state has one) its embedding."""
        if state.sentence != self._state.sentence:
            self.horizontalScrollBar().setValue(0)
            self.verticalScrollBar().setValue(0)
        as_embedding = as_embedding and state.embedding is not None
        # While the network learns only the embedding changes.
        same = replace(state, embedding=None) == replace(self._state, embedding=None)
        if same and not as_embedding and not self._as_embedding:
            self._state = state
            return
        self._state = state
        self._as_embedding = as_embedding
        self._ids = () if state.sentence is None else state.sentence.ids
        if not self._as_embedding and state.padded_to > len(self._ids):
            self._ids += (PAD_ID,)
        self._color_cells()
        self._lay_out()
        self.viewport().update()

    @property
    def columns(self) -> Columns:
        """The columns that are drawn now."""
        return self._columns

    def sizeHint(self) -> QSize:
        # Long sentences scroll; the other panels need their room.
        return QSize(480, self._head_height + 4 * 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self._head_height + 4 * _LEAST_ROW)

    # ---- where things stand ----

    def _word(self, row: int) -> str:
        sentence = self._state.sentence
        return sentence.words[row] if sentence and row < len(sentence.words) else PAD

    def _lay_out(self) -> None:
        rows = len(self._ids)
        words = {self._word(row)[:64] for row in range(rows)}
        widest = max((self._metrics.horizontalAdvance(word) for word in words), default=0)
        self._label_width = min(widest, _LONGEST_WORD) + 14
        room = self.viewport().width() - self._label_width
        embedding = self._state.embedding
        if self._as_embedding and embedding is not None:
            size = embedding.vectors.shape[1]
            # Every number counts here: nothing is left out, long vectors scroll.
            cell = min(max(room // max(size, 1), _LEAST_CELL), 2 * _MOST_CELL)
            places = tuple(range(1, size + 1))
            edges = tuple(cell * place for place in range(size + 1))
            self._columns = Columns(places, places, edges)
        elif self._state.sentence is not None:
            heading = self._head_metrics.horizontalAdvance(f"{self._state.size}") + 8
            self._columns = choose_columns(self._ids, self._state.size, room, heading)
        else:
            self._columns = Columns((), (), (0,))
        tall = (self.viewport().height() - self._head_height) // max(rows, 1)
        widest_cell = self._columns.edges[1] if len(self._columns) else _LEAST_ROW
        self._row_height = max(min(tall, max(widest_cell, 22), _MOST_CELL), _LEAST_ROW)
        horizontal, vertical = self.horizontalScrollBar(), self.verticalScrollBar()
        horizontal.setRange(0, max(self._columns.edges[-1] - room, 0))
        horizontal.setPageStep(max(room, 1))
        horizontal.setSingleStep(40)
        height = self.viewport().height() - self._head_height
        vertical.setRange(0, max(rows * self._row_height - height, 0))
        vertical.setPageStep(max(height, 1))
        vertical.setSingleStep(self._row_height)

    def _color_cells(self) -> None:
        embedding = self._state.embedding
        self._colors = None
        if self._as_embedding and embedding is not None:
            self._colors = signed_argb(self._theme, embedding.vectors, embedding.limit)

    def _cell(self, row: int, place: int) -> QRect:
        left = self._label_width + self._columns.edges[place] - self.horizontalScrollBar().value()
        width = self._columns.edges[place + 1] - self._columns.edges[place]
        return QRect(left, self._row_top(row), width, self._row_height)

    def _row_top(self, row: int) -> int:
        return self._head_height + row * self._row_height - self.verticalScrollBar().value()

    def _visible_rows(self) -> range:
        first = self.verticalScrollBar().value() // self._row_height
        number = self.viewport().height() // self._row_height + 2
        return range(first, min(first + number, len(self._ids)))

    def _visible_places(self) -> range:
        left = self.horizontalScrollBar().value()
        right = left + self.viewport().width() - self._label_width
        edges = self._columns.edges
        return range(
            max(bisect_right(edges, left) - 1, 0),
            min(bisect_right(edges, right), len(self._columns)),
        )

    def _row_at(self, point: QPoint) -> int | None:
        offset = point.y() - self._head_height + self.verticalScrollBar().value()
        row = offset // self._row_height
        return row if point.y() >= self._head_height and row < len(self._ids) else None

    def _place_at(self, point: QPoint) -> int | None:
        offset = point.x() - self._label_width + self.horizontalScrollBar().value()
        if point.x() < self._label_width or offset >= self._columns.edges[-1]:
            return None
        return bisect_right(self._columns.edges, offset) - 1

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        theme = self._theme
        painter.fillRect(self.viewport().rect(), theme.color("panel"))
        if self._state.sentence is None:
            painter.setFont(self._font)
            painter.setPen(theme.color("muted"))
            box = self.viewport().rect().adjusted(8, 8, -8, -8)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box, flags, self._state.message)
            return
        size = self.viewport().size()
        painter.setClipRect(0, self._head_height, size.width(), size.height())
        self._paint_words(painter)
        painter.setClipRect(self._label_width, 0, size.width(), self._head_height)
        self._paint_headings(painter)
        painter.setClipRect(self._label_width, self._head_height, size.width(), size.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for row in self._visible_rows():
            self._paint_cells(painter, row)

    def _paint_words(self, painter: QPainter) -> None:
        theme = self._theme
        painter.setFont(self._font)
        ids = self._ids
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in self._visible_rows():
            color = theme.color("text")
            if ids[row] == UNKNOWN_ID:
                color = readable(theme.color("warning"), theme.color("panel"))
            elif ids[row] in (SOS_ID, EOS_ID):
                color = theme.color("accent")
            elif ids[row] == PAD_ID:
                color = theme.color("faint")
            painter.setPen(color)
            box = QRect(0, self._row_top(row), self._label_width - 8, self._row_height)
            word = self._metrics.elidedText(
                self._word(row)[:64], Qt.TextElideMode.ElideRight, box.width()
            )
            painter.drawText(box, flags, word)

    def _paint_headings(self, painter: QPainter) -> None:
        painter.setFont(self._head_font)
        painter.setPen(self._theme.color("muted"))
        widest = self._head_metrics.horizontalAdvance(str(self._columns.last[-1])) + 4
        narrow = self._columns.edges[1] < widest
        for place in self._visible_places():
            gap = self._columns.is_gap(place)
            first = self._columns.first[place]
            if narrow and first % 5 and first != 1:
                continue
            box = self._cell(0, place)
            box.setTop(0)
            box.setHeight(self._head_height)
            if narrow:
                box.adjust(-widest, 0, widest, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "…" if gap else str(first))

    def _paint_cells(self, painter: QPainter, row: int) -> None:
        theme = self._theme
        id_ = self._ids[row]
        one = theme.color("faint" if id_ == PAD_ID else "accent")
        zero = theme.color("track")
        for place in self._visible_places():
            box = self._cell(row, place)
            if self._colors is not None:
                painter.setBrush(QColor.fromRgb(int(self._colors[row, place])))
            elif self._columns.is_gap(place):
                painter.setBrush(zero)
                for dot in (-5, -1, 3):
                    painter.drawRect(box.center().x() + dot, box.center().y(), 2, 2)
                continue
            else:
                painter.setBrush(one if self._columns.first[place] == id_ else zero)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), _ROUNDING, _ROUNDING)

    # ---- pointing ----

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hinted.emit(self.words_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        sentence = self._state.sentence
        if event.button() != Qt.MouseButton.LeftButton or row is None or sentence is None:
            event.ignore()
        elif row < len(sentence.words):
            self.step_clicked.emit(row + 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def words_at(self, point: QPoint) -> str:
        """Say what stands at a point of the viewport."""
        row, place = self._row_at(point), self._place_at(point)
        if row is None or self._state.sentence is None:
            return ""
        x, word, id_ = indexed("x", row + 1), self._word(row), self._ids[row]
        if self._as_embedding and self._state.embedding is not None:
            if place is None:
                return f"{x} is the embedding of “{word}”"
            value = float(self._state.embedding.vectors[row, place])
            position = place + 1
            shown = signed(value, 4)
            return f"{x}[{position}] = {shown}, number {position} of the embedding of “{word}”"
        if id_ == UNKNOWN_ID:
            return f"{x} has no 1: “{word}” is not in the vocabulary, so {x} = 0"
        if place is not None and self._columns.is_gap(place):
            first, last = self._columns.first[place], self._columns.last[place]
            return f"positions {first:,} to {last:,}, left out here: 0 in every row"
        if place is not None and self._columns.first[place] != id_:
            position = self._columns.first[place]
            return f"{x} has a 0 at position {position}, the id of “{self._other(position)}”"
        return f"{x} has a 1 at position {id_}, the id of “{word}”"

    def _other(self, id_: int) -> str:
        assert self._state.vocabulary is not None
        return self._state.vocabulary.word_of(id_)

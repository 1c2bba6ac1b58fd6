"""Paints a few sentences as the lecture's table x_1 … x_T, y: words above their ids."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from rnnstudio.data.vocabulary import EOS_ID, PAD, PAD_ID, SOS_ID, UNKNOWN_ID
from rnnstudio.gui.contrast import class_text, readable
from rnnstudio.gui.plots.lettering import indexed, shown_word
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.data import EncodedSentence, WordsToIdsState

_EMPTY = WordsToIdsState((), 0, "", "")
_LONGEST_WORD = 132  # pixels; a longer word is elided, the status bar has all of it
_PADDING = 6
_ENDS = (SOS_ID, EOS_ID)
_MOST_SPREAD = 30  # a short sentence is not torn apart over the width of a large screen


class TokenTable(QAbstractScrollArea):
    """Sentences as rows of words and ids; scrolls sideways, y stays in sight.

    Only what is visible is painted. A click on a row says which table row it stands for.
    """

    row_clicked = Signal(int)
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = _EMPTY
        self._theme: Theme = LIGHT
        self._edges: list[int] = [0]  # left edges of the columns x_1 … x_T, and the last right one
        self._word_font = font(13)
        self._bold_font = font(13, QFont.Weight.DemiBold)
        self._id_font = font(11.5, mono=True)
        self._head_font = font(13)
        self._word_metrics = QFontMetrics(self._word_font)
        self._widths: dict[str, int] = {}
        self._line = self._word_metrics.height()
        self._row_height = self._line + QFontMetrics(self._id_font).height() + 7
        self._head_height = self._line + 10
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setCornerWidget(QWidget(self))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.viewport().update()

    def render_state(self, state: WordsToIdsState) -> None:
        """Show these sentences; scrolls back to x_1 when the chosen sentence is another one."""
        moved = _chosen_row(state) != _chosen_row(self._state)
        self._state = state
        lines = self._line + QFontMetrics(self._id_font).height() + 7
        self._row_height = lines + (self._line if state.has_tags else 0)
        self._lay_out()
        if moved:
            self.horizontalScrollBar().setValue(0)
        self.updateGeometry()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(480, self._height_for(max(len(self._state.sentences), 2)))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self._height_for(min(max(len(self._state.sentences), 2), 3)))

    def _height_for(self, rows: int) -> int:
        bar = self.horizontalScrollBar()
        extent = bar.sizeHint().height() + 2 if bar.maximum() else 0
        return self._head_height + rows * self._row_height + extent

    # ---- where things stand ----

    @property
    def _number_width(self) -> int:
        rows = [sentence.row for sentence in self._state.sentences if sentence.row is not None]
        widest = f"{max(rows, default=0) + 1:,}"
        return max(self._word_metrics.horizontalAdvance(widest) + 14, 26)

    @property
    def _target_width(self) -> int:
        if self._state.has_tags:
            return 0
        labels = {sentence.label for sentence in self._state.sentences}
        return max((self._word_width(label) for label in labels), default=0) + 2 * _PADDING

    def _word_width(self, word: str) -> int:
        width = self._widths.get(word)
        if width is None:
            # A word of 10,000 letters need not be measured to know that it is too long.
            measured = self._word_metrics.horizontalAdvance(word[:64]) + 1
            width = self._widths[word] = min(measured, _LONGEST_WORD)
        return width

    def _lay_out(self) -> None:
        if len(self._widths) > 20_000:
            self._widths.clear()
        longest = self._state.longest
        least = self._word_width("x₀₀") + 4
        widths = [least] * longest
        for sentence in self._state.sentences:
            for step, word in enumerate(sentence.words):
                widths[step] = max(widths[step], self._word_width(word))
            for step, tag in enumerate(sentence.tags):
                widths[step] = max(widths[step], self._word_width(tag) + 4)
            if len(sentence.words) < longest:
                pad = self._word_width(PAD)
                for step in range(len(sentence.words), longest):
                    widths[step] = max(widths[step], pad)
        room = self.viewport().width() - self._number_width - self._target_width
        wanted = sum(widths) + 2 * _PADDING * longest
        spread = 0
        if longest:
            spread = min(max((room - wanted) // longest, 0), _MOST_SPREAD)
        self._edges = list(
            accumulate((width + 2 * _PADDING + spread for width in widths), initial=0)
        )
        bar = self.horizontalScrollBar()
        fitted = not bar.maximum()
        bar.setRange(0, max(self._edges[-1] - room, 0))
        if fitted == bool(bar.maximum()):
            self.updateGeometry()  # the bar takes room or gives it back
        bar.setPageStep(max(room, 1))
        bar.setSingleStep(40)
        height = self._head_height + len(self._state.sentences) * self._row_height
        vertical = self.verticalScrollBar()
        vertical.setRange(0, max(height - self.viewport().height(), 0))
        vertical.setPageStep(self.viewport().height())
        vertical.setSingleStep(self._row_height)

    @property
    def _target_left(self) -> int:
        """The left edge of the column y, which follows x_T or stays at the right edge."""
        end = self._number_width + self._edges[-1]
        return min(end, self.viewport().width() - self._target_width)

    def _column_left(self, step: int) -> int:
        return self._number_width + self._edges[step] - self.horizontalScrollBar().value()

    def _row_top(self, place: int) -> int:
        return self._head_height + place * self._row_height - self.verticalScrollBar().value()

    def _visible_steps(self) -> range:
        left = self.horizontalScrollBar().value()
        right = left + self._target_left - self._number_width
        first = max(bisect_right(self._edges, left) - 1, 0)
        last = bisect_right(self._edges, right)
        return range(first, min(last, len(self._edges) - 1))

    def _place_at(self, point: QPoint) -> int | None:
        if point.y() < self._head_height:
            return None
        offset = point.y() - self._head_height + self.verticalScrollBar().value()
        place = offset // self._row_height
        return place if place < len(self._state.sentences) else None

    def _step_at(self, point: QPoint) -> int | None:
        if not self._number_width <= point.x() < self._target_left:
            return None
        offset = point.x() - self._number_width + self.horizontalScrollBar().value()
        step = bisect_right(self._edges, offset) - 1
        return step if 0 <= step < len(self._edges) - 1 else None

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        theme = self._theme
        painter.fillRect(self.viewport().rect(), theme.color("panel"))
        if not self._state.sentences:
            painter.setFont(self._word_font)
            painter.setPen(theme.color("muted"))
            box = self.viewport().rect().adjusted(8, 8, -8, -8)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box, flags, self._state.message)
            return
        body = QRect(0, self._head_height, self.viewport().width(), self.viewport().height())
        painter.setClipRect(body)
        for place, sentence in enumerate(self._state.sentences):
            self._paint_row(painter, place, sentence)
        painter.setClipping(False)
        self._paint_head(painter)
        bar = self.horizontalScrollBar()
        if bar.value() < bar.maximum():  # words go on behind the column y
            bottom = min(self._row_top(len(self._state.sentences)), self.viewport().height())
            painter.fillRect(self._target_left, 0, 1, bottom - 1, theme.color("faint"))

    def _paint_head(self, painter: QPainter) -> None:
        theme = self._theme
        painter.setFont(self._head_font)
        painter.setPen(theme.color("muted"))
        painter.save()
        painter.setClipRect(self._steps_rect(0, self._head_height))
        for step in self._visible_steps():
            box = QRect(self._column_left(step), 0, self._width(step), self._head_height)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, indexed("x", step + 1))
        painter.restore()
        box = QRect(self._target_left, 0, self._target_width, self._head_height)
        if not self._state.has_tags:
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "y")
        painter.fillRect(0, self._head_height - 1, self._right, 1, theme.color("border"))

    @property
    def _right(self) -> int:
        return self._target_left + self._target_width

    def _width(self, step: int) -> int:
        return self._edges[step + 1] - self._edges[step]

    def _steps_rect(self, top: int, height: int) -> QRect:
        return QRect(self._number_width, top, self._target_left - self._number_width, height)

    def _paint_row(self, painter: QPainter, place: int, sentence: EncodedSentence) -> None:
        theme = self._theme
        top = self._row_top(place)
        ground = "panel"
        if place == self._state.chosen:
            ground = "accent_soft"
            painter.fillRect(0, top, self._right, self._row_height - 1, theme.color(ground))
        painter.fillRect(0, top + self._row_height - 1, self._right, 1, theme.color("border"))
        word_box = QRect(0, top + 2, 0, self._line)
        id_box = QRect(0, word_box.bottom() + 1, 0, QFontMetrics(self._id_font).height() + 2)

        painter.setFont(self._word_font)
        painter.setPen(theme.color("muted"))
        number = "" if sentence.row is None else f"{sentence.row + 1:,}"
        number_box = QRect(0, top, self._number_width - 8, self._row_height - 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(number_box, right, number)

        painter.save()
        clip = self._steps_rect(max(top, self._head_height), self._row_height)
        painter.setClipRect(clip)
        for step in self._visible_steps():
            word_box.setLeft(self._column_left(step))
            word_box.setWidth(self._width(step))
            self._paint_token(painter, word_box, id_box, sentence, step, ground)
        painter.restore()
        self._paint_target(painter, top, sentence)

    def _paint_token(
        self,
        painter: QPainter,
        word_box: QRect,
        id_box: QRect,
        sentence: EncodedSentence,
        step: int,
        ground: str,
    ) -> None:
        theme = self._theme
        padding = step >= len(sentence.words)
        word = PAD if padding else shown_word(sentence.words[step])
        id_ = PAD_ID if padding else sentence.ids[step]
        unknown = not padding and id_ == sentence.unknown_id
        color = theme.color("text")
        if padding:
            color = theme.color("faint")
        elif unknown:
            color = readable(theme.color("warning"), theme.color(ground))
        elif id_ in _ENDS:
            color = theme.color("accent")
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._word_font)
        painter.setPen(color)
        shown = self._word_metrics.elidedText(
            word[:64], Qt.TextElideMode.ElideRight, word_box.width() - 2 * _PADDING + 2
        )
        painter.drawText(word_box, centre, shown)
        if unknown:
            half = self._word_width(word) // 2
            middle = word_box.center().x()
            painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
            line = word_box.bottom()
            painter.drawLine(middle - half, line, middle + half, line)
            painter.setPen(color)
        elif not padding:
            painter.setPen(color if id_ in _ENDS else theme.color("muted"))
        painter.setFont(self._id_font)
        id_box.setLeft(word_box.left())
        id_box.setWidth(word_box.width())
        painter.drawText(id_box, centre, str(id_))
        if step < len(sentence.tags) and sentence.tags[step]:
            painter.setFont(self._bold_font)
            painter.setPen(class_text(theme, sentence.tag_ids[step]))
            tag_box = QRect(id_box.left(), id_box.bottom() + 1, id_box.width(), self._line)
            shown = QFontMetrics(self._bold_font).elidedText(
                sentence.tags[step], Qt.TextElideMode.ElideRight, tag_box.width() - 4
            )
            painter.drawText(tag_box, centre, shown)

    def _paint_target(self, painter: QPainter, top: int, sentence: EncodedSentence) -> None:
        if sentence.target is None:
            return
        box = QRect(self._target_left, top + 2, self._target_width, self._line)
        painter.setFont(self._bold_font)
        painter.setPen(class_text(self._theme, sentence.target))
        shown = QFontMetrics(self._bold_font).elidedText(
            sentence.label, Qt.TextElideMode.ElideRight, box.width() - 8
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
        painter.setFont(self._id_font)
        painter.setPen(self._theme.color("text"))
        box = QRect(box.left(), box.bottom() + 1, box.width(), self._row_height - self._line - 5)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(sentence.target))

    # ---- pointing ----

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hinted.emit(self.words_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self.hinted.emit("")
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().toPoint())
        if place is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        row = self._state.sentences[place].row
        if row is not None:
            self.row_clicked.emit(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.horizontalScrollBar()
        ends = {Qt.Key.Key_Home: bar.minimum(), Qt.Key.Key_End: bar.maximum()}
        target = ends.get(Qt.Key(event.key()))
        if target is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(target)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def words_at(self, point: QPoint) -> str:
        """Say what stands at a point of the viewport."""
        place = self._place_at(point)
        if place is None:
            return ""
        sentence = self._state.sentences[place]
        name = "the sentence typed" if sentence.row is None else f"sentence {sentence.row + 1:,}"
        if self._target_left <= point.x() < self._right and sentence.target is not None:
            return f"y of {name} is {sentence.target}, the number of the class “{sentence.label}”"
        step = self._step_at(point)
        return "" if step is None else _words_for(sentence, step, name)


def _words_for(sentence: EncodedSentence, step: int, name: str) -> str:
    x = indexed("x", step + 1)
    if step >= len(sentence.words):
        return f"{x} of {name} is {PAD}, id {PAD_ID}: it makes rows equally long, changes no number"
    word, id_ = sentence.words[step], sentence.ids[step]
    if id_ == UNKNOWN_ID:
        return f"{x} of {name} is “{word}”, a word not in the vocabulary: id 0 and {x} = 0"
    tag = sentence.tags[step] if step < len(sentence.tags) else ""
    said = f", and {indexed('y', step + 1)} is {tag}, tag {sentence.tag_ids[step]}" if tag else ""
    if id_ == sentence.unknown_id:
        return f"{x} of {name} is “{word}”, read as “<unk>”, id {id_:,}{said}"
    return f"{x} of {name} is “{word}”, id {id_:,}{said}"


def _chosen_row(state: WordsToIdsState) -> EncodedSentence | None:
    return state.sentences[state.chosen] if state.sentences else None

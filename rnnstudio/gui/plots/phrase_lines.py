"""Paints the lines of the phrase panel: a unit with its value, a sentence with marked words."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from rnnstudio.gui.models.phrase import PhrasePlacesModel, PhraseUnitsModel
from rnnstudio.gui.plots.lettering import number, shown_word, signed
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.tables import AnyIndex
from rnnstudio.gui.theme import LIGHT, Theme, font
from rnnstudio.session.resolve.phrase import PhrasePlace

_PADDING = 8
_NAME, _VALUE = 72, 52  # pixels for the unit's name and its value
_BAR = 9
_MOST_WORDS = 60  # around the marked ones: no line is long enough for more


class _LineDelegate(QStyledItemDelegate):
    """The ground of a line: selected, under the mouse, or neither."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> QRectF:
        rect = QRectF(option.rect)
        state = option.state
        role = ""
        if state & QStyle.StateFlag.State_Selected:
            role = "accent_soft"
        elif state & QStyle.StateFlag.State_MouseOver:
            role = "inset"
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if role:
            painter.setBrush(self.theme.color(role))
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(self.theme.color("accent"), 1) if focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        return rect.adjusted(_PADDING, 0, -_PADDING, 0)


class UnitDelegate(_LineDelegate):
    """A unit's name, its mean value as a bar on the scale of the heat map, and as a number."""

    def __init__(self, model: PhraseUnitsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.scale = Scale(-1.0, 1.0, True)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        line = self._model.line(index.row())
        painter.save()
        box = self._ground(painter, option)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(12))
        painter.setPen(self.theme.color("text"))
        name = f"{self._model.kind} {shown_word(line.name)}"
        name = QFontMetricsF(font(12)).elidedText(name, Qt.TextElideMode.ElideRight, _NAME)
        painter.drawText(QRectF(box.left(), box.top(), _NAME, box.height()), middle, name)
        two_sided = self.scale.low < 0
        value = signed(line.mean, 2) if two_sided else number(line.mean, 2)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, value)
        track = QRectF(
            box.left() + _NAME + 6,
            box.center().y() - _BAR / 2,
            box.width() - _NAME - _VALUE - 6,
            _BAR,
        )
        self._paint_bar(painter, track, line.mean, two_sided)
        painter.restore()

    def _paint_bar(self, painter: QPainter, track: QRectF, mean: float, two_sided: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("track"))
        painter.drawRoundedRect(track, 3, 3)
        limit = self.scale.limit
        share = min(max(mean / limit if limit else 0.0, -1.0), 1.0) if mean == mean else 0.0
        zero = track.center().x() if two_sided else track.left()
        reach = share * (track.width() / 2 if two_sided else track.width())
        bar = QRectF(min(zero, zero + reach), track.top(), abs(reach), track.height())
        # The length says how much: a faint colour would only hide it.
        painter.setBrush(self.scale.color(self.theme, -limit if mean < 0 else limit))
        painter.drawRoundedRect(bar, 2, 2)
        if two_sided:
            painter.setBrush(self.theme.color("muted"))
            painter.drawRect(QRectF(round(zero) - 0.5, track.top() - 2, 1, track.height() + 4))

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(120, round(QFontMetricsF(font(12)).height()) + 10)


class PlaceDelegate(_LineDelegate):
    """A sentence, its words in which the units are on bold, and below which sentence it is."""

    def __init__(self, model: PhrasePlacesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        line = self._model.line(index.row())
        painter.save()
        box = self._ground(painter, option).adjusted(0, 5, 0, -5)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        words = font(13)
        text, start, length = snippet(line, self._model.joint, words, box.width())
        layout = QTextLayout(text, words)
        choice = QTextOption()
        choice.setWrapMode(QTextOption.WrapMode.NoWrap)
        choice.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        layout.setTextOption(choice)
        marked = QTextLayout.FormatRange()
        marked.start, marked.length = start, length
        marked.format = _marking(self.theme, selected)
        layout.setFormats([marked])
        layout.beginLayout()
        row = layout.createLine()
        row.setLineWidth(box.width())
        layout.endLayout()
        painter.setPen(self.theme.color("text"))
        painter.setClipRect(box.adjusted(-2, -5, 2, 5))
        layout.draw(painter, QPointF(box.left(), box.top()))
        painter.setFont(font(11))
        painter.setPen(self.theme.color("muted"))
        about = QFontMetricsF(font(11)).elidedText(
            self._model.about(line), Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignBottom, about)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        high = QFontMetricsF(font(13)).height() + QFontMetricsF(font(11)).height()
        return QSize(120, round(high) + 13)


def _marking(theme: Theme, selected: bool) -> QTextCharFormat:
    result = QTextCharFormat()
    result.setFontWeight(QFont.Weight.Bold)
    result.setForeground(theme.color("accent"))
    if not selected:
        result.setBackground(theme.color("accent_soft"))
    return result


@lru_cache(maxsize=512)
def snippet(place: PhrasePlace, joint: str, words: QFont, width: float) -> tuple[str, int, int]:
    """Return so much of a sentence around its marked words as there is room for.

    With it comes where the marked words begin in it, and how long they are. What is left out is
    "…"; `<sos>` and `<eos>` are there only where they are marked.
    """
    shown = [shown_word(word) for word in place.words]
    first, last = place.first - 1, place.last
    low, high = min(1, first), max(len(shown) - 1, last)
    metrics = QFontMetricsF(words)
    strong = QFont(words)
    strong.setWeight(QFont.Weight.Bold)
    marked = joint.join(shown[first:last])
    bold = QFontMetricsF(strong)
    room = width - 2 * metrics.horizontalAdvance("… ") - 2
    if bold.horizontalAdvance(marked) > room:
        marked = bold.elidedText(marked, Qt.TextElideMode.ElideMiddle, room)
    room -= bold.horizontalAdvance(marked)
    start, stop = first, last
    for _ in range(_MOST_WORDS):
        # Before the marked words a little more than behind them: they were read first.
        sides = [(start - 1, start > low), (stop, stop < high)]
        if stop - last < first - start:
            sides.reverse()
        grown = False
        for at, there in sides:
            taken = metrics.horizontalAdvance(shown[at] + joint) if there else 0.0
            if there and taken <= room:
                room -= taken
                start, stop, grown = min(start, at), max(stop, at + 1), True
                break
        if not grown:
            break
    before = ("… " if start > low else "") + "".join(word + joint for word in shown[start:first])
    after = "".join(joint + word for word in shown[last:stop]) + (" …" if stop < high else "")
    return before + marked + after, _units(before), _units(marked)


def _units(text: str) -> int:
    """Return the length as Qt counts it."""
    return len(text.encode("utf-16-le")) // 2

"""A list of words with what each would do: the new probability, the change as a bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from rnnstudio.gui.models.replacements import ReplacementsModel
from rnnstudio.gui.plots.lettering import probability, shown_word, signed
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.gui.theme import LIGHT, Theme, font

ROW_HEIGHT = 26
_DOT = 8
_SPACE = 8
_WORD_SHARE = 0.40
_PALEST = 0.45
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | _MIDDLE


@dataclass(frozen=True)
class Columns:
    """Where the parts of a row stand: the dot, the word, the bar, the number."""

    dot: QRect
    word: QRect
    bar: QRect
    number: QRect


def columns(row: QRect) -> Columns:
    """Return the parts of a row."""
    number_width = round(QFontMetricsF(font(12, mono=True)).horizontalAdvance(">0.000")) + 2
    left, right = row.left() + 4, row.right() - 5
    word_left = left + _DOT + 6
    word_width = round((right - word_left) * _WORD_SHARE)
    number = QRect(right - number_width + 1, row.top(), number_width, row.height())
    bar_left = word_left + word_width + _SPACE
    return Columns(
        dot=QRect(left, row.center().y() - _DOT // 2, _DOT, _DOT),
        word=QRect(word_left, row.top(), word_width, row.height()),
        bar=QRect(bar_left, row.top(), number.left() - _SPACE - bar_left, row.height()),
        number=number,
    )


@dataclass(frozen=True)
class BarScale:
    """The ends of the bars' scale: `low` ≤ 0 ≤ `high`."""

    low: float = 0.0
    high: float = 0.0

    def zero(self, room: QRect) -> int:
        """Return where in the room no change stands."""
        whole = self.high - self.low
        share = -self.low / whole if whole > 0 else 0.5
        return room.left() + round(share * (room.width() - 1))

    def bar(self, change: float, room: QRect) -> QRectF:
        """Return the bar of a change: to the right of zero what raises, to the left what lowers."""
        whole, zero = self.high - self.low, self.zero(room)
        length = (room.width() - 1) * abs(change) / whole if whole > 0 else 0.0
        left = zero if change >= 0 else zero - length
        return QRectF(left, room.top() + 6, length, room.height() - 12)

    def color(self, change: float, theme: Theme) -> QColor:
        """Return the colour of a change; the length tells its size, so that none is too pale."""
        limit = max(self.high, -self.low)
        strength = _PALEST + (1.0 - _PALEST) * (abs(change) / limit if limit > 0 else 0.0)
        return theme.signed_color(strength if change >= 0 else -strength)


def row_width(widget: QWidget) -> int:
    """Return the width of a row in a widget: room for a scroll bar is left whether or not it is."""
    return widget.width() - widget.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)


class RowPainter(QStyledItemDelegate):
    """Paints a row of the list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._list = parent
        self.theme: Theme = LIGHT
        self.scale = BarScale()
        self.hovered = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(120, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model = index.model()
        assert isinstance(model, ReplacementsModel)
        ranked, theme, row = model.state.ranked, self.theme, index.row()
        if ranked is None:
            return
        box = QRect(option.rect)
        box.setWidth(row_width(self._list))
        place, area = model.place(row), columns(box)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or row == self.hovered:
            painter.setBrush(theme.color("accent_soft" if selected else "inset"))
            painter.drawRoundedRect(QRectF(box), 5, 5)
        answer = int(ranked.answers[place])
        if answer != model.state.answer:
            painter.setBrush(theme.class_color(answer))
            painter.drawEllipse(area.dot)
        change = float(ranked.changes[place])
        bar = self.scale.bar(change, area.bar)
        if bar.width() >= 0.5:
            painter.setBrush(self.scale.color(change, theme))
            painter.drawRoundedRect(bar, 2, 2)
        line = QRectF(self.scale.zero(area.bar), area.bar.top() + 3, 1, area.bar.height() - 6)
        painter.fillRect(line, theme.color("faint"))
        draw_words(painter, area, model.word(row), float(ranked.probabilities[place]), theme)
        painter.restore()


def draw_words(
    painter: QPainter,
    area: Columns,
    word: str,
    chance: float,
    theme: Theme,
    weight: QFont.Weight = QFont.Weight.Normal,
) -> None:
    """Draw the word and the probability of a row."""
    letters = font(13, weight)
    painter.setFont(letters)
    painter.setPen(theme.color("text"))
    cut = QFontMetricsF(letters).elidedText(
        shown_word(word), Qt.TextElideMode.ElideMiddle, area.word.width()
    )
    # A word that runs from right to left begins where the others do.
    painter.drawText(area.word, Qt.AlignmentFlag.AlignLeft | _MIDDLE, cut)
    painter.setFont(font(12, mono=True))
    painter.drawText(area.number, _RIGHT, probability(chance, 3))


class RankedWordList(QListView):
    """Lists as many words as fit; Enter or a click chooses one. Without words it shows a text."""

    chosen = Signal(str)
    hinted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("replacements")
        self.setAccessibleName("Words to put in place of this one")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows = RowPainter(self)
        self.setItemDelegate(self.rows)
        self._message = ""
        self._pressed = -1  # the row in which the mouse went down

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self.rows.theme = theme
        self.viewport().update()

    def set_message(self, message: str) -> None:
        """Show a text where there is no word to list."""
        if message != self._message:
            self._message = message
            self.viewport().update()

    def choose_current(self) -> None:
        """Choose the current word, or the first."""
        if self.model().rowCount():
            self._choose(self.currentIndex().row() if self.currentIndex().isValid() else 0)

    def _choose(self, row: int) -> None:
        model = self.model()
        assert isinstance(model, ReplacementsModel)
        self.chosen.emit(model.word(row))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._message or self.model().rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setFont(font(13))
        painter.setPen(self.rows.theme.color("muted"))
        box = self.viewport().rect().adjusted(8, 8, -8, -8)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box, flags, self._message)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose_current()
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.hinted.emit(str(current.data(CellRole.HINT)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self.indexAt(event.position().toPoint()).row()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = -1  # the second click of two was meant for the list before the first

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row = self.indexAt(event.position().toPoint()).row()
        pressed, self._pressed = self._pressed, -1
        if event.button() == Qt.MouseButton.LeftButton and row == pressed >= 0:
            self._choose(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        self._hover(index.row())
        self.hinted.emit(str(index.data(CellRole.HINT) or ""))
        over = Qt.CursorShape.PointingHandCursor if index.isValid() else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(over)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)
        self.hinted.emit("")

    def _hover(self, row: int) -> None:
        if row != self.rows.hovered:
            self.rows.hovered = row
            self.viewport().update()


class PresentWord(QWidget):
    """The row above the list: headings, and the word as it is now, in the list's columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("present_word")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._theme = LIGHT
        self._word, self._chance, self._scale, self._heading = "", 0.0, BarScale(), ""

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.update()

    def show_word(self, word: str, chance: float, scale: BarScale, heading: str) -> None:
        """Show the present word, its probability, the ends of the bars' scale, a heading."""
        self._word, self._chance, self._scale, self._heading = word, chance, scale, heading
        self.setAccessibleName(f"{shown_word(word)} now: {probability(chance, 3)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 18 + ROW_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        width = row_width(self)
        heading = columns(QRect(0, 0, width, 16))
        painter.setFont(font(11))
        painter.setPen(theme.color("muted"))
        painter.drawText(heading.word, Qt.AlignmentFlag.AlignLeft | _MIDDLE, self._heading)
        painter.drawText(heading.number, _RIGHT, "then")
        digits = 2 if self._scale.high - self._scale.low >= 0.1 else 3
        # An end at which nothing changes is said by the line of the bars.
        if self._scale.low:
            low = signed(self._scale.low, digits)
            painter.drawText(heading.bar, Qt.AlignmentFlag.AlignLeft | _MIDDLE, low)
        if self._scale.high:
            painter.drawText(heading.bar, _RIGHT, signed(self._scale.high, digits))
        row = QRect(0, 18, width, ROW_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("inset"))
        painter.drawRoundedRect(QRectF(row), 5, 5)
        area = columns(row)
        draw_words(painter, area, self._word, self._chance, theme, QFont.Weight.DemiBold)
        painter.setFont(font(11))
        painter.setPen(theme.color("muted"))
        painter.drawText(area.bar, Qt.AlignmentFlag.AlignCenter, "now")
        painter.end()

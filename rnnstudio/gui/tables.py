"""The tables of the program: one look and one behaviour for lists of any length."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from rnnstudio.gui.plots.shaded_words import ShadedWords, draw_words
from rnnstudio.gui.theme import LIGHT, Theme, font

AnyIndex = QModelIndex | QPersistentModelIndex
# Text is elided at the cell's width; no cell is wide enough to show more than this.
_MOST_LETTERS = 600
_PADDING = 10
_BAR_WIDTH = 46


class CellRole(IntEnum):
    """What a model tells of a cell besides its text."""

    COLOR = Qt.ItemDataRole.UserRole + 1  # QColor of the text
    WEIGHT = Qt.ItemDataRole.UserRole + 2  # QFont.Weight
    SHARE = Qt.ItemDataRole.UserRole + 3  # 0 … 1, drawn as a bar before the text
    LINK = Qt.ItemDataRole.UserRole + 4  # True: the cell is a link
    HINT = Qt.ItemDataRole.UserRole + 5  # words for the status bar
    WORDS = Qt.ItemDataRole.UserRole + 6  # ShadedWords, drawn in place of the text


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: text in one line, a thin rule under it, perhaps a bar before it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.hovered_row = -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        theme = self.theme
        rect: QRect = option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, theme.color("accent_soft"))
        elif index.row() == self.hovered_row:
            painter.fillRect(rect, theme.color("inset"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("border"))
        box = inner_box(rect)
        shaded = index.data(CellRole.WORDS)
        if isinstance(shaded, ShadedWords):
            draw_words(painter, theme, box, shaded)
            return
        share = index.data(CellRole.SHARE)
        if share is not None:
            self._paint_bar(painter, box, float(share))
        weight = index.data(CellRole.WEIGHT) or QFont.Weight.Normal
        words = font(13, weight)
        color = index.data(CellRole.COLOR)
        if index.data(CellRole.LINK):
            color = theme.color("accent")
        painter.setFont(words)
        painter.setPen(color if isinstance(color, QColor) else theme.color("text"))
        alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
        flags = alignment if alignment is not None else Qt.AlignmentFlag.AlignLeft
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")[:_MOST_LETTERS]
        text = " ".join(text.split("\n"))
        shown = QFontMetrics(words).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, flags | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_bar(self, painter: QPainter, box: QRect, share: float) -> None:
        if box.width() < _BAR_WIDTH + 44:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRect(box.left(), box.center().y() - 3, _BAR_WIDTH, 7)
        painter.setBrush(self.theme.color("track"))
        painter.drawRoundedRect(track, 3, 3)
        if share == share:  # NaN has no length
            track.setWidth(max(round(_BAR_WIDTH * min(max(share, 0.0), 1.0)), 3))
            painter.setBrush(self.theme.color("accent"))
            painter.drawRoundedRect(track, 3, 3)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(60, row_height())


class DataTable(QTableView):
    """A table whose rows are all of one height, so that a million of them scroll smoothly."""

    opened = Signal(QModelIndex)  # Enter on a row, or a click on a link
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = CellDelegate(self)
        self.setItemDelegate(self.cells)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        vertical, horizontal = self.verticalHeader(), self.horizontalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(row_height())
        horizontal.setHighlightSections(False)
        horizontal.setSectionsClickable(False)  # True where headings sort
        horizontal.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        horizontal.setMinimumSectionSize(32)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if model is not None:
            # The heading asks whether its whole column is selected, row by row: seconds for a
            # million rows. With a selection of its own, which stays empty, it need not.
            self.horizontalHeader().setSelectionModel(QItemSelectionModel(model, self))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.cells.theme = theme
        self.viewport().update()

    def stretch(self, column: int) -> None:
        """Give the room that is left to one column."""
        self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        self._hover(index.row())
        self.hinted.emit(self.hint_at(index, event.position().x()))
        over_link = bool(index.data(CellRole.LINK))
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if over_link else Qt.CursorShape.ArrowCursor
        )

    def hint_at(self, index: QModelIndex, x: float) -> str:
        """Return what is under the mouse, at x in the viewport, in words."""
        return str(index.data(CellRole.HINT) or "")

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)
        self.hinted.emit("")

    def _hover(self, row: int) -> None:
        if row != self.cells.hovered_row:
            self.cells.hovered_row = row
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.data(CellRole.LINK):
            self.opened.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing:
            index = self.currentIndex()
            if index.isValid():
                self.opened.emit(index)
                return
        super().keyPressEvent(event)

    def model_rows(self) -> int:
        """How many rows are listed."""
        model: QAbstractItemModel | None = self.model()
        return model.rowCount() if model is not None else 0


def inner_box(cell: QRect) -> QRect:
    """Return the part of a cell that is written on."""
    return cell.adjusted(_PADDING, 0, -_PADDING, -1)


def row_height() -> int:
    """The height of a row in pixels."""
    return QFontMetrics(font(13)).height() + 16

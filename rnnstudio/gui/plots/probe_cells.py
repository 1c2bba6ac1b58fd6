"""Paints the cells of the table of probe sentences that are more than text."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from rnnstudio.gui.icons import icon
from rnnstudio.gui.models.probes import Column, ProbesModel
from rnnstudio.gui.plots.spark import paint_spark
from rnnstudio.gui.tables import AnyIndex, CellDelegate
from rnnstudio.gui.theme import font
from rnnstudio.session.resolve.probes import ProbeRow

_PADDING = 10
_BAR_HEIGHT = 9
_SIGN = 16
_PAINTED = (Column.BAR, Column.HISTORY, Column.TRUTH, Column.REMOVE)


class ProbeDelegate(CellDelegate):
    """Adds the confidence as a bar, its history as a small line, ✓ or ✗, and ×."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model, column = index.model(), Column(index.column())
        assert isinstance(model, ProbesModel)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        try:  # a painter that is not restored ends the process, whatever went wrong in between
            if column in _PAINTED:
                self.paint_ground(painter, rect, state, index)
                self._paint_cell(painter, rect.adjusted(_PADDING, 0, -_PADDING, -1), model, index)
            else:
                super().paint(painter, option, index)
            if state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QPen(self.theme.color("accent"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(rect.adjusted(0, 0, -1, -2))
        finally:
            painter.restore()

    def paint_ground(
        self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, index: AnyIndex
    ) -> None:
        """Paint what every cell of a row has: its ground and the rule under it."""
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self.theme.color("accent_soft"))
        elif index.row() == self.hovered_row:
            painter.fillRect(rect, self.theme.color("inset"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self.theme.color("border"))

    def _paint_cell(
        self, painter: QPainter, box: QRect, model: ProbesModel, index: AnyIndex
    ) -> None:
        row = model.row(index)
        match Column(index.column()):
            case Column.BAR if row.class_index is not None:
                self._paint_share(painter, box, self._color(row), row.confidence)
            case Column.HISTORY if row.class_index is not None:
                color = self._color(row)
                area = QRectF(box).adjusted(0, 7, -4, -7)
                paint_spark(painter, area, row.history, color)
            case Column.TRUTH:
                self._paint_truth(painter, box, row)
            case Column.REMOVE:
                sign = QRect(0, 0, _SIGN, _SIGN)
                sign.moveCenter(box.center())
                icon("close", self.theme).paint(painter, sign)

    def _paint_share(self, painter: QPainter, box: QRect, color: QColor, share: float) -> None:
        top = box.center().y() - _BAR_HEIGHT // 2
        bar = QRectF(box.left(), top, box.width(), _BAR_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("track"))
        painter.drawRoundedRect(bar, 3, 3)
        bar.setWidth(max(round(box.width() * share), 3))
        painter.setBrush(color)
        painter.drawRoundedRect(bar, 3, 3)

    def _color(self, row: ProbeRow) -> QColor:
        if row.tagged or row.class_index is None:
            return self.theme.color("accent")
        return self.theme.class_color(row.class_index)

    def _paint_truth(self, painter: QPainter, box: QRect, row: ProbeRow) -> None:
        if row.correct is not None:
            sign, role = ("✓", "success") if row.correct else ("✗", "error")
            painter.setFont(font(14, QFont.Weight.Bold))
            painter.setPen(self.theme.color(role))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, sign)
            box = box.adjusted(_SIGN + 4, 0, 0, 0)
        painter.setFont(font(12))
        painter.setPen(self.theme.color("muted"))
        text = row.truth or ("" if row.tagged else "set…")
        fitted = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, fitted)

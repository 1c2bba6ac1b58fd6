"""Which split is evaluated, how good the answers are in all, and for each class."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QItemSelectionModel, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.gui.controls import label
from rnnstudio.gui.models.per_class import (
    F1,
    HEADINGS,
    PRECISION,
    RECALL,
    SHORT_HEADINGS,
    SHORTEST_HEADINGS,
    ClassRole,
    PerClassModel,
)
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.split_switch import SplitSwitch
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.tables import AnyIndex, CellDelegate, DataTable, row_height
from rnnstudio.gui.theme import Theme
from rnnstudio.session.answers.judgement import Cells
from rnnstudio.session.resolve.per_class import Figure, PerClassState

_CLASS_WIDTH = 130  # pixels; with less the headings of the figures give way
_BAR_COLUMN = 116  # pixels that a figure needs with its bar
_LOOKS = (  # (headings, whether figures have bars), the first that there is room for
    (HEADINGS, True),
    (SHORT_HEADINGS, True),
    (HEADINGS, False),
    (SHORT_HEADINGS, False),
    (SHORTEST_HEADINGS, False),
)
_LOW = 360  # pixels; in a lower panel the figures stand in one line
_LOWER = 9  # pixels that a line of the averages is lower there
_CONTROL = Qt.KeyboardModifier.ControlModifier


class ClassDelegate(CellDelegate):
    """Draws a heavier rule above the averages and a ring around the line of the keyboard."""

    def __init__(self, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._view = parent

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().paint(painter, option, index)
        rect = option.rect
        if index.data(ClassRole.FIRST_AVERAGE):
            painter.fillRect(
                rect.left(), rect.top() - 1, rect.width(), 2, self.theme.color("faint")
            )
        if self._view.hasFocus() and index.row() == self._view.currentIndex().row():
            painter.setPen(QPen(self.theme.color("accent"), 1))
            painter.drawLine(rect.left(), rect.top() + 1, rect.right(), rect.top() + 1)
            painter.drawLine(rect.left(), rect.bottom() - 1, rect.right(), rect.bottom() - 1)

    def _paint_bar(self, painter: QPainter, box: QRect, share: float) -> None:
        # Beside its number, however wide the column is.
        box.setLeft(max(box.left(), box.right() - _BAR_COLUMN + 20))
        # Nothing is no bar, not even a short one.
        super()._paint_bar(painter, box, share or math.nan)


class ClassTable(DataTable):
    """As high as its rows, if there is room: two classes do not need half the page.

    What is selected follows the matrix: a click or Enter asks for it.
    """

    row_asked = Signal(int, bool)  # the line; whether it is added to what is selected

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: ClassDelegate = ClassDelegate(self)
        self.setItemDelegate(self.cells)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)

    def selectionCommand(
        self, index: AnyIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        return QItemSelectionModel.SelectionFlag.NoUpdate

    def show_selected(self, lines: list[int]) -> None:
        """Show which lines are selected."""
        selection, flags = self.selectionModel(), QItemSelectionModel.SelectionFlag
        if sorted(index.row() for index in selection.selectedRows()) == sorted(lines):
            return
        selection.clearSelection()
        for line in lines:
            selection.select(self.model().index(line, 0), flags.Select | flags.Rows)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self.row_asked.emit(index.row(), bool(event.modifiers() & _CONTROL))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and index.isValid():
            self.row_asked.emit(index.row(), bool(event.modifiers() & _CONTROL))
            return
        super().keyPressEvent(event)

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()  # the ring is around the whole line

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def model_rows(self) -> int:
        """How many rows are listed: the averages stand below, where they stay in sight."""
        model = self.model()
        return model.class_count if isinstance(model, PerClassModel) else 0

    def sizeHint(self) -> QSize:
        rows = max(self.model_rows(), 1)
        return QSize(420, self.horizontalHeader().sizeHint().height() + rows * row_height() + 2)

    def minimumSizeHint(self) -> QSize:
        rows = min(max(self.model_rows(), 1), 2)
        return QSize(260, self.horizontalHeader().sizeHint().height() + rows * row_height() + 2)

    def fit_columns(self) -> None:
        """Give the figures what their headings need, and bars where there is room for them."""
        model, header = self.model(), self.horizontalHeader()
        assert isinstance(model, PerClassModel)
        figures = range(1, len(HEADINGS))
        room = self.viewport().width() - _CLASS_WIDTH
        for model.headings, model.has_bars in _LOOKS:
            barred = (PRECISION, RECALL, F1) if model.has_bars else ()
            widths = [
                max(header.sectionSizeHint(column) + 4, _BAR_COLUMN if column in barred else 0)
                for column in figures
            ]
            if sum(widths) <= room:
                break
        for column, width in zip(figures, widths, strict=True):
            header.resizeSection(column, width)
        header.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()


class AverageTable(DataTable):
    """The averages of a table of classes, under its columns; they do not scroll with it."""

    def __init__(self, above: ClassTable) -> None:
        super().__init__()
        self._above = above
        self.cells: ClassDelegate = ClassDelegate(self)
        self.setItemDelegate(self.cells)
        self.setModel(above.model())
        self.setObjectName("averages")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        above.horizontalHeader().sectionResized.connect(self._on_resized)

    def part(self) -> None:
        """Leave the classes to the table above, and the averages to this one."""
        model = self.model()
        assert isinstance(model, PerClassModel)
        for line in range(model.rowCount()):
            is_average = line >= model.class_count
            for table, hidden in ((self._above, is_average), (self, not is_average)):
                if table.isRowHidden(line) != hidden:
                    table.setRowHidden(line, hidden)
        self.updateGeometry()

    def set_low(self, low: bool) -> None:
        """Take less room, or as much as the classes."""
        self.verticalHeader().setDefaultSectionSize(row_height() - (_LOWER if low else 0))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        model = self.model()
        assert isinstance(model, PerClassModel)
        rows = model.rowCount() - model.class_count
        return QSize(420, rows * self.verticalHeader().defaultSectionSize() + 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, self.sizeHint().height())

    def _on_resized(self, column: int, _before: int, width: int) -> None:
        self.setColumnWidth(column, width)


class FigureRow(QWidget):
    """A few figures with their names: below them, or beside them where the panel is low."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: dict[str, QLabel] = {}
        self._parts: list[tuple[QBoxLayout, QLabel, QLabel]] = []  # with its value and its name
        self._figures: tuple[Figure, ...] = ()
        self._low = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row.addStretch(1)

    def show_figures(self, figures: tuple[Figure, ...]) -> None:
        """Show other figures; the widgets stay where they are as many as before."""
        if figures == self._figures:
            return
        self._figures = figures
        while len(self._parts) < len(figures):
            self._add_part()
        self.values = {}
        for place, (_, value, name) in enumerate(self._parts):
            shown = place < len(figures)
            for one in (value, name):
                one.setVisible(shown)
            if shown:
                figure = figures[place]
                value.setText(figure.value)
                name.setText(figure.name)
                value.setObjectName(f"figure_{figure.name.replace(' ', '_')}")
                self.values[figure.name] = value
                for one in (value, name):
                    one.setToolTip(figure.meaning)

    def set_low(self, low: bool) -> None:
        """Stand in one line, or the names below the figures."""
        if low != self._low:
            self._low = low
            self._arrange()

    def _add_part(self) -> None:
        part = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        value, name = label("–", "figure", self), label("", "figure-name", self)
        part.addWidget(value)
        part.addWidget(name)
        self._row.insertLayout(len(self._parts), part)
        self._parts.append((part, value, name))
        self._arrange()

    def _arrange(self) -> None:
        direction = QBoxLayout.Direction
        self._row.setSpacing(16 if self._low else 26)
        for part, value, _ in self._parts:
            part.setDirection(direction.LeftToRight if self._low else direction.TopToBottom)
            part.setSpacing(5 if self._low else 0)
            value.setProperty("role", "value" if self._low else "figure")
            value.style().unpolish(value)
            value.style().polish(value)


class PerClassPanel(Panel):
    """The switch of splits, the figures over all, and the table of classes."""

    split_chosen = Signal(str)
    cells_selected = Signal(object)  # frozenset of (row, column) of the matrix

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Per class", parent=parent)
        self._state: PerClassState | None = None
        self.split = SplitSwitch()
        self.split.chosen.connect(self.split_chosen)
        self.header.addWidget(self.split)
        self.figure_row = FigureRow()
        self.body.addWidget(self.figure_row)
        self.model = PerClassModel(self)
        self.table = ClassTable()
        self.table.setObjectName("per_class")
        self.table.setModel(self.model)
        header = self.table.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.setSectionsClickable(True)
        self.table.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(self._on_sorted)
        self.table.stretch(0)
        self.table.hinted.connect(self.hinted)
        self.table.row_asked.connect(self._on_row_asked)
        self.message = words_instead()
        self.message.setMinimumHeight(80)
        self.averages = AverageTable(self.table)
        self.averages.hinted.connect(self.hinted)
        tables = QVBoxLayout()
        tables.setSpacing(0)
        tables.addWidget(self.table)
        tables.addWidget(self.averages)
        self.body.addLayout(tables)
        self.body.addWidget(self.message, 1)
        self.body.addStretch(0)

    @property
    def figures(self) -> dict[str, QLabel]:
        """What shows the figures over all, by their names."""
        return self.figure_row.values

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.model.theme = theme
        self.table.set_theme(theme)
        self.averages.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < _LOW
        self.figure_row.set_low(low)
        self.averages.set_low(low)

    def render(self, state: PerClassState) -> None:  # type: ignore[override]
        """Show the figures."""
        self._state = state
        self.split.choose(state.split.value)
        self.model.show(state)
        self.averages.part()
        self.table.setVisible(not state.is_empty)
        self.averages.setVisible(not state.is_empty)
        self.message.setVisible(state.is_empty)
        self.message.setText(state.message)
        self.figure_row.show_figures(state.figures)
        self.set_title(f"Per {state.kind}", state.subtitle)
        self.table.fit_columns()
        self._show_selected()
        self.table.updateGeometry()

    def _show_selected(self) -> None:
        if self._state is not None:
            lines = [self.model.row_of(row) for row in sorted(self._state.selected)]
            self.table.show_selected([line for line in lines if line >= 0])

    def _on_sorted(self) -> None:
        self.averages.part()
        self._show_selected()

    def _on_row_asked(self, line: int, adds: bool) -> None:
        """Select the row of the matrix, or take it back where it is selected."""
        state, row = self._state, self.model.line(line).row
        if state is None or row is None:
            return
        cells: Cells = frozenset((row, column) for column in range(state.columns))
        if adds:
            selected = row in state.selected
            self.cells_selected.emit(state.cells - cells if selected else state.cells | cells)
        else:
            self.cells_selected.emit(frozenset() if state.cells == cells else cells)

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None or self._state.is_empty:
            return None
        columns = range(len(HEADINGS))
        return [
            [self.model.heading(column) for column in columns],
            *(
                [self.model.text(line, column) for column in columns]
                for line in range(self.model.rowCount())
            ),
        ]

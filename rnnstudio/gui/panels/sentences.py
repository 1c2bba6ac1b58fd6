"""The table of sentences: filter, sort, edit in place, add and delete rows."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QStyleOptionViewItem,
    QWidget,
)

from rnnstudio.data.table import Split
from rnnstudio.engine.network import Task
from rnnstudio.gui.controls import button, label
from rnnstudio.gui.models.sentences import (
    EXCLUDED_ROLE,
    HEADINGS,
    LABEL,
    NUMBER,
    SENTENCE,
    SPLIT,
    SentencesModel,
)
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.tables import AnyIndex, CellDelegate, CellRole, DataTable, inner_box
from rnnstudio.gui.theme import Theme, font
from rnnstudio.session.resolve.data import SentencesState

# Copying more rows than this as text would stop the window.
_MOST_COPIED = 100_000
_TYPING_PAUSE = 60  # milliseconds; a filter that runs at every key of a fast typist lags behind


class SentenceCells(CellDelegate):
    """Cells of the table; those of excluded rows are struck out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().paint(painter, option, index)
        if not index.data(EXCLUDED_ROLE):
            return
        box = inner_box(option.rect)
        words = font(13, index.data(CellRole.WEIGHT) or QFont.Weight.Normal)
        # No cell is so wide that it shows more of a long text than this.
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")[:600]
        width = min(QFontMetrics(words).horizontalAdvance(text), box.width())
        painter.fillRect(box.left(), box.center().y() + 1, width, 1, self.theme.color("muted"))


class SentenceTable(DataTable):
    """The view; Ctrl+Delete asks for the selected rows to go, Ctrl+Enter opens the row."""

    delete_pressed = Signal()
    open_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        editing = self.state() == QAbstractItemView.State.EditingState
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and control and not editing:
            self.delete_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control and not editing:
            self.open_pressed.emit()
        else:
            super().keyPressEvent(event)


class SentencesPanel(Panel):
    """Rows of the table; what the user wants done with them goes out as signals."""

    row_selected = Signal(int)
    row_edited = Signal(int, str, str)  # row; "text", "label" or "split"; the new value
    row_added = Signal(str, str)  # sentence, label
    rows_deleted = Signal(tuple)  # rows
    rows_excluded = Signal(tuple, bool)  # rows; True: leave them out, False: take them in again
    row_opened = Signal(int)  # to be shown on the Unroll page

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Sentences", parent=parent)
        self._state: SentencesState | None = None
        self._rendering = False
        self._label_is_typed = False
        self.count = label("", "chip")
        self.count.setObjectName("sentence_count")
        self.filter = QLineEdit()
        self.filter.setObjectName("sentence_filter")
        self.filter.setPlaceholderText("filter")
        self.filter.setToolTip(
            "List the sentences whose text, label or split contains this;\n"
            "“excluded” lists those that are left out of training and evaluation"
        )
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(200)
        self.filter.setMinimumWidth(90)
        self.add_button = button("+ Add", "quiet", "Add a sentence with its label")
        self.add_button.setObjectName("add_row")
        self.add_button.setCheckable(True)
        self.header.addWidget(self.count)
        self.header.addWidget(self.filter)
        self.header.addWidget(self.add_button)

        self.model = SentencesModel(self)
        self.table = SentenceTable()
        self.table.cells = SentenceCells(self.table)
        self.table.setItemDelegate(self.table.cells)
        self.table.setObjectName("sentences")
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.horizontalHeader().setSortIndicator(NUMBER, Qt.SortOrder.AscendingOrder)
        self.table.horizontalHeader().setSectionsClickable(True)
        self.table.setSortingEnabled(True)
        self.table.stretch(SENTENCE)
        self.empty = words_instead()
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self._make_add_row())

        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE)
        self._indexing = QTimer(self)
        self._connect()

    def _make_add_row(self) -> QFrame:
        self.adding = QFrame()
        self.adding.setProperty("role", "inset")
        layout = QHBoxLayout(self.adding)
        layout.setContentsMargins(8, 8, 8, 8)
        self.new_sentence = QLineEdit()
        self.new_sentence.setObjectName("new_sentence")
        self.new_sentence.setPlaceholderText("a new sentence")
        self.new_label = QComboBox()
        self.new_label.setObjectName("new_label")
        self.new_label.setEditable(True)
        self.new_label.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.new_label.setMinimumWidth(90)
        self.new_label.setMaximumWidth(180)
        self.new_label.setToolTip("Its label: one that is there, or a new one")
        self._label_line = QLineEdit()
        self.new_label.setLineEdit(self._label_line)
        self._label_line.textEdited.connect(self._on_label_typed)
        self.new_label.activated.connect(self._on_label_chosen)
        self.add_now = button("Add", "primary", "Add this sentence to the data (Enter)")
        self.add_now.setObjectName("add_now")
        layout.addWidget(self.new_sentence, 1)
        layout.addWidget(self.new_label)
        layout.addWidget(self.add_now)
        self.adding.hide()
        return self.adding

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._on_filter_changed)
        self._typing.timeout.connect(self._apply_filter)
        self._indexing.timeout.connect(self._on_index_wanted)
        self.add_button.toggled.connect(self._on_add_toggled)
        self.add_now.clicked.connect(self._on_row_added)
        self.new_sentence.returnPressed.connect(self._on_row_added)
        self.model.edited.connect(self.row_edited)
        self.model.order_changed.connect(self._on_order_changed)
        self.table.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.table.opened.connect(self._on_enter)
        self.table.delete_pressed.connect(self._on_delete)
        self.table.open_pressed.connect(self._on_open)
        self.table.customContextMenuRequested.connect(self._on_menu_wanted)
        self.table.hinted.connect(self.hinted)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.model.theme = theme
        self.table.set_theme(theme)

    def render(self, state: SentencesState) -> None:  # type: ignore[override]
        """Show the rows; the line that is looked at stays where it is."""
        self._rendering = True
        previous, self._state = self._state, state
        kept = self.table.verticalScrollBar().value()
        self.model.show(state)
        other_data = previous is None or previous.table.origin != state.table.origin
        if other_data:
            kept = 0
            self._label_is_typed = False
        if other_data or previous is None or previous.labels != state.labels:
            self._render_labels(state)
        if previous is None or previous.table is not state.table:
            self._fit_columns()
            self.table.verticalScrollBar().setValue(kept)
        self._render_current()
        self._render_count()
        if not self.model.search.is_complete:
            self._indexing.start(0)
        self._rendering = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_columns()

    def _render_labels(self, state: SentencesState) -> None:
        text = self.new_label.currentText()
        self.new_label.clear()
        tagged = state.table.task is Task.LABEL
        self._label_line.setPlaceholderText("a tag for each word" if tagged else "")
        if tagged:
            return
        self.new_label.addItems(list(state.labels))
        if text in state.labels:
            self.new_label.setCurrentIndex(state.labels.index(text))
        elif self._label_is_typed:
            self.new_label.setCurrentText(text)
        self._label_line.setCursorPosition(0)  # a long label shows its beginning

    def _fit_columns(self) -> None:
        """Give labels and splits what they need, up to a limit; sentences get the rest."""
        if self._state is None:
            return
        metrics = self.table.fontMetrics()
        labels = max(
            (metrics.horizontalAdvance(name[:40]) for name in self._state.labels), default=0
        )
        header = self.table.horizontalHeader()
        number = metrics.horizontalAdvance(f"{self.model.total:,}")
        header.resizeSection(NUMBER, max(number + 18, 42))
        wide = max(self.table.viewport().width() * 2 // 5, 140)
        label_width = wide if self.model.has_tags else min(max(labels + 26, 66), 140)
        header.resizeSection(LABEL, label_width)
        header.resizeSection(SPLIT, header.sectionSizeHint(SPLIT) + 4)

    def _render_current(self) -> None:
        """Mark the selected row without saying so, unless it is marked already."""
        selected = self._state.selected if self._state is not None else None
        line = self.model.line_of(selected) if selected is not None else -1
        current = self.table.currentIndex()
        if line < 0:
            self.table.clearSelection()
            self.table.setCurrentIndex(QModelIndex())
        elif current.row() != line or not self.table.selectionModel().hasSelection():
            column = current.column() if current.isValid() else SENTENCE
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            flags |= QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self.model.index(line, column), flags)

    def _render_count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        words = f"{total:,}" if shown == total else f"{shown:,} of {total:,}"
        left_out = self.model.excluded
        self.count.setText(f"{words} · {left_out:,} excluded" if left_out else words)
        self.count.setToolTip(
            "Excluded sentences are neither learned from nor evaluated." if left_out else ""
        )
        self.table.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        if not shown:
            self.empty.setText(
                f"No sentence contains “{self.filter.text()}”."
                if total
                else "No sentences yet. Open a file, or add a sentence with its label."
            )

    # ---- what the user does ----

    def _on_filter_changed(self) -> None:
        self._typing.start()

    def _apply_filter(self) -> None:
        self._typing.stop()
        self.model.set_filter(self.filter.text().strip())

    def _on_index_wanted(self) -> None:
        self.model.search.advance()
        if self.model.search.is_complete:
            self._indexing.stop()

    def _on_order_changed(self) -> None:
        if not self._rendering:
            self._rendering = True
            self._render_current()
            self._render_count()
            self._rendering = False

    def _on_current_changed(self, current: QModelIndex) -> None:
        if not self._rendering and current.isValid():
            self.row_selected.emit(self.model.row_of(current.row()))

    def _on_enter(self, index: QModelIndex) -> None:
        column = LABEL if index.column() == LABEL else SENTENCE
        self.table.edit(self.model.index(index.row(), column))

    def selected_rows(self) -> tuple[int, ...]:
        """The table's rows that are selected, in the order of the screen."""
        ranges = self.table.selectionModel().selection().toList()
        spans = sorted((span.top(), span.bottom()) for span in ranges)
        return tuple(row for first, last in spans for row in self.model.rows_of(first, last))

    def _on_delete(self) -> None:
        rows = self.selected_rows()
        if rows:
            self.rows_deleted.emit(rows)

    def _on_open(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.row_opened.emit(self.model.row_of(index.row()))

    def _on_add_toggled(self, wanted: bool) -> None:
        self.adding.setVisible(wanted)
        if wanted:
            self.new_sentence.setFocus()

    def _on_label_typed(self) -> None:
        self._label_is_typed = True

    def _on_label_chosen(self) -> None:
        self._label_is_typed = False
        self._label_line.setCursorPosition(0)

    def _on_row_added(self) -> None:
        sentence, name = self.new_sentence.text().strip(), self.new_label.currentText().strip()
        if not sentence:
            self.new_sentence.setFocus()
        elif not name:
            self.new_label.setFocus()
        else:
            self.new_sentence.setText("")  # unlike clear(), nothing for the line's own undo
            self.row_added.emit(sentence, name)

    def _on_menu_wanted(self, point: QPoint) -> None:
        index = self.table.indexAt(point)
        if index.isValid():
            menu = self.row_menu(index)
            menu.exec(self.table.viewport().mapToGlobal(point))
            menu.deleteLater()

    def row_menu(self, index: QModelIndex) -> QMenu:
        """The menu of a row: open, edit, move to another split, exclude, delete."""
        menu = QMenu(self)
        menu.addAction("Open in Unroll", self._on_open)
        menu.addSeparator()
        for column in (SENTENCE, LABEL):
            tags = column == LABEL and self.model.has_tags
            edit = menu.addAction(f"Edit {'tags' if tags else HEADINGS[column]}")
            edit.setData(column)
            edit.triggered.connect(self._on_edit_wanted)
        splits = menu.addMenu("Move to split")
        for split in Split:
            move = splits.addAction(split.value)
            move.setCheckable(True)
            move.setChecked(self.model.text(index.row(), SPLIT) == split.value)
            move.setData(split.value)
            move.triggered.connect(self._on_move_wanted)
        menu.addSeparator()
        self._add_excluding(menu)
        rows = len(self.selected_rows())
        words = "Delete" if rows < 2 else f"Delete {rows:,} sentences"
        keys = QKeySequence("Ctrl+Del").toString(QKeySequence.SequenceFormat.NativeText)
        menu.addAction(f"{words}\t{keys}", self._on_delete)
        return menu

    def _add_excluding(self, menu: QMenu) -> None:
        """Offer to leave the selected rows out, or to take in again those that are."""
        rows = self.selected_rows()
        assert self._state is not None
        table = self._state.table.rows
        out = tuple(row for row in rows if table[row].excluded)
        inside = tuple(row for row in rows if not table[row].excluded)
        for chosen, excluded, words in (
            (inside, True, "Exclude from training and evaluation"),
            (out, False, "Take in again"),
        ):
            if chosen:
                count = "" if len(chosen) == 1 else f" ({len(chosen):,} sentences)"
                action = menu.addAction(f"{words}{count}")
                action.triggered.connect(partial(self.rows_excluded.emit, chosen, excluded))

    def _on_edit_wanted(self) -> None:
        column = int(self.sender().data())  # type: ignore[attr-defined]
        self.table.edit(self.model.index(self.table.currentIndex().row(), column))

    def _on_move_wanted(self) -> None:
        split = str(self.sender().data())  # type: ignore[attr-defined]
        row = self.model.row_of(self.table.currentIndex().row())
        self.row_edited.emit(row, "split", split)

    def table_rows(self) -> list[list[str]] | None:
        lines = range(min(self.model.rowCount(), _MOST_COPIED))
        columns = range(len(HEADINGS))
        return [
            list(HEADINGS),
            *([self.model.text(line, column) for column in columns] for line in lines),
        ]

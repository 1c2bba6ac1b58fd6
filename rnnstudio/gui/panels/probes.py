"""Sentences of the user whose predictions are followed while the network learns."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QWidget,
)

from rnnstudio.gui.controls import button, label
from rnnstudio.gui.models.probes import Column, ProbesModel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.probe_cells import ProbeDelegate
from rnnstudio.gui.tables import DataTable
from rnnstudio.gui.theme import Theme
from rnnstudio.gui.throttle import Throttle
from rnnstudio.session.resolve.probes import ProbesState

_WIDTHS = {
    Column.SAYS: 92,
    Column.BAR: 72,
    Column.CONFIDENCE: 90,
    Column.HISTORY: 88,
    Column.TRUTH: 102,
    Column.OPEN: 74,
    Column.REMOVE: 34,
}
_MILLISECONDS = 370
_LINE_WIDTH, _LINE_HEIGHT = 280, 28


class ProbesPanel(Panel):
    """The table of probe sentences, with a line above it to add one."""

    probe_added = Signal(str)
    probe_removed = Signal(int)
    probe_edited = Signal(int, str)
    probe_opened = Signal(int)
    probe_truth_changed = Signal(int, object)  # the row, the label or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Probe sentences", "predictions while it learns", parent)
        self.setObjectName("probes_panel")
        self._state: ProbesState | None = None
        self._throttle = Throttle(self._show, _MILLISECONDS, self)

        self.model = ProbesModel(self)
        self.model.edited.connect(self.probe_edited)
        self.table = DataTable()
        self.table.setObjectName("probes")
        self.table.cells = ProbeDelegate(self.table)
        self.table.setItemDelegate(self.table.cells)
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.table.horizontalHeader()
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width)
        self.table.stretch(Column.SENTENCE)
        self.table.opened.connect(self._on_opened)
        self.table.hinted.connect(self.hinted)
        remove = QShortcut(QKeySequence("Ctrl+Del"), self.table)
        remove.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        remove.activated.connect(self._on_remove_shortcut)

        empty = label(
            "Type a sentence above: its prediction is followed while the network learns.",
            "subtitle",
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self.table)
        self.body.addWidget(self._stack, 1)

        self.line = QLineEdit()
        self.line.setObjectName("new_probe")
        self.line.setAccessibleName("A new probe sentence")
        self.line.setFixedSize(_LINE_WIDTH, _LINE_HEIGHT)
        self.line.returnPressed.connect(self._on_add)
        self.add_button = button(
            "+ add", "link", "Follow this sentence while the network learns (Enter)"
        )
        self.add_button.setObjectName("add_probe")
        self.add_button.clicked.connect(self._on_add)
        self.header.addWidget(self.line)
        self.header.addWidget(self.add_button)

    def render(self, state: ProbesState) -> None:  # type: ignore[override]
        """Show the probes; new numbers of the same sentences no more often than can be seen."""
        if self._state is not None and _sentences(state) == _sentences(self._state):
            self._throttle.soon(state)
        else:
            self._throttle.now(state)

    def _show(self, state: ProbesState) -> None:
        self._state = state
        self.model.set_state(state)
        self._stack.setCurrentIndex(1 if state.rows else 0)
        # Disabled, the focused one would hand the focus, and what is typed next, to a stranger.
        if state.full and self.add_button.hasFocus():
            self.line.setFocus()
        self.line.setReadOnly(state.full)
        self.add_button.setEnabled(not state.full)
        number = {8: "Eight"}.get(state.limit, str(state.limit))
        full = f"{number} sentences are followed: remove one first"
        self.line.setPlaceholderText(full if state.full else "Type a sentence to follow")
        self.line.setToolTip(full if state.full else "")

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.table.set_theme(theme)
        self.model.set_theme(theme)

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None or not self._state.rows:
            return None
        return [
            ["sentence", "says", "confidence", "truth"],
            *(
                [
                    row.sentence,
                    row.says,
                    f"{row.confidence:.6g}" if row.says else "",
                    row.truth or "",
                ]
                for row in self._state.rows
            ),
        ]

    def truth_menu(self, row: int) -> QMenu:
        """Return the menu that sets the truth of a probe."""
        assert self._state is not None
        probe = self._state.rows[row]
        menu = QMenu(self)
        choices: list[tuple[str, str | None]] = [(name, name) for name in self._state.labels]
        for text, value in [
            *choices,
            ("not known" if not probe.truth_given else "as in the data", None),
        ]:
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(value == probe.truth)
            action.setData((row, value))
            menu.addAction(action)
        menu.triggered.connect(self._on_truth_chosen)
        return menu

    def _on_add(self) -> None:
        sentence = self.line.text().strip()
        if sentence and not self.line.isReadOnly():
            self.line.setText("")  # unlike clear(), nothing for the line's own undo
            self.probe_added.emit(sentence)

    def _on_opened(self, index: QModelIndex) -> None:
        match Column(index.column()):
            case Column.OPEN:
                self.probe_opened.emit(index.row())
            case Column.REMOVE:
                self.probe_removed.emit(index.row())
            case Column.TRUTH:
                corner = self.table.visualRect(index).bottomLeft()
                self.truth_menu(index.row()).popup(self.table.viewport().mapToGlobal(corner))
            case _:
                self.table.edit(index.siblingAtColumn(Column.SENTENCE))

    def _on_remove_shortcut(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.probe_removed.emit(index.row())

    def _on_truth_chosen(self, action: QAction) -> None:
        row, value = action.data()
        self.probe_truth_changed.emit(row, value)


def _sentences(state: ProbesState) -> list[tuple[str, str | None]]:
    return [(row.sentence, row.truth) for row in state.rows]

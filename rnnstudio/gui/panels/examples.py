"""The sentences behind the selected cells, each with a way to the Unroll page."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from rnnstudio.gui.controls import SegmentedControl
from rnnstudio.gui.models.examples import (
    CONFIDENCE,
    HEADINGS,
    LINK,
    OPEN,
    OPEN_SHORT,
    SAYS,
    SENTENCE,
    TRUTH,
    ExamplesModel,
)
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.tables import DataTable
from rnnstudio.gui.theme import Theme, font
from rnnstudio.gui.throttle import Throttle
from rnnstudio.session.resolve.evaluate import ExamplesState

MOST_SURE, LEAST_SURE = "most_sure", "least_sure"
_MOST_COPIED = 100_000
_WIDTH_FOR_LINK = 600  # pixels; with less the sentence needs the room

# A list that changes while the network learns is read no faster, and costs 30 ms to paint.
_MILLISECONDS = 1000


class ExamplesPanel(Panel):
    """Sentence, truth, what the network says and how sure it is."""

    example_opened = Signal(int, object)  # the table's row; the step of a word, None for a sentence

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("All errors", parent=parent)
        self._state: ExamplesState | None = None
        self._listed = ""  # the title of what is listed
        self._throttle = Throttle(self._show, _MILLISECONDS, self)
        self.order = SegmentedControl(
            (
                (MOST_SURE, "most sure first", "The network's most confident answers first"),
                (LEAST_SURE, "least sure first", "The answers that were a close thing first"),
            )
        )
        self.order.chosen.connect(self._on_order_chosen)
        self.header.addWidget(self.order)
        self.model = ExamplesModel(self)
        self.table = DataTable()
        self.table.setObjectName("examples")
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setMinimumHeight(120)
        self.table.stretch(SENTENCE)
        self.table.opened.connect(self._on_opened)
        self.table.doubleClicked.connect(self._on_opened)
        self.table.hinted.connect(self.hinted)
        self.message = words_instead()
        self.message.setObjectName("examples_message")
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.message, 1)
        self.setMinimumHeight(200)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.model.theme = theme
        self.table.set_theme(theme)

    def render(self, state: ExamplesState) -> None:  # type: ignore[override]
        """List the sentences; the current one survives a new evaluation."""
        previous, self._state = self._state, state
        self.set_title(
            state.title if len(state.title) <= 60 else f"{state.title[:59]}…", state.count
        )
        self.title.setToolTip(state.title)
        self.order.setVisible(not state.message)
        self.table.setVisible(not state.message)
        self.message.setVisible(bool(state.message))
        self.message.setText(state.message)
        same_list = previous is not None and previous.title == state.title
        list_it = self._throttle.soon if same_list and state.live else self._throttle.now
        list_it(state)

    def _show(self, state: ExamplesState) -> None:
        keep_place = state.title == self._listed
        self._listed = state.title
        self._list(state, keep_place)

    def _list(self, state: ExamplesState, keep_place: bool) -> None:
        current = self.table.currentIndex()
        row = self.model.table_row(current.row()) if current.isValid() and keep_place else -1
        step = self.model.step(current.row()) if row >= 0 else None
        scrolled = self.table.verticalScrollBar().value() if keep_place else 0
        self.model.show(state.table, state.chosen, self.order.key == MOST_SURE)
        self._fit_columns(state)
        line = self.model.line_of(row, step) if row >= 0 else -1
        if line >= 0:
            self.table.setCurrentIndex(self.model.index(line, SENTENCE))
        self.table.verticalScrollBar().setValue(scrolled)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._state is not None:
            self._fit_columns(self._state)

    def _fit_columns(self, state: ExamplesState) -> None:
        if state.chosen is None:
            return
        self.model.link = OPEN if self.width() >= _WIDTH_FOR_LINK else OPEN_SHORT
        words = QFontMetrics(font(13, QFont.Weight.DemiBold))
        labels = (words.horizontalAdvance(name[:40]) for name in state.chosen.evaluation.labels)
        width = min(max(max(labels, default=0) + 26, 66), 116)
        header = self.table.horizontalHeader()
        header.resizeSection(TRUTH, width)
        header.resizeSection(SAYS, width)
        header.resizeSection(CONFIDENCE, 112)
        link = QFontMetrics(font(13)).horizontalAdvance(self.model.link)
        header.resizeSection(LINK, link + 24)

    def _on_order_chosen(self) -> None:
        if self._state is not None:
            self._list(self._state, keep_place=False)

    def _on_opened(self, index: QModelIndex) -> None:
        line = index.row()
        self.example_opened.emit(self.model.table_row(line), self.model.step(line))

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None or self._state.chosen is None:
            return None
        lines = range(min(self.model.rowCount(), _MOST_COPIED))
        columns = (SENTENCE, TRUTH, SAYS, CONFIDENCE)
        return [
            [HEADINGS[column] for column in columns],
            *([self.model.text(line, column) for column in columns] for line in lines),
        ]

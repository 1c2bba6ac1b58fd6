"""The sentences behind the selected cells, each with its reasons and a way to the Unroll page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QWidget,
)

from rnnstudio.gui.controls import button
from rnnstudio.gui.menu_button import Choice, MenuButton, Section
from rnnstudio.gui.models.example_texts import headings, texts
from rnnstudio.gui.models.examples import (
    CONFIDENCE,
    LENGTH,
    MARGIN,
    OPEN,
    SENTENCE,
    ExamplesModel,
)
from rnnstudio.gui.panels.example_columns import fit_columns
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.shade_key import ShadeKey
from rnnstudio.gui.plots.shaded_words import word_at
from rnnstudio.gui.plots.strip_words import METHOD_WORDS
from rnnstudio.gui.tables import DataTable, inner_box
from rnnstudio.gui.theme import Theme
from rnnstudio.gui.throttle import Throttle
from rnnstudio.session.answers.judging import ExampleOrder
from rnnstudio.session.resolve.examples import ExamplesState

ORDERS = {
    ExampleOrder.MOST_SURE: ("most sure first", "The network's most confident answers first"),
    ExampleOrder.LEAST_SURE: ("least sure first", "The least confident answers first"),
    ExampleOrder.CLOSEST: ("closest first", "The second class was nearly as probable"),
    ExampleOrder.LONGEST: ("longest first", "The sentences with most words first"),
    ExampleOrder.SHORTEST: ("shortest first", "The sentences with fewest words first"),
    ExampleOrder.DATA: ("in the data's order", "As the sentences stand on the Data page"),
}
# What a click on a heading sorts by; a second click by the other one.
_BY_HEADING = {
    SENTENCE: (ExampleOrder.DATA, ExampleOrder.DATA),
    CONFIDENCE: (ExampleOrder.MOST_SURE, ExampleOrder.LEAST_SURE),
    MARGIN: (ExampleOrder.CLOSEST, ExampleOrder.CLOSEST),
    LENGTH: (ExampleOrder.LONGEST, ExampleOrder.SHORTEST),
}
_ASCENDING = {
    ExampleOrder.LEAST_SURE, ExampleOrder.CLOSEST, ExampleOrder.SHORTEST, ExampleOrder.DATA,
}  # fmt: skip
_MOST_COPIED = 100_000
_LONGEST_TITLE = 60
# A list that changes while the network learns is read no faster, and costs 30 ms to paint.
_MILLISECONDS = 1000
_TYPING_PAUSE = 80  # milliseconds; a search that runs at every key of a fast typist lags behind
_SCROLLING_PAUSE = 60  # what only flies past is not explained


_Subject = tuple[object, ...]


@dataclass(frozen=True)
class _Place:
    """Where one is in the list of a subject: in a line, at a (row, step), and how far down."""

    subject: _Subject
    line: int
    place: tuple[int, int]
    scrolled: int


class ExamplesTable(DataTable):
    """The list; under the mouse each word says what it did. Ctrl+C copies the selected lines."""

    copy_pressed = Signal()

    def hint_at(self, index: QModelIndex, x: float) -> str:
        model = self.model()
        if isinstance(model, ExamplesModel) and index.isValid() and index.column() == SENTENCE:
            word = word_at(model.words(index.row()), inner_box(self.visualRect(index)), x)
            if word is not None and (said := model.word_hint(index.row(), word)):
                return said
        return super().hint_at(index, x)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        else:
            super().keyPressEvent(event)


class ExamplesPanel(Panel):
    """Sentence, truth, what the network says, how sure it is and which words made it say so."""

    example_opened = Signal(int, object)  # the table's row; the step, None where there is none
    judging_changed = Signal(object)  # fields of `Judging` with their new values
    relabelled = Signal(int, object, str)  # the table's row; the word's step or None; the label
    excluded = Signal(tuple, bool)  # rows of the table
    rows_seen = Signal(tuple)  # (row, step) of each line that is seen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("All errors", parent=parent)
        self._state: ExamplesState | None = None
        self._listed: ExamplesState | None = None
        self._throttle = Throttle(self._show, _MILLISECONDS, self)
        self.order = MenuButton("Order", "Which sentences come first")
        self.order.setObjectName("example_order")
        self.order.show_choices(
            [Section("", tuple(Choice(order, *words) for order, words in ORDERS.items()))]
        )
        self.header.addWidget(self.order)
        self.body.addLayout(self._make_tools())
        self.model = ExamplesModel(self)
        self.table = ExamplesTable()
        self.table.setObjectName("examples")
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.setMinimumHeight(100)
        self.table.stretch(SENTENCE)
        heading = self.table.horizontalHeader()
        heading.setSectionsClickable(True)
        heading.setSortIndicatorShown(True)
        self.message = words_instead()
        self.message.setObjectName("examples_message")
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.message, 1)
        self.setMinimumHeight(200)
        self._place: _Place | None = None
        self._seen: tuple[tuple[int, int], ...] = ()
        self._entering = False  # Enter was pressed, and the list follows
        self._typing = _pause(self, _TYPING_PAUSE)
        self._scrolling = _pause(self, _SCROLLING_PAUSE)
        self._connect()

    def _make_tools(self) -> QHBoxLayout:
        self.search = QLineEdit()
        self.search.setObjectName("example_search")
        self.search.setPlaceholderText("search these sentences")
        self.search.setToolTip("List only sentences that contain this (Enter goes to the list)")
        self.search.setAccessibleName("Search these sentences")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(240)
        self.outcome = MenuButton("Which of both is right", "List what one of both gets right")
        self.outcome.setObjectName("example_outcome")
        self.sure = button("", "", "List answers of any confidence again")
        self.sure.setObjectName("example_sure")
        self.key = ShadeKey()
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.search, 2)
        tools.addWidget(self.outcome)
        tools.addWidget(self.sure)
        tools.addWidget(self.key, 3)
        return tools

    def _connect(self) -> None:
        self.order.chosen.connect(self._on_order_chosen)
        self.outcome.chosen.connect(self._on_outcome_chosen)
        self.sure.clicked.connect(self._on_sure_cleared)
        self.search.textEdited.connect(self._on_search_edited)
        self.search.returnPressed.connect(self._on_search_entered)
        self._typing.timeout.connect(self._apply_search)
        self._scrolling.timeout.connect(self._say_seen)
        self.table.opened.connect(self._on_opened)
        self.table.doubleClicked.connect(self._on_opened)
        self.table.hinted.connect(self.hinted)
        self.table.copy_pressed.connect(self._on_copy)
        self.table.customContextMenuRequested.connect(self._on_menu_wanted)
        self.table.horizontalHeader().sectionClicked.connect(self._on_heading_clicked)
        self.table.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.model.theme = theme
        self.table.set_theme(theme)
        self.key.set_theme(theme)

    # ---- what is shown ----

    def render(self, state: ExamplesState) -> None:  # type: ignore[override]
        """List the sentences; the current one survives a new evaluation."""
        previous, self._state = self._state, state
        self.order.show_chosen(ORDERS[state.order][0], state.order)
        self._render_outcome(state)
        if not self._typing.isActive() and self.search.text().strip() != state.search.strip():
            self.search.setText(state.search)
            self._typing.stop()
        same_list = previous is not None and _subject(previous) == _subject(state)
        list_it = self._throttle.soon if same_list and state.live else self._throttle.now
        list_it(state)

    def _render_outcome(self, state: ExamplesState) -> None:
        # The words first: what appears is laid out with the room that they take.
        if state.outcomes:
            words = dict(state.outcomes)
            choices = tuple(Choice(key, text) for key, text in state.outcomes)
            self.outcome.show_choices([Section("", choices)])
            self.outcome.show_chosen(words[state.outcome], state.outcome)
        self.outcome.setVisible(bool(state.outcomes))
        self.sure.setText(f"{state.sure} ✕")
        self.sure.setVisible(bool(state.sure))

    def _show(self, state: ExamplesState) -> None:
        """Show the list and all that is said of it, which are always of one state."""
        self._show_words(state)
        previous, self._listed = self._listed, state
        if previous is not None and previous.listing is state.listing and state.listing is not None:
            self.model.show(state)
            return
        was = self._was_at(previous, _subject(state))
        self.model.show(state)
        self._fit_columns(state)
        self._render_sorting(state)
        if was is not None and was.line >= 0:
            found = self.model.line_of(*was.place)
            if found < 0 and not state.live:
                # The sentence was corrected and left the list: the next one is in its place.
                found = min(was.line, self.model.rowCount() - 1)
            if found >= 0:
                self.table.setCurrentIndex(self.model.index(found, SENTENCE))
        self.table.verticalScrollBar().setValue(was.scrolled if was is not None else 0)
        self._scrolling.start()
        if self._entering:
            self._enter_list()

    def _was_at(self, previous: ExamplesState | None, subject: _Subject) -> _Place | None:
        """Return where one was in the list of a subject, also if another was shown between."""
        now = None
        if previous is not None and previous.listing is not None:
            line = self.table.currentIndex().row()
            place = self.model.place(line) if line >= 0 else (-1, 0)
            scrolled = self.table.verticalScrollBar().value()
            now = _Place(_subject(previous), line, place, scrolled)
            if line >= 0:
                self._place = now
        return next((one for one in (self._place, now) if one and one.subject == subject), None)

    def _show_words(self, state: ExamplesState) -> None:
        title, listing = state.title, state.listing
        short = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
        self.set_title(short, state.count)
        self.title.setToolTip(title)
        for widget in (self.order, self.search, self.key):
            widget.setVisible(listing is not None)
        if listing is not None:
            methods = {one.method for one in state.found.by_place.values()} if state.found else ()
            self.key.explain(
                state.scale,
                " or ".join(METHOD_WORDS[method] for method in sorted(methods)),
                flags=not listing.labels_words,
                entities=listing.judgement.by_entity,
            )
        self.table.setVisible(not state.message)
        self.message.setVisible(bool(state.message))
        self.message.setText(state.message)

    def _render_sorting(self, state: ExamplesState) -> None:
        column = next(column for column, both in _BY_HEADING.items() if state.order in both)
        ascending = state.order in _ASCENDING
        order = Qt.SortOrder.AscendingOrder if ascending else Qt.SortOrder.DescendingOrder
        self.table.horizontalHeader().setSortIndicator(column, order)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._listed is not None:
            self._fit_columns(self._listed)
        self._scrolling.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._scrolling.start()

    def _fit_columns(self, state: ExamplesState) -> None:
        if state.listing is not None:
            fit_columns(self.table, self.model, state.listing.judgement, self.width())

    # ---- what the user does ----

    def _on_order_chosen(self, order: object) -> None:
        self.judging_changed.emit({"example_order": order})

    def _on_sure_cleared(self) -> None:
        self.judging_changed.emit({"sure": None})

    def _on_outcome_chosen(self, outcome: object) -> None:
        self.judging_changed.emit({"outcome": outcome})

    def _on_heading_clicked(self, column: int) -> None:
        if self._state is None:
            return
        if column in _BY_HEADING:
            first, second = _BY_HEADING[column]
            order = second if self._state.order is first else first
            self.judging_changed.emit({"example_order": order})
        self._render_sorting(self._state)  # Qt has turned the sign already

    def _on_search_edited(self) -> None:
        self._entering = False
        self._typing.start()

    def _apply_search(self) -> None:
        self._typing.stop()
        words = self._words_sought()
        if self._state is not None and words != self._state.search:
            self.judging_changed.emit({"search": words})

    def _words_sought(self) -> str:
        return self.search.text().strip()

    def _on_search_entered(self) -> None:
        self._entering = self._state is not None and self._state.search != self._words_sought()
        if self._entering:
            self._apply_search()  # the list follows
        else:
            self._enter_list()

    def _enter_list(self) -> None:
        """Go on with the keyboard in the list, if there is one."""
        self._entering = False
        if self.model.rowCount():
            self.table.setFocus()
            if not self.table.currentIndex().isValid():
                self.table.setCurrentIndex(self.model.index(0, SENTENCE))

    def _on_scrolled(self) -> None:
        self._scrolling.start()

    def _say_seen(self) -> None:
        """Tell which lines are seen, once they rest."""
        self._scrolling.stop()
        count = self.model.rowCount()
        if not count or not self.table.isVisible():
            return
        first = max(self.table.rowAt(0), 0)
        last = self.table.rowAt(self.table.viewport().height() - 1)
        last = count - 1 if last < 0 else last
        seen = tuple(self.model.place(line) for line in range(first, last + 1))
        if seen != self._seen:
            self._seen = seen
            self.rows_seen.emit(seen)

    def _on_opened(self, index: QModelIndex) -> None:
        line = index.row()
        self.example_opened.emit(self.model.table_row(line), self.model.step(line))

    def selected_lines(self) -> list[int]:
        """The lines that are selected, from the top down."""
        return sorted(index.row() for index in self.table.selectionModel().selectedRows())

    def _on_menu_wanted(self, point: QPoint) -> None:
        index = self.table.indexAt(point)
        if not index.isValid():  # by the keyboard
            index = self.table.currentIndex()
            rect: QRect = self.table.visualRect(index)
            point = rect.center()
        if index.isValid():
            menu = self.row_menu(index)
            menu.exec(self.table.viewport().mapToGlobal(point))
            menu.deleteLater()

    def row_menu(self, index: QModelIndex) -> QMenu:
        """The menu of a line: open, correct its truth, leave it out, copy."""
        menu, line = QMenu(self), index.row()
        menu.setToolTipsVisible(True)
        menu.addAction(OPEN, partial(self._on_opened, index))
        menu.addSeparator()
        lines = self.selected_lines()
        lines = lines if line in lines else [line]
        if len(lines) == 1:
            for step in self.model.steps(line):
                self._add_labels(menu, line, step)
        rows = tuple(dict.fromkeys(self.model.table_row(one) for one in lines))
        words = "Exclude this sentence" if len(rows) == 1 else f"Exclude {len(rows):,} sentences"
        exclude = menu.addAction(words, partial(self.excluded.emit, rows, True))
        exclude.setToolTip("It stays in the data, but is neither trained on nor evaluated")
        menu.addSeparator()
        keys = QKeySequence("Ctrl+C").toString(QKeySequence.SequenceFormat.NativeText)
        menu.addAction(f"Copy\t{keys}", partial(self._copy, lines))
        return menu

    def _add_labels(self, menu: QMenu, line: int, step: int | None) -> None:
        """Offer the labels that the truth of a sentence, or of a word, can be."""
        assert self._state is not None
        what = "Relabel as"
        if step is not None:
            what = f"Relabel “{self.model.word_of_step(line, step)[:30]}” as"
        labels = menu.addMenu(what.replace("&", "&&"))
        row = self.model.table_row(line)
        truth, said = self.model.own_labels(line, step)
        names = [name for name in self._state.labels if name != truth]
        if said in names:
            names.remove(said)
            shown = f"{said}, as the network says".replace("&", "&&")
            labels.addAction(shown, partial(self.relabelled.emit, row, step, said))
            labels.addSeparator()
        for name in names:
            shown = name.replace("&", "&&")
            labels.addAction(shown, partial(self.relabelled.emit, row, step, name))

    def _on_copy(self) -> None:
        self._copy(self.selected_lines())

    def _copy(self, lines: list[int]) -> None:
        rows = texts(self.model, lines[:_MOST_COPIED]) if lines else []
        if rows:
            QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows))

    def table_rows(self) -> list[list[str]] | None:
        if self._listed is None or self._listed.listing is None:
            return None
        lines = range(min(self.model.rowCount(), _MOST_COPIED))
        return [headings(self.model), *texts(self.model, lines)]


def _subject(state: ExamplesState) -> _Subject:
    """What a list is of: where that stays the same, so does the place in it."""
    about: _Subject = ()
    if state.listing is not None:
        judgement = state.listing.judgement
        about = (judgement.evaluation.split, judgement.noun, judgement.against, judgement.labels)
    return state.title, state.order, state.search, state.outcome, state.says, state.words, *about


def _pause(panel: QWidget, milliseconds: int) -> QTimer:
    timer = QTimer(panel)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    return timer

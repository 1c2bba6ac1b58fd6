"""The confusion matrix with what it measures, and buttons that select in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from rnnstudio.gui.controls import ElidedLabel, SegmentedControl, button, label
from rnnstudio.gui.panels.matrix_bar import MatrixBar
from rnnstudio.gui.panels.matrix_errors import MOST, ErrorList, ErrorMenu
from rnnstudio.gui.panels.matrix_hint import HintLine
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.confusion_matrix import ConfusionMatrix
from rnnstudio.gui.plots.matrix_table import shown_measure
from rnnstudio.gui.theme import Theme
from rnnstudio.session.answers.judgement import right_cells, wrong_cells
from rnnstudio.session.answers.judging import Against, Judging, Measure
from rnnstudio.session.resolve.confusion import ConfusionState
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.matrix_words import all_in_words

# Under this height the matrix needs all the room.
_HEIGHT_FOR_WORDS = 640
_HEIGHT_FOR_MORE = 740
_FEW_WORDS = 3
_WIDE = 700  # pixels: room for the long names of the measures
_MANY = 8  # classes: among fewer there is nothing to zoom at

_MEASURES = {
    Measure.COUNTS: ("counts", "counts", "How many there are"),
    Measure.OF_TRUTH: ("% of truth", "% truth", "Of those that truly are: truths sum to 100"),
    Measure.OF_PREDICTED: (
        "% of predicted",
        "% pred.",
        "Of those that were called so: predictions sum to 100",
    ),
    Measure.MASS: (
        "mass",
        "mass",
        "Probability mass: each answer is dealt out by its probabilities, not to the largest alone",
    ),
}
_NOT_IN_DIFFERENCE = "Two networks call different numbers so: there is no share of them"
_NO_MASS = "There is no probability mass here"
_HELP = (
    "Click a cell or a name to see its sentences · Ctrl adds another · "
    "drag a name to reorder · right-click names to group or hide them",
    "Click cells or names · drag names to reorder · right-click them to group or hide",
    "Click cells or names · drag or right-click names",
    "Click cells, right-click names",
)
_MANY_ERRORS = 36  # classes: from here on a longer list of errors helps more than large cells
_TITLES = {False: ("Confusion matrix", "Matrix"), True: ("Difference", "Difference")}
_LOW = 500  # pixels: here the rows of many classes need every pixel


class ConfusionPanel(Panel):
    """The matrix; a click in it asks for the sentences of a cell."""

    cells_selected = Signal(frozenset)  # of (row, column) places in Judgement.table
    judging_changed = Signal(object)  # fields of Judging with their new values
    report_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Confusion matrix", parent=parent)
        self._state: ConfusionState | None = None
        self.measure = SegmentedControl(
            [(key.value, words, tooltip) for key, (words, _, tooltip) in _MEASURES.items()]
        )
        self.measure.chosen.connect(self._on_measure_chosen)
        self.header.addWidget(self.measure)
        self.bar = MatrixBar()
        self.bar.judging_changed.connect(self.judging_changed)
        self.note = label("", "warning")
        self.note.setObjectName("confusion_note")
        self.matrix = ConfusionMatrix()
        self.matrix.setObjectName("confusion_matrix")
        self.matrix.cells_selected.connect(self.cells_selected)
        self.matrix.judging_changed.connect(self.judging_changed)
        self.matrix.zoom_changed.connect(self._render_zoom)
        self.matrix.hinted.connect(self._on_hinted)
        self.bar.zoom_in_requested.connect(self.matrix.zoom_in)
        self.bar.zoom_out_requested.connect(self.matrix.zoom_out)
        self.bar.zoom_reset_requested.connect(self.matrix.zoom_as_at_first)
        self.words = ErrorList()
        self.words.cell_requested.connect(self._on_error_chosen)
        self.errors, self.no_errors = self.words.links, self.words.none
        self.body.addWidget(self.bar)
        self.body.addWidget(self.note)
        self.body.addWidget(self._make_left_out())
        self.body.addWidget(self.matrix, 1)
        self.body.addWidget(self.words)
        self.body.addLayout(self._make_footer())

    def _make_left_out(self) -> QWidget:
        """The line about classes that are hidden or counted as one, and about thresholds."""
        self.left_out = QWidget()
        layout = QHBoxLayout(self.left_out)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self.hidden_words, self.group_words = label("", "muted"), label("", "muted")
        self.show_all = button("Show all", "link", "Draw every class again")
        self.show_all.setObjectName("show_all_classes")
        self.show_all.clicked.connect(self._on_show_all)
        self.ungroup = button("Ungroup", "link", "Count every class on its own again")
        self.ungroup.setObjectName("ungroup_classes")
        self.ungroup.clicked.connect(self._on_ungroup)
        self.deciding_words = ElidedLabel("muted")
        self.reset_deciding = button("Reset", "link", "Answer everything, and with what leads")
        self.reset_deciding.setObjectName("reset_deciding")
        self.reset_deciding.clicked.connect(self._on_reset_deciding)
        for part in (
            self.hidden_words,
            self.show_all,
            self.group_words,
            self.ungroup,
            self.deciding_words,
            self.reset_deciding,
        ):
            layout.addWidget(part)
        layout.addStretch(1)
        return self.left_out

    def _make_footer(self) -> QHBoxLayout:
        footer = QHBoxLayout()
        footer.setSpacing(6)
        self.help = HintLine()
        self.help.set_wordings(_HELP)
        self.top_errors = ErrorMenu()
        self.top_errors.cell_requested.connect(self._on_error_chosen)
        self.correct = button("Correct", "segment", "Select every right answer: the diagonal")
        self.wrong = button("Wrong", "segment", "Select every error: all beside the diagonal")
        self.clear = button("Clear", "segment", "Select nothing: all errors are listed")
        self.report = button("Report…", "quiet", "Save a page with these figures as HTML")
        self.report.setObjectName("report")
        self.report.clicked.connect(self.report_requested)
        footer.addWidget(self.help, 1)
        footer.addWidget(self.top_errors)
        chooses = QHBoxLayout()
        chooses.setSpacing(0)
        for name, choice, place, slot in (
            ("select_correct", self.correct, "first", self._on_correct),
            ("select_wrong", self.wrong, "middle", self._on_wrong),
            ("select_clear", self.clear, "last", self._on_clear),
        ):
            choice.setObjectName(name)
            choice.setProperty("place", place)
            choice.clicked.connect(slot)
            chooses.addWidget(choice)
        footer.addLayout(chooses)
        footer.addWidget(self.report)
        return footer

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.matrix.set_theme(theme)

    def render(self, state: ConfusionState) -> None:  # type: ignore[override]
        """Show the matrix and the cells selected in it."""
        self._state = state
        judgement, judging = state.judgement, state.judging
        self.note.setText(state.note)
        self.note.setVisible(bool(state.note) and judgement is not None)
        self.bar.render(state)
        self.matrix.render_state(judgement, judging, state.cells, state.message)
        for choice in (self.measure, self.correct, self.wrong, self.report):
            choice.setEnabled(judgement is not None)
        self.clear.setEnabled(bool(state.cells))
        self._render_title()
        self._render_measure(state)
        self._render_left_out(state)
        self._render_words()
        self._render_zoom()
        self._render_help()

    def _render_title(self) -> None:
        """The title, in a short form where the words beside it need its room."""
        judgement = self._state.judgement if self._state is not None else None
        is_difference = judgement is not None and judgement.is_difference
        title, short = _TITLES[is_difference]
        if self._state is not None:
            self.set_subtitle(_subtitle(self._state))
        metrics, room = self.title.fontMetrics(), self.title.width() + self.subtitle.width()
        words = self.subtitle.sizeHint().width()
        fits = metrics.horizontalAdvance(title) + words <= room
        self.title.setText(title if fits else short)

    def _render_measure(self, state: ConfusionState) -> None:
        judgement = state.judgement
        measure = state.judging.measure
        if judgement is not None:
            measure = shown_measure(judgement, measure)
            for key, why in (
                (Measure.OF_PREDICTED, _NOT_IN_DIFFERENCE if judgement.is_difference else ""),
                (Measure.MASS, "" if judgement.has_mass else _NO_MASS),
            ):
                choice = self.measure.button(key.value)
                choice.setEnabled(not why)
                choice.setToolTip(why or _MEASURES[key][2])
        self.measure.choose(measure.value)

    def _render_left_out(self, state: ConfusionState) -> None:
        groups = state.judging.groups if state.judgement is not None else ()
        hidden = state.hidden
        for count, noun, words, link in (
            (len(hidden), "class", self.hidden_words, self.show_all),
            (len(groups), "group", self.group_words, self.ungroup),
        ):
            words.setVisible(bool(count))
            link.setVisible(bool(count))
            if noun == "class":
                name = f"“{hidden[0]}”" if count == 1 else counted(count, noun, "classes")
                words.setText(f"{name} hidden, but counted ·")
                words.setToolTip(", ".join(hidden))
            else:
                words.setText(f"{counted(count, noun)} of classes counted as one ·")
                words.setToolTip("\n".join(group.name for group in groups))
        deciding = state.deciding
        self.deciding_words.set_words(f"{deciding} ·" if deciding else "")
        self.deciding_words.setVisible(bool(deciding))
        self.reset_deciding.setVisible(bool(deciding))
        self.left_out.setVisible(bool(hidden or groups or deciding))

    def _render_words(self) -> None:
        state = self._state
        found = state.in_words if state is not None else ()
        # Neither zoom nor selection decides, so that the cells stay where they are.
        many = len(self.matrix.class_names) >= _MANY_ERRORS
        number = MOST if many and self.height() >= _HEIGHT_FOR_MORE else _FEW_WORDS
        self.words.show_errors(found, number, _heading(state))
        self.top_errors.show_errors(found, _heading(state))
        has_room = self.height() >= _HEIGHT_FOR_WORDS
        there = state is not None and state.judgement is not None
        self.words.setVisible(has_room and there)
        self.top_errors.setVisible(there and (not has_room or len(found) > number))

    def _render_zoom(self) -> None:
        matrix = self.matrix
        classes = len(matrix.class_names)
        needed = matrix.zoom != 1.0 or (classes > _MANY and matrix.layout_of_cells is not None)
        self.bar.show_zoom(matrix.zoom, matrix.zooms.least, matrix.zooms.most, needed)

    def _render_help(self) -> None:
        judgement = self._state.judgement if self._state is not None else None
        words: tuple[str, ...] = _HELP if judgement is not None else ("",)
        if judgement is not None and judgement.is_difference:
            words = (
                f"Blue: this network is better there · orange: {judgement.rival} is",
                "Blue: this network is better there · orange: the other is",
                "Blue: this network is better",
            )
        self.help.set_wordings(words)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._render_title()  # its neighbours have other widths now
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        self.body.setSpacing(4 if self.height() < _LOW else 8)
        for key, (long, short, _) in _MEASURES.items():
            self.measure.button(key.value).setText(long if wide else short)
        self._render_title()
        self._render_words()

    def _on_hinted(self, words: str) -> None:
        self.hinted.emit(words)
        if words:
            self.help.set_wordings((words,))
        else:
            self._render_help()

    def _on_measure_chosen(self, key: str) -> None:
        self.judging_changed.emit({"measure": Measure(key)})

    def _on_error_chosen(self, cell: tuple[int, int]) -> None:
        self.matrix.show_cell(cell)
        self.cells_selected.emit(frozenset({cell}))

    def _on_show_all(self) -> None:
        # "O" is not drawn for another reason than the classes that were hidden by hand.
        self.judging_changed.emit({"hidden": frozenset(), "outside": True})

    def _on_ungroup(self) -> None:
        self.judging_changed.emit({"groups": ()})

    def _on_reset_deciding(self) -> None:
        plain = Judging()
        self.judging_changed.emit({"threshold": plain.threshold, "abstain": plain.abstain})

    def _on_correct(self) -> None:
        self._select(diagonal=True)

    def _on_wrong(self) -> None:
        self._select(diagonal=False)

    def _on_clear(self) -> None:
        self.cells_selected.emit(frozenset())

    def _select(self, diagonal: bool) -> None:
        if self._state is not None and self._state.judgement is not None:
            judgement = self._state.judgement
            self.cells_selected.emit((right_cells if diagonal else wrong_cells)(judgement))

    def table_rows(self) -> list[list[str]] | None:
        table = self.matrix.table
        if table is None:
            return None
        if table.measure is Measure.COUNTS:
            numbers = [[str(count) for count in row] for row in table.counts.tolist()]
        else:
            numbers = [
                ["" if value != value else f"{value:.6g}" for value in row]
                for row in table.values.tolist()
            ]
        return [
            [f"{table.rows.title} \\ {table.columns.title}", *table.columns.names],
            *([name, *row] for name, row in zip(table.rows.names, numbers, strict=True)),
        ]


def _subtitle(state: ConfusionState) -> str:
    judgement, judging = state.judgement, state.judging
    if judgement is None:
        return ""
    parts = []  # the end is cut first
    if judgement.against is Against.OTHER:
        parts.append(f"answers of {judgement.rival}")
    elif judgement.is_difference:
        parts.append(f"{judgement.rival} less this one")
    parts.append(all_in_words(judgement, state.split.value))
    if judging.epoch is not None:
        parts.append(f"after epoch {state.epoch}" if state.epoch else "before training")
    if state.words is not None:
        parts.append(f"after {counted(state.words, 'word')}")
    return " · ".join(parts)


def _heading(state: ConfusionState | None) -> str:
    """What the most frequent errors are called."""
    judgement = state.judgement if state is not None else None
    if judgement is not None and judgement.is_difference:
        return "Largest differences"
    if judgement is not None and judgement.between:
        return "Most frequent disagreements"
    return "Most frequent errors"

"""The confusion matrix with what it measures, and buttons that select in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rnnstudio.gui.controls import SegmentedControl, button, label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.confusion_matrix import ConfusionMatrix
from rnnstudio.gui.plots.matrix_painting import Measure
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.evaluate import ConfusionState, noun_of

# Under this height the matrix needs all the room.
_HEIGHT_FOR_WORDS = 640
_WIDTH_FOR_HELP = 560


class ConfusionPanel(Panel):
    """The matrix; a click in it asks for the sentences of a cell."""

    cells_selected = Signal(frozenset)  # of (truth, predicted)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Confusion matrix", parent=parent)
        self._state: ConfusionState | None = None
        self.measure = SegmentedControl(
            (
                (Measure.COUNTS.value, "counts", "How many sentences"),
                (
                    Measure.OF_TRUTH.value,
                    "% of truth",
                    "Of those that truly are: rows sum to 100",
                ),
                (
                    Measure.OF_PREDICTED.value,
                    "% of predicted",
                    "Of those that were called so: columns sum to 100",
                ),
            )
        )
        self.measure.chosen.connect(self._on_measure_chosen)
        self.header.addWidget(self.measure)

        self.note = label("", "warning")
        self.note.setObjectName("confusion_note")
        self.matrix = ConfusionMatrix()
        self.matrix.setObjectName("confusion_matrix")
        self.matrix.cells_selected.connect(self.cells_selected)
        self.matrix.hinted.connect(self.hinted)
        self.body.addWidget(self.note)
        self.body.addWidget(self.matrix, 1)
        self.body.addWidget(self._make_words())
        self.body.addLayout(self._make_footer())

    def _make_words(self) -> QWidget:
        self.words = QWidget()
        layout = QVBoxLayout(self.words)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(2)
        layout.addWidget(label("Most frequent errors", "heading"))
        self.errors = [button("", "link", "Show these sentences") for _ in range(3)]
        for place, link in enumerate(self.errors):
            link.setObjectName(f"error_{place}")
            link.clicked.connect(self._on_error_clicked)
            layout.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.no_errors = label("There are none.", "muted")
        layout.addWidget(self.no_errors)
        return self.words

    def _make_footer(self) -> QHBoxLayout:
        footer = QHBoxLayout()
        footer.setSpacing(6)
        self.help = label("Click a cell to see its sentences · Ctrl adds cells", "muted")
        self.correct = button("Correct", "", "Select every right answer: the diagonal")
        self.wrong = button("Wrong", "", "Select every error: all beside the diagonal")
        self.clear = button("Clear", "quiet", "Select nothing: all errors are listed")
        footer.addWidget(self.help)
        footer.addStretch(1)
        for name, choice, slot in (
            ("select_correct", self.correct, self._on_correct),
            ("select_wrong", self.wrong, self._on_wrong),
            ("select_clear", self.clear, self._on_clear),
        ):
            choice.setObjectName(name)
            choice.clicked.connect(slot)
            footer.addWidget(choice)
        return footer

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.matrix.set_theme(theme)

    def render(self, state: ConfusionState) -> None:  # type: ignore[override]
        """Show the matrix and the cells selected in it."""
        self._state = state
        self.note.setText(state.note)
        self.note.setVisible(bool(state.note) and state.evaluation is not None)
        self.matrix.render_state(
            state.evaluation, Measure(self.measure.key), state.cells, state.message
        )
        for choice in (self.measure, self.correct, self.wrong):
            choice.setEnabled(state.evaluation is not None)
        self.clear.setEnabled(bool(state.cells))
        subtitle = ""
        if state.evaluation is not None:
            noun = f"{state.split.value} {noun_of(state.evaluation)}"
            subtitle = counted(len(state.evaluation.rows), noun)
        self.set_title("Confusion matrix", subtitle)
        self._render_words()

    def _render_words(self) -> None:
        state = self._state
        found = state.in_words if state is not None else ()
        for place, link in enumerate(self.errors):
            link.setVisible(place < len(found))
            if place < len(found):
                sentence = found[place][1]
                # Labels of 40 letters twice in a sentence: the panel is not to grow with them.
                link.setText(sentence if len(sentence) <= 90 else f"{sentence[:89]}…")
        self.no_errors.setVisible(not found)
        has_room = self.height() >= _HEIGHT_FOR_WORDS
        self.words.setVisible(has_room and state is not None and state.evaluation is not None)
        self.help.setVisible(self.width() >= _WIDTH_FOR_HELP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._render_words()

    def _on_measure_chosen(self) -> None:
        if self._state is not None:
            self.render(self._state)

    def _on_error_clicked(self) -> None:
        link = self.sender()
        place = next(place for place, other in enumerate(self.errors) if other is link)
        if self._state is not None and place < len(self._state.in_words):
            self.cells_selected.emit(frozenset({self._state.in_words[place][0]}))

    def _on_correct(self) -> None:
        self._select(diagonal=True)

    def _on_wrong(self) -> None:
        self._select(diagonal=False)

    def _on_clear(self) -> None:
        self.cells_selected.emit(frozenset())

    def _select(self, diagonal: bool) -> None:
        if self._state is not None and self._state.evaluation is not None:
            size = range(len(self._state.evaluation.labels))
            cells = frozenset((t, p) for t in size for p in size if (t == p) == diagonal)
            self.cells_selected.emit(cells)

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None or self._state.evaluation is None:
            return None
        evaluation = self._state.evaluation
        return [
            ["truth \\ predicted", *evaluation.labels],
            *(
                [name, *map(str, counts)]
                for name, counts in zip(
                    evaluation.labels, evaluation.confusion.tolist(), strict=True
                )
            ),
        ]

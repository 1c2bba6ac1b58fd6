"""The inspector: takes the selected unit apart, or the prediction where none is selected."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from rnnstudio.engine.explain import Explanation
from rnnstudio.gui.controls import ElidedLabel, label, tool_button
from rnnstudio.gui.formula import FormulaView
from rnnstudio.gui.icons import icon
from rnnstudio.gui.panels.inspector_words import formula_of, output_lines, state_lines, term_bars
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.lettering import abbreviations, indexed
from rnnstudio.gui.plots.number_lines import NumberLines
from rnnstudio.gui.plots.term_bars import TermBars
from rnnstudio.gui.plots.unit_history import History, UnitHistory
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.unroll import LEADING_CLASSES, InspectorState, Reading


class InspectorPanel(Panel):
    """Shows one number: its equation, the numbers in it, its terms by size, its course."""

    unit_requested = Signal(int, int)  # unit from 0, step: a term was followed
    unit_cleared = Signal()  # back to the prediction
    step_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Inspector", parent=parent)
        self.setObjectName("inspector")
        self._state: InspectorState | None = None
        self._labels: tuple[str, ...] = ()
        self._class: int | None = None  # the class that was clicked; None: the likeliest
        self.chip = label("", "chip")
        self.chip.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.subtitle.hide()
        self.clear_button = tool_button("", "Look at the prediction instead of a unit")
        self.clear_button.setObjectName("clear_unit")
        self.clear_button.setIconSize(QSize(12, 12))
        self.header.setSpacing(0)
        self.header.addWidget(self.chip)
        self.header.addWidget(self.clear_button)

        self.formula = FormulaView(alignment=Qt.AlignmentFlag.AlignHCenter)
        self.numbers = NumberLines()
        self.terms_heading = ElidedLabel("heading")
        self.classes = _ClassButtons()
        self.terms = TermBars()
        self.history_heading = ElidedLabel("heading")
        self.history = UnitHistory()
        self.hint = label("Click a unit to see what made it.", "muted")
        self.message = words_instead("The numbers behind a unit or a prediction appear here.")

        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        column.addWidget(self.formula)
        column.addWidget(self.classes)
        column.addWidget(self.numbers)
        column.addSpacing(4)
        column.addWidget(self.terms_heading)
        column.addWidget(self.terms, 4)
        column.addSpacing(4)
        column.addWidget(self.history_heading)
        column.addWidget(self.history, 1)
        column.addWidget(self.hint)
        column.addStretch(0)
        self._content = content
        self._stack = QStackedLayout()
        self._stack.addWidget(content)
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)

        self.clear_button.clicked.connect(self.unit_cleared)
        self.classes.class_chosen.connect(self._on_class_chosen)
        self.terms.unit_requested.connect(self._on_term_followed)
        self.terms.hinted.connect(self.hinted)
        self.history.step_requested.connect(self.step_requested)
        self.history.hinted.connect(self.hinted)

    def render(self, state: InspectorState) -> None:  # type: ignore[override]
        """Show a unit, a prediction, or words."""
        self._state = state
        reading = state.reading
        self._stack.setCurrentWidget(self.message if reading is None else self._content)
        self.chip.setVisible(reading is not None)
        self.clear_button.setVisible(state.unit is not None)
        self.classes.setVisible(reading is not None and state.unit is None)
        self.hint.setVisible(state.unit is None)
        if reading is None:
            return
        if reading.labels != self._labels:
            self._labels, self._class = reading.labels, None
        if state.unit is None:
            self._render_output(reading, state)
        else:
            self._render_unit(reading, state.explanations[0])

    def _render_unit(self, reading: Reading, explanation: Explanation) -> None:
        step, unit = explanation.step, explanation.unit
        self.chip.setText(f"{indexed('s', step)} · unit {unit + 1}")
        self.formula.set_formula(formula_of(reading, "s"))
        self.numbers.set_lines(state_lines(reading, explanation))
        self.terms_heading.set_words("What made this unit")
        self.terms.set_terms(term_bars(reading, explanation), explanation.total)
        self.history_heading.set_words("This unit over the sentence")
        course = History(
            reading.trace.s[:, unit],
            reading.words,
            f"unit {unit + 1}",
            reading.state_low,
            reading.state_high,
        )
        self.history.set_history(course, step)

    def _render_output(self, reading: Reading, state: InspectorState) -> None:
        leading = [explanation.unit for explanation in state.explanations]
        explanation = state.explanations[0]
        if self._class in leading:
            explanation = state.explanations[leading.index(self._class)]
        index = explanation.unit
        y = indexed("ŷ", state.step)
        self.chip.setText(f"{y} · prediction")
        self.formula.set_formula(formula_of(reading, "y"))
        self.classes.show_classes(reading.labels, sorted(leading), index)
        self.numbers.set_lines(output_lines(reading, explanation))
        self.terms_heading.set_words(
            f"What made {indexed('z', state.step)} of “{reading.labels[index]}”"
        )
        self.terms.set_terms(term_bars(reading, explanation), explanation.total)
        self.history_heading.set_words(f"“{reading.labels[index]}” over the sentence")
        course = History(
            reading.trace.y[:, index],
            reading.words,
            f"ŷ of “{reading.labels[index]}”",
            0.0,
            1.0,
            self.theme.class_color(index),
        )
        self.history.set_history(course, state.step)

    def _on_class_chosen(self, index: int) -> None:
        self._class = index
        if self._state is not None:
            self.render(self._state)

    def _on_term_followed(self, unit: int) -> None:
        if self._state is not None:
            # A unit is made from the state before, a prediction from the state of its own step.
            back = 0 if self._state.unit is None else 1
            self.unit_requested.emit(unit, self._state.step - back)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for part in (self.formula, self.numbers, self.terms, self.history):
            part.set_theme(theme)
        self.clear_button.setIcon(icon("close", theme))
        if self._state is not None:
            self.render(self._state)

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None or self._state.reading is None:
            return None
        bars = self.terms.shown()
        return [
            ["term", "of", "value"],
            *([bar.symbol, bar.detail, repr(bar.value)] for bar in bars),
        ]


class _ClassButtons(QWidget):
    """One button a leading class; the pressed one is taken apart."""

    class_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._indices: list[int] = []
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for place in range(LEADING_CLASSES):
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setObjectName(f"class_{place}")
            self._group.addButton(button, place)
            layout.addWidget(button)
        layout.addStretch(1)
        self._group.idClicked.connect(self._on_clicked)

    def show_classes(self, labels: tuple[str, ...], indices: list[int], chosen: int) -> None:
        """Show the classes `indices` with `chosen` pressed."""
        self._indices = indices
        short = labels if len(indices) <= 2 else abbreviations(labels)
        for place, button in enumerate(self._group.buttons()):
            shown = place < len(indices)
            button.setVisible(shown)
            if shown:
                index = indices[place]
                button.setText(short[index])
                button.setToolTip(f"What made the score of “{labels[index]}”")
                button.setChecked(index == chosen)
                last = len(indices) - 1
                ends = {0: "first", last: "last"} if last else {0: "only"}
                self._set_place(button, ends.get(place, "middle"))

    @staticmethod
    def _set_place(button: QAbstractButton, place: str) -> None:
        if button.property("place") != place:
            button.setProperty("place", place)
            button.style().unpolish(button)
            button.style().polish(button)

    def _on_clicked(self, place: int) -> None:
        self.class_chosen.emit(self._indices[place])

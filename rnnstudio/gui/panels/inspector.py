"""The inspector: takes the selected unit apart, or the prediction where none is selected."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
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

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.explain import Explanation
from rnnstudio.engine.notation import QUANTITIES
from rnnstudio.gui.controls import ElidedLabel, label, tool_button
from rnnstudio.gui.formula import FormulaView
from rnnstudio.gui.icons import icon
from rnnstudio.gui.panels.inspector_words import (
    formula_of,
    output_lines,
    quantity_words,
    state_lines,
    term_bars,
)
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.lettering import abbreviations, indexed
from rnnstudio.gui.plots.number_lines import NumberLines
from rnnstudio.gui.plots.term_bars import TermBar, TermBars
from rnnstudio.gui.plots.unit_history import History, UnitHistory
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.unroll import (
    LEADING_CLASSES,
    UNIT_QUANTITIES,
    InspectorState,
    Reading,
)


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
        self._explanation: Explanation | None = None
        self._shown_classes: list[int] = []
        self._quantity = "s"  # which number of the unit is taken apart
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
        self.classes = _Choice(LEADING_CLASSES, "class")
        most = max(map(len, UNIT_QUANTITIES.values()))
        self.quantities = _Choice(most, "quantity")
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
        column.addWidget(self.quantities)
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
        self.classes.chosen.connect(self._on_class_chosen)
        self.quantities.chosen.connect(self._on_quantity_chosen)
        self.terms.term_followed.connect(self._on_term_followed)
        self.terms.hinted.connect(self.hinted)
        self.history.step_requested.connect(self.step_requested)
        self.history.hinted.connect(self.hinted)

    def render(self, state: InspectorState) -> None:  # type: ignore[override]
        """Show a unit, a prediction, or words."""
        self._state = state
        reading = state.reading
        self._stack.setCurrentWidget(self.message if reading is None else self._content)
        self.message.setText(
            state.message or "The numbers behind a unit or a prediction appear here."
        )
        self.chip.setVisible(reading is not None)
        self.clear_button.setVisible(state.unit is not None)
        self.classes.setVisible(reading is not None and state.unit is None)
        several = reading is not None and len(reading.unit_quantities()) > 1
        self.quantities.setVisible(several and state.unit is not None)
        self.hint.setVisible(state.unit is None)
        self._explanation = None
        if reading is None:
            return
        if reading.labels != self._labels:
            self._labels, self._class = reading.labels, None
        if state.unit is None:
            self._render_output(reading, state)
        else:
            self._render_unit(reading, state, state.unit)

    def _render_unit(self, reading: Reading, state: InspectorState, unit: int) -> None:
        step, names = state.step, reading.unit_quantities()
        if self._quantity not in names:
            self._quantity = "s"
        name = self._quantity
        self._explanation = explanation = state.explanation(name)
        self.chip.setText(f"{indexed(name, step)} · unit {unit + 1}")
        self.formula.set_formula(formula_of(reading, name))
        self.formula.setToolTip(quantity_words(reading, name))
        if len(names) > 1:
            words = [quantity_words(reading, one) for one in names]
            self.quantities.show_choices(
                [indexed(one, step) for one in names], words, names.index(name)
            )
        self.numbers.set_lines(state_lines(reading, explanation))
        self.terms_heading.set_words(
            "What made this unit" if name == "s" else f"What made {indexed(name, step)} here"
        )
        self.terms.set_terms(term_bars(reading, explanation), explanation.total)
        self.history_heading.set_words("This unit over the sentence")
        values = reading.trace.layer()[name]
        low, high = (reading.state_low, reading.state_high) if name == "s" else _range(values)
        letter = f"unit {unit + 1}" if name == "s" else f"{name} of unit {unit + 1}"
        course = History(values[:, unit], reading.words, letter, low, high)
        self.history.set_history(course, step)

    def _render_output(self, reading: Reading, state: InspectorState) -> None:
        leading = [explanation.unit for explanation in state.explanations]
        explanation = state.explanations[0]
        if self._class in leading:
            explanation = state.explanations[leading.index(self._class)]
        self._explanation = explanation
        index = explanation.unit
        y = indexed("ŷ", state.step)
        self.chip.setText(f"{y} · prediction")
        formula = formula_of(reading, "y")
        self.formula.set_formula(formula)
        self.formula.setToolTip(QUANTITIES["m" if "m_t" in formula else "y"].words)
        indices = sorted(leading)
        labels = reading.labels
        self._shown_classes = indices
        short = labels if len(indices) <= 2 else abbreviations(labels)
        self.classes.show_choices(
            [short[one] for one in indices],
            [f"What made the score of “{labels[one]}”" for one in indices],
            indices.index(index),
        )
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

    @property
    def explanation(self) -> Explanation | None:
        """What is taken apart now."""
        return self._explanation

    def show_quantity(self, name: str) -> None:
        """Take another number of the selected unit apart, such as the gate "f"."""
        self._quantity = name
        if self._state is not None:
            self.render(self._state)

    def _on_class_chosen(self, place: int) -> None:
        self._class = self._shown_classes[place]
        if self._state is not None:
            self.render(self._state)

    def _on_quantity_chosen(self, place: int) -> None:
        if self._state is not None and self._state.reading is not None:
            self.show_quantity(self._state.reading.unit_quantities()[place])

    def _on_term_followed(self, bar: TermBar) -> None:
        if self._state is not None and bar.unit is not None:
            self._quantity = bar.quantity or "s"
            step = self._state.step if bar.step is None else bar.step
            if (bar.unit, step) == (self._state.unit, self._state.step):
                self.render(self._state)  # another number of the same unit
            else:
                self.unit_requested.emit(bar.unit, step)

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


def _range(values: FloatArray) -> tuple[float, float]:
    """Return the ends of a scale for values (T, H): 0 … 1 for gates, else around 0."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min(initial=0.0)), float(finite.max(initial=0.0))
    limit = max(1.0, math.ceil(max(-low, high)))
    return (0.0, limit) if low >= 0 else (-limit, limit)


class _Choice(QWidget):
    """A row of buttons; the pressed one is taken apart."""

    chosen = Signal(int)  # the button's place

    def __init__(self, most: int, name: str) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for place in range(most):
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setObjectName(f"{name}_{place}")
            self._group.addButton(button, place)
            layout.addWidget(button)
        layout.addStretch(1)
        self._group.idClicked.connect(self.chosen)

    def show_choices(self, names: Sequence[str], tooltips: Sequence[str], chosen: int) -> None:
        """Show so many buttons with the one at place `chosen` pressed."""
        last = len(names) - 1
        ends = {0: "first", last: "last"} if last else {0: "only"}
        for place, button in enumerate(self._group.buttons()):
            button.setVisible(place <= last)
            if place <= last:
                button.setText(names[place])
                button.setToolTip(tooltips[place])
                button.setChecked(place == chosen)
                self._set_place(button, ends.get(place, "middle"))

    @staticmethod
    def _set_place(button: QAbstractButton, place: str) -> None:
        if button.property("place") != place:
            button.setProperty("place", place)
            button.style().unpolish(button)
            button.style().polish(button)

"""The panel that reads a second sentence beside the present one and shows where they part."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QStackedLayout, QWidget

from rnnstudio.gui.controls import SegmentedControl, button, tool_button
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.aligned_sentences import AlignedData, AlignedSentences
from rnnstudio.gui.plots.color_bar import ColorBar
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.two_sentences import Comparison, TwoSentencesState

BY_INDEX, BY_DIFFERENCE = "by_index", "by_difference"
_LONGEST = 1_000_000  # characters; Qt's own limit of 32,767 would cut a text of 5,000 words
_HEIGHT_FOR_CONTROLS = 215  # a lower panel has them in its header
_NARROWEST_FIELD = 220
_WIDTH_FOR_WIDE_SCALE = 1000
_WIDTH_FOR_SCALE = 820
_WIDTH_FOR_ORDER = 700


class TwoSentencesPanel(Panel):
    """A field for the other sentence, and both sentences side by side."""

    other_changed = Signal(str)  # with every key
    step_requested = Signal(int)  # of the present sentence
    unit_requested = Signal(int, int)  # unit from 0, step of the present sentence
    transplant_requested = Signal(int, int)  # step that gets the memory, step of the other
    swapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Two sentences", parent=parent)
        self.setObjectName("two_sentences")
        self._state: TwoSentencesState | None = None
        self._drawn: tuple[Comparison | None, str, str] = (None, "", "")

        self.edit = QLineEdit()
        self.edit.setObjectName("other_sentence")
        self.edit.setAccessibleName("The other sentence")
        self.edit.setMaxLength(_LONGEST)
        self.take_button = button(
            "Take the present one", tooltip="Copy the present sentence, to change a word of it"
        )
        self.take_button.setObjectName("take_present")
        self.swap_button = tool_button(
            "⇅", "Swap the two: the other sentence becomes the present one"
        )
        self.swap_button.setObjectName("swap_sentences")
        self.swap_button.setProperty("role", "outlined")
        self.transplant_button = button("Transplant")
        self.transplant_button.setObjectName("transplant")
        self.order = SegmentedControl(
            [
                (BY_INDEX, "index", "Units in their own order"),
                (BY_DIFFERENCE, "difference", "The units that differ most on top"),
            ]
        )
        self.scale = ColorBar()
        self.controls = QWidget(self)
        row = QHBoxLayout(self.controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.take_button)
        row.addWidget(self.swap_button)
        row.addWidget(self.transplant_button)
        row.addWidget(self.order)
        row.addWidget(self.scale)
        self.body.addWidget(self.controls)
        self._low = False

        self.picture = AlignedSentences()
        self.message = words_instead("Both sentences appear here, one above the other.")
        self._stack = QStackedLayout()
        self._stack.addWidget(self.picture)
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)

        self.edit.textEdited.connect(self.other_changed)
        self.edit.returnPressed.connect(self._on_entered)
        self.take_button.clicked.connect(self._on_take_clicked)
        self.swap_button.clicked.connect(self.swapped)
        self.transplant_button.clicked.connect(self._on_transplant_clicked)
        self.order.chosen.connect(self._on_order_chosen)
        self.picture.step_requested.connect(self._on_column_requested)
        self.picture.unit_requested.connect(self._on_unit_requested)
        self.picture.menu_asked.connect(self._on_menu_asked)
        self.picture.hinted.connect(self.hinted)
        self.set_theme(self.theme)

    def render(self, state: TwoSentencesState) -> None:  # type: ignore[override]
        """Show two sentences, or why there is nothing to compare."""
        self._state = state
        if self.edit.text() != state.other:
            self.edit.setText(state.other)  # says nothing: only textEdited is listened to
            if not self.edit.hasFocus():
                self.edit.setCursorPosition(0)
        self._render_controls(state)
        comparison = state.comparison
        self._stack.setCurrentWidget(self.message if comparison is None else self.picture)
        self.message.setText(state.message)
        self.message.setProperty("role", "error" if state.problem else "muted")
        self.message.style().polish(self.message)
        self._render_summary()
        drawn = (comparison, state.letter, self.order.key)
        if drawn != self._drawn:
            self._drawn = drawn
            self.picture.set_data(self._data(state))
        if comparison is not None:
            self.scale.set_scale(Scale(-comparison.limit, comparison.limit, signed=True))
            self.picture.setAccessibleDescription(state.summary)
        self.picture.set_place(state.step, state.unit)

    def _data(self, state: TwoSentencesState) -> AlignedData | None:
        comparison = state.comparison
        if comparison is None:
            return None
        order = comparison.by_difference
        if self.order.key == BY_INDEX:
            order = np.arange(comparison.difference.shape[1])
        return AlignedData(comparison, state.letter, order)

    def _render_controls(self, state: TwoSentencesState) -> None:
        suggestion = state.suggestion
        words = f"Another sentence, e.g. {suggestion}" if suggestion else "Another sentence"
        self.edit.setPlaceholderText(words)
        enter = " (Enter takes the one suggested)" if suggestion else ""
        self.edit.setToolTip(f"The sentence that is read beside the present one{enter}")
        self.take_button.setEnabled(bool(state.sentence) and state.other != state.sentence)
        self.swap_button.setEnabled(bool(state.other.strip()))
        places = self._transplant(state, state.step)
        self.transplant_button.setEnabled(places is not None)
        self.transplant_button.setToolTip(self._transplant_words(state, places))

    def _transplant(self, state: TwoSentencesState, step: int) -> tuple[int, int] | None:
        comparison = state.comparison
        column = None if comparison is None else comparison.column_of(step)
        if comparison is None or column is None:
            return None
        return comparison.transplant_at(column)

    def _transplant_words(self, state: TwoSentencesState, places: tuple[int, int] | None) -> str:
        if state.comparison is None:
            return "Hand a memory of the other sentence on to the present one"
        if places is None:
            if not state.comparison.present.spec.cell.recurrent:
                return "This network has no memory that could be transplanted"
            return "After its last step the present sentence needs no memory: go to another column"
        step, other_step = places
        word = state.comparison.present.words[step - 1]
        remembered = state.comparison.other.words[other_step - 1]
        return (
            f"Let the present sentence read “{word}” (step {step}) with what the network "
            f"remembers after “{remembered}” of the other one"
        )

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.picture.set_theme(theme)
        self.scale.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out(self.height() < _HEIGHT_FOR_CONTROLS)
        self.scale.set_narrow(self.width() < _WIDTH_FOR_WIDE_SCALE)
        self.scale.setVisible(not self._low and self.width() >= _WIDTH_FOR_SCALE)
        self.order.setVisible(not self._low and self.width() >= _WIDTH_FOR_ORDER)
        self.transplant_button.setVisible(not self._low)

    def _lay_out(self, low: bool) -> None:
        """Put the controls into a row of their own, or into the header of a low panel.

        There the summary is what the title's tooltip says, and a column's menu transplants.
        """
        if low == self._low:
            return
        self._low = low
        if low:
            self.body.removeWidget(self.controls)
            self.header.insertWidget(0, self.controls)
        else:
            self.header.removeWidget(self.controls)
            self.body.insertWidget(0, self.controls)
        self.edit.setMinimumWidth(_NARROWEST_FIELD if low else 0)
        self.take_button.setText("Take present" if low else "Take the present one")
        self._render_summary()

    def _render_summary(self) -> None:
        summary = self._state.summary if self._state else ""
        self.set_subtitle("" if self._low else summary)
        self.title.setToolTip(summary)

    def focus_other(self) -> None:
        """Put the cursor behind the other sentence."""
        self.edit.setFocus()
        self.edit.end(False)

    # requests

    def _on_entered(self) -> None:
        if self._state is not None and not self._state.other.strip() and self._state.suggestion:
            self.other_changed.emit(self._state.suggestion)

    def _on_take_clicked(self) -> None:
        if self._state is not None:
            self.other_changed.emit(self._state.sentence)
            self.focus_other()

    def _on_transplant_clicked(self) -> None:
        if self._state is not None:
            self._request_transplant(self._transplant(self._state, self._state.step))

    def _request_transplant(self, places: tuple[int, int] | None) -> None:
        if places is not None:
            self.transplant_requested.emit(*places)

    def _step_of(self, column: int) -> int | None:
        comparison = self._state.comparison if self._state else None
        return None if comparison is None else int(comparison.steps[column - 1])

    def _on_column_requested(self, column: int) -> None:
        step = self._step_of(column)
        if step is not None:
            self.step_requested.emit(step)

    def _on_unit_requested(self, unit: int, column: int) -> None:
        step = self._step_of(column)
        if step is not None:
            self.step_requested.emit(step)
            self.unit_requested.emit(unit, step)

    def _on_menu_asked(self, column: int, place: QPoint) -> None:
        state = self._state
        if state is None or state.comparison is None:
            return
        places = state.comparison.transplant_at(column - 1)
        menu = QMenu(self)
        menu.setObjectName("column_menu")
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        transplant = menu.addAction("Transplant this memory into the present sentence")
        transplant.setEnabled(places is not None)
        transplant.setToolTip(self._transplant_words(state, places))
        transplant.triggered.connect(partial(self._request_transplant, places))
        go = menu.addAction("Move the play head here")
        go.triggered.connect(partial(self._on_column_requested, column))
        menu.addSeparator()
        more = menu.addAction("Copy or save the panel…")
        more.triggered.connect(partial(self.menu_requested.emit, self, place))
        menu.popup(place)

    def _on_order_chosen(self) -> None:
        if self._state is not None:
            self.render(self._state)

    def table_rows(self) -> list[list[str]] | None:
        state = self._state
        if state is None or state.comparison is None:
            return None
        comparison, letter = state.comparison, state.letter
        names = [f"Δ{letter} {comparison.kind} {name}" for name in comparison.names]
        labels = comparison.present.labels
        rows = [
            [
                "step",
                "word",
                "step of the other",
                "word of the other",
                "class",
                "ŷ",
                "ŷ of the other",
                f"‖Δ{letter}‖",
                *names,
            ]
        ]
        for column, (one, other) in enumerate(comparison.columns):
            word, other_word = comparison.words_of(column)
            class_index = int(comparison.classes[column])
            rows.append(
                [
                    "" if one is None else str(one),
                    word,
                    "" if other is None else str(other),
                    other_word,
                    labels[class_index] if class_index >= 0 else "",
                    _figure(comparison.y[column]),
                    _figure(comparison.other_y[column]),
                    _figure(comparison.norms[column]),
                    *(_figure(value) for value in comparison.difference[column]),
                ]
            )
        return rows


def _figure(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.6g}"

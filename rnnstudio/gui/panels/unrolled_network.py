"""The panel with the unrolled network."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from rnnstudio.engine.network import Cell
from rnnstudio.engine.network import Reading as Read
from rnnstudio.gui.choice_box import ChoiceBox
from rnnstudio.gui.controls import ElidedLabel, SegmentedControl, label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.network_strip import NetworkStrip
from rnnstudio.gui.plots.strip_model import StripModel
from rnnstudio.gui.plots.strip_words import METHOD_WORDS
from rnnstudio.gui.theme import Theme
from rnnstudio.session.looking import Method, Notation, Place, View
from rnnstudio.session.quantity_words import quantity_words
from rnnstudio.session.resolve.unroll import UnrolledState

_VIEWS = (
    (View.CELLS, "cells", "Each unit as a coloured cell"),
    (View.NUMBERS, "numbers", "Each unit with its number; the largest where not all have room"),
    (View.DIAGRAM, "diagram", "How each step is computed, with the numbers of the selected unit"),
)
_METHODS = (
    (Method.LEAVE_ONE_OUT, "How the answer changes where the word is left out"),
    (
        Method.GRADIENT_TIMES_INPUT,
        "How the answer changes with the word's vector, times the vector",
    ),
    (Method.INTEGRATED_GRADIENTS, "The same, gathered on the way from unknown words to these"),
)
_WAYS = (
    ("0", "→", "The direction that reads from the first word to the last"),
    ("1", "←", "The direction that reads from the last word to the first"),
)


class UnrolledNetworkPanel(Panel):
    """Shows the strip with what is chosen about it, or words where there is nothing to unroll."""

    step_requested = Signal(int)
    unit_requested = Signal(int, int)  # unit from 0, step
    looking_changed = Signal(object)
    place_requested = Signal(Place)
    clamp_requested = Signal(Place, float, bool)  # the last: from the step onwards
    word_edited = Signal(int, str)
    words_swapped = Signal(int, int)
    word_deleted = Signal(int)
    word_repeated = Signal(int)
    shuffle_requested = Signal()
    replacements_requested = Signal(int)
    memory_reset_requested = Signal(int)
    transplant_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Unrolled network", parent=parent)
        self.setObjectName("unrolled_network")
        self._notation = Notation.LECTURE
        self._state: UnrolledState | None = None
        self._model: StripModel | None = None
        self.summary = ElidedLabel("muted")
        self.header.addWidget(self.summary)
        self.layers_label = label("layer", "muted")
        self.layers: SegmentedControl | None = None
        self.directions = SegmentedControl(_WAYS)
        self.directions.setObjectName("strip_directions")
        self.directions.chosen.connect(self._on_direction_chosen)
        self.methods = ChoiceBox(
            [
                *((method.value, METHOD_WORDS[method], words) for method, words in _METHODS),
                (Method.NONE.value, "no bars", "Nothing is drawn below the words"),
            ]
        )
        self.methods.setObjectName("strip_methods")
        self.methods.setAccessibleName("How much each word moved the decision, measured by")
        self.methods.setToolTip("How the bars below the words are measured")
        self.methods.chosen.connect(self._on_method_chosen)
        self.views = SegmentedControl(_VIEWS)
        self.views.setObjectName("strip_views")
        self.views.chosen.connect(self._on_view_chosen)
        for control in (self.layers_label, self.directions, self.methods, self.views):
            self.header.addWidget(control)
        self.strip = NetworkStrip()
        self.message = words_instead()
        self._stack = QStackedLayout()
        self._stack.addWidget(self.strip)
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)
        self._connect_strip()

    def _connect_strip(self) -> None:
        for name in (
            "step_requested",
            "unit_requested",
            "looking_changed",
            "place_requested",
            "clamp_requested",
            "word_edited",
            "words_swapped",
            "word_deleted",
            "word_repeated",
            "shuffle_requested",
            "replacements_requested",
            "memory_reset_requested",
            "transplant_requested",
            "hinted",
        ):
            getattr(self.strip, name).connect(getattr(self, name))

    def render(self, state: UnrolledState) -> None:  # type: ignore[override]
        """Show a reading with its play head."""
        self._state = state
        self._notation = state.notation
        self.strip.set_motion(state.motion)
        model = self._fresh_model(state)
        self.message.setText(state.message)
        self._stack.setCurrentWidget(self.message if model is None else self.strip)
        self.strip.set_moving(state.moving)
        if model is not self._model or model is None:
            self._model = model
            self.strip.set_model(model)
        self.strip.set_play_head(state.step, state.unit)
        self._render_choices(state, model)
        self.summary.set_words(_summary(model, self.strip.listed_words()) if model else "")
        if model is not None:
            self.strip.setAccessibleDescription(_spoken(model, state.step))

    def _fresh_model(self, state: UnrolledState) -> StripModel | None:
        """Return what the strip draws; the same object where nothing of it has changed."""
        if state.reading is None:
            return None
        now, wanted = self._model, (state.reading, state.looking, state.attribution)
        if (
            now is not None
            and (now.reading, now.looking, now.attribution) == wanted
            and (now.decided, now.notation) == (state.decided, self._notation)
        ):
            return now
        return StripModel(*wanted, state.decided, self._notation)

    def _render_choices(self, state: UnrolledState, model: StripModel | None) -> None:
        layers = model.reading.spec.layers if model else 1
        has_ways = model is not None and model.reading.spec.bidirectional
        if self._layer_count != layers:
            self._make_layers(layers)
        self.layers_label.setVisible(layers > 1)
        self.directions.setVisible(has_ways)
        self.views.choose(state.looking.view)
        self.methods.choose(state.looking.method)
        for control in (self.views, self.methods):
            control.setEnabled(model is not None)
        if model is not None:
            self.directions.choose(str(model.direction))
            if self.layers is not None:
                self.layers.choose(str(model.layer_index))

    @property
    def _layer_count(self) -> int:
        return 1 if self.layers is None else len(self._layer_names)

    def _make_layers(self, count: int) -> None:
        """Make a control with a button for each layer; one layer has none."""
        if self.layers is not None:
            self.header.removeWidget(self.layers)
            self.layers.deleteLater()
            self.layers = None
        self._layer_names = [(str(n), str(n + 1), f"Layer {n + 1}") for n in range(count)]
        if count > 1:
            self.layers = SegmentedControl(self._layer_names)
            self.layers.setObjectName("strip_layers")
            self.layers.chosen.connect(self._on_layer_chosen)
            self.header.insertWidget(self.header.indexOf(self.layers_label) + 1, self.layers)

    def _on_layer_chosen(self, key: str) -> None:
        self.looking_changed.emit({"layer": int(key)})

    def _on_direction_chosen(self, key: str) -> None:
        self.looking_changed.emit({"direction": int(key)})

    def _on_view_chosen(self, key: str) -> None:
        self.looking_changed.emit({"view": View(key)})

    def _on_method_chosen(self, key: str) -> None:
        self.looking_changed.emit({"method": Method(key)})

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.strip.set_theme(theme)

    def table_rows(self) -> list[list[str]] | None:
        return self.strip.table_rows()


def _spoken(model: StripModel, step: int) -> str:
    """Return what a screen reader says of the play head's step."""
    reading, row = model.reading, model.shares(step)
    leading = int(row.argmax())
    says = f", {reading.labels[leading]} {row[leading]:.2f}" if reading.is_asked(step) else ""
    return f"step {step} of {len(reading)}, “{reading.words[step - 1]}”{says}"


def _summary(model: StripModel, listed: str) -> str:
    """Say how long the sentence is and which numbers are drawn."""
    reading, spec = model.reading, model.reading.spec
    units = f"{spec.units:,} {'unit' if spec.units == 1 else 'units'}"
    words = [f"{len(reading):,} steps, {units}"]
    if listed:
        words.append(f"the {listed.partition(' ')[0]} largest at each step")
    if model.quantity != "s":
        words.append(quantity_words(model.quantity, spec.cell, model.notation).heading)
    if spec.bidirectional:
        words.append("ŷ reads both directions")
    if not reading.labels_words and spec.read is not Read.LAST:
        words.append(
            "ŷ reads the mean" if spec.read is Read.MEAN else "ŷ reads the greatest of each unit"
        )
    if spec.cell is Cell.INDEPENDENT:
        words.append("weights of its own at each step")
    elif spec.cell is Cell.SHARED:
        words.append("no memory")
    elif spec.cell is Cell.HISTORY:
        words.append("each state sees all words so far")
    return " · ".join(words)

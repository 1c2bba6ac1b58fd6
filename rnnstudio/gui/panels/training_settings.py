"""The settings of the network and of its training, each with what it does and a good range."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.schedules import ScheduleName
from rnnstudio.gui.choice_box import ChoiceBox
from rnnstudio.gui.controls import SegmentedControl, label, tool_button
from rnnstudio.gui.number_field import NumberField
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.setting_table import (
    CELL_WORDS,
    DROPOUT,
    EMBEDDING,
    LAYERS,
    OPTIMIZER_WORDS,
    SCHEDULE_WORDS,
    SEED,
    TRAINING,
    UNITS,
    Setting,
)
from rnnstudio.gui.theme import font
from rnnstudio.project.spec import LIMITS
from rnnstudio.session.network_name import CELL_NAMES
from rnnstudio.session.resolve.train import (
    ACTIVATION_NAMES,
    OPTIMIZER_NAMES,
    SCHEDULE_NAMES,
    SettingsState,
)

_FIELD_WIDTH = 116
_CHOICE_WIDTH = 126  # "independent" and its arrow
_FIRST_EMBEDDING = 16
# From this height on there is room for the good range under each label.
_ROOMY = 780
_TALLEST_ROW = 52
_LARGEST_DICE = 10_000
_MARGIN, _REJECTION_GAP = 8, 3


class TrainingSettingsPanel(Panel):
    """Controls for the settings; `setting_changed` carries (key, value) of a valid change.

    The keys are "part.name" of the project's settings, e.g. "training.learning_rate"; the value
    has the setting's type, with None for "off" and for one-hot input.
    """

    setting_changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Settings", parent=parent)
        self.setObjectName("training_settings")
        self._state: SettingsState | None = None
        self._refused: NumberField | None = None  # the field below which words stand
        self._is_left = False  # the refused entry was left: the next field is being entered
        self._embedding_size = _FIRST_EMBEDDING
        self._hints: list[QWidget] = []
        self._fields: dict[str, NumberField] = {}

        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setSpacing(0)
        self._add_network_rows()
        self._add_training_rows()
        self._summary = label("", "muted")
        self._summary.setObjectName("summary")
        self._besides = label("", "muted")
        self._besides.setObjectName("besides")
        self._waiting = label("", "warning")
        self._waiting.setObjectName("waiting")
        for words in (self._summary, self._besides, self._waiting):
            words.setWordWrap(True)
            words.setContentsMargins(0, 6, 0, 0)
            self._rows.addWidget(words)
        self._rows.addStretch(1)  # what the rows, at their tallest, leave

        content = QWidget()
        content.setLayout(self._rows)
        self._area = QScrollArea()
        self._area.setWidget(content)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self._area, 1)
        # It lies over the rows: nobody wants the fields to move away from under the hand.
        self._rejected = label("", "refused", self)
        self._rejected.setObjectName("rejected")
        self._rejected.setWordWrap(True)
        self._rejected.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._rejected.hide()
        self._area.verticalScrollBar().valueChanged.connect(self._place_rejection)
        self._show_words()

    def render(self, state: SettingsState) -> None:  # type: ignore[override]
        """Show the settings; what is being typed stays."""
        if state == self._state:
            return
        self._state = state
        model, training = state.model, state.training
        self._cell.choose(model.cell.value)
        self._directions.choose("two" if model.bidirectional else "one")
        self._directions.setEnabled(model.cell.recurrent)
        self._fields[LAYERS.key].setEnabled(model.cell.recurrent)
        self._fields[LAYERS.key].set_number(model.layers)
        self._fields[DROPOUT.key].set_number(model.dropout)
        self._schedule.choose(training.schedule.value)
        # A GRU and an LSTM have functions of their own.
        self._activation.setEnabled(model.cell not in (Cell.GRU, Cell.LSTM))
        self._input.choose("one_hot" if model.embedding is None else "embedding")
        self._activation.choose(model.activation.value)
        self._optimizer.choose(training.optimizer.value)
        if model.embedding is not None:
            self._embedding_size = model.embedding
        embedding = self._fields[EMBEDDING.key]
        embedding.setEnabled(model.embedding is not None)
        embedding.set_number(self._embedding_size)
        self._fields[UNITS.key].set_number(model.units)
        for setting in (*TRAINING, SEED):
            name = setting.key.removeprefix("training.")
            self._fields[setting.key].set_number(getattr(training, name))
        self._show_words()

    def table_rows(self) -> list[list[str]] | None:
        if self._state is None:
            return None
        model, training = self._state.model, self._state.training
        rows = [
            ["setting", "value"],
            ["Cell", self._state.cell],
            ["Input", "one-hot" if model.embedding is None else f"embedding {model.embedding}"],
            ["Activation σ", ACTIVATION_NAMES[model.activation]],
            ["Directions", "two" if model.bidirectional else "one"],
            ["Optimiser", OPTIMIZER_NAMES[training.optimizer]],
            ["Schedule of η", SCHEDULE_NAMES[training.schedule]],
        ]
        for setting in (LAYERS, UNITS, DROPOUT, *TRAINING, SEED):
            rows.append([setting.title, self._fields[setting.key].text()])
        if self._state.besides:
            rows.append(["Besides", self._state.besides])
        return rows

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for hint in self._hints:
            hint.setVisible(self.height() >= _ROOMY)
        self._place_rejection()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and not self._is_left:
            self._forget_rejection()
        return super().eventFilter(watched, event)

    # ---- the rows

    def _add_network_rows(self) -> None:
        self._add_heading("Network")
        self._cell = ChoiceBox(
            tuple((cell.value, CELL_NAMES[cell], CELL_WORDS[cell]) for cell in Cell)
        )
        self._cell.setObjectName("cell")
        self._cell.setFixedWidth(_CHOICE_WIDTH)
        self._cell.chosen.connect(self._on_cell_chosen)
        cells = "\n".join(f"{CELL_NAMES[cell]}: {words}" for cell, words in CELL_WORDS.items())
        self._add_row("Cell", "its memory", f"What makes the state.\n{cells}", self._cell)
        self._add_number(LAYERS)
        self._directions = SegmentedControl(
            (
                ("one", "one", "The sentence is read from its beginning to its end"),
                ("two", "two", "A second network reads from the end to the beginning"),
            )
        )
        self._directions.chosen.connect(self._on_directions_chosen)
        self._add_row(
            "Directions",
            "one, or both ways",
            "Whether the sentence is read from its end, too: a word is seen with what follows.",
            self._directions,
        )
        self._add_number(UNITS)
        self._input = SegmentedControl(
            (
                ("one_hot", "one-hot", "x_t has L numbers: a 1 at the word's id, 0 elsewhere"),
                ("embedding", "embedding", "x_t has E learned numbers for each word"),
            )
        )
        self._input.chosen.connect(self._on_input_chosen)
        self._add_row("Input", "what x_t is", "What the network reads for a word.", self._input)
        self._add_number(EMBEDDING)
        self._activation = SegmentedControl(
            tuple(
                (activation.value, name, tooltip)
                for (activation, name), tooltip in zip(
                    ACTIVATION_NAMES.items(),
                    ("From −1 to 1, steepest at 0", "From 0 to 1", "0 below 0, the value above"),
                    strict=True,
                )
            )
        )
        self._activation.chosen.connect(self._on_activation_chosen)
        self._add_row(
            "σ",
            "activation",
            "The activation σ, which makes the state of the sums. Good: tanh.",
            self._activation,
        )
        self._add_number(DROPOUT)

    def _add_training_rows(self) -> None:
        self._add_heading("Training")
        self._optimizer = ChoiceBox(
            tuple((one.value, name, OPTIMIZER_WORDS[one]) for one, name in OPTIMIZER_NAMES.items())
        )
        self._optimizer.setObjectName("optimizer")
        self._optimizer.setFixedWidth(_CHOICE_WIDTH)
        self._optimizer.chosen.connect(self._on_optimizer_chosen)
        self._add_row(
            "Optimiser",
            "good: Adam",
            "How the gradients become updates of the weights. Good: Adam.",
            self._optimizer,
        )
        for setting in TRAINING:
            self._add_number(setting)
            if setting.key == "training.learning_rate":
                self._add_schedule()
        dice = tool_button("⚄", "Another seed")
        dice.setObjectName("dice")
        dice.setStyleSheet(f"font-size: {font(18).pixelSize()}px")
        dice.clicked.connect(self._on_dice_clicked)
        self._add_number(SEED, dice)

    def _add_schedule(self) -> None:
        self._schedule = ChoiceBox(
            tuple((one.value, name, SCHEDULE_WORDS[one]) for one, name in SCHEDULE_NAMES.items())
        )
        self._schedule.setObjectName("schedule")
        self._schedule.setFixedWidth(_CHOICE_WIDTH)
        self._schedule.chosen.connect(self._on_schedule_chosen)
        self._add_row(
            "Schedule of η",
            "good: constant",
            "How the learning rate goes on during the run. Good: constant or cosine.",
            self._schedule,
        )

    def _add_heading(self, text: str) -> None:
        heading = label(text, "heading")
        heading.setContentsMargins(0, 6, 0, 2)
        self._rows.addWidget(heading)

    def _add_number(self, setting: Setting, beside: QWidget | None = None) -> None:
        field = NumberField(LIMITS[setting.key], setting.series, setting.off)
        field.setObjectName(setting.key.replace(".", "_"))
        field.setFixedWidth(_FIELD_WIDTH)
        field.committed.connect(self._change)
        field.rejected.connect(self._on_rejected)
        field.lineEdit().textEdited.connect(self._forget_rejection)
        field.installEventFilter(self)
        self._fields[setting.key] = field
        tooltip = f"{setting.does} Good: {setting.good}."
        self._add_row(setting.title, f"good: {setting.good}", tooltip, field, beside)

    def _add_row(
        self, title: str, hint: str, tooltip: str, field: QWidget, beside: QWidget | None = None
    ) -> None:
        name = label(title)
        small = label(hint, "muted")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(name)
        words.addWidget(small)
        words.addStretch(1)
        self._hints.append(small)
        small.hide()
        row = QWidget()
        row.setMaximumHeight(_TALLEST_ROW)
        row.setToolTip(tooltip)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 3, 0, 3)
        layout.setSpacing(4)
        layout.addLayout(words, 1)
        if beside is not None:
            layout.addWidget(beside)
        layout.addWidget(field)
        field.setToolTip(field.toolTip() or tooltip)
        field.setAccessibleName(title)
        self._rows.addWidget(row, 100)

    def _show_words(self) -> None:
        state = self._state
        for words, text in (
            (self._summary, "" if state is None else state.summary),
            (self._besides, f"Besides: {state.besides}." if state and state.besides else ""),
            (self._waiting, "" if state is None else state.waiting),
        ):
            words.setText(text)
            words.setVisible(bool(text))

    # ---- changes

    def _on_rejected(self, words: str) -> None:
        field = self.sender()
        assert isinstance(field, NumberField)
        self._refused = field
        self._is_left = not field.hasFocus()
        QTimer.singleShot(0, self, self._on_field_left)
        self._rejected.setText(words)
        self._rejected.show()
        self._rejected.raise_()
        self._place_rejection()

    def _on_field_left(self) -> None:
        self._is_left = False

    def _forget_rejection(self) -> None:
        self._refused = None
        self._rejected.hide()

    def _place_rejection(self) -> None:
        """Put the words below the refused field, or above it where the panel ends."""
        if self._refused is None:
            return
        room = self.contentsRect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        height = self._rejected.heightForWidth(room.width())
        top = self._refused.mapTo(self, QPoint(0, 0)).y()
        below = top + self._refused.height() + _REJECTION_GAP
        if below + height > room.bottom():
            below = top - _REJECTION_GAP - height
        self._rejected.setGeometry(room.left(), below, room.width(), height)

    def _on_input_chosen(self, key: str) -> None:
        self._change(EMBEDDING.key, None if key == "one_hot" else self._embedding_size)

    def _on_activation_chosen(self, key: str) -> None:
        self._change("model.activation", Activation(key))

    def _on_cell_chosen(self, key: str) -> None:
        self._change("model.cell", Cell(key))

    def _on_directions_chosen(self, key: str) -> None:
        self._change("model.bidirectional", key == "two")

    def _on_schedule_chosen(self, key: str) -> None:
        self._change("training.schedule", ScheduleName(key))

    def _on_optimizer_chosen(self, key: str) -> None:
        self._change("training.optimizer", OptimizerName(key))

    def _on_dice_clicked(self) -> None:
        present = self._fields[SEED.key].number
        drawn = int(np.random.default_rng().integers(_LARGEST_DICE))
        self._change(SEED.key, drawn if drawn != present else drawn + 1)

    def _change(self, key: str, value: object) -> None:
        self._forget_rejection()
        self.setting_changed.emit(key, value)

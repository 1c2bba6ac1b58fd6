"""The panel with the unrolled network."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from rnnstudio.engine.network import Cell
from rnnstudio.engine.network import Reading as Read
from rnnstudio.gui.controls import ElidedLabel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.network_strip import NetworkStrip
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.unroll import Reading, UnrolledState


class UnrolledNetworkPanel(Panel):
    """Shows the strip, or words where there is nothing to unroll."""

    step_requested = Signal(int)
    unit_requested = Signal(int, int)  # unit from 0, step

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Unrolled network", parent=parent)
        self.setObjectName("unrolled_network")
        self.summary = ElidedLabel("muted")
        self.header.addWidget(self.summary)
        self.strip = NetworkStrip()
        self.message = words_instead()
        self._stack = QStackedLayout()
        self._stack.addWidget(self.strip)
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)
        self.strip.step_requested.connect(self.step_requested)
        self.strip.unit_requested.connect(self.unit_requested)
        self.strip.hinted.connect(self.hinted)

    def render(self, state: UnrolledState) -> None:  # type: ignore[override]
        """Show a reading with its play head."""
        reading = state.reading
        self.message.setText(state.message)
        self._stack.setCurrentWidget(self.message if reading is None else self.strip)
        self.strip.set_reading(reading)
        self.strip.set_play_head(state.step, state.unit)
        self.summary.set_words(_summary(reading) if reading else "")
        if reading is not None:
            word, row = reading.words[state.step - 1], reading.trace.y[state.step - 1]
            leading = int(row.argmax())
            says = f"{reading.labels[leading]} {row[leading]:.2f}"
            self.strip.setAccessibleDescription(
                f"step {state.step} of {len(reading)}, “{word}”"
                + (f", {says}" if reading.is_asked(state.step) else "")
            )

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.strip.set_theme(theme)

    def table_rows(self) -> list[list[str]] | None:
        return self.strip.table_rows()


def _summary(reading: Reading) -> str:
    """Say how long the sentence is and which states are drawn."""
    spec = reading.spec
    units = spec.units
    words = [f"{len(reading):,} steps, {units:,} {'unit' if units == 1 else 'units'}"]
    if spec.layers > 1:
        words.append(f"layer {spec.layers} of {spec.layers}")
    if spec.bidirectional:
        words.append("the forward direction; ŷ reads both")
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

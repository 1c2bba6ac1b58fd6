"""The panel with the unrolled network."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from rnnstudio.gui.controls import label
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
        self.summary = label("", "muted")
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
        self.summary.setText(_summary(reading) if reading else "")
        if reading is not None:
            word, row = reading.words[state.step - 1], reading.trace.y[state.step - 1]
            leading = int(row.argmax())
            self.strip.setAccessibleDescription(
                f"step {state.step} of {len(reading)}, “{word}”, "
                f"{reading.labels[leading]} {row[leading]:.2f}"
            )

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.strip.set_theme(theme)

    def table_rows(self) -> list[list[str]] | None:
        return self.strip.table_rows()


def _summary(reading: Reading) -> str:
    units = reading.trace.spec.units
    return f"{len(reading):,} steps, {units:,} {'unit' if units == 1 else 'units'}"

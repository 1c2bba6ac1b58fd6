"""The panel with the hidden state as a heat map, units × time."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from rnnstudio.engine.arrays import IntArray
from rnnstudio.gui.controls import SegmentedControl, label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.words_instead import words_instead
from rnnstudio.gui.plots.color_bar import ColorBar
from rnnstudio.gui.plots.heat_map import HeatMap, HeatMapData
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.unroll import Reading, UnrolledState

BY_INDEX, BY_CHANGE = "by_index", "by_change"


class HiddenStatePanel(Panel):
    """Shows s_t of every unit over the sentence, sorted as chosen."""

    step_requested = Signal(int)
    unit_requested = Signal(int, int)  # unit from 0, step

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Hidden state", "units × time", parent)
        self.setObjectName("hidden_state")
        self._state: UnrolledState | None = None
        self._drawn: tuple[Reading | None, str] = (None, "")
        self.sort = SegmentedControl(
            [
                (BY_INDEX, "index", "Units in their own order"),
                (BY_CHANGE, "change", "The units that change most over this sentence on top"),
            ]
        )
        self.scale = ColorBar()
        self.header.addWidget(label("sort by", "muted"))
        self.header.addWidget(self.sort)
        self.header.addSpacing(6)
        self.header.addWidget(self.scale)
        self.map = HeatMap()
        self.message = words_instead("The value of every unit at every step appears here.")
        self._stack = QStackedLayout()
        self._stack.addWidget(self.map)
        self._stack.addWidget(self.message)
        self.body.addLayout(self._stack, 1)
        self.sort.chosen.connect(self._on_sort_chosen)
        self.map.step_requested.connect(self.step_requested)
        self.map.unit_requested.connect(self.unit_requested)
        self.map.hinted.connect(self.hinted)

    def render(self, state: UnrolledState) -> None:  # type: ignore[override]
        """Show a reading with its play head."""
        self._state = state
        reading = state.reading
        self._stack.setCurrentWidget(self.message if reading is None else self.map)
        if (reading, self.sort.key) != self._drawn:
            self._drawn = (reading, self.sort.key)
            self.map.set_data(self._data(reading) if reading else None)
        if reading is not None:
            self.scale.set_range(reading.state_low, reading.state_high)
        self.map.set_play_head(state.step, state.unit)

    def show_enlarged(self, enlarged: bool) -> None:
        super().show_enlarged(enlarged)
        self.map.show_scroll_bar(enlarged)

    def _data(self, reading: Reading) -> HeatMapData:
        return HeatMapData(
            reading.trace.s, reading.words, "s", reading.state_high, self._order(reading)
        )

    def _order(self, reading: Reading) -> IntArray:
        if self.sort.key == BY_CHANGE:
            return reading.by_change
        return np.arange(reading.trace.spec.units)

    def _on_sort_chosen(self) -> None:
        if self._state is not None:
            self.render(self._state)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.map.set_theme(theme)
        self.scale.set_theme(theme)

    def table_rows(self) -> list[list[str]] | None:
        reading = self._state.reading if self._state else None
        if reading is None:
            return None
        rows = [["unit", *reading.words]]
        for unit in self._order(reading):
            rows.append([str(unit + 1), *(f"{value:.6g}" for value in reading.trace.s[:, unit])])
        return rows

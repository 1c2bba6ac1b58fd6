"""The Unroll page: the sentence, the unrolled network, the hidden state, the inspector.

Request signals of its parts, for the wiring:

    sentence_box    sentence_changed(str), sentence_entered(), random_sentence_requested()
    network         step_requested(int), unit_requested(int unit, int step)
    hidden_state    step_requested(int), unit_requested(int unit, int step)
    inspector       step_requested(int), unit_requested(int unit, int step), unit_cleared()
    transport       step_requested(int), play_requested(), pause_requested(),
                    speed_requested(float)

Units count from 0, steps from 1. Panels and the sentence box also say `hinted(str)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from rnnstudio.gui.panels.hidden_state import HiddenStatePanel
from rnnstudio.gui.panels.inspector import InspectorPanel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.sentence_box import SentenceBox
from rnnstudio.gui.panels.transport import Transport
from rnnstudio.gui.panels.unrolled_network import UnrolledNetworkPanel
from rnnstudio.gui.theme import Theme
from rnnstudio.gui.throttle import Throttle
from rnnstudio.session.resolve.unroll import InspectorState, UnrollState

_MARGIN = 14
_INSPECTOR_SHARE, _INSPECTOR_LEAST, _INSPECTOR_MOST = 0.21, 276, 340
_STRIP_SHARE = 0.67  # of the height that strip and heat map share


class UnrollPage(QWidget):
    """Lays out the panels; renders those whose state has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unroll_page")
        self.sentence_box = SentenceBox()
        self.network = UnrolledNetworkPanel()
        self.hidden_state = HiddenStatePanel()
        self.inspector = InspectorPanel()
        self.transport = Transport()
        self.panels: tuple[Panel, ...] = (self.network, self.hidden_state, self.inspector)
        # Its lines of text cost as much as the whole strip, and nobody reads them faster.
        self._inspector_throttle = Throttle(self.inspector.render, 250, self)
        self._shown: UnrollState | None = None
        self._moved = False

        self._over_time = QSplitter(Qt.Orientation.Vertical)
        self._over_time.addWidget(self.network)
        self._over_time.addWidget(self.hidden_state)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_MARGIN)
        column.addWidget(self._over_time, 1)
        column.addWidget(self.transport)
        self._beside = QSplitter(Qt.Orientation.Horizontal)
        self._beside.addWidget(left)
        self._beside.addWidget(self.inspector)
        self._beside.setStretchFactor(0, 1)
        for splitter in (self._over_time, self._beside):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(_MARGIN)
            splitter.splitterMoved.connect(self._on_splitter_moved)
        self.network.setMinimumHeight(280)
        self.hidden_state.setMinimumHeight(150)
        self.inspector.setMinimumWidth(240)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(_MARGIN)
        layout.addWidget(self.sentence_box)
        layout.addWidget(self._beside, 1)

        # One place in time: what scrolls above scrolls below.
        above = self.network.strip.horizontalScrollBar()
        below = self.hidden_state.map.horizontalScrollBar()
        above.valueChanged.connect(below.setValue)
        below.valueChanged.connect(above.setValue)

    def render(self, state: UnrollState) -> None:  # type: ignore[override]
        """Render the parts whose state differs from what they show."""
        shown = self._shown
        self._shown = state
        parts: tuple[tuple[Callable[[Any], None], str], ...] = (
            (self.sentence_box.render, "sentence_box"),
            (self.network.render, "unrolled"),
            (self.hidden_state.render, "unrolled"),
            (self._inspect(state, shown), "inspector"),
            (self.transport.render, "transport"),
        )
        for render, name in parts:
            part = getattr(state, name)
            if shown is None or part != getattr(shown, name):
                render(part)

    def _inspect(
        self, state: UnrollState, shown: UnrollState | None
    ) -> Callable[[InspectorState], None]:
        """Return how the inspector is shown: numbers that only training changes can wait."""
        same_place = shown is not None and (
            (shown.inspector.step, shown.inspector.unit, shown.sentence_box.sentence)
            == (state.inspector.step, state.inspector.unit, state.sentence_box.sentence)
        )
        if state.transport.live and same_place:
            return self._inspector_throttle.soon
        return self._inspector_throttle.now

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.sentence_box.set_theme(theme)
        self.transport.set_theme(theme)
        for panel in self.panels:
            panel.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._moved:
            self._share_room()

    def _share_room(self) -> None:
        """Give the parts their usual sizes; a splitter that was moved by hand is left alone."""
        width, height = self._beside.width(), self._over_time.height()
        inspector = min(max(round(width * _INSPECTOR_SHARE), _INSPECTOR_LEAST), _INSPECTOR_MOST)
        self._beside.setSizes([width - inspector, inspector])
        self._over_time.setSizes([round(height * _STRIP_SHARE), round(height * (1 - _STRIP_SHARE))])

    def _on_splitter_moved(self) -> None:
        self._moved = True

"""The Unroll page: the sentence, the unrolled network, what lies below and beside it.

Request signals of its parts, for the wiring:

    sentence_box    sentence_changed(str), sentence_entered(), sentence_chosen(str),
                    random_requested(str split, bool most_wrong), shuffle_requested()
    changes_bar     taken_back(tuple places), restore_requested()
    network         step_requested(int), unit_requested(int unit, int step),
                    place_requested(Place), looking_changed(dict), word_edited(int step, str),
                    words_swapped(int, int), word_deleted(int), word_repeated(int),
                    shuffle_requested(), replacements_requested(int step),
                    memory_reset_requested(int step), transplant_requested(int step),
                    clamp_requested(Place, float value, bool onwards)
    hidden_state    step_requested(int), unit_requested(int, int), looking_changed(dict),
                    phrase_selected(int first, int last), phrase_cleared()
    paths           step_requested(int), row_requested(int row, int step)
    two_sentences   step_requested(int), other_changed(str), swapped(),
                    transplant_requested(int step, int other_step)
    inspector       step_requested(int), unit_cleared(),
                    place_requested(Place), clamp_requested(Place, float, bool),
                    notation_requested(str), word_requested(str)
    replacements    word_chosen(int step, str word), looking_changed(dict), closed()
    phrase          unit_requested(int, int), looking_changed(dict),
                    row_requested(int row, int step), closed()
    transport       step_requested(int), play_requested(), pause_requested(),
                    speed_requested(float)
    page            looking_changed(dict): what stands below the strip

Units count from 0, steps from 1. Panels and the sentence box also say `hinted(str)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from rnnstudio.gui.controls import SegmentedControl
from rnnstudio.gui.panels.changes_bar import ChangesBar
from rnnstudio.gui.panels.hidden_state import HiddenStatePanel
from rnnstudio.gui.panels.inspector import InspectorPanel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.paths import PathsPanel
from rnnstudio.gui.panels.phrase import PhrasePanel
from rnnstudio.gui.panels.replacements import ReplacementsPanel
from rnnstudio.gui.panels.sentence_box import SentenceBox
from rnnstudio.gui.panels.transport import Transport
from rnnstudio.gui.panels.two_sentences import TwoSentencesPanel
from rnnstudio.gui.panels.unrolled_network import UnrolledNetworkPanel
from rnnstudio.gui.theme import Theme
from rnnstudio.gui.throttle import Throttle
from rnnstudio.session.looking import Below, Beside
from rnnstudio.session.resolve.unroll_page import UnrollState

_MARGIN = 14
_INSPECTOR_SHARE, _INSPECTOR_LEAST, _INSPECTOR_MOST = 0.21, 276, 340
_STRIP_SHARE = 0.67  # of the height that the strip and what lies below it share
_BELOW = (
    (Below.HEAT_MAP, "heat map", "Every unit at every step"),
    (Below.PATHS, "paths", "The way of the state through the plane in which states differ most"),
    (Below.TWO_SENTENCES, "two sentences", "This sentence beside another one"),
)


class UnrollPage(QWidget):
    """Lays out the panels; renders those whose state has changed."""

    looking_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unroll_page")
        self.sentence_box = SentenceBox()
        self.changes_bar = ChangesBar()
        self.network = UnrolledNetworkPanel()
        self.hidden_state = HiddenStatePanel()
        self.paths = PathsPanel()
        self.two_sentences = TwoSentencesPanel()
        self.inspector = InspectorPanel()
        self.replacements = ReplacementsPanel()
        self.phrase = PhrasePanel()
        self.transport = Transport()
        self._below: dict[Below, Panel] = {
            Below.HEAT_MAP: self.hidden_state,
            Below.PATHS: self.paths,
            Below.TWO_SENTENCES: self.two_sentences,
        }
        self._beside: dict[Beside, Panel] = {
            Beside.INSPECTOR: self.inspector,
            Beside.REPLACEMENTS: self.replacements,
            Beside.PHRASE: self.phrase,
        }
        self.panels: tuple[Panel, ...] = (
            self.network,
            *self._below.values(),
            *self._beside.values(),
        )
        # Its lines of text cost as much as the whole strip, and nobody reads them faster.
        self._inspector_throttle: Throttle[Any] = Throttle(self.inspector.render, 600, self)
        self._shown: UnrollState | None = None
        self._moved = False

        self.below_stack, self.beside_stack = QStackedWidget(), QStackedWidget()
        for panel in self._below.values():
            self.below_stack.addWidget(panel)
        for panel in self._beside.values():
            self.beside_stack.addWidget(panel)
        self._below_switches = [self._add_switch(panel) for panel in self._below.values()]

        self._over_time = QSplitter(Qt.Orientation.Vertical)
        self._over_time.addWidget(self.network)
        self._over_time.addWidget(self.below_stack)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_MARGIN)
        # Above the strip alone: the controls beside it stay where they are.
        column.addWidget(self.changes_bar)
        column.addWidget(self._over_time, 1)
        column.addWidget(self.transport)
        self._side_by_side = QSplitter(Qt.Orientation.Horizontal)
        self._side_by_side.addWidget(left)
        self._side_by_side.addWidget(self.beside_stack)
        self._side_by_side.setStretchFactor(0, 1)
        for splitter in (self._over_time, self._side_by_side):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(_MARGIN)
            splitter.splitterMoved.connect(self._on_splitter_moved)
        self.network.setMinimumHeight(250)
        self.below_stack.setMinimumHeight(130)
        self.beside_stack.setMinimumWidth(240)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(_MARGIN)
        layout.addWidget(self.sentence_box)
        layout.addWidget(self._side_by_side, 1)

        # One place in time: what scrolls above scrolls below.
        above = self.network.strip.horizontalScrollBar()
        below = self.hidden_state.map.horizontalScrollBar()
        above.valueChanged.connect(below.setValue)
        self.network.strip.narrowest_changed.connect(self.hidden_state.map.set_narrowest)
        below.valueChanged.connect(above.setValue)

    def _add_switch(self, panel: Panel) -> SegmentedControl:
        """Put the choice of what stands below the strip into a panel's header."""
        switch = SegmentedControl([(str(key), words, hint) for key, words, hint in _BELOW])
        switch.chosen.connect(self._on_below_chosen)
        panel.header.addWidget(switch)  # at the right end, where it stands in every panel
        return switch

    def render(self, state: UnrollState) -> None:  # type: ignore[override]
        """Render the parts whose state differs from what they show."""
        shown = self._shown
        self._shown = state
        self._show_panels(state)
        parts: tuple[tuple[Callable[[Any], None], str], ...] = (
            (self.sentence_box.render, "sentence_box"),
            (self.changes_bar.render, "changes"),
            (self.network.render, "unrolled"),
            (self.hidden_state.render, "heat_map"),
            (self.paths.render, "paths"),
            (self.two_sentences.render, "two_sentences"),
            (self._inspect(state, shown), "inspector"),
            (self.replacements.render, "replacements"),
            (self.phrase.render, "phrase"),
            (self.transport.render, "transport"),
        )
        for render, name in parts:
            part = getattr(state, name)
            if part is not None and (shown is None or part != getattr(shown, name)):
                render(part)

    def _show_panels(self, state: UnrollState) -> None:
        below, beside = self._below[state.below], self._beside[state.beside]
        for switch in self._below_switches:
            switch.choose(str(state.below))
        # A panel that fills the window is in no stack.
        if self.below_stack.currentWidget() is not below and self.below_stack.indexOf(below) >= 0:
            focused = self.focusWidget()
            by_keys = focused is not None and any(
                switch.isAncestorOf(focused) for switch in self._below_switches
            )
            self.below_stack.setCurrentWidget(below)
            if by_keys:  # the keyboard goes on where it is
                place = list(self._below).index(state.below)
                self._below_switches[place].button(str(state.below)).setFocus()
        if self.beside_stack.indexOf(beside) >= 0:
            self.beside_stack.setCurrentWidget(beside)

    def _inspect(self, state: UnrollState, shown: UnrollState | None) -> Callable[[Any], None]:
        """Return how the inspector is shown: numbers that only training changes can wait."""
        same_place = shown is not None and _place(shown) == _place(state)
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
        width, height = self._side_by_side.width(), self._over_time.height()
        inspector = min(max(round(width * _INSPECTOR_SHARE), _INSPECTOR_LEAST), _INSPECTOR_MOST)
        self._side_by_side.setSizes([width - inspector, inspector])
        self._over_time.setSizes([round(height * _STRIP_SHARE), round(height * (1 - _STRIP_SHARE))])

    def _on_splitter_moved(self) -> None:
        self._moved = True

    def _on_below_chosen(self, key: str) -> None:
        self.looking_changed.emit({"below": Below(key)})


def _place(state: UnrollState) -> tuple[object, ...]:
    """Return what the inspector is about, apart from the weights."""
    now = state.inspector
    if now is None:
        return ()
    changes = now.reading.changes if now.reading else ()
    sentence = state.sentence_box.sentence
    return now.step, now.unit, now.looking, now.notation, changes, sentence

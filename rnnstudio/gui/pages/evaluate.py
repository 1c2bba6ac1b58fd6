"""The Evaluate page: what the network gets wrong, how often, and in which sentences.

Request signals of its parts, for the wiring:

    confusion      cells_selected(frozenset of (row, column)), judging_changed(dict),
                   report_requested()
    time_bar       judging_changed(dict)
    per_class      split_chosen(str), cells_selected(frozenset)
    lecture_table  split_chosen(str), example_opened(int row, int | None step)
    reliability    split_chosen(str), judging_changed(dict)
    thresholds     split_chosen(str), judging_changed(dict)
    runs           split_chosen(str), judging_changed(dict), rival_chosen(int number),
                   file_requested(), rival_cleared()
    examples       example_opened(int row, int | None step), judging_changed(dict),
                   relabelled(int row, int | None step, str label),
                   excluded(tuple of rows, bool), rows_seen(tuple of (row, step))
    page           judging_changed(dict): what stands above the sentences

Rows are those of the table, from 0; steps count from 1. Every part also says `hinted(str)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from rnnstudio.gui.controls import SegmentedControl
from rnnstudio.gui.panels.confusion import ConfusionPanel
from rnnstudio.gui.panels.examples import ExamplesPanel
from rnnstudio.gui.panels.lecture_table import LectureTablePanel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.per_class import PerClassPanel
from rnnstudio.gui.panels.reliability import ReliabilityPanel
from rnnstudio.gui.panels.runs import RunsPanel
from rnnstudio.gui.panels.thresholds import ThresholdPanel
from rnnstudio.gui.panels.time_bar import TimeBar
from rnnstudio.gui.theme import Theme
from rnnstudio.session.answers.judging import Panels
from rnnstudio.session.resolve.evaluate_page import EvaluateState

MARGIN = 14
_MATRIX_SHARE = 0.52
_ABOVE_SHARE = 0.5  # of the height that figures and sentences share
_PANELS = (
    (Panels.CLASSES, "classes", "Precision, recall and F1 of each class"),
    (Panels.TABLE, "table", "Predicted, truth and correct, sentence by sentence"),
    (Panels.RELIABILITY, "reliability", "Whether its confidence can be trusted"),
    (Panels.THRESHOLD, "threshold", "When it should say so, and when it should rather say nothing"),
    (Panels.RUNS, "compare", "Against another run, or another network"),
)


class EvaluatePage(QWidget):
    """Lays out the panels; renders those whose state has changed."""

    judging_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluate_page")
        self.confusion = ConfusionPanel()
        self.time_bar = TimeBar()
        self.per_class = PerClassPanel()
        self.lecture_table = LectureTablePanel()
        self.reliability = ReliabilityPanel()
        self.thresholds = ThresholdPanel()
        self.runs = RunsPanel()
        self.examples = ExamplesPanel()
        self.figures: dict[Panels, Panel] = {
            Panels.CLASSES: self.per_class,
            Panels.TABLE: self.lecture_table,
            Panels.RELIABILITY: self.reliability,
            Panels.THRESHOLD: self.thresholds,
            Panels.RUNS: self.runs,
        }
        self.panels: tuple[Panel, ...] = (self.confusion, *self.figures.values(), self.examples)
        self._shown: EvaluateState | None = None
        self._moved = False

        self.stack = QStackedWidget()
        for panel in self.figures.values():
            self.stack.addWidget(panel)
        self._switches = [self._add_switch(panel) for panel in self.figures.values()]

        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        column.addWidget(self.confusion, 1)
        column.addWidget(self.time_bar)
        self._right = QSplitter(Qt.Orientation.Vertical)
        self._right.addWidget(self.stack)
        self._right.addWidget(self.examples)
        self._side_by_side = QSplitter(Qt.Orientation.Horizontal)
        self._side_by_side.addWidget(left)
        self._side_by_side.addWidget(self._right)
        for splitter in (self._right, self._side_by_side):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(MARGIN)
            splitter.splitterMoved.connect(self._on_splitter_moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.addWidget(self._side_by_side)

    def _add_switch(self, panel: Panel) -> SegmentedControl:
        """Put the choice of figures first into the body of a panel, where it stands in each."""
        switch = SegmentedControl([(str(key), words, hint) for key, words, hint in _PANELS])
        switch.setObjectName("figures")
        switch.chosen.connect(self._on_panel_chosen)
        row = QHBoxLayout()
        row.addWidget(switch)
        row.addStretch(1)
        panel.body.insertLayout(0, row)
        return switch

    def render(self, state: EvaluateState) -> None:  # type: ignore[override]
        """Render the parts whose state differs from what they show."""
        shown, self._shown = self._shown, state
        self._show_panel(state.panel)
        parts: tuple[tuple[Callable[[Any], None], str], ...] = (
            (self.confusion.render, "confusion"),
            (self.time_bar.render, "time_bar"),
            (self.per_class.render, "per_class"),
            (self.lecture_table.render, "lecture_table"),
            (self.reliability.render, "reliability"),
            (self.thresholds.render, "thresholds"),
            (self.runs.render, "runs"),
            (self.examples.render, "examples"),
        )
        for render, name in parts:
            part = getattr(state, name)
            if part is not None and (shown is None or part != getattr(shown, name)):
                render(part)

    def _show_panel(self, chosen: Panels) -> None:
        for switch in self._switches:
            switch.choose(str(chosen))
        panel = self.figures[chosen]
        # A panel that fills the window is in no stack.
        if self.stack.currentWidget() is panel or self.stack.indexOf(panel) < 0:
            return
        focused = self.focusWidget()
        by_keys = focused is not None and any(
            switch.isAncestorOf(focused) for switch in self._switches
        )
        self.stack.setCurrentWidget(panel)
        if by_keys:  # the keyboard goes on where it is
            self._switches[list(self.figures).index(chosen)].button(str(chosen)).setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Hand the theme on to every part."""
        self.time_bar.set_theme(theme)
        for panel in self.panels:
            panel.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._moved:
            self._share_room()

    def _share_room(self) -> None:
        """Give the parts their usual sizes; a splitter that was moved by hand is left alone."""
        width, height = self._side_by_side.width(), self._right.height()
        matrix = round(width * _MATRIX_SHARE)
        self._side_by_side.setSizes([matrix, width - matrix])
        above = round(height * _ABOVE_SHARE)
        self._right.setSizes([above, height - above])

    def _on_splitter_moved(self) -> None:
        self._moved = True

    def _on_panel_chosen(self, key: str) -> None:
        self.judging_changed.emit({"panel": Panels(key)})

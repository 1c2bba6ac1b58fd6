"""The confusion matrix of the newest evaluation, small, beside the curves."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.confusion_matrix import ConfusionMatrix
from rnnstudio.gui.plots.matrix_painting import Measure
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.evaluate import ConfusionState, noun_of


class LiveConfusionPanel(Panel):
    """Shows the matrix while the network learns; a click leads to the sentences of a cell."""

    cells_requested = Signal(frozenset)  # (truth, predicted) pairs

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Confusion, live", parent=parent)
        self.setObjectName("live_confusion")
        self.matrix = ConfusionMatrix()
        self.matrix.cells_selected.connect(self.cells_requested)
        self.matrix.hinted.connect(self.hinted)
        self.body.addWidget(self.matrix, 1)

    def render(self, state: ConfusionState) -> None:  # type: ignore[override]
        """Show the matrix of `state`."""
        evaluation = state.evaluation
        count = ""
        if evaluation is not None:
            count = f" · {counted(len(evaluation.rows), noun_of(evaluation))}"
        self.set_subtitle(f"{state.split}{count}")
        self.matrix.render_state(evaluation, Measure.COUNTS, state.cells, state.message)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.matrix.set_theme(theme)

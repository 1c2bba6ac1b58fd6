"""The confusion matrix of the newest evaluation, small, beside the curves."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.confusion_matrix import ConfusionMatrix
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.confusion import ConfusionState
from rnnstudio.session.resolve.matrix_words import count_in_words


class LiveConfusionPanel(Panel):
    """Shows the matrix while the network learns; a click leads to the sentences of a cell."""

    cells_requested = Signal(frozenset)  # (row, column) places in Judgement.table

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Confusion, live", parent=parent)
        self.setObjectName("live_confusion")
        self.matrix = ConfusionMatrix()
        self.matrix.changes_classes = False
        self.matrix.shows_all = True
        self.matrix.cells_selected.connect(self.cells_requested)
        self.matrix.hinted.connect(self.hinted)
        self.body.addWidget(self.matrix, 1)

    def render(self, state: ConfusionState) -> None:  # type: ignore[override]
        """Show the matrix of `state`."""
        judgement = state.judgement
        count = ""
        if judgement is not None:
            count = f" · {count_in_words(judgement, len(judgement.rows))}"
        self.set_subtitle(f"{state.split}{count}")
        self.matrix.render_state(judgement, state.judging, state.cells, state.message)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.matrix.set_theme(theme)

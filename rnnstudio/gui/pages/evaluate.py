"""The Evaluate page: which sentences the network gets wrong, and how often.

Signals to be connected, by panel:

    confusion  cells_selected(frozenset of (truth, predicted))
    per_class  split_chosen(str)
    examples   example_opened(int: the table's row, int | None: the step of a word)

Each panel's `render` takes what `session.resolve.evaluate.resolve_<panel>` makes.
"""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rnnstudio.gui.panels.confusion import ConfusionPanel
from rnnstudio.gui.panels.examples import ExamplesPanel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.per_class import PerClassPanel
from rnnstudio.gui.theme import Theme

MARGIN = 14
_MOST_PER_CLASS = 0.48


class EvaluatePage(QWidget):
    """The matrix on the left; the classes and the sentences of the selection on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.confusion = ConfusionPanel()
        self.per_class = PerClassPanel()
        self.examples = ExamplesPanel()
        self.panels: tuple[Panel, ...] = (self.confusion, self.per_class, self.examples)
        right = QVBoxLayout()
        right.setSpacing(MARGIN)
        right.addWidget(self.per_class)
        right.addWidget(self.examples, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(MARGIN)
        layout.addWidget(self.confusion, 11)
        layout.addLayout(right, 10)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Many classes are not to push the sentences off the page.
        self.per_class.setMaximumHeight(max(int(self.height() * _MOST_PER_CLASS), 240))

    def set_theme(self, theme: Theme) -> None:
        """Hand the theme on to every panel."""
        for panel in self.panels:
            panel.set_theme(theme)

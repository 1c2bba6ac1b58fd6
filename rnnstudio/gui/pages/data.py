"""The Data page: which sentences, and how they become numbers.

Signals to be connected, by panel:

    data_sets     open_requested(), builtin_chosen(str: name)
    sentences     row_selected(int), row_edited(int, str: field, str: value),
                  row_added(str: sentence, str: label), rows_deleted(tuple[int, ...]),
                  rows_excluded(tuple[int, ...], bool), row_opened(int)
    words_to_ids  row_selected(int)
    one_hot       step_requested(int: 1-based)

Each panel's `render` takes what `session.resolve.data.resolve_<panel>` makes.
"""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rnnstudio.gui.panels.data_sets import DataSetsPanel
from rnnstudio.gui.panels.data_summary import DataSummaryPanel
from rnnstudio.gui.panels.one_hot import OneHotPanel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.sentences import SentencesPanel
from rnnstudio.gui.panels.words_to_ids import WordsToIdsPanel
from rnnstudio.gui.theme import Theme

MARGIN = 14


class DataPage(QWidget):
    """Data sets, their sentences, and from words to ids, from left to right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data_sets = DataSetsPanel()
        self.sentences = SentencesPanel()
        self.words_to_ids = WordsToIdsPanel()
        self.one_hot = OneHotPanel()
        self.data_summary = DataSummaryPanel()
        self.panels: tuple[Panel, ...] = (
            self.data_sets,
            self.sentences,
            self.words_to_ids,
            self.one_hot,
            self.data_summary,
        )
        right = QVBoxLayout()
        right.setSpacing(MARGIN)
        right.addWidget(self.words_to_ids)
        right.addWidget(self.one_hot, 4)
        right.addWidget(self.data_summary, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(MARGIN)
        layout.addWidget(self.data_sets, 16)
        layout.addWidget(self.sentences, 36)
        layout.addLayout(right, 46)

    def set_theme(self, theme: Theme) -> None:
        """Hand the theme on to every panel."""
        for panel in self.panels:
            panel.set_theme(theme)

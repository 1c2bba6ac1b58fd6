"""From words to ids: the selected sentence and its neighbours as the network reads them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.data.vocabulary import PAD, PAD_ID
from rnnstudio.gui.controls import label
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.token_table import TokenTable
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.data import WordsToIdsState


class WordsToIdsPanel(Panel):
    """x_1 … x_T of a few sentences, padded to the longest, and y."""

    row_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("From words to ids", parent=parent)
        self._state: WordsToIdsState | None = None
        self.unknown = label("", "warning")
        self.unknown.setObjectName("unknown_words")
        self.header.addWidget(self.unknown)
        self.tokens = TokenTable()
        self.tokens.setObjectName("token_table")
        self.tokens.row_clicked.connect(self.row_selected)
        self.tokens.hinted.connect(self.hinted)
        self.body.addWidget(self.tokens)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.tokens.set_theme(theme)

    def render(self, state: WordsToIdsState) -> None:  # type: ignore[override]
        """Show the sentences."""
        self._state = state
        self.set_title(f"From {state.unit}s to ids", state.subtitle)
        words = state.sentences[state.chosen].unknown if state.sentences else ()
        different = dict.fromkeys(words)
        self.unknown.setVisible(bool(words))
        count = len(different)
        id_ = state.sentences[state.chosen].unknown_id if state.sentences else 0
        self.unknown.setText(f"{counted(count, f'unknown {state.unit}')}: id {id_:,}")
        self.unknown.setToolTip(
            f"Not in the vocabulary, which has the {state.unit}s of the training split: "
            + ", ".join(word[:40] for word in list(different)[:20])
        )
        self.tokens.render_state(state)
        self.updateGeometry()

    def table_rows(self) -> list[list[str]] | None:
        state = self._state
        if state is None or not state.sentences:
            return None
        longest = state.longest
        rows = [["", *(f"x_{step}" for step in range(1, longest + 1)), "y"]]
        for sentence in state.sentences:
            missing = longest - len(sentence.ids)
            number = "" if sentence.row is None else str(sentence.row + 1)
            target = "" if sentence.target is None else str(sentence.target)
            rows.append([number, *sentence.words, *[PAD] * missing, sentence.label])
            ids = [str(id_) for id_ in sentence.ids]
            rows.append(["", *ids, *[str(PAD_ID)] * missing, target])
            if sentence.tags:
                rows.append(["", *sentence.tags, *[""] * missing, ""])
        return rows

"""The sentence that the network reads: typed, chosen or drawn, with the prediction beside it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from rnnstudio.gui.controls import button
from rnnstudio.gui.panels.prediction_badge import PredictionBadge
from rnnstudio.gui.panels.sentence_edit import SentenceEdit
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.unroll import SentenceState


class SentenceBox(QWidget):
    """A text field, examples, a random sentence of the data, the prediction."""

    sentence_changed = Signal(str)  # with every key
    sentence_entered = Signal()  # Enter: play it
    random_sentence_requested = Signal()
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sentence_box")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.theme: Theme = LIGHT
        self.edit = SentenceEdit()
        self.examples_button = button("Examples", tooltip="Sentences to try")
        self.examples_button.setObjectName("examples")
        self.examples_button.setProperty("hasMenu", "true")
        self._examples: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self.examples_menu = QMenu(self)
        self.examples_menu.triggered.connect(self._on_example_chosen)
        self.examples_button.setMenu(self.examples_menu)
        self.random_button = button("From test set")
        self.random_button.setObjectName("random_sentence")
        self.badge = PredictionBadge()

        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.examples_button)
        layout.addWidget(self.random_button)
        layout.addWidget(self.badge)
        for control in (self.examples_button, self.random_button, self.badge):
            control.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

        self.edit.textEdited.connect(self.sentence_changed)
        self.edit.returnPressed.connect(self.sentence_entered)
        self.random_button.clicked.connect(self.random_sentence_requested)
        self.badge.hinted.connect(self.hinted)

    def render(self, state: SentenceState) -> None:  # type: ignore[override]
        """Show the sentence, the word under the play head and the prediction."""
        if self.edit.text() != state.sentence:
            self.edit.setText(state.sentence)  # says nothing: only textEdited is listened to
            self.edit.setCursorPosition(0)
        self.edit.mark(state.marked)
        self.badge.show_badge(state.badge)
        if state.examples != self._examples:
            self._examples = state.examples
            self._fill_examples()
        self.examples_button.setVisible(bool(state.examples))
        self.random_button.setVisible(bool(state.source))
        self.random_button.setText(f"From {state.source}")
        self.random_button.setToolTip(f"A sentence of the {state.source}, another each time")

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.theme = theme
        self.edit.set_theme(theme)
        self.badge.set_theme(theme)

    def focus_sentence(self) -> None:
        """Put the cursor into the sentence, all of it selected."""
        self.edit.setFocus()
        self.edit.selectAll()

    def sizeHint(self) -> QSize:
        return QSize(800, max(super().sizeHint().height(), 38))

    def _fill_examples(self) -> None:
        self.examples_menu.clear()
        for title, sentences in self._examples:
            self.examples_menu.addSection(title)
            for sentence in sentences:
                # A single & would be taken for the sign of a shortcut.
                action = self.examples_menu.addAction(sentence.replace("&", "&&"))
                action.setData(sentence)

    def _on_example_chosen(self, action: QAction) -> None:
        self.sentence_changed.emit(str(action.data()))
        self.sentence_entered.emit()

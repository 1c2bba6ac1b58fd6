"""The sentence that the network reads: typed, chosen or drawn, with the prediction beside it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
    QWidgetAction,
)

from rnnstudio.data.table import Split
from rnnstudio.gui.controls import button, label
from rnnstudio.gui.icons import icon
from rnnstudio.gui.panels.prediction_badge import PredictionBadge
from rnnstudio.gui.panels.sentence_edit import SentenceEdit
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.resolve.sentence_box import SentenceState, Source

_WIDTH_FOR_WORDS = 1300  # pixels; with less the buttons have signs, and the sentence the room
_BADGE_SHARE = 0.34
_ICON = QSize(17, 17)
_MOST_LISTED = 20  # sentences in a menu
_MOST_LETTERS = 90  # of one of them


class SentenceBox(QWidget):
    """A text field; examples, sentences that were tried or that the data have; the prediction."""

    sentence_changed = Signal(str)  # with every key
    sentence_entered = Signal()  # Enter: play it
    sentence_chosen = Signal(str)  # whole, from the examples or the history
    random_requested = Signal(str, bool)  # the split; whether the most wrong one is meant
    shuffle_requested = Signal()
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sentence_box")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.theme: Theme = LIGHT
        self._state = SentenceState("", None, PredictionBadge.NOTHING)
        self._choice: tuple[Split, bool] | None = None  # None: the first part of the data
        self._with_words = True
        self.edit = SentenceEdit()
        self.examples_button, self.examples_menu = self._menu_button("examples")
        self.history_button, self.history_menu = self._menu_button("history")
        self.random_button = button("")
        self.random_button.setObjectName("random_sentence")
        self.random_button.setProperty("joined", "left")
        self.source_button, self.source_menu = self._menu_button("sources")
        self.source_button.setProperty("joined", "right")
        self.shuffle_button = button("")
        self.shuffle_button.setObjectName("shuffle_words")
        self.badge = PredictionBadge()

        random = QHBoxLayout()
        random.setSpacing(0)
        random.addWidget(self.random_button)
        random.addWidget(self.source_button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.shuffle_button)
        layout.addWidget(self.examples_button)
        layout.addWidget(self.history_button)
        layout.addLayout(random)
        layout.addWidget(self.badge)
        for control in (*self._buttons(), self.badge):
            control.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

        self.edit.textEdited.connect(self.sentence_changed)
        self.edit.walked.connect(self.sentence_changed)
        self.edit.returnPressed.connect(self.sentence_entered)
        self.examples_menu.triggered.connect(self._on_example_chosen)
        self.history_menu.triggered.connect(self._on_tried_chosen)
        self.source_menu.triggered.connect(self._on_source_chosen)
        self.random_button.clicked.connect(self._on_random_clicked)
        self.shuffle_button.clicked.connect(self._on_shuffle_clicked)
        self.badge.hinted.connect(self.hinted)
        self._dress()

    def render(self, state: SentenceState) -> None:  # type: ignore[override]
        """Show the sentence, the word under the play head and the prediction."""
        former, self._state = self._state, state
        self.edit.show_sentence(state.sentence)
        self.edit.set_tried(state.tried)
        self.edit.mark(state.marked)
        self.badge.show_badge(state.badge)
        if state.examples != former.examples:
            self._fill_examples()
        if state.tried != former.tried:
            self._fill_history()
        if state.sources != former.sources:
            self._fill_sources()
        self._show_buttons()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.theme = theme
        self.edit.set_theme(theme)
        self.badge.set_theme(theme)
        self._dress()
        self._fill_sources()

    def focus_sentence(self) -> None:
        """Put the cursor into the sentence, all of it selected."""
        self.edit.setFocus()
        self.edit.selectAll()

    def sizeHint(self) -> QSize:
        return QSize(800, max(super().sizeHint().height(), 38))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.badge.set_room(round(self.width() * _BADGE_SHARE))
        with_words = self.width() >= _WIDTH_FOR_WORDS
        if with_words != self._with_words:
            self._with_words = with_words
            self._dress()

    def _menu_button(self, name: str) -> tuple[QPushButton, QMenu]:
        result, menu = button(""), QMenu(self)
        result.setObjectName(name)
        result.setProperty("hasMenu", "true")
        result.setMenu(menu)
        return result, menu

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (
            self.shuffle_button,
            self.examples_button,
            self.history_button,
            self.random_button,
            self.source_button,
        )

    def _dress(self) -> None:
        """Give the buttons words, or signs alone where there is no room for both."""
        for control, sign, words, tooltip in (
            (self.examples_button, "examples", "Examples", "Sentences to try"),
            (self.history_button, "history", "History", "Sentences that were tried (Ctrl+↑)"),
            (
                self.shuffle_button,
                "shuffle",
                "",
                "Shuffle the words: the same ones in another order",
            ),
        ):
            _dress(control, sign, words if self._with_words else "", tooltip, self.theme)
        self.source_button.setToolTip("Which sentence of the data comes next")
        self.source_button.setAccessibleName("Which sentence of the data comes next")
        self._show_choice()

    def _show_buttons(self) -> None:
        state = self._state
        self.examples_button.setVisible(bool(state.examples))
        self.history_button.setEnabled(bool(state.tried))
        for control in (self.random_button, self.source_button):
            control.setVisible(bool(state.sources))
        self.shuffle_button.setEnabled(bool(state.sentence.strip()))

    def _fill_examples(self) -> None:
        self.examples_menu.clear()
        for title, sentences in self._state.examples:
            heading = QWidgetAction(self.examples_menu)  # a section's title is not drawn
            words = label(title, "menu-heading")
            heading.setDefaultWidget(words)
            heading.setEnabled(False)
            self.examples_menu.addAction(heading)
            for sentence in sentences:
                self.examples_menu.addAction(_listed(sentence)).setData(sentence)

    def _fill_history(self) -> None:
        self.history_menu.clear()
        for sentence in self._state.tried[:_MOST_LISTED]:
            self.history_menu.addAction(_listed(sentence)).setData(sentence)

    def _fill_sources(self) -> None:
        self.source_menu.clear()
        for words, sign, most_wrong in (
            ("Random from", "random", False),
            ("Most wrong from", "most_wrong", True),
        ):
            if most_wrong:
                self.source_menu.addSeparator()
            for source in self._state.sources:
                count = f"{source.count:,} sentence{'' if source.count == 1 else 's'}"
                action = QAction(f"{words} {source.words}  ({count})", self.source_menu)
                action.setIcon(icon(sign, self.theme))
                action.setData((source.split, most_wrong))
                self.source_menu.addAction(action)
        self._show_choice()

    def _chosen_source(self) -> tuple[Source, bool] | None:
        """Return what the button asks for: the same as last time, where the data still have it."""
        sources = self._state.sources
        if self._choice is not None:
            split, most_wrong = self._choice
            found = next((source for source in sources if source.split is split), None)
            if found is not None:
                return found, most_wrong
        return (sources[0], False) if sources else None

    def _show_choice(self) -> None:
        chosen = self._chosen_source()
        if chosen is None:
            return
        source, most_wrong = chosen
        if most_wrong:
            words = "Most wrong"
            tooltip = (
                f"The sentence of the {source.words} whose true class has the lowest probability; "
                "with each press the next one"
            )
        else:
            words = f"From {source.words}"
            tooltip = f"A sentence of the {source.words}, another each time"
        sign = "most_wrong" if most_wrong else "random"
        _dress(self.random_button, sign, words if self._with_words else "", tooltip, self.theme)

    def _on_example_chosen(self, action: QAction) -> None:
        self.sentence_chosen.emit(str(action.data()))
        self.sentence_entered.emit()

    def _on_tried_chosen(self, action: QAction) -> None:
        self.sentence_chosen.emit(str(action.data()))

    def _on_source_chosen(self, action: QAction) -> None:
        split, most_wrong = action.data()
        self._choice = (Split(split), bool(most_wrong))
        self._show_choice()
        self._on_random_clicked()

    def _on_random_clicked(self) -> None:
        chosen = self._chosen_source()
        if chosen is not None:
            self.random_requested.emit(chosen[0].split.value, chosen[1])

    def _on_shuffle_clicked(self) -> None:
        self.shuffle_requested.emit()


def _dress(control: QPushButton, sign: str, words: str, tooltip: str, theme: Theme) -> None:
    """Put a sign on a button, and words where it has any."""
    control.setIcon(icon(sign, theme, "text"))
    control.setIconSize(_ICON)
    control.setText(words)
    control.setToolTip(tooltip)
    control.setAccessibleName(tooltip)
    control.setProperty("square", "false" if words else "true")
    style = control.style()
    style.unpolish(control)  # the style sheet reads properties only then
    style.polish(control)


def _listed(sentence: str) -> str:
    """Return a sentence as a menu can show it."""
    text = " ".join(sentence.split())
    if len(text) > _MOST_LETTERS:
        text = text[: _MOST_LETTERS - 1] + "…"
    return text.replace("&", "&&")  # a single one would be taken for the sign of a shortcut

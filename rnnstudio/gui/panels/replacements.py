"""Other words in the place of one, ranked by what they would do to the answer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLineEdit, QWidget

from rnnstudio.gui.choice_box import ChoiceBox
from rnnstudio.gui.controls import SegmentedControl, label, tool_button
from rnnstudio.gui.icons import icon
from rnnstudio.gui.models.replacements import Effect, ReplacementsModel
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.plots.lettering import shown_word
from rnnstudio.gui.plots.ranked_words import BarScale, PresentWord, RankedWordList
from rnnstudio.gui.theme import Theme
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.replacements import ReplacementsState

_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_LEAST_SCALE = 0.001  # changes that the numbers cannot show make no long bars


class ReplacementsPanel(Panel):
    """A list of words; a click or Enter puts one into the sentence."""

    word_chosen = Signal(int, str)  # the step, the word
    looking_changed = Signal(object)  # {"ranked_class": index}
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Replace", parent=parent)
        self.setObjectName("replacements_panel")
        self._state = ReplacementsState()
        self._scrolled_for: tuple[object, ...] = ()
        self.close_button = tool_button("", "Back to the inspector")
        self.close_button.setObjectName("close_replacements")
        self.close_button.setIconSize(QSize(16, 16))
        self.close_button.clicked.connect(self.closed)
        self.header.addWidget(self.close_button)

        self.class_box = ChoiceBox(())
        self.class_box.setObjectName("ranked_class")
        self.class_box.setAccessibleName("The class whose probability ranks the words")
        self.class_box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.class_box.setMinimumContentsLength(4)
        self.class_box.chosen.connect(self._on_class_chosen)
        self.effect = SegmentedControl(
            (
                (Effect.RAISE, "raise", "The words that raise its probability most come first"),
                (Effect.LOWER, "lower", "The words that lower its probability most come first"),
                (Effect.FLIP, "flip the answer", "Only the words that change the answer"),
            )
        )
        self.effect.chosen.connect(self._list_words)
        self.filter = QLineEdit()
        self.filter.setObjectName("filter_words")
        self.filter.setAccessibleName("Letters that the words have in them")
        self.filter.setPlaceholderText("Only words with …")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._list_words)
        self.filter.installEventFilter(self)

        self.present = PresentWord()
        self.model = ReplacementsModel(self)
        self.list = RankedWordList()
        self.list.setModel(self.model)
        self.list.chosen.connect(self._on_word_chosen)
        self.list.hinted.connect(self.hinted)
        self.footer = label("", "muted")
        self.footer.setWordWrap(True)

        chooser = QHBoxLayout()
        chooser.setSpacing(8)
        self._by = label("probability of", "muted")
        chooser.addWidget(self._by)
        chooser.addWidget(self.class_box, 1)
        self.body.addLayout(chooser)
        effects = QHBoxLayout()
        effects.addWidget(self.effect)
        effects.addStretch(1)
        self.body.addLayout(effects)
        self.body.addWidget(self.filter)
        self.body.addWidget(self.present)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.footer)
        self._render_controls()

    def render(self, state: ReplacementsState) -> None:  # type: ignore[override]
        """Show the ranking, or why there is none."""
        labels, self._state = self._state.labels, state
        word = shown_word(state.word)
        self.set_title("Replace", f"“{word}”" if state.word else "")
        self.subtitle.setToolTip(f"“{word}” at step {state.step}" if state.word else "")
        if state.labels != labels:
            self.class_box.clear()
            for index, name in enumerate(state.labels):
                self.class_box.addItem(name, str(index))
        # While the words are tried, the class that will rank them is not known.
        if state.ranked is not None:
            self.class_box.choose(str(state.class_index))
        self.filter.setPlaceholderText(f"Only {state.unit}s with …")
        self._render_controls()
        self._list_words()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.close_button.setIcon(icon("close", theme))
        self.present.set_theme(theme)
        self.list.set_theme(theme)

    def table_rows(self) -> list[list[str]] | None:
        ranked, state = self._state.ranked, self._state
        if ranked is None:
            return None
        name = state.labels[state.class_index]
        places = [self.model.place(row) for row in range(self.model.rowCount())]
        return [
            ["word", name, "change", "answer"],
            [state.word, f"{state.probability:.6g}", "0", state.labels[state.answer]],
            *(
                [
                    ranked.words[place],
                    f"{ranked.probabilities[place]:.6g}",
                    f"{ranked.changes[place]:.6g}",
                    state.labels[int(ranked.answers[place])],
                ]
                for place in places
            ),
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the filter's arrows and Enter act on the list: the hands stay where they are."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                QApplication.sendEvent(self.list, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.choose_current()
                return True
        return super().eventFilter(watched, event)

    def _render_controls(self) -> None:
        some = bool(self._state.labels)
        for control in (self._by, self.class_box, self.effect, self.filter):
            control.setVisible(some)
        ranked = self._state.ranked is not None
        self.class_box.setEnabled(ranked)
        self.present.setVisible(ranked)

    def _list_words(self) -> None:
        """List the words anew; the current one and the place in the list stay where they can."""
        state, effect = self._state, Effect(self.effect.key)
        current = self.list.currentIndex()
        word = self.model.word(current.row()) if current.isValid() else None
        about = (state.step, state.word, state.class_index, effect, self.filter.text())
        scrolled = self.list.verticalScrollBar().value() if about == self._scrolled_for else 0
        self.model.show(state, effect, self.filter.text())
        if state.ranked is not None:
            line = self.model.line_of(word) if word is not None else -1
            blocked = self.list.blockSignals(True)
            if line >= 0 and about == self._scrolled_for:
                self.list.setCurrentIndex(self.model.index(line))
            self.list.blockSignals(blocked)
            self._scrolled_for = about
        self.list.verticalScrollBar().setValue(scrolled)
        self.list.set_message(self._message(effect))
        self.footer.setText(self._footer())
        self.footer.setVisible(bool(self.footer.text()))
        if state.ranked is not None:
            changes = state.ranked.changes
            low, high = float(changes.min(initial=0.0)), float(changes.max(initial=0.0))
            scale = BarScale(low, max(high, low + _LEAST_SCALE))
            self.list.rows.scale = scale
            self.present.show_word(state.word, state.probability, scale, state.unit)

    def _message(self, effect: Effect) -> str:
        state = self._state
        if state.ranked is None:
            return state.message
        if self.filter.text().strip():
            return f"No {state.unit} with “{self.filter.text().strip()}” does this."
        if effect is Effect.FLIP:
            return f"No other {state.unit} changes the answer “{state.labels[state.answer]}”."
        return f"There is no other {state.unit}."

    def _footer(self) -> str:
        state = self._state
        if state.ranked is None:
            return ""
        count, flips = len(state.ranked.words), len(state.ranked.flipping)
        dot = "● " if flips else ""
        of = f"of {counted(count, state.unit)}"
        words = f"{dot}{flips:,} {of} change the answer."
        return f"{words} {state.note}".strip()

    def _on_class_chosen(self, key: str) -> None:
        self.looking_changed.emit({"ranked_class": int(key)})

    def _on_word_chosen(self, word: str) -> None:
        self.word_chosen.emit(self._state.step, word)

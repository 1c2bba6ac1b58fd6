"""What can be done with a word of the strip: the table of its menu and its keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from rnnstudio.gui.plots.strip_model import StripModel

EDIT, REPLACE, DELETE, REPEAT = "edit", "replace", "delete", "repeat"
SWAP_BACK, SWAP_ON = "swap_back", "swap_on"
RESET, TRANSPLANT, SHUFFLE = "reset_memory", "transplant", "shuffle"


@dataclass(frozen=True)
class WordAction:
    """One thing to do with a word; `rule` says which words it is for."""

    key: str
    words: str
    shortcut: str = ""
    rule: str = "word"
    line_above: bool = False


WORD_ACTIONS = (
    WordAction(EDIT, "&Edit “{word}”", "F2"),
    WordAction(REPLACE, "Re&place “{word}” by …"),
    WordAction(REPEAT, "&Repeat “{word}”", "Ctrl+D"),
    WordAction(DELETE, "&Delete “{word}”", "Ctrl+Del"),
    WordAction(SWAP_BACK, "Swap with the word &before", "Alt+Left", rule="later", line_above=True),
    WordAction(SWAP_ON, "Swap with the word &after", "Alt+Right", rule="earlier"),
    WordAction(SHUFFLE, "&Shuffle all words", "", rule="several"),
    WordAction(RESET, "Reset the &memory before this word", "", rule="memory", line_above=True),
    WordAction(TRANSPLANT, "&Transplant a memory here …", "", rule="memory"),
)
_LONGEST_WORD = 24


def allowed(action: WordAction, model: StripModel, step: int) -> bool:
    """Whether an action is for the word of a step."""
    last = len(model.reading) - 1  # the last word; after it comes <eos>
    is_word = 2 <= step <= last
    rules = {
        "word": is_word,
        "later": is_word and step > 2,
        "earlier": is_word and step < last,
        "several": last > 2,
        "memory": model.reading.spec.cell.recurrent,
    }
    return rules[action.rule]


def action_of(event: QKeyEvent) -> WordAction | None:
    """Return the action of a key, if there is one."""
    pressed = QKeySequence(event.keyCombination())
    return next(
        (
            action
            for action in WORD_ACTIONS
            if action.shortcut and pressed == QKeySequence(action.shortcut)
        ),
        None,
    )


def is_menu_key(event: QKeyEvent) -> bool:
    """Whether a key opens menus: the menu key, or Shift+F10 where there is none."""
    shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    return event.key() == Qt.Key.Key_Menu or (event.key() == Qt.Key.Key_F10 and shift)


class WordMenu(QMenu):
    """The menu of one word."""

    def __init__(
        self,
        parent: QWidget,
        model: StripModel,
        step: int,
        perform: Callable[[str, int], None],
    ) -> None:
        """Make the menu; `perform` gets the key of what is chosen, and the step."""
        super().__init__(parent)
        self._perform = perform
        self._step = step
        self.setObjectName("word_menu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        word = model.reading.words[step - 1]
        if len(word) > _LONGEST_WORD:
            word = f"{word[: _LONGEST_WORD // 2]}…{word[-_LONGEST_WORD // 2 + 1 :]}"
        for row in WORD_ACTIONS:
            if row.line_above:
                self.addSeparator()
            action = QAction(row.words.format(word=word.replace("&", "&&")), self)
            action.setObjectName(row.key)
            action.setEnabled(allowed(row, model, step))
            if row.shortcut:
                action.setShortcut(QKeySequence(row.shortcut))
                action.setShortcutVisibleInContextMenu(True)
                # Only shown: the strip itself listens to its keys.
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self.addAction(action)
        self.triggered.connect(self._on_triggered)

    def open_at(self, place: QPoint) -> None:
        """Show it at a global place."""
        self.popup(place)

    def _on_triggered(self, action: QAction) -> None:
        self._perform(action.objectName(), self._step)

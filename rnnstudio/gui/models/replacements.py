"""The list of ranked words as Qt sees it: nothing is made for a word that is not looked at."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from rnnstudio.engine.arrays import IntArray
from rnnstudio.gui.plots.lettering import probability, shown_word, signed
from rnnstudio.gui.tables import AnyIndex, CellRole
from rnnstudio.session.resolve.replacements import RankedWords, ReplacementsState

_NONE = QModelIndex()
_NO_PLACES: IntArray = np.zeros(0, np.int64)


class Effect(StrEnum):
    """Which words come first."""

    RAISE = "raise"
    LOWER = "lower"
    FLIP = "flip"


class ReplacementsModel(QAbstractListModel):
    """Lists the words of a `ReplacementsState` that have an effect and a filter in them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = ReplacementsState()
        self._places = _NO_PLACES

    def show(self, state: ReplacementsState, effect: Effect, part: str) -> None:
        """List the words with `part` in them, those first that have most of the effect."""
        self.beginResetModel()
        self.state = state
        self._places = _NO_PLACES
        ranked = state.ranked
        if ranked is not None:
            self._places = _contained(ranked, _ordered(ranked, effect), part)
        self.endResetModel()

    def place(self, row: int) -> int:
        """Return the place in the ranking of the word in a line."""
        return int(self._places[row])

    def word(self, row: int) -> str:
        """Return the word in a line."""
        assert self.state.ranked is not None
        return self.state.ranked.words[self.place(row)]

    def line_of(self, word: str) -> int:
        """Return the line in which a word is listed, −1 if it is not."""
        ranked = self.state.ranked
        if ranked is None:
            return -1
        lines = (line for line, place in enumerate(self._places) if ranked.words[place] == word)
        return next(lines, -1)

    def rowCount(self, parent: AnyIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(self._places)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown_word(self.word(index.row()))
            case Qt.ItemDataRole.AccessibleTextRole | CellRole.HINT:
                return self._words(index.row())
        return None

    def _words(self, row: int) -> str:
        """Say what a word would do."""
        state, place = self.state, self.place(row)
        ranked = state.ranked
        assert ranked is not None
        name = state.labels[state.class_index]
        now, then = state.probability, float(ranked.probabilities[place])
        answer = int(ranked.answers[place])
        turns = f"; the answer becomes {state.labels[answer]}" if answer != state.answer else ""
        return (
            f"“{shown_word(self.word(row))}” in place of “{shown_word(state.word)}”: {name} "
            f"{probability(now, 3)} → {probability(then, 3)} "
            f"({signed(float(ranked.changes[place]))}){turns}"
        )


def _ordered(ranked: RankedWords, effect: Effect) -> IntArray:
    if effect is Effect.FLIP:
        return ranked.flipping
    places = np.arange(len(ranked.words))
    return places if effect is Effect.RAISE else places[::-1]


def _contained(ranked: RankedWords, places: IntArray, part: str) -> IntArray:
    part = part.strip().casefold()
    if not part:
        return places
    found = np.array([part in word.casefold() for word in ranked.words], np.bool_)
    return places[found[places]] if len(found) else places

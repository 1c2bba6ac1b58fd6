"""What the phrase panel shows: the units on exactly in some words, and where they are on again."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rnnstudio.data.dataset import Dataset
from rnnstudio.engine.network import Task
from rnnstudio.engine.phrases import occurrences
from rnnstudio.session.findings import StatesFound
from rnnstudio.session.looking import Looking
from rnnstudio.session.memo import remembered
from rnnstudio.session.over_time import (
    Kind,
    OverTime,
    PhraseUnit,
    best_threshold,
    fitted,
    over_time,
    phrase_of,
    phrase_units,
    place_words,
)
from rnnstudio.session.quantity_words import QuantityWords, quantity_words
from rnnstudio.session.resolve.data_states import data_states
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.state import SessionState

MOST_PLACES = 200
HOW_TO_CHOOSE = (
    "Drag over the words below the heat map, or press Shift with ← or → there: the units that are "
    "on exactly in those words appear here."
)
NO_UNIT = "No unit is on exactly here: lower the threshold or choose other words."
NOT_YET = "No unit is on exactly here: raise the threshold or choose other words."
NEVER_ON = "No unit is on exactly here, at any threshold: choose other words."


@dataclass(frozen=True)
class PhrasePlace:
    """Words of the data set in which the units are on again.

    Steps `first` … `last` of row `table_row`, whose words (T,) are `words`; `count` of the units
    are on in them. `label` is the row's class, empty where it has none.
    """

    table_row: int
    label: str
    words: tuple[str, ...]
    first: int
    last: int
    count: int


@dataclass(frozen=True)
class PhraseState:
    """The phrase, its units, and where they are on again.

    `message` says why there is no phrase. The numbers are those of `count` rows of this `kind`;
    `signed` says that some may be below zero, `diverging` that their colours have two hues, `place`
    of which layer and direction they are, `most` the largest threshold that has a meaning. `joint`
    stands between two words. `better` is a threshold at which some units are on exactly here, where
    at the present one none is. `searching` says that the data set is being read, `note` why
    `places` is empty, `more_places` that not all are listed. `rows_read` rows of `rows_all` were
    read.
    """

    message: str
    step: int = 0
    unit: int | None = None
    looking: Looking = field(default_factory=Looking)
    quantity: QuantityWords | None = None
    kind: Kind = Kind.UNIT
    count: int = 0
    signed: bool = True
    diverging: bool = True
    place: str = ""
    most: float = 1.0
    phrase: tuple[int, int] = (0, 0)
    words: tuple[str, ...] = ()
    joint: str = " "
    units: tuple[PhraseUnit, ...] = ()
    better: float | None = None
    places: tuple[PhrasePlace, ...] = ()
    more_places: bool = False
    searching: bool = False
    note: str = ""
    rows_read: int = 0
    rows_all: int = 0


def resolve_phrase(state: SessionState) -> PhraseState:
    """Return what is known of the selected phrase."""
    now = shown(state)
    reading = now.reading
    if reading is None:
        return PhraseState(now.message)
    looking = fitted(state.looking, reading)
    phrase = phrase_of(reading, looking)
    if phrase is None:
        return PhraseState(HOW_TO_CHOOSE, now.step, now.unit, looking)
    numbers = over_time(reading, looking)
    units = phrase_units(numbers, phrase, looking.threshold)
    found = data_states(state, reading, looking)
    everywhere: tuple[PhrasePlace, ...] = ()
    if found is not None and units:
        everywhere = _places(found, state.dataset, units, looking.threshold)
    places = tuple(place for place in everywhere if not _is_here(place, state, phrase))
    read, rows = _rows(found)
    return PhraseState(
        message="",
        step=now.step,
        unit=now.unit,
        looking=looking,
        quantity=quantity_words(looking.quantity, reading.spec.cell, state.preferences.notation),
        kind=numbers.kind,
        count=len(numbers),
        signed=numbers.low < 0.0,
        diverging=numbers.signed,
        place=place_words(reading, looking),
        most=_most(numbers),
        phrase=phrase,
        words=reading.words[phrase[0] - 1 : phrase[1]],
        joint=" " if reading.model.text.level == "word" else "",
        units=units,
        better=None if units else best_threshold(numbers, phrase),
        places=places,
        more_places=len(everywhere) >= MOST_PLACES,
        searching=bool(units) and found is None and not _unsearchable(state, looking),
        note=_note(state, looking, found, units, places),
        rows_read=read,
        rows_all=rows,
    )


def _most(numbers: OverTime) -> float:
    return max(abs(numbers.low), abs(numbers.high))


def _unsearchable(state: SessionState, looking: Looking) -> str:
    """Say why the data set cannot be searched, if it cannot."""
    if looking.quantity == "x":
        return "Choose a state or a gate to see where in the data its units are on again."
    if state.dataset is None:
        return "There are no data to look for them in."
    return ""


def _note(
    state: SessionState,
    looking: Looking,
    found: StatesFound | None,
    units: tuple[PhraseUnit, ...],
    places: tuple[PhrasePlace, ...],
) -> str:
    if not units:
        return ""
    unsearchable = _unsearchable(state, looking)
    if unsearchable:
        return unsearchable
    if found is None or places:
        return ""
    return "They are on together nowhere else in the data."


@remembered(2)
def _rows(found: StatesFound | None) -> tuple[int, int]:
    """Return how many rows were read, and of how many."""
    if found is None:
        return 0, 0
    return len(np.unique(found.result.rows)), len(found.table_rows)


@remembered(4)
def _places(
    found: StatesFound, dataset: Dataset | None, units: tuple[PhraseUnit, ...], threshold: float
) -> tuple[PhrasePlace, ...]:
    result = occurrences(
        found.result,
        np.array([one.unit for one in units]),
        np.array([one.sign for one in units]),
        threshold,
        MOST_PLACES,
    )
    return tuple(
        PhrasePlace(
            found.table_rows[row],
            _label(found.table_rows[row], dataset),
            _words(found, row, dataset),
            first,
            last,
            round(share * len(units)),
        )
        for row, first, last, share in zip(
            result.rows.tolist(),
            result.first_steps.tolist(),
            result.last_steps.tolist(),
            result.shares.tolist(),
            strict=True,
        )
    )


def _words(found: StatesFound, row: int, dataset: Dataset | None) -> tuple[str, ...]:
    """Return a row's words, also those that the vocabulary lacks where they are known."""
    words, table_row = found.words[row], found.table_rows[row]
    if dataset is None or table_row >= len(dataset.tokens):
        return words
    tokens = dataset.tokens[table_row]
    return (words[0], *tokens, words[-1]) if len(tokens) == len(words) - 2 else words


def _label(table_row: int, dataset: Dataset | None) -> str:
    if dataset is None or dataset.task is Task.LABEL or table_row >= len(dataset.table.rows):
        return ""
    return dataset.table.rows[table_row].label


def _is_here(place: PhrasePlace, state: SessionState, phrase: tuple[int, int]) -> bool:
    """Whether a place is the phrase itself."""
    overlaps = place.first <= phrase[1] and phrase[0] <= place.last
    return place.table_row == state.selection.row and overlaps

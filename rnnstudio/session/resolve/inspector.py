"""What the inspector takes apart: one number of the reading, or the leading classes of ŷ_t."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from rnnstudio.data.vocabulary import EOS, SOS, UNKNOWN_ID
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.explain import Explanation, explain
from rnnstudio.engine.states import DrivingWord, driving_words
from rnnstudio.engine.surgery import Change
from rnnstudio.engine.trace import Trace
from rnnstudio.session.findings import StatesFound
from rnnstudio.session.looking import Looking, Notation, Place
from rnnstudio.session.memo import remembered
from rnnstudio.session.reading import NETWORK_QUANTITIES, Reading, round_limit
from rnnstudio.session.resolve.data_states import data_states
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.state import SessionState
from rnnstudio.session.taken_apart import TakenApart

LEADING_CLASSES = 4
DRIVING_WORDS = 4  # at each end
_NO_WORDS = frozenset({SOS, EOS})
_OFTEN, _MANY_WORDS = 3, 1_000


@dataclass(frozen=True, eq=False)
class Course:
    """A number over the sentence: `values` (T,), between `low` and `high`.

    It is coloured on the scale −limit … limit of the whole quantity, as everywhere. `original` (T,)
    is what it would be if nothing were set by hand; None where nothing is.
    """

    values: FloatArray
    low: float
    high: float
    limit: float
    original: FloatArray | None = None


@dataclass(frozen=True)
class InspectorState:
    """What the inspector takes apart: the number looked at, or the leading classes of ŷ_t.

    `states` is what the data set leaves in the quantity that is looked at; None while that is
    being read.
    """

    reading: Reading | None
    step: int
    unit: int | None
    message: str
    looking: Looking = field(default_factory=Looking)
    notation: Notation = Notation.LECTURE
    states: StatesFound | None = None

    @property
    def place(self) -> Place:
        """What is looked at, its layer counted from 0; None for a number of the network."""
        layer = self.looking.layer
        if self.looking.quantity in NETWORK_QUANTITIES:
            layer = None
        elif layer is None:
            layer = 0 if self.reading is None else self.reading.spec.layers - 1
        looking = self.looking
        return Place(looking.quantity, layer, looking.direction, self.step, self.unit)

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """The one of the unit, or those of the leading classes, likeliest first.

        Computed when it is drawn: while the network learns not every reading is.
        """
        if self.reading is None:
            return ()
        if self.unit is not None:
            return (self.taken_apart().explanation,)
        return tuple(self.taken_apart(one).explanation for one in self.leading_classes())

    def leading_classes(self) -> tuple[int, ...]:
        """Return the likeliest classes at this step, the likeliest first."""
        assert self.reading is not None
        y = self.reading.trace.y[self.step - 1]
        return tuple(np.argsort(-y, kind="stable")[:LEADING_CLASSES].tolist())

    def taken_apart(self, class_index: int | None = None) -> TakenApart:
        """Return the number that is looked at with its terms, or ŷ of a class if one is told."""
        assert self.reading is not None
        place = self.place
        if class_index is not None:
            place = Place("y", None, 0, self.step, class_index)
        return _taken_apart(self.reading, place, self.notation)

    def course(self, place: Place) -> Course:
        """Return a number over the whole sentence."""
        assert self.reading is not None
        return _course(self.reading, place.quantity, place.layer, place.direction, _unit(place))

    def original(self) -> float | None:
        """Return what the number would be if nothing were set by hand; None where nothing is."""
        if self.reading is None or self.reading.original is None or self.unit is None:
            return None
        found = self.course(self.place).original
        return None if found is None else float(found[self.step - 1])

    @property
    def can_be_set(self) -> bool:
        """Whether it can be set by hand: a layer's own number, not its input nor the answer."""
        quantity = self.looking.quantity
        settable = quantity not in NETWORK_QUANTITIES and quantity != "x"
        return settable and self.reading is not None and self.unit is not None

    @property
    def range(self) -> tuple[float, float]:
        """The range of the quantity, in which a number of it can be set."""
        assert self.reading is not None
        return _scale(self.reading, self.looking)

    @property
    def change(self) -> Change | None:
        """What sets this number by hand; None where nothing does."""
        if self.reading is None or not self.can_be_set:
            return None
        place = self.place
        layer = self.reading.trace.layer(place.layer or 0, place.direction)
        for change in reversed(self.reading.changes):
            here = (change.quantity, change.layer, change.direction) == (
                place.quantity,
                place.layer,
                place.direction,
            )
            since = layer.own_step(place.step) - layer.own_step(change.step)
            meant = since == 0 or (change.onwards and since > 0)
            if here and meant and change.unit in (None, place.unit):
                return change
        return None

    @property
    def driving(self) -> tuple[DrivingWord, ...] | None:
        """The words that drive the unit most, the highest first; None until they are known."""
        if self.states is None or self.unit is None:
            return None
        return _driving(self.states, self.unit)

    @property
    def has_driving(self) -> bool:
        """Whether the data set's words are asked what they do to this number."""
        return self.unit is not None and self.looking.quantity != "x"


def resolve_inspector(state: SessionState) -> InspectorState:
    """Return what the inspector shows."""
    now = shown(state)
    reading, message = now.reading, now.message
    if reading is not None and now.unit is None and not reading.is_asked(now.step):
        message = (
            f"Nothing is asked at {reading.words[now.step - 1]}: it is no word. "
            "Choose a word, or click a unit to see what made it."
        )
        reading = None
    return InspectorState(
        reading,
        now.step,
        now.unit,
        message,
        now.looking,
        Notation(state.preferences.notation),
        None if reading is None else data_states(state, reading, now.looking),
    )


@remembered(16)
def _taken_apart(reading: Reading, place: Place, notation: Notation) -> TakenApart:
    return TakenApart(reading, place, _explained(reading, place), notation)


@remembered(16)
def _explained(reading: Reading, place: Place) -> Explanation:
    # Without a layer "z" are the network's scores.
    name = NETWORK_QUANTITIES.get(place.quantity, place.quantity)
    return explain(reading.trace, name, place.step, _unit(place), place.layer, place.direction)


@remembered(8)
def _course(
    reading: Reading, quantity: str, layer: int | None, direction: int, unit: int
) -> Course:
    looking = Looking(quantity=quantity, layer=layer, direction=direction)
    low, high = _scale(reading, looking)
    values, original = _column(reading, looking, unit, reading.trace), None
    if reading.original is not None:
        original = _column(reading, looking, unit, reading.original)
    limit = max(abs(low), abs(high))
    if limit > 1.0:  # what has no bounds: a small number would be a flat line
        seen = values if original is None else np.concatenate([values, original])
        own = min(round_limit(seen), limit)
        low, high = max(low, -own), own
    return Course(values, low, high, limit, original)


@remembered(8)
def _scale_of(
    reading: Reading, quantity: str, layer: int | None, direction: int
) -> tuple[float, float]:
    return reading.scale(Looking(quantity=quantity, layer=layer, direction=direction))


def _scale(reading: Reading, looking: Looking) -> tuple[float, float]:
    """Return the scale of a quantity; of the words' vectors that of the whole sentence's."""
    if looking.quantity == "x" and not looking.layer and reading.spec.embedding is not None:
        return -reading.input_limit, reading.input_limit
    return _scale_of(reading, looking.quantity, looking.layer, looking.direction)


def _column(reading: Reading, looking: Looking, unit: int, trace: Trace) -> FloatArray:
    """Return one number at every step (T,), without making a one-hot vector of every word."""
    spec = reading.spec
    if looking.quantity != "x" or looking.layer or spec.frames is not None:
        column: FloatArray = reading.values(looking, trace)[:, unit]
        return column
    ids = reading.ids
    if spec.embedding is None:
        return np.equal(ids, unit + 1).astype(np.float32)
    weights: FloatArray = reading.trace.parameters["embedding.weight"]
    known: FloatArray = weights[ids - 1, unit]
    known[ids == UNKNOWN_ID] = 0.0
    return known


@remembered(16)
def _driving(found: StatesFound, unit: int) -> tuple[DrivingWord, ...]:
    words = _words_of_states(found)
    # In many words some stand only once or twice, and a mean of these says little.
    least = _OFTEN if len(words) > _MANY_WORDS else 1
    most = DRIVING_WORDS + len(_NO_WORDS)
    ranked = [
        one
        for one in driving_words(found.result, words, unit, most, least)
        if one.word not in _NO_WORDS
    ]
    return (*ranked[:DRIVING_WORDS], *ranked[DRIVING_WORDS:][-DRIVING_WORDS:])


@remembered(1)
def _words_of_states(found: StatesFound) -> tuple[str, ...]:
    """Return the word at which each state stands."""
    rows, starts = np.unique(found.result.rows, return_index=True)
    in_order = rows[np.argsort(starts)]
    return tuple(chain.from_iterable(found.words[int(row)] for row in in_order))


def _unit(place: Place) -> int:
    assert place.unit is not None
    return place.unit

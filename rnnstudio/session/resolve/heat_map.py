"""What the heat map shows: one quantity over the sentence, its rows in the order asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.unit_order import by_change, by_class_weight, by_similarity
from rnnstudio.session.looking import Looking, Order
from rnnstudio.session.memo import remembered
from rnnstudio.session.over_time import (
    Kind,
    OverTime,
    PhraseUnit,
    fitted,
    over_time,
    phrase_of,
    phrase_units,
)
from rnnstudio.session.quantity_words import QuantityWords, quantity_words
from rnnstudio.session.reading import Reading
from rnnstudio.session.resolve.unroll import shown
from rnnstudio.session.state import SessionState


@dataclass(frozen=True, eq=False)
class Picture:
    """The numbers with the order of their rows: `order` (n,) lists columns of the values from the
    top row down, sorted by `sorted_by`, which is the order asked for wherever it has a meaning.
    """

    numbers: OverTime
    order: IntArray
    sorted_by: Order
    orders: tuple[Order, ...]


@dataclass(frozen=True)
class HeatMapState:
    """The heat map; `message` says why there is none.

    `looking` is what is really shown, with the number of the layer; `words` name its quantity and
    `choices` all that could be shown instead. `ranked_class` is the class whose weights sort the
    rows. `phrase_units` are those that are on exactly in `phrase`.
    """

    reading: Reading | None
    step: int
    unit: int | None
    message: str
    looking: Looking
    words: QuantityWords | None = None
    choices: tuple[QuantityWords, ...] = ()
    picture: Picture | None = None
    ranked_class: int = 0
    phrase: tuple[int, int] | None = None
    phrase_units: tuple[PhraseUnit, ...] = ()

    @property
    def values(self) -> FloatArray | None:
        """The numbers (T, n)."""
        return self.picture.numbers.values if self.picture else None

    @property
    def order(self) -> IntArray | None:
        """The columns of the values from the top row down (n,)."""
        return self.picture.order if self.picture else None


def resolve_heat_map(state: SessionState) -> HeatMapState:
    """Return the heat map of what is looked at."""
    now = shown(state)
    reading = now.reading
    if reading is None:
        return HeatMapState(None, now.step, None, now.message, state.looking)
    looking = fitted(state.looking, reading)
    assert looking.layer is not None
    place = looking.layer, looking.direction
    numbers = over_time(reading, looking)
    notation = state.preferences.notation
    ranked = _ranked_class(reading, looking, now.step)
    by = ranked if looking.order is Order.CLASS_WEIGHT else 0
    phrase = phrase_of(reading, looking)
    unit = now.unit
    if unit is not None and numbers.place_of(unit) is None:
        unit = None
    return HeatMapState(
        reading=reading,
        step=now.step,
        unit=unit,
        message="",
        looking=looking,
        words=quantity_words(looking.quantity, reading.spec.cell, notation),
        choices=tuple(
            quantity_words(name, reading.spec.cell, notation)
            for name in reading.quantities(looking.layer)
        ),
        picture=_picture(reading, numbers, looking.quantity, place, looking.order, by),
        ranked_class=ranked,
        phrase=phrase,
        phrase_units=phrase_units(numbers, phrase, looking.threshold) if phrase else (),
    )


def _ranked_class(reading: Reading, looking: Looking, step: int) -> int:
    """Return the class that sorts the rows: the chosen one, or the one that is answered."""
    if looking.ranked_class is not None:
        return looking.ranked_class
    if reading.labels_words:
        return int(reading.trace.predictions[step - 1])
    return reading.trace.prediction


def _orders(reading: Reading, numbers: OverTime, name: str, layer: int) -> tuple[Order, ...]:
    """Return the orders that have a meaning for the rows."""
    orders = [Order.INDEX, Order.CHANGE, Order.SIMILARITY]
    read = name == "m" or (layer == reading.spec.layers - 1 and name not in ("x", "scores", "y"))
    if numbers.kind is Kind.UNIT and read:
        orders.insert(2, Order.CLASS_WEIGHT)
    return tuple(orders)


@remembered(4)
def _picture(
    reading: Reading,
    numbers: OverTime,
    name: str,
    place: tuple[int, int],
    order: Order,
    ranked_class: int,
) -> Picture:
    orders = _orders(reading, numbers, name, place[0])
    order = order if order in orders else Order.INDEX
    places: IntArray
    if order is Order.CHANGE:
        places = by_change(numbers.values, numbers.before)
    elif order is Order.SIMILARITY:
        places = by_similarity(numbers.values)
    elif order is Order.CLASS_WEIGHT:
        places = by_class_weight(reading.trace, ranked_class, *place, name)
    else:
        places = read_only(np.arange(len(numbers)))
    return Picture(numbers, places, order, orders)

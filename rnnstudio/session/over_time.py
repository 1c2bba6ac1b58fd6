"""What is looked at, over the time of one reading: numbers with the names of their rows."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.phrases import units_on
from rnnstudio.engine.surgery import Change
from rnnstudio.session.looking import Looking
from rnnstudio.session.memo import remembered
from rnnstudio.session.reading import NETWORK_QUANTITIES, Reading


class Kind(StrEnum):
    """What a row of the numbers is, in the word that the screen has for it."""

    UNIT = "unit"
    CLASS = "class"
    COMPONENT = "component"
    WORD = "word"

    @property
    def plural(self) -> str:
        """The word for several of them."""
        return "classes" if self is Kind.CLASS else f"{self}s"


@dataclass(frozen=True, eq=False)
class OverTime:
    """One quantity at every step: `values` (T, n), coloured on the scale `low` … `high`.

    Column i is unit `units[i]` (n,), counted from 0, with the name `names[i]`. Of a one-hot input
    there are only the columns of the words that occur: nothing else is ever 1. `signed` says that
    numbers below zero mean the opposite of those above, and not just less. `original` (T, n) is
    what would be without memory surgery, `by_hand` (T, n) says which numbers were set; None
    without surgery. `before` (n,) is what the first step is handed, None where there is no such.
    """

    values: FloatArray
    units: IntArray
    names: tuple[str, ...]
    kind: Kind
    low: float
    high: float
    signed: bool
    original: FloatArray | None
    by_hand: NDArray[np.bool_] | None
    before: FloatArray | None

    def __len__(self) -> int:
        """The number n of rows that a picture of it has."""
        return len(self.units)

    def place_of(self, unit: int) -> int | None:
        """Return the column of a unit; None where it has none."""
        found = int(np.searchsorted(self.units, unit))
        return found if found < len(self.units) and self.units[found] == unit else None


@dataclass(frozen=True)
class PhraseUnit:
    """A unit that is on exactly in a phrase: `sign` is +1 or −1, `mean` its value there."""

    unit: int
    name: str
    sign: int
    mean: float


def fitted(looking: Looking, reading: Reading) -> Looking:
    """Return what of `looking` this network has, with the number of the layer."""
    found = reading.available(looking)
    if found.layer is not None:
        return found
    return dataclasses.replace(found, layer=reading.spec.layers - 1)


def over_time(reading: Reading, looking: Looking) -> OverTime:
    """Return the quantity that a fitted `looking` asks for; the same object for the same one."""
    name, layer, direction = looking.quantity, looking.layer, looking.direction
    assert layer is not None
    if name in NETWORK_QUANTITIES:
        layer, direction = 0, 0
    elif name == "x":
        direction = 0  # both directions read the same
    return _over_time(reading, name, layer, direction)


def place_words(reading: Reading, looking: Looking) -> str:
    """Return of which layer and direction the numbers are, as ", layer 2, backward".

    Empty where there is only one, or where a fitted `looking` is at numbers of the network.
    """
    name, spec = looking.quantity, reading.spec
    if name in NETWORK_QUANTITIES or looking.layer is None:
        return ""
    layer = f", layer {looking.layer + 1}" if spec.layers > 1 else ""
    if not spec.bidirectional or name == "x":
        return layer
    return f"{layer}, {'backward' if looking.direction else 'forward'}"


def phrase_of(reading: Reading, looking: Looking) -> tuple[int, int] | None:
    """Return the first and last step of the selected phrase, as far as the sentence has them."""
    if looking.phrase is None:
        return None
    first, last = looking.phrase
    if not 1 <= first <= len(reading):
        return None
    return first, min(max(last, first), len(reading))


@remembered(8)
def phrase_units(
    numbers: OverTime, phrase: tuple[int, int], threshold: float
) -> tuple[PhraseUnit, ...]:
    """Return the units that are on at every step of a phrase and off right before and after it."""
    first, last = phrase
    found = units_on(numbers.values, first, last, threshold)
    means = numbers.values[first - 1 : last].mean(axis=0, dtype=np.float64)
    return tuple(
        PhraseUnit(int(numbers.units[place]), numbers.names[place], int(sign), float(means[place]))
        for place, sign in zip(found.units.tolist(), found.signs.tolist(), strict=True)
    )


@remembered(4)
def best_threshold(numbers: OverTime, phrase: tuple[int, int]) -> float | None:
    """Return the threshold at which most units are on exactly in a phrase, the highest of those.

    It is one of a hundred parts of the scale; None where no unit is on at any.
    """
    first, last = phrase
    start = max(first - 2, 0)
    around = numbers.values[start : last + 1]
    limit = max(abs(numbers.low), abs(numbers.high))
    best, most = None, 0
    for part in range(100, 0, -1):
        threshold = limit * part / 100
        count = len(units_on(around, first - start, last - start, threshold).units)
        if count > most:
            best, most = threshold, count
    return best


@remembered(4)
def _over_time(reading: Reading, name: str, layer: int, direction: int) -> OverTime:
    looking = Looking(quantity=name, layer=layer, direction=direction)
    spec = reading.spec
    if name == "x" and layer == 0 and spec.embedding is None and spec.frames is None:
        return _one_hot(reading)
    values = read_only(np.asarray(reading.values(looking)))
    original = None
    if reading.original is not None:
        original = reading.values(looking, reading.original)
    low, high = reading.scale(looking)
    kind = _kind(name, layer)
    return OverTime(
        values=values,
        units=read_only(np.arange(values.shape[1])),
        names=_names(reading, name, kind, values.shape[1]),
        kind=kind,
        low=low,
        high=high,
        signed=low < 0.0 or name in ("s", "m"),
        original=original,
        by_hand=_by_hand(reading.changes, values, name, layer, direction),
        before=_before(reading, name, layer, direction),
    )


def _one_hot(reading: Reading) -> OverTime:
    """Return the components that are 1 at some step: those of the words of the sentence."""
    present = np.unique(reading.ids[reading.ids > 0])
    word_of = reading.model.vocabulary.word_of
    return OverTime(
        values=read_only((reading.ids[:, None] == present).astype(np.float32)),
        units=read_only(present - 1),
        names=tuple(word_of(int(id_)) for id_ in present),
        kind=Kind.WORD,
        low=0.0,
        high=1.0,
        signed=False,
        original=None,
        by_hand=None,
        before=None,
    )


def _kind(name: str, layer: int) -> Kind:
    if name in ("y", "scores"):
        return Kind.CLASS
    return Kind.COMPONENT if name == "x" and layer == 0 else Kind.UNIT


def _names(reading: Reading, name: str, kind: Kind, count: int) -> tuple[str, ...]:
    if kind is Kind.CLASS:
        return reading.labels
    units = reading.spec.units
    below = name == "x" and kind is Kind.UNIT
    if reading.spec.bidirectional and (name == "m" or below):
        # The directions stand side by side.
        return tuple(f"{i % units + 1}{'←' if i >= units else '→'}" for i in range(count))
    return tuple(str(i + 1) for i in range(count))


def _by_hand(
    changes: tuple[Change, ...], values: FloatArray, name: str, layer: int, direction: int
) -> NDArray[np.bool_] | None:
    if not changes:
        return None
    found = np.zeros(values.shape, np.bool_)
    for change in changes:
        if (change.quantity, change.layer, change.direction) != (name, layer, direction):
            continue
        if name in NETWORK_QUANTITIES or name == "x":
            continue
        steps = slice(change.step - 1, change.step)
        if change.onwards:
            steps = slice(0, change.step) if direction else slice(change.step - 1, None)
        found[steps, slice(None) if change.unit is None else change.unit] = True
    found.setflags(write=False)
    return found


def _before(reading: Reading, name: str, layer: int, direction: int) -> FloatArray | None:
    if name not in ("s", "c"):
        return None
    initial = reading.trace.layer(layer, direction).initial
    return initial.get(f"{name}_0")

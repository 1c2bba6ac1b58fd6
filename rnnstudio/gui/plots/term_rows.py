"""Which terms of a sum are written in a given room, so that what is written adds up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

from rnnstudio.gui.plots.lettering import signed
from rnnstudio.session.looking import Place

DIGITS = 3


@dataclass(frozen=True)
class TermBar:
    """One term: `symbol` (U · x) and `detail` (boring), its value, and its words for the mouse.

    `place` is where it comes from, where that can be looked at. `is_rest` marks what stands for
    all terms that are not shown, `is_factor` a factor of the product above it, which is no part
    of the sum; a product has its `factors`. Indices in symbols are marked as in `session.letters`.
    """

    symbol: str
    detail: str
    value: float
    words: str
    place: Place | None = None
    is_rest: bool = False
    is_factor: bool = False
    factors: tuple[TermBar, ...] = ()


class LazyBars(Sequence[TermBar]):
    """Bars that are made when they are looked at; `values` are known from the beginning."""

    def __init__(self, values: Sequence[float], make: Callable[[int], TermBar]) -> None:
        self.values = values
        self._make = make
        self._made: dict[int, TermBar] = {}

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> TermBar: ...
    @overload
    def __getitem__(self, index: slice) -> list[TermBar]: ...

    def __getitem__(self, index: int | slice) -> TermBar | list[TermBar]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        if index not in self._made:
            self._made[index] = self._make(index)
        return self._made[index]


def fitting_bars(terms: Sequence[TermBar], total: float, room: int) -> list[TermBar]:
    """Return at most `room` bars whose values, rounded to `DIGITS`, add up to the rounded total.

    What does not fit becomes one bar "and 19 more"; where all fit and their rounded values still
    miss the total by a last digit, a bar "rounding" says so.
    """
    exact = terms.values if isinstance(terms, LazyBars) else [term.value for term in terms]
    if not math.isfinite(total) or not all(map(math.isfinite, exact)):
        return list(terms[:room])  # numbers that overflowed add up to nothing
    if not terms:
        return []
    scale = 10**DIGITS
    goal = round(total * scale)
    values = [round(value * scale) for value in exact]
    if len(terms) <= room and sum(values) == goal:
        return list(terms)
    shown = min(len(terms), max(room - 1, 1))
    rest = (goal - sum(values[:shown])) / scale
    hidden = len(terms) - shown
    symbol, words = (
        (f"and {hidden} more", f"the other {hidden} terms together: {signed(rest)}; shows them")
        if hidden
        else ("rounding", f"what rounding to {DIGITS} digits leaves over: {signed(rest)}")
    )
    return [*terms[:shown], TermBar(symbol, "", rest, words, is_rest=True)]

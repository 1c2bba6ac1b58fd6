"""What the strip draws: the numbers of one reading as they are looked at, and what marks them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rnnstudio.engine.arrays import BoolArray, FloatArray
from rnnstudio.engine.layer_trace import LayerTrace
from rnnstudio.engine.network import Reading as Read
from rnnstudio.engine.network import Task
from rnnstudio.engine.surgery import Change
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.session.findings import AttributionFound
from rnnstudio.session.letters import Letters, plain
from rnnstudio.session.looking import Looking, Notation, Place, View
from rnnstudio.session.over_time import OverTime, fitted, over_time
from rnnstudio.session.reading import NETWORK_QUANTITIES, Reading
from rnnstudio.session.step_parts import CELL_STATE_BEFORE, STATE_BEFORE, step_parts

# The weights by the notation: from the input, from the state before, to the classes.
_WEIGHTS: Mapping[Notation, tuple[str, str, str]] = {
    Notation.LECTURE: ("U", "W", "V"),
    Notation.PYTORCH: ("W_{ih}", "W_{hh}", "W_{out}"),
}


@dataclass(frozen=True, eq=False)
class StripModel:
    """One reading, how it is looked at, and what was found out about it.

    Every number that the strip paints is read from here.
    """

    reading: Reading
    looking: Looking = field(default_factory=Looking)
    attribution: AttributionFound | None = None
    decided: int | None = None
    notation: Notation = Notation.LECTURE

    @cached_property
    def shown(self) -> Looking:
        """What the cells show: the quantity of a unit that is looked at, otherwise the state."""
        found = fitted(self.looking, self.reading)
        if found.quantity == "x" or found.quantity in NETWORK_QUANTITIES:
            found = dataclasses.replace(found, quantity="s")
        return found

    @property
    def quantity(self) -> str:
        """The name of the quantity in the cells."""
        return self.shown.quantity

    @property
    def layer_index(self) -> int:
        """The layer that is shown, from 0."""
        assert self.shown.layer is not None, "a fitted looking has a layer"
        return self.shown.layer

    @property
    def direction(self) -> int:
        """The direction that is shown: 1 for the one that reads from the end."""
        return self.shown.direction

    @property
    def view(self) -> View:
        """How a step is drawn."""
        return self.looking.view

    @cached_property
    def layer(self) -> LayerTrace:
        """The layer and direction that are shown."""
        return self.reading.trace.layer(self.layer_index, self.direction)

    @cached_property
    def numbers(self) -> OverTime:
        """The quantity in the cells over time."""
        return over_time(self.reading, self.shown)

    @cached_property
    def scale(self) -> Scale:
        """The colours of the cells."""
        return self.scale_of(self.quantity)

    def scale_of(self, quantity: str) -> Scale:
        """Return the colours of a quantity of the layer that is shown."""
        if quantity not in self._scales:
            looking = dataclasses.replace(self.shown, quantity=quantity)
            low, high = self.reading.scale(looking)
            if quantity == "s":
                low, high = self.reading.state_low, self.reading.state_high
            self._scales[quantity] = Scale(low, high, low < 0.0 or quantity == "s")
        return self._scales[quantity]

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {}

    # the numbers of a step

    def cells(self, step: int) -> FloatArray:
        """Return what the cells of a step show (H,)."""
        row: FloatArray = self.numbers.values[step - 1]
        return row

    def shares(self, step: int) -> FloatArray:
        """Return what the bars of a step show: ŷ_t (C,)."""
        row: FloatArray = self.reading.trace.y[step - 1]
        return row

    def original_shares(self, step: int) -> FloatArray | None:
        """Return ŷ_t (C,) as it would be without the changes made by hand; None without any."""
        if self.reading.original is None:
            return None
        row: FloatArray = self.reading.original.y[step - 1]
        return row

    def inputs(self, step: int) -> FloatArray:
        """Return x_t (E,) of the network."""
        return self.reading.trace.x(step)

    def parts(self, step: int) -> dict[str, FloatArray]:
        """Return all vectors (H,) of a step of the layer that is shown, by their names."""
        return step_parts(self.reading, self.layer_index, self.direction, step)

    def part_number(self, step: int, name: str, unit: int | None) -> float | None:
        """Return a unit's number of a part of the step, or the mean size over all units.

        None where the step has no such part.
        """
        values = self.parts(step).get(name)
        if values is None:
            return None
        return float(np.abs(values).mean()) if unit is None else float(values[unit])

    # who moved the decision

    @cached_property
    def contributions(self) -> FloatArray | None:
        """What each word contributed to the decision (T,); None where it is not known."""
        found = self.attribution
        if found is None or len(found.result.contributions) != len(self.reading):
            return None
        return found.result.contributions

    @cached_property
    def _largest_contribution(self) -> float:
        sizes = np.abs(self.contributions) if self.contributions is not None else np.zeros(1)
        return float(sizes[np.isfinite(sizes)].max(initial=0.0))

    def contribution_share(self, step: int) -> float | None:
        """Return a word's contribution, signed, as a share of the largest in the sentence."""
        if self.contributions is None:
            return None
        value, largest = float(self.contributions[step - 1]), self._largest_contribution
        return value / largest if np.isfinite(value) and largest > 0.0 else 0.0

    # what was done by hand

    def is_set(self, step: int, unit: int) -> bool:
        """Whether the number in a cell was set by hand."""
        by_hand = self.numbers.by_hand
        return by_hand is not None and bool(by_hand[step - 1, unit])

    def set_units(self, step: int, quantity: str | None = None) -> Sequence[int]:
        """Return the units of a quantity (None: the one shown) that were set at a step."""
        places = self.layer.by_hand.places.get(quantity or self.quantity)
        return [] if places is None else np.flatnonzero(places[step - 1]).tolist()

    def is_handed_another_memory(self, step: int) -> bool:
        """Whether what a step was handed was set by hand."""
        places = self.layer.by_hand.places
        found: list[BoolArray] = [
            places[name][step - 1] for name in ("memory_s", "memory_c") if name in places
        ]
        return any(bool(one.any()) for one in found)

    def hidden_changes(self, step: int) -> tuple[Change, ...]:
        """Return the changes at a step whose numbers the strip does not show now."""
        return tuple(
            change
            for change in self.reading.changes
            if self._holds(change, step)
            and not change.quantity.startswith("memory_")
            and (change.quantity, change.layer, change.direction)
            != (self.quantity, self.layer_index, self.direction)
        )

    @staticmethod
    def _holds(change: Change, step: int) -> bool:
        if not change.onwards:
            return step == change.step
        return step <= change.step if change.direction else step >= change.step

    # marks and letters

    def marked_unit(self, unit: int | None) -> int | None:
        """Return the unit that is marked: that of a unit's quantity, not of a class or input."""
        own = unit is not None and 0 <= unit < self.reading.spec.units
        return unit if own and self.looking.quantity in self.layer.quantities else None

    def marked_class(self, unit: int | None) -> int | None:
        """Return the class that is marked, where a class is looked at."""
        own = unit is not None and 0 <= unit < len(self.reading.labels)
        return unit if own and self.looking.quantity in ("y", "scores") else None

    def place(self, step: int, unit: int | None, quantity: str | None = None) -> Place:
        """Return one number of the layer that is shown."""
        return Place(quantity or self.quantity, self.layer_index, self.direction, step, unit)

    def class_place(self, step: int, index: int) -> Place:
        """Return a class's number of ŷ_t."""
        return Place("y", None, 0, step, index)

    def part_place(self, step: int, part: str, unit: int | None) -> Place | None:
        """Return which number of the reading a part of a step is; None for an initial state.

        A part of a sum leads to the sum.
        """
        if part in (STATE_BEFORE, CELL_STATE_BEFORE):
            before = self.layer.step_before(step)
            name = "s" if part == STATE_BEFORE else "c"
            return self.place(before, unit, name) if before else None
        if part == "x" or part in self.layer.quantities:
            return self.place(step, unit, part)
        return self.place(step, unit, "a")

    @cached_property
    def letters(self) -> Letters:
        """The letters of the cell."""
        return Letters(self.reading.spec.cell, self.notation)

    def letter(self, quantity: str, step: int) -> str:
        """Return a quantity's letter at a step as text, e.g. "s₇"."""
        return plain(self.letters.at(quantity, step))

    @cached_property
    def weight_letters(self) -> tuple[str, str, str]:
        """The letters of the weights from the input, from the state before, to the classes."""
        first, second, third = map(plain, _WEIGHTS[self.notation])
        return first, second, third

    @property
    def is_last_layer(self) -> bool:
        """Whether the output reads the layer that is shown."""
        return self.layer_index == self.reading.spec.layers - 1

    @property
    def reads_this_step(self) -> bool:
        """Whether ŷ_t reads the very state that stands below it."""
        spec = self.reading.spec
        if not self.is_last_layer:
            return False
        backwards = self.direction == 1 and spec.task is not Task.LABEL
        return not backwards and (spec.task is Task.LABEL or spec.read is Read.LAST)

"""How the Unroll page looks at a reading: which numbers, in which picture, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class View(StrEnum):
    """How the strip draws a step."""

    CELLS = "cells"
    NUMBERS = "numbers"
    DIAGRAM = "diagram"


class Order(StrEnum):
    """How the rows of the heat map are sorted."""

    INDEX = "index"
    CHANGE = "change"
    CLASS_WEIGHT = "class_weight"
    SIMILARITY = "similarity"


class Method(StrEnum):
    """How the words' share in the decision is measured."""

    NONE = "none"
    LEAVE_ONE_OUT = "leave_one_out"
    GRADIENT_TIMES_INPUT = "gradient_times_input"
    INTEGRATED_GRADIENTS = "integrated_gradients"


class Below(StrEnum):
    """What stands below the strip."""

    HEAT_MAP = "heat_map"
    PATHS = "paths"
    TWO_SENTENCES = "two_sentences"


class Beside(StrEnum):
    """What stands beside the strip."""

    INSPECTOR = "inspector"
    REPLACEMENTS = "replacements"
    PHRASE = "phrase"


class Notation(StrEnum):
    """Whose letters formulas have."""

    LECTURE = "lecture"
    PYTORCH = "pytorch"


@dataclass(frozen=True)
class Looking:
    """What is looked at, and how.

    `quantity` of `layer` (from 0, None: the last one) and `direction` (0 or 1) is what strip, heat
    map and inspector show: a name of `LayerTrace.quantities`, or "x" of a layer, or "m", "z", "y"
    of the network where `layer` does not count. `opened` says that the step at the play head is
    opened into its gates. `phrase` is the first and last of the selected steps; a unit is on where
    its value is at least `threshold`. `ranked_class` is the class that orders rows or ranks words,
    None for the one that the network answers. `other` is the second sentence.
    """

    quantity: str = "s"
    layer: int | None = None
    direction: int = 0
    view: View = View.CELLS
    opened: bool = False
    order: Order = Order.INDEX
    ranked_class: int | None = None
    method: Method = Method.LEAVE_ONE_OUT
    phrase: tuple[int, int] | None = None
    threshold: float = 0.3
    below: Below = Below.HEAT_MAP
    beside: Beside = Beside.INSPECTOR
    other: str = ""


@dataclass(frozen=True)
class Place:
    """One number of a reading: of which quantity, layer, direction, step (from 1) and unit.

    `layer` is None for "m", "z" and "y". Units count from 0; None stands for no single one.
    """

    quantity: str
    layer: int | None
    direction: int
    step: int
    unit: int | None

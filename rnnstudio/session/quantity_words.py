"""How a quantity is called on the screen: its letter, its name and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rnnstudio.engine.network import GATES, Cell
from rnnstudio.engine.notation import quantity
from rnnstudio.session.looking import Notation
from rnnstudio.session.reading import NETWORK_QUANTITIES


class Group(StrEnum):
    """What kind of quantity it is, in the words that stand above a list of them."""

    STATE = "State"
    GATES = "Gates and candidate"
    SUMS = "Sums before the activation"
    INPUT = "Input"
    OUTPUT = "Output"


@dataclass(frozen=True)
class QuantityWords:
    """A quantity's `letter` without the step ("s", "tanh c"), its `title` ("Forget gate") and
    `meaning`, what it is in a line of words.
    """

    name: str
    letter: str
    title: str
    meaning: str
    group: Group

    @property
    def heading(self) -> str:
        """The title with the letter; a hidden state is called by its name alone."""
        return self.title if self.name == "s" else f"{self.title} {self.letter}"


# Where the beginning of the meaning would be too long for a title.
_TITLES: Mapping[str, str] = {
    "s": "Hidden state",
    "tanh_c": "Cell state, squashed",
    "q": "Recurrent part of the candidate",
    "m": "What the output reads",
    "scores": "Class scores",
    "y": "Prediction if asked",
}
_STATES = frozenset({"s", "c", "tanh_c"})


@lru_cache(maxsize=256)
def quantity_words(
    name: str, cell: Cell, notation: Notation | str = Notation.LECTURE
) -> QuantityWords:
    """Return the words for a quantity by the name that `Reading.quantities` has for it.

    Raises:
        KeyError: the cell has no such quantity.
    """
    # "z_l0" is a GRU's gate, "z" the network's scores.
    own = NETWORK_QUANTITIES.get(name, f"{name}_l0")
    entry = quantity(own, cell)
    letter = entry.pytorch if notation == Notation.PYTORCH else entry.lecture
    return QuantityWords(
        name,
        letter.removesuffix("_t"),
        _TITLES.get(name) or _title(entry.words),
        entry.words,
        _group(name, cell),
    )


def _title(words: str) -> str:
    """Return the beginning of a meaning: "the forget gate at step t: …" is "Forget gate"."""
    for end in (":", ",", " at step ", " after step "):
        words = words.partition(end)[0]
    words = words.removeprefix("the ")
    return words[0].upper() + words[1:]


def _group(name: str, cell: Cell) -> Group:
    if name in NETWORK_QUANTITIES:
        return Group.OUTPUT
    if name == "x":
        return Group.INPUT
    if name in _STATES:
        return Group.STATE
    if name in GATES.get(cell, ()) or name == "q":
        return Group.GATES
    return Group.SUMS

"""What a network is made of: its kind of cell, its sizes, and the shapes of its parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import Shape


class Cell(StrEnum):
    """The function that makes a state of an input and the state before."""

    RNN = "rnn"


# Blocks of H rows in weight_ih and weight_hh: one for the Elman cell, one a gate for others.
_BLOCKS: Mapping[Cell, int] = {Cell.RNN: 1}


@dataclass(frozen=True)
class NetworkSpec:
    """The settings from which a network's parameters follow.

    `vocabulary_size` is L: words have the ids 1 … L, and id 0 is an unknown word, x = 0. `classes`
    is C, `units` is H. `embedding` is E, or None for one-hot input (then E = L).

    Raises:
        ValueError: a size is below one.
    """

    vocabulary_size: int
    classes: int
    units: int
    embedding: int | None = None
    activation: Activation = Activation.TANH
    cell: Cell = Cell.RNN

    def __post_init__(self) -> None:
        sizes = (self.vocabulary_size, self.classes, self.units, self.inputs)
        if min(sizes) < 1:
            raise ValueError(f"A network needs sizes of at least one: {self}")

    @property
    def inputs(self) -> int:
        """The length E of x_t: of the embedding, or L for one-hot input."""
        return self.vocabulary_size if self.embedding is None else self.embedding

    def parameter_shapes(self) -> dict[str, Shape]:
        """Return the shape of each parameter under its PyTorch name, in the order of files."""
        shapes: dict[str, Shape] = {}
        if self.embedding is not None:
            shapes["embedding.weight"] = (self.vocabulary_size, self.embedding)
        rows = _BLOCKS[self.cell] * self.units
        shapes["rnn.weight_ih_l0"] = (rows, self.inputs)
        shapes["rnn.weight_hh_l0"] = (rows, self.units)
        shapes["rnn.bias_ih_l0"] = (rows,)
        shapes["rnn.bias_hh_l0"] = (rows,)
        shapes["output.weight"] = (self.classes, self.units)
        shapes["output.bias"] = (self.classes,)
        return shapes

    @property
    def parameter_count(self) -> int:
        """The number of weights and biases."""
        return sum(math.prod(shape) for shape in self.parameter_shapes().values())

"""What a network is made of: its cells, its sizes, and the names and shapes of its parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import Shape


class Cell(StrEnum):
    """The function that makes a state of an input and, with a memory, of the state before.

    The order is that of the lecture's ladder: each word alone with weights of its own position;
    the same function at every step; all inputs so far, a new function at each step; then the
    recurrent networks.
    """

    INDEPENDENT = "independent"
    SHARED = "shared"
    HISTORY = "history"
    RNN = "rnn"
    GRU = "gru"
    LSTM = "lstm"

    @property
    def recurrent(self) -> bool:
        """Whether a state is carried from step to step."""
        return self in GATES

    @property
    def has_length(self) -> bool:
        """Whether each position has weights of its own, so that no sentence may be longer."""
        return self in (Cell.INDEPENDENT, Cell.HISTORY)


class Task(StrEnum):
    """What the network answers: one class for a sentence (n → 1), or one for each word (n → n)."""

    CLASSIFY = "classify"
    LABEL = "label"


class Reading(StrEnum):
    """What a classifier reads of the states s_1 … s_T of a sentence."""

    LAST = "last"
    MEAN = "mean"
    MAX = "max"


# The gates of the recurrent cells in PyTorch's order: each is a block of H rows in weight_ih,
# weight_hh and the biases. The Elman cell has one block, its state.
GATES: Mapping[Cell, tuple[str, ...]] = {
    Cell.RNN: ("s",),
    Cell.GRU: ("r", "z", "n"),
    Cell.LSTM: ("i", "f", "g", "o"),
}

MOST_LAYERS = 4


@dataclass(frozen=True)
class NetworkSpec:
    """The settings from which a network's parameters follow.

    `vocabulary_size` is L: words have the ids 1 … L, and id 0 is an unknown word, x = 0. `classes`
    is C, `units` is H (in each direction). `embedding` is E, or None for one-hot input (then
    E = L). `frames` is the number E of features of a frame where the input is frames instead of
    words; then `vocabulary_size` is 0 and `embedding` None.

    `layers`, `bidirectional` and `train_initial_state` are for recurrent cells only. `dropout` is
    the share of numbers that training leaves out on the way from layer to layer: from an
    embedding to the first, between recurrent layers, and from the last to the output.
    `read` counts for `Task.CLASSIFY`. `longest` is the number of positions that
    `Cell.INDEPENDENT` and `Cell.HISTORY` have weights for, None for all other cells.
    `train_embedding` False keeps the embedding's vectors as they are. `forget_bias` is what the
    LSTM's forget gate starts with, in bias_ih; None draws it as all others are drawn.

    Raises:
        ValueError: a size is below one, or the settings contradict each other.
    """

    vocabulary_size: int
    classes: int
    units: int
    embedding: int | None = None
    activation: Activation = Activation.TANH
    cell: Cell = Cell.RNN
    task: Task = Task.CLASSIFY
    layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.0
    read: Reading = Reading.LAST
    longest: int | None = None
    frames: int | None = None
    train_embedding: bool = True
    train_initial_state: bool = False
    forget_bias: float | None = None

    def __post_init__(self) -> None:
        words = 1 if self.frames is not None else self.vocabulary_size
        if min(self.classes, self.units, self.inputs, words) < 1:
            raise ValueError(f"A network needs sizes of at least one: {self}")
        if self.frames is not None and (self.vocabulary_size or self.embedding is not None):
            raise ValueError(f"A network reads either words or frames: {self}")
        if not 1 <= self.layers <= MOST_LAYERS:
            raise ValueError(f"A network has 1 to {MOST_LAYERS} layers: {self}")
        if not 0.0 <= self.dropout < 1.0:
            raise ValueError(f"Dropout is a share below one: {self}")
        if not self.cell.recurrent and (
            self.layers > 1 or self.bidirectional or self.train_initial_state
        ):
            raise ValueError(f"Without memory there is one layer, one direction, no s_0: {self}")
        if self.cell.has_length != (self.longest is not None) or self.longest == 0:
            raise ValueError(f"Cells with weights for each position need their number: {self}")

    @property
    def inputs(self) -> int:
        """The length E of x_t: of the embedding or frame, or L for one-hot input."""
        if self.frames is not None:
            return self.frames
        return self.vocabulary_size if self.embedding is None else self.embedding

    @property
    def directions(self) -> int:
        """The number D of directions, 1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def features(self) -> int:
        """The length D·H of what a layer hands on at each step."""
        return self.directions * self.units

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings of the names of all layers and directions: "l0", "l0_reverse", "l1", …"""
        return tuple(
            ending(layer, direction)
            for layer in range(self.layers)
            for direction in range(self.directions)
        )

    def parameter_shapes(self) -> dict[str, Shape]:
        """Return the shape of each parameter under its PyTorch name, in the order of files."""
        shapes: dict[str, Shape] = {}
        if self.embedding is not None:
            shapes["embedding.weight"] = (self.vocabulary_size, self.embedding)
        shapes.update(self._recurrent_shapes() if self.cell.recurrent else self._step_shapes())
        shapes["output.weight"] = (self.classes, self.features)
        shapes["output.bias"] = (self.classes,)
        return shapes

    @property
    def parameter_count(self) -> int:
        """The number of weights and biases."""
        return sum(math.prod(shape) for shape in self.parameter_shapes().values())

    def _recurrent_shapes(self) -> Iterator[tuple[str, Shape]]:
        rows = len(GATES[self.cell]) * self.units
        for layer in range(self.layers):
            inputs = self.features if layer else self.inputs
            for direction in range(self.directions):
                end = ending(layer, direction)
                yield f"rnn.weight_ih_{end}", (rows, inputs)
                yield f"rnn.weight_hh_{end}", (rows, self.units)
                yield f"rnn.bias_ih_{end}", (rows,)
                yield f"rnn.bias_hh_{end}", (rows,)
                if self.train_initial_state:
                    yield f"initial.s_{end}", (self.units,)
                    if self.cell is Cell.LSTM:
                        yield f"initial.c_{end}", (self.units,)

    def _step_shapes(self) -> Iterator[tuple[str, Shape]]:
        if self.longest is None:
            yield "step.weight", (self.units, self.inputs)
            yield "step.bias", (self.units,)
            return
        for step in range(1, self.longest + 1):
            seen = step if self.cell is Cell.HISTORY else 1
            yield f"step.{step}.weight", (self.units, seen * self.inputs)
            yield f"step.{step}.bias", (self.units,)


def ending(layer: int, direction: int) -> str:
    """Return how names of a layer and direction end, both from 0: "l0", "l0_reverse"."""
    return f"l{layer}_reverse" if direction else f"l{layer}"

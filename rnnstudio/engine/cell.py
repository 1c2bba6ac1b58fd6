"""What the recurrent cells share: their weights as the loop wants them, and their memory.

A cell's own module has its equations and its two loops. Everything that does not depend on the
recurrence is done for all steps at once, outside the loops, by `recurrent`.

Gates are logistic functions, and σ(a) = ½ tanh(a/2) + ½. One tanh over all the gates of a step is
cheaper than anything else, so the rows of the weights that make a logistic gate are halved before
the loop. A power of two changes no digit: what is handed out is scaled back exactly.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arena import Arena, row_blocks
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.inputs import LayerInput


@dataclass(frozen=True)
class LoopRows:
    """What is done to the rows of a cell's weights before its loop, gate by gate.

    `scale` is what the rows of each gate are multiplied by. `joined` says of which gates b_ih and
    b_hh are added up; of the others the loop takes b_hh itself.
    """

    scale: tuple[float, ...]
    joined: tuple[bool, ...]


class CellWeights:
    """U, W and the biases of one layer in one direction, with the copies that the loop uses.

    `U` (G·H, E), `W` (G·H, H), `b_ih` and `b_hh` (G·H,) are the parameters, for G gates. `b` is
    b_ih with b_hh where `LoopRows` joins them. `W_loop` is W, and `Ub_loop` (G·H, E + 1) is [U b],
    both scaled as `LoopRows` says; with one-hot input, whose columns of U are looked up, it is
    None. `load` brings all copies up to date after an update of the parameters.
    """

    def __init__(
        self, parameters: Mapping[str, FloatArray], end: str, loop: LoopRows, one_hot: bool
    ) -> None:
        self.U = parameters[f"rnn.weight_ih_{end}"]
        self.W = parameters[f"rnn.weight_hh_{end}"]
        self.b_ih = parameters[f"rnn.bias_ih_{end}"]
        self.b_hh = parameters[f"rnn.bias_hh_{end}"]
        rows, self.units = self.W.shape
        dtype = self.W.dtype
        self.scale = np.repeat(np.array(loop.scale, dtype), self.units)[:, None]
        self._joined = np.repeat(np.array(loop.joined, dtype), self.units)
        self._all_joined = all(loop.joined)
        self.b = np.empty_like(self.b_ih)
        self.W_loop, self.Ub_loop = self.W, None if one_hot else np.empty(0, dtype)
        if any(factor != 1.0 for factor in loop.scale):
            self.W_loop = np.empty_like(self.W)
        copies = [] if self.W_loop is self.W else [(self.W_loop, self.W)]
        if not one_hot:
            Ub_loop = self.Ub_loop = np.empty((rows, self.U.shape[1] + 1), dtype)  # noqa: N806
            copies += [(Ub_loop[:, :-1], self.U), (Ub_loop[:, -1:], self.b[:, None])]
        self._copies = copies

    def load(self) -> None:
        """Copy the parameters for the loop."""
        if self._all_joined:
            np.add(self.b_ih, self.b_hh, self.b)
        else:
            np.multiply(self.b_hh, self._joined, self.b)
            np.add(self.b, self.b_ih, self.b)
        for copy, weight in self._copies:
            np.multiply(weight, self.scale, copy)

    def sums_for_loop(self, given: LayerInput, a: FloatArray) -> None:
        """Write U x_t + b of every step into `a` (T, G·H, B), scaled as the loop wants it."""
        if self.Ub_loop is not None:
            given.product(self.Ub_loop, a)
            return
        given.product(self.U, a)
        a += self.b[:, None]
        a *= self.scale


class Product(NamedTuple):
    """A product of a weight (M, K) and columns (K, B), in as many row blocks as is fastest.

    `call(columns, out)` writes it; `result` (M, B) has the numbers of `out`.
    """

    call: Callable[[FloatArray, FloatArray], FloatArray]
    out: FloatArray
    result: FloatArray

    @classmethod
    def of(cls, weight: FloatArray, result: FloatArray) -> Product:
        """Return the product of `weight`, as it is at each call, whose numbers go into `result`."""
        rows, inner = weight.shape
        columns = result.shape[1]
        blocks = row_blocks(rows, inner, columns)
        if blocks == 1:
            # The method does without the dispatch of np.dot, a fifth of a small product's time.
            return cls(weight.dot, result, result)
        in_rows = weight.reshape(blocks, rows // blocks, inner)
        return cls(
            partial(np.matmul, in_rows), result.reshape(blocks, rows // blocks, columns), result
        )


class CellPlan(NamedTuple):
    """What a cell's arrays and views are made for.

    They hold up to `steps` steps (T) of `columns` sentences (B), in the arena's arrays whose names
    begin with `name`. `activation` is the Elman cell's σ. With `keep` the sums that entered the
    gates stay in `a`; without, the gates may take their place.
    """

    weights: CellWeights
    steps: int
    columns: int
    arena: Arena
    name: str
    activation: Activation
    keep: bool


class RecurrentCell(ABC):
    """The arrays of one layer in one direction over a batch of B columns and up to T steps.

    `a` (T, G·H, B) is given U x_t + b by the caller, scaled as in `LOOP`, and belongs to the cell
    then; `s` (T + 1, H, B) holds s_0 … s_T; `ds` (T + 1, H, B) is given what the loss asks of each
    state directly, and gathers ∂L/∂s_t.
    """

    GATES: ClassVar[int]
    LOOP: ClassVar[LoopRows]
    # How many rows for each unit `sums_by_row` needs.
    GRADIENT_ROWS: ClassVar[int]

    def __init__(self, plan: CellPlan) -> None:
        steps, units, columns = plan.steps, plan.weights.units, plan.columns
        self.steps, self.units, self.columns = steps, units, columns
        self.weights = plan.weights
        array, name = plan.arena.array, plan.name
        self.a = array(f"{name}.a", (steps, self.GATES * units, columns))
        self.s = array(f"{name}.s", (steps + 1, units, columns))
        self.ds = array("ds", (steps + 1, units, columns))

    def sums(self, length: int) -> FloatArray:
        """Return a copy of the sums that entered the gates (T, G·H, B), if they were kept."""
        return self.a[:length] / self.weights.scale

    def load(self) -> None:  # noqa: B027 - most cells need nothing
        """Take up what the loop needs of the weights beside `weights.W_loop`."""

    def start_states(self) -> dict[str, FloatArray]:
        """Return the initial states (H, B) by their names."""
        return {"s": self.s[0]}

    def start_gradients(self) -> dict[str, FloatArray]:
        """Return ∂L/∂ of the initial states (H, B) by their names, after the backward pass."""
        return {"s": self.ds[0]}

    @abstractmethod
    def forward(self, length: int) -> None:
        """Make the states s_1 … s_length of `a` and s_0."""

    @abstractmethod
    def prepare_backward(self, length: int) -> None:
        """Compute what of the backward pass does not depend on the recurrence."""

    @abstractmethod
    def backward(self, start: int, stop: int) -> None:
        """Gather ∂L/∂s_t and ∂L/∂a_t for the steps t = stop … start + 1; nothing enters at stop."""

    @abstractmethod
    def sums_by_row(self, length: int, rows: FloatArray) -> SumGradients:
        """Copy ∂L/∂a_t of all steps into `rows`, of `GRADIENT_ROWS` · H rows and T·B columns."""


class SumGradients(NamedTuple):
    """The gradients of the sums that enter the gates, a row for each sum: (…, T·B).

    `entered` (G·H, T·B) is ∂L/∂(U x_t + b). `recurrent` has ∂L/∂(W s_{t−1} + b_hh) in pieces:
    which rows of W, and the gradients of their products.
    """

    entered: FloatArray
    recurrent: tuple[tuple[slice, FloatArray], ...]


def by_row(steps: FloatArray, rows: FloatArray) -> None:
    """Copy (T, F, B) into `rows` (F, T·B)."""
    length, _, columns = steps.shape
    rows.reshape(len(rows), length, columns)[...] = steps.transpose(1, 0, 2)

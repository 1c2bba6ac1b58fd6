"""Runs gradients of one sentence back through a network, and keeps what they meet on the way.

The cells' own backward pass does it, with one column of the batch for each question: in column r
the loss is asked at another step than in the others. What `Network.train` overwrites from layer to
layer is copied here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnnstudio.engine.arrays import FloatArray, IntArray, read_only
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.cell import RecurrentCell
from rnnstudio.engine.losses import Answers, Objective, answers, loss_of
from rnnstudio.engine.lstm import LSTM
from rnnstudio.engine.model import Network, quiet
from rnnstudio.engine.network import NetworkSpec, Reading, Task
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.recurrent import Direction, Recurrence, Upstream
from rnnstudio.engine.steps import Steps
from rnnstudio.engine.trace import Trace, batch_of, trace

# About the most numbers that one pass computes for each gate and layer: it bounds the memory.
_MOST_NUMBERS = 4_000_000


@dataclass(frozen=True, eq=False)
class Asking:
    """A sentence whose answers are known, and the loss of each step at which it is asked.

    `given` are its ids (T,), or frames (T, E). `steps` (R,) are the steps that are asked, from 1;
    `losses` (R,) is L_t there, and `dz` (R, C) is ∂L_t/∂z_t.
    """

    trace: Trace
    given: IntArray | FloatArray
    steps: IntArray
    losses: FloatArray
    dz: FloatArray


def example(
    spec: NetworkSpec,
    given: IntArray | FloatArray,
    target: int | IntArray,
) -> Batch:
    """Return a sentence with its class, or the classes of its words, as a batch of one.

    `given` are ids (T,), or frames (T, E); `target` is the class of the sentence, for labelling
    the class of each word (T,), −1 where none is asked.

    Raises:
        ValueError: the classes are not one for a sentence, or one for each word.
    """
    if spec.task is Task.LABEL:
        tags = np.array(target, np.int64).reshape(-1)
        if len(tags) != len(given):
            raise ValueError(f"{len(given)} words need as many classes, not {len(tags)}.")
        return replace(batch_of(spec, given), tags=read_only(tags[:, None]))
    if np.ndim(target):
        raise ValueError("A sentence has one class.")
    return batch_of(spec, given, target=int(target))


def ask(
    spec: NetworkSpec,
    parameters: Parameters,
    given: IntArray | FloatArray,
    target: int | IntArray,
    objective: Objective,
    steps: Sequence[int] | None = None,
) -> Asking:
    """Read a sentence and ask it at some steps, at all that can be asked unless told.

    Raises:
        IndexError: a class or a step does not exist, or no class is known at a step.
        ValueError: as `example`.
    """
    batch = example(spec, given, target)
    share = answers(batch, objective).share
    seen = trace(spec, parameters, given)
    targets = np.repeat(batch.targets, len(seen)) if batch.tags is None else batch.tags[:, 0]
    if steps is None:
        steps = (np.flatnonzero(targets >= 0) + 1).tolist()
    if not steps:
        raise IndexError("No class is known at any step.")
    found = []
    for step in steps:
        seen.check_step(step)
        if targets[step - 1] < 0:
            raise IndexError(f"No class is known at step {step}.")
        one = make_batch([seen.ids[:1]], targets[step - 1 : step])
        found.append(loss_of(seen.z[step - 1 : step], Answers(one.asked, share), objective))
    return Asking(
        trace=seen,
        given=given,
        steps=read_only(np.array(steps, np.int64)),
        losses=read_only(np.array([one.loss for one in found], seen.z.dtype)),
        dz=read_only(np.array([one.dz[0] for one in found], seen.z.dtype)),
    )


@dataclass(frozen=True, eq=False)
class LayerFlow:
    """What went back through one layer in one direction, in the order of its own time.

    `ds` (T + 1, H, R) is ∂L/∂s_t from s_0 on; `dc` likewise for the LSTM, c_t's way through s_t
    included. `entered` (G·H, T, R) is the gradient of what U x_t + b_ih adds to, `recurrent`
    (G·H, T, R) of what W s_{t−1} + b_hh adds to, None where nothing is carried.
    """

    ds: FloatArray
    dc: FloatArray | None
    entered: FloatArray
    recurrent: FloatArray | None


@dataclass(frozen=True, eq=False)
class Flow:
    """What went back for the questions `columns`; `dx` (T, R, E) is ∂L/∂x_t, if it was wanted."""

    columns: slice
    layers: tuple[tuple[LayerFlow, ...], ...]
    dx: FloatArray | None


def flows(asking: Asking, truncation: int | None) -> Iterator[Flow]:
    """Yield what each asked step sends back, several steps at a time."""
    spec = asking.trace.spec
    network = Network(spec, asking.trace.parameters, train=True, keep=True)
    width = max(1, _MOST_NUMBERS // (len(asking.trace) * spec.units))
    for start in range(0, len(asking.steps), width):
        columns = slice(start, min(start + width, len(asking.steps)))
        batch = batch_of(spec, asking.given, columns.stop - start)
        network.forward(batch)
        rows = seeds(asking, columns)
        yield Flow(columns, *run_back(network, batch, Upstream(rows=rows), truncation, False))


def seeds(asking: Asking, columns: slice) -> FloatArray:
    """Return what the loss of each step asks of the last layer's states: rows (T·R, D·H)."""
    seen = asking.trace
    spec, units = seen.spec, seen.spec.units
    asked = asking.steps[columns]
    d_read = asking.dz[columns] @ seen.parameters["output.weight"]
    rows = np.zeros((len(seen), len(asked), spec.features), d_read.dtype)
    for column, step in enumerate(asked.tolist()):
        for direction in range(spec.directions):
            part = slice(direction * units, (direction + 1) * units)
            d = d_read[column, part]
            if spec.task is Task.LABEL or spec.read is Reading.LAST:
                rows[seen.read_step(step, direction) - 1, column, part] = d
            elif spec.read is Reading.MEAN:
                far = slice(len(seen) - step, None) if direction else slice(step)
                rows[far, column, part] = d / step
            else:
                winners = seen.greatest_steps[step - 1, part] - 1
                rows[winners, column, np.arange(part.start, part.stop)] = d
    return rows.reshape(-1, spec.features)


def run_back(
    network: Network, batch: Batch, asked: Upstream, truncation: int | None, wants_input: bool
) -> tuple[tuple[tuple[LayerFlow, ...], ...], FloatArray | None]:
    """Run back after a forward pass: return what each layer and direction met, and ∂L/∂x_t.

    ∂L/∂x_t is (T, R, E), None where it is not wanted.
    """
    layers, length = network.layers, batch.length
    met: dict[str, LayerFlow] = {}

    def keep(direction: Direction) -> None:
        met[direction.end] = _kept(direction.cell, length)

    flow: tuple[tuple[LayerFlow, ...], ...]
    with quiet():
        if isinstance(layers, Recurrence):
            dx = layers.backward(batch, asked, truncation, wants_input, keep)
            flow = tuple(tuple(met[one.end] for one in directions) for directions in layers.layers)
        else:
            dx = layers.backward(batch, asked, truncation, wants_input)
            flow = ((_kept_steps(layers),),)
    return flow, None if dx is None else dx.reshape(length, batch.size, -1)


def _kept(cell: RecurrentCell, length: int) -> LayerFlow:
    """Copy what the backward pass of a direction left in its cell."""
    ds = cell.ds[: length + 1].copy()
    space = np.empty((cell.GRADIENT_ROWS * cell.units, length * cell.columns), ds.dtype)
    sums = cell.sums_by_row(length, space)
    shape = (cell.GATES * cell.units, length, cell.columns)
    recurrent = np.empty((shape[0], length * cell.columns), ds.dtype)
    for part, da in sums.recurrent:
        recurrent[part] = da
    dc = None
    if isinstance(cell, LSTM):
        dc = np.concatenate([cell.start_gradients()["c"][None], cell.dc[:length]])
    return LayerFlow(ds, dc, sums.entered.reshape(shape), recurrent.reshape(shape))


def _kept_steps(layer: Steps) -> LayerFlow:
    """Copy what the backward pass left in a layer without memory; of no s_0 nothing is asked."""
    ds = np.concatenate([np.zeros_like(layer.ds[:1]), layer.ds])
    return LayerFlow(ds, None, np.ascontiguousarray(layer.da.transpose(1, 0, 2)), None)

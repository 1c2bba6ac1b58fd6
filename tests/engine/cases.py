"""Small networks and sentences that the engine's tests share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.parameters import Parameters, initial_parameters
from rnnstudio.engine.training import Examples, TrainingJob
from rnnstudio.engine.training_spec import TrainingSpec

L, E, H, C = 9, 4, 5, 3
# The longest sentence that cells with weights of their own for each position can read here.
LONGEST = 7

# What a network answers and reads: three ways to classify, and labelling.
HEADS: dict[str, tuple[Task, Reading]] = {
    "last": (Task.CLASSIFY, Reading.LAST),
    "mean": (Task.CLASSIFY, Reading.MEAN),
    "max": (Task.CLASSIFY, Reading.MAX),
    "label": (Task.LABEL, Reading.LAST),
}
INPUTS = ("one-hot", "embedding", "frames")


def network(activation: Activation = Activation.TANH, embedding: int | None = E) -> NetworkSpec:
    """A network of L words, H units and C classes."""
    return NetworkSpec(L, C, H, embedding, activation)


def with_cell(spec: NetworkSpec, cell: Cell, longest: int = LONGEST) -> NetworkSpec:
    """The same network with another cell."""
    return replace(spec, cell=cell, longest=longest if cell.has_length else None)


def with_head(spec: NetworkSpec, head: str) -> NetworkSpec:
    """The same network with another of `HEADS`."""
    task, read = HEADS[head]
    return replace(spec, task=task, read=read)


def with_input(spec: NetworkSpec, kind: str, size: int = E) -> NetworkSpec:
    """The same network with another of `INPUTS`; embeddings and frames have `size` numbers."""
    if kind == "frames":
        return replace(spec, vocabulary_size=0, embedding=None, frames=size)
    return replace(spec, embedding=None if kind == "one-hot" else size)


def ladder() -> dict[str, NetworkSpec]:
    """Every cell with every head, in one layer and (with a memory) in two of both directions.

    The kinds of input take turns, and so do the activations where they can be chosen.
    """
    found = {}
    for number, (cell, head) in enumerate(product(Cell, HEADS)):
        kind = INPUTS[number % 3]
        spec = with_input(with_head(with_cell(network(), cell), head), kind)
        if cell not in (Cell.GRU, Cell.LSTM):
            spec = replace(spec, activation=list(Activation)[number // 2 % 3])
        found[f"{cell}-{head}-{kind}"] = spec
        if cell.recurrent:
            spec = replace(spec, layers=2, bidirectional=True, train_initial_state=True)
            found[f"{cell}-2-2-{head}-{kind}"] = spec
    return found


def sentences(lengths: Sequence[int], rng: np.random.Generator, low: int = 0) -> list[IntArray]:
    """Random words of the ids `low` … L; 0 is an unknown one."""
    return [rng.integers(low, L + 1, length).astype(np.int32) for length in lengths]


def random_batch(lengths: Sequence[int], seed: int = 0, spec: NetworkSpec | None = None) -> Batch:
    """A batch of random sentences and classes, with tags or frames where `spec` needs them.

    As in real sentences, nothing is asked of the first step and, from two on, of the last.
    """
    rng = np.random.default_rng(seed)
    words = sentences(lengths, rng)
    batch = make_batch(words, rng.integers(0, C, len(words)))
    if spec is not None and spec.task is Task.LABEL:
        tags = rng.integers(0, C, batch.ids.shape)
        if batch.length > 1:
            steps = np.arange(batch.length)[:, None]
            tags[(steps == 0) | (steps >= batch.lengths - 1)] = -1
        batch = replace(batch, tags=tags, targets=np.full(batch.size, -1))
    if spec is not None and spec.frames is not None:
        frames = rng.standard_normal((*batch.ids.shape, spec.frames))
        frames[~batch.real] = 0.0
        batch = replace(batch, frames=frames)
    return batch


def part_of(batch: Batch, columns: Sequence[int]) -> Batch:
    """Some sentences of a batch as a batch, in the order given; the longest of them first."""
    chosen = list(columns)
    length = int(batch.lengths[chosen[0]])
    return Batch(
        ids=batch.ids[:length, chosen],
        lengths=batch.lengths[chosen],
        targets=batch.targets[chosen],
        rows=batch.rows[chosen],
        tags=None if batch.tags is None else batch.tags[:length, chosen],
        frames=None if batch.frames is None else batch.frames[:length, chosen],
    )


def double_parameters(spec: NetworkSpec, seed: int = 1) -> Parameters:
    """Fresh weights in float64."""
    return initial_parameters(spec, np.random.default_rng(seed), np.float64)


def lively_parameters(spec: NetworkSpec, seed: int = 1, dtype: type = np.float64) -> Parameters:
    """Fresh weights of which none is zero or tiny, so that every part of a network matters."""
    parameters = initial_parameters(spec, np.random.default_rng(seed), dtype)
    rng = np.random.default_rng([seed, 1])
    for name, values in parameters.items():
        if name.startswith(("embedding.", "initial.")):
            values[...] = rng.standard_normal(values.shape)
    return parameters


def relative_error(found: FloatArray, expected: FloatArray) -> float:
    """The greatest difference, measured by the greatest number."""
    scale = max(float(np.abs(found).max()), float(np.abs(expected).max()), 1e-8)
    return float(np.abs(found - expected).max()) / scale


def job(
    training: TrainingSpec | None = None,
    *,
    count: int = 40,
    validation: int = 12,
    embedding: int | None = E,
    activation: Activation = Activation.TANH,
) -> TrainingJob:
    """A task that can be learned: the class is the sentence's last word, modulo C."""
    rng = np.random.default_rng(7)
    words = tuple(sentences(rng.integers(1, 8, count + validation).tolist(), rng))
    targets = np.array([int(sentence[-1]) % C for sentence in words])
    return TrainingJob(
        network(activation, embedding),
        training or TrainingSpec(epochs=3, batch_size=8),
        Examples(words[:count], targets[:count]),
        Examples(words[count:], targets[count:]),
    )

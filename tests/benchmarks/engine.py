"""Prints how many tokens a second the engine trains, beside PyTorch in the same run.

    OPENBLAS_NUM_THREADS=1 python tests/benchmarks/engine.py [SIZE …] [--cells CELL …] [--rounds N]

A step is everything that training does with a batch: forward, backward, clipping by norm 5, Adam.
The networks start with the same weights and read the same ragged batches; their losses are
compared before anything is timed. PyTorch runs packed, padded and compiled, with fused and foreach
Adam, with a dense embedding and with a sparse one under SparseAdam, on one and two threads. All of
these are tried first, and the fastest few go into the rounds, where all contenders are interleaved;
medians are printed, and the fastest of PyTorch's counts. Batches are prepared before on both sides.
Our second process joins where `rnnstudio.engine.workers` says that a batch is shared.

In n → n every word is asked for one of 16 tags, and the loss is the mean over all words.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from rnnstudio.engine.batch import Batch, make_batches
from rnnstudio.engine.losses import Objective
from rnnstudio.engine.network import GATES, Cell, NetworkSpec, Task
from rnnstudio.engine.parameters import Parameters, initial_parameters
from rnnstudio.engine.second_process import SecondProcess
from rnnstudio.engine.training_spec import LossMean, TrainingSpec
from rnnstudio.engine.update import WeightUpdate
from rnnstudio.engine.workers import GradientWorkers

# At higher rates rounding alone lets the losses of medium drift apart within twelve steps.
CLIP, LEARNING_RATE, BATCHES = 5.0, 0.001, 12
# The embedding's rows are all brought up to date now and then, mostly in the first 100 updates.
WARM_UP = 10
FINALISTS = 3
COUNTED = 0.06
TAGS = 16


@dataclass(frozen=True)
class Size:
    """One row of the table of sizes."""

    name: str
    vocabulary: int
    embedding: int
    units: int
    batch: int
    longest: int


SIZES = {
    size.name: size
    for size in (
        Size("teaching", 200, 16, 16, 16, 12),
        Size("small", 2_000, 32, 64, 32, 20),
        Size("medium", 10_000, 128, 128, 32, 40),
        Size("large", 20_000, 256, 512, 64, 60),
    )
}
CELLS = (Cell.RNN, Cell.GRU, Cell.LSTM)

Step = Callable[[int], float]


class Ours:
    """The engine's training step."""

    def __init__(self, spec: NetworkSpec, start: Parameters, batches: list[Batch]) -> None:
        training = TrainingSpec(clip_norm=CLIP, learning_rate=LEARNING_RATE)
        self.batches = batches
        self.update = WeightUpdate(spec, training, start.copy())
        self.workers = GradientWorkers(spec, self.update.parameters, self.update.by_word)
        self.objective = Objective(LossMean.WORD)

    def __call__(self, index: int) -> float:
        batch, update = self.batches[index], self.update
        update.before(batch.occurrences.words - 1)
        result = self.workers.gradients(batch, self.objective, None, None)
        update.make(result.gradients.flat, result.words, result.by_word, LEARNING_RATE)
        return result.loss


class Network(nn.Module):  # type: ignore[misc]
    """The same network in PyTorch."""

    def __init__(self, spec: NetworkSpec, packed: bool, sparse: bool) -> None:
        super().__init__()
        assert spec.embedding is not None
        self.packed, self.label = packed, spec.task is Task.LABEL
        self.embedding = nn.Embedding(spec.vocabulary_size, spec.embedding, sparse=sparse)
        module = {Cell.RNN: nn.RNN, Cell.GRU: nn.GRU, Cell.LSTM: nn.LSTM}[spec.cell]
        self.rnn = module(spec.embedding, spec.units)
        self.output = nn.Linear(spec.units, spec.classes)

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        x = self.embedding(ids)
        if self.packed:
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths)
            states, final = self.rnn(packed)
            if not self.label:
                return self.output((final[0] if isinstance(final, tuple) else final)[0])
            states, _ = nn.utils.rnn.pad_packed_sequence(states)
        else:
            states, _ = self.rnn(x)
        if self.label:
            return self.output(states.flatten(0, 1))
        return self.output(states.flatten(0, 1)[last])


@dataclass(frozen=True)
class Way:
    """One way of running PyTorch."""

    layout: str
    adam: str
    sparse: bool
    threads: int

    def __str__(self) -> str:
        embedding = "sparse" if self.sparse else "dense"
        threads = f"{self.threads} thread{'s' * (self.threads - 1)}"
        return f"{self.layout}, {self.adam} Adam, {embedding}, {threads}"


# Compiling takes minutes and leaves the recurrent modules as they are: one way of it will do.
WAYS = (
    *(
        Way(*way)
        for way in itertools.product(
            ("packed", "padded"), ("fused", "foreach"), (False, True), (1, 2)
        )
    ),
    Way("compiled", "fused", False, 1),
)


class Theirs:
    """PyTorch's training step."""

    def __init__(
        self, way: Way, spec: NetworkSpec, start: Parameters, batches: list[Batch]
    ) -> None:
        torch.set_num_threads(way.threads)
        self.threads = way.threads
        network = Network(spec, way.layout == "packed", way.sparse)
        network.load_state_dict({name: torch.tensor(array) for name, array in start.items()})
        self.network = network
        self.run = torch.compile(network, dynamic=True) if way.layout == "compiled" else network
        dense = [p for name, p in network.named_parameters() if name != "embedding.weight"]
        fused = way.adam == "fused"
        options = {"fused": fused or None, "foreach": not fused or None}
        rows = list(network.embedding.parameters())
        self.optimizers = [torch.optim.Adam(dense if way.sparse else rows + dense, **options)]
        if way.sparse:
            self.optimizers.append(torch.optim.SparseAdam(rows))
        for optimizer in self.optimizers:
            optimizer.param_groups[0]["lr"] = LEARNING_RATE
        self.sparse = way.sparse
        self.inputs = [
            (
                torch.tensor(batch.ids, dtype=torch.int64) - 1,
                torch.tensor(batch.lengths),
                torch.tensor(batch.last_rows),
                torch.tensor(
                    batch.targets if batch.tags is None else batch.tags.reshape(-1),
                    dtype=torch.int64,
                ),
            )
            for batch in batches
        ]

    def __call__(self, index: int) -> float:
        ids, lengths, last, targets = self.inputs[index]
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        z = self.run(ids, lengths, last)
        loss = nn.functional.cross_entropy(z, targets, ignore_index=-1)
        loss.backward()
        if self.sparse:
            self._clip()
        else:
            nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        for optimizer in self.optimizers:
            optimizer.step()
        return float(loss.detach())

    def _clip(self) -> None:
        # clip_grad_norm_ does not take sparse gradients.
        grads = []
        for p in self.network.parameters():
            if p.grad.is_sparse:
                p.grad = p.grad.coalesce()
                grads.append(p.grad.values())
            else:
                grads.append(p.grad)
        norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in grads]))
        factor = torch.clamp(CLIP / (norm + 1e-6), max=1.0)
        for grad in grads:
            grad.mul_(factor)


def data(size: Size, spec: NetworkSpec, rng: np.random.Generator) -> list[Batch]:
    """Return ragged batches of random words."""
    lengths = rng.integers(size.longest // 2, size.longest + 1, BATCHES * size.batch)
    sentences = [rng.integers(1, size.vocabulary + 1, n).astype(np.int32) for n in lengths]
    targets = rng.integers(0, spec.classes, len(sentences))
    tags = [rng.integers(0, spec.classes, n).astype(np.int32) for n in lengths]
    labels = tags if spec.task is Task.LABEL else ()
    batches = make_batches(sentences, targets, size.batch, rng, labels)
    for batch in batches:
        # Everything a batch keeps of itself is prepared, as PyTorch's tensors are.
        _ = batch.occurrences, batch.word_rows, batch.unknown_rows, batch.last_rows, batch.tokens
        _ = batch.highest_id, batch.halves
    return batches


def seconds(step: Step, counted: float = COUNTED) -> float:
    """Return the mean time of a pass over all batches, measured for `counted` seconds or more.

    What runs before is not counted: threads of the contender before go on spinning for a while,
    and caches are its own.
    """
    _passes(step, counted / 2)
    passes, taken = _passes(step, counted)
    return taken / passes


def _passes(step: Step, least: float) -> tuple[int, float]:
    """Make passes for at least so many seconds; return how many there were and how long it took."""
    begin = time.perf_counter()
    passes = 0
    while True:
        for index in range(BATCHES):
            step(index)
        passes += 1
        if (taken := time.perf_counter() - begin) >= least:
            return passes, taken


def measure(size: Size, cell: Cell, task: Task, rounds: int, compiled: bool) -> float:
    """Compare the losses, time all contenders, print a line and return the ratio."""
    rng = np.random.default_rng(0)
    classes = 2 if task is Task.CLASSIFY else TAGS
    spec = NetworkSpec(size.vocabulary, classes, size.units, size.embedding, cell=cell, task=task)
    batches = data(size, spec, rng)
    tokens = sum(batch.tokens for batch in batches)
    start = initial_parameters(spec, rng)

    mine = Ours(spec, start, batches)
    losses = [mine(index) for index in range(BATCHES)]
    trial: dict[Way, float] = {}
    steps: dict[Way, Theirs] = {}
    for way in WAYS:
        if way.layout == "compiled" and not compiled:
            continue
        steps[way] = step = Theirs(way, spec, start, batches)
        found = [step(index) for index in range(BATCHES)]
        if not way.sparse:  # SparseAdam leaves rows alone that Adam moves
            np.testing.assert_allclose(found, losses, rtol=5e-4, atol=5e-5, err_msg=str(way))
        trial[way] = seconds(step)
    finalists = sorted(trial, key=lambda way: trial[way])[:FINALISTS]

    for _ in range(WARM_UP * BATCHES):
        mine(0)
    times: dict[Way | None, list[float]] = {way: [] for way in (None, *finalists)}
    for _ in range(rounds):
        times[None].append(seconds(mine))
        for way in finalists:
            torch.set_num_threads(way.threads)
            times[way].append(seconds(steps[way]))
    mine.workers.close()
    ours = statistics.median(times[None])
    best = min(finalists, key=lambda way: statistics.median(times[way]))
    theirs = statistics.median(times[best])
    print(
        f"{size.name:8} {cell.value:4} {'n → 1' if task is Task.CLASSIFY else 'n → n'}  "
        f"{tokens / ours:11,.0f} tokens/s {ours / BATCHES * 1e3:8.3f} ms   "
        f"PyTorch {tokens / theirs:11,.0f} {theirs / BATCHES * 1e3:8.3f} ms ({best})   "
        f"ratio {theirs / ours:.2f}",
        flush=True,
    )
    return theirs / ours


def memory(size: Size, cell: Cell) -> None:
    """Print what training needs on paper, and by how much it lets the processes grow.

    Of the second process what it has before it is given any work, interpreter and NumPy, is left
    out, as it is of the first.
    """
    rng = np.random.default_rng(0)
    spec = NetworkSpec(size.vocabulary, 2, size.units, size.embedding, cell=cell)
    batches = data(size, spec, rng)
    gates = len(GATES[cell])
    state = 4 * size.longest * size.batch * size.units
    # Forward: every gate, the state, c and tanh c of an LSTM, W_hn s of a GRU; the input; and the
    # gradient of every gate.
    kept = gates + {Cell.RNN: 1, Cell.GRU: 2, Cell.LSTM: 3}[cell] + gates
    activations = kept * state + 4 * size.longest * size.batch * size.embedding
    weights = 3 * 4 * spec.parameter_count
    start = initial_parameters(spec, rng)
    idle = SecondProcess.start(spec, start)
    assert idle is not None
    before_work = sum(map(_resident, _children()))
    idle.close()
    before = _resident("self") - start.flat.nbytes
    mine = Ours(spec, start, batches)
    del start
    peak = 0
    for index in range(2 * BATCHES):
        mine(index % BATCHES)
        others = sum(_resident(child) - before_work for child in _children())
        peak = max(peak, _resident("self") - before + others)
    mine.workers.close()
    paper = weights + activations
    print(
        f"{size.name:8} {cell.value:4} memory: {peak / 2**20:6.0f} MiB, on paper "
        f"{paper / 2**20:6.0f} MiB (weights and Adam {weights / 2**20:.0f}, activations "
        f"{activations / 2**20:.0f})   ratio {peak / paper:.2f}"
    )


def _resident(process: str) -> int:
    """Return the bytes of memory of a process; of another one what it does not share."""
    with open(f"/proc/{process}/statm", encoding="ascii") as file:
        _, resident, shared, *_ = map(int, file.read().split())
    return (resident if process == "self" else resident - shared) * resource.getpagesize()


def _children() -> list[str]:
    pid = os.getpid()
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return file.read().split()


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description="training speed of the engine beside PyTorch's")
    parser.add_argument("sizes", nargs="*", default=list(SIZES), metavar="SIZE")
    parser.add_argument("--cells", nargs="*", default=[cell.value for cell in CELLS])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
    parser.add_argument("--memory", action="store_true", help="print memory instead of speed")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    print(
        f"NumPy {np.__version__} with OPENBLAS_NUM_THREADS="
        f"{os.environ.get('OPENBLAS_NUM_THREADS', 'not set')}, PyTorch {torch.__version__}"
    )
    for name, cell in itertools.product(arguments.sizes, map(Cell, arguments.cells)):
        if arguments.memory:
            memory(SIZES[name], cell)
            continue
        for task in (Task.CLASSIFY, Task.LABEL):
            measure(SIZES[name], cell, task, arguments.rounds, not arguments.no_compile)


if __name__ == "__main__":
    main()

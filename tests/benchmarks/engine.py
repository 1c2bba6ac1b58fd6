"""Prints how many tokens a second the engine trains, beside PyTorch in the same run.

    OPENBLAS_NUM_THREADS=1 python tests/benchmarks/engine.py [--rounds N]

A step is everything that training does with a batch: forward, backward, clipping by norm 5, Adam.
The networks start with the same weights and read the same ragged batches; their losses are
compared before anything is timed. PyTorch runs packed and padded, with fused and foreach Adam, on
one and two threads, and the fastest counts. The rounds of all are interleaved, and medians are
printed. NumPy's BLAS reads its number of threads from OPENBLAS_NUM_THREADS when it is imported:
set it from outside to compare (1 is what sizes up to small want).
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from rnnstudio.engine.batch import Batch, make_batches
from rnnstudio.engine.model import loss_and_gradients
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.optimizers import Adam, clip, norm
from rnnstudio.engine.parameters import Parameters, initial_parameters

# At higher rates rounding alone lets the losses of medium drift apart within twelve steps.
CLIP, LEARNING_RATE, BATCHES = 5.0, 0.001, 12


@dataclass(frozen=True)
class Size:
    """One row of the table of sizes."""

    name: str
    vocabulary: int
    embedding: int
    units: int
    batch: int
    longest: int


SIZES = (
    Size("teaching", 200, 16, 16, 16, 12),
    Size("small", 2_000, 32, 64, 32, 20),
    Size("medium", 10_000, 128, 128, 32, 40),
)

Step = Callable[[int], float]


def ours(spec: NetworkSpec, start: Parameters, batches: list[Batch]) -> Step:
    """Return a function that trains on one batch and gives the loss."""
    parameters = start.copy()
    adam = Adam(parameters.flat)

    def step(index: int) -> float:
        # A fresh batch each time: its views are part of the work, as in an epoch.
        result = loss_and_gradients(spec, parameters, replace(batches[index]))
        gradient = result.gradients.flat
        clip(gradient, norm(gradient), CLIP)
        adam.update(parameters.flat, gradient, LEARNING_RATE)
        return result.loss

    return step


class Network(nn.Module):  # type: ignore[misc]
    """The same network in PyTorch."""

    def __init__(self, spec: NetworkSpec, packed: bool) -> None:
        super().__init__()
        assert spec.embedding is not None
        self.packed = packed
        self.embedding = nn.Embedding(spec.vocabulary_size, spec.embedding)
        self.rnn = nn.RNN(spec.embedding, spec.units)
        self.output = nn.Linear(spec.units, spec.classes)

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        x = self.embedding(ids)
        if self.packed:
            _, last = self.rnn(nn.utils.rnn.pack_padded_sequence(x, lengths))
            return self.output(last[0])
        states, _ = self.rnn(x)
        return self.output(states[lengths - 1, torch.arange(len(lengths))])


def theirs(
    spec: NetworkSpec, start: Parameters, batches: list[Batch], packed: bool, fused: bool
) -> Step:
    """Return PyTorch's function that trains on one batch and gives the loss."""
    network = Network(spec, packed)
    network.load_state_dict(
        {
            name if name.startswith(("rnn", "output")) else "embedding.weight": torch.tensor(array)
            for name, array in start.items()
        }
    )
    adam = torch.optim.Adam(
        network.parameters(), LEARNING_RATE, fused=fused or None, foreach=not fused or None
    )
    inputs = [
        (
            torch.tensor(batch.ids, dtype=torch.int64) - 1,
            torch.tensor(batch.lengths),
            torch.tensor(batch.targets),
        )
        for batch in batches
    ]

    def step(index: int) -> float:
        ids, lengths, targets = inputs[index]
        adam.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(network(ids, lengths), targets)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        adam.step()
        return float(loss.detach())

    return step


def measure(size: Size, rounds: int) -> None:
    """Compare the losses, then time all contenders and print a line."""
    rng = np.random.default_rng(0)
    spec = NetworkSpec(size.vocabulary, 2, size.units, size.embedding)
    lengths = rng.integers(size.longest // 2, size.longest + 1, BATCHES * size.batch)
    sentences = [rng.integers(1, size.vocabulary + 1, n).astype(np.int32) for n in lengths]
    targets = rng.integers(0, 2, len(sentences))
    batches = make_batches(sentences, targets, size.batch, rng)
    tokens = sum(batch.tokens for batch in batches)
    start = initial_parameters(spec, rng)

    contenders: dict[str, tuple[Step, int]] = {"ours": (ours(spec, start, batches), 1)}
    for packed in (True, False):
        for fused in (True, False):
            for threads in (1, 2):
                words = ("packed" if packed else "padded", "fused" if fused else "foreach")
                name = f"{' '.join(words)} {threads} thread{'s' * (threads - 1)}"
                contenders[name] = (theirs(spec, start, batches, packed, fused), threads)

    losses = {
        name: [step(index) for index in range(BATCHES)] for name, (step, _) in contenders.items()
    }
    for name, found in losses.items():
        np.testing.assert_allclose(found, losses["ours"], rtol=2e-4, atol=2e-5, err_msg=name)

    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, (step, threads) in contenders.items():
            torch.set_num_threads(threads)
            begin = time.perf_counter()
            for index in range(BATCHES):
                step(index)
            times[name].append(time.perf_counter() - begin)

    medians = {name: statistics.median(found) for name, found in times.items()}
    mine = medians.pop("ours")
    best = min(medians, key=lambda name: medians[name])
    mine_ms, best_ms = (seconds / BATCHES * 1e3 for seconds in (mine, medians[best]))
    print(
        f"{size.name:9} ours {tokens / mine:10,.0f} tokens/s ({mine_ms:6.3f} ms a step)   "
        f"PyTorch {tokens / medians[best]:10,.0f} ({best_ms:6.3f} ms, {best})   "
        f"ratio {best_ms / mine_ms:.2f}"
    )


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description="training speed of the engine beside PyTorch's")
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(
        f"rnn, n → 1, NumPy {np.__version__} with OPENBLAS_NUM_THREADS="
        f"{os.environ.get('OPENBLAS_NUM_THREADS', 'not set')}, PyTorch {torch.__version__}"
    )
    for size in SIZES:
        measure(size, rounds)


if __name__ == "__main__":
    main()

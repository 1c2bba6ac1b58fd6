"""Writes the gold values in `optimizers/`: PyTorch 2.13's optimisers and schedules.

    python tests/engine/gold/make_optimizer_gold.py

`steps.npz`: ten steps of each optimiser on given gradients, some of them zero or tiny, at a rate
that changes, with and without weight decay. `rates.npz`: learning rates by batch or by epoch, for
a learning rate of 1. Everything is float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop
from torch.optim import lr_scheduler as schedulers

FOLDER = Path(__file__).parent / "optimizers"
NUMBERS, STEPS, MOMENTUM, DECAY = 21, 10, 0.8, 0.1
MAKE: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "momentum": lambda weights, **options: SGD(weights, momentum=MOMENTUM, **options),
    "nesterov": lambda weights, **options: SGD(
        weights, momentum=MOMENTUM, nesterov=True, **options
    ),
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}
# Schedules: epochs, batches in each, and n, f, W of `rnnstudio.engine.schedules`.
EPOCHS, BATCHES, DECAY_EPOCHS, DECAY_FACTOR, WARMUP = 10, 4, 3, 0.3, 6
LOSSES = (1.0, 0.9, 0.9, 0.95, math.nan, 0.91, 0.8, 0.8, 0.8, 0.81, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8)


def steps() -> dict[str, Any]:
    """Weights after each step of each optimiser."""
    rng = np.random.default_rng(3)
    start = rng.standard_normal(NUMBERS)
    gradients = rng.standard_normal((STEPS, NUMBERS)) * 10.0 ** rng.integers(-3, 2, NUMBERS)
    gradients[:, :2] *= 1e-7
    gradients[rng.random(gradients.shape) < 0.2] = 0.0
    rates = 0.02 * 0.9 ** np.arange(STEPS)
    gold: dict[str, Any] = {
        "start": start,
        "gradients": gradients,
        "rates": rates,
        "momentum": MOMENTUM,
        "decay": DECAY,
    }
    for name, make in MAKE.items():
        for decay in (0.0, DECAY):
            weights = torch.tensor(start.copy(), requires_grad=True)
            optimizer = make([weights], lr=rates[0], weight_decay=decay)
            found = []
            for gradient, rate in zip(gradients, rates, strict=True):
                optimizer.param_groups[0]["lr"] = rate
                weights.grad = torch.tensor(gradient)
                optimizer.step()
                found.append(weights.detach().numpy().copy())
            gold[f"{name}.{'decay' if decay else 'plain'}"] = np.array(found)
    return gold


def rates() -> dict[str, Any]:
    """The learning rate of each batch, or of each epoch for those that change with epochs."""

    def run(count: int, *makers: Callable[[Optimizer], Any]) -> list[float]:
        optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        parts = [make(optimizer) for make in makers]
        found = []
        for _ in range(count):
            found.append(float(optimizer.param_groups[0]["lr"]))
            optimizer.step()
            for part in parts:
                part.step()
        return found

    def step(optimizer: Optimizer) -> Any:
        return schedulers.StepLR(optimizer, DECAY_EPOCHS, DECAY_FACTOR)

    def cosine(optimizer: Optimizer) -> Any:
        return schedulers.CosineAnnealingLR(optimizer, EPOCHS * BATCHES)

    def warmup(optimizer: Optimizer) -> Any:
        return schedulers.LinearLR(optimizer, 1 / WARMUP, 1.0, WARMUP - 1)

    optimizer = SGD([torch.zeros(1)], lr=1.0)
    plateau = schedulers.ReduceLROnPlateau(
        optimizer, factor=DECAY_FACTOR, patience=DECAY_EPOCHS - 1, threshold=0.0, eps=0.0
    )
    factors = []
    for loss in LOSSES:
        plateau.step(loss)
        factors.append(float(optimizer.param_groups[0]["lr"]))
    batches = EPOCHS * BATCHES
    return {
        "settings": np.array([EPOCHS, BATCHES, DECAY_EPOCHS, DECAY_FACTOR, WARMUP]),
        "step": run(EPOCHS, step),
        "cosine": run(batches, cosine),
        "warmup": run(batches, warmup),
        "warmup.cosine": run(batches, warmup, cosine),
        "losses": LOSSES,
        "plateau": factors,
    }


def main() -> None:
    """Write both files."""
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(FOLDER / "steps.npz", **steps())
    np.savez_compressed(FOLDER / "rates.npz", **rates())


if __name__ == "__main__":
    main()

"""Schedules: what the learning rate is multiplied by as training goes on.

With e the position in epochs (2.5 in the middle of the third), E all epochs, n = `decay_epochs`
and f = `decay_factor`, the factor of a batch is warm-up · schedule:

    constant   1
    step       f^⌊e / n⌋
    cosine     ½ (1 + cos(π e / E))
    plateau    f once more whenever n epochs passed without a better validation loss
    warm-up    min(1, k / W) at batch k, from 1, of `warmup` = W

Nothing is remembered but the plateau, so that a run resumed has the same rates. Sources:
`torch.optim.lr_scheduler.StepLR`, `CosineAnnealingLR`, `ReduceLROnPlateau` (with a threshold of 0
and a patience of n − 1, since it reduces after one epoch more than its patience), `LinearLR`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # It needs the names below.
    from rnnstudio.engine.training_spec import TrainingSpec


class ScheduleName(StrEnum):
    """The schedules there are."""

    CONSTANT = "constant"
    STEP = "step"
    COSINE = "cosine"
    PLATEAU = "plateau"


@dataclass(frozen=True)
class Plateau:
    """What the plateau schedule remembers from epoch to epoch.

    `best_loss` is the lowest so far, infinite before the first; `bad_epochs` counts those since it
    or since the last reduction; `factor` is what the learning rate is multiplied by.
    """

    best_loss: float = math.inf
    bad_epochs: int = 0
    factor: float = 1.0

    def advanced(self, training: TrainingSpec, loss: float) -> Plateau:
        """Return the value after one more epoch with this validation loss; NaN is no better."""
        if loss < self.best_loss:
            return replace(self, best_loss=loss, bad_epochs=0)
        if self.bad_epochs + 1 < training.decay_epochs:
            return replace(self, bad_epochs=self.bad_epochs + 1)
        return replace(self, bad_epochs=0, factor=self.factor * training.decay_factor)


def rate_factor(
    training: TrainingSpec, step: int, position: float, plateau: Plateau | None = None
) -> float:
    """Return what the learning rate of the next batch is multiplied by.

    `step` counts the batches made over the whole run, `position` the epochs made, with the part of
    the one now running. Beyond the last epoch the cosine stays 0.
    """
    match training.schedule:
        case ScheduleName.CONSTANT:
            factor = 1.0
        case ScheduleName.STEP:
            factor = training.decay_factor ** (math.floor(position) // training.decay_epochs)
        case ScheduleName.COSINE:
            factor = 0.5 * (1.0 + math.cos(math.pi * min(1.0, position / training.epochs)))
        case ScheduleName.PLATEAU:
            factor = 1.0 if plateau is None else plateau.factor
    if step < training.warmup:
        factor *= (step + 1) / training.warmup
    return factor

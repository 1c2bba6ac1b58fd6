"""The rate of every batch is PyTorch's; the plateau is all that is remembered.

The gold values were made once by `gold/make_optimizer_gold.py`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.schedules import Plateau, ScheduleName, rate_factor
from rnnstudio.engine.training_spec import TrainingSpec

RATES = Path(__file__).parent / "gold" / "optimizers" / "rates.npz"
with np.load(RATES) as _file:
    GOLD: dict[str, npt.NDArray[Any]] = dict(_file)
EPOCHS, BATCHES, DECAY_EPOCHS = (int(number) for number in GOLD["settings"][:3])
WARMUP = int(GOLD["settings"][4])
TRAINING = TrainingSpec(
    decay_epochs=DECAY_EPOCHS, decay_factor=float(GOLD["settings"][3]), epochs=EPOCHS
)


def by_batch(training: TrainingSpec) -> list[float]:
    """The factor of every batch of all epochs."""
    return [rate_factor(training, step, step / BATCHES) for step in range(EPOCHS * BATCHES)]


@pytest.mark.parametrize(
    ("name", "schedule", "warmup"),
    [
        ("cosine", ScheduleName.COSINE, 0),
        ("warmup", ScheduleName.CONSTANT, WARMUP),
        ("warmup.cosine", ScheduleName.COSINE, WARMUP),
    ],
)
def test_by_batch(name: str, schedule: ScheduleName, warmup: int) -> None:
    found = by_batch(replace(TRAINING, schedule=schedule, warmup=warmup))
    np.testing.assert_allclose(found, GOLD[name], rtol=1e-12, atol=1e-12)


def test_step_changes_between_epochs_alone() -> None:
    found = by_batch(replace(TRAINING, schedule=ScheduleName.STEP))
    np.testing.assert_allclose(found, np.repeat(GOLD["step"], BATCHES), rtol=1e-12)


def test_plateau() -> None:
    training = replace(TRAINING, schedule=ScheduleName.PLATEAU)
    plateau, found = Plateau(), []
    for loss in GOLD["losses"]:
        plateau = plateau.advanced(training, float(loss))
        found.append(rate_factor(training, 100, 1.5, plateau))
    np.testing.assert_allclose(found, GOLD["plateau"], rtol=1e-12)
    assert min(found) < 0.1
    assert math.isclose(plateau.best_loss, 0.7)
    assert rate_factor(training, 0, 0.0) == rate_factor(training, 0, 0.0, Plateau()) == 1


def test_a_plateau_of_one_epoch() -> None:
    training = replace(TRAINING, decay_epochs=1, decay_factor=0.5)
    plateau = Plateau()
    for loss in (1.0, 1.0, 2.0, 0.5):
        plateau = plateau.advanced(training, loss)
    assert plateau == Plateau(best_loss=0.5, bad_epochs=0, factor=0.25)


@given(
    schedule=st.sampled_from(ScheduleName),
    warmup=st.integers(0, 50),
    step=st.integers(0, 10_000),
    batches=st.integers(1, 50),
)
def test_within_bounds(schedule: ScheduleName, warmup: int, step: int, batches: int) -> None:
    training = replace(TRAINING, schedule=schedule, warmup=warmup)
    factor = rate_factor(training, step, step / batches)
    assert 0 <= factor <= 1
    assert factor <= (step + 1) / warmup if warmup else True
    # No schedule stops a run before its end.
    assert factor > 0 or step / batches >= EPOCHS

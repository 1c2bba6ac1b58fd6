"""Checkpoints that a file has damaged are refused, each with a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.training import TrainingState
from rnnstudio.errors import RnnStudioError
from tests.engine.cases import job

Damage = Callable[[dict[str, Any], dict[str, Any]], object]

DAMAGES: dict[str, Damage] = {
    "no optimiser": lambda arrays, meta: meta.pop("optimizer"),
    "unknown optimiser": lambda arrays, meta: meta.update(optimizer="magic"),
    "rate is a word": lambda arrays, meta: meta.update(learning_rate="fast"),
    "updates negative": lambda arrays, meta: meta.update(optimizer_updates=-1),
    "no progress": lambda arrays, meta: meta.pop("progress"),
    "progress is a list": lambda arrays, meta: meta.update(progress=[1]),
    "step is a fraction": lambda arrays, meta: meta["progress"].update(step=1.5),
    "step is missing": lambda arrays, meta: meta["progress"].pop("step"),
    "best epoch to come": lambda arrays, meta: meta["progress"].update(best_epoch=1),
    "loss is a word": lambda arrays, meta: meta["progress"].update(loss_sum="low"),
    "weights missing": lambda arrays, meta: arrays.pop("last.rnn.weight_hh_l0"),
    "best missing": lambda arrays, meta: arrays.pop("best.output.bias"),
    "other shape": lambda arrays, meta: arrays.update({"last.output.bias": np.zeros(9)}),
    "integers": lambda arrays, meta: arrays.update(
        {name: array.astype(int) for name, array in arrays.items()}
    ),
    "no moment": lambda arrays, meta: arrays.pop("moment.v_sum"),
    "other moment": lambda arrays, meta: arrays.update({"moment.v_sum": np.zeros(3, np.float32)}),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_told(damage: Damage) -> None:
    task = job()
    checkpoint = TrainingState.initial(task).checkpoint()
    arrays, meta = checkpoint.arrays(), checkpoint.meta()
    Checkpoint.from_parts(arrays, meta, task.network)
    damage(arrays, meta)
    with pytest.raises(RnnStudioError):
        Checkpoint.from_parts(arrays, meta, task.network)

"""A moment of training, complete: training goes on from it as if it had never stopped."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from rnnstudio.engine.arrays import FloatArray, read_only
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.optimizers import OPTIMIZERS, OptimizerName
from rnnstudio.engine.parameters import Parameters
from rnnstudio.errors import RnnStudioError

_LAST, _BEST, _MOMENT = "last.", "best.", "moment."


@dataclass(frozen=True)
class Progress:
    """How far training has come.

    `step` counts all batches made, `epoch` whole epochs, `batch` the batches made in the epoch now
    running. `loss_sum` and `right` add up that epoch's losses and right predictions over `seen`
    sentences. `best_loss` is the lowest so far, infinite before the first epoch's end, and
    `best_epoch` the epoch that gave it, 0 for none. `epochs_since_best` is what patience counts;
    it may begin anew while the best epoch stays.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    right: int = 0
    seen: int = 0
    best_loss: float = math.inf
    best_epoch: int = 0
    epochs_since_best: int = 0


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Weights, best weights, the optimiser's memory and the position; all read-only.

    `moments` are the optimiser's vectors (P,) by name. No state of a random generator is among
    it, since the order of batches follows from the seed and the epoch.
    """

    parameters: Parameters
    best_parameters: Parameters
    learning_rate: float
    optimizer: OptimizerName
    optimizer_updates: int
    moments: Mapping[str, FloatArray]
    progress: Progress

    def arrays(self) -> dict[str, FloatArray]:
        """Return all arrays by name, for a file; `meta` has the rest."""
        return {
            **{_LAST + name: array for name, array in self.parameters.items()},
            **{_BEST + name: array for name, array in self.best_parameters.items()},
            **{_MOMENT + name: array for name, array in self.moments.items()},
        }

    def meta(self) -> dict[str, Any]:
        """Return all that is not an array, as an object for JSON."""
        progress = asdict(self.progress)
        if math.isinf(self.progress.best_loss):
            progress["best_loss"] = None
        return {
            "learning_rate": self.learning_rate,
            "optimizer": self.optimizer.value,
            "optimizer_updates": self.optimizer_updates,
            "progress": progress,
        }

    @classmethod
    def from_parts(
        cls,
        arrays: Mapping[str, FloatArray],
        meta: Mapping[str, Any],
        network_spec: NetworkSpec,
    ) -> Checkpoint:
        """Rebuild a checkpoint from `arrays()` and `meta()`.

        Raises:
            RnnStudioError: something is missing, of a wrong type or of another network's shape.
        """
        try:
            name = OptimizerName(meta["optimizer"])
            progress = _progress(meta["progress"])
            updates = _whole(meta["optimizer_updates"])
            learning_rate = float(meta["learning_rate"])
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(f"{type(error).__name__}: {error}") from error
        parameters = _parameters(arrays, _LAST, network_spec)
        best_parameters = _parameters(arrays, _BEST, network_spec)
        moments = {
            key: read_only(array.astype(parameters.dtype))
            for key, array in _with_prefix(arrays, _MOMENT).items()
        }
        expected = OPTIMIZERS[name](parameters.flat).moments
        if {key: array.shape for key, array in moments.items()} != {
            key: array.shape for key, array in expected.items()
        }:
            raise _damaged(f"the memory of {name} does not fit the network")
        return cls(parameters, best_parameters, learning_rate, name, updates, moments, progress)


def _parameters(arrays: Mapping[str, FloatArray], prefix: str, spec: NetworkSpec) -> Parameters:
    chosen = _with_prefix(arrays, prefix)
    dtypes = {array.dtype for array in chosen.values()}
    if not dtypes <= {np.dtype(np.float32), np.dtype(np.float64)} or len(dtypes) > 1:
        raise _damaged("its numbers are of another kind than float32 or float64")
    dtype = dtypes.pop() if dtypes else np.dtype(np.float32)
    return Parameters.from_arrays(chosen, dtype, spec.parameter_shapes()).frozen()


def _with_prefix(arrays: Mapping[str, FloatArray], prefix: str) -> dict[str, FloatArray]:
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }


def _progress(meta: Mapping[str, Any]) -> Progress:
    values: dict[str, Any] = {}
    for entry in fields(Progress):
        value = meta[entry.name]
        if entry.name == "best_loss" and value is None:
            values[entry.name] = math.inf
        else:
            values[entry.name] = _whole(value) if isinstance(entry.default, int) else float(value)
    if values["best_epoch"] > values["epoch"]:
        raise ValueError("the best epoch lies beyond the last one")
    return Progress(**values)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is not a count")
    return value


def _damaged(what: str) -> RnnStudioError:
    return RnnStudioError(
        f"The checkpoint cannot be read ({what}).", "Training can start again from fresh weights."
    )

"""A moment of training, complete: training goes on from it as if it had never stopped."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from rnnstudio.engine.arrays import FloatArray, read_only
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.optimizers import OPTIMIZERS, OptimizerName, upgraded
from rnnstudio.engine.parameters import Parameters
from rnnstudio.engine.schedules import Plateau
from rnnstudio.errors import RnnStudioError

_LAST, _BEST, _MOMENT = "last.", "best.", "moment."


@dataclass(frozen=True)
class Progress:
    """How far training has come.

    `step` counts all batches made, `epoch` whole epochs, `batch` the batches made in the epoch now
    running. `loss_sum` adds up that epoch's losses over `averaged` sentences or words, `right` its
    right answers out of `asked`. `best_score` is the lowest loss so far (or accuracy, times −1),
    infinite before the first epoch's end, and `best_epoch` the epoch that gave it, 0 for none.
    `epochs_since_best` is what patience counts; it may begin anew while the best epoch stays.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    averaged: int = 0
    right: int = 0
    asked: int = 0
    best_score: float = math.inf
    best_epoch: int = 0
    epochs_since_best: int = 0
    plateau: Plateau = Plateau()  # noqa: RUF009 - frozen


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Weights, best weights, the optimiser's memory and the position; all read-only.

    `moments` are what the optimiser remembers, arrays by name. No state of a random generator is
    among it, since all random numbers follow from the seed, the epoch and the step.
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
        for values, name in ((progress, "best_score"), (progress["plateau"], "best_loss")):
            if math.isinf(values[name]):
                values[name] = None
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
            for key, array in upgraded(_with_prefix(arrays, _MOMENT)).items()
        }
        # An embedding with an optimiser of its own is not among the vectors.
        embedding = parameters["embedding.weight"].size if "embedding.weight" in parameters else 0
        sizes = (len(parameters.flat), len(parameters.flat) - embedding)
        if not all(
            key in moments and moments[key].ndim == 1 and len(moments[key]) in sizes
            for key in OPTIMIZERS[name].MOMENTS
        ):
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
    # The first release knew classification only, and called two of them otherwise.
    former = {"best_score": "best_loss", "averaged": "seen", "asked": "seen"}
    meta = {**{new: meta[old] for new, old in former.items() if old in meta}, **meta}
    plateau = _numbers(Plateau(), meta.get("plateau", asdict(Plateau())))
    values = _numbers(Progress(), meta)
    if values["best_epoch"] > values["epoch"]:
        raise ValueError("the best epoch lies beyond the last one")
    return Progress(**{**values, "plateau": Plateau(**plateau)})


def _numbers(default: Progress | Plateau, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of `meta` that `default` has; None stands for infinite."""
    values: dict[str, Any] = {}
    for entry in fields(default):
        kept = getattr(default, entry.name)
        if isinstance(kept, Plateau):
            continue
        value = meta[entry.name]
        if isinstance(kept, int):
            values[entry.name] = _whole(value)
        else:
            values[entry.name] = kept if value is None else float(value)
    return values


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is not a count")
    return value


def _damaged(what: str) -> RnnStudioError:
    return RnnStudioError(
        f"The checkpoint cannot be read ({what}).", "Training can start again from fresh weights."
    )

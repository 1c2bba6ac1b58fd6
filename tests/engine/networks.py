"""Networks of every kind, and a sentence or frames for each, for tests of what is shown of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.parameters import Parameters, initial_parameters
from tests.engine.cases import C, E, H, L

STEPS = 6


def _networks() -> dict[str, NetworkSpec]:
    found: dict[str, NetworkSpec] = {}
    for cell in Cell:
        plain = NetworkSpec(L, C, H, E, cell=cell, longest=STEPS + 1 if cell.has_length else None)
        found[f"{cell}"] = plain
        found[f"{cell} one-hot"] = replace(plain, embedding=None)
        found[f"{cell} frames"] = replace(plain, vocabulary_size=0, embedding=None, frames=E)
        found[f"{cell} mean"] = replace(plain, read=Reading.MEAN)
        found[f"{cell} max"] = replace(plain, read=Reading.MAX)
        found[f"{cell} label"] = replace(plain, task=Task.LABEL)
        found[f"{cell} relu"] = replace(plain, activation=Activation.RELU)
        found[f"{cell} logistic"] = replace(plain, activation=Activation.LOGISTIC)
        if not cell.recurrent:
            continue
        both = replace(plain, bidirectional=True)
        found[f"{cell} initial"] = replace(plain, train_initial_state=True)
        found[f"{cell} both"] = both
        found[f"{cell} both mean"] = replace(both, read=Reading.MEAN)
        found[f"{cell} both max"] = replace(both, read=Reading.MAX, activation=Activation.RELU)
        found[f"{cell} both label one-hot"] = replace(both, task=Task.LABEL, embedding=None)
        found[f"{cell} two layers"] = replace(plain, layers=2)
        deep = replace(both, layers=2, train_initial_state=True)
        found[f"{cell} two layers both initial"] = deep
        found[f"{cell} two layers both label"] = replace(deep, task=Task.LABEL)
        found[f"{cell} four layers both"] = replace(both, layers=4)
    return found


NETWORKS = _networks()


def weights(spec: NetworkSpec, dtype: npt.DTypeLike = np.float64, seed: int = 1) -> Parameters:
    """Weights that are large enough for every part to matter."""
    parameters = initial_parameters(spec, np.random.default_rng(seed), dtype)
    if spec.embedding is not None:
        parameters["embedding.weight"][...] *= 10
    return parameters


def sentence(spec: NetworkSpec, seed: int = 2) -> IntArray | FloatArray:
    """`STEPS` words with a repeated and an unknown one, or frames."""
    if spec.frames is not None:
        return np.random.default_rng(seed).standard_normal((STEPS, spec.frames))
    return np.array([1, 5, 0, 9, 5, 2], np.int32)

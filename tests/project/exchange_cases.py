"""The networks and sentences with which weights are exchanged with PyTorch."""

from __future__ import annotations

import numpy as np

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.network import GATES, NetworkSpec

L, E, H, C = 15, 4, 6, 3


def specs() -> dict[str, NetworkSpec]:
    """rnn, gru and lstm × layers 1–2 × directions 1–2; ReLU; one-hot input."""
    found = {
        f"{cell.value}_{layers}_{1 + bidirectional}": NetworkSpec(
            L, C, H, E, cell=cell, layers=layers, bidirectional=bidirectional
        )
        for cell in GATES
        for layers in (1, 2)
        for bidirectional in (False, True)
    }
    found["relu_1_1"] = NetworkSpec(L, C, H, E, Activation.RELU)
    for cell in GATES:
        found[f"{cell.value}_one_hot"] = NetworkSpec(L, C, H, None, cell=cell)
    return found


def sentences(count: int = 100) -> list[IntArray]:
    """Sentences of 1 to 12 words; the id 0 is an unknown one."""
    rng = np.random.default_rng(23)
    return [rng.integers(0, L + 1, length).astype(np.int32) for length in 1 + np.arange(count) % 12]

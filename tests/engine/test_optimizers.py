"""Norm and clipping, and that Adam's chunks are of no consequence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnnstudio.engine import optimizers
from rnnstudio.engine.optimizers import Adam, clip, norm


def test_norm_is_infinite_only_where_the_gradient_is() -> None:
    assert norm(np.array([3.0, 4.0], np.float32)) == 5
    assert norm(np.zeros(3, np.float32)) == 0
    # The squares of these are beyond float32.
    assert norm(np.full(4, 1e30, np.float32)) == pytest.approx(2e30)
    assert math.isinf(norm(np.array([1, np.inf], np.float32)))
    assert math.isnan(norm(np.array([1, np.nan], np.float32)))


def test_clipping_only_shortens() -> None:
    long, short = np.array([3.0, 4.0]), np.array([0.3, 0.4])
    clip(long, norm(long), 1.0)
    assert norm(long) == pytest.approx(1, abs=1e-6)
    clip(short, norm(short), 1.0)
    assert short.tolist() == [0.3, 0.4]


def test_chunks_of_adam_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    start = rng.standard_normal(1000).astype(np.float32)
    gradients = rng.standard_normal((5, 1000)).astype(np.float32)

    def run(chunk: int) -> bytes:
        monkeypatch.setattr(optimizers, "_CHUNK", chunk)
        weights = start.copy()
        adam = Adam(weights)
        for gradient in gradients:
            adam.update(weights, gradient, 0.01)
        return weights.tobytes()

    assert run(64) == run(1000) == run(5000)

"""Optimisers make PyTorch's steps, in place and chunk by chunk; clipping only shortens.

The gold values were made once by `gold/make_optimizer_gold.py`, in float64.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rnnstudio.engine import optimizers
from rnnstudio.engine.optimizers import (
    OPTIMIZERS,
    OptimizerName,
    clip,
    clip_values,
    norm,
    upgraded,
)

STEPS = Path(__file__).parent / "gold" / "optimizers" / "steps.npz"
Dtype = type[np.floating[Any]]
TOLERANCE: dict[Dtype, float] = {np.float32: 1e-5, np.float64: 1e-10}
# The textbook's m and v over what is kept instead.
SHARES = {"m": 0.1, "v": 0.001}


@pytest.fixture(scope="module")
def gold() -> dict[str, npt.NDArray[Any]]:
    with np.load(STEPS) as file:
        return dict(file)


@pytest.mark.parametrize("chunk", [4, 21, 1000])
@pytest.mark.parametrize("decay", ["plain", "decay"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", OptimizerName)
def test_ten_steps(
    gold: dict[str, npt.NDArray[Any]],
    monkeypatch: pytest.MonkeyPatch,
    name: OptimizerName,
    dtype: Dtype,
    decay: str,
    chunk: int,
) -> None:
    monkeypatch.setattr(optimizers, "_CHUNK", chunk)
    weights = gold["start"].astype(dtype)
    weight_decay = float(gold["decay"]) if decay == "decay" else 0.0
    optimizer = OPTIMIZERS[name](weights, float(gold["momentum"]), weight_decay)
    tolerance = TOLERANCE[dtype]
    expected = gold[f"{name}.{decay}"]
    for gradient, rate, after in zip(
        gold["gradients"].astype(dtype), gold["rates"], expected, strict=True
    ):
        before = gradient.copy()
        optimizer.update(weights, gradient, float(rate))
        assert weights.dtype == dtype
        np.testing.assert_allclose(weights, after, rtol=tolerance, atol=tolerance)
        np.testing.assert_array_equal(gradient, before)
    assert optimizer.updates == 10


def test_decay_and_momentum_matter(gold: dict[str, npt.NDArray[Any]]) -> None:
    ends = [gold[f"{name}.{decay}"][-1] for name in OptimizerName for decay in ("plain", "decay")]
    ends.pop(-2)  # Without decay AdamW is Adam.
    for index, end in enumerate(ends):
        for other in ends[:index]:
            assert np.abs(end - other).max() > 1e-4


@pytest.mark.parametrize("name", OptimizerName)
def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch, name: OptimizerName) -> None:
    rng = np.random.default_rng(0)
    start = rng.standard_normal(1000).astype(np.float32)
    gradients = rng.standard_normal((5, 1000)).astype(np.float32)

    def run(chunk: int) -> bytes:
        monkeypatch.setattr(optimizers, "_CHUNK", chunk)
        weights = start.copy()
        optimizer = OPTIMIZERS[name](weights, weight_decay=0.1)
        for gradient in gradients:
            optimizer.update(weights, gradient, 0.01)
        return weights.tobytes()

    assert run(64) == run(1000) == run(5000)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("name", OptimizerName)
def test_restored_moments_go_on_bit_for_bit(name: OptimizerName, weight_decay: float) -> None:
    rng = np.random.default_rng(1)
    weights = rng.standard_normal(50).astype(np.float32)
    gradients = rng.standard_normal((8, 50)).astype(np.float32)
    first = OPTIMIZERS[name](weights, 0.7, weight_decay)
    for gradient in gradients[:4]:
        first.update(weights, gradient, 0.05)

    copy = weights.copy()
    second = OPTIMIZERS[name](copy, 0.7, weight_decay)
    second.updates = first.updates
    for key, moment in first.moments.items():
        second.moments[key][...] = moment
    for gradient in gradients[4:]:
        first.update(weights, gradient, 0.05)
        second.update(copy, gradient, 0.05)
    assert weights.tobytes() == copy.tobytes()


def test_moments_of_the_first_release_go_on() -> None:
    rng = np.random.default_rng(2)
    weights, other, gradient = rng.standard_normal((3, 20))
    adam = OPTIMIZERS[OptimizerName.ADAM](weights)
    adam.update(weights, gradient, 0.1)
    old = {key: adam.moments[f"{key}_sum"] * share for key, share in SHARES.items()}
    np.testing.assert_allclose(old["m"], 0.1 * gradient)
    for key, moment in upgraded({**old, "other": other}).items():
        np.testing.assert_allclose(moment, other if key == "other" else adam.moments[key])


@pytest.mark.parametrize("name", OptimizerName)
def test_only_a_network_without_weights_has_none(name: OptimizerName) -> None:
    weights = np.zeros(0, np.float32)
    OPTIMIZERS[name](weights, weight_decay=0.1).update(weights, weights.copy(), 0.1)


@np.errstate(over="ignore", invalid="ignore")
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


@given(
    gradient=arrays.arrays(
        np.float32, st.integers(0, 30), elements=st.floats(-(2.0**99), 2.0**99, width=32)
    ),
    limit=st.floats(2**-10, 2**10, width=32),
)
def test_clipping_by_value(gradient: npt.NDArray[np.float32], limit: float) -> None:
    before = gradient.copy()
    clip_values(gradient, limit)
    assert np.abs(gradient).max(initial=0) <= limit
    inside = np.abs(before) <= limit
    np.testing.assert_array_equal(gradient[inside], before[inside])
    np.testing.assert_array_equal(np.sign(gradient), np.sign(before))

"""Rows that are only touched where the batch has their words end where dense steps end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine import lazy_rows
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.lazy_rows import LAZY_ROWS, LazyAdam, LazyRows, LazySGD
from rnnstudio.engine.optimizers import OPTIMIZERS, SGD, Adam, Optimizer, OptimizerName

Dtype = type[np.floating[Any]]
Batch = tuple[IntArray, FloatArray, float]
WORDS, SIZE = 60, 5


@dataclass
class Pair:
    """Lazy rows beside dense ones in float64 with the same steps; `way` is how far each moved."""

    lazy: LazyRows
    dense: Optimizer
    expected: FloatArray
    way: FloatArray

    @classmethod
    def begin(
        cls,
        dtype: Dtype,
        words: int = WORDS,
        lazy: Callable[[FloatArray], LazyRows] = LazyAdam,
        dense: Callable[[FloatArray], Optimizer] = Adam,
    ) -> Pair:
        weights = np.random.default_rng(7).normal(0, 0.1, (words, SIZE)).astype(dtype)
        expected = weights.astype(np.float64)
        return cls(lazy(weights), dense(expected.ravel()), expected, np.zeros_like(expected))

    def step(self, rows: IntArray, gradient: FloatArray, learning_rate: float) -> None:
        full = np.zeros_like(self.expected)
        full[rows] = gradient
        before = self.expected.copy()
        self.dense.update(self.expected.reshape(-1), full.reshape(-1), learning_rate)
        self.way += np.abs(self.expected - before)
        self.lazy.catch_up(rows)
        # What the forward pass reads.
        np.testing.assert_allclose(self.lazy.weights[rows], before[rows], rtol=1e-3, atol=1e-4)
        self.lazy.update(rows, gradient, learning_rate)

    def run(self, batches: Iterable[Batch]) -> Pair:
        for batch in batches:
            self.step(*batch)
        return self

    @property
    def found(self) -> FloatArray:
        return self.lazy.settled(self.lazy.weights.copy())


def batches(
    count: int, dtype: Dtype, words: int = WORDS, size: float = 1.0, first: int = 0
) -> list[Batch]:
    """Batches with words as often as in language, in any order, at a rate that changes."""
    frequency = 1 / np.arange(1, words + 1)
    result: list[Batch] = []
    for step in range(first, first + count):
        rng = np.random.default_rng([5, step])
        chosen = int(rng.integers(0, 12))
        rows = rng.choice(words, chosen, replace=False, p=frequency / frequency.sum())
        gradient = (size * rng.standard_normal((chosen, SIZE))).astype(dtype)
        result.append((rows, gradient, 0.01 * (1 + 0.8 * math.sin(step / 9))))
    return result


def nothing(count: int, dtype: Dtype) -> list[Batch]:
    """Batches in which none of the words is."""
    return [(np.zeros(0, np.int64), np.zeros((0, SIZE), dtype), 0.01)] * count


def restored(lazy: LazyRows) -> LazyRows:
    result = type(lazy)(lazy.weights.copy())
    result.updates = lazy.updates
    for name, moment in lazy.moments.items():
        result.moments[name][...] = moment
    return result


@pytest.mark.parametrize("chunk", [1, 7 * SIZE, 32_768])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-6), (np.float32, 1e-5)])
def test_adam_is_dense_adam(
    monkeypatch: pytest.MonkeyPatch, dtype: Dtype, tolerance: float, chunk: int
) -> None:
    monkeypatch.setattr(lazy_rows, "_CHUNK", chunk)
    pair = Pair.begin(dtype).run(batches(300, dtype))
    assert pair.found.dtype == dtype
    assert pair.way.min() > 0.1
    assert pair.way.max() > 0.5
    np.testing.assert_allclose(pair.found, pair.expected, rtol=tolerance, atol=tolerance)
    # Where it shows more: measured by the way each element came, not by where it is.
    error = np.abs(pair.found - pair.expected)
    assert (error <= tolerance * (pair.way + 0.1)).all()


@pytest.mark.parametrize("start", [0, 5000])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-6), (np.float32, 1e-5)])
def test_rows_missed_for_a_thousand_steps(dtype: Dtype, tolerance: float, start: int) -> None:
    pair = Pair.begin(dtype)
    pair.lazy.updates = pair.dense.updates = start
    pair.run(batches(40, dtype))
    raw = pair.lazy.weights.copy()
    pair.run(nothing(1000, dtype))
    assert np.abs(pair.found - raw).max() > 0.01
    assert start == 0 or (pair.lazy.weights == raw).all(), "rows were touched"
    np.testing.assert_allclose(pair.found, pair.expected, rtol=tolerance, atol=tolerance)
    assert pair.lazy.moments["missed"].max() == 1040
    fade = pair.lazy.moments["fade"]
    assert (fade >= np.finfo(dtype).tiny).all(), "denormal numbers are slow"
    pair.run(batches(40, dtype, first=40))
    np.testing.assert_allclose(pair.found, pair.expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("size", [1e-3, 1e-5, 1e-7, 1e-9, 1e-14])
def test_gradients_as_small_as_epsilon(size: float) -> None:
    pair = Pair.begin(np.float64).run(batches(300, np.float64, size=size))
    error = np.abs(pair.found - pair.expected)
    assert (error <= 1e-3 * pair.way).all()
    if size >= 1e-3:
        assert (error <= 1e-6 * pair.way).all()


def test_late_in_training_gradients_may_be_small() -> None:
    pair = Pair.begin(np.float64)
    pair.lazy.updates = pair.dense.updates = 5000
    pair.run(batches(300, np.float64, size=1e-9))
    assert (np.abs(pair.found - pair.expected) <= 1e-4 * pair.way).all()


@given(
    steps=st.lists(
        st.tuples(
            st.sets(st.integers(0, 5)), st.floats(0, 0.1), st.floats(0.01, 10), st.booleans()
        ),
        max_size=40,
    )
)
def test_any_steps(steps: list[tuple[set[int], float, float, bool]]) -> None:
    pair = Pair.begin(np.float64, words=6)
    for chosen, learning_rate, size, is_read in steps:
        rows = np.array(sorted(chosen), np.int32)
        gradient = size * (1 + np.arange(rows.size * SIZE).reshape(rows.size, SIZE))
        if is_read:
            # Rows that are read and then get no step.
            pair.lazy.catch_up(np.array([4, 1]))
        pair.step(rows, gradient, learning_rate)
    np.testing.assert_allclose(pair.found, pair.expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", LAZY_ROWS)
def test_settling_changes_nothing(name: OptimizerName) -> None:
    first = Pair.begin(np.float32, lazy=LAZY_ROWS[name], dense=OPTIMIZERS[name])
    second = Pair.begin(np.float32, lazy=LAZY_ROWS[name], dense=OPTIMIZERS[name])
    for batch in batches(60, np.float32):
        first.step(*batch)
        second.step(*batch)
        raw = first.lazy.weights.tobytes()
        assert first.found.tobytes() == first.found.tobytes()
        assert first.lazy.weights.tobytes() == raw
    assert first.lazy.weights.tobytes() == second.lazy.weights.tobytes()
    for key, moment in first.lazy.moments.items():
        assert moment.tobytes() == second.lazy.moments[key].tobytes()


@pytest.mark.parametrize("name", LAZY_ROWS)
@pytest.mark.parametrize("stop", [0, 1, 33, 90])
def test_restored_rows_go_on_bit_for_bit(name: OptimizerName, stop: int) -> None:
    first = Pair.begin(np.float32, lazy=LAZY_ROWS[name], dense=OPTIMIZERS[name])
    first.run(batches(stop, np.float32))
    second = Pair(restored(first.lazy), first.dense, first.expected.copy(), first.way)
    for rows, gradient, learning_rate in batches(60, np.float32, first=stop):
        for lazy in (first.lazy, second.lazy):
            lazy.catch_up(rows)
            lazy.update(rows, gradient, learning_rate)
    assert first.lazy.weights.tobytes() == second.lazy.weights.tobytes()
    assert first.found.tobytes() == second.found.tobytes()


def test_weights_stay_where_they_are_and_gradients_as_they_are() -> None:
    flat = np.random.default_rng(1).standard_normal(100 + WORDS * SIZE).astype(np.float32)
    weights, rest = flat[50:-50].reshape(WORDS, SIZE), (flat[:50].copy(), flat[-50:].copy())
    lazy = LazyAdam(weights)
    before = flat.copy()
    for rows, gradient, learning_rate in batches(20, np.float32):
        kept = gradient.copy()
        lazy.catch_up(rows)
        lazy.update(rows, gradient, learning_rate)
        assert gradient.tobytes() == kept.tobytes()
    assert (flat[:50] == rest[0]).all()
    assert (flat[-50:] == rest[1]).all()
    assert not (flat == before).all()


def test_sgd_is_dense_sgd_in_every_bit() -> None:
    lazy = Pair.begin(np.float32, lazy=LazySGD, dense=SGD).run(batches(50, np.float32)).lazy
    weights = Pair.begin(np.float32).lazy.weights
    dense = SGD(weights.reshape(-1))
    for rows, gradient, learning_rate in batches(50, np.float32):
        full = np.zeros_like(weights)
        full[rows] = gradient
        dense.update(weights.reshape(-1), full.reshape(-1), learning_rate)
    assert lazy.weights.tobytes() == weights.tobytes()
    assert lazy.updates == 50
    assert not lazy.moments

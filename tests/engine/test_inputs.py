"""What enters a layer: looked up or multiplied, in blocks or at once, it is the same product."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnstudio.engine import arena as arenas
from rnnstudio.engine.arena import Arena, row_blocks
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.batch import occurrences
from rnnstudio.engine.cell import Product
from rnnstudio.engine.inputs import OneHotInput, VectorInput

RNG = np.random.default_rng(0)


def one_hot(ids: IntArray, size: int) -> FloatArray:
    """Rows (T·B, L) with a one at each known word's id."""
    rows = np.zeros((ids.size, size))
    known = np.flatnonzero(ids.reshape(-1))
    rows[known, ids.reshape(-1)[known] - 1] = 1.0
    return rows


@settings(deadline=None)
@given(
    st.integers(1, 12), st.integers(1, 9), st.integers(1, 30), st.integers(1, 5), st.integers(0, 9)
)
def test_one_hot_is_a_product_with_one_hot_vectors(
    steps: int, columns: int, words: int, units: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, words + 1, (steps, columns))
    weight = rng.standard_normal((units, words))
    x = one_hot(ids, words)
    given_words = OneHotInput(ids)
    out = np.full((steps, units, columns), np.nan)
    given_words.product(weight, out)
    expected = (x @ weight.T).reshape(steps, columns, units).transpose(0, 2, 1)
    np.testing.assert_array_equal(out, expected)

    da = rng.standard_normal((units, steps * columns))
    found = np.full_like(weight, np.nan)
    given_words.gradient(da, found)
    np.testing.assert_allclose(found, da @ x, rtol=1e-12, atol=1e-13)


@settings(deadline=None)
@given(
    st.integers(0, 300), st.integers(1, 60), st.floats(1.01, 4.0), st.integers(1, 4), st.integers()
)
def test_sums_by_word_are_those_of_add_at(
    count: int, words: int, exponent: float, size: int, seed: int
) -> None:
    """Words as rare and as frequent as in a text (Zipf), unknown ones among them."""
    rng = np.random.default_rng(abs(seed))
    ids = np.minimum(rng.zipf(exponent, count), words + 1) - 1
    ids = ids.reshape(-1, 2) if count % 2 == 0 else ids
    rows = rng.standard_normal((count, size))
    expected = np.zeros((words + 1, size))
    np.add.at(expected, ids.reshape(-1), rows)

    found = occurrences(ids)
    sums = found.sums(rows)
    assert sums.shape == (len(found.words), size)
    assert sorted(found.words) == [word for word in np.unique(ids) if word]
    np.testing.assert_allclose(sums, expected[found.words], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("counts", [[8], [9], [1, 8, 9, 30], [30, 30], [1] * 5])
def test_few_and_many_occurrences(counts: list[int]) -> None:
    """Each place of each word is counted once, in float32 too."""
    ids = RNG.permutation(np.repeat(np.arange(len(counts)) + 4, counts))
    rows = RNG.standard_normal((len(ids), 3)).astype(np.float32)
    found = occurrences(ids)
    sums = found.sums(rows)
    assert sums.dtype == np.float32
    for word, row in zip(found.words, sums, strict=True):
        np.testing.assert_allclose(row, rows[ids == word].sum(axis=0), rtol=1e-5, atol=1e-5)


def test_sums_of_rows_that_lie_otherwise_in_memory() -> None:
    ids = RNG.integers(0, 5, 40)
    rows = RNG.standard_normal((3, 40)).T
    found = occurrences(ids)
    np.testing.assert_array_equal(found.sums(rows), found.sums(np.ascontiguousarray(rows)))


def test_no_words_and_unknown_words_alone() -> None:
    for ids in (np.zeros((3, 2), np.int32), np.zeros(0, np.int32)):
        found = occurrences(ids)
        assert len(found.words) == 0
        assert found.sums(np.ones((ids.size, 4))).shape == (0, 4)


@pytest.mark.parametrize("with_bias", [False, True])
def test_vectors_are_multiplied_step_by_step(with_bias: bool) -> None:
    steps, columns, size, units = 5, 3, 4, 6
    rows = RNG.standard_normal((steps * columns, size))
    weight = RNG.standard_normal((units, size + with_bias))
    vectors = VectorInput.of(rows, steps, Arena(np.float64), "x")
    out = np.full((steps, units, columns), np.nan)
    vectors.product(weight, out)
    x = np.concatenate([rows, np.ones((len(rows), 1))], axis=1)[:, : size + with_bias]
    expected = (x @ weight.T).reshape(steps, columns, units).transpose(0, 2, 1)
    np.testing.assert_allclose(out, expected, rtol=1e-12)

    da = RNG.standard_normal((units, steps * columns))
    found = np.full((units, size), np.nan)
    vectors.gradient(da, found)
    np.testing.assert_allclose(found, da @ rows, rtol=1e-12)


def test_some_steps_alone() -> None:
    ids = RNG.integers(0, 10, (6, 3))
    rows = RNG.standard_normal((18, 4))
    arena = Arena(np.float64)
    for whole, size in ((OneHotInput(ids), 9), (VectorInput.of(rows, 6, arena, "x"), 4)):
        weight = RNG.standard_normal((5, size))
        out, part = np.empty((6, 5, 3)), np.empty((2, 5, 3))
        whole.product(weight, out)
        whole.steps(2, 4).product(weight, part)
        np.testing.assert_array_equal(part, out[2:4])


# The sizes of performance.md, whose products are divided, and some that cannot be.
@pytest.mark.parametrize(
    ("rows", "inner", "columns"),
    [(512, 129, 32), (384, 128, 32), (2048, 257, 64), (1536, 512, 64), (509, 512, 64), (3, 2, 1)],
)
def test_products_in_row_blocks(rows: int, inner: int, columns: int) -> None:
    weight = RNG.standard_normal((rows, inner)).astype(np.float32)
    x = RNG.standard_normal((inner, columns)).astype(np.float32)
    blocks = row_blocks(rows, inner, columns)
    assert rows % blocks == 0
    result = np.full((rows, columns), np.nan, np.float32)
    call, out, same = Product.of(weight, result)
    call(x, out)
    assert same is result
    np.testing.assert_allclose(result, weight @ x, rtol=1e-3, atol=1e-3)
    # The weight is a view: an update of the parameters is seen.
    weight *= 2.0
    twice = result * 2.0
    call(x, out)
    np.testing.assert_array_equal(result, twice)
    # A transposed weight is one too.
    back = np.full((inner, columns), np.nan, np.float32)
    call, out, _ = Product.of(weight.T, back)
    y = RNG.standard_normal((rows, columns)).astype(np.float32)
    call(y, out)
    np.testing.assert_allclose(back, weight.T @ y, rtol=1e-3, atol=1e-2)


def test_large_products_are_divided_and_small_ones_are_not() -> None:
    assert row_blocks(512, 128, 32) > 1
    assert row_blocks(16, 16, 16) == 1


def test_vectors_in_row_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = RNG.standard_normal((15, 4))
    vectors = VectorInput.of(rows, 5, Arena(np.float64), "x")
    weight = RNG.standard_normal((12, 5))
    whole, divided = np.empty((5, 12, 3)), np.full((5, 12, 3), np.nan)
    vectors.product(weight, whole)
    monkeypatch.setattr(arenas, "_SMALL_PRODUCT", 50)
    assert row_blocks(12, 5, 3) > 1
    vectors.product(weight, divided)
    np.testing.assert_allclose(divided, whole, rtol=1e-12)


def test_arena_keeps_its_memory_and_grows() -> None:
    arena = Arena(np.float32)
    first = arena.array("a", (2, 3))
    first[...] = 7.0
    again = arena.array("a", (3, 2))
    assert np.shares_memory(first, again)
    assert (again == 7.0).all()
    larger = arena.array("a", (4, 5))
    assert not np.shares_memory(first, larger)
    assert (first == 7.0).all()
    assert np.shares_memory(larger, arena.array("a", (1, 2)))
    assert not np.shares_memory(larger, arena.array("b", (4, 5)))
    assert {array.dtype for array in (first, larger)} == {np.dtype(np.float32)}

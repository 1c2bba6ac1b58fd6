"""Principal components of states, degenerate ones among them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.pca import principal_components


def states(n: int, units: int, seed: int = 0) -> FloatArray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, units)) @ rng.normal(size=(units, units)) + rng.normal(size=units)


def test_known_plane() -> None:
    # On the line (3, 4) / 5, and a tenth as far across it.
    along = np.array([[-2.0], [-1.0], [0.0], [1.0], [2.0]])
    across = np.array([[0.1], [-0.2], [0.2], [-0.2], [0.1]])
    found = principal_components(1 + along * [0.6, 0.8] + across * [-0.8, 0.6])
    np.testing.assert_allclose(found.mean, [1, 1], atol=1e-12)
    np.testing.assert_allclose(found.components, [[0.6, 0.8], [0.8, -0.6]], atol=1e-12)
    np.testing.assert_allclose(found.shares, [10 / 10.14, 0.14 / 10.14])
    np.testing.assert_allclose(
        found.project(np.array([[1.6, 1.8], [1, 1]])), [[1, 0], [0, 0]], atol=1e-12
    )


@pytest.mark.parametrize(("n", "units", "k"), [(200, 6, 3), (5, 12, 4), (12, 12, 12), (40, 3, 2)])
def test_equals_the_eigenvectors_of_the_covariance(n: int, units: int, k: int) -> None:
    given_states = states(n, units)
    found = principal_components(given_states, k)
    values, vectors = np.linalg.eigh(np.cov(given_states.T, bias=True))
    values, vectors = values[::-1], vectors.T[::-1]
    rank = min(k, n - 1)
    np.testing.assert_allclose(found.shares, (values / values.sum())[:k], atol=1e-10)
    for one, other in zip(found.components[:rank], vectors, strict=False):
        assert abs(one @ other) == pytest.approx(1, abs=1e-8)
    coordinates = found.project(given_states)
    assert coordinates.shape == (n, k)
    np.testing.assert_allclose(coordinates.var(axis=0), values[:k], atol=1e-8)


def test_signs_do_not_depend_on_the_order_of_rows() -> None:
    some = states(30, 5)
    one, other = principal_components(some, 3), principal_components(some[::-1], 3)
    np.testing.assert_allclose(one.components, other.components, atol=1e-10)
    assert (np.take_along_axis(one.components, abs(one.components).argmax(1)[:, None], 1) > 0).all()
    # Two entries of equal size: the first is positive whatever rounding makes of them.
    for noise in (1e-12, -1e-12):
        tied = np.array([[-1.0, 1 + noise], [1.0, -1 - noise], [0, 0]])
        np.testing.assert_allclose(
            principal_components(tied, 1).components, [[0.5**0.5, -(0.5**0.5)]], atol=1e-6
        )


@pytest.mark.parametrize(("n", "units"), [(0, 4), (1, 4), (3, 1), (2, 4), (0, 0), (3, 0)])
def test_too_few_rows_or_units(n: int, units: int) -> None:
    found = principal_components(states(n, units) if n else np.zeros((0, units)), 2)
    rank = min(max(n - 1, 0), units)
    assert found.components.shape == (2, units)
    assert found.project(np.zeros((3, units))).shape == (3, 2)
    assert (found.components[rank:] == 0).all()
    assert (found.shares[rank:] == 0).all()
    assert found.shares.sum() == pytest.approx(1 if rank else 0)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e30, 1e-300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_all_equal(value: float, dtype: type[np.floating]) -> None:
    same = np.full((50, 7), value, dtype)
    found = principal_components(same)
    assert (found.components == 0).all()
    assert (found.shares == 0).all()
    assert (found.project(same) == 0).all()


def test_states_that_are_no_numbers_are_dropped() -> None:
    some = states(20, 4)
    spoiled = np.concatenate([some, np.full((1, 4), np.nan), [[0, np.inf, 0, 0]]])
    found = principal_components(spoiled, 2)
    assert found.dropped == 2
    np.testing.assert_array_equal(found.components, principal_components(some, 2).components)
    coordinates = found.project(spoiled)
    assert np.isfinite(coordinates[:20]).all()
    assert np.isnan(coordinates[20:]).all()
    nothing_left = principal_components(spoiled[20:])
    assert (nothing_left.components == 0).all()
    assert nothing_left.dropped == 2


def test_very_large_states() -> None:
    some = states(20, 4)
    found = principal_components(some * 1e300, 2)
    expected = principal_components(some, 2)
    np.testing.assert_allclose(found.components, expected.components, atol=1e-10)
    np.testing.assert_allclose(found.shares, expected.shares)


def test_nothing_given_is_changed_and_nothing_found_can_be() -> None:
    some = states(6, 3).astype(np.float32)
    before = some.copy()
    found = principal_components(some)
    np.testing.assert_array_equal(some, before)
    for array in (found.mean, found.components, found.shares):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="needed"):
        principal_components(np.zeros(4))
    with pytest.raises(ValueError, match="needed"):
        principal_components(np.zeros((4, 2)), 0)
    with pytest.raises(ValueError, match=r"\(n, 3\)"):
        principal_components(states(5, 3)).project(np.zeros((2, 4)))


@given(st.integers(1, 12), st.integers(1, 8), st.integers(1, 9), st.integers(0, 99))
def test_all_components_give_the_states_back(n: int, units: int, k: int, seed: int) -> None:
    some = states(n, units, seed)
    found = principal_components(some, units)
    back = found.project(some) @ found.components + found.mean
    np.testing.assert_allclose(back, some, atol=1e-8)
    assert np.array_equal(principal_components(some, k).components[:units], found.components[:k])

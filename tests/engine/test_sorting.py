"""The order of many numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnstudio.engine.sorting import stable_order

KEYS = st.one_of(
    arrays(np.float32, st.integers(0, 30), elements=st.floats(width=32)),
    arrays(np.float32, st.integers(0, 30), elements=st.sampled_from([0.0, -0.0, 0.5, -0.5, 1.0])),
    arrays(np.float64, st.integers(0, 30)),
    arrays(np.int64, st.integers(0, 30), elements=st.integers(-3, 3)),
    arrays(np.int64, st.integers(0, 30)),
    arrays(np.int8, st.integers(0, 30)),
    arrays(np.uint64, st.integers(0, 30)),
)


@given(KEYS)
def test_the_order_is_that_of_a_stable_sort(keys: npt.NDArray[np.generic]) -> None:
    expected = np.argsort(keys, kind="stable")
    assert stable_order(keys).tolist() == expected.tolist()  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_many_equal_keys_stay_in_their_order(dtype: type) -> None:
    keys: npt.NDArray[np.generic] = np.random.default_rng(0).integers(0, 7, 5_000).astype(dtype)
    expected = np.argsort(keys, kind="stable")
    assert stable_order(keys).tolist() == expected.tolist()  # type: ignore[arg-type]

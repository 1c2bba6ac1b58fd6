"""Reliability bins and calibration errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.calibration import Binning, calibration, reliability
from tests.engine.metric_gold import cases

NOTHING = np.zeros(0, np.int64)


def test_small_example_by_hand() -> None:
    confidence = np.array([0.55, 0.65, 0.9, 0.95, 1.0])
    right = np.array([True, False, True, True, False])
    found = reliability(confidence, right, 5)
    assert [one.count for one in found.bins] == [0, 0, 1, 1, 3]
    assert [one.accuracy for one in found.bins] == pytest.approx([0, 0, 1, 0, 2 / 3])
    assert [one.confidence for one in found.bins] == pytest.approx([0, 0, 0.55, 0.65, 0.95])
    gaps = [0.45, 0.65, 0.95 - 2 / 3]
    assert found.expected_error == pytest.approx((gaps[0] + gaps[1] + 3 * gaps[2]) / 5)
    assert found.maximum_error == pytest.approx(0.65)
    assert found.bins[3].gap == pytest.approx(0.65)
    assert (found.bins[0].low, found.bins[-1].high, found.count) == (0, 1, 5)


def test_confidence_is_that_of_the_predicted_class() -> None:
    y = np.array([[0.2, 0.75, 0.05], [0.55, 0.3, 0.15], [0.05, 0.1, 0.85]], np.float32)
    found = calibration(y, np.array([1, 1, 2]), 10)
    assert {index: one.accuracy for index, one in enumerate(found.bins) if one.count} == {
        5: 0,
        7: 1,
        8: 1,
    }
    assert found.expected_error == pytest.approx((0.25 + 0.55 + 0.15) / 3)
    assert found.maximum_error == pytest.approx(0.55)


@pytest.mark.parametrize("case", cases("calibration"), ids=lambda c: str(len(c["right"])))
def test_bins_equal_scikit_learn(case: dict[str, Any]) -> None:
    found = reliability(np.array(case["confidence"]), np.array(case["right"]), case["bins"])
    full = [one for one in found.bins if one.count]
    assert [one.accuracy for one in full] == pytest.approx(case["curve_accuracy"], abs=1e-12)
    assert [one.confidence for one in full] == pytest.approx(case["curve_confidence"], abs=1e-12)


@pytest.mark.parametrize("case", cases("quantiles", "evaluation_gold"))
def test_bins_of_equal_count_equal_scikit_learn(case: dict[str, Any]) -> None:
    confidence, right = np.array(case["confidence"]), np.array(case["right"])
    found = reliability(confidence, right, case["bins"], Binning.COUNT)
    full = [one for one in found.bins if one.count]
    assert [one.accuracy for one in full] == pytest.approx(case["curve_accuracy"], abs=1e-12)
    assert [one.confidence for one in full] == pytest.approx(case["curve_confidence"], abs=1e-12)
    assert found.count == len(right)


def test_bins_of_equal_count_by_hand() -> None:
    confidence = np.array([0.5, 0.6, 0.7, 0.9, 0.95, 1.0, np.nan])
    right = np.array([False, True, True, True, False, True, True])
    found = reliability(confidence, right, 3, Binning.COUNT)
    assert [one.count for one in found.bins] == [2, 2, 2]
    assert [one.accuracy for one in found.bins] == pytest.approx([0.5, 1, 0.5])
    assert [one.confidence for one in found.bins] == pytest.approx([0.55, 0.8, 0.975])
    assert found.expected_error == pytest.approx((0.05 + 0.2 + 0.475) / 3)
    assert found.maximum_error == pytest.approx(0.475)
    assert (found.bins[0].low, found.bins[-1].high) == (0.5, 1)
    y = np.array([[0.8, 0.2], [0.4, 0.6]])
    assert [b.count for b in calibration(y, np.array([0, 1]), 2, Binning.COUNT).bins] == [1, 1]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_different_confidences_are_shared_out_alike(pairs: list[tuple[float, bool]]) -> None:
    confidence = np.array(sorted({pair[0] for pair in pairs}))
    right = confidence > 0.5
    found = reliability(confidence, right, 4, Binning.COUNT)
    counts = [one.count for one in found.bins]
    assert sum(counts) == len(confidence)
    assert max(counts) - min(counts) <= 2
    assert found.expected_error <= found.maximum_error + 1e-12


@pytest.mark.parametrize("binning", Binning)
@pytest.mark.parametrize("bins", [1, 2, 15])
def test_nothing_at_all(bins: int, binning: Binning) -> None:
    found = calibration(np.zeros((0, 3), np.float32), NOTHING, bins, binning)
    assert len(found.bins) == bins
    assert (found.count, found.expected_error, found.maximum_error) == (0, 0, 0)
    assert calibration(np.zeros((0, 0), np.float32), NOTHING).count == 0


def test_ends_and_what_is_no_number() -> None:
    found = reliability(np.array([0.0, 1.0, 1.000001, np.nan]), np.array([False, True, True, True]))
    assert [one.count for one in found.bins] == [1, *[0] * 8, 2]
    assert found.expected_error == pytest.approx(0, abs=1e-6)
    diverged = calibration(np.full((4, 2), np.nan, np.float32), np.zeros(4, np.int64))
    assert (diverged.count, diverged.expected_error) == (0, 0)


@pytest.mark.parametrize(
    ("confidence", "right", "bins"),
    [([0.5], [True, False], 10), ([1.2], [True], 10), ([-0.1], [True], 10), ([0.5], [True], 0)],
)
def test_bad_input_is_refused(confidence: list[float], right: list[bool], bins: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        reliability(np.array(confidence), np.array(right), bins)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=50), st.integers(1, 20))
def test_errors_agree_with_counting(pairs: list[tuple[float, bool]], bins: int) -> None:
    confidence = np.array([pair[0] for pair in pairs])
    right = np.array([pair[1] for pair in pairs], np.bool_)
    found = reliability(confidence, right, bins)
    assert found.count == len(pairs)
    gaps = []
    for index, one in enumerate(found.bins):
        inside = [
            pair for pair in pairs if one.low < pair[0] <= one.high or (index == 0 and pair[0] == 0)
        ]
        assert one.count == len(inside)
        if inside:
            gaps.append(abs(sum(c for c, _ in inside) - sum(r for _, r in inside)) / len(pairs))
    assert found.expected_error == pytest.approx(sum(gaps))
    assert 0 <= found.expected_error <= found.maximum_error + 1e-12

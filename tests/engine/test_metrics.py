"""Figures of predictions, the degenerate cases among them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.metrics import accuracy, confusion, cross_entropy, macro_f1, per_class

NOTHING = np.zeros(0, np.int64)


def test_small_example_by_hand() -> None:
    truth = np.array([0, 0, 0, 1, 1, 2])
    predicted = np.array([0, 0, 1, 1, 1, 0])
    counts = confusion(truth, predicted, 3)
    assert counts.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert accuracy(truth, predicted) == pytest.approx(4 / 6)
    figures = per_class(counts)
    assert [f.precision for f in figures] == pytest.approx([2 / 3, 2 / 3, 0])
    assert [f.recall for f in figures] == pytest.approx([2 / 3, 1, 0])
    assert [f.f1 for f in figures] == pytest.approx([2 / 3, 4 / 5, 0])
    assert [f.support for f in figures] == [3, 2, 1]
    assert [f.label for f in figures] == [0, 1, 2]
    assert macro_f1(counts) == pytest.approx((2 / 3 + 4 / 5) / 3)


def test_class_that_never_occurs() -> None:
    figures = per_class(confusion(np.array([0, 1]), np.array([0, 1]), 3))[2]
    assert (figures.precision, figures.recall, figures.f1, figures.support) == (0, 0, 0, 0)


def test_nothing_at_all() -> None:
    counts = confusion(NOTHING, NOTHING, 2)
    assert counts.tolist() == [[0, 0], [0, 0]]
    assert accuracy(NOTHING, NOTHING) == 0
    assert macro_f1(counts) == 0
    assert macro_f1(np.zeros((0, 0), np.int64)) == 0
    assert cross_entropy(np.zeros((0, 2), np.float32), NOTHING) == 0


def test_cross_entropy() -> None:
    y = np.array([[0.7, 0.3], [0.5, 0.5]])
    assert cross_entropy(y[:1], np.array([0])) == pytest.approx(0.357, abs=5e-4)
    expected = -(math.log(0.3) + math.log(0.5)) / 2
    assert cross_entropy(y, np.array([1, 0])) == pytest.approx(expected)
    assert math.isfinite(cross_entropy(np.array([[1, 0]], np.float32), np.array([1])))
    assert math.isnan(cross_entropy(np.array([[np.nan, 0]], np.float32), np.array([0])))


@pytest.mark.parametrize(
    ("truth", "predicted"), [([0, 1], [0]), ([0, 3], [0, 0]), ([0, 0], [-1, 0])]
)
def test_bad_classes_are_refused(truth: list[int], predicted: list[int]) -> None:
    with pytest.raises(ValueError, match=r"."):
        confusion(np.array(truth), np.array(predicted), 3)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=60))
def test_figures_agree_with_counting(pairs: list[tuple[int, int]]) -> None:
    truth, predicted = np.array(pairs, np.int64).reshape(-1, 2).T
    counts = confusion(truth, predicted, 5)
    for t in range(5):
        assert [counts[t, p] for p in range(5)] == [pairs.count((t, p)) for p in range(5)]
    if pairs:
        assert accuracy(truth, predicted) == pytest.approx(counts.trace() / len(pairs))
        recalls = [f.recall * f.support for f in per_class(counts)]
        assert sum(recalls) == pytest.approx(counts.trace())

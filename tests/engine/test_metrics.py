"""Figures of predictions, the degenerate cases among them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.metrics import (
    Average,
    accuracy,
    confusion,
    cross_entropy,
    kappa,
    macro_average,
    macro_f1,
    per_class,
    perplexity,
    summary,
    weighted_average,
)
from tests.engine.metric_gold import cases

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


def near(value: object) -> Any:
    return pytest.approx(value, rel=1e-12, abs=1e-12)


def parts(average: Average) -> list[float]:
    return [average.precision, average.recall, average.f1]


@pytest.mark.parametrize(
    "case", cases("classes"), ids=lambda c: f"{len(c['truth'])}-{c['classes']}"
)
def test_class_figures_equal_scikit_learn(case: dict[str, Any]) -> None:
    truth, predicted = np.array(case["truth"], np.int64), np.array(case["predicted"], np.int64)
    counts = confusion(truth, predicted, case["classes"])
    figures = summary(counts)
    assert [[f.precision, f.recall, f.f1, f.support] for f in figures.classes] == [
        near(row) for row in case["per_class"]
    ]
    assert parts(figures.macro) == near(case["macro"])
    assert parts(figures.weighted) == near(case["weighted"])
    assert figures.kappa == near(case["kappa"])
    assert figures.accuracy == accuracy(truth, predicted) == near(case["accuracy"])
    assert figures.count == figures.macro.support == figures.weighted.support == len(truth)
    assert macro_f1(counts) == figures.macro.f1
    assert kappa(counts) == figures.kappa


@pytest.mark.parametrize("case", cases("perplexity"), ids=lambda c: str(len(c["truth"])))
def test_perplexity_equals_scikit_learn(case: dict[str, Any]) -> None:
    y, truth = np.array(case["probabilities"]), np.array(case["truth"])
    assert cross_entropy(y, truth) == near(case["loss"])
    assert perplexity(y, truth) == near(case["perplexity"])


def test_perplexity_at_its_ends() -> None:
    assert perplexity(np.zeros((0, 2), np.float32), NOTHING) == 1
    assert perplexity(np.full((3, 5), 0.2), np.array([0, 3, 4])) == pytest.approx(5)
    assert perplexity(np.array([[1.0, 0.0]]), np.array([0])) == 1
    assert perplexity(np.array([[1.0, 0.0]]), np.array([1])) == pytest.approx(
        1 / np.finfo(np.float64).tiny
    )
    assert math.isnan(perplexity(np.array([[np.nan, 0.0]]), np.array([0])))
    assert perplexity(np.array([[np.inf, 1.0]]), np.array([1])) == 1


def test_kappa_by_hand() -> None:
    # Of 50 applicants two readers accept 20 alike and refuse 15 alike: p_o 0.7, p_e 0.5.
    assert kappa(np.array([[20, 5], [10, 15]])) == pytest.approx(0.4)
    assert kappa(np.array([[0, 3], [3, 0]])) == pytest.approx(-1)


def test_averages_of_nothing() -> None:
    assert macro_average(()) == weighted_average(()) == Average(0, 0, 0, 0)
    empty = summary(np.zeros((0, 0), np.int64))
    assert (empty.count, empty.accuracy, empty.kappa, empty.classes) == (0, 0, 0, ())


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
def test_weighted_recall_is_accuracy(pairs: list[tuple[int, int]]) -> None:
    truth, predicted = np.array(pairs, np.int64).reshape(-1, 2).T
    figures = summary(confusion(truth, predicted, 4))
    assert figures.weighted.recall == pytest.approx(figures.accuracy)
    assert -1 - 1e-12 <= figures.kappa <= figures.accuracy + 1e-12

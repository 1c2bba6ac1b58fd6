"""Shares of a confusion matrix, probability mass, and each class against the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.confusions import (
    OneAgainstRest,
    by_predicted,
    by_truth,
    one_against_rest,
    probability_mass,
)
from rnnstudio.engine.metrics import confusion
from tests.engine.metric_gold import cases

NOTHING = np.zeros(0, np.int64)


@pytest.mark.parametrize("case", cases("tables", "evaluation_gold"))
def test_shares_and_classes_equal_scikit_learn(case: dict[str, Any]) -> None:
    counts = confusion(np.array(case["truth"]), np.array(case["predicted"]), case["classes"])
    np.testing.assert_allclose(by_truth(counts), case["by_truth"], rtol=1e-14)
    np.testing.assert_allclose(by_predicted(counts), case["by_predicted"], rtol=1e-14)
    assert one_against_rest(counts) == tuple(
        OneAgainstRest(label, *row) for label, row in enumerate(case["one_against_rest"])
    )


def test_shares_by_hand() -> None:
    counts = np.array([[3, 1, 0], [0, 0, 0], [1, 0, 3]])
    assert by_truth(counts).tolist() == [[0.75, 0.25, 0], [0, 0, 0], [0.25, 0, 0.75]]
    assert by_predicted(counts).tolist() == [[0.75, 1, 0], [0, 0, 0], [0.25, 0, 1]]
    # With a column for what is not answered.
    assert by_truth(np.array([[1, 0, 1], [0, 0, 2]])).tolist() == [[0.5, 0, 0.5], [0, 0, 1]]
    assert one_against_rest(counts)[0] == OneAgainstRest(0, 3, 1, 1, 3)
    assert not by_truth(counts).flags.writeable


def test_nothing_at_all() -> None:
    assert by_truth(np.zeros((2, 2), np.int64)).tolist() == [[0, 0], [0, 0]]
    assert by_predicted(np.zeros((0, 0), np.int64)).shape == (0, 0)
    assert one_against_rest(np.zeros((0, 0), np.int64)) == ()
    assert one_against_rest(np.zeros((1, 1), np.int64)) == (OneAgainstRest(0, 0, 0, 0, 0),)
    assert probability_mass(np.zeros((0, 2), np.float32), NOTHING).tolist() == [[0, 0], [0, 0]]
    assert probability_mass(np.zeros((0, 0), np.float32), NOTHING).shape == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1)), max_size=40))
def test_mass_is_the_sum_of_probabilities(examples: list[tuple[int, float]]) -> None:
    truth = np.array([one[0] for one in examples], np.int64)
    y = np.array([[one[1], (1 - one[1]) / 4, 3 * (1 - one[1]) / 4] for one in examples])
    mass = probability_mass(y.reshape(-1, 3), truth)
    for label in range(3):
        own = [row for row, one in zip(y, examples, strict=True) if one[0] == label]
        np.testing.assert_allclose(mass[label], np.sum(own, axis=0) if own else 0, atol=1e-12)
    np.testing.assert_allclose(mass.sum(axis=1), np.bincount(truth, minlength=3), atol=1e-12)


def test_certain_answers_have_the_mass_of_counts() -> None:
    truth, predicted = np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2])
    mass = probability_mass(np.eye(4, dtype=np.float32)[predicted], truth)
    assert mass.tolist() == confusion(truth, predicted, 4).tolist()
    assert not mass.flags.writeable


def test_what_is_no_number_has_no_mass() -> None:
    y = np.array([[0.5, 0.5], [np.nan, 1.0], [np.inf, 0.0], [1.0, 0.0]])
    assert probability_mass(y, np.array([0, 0, 1, 1])).tolist() == [[0.5, 0.5], [1, 0]]


@pytest.mark.parametrize("truth", [[0], [0, 2], [-1, 0]])
def test_bad_truth_is_refused(truth: list[int]) -> None:
    with pytest.raises(ValueError, match=r"."):
        probability_mass(np.full((2, 2), 0.5), np.array(truth))

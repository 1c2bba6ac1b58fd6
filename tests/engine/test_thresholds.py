"""Counts and curves at every threshold, and answers that are withheld."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.metrics import confusion
from rnnstudio.engine.thresholds import (
    abstaining,
    class_thresholds,
    confusion_with_abstaining,
)
from tests.engine.metric_gold import cases

scored = st.lists(
    st.tuples(st.one_of(st.floats(0, 1), st.sampled_from([0, 0.25, 0.5, 1])), st.booleans()),
    max_size=40,
)
threshold = st.one_of(st.floats(-0.5, 1.5), st.sampled_from([0.25, 0.5, math.inf, -math.inf]))


def columns(pairs: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([p for p, _ in pairs], np.float64), np.array([q for _, q in pairs], np.bool_)


def near(values: list[float | None], none: float) -> Any:
    return pytest.approx([none if value is None else value for value in values], abs=1e-12)


@pytest.mark.parametrize("case", cases("curves", "evaluation_gold"))
def test_curves_equal_scikit_learn(case: dict[str, Any]) -> None:
    found = class_thresholds(np.array(case["score"]), np.array(case["positive"]))
    # Shares of nothing are no number there and 0 here.
    assert found.false_alarms == near(case["false_alarms"], 0)
    assert found.recall == near(case["recall"], 0)
    assert found.thresholds == near(case["thresholds"], math.inf)
    assert found.precision[::-1] == near(case["precision"], 0)
    assert found.thresholds[:0:-1] == near(case["pr_thresholds"], 0)
    if found.positives:
        assert found.recall[::-1] == near(case["pr_recall"], 0)
    assert found.average_precision == pytest.approx(case["average_precision"], abs=1e-12)
    if case["area"] is None:
        assert found.area is None
    else:
        assert found.area == pytest.approx(case["area"], abs=1e-12)


def test_float32_probabilities_give_the_same_counts() -> None:
    case = cases("curves", "evaluation_gold")[2]
    wide = class_thresholds(np.array(case["score"]), np.array(case["positive"]))
    narrow = class_thresholds(np.array(case["score"], np.float32), np.array(case["positive"]))
    assert narrow.found.tolist() == wide.found.tolist()
    assert narrow.thresholds.tolist() == wide.thresholds.tolist()


@given(scored, threshold)
def test_confusion_at_a_threshold_agrees_with_counting(
    pairs: list[tuple[float, bool]], at: float
) -> None:
    found = class_thresholds(*columns(pairs))

    def count(is_class: bool, called: bool) -> int:
        return sum(q == is_class and (p >= at) == called for p, q in pairs)

    expected = [[count(t, p) for p in (False, True)] for t in (False, True)]
    assert found.confusion(at).tolist() == expected
    turned = [row[::-1] for row in expected[::-1]]
    assert found.confusion(at, positive=0).tolist() == turned
    assert found.thresholds[found.place(at)] >= at or not pairs or at > found.thresholds[1]


@given(scored)
def test_area_is_the_chance_of_the_right_order(pairs: list[tuple[float, bool]]) -> None:
    found = class_thresholds(*columns(pairs))
    own = [p for p, q in pairs if q]
    rest = [p for p, q in pairs if not q]
    if not own or not rest:
        assert found.area is None
        return
    wins = sum((a > b) + 0.5 * (a == b) for a in own for b in rest)
    assert found.area == pytest.approx(wins / (len(own) * len(rest)))


def test_what_is_no_number_counts_nowhere() -> None:
    score = np.array([np.nan, 0.8, np.nan, 0.3])
    found = class_thresholds(score, np.array([True, True, False, False]))
    assert (found.left_out, found.positives, found.negatives, found.area) == (2, 1, 1, 1.0)
    assert found.confusion(0.5).tolist() == [[1, 0], [0, 1]]
    broken = class_thresholds(np.full(3, np.nan), np.array([True, False, True]))
    assert (broken.left_out, broken.area, broken.average_precision) == (3, None, 0)
    assert broken.confusion(0.5).tolist() == [[0, 0], [0, 0]]


def test_no_examples() -> None:
    found = class_thresholds(np.zeros(0, np.float32), np.zeros(0, np.bool_))
    assert found.thresholds.tolist() == [math.inf]
    assert found.confusion(0.5).tolist() == [[0, 0], [0, 0]]
    assert (found.precision.tolist(), found.recall.tolist()) == ([1], [0])
    assert (found.area, found.average_precision) == (None, 0)
    nothing = abstaining(np.zeros(0, np.float32), np.zeros(0, np.bool_))
    assert (nothing.coverage_at(0), nothing.accuracy_at(0)) == (0, 0)


def test_arrays_are_read_only() -> None:
    found = class_thresholds(np.array([0.5, 0.2]), np.array([True, False]))
    some = abstaining(np.array([0.5, 0.2]), np.array([True, False]))
    arrays = [found.thresholds, found.found, found.invented, found.recall, found.false_alarms]
    arrays += [found.precision, found.confusion(0.5), found.confusion(0.5, 0)]
    arrays += [some.thresholds, some.answered, some.right, some.coverage, some.accuracy]
    arrays += [confusion_with_abstaining(np.array([0]), np.array([0]), np.array([0.5]), 0.5, 1)]
    assert not any(array.flags.writeable for array in arrays)


@given(scored, threshold)
def test_abstaining_agrees_with_counting(pairs: list[tuple[float, bool]], at: float) -> None:
    found = abstaining(*columns(pairs))
    answered = [right for confidence, right in pairs if confidence >= at]
    assert found.coverage_at(at) == (len(answered) / len(pairs) if pairs else 0)
    assert found.accuracy_at(at) == (sum(answered) / len(answered) if answered else 0)
    assert (np.diff(found.coverage) > 0).all()
    if pairs:
        assert (found.coverage[0], found.coverage[-1]) == (0, 1)
        assert found.accuracy[-1] == pytest.approx(sum(q for _, q in pairs) / len(pairs))


def test_an_answer_without_a_confidence_is_none() -> None:
    found = abstaining(np.array([np.nan, 0.6, 0.4]), np.array([True, True, False]))
    assert found.coverage_at(-math.inf) == pytest.approx(2 / 3)
    assert found.accuracy_at(0) == 0.5


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.floats(0, 1)), max_size=40),
    threshold,
)
def test_confusion_with_no_answer(rows: list[tuple[int, int, float]], at: float) -> None:
    truth, predicted = (np.array([row[k] for row in rows], np.int64) for k in (0, 1))
    confidence = np.array([row[2] for row in rows])
    counts = confusion_with_abstaining(truth, predicted, confidence, at, 3)
    sure = confidence >= at
    assert counts[:, :3].tolist() == confusion(truth[sure], predicted[sure], 3).tolist()
    assert counts.sum(axis=1).tolist() == np.bincount(truth, minlength=3).tolist()
    some = abstaining(confidence, truth == predicted)
    assert some.coverage_at(at) * len(rows) == pytest.approx(counts[:, :3].sum())


def test_ends_of_abstaining() -> None:
    truth, predicted = np.array([0, 1]), np.array([0, 0])
    confidence = np.array([np.nan, 0.7], np.float32)
    for at, column in ((0.0, [[0, 0, 1], [1, 0, 0]]), (0.71, [[0, 0, 1], [0, 0, 1]])):
        found = confusion_with_abstaining(truth, predicted, confidence, at, 2)
        assert found.tolist() == column
    # The curves and the matrix agree on a float32 that is a little below its decimal.
    below = np.array([0.7], np.float32)
    assert abstaining(below, np.array([True])).coverage_at(0.7) == 0
    counts = confusion_with_abstaining(np.array([0]), np.array([0]), below, 0.7, 1)
    assert counts.tolist() == [[0, 1]]


def test_bad_input_is_refused() -> None:
    two, three = np.array([0.5, 0.2]), np.array([True, False, True])
    for make in (class_thresholds, abstaining):
        with pytest.raises(ValueError, match="length"):
            make(two, three)
    found = class_thresholds(two, three[:2])
    with pytest.raises(ValueError, match="not a number"):
        found.confusion(math.nan)
    with pytest.raises(ValueError, match="number 2"):
        found.confusion(0.5, 2)
    with pytest.raises(ValueError, match="not a number"):
        abstaining(two, three[:2]).accuracy_at(math.nan)
    ids = np.array([0, 1])
    with pytest.raises(ValueError, match="not a number"):
        confusion_with_abstaining(ids, ids, two, math.nan, 2)
    with pytest.raises(ValueError, match="length"):
        confusion_with_abstaining(ids, ids, two[:1], 0.5, 2)
    with pytest.raises(ValueError, match="0 … 0"):
        confusion_with_abstaining(ids, ids, two, 0.5, 1)

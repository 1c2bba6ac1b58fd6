"""Several models on the same examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.agreement import Outcome, agreement_table, compare
from rnnstudio.engine.metrics import confusion

NOTHING = np.zeros(0, np.int64)


def test_two_models_by_hand() -> None:
    truth = np.array([0, 0, 1, 1, 2, 2])
    first = np.array([0, 1, 1, 0, 2, 0])
    second = np.array([0, 0, 0, 0, 2, 1])
    found = compare(truth, first, second, 3)
    assert found.outcomes.tolist() == [
        Outcome.BOTH_RIGHT,
        Outcome.SECOND_ONLY,
        Outcome.FIRST_ONLY,
        Outcome.BOTH_WRONG,
        Outcome.BOTH_RIGHT,
        Outcome.BOTH_WRONG,
    ]
    assert found.counts == {
        Outcome.BOTH_RIGHT: 2,
        Outcome.FIRST_ONLY: 1,
        Outcome.SECOND_ONLY: 1,
        Outcome.BOTH_WRONG: 2,
    }
    assert found.examples(Outcome.BOTH_WRONG).tolist() == [3, 5]
    assert found.examples(Outcome.FIRST_ONLY).tolist() == [2]
    assert found.table.tolist() == [[2, 1, 0], [2, 0, 0], [0, 0, 1]]
    assert found.agreement == pytest.approx(3 / 6)
    # p_e is (3·4 + 2·1 + 1·1) / 36.
    assert found.kappa == pytest.approx((3 / 6 - 15 / 36) / (1 - 15 / 36))
    assert found.difference.tolist() == [[1, -1, 0], [1, -1, 0], [-1, 1, 0]]
    arrays = (found.outcomes, found.table, found.difference, found.examples(Outcome.BOTH_RIGHT))
    assert not any(array.flags.writeable for array in arrays)


@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), max_size=40))
def test_outcomes_agree_with_counting(rows: list[tuple[int, int, int]]) -> None:
    truth, first, second = np.array(rows, np.int64).reshape(-1, 3).T
    found = compare(truth, first, second, 3)
    for outcome, rights in zip(
        Outcome, [(True, True), (True, False), (False, True), (False, False)], strict=True
    ):
        places = [i for i, (t, a, b) in enumerate(rows) if (a == t, b == t) == rights]
        assert found.examples(outcome).tolist() == places
        assert found.counts[outcome] == len(places)
    assert found.difference.sum() == 0
    assert found.difference.trace() == (
        found.counts[Outcome.SECOND_ONLY] - found.counts[Outcome.FIRST_ONLY]
    )
    assert found.table.tolist() == confusion(first, second, 3).tolist()


def test_no_examples() -> None:
    found = compare(NOTHING, NOTHING, NOTHING, 2)
    assert (found.agreement, found.kappa, set(found.counts.values())) == (0, 0, {0})
    assert agreement_table([NOTHING, NOTHING]).tolist() == [[0, 0], [0, 0]]
    assert agreement_table([]).shape == (0, 0)


def test_table_of_models() -> None:
    answers = [np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1]), np.array([1, 1, 0, 1])]
    assert agreement_table(answers).tolist() == [[1, 0.75, 0.25], [0.75, 1, 0.5], [0.25, 0.5, 1]]
    assert not agreement_table(answers).flags.writeable


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        compare(np.array([0, 1]), np.array([0, 1]), np.array([0]), 2)
    with pytest.raises(ValueError, match="0 … 1"):
        compare(np.array([0]), np.array([2]), np.array([0]), 2)
    with pytest.raises(ValueError, match="length"):
        agreement_table([np.array([0]), np.array([0, 1])])

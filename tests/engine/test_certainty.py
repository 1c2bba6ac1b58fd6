"""Confidence and margin of answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.certainty import confidences, margins


def test_by_hand() -> None:
    y = np.array([[0.7, 0.2, 0.1], [0.1, 0.45, 0.45], [0, 0, 1]], np.float32)
    assert confidences(y) == pytest.approx([0.7, 0.45, 1])
    assert margins(y) == pytest.approx([0.5, 0, 1])
    assert confidences(y).dtype == margins(y).dtype == np.float32
    assert not confidences(y).flags.writeable
    assert not margins(y).flags.writeable
    assert y.tolist()[0][0] == pytest.approx(0.7)


def test_degenerate_answers() -> None:
    assert margins(np.ones((2, 1))).tolist() == confidences(np.ones((2, 1))).tolist() == [1, 1]
    assert margins(np.zeros((0, 3))).shape == confidences(np.zeros((0, 3))).shape == (0,)
    assert margins(np.zeros((2, 0))).tolist() == confidences(np.zeros((2, 0))).tolist() == [0, 0]
    broken = np.array([[np.nan, 0.5, 0.5], [0.9, np.nan, 0.1], [0.1, 0.2, np.nan], [0.9, 0.1, 0]])
    assert np.isnan(margins(broken)).tolist() == [True, True, True, False]
    assert np.isnan(confidences(broken)).tolist() == [True, True, True, False]


@given(st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=1, max_size=20))
def test_agree_with_sorting(rows: list[list[float]]) -> None:
    ranked = [sorted(row, reverse=True) for row in rows]
    assert confidences(np.array(rows)).tolist() == [row[0] for row in ranked]
    assert margins(np.array(rows)).tolist() == [row[0] - row[1] for row in ranked]

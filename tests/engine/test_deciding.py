"""From which word on the answer stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.deciding import decided_at, decided_steps
from rnnstudio.engine.trace import trace
from tests.engine.networks import NETWORKS, sentence, weights


@pytest.mark.parametrize(
    ("leading", "expected"),
    [
        ([1, 1, 1, 1, 1, 1], 1),
        ([0, 1, 1, 1, 1, 1], 2),
        ([1, 1, 0, 1, 1, 1], 4),
        ([0, 2, 1, 0, 0, 2], 6),
    ],
)
def test_first_step_of_the_last_stay(leading: list[int], expected: int) -> None:
    spec = NETWORKS["gru"]
    seen = trace(spec, weights(spec), sentence(spec))
    y = np.full(seen.y.shape, 0.1)
    y[np.arange(len(leading)), leading] = 0.8
    assert decided_at(replace(seen, y=y)) == expected


@pytest.mark.parametrize("name", ["rnn", "lstm both max", "shared mean"])
def test_an_answer_of_a_network(name: str) -> None:
    spec = NETWORKS[name]
    seen = trace(spec, weights(spec), sentence(spec))
    step = decided_at(seen)
    assert step is not None
    assert (seen.predictions[step - 1 :] == seen.prediction).all()
    assert step == 1 or seen.predictions[step - 2] != seen.prediction


def test_labels_are_decided_one_by_one() -> None:
    spec = NETWORKS["gru label"]
    assert decided_at(trace(spec, weights(spec), sentence(spec))) is None


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=7), max_size=12))
def test_many_sentences_at_once(leading: list[list[int]]) -> None:
    flat = np.array([label for one in leading for label in one], np.int32)
    starts = np.cumsum([0, *map(len, leading)])
    found = decided_steps(flat, starts)
    assert not found.flags.writeable
    for one, step in zip(leading, found.tolist(), strict=True):
        assert set(one[step - 1 :]) == {one[-1]}
        assert step == 1 or one[step - 2] != one[-1]

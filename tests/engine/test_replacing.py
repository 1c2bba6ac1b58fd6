"""Other words in the place of one answer as the sentence with them does."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.engine import replacing
from rnnstudio.engine.model import Cancelled, TooLongError
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.replacing import FIRST_WORD_ID, replace_word
from rnnstudio.engine.trace import trace
from tests.engine.cases import C, L
from tests.engine.networks import NETWORKS, STEPS, weights

IDS = np.array([1, 5, 0, 9, 5, 2], np.int32)
WORDS = {name: spec for name, spec in NETWORKS.items() if spec.frames is None}
each_network = pytest.mark.parametrize("spec", WORDS.values(), ids=WORDS.keys())


@pytest.mark.parametrize("step", [1, 3, STEPS])
@each_network
def test_each_word_answers_as_its_sentence(
    spec: NetworkSpec, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "_CANDIDATES", 4)
    p, ids = weights(spec), IDS
    candidates = np.array([9, 0, 4, 5, 6, 7])
    found = replace_word(spec, p, ids, step, candidates)
    asked = step if spec.task is Task.LABEL else STEPS
    assert found.asked == asked
    np.testing.assert_array_equal(found.candidates, candidates)
    np.testing.assert_array_equal(found.present, trace(spec, p, ids).y[asked - 1])
    for word, probabilities in zip(candidates, found.probabilities, strict=True):
        other = ids.copy()
        other[step - 1] = word
        expected = trace(spec, p, other).y[asked - 1]
        np.testing.assert_allclose(probabilities, expected, atol=1e-12)


def test_all_words_but_the_marks() -> None:
    spec = NETWORKS["gru"]
    p, ids = weights(spec, np.float32), IDS
    found = replace_word(spec, p, ids, 2)
    assert found.candidates.tolist() == list(range(FIRST_WORD_ID, L + 1)) == [4, 5, 6, 7, 8, 9]
    assert found.probabilities.shape == (6, C)
    assert found.probabilities.dtype == np.float32
    for array in (found.candidates, found.probabilities, found.present):
        assert not array.flags.writeable
    # With the word that is there it is the answer that is there.
    np.testing.assert_allclose(found.probabilities[1], found.present, atol=1e-6)


def test_no_word_to_try() -> None:
    spec = NETWORKS["rnn"]
    found = replace_word(spec, weights(spec), IDS, 2, np.zeros(0, int))
    assert found.probabilities.shape == (0, C)


def test_is_cancelled_between_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacing, "_MOST_WORDS", 1)
    spec = NETWORKS["rnn mean"]
    asked: list[int] = []

    def at_the_third() -> bool:
        asked.append(1)
        return len(asked) == 3

    with pytest.raises(Cancelled):
        replace_word(spec, weights(spec), IDS, 2, cancelled=at_the_third)
    assert len(asked) == 3


def test_what_is_not_there_is_refused() -> None:
    spec = NETWORKS["gru"]
    p, ids = weights(spec), IDS
    for step in (0, STEPS + 1):
        with pytest.raises(IndexError):
            replace_word(spec, p, ids, step)
    with pytest.raises(IndexError):
        replace_word(spec, p, ids, 1, np.array([L + 1]))
    with pytest.raises(ValueError, match="negative"):
        replace_word(spec, p, ids, 1, np.array([-1]))
    history = NETWORKS["history"]
    with pytest.raises(TooLongError):
        replace_word(history, weights(history), np.ones(STEPS + 2, int), 1)

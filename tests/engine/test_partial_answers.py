"""Answers after so many steps are those of each sentence's trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rnnstudio.engine import partial_answers as module
from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.deciding import decided_at
from rnnstudio.engine.model import Cancelled, TooLongError, probabilities
from rnnstudio.engine.network import NetworkSpec, Task
from rnnstudio.engine.partial_answers import answers_after, courses
from rnnstudio.engine.states import States, collect_states
from rnnstudio.engine.trace import trace
from tests.engine.cases import C, L
from tests.engine.networks import NETWORKS, STEPS, weights

CLASSIFIERS = {
    name: spec
    for name, spec in NETWORKS.items()
    if spec.frames is None and spec.task is Task.CLASSIFY
}
each_network = pytest.mark.parametrize("spec", CLASSIFIERS.values(), ids=CLASSIFIERS.keys())


def sentences(count: int = 13) -> list[IntArray]:
    """Sentences of 1 … 7 words in no order of length, some of them of unknown words."""
    rng = np.random.default_rng(3)
    lengths = 1 + np.arange(count) * 3 % (STEPS + 1)
    return [rng.integers(0, L + 1, length).astype(np.int32) for length in lengths]


@each_network
def test_answers_are_those_of_traces(spec: NetworkSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    # Three or four sentences at a time.
    monkeypatch.setattr(module, "_MOST_NUMBERS", 12 * C)
    p, given = weights(spec), sentences()
    traces = [trace(spec, p, ids) for ids in given]
    for step in range(1, STEPS + 3):
        expected = [seen.y[min(step, len(seen)) - 1] for seen in traces]
        found = answers_after(spec, p, given, step)
        np.testing.assert_allclose(found, expected, atol=1e-12)
        assert not found.flags.writeable
    seen_courses = courses(spec, p, given)
    assert seen_courses.lengths.tolist() == [len(ids) for ids in given]
    y = np.concatenate([seen.y for seen in traces])
    ranked = np.sort(y, axis=1)
    assert seen_courses.predicted.tolist() == y.argmax(axis=1).tolist()
    np.testing.assert_allclose(seen_courses.confidence, ranked[:, -1], atol=1e-12)
    np.testing.assert_allclose(seen_courses.margin, ranked[:, -1] - ranked[:, -2], atol=1e-12)
    assert seen_courses.decided.tolist() == [decided_at(seen) for seen in traces]
    for step in (1, 3, STEPS + 2):
        of_step = [seen.predictions[min(step, len(seen)) - 1] for seen in traces]
        assert seen_courses.predicted[seen_courses.places(step)].tolist() == of_step


def test_traces_change_their_mind() -> None:
    """Otherwise the test above would not see a wrong step."""
    decided = [
        step
        for spec in CLASSIFIERS.values()
        for step in courses(spec, weights(spec), sentences()).decided.tolist()
    ]
    assert set(range(1, STEPS + 1)) <= set(decided)


@pytest.mark.parametrize("name", ["gru", "rnn mean"])
def test_all_words_give_the_very_answer(name: str) -> None:
    spec = CLASSIFIERS[name]
    p, given = weights(spec, np.float32), sentences(200)
    found = answers_after(spec, p, given, STEPS + 1)
    assert found.tobytes() == probabilities(spec, p, given).tobytes()


@pytest.mark.parametrize("name", ["gru", "lstm both mean"])
def test_nothing_to_read(name: str) -> None:
    spec = CLASSIFIERS[name]
    assert answers_after(spec, weights(spec), [], 2).shape == (0, C)
    found = courses(spec, weights(spec), [])
    assert (len(found), found.decided.tolist(), found.places(1).tolist()) == (0, [], [])


@pytest.mark.parametrize("numbers", [1, 5 * C, 10**6])
def test_memory_is_bounded_and_each_sentence_read_once(
    numbers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = CLASSIFIERS["gru both"]
    monkeypatch.setattr(module, "_MOST_NUMBERS", numbers)
    parts: list[tuple[int, int]] = []

    def counted(*args: Any, **options: Any) -> States:
        found = collect_states(*args, **options)
        parts.append((found.values.size, len(np.unique(found.rows))))
        return found

    monkeypatch.setattr(module, "collect_states", counted)
    given = sentences()
    courses(spec, weights(spec), given)
    assert sum(count for _, count in parts) == len(given)
    assert all(size <= numbers or count == 1 for size, count in parts)
    # As much at a time as there is room for.
    room, expected = 0, 0
    for ids in given:
        if len(ids) > room:
            room, expected = numbers // C, expected + 1
        room -= len(ids)
    assert len(parts) == expected


@pytest.mark.parametrize("name", ["gru", "gru both"])
def test_is_cancelled(name: str) -> None:
    spec = CLASSIFIERS[name]
    p, given = weights(spec), sentences(300)
    asked: list[int] = []

    def at_the_second() -> bool:
        asked.append(1)
        return len(asked) == 2

    reads: list[Callable[[], object]] = [
        lambda: answers_after(spec, p, given, 3, at_the_second),
        lambda: courses(spec, p, given, at_the_second),
    ]
    for read in reads:
        asked.clear()
        with pytest.raises(Cancelled):
            read()
        assert len(asked) == 2


def test_what_cannot_be_answered_is_refused() -> None:
    spec = CLASSIFIERS["independent"]
    assert spec.longest is not None
    p = weights(spec)
    too_long = [np.full(spec.longest + 1, 4, np.int32)]
    empty = [np.array([4], np.int32), np.zeros(0, np.int32)]
    # Even after a step that the network has weights for.
    with pytest.raises(TooLongError):
        answers_after(spec, p, too_long, 1)
    with pytest.raises(TooLongError):
        courses(spec, p, too_long)
    with pytest.raises(ValueError, match="no words"):
        answers_after(spec, p, empty, 1)
    with pytest.raises(ValueError, match="no words"):
        courses(spec, p, empty)
    with pytest.raises(ValueError, match="step 0"):
        answers_after(spec, p, empty[:1], 0)
    with pytest.raises(ValueError, match="step 0"):
        courses(spec, p, empty[:1]).places(0)
    label = NETWORKS["gru label"]
    with pytest.raises(ValueError, match="labels words"):
        answers_after(label, weights(label), empty[:1], 1)
    with pytest.raises(ValueError, match="labels words"):
        courses(label, weights(label), empty[:1])


def test_answers_that_are_no_numbers() -> None:
    spec = CLASSIFIERS["gru"]
    p = weights(spec)
    p["output.bias"][...] = np.nan
    found = courses(spec, p, sentences())
    assert np.isnan(found.confidence).all()
    assert np.isnan(found.margin).all()
    assert set(found.decided.tolist()) == {1}


def test_arrays_are_read_only() -> None:
    spec = CLASSIFIERS["rnn"]
    found = courses(spec, weights(spec), sentences())
    for array in (found.starts, found.predicted, found.confidence, found.margin, found.lengths):
        assert not array.flags.writeable

"""What is collected of many sentences is what each one's trace has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnstudio.engine import states as module
from rnnstudio.engine.arrays import IntArray
from rnnstudio.engine.layer_trace import layer_quantities
from rnnstudio.engine.model import Cancelled
from rnnstudio.engine.network import Cell, NetworkSpec, Task
from rnnstudio.engine.states import States, collect_states, driving_words
from rnnstudio.engine.trace import Trace, trace
from tests.engine.cases import C, H, L
from tests.engine.networks import NETWORKS, STEPS, weights

WORDS = {name: spec for name, spec in NETWORKS.items() if spec.frames is None}
each_network = pytest.mark.parametrize("spec", WORDS.values(), ids=WORDS.keys())


def sentences(count: int = 9) -> list[IntArray]:
    """Sentences of 1 … 7 words, some of them of unknown ones."""
    rng = np.random.default_rng(3)
    return [
        rng.integers(0, L + 1, 1 + number % (STEPS + 1)).astype(np.int32) for number in range(count)
    ]


def of_trace(seen: Trace, quantity: str, layer: int, direction: int) -> np.ndarray:
    found = {"m": seen.m, "scores": seen.z, "y": seen.y}.get(quantity)
    if found is not None:
        return found
    place = seen.layer(layer, direction)
    return place.x if quantity == "x" else place[quantity]


@each_network
def test_each_word_has_what_its_trace_has(
    spec: NetworkSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH_SIZE", 4)
    p, given = weights(spec), sentences()
    traces = [trace(spec, p, ids) for ids in given]
    places = [(-1, 0), (0, spec.directions - 1)]
    names = [*layer_quantities(spec.cell), "x", "m", "scores", "y"]
    for layer, direction in places:
        for name in names:
            found = collect_states(spec, p, given, name, layer, direction)
            expected = np.concatenate([of_trace(one, name, layer, direction) for one in traces])
            np.testing.assert_allclose(found.values, expected, atol=1e-12, err_msg=name)
            assert found.values.dtype == expected.dtype
            assert found.left_out == 0
    lengths = [len(ids) for ids in given]
    assert found.rows.tolist() == np.repeat(np.arange(len(given)), lengths).tolist()
    assert found.steps.tolist() == [step for n in lengths for step in range(1, n + 1)]
    for array in (found.values, found.rows, found.steps):
        assert not array.flags.writeable


@pytest.mark.parametrize("cell", Cell)
def test_names_are_those_of_a_trace(cell: Cell) -> None:
    spec = NETWORKS[cell]
    seen = trace(spec, weights(spec), np.array([4, 5]))
    assert set(layer_quantities(cell)) == set(seen.layer().quantities)


@pytest.mark.parametrize("most", [1, 10, 37, 100, 399, 400])
def test_reads_sentences_from_all_parts_up_to_so_many_words(most: int) -> None:
    spec = NETWORKS["gru"]
    given = [np.full(4, 1 + number % L, np.int32) for number in range(100)]
    found = collect_states(spec, weights(spec), given, most=most)
    read = np.unique(found.rows)
    assert len(found.values) == 4 * len(read)
    assert found.left_out == 100 - len(read)
    # One sentence is always read.
    assert len(read) == max(1, most // 4)
    if len(read) > 2:
        gaps = np.diff(np.concatenate([[-1], read, [100]]))
        assert gaps.max() <= 100 / len(read) + 1
    one = trace(spec, weights(spec), given[read[0]])
    np.testing.assert_allclose(found.values[:4], one.s, atol=1e-12)


def test_wide_numbers_are_kept_of_fewer_words(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = NETWORKS["gru one-hot"]
    given = [np.full(4, 5, np.int32)] * 10
    monkeypatch.setattr(module, "_MOST_NUMBERS", 8 * L)
    assert len(collect_states(spec, weights(spec), given, "x").values) == 8
    assert len(collect_states(spec, weights(spec), given, "y").values) == 8 * L // C // 4 * 4


def test_too_long_and_empty_sentences_are_left_out() -> None:
    spec = NETWORKS["independent"]
    assert spec.longest is not None
    given = [
        np.array([4, 5]),
        np.full(spec.longest + 1, 4),
        np.zeros(0, np.int32),
        np.array([6]),
    ]
    found = collect_states(spec, weights(spec), given)
    assert (found.rows.tolist(), found.steps.tolist(), found.left_out) == ([0, 0, 3], [1, 2, 1], 2)


@pytest.mark.parametrize("given", [[], [np.zeros(0, np.int32)]], ids=["none", "empty"])
def test_nothing_to_read(given: list[IntArray]) -> None:
    spec = NETWORKS["lstm both"]
    found = collect_states(spec, weights(spec), given, "m")
    assert found.values.shape == (0, 2 * H)
    assert len(found.rows) == len(found.steps) == 0
    assert found.left_out == len(given)


def test_what_is_not_there_is_refused() -> None:
    spec = NETWORKS["gru"]
    p, given = weights(spec), sentences()
    for name in ("c", "a", "h", "s_0"):
        with pytest.raises(KeyError):
            collect_states(spec, p, given, name)
    for layer, direction in ((1, 0), (-2, 0), (0, 1), (0, -1)):
        with pytest.raises(IndexError):
            collect_states(spec, p, given, "s", layer, direction)
    with pytest.raises(IndexError):
        collect_states(spec, p, [np.array([L + 1])])


def test_is_cancelled_between_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH_SIZE", 2)
    asked: list[int] = []

    def at_the_third() -> bool:
        asked.append(1)
        return len(asked) == 3

    with pytest.raises(Cancelled):
        collect_states(
            NETWORKS["rnn"], weights(NETWORKS["rnn"]), sentences(), cancelled=at_the_third
        )
    assert len(asked) == 3


def test_scores_of_a_labeller_are_those_of_the_word() -> None:
    spec = replace(NETWORKS["gru both"], task=Task.LABEL)
    p, ids = weights(spec), np.array([4, 7, 5], np.int32)
    found = collect_states(spec, p, [ids], "scores")
    np.testing.assert_allclose(found.values, trace(spec, p, ids).z, atol=1e-12)


def numbers(*columns: list[float]) -> States:
    values = np.array(columns).T
    return States(values, np.zeros(len(values), int), np.arange(1, len(values) + 1))


def test_words_that_drive_a_unit() -> None:
    states = numbers([1.0, -1.0, 0.5, 0.0, -0.5, 0.25], [0.0] * 6)
    words = ["good", "bad", "fine", "the", "bad", "good"]
    assert driving_words(states, words, 0) == (
        ("good", 0.625, 2),
        ("fine", 0.5, 1),
        ("the", 0.0, 1),
        ("bad", -0.75, 2),
    )
    ends = driving_words(states, words, 0, most=1)
    assert [word for word, _, _ in ends] == ["good", "bad"]
    often = driving_words(states, words, 0, least_count=2)
    assert [one.word for one in often] == ["good", "bad"]
    assert [one.times for one in often] == [2, 2]
    # Equal means keep the order in which the words came.
    assert [one.word for one in driving_words(states, words, 1, most=1)] == ["good", "the"]


def test_driving_words_without_numbers() -> None:
    states = numbers([np.nan, np.inf, 1.0])
    assert driving_words(states, ["a", "a", "b"], 0) == (("b", 1.0, 1),)
    none = States(np.zeros((0, 2)), np.zeros(0, int), np.zeros(0, int))
    assert driving_words(none, [], 1) == ()
    with pytest.raises(ValueError, match="2 words"):
        driving_words(states, ["a", "b"], 0)
    with pytest.raises(IndexError):
        driving_words(states, ["a", "a", "b"], 1)

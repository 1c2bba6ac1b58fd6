"""What each word contributed: by hand, by the linear case, and by the sum of all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnstudio.engine import attribution
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.attribution import (
    Attribution,
    Measure,
    gradient_times_input,
    integrated_gradients,
    leave_one_out,
)
from rnnstudio.engine.model import Cancelled, TooLongError
from rnnstudio.engine.network import Cell, NetworkSpec, Reading, Task
from rnnstudio.engine.trace import trace
from tests.engine import plain
from tests.engine.cases import C
from tests.engine.networks import NETWORKS, STEPS, sentence, weights

each_network = pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS.keys())
each_measure = pytest.mark.parametrize("measure", Measure)
CLASS = 1


def asked(spec: NetworkSpec) -> int | None:
    """The word that is explained, for labelling."""
    return 3 if spec.task is Task.LABEL else None


def by_hand(z: FloatArray, measure: Measure) -> float:
    """F of the scores z (C,)."""
    y = np.exp(z) / np.exp(z).sum()
    return float(
        {
            Measure.SCORE: z[CLASS],
            Measure.PROBABILITY: y[CLASS],
            Measure.LOG_PROBABILITY: np.log(y[CLASS]),
        }[measure]
    )


@each_measure
@each_network
def test_leave_one_out_is_the_difference_of_two_predictions(
    spec: NetworkSpec, measure: Measure
) -> None:
    p, given = weights(spec), sentence(spec)
    found = leave_one_out(spec, p, given, CLASS, asked(spec), measure)
    step = asked(spec) or STEPS
    value = by_hand(trace(spec, p, given).z[step - 1], measure)
    assert found.value == pytest.approx(value, abs=1e-12)
    for t in range(1, STEPS + 1):
        if t == asked(spec):
            other = given.copy()
            other[t - 1] = 0
            z = trace(spec, p, other).z[step - 1]
        else:
            z = trace(spec, p, np.delete(given, t - 1, axis=0)).z[step - 1 - (t <= step)]
        assert found.without[t - 1] == pytest.approx(by_hand(z, measure), abs=1e-12)
    np.testing.assert_array_equal(found.contributions, found.value - found.without)


def test_the_only_word_becomes_unknown() -> None:
    spec = NETWORKS["gru"]
    p = weights(spec)
    found = leave_one_out(spec, p, np.array([5]), CLASS)
    unknown = by_hand(trace(spec, p, np.array([0])).z[0], Measure.LOG_PROBABILITY)
    assert found.without[0] == pytest.approx(unknown)


def inputs_of(spec: NetworkSpec) -> tuple[FloatArray, NetworkSpec]:
    """The vectors of the sentence's words, and the same network reading them as frames."""
    x = plain.inputs(spec, weights(spec), sentence(spec))
    return x, replace(spec, vocabulary_size=0, embedding=None, frames=x.shape[1])


def at_inputs(spec: NetworkSpec, x: FloatArray, measure: Measure) -> float:
    """F of any vectors instead of words, by the plain equations."""
    frames = replace(spec, vocabulary_size=0, embedding=None, frames=x.shape[1])
    z = plain.read(frames, weights(spec), x).z[(asked(spec) or STEPS) - 1]
    return by_hand(z, measure)


@each_measure
@each_network
def test_gradient_times_input_is_the_slope_towards_the_word(
    spec: NetworkSpec, measure: Measure
) -> None:
    """x_t · ∂F/∂x_t is what F does when x_t is made a little longer."""
    found = gradient_times_input(spec, weights(spec), sentence(spec), CLASS, asked(spec), measure)
    x, _ = inputs_of(spec)
    assert found.value == pytest.approx(at_inputs(spec, x, measure), abs=1e-12)
    for t in range(STEPS):
        longer = np.zeros_like(x)
        longer[t] = 1e-5 * x[t]
        slope = (at_inputs(spec, x + longer, measure) - at_inputs(spec, x - longer, measure)) / 2e-5
        if "max" in spec.read and abs(found.contributions[t] - slope) > 1e-6:
            continue  # two words that are the same share a greatest value
        assert found.contributions[t] == pytest.approx(slope, abs=1e-8)


@each_measure
@each_network
def test_integrated_gradients_are_complete(spec: NetworkSpec, measure: Measure) -> None:
    """They add up to F(x) − F(0), the closer the more points; where nothing bends, exactly."""
    p, given = weights(spec), sentence(spec)
    found = integrated_gradients(spec, p, given, CLASS, asked(spec), measure, points=64)
    x, _ = inputs_of(spec)
    assert found.value == pytest.approx(at_inputs(spec, x, measure), abs=1e-12)
    assert found.baseline == pytest.approx(at_inputs(spec, 0 * x, measure), abs=1e-12)
    total = found.value - found.baseline
    assert found.gap == pytest.approx(total - found.contributions.sum(), abs=1e-12)
    smooth = spec.activation != "relu" and spec.read is not Reading.MAX
    assert abs(found.gap) < (1e-6 if smooth else 0.1 * max(abs(total), 0.1))
    coarse = integrated_gradients(spec, p, given, CLASS, asked(spec), measure, points=1)
    assert coarse.points == 1
    if smooth and abs(total) > 1e-3:
        assert abs(coarse.gap) > abs(found.gap)


@pytest.mark.parametrize("embedding", [None, 4])
@pytest.mark.parametrize("cell", [Cell.RNN, Cell.SHARED, Cell.HISTORY, Cell.INDEPENDENT])
def test_exact_where_the_network_is_linear(cell: Cell, embedding: int | None) -> None:
    """ReLUs that are all open add up: each way of asking gives F(x) − F(0), word by word."""
    spec = replace(NETWORKS[f"{cell} relu"], embedding=embedding)
    p = weights(spec)
    for name in p:
        if "bias" in name and name != "output.bias":
            p[name][...] = 50.0
    if cell.recurrent:
        p["rnn.weight_hh_l0"][...] = np.abs(p["rnn.weight_hh_l0"]) / 4
    given = sentence(spec)
    assert trace(spec, p, given).s.min() > 0
    plainly = gradient_times_input(spec, p, given, CLASS, measure=Measure.SCORE)
    integrated = integrated_gradients(spec, p, given, CLASS, measure=Measure.SCORE, points=1)
    np.testing.assert_allclose(plainly.contributions, integrated.contributions, atol=1e-12)
    assert abs(integrated.gap) < 1e-11
    for t in range(STEPS):
        unknown = given.copy()
        unknown[t] = 0
        without = trace(spec, p, unknown).z[-1, CLASS]
        assert plainly.contributions[t] == pytest.approx(plainly.value - without, abs=1e-11)


def all_ways(spec: NetworkSpec, step: int | None, label: int = CLASS) -> list[Attribution]:
    p, given = weights(spec), sentence(spec)
    return [
        way(spec, p, given, label, step)
        for way in (leave_one_out, gradient_times_input, integrated_gradients)
    ]


def test_answers_are_frozen_and_of_the_network_s_type() -> None:
    for name in ("lstm two layers both label", "gru one-hot", "history frames"):
        spec = NETWORKS[name]
        for found in all_ways(spec, asked(spec)):
            assert found.contributions.shape == (STEPS,)
            assert found.step == (asked(spec) or STEPS)
            assert (found.class_index, found.measure) == (CLASS, Measure.LOG_PROBABILITY)
            with pytest.raises(ValueError, match="read-only"):
                found.contributions[0] = 0
    single = integrated_gradients(
        NETWORKS["gru"], weights(NETWORKS["gru"], np.float32), np.array([1, 2]), 0
    )
    assert single.contributions.dtype == np.float32
    assert abs(single.gap) < 1e-5


def test_words_that_are_unknown_contribute_nothing() -> None:
    spec = NETWORKS["rnn both label one-hot"]
    p = weights(spec)
    for ids in (np.array([0, 4, 0]), np.zeros(3, int)):
        for way in (gradient_times_input, integrated_gradients):
            found = way(spec, p, ids, CLASS, 2)
            assert not found.contributions[ids == 0].any()


def test_in_parts_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rnn both label one-hot", "gru frames"):
        spec = NETWORKS[name]
        whole = all_ways(spec, asked(spec))
        with monkeypatch.context() as patch:
            patch.setattr("rnnstudio.engine.attribution._MOST_NUMBERS", 60)
            parts = all_ways(spec, asked(spec))
        for one, other in zip(whole, parts, strict=True):
            np.testing.assert_allclose(one.contributions, other.contributions, atol=1e-13)


def test_what_is_not_there_is_refused() -> None:
    spec, label = NETWORKS["rnn"], NETWORKS["rnn label"]
    with pytest.raises(IndexError):
        all_ways(spec, None, C)
    with pytest.raises(IndexError):
        all_ways(label, STEPS + 1)
    with pytest.raises(ValueError, match="only there"):
        all_ways(label, None)
    with pytest.raises(ValueError, match="only there"):
        all_ways(spec, 1)
    with pytest.raises(ValueError, match="point"):
        integrated_gradients(spec, weights(spec), sentence(spec), 0, points=0)
    with pytest.raises(IndexError):
        gradient_times_input(spec, weights(spec), np.array([99]), 0)
    history = NETWORKS["history"]
    with pytest.raises(TooLongError):
        gradient_times_input(history, weights(history), np.ones(STEPS + 2, int), 0)


def test_cancelled_between_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = NETWORKS["gru"]
    p, given = weights(spec), sentence(spec)
    for way in (leave_one_out, gradient_times_input, integrated_gradients):
        with pytest.raises(Cancelled):
            way(spec, p, given, CLASS, cancelled=lambda: True)
    # So little fits into a batch that each has one sentence.
    monkeypatch.setattr(attribution, "_MOST_NUMBERS", 1)
    asked_so_far: list[int] = []

    def at_the_third() -> bool:
        asked_so_far.append(1)
        return len(asked_so_far) == 3

    for chunked in (leave_one_out, integrated_gradients):
        asked_so_far.clear()
        with pytest.raises(Cancelled):
            chunked(spec, p, given, CLASS, cancelled=at_the_third)
        assert len(asked_so_far) == 3

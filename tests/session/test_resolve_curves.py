"""What the curve panels are told to draw."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from rnnstudio.session.resolve.curves import (
    MOST_MEANS,
    MOST_POINTS,
    accuracy_ranges,
    loss_ranges,
    resolve_accuracy,
    resolve_loss,
    smoothed,
    thinned,
)
from rnnstudio.session.resolve.curves import Line as CurveLine
from tests.session.train_states import EPOCHS, fresh, made_curves, trained


def line(*values: float) -> CurveLine:
    return CurveLine(np.arange(1.0, len(values) + 1), np.array(values))


def test_a_short_run_is_drawn_as_it_is() -> None:
    x, y = np.arange(5.0), np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    result = thinned(x, y, 10)
    assert result.x is x
    assert result.y is y


def test_thinning_keeps_each_peak_and_the_ends() -> None:
    x, y = np.arange(100_000.0), np.zeros(100_000)
    y[12_345], y[77_777] = 9.0, -9.0
    result = thinned(x, y, MOST_POINTS)
    assert len(result) <= MOST_POINTS
    assert result.y.max() == 9.0
    assert result.y.min() == -9.0
    assert (result.x[0], result.x[-1]) == (0.0, 99_999.0)
    assert abs(result.x[result.y.argmax()] - 12_345) < 200


def test_what_is_drawn_of_the_past_does_not_change_as_a_run_grows() -> None:
    generator = np.random.default_rng(1)
    x, y = np.arange(40_000.0), generator.random(40_000)
    earlier, later = (thinned(x[:n], y[:n], MOST_POINTS) for n in (33_000, 39_000))
    same = len(earlier) - 2
    np.testing.assert_array_equal(earlier.y[:same], later.y[:same])


def test_thinning_leaves_a_gap_where_all_is_nan() -> None:
    y = np.ones(1000)
    y[400:500] = np.nan
    result = thinned(np.arange(1000.0), y, 100)
    gap = np.isnan(result.y)
    assert gap.any()
    assert np.all((result.x[gap] >= 384) & (result.x[gap] <= 512))


def test_smoothing_is_the_weighted_mean_of_what_came_before() -> None:
    y = np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    result = smoothed(np.arange(5.0), y, span=1.0)
    weights = np.exp(-np.arange(5.0))
    assert result.y[2] == pytest.approx(1.0 / weights[:3].sum())
    assert result.y[3] == pytest.approx(weights[1] / weights[:4].sum())


@pytest.mark.parametrize("points", [500, 50_000])
def test_smoothing_does_not_move_before_the_event(points: int) -> None:
    x = np.arange(float(points))
    event = points // 2 + 37
    result = smoothed(x, np.where(x < event, 0.7, 0.0), span=points / 80)
    np.testing.assert_allclose(result.y[result.x < event], 0.7)
    assert result.y[-1] < 0.01


def test_smoothing_leaves_nan_out() -> None:
    y = np.ones(300)
    y[100] = np.nan
    np.testing.assert_allclose(smoothed(np.arange(300.0), y, span=5).y, 1.0)
    nothing = smoothed(np.arange(3.0), np.full(3, np.nan), span=5)
    assert np.isnan(nothing.y).all()


def test_a_long_run_is_smoothed_in_stretches() -> None:
    generator = np.random.default_rng(0)
    x = np.arange(100_000.0)
    result = smoothed(x, x / 1e5 + generator.normal(0, 0.3, len(x)), span=1000)
    assert len(result) <= MOST_MEANS
    inner = slice(50, -50)
    assert result.x[-1] == x[-1]
    np.testing.assert_allclose(result.y[inner], (result.x[inner] - 1000) / 1e5, atol=0.06)


def test_the_loss_axis_starts_at_zero_and_is_not_pressed_by_one_batch() -> None:
    raw = np.full(1000, 0.7)
    raw[500] = 80.0
    spiked = CurveLine(np.arange(1000.0), raw)
    (low, high), (log_low, log_high) = loss_ranges((spiked, line(0.7, 0.3), line(), line()))
    assert low == 0.0
    assert 0.7 <= high < 2.0
    assert 10**log_low < 0.3
    assert 10**log_high > 0.7


@pytest.mark.parametrize("values", [(), (math.nan,), (0.0, 0.0)])
def test_a_loss_without_numbers_still_has_an_axis(values: tuple[float, ...]) -> None:
    for low, high in loss_ranges((line(*values), line(*values), line(), line())):
        assert math.isfinite(low)
        assert low < high


def test_the_accuracy_axis_ends_at_one_and_starts_below_the_course() -> None:
    (low, high), _ = accuracy_ranges((line(0.0, 1.0), line(0.52, 0.9), line(), line()))
    assert high == 1.0
    assert low == pytest.approx(0.4)
    assert accuracy_ranges((line(),) * 4)[0] == (0.0, 1.0)


def test_before_training_there_are_words() -> None:
    state = fresh()
    loss = resolve_loss(state)
    assert "Train (F5)" in loss.empty
    assert loss.epochs == EPOCHS
    assert loss.best is None
    without = resolve_loss(dataclasses.replace(state, model=None))
    assert "two classes" in without.empty


def test_a_finished_run_shows_what_was_recorded() -> None:
    state = trained()
    loss, accuracy = resolve_loss(state), resolve_accuracy(state)
    assert loss.empty == ""
    assert loss.now == EPOCHS
    assert loss.epochs == EPOCHS
    for epoch in range(1, EPOCHS + 1):
        assert loss.lines.train.at(epoch) == state.curves.train_loss[epoch - 1]
        assert accuracy.lines.validation.at(epoch) == state.curves.validation_accuracy[epoch - 1]
    assert loss.best is not None
    assert loss.best.epoch == int(np.argmin(state.curves.validation_loss)) + 1
    assert loss.best.value == state.curves.validation_loss.min()
    assert accuracy.best is not None
    assert accuracy.best.epoch == loss.best.epoch


def test_single_batches_have_the_first_epoch_to_themselves() -> None:
    loss = resolve_loss(trained(batches=1))
    assert loss.now == 0.5
    assert loss.epochs == 1
    assert loss.newest == trained(batches=1).curves.batch_loss[-1]
    assert resolve_loss(trained(batches=3)).epochs == EPOCHS


def test_without_validation_the_best_epoch_lies_on_the_training_curve() -> None:
    loss = resolve_loss(trained(validation=False))
    assert len(loss.lines.validation) == 0
    assert loss.note == "no validation split"
    assert loss.best is not None
    assert loss.best.value == loss.lines.train.at(loss.best.epoch)


def test_nothing_is_worked_out_twice() -> None:
    state = trained()
    other = dataclasses.replace(state, playing=True)
    assert resolve_loss(other) == resolve_loss(state)
    assert resolve_loss(other).lines is resolve_loss(state).lines


def test_a_long_run_is_cut_to_what_can_be_drawn() -> None:
    curves = made_curves(100_000)
    state = dataclasses.replace(trained(), curves=curves)
    lines = resolve_loss(state).lines
    assert len(lines.raw) <= MOST_POINTS
    assert len(lines.smooth) <= MOST_MEANS
    assert lines.raw.y.max() == curves.batch_loss.max()
    assert not lines.raw.y.flags.writeable

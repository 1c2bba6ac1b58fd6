"""What the settings, progress and probe panels are told to show."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from rnnstudio.project.project import PROBE_LIMIT, Probe
from rnnstudio.project.spec import ProjectSpec
from rnnstudio.session.commands.settings import with_setting
from rnnstudio.session.resolve.probes import MOST_HISTORY, resolve_probes
from rnnstudio.session.resolve.train import (
    estimated_seconds,
    resolve_progress,
    resolve_settings,
)
from rnnstudio.session.state import RunStatus, SessionState
from tests.session.train_states import EPOCHS, fresh, trained, with_probes

BORING = "The first half was very boring ."


def changed(state: SessionState, **settings: object) -> SessionState:
    spec: ProjectSpec = state.spec
    for key, value in settings.items():
        spec = with_setting(spec, key.replace("__", "."), value)
    return dataclasses.replace(state, spec=spec)


# ---- settings


def test_the_summary_counts_the_parameters() -> None:
    state = fresh()
    assert state.model is not None
    assert f"{state.model.network.parameter_count:,} parameters" in resolve_settings(state).summary
    assert f"{EPOCHS} epochs" in resolve_settings(state).summary


def test_the_summary_follows_the_settings_and_not_the_network_that_is_there() -> None:
    before = resolve_settings(trained()).summary
    assert resolve_settings(changed(trained(), model__units=99)).summary != before


def at_speed(
    state: SessionState, factor: float, epoch: int = 90_000, batch: int | None = None
) -> SessionState:
    """A state whose run takes `factor` times as long as the estimate, which is 60 s."""
    assert state.dataset is not None
    assert state.run.spec is not None
    sequences = state.dataset.sequences
    words = sum(len(sequence) for sequence in sequences)
    once = estimated_seconds(state.run.spec, words, words / len(sequences))
    epochs = round(60 * state.run.spec.training.epochs / once)
    spec = with_setting(state.run.spec, "training.epochs", min(epochs, 100_000))
    seconds = estimated_seconds(spec, words, words / len(sequences)) / spec.training.epochs
    speed = words / seconds / factor
    there = dataclasses.replace(state.run, epoch=epoch, spec=spec, tokens_per_second=speed)
    if batch is not None:
        there = dataclasses.replace(there, batch=batch)
    return dataclasses.replace(state, spec=spec, run=there)


def estimate(state: SessionState) -> str:
    return resolve_settings(state).summary.split(" · ")[1]


def test_a_measured_speed_corrects_the_estimate() -> None:
    slow, fast = at_speed(trained(), 10.0), at_speed(trained(), 1.0)
    assert estimate(slow) != estimate(fast)
    assert estimate(fast) == estimate(changed(fresh(), training__epochs=100_000))


@pytest.mark.parametrize("place", [{"epoch": 1}, {"epoch": 2, "batch": 1}])
def test_a_speed_that_was_measured_for_a_moment_corrects_nothing(place: dict[str, int]) -> None:
    noisy = at_speed(trained(), 15.0, **place)
    assert estimate(noisy) == estimate(at_speed(trained(), 1.0, **place))


def test_an_absurd_speed_is_believed_up_to_a_factor() -> None:
    assert estimate(at_speed(trained(), 1e6)) == estimate(at_speed(trained(), 1e7))


def test_a_larger_network_takes_longer() -> None:
    spec = fresh().spec
    times = [
        estimated_seconds(with_setting(spec, "model.units", units), 10_000, 12.0)
        for units in (8, 64, 512)
    ]
    assert times == sorted(times)
    double = with_setting(spec, "training.epochs", 2 * spec.training.epochs)
    assert estimated_seconds(double, 500, 9.0) == pytest.approx(
        2 * estimated_seconds(spec, 500, 9.0)
    )


def test_without_data_there_is_no_summary() -> None:
    assert resolve_settings(dataclasses.replace(fresh(), dataset=None)).summary == ""


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model__units": 40}, "40 units"),
        ({"model__embedding": None}, "one-hot input"),
        ({"training__seed": 7, "model__units": 8}, "8 units, seed 7"),
        ({"training__clip_norm": None}, "no clipping"),
    ],
)
def test_a_setting_that_the_run_cannot_take_waits(settings: dict[str, object], words: str) -> None:
    assert (
        f"From the next run on: {words}."
        in resolve_settings(changed(trained(), **settings)).waiting
    )


def test_the_waiting_line_says_what_starts_a_run() -> None:
    running, finished = (
        changed(trained(batches=3), training__seed=9),
        changed(trained(), training__seed=9),
    )
    assert resolve_settings(running).waiting.endswith("Reset starts one.")
    assert resolve_settings(finished).waiting.endswith("Train starts one.")


def test_what_a_run_takes_at_once_does_not_wait() -> None:
    state = changed(trained(batches=3), training__learning_rate=0.5, training__epochs=99)
    assert resolve_settings(state).waiting == ""
    assert resolve_settings(changed(fresh(), model__units=5)).waiting == ""


# ---- progress


def test_progress_counts_whole_batches() -> None:
    progress = resolve_progress(trained(batches=3))
    assert progress.running
    assert progress.fraction == pytest.approx(1.5 / EPOCHS)
    assert progress.place == f"epoch 2 of {EPOCHS} · batch 1 of 2"
    assert progress.left == "1 min 23 s left"
    assert progress.speed == "1,000 tokens/s"
    assert not progress.can_step


def test_progress_before_and_after() -> None:
    before, after = resolve_progress(fresh()), resolve_progress(trained())
    assert (before.fraction, after.fraction) == (0.0, 1.0)
    assert before.can_train
    assert not before.can_reset
    assert after.can_reset
    assert after.left == ""


def test_a_failed_run_says_why_and_can_go_on() -> None:
    state = trained(batches=3)
    run = dataclasses.replace(state.run, status=RunStatus.FAILED, message="The loss is not finite.")
    progress = resolve_progress(dataclasses.replace(state, run=run))
    assert progress.problem == "The loss is not finite."
    assert progress.can_train


def test_data_that_cannot_train_say_so() -> None:
    progress = resolve_progress(dataclasses.replace(fresh(), model=None))
    assert "two classes" in progress.problem
    assert (progress.can_train, progress.can_step, progress.can_reset) == (False, False, False)


# ---- probes


def test_a_probe_says_what_the_newest_weights_say() -> None:
    state = with_probes(trained(), Probe("Great music"), Probe(BORING))
    assert state.model is not None
    row = resolve_probes(state).rows[0]
    prediction = state.model.predict(["Great music"])[0]
    assert row.says == prediction.prediction
    assert row.confidence == pytest.approx(float(prediction.probabilities.max()))


def test_the_history_is_that_of_the_class_it_says_now() -> None:
    state = with_probes(trained(), Probe(BORING))
    row = resolve_probes(state).rows[0]
    expected = state.probe_history.probabilities[0, :, row.class_index]
    assert [y for _, y in row.history] == pytest.approx(expected.tolist())
    assert [x for x, _ in row.history] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_sentence_of_the_data_has_its_label_as_truth() -> None:
    state = fresh()
    label = next(row.label for row in state.table.rows if row.text == BORING)
    other = next(name for name in state.table.labels if name != label)
    known, set_by_hand, unknown = resolve_probes(
        with_probes(state, Probe(BORING), Probe(BORING, other), Probe("boring"))
    ).rows
    assert (known.truth, known.truth_given) == (label, False)
    assert (set_by_hand.truth, set_by_hand.truth_given) == (other, True)
    assert unknown.truth is None
    assert unknown.correct is None
    assert known.correct is (known.says == label)
    assert known.correct is not set_by_hand.correct


def test_a_truth_that_is_no_class_of_the_network_is_none() -> None:
    state = with_probes(fresh(classes=3), Probe("word0", "positive"), Probe("word1", "class 02"))
    foreign, own = resolve_probes(state).rows
    # What the data say of the sentence counts in its place.
    assert (foreign.truth, foreign.truth_given) == ("class 00", False)
    assert (own.truth, own.truth_given) == ("class 02", True)
    state = with_probes(fresh(classes=3), Probe("The movie was not good.", "negative"))
    (row,) = resolve_probes(state).rows
    assert row.says
    assert (row.truth, row.correct) == (None, None)
    (row,) = resolve_probes(dataclasses.replace(state, model=None)).rows
    assert row.truth is None


def test_what_cannot_be_read_says_so() -> None:
    empty, full = resolve_probes(with_probes(fresh(), Probe("   "), Probe("boring"))).rows
    assert empty.message == "no word to read"
    assert empty.class_index is None
    assert full.says
    state = dataclasses.replace(with_probes(fresh(), Probe("boring")), model=None)
    assert resolve_probes(state).rows[0].message == "no network to ask"


def test_a_new_probe_has_no_history_yet() -> None:
    state = with_probes(trained(), Probe(BORING))
    values = np.concatenate(
        [state.probe_history.probabilities, np.full((1, 5, 2), np.nan, np.float32)]
    )
    history = dataclasses.replace(state.probe_history, probabilities=values)
    state = dataclasses.replace(state, probes=(*state.probes, Probe("new")), probe_history=history)
    assert resolve_probes(state).rows[1].history == ()
    behind = dataclasses.replace(state, probes=(*state.probes, Probe("newest")))
    assert resolve_probes(behind).rows[2].history == ()


def test_a_long_history_is_thinned_and_ends_with_the_newest() -> None:
    row = resolve_probes(with_probes(trained(), Probe(BORING), snapshots=5000)).rows[0]
    assert len(row.history) <= MOST_HISTORY + 1
    assert row.history[-1][0] == 5000.0


def test_eight_probes_are_the_most() -> None:
    state = with_probes(fresh(), *[Probe(f"sentence {n}") for n in range(PROBE_LIMIT)])
    assert resolve_probes(state).full
    assert not resolve_probes(fresh()).full


def test_states_of_panels_compare_equal_when_nothing_changed() -> None:
    state = with_probes(trained(), Probe(BORING))
    other = dataclasses.replace(state, playing=True)
    assert resolve_probes(state) == resolve_probes(other)
    assert resolve_settings(state) == resolve_settings(other)
    assert not math.isnan(resolve_probes(state).rows[0].confidence)

"""Training: same seed, same numbers; stopping and resuming; what ends it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.checkpoint import Checkpoint
from rnnstudio.engine.metrics import accuracy, cross_entropy
from rnnstudio.engine.model import probabilities
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.training import (
    BatchRecord,
    EpochRecord,
    Examples,
    NotFiniteError,
    Record,
    TrainingJob,
    TrainingState,
    fit,
)
from rnnstudio.engine.training_spec import TrainingSpec
from rnnstudio.errors import RnnStudioError
from tests.engine.cases import H, job, network

SHORT = TrainingSpec(epochs=3, batch_size=8, learning_rate=0.02)


def run(task: TrainingJob) -> tuple[list[Record], TrainingState]:
    state = TrainingState.initial(task)
    return list(fit(task, state)), state


def through_a_file(task: TrainingJob, checkpoint: Checkpoint) -> Checkpoint:
    """What a checkpoint is after its parts went through bytes and JSON."""
    arrays = {
        name: np.frombuffer(array.tobytes(), array.dtype).reshape(array.shape)
        for name, array in checkpoint.arrays().items()
    }
    return Checkpoint.from_parts(arrays, json.loads(json.dumps(checkpoint.meta())), task.network)


def same(one: TrainingState, other: TrainingState) -> bool:
    first, second = one.checkpoint(), other.checkpoint()
    arrays, others = first.arrays(), second.arrays()
    return (
        first.meta() == second.meta()
        and list(arrays) == list(others)
        and all(np.array_equal(arrays[name], others[name]) for name in arrays)
    )


def test_records_say_what_happened() -> None:
    task = job(SHORT)
    records, state = run(task)
    batches = [r for r in records if isinstance(r, BatchRecord)]
    epochs = [r for r in records if isinstance(r, EpochRecord)]
    assert [r.step for r in batches] == list(range(1, 16))
    assert [(r.epoch, r.batch) for r in batches] == [(e, b) for e in (1, 2, 3) for b in range(1, 6)]
    assert {r.batches for r in batches} == {5}
    assert [(r.epoch, r.step) for r in epochs] == [(1, 5), (2, 10), (3, 15)]
    assert isinstance(records[5], EpochRecord)
    words = sum(map(len, task.train.sequences))
    assert sum(r.tokens for r in batches) == 3 * words
    assert state.finished
    assert (state.step, state.epoch) == (15, 3)
    assert epochs[0].train_loss == pytest.approx(np.mean([r.loss for r in batches[:5]]))
    assert epochs[0].train_accuracy == pytest.approx(np.mean([r.accuracy for r in batches[:5]]))


def test_validation_figures_are_those_of_the_weights_after_the_epoch() -> None:
    task = job(replace(SHORT, epochs=1))
    records, state = run(task)
    last = records[-1]
    assert isinstance(last, EpochRecord)
    y = probabilities(task.network, state.parameters, task.validation.sequences)
    assert last.validation_loss == cross_entropy(y, task.validation.targets)
    assert last.validation_accuracy == accuracy(task.validation.targets, y.argmax(axis=1))


def test_it_learns() -> None:
    for embedding in (None, 4):
        records, _ = run(job(TrainingSpec(epochs=40, batch_size=8), embedding=embedding))
        last = records[-1]
        assert isinstance(last, EpochRecord)
        assert last.train_accuracy > 0.95


def test_same_seed_same_curve_and_other_seed_another() -> None:
    first, second = run(job(SHORT)), run(job(SHORT))
    assert first[0] == second[0]
    assert same(first[1], second[1])
    assert run(job(replace(SHORT, seed=1)))[0] != first[0]


def test_another_process_gives_the_same_numbers() -> None:
    script = (
        "from tests.engine.test_training import *; records, state = run(job(SHORT)); "
        "print(records); print(state.parameters.flat.tobytes().hex())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    records, state = run(job(SHORT))
    assert done.stdout == f"{records}\n{state.parameters.flat.tobytes().hex()}\n"


def test_size_of_the_network_leaves_the_batches_as_they_are() -> None:
    small = job(SHORT)
    large = replace(small, network=replace(small.network, units=2 * H))
    tokens = [[getattr(r, "tokens", None) for r in run(task)[0]] for task in (small, large)]
    assert tokens[0] == tokens[1]


@settings(deadline=None, max_examples=30)
@given(
    stop=st.integers(0, 21),
    optimizer=st.sampled_from(OptimizerName),
    validation=st.sampled_from([0, 12]),
    learning_rate=st.none() | st.floats(1e-4, 0.1),
)
def test_stop_and_resume_equals_not_stopping(
    stop: int, optimizer: OptimizerName, validation: int, learning_rate: float | None
) -> None:
    task = job(replace(SHORT, optimizer=optimizer), count=43, validation=validation)

    def with_rate(records: Iterator[Record], state: TrainingState) -> list[Record]:
        head = list(islice(records, stop))
        if learning_rate is not None:
            state.learning_rate = learning_rate
        return head

    whole = TrainingState.initial(task)
    generator = fit(task, whole)
    expected = with_rate(generator, whole) + list(generator)

    state = TrainingState.initial(task)
    generator = fit(task, state)
    found = with_rate(generator, state)
    generator.close()  # type: ignore[attr-defined]
    checkpoint = state.checkpoint()
    resumed = TrainingState.resumed(task, through_a_file(task, checkpoint))
    again = TrainingState.resumed(task, checkpoint)
    found += list(fit(task, resumed))

    assert found == expected
    assert same(resumed, whole)
    # Resuming the first state left the checkpoint alone.
    list(fit(task, again))
    assert same(again, whole)


def test_checkpoint_is_frozen() -> None:
    task = job(SHORT)
    state = TrainingState.initial(task)
    list(islice(fit(task, state), 3))
    checkpoint = state.checkpoint()
    kept = {name: array.copy() for name, array in checkpoint.arrays().items()}
    list(fit(task, state))
    for name, array in checkpoint.arrays().items():
        np.testing.assert_array_equal(array, kept[name])
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_more_epochs_go_on_after_the_last() -> None:
    task = job(SHORT)
    _, state = run(task)
    longer = replace(task, training=replace(SHORT, epochs=5))
    resumed = TrainingState.resumed(longer, state.checkpoint())
    assert not resumed.finished
    list(fit(longer, resumed))
    assert same(resumed, run(longer)[1])


def test_another_optimizer_starts_afresh() -> None:
    task = job(SHORT)
    _, state = run(task)
    other = replace(task, training=replace(SHORT, epochs=4, optimizer=OptimizerName.SGD))
    resumed = TrainingState.resumed(other, state.checkpoint())
    assert resumed.weights.updates == 0
    assert sum(isinstance(r, EpochRecord) for r in fit(other, resumed)) == 1


def test_checkpoint_of_another_network_is_refused() -> None:
    checkpoint = TrainingState.initial(job(SHORT)).checkpoint()
    other = replace(job(SHORT), network=network(embedding=None))
    with pytest.raises(RnnStudioError, match="another network"):
        TrainingState.resumed(other, checkpoint)


def test_best_weights_are_those_of_the_lowest_validation_loss() -> None:
    task = job(TrainingSpec(epochs=12, batch_size=8, learning_rate=0.1))
    state = TrainingState.initial(task)
    best, weights = math.inf, state.parameters.flat
    for record in fit(task, state):
        if isinstance(record, EpochRecord):
            assert record.validation_loss is not None
            assert record.is_best == (record.validation_loss < best)
            if record.is_best:
                best, weights = record.validation_loss, state.parameters.flat.copy()
            np.testing.assert_array_equal(state.best_parameters.flat, weights)


def test_best_by_training_loss_where_nothing_validates() -> None:
    records, _ = run(job(SHORT, validation=0))
    epochs = [r for r in records if isinstance(r, EpochRecord)]
    assert [e.validation_loss for e in epochs] == [None] * 3
    best = math.inf
    for epoch in epochs:
        assert epoch.is_best == (epoch.train_loss < best)
        best = min(best, epoch.train_loss)


def test_early_stopping() -> None:
    # A rate of 0 never improves after the first epoch.
    task = job(replace(SHORT, learning_rate=0.0, patience=2, epochs=50))
    records, state = run(task)
    epochs = [r for r in records if isinstance(r, EpochRecord)]
    assert [e.is_best for e in epochs] == [True, False, False]
    assert [e.stopped_early for e in epochs] == [False, False, True]
    assert state.finished
    assert state.stopped_early
    assert list(fit(task, state)) == []
    resumed = TrainingState.resumed(task, through_a_file(task, state.checkpoint()))
    assert resumed.finished


@pytest.mark.parametrize("poisoned", ["embedding.weight", "rnn.weight_hh_l0", "output.bias"])
def test_gradient_that_is_not_finite_stops_before_the_weights_change(poisoned: str) -> None:
    task = job(SHORT)
    state = TrainingState.initial(task)
    generator = fit(task, state)
    list(islice(generator, 4))
    state.weights.parameters[poisoned][...] = np.nan
    before = state.checkpoint()
    with pytest.raises(NotFiniteError) as caught:
        next(generator)
    assert caught.value.parameter in task.network.parameter_shapes()
    assert caught.value.step == 5
    assert caught.value.parameter in str(caught.value)
    assert "step 5" in caught.value.happened
    assert "learning rate" in caught.value.remedy
    after = state.checkpoint()
    assert after.meta() == before.meta()
    for name, array in after.arrays().items():
        np.testing.assert_array_equal(array, before.arrays()[name])


def test_run_that_explodes_is_stopped_and_can_go_on_from_before() -> None:
    task = job(
        TrainingSpec(OptimizerName.SGD, learning_rate=1e25, clip_norm=None, batch_size=8),
        activation=Activation.RELU,
    )
    state = TrainingState.initial(task)
    with pytest.raises(NotFiniteError):
        list(fit(task, state))
    assert np.isfinite(state.parameters.flat).all()


def test_cancelled_validation_is_made_anew() -> None:
    task = job(SHORT)
    state = TrainingState.initial(task)
    found = list(fit(task, state, cancelled=lambda: True))
    assert len(found) == 5
    assert not state.finished
    found += list(fit(task, state))
    expected, whole = run(task)
    assert found == expected
    assert same(state, whole)


def test_nothing_to_train_on() -> None:
    empty = replace(job(SHORT), train=Examples())
    with pytest.raises(RnnStudioError, match="no sentence"):
        next(fit(empty, TrainingState.initial(empty)))
    no_epochs = job(replace(SHORT, epochs=0))
    assert run(no_epochs)[0] == []


def test_one_sentence_and_given_weights() -> None:
    task = job(SHORT, count=1, validation=0)
    start = run(job(SHORT))[1].best_parameters
    state = TrainingState.initial(task, parameters=start)
    np.testing.assert_array_equal(state.parameters.flat, start.flat)
    assert len(list(fit(task, state))) == 6

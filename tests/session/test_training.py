"""Training through the session: what the pages see, pausing, going on, starting anew."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.project.preferences import Preferences
from rnnstudio.session.commands.data import open_builtin
from rnnstudio.session.commands.files import new_project
from rnnstudio.session.commands.settings import change_setting, undo
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.commands.training import one_batch, one_epoch, pause, reset, train
from rnnstudio.session.session import Session
from rnnstudio.session.state import RunStatus
from tests.session.conftest import Listener


def wait_for_end(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.training is None, timeout=60_000)


def status(session: Session) -> RunStatus:
    return session.state.run.status


def weights(session: Session) -> np.ndarray:
    assert session.state.checkpoint is not None
    return session.state.checkpoint.parameters.flat


def test_training_runs_to_its_end_and_learns(session: Session, qtbot: QtBot) -> None:
    change_setting(session, "training.epochs", 8)
    train(session)
    assert status(session) is RunStatus.RUNNING
    wait_for_end(session, qtbot)
    state = session.state
    assert state.run.status is RunStatus.FINISHED
    assert state.curves.epoch.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len(state.curves.batch_loss) == 8 * state.run.batches
    assert state.curves.train_loss[-1] < 0.8 * state.curves.train_loss[0]


def test_shown_weights_are_the_best_ones_after_the_end(session: Session, qtbot: QtBot) -> None:
    change_setting(session, "training.epochs", 5)
    train(session)
    wait_for_end(session, qtbot)
    state = session.state
    assert state.checkpoint is not None
    assert state.model is not None
    assert state.model.epoch == state.curves.best_epoch
    assert np.array_equal(state.model.parameters.flat, state.checkpoint.best_parameters.flat)


def test_one_batch_is_one_batch_and_one_epoch_ends_it(session: Session, qtbot: QtBot) -> None:
    one_batch(session)
    wait_for_end(session, qtbot)
    assert len(session.state.curves.batch_loss) == 1
    assert status(session) is RunStatus.PAUSED
    one_epoch(session)
    wait_for_end(session, qtbot)
    assert len(session.state.curves.batch_loss) == session.state.run.batches
    assert session.state.curves.epoch.tolist() == [1]


def test_answers_of_weights_from_within_an_epoch_are_known_as_such(
    session: Session, qtbot: QtBot
) -> None:
    def evaluated(epoch: int, within: bool) -> bool:
        state = session.state
        return (state.evaluation_epoch, state.evaluation_within) == (epoch, within)

    one_batch(session)
    wait_for_end(session, qtbot)
    qtbot.waitUntil(lambda: evaluated(0, True), timeout=60_000)
    one_epoch(session)
    wait_for_end(session, qtbot)
    qtbot.waitUntil(lambda: evaluated(1, False), timeout=60_000)
    one_batch(session)
    wait_for_end(session, qtbot)
    qtbot.waitUntil(lambda: evaluated(1, True), timeout=60_000)


def test_last_batch_of_an_epoch_brings_its_validation(session: Session, qtbot: QtBot) -> None:
    change_setting(session, "training.batch_size", 5000)  # one batch is the whole epoch
    one_batch(session)
    wait_for_end(session, qtbot)
    assert session.state.curves.epoch.tolist() == [1]
    assert np.isfinite(session.state.curves.validation_loss).all()


def test_pausing_and_going_on_gives_the_same_weights(qtbot: QtBot) -> None:
    ends = []
    for batches_before_pause in (0, 7):
        session = make_session(Preferences())
        new_project(session)
        change_setting(session, "training.epochs", 2)
        for _ in range(batches_before_pause):
            one_batch(session)
            wait_for_end(session, qtbot)
        train(session)
        wait_for_end(session, qtbot)
        ends.append((weights(session), session.state.curves.batch_loss))
        session.shut_down()
    assert np.array_equal(ends[0][0], ends[1][0])
    assert np.array_equal(ends[0][1], ends[1][1])


def test_pause_stops_within_the_run(session: Session, qtbot: QtBot) -> None:
    change_setting(session, "training.epochs", 10_000)
    train(session)
    qtbot.waitUntil(lambda: len(session.state.curves.batch_loss) > 0, timeout=20_000)
    pause(session)
    wait_for_end(session, qtbot)
    assert status(session) is RunStatus.PAUSED
    assert session.state.run.epoch < 10_000


def test_learning_rate_changes_while_it_runs(session: Session, qtbot: QtBot) -> None:
    change_setting(session, "training.epochs", 10_000)
    train(session)
    change_setting(session, "training.learning_rate", 0.0001)
    qtbot.waitUntil(lambda: len(session.state.curves.batch_loss) > 0, timeout=20_000)
    pause(session)
    wait_for_end(session, qtbot)
    assert session.state.checkpoint is not None
    assert session.state.checkpoint.learning_rate == 0.0001
    assert session.run_count == 1


def test_other_units_wait_for_the_next_run(session: Session, qtbot: QtBot) -> None:
    one_batch(session)
    wait_for_end(session, qtbot)
    before = session.state.model
    change_setting(session, "model.units", 7)
    assert session.state.model is before
    one_batch(session)
    wait_for_end(session, qtbot)
    assert session.state.model is not None
    assert session.state.model.network.units == 7
    assert session.run_count == 2
    assert len(session.state.curves.batch_loss) == 1


def test_fresh_network_takes_a_setting_at_once(session: Session) -> None:
    change_setting(session, "model.units", 9)
    assert session.state.model is not None
    assert session.state.model.network.units == 9
    undo(session)
    assert session.state.model.network.units == session.state.spec.model.units != 9


def test_reset_is_undoable(session: Session, qtbot: QtBot) -> None:
    one_epoch(session)
    wait_for_end(session, qtbot)
    trained = session.state.model
    reset(session)
    assert status(session) is RunStatus.FRESH
    assert len(session.state.curves.batch_loss) == 0
    undo(session)
    assert session.state.model is trained
    assert len(session.state.curves.batch_loss) > 0


def test_training_after_an_undone_reset_goes_on(session: Session, qtbot: QtBot) -> None:
    one_epoch(session)
    wait_for_end(session, qtbot)
    reset(session)
    undo(session)
    one_batch(session)
    wait_for_end(session, qtbot)
    assert session.run_count == 1
    assert len(session.state.curves.batch_loss) == session.state.run.batches + 1 or (
        session.state.run.epoch == 2
    )


def test_finished_run_goes_on_for_as_many_epochs(session: Session, qtbot: QtBot) -> None:
    change_setting(session, "training.epochs", 2)
    train(session)
    wait_for_end(session, qtbot)
    train(session)
    wait_for_end(session, qtbot)
    assert session.state.curves.epoch.tolist() == [1, 2, 3, 4]


def test_not_finite_gradient_is_told_and_keeps_the_weights(
    session: Session, listener: Listener, qtbot: QtBot
) -> None:
    change_setting(session, "model.activation", type(session.state.spec.model.activation)("relu"))
    change_setting(session, "training.clip_norm", None)
    spec = session.state.spec
    training = dataclasses.replace(
        spec.training, learning_rate=1e30, optimizer=type(spec.training.optimizer)("sgd")
    )
    session.apply(spec=dataclasses.replace(spec, training=training))
    train(session)
    wait_for_end(session, qtbot)
    assert status(session) is RunStatus.FAILED
    assert "not finite" in listener.words
    assert np.isfinite(weights(session)).all()


def test_evaluation_follows_training(session: Session, qtbot: QtBot) -> None:
    change_setting(session, "training.epochs", 3)
    train(session)
    wait_for_end(session, qtbot)
    qtbot.waitUntil(
        lambda: (
            session.evaluated is not None
            and session.evaluated[0] is session.state.model
            and not session.background.running("evaluate")
            and session.state.evaluation is not None
        ),
        timeout=10_000,
    )
    evaluation = session.state.evaluation
    assert evaluation is not None
    assert evaluation.confusion.sum() == len(evaluation.rows)


def test_opening_other_data_stops_training(session: Session, qtbot: QtBot) -> None:
    change_setting(session, "training.epochs", 10_000)
    train(session)
    qtbot.waitUntil(lambda: len(session.state.curves.batch_loss) > 0, timeout=20_000)
    open_builtin(session, "lecture")
    qtbot.waitUntil(lambda: len(session.state.table.rows) == 4, timeout=10_000)
    assert session.training is None
    assert status(session) is RunStatus.FRESH
    undo(session)
    assert len(session.state.table.rows) > 600
    assert status(session) is RunStatus.PAUSED


def test_same_seed_gives_the_same_curve(qtbot: QtBot) -> None:
    losses = []
    for _ in range(2):
        session = make_session(Preferences())
        new_project(session)
        one_epoch(session)
        wait_for_end(session, qtbot)
        losses.append(session.state.curves.batch_loss)
        session.shut_down()
    assert np.array_equal(losses[0], losses[1])


@pytest.mark.parametrize("delay", [0, 30])
def test_session_ends_while_training(delay: int, qtbot: QtBot) -> None:
    session = make_session(Preferences())
    new_project(session)
    change_setting(session, "training.epochs", 10_000)
    train(session)
    qtbot.wait(delay)
    session.shut_down()
    assert session.training is None

"""The weights of a run's epochs: kept while it trains, in its file, and put back with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.training import EpochRecord, TrainingState, fit
from rnnstudio.project import moments as budget
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import job_of
from rnnstudio.project.preferences import Preferences
from rnnstudio.project.scratch import unfinished_scratches
from rnnstudio.session.commands.data import open_builtin
from rnnstudio.session.commands.files import new_project, open_project, recover, save, show_welcome
from rnnstudio.session.commands.settings import change_setting, undo
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.commands.training import one_batch, one_epoch, reset, train
from rnnstudio.session.session import Session
from rnnstudio.session.state import SessionState


def wait(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: session.training is None and session.state.activity is None, timeout=60_000
    )


def run_through(session: Session, qtbot: QtBot, epochs: int) -> None:
    change_setting(session, "training.epochs", epochs)
    train(session)
    wait(session, qtbot)


def epochs_of(state: SessionState) -> list[int]:
    return [moment.epoch for moment in state.moments]


def weights_of(state: SessionState) -> dict[int, np.ndarray]:
    return {moment.epoch: moment.parameters.flat for moment in state.moments}


def assert_same_weights(one: SessionState, other: SessionState) -> None:
    ours, theirs = weights_of(one), weights_of(other)
    assert ours.keys() == theirs.keys()
    for epoch, flat in ours.items():
        assert np.array_equal(flat, theirs[epoch])
    assert [m.step for m in one.moments] == [m.step for m in other.moments]


def kill_and_recover(session: Session, qtbot: QtBot) -> Session:
    """End a session as the death of its process does, and go on in another one."""
    session.shut_down(discard=False)
    (found,) = unfinished_scratches()
    result = make_session(Preferences())
    recover(result, found.path, found.saved_as)
    wait(result, qtbot)
    return result


def test_moments_are_the_weights_that_training_had(session: Session, qtbot: QtBot) -> None:
    state = session.state
    change_setting(session, "training.epochs", 4)
    assert state.dataset is not None
    job = job_of(session.state.spec, state.dataset)
    alone = TrainingState.initial(job)
    wanted = {0: alone.parameters.flat.copy()}
    steps = {0: 0}
    for record in fit(job, alone):
        if isinstance(record, EpochRecord):
            wanted[record.epoch] = alone.parameters.flat.copy()
            steps[record.epoch] = record.step
    run_through(session, qtbot, 4)
    found = weights_of(session.state)
    assert found.keys() == wanted.keys()
    for epoch, flat in wanted.items():
        assert np.array_equal(found[epoch], flat)
        assert not found[epoch].flags.writeable
    assert {moment.epoch: moment.step for moment in session.state.moments} == steps


def test_the_first_moment_is_there_before_the_first_epoch_ends(
    session: Session, qtbot: QtBot
) -> None:
    fresh = session.state.model
    one_batch(session)
    wait(session, qtbot)
    assert fresh is not None
    assert epochs_of(session.state) == [0]
    assert np.array_equal(session.state.moments[0].parameters.flat, fresh.parameters.flat)


def test_a_run_that_pauses_and_goes_on_has_all_its_moments(session: Session, qtbot: QtBot) -> None:
    one_epoch(session)
    wait(session, qtbot)
    for _ in range(3):
        one_batch(session)
        wait(session, qtbot)
    assert epochs_of(session.state) == [0, 1]
    run_through(session, qtbot, 2)
    train(session)
    wait(session, qtbot)
    assert epochs_of(session.state) == [0, 1, 2, 3, 4]
    whole = make_session(Preferences())
    new_project(whole)
    run_through(whole, qtbot, 4)
    assert_same_weights(session.state, whole.state)
    whole.shut_down()


def test_reset_takes_the_moments_away_and_undo_brings_them_back(
    session: Session, qtbot: QtBot
) -> None:
    run_through(session, qtbot, 2)
    before = session.state.moments
    reset(session)
    assert session.state.moments == ()
    one_epoch(session)
    wait(session, qtbot)
    assert epochs_of(session.state) == [0, 1]
    reset(session)
    undo(session)
    assert epochs_of(session.state) == [0, 1]
    undo(session)
    assert session.state.moments == before


def test_other_settings_begin_a_run_with_moments_of_its_own(session: Session, qtbot: QtBot) -> None:
    run_through(session, qtbot, 2)
    change_setting(session, "model.units", 5)
    assert epochs_of(session.state) == [0, 1, 2]  # the network that is shown is still the old one
    one_epoch(session)
    wait(session, qtbot)
    state = session.state
    assert epochs_of(state) == [0, 1]
    assert state.model is not None
    count = state.model.network.parameter_count
    assert {moment.parameters.flat.size for moment in state.moments} == {count}


def test_other_data_have_no_moments(session: Session, qtbot: QtBot) -> None:
    one_epoch(session)
    wait(session, qtbot)
    open_builtin(session, "lecture")
    qtbot.waitUntil(lambda: len(session.state.table.rows) == 4, timeout=10_000)
    assert session.state.moments == ()
    undo(session)
    assert epochs_of(session.state) == [0, 1]


def test_a_saved_project_opens_with_its_moments(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    run_through(session, qtbot, 3)
    path = tmp_path / "moments.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    before = session.state
    new_project(session)
    assert session.state.moments == ()
    open_project(session, path)
    wait(session, qtbot)
    assert_same_weights(session.state, before)
    train(session)  # three more
    wait(session, qtbot)
    assert epochs_of(session.state) == [0, 1, 2, 3, 4, 5, 6]


def test_moments_are_there_after_a_crash(qtbot: QtBot) -> None:
    session = make_session(Preferences())
    new_project(session)
    run_through(session, qtbot, 2)
    one_batch(session)
    wait(session, qtbot)
    before = session.state
    session = kill_and_recover(session, qtbot)
    assert_same_weights(session.state, before)
    assert epochs_of(session.state) == [0, 1, 2]
    session.shut_down()


def test_the_run_that_was_left_keeps_its_moments_in_the_file(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    run_through(session, qtbot, 2)
    left = session.state
    reset(session)
    one_epoch(session)
    wait(session, qtbot)
    path = tmp_path / "two.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    with ProjectFile.open(path) as file:
        first = file.load_run(1)
        assert [moment.epoch for moment in file.load_run(2).moments] == [0, 1]
    assert [moment.epoch for moment in first.moments] == epochs_of(left)
    for moment in first.moments:
        assert np.array_equal(moment.parameters.flat, weights_of(left)[moment.epoch])


def test_a_long_run_stays_within_its_budget_in_memory_and_in_the_file(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST_MOMENTS", 8)
    open_builtin(session, "lecture")
    qtbot.waitUntil(lambda: len(session.state.table.rows) == 4, timeout=10_000)
    run_through(session, qtbot, 333)  # one batch an epoch
    state = session.state
    assert len(state.moments) <= 8
    assert {0, 333, state.curves.best_epoch} <= set(epochs_of(state))
    assert len(state.curves.epoch) == 333
    path = tmp_path / "long.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    with ProjectFile.open(path) as file:
        kept = file.load_run(session.state.run.number).moments
    assert [moment.epoch for moment in kept] == epochs_of(state)
    for moment in kept:
        assert np.array_equal(moment.parameters.flat, weights_of(state)[moment.epoch])


def test_the_welcome_project_can_go_back_to_the_weights_it_has(qtbot: QtBot) -> None:
    session = make_session(Preferences())
    show_welcome(session)
    state = session.state
    assert state.model is not None
    assert state.model.epoch in epochs_of(state)
    session.shut_down()


def test_fresh_weights_have_no_moments(session: Session) -> None:
    assert session.state.moments == ()

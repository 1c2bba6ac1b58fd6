"""Projects through the session: save, open, fail, go on after a crash."""

from __future__ import annotations

import dataclasses
import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.training import BatchRecord, EpochRecord
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.preferences import Preferences
from rnnstudio.project.scratch import unfinished_scratches
from rnnstudio.session.commands.files import (
    changed_outside,
    new_project,
    open_project,
    recover,
    save,
    show_welcome,
)
from rnnstudio.session.commands.probes import add_probe
from rnnstudio.session.commands.settings import change_setting, undo
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.commands.training import one_batch, one_epoch, reset, train
from rnnstudio.session.commands.view import set_sentence
from rnnstudio.session.session import Session
from rnnstudio.session.state import RunStatus
from tests.session.conftest import Listener


def wait(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: session.training is None and session.state.activity is None, timeout=30_000
    )


def test_saved_project_opens_as_it_was(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    change_setting(session, "training.epochs", 3)
    add_probe(session, "It was a nice film.")
    set_sentence(session, "Not bad.")
    train(session)
    wait(session, qtbot)
    path = tmp_path / "lesson.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    assert not session.state.unsaved
    assert session.state.path == path
    before = session.state
    new_project(session)
    open_project(session, path)
    wait(session, qtbot)
    after = session.state
    assert after.run.status is RunStatus.FINISHED
    assert after.spec == before.spec
    assert after.table.rows == before.table.rows
    assert after.probes == before.probes
    assert after.selection.sentence == "Not bad."
    assert np.array_equal(after.curves.batch_loss, before.curves.batch_loss)
    assert before.model is not None
    assert after.model is not None
    assert np.array_equal(after.model.parameters.flat, before.model.parameters.flat)


def test_opened_project_goes_on_as_if_it_had_not_stopped(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    change_setting(session, "training.epochs", 2)
    for _ in range(3):
        one_batch(session)
        wait(session, qtbot)
    path = tmp_path / "half.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    train(session)
    wait(session, qtbot)
    uninterrupted = session.state.curves.batch_loss
    open_project(session, path)
    wait(session, qtbot)
    assert session.state.run.status is RunStatus.PAUSED
    train(session)
    wait(session, qtbot)
    assert np.array_equal(session.state.curves.batch_loss, uninterrupted)


def test_full_disk_keeps_the_old_file(
    session: Session,
    listener: Listener,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "lesson.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    old = path.read_bytes()
    change_setting(session, "model.units", 5)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("rnnstudio.project.saving.os.replace", full)
    save(session, path)
    wait(session, qtbot)
    assert "the disk is full" in listener.words
    assert path.read_bytes() == old
    assert session.state.unsaved
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lesson.rnnstudio"]


@pytest.mark.parametrize("content", [b"", b"no project at all", os.urandom(5000)])
def test_damaged_file_is_told_and_changes_nothing(
    content: bytes, session: Session, listener: Listener, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "damaged.rnnstudio"
    path.write_bytes(content)
    before = session.state
    open_project(session, path)
    wait(session, qtbot)
    assert "damaged.rnnstudio" in listener.words
    for field in ("table", "dataset", "model", "spec", "path"):
        assert getattr(session.state, field) is getattr(before, field)
    assert path.read_bytes() == content


def test_file_written_by_another_program_is_noticed(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "lesson.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    assert not changed_outside(session)
    os.utime(path, ns=(1, 1))
    assert changed_outside(session)


def test_lost_session_is_found_again(qtbot: QtBot) -> None:
    lost = make_session(Preferences())
    new_project(lost)
    one_epoch(lost)
    wait(lost, qtbot)
    losses = lost.state.curves.batch_loss
    lost.shut_down(discard=False)  # what a killed process leaves behind
    (found,) = unfinished_scratches()
    session = make_session(Preferences())
    show_welcome(session)
    recover(session, found.path, found.saved_as)
    wait(session, qtbot)
    assert np.array_equal(session.state.curves.batch_loss, losses)
    assert session.state.unsaved
    session.shut_down()
    assert unfinished_scratches() == []


def kill_and_recover(session: Session, qtbot: QtBot) -> Session:
    """End a session as the death of its process does, and go on in another one."""
    session.shut_down(discard=False)
    (found,) = unfinished_scratches()
    result = make_session(Preferences())
    recover(result, found.path, found.saved_as)
    wait(result, qtbot)
    return result


def test_extended_run_goes_on_to_its_end_after_a_crash(qtbot: QtBot) -> None:
    session = make_session(Preferences())
    new_project(session)
    change_setting(session, "training.epochs", 2)
    train(session)
    wait(session, qtbot)
    one_batch(session)
    wait(session, qtbot)
    session = kill_and_recover(session, qtbot)
    run = session.state.run
    assert (run.status, run.epoch, run.epochs, run.batch) == (RunStatus.PAUSED, 3, 4, 1)
    assert session.state.spec.training.epochs == 2
    train(session)
    wait(session, qtbot)
    assert session.state.run.status is RunStatus.FINISHED
    assert session.state.curves.epoch.tolist() == [1, 2, 3, 4]
    session.shut_down()


def test_changed_number_of_epochs_is_where_a_paused_run_goes(
    session: Session, qtbot: QtBot
) -> None:
    change_setting(session, "training.epochs", 5)
    one_batch(session)
    wait(session, qtbot)
    change_setting(session, "training.epochs", 1)
    train(session)
    wait(session, qtbot)
    assert session.state.curves.epoch.tolist() == [1]
    assert session.state.run.epochs == 1


def test_run_paused_in_its_last_epoch_ends_with_it(session: Session, qtbot: QtBot) -> None:
    change_setting(session, "training.epochs", 1)
    one_batch(session)
    wait(session, qtbot)
    train(session)
    wait(session, qtbot)
    assert session.state.curves.epoch.tolist() == [1]


def test_curves_end_where_the_recovered_weights_are(qtbot: QtBot) -> None:
    session = make_session(Preferences())
    new_project(session)
    change_setting(session, "training.epochs", 1)
    one_batch(session)
    wait(session, qtbot)
    # What is written before the next checkpoint, when the process dies.
    late = [BatchRecord(step, 1, step, 9, 0.5, 0.5, 1.0, 9) for step in (2, 3)]
    over = EpochRecord(3, 1, 0.5, 0.5, None, None, is_best=True, stopped_early=False)
    session.writer.submit(lambda file: file.append_records(1, [*late, over]))
    session = kill_and_recover(session, qtbot)
    state = session.state
    assert state.model is not None
    assert (len(state.curves.batch_loss), len(state.curves.epoch)) == (1, 0)
    assert (state.run.batch, state.model.step, state.run.status) == (1, 1, RunStatus.PAUSED)
    assert state.curves.best_epoch is None
    session.shut_down()


def test_best_epoch_outlives_the_patience_that_begins_anew(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    change_setting(session, "training.patience", 1)
    change_setting(session, "training.epochs", 500)
    train(session)
    wait(session, qtbot)
    best = session.state.curves.best_epoch
    assert session.state.run.message == "stopped early"
    one_batch(session)
    wait(session, qtbot)
    checkpoint = session.state.checkpoint
    assert checkpoint is not None
    assert checkpoint.progress.epochs_since_best == 0
    path = tmp_path / "early.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    with ProjectFile.open(path) as file:
        assert file.load().model("best").epoch == best


@pytest.mark.parametrize("start", [show_welcome, new_project])
def test_first_sentences_are_there_after_a_crash(
    start: Callable[[Session], None], qtbot: QtBot
) -> None:
    session = make_session(Preferences())
    start(session)
    before = session.state
    one_batch(session)
    wait(session, qtbot)
    session = kill_and_recover(session, qtbot)
    assert session.state.probes == before.probes
    assert len(before.probes) == 6
    assert session.state.selection.sentence == before.selection.sentence
    session.shut_down()


def test_untouched_first_start_asks_nothing_after_a_crash(qtbot: QtBot) -> None:
    session = make_session(Preferences())
    show_welcome(session)
    session.shut_down(discard=False)
    assert unfinished_scratches() == []


def test_what_changes_while_the_disk_is_busy_is_unsaved(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    add_probe(session, "It was a nice film.")
    save(session, tmp_path / "one.rnnstudio")
    add_probe(session, "It was a dull film.")
    wait(session, qtbot)
    assert session.state.unsaved
    save(session, tmp_path / "one.rnnstudio")
    set_sentence(session, "To look elsewhere is no change.")
    wait(session, qtbot)
    assert not session.state.unsaved


def test_first_start_shows_a_trained_network_and_a_read_sentence(qtbot: QtBot) -> None:
    session = make_session(Preferences())
    show_welcome(session)
    state = session.state
    assert state.run.status is RunStatus.FINISHED
    assert state.model is not None
    assert state.dataset is not None
    assert state.model.vocabulary == state.dataset.vocabulary
    assert all(
        state.model.vocabulary.id_of(t.text)
        for t in state.model.encode(state.selection.sentence).tokens
    )
    assert state.selection.step == len(state.model.encode(state.selection.sentence).ids)
    assert not state.unsaved
    session.shut_down()


def test_longest_run_of_all_says_that_it_cannot_go_on(
    session: Session, listener: Listener, qtbot: QtBot
) -> None:
    one_batch(session)
    wait(session, qtbot)
    checkpoint = session.state.checkpoint
    assert checkpoint is not None
    progress = dataclasses.replace(checkpoint.progress, epoch=100_000, batch=0)
    session.apply(checkpoint=dataclasses.replace(checkpoint, progress=progress))
    train(session)
    assert session.training is None
    assert "100,000 epochs" in listener.words


def test_fresh_weights_that_were_saved_are_opened(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    one_batch(session)
    wait(session, qtbot)
    trained = session.state.curves.batch_loss
    reset(session)
    path = tmp_path / "fresh.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    open_project(session, path)
    wait(session, qtbot)
    assert session.state.run.status is RunStatus.FRESH
    assert len(session.state.curves.batch_loss) == 0
    assert len(trained) == 1


def test_run_that_undo_brought_back_is_opened(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    for _ in range(3):
        one_batch(session)
        wait(session, qtbot)
    first = session.state.curves.batch_loss
    reset(session)
    one_batch(session)
    wait(session, qtbot)
    undo(session)
    path = tmp_path / "first.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    open_project(session, path)
    wait(session, qtbot)
    assert np.array_equal(session.state.curves.batch_loss, first)

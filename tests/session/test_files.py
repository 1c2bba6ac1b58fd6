"""Projects through the session: save, open, fail, go on after a crash."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

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
from rnnstudio.session.commands.settings import change_setting
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.commands.training import one_batch, one_epoch, train
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

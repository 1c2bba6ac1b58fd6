"""Excluded rows are left out wherever the session counts, and stay so when it is saved."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import job_of
from rnnstudio.session.commands.choosing import choose_from, random_row
from rnnstudio.session.commands.correcting import exclude
from rnnstudio.session.commands.files import open_project, save
from rnnstudio.session.resolve.data import resolve_data_summary
from rnnstudio.session.session import Session


def test_saved_and_opened_again(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    dataset = session.state.dataset
    assert dataset is not None
    gone = (int(dataset.rows_of(Split.TRAIN)[5]), int(dataset.rows_of(Split.TEST)[0]))
    trained = len(dataset.rows_of(Split.TRAIN))
    exclude(session, gone)
    path = tmp_path / "films.rnnstudio"
    save(session, path)
    qtbot.waitUntil(lambda: not session.state.unsaved and path.exists(), timeout=20_000)
    with ProjectFile.open(path) as file:
        rows = file.load().table.rows
    assert tuple(sorted(n for n, row in enumerate(rows) if row.excluded)) == tuple(sorted(gone))
    before = session.state.dataset
    open_project(session, path)
    qtbot.waitUntil(lambda: session.state.dataset is not before, timeout=20_000)
    again = session.state.dataset
    assert again is not None
    assert len(job_of(session.state.spec, again).train.sequences) == trained - 1
    assert not set(gone) & set(again.rows_of(None).tolist())
    assert resolve_data_summary(session.state).excluded == 2
    exclude(session, gone, False)
    assert session.state.dataset is not None
    assert len(session.state.dataset.rows_of(Split.TRAIN)) == trained


def test_no_button_leads_to_an_excluded_sentence(session: Session) -> None:
    dataset = session.state.dataset
    assert dataset is not None
    test = dataset.rows_of(Split.TEST).tolist()
    exclude(session, test[2:])
    for _ in range(30):
        random_row(session)
        assert session.state.selection.row in test[:2]
    exclude(session, test)
    row = session.state.selection.row
    # Nothing is left of the split: the button has nowhere to lead to.
    choose_from(session, "test", most_wrong=True)
    choose_from(session, "test")
    assert session.state.selection.row == row

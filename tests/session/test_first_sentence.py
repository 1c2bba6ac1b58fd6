"""Which sentence is there first when a project or data are opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.project.file import ProjectFile
from rnnstudio.project.preferences import Preferences
from rnnstudio.session.commands.data import open_data
from rnnstudio.session.commands.files import save, show_project, show_untitled
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.resolve.probes import resolve_probes
from rnnstudio.session.session import Session


def wait(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: (
            session.training is None
            and session.state.activity is None
            and not session.background.busy
        ),
        timeout=60_000,
    )


@pytest.fixture
def names(session: Session, tmp_path: Path, qtbot: QtBot) -> Path:
    """A project of names, in which no sentence was looked at."""
    data = tmp_path / "names.tsv"
    rows = [f"na{n}me\t{'Polish' if n % 2 else 'Hindi'}" for n in range(30)]
    data.write_text("text\tlabel\n" + "\n".join(rows) + "\n", encoding="utf-8")
    open_data(session, data)
    wait(session, qtbot)
    path = tmp_path / "names.rnnstudio"
    save(session, path)
    wait(session, qtbot)
    without = tmp_path / "without.rnnstudio"
    with ProjectFile.open_copy(path) as file:
        file.write_sentences("", ())
        file.save_to(without)
    return without


def test_opened_data_begin_with_a_row_of_theirs(session: Session, names: Path) -> None:
    state = session.state
    assert state.selection.row == 0
    assert state.selection.sentence == state.table.rows[0].text
    # The probe sentences about films stay, but films are not what these data tell apart.
    assert all(row.truth is None for row in resolve_probes(state).rows)


@pytest.mark.parametrize("show", [show_project, show_untitled])
def test_a_project_without_a_sentence_begins_with_a_row_of_its_data(
    names: Path, qtbot: QtBot, show: object
) -> None:
    session = make_session(Preferences())
    assert callable(show)
    show(session, names)
    wait(session, qtbot)
    state = session.state
    assert state.selection.sentence == state.table.rows[0].text
    assert state.selection.row == 0
    assert state.probes == ()
    session.shut_down()

"""The questions around files: nothing is thrown away or replaced that nobody has named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.gui.file_actions import FileActions
from rnnstudio.project.preferences import Preferences
from rnnstudio.project.schema import is_project_file
from rnnstudio.project.scratch import unfinished_scratches
from rnnstudio.session.commands.files import new_project
from rnnstudio.session.commands.settings import change_setting
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.session import Session

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    result = make_session(Preferences())
    new_project(result)
    yield result
    result.shut_down()


@pytest.fixture
def files(session: Session, qtbot: QtBot) -> FileActions:
    window = QWidget()
    qtbot.addWidget(window)
    return FileActions(session, window)


@pytest.fixture
def lost() -> None:
    """Another window's work after a crash."""
    session = make_session(Preferences())
    new_project(session)
    change_setting(session, "model.units", 7)
    session.shut_down(discard=False)


def _answer(monkeypatch: pytest.MonkeyPatch, text: str | None) -> list[str]:
    """Press the button with this text in every question, or Esc; return the questions."""
    asked: list[str] = []

    def press(box: QMessageBox) -> int:
        asked.append(box.text())
        named = [button for button in box.buttons() if button.text() == text]
        (named[0] if text is not None else box.escapeButton()).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    return asked


def _name(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def _wait(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.state.activity is None, timeout=30_000)


@pytest.mark.parametrize("text", [None, "&Later"])
@pytest.mark.usefixtures("lost")
def test_lost_work_stays_until_somebody_decides(
    files: FileActions, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    asked = _answer(monkeypatch, text)
    files.offer_recovery()
    files.offer_recovery()
    assert asked == ["Go on with “Movie polarity”?"] * 2
    assert len(unfinished_scratches()) == 1


@pytest.mark.usefixtures("lost")
def test_lost_work_is_thrown_away_where_told(
    files: FileActions, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answer(monkeypatch, "&Throw it away")
    files.offer_recovery()
    assert unfinished_scratches() == []


@pytest.mark.usefixtures("lost")
def test_lost_work_goes_on(
    files: FileActions, session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    _answer(monkeypatch, "&Go on")
    files.offer_recovery()
    _wait(session, qtbot)
    assert session.state.spec.model.units == 7
    assert session.state.unsaved


@pytest.mark.parametrize("name", ["lesson", "lesson 1.2", "lesson.rnnstudio"])
def test_saved_file_has_the_suffix(
    files: FileActions,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    qtbot: QtBot,
    name: str,
) -> None:
    asked = _answer(monkeypatch, None)
    _name(monkeypatch, tmp_path / name)
    files.save_as()
    _wait(session, qtbot)
    wanted = name.removesuffix(".rnnstudio") + ".rnnstudio"
    assert [path.name for path in tmp_path.iterdir()] == [wanted]
    assert session.state.path == tmp_path / wanted
    assert asked == []


@pytest.mark.parametrize(("text", "replaced"), [(None, False), ("&Replace it", True)])
def test_name_that_the_dialogue_did_not_see_is_asked_about(
    files: FileActions,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    qtbot: QtBot,
    text: str | None,
    replaced: bool,
) -> None:
    old = tmp_path / "lesson.rnnstudio"
    old.write_bytes(b"somebody's work")
    asked = _answer(monkeypatch, text)
    _name(monkeypatch, tmp_path / "lesson")
    files.save_as()
    _wait(session, qtbot)
    assert asked == ["lesson.rnnstudio exists already."]
    assert is_project_file(old) is replaced


def test_project_opens_whatever_its_name(
    files: FileActions,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    change_setting(session, "model.units", 9)
    _name(monkeypatch, tmp_path / "lesson")
    files.save_as()
    _wait(session, qtbot)
    odd = (tmp_path / "lesson.rnnstudio").rename(tmp_path / "lesson 1.2")
    new_project(session)
    files.open_path(odd)
    _wait(session, qtbot)
    assert session.state.path == odd
    assert session.state.spec.model.units == 9

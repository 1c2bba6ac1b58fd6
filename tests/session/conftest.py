"""A session on the built-in sentences, ended after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from rnnstudio.project.preferences import Preferences
from rnnstudio.session.commands.files import new_project
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.session import Notice, Session


class Listener:
    """Keeps the notices of a session."""

    def __init__(self, session: Session) -> None:
        self.notices: list[Notice] = []
        session.notified.connect(self.notices.append)

    @property
    def words(self) -> str:
        """All notices as one text."""
        return "\n".join(f"{notice.happened} {notice.remedy}" for notice in self.notices)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """A session with the built-in polarity sentences and fresh weights."""
    result = make_session(Preferences())
    new_project(result)
    yield result
    result.shut_down()


@pytest.fixture
def listener(session: Session) -> Listener:
    """The notices of the session."""
    return Listener(session)

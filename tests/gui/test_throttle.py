"""What changes fast is drawn at once, then no more often than the interval, and never lost."""

from __future__ import annotations

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from rnnstudio.gui.throttle import Throttle


def test_the_newest_of_many_comes_after_the_first(qtbot: QtBot) -> None:
    parent = QObject()
    seen: list[int] = []
    throttle = Throttle(seen.append, 20, parent)
    for state in range(10):
        throttle.soon(state)
    assert seen == [0]
    qtbot.waitUntil(lambda: seen == [0, 9])
    throttle.soon(10)
    qtbot.waitUntil(lambda: seen == [0, 9, 10])


def test_now_takes_the_place_of_what_waits(qtbot: QtBot) -> None:
    parent = QObject()
    seen: list[str] = []
    throttle = Throttle(seen.append, 20, parent)
    throttle.soon("first")
    throttle.soon("late")
    throttle.now("new run")
    assert seen == ["first", "new run"]
    qtbot.wait(60)
    assert seen == ["first", "new run"]

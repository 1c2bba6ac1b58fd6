"""Messages: toasts, questions and the report of bugs."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QListWidget,
    QMessageBox,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rnnstudio.gui import notify
from rnnstudio.gui.notify import Answer, BugReporter, Notifier, append_log, ask, ask_discard
from rnnstudio.gui.theme import DARK
from rnnstudio.session.session import Notice, Tone

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    result = QWidget()
    qtbot.addWidget(result)
    result.resize(900, 600)
    result.show()
    return result


@pytest.fixture
def notifier(host: QWidget) -> Notifier:
    return Notifier(host)


@pytest.mark.parametrize("tone", list(Tone))
def test_a_message_says_what_happened_and_what_to_do(notifier: Notifier, tone: Tone) -> None:
    notifier.show(Notice(tone, "The file is empty.", "Choose another one."))
    (toast,) = notifier.toasts
    words = " ".join(part.text() for part in toast.findChildren(QLabel))
    assert "The file is empty." in words
    assert "Choose another one." in words
    assert "The file is empty. Choose another one." in toast.accessibleName()
    assert toast.isVisible()


def test_messages_stack_inside_their_host(notifier: Notifier, host: QWidget) -> None:
    for number in range(3):
        notifier.show(Notice(Tone.ERROR, f"Message {number}.", "word " * 40))
    host.resize(1000, 700)
    toasts = notifier.toasts
    for upper, lower in pairwise(toasts):
        assert upper.geometry().bottom() < lower.geometry().top()
    for toast in toasts:
        assert host.rect().contains(toast.geometry())
        assert toast.height() >= toast.heightForWidth(toast.width())


def test_the_oldest_error_makes_room(notifier: Notifier) -> None:
    for number in range(6):
        notifier.show(Notice(Tone.ERROR, f"Message {number}."))
    assert [toast.notice.happened for toast in notifier.toasts] == [
        f"Message {number}." for number in range(3, 6)
    ]


def test_errors_go_when_it_worked(notifier: Notifier) -> None:
    for tone in (Tone.ERROR, Tone.WARNING, Tone.ERROR):
        notifier.show(Notice(tone, f"A message, {len(notifier.toasts)}."))
    notifier.clear_errors()
    assert [toast.notice.tone for toast in notifier.toasts] == [Tone.WARNING]


def test_words_on_a_step_go_with_the_next_one(notifier: Notifier) -> None:
    notifier.show(Notice(Tone.SUCCESS, "It is “0”.", "Ctrl+Z takes it back.", turn=3))
    notifier.show(Notice(Tone.INFO, "Something else."))
    notifier.drop_outdated(3)
    assert len(notifier.toasts) == 2
    notifier.drop_outdated(4)
    assert [toast.notice.happened for toast in notifier.toasts] == ["Something else."]


def test_what_only_confirms_leaves_soon(notifier: Notifier) -> None:
    words = "“A name” is now “0”, no longer “1”."
    notifier.show(Notice(Tone.SUCCESS, words, "Ctrl+Z takes it back."))
    notifier.show(Notice(Tone.WARNING, words, "Ctrl+Z takes it back."))
    success, warning = (toast._timer.interval() for toast in notifier.toasts)
    assert 5_000 <= success < 6_000 < warning


def test_a_message_does_not_cover_what_is_worked_in(notifier: Notifier, host: QWidget) -> None:
    left, right = QListWidget(host), QListWidget(host)
    left.setGeometry(0, 0, 440, 600)
    right.setGeometry(460, 0, 440, 600)
    left.show()
    right.show()
    for worked_in, covers in ((right, left), (left, right)):
        worked_in.setFocus()
        notifier.show(Notice(Tone.INFO, "A message."))
        (toast,) = notifier.toasts
        assert not toast.geometry().intersects(worked_in.geometry())
        assert toast.geometry().intersects(covers.geometry())
        notifier.clear()
    right.setGeometry(0, 0, 900, 600)
    right.setFocus()
    notifier.show(Notice(Tone.INFO, "A message."))
    assert notifier.toasts[0].geometry().right() > 850, "there is no better place"


def test_the_same_message_is_shown_once(notifier: Notifier) -> None:
    for _ in range(50):
        notifier.show(Notice(Tone.INFO, "Again."))
    assert len(notifier.toasts) == 1


def test_a_message_goes_by_itself_and_an_error_after_a_long_time(
    notifier: Notifier, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "_SECONDS_AT_LEAST", 0.0)
    monkeypatch.setattr(notify, "_SECONDS_A_LETTER", 0.001)
    notifier.show(Notice(Tone.ERROR, "This stays."))
    notifier.show(Notice(Tone.SUCCESS, "This goes."))
    qtbot.waitUntil(lambda: len(notifier.toasts) == 1)
    (error,) = notifier.toasts
    assert error.notice.happened == "This stays."
    assert error._timer.remainingTime() > 15_000
    QApplication.sendEvent(error, QEnterEvent(QPointF(), QPointF(), QPointF()))
    notifier.show(error.notice)
    assert not error._timer.isActive(), "who reads it is not hurried"
    QApplication.sendEvent(error, QEvent(QEvent.Type.Leave))
    assert error._timer.isActive()


def test_a_message_can_be_closed(notifier: Notifier) -> None:
    notifier.show(Notice(Tone.ERROR, "Something."))
    close = notifier.toasts[0].findChild(QToolButton, "toast_close")
    assert isinstance(close, QToolButton)
    close.click()
    assert notifier.toasts == ()


def test_the_button_acts_once_and_closes(notifier: Notifier) -> None:
    done: list[str] = []
    notifier.show(Notice(Tone.WARNING, "It changed."), "Open again", lambda: done.append("opened"))
    act = notifier.toasts[0].findChild(QPushButton, "toast_action")
    assert isinstance(act, QPushButton)
    act.click()
    assert done == ["opened"]
    assert notifier.toasts == ()


def test_endless_words_keep_the_width(notifier: Notifier, host: QWidget) -> None:
    notifier.show(Notice(Tone.ERROR, "x" * 10_000, "/tmp" + "/folder" * 60))
    (toast,) = notifier.toasts
    assert toast.width() == 400
    assert toast.minimumSizeHint().width() <= 400
    assert toast.mapTo(host, QPoint(toast.width(), 0)).x() <= host.width()


def test_the_theme_reaches_open_messages(notifier: Notifier) -> None:
    notifier.show(Notice(Tone.INFO, "Words."))
    sign = notifier.toasts[0].findChildren(QLabel)[0]
    before = sign.pixmap().toImage()
    notifier.set_theme(DARK)
    assert sign.pixmap().toImage() != before


# ---- questions


def _answer_with(monkeypatch: pytest.MonkeyPatch, text: str | None) -> list[str]:
    """Let the next question be answered by the button with `text`, or by Esc."""
    asked: list[str] = []

    def press(box: QMessageBox) -> int:
        asked.append(box.text())
        button = box.escapeButton() if text is None else None
        for each in box.buttons():
            if each.text() == text:
                button = each
        assert button is not None
        button.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    return asked


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("&Save", Answer.SAVE),
        ("&Don't save", Answer.DISCARD),
        ("&Cancel", Answer.CANCEL),
        (None, Answer.CANCEL),
    ],
)
def test_discarding_asks(
    host: QWidget, monkeypatch: pytest.MonkeyPatch, text: str | None, answer: Answer
) -> None:
    asked = _answer_with(monkeypatch, text)
    assert ask_discard(host, "lesson 3") is answer
    assert asked == ["Save the changes in “lesson 3”?"]


@pytest.mark.parametrize(("text", "answer"), [("Go on", True), ("Forget it", False), (None, False)])
def test_a_question_has_two_answers(
    host: QWidget, monkeypatch: pytest.MonkeyPatch, text: str | None, answer: bool
) -> None:
    _answer_with(monkeypatch, text)
    assert ask(host, "Go on?", "It was interrupted.", "Go on", "Forget it") is answer


# ---- bugs


@pytest.fixture
def reporter(notifier: Notifier, tmp_path: Path) -> Iterator[BugReporter]:
    result = BugReporter(notifier, tmp_path / "log" / "errors.log")
    hooks = sys.excepthook, threading.excepthook
    yield result
    sys.excepthook, threading.excepthook = hooks


def _raise(message: str) -> None:
    raise ValueError(message)


def test_a_bug_is_told_and_written_down(
    reporter: BugReporter, notifier: Notifier, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        _raise("tea is cold")
    except ValueError as error:
        reporter.report(type(error), error, error.__traceback__)
    (toast,) = notifier.toasts
    assert toast.notice.tone is Tone.ERROR
    assert "ValueError: tea is cold" in toast.notice.remedy
    assert "errors.log" in toast.notice.remedy
    log = (tmp_path / "log" / "errors.log").read_text(encoding="utf-8")
    assert "Traceback" in log
    assert "_raise" in log
    assert "Traceback" in capsys.readouterr().err


def test_a_bug_in_a_thread_is_told_in_the_window(
    reporter: BugReporter, notifier: Notifier, qtbot: QtBot
) -> None:
    reporter.install()
    thread = threading.Thread(target=_raise, args=("in a thread",))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(notifier.toasts) == 1)
    assert "in a thread" in notifier.toasts[0].notice.remedy


def test_a_log_that_cannot_be_written_is_no_second_bug(notifier: Notifier, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    reporter = BugReporter(notifier, tmp_path / "file" / "errors.log")
    reporter.report(ValueError, ValueError("x"), None)
    assert "errors.log" not in notifier.toasts[0].notice.remedy


def test_an_exception_without_words_is_told_by_its_name(
    reporter: BugReporter, notifier: Notifier
) -> None:
    reporter.report(AssertionError, AssertionError(), None)
    assert "AssertionError" in notifier.toasts[0].notice.remedy


def test_a_large_log_starts_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "_LOG_LIMIT", 100)
    log = tmp_path / "errors.log"
    for number in range(10):
        assert append_log(log, f"entry {number} " + "x" * 60)
    text = log.read_text(encoding="utf-8")
    assert "entry 9" in text
    assert "entry 0" not in text

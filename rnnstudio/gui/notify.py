"""The only place that shows messages: toasts in the window, questions, and reports of bugs."""

from __future__ import annotations

import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from rnnstudio import __version__
from rnnstudio.gui.controls import button, label, tool_button
from rnnstudio.gui.icons import icon
from rnnstudio.gui.theme import LIGHT, Theme
from rnnstudio.session.session import Notice, Tone

_WIDTH = 400
_MARGIN = 16
_LIMIT = 4  # more toasts than this hide what they speak of
_ERROR_LIMIT = 3
# People read about 15 letters a second aloud; what must not be missed stays twice as long, and
# then some. What only confirms is shorter, so that it leaves what it covers.
_SECONDS_A_LETTER = 0.13
_SECONDS_AT_LEAST = 5.0
_CONFIRMING = (Tone.INFO, Tone.SUCCESS)
_CONFIRMING_SECONDS_A_LETTER = 0.06
_ERROR_SECONDS_AT_LEAST = 20.0
_LOG_LIMIT = 1_000_000  # bytes
_ROLES = {
    Tone.INFO: "accent",
    Tone.SUCCESS: "success",
    Tone.WARNING: "warning",
    Tone.ERROR: "error",
}


class Toast(QFrame):
    """One message. One with a button stays until it is closed, an error for a long time.

    While the mouse is over it, the time stands still.
    """

    closed = Signal(object)  # the toast

    def __init__(
        self,
        notice: Notice,
        theme: Theme,
        parent: QWidget,
        action_words: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self.notice = notice
        self._on_action = on_action
        self.setProperty("role", "toast")
        self.setProperty("level", str(notice.tone))
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName(f"{notice.tone}: {notice.happened} {notice.remedy}".strip())
        self._sign = QLabel()
        self._sign.setFixedSize(20, 20)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.setContentsMargins(0, 2, 0, 0)
        words.addWidget(_words(notice.happened, "heading"))
        if notice.remedy:
            words.addWidget(_words(notice.remedy, "muted"))
        if action_words:
            act = button(action_words, "link")
            act.setObjectName("toast_action")
            act.clicked.connect(self._on_action_clicked)
            words.addWidget(act, alignment=Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        self._close = tool_button("", "Close")
        self._close.setObjectName("toast_close")
        self._close.setIconSize(QSize(14, 14))
        self._close.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 12, 8, 12)
        layout.setSpacing(10)
        layout.addWidget(self._sign, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignTop)
        self.set_theme(theme)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self._stays = bool(action_words)
        self._is_read = False
        letters = len(notice.happened) + len(notice.remedy)
        seconds = _SECONDS_AT_LEAST + _SECONDS_A_LETTER * letters
        if notice.tone in _CONFIRMING:
            seconds = max(_SECONDS_AT_LEAST, _CONFIRMING_SECONDS_A_LETTER * letters)
        elif notice.tone is Tone.ERROR:
            seconds = max(seconds, _ERROR_SECONDS_AT_LEAST)
        self._milliseconds = round(1000 * seconds)
        self.restart()

    def restart(self) -> None:
        """Begin the time for reading anew."""
        if not self._stays and not self._is_read:
            self._timer.start(self._milliseconds)

    def dismiss(self) -> None:
        """Close the message."""
        self._timer.stop()
        self.hide()
        self.closed.emit(self)
        self.deleteLater()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        sign = icon(str(self.notice.tone), theme, _ROLES[self.notice.tone])
        self._sign.setPixmap(sign.pixmap(QSize(20, 20), self.devicePixelRatio()))
        self._close.setIcon(icon("close", theme))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._is_read = True
        self._timer.stop()  # who reads it is not hurried

    def leaveEvent(self, event: QEvent) -> None:
        self._is_read = False
        self.restart()

    def _on_action_clicked(self) -> None:
        self.dismiss()
        if self._on_action is not None:
            self._on_action()


class Notifier(QObject):
    """Stacks toasts in a lower corner of a widget, the newest at the bottom.

    It is the right corner, or the left one where the right one would cover what is worked in.
    """

    def __init__(self, host: QWidget) -> None:
        """Show the toasts over `host`: the part of the window that may be covered."""
        super().__init__(host)
        self._host = host
        self._theme = LIGHT
        self._toasts: list[Toast] = []
        self._at_left = False
        host.installEventFilter(self)

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """What is shown, the oldest first."""
        return tuple(self._toasts)

    def show(
        self, notice: Notice, action_words: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        """Show a message; one that is shown already only stays longer.

        Args:
            action_words: what stands on a button in the message, "" for none.
            on_action: called when the button is clicked.
        """
        for toast in self._toasts:
            if toast.notice == notice:
                toast.restart()
                return
        toast = Toast(notice, self._theme, self._host, action_words, on_action)
        toast.closed.connect(self._on_closed)
        if not self._toasts:  # those that are read already do not move
            self._at_left = self._covers_work(toast)
        self._toasts.append(toast)
        for surplus in self._errors()[:-_ERROR_LIMIT]:
            surplus.dismiss()
        while len(self._toasts) > _LIMIT:
            self._toasts[0].dismiss()
        self._place()
        toast.show()
        toast.raise_()
        announce(toast)

    def clear(self) -> None:
        """Close all messages."""
        for toast in self.toasts:
            toast.dismiss()

    def clear_errors(self) -> None:
        """Close the errors: what failed has been done since."""
        for toast in self._errors():
            toast.dismiss()

    def drop_outdated(self, turn: int) -> None:
        """Close what was true until the next step, when another has been done or undone."""
        for toast in self.toasts:
            if toast.notice.turn not in (None, turn):
                toast.dismiss()

    def _errors(self) -> list[Toast]:
        return [toast for toast in self._toasts if toast.notice.tone is Tone.ERROR]

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        for toast in self._toasts:
            toast.set_theme(theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _on_closed(self, toast: Toast) -> None:
        self._toasts.remove(toast)
        self._place()

    def _place(self) -> None:
        bottom = self._host.height() - _MARGIN
        for toast in reversed(self._toasts):
            toast.setFixedHeight(toast.heightForWidth(_WIDTH))
            bottom -= toast.height()
            toast.move(_MARGIN if self._at_left else self._right(), bottom)
            bottom -= 8

    def _right(self) -> int:
        return self._host.width() - _WIDTH - _MARGIN

    def _covers_work(self, toast: Toast) -> bool:
        """Whether a toast at the right would cover what has the keyboard, and at the left not."""
        work = self._host.window().focusWidget()
        if work is None or not self._host.isAncestorOf(work):
            return False
        there = QRect(work.mapTo(self._host, QPoint(0, 0)), work.size())
        height = toast.heightForWidth(_WIDTH)
        top = self._host.height() - _MARGIN - height
        right, left = (QRect(x, top, _WIDTH, height) for x in (self._right(), _MARGIN))
        return there.intersects(right) and not there.intersects(left)


def announce(toast: Toast) -> None:
    """Let a screen reader say a message."""
    event = QAccessibleAnnouncementEvent(toast, toast.accessibleName())
    urgent = toast.notice.tone is Tone.ERROR
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)


_Choice = TypeVar("_Choice")
_ACCEPT = QMessageBox.ButtonRole.AcceptRole
_DESTRUCTIVE = QMessageBox.ButtonRole.DestructiveRole
_REJECT = QMessageBox.ButtonRole.RejectRole


class Answer(StrEnum):
    """What is to become of changes that are not saved."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


def ask_discard(parent: QWidget, name: str) -> Answer:
    """Ask what is to become of the changes in the project `name`."""
    return _choose(
        parent,
        f"Save the changes in “{name}”?",
        "Otherwise they are lost.",
        {
            Answer.SAVE: ("&Save", _ACCEPT),
            Answer.DISCARD: ("&Don't save", _DESTRUCTIVE),
            Answer.CANCEL: ("&Cancel", _REJECT),
        },
    )


class Recovery(StrEnum):
    """What is to become of work that a crash left behind."""

    GO_ON = "go on"
    THROW_AWAY = "throw away"
    LATER = "later"


def ask_recovery(parent: QWidget, question: str, detail: str) -> Recovery:
    """Ask what is to become of lost work; Esc and closing the question put it off."""
    return _choose(
        parent,
        question,
        detail,
        {
            Recovery.GO_ON: ("&Go on", _ACCEPT),
            Recovery.THROW_AWAY: ("&Throw it away", _DESTRUCTIVE),
            Recovery.LATER: ("&Later", _REJECT),
        },
    )


def ask(parent: QWidget, question: str, detail: str, yes: str, no: str) -> bool:
    """Ask a question with two answers; Esc and closing the question are `no`."""
    return _choose(parent, question, detail, {True: (yes, _ACCEPT), False: (no, _REJECT)})


def show_about(parent: QWidget) -> None:
    """Say what this program is."""
    box = _question(
        parent,
        f"RNN Studio {__version__}",
        "See a recurrent network read, learn and fail on sentences of your own.\n\n"
        "MIT licence. Works offline; every number shown is a number the network used.",
    )
    box.addButton("&Close", QMessageBox.ButtonRole.AcceptRole)
    box.exec()


def _choose(
    parent: QWidget,
    question: str,
    detail: str,
    answers: Mapping[_Choice, tuple[str, QMessageBox.ButtonRole]],
) -> _Choice:
    """Ask with a button an answer: the first is the default, Esc and closing are the last."""
    box = _question(parent, question, detail)
    buttons = [(box.addButton(words, role), answer) for answer, (words, role) in answers.items()]
    default, escape = buttons[0][0], buttons[-1][0]
    box.setDefaultButton(default)
    box.setEscapeButton(escape)
    box.exec()
    clicked = box.clickedButton()
    return next((answer for button, answer in buttons if button is clicked), buttons[-1][1])


def _question(parent: QWidget, question: str, detail: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setWindowTitle("RNN Studio")
    box.setWindowModality(Qt.WindowModality.WindowModal)
    box.setIconPixmap(parent.windowIcon().pixmap(QSize(40, 40), parent.devicePixelRatio()))
    box.setText(question)
    box.setInformativeText(detail)
    box.setTextFormat(Qt.TextFormat.PlainText)
    return box


class BugReporter(QObject):
    """Turns every exception that nobody caught into a line of the log and one message.

    The program goes on: what failed is one event's work, and the document is replaced as a whole.
    """

    _reported = Signal(str)

    def __init__(self, notifier: Notifier, log: Path) -> None:
        """Report to `notifier` and append to the file `log`, whose folder is made if need be."""
        super().__init__(notifier)
        self._notifier = notifier
        self._log = log
        # Queued where the exception comes from another thread.
        self._reported.connect(self._on_reported)

    def install(self) -> None:
        """Become what Python calls for uncaught exceptions, in every thread."""
        sys.excepthook = self.report
        threading.excepthook = self._report_thread

    def uninstall(self) -> None:
        """Give Python its own hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def report(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Log an exception and say so; an interrupt from the keyboard ends the program."""
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, error, trace)
            application = QApplication.instance()
            if application is not None:
                application.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        written = append_log(self._log, text)
        summary = f"{kind.__name__}: {error}".strip().splitlines()[0]
        where = f"It is written down in {self._log}." if written else ""
        self._reported.emit(f"{summary}\n{where}")

    def _report_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _on_reported(self, text: str) -> None:
        summary, where = text.split("\n", 1)
        happened = "Something in RNN Studio went wrong. Your work is still there."
        self._notifier.show(Notice(Tone.ERROR, happened, f"{summary}. {where}".strip()))


def append_log(log: Path, text: str) -> bool:
    """Append an entry to a log file, which starts anew when it is large; False if that fails."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        mode = "w" if log.exists() and log.stat().st_size > _LOG_LIMIT else "a"
        with log.open(mode, encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} RNN Studio {__version__}\n{text}\n")
    except OSError:
        return False
    return True


def _words(text: str, role: str) -> QLabel:
    result = label(breakable(text), role)
    result.setWordWrap(True)
    return result


def breakable(text: str, longest: int = 1000) -> str:
    """Return `text` cut to `longest` letters, with places to break long words and paths at."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return re.sub(r"([/\\_]|\S{30})(?=\S)", "\\1\u200b", text)

"""Starts the window, or takes pictures of it; Qt is imported only when it is known to load."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rnnstudio.errors import RnnStudioError
from rnnstudio.gui.qt_check import explain_import_error, has_screen, missing_qt_library
from rnnstudio.project.kinds import Kind
from rnnstudio.project.saving import check_can_save, put_in_place, words_of
from rnnstudio.session.state import PAGES

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from rnnstudio.gui.wiring import Wiring
    from rnnstudio.session.session import Session

# Of the offscreen plugin about itself, and of a font that another one stands in for.
_REMARKS = ("This plugin does not support", "OpenType support missing")
PICTURE_SIZE = (1600, 1000)
_CALM_SECONDS = 0.15  # before a picture: nothing new is asked for so long
_PICTURE_FOLDER = Path("rnnstudio-demo")


def open_window(path: Path | None) -> int:
    """Show the window, on a file if one is given, until it is closed; return the exit status.

    Raises:
        RnnStudioError: there is no screen, Qt lacks a library, or the file cannot be read.
    """
    return _open_window(path, untitled=False)


def demo(project_path: Path) -> int:
    """Show a trained project in the window; with no screen, write a picture of every page.

    Raises:
        RnnStudioError: Qt lacks a library, or the pictures cannot be written.
    """
    if has_screen():
        return _open_window(project_path, untitled=True)
    folder = _PICTURE_FOLDER.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RnnStudioError(f"{folder} cannot be made: {words_of(error)}.") from None
    _take_pictures(
        project_path,
        {
            folder / f"{page}{'-dark' if theme == 'dark' else ''}.png": (page, theme)
            for theme in ("light", "dark")
            for page in PAGES
        },
        PICTURE_SIZE,
        None,
    )
    print(f"There is no screen: pictures of every page are in {folder}")
    return 0


def take_shot(
    path: Path | None,
    page: str,
    output: Path,
    size: tuple[int, int],
    theme: str,
    sentence: str | None,
) -> None:
    """Write a page of the window as a picture; no screen is needed.

    Raises:
        RnnStudioError: Qt lacks a library, the file or the sentence cannot be read, or the picture
            not be written.
    """
    _take_pictures(path, {output: (page, theme)}, size, sentence)


def _open_window(path: Path | None, untitled: bool) -> int:
    if not has_screen():
        raise RnnStudioError(
            "There is no screen to show the window on.",
            "Without one, “rnnstudio demo” writes pictures of every page and “rnnstudio train” "
            "trains a network.",
        )
    application = _application()
    wiring = _wiring(path, untitled)
    from rnnstudio.gui.garbage import CollectingHere
    from rnnstudio.gui.notify import BugReporter
    from rnnstudio.project.folders import data_folder
    from rnnstudio.session.commands.view import change_preferences

    reporter = BugReporter(wiring.window.notifier, data_folder() / "log.txt")
    reporter.install()
    try:
        wiring.window.restore_place(wiring.session.state.preferences.geometry)
        wiring.render()
        wiring.window.show()
        wiring.start()
        with CollectingHere():
            status = application.exec()
            change_preferences(wiring.session, geometry=wiring.window.place())
            wiring.take_down()
    finally:
        # Whatever ended the window other than its user's answer: the next start offers the work.
        wiring.session.shut_down(discard=not wiring.session.state.unsaved)
        reporter.uninstall()
    return status


def _take_pictures(
    path: Path | None,
    pictures: dict[Path, tuple[str, str]],
    size: tuple[int, int],
    sentence: str | None,
) -> None:
    for output in pictures:
        check_can_save(output, Kind.PNG)
    if sys.platform == "linux":
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _application()
    wiring = _wiring(path, untitled=True, keep_scratch=False)
    from PySide6.QtCore import Qt

    from rnnstudio.gui.export import png_bytes
    from rnnstudio.gui.formula import load_formulas
    from rnnstudio.gui.garbage import CollectingHere
    from rnnstudio.session.commands.view import change_theme, show_page

    session, window = wiring.session, wiring.window
    with CollectingHere():
        try:
            _wait_for_data(wiring)
            if sentence is not None:
                _read_sentence(session, sentence)
            window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
            window.setMinimumSize(1, 1)
            window.resize(*size)
            load_formulas()
            window.show()
            for output, (page, theme) in pictures.items():
                change_theme(session, theme, keep=False)
                show_page(session, page)
                _let_work(wiring)
                _write(output, png_bytes(window, 1.0))
        finally:
            session.shut_down()
            wiring.take_down()


def _wait_for_data(wiring: Wiring) -> None:
    """Wait until data that are read beside the window are there.

    Raises:
        RnnStudioError: they cannot be read; in the window a notice would say so.
    """
    from rnnstudio.session.session import Notice, Tone

    errors: list[RnnStudioError] = []

    def listen(notice: Notice) -> None:
        if notice.tone is Tone.ERROR:
            errors.append(RnnStudioError(notice.happened, notice.remedy))

    wiring.session.notified.connect(listen)
    _wait_for_answers(wiring)
    wiring.session.notified.disconnect(listen)
    if errors:
        raise errors[0]


def _read_sentence(session: Session, sentence: str) -> None:
    """Show a sentence.

    Raises:
        RnnStudioError: there is no network to read it, it is empty, or it is too long.
    """
    from rnnstudio.session.commands.view import set_sentence

    if session.state.model is None:
        raise RnnStudioError("There is no network that could read the sentence.")
    session.state.model.trace(sentence)
    set_sentence(session, sentence)


def _write(output: Path, picture: bytes) -> None:
    def fill(temporary: Path) -> None:
        temporary.write_bytes(picture)

    put_in_place(output, fill)


def _let_work(wiring: Wiring) -> None:
    """Wait until what runs beside the window has answered and everything is painted."""
    from PySide6.QtWidgets import QApplication

    while True:
        _wait_for_answers(wiring)
        wiring.render()
        calm = time.monotonic() + _CALM_SECONDS
        while time.monotonic() < calm:  # layouts settle, and lists ask about what is seen in them
            QApplication.processEvents()
            time.sleep(0.005)
        if not wiring.session.background.busy:
            return


def _wait_for_answers(wiring: Wiring) -> None:
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    while wiring.session.background.busy:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def _application() -> QApplication:
    lacking = missing_qt_library()
    if lacking is not None:
        raise RnnStudioError(lacking)
    application = _imported(_make_application)
    _leave_out_remarks()
    return application


def _leave_out_remarks() -> None:
    """Keep remarks of Qt that mean nothing to the user off the terminal."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    def say(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        del kind, context
        if not message.startswith(_REMARKS):
            print(message, file=sys.stderr)

    qInstallMessageHandler(say)


def _make_application() -> QApplication:
    from rnnstudio.gui.app import make_application
    from rnnstudio.gui.theme import THEMES
    from rnnstudio.project.preferences import load_preferences

    return make_application(THEMES[load_preferences().theme])


def _imported(function: Callable[[], QApplication]) -> QApplication:
    try:
        return function()
    except ImportError as error:
        raise RnnStudioError(explain_import_error(error)) from None


def _wiring(path: Path | None, untitled: bool, keep_scratch: bool = True) -> Wiring:
    """Return a window on a file, on data, or on what the first start shows."""
    from rnnstudio.gui.wiring import Wiring
    from rnnstudio.project.preferences import load_preferences
    from rnnstudio.project.schema import looks_like_project
    from rnnstudio.session.commands.data import open_data
    from rnnstudio.session.commands.files import show_project, show_untitled, show_welcome
    from rnnstudio.session.commands.start import make_session

    session = make_session(load_preferences(), keep_scratch)
    try:
        if path is None:
            show_welcome(session)
        elif not looks_like_project(path):
            show_welcome(session)
            open_data(session, path)
        elif untitled:
            show_untitled(session, path)
        else:
            show_project(session, path)
        return Wiring(session)
    except BaseException:
        session.shut_down()
        raise

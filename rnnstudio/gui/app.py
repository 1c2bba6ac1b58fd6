"""Makes the application object: style, fonts, names, icon."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from rnnstudio import __version__
from rnnstudio.gui.icons import program_icon
from rnnstudio.gui.theme import LIGHT, Theme, apply_theme, font, load_fonts

# How long training may keep Python from the window, which asks for it at each call of Qt. With
# Python's own 5 ms a repaint beside the training takes several times as long.
_SWITCH_SECONDS = 1e-4


def make_application(theme: Theme = LIGHT, arguments: Sequence[str] = ()) -> QApplication:
    """Return the application object, dressed in `theme`; the one that exists if there is one.

    Call `qt_check.why_qt_cannot_start` first: Qt ends the process where its platform cannot load.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    application = QCoreApplication.instance()
    if not isinstance(application, QApplication):
        QApplication.setStyle("Fusion")  # looks the same on every system, and style sheets fit it
        application = QApplication([sys.argv[0] if sys.argv else "rnnstudio", *arguments])
    application.setApplicationName("rnnstudio")
    application.setApplicationDisplayName("RNN Studio")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("rnnstudio")
    load_fonts()
    application.setFont(font())
    application.setWindowIcon(program_icon())
    apply_theme(theme)
    return application

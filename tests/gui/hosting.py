"""Shows a panel or page inside a plain window, as the program does."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def hosted(qtbot: QtBot, widget: QWidget, width: int, height: int) -> None:
    """Put `widget` with this size into a window of its own and show it until the test ends.

    Qt's offscreen platform warns where a window's own size hints change while it is shown.
    """
    window = QWidget()
    widget.setParent(window)
    widget.resize(width, height)
    window.resize(width, height)

    def hide(_: QWidget) -> None:
        window.hide()  # that qtbot holds this function keeps the window alive

    qtbot.addWidget(window, before_close_func=hide)
    window.show()

"""Every test of the window begins in the light theme."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from rnnstudio.gui.app import make_application


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The class that pytest-qt makes the application of."""
    return QApplication


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> None:
    """Dress the application as the program does; an earlier test may have changed the theme."""
    make_application()

"""The menu of a class' name beside a confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from rnnstudio.gui.plots.matrix_classes import Deed


def class_menu(
    parent: QWidget, deeds: Sequence[Deed], done: Callable[[Mapping[str, Any]], None]
) -> QMenu:
    """Make a menu; `done` is called with the changes that are chosen."""
    menu = QMenu(parent)
    menu.setObjectName("class_menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for deed in deeds:
        action = menu.addAction(deed.words.replace("&", "&&"))
        action.triggered.connect(partial(_call, done, deed.changes))
    return menu


def _call(
    done: Callable[[Mapping[str, Any]], None], changes: Mapping[str, Any], _checked: bool = False
) -> None:
    done(changes)

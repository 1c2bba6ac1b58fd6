"""⤢: a panel fills the window and goes back to its exact place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QSplitter, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Page(QWidget):
    """Panels in a box, a grid and a splitter."""

    def __init__(self) -> None:
        super().__init__()
        self.boxed, self.gridded, self.split = (Panel(name) for name in ("box", "grid", "split"))
        self.field = QLineEdit()
        self.boxed.body.addWidget(self.field)
        self.panels = (self.boxed, self.gridded, self.split)
        self.neighbour = QWidget()
        row = QHBoxLayout()
        row.addWidget(self.boxed, 3)
        row.addWidget(QWidget(), 1)
        grid = QGridLayout()
        grid.addWidget(self.gridded, 0, 0, 1, 2)
        grid.addWidget(QWidget(), 1, 0)
        splitter = QSplitter()
        splitter.addWidget(self.neighbour)
        splitter.addWidget(self.split)
        layout = QVBoxLayout(self)
        layout.addLayout(row, 1)
        layout.addLayout(grid, 1)
        layout.addWidget(splitter, 1)


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    return Page()


@pytest.fixture
def window(page: Page, qtbot: QtBot) -> MainWindow:
    result = MainWindow(["unroll", "data"], lambda: True)
    result.add_page("unroll", page)
    result.add_page("data", QWidget())
    qtbot.addWidget(result)
    result.show()
    result.activateWindow()
    qtbot.waitUntil(result.isActiveWindow)
    return result


@pytest.mark.parametrize("place", ["boxed", "gridded", "split"])
def test_a_panel_fills_the_window_and_returns(
    window: MainWindow, page: Page, qtbot: QtBot, place: str
) -> None:
    panel: Panel = getattr(page, place)
    others = [other for other in page.panels if other is not panel]
    before = [each.geometry() for each in (panel, *others)]
    panel.enlarge_button.click()
    assert window.enlarger.panel is panel
    assert not page.isVisible()
    qtbot.waitUntil(lambda: panel.width() > window.width() - 40)
    panel.enlarge_button.click()
    assert window.enlarger.panel is None
    qtbot.waitUntil(lambda: [each.geometry() for each in (panel, *others)] == before)
    assert panel.isVisible()
    assert page.isVisible()


def test_esc_returns_and_gives_the_focus_back(window: MainWindow, page: Page) -> None:
    page.field.setFocus()
    window.enlarger.toggle(page.boxed)
    assert page.field.hasFocus()  # it moved along
    window.enlarger.restore()
    assert page.field.hasFocus()
    window.enlarger.toggle(page.gridded)
    assert page.gridded.enlarge_button.hasFocus()
    cancelled: list[str] = []
    window.action_triggered.connect(cancelled.append)
    window.actions_table["cancel"].setEnabled(True)
    QTest.keyClick(page.gridded.enlarge_button, Qt.Key.Key_Escape)
    assert window.enlarger.panel is None
    assert page.field.hasFocus()
    assert cancelled == []  # Esc left the panel and did not cancel the training too


def test_a_focus_that_has_gone_is_no_trouble(window: MainWindow, page: Page, qtbot: QtBot) -> None:
    passing = QLineEdit(page.neighbour)
    passing.show()
    passing.setFocus()
    window.enlarger.toggle(page.split)
    with qtbot.waitSignal(passing.destroyed):
        passing.deleteLater()
    window.enlarger.restore()
    assert page.split.isVisible()


def test_another_panel_takes_the_place(window: MainWindow, page: Page) -> None:
    window.enlarger.toggle(page.boxed)
    window.enlarger.toggle(page.split)
    assert window.enlarger.panel is page.split
    assert page.isAncestorOf(page.boxed)
    window.enlarger.restore()
    assert page.isAncestorOf(page.split)
    window.enlarger.restore()  # nothing left to do


def test_the_button_says_what_it_will_do(window: MainWindow, page: Page) -> None:
    before = page.boxed.enlarge_button.toolTip()
    window.enlarger.toggle(page.boxed)
    assert "Esc" in page.boxed.enlarge_button.toolTip()
    window.enlarger.restore()
    assert page.boxed.enlarge_button.toolTip() == before

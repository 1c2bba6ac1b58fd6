"""Someone at the window, for the tests that take whole journeys through it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.engine.trace import Trace
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.wiring import Wiring
from rnnstudio.session.state import PAGES, RunStatus, SessionState

WAIT = 60_000
Key = Qt.Key
CTRL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
_LEFT = Qt.MouseButton.LeftButton


class Person:
    """Someone at the window: what goes in, goes in where the system would put it."""

    def __init__(self, wiring: Wiring, qtbot: QtBot) -> None:
        self.wiring = wiring
        self.window = wiring.window
        self.qtbot = qtbot

    @property
    def state(self) -> SessionState:
        return self.wiring.session.state

    @property
    def trace(self) -> Trace:
        """The present sentence, read anew by the present network."""
        assert self.state.model is not None
        return self.state.model.trace(self.state.selection.sentence)[1]

    def settle(self) -> None:
        """Let the window show what the document holds."""
        QApplication.processEvents()
        QApplication.processEvents()

    def wait(self) -> None:
        """Wait until nothing trains, reads, writes or evaluates any more."""
        session = self.wiring.session
        self.qtbot.waitUntil(
            lambda: (
                session.training is None
                and session.state.activity is None
                and not session.background.busy
                and not session.evaluation_timer.isActive()
            ),
            timeout=WAIT,
        )
        self.settle()

    def click(
        self,
        widget: QWidget,
        point: QPoint | None = None,
        modifiers: Qt.KeyboardModifier = PLAIN,
    ) -> None:
        """Click on the window where the widget is seen; something may lie over it."""
        if isinstance(widget, QAbstractScrollArea):
            widget = widget.viewport()
        point = widget.rect().center() if point is None else point
        assert widget.isVisible()
        place = widget.mapTo(self.window, point)
        found = self.window.childAt(place)
        assert found is widget, f"{found} lies over {widget.objectName()}"
        QTest.mouseClick(self.window.windowHandle(), _LEFT, modifiers, place)
        self.settle()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a key; the focus decides who gets it."""
        QTest.keyClick(self.window.windowHandle(), key, modifiers)
        self.settle()

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, text)
        self.settle()

    def tab_to(self, wanted: QWidget) -> None:
        """Go to a widget as those do who have no mouse."""
        for _ in range(80):
            if QApplication.focusWidget() is wanted:
                return
            self.key(Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {wanted.objectName()}")

    def go_to(self, page: str) -> None:
        button = self.window.rail.findChild(QToolButton, f"page_{page}")
        assert isinstance(button, QToolButton)
        self.click(button)
        assert self.window.page is self.window.pages[page]

    def panels(self) -> list[Panel]:
        """The panels of the page that are seen."""
        panels: tuple[Panel, ...] = getattr(self.window.page, "panels")  # noqa: B009
        return [panel for panel in panels if panel.isVisible()]

    def is_at(self, status: RunStatus) -> bool:
        """Whether the run stands there."""
        return self.state.run.status is status

    def drop(self, path: Path) -> None:
        """Carry a file over the window and let it go in the middle of the page."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        place, copy = QPoint(700, 450), Qt.DropAction.CopyAction
        enter = QDragEnterEvent(place, copy, data, _LEFT, PLAIN)
        QApplication.sendEvent(self.window.windowHandle(), enter)
        assert enter.isAccepted()
        assert self.window.drop_place.isVisible()
        event = QDropEvent(QPointF(place), copy, data, _LEFT, PLAIN)
        QApplication.sendEvent(self.window.windowHandle(), event)
        assert event.isAccepted()
        assert not self.window.drop_place.isVisible()
        self.wait()

    def read(self, sentence: str) -> None:
        """Type a sentence into the box and leave it."""
        self.key(Key.Key_L, CTRL)
        self.type(sentence)
        self.key(Key.Key_Tab)


def numbers(rows: list[list[str]] | None, skip: int) -> np.ndarray:
    assert rows is not None
    return np.array([[float(cell) for cell in row[skip:]] for row in rows[1:]])


def assert_strip_shows(person: Person, trace: Trace) -> None:
    """What strip and heat map hold is this trace, number for number."""
    page = person.wiring.unroll
    rows = page.network.strip.table_rows()
    assert rows is not None
    assert [row[2] for row in rows[1:]] == [str(number) for number in trace.ids]
    shown = numbers(rows, 3)
    assert shown == pytest.approx(np.hstack([trace.s, trace.y]), rel=1e-5, abs=1e-9)
    assert (
        pytest.approx(trace.s, rel=1e-5, abs=1e-9) == numbers(page.hidden_state.table_rows(), 1).T
    )


def assert_heat_map_is_painted(person: Person, trace: Trace) -> None:
    """The cells of the play head's side have the colours of their numbers."""
    heat = person.wiring.unroll.hidden_state.map
    image = heat.viewport().grab().toImage()
    for step in (2, len(trace)):
        for unit in (0, 7, trace.spec.units - 1):
            # Beside the middle: a frame may stand around the cell.
            cell = heat.cell_rect(step, unit)
            seen = image.pixelColor(cell.center().toPoint())
            wanted = heat.theme.signed_color(float(trace.s[step - 1, unit]), 1.0)
            for one, other in (
                (seen.red(), wanted.red()),
                (seen.green(), wanted.green()),
                (seen.blue(), wanted.blue()),
            ):
                assert abs(one - other) <= 2


def mean_lightness(widget: QWidget) -> float:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return float(rows[:, : image.width()].mean())


def lightness_of_pages(person: Person) -> dict[str, list[float]]:
    """How light each page's window and panels are."""
    result = {}
    for page in PAGES:
        person.go_to(page)
        QTest.qWait(300)  # the list says which sentences are seen,
        person.wait()  # and their words are shaded when it is known how
        parts = [person.window, *person.panels()]
        result[page] = [mean_lightness(part) for part in parts]
    return result

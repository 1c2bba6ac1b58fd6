"""Journeys through the real window, with the mouse and the keys of a person."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFileDialog, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.engine.trace import Trace
from rnnstudio.gui import file_actions
from rnnstudio.gui.models.examples import LINK, SAYS, SENTENCE, TRUTH
from rnnstudio.gui.notify import Answer
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.theme import DARK
from rnnstudio.gui.wiring import Wiring
from rnnstudio.project.preferences import Preferences, load_preferences
from rnnstudio.session.commands import settings
from rnnstudio.session.commands.files import show_welcome
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.state import RunStatus, SessionState

WAIT = 60_000
Key, Mouse = Qt.Key, Qt.MouseButton
CTRL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
SHIFT_CTRL = CTRL | Qt.KeyboardModifier.ShiftModifier
PAGES = {"data": Key.Key_1, "train": Key.Key_2, "unroll": Key.Key_3, "evaluate": Key.Key_4}


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
        QTest.mouseClick(self.window.windowHandle(), Mouse.LeftButton, modifiers, place)
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

    def read(self, sentence: str) -> None:
        """Type a sentence into the box and leave it."""
        self.key(Key.Key_L, CTRL)
        self.type(sentence)
        self.key(Key.Key_Tab)


@pytest.fixture
def person(qtbot: QtBot) -> Iterator[Person]:
    """At the first start."""
    session = make_session(Preferences())
    show_welcome(session)
    wiring = Wiring(session)
    window = wiring.window
    window.resize(1440, 900)
    wiring.render()
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    yield Person(wiring, qtbot)
    window.hide()
    session.shut_down()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    assert [t.name for t in threading.enumerate() if t.name == "project-writer"] == []


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
    assert numbers(page.hidden_state.table_rows(), 1).T == pytest.approx(
        trace.s, rel=1e-5, abs=1e-9
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
            difference = np.subtract(seen.getRgb(), wanted.getRgb())
            assert np.abs(difference).max() <= 2


def test_first_start_type_unroll_train_pause(person: Person) -> None:
    person.wiring.start()
    unroll, train = person.wiring.unroll, person.wiring.train
    person.settle()
    assert person.window.page is unroll
    assert unroll.sentence_box.edit.text()
    assert unroll.sentence_box.badge.accessibleName()
    assert person.state.run.status is RunStatus.FINISHED
    assert len(person.window.notifier.toasts) == 1
    assert load_preferences().welcomed
    assert_strip_shows(person, person.trace)

    person.click(unroll.sentence_box.edit)
    person.key(Key.Key_A, CTRL)
    person.type("The story was not bad at all.")
    trace = person.trace
    assert len(trace) == 10
    assert_strip_shows(person, trace)
    assert person.state.selection.step == 10
    assert_heat_map_is_painted(person, trace)

    _step_by_keys(person)
    _take_a_unit_apart(person)

    person.go_to("train")
    batches = len(person.state.curves.batch_loss)
    epochs = len(train.loss.table_rows() or [])
    person.click(train.progress.train_button)
    assert train.progress.train_button.text() == "Pause"
    person.qtbot.waitUntil(
        lambda: (
            len(person.state.curves.batch_loss) > batches + 150
            and len(train.loss.table_rows() or []) > epochs
        ),
        timeout=WAIT,
    )
    person.click(train.progress.train_button)
    person.qtbot.waitUntil(lambda: person.wiring.session.training is None, timeout=WAIT)
    assert person.state.run.status is RunStatus.PAUSED
    person.settle()
    assert train.progress.train_button.text() == "Train"
    assert np.isfinite(person.state.curves.batch_loss).all()


def _step_by_keys(person: Person) -> None:
    """Arrows, Home, End and Space, with the focus on no text."""
    last = len(person.trace)
    strip, transport = person.wiring.unroll.network.strip, person.wiring.unroll.transport
    person.key(Key.Key_Tab)  # out of the sentence box
    for key, step in (
        (Key.Key_Left, last - 1),
        (Key.Key_Left, last - 2),
        (Key.Key_Right, last - 1),
        (Key.Key_Home, 1),
        (Key.Key_Left, 1),
        (Key.Key_End, last),
        (Key.Key_Right, last),
    ):
        person.key(key)
        assert person.state.selection.step == strip.step == transport.slider.value() == step
    person.window.setFocus()  # a button that has the focus keeps Space for itself
    transport.speed_requested.emit(8.0)
    person.key(Key.Key_Space)
    assert person.state.playing
    assert strip.step < last
    person.qtbot.waitUntil(lambda: not person.state.playing, timeout=WAIT)
    person.settle()
    assert strip.step == last


def _take_a_unit_apart(person: Person) -> None:
    """Click a unit in the strip: its terms are those of the forward pass."""
    unroll, trace = person.wiring.unroll, person.trace
    strip, inspector = unroll.network.strip, unroll.inspector
    person.click(strip, strip.unit_rect(4, 2).center().toPoint())
    assert (person.state.selection.step, person.state.selection.unit) == (4, 2)
    assert "unit 3" in inspector.chip.text()
    rows = inspector.table_rows()
    assert rows is not None
    assert sum(float(row[2]) for row in rows[1:]) == pytest.approx(trace.a[3, 2], abs=6e-4)
    assert float(np.tanh(trace.a[3, 2])) == pytest.approx(trace.s[3, 2], abs=1e-6)
    spoken = " ".join(line.accessibleDescription() for line in inspector.findChildren(QWidget))
    assert f"{abs(trace.s[3, 2]):.2f}" in spoken
    heat = unroll.hidden_state.map
    person.click(heat, heat.cell_rect(6, 5).center().toPoint())
    assert (person.state.selection.step, person.state.selection.unit) == (6, 5)
    assert "unit 6" in inspector.chip.text()
    person.click(inspector.clear_button)
    assert person.state.selection.unit is None


def test_the_unroll_page_follows_the_training(person: Person) -> None:
    unroll = person.wiring.unroll
    before = numbers(unroll.network.strip.table_rows(), 3)
    person.click(person.window.top_bar.train)
    person.qtbot.waitUntil(lambda: unroll.transport.live.isVisible(), timeout=WAIT)
    person.qtbot.waitUntil(
        lambda: not np.allclose(numbers(unroll.network.strip.table_rows(), 3), before),
        timeout=WAIT,
    )
    person.key(Key.Key_F5)
    person.wait()
    assert person.state.run.status is RunStatus.PAUSED
    assert_strip_shows(person, person.trace)


def test_evaluate_open_an_error_and_change_the_split(person: Person) -> None:
    page = person.wiring.evaluate
    person.go_to("evaluate")
    person.wait()
    evaluation = person.state.evaluation
    assert evaluation is not None
    errors = evaluation.confusion * (1 - np.eye(2, dtype=np.int64))
    truth, predicted = (int(place) for place in np.unravel_index(errors.argmax(), errors.shape))
    count = int(errors[truth, predicted])
    assert count > 0, "the welcome network should make an error on its test split"

    matrix, table, model = page.confusion.matrix, page.examples.table, page.examples.model
    person.click(matrix, matrix.cell_rect(truth, predicted).center())
    assert person.state.selection.cells == {(truth, predicted)}
    assert model.rowCount() == count
    for line in range(count):
        assert model.text(line, TRUTH) == evaluation.labels[truth]
        assert model.text(line, SAYS) == evaluation.labels[predicted]
        assert person.state.table.rows[model.table_row(line)].text == model.text(line, SENTENCE)

    person.click(matrix, matrix.cell_rect(truth, truth).center(), CTRL)
    assert person.state.selection.cells == {(truth, predicted), (truth, truth)}
    assert model.rowCount() == count + evaluation.confusion[truth, truth]
    person.click(matrix, matrix.cell_rect(truth, truth).center(), CTRL)
    assert person.state.selection.cells == {(truth, predicted)}

    row, sentence = model.table_row(0), model.text(0, SENTENCE)
    person.click(table, table.visualRect(model.index(0, LINK)).center())
    assert person.window.page is person.wiring.unroll
    assert person.state.selection.row == row
    assert person.wiring.unroll.sentence_box.edit.text() == sentence
    assert_strip_shows(person, person.trace)
    y = person.trace.y[-1]
    assert int(y.argmax()) == predicted
    assert "✗" in person.wiring.unroll.sentence_box.badge.accessibleName()

    person.go_to("evaluate")
    person.click(page.per_class.split.button("train"))
    person.wait()
    evaluation = person.state.evaluation
    assert evaluation is not None
    assert evaluation.split is Split.TRAIN
    assert person.state.selection.cells == frozenset()
    assert person.state.dataset is not None
    rows = len(person.state.dataset.rows_of(Split.TRAIN))
    assert page.per_class.figures["sentences"].text() == f"{rows:,}"


def drop(person: Person, path: Path) -> None:
    """Carry a file over the window and let it go in the middle of the page."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place, copy = QPoint(700, 450), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, copy, data, Mouse.LeftButton, PLAIN)
    QApplication.sendEvent(person.window.windowHandle(), enter)
    assert enter.isAccepted()
    assert person.window.drop_place.isVisible()
    event = QDropEvent(QPointF(place), copy, data, Mouse.LeftButton, PLAIN)
    QApplication.sendEvent(person.window.windowHandle(), event)
    assert event.isAccepted()
    assert not person.window.drop_place.isVisible()
    person.wait()


def test_real_reviews_from_the_drop_to_the_reopened_project(
    person: Person, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(person, shared_data / "sentiment" / "imdb_labelled.txt")
    assert len(person.state.table.rows) == 1000
    assert person.state.unsaved
    person.go_to("train")
    person.click(person.wiring.train.progress.epoch_button)
    person.wait()
    assert person.state.curves.epoch.tolist() == [1]
    assert len(person.wiring.train.loss.table_rows() or []) == 2
    person.go_to("unroll")
    person.read("This movie was awful")
    assert_strip_shows(person, person.trace)
    before, answer = person.state, person.trace.y

    path = tmp_path / "reviews.rnnstudio"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(path), ""))
    person.key(Key.Key_S, CTRL)
    person.wait()
    assert path.is_file()
    assert not person.state.unsaved
    assert "reviews" in person.window.windowTitle()

    person.key(Key.Key_N, CTRL)
    person.wait()
    assert person.state.path is None
    assert len(person.state.curves.batch_loss) == 0
    assert len(person.state.table.rows) != 1000

    person.key(Key.Key_O, CTRL)
    person.wait()
    after = person.state
    assert after.path == path
    assert not after.unsaved
    assert after.table.rows == before.table.rows
    assert after.spec == before.spec
    assert after.probes == before.probes
    assert after.selection.sentence == "This movie was awful"
    assert np.array_equal(after.curves.batch_loss, before.curves.batch_loss)
    assert after.dataset is not None
    assert before.dataset is not None
    assert after.dataset.splits == before.dataset.splits
    assert np.array_equal(person.trace.y, answer)
    assert_strip_shows(person, person.trace)


def test_a_setting_is_taken_back_and_made_again(person: Person) -> None:
    person.go_to("train")
    fields = person.wiring.train.settings
    units = fields.findChild(QWidget, "model_units")
    assert isinstance(units, QWidget)
    before = person.state.spec.model.units
    person.tab_to(units)
    person.key(Key.Key_A, CTRL)
    person.type("37")
    person.key(Key.Key_Return)
    assert person.state.spec.model.units == 37
    person.tab_to(person.wiring.train.progress.train_button)
    person.key(Key.Key_Z, CTRL)
    assert person.state.spec.model.units == before
    assert ["Hidden units", str(before)] in (fields.table_rows() or [])
    person.key(Key.Key_Z, SHIFT_CTRL)
    assert person.state.spec.model.units == 37
    person.key(Key.Key_Z, CTRL)
    person.key(Key.Key_Y, CTRL)
    assert ["Hidden units", "37"] in (fields.table_rows() or [])


def test_closing_asks_about_what_is_not_saved(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = [Answer.CANCEL, Answer.SAVE], []

    def ask(parent: QWidget, name: str) -> Answer:
        asked.append(name)
        return answers.pop(0)

    path = tmp_path / "kept.rnnstudio"
    monkeypatch.setattr(file_actions, "ask_discard", ask)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    settings.change_setting(person.wiring.session, "model.units", 12)
    person.settle()
    assert person.window.isWindowModified()
    assert not person.window.close()
    assert person.window.isVisible()
    assert not person.window.close()  # it closes when the file is written
    person.qtbot.waitUntil(lambda: not person.window.isVisible(), timeout=WAIT)
    assert path.is_file()
    assert asked == [person.state.spec.data.name] * 2


def test_a_saved_project_closes_without_a_question(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_actions, "ask_discard", lambda *a: pytest.fail("it asked"))
    assert not person.state.unsaved
    assert person.window.close()


def panels_of(person: Person, page: str) -> list[Panel]:
    """The panels of a page that are seen."""
    panels: tuple[Panel, ...] = getattr(person.window.pages[page], "panels")  # noqa: B009
    return [panel for panel in panels if panel.isVisible()]


def test_every_panel_comes_back_to_its_place(person: Person) -> None:
    for page in PAGES:
        person.go_to(page)
        for panel in panels_of(person, page):
            before = panel.geometry()
            person.click(panel.enlarge_button)
            assert person.window.enlarger.panel is panel
            person.key(Key.Key_Escape)
            assert person.window.enlarger.panel is None
            assert panel.isVisible()
            assert panel.geometry() == before


@pytest.mark.xfail(strict=True, reason="the enlarger leaves a panel its greatest size")
def test_every_panel_fills_the_window(person: Person) -> None:
    small = []
    for page in PAGES:
        person.go_to(page)
        for panel in panels_of(person, page):
            person.click(panel.enlarge_button)
            room = panel.parentWidget().size()
            if panel.width() < 0.9 * room.width() or panel.height() < 0.9 * room.height():
                small.append((panel.title.text(), panel.size().toTuple()))
            person.key(Key.Key_Escape)
    assert small == []


def test_escape_leaves_the_large_panel_before_it_stops_the_training(person: Person) -> None:
    person.go_to("train")
    person.click(person.wiring.train.loss.enlarge_button)
    person.key(Key.Key_F5)
    person.key(Key.Key_Escape)
    assert person.window.enlarger.panel is None
    assert person.state.run.status is RunStatus.RUNNING
    person.key(Key.Key_Escape)
    person.wait()
    assert person.state.run.status is RunStatus.PAUSED


def mean_lightness(widget: QWidget) -> float:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return float(rows[:, : image.width()].mean())


def lightness_of_pages(person: Person) -> dict[str, list[float]]:
    """How light each page's window and panels are."""
    result = {}
    for page in PAGES:
        person.go_to(page)
        parts = [person.window, *panels_of(person, page)]
        result[page] = [mean_lightness(part) for part in parts]
    return result


def test_the_theme_changes_on_every_page(person: Person) -> None:
    person.wait()
    light = lightness_of_pages(person)
    person.click(person.window.top_bar.theme_button)
    assert load_preferences().theme == "dark"
    dark = lightness_of_pages(person)
    for page in PAGES:
        assert min(light[page]) > 180
        assert max(dark[page]) < 120
        assert {panel.theme for panel in panels_of(person, page)} <= {DARK}
    person.key(Key.Key_T, CTRL)
    assert lightness_of_pages(person) == pytest.approx(light, abs=1.0)


def test_the_core_path_with_keys_alone(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person, "click", lambda *a: pytest.fail("the mouse was used"))
    unroll, evaluate = person.wiring.unroll, person.wiring.evaluate
    person.read("not good")
    assert person.state.selection.sentence == "not good"
    person.tab_to(unroll.network.strip)
    person.key(Key.Key_Left)
    person.key(Key.Key_Down)
    person.key(Key.Key_Down)
    assert (person.state.selection.step, person.state.selection.unit) == (3, 1)
    assert "unit 2" in unroll.inspector.chip.text()

    person.key(Key.Key_2, CTRL)
    person.key(Key.Key_F6)
    person.wait()
    person.tab_to(person.wiring.train.progress.train_button)
    person.key(Key.Key_Space)
    assert person.state.run.status is RunStatus.RUNNING
    person.key(Key.Key_Space)
    person.wait()
    assert person.state.run.status is RunStatus.PAUSED

    person.key(Key.Key_4, CTRL)
    person.wait()
    assert person.state.evaluation is not None
    person.tab_to(evaluate.confusion.matrix)
    person.key(Key.Key_Right)
    person.key(Key.Key_Return)
    (cell,) = person.state.selection.cells
    person.key(Key.Key_Left)
    person.key(Key.Key_Return, CTRL)
    assert person.state.selection.cells == {cell, (cell[0], 0)}
    person.tab_to(evaluate.examples.table)
    person.key(Key.Key_Down)
    person.key(Key.Key_Return)
    assert person.window.page is unroll
    assert person.state.selection.row is not None

    person.key(Key.Key_1, CTRL)
    card = person.wiring.data.findChild(QWidget, "card_lecture")
    assert isinstance(card, QWidget)
    person.tab_to(card)
    person.key(Key.Key_Return)
    person.wait()
    assert len(person.state.table.rows) == 4
    person.tab_to(person.wiring.data.sentences.table)
    person.key(Key.Key_Down)
    assert person.state.selection.row == 1

"""Journeys through the real window, with the mouse and the keys of a person."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.gui import file_actions
from rnnstudio.gui.models.examples import LINK, SAYS, SENTENCE, TRUTH
from rnnstudio.gui.notify import Answer
from rnnstudio.gui.theme import DARK
from rnnstudio.gui.wiring import Wiring
from rnnstudio.project.preferences import Preferences, load_preferences
from rnnstudio.session.commands import looking, settings
from rnnstudio.session.commands.files import show_welcome
from rnnstudio.session.commands.start import make_session
from rnnstudio.session.state import PAGES, RunStatus
from tests.gui.person import (
    CTRL,
    WAIT,
    Key,
    Person,
    assert_heat_map_is_painted,
    assert_strip_shows,
    lightness_of_pages,
    numbers,
)

SHIFT_CTRL = CTRL | Qt.KeyboardModifier.ShiftModifier


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
    session.shut_down()
    wiring.take_down()
    assert [t.name for t in threading.enumerate() if t.name == "project-writer"] == []


def test_first_start_type_unroll_train_pause(person: Person) -> None:
    person.wiring.start()
    unroll, train = person.wiring.unroll, person.wiring.train
    person.settle()
    assert person.window.page is unroll
    assert unroll.sentence_box.edit.text()
    assert unroll.sentence_box.badge.accessibleName()
    assert person.is_at(RunStatus.FINISHED)
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
    assert person.is_at(RunStatus.PAUSED)
    person.settle()
    assert train.progress.train_button.text() == "Train"
    assert np.isfinite(person.state.curves.batch_loss).all()


def test_pages_that_are_made_later_leave_screen_and_focus_alone(person: Person) -> None:
    person.wiring.start()
    person.click(person.wiring.unroll.sentence_box.edit)
    shown = _Shown()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(shown)
    person.qtbot.waitUntil(lambda: set(person.window.pages) == set(PAGES), timeout=WAIT)
    for key in (Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4):
        person.key(key, CTRL)
    application.removeEventFilter(shown)
    assert shown.windows == []
    assert person.window.isActiveWindow()


class _Shown(QObject):
    """Notes the widgets that appear as windows of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


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
    assert person.is_at(RunStatus.PAUSED)
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
    # It opens where it was decided; the badge judges the whole sentence.
    y = person.trace.y
    assert set(y[person.state.selection.step - 1 :].argmax(axis=1)) == {predicted}
    person.key(Key.Key_End)
    assert "✗" in person.wiring.unroll.sentence_box.badge.accessibleName()

    person.go_to("evaluate")
    person.click(page.per_class.split.button("train"))
    person.wait()
    evaluation = person.state.evaluation
    assert evaluation is not None
    assert evaluation.split is Split.TRAIN
    assert person.state.selection.cells == {(truth, predicted)}, "the classes are the same"
    assert person.state.dataset is not None
    rows = len(person.state.dataset.rows_of(Split.TRAIN))
    assert page.per_class.figures["sentences"].text() == f"{rows:,}"


def test_real_reviews_from_the_drop_to_the_reopened_project(
    person: Person, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.drop(shared_data / "sentiment" / "imdb_labelled.txt")
    assert len(person.state.table.rows) == 1000
    assert person.state.unsaved
    person.go_to("train")
    person.click(person.wiring.train.probes.line)
    person.type("Never boring")
    person.key(Key.Key_Return)
    assert person.state.probes[-1].sentence == "Never boring"
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


def test_every_panel_comes_back_to_its_place(person: Person) -> None:
    for page in PAGES:
        person.go_to(page)
        for panel in person.panels():
            before = panel.geometry()
            person.click(panel.enlarge_button)
            assert person.window.enlarger.panel is panel
            person.key(Key.Key_Escape)
            assert person.window.enlarger.panel is None
            assert panel.isVisible()
            assert panel.geometry() == before


def test_every_panel_fills_the_window(person: Person) -> None:
    small = []
    for page in PAGES:
        person.go_to(page)
        for panel in person.panels():
            person.click(panel.enlarge_button)
            host = panel.parentWidget()
            assert host is not None
            room = host.size()
            # A list of few lines is no higher for it.
            ends = panel.sizePolicy().verticalPolicy() is QSizePolicy.Policy.Maximum
            low = panel.height() < 0.9 * room.height() and not ends
            if panel.width() < 0.9 * room.width() or low:
                small.append((panel.title.text(), panel.size().toTuple()))
            person.key(Key.Key_Escape)
    assert small == []


def test_escape_leaves_the_large_panel_before_it_stops_the_training(person: Person) -> None:
    person.go_to("train")
    person.click(person.wiring.train.loss.enlarge_button)
    person.key(Key.Key_F5)
    person.key(Key.Key_Escape)
    assert person.window.enlarger.panel is None
    assert person.is_at(RunStatus.RUNNING)
    person.key(Key.Key_Escape)
    person.wait()
    assert person.is_at(RunStatus.PAUSED)


def test_the_theme_changes_on_every_page(person: Person) -> None:
    person.wait()
    light = lightness_of_pages(person)
    person.click(person.window.top_bar.theme_button)
    assert load_preferences().theme == "dark"
    dark = lightness_of_pages(person)
    assert {panel.theme for panel in person.panels()} == {DARK}
    for page in PAGES:
        assert min(light[page]) > 180
        assert max(dark[page]) < 120
    person.key(Key.Key_T, CTRL)
    again = lightness_of_pages(person)
    for page in PAGES:
        assert again[page] == pytest.approx(light[page], abs=1.0)


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
    assert person.is_at(RunStatus.RUNNING)
    person.key(Key.Key_Space)
    person.wait()
    assert person.is_at(RunStatus.PAUSED)

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


def test_an_empty_sentence_that_is_entered_leaves_the_keyboard_in_the_box(person: Person) -> None:
    """What is typed next is the next sentence, not keys for the picture."""
    box = person.wiring.unroll.sentence_box.edit
    person.click(box)
    box.selectAll()
    person.key(Key.Key_Backspace)
    person.key(Key.Key_Return)
    person.type("hello")
    assert person.state.selection.sentence == "hello"


def test_escape_closes_a_step_before_it_pauses_the_training(person: Person) -> None:
    unroll = person.wiring.unroll
    person.click(unroll.network.strip, unroll.network.strip.unit_rect(4, 2).center().toPoint())
    looking.look(person.wiring.session, opened=True)
    person.key(Key.Key_F5)
    person.qtbot.waitUntil(lambda: person.wiring.session.training is not None, timeout=WAIT)
    unroll.hidden_state.map.setFocus()
    person.key(Key.Key_Escape)
    assert not person.state.looking.opened
    assert person.wiring.session.training is not None
    person.key(Key.Key_Escape)
    person.qtbot.waitUntil(lambda: person.wiring.session.training is None, timeout=WAIT)

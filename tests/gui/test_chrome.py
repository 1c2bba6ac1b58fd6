"""The frame of the window: what it says for a state, and that its parts say it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rnnstudio.engine.network import Task
from rnnstudio.engine.training_spec import LossMean
from rnnstudio.gui.app import make_application
from rnnstudio.gui.number_field import NumberField
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.theme import DARK, LIGHT, Theme, style_sheet
from rnnstudio.gui.window import MainWindow, dropped_files
from rnnstudio.project.preferences import Preferences
from rnnstudio.project.spec import LIMITS
from rnnstudio.session.commands.files import new_project
from rnnstudio.session.resolve import chrome
from rnnstudio.session.resolve.chrome import resolve_chrome
from rnnstudio.session.session import Session
from rnnstudio.session.state import Activity, Curves, RunState, RunStatus, SessionState

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Page(QWidget):
    """A page with a text box, a button and one panel."""

    def __init__(self) -> None:
        super().__init__()
        self.theme: Theme | None = None
        self.field = QLineEdit("words")
        self.button = QPushButton("press")
        self.panel = Panel("Loss", "per epoch")
        self.panels = (self.panel,)
        layout = QVBoxLayout(self)
        row = QHBoxLayout()
        row.addWidget(self.field)
        row.addWidget(self.button)
        layout.addLayout(row)
        layout.addWidget(self.panel, 1)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme


@pytest.fixture(scope="module")
def state(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionState]:
    """The built-in sentences with fresh weights."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RNNSTUDIO_HOME", str(tmp_path_factory.mktemp("home")))
        session = Session(Preferences())
        new_project(session)
        yield session.state
        session.shut_down()


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    make_application()
    names = ("data", "train", "unroll", "evaluate")
    result = MainWindow(names, lambda: True)
    for name in names:
        result.add_page(name, Page())
    qtbot.addWidget(result)
    return result


def page_of(window: MainWindow, name: str) -> Page:
    page = window.pages[name]
    assert isinstance(page, Page)
    return page


def curves(batches: int, epochs: int, validation: float = 0.25) -> Curves:
    some = np.linspace(0.7, 0.1, batches)
    each = np.linspace(0.6, 0.2, epochs)
    return Curves(
        batch_position=np.arange(batches) / 10.0,
        batch_loss=some,
        batch_accuracy=1 - some,
        gradient_norm=some,
        epoch=np.arange(1.0, epochs + 1),
        train_loss=each,
        train_accuracy=1 - each,
        validation_loss=np.full(epochs, validation),
        validation_accuracy=np.full(epochs, 0.875 if np.isfinite(validation) else np.nan),
    )


# ---- pure


def test_a_fresh_project_has_no_figures_and_cannot_be_reset(state: SessionState) -> None:
    shown = resolve_chrome(state)
    assert shown.title == "Movie polarity[*] · RNN Studio"
    assert shown.top_bar.network == "RNN 32"
    assert [figure.value for figure in shown.top_bar.figures] == ["0 / 40", "–", "–"]
    assert shown.top_bar.sparkline == ()
    enabled = shown.actions.enabled
    assert enabled.trainable
    assert enabled.steppable
    assert not enabled.resettable
    assert not enabled.cancellable
    assert not enabled.undo
    assert shown.status_bar.work == ""


def test_a_running_network_says_how_far_it_is(state: SessionState) -> None:
    run = RunState(
        number=1,
        status=RunStatus.RUNNING,
        epoch=12,
        epochs=40,
        batch=50,
        batches=100,
        tokens_per_second=41_234.0,
        seconds_left=130.2,
    )
    shown = resolve_chrome(dataclasses.replace(state, run=run, curves=curves(200, 11)))
    bar = shown.status_bar
    assert bar.work == "epoch 12 / 40 · batch 50 / 100"
    assert bar.fraction == pytest.approx(11.5 / 40)
    assert bar.left == "2 min 11 s left"
    assert bar.speed == "41,234 tokens/s"
    assert bar.cancellable
    assert [figure.value for figure in shown.top_bar.figures] == ["12 / 40", "0.250", "87.5 %"]
    assert shown.rail.training
    assert shown.actions.enabled.trainable
    assert not shown.actions.enabled.steppable


def test_without_validation_the_training_figures_are_named_so(state: SessionState) -> None:
    figures = resolve_chrome(
        dataclasses.replace(state, curves=curves(20, 4, validation=float("nan")))
    ).top_bar.figures
    assert [(figure.value, figure.name) for figure in figures[1:]] == [
        ("0.200", "train loss"),
        ("80.0 %", "train accuracy"),
    ]


@pytest.mark.parametrize("mean", list(LossMean))
def test_the_loss_of_a_labeller_says_what_it_is_of(state: SessionState, mean: LossMean) -> None:
    assert state.model is not None
    network = dataclasses.replace(state.model.network, task=Task.LABEL)
    training = dataclasses.replace(state.spec.training, loss_mean=mean)
    labeller = dataclasses.replace(
        state,
        model=dataclasses.replace(state.model, network=network),
        spec=dataclasses.replace(state.spec, training=training),
        curves=curves(20, 4),
    )
    loss = resolve_chrome(labeller).top_bar.figures[1]
    unit = "word" if mean is LossMean.WORD else "sentence"
    assert loss.name == f"validation loss, a {unit}"


def test_an_activity_is_named_before_the_training(state: SessionState) -> None:
    running = RunState(status=RunStatus.RUNNING, epoch=1, epochs=2)
    activity = Activity("Reading imdb_labelled.txt", fraction=0.5, cancellable=False)
    shown = resolve_chrome(dataclasses.replace(state, run=running, activity=activity))
    assert shown.status_bar.work == "Reading imdb_labelled.txt"
    assert not shown.status_bar.cancellable


def test_a_saved_project_has_the_name_of_its_file(state: SessionState) -> None:
    saved = dataclasses.replace(state, path=Path("/tmp/lesson 3.rnnstudio"))
    assert chrome.project_name(saved) == "lesson 3"


@pytest.mark.parametrize("page", ["data", "train", "unroll", "evaluate"])
def test_every_page_has_words_in_every_state(state: SessionState, page: str) -> None:
    empty = dataclasses.replace(
        state,
        dataset=None,
        model=None,
        evaluation=None,
        table=dataclasses.replace(state.table, rows=()),
        selection=dataclasses.replace(state.selection, sentence="   "),
    )
    for each in (state, empty):
        assert chrome.place_words(dataclasses.replace(each, page=page))
    assert not resolve_chrome(empty).actions.enabled.trainable
    assert not resolve_chrome(empty).actions.enabled.readable


def test_unknown_words_are_counted(state: SessionState) -> None:
    selection = dataclasses.replace(state.selection, sentence="the xyzzy movie")
    words = chrome.place_words(dataclasses.replace(state, selection=selection, page="unroll"))
    assert words.startswith("5 steps · 1 unknown word ·")


def test_a_long_curve_is_thinned_to_means() -> None:
    values = np.arange(6000.0)
    thin = chrome.thinned(values)
    assert len(thin) == 60
    assert thin[0] == pytest.approx(values[:100].mean())
    assert np.mean(thin) == pytest.approx(values.mean())
    assert chrome.thinned(np.array([1.0, np.nan, 2.0])) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"),
        (3.2, "4 s"),
        (59.9, "1 min 0 s"),
        (3700, "1 h 1 min"),
        (float("inf"), "a long time"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert chrome.duration(seconds) == words


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_place_of_the_style_sheet_is_filled(theme: Theme) -> None:
    sheet = style_sheet(theme)
    assert "@" not in sheet
    for line in sheet.split('url("')[1:]:
        assert Path(line.split('"')[0]).is_file()


# ---- the window


def test_the_parts_show_the_state(window: MainWindow, state: SessionState) -> None:
    run = RunState(status=RunStatus.RUNNING, epoch=2, epochs=4, batch=1, batches=2)
    window.show()
    window.render(resolve_chrome(dataclasses.replace(state, run=run, unsaved=True, page="train")))
    assert window.page is window.pages["train"]
    assert window.isWindowModified()
    assert window.top_bar.train.text() == "Pause"
    assert not window.top_bar.step.isEnabled()
    assert window.status_bar.cancel.isVisible()
    assert window.status_bar.progress.value() == 375
    window.render(resolve_chrome(state))
    assert window.top_bar.train.text() == "Train"
    assert not window.status_bar.progress.isVisible()
    assert not window.top_bar.unsaved.isVisible()


def test_rendering_asks_for_nothing(window: MainWindow, state: SessionState) -> None:
    asked: list[str] = []
    window.page_requested.connect(asked.append)
    window.action_triggered.connect(asked.append)
    for page in ("data", "evaluate", "unroll"):
        preferences = Preferences(theme="dark" if page == "data" else "light")
        window.render(
            resolve_chrome(dataclasses.replace(state, page=page, preferences=preferences))
        )
    assert asked == []


def test_the_theme_reaches_every_page(window: MainWindow, state: SessionState) -> None:
    window.render(resolve_chrome(dataclasses.replace(state, preferences=Preferences(theme="dark"))))
    assert all(page_of(window, name).theme is DARK for name in window.pages)
    window.render(resolve_chrome(state))
    assert all(page_of(window, name).theme is LIGHT for name in window.pages)


def test_the_rail_asks_for_pages(window: MainWindow, qtbot: QtBot) -> None:
    button = window.rail.findChild(QToolButton, "page_evaluate")
    assert isinstance(button, QToolButton)
    with qtbot.waitSignal(window.page_requested) as asked:
        button.click()
    assert asked.args == ["evaluate"]
    with qtbot.waitSignal(window.page_requested) as asked:
        window.actions_table["page_data"].trigger()
    assert asked.args == ["data"]


def test_hints_replace_the_words_of_the_page(window: MainWindow, state: SessionState) -> None:
    window.render(resolve_chrome(state))
    panel = page_of(window, "unroll").panel
    panel.hinted.emit("s_7, unit 3: −0.78")
    assert window.status_bar.words.words == "s_7, unit 3: −0.78"
    panel.hinted.emit("")
    assert window.status_bar.words.words == resolve_chrome(state).status_bar.place


def test_a_refused_close_keeps_the_window(qtbot: QtBot) -> None:
    answers = iter([False, True, True])
    window = MainWindow(["data"], lambda: next(answers))
    window.add_page("data", Page())
    qtbot.addWidget(window)
    refused, accepted = QCloseEvent(), QCloseEvent()
    window.closeEvent(refused)
    window.closeEvent(accepted)
    assert not refused.isAccepted()
    assert accepted.isAccepted()


def test_the_place_is_restored_only_where_it_can_be_seen(window: MainWindow) -> None:
    window.resize(1000, 700)  # the screen of the tests is 800 wide
    stored = window.place()
    window.resize(1000, 640)
    window.restore_place(stored)
    assert window.height() == 700
    for damaged in ("", "nonsense", "ä", stored[:20]):
        window.restore_place(damaged)
        assert window.height() == 700


def _files(*paths: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return data


def test_dropped_files_are_told_with_their_paths(window: MainWindow, qtbot: QtBot) -> None:
    data = _files("/tmp/a b.tsv", "/tmp/c.csv")
    arguments = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    window.show()
    enter = QDragEnterEvent(QPoint(300, 300), *arguments, Qt.KeyboardModifier.NoModifier)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert window.drop_place.isVisible()
    drop = QDropEvent(QPointF(300, 300), *arguments, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(window.files_dropped) as dropped:
        window.dropEvent(drop)
    assert dropped.args == [[Path("/tmp/a b.tsv"), Path("/tmp/c.csv")]]
    assert not window.drop_place.isVisible()


def test_a_text_box_leaves_files_to_the_window(window: MainWindow) -> None:
    data = _files("/tmp/a.tsv")
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    field = page_of(window, "unroll").field
    QApplication.sendEvent(field, drop)
    assert field.text() == "words"


def test_dragged_words_and_web_links_are_no_files() -> None:
    words = QMimeData()
    words.setText("some words")
    link = QMimeData()
    link.setUrls([QUrl("https://example.org/a.csv")])
    assert dropped_files(words) == []
    assert dropped_files(link) == []


# ---- keys


def _taken_by_control(
    window: MainWindow,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> bool:
    """Whether a key press goes to the focused control and is not taken for a shortcut."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers)
    event.ignore()
    focused = QApplication.focusWidget() or window
    QApplication.sendEvent(focused, event)
    return event.isAccepted()


def test_controls_keep_the_keys_they_use(
    window: MainWindow, state: SessionState, qtbot: QtBot
) -> None:
    window.render(resolve_chrome(state))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    page = page_of(window, "unroll")
    page.field.setFocus()
    assert _taken_by_control(window, Qt.Key.Key_Left)
    assert _taken_by_control(window, Qt.Key.Key_Space)
    page.button.setFocus()
    assert _taken_by_control(window, Qt.Key.Key_Space)
    assert not _taken_by_control(window, Qt.Key.Key_Right)
    page.button.clearFocus()
    assert not _taken_by_control(window, Qt.Key.Key_Space)


def test_undo_is_the_programs_unless_something_was_typed(window: MainWindow, qtbot: QtBot) -> None:
    page = Page()
    number = NumberField(LIMITS["training.epochs"])
    number.set_number(10)
    choice = QComboBox()
    choice.setEditable(True)
    for added in (number, choice):
        page.layout().addWidget(added)  # type: ignore[union-attr]
    window.add_page("fields", page)
    window._page_stack.setCurrentWidget(page)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    control = Qt.KeyboardModifier.ControlModifier
    keys = (
        (Qt.Key.Key_Z, control),
        (Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_Y, control),
    )
    for field in (page.field, number, choice):
        field.setFocus()
        assert not any(_taken_by_control(window, *key) for key in keys)
        QTest.keyClicks(field, "3")
        assert _taken_by_control(window, *keys[0])
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "12\r")
    assert number.number == 12
    assert not _taken_by_control(window, *keys[0])

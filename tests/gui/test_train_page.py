"""The Train page as a whole: its buttons, its two curves together, its sizes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.gui.app import make_application
from rnnstudio.gui.pages.train import TrainPage
from rnnstudio.gui.panels.progress import ProgressPanel
from rnnstudio.gui.theme import DARK, LIGHT
from rnnstudio.project.evaluation import evaluate
from rnnstudio.project.project import Probe
from rnnstudio.session.resolve.confusion import resolve_live_confusion
from rnnstudio.session.resolve.curves import resolve_accuracy, resolve_loss
from rnnstudio.session.resolve.probes import resolve_probes
from rnnstudio.session.resolve.train import resolve_progress, resolve_settings
from rnnstudio.session.state import RunStatus, SessionState
from tests.gui.hosting import hosted
from tests.session.train_states import fresh, trained, with_probes


def render(page: TrainPage, state: SessionState) -> None:
    page.settings.render(resolve_settings(state))
    page.progress.render(resolve_progress(state))
    page.loss.render(resolve_loss(state))
    page.accuracy.render(resolve_accuracy(state))
    page.probes.render(resolve_probes(state))
    page.confusion.render(resolve_live_confusion(state))


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[TrainPage]:
    application = make_application()
    result = TrainPage()
    hosted(qtbot, result, 1516, 910)
    yield result
    application.setStyleSheet("")


def pressed(panel: ProgressPanel) -> list[str]:
    result: list[str] = []
    for name in ("train", "pause", "one_batch", "one_epoch", "reset", "cancel"):
        signal = getattr(panel, f"{name}_requested")
        signal.connect(lambda *_, name=name: result.append(name))
    return result


def test_the_buttons_ask_for_what_they_say(page: TrainPage) -> None:
    said = pressed(page.progress)
    render(page, trained())
    for name in ("train", "one_batch", "one_epoch", "reset", "cancel"):
        found = page.progress.findChild(QPushButton, name)
        assert found is not None
        found.click()
    assert said == ["train", "one_batch", "one_epoch", "reset"]  # nothing runs to be cancelled


def test_while_it_trains_it_can_be_paused_and_cancelled(page: TrainPage) -> None:
    said = pressed(page.progress)
    render(page, trained(batches=3))
    assert page.progress.train_button.text() == "Pause"
    for widget in (page.progress.train_button, page.progress.batch_button):
        widget.click()
    page.progress.cancel_button.click()
    assert said == ["pause", "cancel"]


def test_progress_is_told(page: TrainPage) -> None:
    render(page, trained(batches=3))
    bar = page.progress.findChild(QProgressBar)
    assert bar is not None
    assert bar.value() == 250
    left = page.progress.findChild(QLabel, "left")
    assert left is not None
    assert left.text() == "1 min 23 s left · 1,000 tokens/s"
    narrow = bar.width()
    render(page, trained())
    page.progress.layout().activate()  # type: ignore[union-attr]
    assert bar.width() > narrow + 100, "the room for the time left is the bar's"


def test_why_a_run_stopped_is_told(page: TrainPage) -> None:
    problem = page.progress.findChild(QLabel, "problem")
    assert problem is not None
    render(page, trained())
    assert not problem.isVisible()
    state = trained(batches=3)
    run = dataclasses.replace(state.run, status=RunStatus.FAILED, message="Not finite. " * 40)
    render(page, dataclasses.replace(state, run=run))
    assert problem.isVisible()
    assert problem.accessibleName().startswith("Not finite.")
    assert page.width() == 1516


def test_the_two_curves_point_zoom_and_count_together(page: TrainPage) -> None:
    render(page, trained())
    page.loss.plot.epoch_pointed.emit(2)
    place = page.accuracy.findChild(QLabel, "place")
    assert place is not None
    assert place.text() == "epoch 2"
    page.accuracy.plot.span_chosen.emit((1.0, 3.0))
    assert page.loss.plot.span == (1.0, 3.0)
    found = page.accuracy.findChild(QPushButton, "batch")
    assert found is not None
    found.click()
    assert page.loss.plot.getAxis("bottom").scale == 2.0


def test_a_cell_of_the_live_matrix_asks_for_its_sentences(page: TrainPage) -> None:
    state = trained()
    assert state.model is not None
    assert state.dataset is not None
    result = evaluate(state.model, state.dataset, Split.TRAIN)
    render(page, dataclasses.replace(state, evaluation=result))
    asked: list[object] = []
    page.confusion.cells_requested.connect(asked.append)
    page.confusion.matrix.cells_selected.emit(frozenset({(0, 1)}))
    assert asked == [frozenset({(0, 1)})]


def outside(page: TrainPage) -> list[str]:
    """Visible controls of which a part lies outside of their panel."""
    names = []
    for panel in page.panels:
        for widget in panel.findChildren(QWidget):
            shown = widget.isVisible() and isinstance(widget, QPushButton | QLabel)
            if not shown:
                continue
            corner = widget.mapTo(panel, widget.rect().topLeft())
            room = panel.rect()
            if panel is page.settings:  # its rows scroll, but only up and down
                room.setTop(-9999)
                room.setBottom(9999)
            if widget.width() and not room.contains(widget.rect().translated(corner)):
                names.append(
                    f"{panel.objectName()}/{widget.objectName()}/{widget.accessibleName()}"
                )
    return names


@pytest.mark.parametrize("size", [(1516, 910), (1196, 630), (960, 520)])
def test_nothing_is_cut_off(page: TrainPage, size: tuple[int, int]) -> None:
    page.resize(*size)
    state = with_probes(trained(batches=3), *[Probe(f"sentence {n}") for n in range(8)])
    for theme in (LIGHT, DARK):
        make_application(theme)
        page.set_theme(theme)
        for shown in (fresh(), trained(), state):
            render(page, shown)
            assert not page.grab().isNull()
            assert (page.width(), page.height()) == size
            if size[1] >= 630:
                assert outside(page) == []
    assert page.confusion.isVisible() == (size[0] >= 1380)

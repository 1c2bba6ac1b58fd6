"""The curve panels: exact values, zoom, log and batch axes, and states without much to draw."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from rnnstudio.gui.panels.curve import CurvePanel
from rnnstudio.gui.plots.label_place import View, clearest_place
from rnnstudio.gui.theme import DARK, LIGHT
from rnnstudio.session.resolve.curves import Measure, resolve_accuracy, resolve_loss
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.train_states import EPOCHS, fresh, made_curves, trained

WHOLE = (0.0, EPOCHS)  # with a little room for the last ring


@pytest.fixture
def panel(qtbot: QtBot) -> CurvePanel:
    result = CurvePanel(Measure.LOSS)
    hosted(qtbot, result, 560, 320)
    QApplication.processEvents()
    return result


def words(panel: CurvePanel, name: str) -> str:
    found = panel.findChild(QLabel, name)
    assert found is not None
    return found.text()


def press(panel: CurvePanel, name: str) -> None:
    found = panel.findChild(QPushButton, name)
    assert found is not None
    found.click()


def seen(panel: CurvePanel) -> tuple[float, float]:
    low, high = panel.plot.getPlotItem().getViewBox().viewRange()[0]
    return float(low), float(high)


def place_of(panel: CurvePanel, epoch: float) -> QPointF:
    view = panel.plot.getPlotItem().getViewBox()
    height = sum(view.viewRange()[1]) / 2
    scene = view.mapViewToScene(QPointF(epoch, height))
    return QPointF(panel.plot.mapFromScene(scene))


def move_to(panel: CurvePanel, place: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        panel.plot.viewport().mapToGlobal(place),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(panel.plot.viewport(), event)


def wheel(panel: CurvePanel, place: QPointF, delta: int) -> None:
    event = QWheelEvent(
        place,
        panel.plot.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(panel.plot.viewport(), event)


def test_the_axis_goes_to_the_planned_number_of_epochs(panel: CurvePanel) -> None:
    panel.render(resolve_loss(trained(batches=5)))
    assert seen(panel) == pytest.approx(WHOLE, abs=0.1)


def test_the_newest_epoch_is_told_without_pointing(panel: CurvePanel) -> None:
    state = trained()
    panel.render(resolve_loss(state))
    assert f"{state.curves.train_loss[-1]:.4f}" in words(panel, "legend")
    assert f"{state.curves.validation_loss[-1]:.4f}" in words(panel, "legend")
    assert words(panel, "place") == f"epoch {EPOCHS}"


def test_before_the_first_epoch_the_newest_batch_is_told(panel: CurvePanel) -> None:
    state = trained(batches=1)
    panel.render(resolve_loss(state))
    assert f"{state.curves.batch_loss[0]:.4f}" in words(panel, "legend")
    assert words(panel, "place") == "newest batch"


def test_the_nearest_epoch_is_told_exactly(panel: CurvePanel) -> None:
    state = trained()
    panel.render(resolve_loss(state))
    hints: list[str] = []
    pointed: list[object] = []
    panel.hinted.connect(hints.append)
    panel.epoch_pointed.connect(pointed.append)
    QApplication.processEvents()
    move_to(panel, place_of(panel, 2.8))
    assert pointed[-1] == 3
    assert f"{state.curves.train_loss[2]:.4f}" in hints[-1]
    assert f"{state.curves.validation_loss[2]:.4f}" in hints[-1]
    assert f"{state.curves.train_loss[2]:.4f}" in words(panel, "legend")
    assert words(panel, "place") == "epoch 3"
    QApplication.sendEvent(panel.plot, QEvent(QEvent.Type.Leave))
    assert pointed[-1] is None
    assert words(panel, "place") == f"epoch {EPOCHS}"


def test_the_best_epoch_is_named_in_its_hint(panel: CurvePanel) -> None:
    state = resolve_loss(trained())
    panel.render(state)
    assert state.best is not None
    hints: list[str] = []
    panel.hinted.connect(hints.append)
    QApplication.processEvents()
    move_to(panel, place_of(panel, state.best.epoch))
    assert "the best epoch so far" in hints[-1]


def test_arrow_keys_go_by_epochs(panel: CurvePanel) -> None:
    panel.render(resolve_loss(trained()))
    pointed: list[object] = []
    panel.epoch_pointed.connect(pointed.append)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Right):
        QTest.keyClick(panel.plot, key)
    QTest.keyClick(panel.plot, Qt.Key.Key_Left)
    assert pointed == [1, 2, EPOCHS, EPOCHS, EPOCHS - 1]


def test_the_wheel_zooms_within_the_run_and_a_double_click_resets(panel: CurvePanel) -> None:
    panel.render(resolve_loss(trained()))
    QApplication.processEvents()
    spans: list[object] = []
    panel.span_chosen.connect(spans.append)
    wheel(panel, place_of(panel, 3.0), 1200)
    low, high = seen(panel)
    assert 0.0 <= low < 3.0 < high <= 1.02 * EPOCHS
    assert high - low < EPOCHS
    assert spans[-1] == (low, high)
    panel.render(resolve_loss(trained(batches=11)))
    assert seen(panel) == (low, high)
    for _ in range(5):
        wheel(panel, place_of(panel, (low + high) / 2), -1200)
    assert seen(panel) == pytest.approx(WHOLE, abs=0.1)
    assert spans[-1] is None
    for _ in range(2):
        wheel(panel, place_of(panel, 3.0), 1200)
        place = place_of(panel, 3.0).toPoint()
        QTest.mouseDClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert seen(panel) == pytest.approx(WHOLE, abs=0.1)
    assert spans[-1] is None


def test_a_run_that_goes_on_is_drawn_soon_and_a_new_one_at_once(
    qtbot: QtBot, panel: CurvePanel
) -> None:
    panel.render(resolve_loss(trained(batches=4)))
    panel.render(resolve_loss(trained(batches=6)))
    panel.render(resolve_loss(trained()))
    assert words(panel, "place") == "epoch 1"
    qtbot.waitUntil(lambda: words(panel, "place") == f"epoch {EPOCHS}")
    panel.render(resolve_loss(trained(batches=2)))
    assert words(panel, "place") == "newest batch"


def test_the_whole_run_button_shows_only_when_zoomed(panel: CurvePanel) -> None:
    panel.render(resolve_loss(trained()))
    found = panel.findChild(QPushButton, "whole_run")
    assert found is not None
    assert not found.isVisible()
    panel.show_span((1.0, 2.0))
    assert found.isVisible()
    assert seen(panel) == (1.0, 2.0)
    found.click()
    assert not found.isVisible()
    assert seen(panel) == pytest.approx(WHOLE, abs=0.1)


def test_a_new_run_ends_the_zoom(panel: CurvePanel) -> None:
    panel.render(resolve_loss(trained()))
    panel.show_span((1.0, 2.0))
    panel.render(resolve_loss(fresh()))
    assert seen(panel) == pytest.approx(WHOLE, abs=0.1)


def test_the_wheel_over_an_empty_plot_does_nothing(panel: CurvePanel) -> None:
    wheel(panel, QPointF(300, 100), 240)
    panel.render(resolve_loss(fresh()))
    assert "Train (F5)" in panel.plot.findChildren(QLabel)[1].text()


def test_the_right_button_is_the_panels_menu(qtbot: QtBot, panel: CurvePanel) -> None:
    panel.render(resolve_loss(trained()))
    place = QPoint(200, 80)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, panel.plot.viewport().mapToGlobal(place)
    )
    with qtbot.waitSignal(panel.menu_requested, timeout=1000):
        QApplication.sendEvent(panel.plot.viewport(), event)


def test_items_live_as_long_as_the_plot(panel: CurvePanel) -> None:
    panel.render(resolve_loss(fresh()))
    before = list(panel.plot.getPlotItem().items)
    for state in (trained(batches=1), trained(), fresh()):
        panel.render(resolve_loss(state))
    assert panel.plot.getPlotItem().items == before


def test_units_are_chosen_aloud_only_by_the_user(panel: CurvePanel) -> None:
    panel.render(resolve_loss(trained()))
    units: list[str] = []
    panel.unit_chosen.connect(units.append)
    panel.choose_unit("batch")
    assert units == []
    press(panel, "epoch")
    press(panel, "batch")
    assert units == ["epoch", "batch"]
    assert panel.plot.getAxis("bottom").scale == 2.0  # two batches an epoch


def test_the_table_has_a_row_an_epoch(panel: CurvePanel) -> None:
    panel.render(resolve_loss(fresh()))
    assert panel.table_rows() is None
    panel.render(resolve_loss(trained()))
    rows = panel.table_rows() or []
    assert rows[0] == ["epoch", "train loss", "validation loss"]
    assert len(rows) == EPOCHS + 1
    assert float(rows[1][1]) == pytest.approx(trained().curves.train_loss[0], rel=1e-5)


def with_nan() -> SessionState:
    curves = trained().curves
    spoilt = {}
    for name in ("batch_loss", "train_loss", "validation_loss"):
        values = getattr(curves, name).copy()
        values[len(values) // 2 :] = np.nan
        spoilt[name] = values
    return dataclasses.replace(trained(), curves=dataclasses.replace(curves, **spoilt))


def all_nan() -> SessionState:
    curves = trained().curves
    nothing = {
        name: np.full_like(getattr(curves, name), np.nan)
        for name in ("batch_loss", "train_loss", "validation_loss")
    }
    return dataclasses.replace(trained(), curves=dataclasses.replace(curves, **nothing))


def zero_loss() -> SessionState:
    curves = trained().curves
    nothing = {name: np.zeros_like(getattr(curves, name)) for name in ("batch_loss", "train_loss")}
    return dataclasses.replace(trained(), curves=dataclasses.replace(curves, **nothing))


def without_batches() -> SessionState:
    none = np.zeros(0)
    curves = dataclasses.replace(
        trained().curves,
        batch_position=none,
        batch_loss=none,
        batch_accuracy=none,
        gradient_norm=none,
    )
    return dataclasses.replace(trained(), curves=curves)


def long_run() -> SessionState:
    curves = made_curves(100_000)
    run = dataclasses.replace(trained().run, epochs=2000, batches=50)
    return dataclasses.replace(trained(), curves=curves, run=run)


DEGENERATE: dict[str, Callable[[], SessionState]] = {
    "no run": fresh,
    "one batch": lambda: trained(batches=1),
    "one epoch": lambda: trained(batches=3),
    "no validation": lambda: trained(validation=False),
    "12 classes": lambda: trained(classes=12),
    "some NaN": with_nan,
    "all NaN": all_nan,
    "zero loss": zero_loss,
    "no batches": without_batches,
    "100,000 batches": long_run,
    "no network": lambda: dataclasses.replace(fresh(), model=None),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_every_state_is_drawn_in_every_way(qtbot: QtBot, panel: CurvePanel, name: str) -> None:
    state = DEGENERATE[name]()
    accuracy = CurvePanel(Measure.ACCURACY)
    hosted(qtbot, accuracy, 500, 200)
    for theme in (LIGHT, DARK):
        for one, resolved in ((panel, resolve_loss(state)), (accuracy, resolve_accuracy(state))):
            one.set_theme(theme)
            one.render(resolved)
            for key in ("log", "batch", "linear", "epoch"):
                if one is panel or key in ("batch", "epoch"):
                    press(one, key)
                assert not one.grab().isNull()
            one.point_at(1)
            one.point_at(10_000)
            assert not one.grab().isNull()


def test_words_stand_where_they_hide_no_line() -> None:
    view = View(0.0, 10.0, 0.0, 1.0)
    flat = np.array([0.0, 10.0])
    above = [(flat, np.array([0.6, 0.6]))]
    below = [(flat, np.array([0.4, 0.4]))]
    _, lift = clearest_place((5.0, 0.5), (2.0, 0.1), view, above)
    assert lift < 0
    _, lift = clearest_place((5.0, 0.5), (2.0, 0.1), view, below)
    assert lift > 0
    share, _ = clearest_place((0.1, 0.5), (2.0, 0.1), view, [])
    assert share == 0.0
    share, _ = clearest_place((9.9, 0.5), (2.0, 0.1), view, [])
    assert share == 1.0

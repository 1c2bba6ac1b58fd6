"""The panels of reliability and of thresholds: sliders, curves, bins, words."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.engine.calibration import Binning
from rnnstudio.gui.export import svg_bytes
from rnnstudio.gui.panels.panel import Panel
from rnnstudio.gui.panels.reliability import ReliabilityPanel
from rnnstudio.gui.panels.thresholds import ThresholdPanel
from rnnstudio.gui.plots.threshold_curves import ThresholdCurve, thinned
from rnnstudio.gui.plots.unit_axes import axes_in
from rnnstudio.gui.theme import DARK
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.resolve.reliability import resolve_reliability
from rnnstudio.session.resolve.threshold_curves import CurveKind
from rnnstudio.session.resolve.thresholds import resolve_thresholds
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.gui.strip_states import move_pressed
from tests.session.page_states import evaluation_of, state_of, table_of
from tests.session.test_resolve_thresholds import random_evaluation

LABELS = ("negative", "positive")
THREE = ("bad", "fair", "good")
TABLE = table_of(("bad film", "negative"), ("good film", "positive"))
LARGE, SMALL = (700, 420), (570, 300)


def state(evaluation: Evaluation | None, **judging: Any) -> SessionState:
    return dataclasses.replace(state_of(TABLE, evaluation=evaluation), judging=Judging(**judging))


def thresholds(
    qtbot: QtBot,
    evaluation: Evaluation | None,
    size: tuple[int, int] = LARGE,
    **judging: Any,
) -> ThresholdPanel:
    """The panel, which gets back what it asks for, as from the session."""
    panel, asked = ThresholdPanel(), dict(judging)
    hosted(qtbot, panel, *size)

    def answer(changes: dict[str, Any]) -> None:
        asked.update(changes)
        panel.render(resolve_thresholds(state(evaluation, **asked)))

    panel.judging_changed.connect(answer)
    answer({})
    QApplication.processEvents()  # what was hidden gets its place
    return panel


def reliability(
    qtbot: QtBot, evaluation: Evaluation | None, size: tuple[int, int] = LARGE
) -> ReliabilityPanel:
    panel = ReliabilityPanel()
    hosted(qtbot, panel, *size)
    panel.render(resolve_reliability(state(evaluation)))
    QApplication.processEvents()
    return panel


def words(panel: Panel, name: str) -> str:
    found = panel.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text().replace("\u00a0", " ")


def roc_of(panel: ThresholdPanel) -> ThresholdCurve:
    return panel.curves[CurveKind.ROC]


def test_a_slider_asks_for_what_it_shows(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(LABELS))
    asked: list[dict[str, float]] = []
    panel.judging_changed.connect(asked.append)
    panel.threshold.setValue(620)
    panel.abstain.setValue(700)
    assert asked == [{"threshold": 0.62}, {"abstain": 0.7}]
    assert words(panel, "threshold_value") == "0.62"
    assert words(panel, "abstain_value") == "0.70"
    assert words(panel, "threshold_words").startswith("From 0.62 on it says “positive”")
    assert panel.reset_button.isEnabled()
    QTest.mouseClick(panel.reset_button, Qt.MouseButton.LeftButton)
    assert asked[-1] == {"threshold": 0.5, "abstain": 0.0}
    assert panel.threshold.value() == 500
    assert not panel.reset_button.isEnabled()


def test_showing_a_state_asks_for_nothing(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(LABELS))
    panel.judging_changed.connect(lambda changes: pytest.fail(str(changes)))
    evaluation = random_evaluation(LABELS, seed=2)
    panel.render(resolve_thresholds(state(evaluation, threshold=0.61834, abstain=0.3)))
    panel.render(resolve_thresholds(state(random_evaluation(THREE), curve_class="fair")))
    panel.render(resolve_thresholds(state(None)))
    assert panel.message.text() == "The test split is empty. Choose another split."


def test_the_keyboard_moves_a_slider_by_a_hundredth(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(LABELS))
    with qtbot.waitSignal(panel.judging_changed) as caught:
        QTest.keyClick(panel.threshold, Qt.Key.Key_Right)
    assert caught.args == [{"threshold": 0.51}]


def test_a_drag_on_a_curve_moves_the_slider(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(LABELS))
    roc = roc_of(panel)
    curve = roc.pane.curve
    assert curve is not None
    for place in (roc.places[10], roc.places[-10]):
        point = roc.point_at(place).toPoint()
        QTest.mousePress(roc, Qt.MouseButton.LeftButton, pos=QPoint(roc.width() // 2, 60))
        move_pressed(roc, point)
        QTest.mouseRelease(roc, Qt.MouseButton.LeftButton, pos=point)
        shown = float(words(panel, "threshold_value"))
        near = curve.place_of(shown)
        away = roc.point_at(near) - QPointF(point)
        assert abs(away.x()) + abs(away.y()) < 3
        assert panel.threshold.value() == round(shown * 1000)
        assert roc.pane.dot == pytest.approx((curve.x[near], curve.y[near]))


def test_a_drag_on_the_coverage_sets_what_is_not_answered(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(THREE))
    coverage = panel.curves[CurveKind.COVERAGE]
    middle = coverage.point_at(coverage.places[len(coverage.places) // 2]).toPoint()
    with qtbot.waitSignal(panel.judging_changed) as caught:
        QTest.mouseClick(coverage, Qt.MouseButton.LeftButton, pos=middle)
    assert caught.args is not None
    assert set(caught.args[0]) == {"abstain"}
    assert coverage.pane.dot is not None
    assert 0.2 < coverage.pane.dot[0] < 0.8


def test_the_keyboard_walks_along_a_curve(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(LABELS))
    roc = roc_of(panel)
    before = roc.pane.dot
    assert before is not None
    QTest.keyClick(roc, Qt.Key.Key_Right)
    after = roc.pane.dot
    assert after is not None
    assert sum(after) > sum(before)
    QTest.keyClick(roc, Qt.Key.Key_Home)
    assert roc.pane.dot == (0, 0)
    QTest.keyClick(roc, Qt.Key.Key_End)
    assert roc.pane.dot == (1, 1)


def test_a_curve_says_what_is_under_the_mouse(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(LABELS))
    roc = roc_of(panel)
    said: list[str] = []
    panel.hinted.connect(said.append)
    QTest.mouseMove(roc, roc.point_at(roc.places[5]).toPoint())
    start = "If it says “positive” from a probability of"
    qtbot.waitUntil(lambda: said[-1:] != [] and said[-1].startswith(start))
    QTest.mouseMove(roc, QPoint(20, 5))
    start = f"{roc.pane.figure}: the area under the curve, the chance that “positive” is more"
    qtbot.waitUntil(lambda: said[-1].startswith(start))


def test_the_class_of_the_curves_is_chosen_by_name(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(THREE))
    assert [panel.classes.itemText(place) for place in range(3)] == list(THREE)
    panel.classes.setCurrentIndex(2)
    with qtbot.waitSignal(panel.judging_changed) as caught:
        panel.classes.activated.emit(2)
    assert caught.args == [{"curve_class": "good"}]
    assert roc_of(panel).pane.name == "good"
    assert panel.threshold.isHidden(), "a threshold is for two classes"
    assert not panel.abstain.isHidden()


def test_all_curves_stand_where_there_is_room(qtbot: QtBot) -> None:
    large = thresholds(qtbot, random_evaluation(LABELS), LARGE)
    assert [curve.isVisible() for curve in large.curves.values()] == [True] * 3
    assert large.shown.isHidden()
    small = thresholds(qtbot, random_evaluation(LABELS), SMALL)
    assert [curve.isVisible() for curve in small.curves.values()] == [True, True, False]
    QTest.mouseClick(small.shown.button("abstaining"), Qt.MouseButton.LeftButton)
    assert [curve.isVisible() for curve in small.curves.values()] == [False, False, True]
    assert small.controls.width() < small.width() / 2


def test_only_what_differs_on_the_screen_is_drawn() -> None:
    x = np.linspace(0, 100, 100_001)
    kept = thinned(x, x, 2.0)
    assert len(kept) == 202  # both ends, and every place between them
    assert kept[0] == 0
    assert kept[-1] == 100_000
    assert thinned(np.zeros(1), np.zeros(1), 2.0).tolist() == [0]


def test_many_answers_are_drawn_as_few_points(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(LABELS, 50_000))
    for curve in panel.curves.values():
        assert curve.pane.curve is not None
        assert len(curve.pane.curve.x) > 20_000
        assert len(curve.places) < 4_000


def test_axes_keep_their_points_inside() -> None:
    box = QRectF(0, 0, 200, 160)
    axes = axes_in(box, "x", "y", low=0.5, left=0.5)
    assert axes.point(0.5, 0.5) == axes.area.bottomLeft()
    assert axes.point(1, 1) == axes.area.topRight()
    assert axes.y(0.2) == axes.area.bottom(), "what is below the axis stands on it"
    assert box.contains(axes.area)


def test_bins_say_what_they_count(qtbot: QtBot) -> None:
    panel = reliability(qtbot, evaluation_of(LABELS, [1, 1, 0, 1], [1, 1, 1, 1], [0.85] * 4))
    said: list[str] = []
    panel.hinted.connect(said.append)
    column = panel.diagram.bar_rect(8)
    QTest.mouseMove(panel.diagram, column.center().toPoint())
    assert panel.diagram.pointed == 8
    assert said[-1] == (
        "4 sentences have a confidence between 0.80 and 0.90, 0.85 on average: 3 are right "
        "(75.0 %), 10 points fewer than it thinks"
    )
    with qtbot.waitSignal(panel.judging_changed) as caught:
        QTest.mouseClick(panel.diagram, Qt.MouseButton.LeftButton, pos=column.center().toPoint())
    assert caught.args[0]["sure"] == pytest.approx((0.8, 0.9))


def test_bins_are_reached_by_the_keyboard(qtbot: QtBot) -> None:
    panel = reliability(qtbot, evaluation_of(LABELS, [1, 0], [1, 1], [0.85, 0.65]))
    QTest.keyClick(panel.diagram, Qt.Key.Key_End)
    assert panel.diagram.pointed == 9
    QTest.keyClick(panel.diagram, Qt.Key.Key_Left)
    with qtbot.waitSignal(panel.judging_changed) as caught:
        QTest.keyClick(panel.diagram, Qt.Key.Key_Return)
    assert caught.args[0]["sure"] == pytest.approx((0.8, 0.9))


def test_the_bins_are_by_width_or_by_count(qtbot: QtBot) -> None:
    panel = reliability(qtbot, random_evaluation(LABELS))
    with qtbot.waitSignal(panel.judging_changed) as caught:
        QTest.mouseClick(panel.binning.button(Binning.COUNT.value), Qt.MouseButton.LeftButton)
    assert caught.args == [{"binning": Binning.COUNT}]


def test_the_errors_stand_in_figures_and_words(qtbot: QtBot) -> None:
    panel = reliability(qtbot, evaluation_of(LABELS, [1, 1, 0, 1], [1, 1, 1, 1], [0.85] * 4))
    assert [one.text() for one in panel.figures] == ["0.100", "0.100"]
    assert "too sure of itself, by 10 points" in words(panel, "verdict")
    rows = panel.table_rows()
    assert rows is not None
    assert rows[9] == ["0.8000", "0.9000", "4", "0.8500", "0.7500"]
    assert rows[1][3:] == ["–", "–"]


@pytest.mark.parametrize("kind", [ThresholdPanel, ReliabilityPanel])
def test_the_split_is_chosen_in_the_header(
    qtbot: QtBot, kind: type[ThresholdPanel] | type[ReliabilityPanel]
) -> None:
    panel = kind()
    hosted(qtbot, panel, *LARGE)
    with qtbot.waitSignal(panel.split_chosen) as caught:
        QTest.mouseClick(panel.split.button(Split.TRAIN.value), Qt.MouseButton.LeftButton)
    assert caught.args == ["train"]


def test_the_table_has_the_points_of_all_curves(qtbot: QtBot) -> None:
    panel = thresholds(qtbot, random_evaluation(LABELS, 30))
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0][:3] == ["curve", "class", "setting"]
    assert {row[0] for row in rows[1:]} == {"ROC", "Precision–recall", "Abstaining"}
    assert rows[1] == ["ROC", "positive", rows[1][2], "0", "0", "", "", ""]


ODD = {
    "nothing yet": None,
    "no answers": evaluation_of(LABELS, [], []),
    "one answer": evaluation_of(LABELS, [1], [0], [0.7]),
    "one class": evaluation_of(("only",), [0, 0], [0, 0], [1.0, 1.0]),
    "never occurs": evaluation_of(THREE, [0, 0], [0, 1], [0.6, 0.6]),
    "all alike": evaluation_of(LABELS, [0, 1, 1], [0, 0, 0], [0.5] * 3),
    "quite sure": evaluation_of(LABELS, [0, 1], [0, 0], [1.0, 1.0]),
    "no numbers": evaluation_of(LABELS, [0, 1], [0, 0], [float("nan")] * 2),
    "a hundred": random_evaluation(tuple(f"class {place}" for place in range(100)), 50),
    "long name": random_evaluation(("a" * 300, "ב" * 80)),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("size", [LARGE, SMALL])
@pytest.mark.filterwarnings("error")
def test_odd_answers_are_drawn(qtbot: QtBot, name: str, size: tuple[int, int]) -> None:
    panels: tuple[Panel, ...] = (
        thresholds(qtbot, ODD[name], size),
        thresholds(qtbot, ODD[name], size, threshold=0.0, abstain=1.0),
        reliability(qtbot, ODD[name], size),
    )
    for panel in panels:
        panel.set_theme(DARK)
        assert not panel.grab().isNull()
        panel.table_rows()
    for panel in panels[:2]:
        assert isinstance(panel, ThresholdPanel)
        for curve in panel.curves.values():
            for key in (Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
                QTest.keyClick(curve, key)
            QTest.mouseClick(curve, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))


def test_an_axis_that_does_not_begin_at_nothing_says_so_and_is_not_filled(qtbot: QtBot) -> None:
    # All of 40 answers are right but the two that are least sure.
    sure = np.linspace(0.6, 0.99, 40).tolist()
    truth = [1, 1] + [0] * 38
    panel = thresholds(qtbot, evaluation_of(LABELS, truth, [0] * 40, sure))
    coverage = panel.curves[CurveKind.COVERAGE]
    assert coverage.pane.curve is not None
    assert coverage.pane.curve.low == 0.9
    assert coverage.y_name == "accuracy, from 0.9 on"
    assert roc_of(panel).y_name == "recall"

    def is_filled(curve: ThresholdCurve) -> bool:
        """Whether a place below the line, between the lines of the axes, has a colour."""
        image = curve.grab().toImage()
        below = image.pixel(round(image.width() * 0.62), round(image.height() * 0.7))
        return below != image.pixel(2, image.height() - 2)

    assert is_filled(roc_of(panel))
    assert not is_filled(coverage)


def test_they_are_saved_as_drawings(qtbot: QtBot) -> None:
    for panel in (
        thresholds(qtbot, random_evaluation(LABELS)),
        reliability(qtbot, random_evaluation(LABELS)),
    ):
        assert svg_bytes(panel).count(b"<path") > 10

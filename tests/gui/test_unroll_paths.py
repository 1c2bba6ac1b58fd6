"""The plane of the states: what is drawn where, and what the mouse and the keys ask for."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rnnstudio.engine.network import Cell, Task
from rnnstudio.engine.state_plane import Extent
from rnnstudio.engine.surgery import Change
from rnnstudio.gui.panels.paths import PathsPanel
from rnnstudio.gui.plots.plane_axes import Axes
from rnnstudio.gui.plots.plane_labels import Box, place_labels
from rnnstudio.gui.plots.plane_walks import label_size
from rnnstudio.gui.theme import DARK, LIGHT
from rnnstudio.session.resolve.paths import PathsState, resolve_paths
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.comparing_states import comparing, network, with_states

LEFT = Qt.MouseButton.LeftButton


def shown(
    qtbot: QtBot, state: SessionState, size: tuple[int, int] = (1130, 250)
) -> tuple[PathsPanel, PathsState]:
    panel = PathsPanel()
    hosted(qtbot, panel, *size)
    resolved = resolve_paths(state)
    panel.render(resolved)
    QApplication.processEvents()
    return panel, resolved


def place_of_step(panel: PathsPanel, step: int, walk: int = 0) -> QPoint:
    drawn = panel.plane.drawn_walks()[walk]
    return QPointF(*drawn.places[step - 1]).toPoint()


def lonely_point(panel: PathsPanel, state: PathsState) -> int:
    """A state of the data set that no step hides."""
    assert state.cloud is not None
    places = panel.plane.axes.places(state.cloud.points)
    steps = np.concatenate([drawn.places for drawn in panel.plane.drawn_walks()])
    apart = np.abs(places[:, None] - steps[None]).max(axis=2).min(axis=1)
    return int(apart.argmax())


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"units": 1},
        {"cell": Cell.GRU, "layers": 2, "units": 9},
        {"cell": Cell.LSTM, "task": Task.LABEL, "bidirectional": True},
        {"cell": Cell.SHARED, "embedding": 3},
        {"labels": tuple(f"class {n}" for n in range(60))},
    ],
)
@pytest.mark.parametrize("size", [(1130, 250), (850, 200), (1560, 900)])
def test_every_network_is_drawn_where_its_states_are(
    qtbot: QtBot, settings: dict[str, Any], size: tuple[int, int]
) -> None:
    panel, state = shown(qtbot, with_states(comparing(model=network(**settings))), size)
    panel.grab()
    axes = panel.plane.axes
    walks = panel.plane.drawn_walks()
    assert [drawn.walk for drawn in walks] == [state.present, state.other]
    for drawn in walks:
        for (x, y), point in zip(drawn.places, drawn.walk.points, strict=True):
            assert axes.point_at(QPointF(x, y)) == pytest.approx(tuple(point), abs=1e-6)
            assert panel.plane.paper.adjusted(-1, -1, 1, 1).contains(QPointF(x, y))


def test_a_step_has_the_colour_of_its_answer(qtbot: QtBot) -> None:
    panel, state = shown(qtbot, with_states(comparing(other="", step=9)), (1560, 900))
    assert state.present is not None
    image = panel.plane.grab().toImage()
    for step in range(1, 9):
        place = place_of_step(panel, step)
        near = [
            one for one in range(1, 10) if one != step
            and (place_of_step(panel, one) - place).manhattanLength() < 14
        ]  # fmt: skip
        if not near:
            answer = int(state.present.answers[step - 1])
            assert image.pixelColor(place) == LIGHT.class_color(answer)


def test_regions_have_the_colour_of_their_class(qtbot: QtBot) -> None:
    state = with_states(comparing(other="", model=network(labels=("a", "b", "c"))))
    panel, resolved = shown(qtbot, state, (1000, 600))
    resolved = dataclasses.replace(resolved, cloud=None)
    panel.render(resolved)
    image = panel.plane.grab().toImage()
    paper, axes = panel.plane.paper, panel.plane.axes
    assert resolved.regions is not None
    counted = 0
    for x in np.linspace(paper.left() + 9, paper.right() - 9, 17):
        for y in np.linspace(paper.top() + 9, paper.bottom() - 9, 13):
            label = resolved.regions.class_at(*axes.point_at(QPointF(x, y)))
            hues = [_distance(image.pixelColor(round(x), round(y)), n) for n in range(3)]
            counted += int(np.argmin(hues)) == label
    assert counted >= 17 * 13 * 0.85  # the rest lies under lines and words
    assert set(panel.plane.classes_seen) <= {0, 1, 2}


def _distance(color: QColor, label: int) -> float:
    own = LIGHT.class_color(label)
    tint = [255 - 0.15 * (255 - part) for part in (own.red(), own.green(), own.blue())]
    return float(np.abs(np.array([color.red(), color.green(), color.blue()]) - tint).sum())


def test_the_legend_lists_the_classes_in_view(qtbot: QtBot) -> None:
    labels = tuple(f"class {n}" for n in range(60))
    panel, state = shown(qtbot, with_states(comparing(model=network(labels=labels))))
    panel.grab()
    classes = [entry.class_index for entry in panel.legend.entries if entry.mark == "class"]
    assert classes == list(panel.plane.classes_seen)
    assert classes
    listed = panel.legend.shown()
    all_listed = [entry.class_index for entry in listed if entry.mark == "class"] == classes
    assert all_listed or listed[-1].words.startswith("and ")
    panel.legend.set_entries([*panel.legend.entries] * 3)
    assert panel.legend.shown()[-1].words.startswith("and ")
    marks = [entry.mark for entry in panel.legend.entries]
    assert marks[:3] == ["walk", "other", "states"]
    assert state.labels == labels


def test_a_network_with_fewer_classes_may_follow(qtbot: QtBot) -> None:
    labels = tuple(f"class {n}" for n in range(60))
    panel, _ = shown(qtbot, with_states(comparing(model=network(labels=labels))))
    panel.grab()
    panel.render(resolve_paths(with_states(comparing())))
    panel.grab()
    classes = [entry.class_index for entry in panel.legend.entries if entry.mark == "class"]
    assert classes
    assert set(classes) <= {0, 1}


def test_a_click_on_a_step_moves_the_play_head(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, with_states(comparing(step=2)), (1560, 900))
    with qtbot.waitSignal(panel.step_requested) as asked:
        QTest.mouseClick(panel.plane, LEFT, pos=place_of_step(panel, 8))
    assert asked.args == [8]


def test_a_click_on_a_state_asks_for_its_row_and_step(qtbot: QtBot) -> None:
    panel, state = shown(qtbot, with_states(comparing()), (1560, 900))
    point = lonely_point(panel, state)
    assert state.cloud is not None
    place = QPointF(*panel.plane.axes.places(state.cloud.points[[point]])[0])
    found = panel.plane.point_at(place)
    assert found is not None
    assert np.allclose(state.cloud.points[found], state.cloud.points[point], atol=0.02)
    with qtbot.waitSignal(panel.row_requested) as asked:
        QTest.mouseClick(panel.plane, LEFT, pos=place.toPoint())
    assert asked.args == list(state.place_of(found))
    words = panel.plane.words_at(place)
    row, step = state.place_of(found)
    assert f"step {step} of row {row + 1}" in words


def test_the_mouse_is_told_word_step_and_sentence(qtbot: QtBot) -> None:
    panel, state = shown(qtbot, with_states(comparing()), (1560, 900))
    words = panel.plane.words_at(QPointF(place_of_step(panel, 7)))
    assert state.present is not None
    answer = state.labels[int(state.present.answers[6])]
    assert words.startswith("step 7: after “boring” at (")
    assert words.endswith(f"answer {answer}")
    words = panel.plane.words_at(QPointF(place_of_step(panel, 6, walk=1)))
    assert words.startswith("step 6 of the other sentence: after “awesome”")
    assert "here the answer would be" in panel.plane.words_at(
        QPointF(panel.plane.paper.center())
    ) or ("after “" in panel.plane.words_at(QPointF(panel.plane.paper.center())))


def test_the_axes_say_how_much_they_explain(qtbot: QtBot) -> None:
    panel, state = shown(qtbot, with_states(comparing()))
    assert state.plane is not None
    first, second = state.plane.projection.shares
    below = QPointF(panel.plane.paper.center().x(), panel.plane.height() - 4)
    said = panel.plane.words_at(below)
    assert said == f"first principal component, {first * 100:.0f} % of the variance"
    left = QPointF(3, panel.plane.paper.center().y())
    said = panel.plane.words_at(left)
    assert said == f"second principal component, {second * 100:.0f} % of the variance"


def test_the_wheel_zooms_around_the_mouse(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, with_states(comparing()))
    view = panel.plane
    place = view.paper.center() + QPointF(60, 20)
    before = view.axes.point_at(place)
    assert panel.fit_button.isHidden()
    _wheel(view, place, 240)
    assert view.axes.point_at(place) == pytest.approx(before)
    fitted = view.fitted_extent()
    assert view.axes.extent.right - view.axes.extent.left < fitted.right - fitted.left
    assert not panel.fit_button.isHidden()
    QTest.mouseDClick(view, LEFT, pos=place.toPoint())
    assert view.axes.extent == fitted
    assert panel.fit_button.isHidden()


def _wheel(view: Any, place: QPointF, angle: int) -> None:
    event = QWheelEvent(
        place,
        view.mapToGlobal(place),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_zooming_has_ends(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, with_states(comparing()))
    view = panel.plane
    for angle in (12_000, -24_000):
        for _ in range(20):
            _wheel(view, view.paper.center(), angle)
        panel.grab()
        width = view.axes.extent.right - view.axes.extent.left
        assert 1e-6 < width < 1e4


def test_a_drag_moves_the_paper_and_asks_for_nothing(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, with_states(comparing()), (1560, 900))
    view = panel.plane
    asked: list[int] = []
    panel.step_requested.connect(asked.append)
    start = place_of_step(panel, 5)
    point = view.axes.point_at(QPointF(start))
    end = start + QPoint(80, -30)
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, start + QPoint(20, -10))
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, pos=end)
    assert view.axes.point_at(QPointF(end)) == pytest.approx(point)
    assert asked == []


def test_keys_step_zoom_and_fit(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, with_states(comparing(step=4)))
    view = panel.plane
    for key, step in (
        (Qt.Key.Key_Right, 5),
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Home, 1),
        (Qt.Key.Key_End, 9),
    ):
        with qtbot.waitSignal(panel.step_requested) as asked:
            QTest.keyClick(view, key)
        assert asked.args == [step]
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert not view.is_fitted
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.is_fitted


def test_the_ground_is_painted_once_for_all_steps(qtbot: QtBot) -> None:
    model = network()
    state = with_states(comparing(model=model, step=1))
    panel, _ = shown(qtbot, state)
    panel.plane.grab()
    ground = panel.plane._ground
    for step in range(2, 10):
        selection = dataclasses.replace(state.selection, step=step)
        panel.render(resolve_paths(dataclasses.replace(state, selection=selection)))
        panel.plane.grab()
        assert panel.plane._ground is ground
    panel.set_theme(DARK)
    panel.plane.grab()
    assert panel.plane._ground is not ground


def test_the_second_sentence_is_shown_or_not(qtbot: QtBot) -> None:
    state = with_states(comparing())
    panel, _ = shown(qtbot, state)
    assert panel.other_button.isVisible()
    assert len(panel.plane.drawn_walks()) == 2
    # Where both have read the same words, one mark stands for both.
    assert panel.plane.drawn_walks()[1].hidden == frozenset(range(5))
    QTest.mouseClick(panel.other_button, LEFT)
    assert len(panel.plane.drawn_walks()) == 1
    panel.render(resolve_paths(with_states(comparing(other=""))))
    assert not panel.other_button.isVisible()


def test_while_the_data_are_read_the_panel_says_so(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, comparing())
    assert panel.subtitle.words == "Hidden state · Reading the data set …"
    assert len(panel.plane.drawn_walks()) == 2
    panel.render(resolve_paths(with_states(comparing())))
    assert panel.subtitle.words == "Hidden state: 37 states of 4 sentences"


def test_an_empty_sentence_has_words_instead(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, comparing(present=""))
    assert panel.message.isVisible()
    assert panel.message.text()
    assert panel.table_rows() is None


def test_the_table_has_the_points(qtbot: QtBot) -> None:
    change = Change("s", 0, 0, 3, None, (0.9,) * 5)
    panel, state = shown(qtbot, with_states(comparing(changes=(change,))))
    rows = panel.table_rows()
    assert rows is not None
    assert state.present is not None
    assert [row[2] for row in rows[1:10]] == list(state.present.words)
    found = np.array([[float(row[3]), float(row[4])] for row in rows[1:10]])
    assert found == pytest.approx(state.present.points, rel=1e-4)
    assert {row[0] for row in rows[1:]} == {"present", "second", "without the changes"}


def test_states_that_are_no_numbers_are_left_out(qtbot: QtBot) -> None:
    model = network()
    parameters = model.parameters.copy()
    parameters.flat[:] = np.nan
    spoiled = dataclasses.replace(model, parameters=parameters.frozen())
    panel, _ = shown(qtbot, with_states(comparing(model=spoiled)))
    panel.grab()
    assert panel.plane.step_at(panel.plane.paper.center()) is None
    assert panel.plane.point_at(panel.plane.paper.center()) is None


def test_a_long_walk_names_the_words_around_the_play_head(qtbot: QtBot) -> None:
    words = " ".join(["boring music was awesome"] * 60)
    state = with_states(comparing(words, "", step=100))
    panel, _ = shown(qtbot, state, (1560, 900))
    panel.grab()
    drawn = panel.plane.drawn_walks()[0]
    assert drawn.labels
    assert all(abs(index + 1 - 100) <= 6 for index in drawn.labels)


def test_words_hide_neither_each_other_nor_points() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 400, (60, 2))
    sizes = np.array([label_size("word" * (n % 3 + 1), n)[:2] for n in range(60)])
    taken: list[Box] = []
    found = place_labels(points, sizes, range(60), (0, 0, 400, 400), points, taken)
    assert len(found) > 8
    boxes = [QRectF(*found[index], *sizes[index]) for index in found]
    assert len(taken) == len(found)
    for number, box in enumerate(boxes):
        assert QRectF(0, 0, 400, 400).contains(box)
        assert not any(box.intersects(other) for other in boxes[number + 1 :])
        assert not any(box.contains(QPointF(*point)) for point in points)


@pytest.mark.parametrize("extent", [(-1.0, 1.0, -1.0, 1.0), (3.2, 3.3, -200.0, 1e-3)])
def test_numbers_at_the_axes_stand_where_they_belong(
    extent: tuple[float, float, float, float],
) -> None:
    axes = Axes(Extent(*extent), QRectF(50, 10, 800, 200))
    for ticks, along in ((axes.x_ticks(), 0), (axes.y_ticks(), 1)):
        assert len(ticks) >= 2
        for place, text in ticks:
            at = QPointF(place, 100) if along == 0 else QPointF(100, place)
            value = float(text.replace("−", "-"))
            assert axes.point_at(at)[along] == pytest.approx(value, abs=1e-9)

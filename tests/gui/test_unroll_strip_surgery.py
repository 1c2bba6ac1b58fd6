"""Numbers set by hand in the strip: marked, said, dragged; the pulse while it reads."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.network import Cell
from rnnstudio.engine.surgery import Change
from rnnstudio.gui.plots.strip_bars import track
from rnnstudio.gui.theme import LIGHT
from rnnstudio.session.looking import Place
from tests.gui.strip_states import move_pressed, strip_of, strip_panel, strip_state
from tests.session.any_network import network
from tests.session.unroll_states import model_of

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_alt_and_drag_sets_a_unit(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(step=9))
    assert strip.model is not None
    asked: list[tuple[Place, float, bool]] = []
    strip.clamp_requested.connect(lambda *arguments: asked.append(arguments))
    start = strip.unit_rect(6, 2).center().toPoint()
    with qtbot.assertNotEmitted(strip.unit_requested), qtbot.assertNotEmitted(strip.step_requested):
        QTest.mousePress(strip.viewport(), LEFT, ALT, start)
        move_pressed(strip.viewport(), start - QPoint(0, 14), ALT)
        move_pressed(strip.viewport(), start - QPoint(0, 500), ALT)
        move_pressed(strip.viewport(), start + QPoint(0, 500), ALT | SHIFT)
        QTest.mouseRelease(strip.viewport(), LEFT, ALT, start)
    place = Place("s", 0, 0, 6, 2)
    assert [one[0] for one in asked] == [place] * 3
    was = float(strip.model.cells(6)[2])
    assert asked[0][1] == pytest.approx(was + 0.2, abs=2e-3)  # a tenth of the way of 2
    assert asked[1][1:] == (1.0, False)
    assert asked[2][1:] == (-1.0, True)


@pytest.mark.parametrize(
    ("activation", "low", "high"), [(Activation.TANH, -1.0, 1.0), (Activation.LOGISTIC, 0.0, 1.0)]
)
def test_the_ends_are_those_of_the_state(
    qtbot: QtBot, activation: Activation, low: float, high: float
) -> None:
    strip = strip_of(qtbot, strip_state(model_of(activation=activation), step=9))
    asked: list[float] = []
    strip.clamp_requested.connect(lambda _place, value, _onwards: asked.append(value))
    start = strip.unit_rect(6, 2).center().toPoint()
    QTest.mousePress(strip.viewport(), LEFT, ALT, start)
    for way in (-900, 900):
        move_pressed(strip.viewport(), start + QPoint(0, way), ALT)
    QTest.mouseRelease(strip.viewport(), LEFT, ALT, start)
    assert asked == [high, low]


def test_keys_set_the_selected_unit(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(step=6, unit=2))
    assert strip.model is not None
    was = float(strip.model.cells(6)[2])
    for key, modifiers, by, onwards in (
        (Qt.Key.Key_Up, ALT, 0.1, False),
        (Qt.Key.Key_Down, ALT | SHIFT, -0.1, True),
    ):
        with qtbot.waitSignal(strip.clamp_requested) as asked:
            QTest.keyClick(strip, key, modifiers)
        place, value, on = asked.args or [None, 0.0, None]
        assert place == Place("s", 0, 0, 6, 2)
        assert value == pytest.approx(min(max(was + by, -1), 1), abs=2e-3)
        assert on is onwards


def test_the_bars_show_what_would_be_without_the_changes(qtbot: QtBot) -> None:
    change = Change("s", 0, 0, 6, None, (1.0,))
    strip = strip_of(qtbot, strip_state(step=9, changes=(change,)))
    model, layout = strip.model, strip.layout_now
    assert model is not None
    assert layout is not None
    original = model.original_shares(6)
    assert original is not None
    assert abs(original[0] - model.shares(6)[0]) > 0.05
    target = strip.target_at(QPointF(strip.column_left(6) + 30, layout.bar(0).middle))
    assert target is not None
    assert f"without the changes {original[0]:.3f}" in target.words
    image = strip.viewport().grab().toImage()
    box = track(layout, strip.column_left(6), 0)
    x = round(box.left() + float(original[0]) * box.width())
    column = [image.pixelColor(x + dx, round(box.center().y())) for dx in (-1, 0, 1)]
    assert min(color.lightnessF() for color in column) < 0.35  # the mark at its end


def test_a_number_set_by_hand_has_a_corner_and_says_so(qtbot: QtBot) -> None:
    change = Change("s", 0, 0, 6, 2, (0.5,))
    strip = strip_of(qtbot, strip_state(step=9, changes=(change,)))
    assert strip.model is not None
    cell = strip.unit_rect(6, 2)
    image = strip.viewport().grab().toImage()
    corner = image.pixelColor(QPointF(cell.right() - 2, cell.top() + 1).toPoint())
    assert corner.lightnessF() < 0.4
    target = strip.target_at(cell.center())
    assert target is not None
    assert "set by hand" in target.words
    assert "0.500" in target.words
    other = strip.target_at(strip.unit_rect(3, 2).center())
    assert other is not None
    assert "changes" not in other.words


def test_another_memory_is_said_at_the_arrow(qtbot: QtBot) -> None:
    change = Change("memory_s", 0, 0, 6, None, (0.0,))
    strip = strip_of(qtbot, strip_state(step=9, changes=(change,)))
    layout = strip.layout_now
    assert layout is not None
    arrow = QPointF(strip.column_left(6) + 3, layout.frame.middle)
    target = strip.target_at(arrow)
    assert target is not None
    assert "another memory" in target.words


# what moved the decision, and where it was made


def test_the_bars_below_the_words_say_what_they_are(qtbot: QtBot) -> None:
    state = strip_state(step=9, attributed=True)
    strip = strip_of(qtbot, state)
    layout = strip.layout_now
    assert layout is not None
    assert layout.attribution is not None
    assert state.attribution is not None
    found = state.attribution.result
    for step in range(1, 10):
        point = QPointF(strip.column_left(step) + 50, layout.attribution.middle)
        target = strip.target_at(point)
        assert target is not None
        value = float(found.contributions[step - 1])
        assert f"{value:+.3f}".replace("-", "−") in target.words
        assert "(leave-one-out)" in target.words
        assert ("for" if value > 0 else "against") in target.words


def test_sign_and_size_of_a_contribution_are_seen(qtbot: QtBot) -> None:
    state = strip_state(step=9, attributed=True)
    strip = strip_of(qtbot, state)
    model, layout = strip.model, strip.layout_now
    assert model is not None
    assert layout is not None
    assert layout.attribution is not None
    image = strip.viewport().grab().toImage()
    pink = LIGHT.color("attribution").rgb()
    y = round(layout.attribution.top + 2) + 3
    for step in range(1, 10):
        share = model.contribution_share(step)
        assert share is not None
        start = strip.column_left(step) + layout.content_left + 11
        row = [image.pixel(round(start + dx), y) for dx in range(round(layout.content_width) - 11)]
        if share > 0.2:  # full
            assert abs(row.count(pink) - share * len(row)) < 4
        elif share < -0.2:  # hollow: pink at its ends alone
            assert row.count(pink) < 6


def test_without_a_finding_the_tracks_are_empty(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(step=9))
    layout = strip.layout_now
    assert layout is not None
    assert layout.attribution is not None
    target = strip.target_at(QPointF(strip.column_left(3) + 50, layout.attribution.middle))
    assert target is not None
    assert "being worked out" in target.words
    pink = LIGHT.color("attribution").rgb()
    image = strip.viewport().grab().toImage()
    y = round(layout.attribution.middle)
    assert all(image.pixel(x, y) != pink for x in range(image.width()))


def test_without_a_method_there_are_no_tracks(qtbot: QtBot) -> None:
    from rnnstudio.session.looking import Method

    layout = strip_of(qtbot, strip_state(method=Method.NONE)).layout_now
    assert layout is not None
    assert layout.attribution is None
    assert layout.legend is None


def test_the_decision_says_where_it_was_made(qtbot: QtBot) -> None:
    state = strip_state(step=9)
    strip = strip_of(qtbot, state)
    layout = strip.layout_now
    assert layout is not None
    assert state.decided is not None
    middle = strip.column_left(state.decided) + strip.columns.width / 2
    target = strip.target_at(QPointF(middle + 14, layout.y_letter.middle))
    assert target is not None
    assert target.words.startswith(f"decided at step {state.decided}")


# the pulse


def test_a_pulse_runs_where_the_play_head_moves_on_by_itself(qtbot: QtBot) -> None:
    panel = strip_panel(qtbot, strip_state(step=3, moving=True))
    strip = panel.strip
    assert strip.pulse.step is None
    panel.render(strip_state(step=4, moving=True, motion=True))
    assert strip.pulse.step == 4
    still = strip.viewport().grab().toImage()
    qtbot.waitUntil(lambda: 0.05 < strip.pulse.share < 0.95)
    assert strip.viewport().grab().toImage() != still
    qtbot.waitUntil(lambda: strip.pulse.step is None)


@pytest.mark.parametrize(("step", "moving"), [(4, False), (7, True), (2, True)])
def test_no_pulse_where_it_is_moved_by_hand(qtbot: QtBot, step: int, moving: bool) -> None:
    panel = strip_panel(qtbot, strip_state(step=3, moving=moving))
    panel.render(strip_state(step=step, moving=moving, motion=True))
    assert panel.strip.pulse.step is None


@pytest.mark.parametrize("cell", list(Cell), ids=str)
def test_every_cell_has_a_way_for_the_pulse(qtbot: QtBot, cell: Cell) -> None:
    model = network(cell)
    panel = strip_panel(qtbot, strip_state(model, step=3, moving=True))
    panel.render(strip_state(model, step=4, moving=True, motion=True))
    assert panel.strip.pulse.step == 4
    panel.strip.viewport().grab()
    panel.strip.pulse.stop()

"""The unrolled network as painted: what is drawn, said and asked for."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.activations import Activation
from rnnstudio.gui.panels.unrolled_network import UnrolledNetworkPanel
from rnnstudio.gui.plots.network_strip import NetworkStrip
from rnnstudio.gui.theme import DARK, LIGHT, Theme, signed_argb
from rnnstudio.session.resolve.unroll_page import resolve_unroll
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.unroll_states import model_of, unroll_state


def shown(qtbot: QtBot, state: SessionState, width: int = 1100, height: int = 460) -> NetworkStrip:
    panel = UnrolledNetworkPanel()
    hosted(qtbot, panel, width, height)
    panel.render(resolve_unroll(state).unrolled)
    return panel.strip


def centre(strip: NetworkStrip, step: int, unit: int) -> QPoint:
    return strip.unit_rect(step, unit).center().toPoint()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("activation", list(Activation))
def test_every_cell_has_the_colour_of_its_unit(
    qtbot: QtBot, theme: Theme, activation: Activation
) -> None:
    state = unroll_state(step=9, model=model_of(units=12, activation=activation))
    strip = shown(qtbot, state)
    strip.set_theme(theme)
    reading = resolve_unroll(state).unrolled.reading
    assert reading is not None
    colors = signed_argb(theme, reading.trace.s, reading.state_high)
    image = strip.viewport().grab().toImage()
    for step in range(1, 10):
        for unit in range(12):
            assert image.pixel(centre(strip, step, unit)) == colors[step - 1, unit], (step, unit)


def test_steps_to_come_are_fainter(qtbot: QtBot) -> None:
    reached = shown(qtbot, unroll_state(step=9))
    early = shown(qtbot, unroll_state(step=3))
    place = centre(reached, 6, 0)
    clear, ghost = (one.viewport().grab().toImage().pixelColor(place) for one in (reached, early))
    assert ghost.lightnessF() > clear.lightnessF()
    assert 1 - ghost.lightnessF() < 0.6 * (1 - clear.lightnessF())


def test_a_click_on_a_unit_asks_for_it(qtbot: QtBot) -> None:
    strip = shown(qtbot, unroll_state())
    with qtbot.waitSignal(strip.unit_requested) as asked:
        QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=centre(strip, 7, 5))
    assert asked.args == [5, 7]


def test_a_click_beside_the_units_moves_the_play_head(qtbot: QtBot) -> None:
    strip = shown(qtbot, unroll_state())
    word = QPoint(strip.column_left(2) + 20, strip.viewport().height() - 20)
    with (
        qtbot.assertNotEmitted(strip.unit_requested),
        qtbot.waitSignal(strip.step_requested) as asked,
    ):
        QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=word)
    assert asked.args == [2]


def test_what_is_under_the_mouse_is_said_with_its_value(qtbot: QtBot) -> None:
    state = unroll_state("The first zebra was very boring", step=9)
    strip = shown(qtbot, state)
    reading = resolve_unroll(state).unrolled.reading
    layout = strip.layout_now
    assert reading is not None
    assert layout is not None

    def said(step: int, y: float, x: float = 0.5) -> str:
        target = strip.target_at(
            QPointF(round(strip.column_left(step) + x * strip.columns.width), round(y))
        )
        assert target is not None
        assert target.step == step
        return target.words

    unit = strip.target_at(strip.unit_rect(7, 2).center())
    assert unit is not None
    value = f"{reading.trace.s[6, 2]:.3f}".replace("-", "−")
    assert unit.words == f"unit 3 of s₇ = {value} after “boring”"
    assert said(7, layout.x.middle) == "x₇: one-hot vector of “boring”, 1 at id 9 of 24"
    assert said(4, layout.x.middle) == "x₄ = 0: “zebra” is not in the vocabulary (id 0)"
    assert "not in the vocabulary" in said(4, layout.word.middle)
    assert said(3, layout.word.middle) == "step 3 of 8: “first”, id 5"
    assert f"positive {reading.trace.y[6, 1]:.3f} (if asked after “boring”)" in said(
        7, layout.bar(1).middle
    )
    assert "the prediction" in said(8, layout.bar(0).middle)
    assert said(5, layout.u_arrow.middle).startswith("U: weights from x₅ to s₅, 6 × 24")
    assert said(5, layout.v_arrow.middle).startswith("V: weights from s₅ to ŷ₅, 2 × 6")
    assert said(5, layout.frame.middle, 0.02).startswith("W: weights from s₄ to s₅, 6 × 6")
    assert said(5, layout.frame.middle, 0.98).startswith("W: weights from s₅ to s₆, 6 × 6")


def test_a_component_of_an_embedding_is_said_with_its_value(qtbot: QtBot) -> None:
    state = unroll_state(model=model_of(embedding=5))
    strip = shown(qtbot, state)
    reading, layout = resolve_unroll(state).unrolled.reading, strip.layout_now
    assert reading is not None
    assert layout is not None
    assert layout.inputs is not None
    place = layout.inputs.cell(3).center()
    point = QPointF(
        round(strip.column_left(7) + layout.inputs_left + place.x()),
        round(layout.inputs_top + place.y()),
    )
    target = strip.target_at(point)
    assert target is not None
    value = f"{reading.trace.x(7)[3]:+.3f}".replace("-", "−")
    assert target.words == f"x₇[4] = {value}, embedding of “boring”, id 9"


@pytest.mark.parametrize(
    ("key", "wanted"),
    [(Qt.Key.Key_Left, 3), (Qt.Key.Key_Right, 5), (Qt.Key.Key_Home, 1), (Qt.Key.Key_End, 9)],
)
def test_keys_move_the_play_head(qtbot: QtBot, key: Qt.Key, wanted: int) -> None:
    strip = shown(qtbot, unroll_state(step=4))
    with qtbot.waitSignal(strip.step_requested) as asked:
        QTest.keyClick(strip, key)
    assert asked.args == [wanted]


def test_keys_do_not_leave_the_sentence(qtbot: QtBot) -> None:
    strip = shown(qtbot, unroll_state(step=9))
    with qtbot.assertNotEmitted(strip.step_requested):
        QTest.keyClick(strip, Qt.Key.Key_Right)


def test_keys_walk_through_the_units(qtbot: QtBot) -> None:
    strip = shown(qtbot, unroll_state(step=4, unit=2))
    for key, unit in ((Qt.Key.Key_Down, 3), (Qt.Key.Key_Up, 1)):
        with qtbot.waitSignal(strip.unit_requested) as asked:
            QTest.keyClick(strip, key)
        assert asked.args == [unit, 4]


def test_with_many_classes_the_likeliest_have_bars(qtbot: QtBot) -> None:
    state = unroll_state(model=model_of(labels=tuple(f"class {index}" for index in range(60))))
    strip = shown(qtbot, state)
    reading = resolve_unroll(state).unrolled.reading
    assert reading is not None
    classes = list(strip.shown_classes(5))
    assert 3 <= len(classes) < 10
    assert classes == list(np.argsort(-reading.trace.y[4])[: len(classes)])


def test_the_play_head_is_kept_in_view_in_a_text_of_5000_words(qtbot: QtBot) -> None:
    text = " ".join(["the", "movie", "was", "boring", "."] * 1000)
    strip = shown(qtbot, unroll_state(text, step=2500))
    assert 2500 in strip.visible_steps
    assert len(strip.visible_steps) < 20
    for step in (1, 5002):
        strip.set_play_head(step, None)
        assert step in strip.visible_steps
        left = strip.column_left(step)
        assert 0 <= left <= left + strip.columns.width <= strip.width()


def test_words_of_other_scripts_and_great_length_are_drawn(qtbot: QtBot) -> None:
    words = "مرحبا Donaudampfschifffahrtsgesellschaftskapitänswitwe 😀 电影"
    strip = shown(qtbot, unroll_state(words, step=3))
    assert not strip.viewport().grab().isNull()
    layout = strip.layout_now
    assert layout is not None
    target = strip.target_at(QPointF(strip.column_left(3) + 30, round(layout.word.middle)))
    assert target is not None
    assert "donaudampfschifffahrtsgesellschaftskapitänswitwe" in target.words


def test_there_are_words_where_there_is_nothing_to_unroll(qtbot: QtBot) -> None:
    panel = UnrolledNetworkPanel()
    hosted(qtbot, panel, 800, 400)
    panel.render(resolve_unroll(unroll_state("")).unrolled)
    assert panel.message.isVisible()
    assert "Type a sentence" in panel.message.text()
    panel.render(resolve_unroll(unroll_state()).unrolled)
    assert panel.strip.isVisible()
    assert not panel.message.isVisible()


def test_rendering_asks_for_nothing(qtbot: QtBot) -> None:
    panel = UnrolledNetworkPanel()
    hosted(qtbot, panel, 800, 400)
    with (
        qtbot.assertNotEmitted(panel.step_requested),
        qtbot.assertNotEmitted(panel.unit_requested),
    ):
        for step in (1, 5, 9):
            panel.render(resolve_unroll(unroll_state(step=step, unit=1)).unrolled)


def test_the_table_has_every_state_and_prediction(qtbot: QtBot) -> None:
    strip = shown(qtbot, unroll_state())
    rows = strip.table_rows()
    reading = resolve_unroll(unroll_state()).unrolled.reading
    assert rows is not None
    assert reading is not None
    assert rows[0][:4] == ["step", "word", "id", "s[1]"]
    assert rows[7][:3] == ["7", "boring", "9"]
    assert float(rows[7][3]) == pytest.approx(reading.trace.s[6, 0], rel=1e-5)
    assert float(rows[7][-1]) == pytest.approx(reading.trace.y[6, 1], rel=1e-5)

"""The hidden state as a heat map."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.gui.panels.hidden_state import BY_CHANGE, HiddenStatePanel
from rnnstudio.gui.theme import LIGHT, signed_argb
from rnnstudio.session.resolve.unroll import Reading, resolve_unroll
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.unroll_states import model_of, unroll_state


def shown(qtbot: QtBot, state: SessionState, height: int = 260) -> HiddenStatePanel:
    panel = HiddenStatePanel()
    hosted(qtbot, panel, 1100, height)
    panel.render(resolve_unroll(state).unrolled)
    return panel


def reading_of(state: SessionState) -> Reading:
    reading = resolve_unroll(state).unrolled.reading
    assert reading is not None
    return reading


def assert_cells_right(panel: HiddenStatePanel, reading: Reading) -> None:
    colors = signed_argb(LIGHT, reading.trace.s, reading.state_high)
    image = panel.map.viewport().grab().toImage()
    for step in range(1, len(reading) + 1):
        for unit in range(reading.trace.spec.units):
            place = panel.map.cell_rect(step, unit).center().toPoint()
            assert image.pixel(place) == colors[step - 1, unit], (step, unit)


@pytest.mark.parametrize("units", [1, 6, 40])
def test_every_cell_has_the_colour_of_its_unit(qtbot: QtBot, units: int) -> None:
    state = unroll_state(step=9, model=model_of(units=units))
    assert_cells_right(shown(qtbot, state), reading_of(state))


def test_sorted_by_change_the_cells_still_belong_to_their_units(qtbot: QtBot) -> None:
    state = unroll_state(step=9, model=model_of(units=12))
    panel, reading = shown(qtbot, state), reading_of(unroll_state(step=9, model=state.model))
    QTest.mouseClick(panel.sort.button(BY_CHANGE), Qt.MouseButton.LeftButton)
    tops = [panel.map.cell_rect(1, int(unit)).top() for unit in reading.by_change]
    assert tops == sorted(tops)
    assert_cells_right(panel, reading)


def test_a_click_asks_for_unit_and_step(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state())
    place = panel.map.cell_rect(7, 3).center().toPoint()
    with qtbot.waitSignal(panel.unit_requested) as asked:
        QTest.mouseClick(panel.map.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [3, 7]


def test_a_click_on_a_word_moves_the_play_head(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state())
    place = QPoint(panel.map.column_left(5) + 10, panel.map.viewport().height() - 6)
    with qtbot.waitSignal(panel.step_requested) as asked:
        QTest.mouseClick(panel.map.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [5]


def test_the_mouse_is_told_unit_word_and_value(qtbot: QtBot) -> None:
    state = unroll_state()
    panel, reading = shown(qtbot, state), reading_of(state)
    target = panel.map.target_at(panel.map.cell_rect(7, 3).center())
    assert target is not None
    value = f"{reading.trace.s[6, 3]:.3f}".replace("-", "−")
    assert target.words == f"unit 4 of s₇ = {value} after “boring”"


def test_many_units_scroll_and_the_selected_one_comes_into_view(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state(unit=290, model=model_of(units=300)), height=200)
    cell = panel.map.cell_rect(4, 290)
    assert panel.map.verticalScrollBar().value() > 0
    assert 0 <= cell.top() <= cell.bottom() <= panel.map.viewport().height()
    assert cell.height() >= 2


def test_up_and_down_walk_in_the_order_shown(qtbot: QtBot) -> None:
    state = unroll_state(model=model_of(units=12))
    order = [int(unit) for unit in reading_of(state).by_change]
    panel = shown(qtbot, unroll_state(unit=order[3], model=state.model))
    panel.sort.button(BY_CHANGE).click()
    with qtbot.waitSignal(panel.unit_requested) as asked:
        QTest.keyClick(panel.map, Qt.Key.Key_Down)
    assert asked.args == [order[4], 4]


def test_the_scroll_bar_shows_only_where_the_strip_is_covered(qtbot: QtBot) -> None:
    text = " ".join(["boring"] * 60)
    panel = shown(qtbot, unroll_state(text))
    assert not panel.map.horizontalScrollBar().isVisible()
    panel.show_enlarged(True)
    assert panel.map.horizontalScrollBar().isVisible()


def test_the_table_is_in_the_order_shown(qtbot: QtBot) -> None:
    state = unroll_state()
    panel, reading = shown(qtbot, state), reading_of(state)
    panel.sort.button(BY_CHANGE).click()
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0] == ["unit", *reading.words]
    assert [int(row[0]) - 1 for row in rows[1:]] == list(reading.by_change)
    assert float(rows[1][3]) == pytest.approx(reading.trace.s[2, reading.by_change[0]], rel=1e-5)


def test_an_empty_sentence_has_no_table_but_words(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state(""))
    assert panel.table_rows() is None
    assert panel.message.isVisible()
    assert panel.message.text()

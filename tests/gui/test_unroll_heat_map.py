"""A quantity over the sentence as a heat map."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.engine.surgery import Change
from rnnstudio.engine.unit_order import by_change
from rnnstudio.gui.contrast import contrast
from rnnstudio.gui.panels.hidden_state import HiddenStatePanel
from rnnstudio.gui.plots.lettering import number
from rnnstudio.gui.theme import DARK, LIGHT, Theme, signed_argb
from rnnstudio.session.looking import Looking, Order
from rnnstudio.session.over_time import OverTime
from rnnstudio.session.reading import Reading
from rnnstudio.session.resolve.heat_map import HeatMapState, resolve_heat_map
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.readings import NAMES, WORDS_READ, model_named
from tests.session.unroll_states import model_of, unroll_state

DEEP = "gru two layers both initial"


def looking_at(state: SessionState, **fields: Any) -> SessionState:
    return dataclasses.replace(state, looking=dataclasses.replace(state.looking, **fields))


def shown(
    qtbot: QtBot, state: SessionState, height: int = 260, width: int = 1100
) -> HiddenStatePanel:
    panel = HiddenStatePanel()
    hosted(qtbot, panel, width, height)
    panel.render(resolve_heat_map(state))
    return panel


def state_of(panel: HiddenStatePanel) -> HeatMapState:
    assert panel._state is not None
    return panel._state


def reading_of(state: SessionState) -> Reading:
    reading = resolve_heat_map(state).reading
    assert reading is not None
    return reading


def numbers_of(panel: HiddenStatePanel) -> OverTime:
    data = panel.map.data
    assert data is not None
    return data.numbers


def picture(panel: HiddenStatePanel) -> QImage:
    return panel.map.viewport().grab().toImage()


def assert_cells_right(panel: HiddenStatePanel, theme: Theme = LIGHT) -> None:
    """Every cell in view has the colour of its number."""
    data, image = panel.map.data, picture(panel)
    assert data is not None
    colors = data.scale.argb(theme, data.numbers.values)
    for row in panel.map.visible_rows():
        column = int(data.order[row])
        unit = int(data.numbers.units[column])
        for step in range(1, min(len(data.words), panel.map.step) + 1):
            # Away from the middle, where a number may stand.
            cell = panel.map.cell_rect(step, unit)
            place = QPoint(int(cell.left()) + 3, int(cell.center().y()))
            if panel.map.viewport().rect().contains(place) and place.x() > 60:
                assert image.pixel(place) == colors[step - 1, column], (step, unit)


@pytest.mark.parametrize("units", [1, 6, 40])
def test_every_cell_has_the_colour_of_its_unit(qtbot: QtBot, units: int) -> None:
    state = unroll_state(step=9, model=model_of(units=units))
    panel = shown(qtbot, state)
    reading = reading_of(state)
    assert np.array_equal(numbers_of(panel).values, reading.trace.s)
    colors = signed_argb(LIGHT, reading.trace.s, reading.state_high)
    image = picture(panel)
    for step in range(1, len(reading) + 1):
        for unit in range(units):
            place = panel.map.cell_rect(step, unit).center().toPoint()
            assert image.pixel(place) == colors[step - 1, unit], (step, unit)


@pytest.mark.parametrize("name", [DEEP, "lstm one-hot", "rnn both label one-hot", "shared"])
def test_every_quantity_is_drawn_as_it_is(qtbot: QtBot, name: str) -> None:
    state = unroll_state(WORDS_READ, step=6, model=model_named(name))
    panel = shown(qtbot, state)
    for layer in range(model_named(name).network.layers):
        for choice in resolve_heat_map(looking_at(state, layer=layer)).choices:
            panel.render(resolve_heat_map(looking_at(state, layer=layer, quantity=choice.name)))
            assert_cells_right(panel)
            assert panel.map.accessibleName().startswith(choice.heading)
            rows = panel.table_rows()
            assert rows is not None
            values = np.array([[float(cell) for cell in row[1:]] for row in rows[1:]]).T
            columns = state_of(panel).order
            assert values == pytest.approx(
                numbers_of(panel).values[:, columns], rel=1e-5, abs=1e-12
            )


@pytest.mark.parametrize("order", list(Order))
def test_in_every_order_the_cells_still_belong_to_their_units(qtbot: QtBot, order: Order) -> None:
    state = unroll_state(step=9, model=model_of(units=12))
    panel = shown(qtbot, looking_at(state, order=order))
    wanted = state_of(panel).order
    assert wanted is not None
    tops = [panel.map.cell_rect(1, unit).top() for unit in wanted.tolist()]
    assert tops == sorted(tops)
    assert len(set(tops)) == 12
    assert_cells_right(panel)
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0] == ["unit", *reading_of(state).words]
    assert [int(row[0]) - 1 for row in rows[1:]] == wanted.tolist()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_gates_have_one_hue_and_states_two(qtbot: QtBot, theme: Theme) -> None:
    state = unroll_state(WORDS_READ, step=6, model=model_named(DEEP))
    panel = shown(qtbot, looking_at(state, quantity="z"))
    panel.set_theme(theme)
    assert not panel.scale.scale.signed
    assert (panel.scale.scale.low, panel.scale.scale.high) == (0.0, 1.0)
    assert_cells_right(panel, theme)
    panel.render(resolve_heat_map(state))
    assert panel.scale.scale.signed
    assert_cells_right(panel, theme)


def test_the_title_names_what_is_shown(qtbot: QtBot) -> None:
    state = unroll_state(WORDS_READ, model=model_named("lstm one-hot"))
    panel = shown(qtbot, state)
    assert (panel.title.text(), panel.subtitle.words) == ("Hidden state", "units × time")
    for quantity, title, subtitle in (
        ("f", "Forget gate f", "units × time"),
        ("y", "Prediction if asked ŷ", "classes × time"),
        ("x", "Input x", "words × time"),
    ):
        panel.render(resolve_heat_map(looking_at(state, quantity=quantity)))
        assert (panel.title.text(), panel.subtitle.words) == (title, subtitle)


# choosing


def test_the_menu_lists_every_quantity_and_asks_for_one(qtbot: QtBot) -> None:
    state = unroll_state(WORDS_READ, model=model_named("lstm one-hot"))
    panel = shown(qtbot, state)
    assert set(panel.quantity.keys) == set(reading_of(state).quantities())
    assert panel.quantity.keys[:3] == ["s", "c", "tanh_c"]
    assert panel.quantity.choice("s").isChecked()
    with qtbot.waitSignal(panel.looking_changed) as asked:
        panel.quantity.choice("f").trigger()
    assert asked.args == [{"quantity": "f"}]
    assert panel.quantity.choice("s").isChecked()  # until it is rendered
    panel.render(resolve_heat_map(looking_at(state, quantity="f")))
    assert panel.quantity.choice("f").isChecked()
    assert panel.quantity.text() == "f"


def test_layers_and_directions_are_offered_where_there_are_several(qtbot: QtBot) -> None:
    state = unroll_state(WORDS_READ, model=model_named(DEEP))
    panel = shown(qtbot, state)
    assert panel.place.isVisible()
    assert panel.place.text() == "layer 2 →"
    for key, wanted in (
        (("layer", 0), {"layer": 0}),
        (("direction", 1), {"direction": 1}),
    ):
        with qtbot.waitSignal(panel.looking_changed) as asked:
            panel.place.choice(key).trigger()
        assert asked.args == [wanted]
    panel.render(resolve_heat_map(looking_at(state, quantity="y")))
    assert not panel.place.isVisible()
    panel.render(resolve_heat_map(unroll_state()))
    assert not panel.place.isVisible()


def test_the_order_and_its_class_are_chosen_from_a_menu(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state())
    for key, wanted in (
        (("order", Order.SIMILARITY), {"order": Order.SIMILARITY}),
        (("ranked_class", 1), {"ranked_class": 1, "order": Order.CLASS_WEIGHT}),
        (("ranked_class", None), {"ranked_class": None, "order": Order.CLASS_WEIGHT}),
    ):
        with qtbot.waitSignal(panel.looking_changed) as asked:
            panel.sort.choice(key).trigger()
        assert asked.args == [wanted]
    panel.render(
        resolve_heat_map(looking_at(unroll_state(), order=Order.CLASS_WEIGHT, ranked_class=1))
    )
    assert panel.sort.text() == "sort: weight on positive"


def test_what_the_classes_do_not_read_is_not_sorted_by_their_weights(qtbot: QtBot) -> None:
    state = looking_at(unroll_state(), quantity="y", order=Order.CLASS_WEIGHT)
    panel = shown(qtbot, state)
    assert not panel.sort.choice(("order", Order.CLASS_WEIGHT)).isEnabled()
    assert panel.sort.text() == "sort: index"


def test_rendering_asks_for_nothing(qtbot: QtBot) -> None:
    state = unroll_state()
    panel = shown(qtbot, state)
    with (
        qtbot.assertNotEmitted(panel.looking_changed),
        qtbot.assertNotEmitted(panel.step_requested),
        qtbot.assertNotEmitted(panel.phrase_selected),
        qtbot.assertNotEmitted(panel.phrase_cleared),
    ):
        for looking in (Looking(quantity="y"), Looking(phrase=(2, 3)), Looking()):
            panel.render(resolve_heat_map(dataclasses.replace(state, looking=looking)))
        panel.render(resolve_heat_map(unroll_state("")))


# the mouse


def test_a_click_asks_for_unit_and_step(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state())
    place = panel.map.cell_rect(7, 3).center().toPoint()
    with qtbot.waitSignal(panel.unit_requested) as asked:
        QTest.mouseClick(panel.map.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [3, 7]


def word_place(panel: HiddenStatePanel, step: int) -> QPoint:
    return panel.map.words_rect(step).center().toPoint()


def drag(panel: HiddenStatePanel, *places: QPoint) -> None:
    view = panel.map.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(view, place)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=places[-1])


def test_a_drag_over_cells_goes_to_each(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state())
    asked: list[tuple[int, int]] = []
    panel.unit_requested.connect(lambda unit, step: asked.append((unit, step)))
    cells = [panel.map.cell_rect(step, unit) for unit, step in ((3, 4), (3, 5), (2, 6))]
    drag(panel, *(cell.center().toPoint() for cell in cells))
    assert asked[:1] + asked[-2:] == [(3, 4), (3, 5), (2, 6)]


def test_a_click_on_a_word_moves_the_play_head(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state())
    with (
        qtbot.waitSignal(panel.step_requested) as asked,
        qtbot.assertNotEmitted(panel.phrase_selected),
    ):
        QTest.mouseClick(panel.map.viewport(), Qt.MouseButton.LeftButton, pos=word_place(panel, 5))
    assert asked.args == [5]


def test_a_drag_over_words_selects_a_phrase(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state())
    asked: list[tuple[int, int]] = []
    panel.phrase_selected.connect(lambda first, last: asked.append((first, last)))
    with qtbot.assertNotEmitted(panel.step_requested):
        drag(panel, *(word_place(panel, step) for step in (6, 5, 4)))
    assert asked == [(5, 6), (4, 6)]
    asked.clear()
    far = QPoint(panel.map.viewport().width() + 300, word_place(panel, 3).y())
    drag(panel, word_place(panel, 3), far)
    assert asked == [(3, 9)]


def test_shift_and_a_click_extends_the_phrase(qtbot: QtBot) -> None:
    panel = shown(qtbot, looking_at(unroll_state(), phrase=(3, 4)))
    with qtbot.waitSignal(panel.phrase_selected) as asked:
        QTest.mouseClick(
            panel.map.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ShiftModifier,
            word_place(panel, 7),
        )
    assert asked.args == [3, 7]


def test_a_double_click_selects_one_word(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state())
    with qtbot.waitSignal(panel.phrase_selected) as asked:
        QTest.mouseDClick(panel.map.viewport(), Qt.MouseButton.LeftButton, pos=word_place(panel, 6))
    assert asked.args == [6, 6]


def words_at(panel: HiddenStatePanel, step: int, unit: int) -> str:
    target = panel.map.target_at(panel.map.cell_rect(step, unit).center())
    assert target is not None
    assert (target.step, target.unit) == (step, unit)
    return target.words


def test_the_mouse_is_told_unit_word_and_value(qtbot: QtBot) -> None:
    state = unroll_state()
    panel = shown(qtbot, state)
    value = number(reading_of(state).trace.s[6, 3])
    assert words_at(panel, 7, 3) == f"unit 4 of s₇ = {value} after “boring”"
    panel.render(resolve_heat_map(looking_at(state, quantity="y")))
    value = number(reading_of(state).trace.y[6, 1])
    assert words_at(panel, 7, 1) == f"ŷ₇, “positive” = {value} if asked after “boring”"
    panel.render(resolve_heat_map(looking_at(state, quantity="x")))
    boring = int(reading_of(state).ids[6]) - 1
    assert "= 1.000: that of “boring”" in words_at(panel, 7, boring)


def test_the_mouse_is_told_the_layer_and_direction(qtbot: QtBot) -> None:
    state = unroll_state(WORDS_READ, model=model_named(DEEP))
    panel = shown(qtbot, looking_at(state, quantity="a_z", layer=0, direction=1))
    value = number(reading_of(state).trace.layer(0, 1)["a_z"][2, 1])
    assert words_at(panel, 3, 1) == (
        f"unit 2 of a_z at step 3 = {value} after “zebra”, layer 1, backward"
    )


def test_the_mouse_is_told_what_it_would_be_without_surgery(qtbot: QtBot) -> None:
    changes = (Change("s", 0, 0, 3, 2, (0.9,)),)
    state = unroll_state(step=9, changes=changes)
    panel = shown(qtbot, state)
    original = reading_of(state).original
    assert original is not None
    was = number(original.s[2, 2])
    assert words_at(panel, 3, 2).endswith(f"set by hand, it would be {was} without the changes")
    after = words_at(panel, 4, 2)
    assert f"it would be {number(original.s[3, 2])} without" in after
    assert "by hand" not in after
    assert "without" not in words_at(panel, 2, 2)


def test_a_number_set_by_hand_has_a_mark_at_its_corner(qtbot: QtBot) -> None:
    state = unroll_state(step=9, changes=(Change("s", 0, 0, 3, 2, (0.9,)),))
    panel = shown(qtbot, state)
    image = picture(panel)
    for unit, marked in ((2, True), (1, False)):
        cell = panel.map.cell_rect(3, unit)
        corner = image.pixelColor(int(cell.right()) - 3, int(cell.top()) + 1)
        assert (corner == LIGHT.color("text")) is marked


# the phrase


def test_the_rows_of_the_phrases_units_are_marked(qtbot: QtBot) -> None:
    state = looking_at(unroll_state(step=9, model=model_of(units=12)), phrase=(3, 4), threshold=0.2)
    panel = shown(qtbot, state)
    units = {one.unit for one in state_of(panel).phrase_units}
    assert units
    assert panel.map.marked_units == units
    image, accent = picture(panel), LIGHT.color("accent")
    for unit in range(12):
        cell = panel.map.cell_rect(1, unit)
        edge = image.pixelColor(int(cell.left()) - 4, int(cell.center().y()))
        assert (edge == accent) is (unit in units), unit


def test_the_phrase_stands_under_a_bracket(qtbot: QtBot) -> None:
    panel = shown(qtbot, looking_at(unroll_state(step=9), phrase=(3, 4)))
    image = picture(panel)
    y = panel.map.rows_bottom + 4
    for step in range(1, 10):
        middle = panel.map.words_rect(step).center().x()
        is_drawn = image.pixelColor(int(middle), int(y)) == LIGHT.color("text")
        assert is_drawn is (step in (3, 4)), step


# keys


def keys_ask(qtbot: QtBot, panel: HiddenStatePanel, signal: Any, *keys: Any) -> list[Any]:
    with qtbot.waitSignal(signal) as asked:
        QTest.keyClick(panel.map, *keys)
    assert isinstance(asked.args, list)
    return asked.args


def test_up_and_down_walk_in_the_order_shown(qtbot: QtBot) -> None:
    state = unroll_state(model=model_of(units=12))
    trace = reading_of(state).trace
    order = by_change(trace.s, trace.s_0).tolist()
    sorted_state = looking_at(unroll_state(unit=order[3], model=state.model), order=Order.CHANGE)
    panel = shown(qtbot, sorted_state)
    assert keys_ask(qtbot, panel, panel.unit_requested, Qt.Key.Key_Down) == [order[4], 4]
    assert keys_ask(qtbot, panel, panel.unit_requested, Qt.Key.Key_PageDown) == [order[11], 4]
    assert keys_ask(qtbot, panel, panel.step_requested, Qt.Key.Key_Right) == [5]
    assert keys_ask(qtbot, panel, panel.step_requested, Qt.Key.Key_End) == [9]


def test_shift_with_an_arrow_selects_from_the_play_head_on(qtbot: QtBot) -> None:
    state = unroll_state(step=4)
    panel = shown(qtbot, state)
    shift = Qt.KeyboardModifier.ShiftModifier
    phrase: tuple[int, int] | None = None
    for key, wanted in (
        (Qt.Key.Key_Right, (4, 5)),
        (Qt.Key.Key_Right, (4, 6)),
        (Qt.Key.Key_Left, (4, 5)),
        (Qt.Key.Key_Left, (4, 4)),
        (Qt.Key.Key_Left, (3, 4)),
        (Qt.Key.Key_Left, (2, 4)),
        (Qt.Key.Key_Right, (3, 4)),
        (Qt.Key.Key_End, (4, 9)),
        (Qt.Key.Key_Home, (1, 4)),
    ):
        with qtbot.assertNotEmitted(panel.step_requested):
            phrase = tuple(keys_ask(qtbot, panel, panel.phrase_selected, key, shift))
        assert phrase == wanted
        panel.render(resolve_heat_map(looking_at(state, phrase=phrase)))


def test_escape_clears_the_phrase_before_anything_else(qtbot: QtBot) -> None:
    state = unroll_state()
    panel = shown(qtbot, looking_at(state, phrase=(3, 4)))
    keys_ask(qtbot, panel, panel.phrase_cleared, Qt.Key.Key_Escape)
    panel.render(resolve_heat_map(state))
    with qtbot.assertNotEmitted(panel.phrase_cleared):
        QTest.keyClick(panel.map, Qt.Key.Key_Escape)
    panel.render(resolve_heat_map(looking_at(state, phrase=(3, 4))))
    panel.show_enlarged(True)
    with qtbot.assertNotEmitted(panel.phrase_cleared):
        QTest.keyClick(panel.map, Qt.Key.Key_Escape)  # leaves the enlarged panel


def test_every_control_can_be_reached_with_tab(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state(WORDS_READ, model=model_named(DEEP)))
    for control in (panel.quantity, panel.place, panel.sort, panel.numbers):
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert control.accessibleName()
    assert panel.map.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_who_hears_the_window_is_told_where_the_play_head_stands(qtbot: QtBot) -> None:
    state = unroll_state(step=7, unit=3)
    panel = shown(qtbot, state)
    value = f"{reading_of(state).trace.s[6, 3]:.3f}"
    assert panel.map.accessibleDescription() == f"step 7 of 9, “boring”, unit 4: {value}"


# numbers, room, scrolling


def test_numbers_can_be_shown_on_every_cell(qtbot: QtBot) -> None:
    state = unroll_state(step=9, model=model_of(units=40))
    panel = shown(qtbot, state, height=200)
    before = picture(panel)
    QTest.mouseClick(panel.numbers, Qt.MouseButton.LeftButton)
    assert panel.map.numbers_shown
    assert panel.map.row_height >= 15
    rows = panel.map.visible_rows()
    assert len(rows) * panel.map.row_height <= panel.map.rows_bottom  # none is cut
    assert picture(panel) != before
    assert_cells_right(panel)
    QTest.mouseClick(panel.numbers, Qt.MouseButton.LeftButton)
    assert picture(panel) == before


def test_numbers_on_cells_are_legible(qtbot: QtBot) -> None:
    for theme in (LIGHT, DARK):
        for signed in (True, False):
            panel = shown(qtbot, unroll_state())
            data = panel.map.data
            assert data is not None
            scale = dataclasses.replace(data.scale, signed=signed)
            dark = scale.dark_text(theme)
            for color, is_dark in zip(scale.table(theme), dark, strict=True):
                ground = QColor.fromRgb(int(color))
                assert contrast(QColor("black" if is_dark else "white"), ground) >= 4.5


def test_many_units_scroll_and_the_selected_one_comes_into_view(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state(unit=290, model=model_of(units=300)), height=200)
    cell = panel.map.cell_rect(4, 290)
    assert panel.map.verticalScrollBar().value() > 0
    assert 0 <= cell.top() <= cell.bottom() <= panel.map.viewport().height()
    assert cell.height() >= 2


def test_a_long_sentence_is_painted_only_where_it_is_seen(qtbot: QtBot) -> None:
    state = unroll_state(" ".join(["boring"] * 2000), step=1500, model=model_of(units=64))
    panel = shown(qtbot, state)
    assert len(panel.map.visible_steps) < 20
    assert 1500 in panel.map.visible_steps
    assert_cells_right(panel)
    panel.map.horizontalScrollBar().setValue(0)
    assert panel.map.visible_steps.start == 1
    assert_cells_right(panel)


def test_few_rows_are_not_as_high_as_walls(qtbot: QtBot) -> None:
    panel = shown(qtbot, looking_at(unroll_state(step=9), quantity="y"), height=600)
    assert panel.map.row_height < 60
    word = panel.map.words_rect(3)
    assert panel.map.cell_rect(3, 1).bottom() <= word.top()
    target = panel.map.target_at(QPointF(word.center()))
    assert target is not None
    assert target.unit is None


def test_the_scroll_bar_shows_only_where_the_strip_is_covered(qtbot: QtBot) -> None:
    text = " ".join(["boring"] * 60)
    panel = shown(qtbot, unroll_state(text))
    assert not panel.map.horizontalScrollBar().isVisible()
    panel.show_enlarged(True)
    assert panel.map.horizontalScrollBar().isVisible()


def test_the_header_fits_a_narrow_panel(qtbot: QtBot) -> None:
    state = looking_at(
        unroll_state(WORDS_READ, model=model_named(DEEP)),
        quantity="q",
        order=Order.CLASS_WEIGHT,
        ranked_class=1,
    )
    panel = shown(qtbot, state, width=800, height=190)
    assert panel.minimumSizeHint().width() <= 620
    right = panel.scale.mapTo(panel, QPoint(panel.scale.width(), 0)).x()
    assert right <= panel.menu_button.mapTo(panel, QPoint(0, 0)).x()
    assert panel.title.geometry().right() < panel.quantity.geometry().left()


def test_an_empty_sentence_has_no_table_but_words(qtbot: QtBot) -> None:
    panel = shown(qtbot, unroll_state(""))
    assert panel.table_rows() is None
    assert panel.message.isVisible()
    assert panel.message.text()
    assert not panel.quantity.isVisible()


@pytest.mark.parametrize("name", NAMES)
def test_every_network_can_be_looked_at(qtbot: QtBot, name: str) -> None:
    panel = shown(qtbot, unroll_state(WORDS_READ, step=6, model=model_named(name)))
    assert_cells_right(panel)
    assert not picture(panel).isNull()

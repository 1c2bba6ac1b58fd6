"""The Unroll page as a whole, its sentence box and its transport."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.gui.pages.unroll import UnrollPage
from rnnstudio.gui.panels.transport import Transport
from rnnstudio.gui.theme import DARK, LIGHT
from rnnstudio.session.resolve.unroll_page import resolve_unroll
from tests.gui.hosting import hosted
from tests.session.unroll_states import model_of, unroll_state

LONG = " ".join(["The movie was a waste of time ."] * 6)


@pytest.fixture
def page(qtbot: QtBot) -> UnrollPage:
    result = UnrollPage()
    hosted(qtbot, result, 1516, 910)
    result.render(resolve_unroll(unroll_state()))
    return result


@pytest.fixture
def transport(qtbot: QtBot) -> Transport:
    result = Transport()
    hosted(qtbot, result, 1100, 54)
    result.render(resolve_unroll(unroll_state(step=4)).transport)
    return result


def test_strip_and_heat_map_stand_above_each_other(page: UnrollPage) -> None:
    strip, heat = page.network.strip, page.hidden_state.map
    for step in (1, 5, 9):
        above = strip.viewport().mapTo(page, QPoint(strip.column_left(step), 0)).x()
        below = heat.viewport().mapTo(page, QPoint(heat.column_left(step), 0)).x()
        assert above == below


def test_strip_and_heat_map_scroll_together(page: UnrollPage) -> None:
    page.render(resolve_unroll(unroll_state(LONG, step=1)))
    strip, heat = page.network.strip, page.hidden_state.map
    strip.horizontalScrollBar().setValue(500)
    assert heat.offset == 500
    heat.horizontalScrollBar().setValue(90)
    assert strip.offset == 90
    page.render(resolve_unroll(unroll_state(LONG, step=50)))
    assert strip.offset == heat.offset > 90
    assert 50 in strip.visible_steps


def test_only_what_changed_is_rendered(page: UnrollPage, monkeypatch: pytest.MonkeyPatch) -> None:
    state = unroll_state()
    page.render(resolve_unroll(state))
    rendered: list[str] = []
    for name in ("sentence_box", "network", "hidden_state", "inspector", "transport"):
        part = getattr(page, name)
        monkeypatch.setattr(part, "render", lambda state, name=name: rendered.append(name))
    page.render(resolve_unroll(dataclasses.replace(state, unsaved=True)))
    assert rendered == []
    page.render(resolve_unroll(dataclasses.replace(state, speed=2.0)))
    assert rendered == ["transport"]


@pytest.mark.parametrize("size", [(1516, 910), (1196, 630)])
@pytest.mark.parametrize("units", [1, 16, 512])
def test_the_page_takes_no_more_room_than_the_window_has(
    qtbot: QtBot, size: tuple[int, int], units: int
) -> None:
    page = UnrollPage()
    hosted(qtbot, page, *size)
    page.render(resolve_unroll(unroll_state(LONG, 12, unit=0, model=model_of(units=units))))
    assert page.minimumSizeHint().width() <= size[0]
    assert page.minimumSizeHint().height() <= size[1]
    for panel in page.panels:
        if panel.isHidden():
            continue  # behind another one
        assert page.rect().contains(panel.rect().translated(panel.mapTo(page, QPoint(0, 0))))


def test_both_themes_paint(page: UnrollPage) -> None:
    pictures = []
    for theme in (LIGHT, DARK):
        page.set_theme(theme)
        pictures.append(page.network.strip.viewport().grab().toImage())
    assert pictures[0] != pictures[1]


def test_buttons_move_the_play_head(qtbot: QtBot, transport: Transport) -> None:
    for button, wanted in (
        (transport.first_button, 1),
        (transport.back_button, 3),
        (transport.on_button, 5),
    ):
        with qtbot.waitSignal(transport.step_requested) as asked:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert asked.args == [wanted]


def test_the_slider_scrubs(qtbot: QtBot, transport: Transport) -> None:
    with qtbot.waitSignal(transport.step_requested) as asked:
        transport.slider.setValue(8)
    assert asked.args == [8]


def test_one_button_plays_and_pauses(qtbot: QtBot, transport: Transport) -> None:
    with qtbot.waitSignal(transport.play_requested):
        QTest.mouseClick(transport.play_button, Qt.MouseButton.LeftButton)
    transport.render(resolve_unroll(unroll_state(playing=True)).transport)
    assert "Pause" in transport.play_button.accessibleName()
    with qtbot.waitSignal(transport.pause_requested):
        QTest.mouseClick(transport.play_button, Qt.MouseButton.LeftButton)


def test_speed_is_chosen_from_the_menu(qtbot: QtBot, transport: Transport) -> None:
    action = next(one for one in transport.speed_button.menu().actions() if one.text() == "4×")
    with qtbot.waitSignal(transport.speed_requested) as asked:
        action.trigger()
    assert asked.args == [4.0]
    transport.render(resolve_unroll(unroll_state(speed=0.25)).transport)
    assert transport.speed_button.text() == "0.25×"


def test_rendering_the_transport_asks_for_nothing(qtbot: QtBot, transport: Transport) -> None:
    with (
        qtbot.assertNotEmitted(transport.step_requested),
        qtbot.assertNotEmitted(transport.speed_requested),
    ):
        transport.render(resolve_unroll(unroll_state(LONG, step=30, speed=8.0)).transport)
        transport.render(resolve_unroll(unroll_state("")).transport)
    assert not transport.play_button.isEnabled()
    assert transport.place.text() == "nothing to unroll"


def test_at_the_ends_there_is_no_further_step(transport: Transport) -> None:
    transport.render(resolve_unroll(unroll_state(step=1)).transport)
    assert not transport.first_button.isEnabled()
    assert not transport.back_button.isEnabled()
    assert transport.on_button.isEnabled()
    transport.render(resolve_unroll(unroll_state(step=9)).transport)
    assert not transport.on_button.isEnabled()

"""The words of the strip: edited, moved, repeated, deleted; scrubbing over the rest."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, SignalInstance
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rnnstudio.engine.network import Cell
from rnnstudio.gui.plots.network_strip import NetworkStrip
from rnnstudio.gui.plots.strip_menu import WORD_ACTIONS, WordMenu
from tests.gui.strip_states import move_pressed, strip_of, strip_panel, strip_state
from tests.session.any_network import network

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def word_at(strip: NetworkStrip, step: int) -> QPoint:
    return strip.word_rect(step).center().toPoint()


def test_a_double_click_edits_the_word_in_place(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state())
    QTest.mouseDClick(strip.viewport(), LEFT, pos=word_at(strip, 7))
    edit = strip.hands.edit
    assert edit.isVisible()
    assert edit.text() == edit.selectedText() == "boring"
    assert edit.geometry().contains(word_at(strip, 7))
    QTest.keyClicks(edit, "great fun")
    with qtbot.waitSignal(strip.word_edited) as asked:
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert asked.args == [7, "great fun"]
    assert not edit.isVisible()


def test_f2_edits_the_word_at_the_play_head_and_esc_leaves_it(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(step=3))
    QTest.keyClick(strip, Qt.Key.Key_F2)
    edit = strip.hands.edit
    assert edit.isVisible()
    assert edit.text() == "first"
    QTest.keyClicks(edit, "zebra")
    with qtbot.assertNotEmitted(strip.word_edited):
        QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert not edit.isVisible()


def test_a_word_that_stays_what_it_is_is_no_edit(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(step=3))
    for typed in ("first", "  first ", " "):
        QTest.keyClick(strip, Qt.Key.Key_F2)
        strip.hands.edit.setText(typed)
        with qtbot.assertNotEmitted(strip.word_edited):
            QTest.keyClick(strip.hands.edit, Qt.Key.Key_Return)


@pytest.mark.parametrize("step", [1, 9])
def test_the_ends_of_the_sentence_are_no_words(qtbot: QtBot, step: int) -> None:
    strip = strip_of(qtbot, strip_state(step=step))
    QTest.mouseDClick(strip.viewport(), LEFT, pos=word_at(strip, step))
    QTest.keyClick(strip, Qt.Key.Key_F2)
    assert not strip.hands.edit.isVisible()
    with qtbot.assertNotEmitted(strip.word_deleted), qtbot.assertNotEmitted(strip.word_repeated):
        QTest.keyClick(strip, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(strip, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize(
    ("key", "modifier", "signal", "arguments"),
    [
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier, "word_deleted", [4]),
        (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier, "word_repeated", [4]),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier, "words_swapped", [4, 3]),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier, "words_swapped", [4, 5]),
    ],
)
def test_keys_change_the_word_at_the_play_head(
    qtbot: QtBot,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    signal: str,
    arguments: list[int],
) -> None:
    strip = strip_of(qtbot, strip_state(step=4))
    spoken: SignalInstance = getattr(strip, signal)
    with qtbot.waitSignal(spoken) as asked, qtbot.assertNotEmitted(strip.step_requested):
        QTest.keyClick(strip, key, modifier)
    assert asked.args == arguments


def test_a_word_is_dragged_onto_another(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state())
    viewport = strip.viewport()
    QTest.mousePress(viewport, LEFT, NONE, word_at(strip, 7))
    move_pressed(viewport, word_at(strip, 7) - QPoint(40, 0))
    before = viewport.grab().toImage()
    move_pressed(viewport, word_at(strip, 4))
    assert viewport.grab().toImage() != before  # the place where it would go is shown
    with qtbot.waitSignal(strip.words_swapped) as asked:
        QTest.mouseRelease(viewport, LEFT, NONE, word_at(strip, 4))
    assert asked.args == [7, 4]


@pytest.mark.parametrize("target", [7, 1, 9])
def test_a_word_is_not_swapped_with_itself_or_the_ends(qtbot: QtBot, target: int) -> None:
    strip = strip_of(qtbot, strip_state())
    with qtbot.assertNotEmitted(strip.words_swapped):
        QTest.mousePress(strip.viewport(), LEFT, NONE, word_at(strip, 7))
        move_pressed(strip.viewport(), word_at(strip, 5))
        move_pressed(strip.viewport(), word_at(strip, target))
        QTest.mouseRelease(strip.viewport(), LEFT, NONE, word_at(strip, target))


def test_esc_puts_a_dragged_word_back(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state())
    QTest.mousePress(strip.viewport(), LEFT, NONE, word_at(strip, 7))
    move_pressed(strip.viewport(), word_at(strip, 4))
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    with qtbot.assertNotEmitted(strip.words_swapped):
        QTest.mouseRelease(strip.viewport(), LEFT, NONE, word_at(strip, 4))


def test_dragging_over_the_background_asks_for_each_step(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state())
    layout = strip.layout_now
    assert layout is not None
    steps: list[int] = []
    strip.step_requested.connect(steps.append)
    y = round(layout.u_arrow.middle)

    def at(step: int) -> QPoint:
        return QPoint(strip.column_left(step) + 8, y)

    QTest.mousePress(strip.viewport(), LEFT, NONE, at(2))
    for step in (3, 6, 5):
        move_pressed(strip.viewport(), at(step))
    move_pressed(strip.viewport(), QPoint(5000, y))
    QTest.mouseRelease(strip.viewport(), LEFT, NONE, at(9))
    move_pressed(strip.viewport(), at(4))
    assert steps == [2, 3, 4, 5, 6, 5, 6, 7, 8, 9]


# the menu


def menu_of(strip: NetworkStrip) -> WordMenu:
    found = [menu for menu in strip.findChildren(WordMenu) if menu.isVisible()]
    assert len(found) == 1
    return found[0]


def right_click(strip: NetworkStrip, place: QPoint) -> QContextMenuEvent:
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, strip.viewport().mapToGlobal(place)
    )
    QApplication.sendEvent(strip.viewport(), event)
    return event


def test_a_words_menu_asks_for_what_is_chosen(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state())
    signals: dict[str, tuple[SignalInstance, list[int]]] = {
        "replace": (strip.replacements_requested, [7]),
        "delete": (strip.word_deleted, [7]),
        "repeat": (strip.word_repeated, [7]),
        "swap_back": (strip.words_swapped, [7, 6]),
        "swap_on": (strip.words_swapped, [7, 8]),
        "reset_memory": (strip.memory_reset_requested, [7]),
        "transplant": (strip.transplant_requested, [7]),
        "shuffle": (strip.shuffle_requested, []),
    }
    for key, (signal, arguments) in signals.items():
        right_click(strip, word_at(strip, 7))
        menu = menu_of(strip)
        with qtbot.waitSignal(signal) as asked:
            next(action for action in menu.actions() if action.objectName() == key).trigger()
        assert asked.args == arguments
        menu.close()
    assert {*signals, "edit"} == {action.key for action in WORD_ACTIONS}


@pytest.mark.parametrize("step", [1, 9])
def test_the_ends_cannot_be_changed_but_their_memory_can(qtbot: QtBot, step: int) -> None:
    strip = strip_of(qtbot, strip_state())
    right_click(strip, word_at(strip, step))
    menu = menu_of(strip)
    enabled = {action.objectName() for action in menu.actions() if action.isEnabled()} - {""}
    assert enabled == {"reset_memory", "transplant", "shuffle"}
    menu.close()


def test_without_memory_there_is_none_to_reset(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(network(Cell.SHARED)))
    right_click(strip, word_at(strip, 3))
    menu = menu_of(strip)
    enabled = {action.objectName() for action in menu.actions() if action.isEnabled()}
    assert not enabled & {"reset_memory", "transplant"}
    menu.close()


def test_the_keyboard_opens_the_menu_of_the_play_head(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, strip_state(step=3))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(strip.viewport(), event)
    menu = menu_of(strip)
    assert "first" in menu.actions()[0].text()
    menu.close()


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(Qt.Key.Key_Menu, NONE), (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)],
)
def test_menu_keys_open_one_menu(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    strip = strip_of(qtbot, strip_state(step=3))
    QTest.keyClick(strip, key, modifier)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(strip, event)
    menu_of(strip).close()


def test_another_sentence_ends_an_edit_and_learning_does_not(qtbot: QtBot) -> None:
    panel = strip_panel(qtbot, strip_state(step=3))
    QTest.keyClick(panel.strip, Qt.Key.Key_F2)
    panel.render(strip_state(network(Cell.LSTM, 7), step=3))
    assert panel.strip.hands.edit.isVisible()
    panel.render(strip_state(step=3, sentence="The movie was good ."))
    assert not panel.strip.hands.edit.isVisible()


def test_a_right_click_elsewhere_is_the_panels(qtbot: QtBot) -> None:
    panel = strip_panel(qtbot, strip_state())
    with qtbot.waitSignal(panel.menu_requested):
        right_click(panel.strip, panel.strip.unit_rect(3, 0).center().toPoint())


# legible


def test_a_long_word_is_cut_in_the_middle_and_said_whole(qtbot: QtBot) -> None:
    long = "donaudampfschifffahrtsgesellschaftskapitän"
    strip = strip_of(qtbot, strip_state(sentence=f"the {long} was boring ."))
    words = [strip.word_rect(step) for step in range(1, 8)]
    for before, after in pairwise(words):
        assert before.right() < after.left()
    assert words[2].width() <= strip.columns.width - 8
    target = strip.target_at(QPointF(words[2].center()))
    assert target is not None
    assert long in target.words

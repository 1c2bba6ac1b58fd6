"""The actions table and what derives from it."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from rnnstudio.gui.actions import ACTIONS, MENUS, ActionSet, shown
from rnnstudio.gui.icons import icon
from rnnstudio.gui.shortcuts import ShortcutsDialog
from rnnstudio.gui.theme import DARK, LIGHT
from rnnstudio.session.resolve.chrome import ActionsState, EnabledActions

pytestmark = pytest.mark.usefixtures("qapp")

NOTHING = EnabledActions(*[False] * 8)
EVERYTHING = EnabledActions(*[True] * 8)


def actions_state(**changes: object) -> ActionsState:
    state = ActionsState(
        enabled=EVERYTHING,
        undo="units 24 → 48",
        redo="",
        running=False,
        playing=False,
        dark=False,
        still=False,
        page="unroll",
        recent=(),
    )
    return dataclasses.replace(state, **changes)  # type: ignore[arg-type]


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    result = QMainWindow()
    qtbot.addWidget(result)
    return result


@pytest.fixture
def actions(window: QMainWindow) -> ActionSet:
    return ActionSet(window)


def test_no_key_and_no_shortcut_is_given_twice() -> None:
    keys = [row.key for row in ACTIONS]
    shortcuts = [
        QKeySequence(each).toString() for row in ACTIONS for each in row.shortcuts if not row.page
    ]
    assert len(set(keys)) == len(keys)
    assert len(set(shortcuts)) == len(shortcuts)
    assert all(shortcuts)


def test_the_keyboard_letters_of_a_menu_differ() -> None:
    for menu in MENUS:
        letters = [
            row.words[row.words.index("&") + 1].lower() for row in ACTIONS if row.menu == menu
        ]
        letters += ["r"] if menu == "&File" else []  # Open recent
        assert len(set(letters)) == len(letters), menu


def test_every_line_is_whole() -> None:
    rules = {field.name for field in dataclasses.fields(EnabledActions)}
    for row in ACTIONS:
        assert row.menu in MENUS
        assert row.rule in rules | {""}
        assert row.tooltip
        if row.icon:
            assert not icon(row.icon, LIGHT).isNull()


def test_destroying_needs_a_modifier_or_the_menu() -> None:
    for key in ("reset", "new", "quit"):
        row = next(row for row in ACTIONS if row.key == key)
        assert all(shortcut.startswith("Ctrl+") for shortcut in row.shortcuts)


def test_rules_decide_what_can_run(actions: ActionSet) -> None:
    actions.render(actions_state(enabled=NOTHING))
    for row in ACTIONS:
        assert actions[row.key].isEnabled() is not bool(row.rule)
    actions.render(actions_state())
    assert all(actions[row.key].isEnabled() for row in ACTIONS)


def test_keys_of_a_page_rest_on_the_others(actions: ActionSet) -> None:
    actions.render(actions_state(page="data"))
    assert not actions["play"].isEnabled()
    assert not actions["step_on"].isEnabled()
    assert actions["train"].isEnabled()


def test_words_follow_the_state(actions: ActionSet) -> None:
    actions.render(actions_state(running=True, playing=True, dark=True))
    assert actions["undo"].text() == "&Undo units 24 → 48"
    assert actions["redo"].text() == "&Redo"
    assert actions["train"].text() == "&Pause"
    assert actions["play"].text() == "&Pause the reading"
    assert actions["dark"].isChecked()


def test_an_action_tells_its_key_once(actions: ActionSet, qtbot: QtBot) -> None:
    told: list[str] = []
    actions.triggered.connect(told.append)
    actions["save"].trigger()
    actions["dark"].trigger()
    actions.render(actions_state(dark=True))  # rendering tells nothing
    assert told == ["save", "dark"]


def test_menus_hold_the_whole_table(actions: ActionSet, window: QMainWindow) -> None:
    menus = actions.menus(window)
    found = {action.objectName() for menu in menus for action in menu.actions()}
    assert {row.key for row in ACTIONS} <= found


def test_recent_files_open_by_their_path(
    actions: ActionSet, window: QMainWindow, qtbot: QtBot
) -> None:
    paths = ("/tmp/a & b.rnnstudio", "/tmp/c.rnnstudio")
    actions.render(actions_state(recent=paths))
    recent = next(
        action.menu()
        for menu in actions.menus(window)
        for action in menu.actions()
        if action.text() == "Open &recent"
    )
    lines = recent.actions()  # type: ignore[attr-defined]
    assert [line.data() for line in lines] == list(paths)
    assert "a && b" in lines[0].text()
    with qtbot.waitSignal(actions.recent_requested) as asked:
        lines[0].trigger()
    assert asked.args == [paths[0]]


def test_icons_take_the_colours_of_the_theme(actions: ActionSet) -> None:
    actions.render(actions_state())
    before = actions["save"].icon().pixmap(16, 16).toImage()
    actions.set_theme(DARK)
    assert actions["save"].icon().pixmap(16, 16).toImage() != before


def test_the_shortcut_list_names_every_shortcut(qtbot: QtBot) -> None:
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    dialog.adjustSize()
    assert dialog.width() <= 1280
    assert dialog.height() <= 680
    words = "\n".join(part.text() for part in dialog.findChildren(QLabel))
    for row in ACTIONS:
        for shortcut in row.shortcuts:
            assert shown(shortcut) in words
            assert row.plain_words in words

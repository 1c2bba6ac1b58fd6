"""A button with a menu of choices."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidgetAction
from pytestqt.qtbot import QtBot

from rnnstudio.gui.menu_button import Choice, MenuButton, Section
from tests.gui.hosting import hosted

SECTIONS = (
    Section("Fruit", (Choice("apple", "Apple & pear"), Choice("fig", "Fig", why_not="Eaten"))),
    Section("More", (Choice(1, "One"), Choice(None, "None of them")), folded=True),
)


def shown(qtbot: QtBot) -> MenuButton:
    result = MenuButton("Food", "What to eat")
    hosted(qtbot, result, 120, 30)
    result.show_choices(SECTIONS)
    result.show_chosen("apple", "apple", None)
    return result


def test_it_shows_what_is_chosen_and_asks_for_another(qtbot: QtBot) -> None:
    chooser = shown(qtbot)
    assert chooser.text() == "apple"
    assert chooser.accessibleName() == "Food: apple"
    assert chooser.keys == ["apple", "fig", 1, None]
    assert [key for key in chooser.keys if chooser.choice(key).isChecked()] == ["apple", None]
    with qtbot.waitSignal(chooser.chosen) as asked:
        chooser.choice(1).trigger()
    assert asked.args == [1]
    assert not chooser.choice(1).isChecked()  # until it is shown
    assert not chooser.choice("fig").isEnabled()
    assert chooser.choice("fig").toolTip() == "Eaten"


def test_the_same_choices_keep_their_menu(qtbot: QtBot) -> None:
    chooser = shown(qtbot)
    before = chooser.choice("apple")
    chooser.show_choices(list(SECTIONS))
    assert chooser.choice("apple") is before
    chooser.show_choices(SECTIONS[:1])
    assert chooser.keys == ["apple", "fig"]


def test_headings_are_words_and_not_choices(qtbot: QtBot) -> None:
    chooser = shown(qtbot)
    headings = [
        action.defaultWidget()
        for action in chooser.menu().actions()
        if isinstance(action, QWidgetAction)
    ]
    assert [line.text() for line in headings if isinstance(line, QLabel)] == ["Fruit"]


def test_the_keys_pass_the_headings_by(qtbot: QtBot) -> None:
    chooser = shown(qtbot)
    menu = chooser.menu()
    menu.show()
    QTest.keyClick(menu, Qt.Key.Key_Down)
    assert menu.activeAction() is chooser.choice("apple")
    QTest.keyClick(menu, Qt.Key.Key_Down)
    assert menu.activeAction().text() == "More"
    menu.hide()


def test_the_keyboard_opens_the_menu(qtbot: QtBot) -> None:
    chooser = shown(qtbot)
    chooser.setFocus()
    chooser.menu().aboutToShow.connect(chooser.menu().hide, Qt.ConnectionType.QueuedConnection)
    with qtbot.waitSignal(chooser.menu().aboutToShow):
        QTest.keyClick(chooser, Qt.Key.Key_Space)

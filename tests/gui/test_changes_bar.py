"""The line of what was set by hand."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from rnnstudio.gui.panels.changes_bar import SHOWN, ChangesBar
from rnnstudio.session.resolve.changes import ChangesState, ChangeWords


def state_of(count: int) -> ChangesState:
    changes = (ChangeWords((n,), f"change {n}", "hint", False) for n in range(count))
    return ChangesState(tuple(changes), "a 0.2 → b 0.9")


def bar(qtbot: QtBot, count: int) -> ChangesBar:
    result = ChangesBar()
    qtbot.addWidget(result)
    result.render(state_of(count))
    return result


def test_without_changes_there_is_no_line(qtbot: QtBot) -> None:
    assert bar(qtbot, 0).isHidden()
    assert not bar(qtbot, 1).isHidden()


def test_a_change_is_taken_back_with_its_own_button(qtbot: QtBot) -> None:
    line = bar(qtbot, 3)
    taken: list[tuple[int, ...]] = []
    line.taken_back.connect(taken.append)
    assert [chip.text() for chip in line.buttons if not chip.isHidden()] == [
        f"change {n}  ✕" for n in (2, 1, 0)
    ]
    line.buttons[1].click()
    assert taken == [(1,)]


def test_what_has_no_room_is_in_a_menu(qtbot: QtBot) -> None:
    line = bar(qtbot, SHOWN + 3)
    taken: list[tuple[int, ...]] = []
    line.taken_back.connect(taken.append)
    assert line.more_button.text() == "and 3 more"
    line.more_menu.actions()[2].trigger()
    assert taken == [(0,)]


def test_one_click_restores(qtbot: QtBot) -> None:
    line = bar(qtbot, 2)
    with qtbot.waitSignal(line.restore_requested):
        line.restore_button.click()

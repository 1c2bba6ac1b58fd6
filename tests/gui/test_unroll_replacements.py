"""The panel of other words: a ranked list, a class to rank by, a filter, a choice."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.gui.models.replacements import Effect
from rnnstudio.gui.panels.replacements import ReplacementsPanel
from rnnstudio.gui.plots.ranked_words import BarScale
from rnnstudio.gui.theme import DARK, LIGHT
from rnnstudio.session.resolve.replacements import RankedWords, ReplacementsState
from tests.gui.hosting import hosted

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def state_of(count: int = 10, step: int = 7, classes: int = 2) -> ReplacementsState:
    """Words w0, w1, … whose probability of class 0 falls from 1 to 0; it is 0.6 now."""
    chances = np.linspace(1.0, 0.0, count)
    answers = np.where(chances > 0.5, 0, 1)
    flips = np.flatnonzero(answers)[::-1].copy()
    ranked = RankedWords(
        tuple(f"w{number}" for number in range(count)), chances, chances - 0.6, answers, flips
    )
    labels = tuple(f"class {index}" for index in range(classes))
    return ReplacementsState(step, "boring", labels, 0, 0.6, 0, ranked)


@pytest.fixture
def panel(qtbot: QtBot) -> ReplacementsPanel:
    result = ReplacementsPanel()
    hosted(qtbot, result, 310, 830)
    result.render(state_of())
    return result


def listed(panel: ReplacementsPanel) -> list[str]:
    return [panel.model.word(row) for row in range(panel.model.rowCount())]


def choose(panel: ReplacementsPanel, effect: Effect) -> None:
    QTest.mouseClick(panel.effect.button(effect), LEFT)


def click(panel: ReplacementsPanel, row: int) -> None:
    place = panel.list.visualRect(panel.model.index(row)).center()
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=place)


def test_both_ends_and_the_words_that_turn_the_answer(panel: ReplacementsPanel) -> None:
    assert listed(panel) == [f"w{number}" for number in range(10)]
    choose(panel, Effect.LOWER)
    assert listed(panel) == [f"w{number}" for number in reversed(range(10))]
    choose(panel, Effect.FLIP)
    assert listed(panel) == ["w9", "w8", "w7", "w6", "w5"]
    assert "5 of 10 words" in panel.footer.text()


def test_where_no_word_turns_the_answer_it_says_so(panel: ReplacementsPanel) -> None:
    state = state_of()
    assert state.ranked is not None
    ranked = dataclasses.replace(state.ranked, flipping=np.zeros(0, np.int64))
    panel.render(dataclasses.replace(state, ranked=ranked))
    choose(panel, Effect.FLIP)
    assert listed(panel) == []
    picture = panel.list.grab().toImage()
    panel.list.set_message("")
    assert picture != panel.list.grab().toImage()


def test_a_click_chooses_a_word(qtbot: QtBot, panel: ReplacementsPanel) -> None:
    with qtbot.waitSignal(panel.word_chosen) as chosen:
        click(panel, 3)
    assert chosen.args == [7, "w3"]


def test_the_second_click_of_two_chooses_nothing(panel: ReplacementsPanel) -> None:
    chosen: list[str] = []
    panel.word_chosen.connect(lambda step, word: chosen.append(word))
    place = panel.list.visualRect(panel.model.index(3)).center()
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=place)
    QTest.mouseDClick(panel.list.viewport(), LEFT, pos=place)
    QTest.mouseRelease(panel.list.viewport(), LEFT, pos=place)
    assert chosen == ["w3"]


def test_the_keyboard_goes_through_the_list_from_the_filter(
    qtbot: QtBot, panel: ReplacementsPanel
) -> None:
    panel.filter.setFocus()
    for _ in range(3):
        QTest.keyClick(panel.filter, Key.Key_Down)
    with qtbot.waitSignal(panel.word_chosen) as chosen:
        QTest.keyClick(panel.filter, Key.Key_Return)
    assert chosen.args[1] == listed(panel)[panel.list.currentIndex().row()]
    with qtbot.waitSignal(panel.word_chosen) as chosen:
        QTest.keyClick(panel.list, Key.Key_Enter)
    assert chosen.args[0] == 7


def test_the_filter_keeps_words_with_these_letters(qtbot: QtBot, panel: ReplacementsPanel) -> None:
    panel.render(state_of(120))
    QTest.keyClicks(panel.filter, "W11")
    assert listed(panel) == ["w11", *(f"w{number}" for number in range(110, 120))]
    choose(panel, Effect.LOWER)
    assert listed(panel)[0] == "w119"
    with qtbot.waitSignal(panel.word_chosen) as chosen:
        QTest.keyClick(panel.filter, Key.Key_Return)
    assert chosen.args == [7, "w119"]
    QTest.keyClicks(panel.filter, "x")
    assert listed(panel) == []
    with qtbot.assertNotEmitted(panel.word_chosen):
        QTest.keyClick(panel.filter, Key.Key_Return)


def test_another_class_ranks(qtbot: QtBot, panel: ReplacementsPanel) -> None:
    panel.render(state_of(classes=60))
    assert panel.class_box.count() == 60
    panel.class_box.setFocus()
    with qtbot.waitSignal(panel.looking_changed) as changed:
        QTest.keyClick(panel.class_box, Key.Key_Down)
    assert changed.args == [{"ranked_class": 1}]


def test_rendering_asks_for_nothing(qtbot: QtBot, panel: ReplacementsPanel) -> None:
    with (
        qtbot.assertNotEmitted(panel.looking_changed),
        qtbot.assertNotEmitted(panel.word_chosen),
    ):
        panel.render(dataclasses.replace(state_of(classes=3), class_index=2))
        panel.render(ReplacementsState(message="Go to a word"))
    assert not panel.effect.isVisible()
    assert not panel.present.isVisible()
    assert listed(panel) == []
    assert panel.table_rows() is None


def test_a_newer_ranking_keeps_the_place(panel: ReplacementsPanel) -> None:
    panel.render(state_of(400))
    panel.list.setCurrentIndex(panel.model.index(30))
    panel.list.verticalScrollBar().setValue(500)
    panel.render(state_of(400))
    assert panel.list.verticalScrollBar().value() == 500
    assert panel.model.word(panel.list.currentIndex().row()) == "w30"
    panel.render(state_of(400, step=3))
    assert panel.list.verticalScrollBar().value() == 0


def test_ten_thousand_words_are_only_painted_where_they_are_seen(
    qtbot: QtBot, panel: ReplacementsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[int] = []
    paint = panel.list.rows.paint

    def counted(painter: object, option: object, index: object) -> None:
        painted.append(index.row())  # type: ignore[attr-defined]
        paint(painter, option, index)  # type: ignore[arg-type]

    monkeypatch.setattr(panel.list.rows, "paint", counted)
    panel.render(state_of(10_000))
    panel.list.grab()
    assert 0 < len(set(painted)) < 50
    assert panel.model.rowCount() == 10_000


def test_the_mouse_is_told_what_a_word_would_do(qtbot: QtBot, panel: ReplacementsPanel) -> None:
    hints: list[str] = []
    panel.hinted.connect(hints.append)
    for row in (0, 9):
        place = panel.list.visualRect(panel.model.index(row)).center()
        QTest.mouseMove(panel.list.viewport(), QPoint(5, 5))
        QTest.mouseMove(panel.list.viewport(), place)
    panel.list.setCurrentIndex(panel.model.index(9))
    assert "“w9” in place of “boring”: class 0 0.600 → <0.001 (−0.600)" in hints[-1]
    assert "the answer becomes class 1" in hints[-1]


def test_bars_begin_at_no_change_and_stay_in_their_room() -> None:
    room = QRect(100, 0, 80, 26)
    scale = BarScale(-0.6, 0.4)
    up, down = scale.bar(0.4, room), scale.bar(-0.6, room)
    assert up.left() == down.right() == scale.zero(room)
    assert room.left() - 1 <= down.left() <= room.left() + 1
    assert room.right() - 1 <= up.right() <= room.right() + 1
    assert down.width() / up.width() == pytest.approx(1.5)
    assert scale.bar(0.0, room).width() == 0.0
    assert BarScale().bar(0.0, room).width() == 0.0
    assert scale.color(0.001, LIGHT) != scale.color(-0.001, LIGHT)


def test_the_table_has_what_is_listed(panel: ReplacementsPanel) -> None:
    choose(panel, Effect.FLIP)
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0] == ["word", "class 0", "change", "answer"]
    assert rows[1] == ["boring", "0.6", "0", "class 0"]
    assert rows[2] == ["w9", "0", "-0.6", "class 1"]
    assert len(rows) == 7


def test_closing_is_asked_for(qtbot: QtBot, panel: ReplacementsPanel) -> None:
    with qtbot.waitSignal(panel.closed):
        QTest.mouseClick(panel.close_button, LEFT)


@pytest.mark.parametrize("size", [(310, 830), (280, 560), (240, 400), (1500, 900)])
def test_it_has_room_for_long_words_of_any_script(qtbot: QtBot, size: tuple[int, int]) -> None:
    panel = ReplacementsPanel()
    hosted(qtbot, panel, *size)
    state = state_of(6, classes=3)
    assert state.ranked is not None
    words = ("x" * 40, "مدهش", "उत्कृष्ट", " ", "😀😀😀", "a&b")
    panel.render(
        dataclasses.replace(
            state,
            word="donaudampfschifffahrtsgesellschaft",
            labels=("a class with a very long name that goes on", "b", "c"),
            ranked=dataclasses.replace(state.ranked, words=words),
        )
    )
    pictures: list[QImage] = []
    for theme in (LIGHT, DARK):
        panel.set_theme(theme)
        pictures.append(panel.grab().toImage())
    assert pictures[0] != pictures[1]
    assert panel.minimumSizeHint().width() <= size[0]
    assert panel.minimumSizeHint().height() <= size[1]

"""The bar with the sliders over epochs and words, used with the mouse, by keyboard and played."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.gui.panels.time_bar import TimeBar
from rnnstudio.gui.plots.stop_slider import StopSlider
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.session.resolve.time_bar import SliderState, TimeBarState
from tests.gui.hosting import hosted

EPOCHS = SliderState(
    values=(0, 2, 4, 5, None),
    places=(0.0, 0.3, 0.6, 0.75, 1.0),
    hints=("Before training", "Epoch 2", "Epoch 4", "Epoch 5, the best", "The present weights"),
    value=None,
    words="now, after epoch 6",
    marked=3,
)
READING = SliderState(
    values=(0, 1, 2, None),
    places=(0.0, 1 / 3, 2 / 3, 1.0),
    hints=("none", "one", "two", "all"),
    value=None,
    words="after all words",
)


class Owner:
    """Does with the bar's wishes what the session does."""

    def __init__(self, bar: TimeBar) -> None:
        self.bar = bar
        self.epochs, self.reading = EPOCHS, READING
        self.wishes: list[dict[str, Any]] = []
        self.waits = False
        bar.judging_changed.connect(self.fulfil)
        self.show()

    def fulfil(self, changes: dict[str, Any]) -> None:
        self.wishes.append(changes)
        if "epoch" in changes:
            self.epochs = replaced(self.epochs, changes["epoch"], self.waits)
        else:
            self.reading = replaced(self.reading, changes["words"], self.waits)
        self.show()

    def show(self) -> None:
        self.bar.render(TimeBarState(self.epochs, self.reading))


def replaced(state: SliderState, value: int | None, waits: bool) -> SliderState:
    return dataclasses.replace(state, value=value, words=f"at {value}", waits=waits)


@pytest.fixture
def bar(qtbot: QtBot) -> TimeBar:
    result = TimeBar()
    hosted(qtbot, result, 700, result.sizeHint().height())
    return result


@pytest.fixture
def owner(bar: TimeBar) -> Owner:
    return Owner(bar)


def press(slider: StopSlider, x: float) -> None:
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(x), slider.height() // 2))


def test_it_shows_where_both_stand(bar: TimeBar, owner: Owner) -> None:
    assert bar.epochs.slider.value() == 4
    assert bar.epochs.words.words == "now, after epoch 6"
    assert bar.epochs.end.isChecked()
    assert bar.reading.words.words == "after all words"
    assert owner.wishes == []


def test_a_click_goes_to_the_nearest_stop(bar: TimeBar, owner: Owner) -> None:
    slider = bar.epochs.slider
    press(slider, slider.x_of(2) + 4)
    assert owner.wishes == [{"epoch": 4}]
    QTest.mouseMove(slider, QPoint(round(slider.x_of(0)), 10))
    assert owner.wishes[-1] == {"epoch": 0}
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(3, 10))
    QTest.mouseMove(slider, QPoint(round(slider.x_of(3)), 10))
    assert owner.wishes[-1] == {"epoch": 0}
    assert not bar.epochs.end.isChecked()
    press(bar.reading.slider, bar.reading.slider.x_of(1))
    assert owner.wishes[-1] == {"words": 1}


def test_keys_go_from_stop_to_stop(bar: TimeBar, owner: Owner) -> None:
    slider = bar.epochs.slider
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Right):
        QTest.keyClick(slider, key)
    assert owner.wishes == [{"epoch": 5}, {"epoch": 4}, {"epoch": 0}, {"epoch": 2}]
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert owner.wishes[-1] == {"epoch": None}


def test_the_buttons_at_the_ends_lead_back(bar: TimeBar, owner: Owner) -> None:
    QTest.keyClick(bar.epochs.slider, Qt.Key.Key_Home)
    QTest.mouseClick(bar.epochs.end, Qt.MouseButton.LeftButton)
    assert owner.wishes == [{"epoch": 0}, {"epoch": None}]
    assert bar.epochs.end.isChecked()
    QTest.mouseClick(bar.epochs.end, Qt.MouseButton.LeftButton)
    assert len(owner.wishes) == 2
    assert bar.epochs.end.isChecked()


def test_playing_runs_through_the_stops_and_ends_at_the_last(
    bar: TimeBar, owner: Owner, qtbot: QtBot
) -> None:
    QTest.mouseClick(bar.reading.play, Qt.MouseButton.LeftButton)
    assert bar.reading.is_playing
    assert owner.wishes == [{"words": 0}]
    qtbot.waitUntil(lambda: not bar.reading.is_playing, timeout=10_000)
    assert owner.wishes == [{"words": 0}, {"words": 1}, {"words": 2}, {"words": None}]


def test_playing_goes_past_now_to_the_last_stop_and_ends_at_now(
    bar: TimeBar, owner: Owner, qtbot: QtBot
) -> None:
    owner.epochs = dataclasses.replace(
        EPOCHS, values=(0, 2, None, 5), places=(0.0, 0.3, 0.6, 1.0), hints=("",) * 4, marked=2
    )
    owner.show()
    assert bar.epochs.slider.value() == 2
    assert bar.epochs.end.isChecked()
    QTest.mouseClick(bar.epochs.play, Qt.MouseButton.LeftButton)
    assert bar.epochs.pace == 750  # three seconds in all
    qtbot.waitUntil(lambda: not bar.epochs.is_playing, timeout=20_000)
    assert [wish["epoch"] for wish in owner.wishes] == [0, 2, None, 5, None]
    assert bar.epochs.end.isChecked()
    owner.fulfil({"epoch": 0})
    QTest.mouseClick(bar.epochs.end, Qt.MouseButton.LeftButton)
    assert owner.wishes[-1] == {"epoch": None}


def test_many_stops_are_played_four_a_second(bar: TimeBar, owner: Owner) -> None:
    many = tuple(range(60))
    owner.reading = dataclasses.replace(
        READING, values=(*many, None), places=(*(at / 60 for at in many), 1.0), hints=("",) * 61
    )
    owner.show()
    QTest.mouseClick(bar.reading.play, Qt.MouseButton.LeftButton)
    assert bar.reading.pace == 250


def test_playing_begins_where_it_stands_and_waits_for_answers(
    bar: TimeBar, owner: Owner, qtbot: QtBot
) -> None:
    QTest.keyClick(bar.epochs.slider, Qt.Key.Key_Home)
    owner.waits = True
    QTest.mouseClick(bar.epochs.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(owner.wishes) == 2, timeout=10_000)
    assert owner.wishes[-1] == {"epoch": 2}
    qtbot.wait(600)
    assert len(owner.wishes) == 2
    owner.waits = False
    owner.fulfil({"epoch": 2})
    qtbot.waitUntil(lambda: not bar.epochs.is_playing, timeout=10_000)
    assert owner.wishes[3:] == [{"epoch": 4}, {"epoch": 5}, {"epoch": None}]


def test_a_hand_on_the_slider_and_the_other_button_stop_playing(bar: TimeBar, owner: Owner) -> None:
    QTest.mouseClick(bar.epochs.play, Qt.MouseButton.LeftButton)
    assert bar.epochs.play.toolTip() == "Pause"
    QTest.mouseClick(bar.reading.play, Qt.MouseButton.LeftButton)
    assert (bar.epochs.is_playing, bar.reading.is_playing) == (False, True)
    press(bar.reading.slider, bar.reading.slider.x_of(2))
    assert not bar.reading.is_playing
    QTest.mouseClick(bar.epochs.play, Qt.MouseButton.LeftButton)
    QTest.mouseClick(bar.epochs.play, Qt.MouseButton.LeftButton)
    assert not bar.epochs.is_playing


def test_nothing_plays_while_it_is_hidden(bar: TimeBar, owner: Owner) -> None:
    QTest.mouseClick(bar.epochs.play, Qt.MouseButton.LeftButton)
    bar.hide()
    assert not bar.epochs.is_playing


def test_words_stand_where_there_is_no_slider(bar: TimeBar, owner: Owner) -> None:
    height = bar.sizeHint().height()
    QTest.mouseClick(bar.reading.play, Qt.MouseButton.LeftButton)
    owner.reading = SliderState(message="Each word has a tag of its own.")
    owner.show()
    assert not bar.reading.is_playing
    assert bar.reading.message.isVisible()
    assert bar.reading.message.words == "Each word has a tag of its own."
    for control in (bar.reading.slider, bar.reading.play, bar.reading.end):
        assert not control.isVisible()
    assert bar.epochs.slider.isVisible()
    assert bar.sizeHint().height() == height


def test_the_mouse_is_told_what_a_stop_is(bar: TimeBar, owner: Owner) -> None:
    heard: list[str] = []
    bar.hinted.connect(heard.append)
    slider = bar.epochs.slider
    QTest.mouseMove(slider, QPoint(2, 2))  # it may have been there already
    QTest.mouseMove(slider, QPoint(round(slider.x_of(3)), 10))
    assert heard[-1] == "Epoch 5, the best"
    assert owner.wishes == []


def test_a_stop_that_comes_while_the_slider_is_dragged_moves_nothing(
    bar: TimeBar, owner: Owner
) -> None:
    slider = bar.epochs.slider
    press(slider, slider.x_of(1))
    owner.epochs = SliderState(
        values=(0, 2, 4, 5, 6, None),
        places=(0.0, 0.25, 0.5, 0.6, 0.8, 1.0),
        hints=("",) * 6,
        value=2,
        words="after epoch 2",
    )
    owner.show()
    assert slider.value() == 1
    assert owner.wishes == [{"epoch": 2}]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_best_epoch_has_a_mark_above_the_line(bar: TimeBar, owner: Owner, theme: Theme) -> None:
    bar.set_theme(theme)
    slider = bar.epochs.slider
    image = slider.grab().toImage()
    wanted = theme.color("success")

    def is_marked(stop: int) -> bool:
        column = round(slider.x_of(stop))
        colors = [image.pixelColor(column, y) for y in range(slider.height())]
        return any(
            max(
                abs(color.red() - wanted.red()),
                abs(color.green() - wanted.green()),
                abs(color.blue() - wanted.blue()),
            )
            <= 3
            for color in colors
        )

    assert [is_marked(stop) for stop in range(5)] == [False, False, False, True, False]

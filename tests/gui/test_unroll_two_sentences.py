"""The panel with two sentences: what is drawn is the comparison, and what is asked for is said."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from rnnstudio.engine.network import Cell, Task
from rnnstudio.gui.panels.two_sentences import BY_DIFFERENCE, TwoSentencesPanel
from rnnstudio.gui.plots.aligned_layout import AlignedLayout
from rnnstudio.gui.plots.value_colors import Scale
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.session.resolve.two_sentences import Comparison, resolve_two_sentences
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.comparing_states import OTHER, PRESENT, comparing, network

LEFT = Qt.MouseButton.LeftButton


def shown(
    qtbot: QtBot, state: SessionState, size: tuple[int, int] = (1130, 250)
) -> TwoSentencesPanel:
    panel = TwoSentencesPanel()
    hosted(qtbot, panel, *size)
    panel.render(resolve_two_sentences(state))
    return panel


def comparison_of(panel: TwoSentencesPanel) -> Comparison:
    assert panel.picture.data is not None
    return panel.picture.data.comparison


def assert_cells_right(panel: TwoSentencesPanel, theme: Theme = LIGHT) -> None:
    comparison, picture = comparison_of(panel), panel.picture
    scale = Scale(-comparison.limit, comparison.limit, signed=True)
    image = picture.viewport().grab().toImage()
    for column in picture.visible_steps:
        for unit in picture.unit_order():
            cell = picture.cell_rect(column, unit)
            # Beside the number in its middle.
            place = QPoint(round(cell.left() + 4), int(cell.center().y()))
            value = np.array(comparison.difference[column - 1, unit])
            if np.isfinite(value) and place.y() < picture.rows_bottom - 2:
                assert image.pixel(place) == int(scale.argb(theme, value)), (column, unit)


@pytest.mark.parametrize("size", [(1130, 250), (850, 200), (1560, 900)])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_cell_has_the_colour_of_its_difference(
    qtbot: QtBot, size: tuple[int, int], theme: Theme
) -> None:
    panel = shown(qtbot, comparing(step=8), size)
    panel.set_theme(theme)
    state = resolve_two_sentences(comparing(step=8))
    panel.render(dataclasses.replace(state, step=9))  # nothing is still to come
    assert_cells_right(panel, theme)


@pytest.mark.parametrize(
    "settings",
    [
        {"cell": Cell.GRU, "units": 40},
        {"cell": Cell.LSTM, "task": Task.LABEL},
        {"bidirectional": True},
        {"cell": Cell.SHARED},
        {"units": 1},
    ],
)
def test_every_network_is_drawn(qtbot: QtBot, settings: dict[str, Any]) -> None:
    panel = shown(qtbot, comparing(model=network(**settings), step=9))
    assert_cells_right(panel)
    words = [
        target.words
        for y in range(0, panel.picture.viewport().height(), 3)
        if (target := panel.picture.target_at(QPointF(panel.picture.column_left(6) + 20, y)))
    ]
    assert len(set(words)) >= 4


def test_typing_is_said_with_every_key(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(other=""))
    said: list[str] = []
    panel.other_changed.connect(said.append)
    QTest.keyClicks(panel.edit, "Bad")
    assert said == ["B", "Ba", "Bad"]


def test_rendering_says_nothing_and_keeps_the_cursor(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(other="good film"))
    said: list[object] = []
    for signal in (panel.other_changed, panel.step_requested, panel.swapped):
        signal.connect(lambda *values: said.append(values))
    panel.edit.setCursorPosition(4)
    panel.render(resolve_two_sentences(comparing(other="good film", step=3)))
    assert panel.edit.cursorPosition() == 4
    panel.render(resolve_two_sentences(comparing(other="bad film")))
    assert panel.edit.text() == "bad film"
    assert said == []


def test_enter_takes_what_is_suggested(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(other=""))
    suggestion = resolve_two_sentences(comparing(other="")).suggestion
    assert suggestion in panel.edit.placeholderText()
    with qtbot.waitSignal(panel.other_changed) as said:
        QTest.keyClick(panel.edit, Qt.Key.Key_Return)
    assert said.args == [suggestion]


def test_the_present_sentence_is_taken_to_be_changed(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(other=""))
    assert not panel.swap_button.isEnabled()
    assert not panel.transplant_button.isEnabled()
    with qtbot.waitSignal(panel.other_changed) as said:
        QTest.mouseClick(panel.take_button, LEFT)
    assert said.args == [PRESENT]
    panel.render(resolve_two_sentences(comparing(other=PRESENT)))
    assert not panel.take_button.isEnabled()


def test_both_are_swapped(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing())
    with qtbot.waitSignal(panel.swapped):
        QTest.mouseClick(panel.swap_button, LEFT)


def test_where_they_part_stands_in_the_header_and_at_the_flag(qtbot: QtBot) -> None:
    state = comparing()
    panel = shown(qtbot, state)
    summary = resolve_two_sentences(state).summary
    assert panel.subtitle.words == summary
    assert panel.picture.accessibleDescription() == summary
    picture, comparison = panel.picture, comparison_of(panel)
    assert comparison.parted is not None
    image = picture.viewport().grab().toImage()
    left = picture.column_left(comparison.parted + 1)
    flag = QPoint(left + 1, picture.layout_of_rows.words.top + 4)
    assert image.pixelColor(flag).name() == LIGHT.text
    elsewhere = QPoint(picture.column_left(comparison.parted) + 1, flag.y())
    assert image.pixelColor(elsewhere).name() != LIGHT.text


def test_words_that_differ_have_an_outline(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(step=9))
    picture = panel.picture
    image = picture.viewport().grab().toImage()

    def darkest_row(column: int) -> bool:
        """Whether a long dark line runs above the word."""
        band = picture.band_rect(picture.layout_of_rows.other_words, column)
        y = round(band.top()) + 1
        row = [
            image.pixelColor(x, y).lightness()
            for x in range(round(band.left()) + 10, round(band.right()) - 10)
        ]
        return sum(value < 128 for value in row) > 15

    assert darkest_row(6)
    assert not darkest_row(5)


def test_a_click_asks_for_the_step_of_the_present_sentence(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing())
    picture = panel.picture
    words = picture.layout_of_rows.words
    place = picture.band_rect(words, 8).center().toPoint()
    with qtbot.waitSignal(panel.step_requested) as asked:
        QTest.mouseClick(picture.viewport(), LEFT, pos=place)
    assert asked.args == [8]
    with qtbot.waitSignal(panel.unit_requested) as asked:
        QTest.mouseClick(picture.viewport(), LEFT, pos=picture.cell_rect(8, 3).center().toPoint())
    assert asked.args == [3, 8]


def test_a_word_that_only_the_other_has_belongs_to_the_step_before(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(OTHER, PRESENT, step=6))
    picture = panel.picture
    gap = picture.band_rect(picture.layout_of_rows.words, 7).center().toPoint()
    with qtbot.waitSignal(panel.step_requested) as asked:
        QTest.mouseClick(picture.viewport(), LEFT, pos=gap)
    assert asked.args == [6]


def test_the_arrows_go_over_columns_without_a_word(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(OTHER, PRESENT, step=6))
    with qtbot.waitSignal(panel.step_requested) as asked:
        QTest.keyClick(panel.picture, Qt.Key.Key_Right)
    assert asked.args == [7]
    panel.render(resolve_two_sentences(comparing(OTHER, PRESENT, step=7)))
    assert panel.picture.step == 8  # the column
    with qtbot.waitSignal(panel.step_requested) as asked:
        QTest.keyClick(panel.picture, Qt.Key.Key_Left)
    assert asked.args == [6]
    with qtbot.waitSignal(panel.step_requested) as asked:
        QTest.keyClick(panel.picture, Qt.Key.Key_Home)
    assert asked.args == [1]


def test_the_mouse_is_told_unit_both_values_and_difference(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing())
    comparison = comparison_of(panel)
    target = panel.picture.target_at(panel.picture.cell_rect(6, 2).center())
    assert target is not None
    own, other = comparison.present.trace.s[5, 2], comparison.other.trace.s[5, 2]
    for part in (f"{own:.3f}", f"{other:.3f}", f"{float(own) - float(other):+.3f}"):
        assert part.replace("-", "−") in target.words
    assert target.words.startswith("unit 3 of s: ")
    assert "“very” / “awesome”" in target.words


def test_the_mouse_is_told_answers_and_words(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing())
    picture, rows = panel.picture, panel.picture.layout_of_rows

    def words(band: object, column: int) -> str:
        place = picture.band_rect(band, column).center()  # type: ignore[arg-type]
        target = picture.target_at(place)
        assert target is not None
        return target.words

    assert "stands still after “awesome”" in words(rows.words, 7)
    assert words(rows.answers, 9).startswith("ŷ of ")
    norm = comparison_of(panel).norms[5]
    assert words(rows.norms, 6).startswith(f"‖Δs‖ = {norm:.3f} at “very” / “awesome”")


def test_the_memory_at_the_play_head_is_transplanted(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(step=6))
    assert "“boring” (step 7)" in panel.transplant_button.toolTip()
    assert "after “awesome”" in panel.transplant_button.toolTip()
    with qtbot.waitSignal(panel.transplant_requested) as asked:
        QTest.mouseClick(panel.transplant_button, LEFT)
    assert asked.args == [7, 6]
    panel.render(resolve_two_sentences(comparing(step=9)))
    assert not panel.transplant_button.isEnabled()


def test_a_column_has_a_menu(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(step=2))
    picture = panel.picture
    place = picture.band_rect(picture.layout_of_rows.words, 7).center().toPoint()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, picture.viewport().mapToGlobal(place)
    )
    QApplication.sendEvent(picture.viewport(), event)
    menu = panel.findChild(QMenu, "column_menu")
    assert menu is not None
    transplant, go = menu.actions()[:2]
    assert transplant.text() == "Transplant this memory into the present sentence"
    with qtbot.waitSignal(panel.transplant_requested) as asked:
        transplant.trigger()
    assert asked.args == [8, 6]
    with qtbot.waitSignal(panel.step_requested) as asked:
        go.trigger()
    assert asked.args == [7]
    menu.close()


def test_units_are_sorted_by_their_difference(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(model=network(units=12), step=9), (1560, 900))
    assert panel.picture.unit_order() == list(range(12))
    QTest.mouseClick(panel.order.button(BY_DIFFERENCE), LEFT)
    comparison = comparison_of(panel)
    sizes = np.abs(comparison.difference).sum(axis=0)
    assert panel.picture.unit_order() == np.argsort(-sizes, kind="stable").tolist()
    assert_cells_right(panel)


def test_many_units_scroll_and_the_selected_one_comes_into_view(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(model=network(units=256), unit=250, step=9))
    cell = panel.picture.cell_rect(9, 250)
    rows = panel.picture.layout_of_rows.units
    assert rows.top <= cell.top() <= cell.bottom() <= rows.bottom + 1
    assert cell.height() >= 1


def test_a_low_panel_has_its_controls_in_the_header(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(), (870, 154))
    QApplication.processEvents()
    assert panel.edit.geometry().isValid()
    assert panel.controls.y() < 40
    assert panel.subtitle.isHidden()
    assert panel.title.toolTip() == resolve_two_sentences(comparing()).summary
    assert panel.picture.height() >= 85
    assert panel.picture.layout_of_rows.units.height >= 16
    panel.window().resize(1130, 300)
    panel.resize(1130, 300)
    QApplication.processEvents()
    assert panel.controls.y() > 35
    assert panel.transplant_button.isVisible()
    assert not panel.subtitle.isHidden()


def test_why_there_is_nothing_to_compare(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing(other=""))
    assert panel.message.isVisible()
    assert "second sentence" in panel.message.text()
    assert panel.table_rows() is None
    long = network(cell=Cell.HISTORY, longest=9)
    panel.render(resolve_two_sentences(comparing(other=f"{OTHER} {OTHER}", model=long)))
    assert panel.message.property("role") == "error"
    panel.render(resolve_two_sentences(comparing()))
    assert panel.picture.isVisible()


def test_the_table_has_a_row_a_column(qtbot: QtBot) -> None:
    panel = shown(qtbot, comparing())
    rows, comparison = panel.table_rows(), comparison_of(panel)
    assert rows is not None
    assert len(rows) == len(comparison) + 1
    assert rows[6][:4] == ["6", "very", "6", "awesome"]
    assert rows[7][:4] == ["7", "boring", "", ""]
    values = [float(text) for text in rows[6][8:]]
    assert values == pytest.approx(comparison.difference[5], rel=1e-5)
    assert float(rows[6][7]) == pytest.approx(comparison.norms[5], rel=1e-5)


def test_thousands_of_words_paint_only_what_is_seen(qtbot: QtBot) -> None:
    words = " ".join(["boring music was awesome"] * 400)
    panel = shown(qtbot, comparing(words, words.replace("boring", "great", 3), step=1_000))
    picture = panel.picture
    assert len(picture.visible_steps) < 20
    assert 1_000 in picture.visible_steps
    assert_cells_right_before(panel, 1_000)


def assert_cells_right_before(panel: TwoSentencesPanel, column: int) -> None:
    comparison, picture = comparison_of(panel), panel.picture
    scale = Scale(-comparison.limit, comparison.limit, signed=True)
    image = picture.viewport().grab().toImage()
    cell = picture.cell_rect(column - 1, 0)
    place = QPoint(round(cell.left() + 4), int(cell.center().y()))
    value = np.array(comparison.difference[column - 2, 0])
    assert image.pixel(place) == int(scale.argb(LIGHT, value))


@pytest.mark.parametrize("height", range(90, 1000, 37))
@pytest.mark.parametrize("named", [False, True])
def test_rows_never_overlap(height: int, named: bool) -> None:
    rows = AlignedLayout.fitted(height, named)
    bands = [
        rows.words,
        rows.other_words,
        rows.answers,
        rows.other_answers,
        rows.answer_differences,
        rows.norms,
        rows.units,
    ]
    for above, below in pairwise(bands):
        assert above.top <= above.bottom <= below.top
    assert rows.words.height >= 16
    if height >= 120:
        assert rows.units.height >= 20
    assert rows.units.bottom <= height

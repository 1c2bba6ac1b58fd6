"""The panel of a phrase, with real clicks and keys."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.gui.panels.phrase import LineList, PhrasePanel
from rnnstudio.gui.plots.phrase_lines import snippet
from rnnstudio.gui.theme import DARK, font
from rnnstudio.session.over_time import PhraseUnit
from rnnstudio.session.resolve.phrase import (
    HOW_TO_CHOOSE,
    NO_UNIT,
    PhrasePlace,
    PhraseState,
    resolve_phrase,
)
from tests.gui.hosting import hosted
from tests.session.test_resolve_phrase import state_with


@pytest.fixture
def panel(qtbot: QtBot) -> PhrasePanel:
    """The panel as narrow and low as it may be."""
    result = PhrasePanel()
    hosted(qtbot, result, 280, 560)
    return result


def rendered(panel: PhrasePanel, **fields: Any) -> PhraseState:
    state = resolve_phrase(state_with(**fields))
    panel.render(state)
    return state


def click(lines: LineList, row: int) -> None:
    place = lines.visualRect(lines.model().index(row, 0)).center()
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_it_shows_the_words_the_units_and_the_places(panel: PhrasePanel) -> None:
    state = rendered(panel)
    assert panel.words.words == "“very boring”"
    assert panel.about.text() == "Hidden state · steps 2 to 3"
    assert panel.units_count.text() == f"{len(state.units)} of 30 units"
    assert [panel.units_model.line(i) for i in range(len(state.units))] == list(state.units)
    assert [panel.places_model.line(i) for i in range(len(state.places))] == list(state.places)
    assert panel.places_count.words == f"{len(state.places)} in 4 sentences"
    assert panel.units.isVisible()
    assert panel.places.isVisible()
    assert not panel.message.isVisible()


def test_a_click_or_enter_on_a_unit_asks_for_it(qtbot: QtBot, panel: PhrasePanel) -> None:
    state = rendered(panel)
    with qtbot.waitSignal(panel.unit_requested) as asked:
        click(panel.units, 1)
    assert asked.args == [state.units[1].unit, 3]
    with qtbot.waitSignal(panel.unit_requested) as asked:
        QTest.keyClick(panel.units, Qt.Key.Key_Up)
        QTest.keyClick(panel.units, Qt.Key.Key_Return)
    assert asked.args == [state.units[0].unit, 3]


def test_a_click_or_enter_on_a_place_asks_for_its_row(qtbot: QtBot, panel: PhrasePanel) -> None:
    state = rendered(panel)
    place = state.places[0]
    with qtbot.waitSignal(panel.row_requested) as asked:
        click(panel.places, 0)
    assert asked.args == [place.table_row, place.last]
    with qtbot.waitSignal(panel.row_requested) as asked:
        QTest.keyClick(panel.places, Qt.Key.Key_Enter)
    assert asked.args == [place.table_row, place.last]


def test_the_slider_asks_for_a_threshold(qtbot: QtBot, panel: PhrasePanel) -> None:
    rendered(panel)
    assert panel.slider.value() == 15
    assert panel.threshold_words.text() == "on: 0.15 or more, or −0.15 or less"
    with qtbot.waitSignal(panel.looking_changed) as asked:
        QTest.keyClick(panel.slider, Qt.Key.Key_Right)
    assert asked.args == [{"threshold": pytest.approx(0.16)}]


def test_without_units_it_says_what_to_do(qtbot: QtBot, panel: PhrasePanel) -> None:
    state = rendered(panel, threshold=0.99)
    assert panel.no_units.isVisible()
    assert panel.no_units.text() == NO_UNIT
    assert not panel.units.isVisible()
    assert not panel.places_heading.isVisible()
    with qtbot.waitSignal(panel.looking_changed) as asked:
        QTest.mouseClick(panel.better, Qt.MouseButton.LeftButton)
    assert asked.args == [{"threshold": state.better}]
    assert rendered(panel, threshold=state.better).units
    assert not panel.better.isVisible()


def test_while_the_data_are_read_it_says_so(panel: PhrasePanel) -> None:
    rendered(panel, found=False)
    assert panel.no_places.isVisible()
    assert panel.no_places.text().startswith("Reading")
    assert not panel.places.isVisible()
    assert panel.units.isVisible()


def test_without_a_phrase_it_says_how_to_choose_one(qtbot: QtBot, panel: PhrasePanel) -> None:
    rendered(panel, phrase=None)
    assert panel.message.isVisible()
    assert panel.message.text() == HOW_TO_CHOOSE
    assert panel.table_rows() is None
    with qtbot.waitSignal(panel.closed):
        QTest.mouseClick(panel.close_button, Qt.MouseButton.LeftButton)


def test_the_selected_unit_is_chosen_in_the_list(panel: PhrasePanel) -> None:
    state = rendered(panel)
    panel.render(dataclasses.replace(state, unit=state.units[1].unit))
    assert [index.row() for index in panel.units.selectedIndexes()] == [1]
    panel.render(dataclasses.replace(state, unit=None))
    assert panel.units.selectedIndexes() == []


def test_rendering_asks_for_nothing(qtbot: QtBot, panel: PhrasePanel) -> None:
    with (
        qtbot.assertNotEmitted(panel.looking_changed),
        qtbot.assertNotEmitted(panel.unit_requested),
        qtbot.assertNotEmitted(panel.row_requested),
    ):
        for threshold in (0.2, 0.99, 0.1):
            rendered(panel, threshold=threshold)
        panel.set_theme(DARK)


def test_the_table_lists_the_places_and_else_the_units(panel: PhrasePanel) -> None:
    state = rendered(panel)
    rows = panel.table_rows()
    assert rows is not None
    assert len(rows) == 1 + len(state.places)
    assert rows[1][:2] == [str(state.places[0].table_row + 1), str(state.places[0].first)]
    state = rendered(panel, found=False)
    rows = panel.table_rows()
    assert rows is not None
    assert [row[0] for row in rows[1:]] == [str(one.unit + 1) for one in state.units]
    assert {row[1] for row in rows[1:]} <= {"+", "−"}


def test_lines_are_told_in_words(panel: PhrasePanel) -> None:
    rendered(panel)
    for lines in (panel.units, panel.places):
        index: QModelIndex = lines.model().index(0, 0)
        assert index.data(Qt.ItemDataRole.AccessibleTextRole)
    unit = panel.units_model.said(PhraseUnit(3, "4", -1, -0.5))
    assert unit == "unit 4: −0.500 on the average of the phrase"


def test_hundreds_of_units_scroll_and_leave_room_for_the_places(
    qtbot: QtBot, panel: PhrasePanel
) -> None:
    state = rendered(panel)
    units = tuple(PhraseUnit(i, str(i + 1), 1, 0.5) for i in range(512))
    panel.render(dataclasses.replace(state, units=units, count=512))
    assert panel.units.height() < panel.height() / 2
    qtbot.waitUntil(lambda: panel.units.verticalScrollBar().maximum() > 0)
    assert panel.places.height() > 100


@pytest.mark.parametrize("joint", [" ", ""])
@pytest.mark.parametrize("width", [60.0, 120.0, 250.0, 2000.0])
@pytest.mark.parametrize(
    "words",
    [
        ("the", "first", "half", "was", "very", "boring", "and", "so", "was", "the", "rest"),
        ("a" * 300, "b" * 40, "😀🎉", "फ़िल्म", "הסרט", "c"),
        ("one",),
    ],
)
def test_the_snippet_fits_and_has_the_marked_words(
    words: tuple[str, ...], width: float, joint: str
) -> None:
    for first in range(1, len(words) + 1):
        place = PhrasePlace(0, "", ("<sos>", *words, "<eos>"), first + 1, first + 1, 1)
        text, start, length = snippet(place, joint, font(13), width)
        encoded = text.encode("utf-16-le")
        marked = encoded[2 * start : 2 * (start + length)].decode("utf-16-le")
        word = words[first - 1]
        if width == 2000.0 and len(word) < 100:
            assert text == joint.join(words) or "…" in text
            assert marked == word
        strong = font(13)
        strong.setWeight(QFont.Weight.Bold)
        plain = text.replace(marked, "", 1)
        taken = QFontMetricsF(font(13)).horizontalAdvance(plain)
        taken += QFontMetricsF(strong).horizontalAdvance(marked)
        assert taken <= width + 2
        assert marked
        assert "<sos>" not in text

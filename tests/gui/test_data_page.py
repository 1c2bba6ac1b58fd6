"""The Data page as a whole: cards, problems, summary, and data that are hardly any."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from rnnstudio.data.problems import Problem, Severity
from rnnstudio.data.table import Table
from rnnstudio.gui.pages.data import DataPage
from rnnstudio.gui.panels.one_hot import EMBEDDING
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.session.resolve.data import (
    resolve_data_sets,
    resolve_data_summary,
    resolve_one_hot,
    resolve_sentences,
    resolve_words_to_ids,
)
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.page_states import state_of, table_of

TWO = table_of(("good film", "a"), ("bad film", "b"))
PROBLEMS = tuple(
    Problem("own.tsv", line, None, f"Row {line} is odd.", "", Severity.WARNING)
    for line in range(1, 8)
)
HARDLY_ANY = {
    "no data": table_of(),
    "one class": table_of(("a b", "x"), ("c d", "x")),
    "one row": table_of(("a b", "x")),
    "one word": table_of(("a", "x"), ("b", "y")),
    "long word": table_of(("x" * 10_000, "x"), ("b", "y")),
    "long labels": table_of(*((f"word {i}", "label " * 7 + "abc"[i % 3]) for i in range(9))),
    "other scripts": table_of(("फ़िल्म अच्छी थी 🎬", "अच्छी"), ("الفيلم سيئ", "سيئ")),
    "many classes": table_of(*((f"word {i}", f"class {i}") for i in range(120))),
}


def render(page: DataPage, state: SessionState) -> None:
    page.data_sets.render(resolve_data_sets(state))
    page.sentences.render(resolve_sentences(state))
    page.words_to_ids.render(resolve_words_to_ids(state))
    page.one_hot.render(resolve_one_hot(state))
    page.data_summary.render(resolve_data_summary(state))


@pytest.fixture
def page(qtbot: QtBot) -> DataPage:
    result = DataPage()
    hosted(qtbot, result, 1196, 630)
    return result


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("table", HARDLY_ANY.values(), ids=HARDLY_ANY.keys())
def test_hardly_any_data_is_shown(qtbot: QtBot, page: DataPage, table: Table, theme: Theme) -> None:
    page.set_theme(theme)
    for row in range(min(len(table.rows), 2)) or [None]:
        render(page, state_of(table, row=row, embedding=3))
        page.grab()
    page.one_hot.switch.button(EMBEDDING).click()
    page.sentences.add_button.click()
    page.grab()
    assert page.minimumSizeHint().width() <= 1196
    assert page.minimumSizeHint().height() <= 630
    for panel in page.panels:
        panel.table_rows()
        for x in range(0, panel.width(), 40):
            child = panel.childAt(QPoint(x, panel.height() // 2))
            if isinstance(child, QWidget):
                QTest.mouseMove(child)


def test_a_change_from_much_to_nothing_and_back(page: DataPage) -> None:
    for table in (*HARDLY_ANY.values(), *HARDLY_ANY.values()):
        render(page, state_of(table, row=0 if table.rows else None))
        page.grab()


def test_cards_choose_a_built_in_set(qtbot: QtBot, page: DataPage) -> None:
    render(page, state_of(TWO))
    card = page.data_sets.findChild(QWidget, "card_lecture")
    assert isinstance(card, QWidget)
    with qtbot.waitSignal(page.data_sets.builtin_chosen) as caught:
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert caught.args == ["lecture"]
    with qtbot.waitSignal(page.data_sets.builtin_chosen):
        QTest.keyClick(card, Qt.Key.Key_Return)


@pytest.mark.parametrize("name", ["open_data", "drop_area"])
def test_a_file_can_be_asked_for(qtbot: QtBot, page: DataPage, name: str) -> None:
    button = page.data_sets.findChild(QWidget, name)
    assert isinstance(button, QWidget)
    with qtbot.waitSignal(page.data_sets.open_requested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_problems_are_listed_with_file_and_line(page: DataPage) -> None:
    table = table_of(("good", "a"), ("bad", "b"), problems=PROBLEMS)
    render(page, state_of(table))
    panel = page.data_sets
    assert panel.problems_title.text() == "7 problems in the data"
    assert "own.tsv, line 3" in panel.first_problems.text()
    assert "line 4" not in panel.first_problems.text()
    more = panel.findChild(QPushButton, "all_problems")
    assert isinstance(more, QPushButton)
    assert more.text() == "Show all 7"
    more.click()
    assert "own.tsv, line 7" in panel.all_problems.toPlainText()
    rows = panel.table_rows()
    assert rows is not None
    assert rows[1][:3] == ["own.tsv", "1", "Row 1 is odd."]
    render(page, state_of(TWO))
    assert not panel.problems.isVisible()


def test_bars_say_their_counts(page: DataPage) -> None:
    render(page, state_of(table_of(("a b c", "x"), ("d e f", "x"), ("g", "y"))))
    summary = page.data_summary
    assert summary.classes.words_at(QPoint(5, 5)) == "x: 2 sentences, 66.7 % of 3"
    assert summary.lengths.words_at(QPoint(2, 5)) == "1 sentence has 1 word"
    assert summary.warning.isVisible()

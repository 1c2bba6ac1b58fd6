"""From words to ids and one-hot: what is drawn, hovered and clicked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.data.builtin import load_builtin
from rnnstudio.gui.panels.one_hot import EMBEDDING, OneHotPanel
from rnnstudio.gui.panels.words_to_ids import WordsToIdsPanel
from rnnstudio.gui.plots.one_hot_grid import choose_columns
from rnnstudio.gui.plots.token_table import TokenTable
from rnnstudio.session.resolve.data import resolve_one_hot, resolve_words_to_ids
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.page_states import state_of, table_of


@pytest.fixture
def lecture() -> SessionState:
    return state_of(load_builtin("lecture"), embedding=6)


def all_words(tokens: TokenTable) -> set[str]:
    """Everything that can be found by moving the mouse over the table."""
    size = tokens.viewport().size()
    points = (QPoint(x, y) for x in range(0, size.width(), 4) for y in range(0, size.height(), 8))
    return {words for point in points if (words := tokens.words_at(point))}


def test_every_token_of_the_lecture_is_under_the_mouse(qtbot: QtBot, lecture: SessionState) -> None:
    panel = WordsToIdsPanel()
    hosted(qtbot, panel, 760, 260)
    panel.render(resolve_words_to_ids(lecture))
    words = all_words(panel.tokens)
    assert "x₅ of sentence 1 is “was”, id 7" in words
    assert "x₉ of sentence 4 is “.”, id 10" in words
    assert "x₁ of sentence 2 is “<sos>”, id 1" in words
    assert any("x₁₀ of sentence 1 is <pad>, id 3" in one for one in words)
    assert any("y of sentence 2 is 1" in one and "positive" in one for one in words)
    assert len(words) == 4 * 11


def test_the_panel_as_a_table_is_the_lectures(qtbot: QtBot, lecture: SessionState) -> None:
    panel = WordsToIdsPanel()
    hosted(qtbot, panel, 700, 400)
    panel.render(resolve_words_to_ids(lecture))
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0][1:4] == ["x_1", "x_2", "x_3"]
    assert rows[2][1:] == ["1", "4", "5", "6", "7", "8", "9", "10", "2", "3", "0"]


def test_unknown_words_are_counted_and_said(qtbot: QtBot) -> None:
    document = state_of(load_builtin("lecture"), row=None, sentence="zebra was zebra lion")
    panel = WordsToIdsPanel()
    hosted(qtbot, panel, 760, 260)
    panel.render(resolve_words_to_ids(document))
    assert panel.unknown.text() == "2 unknown words: id 0"
    assert any("not in the vocabulary: id 0 and x₂ = 0" in one for one in all_words(panel.tokens))


def test_a_click_on_a_row_selects_it(qtbot: QtBot, lecture: SessionState) -> None:
    panel = WordsToIdsPanel()
    hosted(qtbot, panel, 760, 260)
    panel.render(resolve_words_to_ids(lecture))
    heights = range(panel.tokens.viewport().height())
    place = next(
        point
        for point in (QPoint(60, y) for y in heights)
        if "sentence 4" in panel.tokens.words_at(point)
    )
    with qtbot.waitSignal(panel.row_selected) as caught:
        QTest.mouseClick(panel.tokens.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == [3]


def test_a_long_sentence_scrolls_and_y_stays(qtbot: QtBot) -> None:
    text = " ".join(f"word{i}" for i in range(5000))
    document = state_of(table_of((text, "a"), ("b", "b")))
    panel = WordsToIdsPanel()
    hosted(qtbot, panel, 600, 200)
    panel.render(resolve_words_to_ids(document))
    panel.grab()
    bar = panel.tokens.horizontalScrollBar()
    assert bar.maximum() > 100_000
    bar.setValue(bar.maximum())
    words = all_words(panel.tokens)
    assert any("<eos>" in one for one in words)
    assert any(one.startswith("y of sentence 1") for one in words)
    panel.grab()


def test_one_hot_says_position_and_word(qtbot: QtBot, lecture: SessionState) -> None:
    panel = OneHotPanel()
    hosted(qtbot, panel, 700, 400)
    panel.render(resolve_one_hot(lecture))
    grid = panel.grid
    size = grid.viewport().size()
    points = (QPoint(x, y) for x in range(0, size.width(), 6) for y in range(0, size.height(), 6))
    words = {grid.words_at(point) for point in points}
    assert "x₅ has a 1 at position 7, the id of “was”" in words
    assert "x₅ has a 0 at position 24, the id of “time”" in words
    assert "x₁₀ has a 1 at position 3, the id of “<pad>”" in words
    assert "L = 24" in panel.subtitle.words


def test_a_click_on_a_word_asks_for_its_step(qtbot: QtBot, lecture: SessionState) -> None:
    panel = OneHotPanel()
    hosted(qtbot, panel, 700, 400)
    panel.render(resolve_one_hot(lecture))
    grid = panel.grid
    y = next(y for y in range(400) if "x₃ " in grid.words_at(QPoint(200, y)))
    with qtbot.waitSignal(panel.step_requested) as caught:
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, y + 3))
    assert caught.args == [3]


def test_the_embedding_shows_the_networks_numbers(qtbot: QtBot, lecture: SessionState) -> None:
    panel = OneHotPanel()
    hosted(qtbot, panel, 700, 400)
    panel.render(resolve_one_hot(lecture))
    panel.switch.button(EMBEDDING).click()
    assert panel.title.text() == "Embedding"
    assert lecture.model is not None
    weights = lecture.model.parameters["embedding.weight"]
    grid = panel.grid
    words = {grid.words_at(QPoint(x, 40)) for x in range(0, 690, 5)}
    shown = f"{weights[0, 2]:+.4f}".replace("-", "−")
    assert f"x₁[3] = {shown}, number 3 of the embedding of “<sos>”" in words
    rows = panel.table_rows()
    assert rows is not None
    assert float(rows[1][3]) == weights[0, 2]


def test_without_an_embedding_there_is_no_switch(qtbot: QtBot) -> None:
    panel = OneHotPanel()
    hosted(qtbot, panel, 700, 400)
    panel.render(resolve_one_hot(state_of(load_builtin("lecture"))))
    assert not panel.switch.isVisible()


def test_all_columns_are_drawn_where_they_fit() -> None:
    columns = choose_columns((1, 4, 2), size=24, room=600, heading_width=30)
    assert columns.first == tuple(range(1, 25))
    assert columns.left_out == 0


def test_of_many_columns_those_of_the_sentence_are_drawn() -> None:
    ids = (1, 40, 0, 42, 4000, 2)
    columns = choose_columns(ids, size=5000, room=600, heading_width=30)
    drawn = {a for a, b in zip(columns.first, columns.last, strict=True) if a == b}
    assert {1, 2, 40, 42, 4000, 5000} <= drawn
    assert 41 in drawn, "a gap of one column saves no room"
    assert columns.left_out + len(drawn) == 5000
    spans = list(zip(columns.first, columns.last, strict=True))
    assert spans[0][0] == 1
    assert spans[-1][1] == 5000
    assert all(b + 1 == c for (_, b), (c, _) in pairwise(spans))

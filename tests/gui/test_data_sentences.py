"""The table of sentences: filter, sort, edit, delete, add, a million rows."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Row, Table
from rnnstudio.gui.models.sentences import EXCLUDED_ROLE, LABEL, SENTENCE, SPLIT
from rnnstudio.gui.panels.sentences import SentencesPanel
from rnnstudio.gui.tables import CellRole
from rnnstudio.session.resolve.data import SentencesState, resolve_sentences
from tests.gui.hosting import hosted
from tests.session.page_states import state_of, table_of

TABLE = table_of(
    ("The film was dull", "negative"),
    ("a joy from start to end", "positive"),
    ("Dull, dull, DULL", "negative"),
    ("not dull at all", "positive"),
    ("so bad", "negative"),
)


@pytest.fixture
def panel(qtbot: QtBot) -> SentencesPanel:
    result = SentencesPanel()
    hosted(qtbot, result, 520, 400)
    result.render(resolve_sentences(state_of(TABLE)))
    return result


def lines(panel: SentencesPanel, column: int = SENTENCE) -> list[str]:
    return [panel.model.text(line, column) for line in range(panel.model.rowCount())]


def type_filter(qtbot: QtBot, panel: SentencesPanel, words: str) -> None:
    panel.filter.clear()
    QTest.keyClicks(panel.filter, words)
    qtbot.waitUntil(lambda: not panel._typing.isActive())


def test_filtering_ignores_case_and_says_how_many(qtbot: QtBot, panel: SentencesPanel) -> None:
    type_filter(qtbot, panel, "dull")
    assert lines(panel) == ["The film was dull", "Dull, dull, DULL", "not dull at all"]
    assert panel.count.text() == "3 of 5"
    type_filter(qtbot, panel, "POSITIVE")
    assert lines(panel) == ["a joy from start to end", "not dull at all"]
    type_filter(qtbot, panel, "")
    assert panel.count.text() == "5"


def _render_without(panel: SentencesPanel, *excluded: int) -> None:
    rows = tuple(
        dataclasses.replace(row, excluded=number in excluded)
        for number, row in enumerate(TABLE.rows)
    )
    panel.render(resolve_sentences(state_of(dataclasses.replace(TABLE, rows=rows))))


def test_excluded_rows_are_struck_out_counted_and_found(
    qtbot: QtBot, panel: SentencesPanel
) -> None:
    _render_without(panel, 1, 3)
    assert len(lines(panel)) == 5
    assert panel.count.text() == "5 · 2 excluded"
    for line in range(5):
        cell = panel.model.index(line, SENTENCE)
        assert bool(cell.data(EXCLUDED_ROLE)) == (line in (1, 3))
        assert ("excluded" in cell.data(CellRole.HINT)) == (line in (1, 3))
        muted = cell.data(CellRole.COLOR) == panel.model.theme.color("muted")
        assert muted == (line in (1, 3))
    type_filter(qtbot, panel, "excluded")
    assert lines(panel) == ["a joy from start to end", "not dull at all"]
    type_filter(qtbot, panel, "")
    panel.model.sort(SPLIT)
    assert lines(panel)[3:] == ["a joy from start to end", "not dull at all"]


def test_an_excluded_sentence_looks_otherwise(panel: SentencesPanel) -> None:
    before = panel.table.viewport().grab().toImage()
    _render_without(panel, 1)
    after = panel.table.viewport().grab().toImage()
    rect = panel.table.visualRect(panel.model.index(1, SENTENCE))
    assert before.copy(rect) != after.copy(rect)
    # A line goes through the words, in one colour from their beginning on.
    ratio = after.devicePixelRatio()
    middle = rect.center().y()
    found = []
    for y in range(middle - 3, middle + 6):
        row = {after.pixel(int((rect.left() + 10 + x) * ratio), int(y * ratio)) for x in range(60)}
        found.append(row)
    assert panel.model.theme.color("muted").rgb() in set.union(*(r for r in found if len(r) == 1))
    rect = panel.table.visualRect(panel.model.index(0, SENTENCE))
    assert before.copy(rect) == after.copy(rect)


def test_rows_are_excluded_and_taken_in_from_their_menu(
    qtbot: QtBot, panel: SentencesPanel
) -> None:
    _render_without(panel, 1)
    panel.table.selectAll()
    panel.table.setCurrentIndex(panel.model.index(0, SENTENCE))

    def action(start: str) -> QAction:
        (found,) = [one for one in panel.row_menu(cell).actions() if one.text().startswith(start)]
        return found

    cell = panel.model.index(0, SENTENCE)
    with qtbot.waitSignal(panel.rows_excluded) as told:
        action("Exclude from training and evaluation").trigger()
    assert told.args == [(0,), True]
    panel.table.selectAll()
    assert action("Exclude").text() == "Exclude from training and evaluation (4 sentences)"
    with qtbot.waitSignal(panel.rows_excluded) as told:
        action("Take in again").trigger()
    assert told.args == [(1,), False]


def test_nothing_found_is_said(qtbot: QtBot, panel: SentencesPanel) -> None:
    type_filter(qtbot, panel, "zebra")
    assert panel.empty.isVisible()
    assert "zebra" in panel.empty.text()
    assert not panel.table.isVisible()


def test_headings_sort(panel: SentencesPanel) -> None:
    panel.table.sortByColumn(SENTENCE, Qt.SortOrder.AscendingOrder)
    assert lines(panel)[:2] == ["a joy from start to end", "Dull, dull, DULL"]
    panel.table.sortByColumn(LABEL, Qt.SortOrder.DescendingOrder)
    assert lines(panel, LABEL) == ["positive"] * 2 + ["negative"] * 3
    panel.table.sortByColumn(SPLIT, Qt.SortOrder.AscendingOrder)
    order = {"train": 0, "validation": 1, "test": 2}
    splits = [order[split] for split in lines(panel, SPLIT)]
    assert splits == sorted(splits)


def test_selecting_a_line_names_the_tables_row(qtbot: QtBot, panel: SentencesPanel) -> None:
    panel.table.sortByColumn(SENTENCE, Qt.SortOrder.DescendingOrder)
    with qtbot.waitSignal(panel.row_selected) as caught:
        panel.table.setCurrentIndex(panel.model.index(1, SENTENCE))
    assert caught.args == [4]


def test_rendering_says_nothing(qtbot: QtBot, panel: SentencesPanel) -> None:
    with qtbot.assertNotEmitted(panel.row_selected):
        panel.render(resolve_sentences(state_of(TABLE, row=3)))
    assert panel.model.row_of(panel.table.currentIndex().row()) == 3
    with qtbot.assertNotEmitted(panel.row_selected):
        panel.render(resolve_sentences(state_of(TABLE, row=None)))
    assert panel.selected_rows() == ()


def test_editing_in_place_asks_and_changes_nothing(qtbot: QtBot, panel: SentencesPanel) -> None:
    panel.table.setCurrentIndex(panel.model.index(1, LABEL))
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    editor = panel.table.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("negative")
    with qtbot.waitSignal(panel.row_edited) as caught:
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert caught.args == [1, "label", "negative"]
    assert panel.model.text(1, LABEL) == "positive"


def test_an_edit_that_changes_nothing_or_empties_is_not_asked_for(
    qtbot: QtBot, panel: SentencesPanel
) -> None:
    index = panel.model.index(0, SENTENCE)
    with qtbot.assertNotEmitted(panel.row_edited):
        assert not panel.model.setData(index, "The film was dull")
        assert not panel.model.setData(index, "   ")


def test_no_line_moves_after_an_edit(panel: SentencesPanel) -> None:
    panel.table.sortByColumn(SENTENCE, Qt.SortOrder.AscendingOrder)
    before = lines(panel)
    rows = list(TABLE.rows)
    rows[1] = dataclasses.replace(rows[1], text="zzz")
    panel.render(resolve_sentences(state_of(dataclasses.replace(TABLE, rows=tuple(rows)))))
    assert lines(panel) == ["zzz", *before[1:]]


def test_delete_asks_for_all_selected_rows(qtbot: QtBot, panel: SentencesPanel) -> None:
    panel.table.sortByColumn(SENTENCE, Qt.SortOrder.AscendingOrder)
    panel.table.selectRow(0)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(panel.rows_deleted) as caught:
        QTest.keyClick(panel.table, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert caught.args == [(1, 2)]
    with qtbot.waitSignal(panel.rows_deleted):
        QTest.keyClick(panel.table, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    with qtbot.assertNotEmitted(panel.rows_deleted):
        QTest.keyClick(panel.table, Qt.Key.Key_Delete)
        QTest.keyClick(panel.table, Qt.Key.Key_Backspace)


def test_a_label_of_other_data_is_not_offered(panel: SentencesPanel) -> None:
    longest = "a label that is far wider than its box is allowed to be"
    other = table_of(("x", longest), ("y", "b"))
    other = dataclasses.replace(other, origin="other")
    panel.new_label.setCurrentIndex(1)
    panel.render(resolve_sentences(state_of(other)))
    assert panel.new_label.currentText() == panel.new_label.itemText(0)
    assert panel._label_line.cursorPosition() == 0
    QTest.keyClicks(panel._label_line, "new ")
    typed = panel.new_label.currentText()
    rows = (*other.rows, dataclasses.replace(other.rows[0], label="c"))
    panel.render(resolve_sentences(state_of(dataclasses.replace(other, rows=rows))))
    assert panel.new_label.currentText() == typed


def test_a_row_is_added_with_a_new_label(qtbot: QtBot, panel: SentencesPanel) -> None:
    panel.add_button.click()
    assert panel.adding.isVisible()
    QTest.keyClicks(panel.new_sentence, "it was fine")
    panel.new_label.setCurrentText("neutral")
    with qtbot.waitSignal(panel.row_added) as caught:
        QTest.keyClick(panel.new_sentence, Qt.Key.Key_Return)
    assert caught.args == ["it was fine", "neutral"]
    assert panel.new_sentence.text() == ""
    with qtbot.assertNotEmitted(panel.row_added):
        panel.add_now.click()


def test_the_menu_opens_moves_and_deletes(qtbot: QtBot, panel: SentencesPanel) -> None:
    panel.table.selectRow(2)
    index = panel.model.index(2, SENTENCE)
    panel.table.setCurrentIndex(index)
    menu = panel.row_menu(index)
    named = {action.text().split("\t")[0]: action for action in menu.actions()}
    assert "Del" in menu.actions()[-1].text().split("\t")[1]
    with qtbot.waitSignal(panel.row_opened) as opened:
        named["Open in Unroll"].trigger()
    assert opened.args == [2]
    splits = named["Move to split"].menu()
    assert splits is not None
    moves = {action.text(): action for action in splits.actions()}  # type: ignore[attr-defined]
    with qtbot.waitSignal(panel.row_edited) as moved:
        moves["test"].trigger()
    assert moved.args == [2, "split", "test"]
    with qtbot.waitSignal(panel.rows_deleted) as deleted:
        named["Delete"].trigger()
    assert deleted.args == [(2,)]
    menu.deleteLater()


def test_copying_follows_filter_and_order(qtbot: QtBot, panel: SentencesPanel) -> None:
    type_filter(qtbot, panel, "joy")
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0] == ["#", "sentence", "label", "split"]
    assert [row[:3] for row in rows[1:]] == [["2", "a joy from start to end", "positive"]]


def test_a_million_rows_are_not_copied(qtbot: QtBot) -> None:
    row = Row("the same sentence", "a", None, "", None)
    table = Table("big", (row,) * 1_000_000, (), "/big.csv")
    panel = SentencesPanel()
    hosted(qtbot, panel, 700, 400)
    panel.render(SentencesState(table, None, ("a",), 999_999))
    panel._indexing.stop()
    assert panel.count.text() == "1,000,000"
    assert panel.table.currentIndex().row() == 999_999
    bar = panel.table.verticalScrollBar()
    for place in (0, bar.maximum() // 2, bar.maximum()):
        bar.setValue(place)
        panel.table.grab()
    panel.table.selectAll()
    assert len(panel.selected_rows()) == 1_000_000

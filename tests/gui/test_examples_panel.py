"""The sentences of the selection: what a line shows, says and offers."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.network import Task
from rnnstudio.gui.contrast import contrast
from rnnstudio.gui.models.examples import CONFIDENCE, LENGTH, LINK, OTHER, SAYS, SENTENCE, TRUTH
from rnnstudio.gui.panels.examples import ExamplesPanel
from rnnstudio.gui.plots.shaded_words import ShadedWords, shade, word_at
from rnnstudio.gui.tables import CellRole, inner_box
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.session.answers.judging import ExampleOrder
from rnnstudio.session.findings import ExampleFound, ExamplesFound, Findings
from rnnstudio.session.looking import Method
from rnnstudio.session.resolve.examples import resolve_examples
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.gui.hosting import hosted
from tests.session.judgements import evaluation_with, rival_with, tagged
from tests.session.page_states import evaluation_of, state_of, table_of

LABELS = ("negative", "positive")
SENTENCES = ("It was a waste of time .", "Good film .", "Not dull at all .", "So good !")
TABLE = table_of(*zip(SENTENCES, ("negative", "positive", "negative", "positive"), strict=True))
EVALUATION = evaluation_of(LABELS, [0, 1, 0, 1], [1, 0, 1, 1], [0.6, 0.9, 0.7, 0.8])
STATE = state_of(TABLE, evaluation=EVALUATION)


def looked(state: SessionState, **judging: Any) -> SessionState:
    return dataclasses.replace(state, judging=dataclasses.replace(state.judging, **judging))


def with_found(state: SessionState, flips: tuple[int, ...] = (5,)) -> SessionState:
    """Sentence 0 with what each of its words did: 0.9, −0.2, … of the sos to the eos."""
    assert state.model is not None
    assert state.dataset is not None
    ids = state.dataset.sequences[0]
    numbers = np.array([0.9, -0.2, 0.0, 0.4, 0.3, -0.4, 0.1, 0.0, 0.9], np.float32)
    one = ExampleFound(ids, 5, 1, Method.GRADIENT_TIMES_INPUT, numbers, flips)
    found = ExamplesFound(state.model, state.dataset, {(0, 5): one})
    return dataclasses.replace(state, findings=Findings(examples=found))


def tagged_state() -> SessionState:
    rows = (("in New York", "O B-LOC I-LOC"), ("we left", "O O"))
    made = tuple(
        Row(text, "", None, "x.conll", 1, tuple(text.split()), tuple(tags.split()))
        for text, tags in rows
    )
    table = Table("own", made, (), "/data/x.conll", Task.LABEL)
    evaluation = tagged(
        ("B-LOC", "I-LOC", "O"),
        [["O", "B-LOC", "I-LOC"], ["O", "O"]],
        [["O", "B-LOC", "O"], ["B-LOC", "O"]],
    )
    return state_of(table, evaluation=evaluation)


def bordered_state() -> SessionState:
    """One entity with a wrong border, one that is invented, one that is missed."""
    rows = (("in New York", "O B-LOC I-LOC"), ("we left", "O O"), ("to Rome", "O B-LOC"))
    made = tuple(
        Row(text, "", None, "x.conll", 1, tuple(text.split()), tuple(tags.split()))
        for text, tags in rows
    )
    evaluation = tagged(
        ("B-LOC", "I-LOC", "O"),
        [list(row.tags or ()) for row in made],
        [["O", "B-LOC", "O"], ["B-LOC", "O"], ["O", "O"]],
    )
    table = Table("own", made, (), "/data/x.conll", Task.LABEL)
    return state_of(table, evaluation=evaluation)


def with_rival() -> SessionState:
    other = evaluation_with(LABELS, [0, 1, 0, 1], [[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]])
    assert STATE.model is not None
    rival = dataclasses.replace(
        rival_with(other), model=STATE.model, dataset=STATE.dataset, split=STATE.selection.split
    )
    return dataclasses.replace(STATE, rival=rival)


@pytest.fixture
def panel(qtbot: QtBot) -> ExamplesPanel:
    result = ExamplesPanel()
    hosted(qtbot, result, 700, 400)
    result.render(resolve_examples(STATE))
    return result


def listed(panel: ExamplesPanel, column: int = SENTENCE) -> list[str]:
    return [panel.model.text(line, column) for line in range(panel.model.rowCount())]


def line_of(panel: ExamplesPanel, sentence: int) -> int:
    return listed(panel).index(SENTENCES[sentence])


def test_errors_are_listed_most_sure_first(panel: ExamplesPanel) -> None:
    assert listed(panel) == [SENTENCES[1], SENTENCES[2], SENTENCES[0]]
    assert listed(panel, CONFIDENCE) == ["0.90", "0.70", "0.60"]
    assert panel.title.text() == "All errors"
    assert panel.subtitle.words == "3 sentences"


def test_orders_are_asked_for(qtbot: QtBot, panel: ExamplesPanel) -> None:
    with qtbot.waitSignal(panel.judging_changed) as asked:
        panel.order.choice(ExampleOrder.LONGEST).trigger()
    assert asked.args == [{"example_order": ExampleOrder.LONGEST}]
    panel.render(resolve_examples(looked(STATE, example_order=ExampleOrder.LONGEST)))
    assert panel.order.text() == "longest first"
    assert listed(panel)[0] == SENTENCES[0]


def test_headings_sort(qtbot: QtBot, panel: ExamplesPanel) -> None:
    heading = panel.table.horizontalHeader()
    x = heading.sectionViewportPosition(CONFIDENCE) + 20
    with qtbot.waitSignal(panel.judging_changed) as asked:
        QTest.mouseClick(
            heading.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, heading.height() // 2)
        )
    assert asked.args == [{"example_order": ExampleOrder.LEAST_SURE}]
    assert heading.sortIndicatorSection() == CONFIDENCE
    with qtbot.waitSignal(panel.judging_changed) as asked:
        heading.sectionClicked.emit(LENGTH)
    assert asked.args == [{"example_order": ExampleOrder.LONGEST}]


def test_searching_waits_for_the_typist(qtbot: QtBot, panel: ExamplesPanel) -> None:
    with qtbot.waitSignal(panel.judging_changed) as asked:
        QTest.keyClicks(panel.search, "good")
    assert asked.args == [{"search": "good"}]
    panel.render(resolve_examples(looked(STATE, search="good")))
    assert listed(panel) == [SENTENCES[1]]
    assert panel.subtitle.words == "1 of 3 sentences"
    panel.render(resolve_examples(looked(STATE, search="nothing")))
    assert panel.message.isVisible()
    assert panel.search.isVisible()
    assert panel.search.text() == "nothing"


def test_enter_leads_from_the_search_to_the_sentence(qtbot: QtBot, panel: ExamplesPanel) -> None:
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.table.currentIndex().row() == 0
    with qtbot.waitSignal(panel.example_opened) as opened:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert opened.args == [1, None]


def test_a_sentence_is_opened_where_it_was_decided(qtbot: QtBot, panel: ExamplesPanel) -> None:
    panel.render(resolve_examples(with_found(STATE)))
    line = line_of(panel, 0)
    link = panel.table.visualRect(panel.model.index(line, LINK)).center()
    with qtbot.waitSignal(panel.example_opened) as opened:
        QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=link)
    assert opened.args == [0, 5]


def test_words_are_shaded_by_their_share(panel: ExamplesPanel) -> None:
    panel.render(resolve_examples(with_found(STATE)))
    cell = panel.model.index(line_of(panel, 0), SENTENCE).data(CellRole.WORDS)
    assert isinstance(cell, ShadedWords)
    assert cell.shares == pytest.approx((-0.5, 0.0, 1.0, 0.75, -1.0, 0.25, 0.0))
    start, end = cell.words[3]
    assert cell.text[start:end] == "waste"
    assert cell.decided == start
    other = panel.model.index(line_of(panel, 1), SENTENCE).data(CellRole.WORDS)
    assert (other.shares, other.decided) == ((), None)


def test_what_is_decided_at_the_end_has_its_flag_behind_the_last_word(
    panel: ExamplesPanel,
) -> None:
    panel.render(resolve_examples(with_found(STATE, flips=(3, 9))))
    cell = panel.model.words(line_of(panel, 0))
    assert cell.decided == len(SENTENCES[0])


def test_a_word_says_what_it_did(panel: ExamplesPanel) -> None:
    panel.render(resolve_examples(with_found(STATE)))
    line = line_of(panel, 0)
    index = panel.model.index(line, SENTENCE)
    box = inner_box(panel.table.visualRect(index))
    cell = panel.model.words(line)
    said = {panel.table.hint_at(index, x) for x in range(box.left(), box.left() + 160)}
    assert any(
        one.startswith("“waste” speaks for “positive”: it moves log ŷ of “positive” by +0.3")
        and one.endswith("decided here")
        for one in said
    )
    assert any(one.startswith("“was” moves nothing") for one in said)
    assert word_at(cell, box, box.left() - 20) is None
    assert "truth negative, says positive with confidence 0.60, 0.20 ahead" in panel.model.hint(
        line
    )
    assert panel.model.hint(line).endswith("decided at step 5, “waste”")


def test_what_is_found_moves_nothing(panel: ExamplesPanel) -> None:
    panel.table.setCurrentIndex(panel.model.index(1, SENTENCE))
    panel.render(resolve_examples(with_found(STATE)))
    assert panel.table.currentIndex().row() == 1


def test_seen_lines_are_told_once_they_rest(qtbot: QtBot, panel: ExamplesPanel) -> None:
    with qtbot.waitSignal(panel.rows_seen) as seen:
        panel.render(resolve_examples(looked(STATE, example_order=ExampleOrder.DATA)))
    assert seen.args == [((0, 5), (1, 5), (2, 5))]


def test_only_lines_that_are_seen_are_told(qtbot: QtBot) -> None:
    many = table_of(*((f"sentence {i}", LABELS[i % 2]) for i in range(500)))
    truth = [i % 2 for i in range(500)]
    state = state_of(many, evaluation=evaluation_of(LABELS, truth, [1 - one for one in truth]))
    panel = ExamplesPanel()
    hosted(qtbot, panel, 700, 400)
    with qtbot.waitSignal(panel.rows_seen) as seen:
        panel.render(resolve_examples(looked(state, example_order=ExampleOrder.DATA)))
    first = [row for row, _ in seen.args[0]]
    assert first == list(range(len(first)))
    assert len(first) < 30
    with qtbot.waitSignal(panel.rows_seen) as seen:
        panel.table.verticalScrollBar().setValue(panel.table.verticalScrollBar().maximum())
    assert seen.args[0][-1][0] == 499


def test_the_current_sentence_survives_a_new_evaluation(panel: ExamplesPanel) -> None:
    panel.table.setCurrentIndex(panel.model.index(1, SENTENCE))
    newer = evaluation_of(LABELS, [0, 1, 0, 1], [1, 0, 1, 1], [0.99, 0.6, 0.5, 0.8])
    panel.render(resolve_examples(dataclasses.replace(STATE, evaluation=newer)))
    assert panel.model.table_row(panel.table.currentIndex().row()) == 2


def test_after_a_correction_the_next_sentence_is_current(panel: ExamplesPanel) -> None:
    panel.table.setCurrentIndex(panel.model.index(0, SENTENCE))
    corrected = table_of(*((row.text, "negative") for row in TABLE.rows))
    newer = evaluation_of(LABELS, [0, 0, 0, 1], [1, 0, 1, 1], [0.6, 0.9, 0.7, 0.8])
    edited = state_of(corrected, evaluation=EVALUATION)
    panel.render(resolve_examples(edited))
    assert panel.model.table_row(panel.table.currentIndex().row()) == 1
    panel.render(resolve_examples(dataclasses.replace(edited, evaluation=newer)))
    assert panel.table.currentIndex().row() == 0
    assert panel.model.table_row(0) == 2


def actions(menu: QMenu) -> dict[str, Any]:
    return {action.text(): action for action in menu.actions() if action.text()}


def submenu(menu: QMenu, words: str) -> QMenu:
    return next(
        one for one in menu.findChildren(QMenu) if isinstance(one, QMenu) and one.title() == words
    )


def test_a_truth_is_corrected_from_the_menu(qtbot: QtBot, panel: ExamplesPanel) -> None:
    menu = panel.row_menu(panel.model.index(0, SENTENCE))
    labels = actions(submenu(menu, "Relabel as"))
    assert list(labels) == ["negative, as the network says"]
    with qtbot.waitSignal(panel.relabelled) as asked:
        labels["negative, as the network says"].trigger()
    assert asked.args == [1, None, "negative"]


def test_sentences_are_excluded_from_the_menu(qtbot: QtBot, panel: ExamplesPanel) -> None:
    menu = panel.row_menu(panel.model.index(1, SENTENCE))
    with qtbot.waitSignal(panel.excluded) as asked:
        actions(menu)["Exclude this sentence"].trigger()
    assert asked.args == [(2,), True]
    panel.table.selectAll()
    menu = panel.row_menu(panel.model.index(1, SENTENCE))
    assert not [one for one in menu.findChildren(QMenu) if one.title().startswith("Relabel")]
    with qtbot.waitSignal(panel.excluded) as asked:
        actions(menu)["Exclude 3 sentences"].trigger()
    assert asked.args == [(1, 2, 0), True]


def test_lines_are_copied(panel: ExamplesPanel) -> None:
    panel.table.setCurrentIndex(panel.model.index(0, SENTENCE))
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    assert text == "2\tGood film .\tpositive\tnegative\t0.900000\t0.800000\t3"


def test_a_wrong_answer_is_orange(panel: ExamplesPanel) -> None:
    assert panel.model.index(0, SAYS).data(CellRole.COLOR) is not None
    right = dataclasses.replace(
        STATE, selection=dataclasses.replace(STATE.selection, cells=frozenset({(1, 1)}))
    )
    panel.render(resolve_examples(right))
    assert panel.model.index(0, SAYS).data(CellRole.COLOR) is None


def test_a_word_with_a_tag_is_marked_opened_and_relabelled(
    qtbot: QtBot, panel: ExamplesPanel
) -> None:
    panel.render(resolve_examples(tagged_state()))
    line = listed(panel).index("in New York")
    cell = panel.model.words(line)
    assert cell.text[slice(*cell.mark or (0, 0))] == "York"
    with qtbot.waitSignal(panel.example_opened) as opened:
        panel.table.opened.emit(panel.model.index(line, SENTENCE))
    assert opened.args == [0, 4]
    menu = panel.row_menu(panel.model.index(line, SENTENCE))
    with qtbot.waitSignal(panel.relabelled) as asked:
        actions(submenu(menu, "Relabel “York” as"))["B-LOC"].trigger()
    assert asked.args == [0, 4, "B-LOC"]


def test_each_word_of_an_entity_can_be_relabelled(panel: ExamplesPanel) -> None:
    panel.render(resolve_examples(looked(tagged_state(), by_entity=True)))
    line = listed(panel).index("in New York")
    menu = panel.row_menu(panel.model.index(line, SENTENCE))
    words = [one.title() for one in menu.findChildren(QMenu)]
    assert words == ["Relabel “New” as", "Relabel “York” as"]
    assert panel.model.hint(line).startswith("words 2 to 3 of sentence 1: truth LOC")


def test_a_second_network_has_a_column_and_outcomes(qtbot: QtBot, panel: ExamplesPanel) -> None:
    assert panel.table.isColumnHidden(OTHER)
    assert not panel.outcome.isVisible()
    panel.render(resolve_examples(with_rival()))
    assert not panel.table.isColumnHidden(OTHER)
    assert listed(panel, OTHER) == ["positive", "positive", "negative"]
    wrong = [panel.model.index(line, OTHER).data(CellRole.COLOR) for line in range(3)]
    assert [color is None for color in wrong] == [True, False, True]
    with qtbot.waitSignal(panel.judging_changed) as asked:
        panel.outcome.choice(Outcome.SECOND_ONLY).trigger()
    assert asked.args == [{"outcome": Outcome.SECOND_ONLY}]


def test_an_empty_list_says_why(panel: ExamplesPanel) -> None:
    panel.render(resolve_examples(state_of(table_of(("a", "x"), ("b", "y")))))
    assert "test split is empty" in panel.message.text()
    assert not panel.table.isVisible()
    assert not panel.search.isVisible()
    assert panel.table_rows() is None


def test_a_list_that_follows_training_is_read_no_faster(panel: ExamplesPanel) -> None:
    learning = dataclasses.replace(STATE, run=RunState(status=RunStatus.RUNNING))
    newer = evaluation_of(LABELS, [0, 1, 0, 1], [0, 0, 1, 1], [0.6, 0.9, 0.7, 0.8])
    panel.render(resolve_examples(learning))
    panel.render(resolve_examples(dataclasses.replace(learning, evaluation=newer)))
    assert len(listed(panel)) == 3
    assert (panel.title.text(), panel.subtitle.words) == ("All errors", "3 sentences")
    right = evaluation_of(LABELS, [0, 1, 0, 1], [0, 1, 0, 1], [0.6, 0.9, 0.7, 0.8])
    panel.render(resolve_examples(dataclasses.replace(learning, evaluation=right)))
    assert (panel.subtitle.words, panel.message.isVisible()) == ("3 sentences", False)
    panel.render(resolve_examples(dataclasses.replace(STATE, evaluation=newer)))
    assert len(listed(panel)) == 2
    assert panel.subtitle.words == "2 sentences"


def test_another_split_does_not_wait(panel: ExamplesPanel) -> None:
    learning = dataclasses.replace(STATE, run=RunState(status=RunStatus.RUNNING))
    panel.render(resolve_examples(learning))
    other = evaluation_of(LABELS, [0, 1, 0, 1], [0, 0, 1, 1], [0.6, 0.9, 0.7, 0.8])
    other = dataclasses.replace(other, split=Split.TRAIN)
    selection = dataclasses.replace(STATE.selection, split=Split.TRAIN)
    panel.render(
        resolve_examples(dataclasses.replace(learning, evaluation=other, selection=selection))
    )
    assert (len(listed(panel)), panel.subtitle.words) == (2, "2 sentences")


def test_table_rows_are_whole_sentences(panel: ExamplesPanel) -> None:
    rows = panel.table_rows()
    assert rows is not None
    headings = ["sentence number", "sentence", "truth", "says", "confidence", "margin", "words"]
    assert rows[0] == headings
    assert rows[3] == ["1", SENTENCES[0], "negative", "positive", "0.600000", "0.200000", "7"]


def test_table_rows_name_the_word_or_the_entity(panel: ExamplesPanel) -> None:
    panel.render(resolve_examples(tagged_state()))
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0][:5] == ["sentence number", "word", "sentence", "truth", "says"]
    assert sorted(row[:5] for row in rows[1:]) == [
        ["1", "York", "in New York", "I-LOC", "O"],
        ["2", "we", "we left", "O", "B-LOC"],
    ]
    panel.render(resolve_examples(looked(bordered_state(), by_entity=True)))
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0][1] == "entity"
    said = {row[1]: (row[3], row[4], row[5] != "", row[6] != "") for row in rows[1:]}
    assert said == {
        "New York": ("LOC", "wrong border", True, True),
        "we": ("", "LOC", True, True),
        "Rome": ("LOC", "missed", False, False),
    }


def test_a_wrong_border_shows_both_entities(panel: ExamplesPanel) -> None:
    panel.render(resolve_examples(looked(bordered_state(), by_entity=True)))
    sentences = listed(panel)
    drawn = {
        sentence: tuple(
            "" if span is None else sentence[slice(*span)]
            for cell in [panel.model.words(line)]
            for span in (cell.mark, cell.said)
        )
        for line, sentence in enumerate(sentences)
    }
    assert drawn == {
        "in New York": ("New York", "New"),
        "we left": ("we", "we"),
        "to Rome": ("Rome", ""),
    }
    tips = {
        sentence: panel.model.index(line, SENTENCE).data(Qt.ItemDataRole.ToolTipRole)
        for line, sentence in enumerate(sentences)
    }
    assert tips["in New York"] == (
        "in New York\nUnderlined: the true entity, “New York”. Framed: what the network sees, “New”"
    )
    assert tips["we left"].endswith("\nFramed: what the network sees, “we”")
    assert tips["to Rome"].endswith("\nUnderlined: the true entity, “Rome”")
    border = panel.model.index(sentences.index("in New York"), SAYS)
    assert "Framed: what the network sees" in border.data(Qt.ItemDataRole.ToolTipRole)
    panel.grab()
    assert "underlined" in panel.key.toolTip()
    panel.render(resolve_examples(STATE))
    assert "underlined" not in panel.key.toolTip()


def test_merged_tags_are_listed_by_their_type(panel: ExamplesPanel) -> None:
    panel.render(resolve_examples(looked(tagged_state(), merged=True)))
    said = set(zip(listed(panel, TRUTH), listed(panel, SAYS), strict=True))
    assert said == {("LOC", "O"), ("O", "LOC")}
    line = listed(panel).index("we left")
    menu = panel.row_menu(panel.model.index(line, SENTENCE))
    labels = list(actions(submenu(menu, "Relabel “we” as")))
    assert labels == ["B-LOC, as the network says", "I-LOC"]


def test_all_lines_have_one_scale(panel: ExamplesPanel) -> None:
    def with_two(first: float, second: float) -> SessionState:
        state = with_found(STATE)
        assert state.findings.examples is not None
        found = state.findings.examples
        one = dataclasses.replace(
            found.by_place[0, 5], contributions=np.array([9, 0, first, 0, 0, 0, 0, 0, 9])
        )
        ids = found.dataset.sequences[1]
        two = dataclasses.replace(one, ids=ids, class_index=0)
        two = dataclasses.replace(two, contributions=np.array([9, second, 0, 0, 9]))
        both = dataclasses.replace(found, by_place={(0, 5): one, (1, 5): two})
        return dataclasses.replace(state, findings=Findings(examples=both))

    panel.render(resolve_examples(with_two(0.5, -0.001)))
    assert max(panel.model.words(line_of(panel, 0)).shares) == 1.0
    assert panel.model.words(line_of(panel, 1)).shares[0] == pytest.approx(-0.002, rel=0.1)
    assert "All lines have one scale: the fullest is 0.48 or more." in panel.key.toolTip()
    panel.render(resolve_examples(with_two(0.002, -0.001)))
    assert max(panel.model.words(line_of(panel, 0)).shares) == pytest.approx(0.02)
    assert "the fullest is 0.10 or more, and never less" in panel.key.toolTip()


def test_the_sentence_has_room_beside_two_networks(qtbot: QtBot) -> None:
    panel = ExamplesPanel()
    hosted(qtbot, panel, 554, 265)
    panel.render(resolve_examples(with_rival()))
    header = panel.table.horizontalHeader()
    assert header.sectionSize(SENTENCE) >= 0.36 * panel.table.viewport().width()
    shown = [column for column in range(LINK + 1) if not panel.table.isColumnHidden(column)]
    assert sum(map(header.sectionSize, shown)) <= panel.table.viewport().width()
    said = panel.model.index(0, OTHER)
    assert said.data(Qt.ItemDataRole.ToolTipRole) == panel.model.text(0, OTHER)


def test_names_of_classes_are_cut_before_the_sentence(qtbot: QtBot) -> None:
    long = ("a class with a very long name", "another one that is not much shorter")
    state = state_of(TABLE, evaluation=dataclasses.replace(EVALUATION, labels=long))
    panel = ExamplesPanel()
    hosted(qtbot, panel, 554, 265)
    panel.render(resolve_examples(state))
    header = panel.table.horizontalHeader()
    assert header.sectionSize(SENTENCE) >= 0.36 * panel.table.viewport().width()


def test_the_place_survives_another_list_for_a_moment(panel: ExamplesPanel) -> None:
    panel.table.setCurrentIndex(panel.model.index(1, SENTENCE))
    row = panel.model.table_row(1)
    panel.render(resolve_examples(dataclasses.replace(STATE, evaluation=None)))
    panel.render(resolve_examples(STATE))
    assert panel.model.table_row(panel.table.currentIndex().row()) == row


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("size", [(560, 290), (700, 440), (1500, 900)])
def test_every_kind_of_list_is_painted(
    panel: ExamplesPanel, theme: Theme, size: tuple[int, int]
) -> None:
    panel.set_theme(theme)
    panel.resize(*size)
    long_words = table_of(
        ("word " * 3000, "negative"), ("x" * 5000, "positive"), ("مرحبا بكم", "x")
    )
    spoiled = dataclasses.replace(
        EVALUATION, probabilities=np.full_like(EVALUATION.probabilities, np.nan)
    )
    for state in (
        STATE,
        with_found(STATE),
        tagged_state(),
        with_rival(),
        state_of(long_words, evaluation=evaluation_of(("a", "b"), [0, 1, 1], [1, 0, 0])),
        dataclasses.replace(STATE, evaluation=spoiled),
    ):
        panel.render(resolve_examples(state))
        panel.grab()
        panel.table_rows()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_words_are_clear_on_the_fullest_shade(theme: Theme) -> None:
    assert contrast(theme.color("text"), shade(theme, 1.0)) >= 4.5
    assert contrast(shade(theme, 1.0), theme.color("panel")) > contrast(
        shade(theme, 0.5), theme.color("panel")
    )

"""The lecture's table on the screen: what it says, how it opens, words between their tags."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.network import Task
from rnnstudio.gui.models.lecture_table import CORRECT, SAID, SENTENCE, TRUTH
from rnnstudio.gui.panels.lecture_table import LectureTablePanel, words_box
from rnnstudio.gui.plots.tagged_words import is_right_to_left
from rnnstudio.gui.tables import CellRole
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.resolve.lecture_table import resolve_lecture_table
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.gui.hosting import hosted
from tests.session.page_states import evaluation_of, state_of, table_of

TABLE = table_of(*((f"sentence {i}", "xy"[i % 2]) for i in range(30)))
EVALUATION = evaluation_of(
    ("x", "y"), [place % 2 for place in range(30)], [0, 0, *(place % 2 for place in range(2, 30))]
)
SENTENCES = (
    "Ann/PROPN sees/VERB New/ADJ York/PROPN",
    "היא/PRON רואה/VERB את/ADP ניו-יורק/PROPN",
    " ".join(f"word{place}/NOUN" for place in range(60)),
)


def tagged_table() -> Table:
    rows = []
    for line, sentence in enumerate(SENTENCES, start=1):
        words, tags = zip(*(word.split("/") for word in sentence.split()), strict=True)
        rows.append(Row(" ".join(words), "", None, "own", line, words, tags))
    return Table("own", tuple(rows), (), "/data/own", Task.LABEL)


def tagged(wrong: tuple[int, ...] = (2,)) -> Evaluation:
    """The answers to all words, with a verb in place of the `wrong` ones."""
    table = tagged_table()
    labels = ("ADJ", "ADP", "NOUN", "PRON", "PROPN", "VERB")
    truth = [labels.index(tag) for row in table.rows for tag in row.tags or ()]
    said = [labels.index("VERB") if n in wrong else tag for n, tag in enumerate(truth)]
    lengths = [len(row.words or ()) for row in table.rows]
    return dataclasses.replace(
        evaluation_of(labels, truth, said),
        rows=np.repeat(np.arange(len(lengths)), lengths),
        steps=np.concatenate([np.arange(2, 2 + length) for length in lengths]),
        task=Task.LABEL,
    )


def of_words(evaluation: Evaluation | None = None) -> SessionState:
    state = state_of(TABLE, evaluation=evaluation or tagged())
    return dataclasses.replace(state, table=tagged_table())


@pytest.fixture
def panel(qtbot: QtBot) -> LectureTablePanel:
    result = LectureTablePanel()
    hosted(qtbot, result, 700, 420)
    render(result, state_of(TABLE, evaluation=EVALUATION))
    return result


def render(panel: LectureTablePanel, state: SessionState) -> None:
    panel.render(resolve_lecture_table(state))


def texts(panel: LectureTablePanel, line: int) -> list[str]:
    return [panel.model.text(line, column) for column in range(panel.model.columnCount())]


def test_predicted_truth_correct(panel: LectureTablePanel) -> None:
    assert panel.model.headings() == ["sentence", "predicted", "truth", "correct"]
    assert texts(panel, 0) == ["sentence 0", "x", "x", "✓"]
    assert texts(panel, 1) == ["sentence 1", "x", "y", "✗"]
    assert panel.model.rowCount() == 30
    assert panel.summary.words == "29 of 30 sentences correct: accuracy 96.7 %"


def test_a_wrong_prediction_has_a_colour_and_the_sign_too(panel: LectureTablePanel) -> None:
    def color(line: int, column: int) -> object:
        return panel.model.index(line, column).data(CellRole.COLOR)

    assert color(0, SAID) is None
    assert isinstance(color(1, SAID), QColor)
    assert color(1, TRUTH) is None
    assert color(0, CORRECT) != color(1, CORRECT)


def test_what_is_held_back_is_neither_right_nor_wrong(panel: LectureTablePanel) -> None:
    state = state_of(TABLE, evaluation=EVALUATION)
    render(panel, dataclasses.replace(state, judging=Judging(abstain=0.95)))
    assert texts(panel, 0) == ["sentence 0", "no answer", "x", "–"]
    assert "only 0.90 sure" in panel.model.hint(0)


def test_a_sentence_is_opened(qtbot: QtBot, panel: LectureTablePanel) -> None:
    panel.table.setCurrentIndex(panel.model.index(3, SENTENCE))
    with qtbot.waitSignal(panel.example_opened) as caught:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert caught.args == [3, None]
    point = panel.table.visualRect(panel.model.index(1, SAID)).center()
    with qtbot.waitSignal(panel.example_opened) as caught:
        QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=point)
        QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert caught.args == [1, None]


def test_the_split_is_asked_for_and_rendering_is_silent(
    qtbot: QtBot, panel: LectureTablePanel
) -> None:
    with qtbot.waitSignal(panel.split_chosen) as caught:
        panel.split.button("validation").click()
    assert caught.args == ["validation"]
    with qtbot.assertNotEmitted(panel.split_chosen):
        render(panel, state_of(TABLE, evaluation=EVALUATION, split=Split.TRAIN))
    assert panel.split.key == "train"


def test_the_place_stays_where_new_answers_come(panel: LectureTablePanel) -> None:
    panel.table.setCurrentIndex(panel.model.index(20, SENTENCE))
    panel.table.verticalScrollBar().setValue(333)
    newer = evaluation_of(("x", "y"), [place % 2 for place in range(30)], [0] * 30)
    render(panel, state_of(TABLE, evaluation=newer))
    assert panel.table.currentIndex().row() == 20
    assert panel.table.verticalScrollBar().value() == 333
    assert texts(panel, 3) == ["sentence 3", "x", "y", "✗"]


def test_the_current_sentence_is_found_among_others(panel: LectureTablePanel) -> None:
    panel.table.setCurrentIndex(panel.model.index(20, SENTENCE))
    fewer = evaluation_of(("x", "y"), [0] * 12, [0] * 12)
    render(
        panel,
        state_of(TABLE, evaluation=dataclasses.replace(fewer, rows=np.arange(10, 22))),
    )
    assert panel.model.table_row(panel.table.currentIndex().row()) == 20


def test_while_the_network_learns_the_list_waits(qtbot: QtBot, panel: LectureTablePanel) -> None:
    running = RunState(status=RunStatus.RUNNING)
    newer = evaluation_of(("x", "y"), [1] * 30, [1] * 30)
    render(panel, dataclasses.replace(state_of(TABLE, evaluation=newer), run=running))
    assert texts(panel, 0)[1] == "x"
    qtbot.waitUntil(lambda: texts(panel, 0)[1] == "y")


def test_words_stand_between_their_tags(panel: LectureTablePanel) -> None:
    render(panel, of_words())
    assert panel.model.columnCount() == 2
    assert panel.model.text(0, 1) == "3 of 4"
    assert panel.model.text(1, 1) == "✓"
    assert panel.model.written_words(0)[2] == ["New", "VERB", "ADJ", "✗"]
    rows = panel.table_rows()
    assert rows is not None
    assert rows[0] == ["sentence", "word", "predicted", "truth", "correct"]
    assert len(rows) == 1 + 4 + 4 + 60


def areas(panel: LectureTablePanel, line: int) -> list[tuple[int, QRectF]]:
    layout = panel.table.cells.layout_of_words
    assert layout is not None
    return layout.areas(line, words_box(panel.table.visualRect(panel.model.index(line, 0))))


def test_a_long_sentence_takes_as_many_lines_as_it_needs(
    qtbot: QtBot, panel: LectureTablePanel
) -> None:
    render(panel, of_words())
    table = panel.table
    assert table.rowHeight(0) == table.rowHeight(1)
    assert table.rowHeight(2) > 3 * table.rowHeight(0)
    for width in (700, 420, 1300):
        panel.resize(width, 420)
        qtbot.waitUntil(lambda width=width: abs(table.width() - width) < 40)  # type: ignore[misc]
        for line in range(3):
            box = table.visualRect(panel.model.index(line, 0))
            drawn = areas(panel, line)
            assert all(area.left() >= box.left() for _, area in drawn)
            assert all(area.right() <= box.right() for _, area in drawn)
            last = max(area.bottom() for _, area in drawn)
            assert box.bottom() - 12 <= last <= box.bottom(), "neither cut nor half empty"


def test_hebrew_runs_from_right_to_left(panel: LectureTablePanel) -> None:
    render(panel, of_words())
    lefts = [area.left() for _, area in areas(panel, 1)]
    assert lefts == sorted(lefts, reverse=True)
    lefts = [area.left() for _, area in areas(panel, 0)]
    assert lefts == sorted(lefts)
    assert is_right_to_left(("…", "12", "قال"))
    assert not is_right_to_left(("New", "שלום"))
    assert not is_right_to_left(("12", "!"))


def test_a_word_is_said_and_opened_at_its_step(qtbot: QtBot, panel: LectureTablePanel) -> None:
    render(panel, of_words())
    point = areas(panel, 0)[2][1].center().toPoint()
    said: list[str] = []
    panel.hinted.connect(said.append)
    QTest.mouseMove(panel.table.viewport(), point)
    qtbot.waitUntil(lambda: bool(said) and "New" in said[-1])
    assert said[-1].startswith("word 3 “New”: predicted VERB (0.90), truth ADJ: wrong")
    with qtbot.waitSignal(panel.example_opened) as caught:
        QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert caught.args == [0, 4]


def test_enter_opens_the_first_wrong_word(qtbot: QtBot, panel: LectureTablePanel) -> None:
    render(panel, of_words(tagged(wrong=(2, 3))))
    panel.table.setCurrentIndex(panel.model.index(0, 0))
    with qtbot.waitSignal(panel.example_opened) as caught:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert caught.args == [0, 4]
    panel.table.setCurrentIndex(panel.model.index(1, 0))
    with qtbot.waitSignal(panel.example_opened) as caught:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert caught.args == [1, None]


def test_letters_are_large_where_the_panel_fills_the_window(panel: LectureTablePanel) -> None:
    heights = []
    for state in (state_of(TABLE, evaluation=EVALUATION), of_words()):
        render(panel, state)
        before = panel.table.rowHeight(0)
        panel.show_enlarged(True)
        heights.append((before, panel.table.rowHeight(0)))
        panel.show_enlarged(False)
        assert panel.table.rowHeight(0) == before
    assert all(large > before + 5 for before, large in heights)


def test_answers_of_the_table_before_an_edit_break_nothing(panel: LectureTablePanel) -> None:
    state = of_words()
    fewer = dataclasses.replace(state.table, rows=state.table.rows[:1])
    render(panel, dataclasses.replace(state, table=fewer))
    panel.grab()
    render(panel, dataclasses.replace(state_of(TABLE, evaluation=EVALUATION), table=fewer))
    panel.grab()
    assert panel.model.text(5, SENTENCE) == ""


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("size", [(570, 300), (700, 420), (1500, 900)])
def test_everything_is_painted(qtbot: QtBot, size: tuple[int, int], theme: Theme) -> None:
    panel = LectureTablePanel()
    hosted(qtbot, panel, *size)
    panel.set_theme(theme)
    states = (
        state_of(TABLE),
        state_of(TABLE, evaluation=EVALUATION),
        of_words(),
        of_words(tagged(wrong=())),
        state_of(TABLE, evaluation=evaluation_of(("x", "y"), [], [])),
        state_of(TABLE, evaluation=evaluation_of(("x" * 60,), [0], [0])),
    )
    for state in states:
        render(panel, state)
        assert not panel.grab().isNull()
        assert panel.message.isVisible() == (state.evaluation is None)
        assert panel.table.isVisible() == (state.evaluation is not None)

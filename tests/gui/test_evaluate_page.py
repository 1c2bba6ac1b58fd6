"""The Evaluate page: figures, examples, and what stays while training goes on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rnnstudio.data.table import Split
from rnnstudio.gui.controls import SegmentedControl
from rnnstudio.gui.models.examples import CONFIDENCE, LINK, SAYS, SENTENCE
from rnnstudio.gui.pages.evaluate import EvaluatePage
from rnnstudio.gui.tables import CellRole
from rnnstudio.gui.theme import DARK, LIGHT, Theme
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judging import ExampleOrder, Judging, Panels
from rnnstudio.session.resolve.evaluate_page import resolve_evaluate
from rnnstudio.session.resolve.judged import NOT_TRAINED
from rnnstudio.session.state import SessionState
from tests.gui.hosting import hosted
from tests.session.page_states import evaluation_of, state_of, table_of

LABELS = ("negative", "positive")
TABLE = table_of(*((f"sentence {i}", LABELS[i % 2]) for i in range(12)))
EVALUATION = evaluation_of(
    LABELS,
    truth=[0, 1, 0, 1, 0, 1],
    predicted=[0, 0, 1, 1, 1, 0],
    confidence=[0.9, 0.6, 0.95, 0.8, 0.55, 0.7],
)


def render(page: EvaluatePage, state: SessionState) -> None:
    page.render(resolve_evaluate(state))


@pytest.fixture
def page(qtbot: QtBot) -> EvaluatePage:
    result = EvaluatePage()
    hosted(qtbot, result, 1196, 630)
    render(result, state_of(TABLE, evaluation=EVALUATION))
    return result


def listed(page: EvaluatePage, column: int = SENTENCE) -> list[str]:
    model = page.examples.model
    return [model.text(line, column) for line in range(model.rowCount())]


def test_figures_are_the_evaluations(page: EvaluatePage) -> None:
    figures = {name: label.text() for name, label in page.per_class.figures.items()}
    assert figures == {
        "accuracy": "33.3 %",
        "macro F1": "0.333",
        "κ": "−0.333",
        "loss": "0.500",
        "sentences": "6",
    }
    rows = page.per_class.table_rows()
    assert rows is not None
    assert rows[1] == ["negative", "0.333", "0.333", "0.333", "3"]


def test_all_errors_are_listed_most_sure_first(page: EvaluatePage) -> None:
    assert listed(page) == ["sentence 2", "sentence 5", "sentence 1", "sentence 4"]
    assert listed(page, CONFIDENCE) == ["0.95", "0.70", "0.60", "0.55"]
    assert page.examples.title.text() == "All errors"
    least_sure = Judging(example_order=ExampleOrder.LEAST_SURE)
    render(page, dataclasses.replace(state_of(TABLE, evaluation=EVALUATION), judging=least_sure))
    assert listed(page)[0] == "sentence 4"


def test_a_cell_lists_its_sentences(page: EvaluatePage) -> None:
    render(page, state_of(TABLE, evaluation=EVALUATION, cells=frozenset({(0, 1)})))
    assert page.examples.title.text() == "Truth “negative”, called “positive”"
    assert page.examples.subtitle.words == "2 sentences"
    assert listed(page) == ["sentence 2", "sentence 4"]


def test_a_wrong_answer_is_orange(page: EvaluatePage) -> None:
    model = page.examples.model
    assert model.index(0, SAYS).data(CellRole.COLOR) is not None
    render(page, state_of(TABLE, evaluation=EVALUATION, cells=frozenset({(0, 0)})))
    assert model.index(0, SAYS).data(CellRole.COLOR) is None


def test_a_sentence_is_opened_by_link_enter_and_double_click(
    qtbot: QtBot, page: EvaluatePage
) -> None:
    table, model = page.examples.table, page.examples.model
    link = table.visualRect(model.index(1, LINK)).center()
    with qtbot.waitSignal(page.examples.example_opened) as by_link:
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=link)
    assert by_link.args == [5, None]
    table.setCurrentIndex(model.index(2, SENTENCE))
    with qtbot.waitSignal(page.examples.example_opened) as by_key:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert by_key.args == [1, None]
    with qtbot.waitSignal(page.examples.example_opened) as by_mouse:
        table.doubleClicked.emit(model.index(0, SENTENCE))
    assert by_mouse.args == [2, None]


def test_the_current_sentence_survives_a_new_evaluation(page: EvaluatePage) -> None:
    table, model = page.examples.table, page.examples.model
    table.setCurrentIndex(model.index(1, SENTENCE))
    assert model.table_row(1) == 5
    newer = evaluation_of(
        LABELS, [0, 1, 0, 1, 0, 1], [0, 0, 1, 1, 1, 0], [0.9, 0.6, 0.65, 0.8, 0.75, 0.7]
    )
    render(page, state_of(TABLE, evaluation=newer))
    assert model.table_row(table.currentIndex().row()) == 5
    assert table.currentIndex().row() == 1
    assert listed(page)[0] == "sentence 4"


def test_the_buttons_select_in_the_matrix(qtbot: QtBot, page: EvaluatePage) -> None:
    panel = page.confusion
    for choice, cells in (
        (panel.correct, {(0, 0), (1, 1)}),
        (panel.wrong, {(0, 1), (1, 0)}),
    ):
        with qtbot.waitSignal(panel.cells_selected) as caught:
            choice.click()
        assert caught.args == [frozenset(cells)]
    assert not panel.clear.isEnabled()
    render(page, state_of(TABLE, evaluation=EVALUATION, cells=frozenset({(0, 0)})))
    with qtbot.waitSignal(panel.cells_selected) as caught:
        panel.clear.click()
    assert caught.args == [frozenset()]


def test_frequent_errors_lead_to_their_cell(qtbot: QtBot, page: EvaluatePage) -> None:
    page.resize(1516, 910)
    qtbot.waitUntil(page.confusion.words.isVisible)
    first = page.confusion.errors[0]
    assert first.text() == "2 of 3 sentences that are “negative” were called “positive”"
    with qtbot.waitSignal(page.confusion.cells_selected) as caught:
        first.click()
    assert caught.args == [frozenset({(0, 1)})]


def test_the_split_is_asked_for_and_rendering_is_silent(qtbot: QtBot, page: EvaluatePage) -> None:
    with qtbot.waitSignal(page.per_class.split_chosen) as caught:
        page.per_class.split.button("validation").click()
    assert caught.args == ["validation"]
    with qtbot.assertNotEmitted(page.per_class.split_chosen):
        render(page, state_of(TABLE, evaluation=EVALUATION, split=Split.TRAIN))
    assert page.per_class.split.key == "train"


def test_classes_sort_by_a_heading(page: EvaluatePage) -> None:
    evaluation = evaluation_of(("a", "b"), [0, 0, 0, 1], [0, 0, 1, 1])
    render(page, state_of(TABLE, evaluation=evaluation))
    page.per_class.table.sortByColumn(4, Qt.SortOrder.AscendingOrder)
    model = page.per_class.model
    assert [model.text(line, 0) for line in range(2)] == ["b", "a"]


def test_messages_instead_of_empty_panels(page: EvaluatePage) -> None:
    render(page, state_of(table_of(("a", "x"), ("b", "y"))))
    assert "The test split is empty" in page.examples.message.text()
    assert not page.examples.table.isVisible()
    assert not page.per_class.table.isVisible()
    assert page.per_class.figures["accuracy"].text() == "–"
    right = evaluation_of(LABELS, [0, 1], [0, 1])
    render(page, state_of(TABLE, evaluation=right))
    assert page.examples.message.text() == "No errors: every test sentence is right."


def test_one_panel_of_figures_is_shown_and_its_switch_asks_for_another(
    qtbot: QtBot, page: EvaluatePage
) -> None:
    for shown, panel in page.figures.items():
        state = state_of(TABLE, evaluation=EVALUATION)
        render(page, dataclasses.replace(state, judging=Judging(panel=shown)))
        assert page.stack.currentWidget() is panel
    switch = page.runs.findChild(SegmentedControl, "figures")
    assert switch is not None
    assert switch.key == "runs"
    with qtbot.waitSignal(page.judging_changed) as caught:
        switch.button("reliability").click()
    assert caught.args == [{"panel": Panels.RELIABILITY}]


def test_random_weights_are_called_so(page: EvaluatePage) -> None:
    render(page, state_of(TABLE, evaluation=EVALUATION, step=0))
    assert page.confusion.note.isVisible()
    assert page.confusion.note.text() == NOT_TRAINED
    render(page, state_of(TABLE, evaluation=EVALUATION))
    assert not page.confusion.note.isVisible()


def hardly_any() -> dict[str, Evaluation | None]:
    not_numbers = evaluation_of(LABELS, [0, 1, 0], [0, 0, 0])
    spoiled = np.full_like(not_numbers.probabilities, np.nan)
    return {
        "none": None,
        "one class": evaluation_of(("x",), [0, 0], [0, 0]),
        "one row": evaluation_of(LABELS, [1], [0]),
        "a class that never occurs": evaluation_of(("a", "b", "never"), [0, 1], [1, 1]),
        "not a number": dataclasses.replace(not_numbers, probabilities=spoiled, loss=float("nan")),
        "long labels": evaluation_of(tuple("abc"[i] * 40 for i in range(3)), [0, 1, 2], [1, 1, 0]),
    }


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("size", [(1196, 630), (1516, 910)])
@pytest.mark.parametrize("name", hardly_any())
def test_hardly_any_data_is_shown(
    page: EvaluatePage, name: str, theme: Theme, size: tuple[int, int]
) -> None:
    page.set_theme(theme)
    page.resize(*size)
    evaluation = hardly_any()[name]
    for cells in (frozenset[tuple[int, int]](), frozenset({(0, 0)}), frozenset({(5, 9)})):
        render(page, state_of(TABLE, evaluation=evaluation, cells=cells))
        page.grab()
        for panel in page.panels:
            panel.table_rows()
    assert page.minimumSizeHint().width() <= 1196
    assert page.minimumSizeHint().height() <= 630


def test_not_a_number_is_a_dash_and_comes_last(page: EvaluatePage) -> None:
    spoiled = EVALUATION.probabilities.copy()
    spoiled[2] = np.nan
    evaluation = dataclasses.replace(EVALUATION, probabilities=spoiled)
    render(page, state_of(TABLE, evaluation=evaluation))
    assert listed(page, CONFIDENCE) == ["0.70", "0.60", "0.55", "–"]


def test_copying_gives_headings_and_rows(page: EvaluatePage) -> None:
    matrix, examples = page.confusion.table_rows(), page.examples.table_rows()
    assert matrix == [
        ["truth \\ predicted", "negative", "positive"],
        ["negative", "1", "2"],
        ["positive", "2", "1"],
    ]
    assert examples is not None
    assert examples[1][:5] == ["3", "sentence 2", "negative", "positive", "0.950000"]

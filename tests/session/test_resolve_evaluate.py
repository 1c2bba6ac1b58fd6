"""The Evaluate page's states: the sentences of cells, titles and sentences in words."""

from __future__ import annotations

import dataclasses

import pytest

from rnnstudio.data.table import Split
from rnnstudio.session.resolve.evaluate import (
    NOT_TRAINED,
    cell_in_words,
    column_in_words,
    resolve_confusion,
    resolve_examples,
    resolve_per_class,
    row_in_words,
    title_of,
    top_errors,
)
from tests.session.page_states import evaluation_of, state_of, table_of

LABELS = ("negative", "positive")
TABLE = table_of(*((f"sentence {i}", LABELS[i % 2]) for i in range(10)))
# truth:      negative positive negative positive negative
EVALUATION = evaluation_of(LABELS, [0, 1, 0, 1, 0], [0, 0, 1, 1, 1])


def places(cells: set[tuple[int, int]]) -> list[int]:
    state = resolve_examples(state_of(TABLE, evaluation=EVALUATION, cells=frozenset(cells)))
    assert state.chosen is not None
    return [int(place) for place in state.chosen.places]


def test_a_cell_gives_its_sentences() -> None:
    assert places({(0, 1)}) == [2, 4]
    assert places({(1, 0)}) == [1]
    assert places({(0, 0), (1, 1)}) == [0, 3]


def test_without_a_selection_all_errors_are_listed() -> None:
    assert places(set()) == [1, 2, 4]


def test_a_selection_older_than_the_labels_is_harmless() -> None:
    assert places({(7, 7)}) == []


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        (set(), "All errors"),
        ({(0, 1)}, "Truth negative, called positive"),
        ({(1, 1)}, "Truth positive, called positive"),
        ({(0, 1), (1, 0)}, "All errors"),
        ({(0, 0), (1, 1)}, "All right answers"),
        ({(0, 0), (0, 1)}, "Truth negative, called anything"),
        ({(0, 1), (1, 1)}, "Called positive, whatever the truth"),
        ({(0, 0), (0, 1), (1, 0), (1, 1)}, "All sentences"),
        ({(0, 0), (0, 1), (1, 0)}, "3 cells of the matrix"),
    ],
)
def test_titles_name_the_selection(cells: set[tuple[int, int]], title: str) -> None:
    assert title_of(frozenset(cells), LABELS) == title


def test_cells_rows_and_columns_are_said_in_words() -> None:
    assert cell_in_words(EVALUATION, 0, 1) == (
        "2 of 3 sentences that are negative were called positive"
    )
    assert cell_in_words(EVALUATION, 1, 0) == (
        "1 of 2 sentences that are positive was called negative"
    )
    assert cell_in_words(EVALUATION, 1, 1).endswith("called positive: right")
    assert row_in_words(EVALUATION, 0) == (
        "3 sentences are negative, 1 of them right: recall 33.3 %"
    )
    assert "1 of them rightly" in column_in_words(EVALUATION, 1)


def test_a_class_that_never_occurs_is_said_in_words() -> None:
    evaluation = evaluation_of(("a", "b", "never"), [0, 1], [0, 1])
    assert cell_in_words(evaluation, 2, 0) == "No sentence is never, so none was called a"
    assert row_in_words(evaluation, 2) == "No sentence is never"
    assert column_in_words(evaluation, 2) == "No sentence was called never"


def test_the_most_frequent_errors_come_first() -> None:
    errors = top_errors(EVALUATION)
    assert [cell for cell, _ in errors] == [(0, 1), (1, 0)]
    assert top_errors(evaluation_of(LABELS, [0, 1], [0, 1])) == ()


def test_messages_say_why_nothing_is_listed() -> None:
    right = evaluation_of(LABELS, [0, 1], [0, 1])
    state = resolve_examples(state_of(TABLE, evaluation=right))
    assert state.message == "No errors: every test sentence is right."
    cell = resolve_examples(state_of(TABLE, evaluation=right, cells=frozenset({(0, 1)})))
    assert cell.message == "Nothing in this cell."
    few = table_of(("a", "x"), ("b", "y"))
    assert "The test split is empty" in resolve_examples(state_of(few)).message
    assert "Evaluating" in resolve_examples(state_of(few, split=Split.TRAIN)).message
    assert "Nothing to evaluate" in resolve_confusion(state_of(table_of(), row=None)).message


def test_a_new_label_is_named() -> None:
    document = state_of(TABLE, split=Split.TRAIN)
    assert document.model is not None
    model = dataclasses.replace(document.model, labels=("negative",))
    message = resolve_confusion(dataclasses.replace(document, model=model)).message
    assert "“positive”" in message


def test_random_weights_are_called_so() -> None:
    fresh = state_of(TABLE, evaluation=EVALUATION, step=0)
    assert resolve_confusion(fresh).note == NOT_TRAINED
    assert resolve_per_class(fresh).note == NOT_TRAINED
    assert resolve_confusion(state_of(TABLE, evaluation=EVALUATION, step=5)).note == ""


def test_unchanged_states_are_equal() -> None:
    document = state_of(TABLE, evaluation=EVALUATION)
    again = dataclasses.replace(document, playing=True)
    assert resolve_confusion(document) == resolve_confusion(again)
    assert resolve_per_class(document) == resolve_per_class(again)
    assert resolve_examples(document) == resolve_examples(again)

"""The figures of each class, in all kinds of counting; a share of nothing is not a number."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from rnnstudio.data.table import Split
from rnnstudio.engine.metrics import summary
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judging import Group, Judging, MatrixOrder
from rnnstudio.session.resolve.chrome import caption_words, place_words
from rnnstudio.session.resolve.per_class import (
    ClassLine,
    PerClassState,
    resolve_per_class,
    whole_rows,
)
from rnnstudio.session.resolve.reliability import resolve_reliability
from rnnstudio.session.resolve.thresholds import resolve_thresholds
from rnnstudio.session.state import SessionState
from tests.session.page_states import evaluation_of, state_of, table_of

TABLE = table_of(*((f"sentence {i}", "xyz"[i % 3]) for i in range(12)))
LABELS = ("x", "y", "z")
# z never occurs and is called once; y is never called
EVALUATION = evaluation_of(LABELS, truth=[0, 0, 0, 1, 1], predicted=[0, 0, 2, 0, 0])


def shown(
    evaluation: Evaluation, cells: frozenset[tuple[int, int]] = frozenset(), **judging: object
) -> PerClassState:
    state = state_of(TABLE, evaluation=evaluation, cells=cells)
    return resolve_per_class(dataclasses.replace(state, judging=Judging(**judging)))  # type: ignore[arg-type]


def line(state: PerClassState, name: str) -> ClassLine:
    (found,) = (one for one in (*state.classes, *state.averages) if one.name == name)
    return found


def figures(state: PerClassState) -> dict[str, str]:
    return {figure.name: figure.value for figure in state.figures}


def test_a_share_of_nothing_is_none() -> None:
    state = shown(EVALUATION)
    assert line(state, "y").precision is None
    assert (line(state, "y").recall, line(state, "y").f1) == (0.0, 0.0)
    assert line(state, "z").recall is None
    assert (line(state, "z").precision, line(state, "z").f1) == (0.0, 0.0)
    nobody = shown(evaluation_of(LABELS, [0, 1], [0, 0]))
    assert line(nobody, "z") == ClassLine("z", None, None, None, 0, row=2)


def test_figures_are_those_of_the_confusion_matrix() -> None:
    whole = summary(EVALUATION.confusion)
    state = shown(EVALUATION)
    assert figures(state) == {
        "accuracy": "40.0 %",
        "macro F1": f"{whole.macro.f1:.3f}",
        "κ": f"{whole.kappa:.3f}".replace("-", "−"),
        "loss": "0.500",
        "sentences": "5",
    }
    assert line(state, "macro average").f1 == whole.macro.f1
    assert line(state, "weighted average").recall == pytest.approx(0.4)
    assert [one.support for one in state.averages] == [5, 5]


def test_classes_stand_as_in_the_matrix_and_hidden_ones_last() -> None:
    state = shown(EVALUATION, order=MatrixOrder.HAND, by_hand=("z", "x", "y"))
    assert [one.name for one in state.classes] == ["z", "x", "y"]
    assert [one.row for one in state.classes] == [2, 0, 1]
    state = shown(EVALUATION, hidden=frozenset({"x"}))
    assert [(one.name, one.drawn) for one in state.classes] == [
        ("y", True),
        ("z", True),
        ("x", False),
    ]
    assert line(state, "macro average").f1 == summary(EVALUATION.confusion).macro.f1


def test_classes_that_are_counted_as_one_have_one_line() -> None:
    state = shown(EVALUATION, groups=(Group("x or y", frozenset({"x", "y"})),))
    assert [one.name for one in state.classes] == ["x or y", "z"]
    assert line(state, "x or y").recall == 0.8
    assert figures(state)["accuracy"] == "80.0 %"


def test_what_is_held_back_is_not_counted() -> None:
    sure = evaluation_of(("x", "y"), [0, 1, 1], [0, 1, 0], [0.9, 0.95, 0.6])
    state = shown(sure, abstain=0.8)
    assert figures(state)["sentences"] == "2 of 3"
    assert figures(state)["accuracy"] == "100.0 %"
    nothing = shown(sure, abstain=0.99)
    assert figures(nothing)["accuracy"] == "–"
    assert line(nothing, "x") == ClassLine("x", None, None, None, 0, row=0)
    assert line(nothing, "macro average").f1 is None


def test_a_row_is_selected_where_all_its_cells_are() -> None:
    assert whole_rows(frozenset({(1, 0), (1, 1), (1, 2), (0, 0)}), 3, 3) == {1}
    state = shown(EVALUATION, cells=frozenset((2, column) for column in range(3)))
    assert state.selected == frozenset({2})
    assert state.columns == 3
    assert not shown(EVALUATION, cells=frozenset({(2, 0), (2, 1)})).selected


def of_words(truth: list[str], said: list[str], rows: list[int]) -> Evaluation:
    """An evaluation of words whose tags mark entities."""
    labels = tuple(sorted({*truth, *said}))
    evaluation = evaluation_of(
        labels, [labels.index(tag) for tag in truth], [labels.index(tag) for tag in said]
    )
    steps = [2 + rows[:place].count(row) for place, row in enumerate(rows)]
    return dataclasses.replace(
        evaluation, rows=np.array(rows), steps=np.array(steps), task=Task.LABEL
    )


# One place exact, one with a wrong border; a person missed; a thing invented.
ENTITIES = of_words(
    ["B-place", "O", "B-place", "I-place", "B-person", "O"],
    ["B-place", "O", "B-place", "O", "O", "B-thing"],
    [0, 0, 1, 1, 1, 1],
)


@pytest.mark.parametrize(
    ("epoch", "within", "words"),
    [(12, False, "after epoch 12"), (12, True, "within epoch 13"), (0, True, "within epoch 1")],
)
def test_weights_from_within_an_epoch_are_said_to_be(epoch: int, within: bool, words: str) -> None:
    state = dataclasses.replace(
        state_of(TABLE, evaluation=EVALUATION), evaluation_epoch=epoch, evaluation_within=within
    )
    assert resolve_per_class(state).subtitle == words
    assert resolve_reliability(state).subtitle == words
    assert resolve_thresholds(state).subtitle == words
    assert place_words(dataclasses.replace(state, page="evaluate")).endswith(f" · {words}")
    caption = caption_words(dataclasses.replace(state, page="evaluate"))
    assert caption == f"own · RNN 4 · test split · {words}"


def test_by_entity_the_lines_are_types() -> None:
    state = shown(ENTITIES, by_entity=True)
    assert (state.kind, state.counted) == ("type", "entities")
    assert line(state, "place").precision == 0.5
    assert line(state, "person") == ClassLine("person", None, 0.0, 0.0, 1, row=line_row("person"))
    assert line(state, "thing").recall is None
    assert line(state, "thing").precision == 0.0
    assert line(state, "all entities").f1 == pytest.approx(1 / 3)
    assert set(figures(state)) == {"F1", "macro F1", "loss a word", "entities"}
    assert figures(state)["entities"] == "3"


def line_row(name: str) -> int | None:
    return line(shown(ENTITIES, by_entity=True), name).row


def test_a_type_that_is_only_found_with_wrong_borders_was_called() -> None:
    evaluation = of_words(["B-a", "I-a", "O"], ["B-a", "O", "O"], [0, 0, 0])
    state = shown(evaluation, by_entity=True)
    assert line(state, "a").precision == 0.0, "one was called so, wrongly"


def test_by_word_the_lines_are_tags() -> None:
    state = shown(ENTITIES)
    assert (state.kind, state.counted) == ("tag", "words")
    assert figures(state)["words"] == "6"


def test_whose_answers_they_are() -> None:
    assert shown(EVALUATION).subtitle == "after epoch 3"
    untrained = state_of(TABLE, evaluation=EVALUATION, step=0)
    assert resolve_per_class(untrained).subtitle == "not trained yet"


def test_nothing_to_show_says_why() -> None:
    empty: SessionState = state_of(table_of(("a", "x"), ("b", "y")), split=Split.TEST)
    state = resolve_per_class(empty)
    assert state.is_empty
    assert "The test split is empty" in state.message
    assert {figure.value for figure in state.figures} == {"–"}


def test_an_unchanged_document_gives_an_equal_state() -> None:
    state = state_of(TABLE, evaluation=EVALUATION)
    assert resolve_per_class(state) == resolve_per_class(dataclasses.replace(state, speed=2.0))


def test_a_loss_that_is_no_number_is_a_dash() -> None:
    spoiled = dataclasses.replace(EVALUATION, loss=math.nan)
    assert figures(shown(spoiled))["loss"] == "–"

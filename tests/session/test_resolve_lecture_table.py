"""The lecture's table: one line a sentence in the order of the data, its words with their tags."""

from __future__ import annotations

import dataclasses

import numpy as np

from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judging import Judging, Panels
from rnnstudio.session.resolve.lecture_table import (
    Answers,
    LectureTableState,
    resolve_lecture_table,
)
from tests.session.page_states import evaluation_of, state_of, table_of

TABLE = table_of(*((f"sentence {i}", "xy"[i % 2]) for i in range(8)))
EVALUATION = evaluation_of(("x", "y"), [0, 1, 0, 1], [0, 0, 0, 1], [0.9, 0.6, 0.95, 0.8])


def shown(evaluation: Evaluation, **judging: object) -> LectureTableState:
    state = state_of(TABLE, evaluation=evaluation)
    return resolve_lecture_table(dataclasses.replace(state, judging=Judging(**judging)))  # type: ignore[arg-type]


def answers(state: LectureTableState) -> Answers:
    assert state.answers is not None
    return state.answers


def tagged() -> Evaluation:
    labels = ("B-person", "B-place", "I-place", "O")
    evaluation = evaluation_of(labels, [0, 3, 1, 2, 0], [0, 3, 1, 3, 0])
    return dataclasses.replace(
        evaluation,
        rows=np.array([0, 0, 0, 0, 1]),
        steps=np.array([2, 3, 4, 5, 2]),
        task=Task.LABEL,
    )


def test_a_line_is_a_sentence_in_the_order_of_the_data() -> None:
    state = shown(EVALUATION)
    found = answers(state)
    assert found.rows.tolist() == [0, 1, 2, 3]
    assert (found.stops - found.starts).tolist() == [1, 1, 1, 1]
    assert [found.called[place] for place in found.said] == ["x", "x", "x", "y"]
    assert [found.truths[place] for place in found.truth] == ["x", "y", "x", "y"]
    assert found.right.tolist() == [True, False, True, True]
    assert state.summary == "3 of 4 sentences correct: accuracy 75.0 %"
    assert state.subtitle == "after epoch 3"


def test_what_is_held_back_is_no_answer() -> None:
    state = shown(EVALUATION, abstain=0.85)
    found = answers(state)
    assert found.held.tolist() == [False, True, False, True]
    assert found.called[int(found.said[1])] == "no answer"
    assert state.summary == (
        "2 of 2 answered sentences correct: accuracy 100.0 % · 2 without an answer"
    )


def test_the_words_of_a_sentence_are_one_line() -> None:
    state = shown(tagged())
    found = answers(state)
    assert found.of_words
    assert found.rows.tolist() == [0, 1]
    assert (found.starts.tolist(), found.stops.tolist()) == ([0, 4], [4, 5])
    assert found.right_words.tolist() == [3, 1]
    assert state.summary == (
        "4 of 5 words correct: accuracy 80.0 % · 1 of 2 sentences wholly correct"
    )


def test_the_words_are_shown_where_entities_are_counted() -> None:
    by_word, by_entity = shown(tagged()), shown(tagged(), by_entity=True)
    assert answers(by_entity).stops.tolist() == answers(by_word).stops.tolist()
    assert answers(by_entity).called == answers(by_word).called


def test_tags_that_are_merged_are_shown_so() -> None:
    found = answers(shown(tagged(), merged=True))
    assert "B-place" not in found.called
    assert "place" in found.called


def test_nothing_is_worked_out_twice() -> None:
    assert answers(shown(EVALUATION)) is answers(shown(EVALUATION, panel=Panels.TABLE))


def test_no_answers_at_all() -> None:
    state = resolve_lecture_table(state_of(TABLE))
    assert state.answers is None
    assert state.message
    nothing = evaluation_of(("x", "y"), [], [])
    found = answers(shown(nothing))
    assert found.rows.tolist() == []
    assert shown(nothing).summary == "0 of 0 sentences correct: accuracy –"

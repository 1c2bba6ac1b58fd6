"""Which answers the Evaluate page looks at, and what is said where there are none."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from rnnstudio.data.table import Split
from rnnstudio.session.answers.judging import Against
from rnnstudio.session.answers.review import Review
from rnnstudio.session.resolve.judged import NOT_TRAINED, judged
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.session.judgements import rival_with
from tests.session.page_states import evaluation_of, state_of, table_of

LABELS = ("negative", "positive")
TABLE = table_of(*((f"sentence {i}", LABELS[i % 2]) for i in range(10)))
EVALUATION = evaluation_of(LABELS, [0, 1, 0, 1], [0, 0, 1, 1])
OTHER = evaluation_of(LABELS, [0, 1, 0, 1], [1, 1, 1, 1])


def looking(state: SessionState, **changes: Any) -> SessionState:
    return dataclasses.replace(state, judging=dataclasses.replace(state.judging, **changes))


def reviewed(state: SessionState, **changes: Any) -> SessionState:
    assert state.model is not None
    assert state.dataset is not None
    review = Review(state.model, state.dataset, state.selection.split, 2, None, OTHER)
    return dataclasses.replace(state, review=dataclasses.replace(review, **changes))


def with_rival(state: SessionState, **changes: Any) -> SessionState:
    rival = dataclasses.replace(
        rival_with(OTHER), dataset=state.dataset, split=state.selection.split
    )
    return dataclasses.replace(state, rival=dataclasses.replace(rival, **changes))


def test_the_present_network() -> None:
    found = judged(state_of(TABLE, evaluation=EVALUATION))
    assert found.judgement is not None
    assert found.judgement.evaluation is EVALUATION
    assert (found.epoch, found.words, found.message, found.note) == (3, None, "", "")
    assert not found.live
    running = RunState(status=RunStatus.RUNNING)
    state = dataclasses.replace(state_of(TABLE, evaluation=EVALUATION), run=running)
    assert judged(state).live
    assert judged(state) == judged(dataclasses.replace(state, playing=True))


def test_a_review_is_looked_at_where_it_is_asked_for() -> None:
    state = reviewed(state_of(TABLE, evaluation=EVALUATION))
    plain = judged(state)
    assert plain.judgement is not None
    assert plain.judgement.evaluation is EVALUATION
    found = judged(looking(state, epoch=2))
    assert found.judgement is not None
    assert found.judgement.evaluation is OTHER
    assert found.epoch == 2
    # The older one stays while the next one is worked out, and says what it is.
    older = judged(looking(state, epoch=7))
    assert older.judgement is found.judgement
    assert older.epoch == 2
    words = judged(looking(reviewed(state, epoch=None, words=3), words=3))
    assert (words.epoch, words.words) == (3, 3)
    # Of another split.
    stale = judged(looking(reviewed(state, split=Split.TRAIN), epoch=2))
    assert stale.judgement is plain.judgement


def test_a_review_that_could_not_be_had_says_why() -> None:
    state = reviewed(state_of(TABLE, evaluation=EVALUATION), evaluation=None, problem="No such.")
    found = judged(looking(state, epoch=2))
    assert found.judgement is None
    assert found.message == "No such."


def test_a_rival_is_looked_at_where_it_is_of_the_same_sentences() -> None:
    state = with_rival(state_of(TABLE, evaluation=EVALUATION))
    found = judged(state)
    assert found.rival is state.rival
    assert found.judgement is not None
    assert found.judgement.outcomes is not None
    assert found.name == ""
    other = judged(looking(state, against=Against.OTHER))
    assert other.name == "Run 2"
    assert other.judgement is not None
    assert other.judgement.evaluation is OTHER
    for changes in ({"split": Split.TRAIN}, {"dataset": None}, {"evaluation": None}):
        waiting = judged(looking(with_rival(state, **changes), against=Against.DIFFERENCE))
        assert waiting.rival is None
        assert waiting.judgement is not None
        assert waiting.judgement.against is Against.THIS
        assert waiting.note == "Working out what Run 2 says…"
    failed = with_rival(state, evaluation=None, problem="It reads letters.")
    assert judged(looking(failed, against=Against.OTHER)).note == "It reads letters."
    assert judged(failed).note == ""


def test_messages_say_why_there_is_nothing() -> None:
    few = table_of(("a", "x"), ("b", "y"))
    assert "The test split is empty" in judged(state_of(few)).message
    assert judged(state_of(few, split=Split.TRAIN)).message == "Evaluating…"
    assert "Nothing to evaluate" in judged(state_of(table_of(), row=None)).message
    one = dataclasses.replace(state_of(table_of(("a", "x"), ("b", "x"))), model=None)
    assert "every sentence has the label “x”" in judged(one).message
    failed = dataclasses.replace(state_of(few, split=Split.TRAIN), evaluation_problem="Too long.")
    assert judged(failed).message == "Too long."


def test_a_split_whose_rows_are_all_excluded_is_empty() -> None:
    state = state_of(TABLE, split=Split.TRAIN)
    assert state.dataset is not None
    rows = tuple(dataclasses.replace(row, excluded=True) for row in TABLE.rows)
    dataset = dataclasses.replace(
        state.dataset, table=dataclasses.replace(state.dataset.table, rows=rows)
    )
    assert "is empty" in judged(dataclasses.replace(state, dataset=dataset)).message


def test_a_label_that_the_network_does_not_know() -> None:
    state = state_of(TABLE, split=Split.TRAIN)
    assert state.model is not None
    model = dataclasses.replace(state.model, labels=("negative",))
    assert "“positive”" in judged(dataclasses.replace(state, model=model)).message


def test_a_label_that_no_training_sentence_has() -> None:
    table = table_of(("a", "x"), ("b", "y"), ("c", "z"))
    state = state_of(table, evaluation=evaluation_of(("x", "y", "z"), [0, 2], [0, 0]))
    assert state.dataset is not None
    splits = (Split.TRAIN, Split.TRAIN, Split.TEST)
    dataset = dataclasses.replace(state.dataset, splits=splits)
    note = judged(dataclasses.replace(state, dataset=dataset)).note
    assert note == "“z” occurs in no training sentence, so none could be learned"


def test_a_split_of_one_class() -> None:
    state = state_of(TABLE, evaluation=evaluation_of(LABELS, [1, 1], [1, 0]))
    note = judged(state).note
    assert note == "Every sentence in the test split is positive: there is nothing else to tell"


def test_notes() -> None:
    fresh = state_of(TABLE, evaluation=EVALUATION, step=0)
    assert judged(fresh).note == NOT_TRAINED
    long = dataclasses.replace(EVALUATION, too_long=np.array([7], np.int64))
    note = judged(state_of(TABLE, evaluation=long)).note
    assert note == "1 sentence left out: too long for this network"


def test_looking_changes_nothing_that_is_counted() -> None:
    state = state_of(TABLE, evaluation=EVALUATION)
    searched = looking(state, search="good")
    assert judged(searched).judgement is judged(state).judgement
    assert searched.judging.search == "good"

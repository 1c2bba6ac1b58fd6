"""The list of the Evaluate page: which answers, in which order, searched, with their reasons."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from rnnstudio.data.dataset import build_dataset
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.network import Task
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judging import Against, ExampleOrder, Group
from rnnstudio.session.answers.listing import Listing
from rnnstudio.session.findings import ExampleFound, ExamplesFound, Findings
from rnnstudio.session.looking import Method
from rnnstudio.session.resolve.confusion import resolve_confusion
from rnnstudio.session.resolve.examples import (
    ExamplesState,
    found_of,
    line_of,
    resolve_examples,
)
from rnnstudio.session.state import RunState, RunStatus, SessionState
from tests.session.judgements import evaluation_with, rival_with, tagged
from tests.session.page_states import evaluation_of, state_of, table_of

LABELS = ("negative", "positive")
TABLE = table_of(
    ("It was bad .", "negative"),
    ("A Good film .", "positive"),
    ("Never dull .", "negative"),
    ("Good , but not as good as it was .", "positive"),
    ("So good !", "negative"),
)
#                              truth            says             sure
EVALUATION = evaluation_of(LABELS, [0, 1, 0, 1, 0], [1, 0, 1, 1, 1], [0.6, 0.9, 0.7, 0.8, 0.95])
TAGS = ("B-LOC", "I-LOC", "O")


def tagged_table(*rows: tuple[str, str]) -> Table:
    made = tuple(
        Row(text, "", None, "x.conll", 1, tuple(text.split()), tuple(tags.split()))
        for text, tags in rows
    )
    return Table("own", made, (), "/data/x.conll", Task.LABEL)


def looked(state: SessionState, **judging: Any) -> SessionState:
    return dataclasses.replace(state, judging=dataclasses.replace(state.judging, **judging))


def listing_in(state: ExamplesState) -> Listing:
    assert state.listing is not None
    return state.listing


def rows(state: SessionState) -> list[int]:
    return [int(row) for row in listing_in(resolve_examples(state)).rows]


STATE = state_of(TABLE, evaluation=EVALUATION)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (ExampleOrder.MOST_SURE, [4, 1, 2, 0]),
        (ExampleOrder.LEAST_SURE, [0, 2, 1, 4]),
        (ExampleOrder.CLOSEST, [0, 2, 1, 4]),
        (ExampleOrder.LONGEST, [0, 1, 2, 4]),
        (ExampleOrder.SHORTEST, [2, 4, 0, 1]),
        (ExampleOrder.DATA, [0, 1, 2, 4]),
    ],
)
def test_errors_in_each_order(order: ExampleOrder, expected: list[int]) -> None:
    assert rows(looked(STATE, example_order=order)) == expected


@pytest.mark.parametrize("order", [ExampleOrder.MOST_SURE, ExampleOrder.LEAST_SURE])
def test_not_a_number_comes_last(order: ExampleOrder) -> None:
    spoiled = EVALUATION.probabilities.copy()
    spoiled[4] = np.nan
    evaluation = dataclasses.replace(EVALUATION, probabilities=spoiled)
    assert rows(looked(state_of(TABLE, evaluation=evaluation), example_order=order))[-1] == 4


def test_a_cell_lists_its_answers() -> None:
    state = resolve_examples(state_of(TABLE, evaluation=EVALUATION, cells=frozenset({(1, 1)})))
    listing = listing_in(state)
    assert (listing.row(0), listing.truth(0), listing.said(0)) == (3, "positive", "positive")
    assert listing.is_right(0)
    assert (listing.confidence(0), listing.margin(0)) == pytest.approx((0.8, 0.6))
    assert listing.lengths.tolist() == [10]
    assert (state.title, state.count) == ("Truth “positive”, called “positive”", "1 sentence")


def test_search_takes_no_notice_of_capitals_and_counts() -> None:
    state = resolve_examples(looked(STATE, search=" GOOD"))
    assert [int(row) for row in listing_in(state).rows] == [4, 1]
    assert state.count == "2 of 4 sentences"
    nothing = resolve_examples(looked(STATE, search="goof"))
    assert len(listing_in(nothing)) == 0
    assert nothing.message == "None of these sentences has “goof” in its sentence."


def test_the_same_question_is_the_same_list() -> None:
    first = resolve_examples(STATE).listing
    assert resolve_examples(dataclasses.replace(STATE, page="evaluate")).listing is first
    assert resolve_examples(looked(STATE, swapped=True)).listing is first


def test_words_stand_where_they_are_in_the_sentence() -> None:
    line = line_of(resolve_examples(STATE), 1)
    assert [line.text[start:end] for start, end in line.words] == ["A", "Good", "film", "."]
    assert line.mark is None
    assert line.read == len(line.text)


def test_what_was_not_read_is_told() -> None:
    state = dataclasses.replace(resolve_examples(STATE), words=2)
    line = line_of(state, 1)
    assert line.text[: line.read] == "A Good"
    assert len(line.words) == 2


def test_a_row_that_is_gone_is_empty() -> None:
    later = dataclasses.replace(EVALUATION, rows=EVALUATION.rows + 3)
    state = resolve_examples(state_of(TABLE, evaluation=later))
    assert [line_of(state, line).text for line in range(4)].count("") == 2


def test_words_with_tags_are_marked() -> None:
    table = tagged_table(("in New York", "O B-LOC I-LOC"), ("we left", "O O"))
    evaluation = tagged(
        TAGS, [["O", "B-LOC", "I-LOC"], ["O", "O"]], [["O", "B-LOC", "O"], ["B-LOC", "O"]]
    )
    state = resolve_examples(state_of(table, evaluation=evaluation))
    assert state.count == "2 words in 2 sentences"
    marked = [line_of(state, line) for line in range(2)]
    assert [one.text[slice(*one.mark or (0, 0))] for one in marked] == ["York", "we"]
    assert [listing_in(state).step(line) for line in range(2)] == [4, 2]


def test_entities_are_marked_whole() -> None:
    table = tagged_table(("in New York", "O B-LOC I-LOC"), ("we left", "O O"))
    evaluation = tagged(
        TAGS, [["O", "B-LOC", "I-LOC"], ["O", "O"]], [["O", "B-LOC", "O"], ["B-LOC", "O"]]
    )
    state = resolve_examples(looked(state_of(table, evaluation=evaluation), by_entity=True))
    listing = listing_in(state)
    said = {
        line_of(state, line).text[slice(*line_of(state, line).mark or (0, 0))]: (
            listing.truth(line),
            listing.said(line),
        )
        for line in range(len(listing))
    }
    assert said == {"New York": ("LOC", "wrong border"), "we": ("–", "LOC")}
    assert state.count == "2 entities in 2 sentences"


def test_classes_that_count_as_one_are_told_apart() -> None:
    labels = ("a", "b", "c")
    table = table_of(("x", "a"), ("y", "b"), ("z", "c"))
    evaluation = evaluation_of(labels, [0, 1, 2], [1, 1, 0])
    both = Group("a or b", frozenset({"a", "b"}))
    state = looked(
        state_of(table, evaluation=evaluation, cells=frozenset({(0, 0)})), groups=(both,)
    )
    listing = listing_in(resolve_examples(state))
    answers = {(listing.truth(line), listing.said(line)) for line in range(len(listing))}
    assert answers == {("a", "b"), ("b", "b")}
    assert all(listing.is_right(line) for line in range(len(listing)))


def test_a_cell_that_is_gone_is_not_selected() -> None:
    cells = frozenset({(0, 2)})
    state = looked(state_of(TABLE, evaluation=EVALUATION, cells=cells), abstain=0.65)
    assert resolve_examples(state).title == "Truth “negative”, no answer"
    assert rows(state) == [0]
    plain = resolve_examples(looked(state, abstain=0.0))
    assert (plain.title, plain.count, plain.message) == ("All errors", "4 sentences", "")
    assert resolve_confusion(looked(state, abstain=0.0)).cells == frozenset()
    assert resolve_confusion(state).cells == cells


def test_messages() -> None:
    right = evaluation_of(LABELS, [0, 1], [0, 1])
    state = state_of(TABLE, evaluation=right)
    assert resolve_examples(state).message == "No errors: every test sentence is right."
    cell = state_of(TABLE, evaluation=right, cells=frozenset({(0, 1)}))
    assert resolve_examples(cell).message == "Nothing in this cell."
    nothing = resolve_examples(state_of(table_of(("a", "x"), ("b", "y"))))
    assert nothing.listing is None
    assert "test split is empty" in nothing.message


# ---- two networks ----


def with_rival(**judging: Any) -> SessionState:
    own = evaluation_with(LABELS, [0, 1, 0], [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]])
    other = evaluation_with(LABELS, [0, 1, 0], [[0.4, 0.6], [0.1, 0.9], [0.2, 0.8]])
    state = state_of(TABLE, evaluation=own)
    assert state.model is not None
    rival = dataclasses.replace(
        rival_with(other),
        model=state.model,
        dataset=state.dataset,
        split=state.selection.split,
    )
    return looked(dataclasses.replace(state, rival=rival), **judging)


def answers(state: SessionState) -> list[tuple[int, str, str, bool]]:
    listing = listing_in(resolve_examples(state))
    return [
        (
            listing.row(line),
            listing.said(line),
            listing.other_said(line),
            listing.other_is_right(line),
        )
        for line in range(len(listing))
    ]


def test_both_answers_are_listed() -> None:
    state = with_rival(example_order=ExampleOrder.DATA)
    assert answers(state) == [
        (1, "negative", "positive", True),
        (2, "positive", "positive", False),
    ]
    shown = resolve_examples(state)
    assert (shown.says, shown.other) == ("this network", "Run 2")
    assert len(shown.outcomes) == 5


def test_the_other_network_s_answers_come_first_where_it_is_looked_at() -> None:
    state = with_rival(example_order=ExampleOrder.DATA, against=Against.OTHER)
    assert answers(state) == [
        (0, "positive", "negative", True),
        (2, "positive", "positive", False),
    ]
    shown = resolve_examples(state)
    assert (shown.says, shown.other) == ("Run 2", "this network")


def test_between_both_this_network_s_answers_come_first() -> None:
    state = with_rival(example_order=ExampleOrder.DATA, against=Against.BETWEEN)
    assert answers(state) == [
        (0, "negative", "positive", False),
        (1, "negative", "positive", True),
    ]


def test_an_outcome_names_the_list() -> None:
    shown = resolve_examples(with_rival(outcome=Outcome.SECOND_ONLY))
    assert shown.title == "Only the other is right"
    assert [int(row) for row in listing_in(shown).rows] == [1]
    none = resolve_examples(with_rival(outcome=Outcome.BOTH_RIGHT))
    assert none.message == "There is no such sentence."


# ---- what moved the answers ----


def with_found(state: SessionState, **changes: Any) -> SessionState:
    assert state.model is not None
    assert state.dataset is not None
    ids = state.dataset.sequences[4]
    one = ExampleFound(
        ids, len(ids), 1, Method.LEAVE_ONE_OUT, np.arange(len(ids), dtype=np.float32), (3,)
    )
    one = dataclasses.replace(one, **changes)
    found = ExamplesFound(state.model, state.dataset, {(4, 5): one})
    return dataclasses.replace(state, findings=Findings(examples=found))


def found(state: SessionState) -> ExampleFound | None:
    shown = resolve_examples(state)
    line = int(np.flatnonzero(listing_in(shown).rows == 4)[0])
    return found_of(shown, line)


def test_what_was_found_belongs_to_its_line() -> None:
    assert found(with_found(STATE)) is not None
    assert found(STATE) is None
    shown = resolve_examples(with_found(STATE))
    assert found_of(shown, 1) is None


def test_what_was_found_for_another_class_or_other_words_is_not_shown() -> None:
    assert found(with_found(STATE, class_index=0)) is None
    assert STATE.dataset is not None
    assert found(with_found(STATE, ids=STATE.dataset.sequences[0])) is None


def test_what_older_weights_did_is_shown_only_while_the_network_learns() -> None:
    state = with_found(STATE)
    assert state.model is not None
    newer = dataclasses.replace(state, model=dataclasses.replace(state.model, step=9))
    assert found(newer) is None
    learning = dataclasses.replace(newer, run=RunState(status=RunStatus.RUNNING))
    assert found(learning) is not None


def test_an_edited_table_has_its_own_findings() -> None:
    state = with_found(STATE)
    other = dataclasses.replace(state, dataset=build_dataset(TABLE))
    assert found(other) is None


@pytest.mark.parametrize("split", list(Split))
def test_no_words_at_all(split: Split) -> None:
    empty: Evaluation = evaluation_of(LABELS, [], [])
    state = state_of(TABLE, evaluation=dataclasses.replace(empty, split=split), split=split)
    shown = resolve_examples(state)
    assert shown.message == "There is no sentence in these sentences."

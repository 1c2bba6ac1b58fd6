"""The state of the confusion matrix, and its cells, rows, columns and selections in words."""

from __future__ import annotations

import dataclasses

import pytest

from rnnstudio.project.percent import percent
from rnnstudio.session.answers.judgement import Judgement, judge, right_cells, wrong_cells
from rnnstudio.session.answers.judging import Against, Judging, MatrixOrder, Measure
from rnnstudio.session.resolve.confusion import resolve_confusion, resolve_live_confusion
from rnnstudio.session.resolve.matrix_words import (
    all_in_words,
    cell_in_words,
    column_in_words,
    deciding_in_words,
    row_in_words,
    title_of,
    top_confusions,
)
from tests.session.judgements import evaluation_with, rival_with, tagged
from tests.session.page_states import evaluation_of, state_of, table_of

LABELS = ("negative", "positive")
TABLE = table_of(*((f"sentence {i}", LABELS[i % 2]) for i in range(10)))
# truth:      negative positive negative positive negative
EVALUATION = evaluation_of(LABELS, [0, 1, 0, 1, 0], [0, 0, 1, 1, 1], [0.9, 0.9, 0.6, 0.9, 0.9])
OTHER = evaluation_of(LABELS, [0, 1, 0, 1, 0], [0, 1, 1, 1, 0])
PLAIN = judge(EVALUATION, Judging())
HELD = judge(EVALUATION, Judging(abstain=0.7))
THREE = judge(evaluation_of("abc", [0, 1, 2], [0, 2, 2]), Judging())
TAGS = ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")
WORDS = tagged(
    TAGS,
    [["B-PER", "I-PER", "O", "B-LOC", "O", "B-PER"], ["O", "B-LOC", "I-LOC", "O"]],
    [["B-PER", "I-PER", "O", "B-PER", "O", "O"], ["O", "B-LOC", "O", "B-PER"]],
)
ENTITIES = judge(WORDS, Judging(by_entity=True))
DIFFERENCE = judge(EVALUATION, Judging(against=Against.DIFFERENCE), rival_with(OTHER))
BETWEEN = judge(EVALUATION, Judging(against=Against.BETWEEN), rival_with(OTHER))


@pytest.mark.parametrize(
    ("judgement", "cells", "title"),
    [
        (PLAIN, set(), "All errors"),
        (PLAIN, {(0, 1)}, "Truth “negative”, called “positive”"),
        (PLAIN, {(1, 1)}, "Truth “positive”, called “positive”"),
        (PLAIN, {(0, 1), (1, 0)}, "All errors"),
        (PLAIN, {(0, 0), (1, 1)}, "All right answers"),
        (PLAIN, {(0, 0), (0, 1)}, "Truth “negative”, called anything"),
        (PLAIN, {(0, 1), (1, 1)}, "Called “positive”, whatever the truth"),
        (PLAIN, {(0, 0), (0, 1), (1, 0), (1, 1)}, "All sentences"),
        (PLAIN, {(0, 0), (0, 1), (1, 0)}, "3 cells of the matrix"),
        (PLAIN, {(7, 7), (0, 2)}, "All errors"),
        (THREE, {(row, column) for row in (0, 2) for column in range(3)}, "2 rows"),
        (THREE, {(row, column) for row in range(3) for column in (0, 1)}, "2 columns"),
        (THREE, {(0, 0), (0, 1), (1, 0), (1, 1)}, "4 cells of the matrix"),
        (HELD, {(0, 2)}, "Truth “negative”, no answer"),
        (HELD, {(0, 2), (1, 2)}, "All with no answer"),
        (HELD, wrong_cells(HELD), "All errors"),
        (HELD, wrong_cells(HELD) | {(0, 2), (1, 2)}, "All that is not right"),
        (ENTITIES, {(0, 2)}, "Truth “LOC”, wrong border"),
        (ENTITIES, {(0, 3)}, "Truth “LOC”, missed"),
        (ENTITIES, {(2, 1)}, "Invented, called “PER”"),
        (ENTITIES, {(2, column) for column in range(4)}, "All that is invented"),
        (ENTITIES, {(row, 3) for row in range(3)}, "All that was missed"),
        (ENTITIES, wrong_cells(ENTITIES), "All errors"),
        (ENTITIES, wrong_cells(ENTITIES) | {(2, 2), (2, 3)}, "All errors"),
        (ENTITIES, {(r, c) for r in range(3) for c in range(4)}, "All entities"),
        (DIFFERENCE, set(), "Different answers"),
        (DIFFERENCE, {(0, 1)}, "Truth “negative”, called “positive” by one network only"),
        (DIFFERENCE, {(0, 0), (1, 1)}, "All right answers, by one network only"),
        (BETWEEN, set(), "Different answers"),
        (BETWEEN, right_cells(BETWEEN), "The same answers"),
        (BETWEEN, {(0, 1)}, "This network: “negative”, Run 2: “positive”"),
        (BETWEEN, {(0, 0), (0, 1)}, "This network: “negative”"),
        (BETWEEN, {(0, 0), (1, 0)}, "Run 2: “negative”"),
    ],
)
def test_titles_name_the_selection(
    judgement: Judgement, cells: set[tuple[int, int]], title: str
) -> None:
    assert title_of(frozenset(cells), judgement) == title


@pytest.mark.parametrize(
    ("judgement", "cell", "words"),
    [
        (PLAIN, (0, 1), "2 of 3 sentences that are “negative” were called “positive”"),
        (PLAIN, (1, 0), "1 of 2 sentences that are “positive” was called “negative”"),
        (PLAIN, (1, 1), "1 of 2 sentences that are “positive” was called “positive”: right"),
        (HELD, (0, 2), "1 of 3 sentences that are “negative” got no answer"),
        (HELD, (1, 2), "No sentence that is “positive” was left without an answer"),
        (ENTITIES, (0, 1), "1 of 2 entities that are “LOC” was called “PER”"),
        (ENTITIES, (0, 2), "1 of 2 entities that are “LOC” has a wrong border"),
        (ENTITIES, (1, 2), "No entity that is “PER” has a wrong border"),
        (ENTITIES, (1, 3), "1 of 2 entities that are “PER” was missed"),
        (ENTITIES, (2, 1), "1 entity called “PER” was invented: none is there"),
        (ENTITIES, (2, 0), "0 entities called “LOC” were invented: none is there"),
        (ENTITIES, (2, 3), "Nothing can stand here: what is invented is no true entity"),
        (
            DIFFERENCE,
            (0, 1),
            "Of the sentences that are “negative”, Run 2 calls 1 fewer “positive” "
            "than this network",
        ),
        (
            DIFFERENCE,
            (1, 1),
            "Of the sentences that are “positive”, Run 2 calls 1 more “positive” than this network"
            ": right",
        ),
        (BETWEEN, (1, 1), "Of 3 sentences that this network calls “positive”, Run 2 calls 2 "
         "“positive”: both say the same"),
        (BETWEEN, (1, 0), "Of 3 sentences that this network calls “positive”, Run 2 calls 1 "
         "“negative”"),
    ],
)  # fmt: skip
def test_cells_are_said_in_words(judgement: Judgement, cell: tuple[int, int], words: str) -> None:
    assert cell_in_words(judgement, *cell) == words


@pytest.mark.parametrize(
    ("judgement", "row", "words"),
    [
        (PLAIN, 0, "3 sentences are “negative”, 1 of them right: recall 33.3 %"),
        (HELD, 0, "3 sentences are “negative”, 1 of them right, 1 without an answer: recall 50.0 % "
         "of the answered"),
        (ENTITIES, 1, "2 entities are “PER”, 1 of them right: recall 50.0 %"),
        (ENTITIES, 2, "1 entity was invented: none is there"),
        (DIFFERENCE, 1, "Of the sentences that are “positive”, Run 2 gets 1 more right than this "
         "network"),
        (BETWEEN, 0, "This network calls 2 sentences “negative”, Run 2 1 of them"),
    ],
)  # fmt: skip
def test_rows_are_said_in_words(judgement: Judgement, row: int, words: str) -> None:
    assert row_in_words(judgement, row) == words


@pytest.mark.parametrize(
    ("judgement", "column", "words"),
    [
        (PLAIN, 1, "3 sentences were called “positive”, 1 of them rightly: precision 33.3 %"),
        (HELD, 2, "1 sentence got no answer"),
        # The one with a wrong border was called “LOC”, and is not right.
        (ENTITIES, 0, "1 entity was called “LOC”, 0 of them rightly, 1 with a wrong border: "
         "precision 0.0 %"),
        (ENTITIES, 1, "3 entities were called “PER”, 1 of them rightly, 1 of another type, "
         "1 invented: precision 33.3 %"),
        (ENTITIES, 2, "1 entity has a wrong border"),
        (ENTITIES, 3, "1 entity was missed"),
        (DIFFERENCE, 0, "Run 2 calls as many sentences “negative” as this network"),
        (BETWEEN, 1, "Run 2 calls 3 sentences “positive”, this network 2 of them"),
    ],
)  # fmt: skip
def test_columns_are_said_in_words(judgement: Judgement, column: int, words: str) -> None:
    assert column_in_words(judgement, column) == words


def test_every_place_has_words() -> None:
    rival = rival_with(OTHER)
    words = rival_with(WORDS)
    made = [PLAIN, HELD, ENTITIES, DIFFERENCE, BETWEEN]
    for against in Against:
        made.append(judge(EVALUATION, Judging(against=against, abstain=0.7), rival))
        for by_entity in (False, True):
            judging = Judging(against=against, abstain=0.95, by_entity=by_entity)
            made.append(judge(WORDS, judging, words))
    for judgement in made:
        height, width = judgement.table.shape
        for row in range(height):
            assert row_in_words(judgement, row)
            assert title_of(frozenset((row, column) for column in range(width)), judgement)
            for column in range(width):
                assert cell_in_words(judgement, row, column)
                assert title_of(frozenset({(row, column)}), judgement)
        for column in range(width):
            assert column_in_words(judgement, column)
            assert title_of(frozenset((row, column) for row in range(height)), judgement)


def test_a_class_that_never_occurs_is_said_in_words() -> None:
    judgement = judge(evaluation_of(("a", "b", "never"), [0, 1], [0, 1]), Judging())
    assert cell_in_words(judgement, 2, 0) == "No sentence is “never”, so none was called “a”"
    assert row_in_words(judgement, 2) == "No sentence is “never”"
    assert column_in_words(judgement, 2) == "No sentence was called “never”"


def test_the_most_frequent_errors_come_first() -> None:
    assert [cell for cell, _ in top_confusions(PLAIN)] == [(0, 1), (1, 0)]
    assert top_confusions(PLAIN)[0][1] == cell_in_words(PLAIN, 0, 1)
    assert top_confusions(judge(OTHER, Judging(abstain=1.0))) == ()
    assert [cell for cell, _ in top_confusions(PLAIN, 1)] == [(0, 1)]
    assert top_confusions(PLAIN, 3, (0,)) == ()
    assert (2, 1) in [cell for cell, _ in top_confusions(ENTITIES, 9)]
    # Of a difference also where more is right.
    assert (1, 1) in [cell for cell, _ in top_confusions(DIFFERENCE, 9)]


def test_percent() -> None:
    assert percent(0.1234) == "12.3 %"
    assert percent(float("nan")) == "–"
    assert [percent(share) for share in (0.9996, 1.0, 0.0004, 0.0)] == [
        ">99.9 %", "100.0 %", "<0.1 %", "0.0 %",
    ]  # fmt: skip


def test_what_is_invented_is_said_apart() -> None:
    assert all_in_words(PLAIN, "test") == "5 test sentences"
    assert all_in_words(ENTITIES, "test") == "4 test entities, 1 invented"
    assert all_in_words(ENTITIES) == "4 entities, 1 invented"


def test_thresholds_are_said() -> None:
    assert deciding_in_words(PLAIN, Judging()) == ""
    set_ = Judging(threshold=0.91, abstain=0.7)
    assert deciding_in_words(PLAIN, set_) == "“positive” from 0.91 · no answer below 0.70"
    assert deciding_in_words(THREE, set_) == "no answer below 0.70", "a threshold is of two classes"


def test_the_state_of_the_matrix() -> None:
    judging = Judging(
        measure=Measure.MASS, order=MatrixOrder.NAME, hidden=frozenset({"positive", "gone"})
    )
    cells = frozenset({(0, 1)})
    document = state_of(TABLE, evaluation=EVALUATION, cells=cells)
    state = resolve_confusion(dataclasses.replace(document, judging=judging))
    assert state.judging is judging
    assert state.order == (0,)
    assert state.hidden == ("positive",)
    assert state.cells == cells
    assert state.in_words == ()
    assert not state.labelling
    assert state.rival == ""
    live = resolve_live_confusion(dataclasses.replace(document, judging=judging))
    assert live.order == (0, 1)
    assert live.judging == Judging()
    assert len(live.in_words) == 2


def test_the_tags_decide_what_can_be_chosen() -> None:
    document = state_of(TABLE, evaluation=WORDS)
    state = resolve_confusion(document)
    assert state.labelling
    assert state.marks_entities
    plain = tagged(("NOUN", "VERB"), [["NOUN"]], [["VERB"]])
    state = resolve_confusion(state_of(TABLE, evaluation=plain))
    assert state.labelling
    assert not state.marks_entities


def test_nothing_to_show() -> None:
    document = state_of(TABLE)
    for state in (resolve_confusion(document), resolve_live_confusion(document)):
        assert state.judgement is None
        assert state.message == "Evaluating…"
        assert (state.order, state.hidden, state.in_words) == ((), (), ())
    nothing = judge(evaluation_with(LABELS, [], []), Judging())
    assert row_in_words(nothing, 0) == "No sentence is “negative”"


def test_unchanged_states_are_equal() -> None:
    document = state_of(TABLE, evaluation=EVALUATION)
    again = dataclasses.replace(document, playing=True)
    assert resolve_confusion(document) == resolve_confusion(again)
    assert resolve_live_confusion(document) == resolve_live_confusion(again)

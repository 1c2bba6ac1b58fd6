"""What the matrix counts: thresholds, answers held back, groups, hidden classes, mass, orders."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.calibration import Binning, calibration
from rnnstudio.engine.network import Task
from rnnstudio.session.answers.judgement import (
    chosen,
    display_order,
    judge,
    right_cells,
    wrong_cells,
)
from rnnstudio.session.answers.judging import Group, Judging, MatrixOrder
from tests.engine.metric_gold import cases
from tests.session.judgements import evaluation_with, random_evaluation, tagged

LABELS = ("a", "b", "c")
# Says a, b, c, a, a, b.
EVALUATION = evaluation_with(
    LABELS,
    [0, 1, 2, 2, 0, 0],
    [
        [0.8, 0.1, 0.1],
        [0.2, 0.7, 0.1],
        [0.3, 0.2, 0.5],
        [0.6, 0.3, 0.1],
        [0.4, 0.3, 0.3],
        [0.1, 0.9, 0.0],
    ],
)
TAGS = ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")


def names(evaluation: Any, judging: Judging) -> list[str]:
    judgement = judge(evaluation, judging)
    return [judgement.labels[place] for place in display_order(judgement, judging)]


def by_hand(truth: list[int], columns: list[int], height: int, width: int) -> list[list[int]]:
    cells = Counter(zip(truth, columns, strict=True))
    return [[cells[row, column] for column in range(width)] for row in range(height)]


@pytest.mark.parametrize("case", cases("classes"))
def test_figures_equal_scikit_learn(case: dict[str, Any]) -> None:
    size = case["classes"]
    evaluation = evaluation_with(
        [str(place) for place in range(size)], case["truth"], np.eye(size)[case["predicted"]]
    )
    figures = judge(evaluation, Judging()).figures
    assert figures.accuracy == pytest.approx(case["accuracy"])
    assert figures.kappa == pytest.approx(case["kappa"], nan_ok=True)
    for average, expected in ((figures.macro, "macro"), (figures.weighted, "weighted")):
        found = [average.precision, average.recall, average.f1]
        assert found == pytest.approx(case[expected])
    for one, line in zip(figures.classes, case["per_class"], strict=True):
        assert [one.precision, one.recall, one.f1, one.support] == pytest.approx(line)


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=32)), max_size=12),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_threshold_and_abstaining_count_as_by_hand(
    examples: list[tuple[bool, float]], threshold: float, abstain: float
) -> None:
    evaluation = evaluation_with(
        ("no", "yes"),
        [int(true) for true, _ in examples],
        [[1 - np.float32(yes), np.float32(yes)] for _, yes in examples],
    )
    judging = Judging(threshold=threshold, abstain=abstain)
    judgement = judge(evaluation, judging)
    columns = []
    for no, yes in evaluation.probabilities.astype(np.float64).tolist():
        says = int(yes > no) if threshold == 0.5 else int(yes >= threshold)
        columns.append(2 if abstain > 0 and (no, yes)[says] < abstain else says)
    assert judgement.columns.tolist() == columns
    assert judgement.held.tolist() == [column == 2 for column in columns]
    width = 3 if abstain > 0 else 2
    assert judgement.table.tolist() == by_hand(evaluation.truth.tolist(), columns, 2, width)
    wrong = [
        place
        for place, (true, column) in enumerate(zip(evaluation.truth, columns, strict=True))
        if column not in (true, 2)
    ]
    assert chosen(judgement, frozenset(), judging).tolist() == wrong
    answered = sum(column < 2 for column in columns)
    assert judgement.figures.count == answered
    assert judgement.mass is not None
    assert judgement.mass.sum(axis=1) == pytest.approx(judgement.table.sum(axis=1), abs=1e-4)


def test_confidence_is_that_of_what_is_said() -> None:
    evaluation = evaluation_with(("no", "yes"), [1, 0], [[0.7, 0.3], [0.9, 0.1]])
    judgement = judge(evaluation, Judging(threshold=0.25))
    assert judgement.columns.tolist() == [1, 0]
    assert judgement.confidence == pytest.approx([0.3, 0.9])
    assert judgement.margin == pytest.approx([-0.4, 0.8])
    assert judgement.right.tolist() == [True, True]


def test_ends_of_the_thresholds() -> None:
    evaluation = random_evaluation(2, 50, 0)
    assert (judge(evaluation, Judging(threshold=0.0)).columns == 1).all()
    assert (judge(evaluation, Judging(threshold=1.0)).columns == 0).all()
    nothing = judge(evaluation, Judging(abstain=1.0))
    assert nothing.held.all()
    assert nothing.extra_columns == ("no answer",)
    assert nothing.figures.accuracy == 0
    assert not len(chosen(nothing, frozenset(), Judging()))
    assert not judge(evaluation, Judging(abstain=0.0)).extra_columns


def test_a_threshold_is_for_two_classes_only() -> None:
    moved = judge(EVALUATION, Judging(threshold=0.9))
    assert moved.columns.tolist() == EVALUATION.predicted.tolist()


def test_what_is_no_number() -> None:
    evaluation = evaluation_with(("no", "yes"), [1, 0], [[np.nan, np.nan], [0.9, 0.1]])
    plain = judge(evaluation, Judging())
    assert plain.table.tolist() == evaluation.confusion.tolist()
    assert np.isnan(plain.confidence).tolist() == [True, False]
    assert plain.mass == pytest.approx(np.array([[0.9, 0.1], [0, 0]]))
    held = judge(evaluation, Judging(abstain=0.01, threshold=0.3))
    assert held.held.tolist() == [True, False]
    assert held.table.tolist() == [[1, 0, 0], [0, 0, 1]]


def test_classes_of_a_group_are_one() -> None:
    group = Group("first two", frozenset({"a", "b", "elsewhere"}))
    judgement = judge(EVALUATION, Judging(groups=(group,)))
    assert judgement.labels == ("first two", "c")
    assert judgement.table.tolist() == [[4, 0], [1, 1]]
    assert judgement.right.tolist() == [True, True, True, False, True, True]
    assert judgement.figures.accuracy == pytest.approx(5 / 6)
    assert judgement.mass == pytest.approx(np.array([[3.5, 0.5], [1.4, 0.6]]))


@given(st.lists(st.frozensets(st.integers(0, 4), max_size=4), max_size=3), st.integers(0, 9))
def test_groups_count_as_by_hand(members: list[frozenset[int]], seed: int) -> None:
    evaluation = random_evaluation(5, 30, seed)
    groups = tuple(
        Group(f"group {number}", frozenset(f"class {place}" for place in group))
        for number, group in enumerate(members)
    )
    judgement = judge(evaluation, Judging(groups=groups))
    name = {label: label for label in evaluation.labels}
    left = set(evaluation.labels)
    for group in groups:
        present = group.members & left
        if len(present) > 1:
            left -= present
            name |= dict.fromkeys(present, group.name)
    assert set(judgement.labels) == set(name.values())
    pairs = Counter(
        (name[evaluation.labels[true]], name[evaluation.labels[said]])
        for true, said in zip(evaluation.truth, evaluation.predicted, strict=True)
    )
    found = {
        (row, column): judgement.table[i, j]
        for i, row in enumerate(judgement.labels)
        for j, column in enumerate(judgement.labels)
    }
    assert {cell: count for cell, count in found.items() if count} == dict(pairs)


def test_a_group_of_everything_and_names_that_are_taken() -> None:
    everything = judge(EVALUATION, Judging(groups=(Group("all", frozenset(LABELS)),)))
    assert everything.table.tolist() == [[6]]
    assert everything.figures.accuracy == 1
    assert everything.figures.kappa == 0
    taken = judge(EVALUATION, Judging(groups=(Group("c", frozenset("ab")),)))
    assert taken.labels == ("c (group)", "c")
    alone = judge(EVALUATION, Judging(groups=(Group("alone", frozenset({"a", "x"})),)))
    assert alone.labels == LABELS


def test_tags_of_a_type_are_one() -> None:
    evaluation = tagged(TAGS, [["B-PER", "I-PER", "O"]], [["I-PER", "I-LOC", "O"]])
    judgement = judge(evaluation, Judging(merged=True))
    assert judgement.noun == "word"
    assert judgement.labels == ("LOC", "PER", "O")
    assert judgement.table.tolist() == [[0, 0, 0], [1, 1, 0], [0, 0, 1]]
    group = Group("name", frozenset({"LOC", "PER"}))
    both = judge(evaluation, Judging(merged=True, groups=(group,)))
    assert both.labels == ("name", "O")
    # Tags that mark no entities stay as they are.
    plain = tagged(("NOUN", "VERB"), [["NOUN"]], [["VERB"]])
    assert judge(plain, Judging(merged=True, by_entity=True)).labels == ("NOUN", "VERB")


def test_cells_that_are_chosen() -> None:
    judgement = judge(EVALUATION, Judging())
    assert chosen(judgement, frozenset(), Judging()).tolist() == [3, 5]
    assert chosen(judgement, frozenset({(0, 1)}), Judging()).tolist() == [5]
    assert chosen(judgement, frozenset({(0, 1), (2, 0)}), Judging()).tolist() == [3, 5]
    assert chosen(judgement, right_cells(judgement), Judging()).tolist() == [0, 1, 2, 4]
    assert chosen(judgement, wrong_cells(judgement), Judging()).tolist() == [3, 5]
    # Of data that were open before, or of a column that is gone: they count as not selected.
    assert chosen(judgement, frozenset({(7, 0), (0, 9)}), Judging()).tolist() == [3, 5]
    assert chosen(judgement, frozenset({(0, 1), (0, 9)}), Judging()).tolist() == [5]


def test_no_answers_at_all() -> None:
    for labels in (LABELS, ("one",), ()):
        nothing = evaluation_with(labels, [], np.zeros((0, len(labels))))
        for judging in (Judging(), Judging(abstain=0.5), Judging(merged=True)):
            judgement = judge(nothing, judging)
            assert judgement.figures.count == 0
            assert not len(chosen(judgement, frozenset(), judging))
            for order in MatrixOrder:
                drawn = display_order(judgement, dataclasses.replace(judging, order=order))
                assert len(drawn) == len(labels)
    words = evaluation_with(TAGS, [], np.zeros((0, len(TAGS))), task=Task.LABEL)
    assert judge(words, Judging(by_entity=True)).table.sum() == 0


def test_one_class_and_one_that_never_occurs() -> None:
    one = judge(evaluation_with(("a",), [0, 0], [[1.0], [1.0]]), Judging(abstain=0.5))
    assert one.table.tolist() == [[2, 0]]
    never = judge(evaluation_with(LABELS, [0], [[0.6, 0.4, 0.0]]), Judging())
    assert never.figures.classes[2].support == 0
    assert never.table.sum() == 1


def test_orders() -> None:
    assert names(EVALUATION, Judging()) == ["a", "b", "c"]
    assert names(EVALUATION, Judging(order=MatrixOrder.SIZE)) == ["a", "c", "b"]
    mixed = evaluation_with(("Z10", "z9", "a"), [0], [[1, 0, 0]])
    assert names(mixed, Judging(order=MatrixOrder.NAME)) == ["a", "z9", "Z10"]
    # c is always called a, which stands beside it then.
    alike = evaluation_with(LABELS, [0, 1, 2], [[1, 0, 0], [0, 1, 0], [1, 0, 0]])
    order = names(alike, Judging(order=MatrixOrder.SIMILARITY))
    assert abs(order.index("a") - order.index("c")) == 1
    hand = Judging(order=MatrixOrder.HAND, by_hand=("c", "gone", "a"))
    assert names(EVALUATION, hand) == ["c", "a", "b"]


def test_what_is_held_back_has_its_size() -> None:
    judging = Judging(order=MatrixOrder.SIZE, abstain=0.65)
    assert judge(EVALUATION, judging).figures.classes[2].support == 0
    assert names(EVALUATION, judging) == ["a", "c", "b"]


def test_hidden_classes_are_counted_but_not_drawn() -> None:
    judging = Judging(hidden=frozenset({"b", "gone"}))
    assert names(EVALUATION, judging) == ["a", "c"]
    assert judge(EVALUATION, judging).table.sum() == 6
    assert names(EVALUATION, Judging(hidden=frozenset(LABELS))) == []


def test_outside_is_drawn_or_not() -> None:
    evaluation = tagged(TAGS, [["B-PER", "O"]], [["O", "O"]])
    assert "O" in names(evaluation, Judging())
    assert "O" not in names(evaluation, Judging(outside=False))
    # A class of that name is a class like the others.
    assert names(evaluation_with(("O", "X"), [0], [[1, 0]]), Judging(outside=False)) == ["O", "X"]


def test_looking_otherwise_counts_nothing_anew() -> None:
    judgement = judge(EVALUATION, Judging())
    for changes in ({"search": "x"}, {"hidden": frozenset("a")}, {"order": MatrixOrder.NAME}):
        assert judge(EVALUATION, dataclasses.replace(Judging(), **changes)) is judgement
    assert judge(EVALUATION, Judging(abstain=0.1)) is not judgement


def test_arrays_are_read_only() -> None:
    judgement = judge(EVALUATION, Judging(abstain=0.5, groups=(Group("g", frozenset("ab")),)))
    for value in vars(judgement).values():
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable


@pytest.mark.parametrize("binning", list(Binning))
def test_answers_of_a_confidence_are_those_of_the_bin(binning: Binning) -> None:
    evaluation = random_evaluation(3, 200, seed=3)
    judgement = judge(evaluation, Judging())
    bins = calibration(evaluation.probabilities, evaluation.truth, binning=binning).bins
    for place, one in enumerate(bins):
        judging = Judging(sure=(one.low if place else 0.0, one.high))
        listed = chosen(judgement, frozenset(), judging)
        assert len(listed) == one.count
        if one.count:
            assert np.mean(judgement.right[listed]) == pytest.approx(one.accuracy)
            both = chosen(judgement, frozenset({(0, 0)}), judging)
            assert set(both) == {
                i for i in listed if judgement.rows[i] == judgement.columns[i] == 0
            }

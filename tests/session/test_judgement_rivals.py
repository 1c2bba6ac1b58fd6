"""What the matrix counts where a second network answered as well."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.engine.agreement import Outcome, compare
from rnnstudio.session.answers.judgement import chosen, judge
from rnnstudio.session.answers.judging import Against, Group, Judging
from tests.session.judgements import evaluation_with, random_evaluation, rival_with, tagged

LABELS = ("a", "b")
# The first says a, a, b, b, the second a, b, a, b.
OWN = evaluation_with(LABELS, [0, 0, 0, 0], [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.4, 0.6]])
THEIRS = evaluation_with(LABELS, [0, 0, 0, 0], [[0.7, 0.3], [0.1, 0.9], [0.6, 0.4], [0.2, 0.8]])
RIVAL = rival_with(THEIRS)
TAGS = ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")
NONE: frozenset[tuple[int, int]] = frozenset()


def test_the_present_network_stays_as_it_is() -> None:
    judgement = judge(OWN, Judging(), RIVAL)
    assert judgement.table.tolist() == [[2, 2], [0, 0]]
    assert judgement.other_columns is not None
    assert judgement.other_columns.tolist() == [0, 1, 0, 1]
    assert judgement.outcomes is not None
    assert judgement.outcomes.tolist() == [
        Outcome.BOTH_RIGHT,
        Outcome.FIRST_ONLY,
        Outcome.SECOND_ONLY,
        Outcome.BOTH_WRONG,
    ]
    assert judgement.rival == "Run 2"


def test_outcomes_narrow_what_is_listed() -> None:
    for outcome, place in zip(Outcome, range(4), strict=True):
        judging = Judging(outcome=outcome)
        assert chosen(judge(OWN, judging, RIVAL), NONE, judging).tolist() == [place]
    judging = Judging(outcome=Outcome.FIRST_ONLY)
    assert chosen(judge(OWN, judging, RIVAL), frozenset({(0, 1)}), judging).tolist() == []
    assert chosen(judge(OWN, judging, RIVAL), frozenset({(0, 0)}), judging).tolist() == [1]
    # Without a second network there are no outcomes.
    assert chosen(judge(OWN, judging), NONE, judging).tolist() == [2, 3]


def test_the_other_network() -> None:
    judgement = judge(OWN, Judging(against=Against.OTHER), RIVAL)
    assert judgement.evaluation is THEIRS
    assert judgement.table.tolist() == THEIRS.confusion.tolist()
    assert judgement.right.tolist() == [True, False, True, False]
    assert judgement.confidence == pytest.approx([0.7, 0.9, 0.6, 0.8])
    assert judgement.other_columns is not None
    assert judgement.other_columns.tolist() == [0, 0, 1, 1]
    assert judgement.outcomes is not None
    assert judgement.outcomes[1] == Outcome.FIRST_ONLY
    assert judgement.column_title == "predicted by Run 2"


def test_the_difference() -> None:
    own, theirs = random_evaluation(4, 60, 1), None
    theirs = random_evaluation(4, 60, 2, own.truth)
    judging = Judging(against=Against.DIFFERENCE)
    judgement = judge(own, judging, rival_with(theirs))
    expected = compare(own.truth, own.predicted, theirs.predicted, 4)
    assert judgement.is_difference
    assert judgement.table.tolist() == expected.difference.tolist()
    assert judgement.mass is not None
    assert judgement.mass.sum() == pytest.approx(0, abs=1e-4)
    apart = np.flatnonzero(own.predicted != theirs.predicted).tolist()
    assert chosen(judgement, NONE, judging).tolist() == apart
    for cell in ((0, 0), (1, 2)):
        listed = [
            place
            for place in apart
            if own.truth[place] == cell[0]
            and cell[1] in (own.predicted[place], theirs.predicted[place])
        ]
        assert chosen(judgement, frozenset({cell}), judging).tolist() == listed


def test_one_network_by_the_other() -> None:
    judging = Judging(against=Against.BETWEEN)
    judgement = judge(OWN, judging, RIVAL)
    assert judgement.table.tolist() == [[1, 1], [1, 1]]
    assert (judgement.row_title, judgement.column_title) == ("this network", "Run 2")
    assert judgement.mass is None
    assert chosen(judgement, NONE, judging).tolist() == [1, 2]
    held = judge(OWN, Judging(against=Against.BETWEEN, abstain=0.65), RIVAL)
    assert held.row_names == held.column_names == ("a", "b", "no answer")
    assert held.table.tolist() == [[1, 1, 0], [0, 0, 1], [0, 1, 0]]


def test_both_are_grouped_and_asked_alike() -> None:
    judging = Judging(against=Against.OTHER, groups=(Group("all", frozenset(LABELS)),))
    assert judge(OWN, judging, RIVAL).table.tolist() == [[4]]
    asked = judge(OWN, Judging(threshold=0.95), RIVAL)
    assert asked.other_columns is not None
    assert asked.other_columns.tolist() == [0, 0, 0, 0]


def test_what_only_one_of_both_has_read() -> None:
    less = evaluation_with(LABELS, [0, 0], [[0.1, 0.9], [0.6, 0.4]], rows=[1, 3], steps=[7, 7])
    rival = rival_with(less)
    plain = judge(OWN, Judging(), rival)
    assert len(plain.rows) == 4
    assert plain.outcomes is not None
    assert plain.outcomes.tolist() == [-1, Outcome.FIRST_ONLY, -1, Outcome.SECOND_ONLY]
    for against in (Against.OTHER, Against.DIFFERENCE, Against.BETWEEN):
        judgement = judge(OWN, Judging(against=against), rival)
        assert len(judgement.rows) == 2
        assert judgement.evaluation.rows.tolist() == [1, 3]
    between = judge(OWN, Judging(against=Against.BETWEEN), rival)
    assert between.evaluation.accuracy == 0.5
    nothing = evaluation_with(LABELS, [0], [[0.1, 0.9]], rows=[99])
    assert judge(OWN, Judging(against=Against.DIFFERENCE), rival_with(nothing)).table.sum() == 0


def test_a_network_that_cannot_be_compared_is_left_out() -> None:
    other = evaluation_with(("a", "c"), [0] * 4, np.eye(2)[[0, 0, 1, 1]])
    for rival in (rival_with(other), rival_with(None)):
        judgement = judge(OWN, Judging(against=Against.OTHER), rival)
        assert judgement.against is Against.THIS
        assert judgement.evaluation is OWN
        assert judgement.outcomes is None


def test_entities_of_two_networks() -> None:
    truth = [["B-PER", "O", "B-LOC", "O", "O"]]
    own = tagged(TAGS, truth, [["B-PER", "O", "O", "O", "B-PER"]])
    theirs = tagged(TAGS, truth, [["O", "O", "B-LOC", "B-LOC", "B-PER"]])
    rival = rival_with(theirs)
    plain = judge(own, Judging(by_entity=True), rival)
    assert plain.outcomes is not None
    assert plain.other_columns is not None
    # PER, LOC, and the invented one that the second network invents as well.
    assert plain.outcomes.tolist() == [
        Outcome.FIRST_ONLY,
        Outcome.SECOND_ONLY,
        Outcome.BOTH_WRONG,
    ]
    assert plain.other_columns.tolist() == [3, 0, 1]
    other = judge(own, Judging(by_entity=True, against=Against.OTHER), rival)
    assert other.table.tolist() == [[1, 0, 0, 0], [0, 0, 0, 1], [1, 1, 0, 0]]
    judging = Judging(by_entity=True, against=Against.DIFFERENCE)
    difference = judge(own, judging, rival)
    assert difference.table.tolist() == [[1, 0, 0, -1], [0, -1, 0, 1], [1, 0, 0, 0]]
    listed = chosen(difference, NONE, judging)
    assert difference.places[listed].tolist() == [0, 2, 3]
    between = judge(own, Judging(by_entity=True, against=Against.BETWEEN), rival)
    assert between.row_names == ("LOC", "PER", "no entity")
    assert between.column_names == ("LOC", "PER", "other border", "no entity")
    assert between.table.tolist() == [[0, 0, 0, 0], [0, 1, 0, 1], [2, 0, 0, 0]]
    assert between.right.tolist() == [True, False, True, False]


def test_entities_that_only_one_of_both_has_read() -> None:
    tags = ["B-PER", "O"]
    own = tagged(TAGS, [tags, tags], [tags, tags])
    theirs = tagged(TAGS, [tags], [["O", "O"]], rows=[1])
    judgement = judge(own, Judging(by_entity=True), rival_with(theirs))
    assert judgement.outcomes is not None
    assert judgement.outcomes.tolist() == [-1, Outcome.FIRST_ONLY]
    judging = Judging(by_entity=True, against=Against.OTHER)
    assert len(judge(own, judging, rival_with(theirs)).rows) == 1

"""The reliability panel's state: bins of the answers as they were given, and what they mean."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnnstudio.engine.calibration import Binning
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.resolve.reliability import (
    WHATEVER,
    ReliabilityState,
    resolve_reliability,
)
from rnnstudio.session.state import SessionState
from tests.session.page_states import evaluation_of, state_of, table_of

LABELS = ("negative", "positive")
TABLE = table_of(("bad film", "negative"), ("good film", "positive"))


def ten_answers() -> Evaluation:
    """Eight answers of confidence 0.9, of which six are right; two of 0.6, both right."""
    truth = [1] * 6 + [0] * 2 + [0] * 2
    said = [1] * 8 + [0] * 2
    return evaluation_of(LABELS, truth, said, [0.88] * 8 + [0.58] * 2)


def state(evaluation: Evaluation | None, **judging: object) -> SessionState:
    return dataclasses.replace(
        state_of(TABLE, evaluation=evaluation),
        judging=Judging(**judging),  # type: ignore[arg-type]
    )


def resolved(evaluation: Evaluation | None, **judging: object) -> ReliabilityState:
    return resolve_reliability(state(evaluation, **judging))


def test_it_says_how_far_confidence_and_accuracy_lie_apart() -> None:
    found = resolved(ten_answers())
    assert found.calibration is not None
    assert found.confidence == pytest.approx(0.82)
    assert found.accuracy == pytest.approx(0.8)
    assert found.calibration.expected_error == pytest.approx(0.8 * 0.13 + 0.2 * 0.42)
    assert found.calibration.maximum_error == pytest.approx(0.42)
    assert found.verdict == (
        "Its confidence is 82.0 % on average, and 80.0 % of the answers to 10 sentences are right: "
        "on the whole it is as sure as it should be."
    )
    assert found.largest == (
        "Farthest apart: the 2 sentences with a confidence between 0.50 and 0.60, of which all are "
        "right."
    )
    assert found.bin_words[8] == (
        "8 sentences have a confidence between 0.80 and 0.90, 0.88 on average: 6 are right "
        "(75.0 %), 13 points fewer than it thinks"
    )
    assert found.bin_words[0] == "No sentence has a confidence between 0.00 and 0.10"


def test_a_network_that_is_too_sure_is_told_so() -> None:
    found = resolved(evaluation_of(LABELS, [0, 1, 1, 1], [1, 1, 0, 1], [0.95] * 4))
    assert found.verdict.endswith("on the whole it is too sure of itself, by 45 points.")
    modest = resolved(evaluation_of(LABELS, [1] * 4, [1] * 4, [0.6] * 4))
    assert modest.verdict.endswith("on the whole it is too modest, by 40 points.")


def test_thresholds_change_nothing() -> None:
    evaluation = ten_answers()
    plain = resolved(evaluation)
    set_ = resolved(evaluation, threshold=0.9, abstain=0.7)
    assert dataclasses.replace(set_, aside="") == plain
    assert (plain.aside, set_.aside) == ("", WHATEVER)
    assert resolved(evaluation, abstain=0.7).aside == WHATEVER


def test_the_bins_are_made_once_for_each_way() -> None:
    evaluation = ten_answers()
    found = resolved(evaluation, binning=Binning.COUNT)
    assert found.calibration is not None
    assert found.calibration is resolved(evaluation, binning=Binning.COUNT).calibration
    assert found.calibration is not resolved(evaluation).calibration
    assert found.calibration.bins[0].low == pytest.approx(0.58)


def test_bins_of_equal_count_are_no_more_than_the_answers() -> None:
    found = resolved(evaluation_of(LABELS, [0, 1], [0, 1], [0.6, 0.9]), binning=Binning.COUNT)
    assert [one.count for one in found.calibration.bins] == [1, 1]  # type: ignore[union-attr]


def test_the_axis_begins_below_the_least_confidence_that_can_be() -> None:
    assert resolved(ten_answers()).lowest == 0.5
    names = tuple("abcdefghij")
    assert resolved(evaluation_of(names, [0], [0], [0.9])).lowest == 0.1
    assert resolved(evaluation_of(("a", "b", "c"), [0], [0], [0.9])).lowest == 0.3
    assert resolved(evaluation_of(LABELS, [0], [0], [0.5])).lowest == 0.4, "0.5 ends the bin below"


def test_without_answers_it_says_why() -> None:
    found = resolved(None)
    assert found.calibration is None
    assert found.message == "The test split is empty. Choose another split."


def test_answers_that_are_no_numbers_are_left_out() -> None:
    evaluation = evaluation_of(LABELS, [0, 1], [0, 1], [0.6, 0.9])
    probabilities = evaluation.probabilities.copy()
    probabilities[0] = np.nan
    partly = dataclasses.replace(evaluation, probabilities=probabilities)
    assert resolved(partly).calibration.count == 1  # type: ignore[union-attr]
    nothing = dataclasses.replace(evaluation, probabilities=np.full_like(probabilities, np.nan))
    assert resolved(nothing).message == "No sentence has an answer that is a number."


def test_it_says_whose_answers_they_are() -> None:
    assert resolved(ten_answers()).subtitle == "after epoch 3"

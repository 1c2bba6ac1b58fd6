"""The thresholds panel's state: curves, the point that holds, what a threshold does in words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnnstudio.engine.thresholds import ClassThresholds
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.answering import answers
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.resolve.threshold_curves import (
    Curve,
    CurveKind,
    coverage,
    precision_recall,
    roc,
    roundest,
)
from rnnstudio.session.resolve.threshold_words import setting_text
from rnnstudio.session.resolve.thresholds import Pane, ThresholdState, resolve_thresholds
from tests.session.page_states import evaluation_of, state_of, table_of

LABELS = ("negative", "positive")
THREE = ("bad", "fair", "good")
TABLE = table_of(("bad film", "negative"), ("good film", "positive"))
KINDS = (CurveKind.ROC, CurveKind.PRECISION_RECALL, CurveKind.COVERAGE)


def of_second(probabilities: list[float], truth: list[int]) -> Evaluation:
    """Two classes, the second with these probabilities."""
    said = [int(value > 0.5) for value in probabilities]
    sure = [max(value, 1 - value) for value in probabilities]
    return evaluation_of(LABELS, truth, said, sure)


def six() -> Evaluation:
    return of_second([0.9, 0.8, 0.7, 0.6, 0.3, 0.1], [1, 1, 0, 1, 0, 1])


def random_evaluation(labels: tuple[str, ...], count: int = 400, seed: int = 1) -> Evaluation:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(count, len(labels)))
    truth = rng.integers(0, len(labels), count)
    scores[np.arange(count), truth] += 1
    shares = np.exp(scores)
    probabilities = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    said = probabilities.argmax(axis=1)
    plain = evaluation_of(labels, truth.tolist(), said.tolist())
    return dataclasses.replace(plain, probabilities=probabilities)


def resolved(evaluation: Evaluation | None, **judging: object) -> ThresholdState:
    state = state_of(TABLE, evaluation=evaluation)
    return resolve_thresholds(
        dataclasses.replace(state, judging=Judging(**judging))  # type: ignore[arg-type]
    )


def pane_of(state: ThresholdState, kind: CurveKind) -> Pane:
    return next(pane for pane in state.panes if pane.kind is kind)


def curve_of(pane: Pane) -> Curve:
    assert pane.curve is not None
    return pane.curve


def test_a_threshold_is_said_in_words() -> None:
    found = resolved(six(), threshold=0.62)
    assert found.threshold_words == (
        "From 0.62 on it says “positive”: 2 of the 4 “positive” sentences are found, "
        "1 other is called so."
    )
    assert found.abstain_words == "It answers all 6 sentences: 3 are right (50.0 %)."
    other = resolved(six(), threshold=0.62, curve_class="negative")
    assert other.threshold_words == (
        "Where “positive” has less than 0.62 it says “negative”: 1 of the 2 “negative” sentences "
        "is found, 2 others are called so."
    )


def test_abstaining_is_said_in_words() -> None:
    found = resolved(six(), abstain=0.75)
    assert found.abstain_words == (
        "3 of 6 sentences are answered (50.0 %), 2 of them rightly: 66.7 % instead of 66.7 %."
    )
    assert found.threshold_words.startswith("From 0.50 on it says “positive”, if it is 0.75 sure:")
    nothing = resolved(six(), abstain=1.0)
    assert nothing.abstain_words == "No sentence is answered: no answer is so sure."
    assert pane_of(nothing, CurveKind.COVERAGE).dot is None


def test_more_than_two_classes_have_no_threshold() -> None:
    evaluation = random_evaluation(THREE)
    plain = resolved(evaluation)
    assert plain.threshold is None
    assert plain.threshold_words.startswith("It says what is most probable: ")
    assert resolved(evaluation, threshold=0.9).panes == plain.panes
    assert resolved(evaluation, abstain=0.6).threshold_words.startswith(
        "It says what is most probable if that has 0.60 or more: "
    )


@pytest.mark.parametrize("labels", [LABELS, THREE])
@pytest.mark.parametrize("threshold", [0.0, 0.31, 0.5, 0.62, 1.0])
@pytest.mark.parametrize("abstain", [0.0, 0.55, 0.9])
def test_the_dots_are_what_is_counted(
    labels: tuple[str, ...], threshold: float, abstain: float
) -> None:
    evaluation = random_evaluation(labels)
    given = answers(evaluation, threshold, abstain)
    kept = ~given.held
    for label, name in enumerate(labels):
        found = resolved(evaluation, threshold=threshold, abstain=abstain, curve_class=name)
        called, of_class = kept & (given.said == label), evaluation.truth == label
        recall = (called & of_class).sum() / of_class.sum()
        dot = pane_of(found, CurveKind.ROC).dot
        assert dot == pytest.approx(((called & ~of_class).sum() / (~of_class).sum(), recall))
        dot = pane_of(found, CurveKind.PRECISION_RECALL).dot
        if called.any():
            assert dot == pytest.approx((recall, (called & of_class).sum() / called.sum()))
        else:
            assert dot is None
        dot = pane_of(found, CurveKind.COVERAGE).dot
        if kept.any():
            right = (kept & (given.said == evaluation.truth)).sum() / kept.sum()
            assert dot == pytest.approx((kept.mean(), right))


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_point_asks_for_leads_to_that_point(name: str, kind: CurveKind) -> None:
    evaluation = random_evaluation(LABELS, 60)
    curve = curve_of(pane_of(resolved(evaluation, curve_class=name), kind))
    for place in range(len(curve.x)):
        setting = curve.setting_at(place)
        assert 0 <= setting <= 1
        assert curve.place_of(setting) == place
        changes = {curve.setting.value: setting, "curve_class": name}
        dot = pane_of(resolved(evaluation, **changes), kind).dot
        if dot is not None:
            assert dot == pytest.approx((curve.x[place], curve.y[place]))


def test_of_two_classes_dot_and_ring_are_one_until_it_abstains() -> None:
    evaluation = random_evaluation(LABELS)
    plain = pane_of(resolved(evaluation, threshold=0.4), CurveKind.ROC)
    assert plain.dot == pytest.approx(plain.ring)
    unsure = pane_of(resolved(evaluation, threshold=0.4, abstain=0.8), CurveKind.ROC)
    assert unsure.ring == pytest.approx(plain.dot)
    assert unsure.dot is not None
    assert plain.dot is not None
    assert unsure.dot[1] < plain.dot[1]


def test_the_curves_stay_while_the_dot_moves() -> None:
    evaluation = random_evaluation(LABELS)
    one = resolved(evaluation, threshold=0.4)
    other = resolved(evaluation, threshold=0.6)
    for kind in KINDS[:2]:
        assert pane_of(one, kind).curve is pane_of(other, kind).curve
        assert pane_of(one, kind).dot != pane_of(other, kind).dot
    one, other = resolved(evaluation, abstain=0.4), resolved(evaluation, abstain=0.7)
    for kind in KINDS:
        assert pane_of(one, kind).curve is pane_of(other, kind).curve


def test_the_areas_are_those_of_the_engine() -> None:
    evaluation = random_evaluation(THREE)
    found = resolved(evaluation, curve_class="fair")
    pane = pane_of(found, CurveKind.ROC)
    source = curve_of(pane).source
    assert isinstance(source, ClassThresholds)
    assert pane.figure == f"AUC {source.area:.3f}"
    precision = pane_of(found, CurveKind.PRECISION_RECALL)
    assert precision.figure == f"AP {source.average_precision:.3f}"


def test_the_class_is_the_chosen_one_the_second_or_the_most_frequent() -> None:
    assert resolved(six()).label == 1
    assert resolved(six(), curve_class="negative").label == 0
    assert resolved(six(), curve_class="gone").label == 1
    three = evaluation_of(THREE, [0, 2, 2, 1], [0, 2, 2, 1])
    assert resolved(three).label == 2


def test_a_point_is_said_in_words() -> None:
    found = resolved(six())
    pane = pane_of(found, CurveKind.ROC)
    assert pane.words_at(2) == (
        "If it says “positive” from a probability of 0.80 on: 2 of 4 are found, recall 50.0 %; "
        "0 of 2 others are called so, false alarms 0.0 %"
    )
    assert pane.words_at(0).startswith("If it never says “positive”: 0 of 4 are found")
    assert pane_of(found, CurveKind.PRECISION_RECALL).words_at(3) == (
        "If it says “positive” from a probability of 0.65 on: 2 of 4 are found, recall 50.0 %; "
        "2 of the 3 called so are it, precision 66.7 %"
    )
    assert pane_of(found, CurveKind.COVERAGE).words_at(0) == (
        "If it answers from a confidence of 0.85 on: 2 of 6 sentences (33.3 %), 1 of them rightly "
        "(50.0 %)"
    )
    # Its setting is on the other class, its words are on this one.
    first = pane_of(resolved(six(), curve_class="negative"), CurveKind.ROC)
    assert first.words_at(1).startswith("If it says “negative” from a probability of 0.80 on")


def test_a_class_that_never_occurs_has_no_curve() -> None:
    evaluation = evaluation_of(THREE, [0, 0, 1], [0, 2, 1])
    found = resolved(evaluation, curve_class="good")
    for kind in KINDS[:2]:
        pane = pane_of(found, kind)
        assert pane.curve is None
        assert pane.instead == "No sentence of this split is “good”: there is nothing to find."
    assert found.threshold_words.endswith("no sentence is “good”, 1 is called so.")
    assert pane_of(found, CurveKind.COVERAGE).curve is not None


def test_a_class_that_is_all_there_is_has_no_false_alarms() -> None:
    found = resolved(of_second([0.9, 0.4], [1, 1]))
    pane = pane_of(found, CurveKind.ROC)
    assert pane.curve is None
    assert pane.instead == (
        "Every sentence of this split is “positive”: no false alarm is possible."
    )
    assert pane_of(found, CurveKind.PRECISION_RECALL).figure == "AP 1.000"


def test_without_answers_it_says_why() -> None:
    found = resolved(None)
    assert found.panes == ()
    assert found.message == "The test split is empty. Choose another split."
    nothing = resolved(evaluation_of(LABELS, [], []))
    assert nothing.message == "No sentence was evaluated."


def test_answers_that_are_no_numbers_are_in_no_curve() -> None:
    evaluation = six()
    probabilities = evaluation.probabilities.copy()
    probabilities[0] = np.nan
    partly = dataclasses.replace(evaluation, probabilities=probabilities)
    found = resolved(partly)
    assert found.threshold_words.endswith("1 sentence without a number count in no curve.")
    assert roc(partly, 1).source.left_out == 1  # type: ignore[union-attr]
    nothing = dataclasses.replace(evaluation, probabilities=np.full_like(probabilities, np.nan))
    for pane in resolved(nothing).panes:
        assert pane.curve is None
        assert pane.instead


def test_coverage_begins_where_something_is_answered() -> None:
    curve = coverage(six(), 0.5)
    assert curve is not None
    assert curve.x[0] > 0
    assert curve.x[-1] == 1
    assert curve.low < curve.y.min() + 1e-9
    assert precision_recall(six(), 1).stepped  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("above", "upto", "expected"),
    [
        (0.4, 0.6, 0.5),
        (0.61, 0.624, 0.62),
        (0.6151, 0.6159, 0.6155),
        (-np.inf, 0.3, 0.0),
        (0.7, np.inf, 1.0),
        (0.99999, 0.999999, 0.999994),
        (0.5, 0.5 + 1e-12, 0.5 + 1e-12),
        (1.0, np.inf, 1.0),
    ],
)
def test_the_roundest_number_between_two(above: float, upto: float, expected: float) -> None:
    assert roundest(above, upto) == pytest.approx(expected, abs=1e-15)


def test_settings_have_two_digits_at_least() -> None:
    assert [setting_text(value) for value in (0.5, 0.618, 1.0, 0.0)] == [
        "0.50",
        "0.618",
        "1.00",
        "0.00",
    ]

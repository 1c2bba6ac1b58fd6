"""What a threshold does to the answers: what the thresholds panel shows, in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstudio.data.table import Split
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.project.percent import percent
from rnnstudio.session.answers.answering import EVEN
from rnnstudio.session.answers.judging import Judging
from rnnstudio.session.resolve.judged import judged
from rnnstudio.session.resolve.reliability import are_plain, noun_of, whose_answers
from rnnstudio.session.resolve.threshold_curves import (
    Curve,
    CurveKind,
    coverage,
    precision_recall,
    roc,
    thresholds_of,
)
from rnnstudio.session.resolve.threshold_words import (
    Counts,
    abstaining_in_words,
    counts_of,
    point_in_words,
    short_name,
    threshold_in_words,
)
from rnnstudio.session.state import SessionState

Point = tuple[float, float]


@dataclass(frozen=True)
class Pane:
    """One curve with its words; `instead` says why there is none.

    `dot` is what the matrix counts now, `ring` the point of the curve that the slider leads to.
    `figure` is the area below it, which `meaning` explains. `label` is the number of the class
    that it is of, `name` its name.
    """

    kind: CurveKind
    title: str
    short_title: str
    x_name: str
    y_name: str
    noun: str
    label: int
    name: str
    curve: Curve | None
    instead: str = ""
    figure: str = ""
    meaning: str = ""
    dot: Point | None = None
    ring: Point | None = None

    def words_at(self, place: int) -> str:
        """Say what a point of the curve means."""
        curve = self.curve
        return self.instead if curve is None else point_in_words(curve, place, self.name, self.noun)


@dataclass(frozen=True)
class ThresholdState:
    """The sliders, what they do in words, and the curves; `message` stands where there are none.

    `threshold` is None where there are not two classes. `label` is the number of the class of
    `labels` whose curves are drawn; `second` the class that is said from the threshold on.
    """

    labels: tuple[str, ...]
    label: int
    split: Split
    subtitle: str
    noun: str
    threshold: float | None
    abstain: float
    is_plain: bool
    threshold_words: str
    abstain_words: str
    panes: tuple[Pane, ...]
    message: str

    @property
    def second(self) -> str:
        """The name of the class that the threshold is on."""
        return self.labels[1] if self.threshold is not None else ""


def resolve_thresholds(state: SessionState) -> ThresholdState:
    """What the thresholds make of the answers that are looked at."""
    judging, split = state.judging, state.selection.split
    found = judged(state)
    evaluation = None if found.judgement is None else found.judgement.evaluation
    message = found.message
    if evaluation is not None and not len(evaluation.rows):
        message, evaluation = f"No {noun_of(evaluation)} was evaluated.", None
    if evaluation is None or not evaluation.labels:
        plain = judging.threshold == EVEN and not judging.abstain
        return ThresholdState(
            (), 0, split, "", "sentence", None, judging.abstain, plain, "", "", (), message
        )
    label = chosen_class(evaluation, judging.curve_class)
    threshold = judging.threshold if len(evaluation.labels) == 2 else None
    counts = counts_of(evaluation, label, judging.threshold, judging.abstain)
    return ThresholdState(
        labels=evaluation.labels,
        label=label,
        split=split,
        subtitle=whose_answers(found),
        noun=noun_of(evaluation),
        threshold=threshold,
        abstain=judging.abstain,
        is_plain=are_plain(evaluation, judging),
        threshold_words=threshold_in_words(evaluation, label, judging, counts),
        abstain_words=abstaining_in_words(evaluation, judging.abstain, counts),
        panes=_panes(evaluation, label, judging, counts),
        message="",
    )


def chosen_class(evaluation: Evaluation, name: str | None) -> int:
    """Return the class of this name, otherwise the second of two, or the most frequent one."""
    labels = evaluation.labels
    if name in labels:
        return labels.index(name)
    if len(labels) == 2:
        return 1
    return int(np.bincount(evaluation.truth, minlength=len(labels)).argmax())


def _panes(
    evaluation: Evaluation, label: int, judging: Judging, counts: Counts
) -> tuple[Pane, ...]:
    asked: float | None = judging.threshold
    threshold = judging.threshold
    if len(evaluation.labels) != 2:
        # The threshold is for two classes only: the curve of any other is always the same.
        asked, threshold = judging.abstain if judging.abstain > 0 else None, EVEN
    return (
        _roc_pane(evaluation, label, counts, asked),
        _precision_pane(evaluation, label, counts, asked),
        _coverage_pane(evaluation, label, threshold, counts),
    )


def _roc_pane(evaluation: Evaluation, label: int, counts: Counts, asked: float | None) -> Pane:
    name, noun = short_name(evaluation.labels[label]), noun_of(evaluation)
    curve, area = roc(evaluation, label), thresholds_of(evaluation, label).area
    if curve is None or area is None:
        dot, instead = None, _nothing_to_find(name, noun)
        if counts.positives:
            instead = f"Every {noun} of this split is “{name}”: no false alarm is possible."
    else:
        dot, instead = (counts.invented / counts.negatives, counts.found / counts.positives), ""
    return Pane(
        CurveKind.ROC,
        title="ROC",
        short_title="ROC",
        x_name="false alarms",
        y_name="recall",
        noun=noun,
        label=label,
        name=name,
        curve=curve,
        instead=instead,
        figure="" if area is None else f"AUC {area:.3f}",
        meaning=f"the area under the curve, the chance that “{name}” is more probable in a {noun} "
        "that is it than in another one",
        dot=dot,
        ring=_ring(curve, asked),
    )


def _precision_pane(
    evaluation: Evaluation, label: int, counts: Counts, asked: float | None
) -> Pane:
    name, noun = short_name(evaluation.labels[label]), noun_of(evaluation)
    curve, called = precision_recall(evaluation, label), counts.found + counts.invented
    dot = None
    if curve is not None and called:
        dot = (counts.found / counts.positives, counts.found / called)
    precision = thresholds_of(evaluation, label).average_precision
    return Pane(
        CurveKind.PRECISION_RECALL,
        title="Precision–recall",
        short_title="PR",
        x_name="recall",
        y_name="precision",
        noun=noun,
        label=label,
        name=name,
        curve=curve,
        instead="" if curve is not None else _nothing_to_find(name, noun),
        figure="" if curve is None else f"AP {precision:.3f}",
        meaning="the average precision, the area under the steps",
        dot=dot,
        ring=_ring(curve, asked) if dot is not None else None,
    )


def _coverage_pane(evaluation: Evaluation, label: int, threshold: float, counts: Counts) -> Pane:
    noun, curve = noun_of(evaluation), coverage(evaluation, threshold)
    dot = None
    if curve is not None and counts.answered:
        dot = (counts.answered / counts.count, counts.right / counts.answered)
    return Pane(
        CurveKind.COVERAGE,
        title="Abstaining",
        short_title="Abstaining",
        x_name="answered",
        y_name="accuracy",
        noun=noun,
        label=label,
        name=short_name(evaluation.labels[label]),
        curve=curve,
        instead="" if curve is not None else f"No {noun} has an answer that is a number.",
        figure=f"{percent(counts.right_of_all / counts.count)} of all",
        meaning=f"the accuracy if every {noun} is answered",
        dot=dot,
    )


def _nothing_to_find(name: str, noun: str) -> str:
    return f"No {noun} of this split is “{name}”: there is nothing to find."


def _ring(curve: Curve | None, setting: float | None) -> Point | None:
    if curve is None or setting is None:
        return None
    place = curve.place_of(setting)
    return float(curve.x[place]), float(curve.y[place])

"""ROC, precision–recall and coverage of the answers, with the setting that leads to each point."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from rnnstudio.engine.arrays import read_only
from rnnstudio.engine.thresholds import (
    Abstaining,
    ClassThresholds,
    Doubles,
    abstaining,
    class_thresholds,
)
from rnnstudio.project.evaluation import Evaluation
from rnnstudio.session.answers.answering import answers
from rnnstudio.session.memo import remembered

_MOST_DIGITS = 9  # a float32 below 1 has fewer that matter


class CurveKind(StrEnum):
    """The curves."""

    ROC = "roc"
    PRECISION_RECALL = "precision_recall"
    COVERAGE = "coverage"


class Setting(StrEnum):
    """What is set when a point of a curve is chosen; the value is its name in `Judging`."""

    THRESHOLD = "threshold"
    ABSTAIN = "abstain"


@dataclass(frozen=True, eq=False)
class Curve:
    """Points (m,) from 0 to 1 that rise in `x`; arrays are read-only.

    The point `place` is what holds if `setting` is above `above[place]` and at most
    `upto[place]`. `stepped` joins the points by steps that end at the next x, otherwise by
    straight lines. The y axis begins at `low`. `source` has the counts behind the points.
    """

    kind: CurveKind
    setting: Setting
    x: Doubles
    y: Doubles
    above: Doubles
    upto: Doubles
    stepped: bool
    low: float
    source: ClassThresholds | Abstaining

    def setting_at(self, place: int) -> float:
        """Return the roundest number from 0 to 1 that leads to a point."""
        return roundest(float(self.above[place]), float(self.upto[place]))

    def place_of(self, setting: float) -> int:
        """Return the point that a setting leads to."""
        rising = bool(self.upto[0] <= self.upto[-1])
        if rising:
            return min(int(np.searchsorted(self.upto, setting)), len(self.x) - 1)
        return max(0, int(np.searchsorted(-self.upto, -setting, side="right")) - 1)


def roundest(above: float, upto: float) -> float:
    """Return the number with the fewest digits that is above one and at most another number.

    It lies in 0 … 1, at the end next to them where they lie outside.
    """
    if above < 0 <= upto:
        return 0.0
    if above < 1 <= upto:
        return 1.0
    above, upto = max(above, 0.0), min(upto, 1.0)
    for digits in range(1, _MOST_DIGITS + 1):
        power = 10.0**digits
        # The one next to the middle, so that it is not at the edge of what leads there.
        middle = round((above + upto) / 2 * power) / power
        for value in (middle, math.floor(upto * power) / power):
            if above < value <= upto:
                return value
    return upto


@remembered(2)
def thresholds_of(evaluation: Evaluation, label: int) -> ClassThresholds:
    """All thresholds on the probability of a class."""
    return class_thresholds(evaluation.probabilities[:, label], evaluation.truth == label)


@remembered(2)
def roc(evaluation: Evaluation, label: int) -> Curve | None:
    """Recall over false alarms; None where the class, or all other classes, never occur."""
    source = thresholds_of(evaluation, label)
    if source.area is None:
        return None
    setting, above, upto = _class_settings(evaluation, label, source)
    return Curve(
        CurveKind.ROC, setting, source.false_alarms, source.recall, above, upto, False, 0.0, source
    )


@remembered(2)
def precision_recall(evaluation: Evaluation, label: int) -> Curve | None:
    """Precision over recall, as steps; None where the class never occurs."""
    source = thresholds_of(evaluation, label)
    if not source.positives:
        return None
    setting, above, upto = _class_settings(evaluation, label, source)
    return Curve(
        CurveKind.PRECISION_RECALL,
        setting,
        source.recall,
        source.precision,
        above,
        upto,
        True,
        0.0,
        source,
    )


@remembered(2)
def coverage(evaluation: Evaluation, threshold: float) -> Curve | None:
    """Accuracy of what is answered over how much is; None where there are no answers."""
    answered = answers(evaluation, threshold, 0.0)
    source = abstaining(answered.confidence, answered.said == evaluation.truth)
    if len(source.thresholds) < 2:
        return None
    above, upto = _settings(source.thresholds)
    # The first point answers nothing: it has no accuracy.
    x, y = source.coverage[1:], source.accuracy[1:]
    # Few answers have an accuracy that jumps; the axis is for those that say something.
    telling = y[x >= 0.1]
    low = math.floor(10 * float(telling.min() if len(telling) else y.min())) / 10
    return Curve(
        CurveKind.COVERAGE,
        Setting.ABSTAIN,
        x,
        y,
        above[1:],
        upto[1:],
        False,
        min(max(low, 0.0), 0.9),
        source,
    )


def _settings(thresholds: Doubles) -> tuple[Doubles, Doubles]:
    """Return above what and up to what a setting leads to each of the falling thresholds."""
    return read_only(np.append(thresholds[1:], -np.inf)), thresholds


@remembered(2)
def _class_settings(
    evaluation: Evaluation, label: int, source: ClassThresholds
) -> tuple[Setting, Doubles, Doubles]:
    above, upto = _settings(source.thresholds)
    if len(evaluation.labels) != 2:
        return Setting.ABSTAIN, above, upto
    if label == 1:
        return Setting.THRESHOLD, above, upto
    # The first class is said below the threshold on the second, whose probability is the rest.
    return Setting.THRESHOLD, read_only(1 - upto), read_only(1 - above)

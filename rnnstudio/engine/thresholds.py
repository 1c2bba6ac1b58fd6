"""What would be answered if a threshold decided: counts and curves at every threshold at once.

A threshold on the probability of one class says "this class" from it on; all are tried at once by
sorting the probabilities (T. Fawcett, "An introduction to ROC analysis", 2006). Definitions are
those of scikit-learn's `roc_curve`, `roc_auc_score`, `precision_recall_curve` and
`average_precision_score`, none of the points dropped.

A threshold on the confidence says "no answer" below it (C. K. Chow, "On optimum recognition error
and reject tradeoff", 1970).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import BoolArray, FloatArray, IntArray, read_only
from rnnstudio.engine.metrics import share

Counts = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ClassThresholds:
    """One class against the rest, at each threshold on its probability; arrays are read-only.

    `thresholds` (m,) falls: first ∞, at which nothing is called the class, then every probability
    that occurs. `found` (m,) is how many of the class have at least this probability (true
    positives), `invented` (m,) how many others do (false positives). There are `positives` of the
    class and `negatives` others; `left_out` had a probability that is NaN and count nowhere.
    """

    thresholds: Doubles
    found: Counts
    invented: Counts
    positives: int
    negatives: int
    left_out: int

    @cached_property
    def recall(self) -> Doubles:
        """The true positive rate, rising (m,): found / positives, 0 where there are none."""
        return read_only(self.found / max(1, self.positives))

    @cached_property
    def false_alarms(self) -> Doubles:
        """The false positive rate, rising (m,): invented / negatives, 0 where there are none."""
        return read_only(self.invented / max(1, self.negatives))

    @cached_property
    def precision(self) -> Doubles:
        """The share of the found among all that are called the class (m,), 1 where nothing is."""
        called = self.found + self.invented
        return read_only(np.where(called == 0, 1.0, self.found / np.maximum(1, called)))

    @cached_property
    def area(self) -> float | None:
        """The area under the ROC curve, `recall` over `false_alarms`, by trapezia.

        It is the chance that one of the class has a greater probability than another one, equal
        ones counted half. None where there is only the one or only the other.
        """
        if not self.positives or not self.negatives:
            return None
        # Sums of integers, which are exact.
        twice = int(np.diff(self.invented) @ (self.found[1:] + self.found[:-1]))
        return twice / (2 * self.positives * self.negatives)

    @cached_property
    def average_precision(self) -> float:
        """Σ_i (recall_i − recall_{i−1}) · precision_i, 0 where there is nothing to be found."""
        if not self.positives:
            return 0.0
        return float(np.diff(self.found) @ self.precision[1:]) / self.positives

    def place(self, threshold: float) -> int:
        """Return the index at which the arrays have what holds at any threshold.

        Raises:
            ValueError: it is not a number.
        """
        return _place(self.thresholds, threshold)

    def confusion(self, threshold: float, positive: int = 1) -> Counts:
        """Count (2, 2) what is called the class `positive` (0 or 1) from the threshold on.

        Raises:
            ValueError: the threshold is not a number, or there is no such class.
        """
        if positive not in (0, 1):
            raise ValueError(f"Of two classes none is number {positive}.")
        place = self.place(threshold)
        found, invented = int(self.found[place]), int(self.invented[place])
        counts = np.array(
            [[self.negatives - invented, invented], [self.positives - found, found]], np.int64
        )
        return read_only(counts if positive else np.ascontiguousarray(counts[::-1, ::-1]))


def class_thresholds(probability: FloatArray, is_class: BoolArray) -> ClassThresholds:
    """Try all thresholds on the probability (n,) of a class that the examples are of, or not (n,).

    Raises:
        ValueError: the lengths differ.
    """
    if probability.shape != is_class.shape:
        raise ValueError("Probabilities and what is of the class differ in length.")
    thresholds, ends, order = _falling(probability)
    found = _sums(is_class[order], ends)
    positives = int(found[-1])
    return ClassThresholds(
        thresholds=thresholds,
        found=found,
        invented=read_only(ends - found),
        positives=positives,
        negatives=len(order) - positives,
        left_out=len(probability) - len(order),
    )


@dataclass(frozen=True, eq=False)
class Abstaining:
    """What is answered and what of that is right, at each threshold on the confidence.

    `thresholds` (m,) falls: first ∞, at which nothing is answered, then every confidence that
    occurs. `answered` (m,) and `right` (m,) count the examples of at least this confidence, of
    `count` in all; a confidence that is NaN reaches no threshold. Arrays are read-only.
    """

    thresholds: Doubles
    answered: Counts
    right: Counts
    count: int

    @cached_property
    def coverage(self) -> Doubles:
        """The share of the examples that is answered (m,)."""
        return read_only(self.answered / max(1, self.count))

    @cached_property
    def accuracy(self) -> Doubles:
        """The share of the answered that is right (m,), 0 where nothing is answered."""
        return read_only(self.right / np.maximum(1, self.answered))

    def coverage_at(self, threshold: float) -> float:
        """Return the share that is answered at any threshold.

        Raises:
            ValueError: it is not a number.
        """
        return share(int(self.answered[_place(self.thresholds, threshold)]), self.count)

    def accuracy_at(self, threshold: float) -> float:
        """Return the share of the answered that is right at any threshold.

        Raises:
            ValueError: it is not a number.
        """
        place = _place(self.thresholds, threshold)
        return share(int(self.right[place]), int(self.answered[place]))


def abstaining(confidence: FloatArray, right: BoolArray) -> Abstaining:
    """Try all thresholds on the confidences (n,) of answers that are `right` (n,), or not.

    Raises:
        ValueError: the lengths differ.
    """
    if confidence.shape != right.shape:
        raise ValueError("Confidences and what is right differ in length.")
    thresholds, ends, order = _falling(confidence)
    return Abstaining(thresholds, ends, _sums(right[order], ends), len(confidence))


def confusion_with_abstaining(
    truth: IntArray, predicted: IntArray, confidence: FloatArray, threshold: float, classes: int
) -> Counts:
    """Count (C, C + 1): as `metrics.confusion`, and in the last column what is not answered.

    That are the examples whose confidence (n,) is below the threshold or NaN.

    Raises:
        ValueError: the lengths differ, a class is not in 0 … C − 1, or the threshold is not a
            number.
    """
    if math.isnan(threshold):
        raise ValueError("The threshold is not a number.")
    if not len(truth) == len(predicted) == len(confidence):
        raise ValueError("Truth, prediction and confidence differ in length.")
    for given in (truth, predicted):
        if len(given) and (given.min() < 0 or given.max() >= classes):
            raise ValueError(f"A class is not in 0 … {classes - 1}.")
    # In double precision, as the curves: a float32 0.7 is below 0.7.
    answer = np.where(confidence.astype(np.float64) >= threshold, predicted, classes)
    cells = np.asarray(truth, np.int64) * (classes + 1) + answer
    counts = np.bincount(cells, minlength=classes * (classes + 1))
    return read_only(counts.reshape(classes, classes + 1))


def _falling(values: FloatArray) -> tuple[Doubles, Counts, IntArray]:
    """Return ∞ and the different values, falling (m,); how many are as great; their order (k,)."""
    order = np.flatnonzero(~np.isnan(values)).astype(np.int64)
    order = order[np.argsort(-values[order])]
    ranked = values[order].astype(np.float64)
    # A place is the last of its value where the next one is smaller.
    last = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)[: len(ranked)]
    thresholds = np.concatenate([[np.inf], ranked[last]])
    ends = np.concatenate([[0], last + 1]).astype(np.int64)
    return read_only(thresholds), read_only(ends), order


def _sums(flags: BoolArray, ends: Counts) -> Counts:
    sums = np.concatenate([[0], np.cumsum(flags, dtype=np.int64)])
    return read_only(sums[ends])


def _place(thresholds: Doubles, threshold: float) -> int:
    if math.isnan(threshold):
        raise ValueError("The threshold is not a number.")
    return max(0, int(np.searchsorted(-thresholds, -threshold, side="right")) - 1)

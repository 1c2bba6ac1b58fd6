"""Figures that say how good predictions are: confusion, accuracy, averages, κ, perplexity.

Rows of a confusion matrix are the truth, columns the prediction. A share of nothing (0/0) is 0.
Definitions are those of scikit-learn with `labels=range(C)` and `zero_division=0`: a class that
never occurs counts in the macro average.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rnnstudio.engine.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class ClassFigures:
    """How well one class was recognised; `support` is how many examples truly have it."""

    label: int
    precision: float
    recall: float
    f1: float
    support: int


class Figures(Protocol):
    """What can be averaged: the figures of a class, or of a type of entity."""

    @property
    def precision(self) -> float: ...
    @property
    def recall(self) -> float: ...
    @property
    def f1(self) -> float: ...
    @property
    def support(self) -> int: ...


@dataclass(frozen=True)
class Average:
    """Precision, recall and F1 over several classes; `support` is the sum of theirs."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Summary:
    """All figures that follow from one confusion matrix; `count` is the number of examples."""

    count: int
    accuracy: float
    kappa: float
    macro: Average
    weighted: Average
    classes: tuple[ClassFigures, ...]


def confusion(truth: IntArray, predicted: IntArray, classes: int) -> npt.NDArray[np.int64]:
    """Count (C, C): rows the truth (n,), columns the prediction (n,).

    Raises:
        ValueError: the lengths differ, or a class is not in 0 … C − 1.
    """
    if len(truth) != len(predicted):
        raise ValueError("Truth and prediction differ in length.")
    for given in (truth, predicted):
        if len(given) and (given.min() < 0 or given.max() >= classes):
            raise ValueError(f"A class is not in 0 … {classes - 1}.")
    cells = np.asarray(truth, np.int64) * classes + predicted
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def accuracy(truth: IntArray, predicted: IntArray) -> float:
    """Return the share of right predictions."""
    return share(int(np.count_nonzero(truth == predicted)), len(truth))


def per_class(counts: npt.NDArray[np.int64]) -> tuple[ClassFigures, ...]:
    """Return the figures of each class from a confusion matrix (C, C)."""
    truths, predictions = counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist()
    return tuple(
        ClassFigures(label, *rates(right, predictions[label], truths[label]), truths[label])
        for label, right in enumerate(counts.diagonal().tolist())
    )


def rates(right: int, predicted: int, support: int) -> tuple[float, float, float]:
    """Return precision, recall and F1 where `right` of `predicted` are among `support` true ones.

    F1 = 2 · right / (predicted + support), the harmonic mean of right / predicted and
    right / support.
    """
    return share(right, predicted), share(right, support), share(2 * right, predicted + support)


def share(part: int, whole: int) -> float:
    """Return part / whole, 0 of nothing."""
    return part / whole if whole else 0.0


def macro_average(figures: Sequence[Figures]) -> Average:
    """Return the plain means: each class counts alike."""
    return _average(figures, [1] * len(figures))


def weighted_average(figures: Sequence[Figures]) -> Average:
    """Return the means weighted by support: each true example counts alike."""
    return _average(figures, [one.support for one in figures])


def macro_f1(counts: npt.NDArray[np.int64]) -> float:
    """Return the mean F1 over all classes of a confusion matrix (C, C)."""
    return macro_average(per_class(counts)).f1


def kappa(counts: npt.NDArray[np.int64]) -> float:
    """Return Cohen's κ of a confusion matrix (C, C): the agreement beyond that of chance.

        κ = (p_o − p_e) / (1 − p_e)

    p_o is the accuracy, p_e what it would be if predictions were dealt out anew in the same
    numbers: Σ_c truth_c · predicted_c / n². 0 where p_e is 1: all are of one class and called so
    (Cohen 1960).
    """
    # Python's integers: the products of large counts are exact.
    n = int(counts.sum())
    chance = sum(
        truth * predicted
        for truth, predicted in zip(
            counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist(), strict=True
        )
    )
    return share(int(counts.trace()) * n - chance, n * n - chance)


def summary(counts: npt.NDArray[np.int64]) -> Summary:
    """Return all figures of a confusion matrix (C, C)."""
    classes, count = per_class(counts), int(counts.sum())
    return Summary(
        count=count,
        accuracy=share(int(counts.trace()), count),
        kappa=kappa(counts),
        macro=macro_average(classes),
        weighted=weighted_average(classes),
        classes=classes,
    )


def cross_entropy(probabilities: FloatArray, truth: IntArray) -> float:
    """Return the mean of −log ŷ_c for ŷ (n, C) and the true classes (n,).

    A ŷ_c that was rounded to 0 counts as the smallest normal number of its dtype.
    """
    if len(truth) == 0:
        return 0.0
    right = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(right, np.finfo(right.dtype).tiny)).mean(dtype=np.float64))


def perplexity(probabilities: FloatArray, truth: IntArray) -> float:
    """Return e to the cross-entropy: among how many equal choices the network seems to waver.

    1 where the right class is certain, or where there is nothing; C for a guess; inf where it is
    too large for a float.
    """
    try:
        return math.exp(cross_entropy(probabilities, truth))
    except OverflowError:
        return math.inf


def _average(figures: Sequence[Figures], weights: Sequence[int]) -> Average:
    whole = sum(weights)

    def mean(values: Sequence[float]) -> float:
        if not whole:
            return 0.0
        return math.fsum(w * v for w, v in zip(weights, values, strict=True)) / whole

    return Average(
        precision=mean([one.precision for one in figures]),
        recall=mean([one.recall for one in figures]),
        f1=mean([one.f1 for one in figures]),
        support=sum(one.support for one in figures),
    )
